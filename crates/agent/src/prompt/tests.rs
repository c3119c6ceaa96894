use action::{Environment, EnvironmentName, Generation, Tier};

use super::{GUIDANCE_LIMIT, SYSTEM, opening};

fn environment(name: &str, tier: Tier) -> (Environment, Generation) {
    let paths = vec![format!("/srv/{name}")];
    (Environment { name: EnvironmentName::new(name), tier, paths, hosts: Vec::new(), remotes: Vec::new(), recovery: Vec::new() }, Generation(1))
}

#[test]
fn without_anything_else_the_words_are_all() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(opening(root.path(), &[], "Fix it."), "Fix it.");
}

#[test]
fn environments_and_guidance_come_first_and_are_marked() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("CLAUDE.md"), "not this").unwrap();
    std::fs::write(root.path().join("AGENTS.md"), "Say please.").unwrap();
    let text = opening(root.path(), &[environment("production/eu", Tier::Production), environment("staging", Tier::Staging)], "Fix it.");
    let expected = "<environments>\nproduction/eu (production) /srv/production/eu\nstaging (staging) /srv/staging\n</environments>\n\n\
                    <guidance from=\"AGENTS.md\">\nSay please.\n</guidance>\n\nFix it.";
    assert_eq!(text, expected);
}

#[test]
fn long_guidance_is_cut_between_characters_and_says_so() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("AGENTS.md"), format!("x{}", "ü".repeat(GUIDANCE_LIMIT))).unwrap();
    let text = opening(root.path(), &[], "Fix it.");
    assert!(text.contains("the rest is left out"));
    assert!(text.len() < GUIDANCE_LIMIT + 200);
    assert!(text.ends_with("Fix it."));
}

#[test]
fn guidance_behind_a_link_is_read_only_where_the_box_would_show_it() {
    let world = tempfile::tempdir().unwrap();
    let root = world.path().join("project");
    std::fs::create_dir(&root).unwrap();
    std::fs::write(world.path().join("elsewhere"), "a secret of the person").unwrap();
    std::fs::write(root.join(".env"), "TOKEN=1").unwrap();
    for target in ["../elsewhere", ".env", "/etc/passwd", "/dev/zero", "absent"] {
        let link = root.join("AGENTS.md");
        std::os::unix::fs::symlink(target, &link).unwrap();
        assert_eq!(opening(&root, &[], "Fix it."), "Fix it.", "{target}");
        std::fs::remove_file(link).unwrap();
    }
    std::fs::write(root.join("README.md"), "Say please.").unwrap();
    std::os::unix::fs::symlink("README.md", root.join("AGENTS.md")).unwrap();
    assert!(opening(&root, &[], "Fix it.").contains("Say please."));
}

#[test]
fn guidance_that_is_no_text_is_left_out() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("AGENTS.md"), [0xff, 0xfe]).unwrap();
    assert_eq!(opening(root.path(), &[], "Fix it."), "Fix it.");
}

#[test]
fn the_system_prompt_is_short() {
    assert!(SYSTEM.len() < 2048, "{} bytes", SYSTEM.len());
}
