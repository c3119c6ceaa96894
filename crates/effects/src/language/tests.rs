use action::Tier;

use super::*;

#[test]
fn a_language_server_is_named_opaque_and_stays_in_the_box() {
    let effects = start("python", "node_modules/.bin/pyright-langserver --stdio", &Facts::default());
    let lines: Vec<String> = effects.iter().map(Effect::line).collect();
    let named = "runs language-server `python` in workspace: in the box, without a network, with what it runs of the project, could not be read";
    assert!(lines.iter().any(|line| line == named), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("pyright-langserver")), "{lines:?}");
    assert!(effects.iter().all(|effect| effect.tier == Tier::Workspace), "{lines:?}");
}

#[test]
fn a_command_that_reaches_further_is_read_as_one() {
    let effects = start("go", "rm -rf /srv/other; gopls", &Facts::default());
    assert!(effects.iter().any(|effect| effect.verb == Verb::Delete), "{effects:?}");
}
