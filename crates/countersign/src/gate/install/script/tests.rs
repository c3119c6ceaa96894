use std::path::Path;

use super::{Script, patience, plugin, quoted};

#[test]
fn the_script_ends_before_the_agent_loses_patience_and_after_the_program_decides() {
    let path = Path::new("/p");
    for wait in [0, 60, 3600] {
        let text = Script { agent: "codex", program: path, service: path, home: path, wait, boxed: None }.text();
        let limit = 6 + wait;
        assert!(text.contains(&format!("timeout -k 1 {limit} ")) && text.contains(&format!("--deadline 4 --wait {wait} ")), "{text}");
        assert!(limit + 1 < patience(wait), "it is killed and has answered by then");
    }
}

#[test]
fn paths_are_one_word_each() {
    assert_eq!(quoted(Path::new("/a b/$(x)'y")), r"'/a b/$(x)'\''y'");
}

#[test]
fn the_plugin_throws_on_whatever_is_not_a_yes() {
    let text = plugin(Path::new("/opt/x\"y"), 0);
    assert!(text.contains(r#"spawnSync("/opt/x\"y", []"#) && text.contains("ran.error || ran.status !== 0") && text.contains("throw new Error"));
}
