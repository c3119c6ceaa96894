use super::*;

fn finding(rule: &'static str, path: &str) -> Finding {
    Finding::new(rule, path, 7, "what", "hint")
}

/// What is left to say, under these exceptions, of these findings.
fn left(toml: &str, findings: &[Finding]) -> Vec<String> {
    let tree = Tree::of(&[(PATH, toml)]);
    let report = excuse(&tree, vec![("check", "", findings.to_vec())]).unwrap();
    report.checks.into_iter().flat_map(|(_, _, findings)| findings).map(|finding| finding.to_string()).collect()
}

const SLEEP: &str = "\n[[allow]]\nrule = \"sleep\"\npath = \"a.rs\"\nreason = \"the clock is what is tested\"\n";

#[test]
fn a_sound_exception_excuses_its_own_rule_and_path() {
    let findings = [finding("sleep", "a.rs"), finding("sleep", "b.rs"), finding("unfinished", "a.rs")];
    assert_eq!(left(SLEEP, &findings), ["b.rs:7: what: hint", "a.rs:7: what: hint"]);
}

#[test]
fn an_exception_that_is_not_needed_is_a_finding() {
    assert_eq!(left(SLEEP, &[]), ["xtask/tidy.toml:2: nothing in `a.rs` needs an exception from `sleep`: remove it"]);
}

#[test]
fn an_exception_without_a_reason_excuses_nothing() {
    let toml = SLEEP.replace("the clock is what is tested", "because");
    let left = left(&toml, &[finding("sleep", "a.rs")]);
    assert_eq!(left, ["a.rs:7: what: hint", "xtask/tidy.toml:2: the exception for `a.rs` has no reason: say in a sentence why it must be so"]);
}

#[test]
fn the_locks_know_no_exceptions() {
    for rule in ["unsafe", "spawn", "edges", "forgotten", "sizes", "changelog", "dependency-reason"] {
        let left = left(&SLEEP.replace("sleep", rule), &[finding(rule, "a.rs")]);
        assert_eq!(left.len(), 2, "{rule}: {left:?}");
        assert!(left[1].contains("knows no exceptions"), "{left:?}");
    }
}

#[test]
fn without_the_file_nothing_is_excused() {
    let report = excuse(&Tree::of(&[]), vec![("check", "", vec![finding("sleep", "a.rs")])]).unwrap();
    assert!(!report.is_clean());
}
