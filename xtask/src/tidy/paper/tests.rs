use super::*;

fn said(files: &[(&str, &str)]) -> Vec<String> {
    let clean = ("CHANGELOG.md", "## Unreleased\n");
    check(&Tree::of(&[files, &[clean]].concat())).iter().map(ToString::to_string).collect()
}

#[test]
fn paths_of_one_machine_are_found_in_every_file() {
    for folder in MACHINE {
        for line in [format!("cd {folder}main"), format!("\"{folder}x\""), format!("{folder}x"), format!("`{folder}`"), format!("a,{folder}b")] {
            let found = said(&[("docs/guide.md", &format!("fine\n{line}\n"))]);
            assert_eq!(found, [format!("docs/guide.md:2: `{folder}` is a folder of one machine: use a relative path, or one that the user gives")], "{line}");
        }
        for line in [format!("sessions/ID{folder}x"), format!("{{home}}{folder}x"), format!("$HOME{folder}x"), folder.trim_end_matches('/').to_owned() + "s"] {
            assert_eq!(said(&[("docs/guide.md", &line)]), Vec::<String>::new(), "{line}");
        }
    }
}

#[test]
fn the_changelog_has_a_place_for_the_next_change() {
    let of = |files: &[(&str, &str)]| check(&Tree::of(files)).len();
    assert_eq!(of(&[]), 1);
    assert_eq!(of(&[("CHANGELOG.md", "# Changelog\n## 0.1.0\n")]), 1);
    assert_eq!(of(&[("CHANGELOG.md", "Unreleased\n")]), 1);
    assert_eq!(of(&[("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n")]), 0);
}

#[test]
fn each_dependency_has_its_reason() {
    let manifest = "\
[workspace]
members = [\"crates/*\"]

[workspace.dependencies]
# Ours.
action = { path = \"crates/action\" }
ledger = { path = \"crates/ledger\" }
a = { path = \"crates/a\" }
b = { path = \"crates/b\" }
# JSON.
serde = \"1\"
serde_json = { version = \"1\",
    features = [] }
# Hashes.
sha2 = \"0.10\"

bare = \"1\"
# Tests.
one = \"1\"
two = \"1\"
three = \"1\"
four.version = \"1\"

[profile.dev]
debug = false
";
    let found = said(&[("Cargo.toml", manifest)]);
    let hint = "has no reason: say in the line above why it is here";
    assert_eq!(found, [format!("Cargo.toml:17: `bare` {hint}"), format!("Cargo.toml:22: `four` {hint}")]);
}
