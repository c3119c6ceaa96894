use action::{Environment, EnvironmentName, Generation, Tier};

use super::{SYSTEM, opening};

fn environment(name: &str, tier: Tier) -> (Environment, Generation) {
    let paths = vec![format!("/srv/{name}")];
    (Environment { name: EnvironmentName::new(name), tier, paths, hosts: Vec::new(), remotes: Vec::new(), recovery: Vec::new(), owners: Vec::new(), terms: Default::default(), identities: Vec::new() }, Generation(1))
}

#[test]
fn without_anything_else_the_words_are_all() {
    assert_eq!(opening(&[], "", "Fix it."), "Fix it.");
}

#[test]
fn environments_and_guidance_come_first_and_are_marked() {
    let guidance = "<guidance from=\"AGENTS.md\">\nSay please.\n</guidance>\n\n";
    let text = opening(&[environment("production/eu", Tier::Production), environment("staging", Tier::Staging)], guidance, "Fix it.");
    let expected = "<environments>\nproduction/eu (production) /srv/production/eu\nstaging (staging) /srv/staging\n</environments>\n\n\
                    <guidance from=\"AGENTS.md\">\nSay please.\n</guidance>\n\nFix it.";
    assert_eq!(text, expected);
}

#[test]
fn the_system_prompt_is_short() {
    assert!(SYSTEM.len() < 2048, "{} bytes", SYSTEM.len());
}
