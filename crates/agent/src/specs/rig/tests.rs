use action::Change;

use super::changed;
use crate::samples::Sample;

fn steered(path: &str, before: Option<&str>, after: Option<&str>) -> bool {
    let sample = Sample::new();
    let change = Change { path: path.into(), before: before.map(|text| sample.file(text)), after: after.map(|text| sample.file(text)) };
    !changed(sample.book(), &sample.root(), &[], &[change]).is_empty()
}

#[test]
fn what_says_how_tests_run_is_told_from_the_rest_of_a_manifest() {
    let package = |test: &str, dependency: &str| format!("{{\"scripts\":{{\"test\":\"{test}\"}},\"dependencies\":{{\"x\":\"{dependency}\"}}}}");
    assert!(steered("package.json", Some(&package("node --test", "1")), Some(&package("true", "1"))));
    assert!(!steered("package.json", Some(&package("node --test", "1")), Some(&package("node --test", "2"))));
    assert!(steered("web/package.json", Some(&package("node --test", "1")), Some("{ broken")));
    assert!(steered("Cargo.toml", Some("[package]\nname = \"x\"\n"), Some("[package]\nname = \"x\"\n[[test]]\nharness = false\n")));
    assert!(!steered("Cargo.toml", Some("[package]\nname = \"x\"\n"), Some("[package]\nname = \"x\"\n[dependencies]\ny = \"1\"\n")));
    assert!(steered("pyproject.toml", Some("[tool.pytest.ini_options]\naddopts = \"\"\n"), Some("[tool.pytest.ini_options]\naddopts = \"-k none\"\n")));
}

#[test]
fn settings_of_runners_count_whenever_they_appear_change_or_go() {
    for (before, after) in [(None, Some("x")), (Some("x"), Some("y")), (Some("x"), None)] {
        for path in ["tests/conftest.py", "pytest.ini", "vitest.config.ts", "Makefile"] {
            assert!(steered(path, before, after), "{path} {before:?} {after:?}");
        }
        assert!(!steered("src/config.ts", before, after));
    }
}
