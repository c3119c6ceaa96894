use super::*;
use crate::text::Edit;

fn spec(files: &[(&str, &str)]) -> Spec {
    Spec::read("basket", files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect())
}

fn rules(files: &[(&str, &str)]) -> Vec<&'static str> {
    spec(files).findings.iter().map(|finding| finding.rule).collect()
}

const GOOD: &str = "### Requirement 1\n\n1. WHEN a, THE b SHALL c\n";

#[test]
fn what_is_in_order_has_no_findings() {
    assert!(rules(&[("requirements.md", GOOD), ("tasks.md", "- [ ] 1. a\n"), ("notes.md", "## any\n"), ("x.png", "\u{1}")]).is_empty());
    assert!(rules(&[]).is_empty());
}

#[test]
fn what_is_odd_is_told_and_read_as_far_as_it_goes() {
    for (name, text, rule) in [
        ("requirements.md", "Some ideas.\n", "free-form"),
        ("bugfix.md", "It is broken.\n", "free-form"),
        ("requirements.md", "### Requirement 1\n\n1. a\n3. b\n", "number-not-place"),
        ("tasks.md", "Soon.\n", "no-tasks"),
        ("tasks.md", "## Task 1: a\n", "no-boxes"),
        ("tasks.md", "- [ ] 1. a\n- [⏭️] 2. b\n", "unread-task"),
        ("tasks.md", "- [ ] 1. a\n## Task Dependency Graph\n```mermaid\ngraph\n```\n", "odd-graph"),
        ("design.md", "# A\n```\nnever closed\n", "open-fence"),
        ("design.md", "# A\n\0\0", "half-written"),
        (".config.kiro", "{\"specId\":", "odd-config"),
    ] {
        assert_eq!(rules(&[(name, text)]), [rule], "{text}");
    }
}

#[test]
fn ones_all_the_way_are_markdown_and_fine() {
    assert!(rules(&[("requirements.md", "### Requirement 1\n\n1. a\n1. b\n")]).is_empty());
}

#[test]
fn the_kind_is_what_the_configuration_says_else_what_the_files_are() {
    let bugfix = "### Current Behavior\n\n1.1 a\n";
    let (feature, fix) = ("{\"specType\":\"feature\"}", "{\"specType\":\"bugfix\"}");
    assert_eq!(spec(&[("bugfix.md", bugfix)]).kind, Kind::Bugfix);
    assert_eq!(spec(&[("requirements.md", GOOD)]).kind, Kind::Feature);
    assert_eq!(rules(&[("bugfix.md", bugfix), (".config.kiro", fix)]).len(), 0);
    for files in [&[("bugfix.md", bugfix), (".config.kiro", feature)][..], &[("requirements.md", GOOD), (".config.kiro", fix)], &[("requirements.md", GOOD), ("bugfix.md", bugfix)]] {
        assert_eq!(rules(files), ["unclear-kind"]);
    }
    assert_eq!(spec(&[("requirements.md", GOOD), ("bugfix.md", bugfix)]).criteria().count(), 2);
}

#[test]
fn bytes_that_are_not_utf8_are_kept_by_every_edit() {
    let bytes = b"- [ ] 1. caf\xe9\n  - \xff\xfe\n\n\n\n- [ ] 2. b\xc3\n".to_vec();
    let spec = Spec::read("x", vec![("tasks.md".to_owned(), bytes.clone())]);
    assert_eq!(spec.findings[0].rule, "not-utf8");
    let (file, tasks) = (spec.file("tasks.md").unwrap(), spec.tasks.as_ref().unwrap());
    assert!(!file.is_utf8 && file.bytes() == bytes);
    let edits = [tasks.set_state(1, crate::tasks::State::Completed).unwrap(), tasks.append_detail(&file.text, 0, "more").unwrap()];
    assert_eq!(file.apply(&edits).unwrap(), b"- [ ] 1. caf\xe9\n  - \xff\xfe\n  - more\n\n\n\n- [x] 2. b\xc3\n");
    let within = file.text.find('\u{fffd}').unwrap() + 1;
    assert_eq!(file.apply(&[Edit { span: within..within, with: String::new() }]), None);
}
