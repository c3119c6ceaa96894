use super::*;

fn read(text: &str) -> (Config, Vec<String>) {
    let (config, findings) = Config::read(".config.kiro", text);
    assert!(findings.iter().all(|finding| finding.span.end <= text.len() && finding.rule == "odd-config"));
    (config, findings.into_iter().map(|finding| finding.text).collect())
}

#[test]
fn the_usual_line_is_read_with_and_without_a_mark_before_it() {
    for bom in ["", "\u{feff}"] {
        let (config, odd) = read(&format!("{bom}{{\"specId\":\"7\",\"workflowType\":\"design-first\",\"specType\":\"bugfix\"}}"));
        assert_eq!((config.kind, config.workflow.as_deref(), config.spec_id.as_deref()), (Some(Kind::Bugfix), Some("design-first"), Some("7")));
        assert!(odd.is_empty(), "{odd:?}");
    }
}

#[test]
fn the_other_file_says_language_phase_and_approvals() {
    let (config, odd) = read(
        "{\"feature_name\":\"basket\",\"created_at\":\"x\",\"updated_at\":\"y\",\"language\":\"ja\",\"phase\":\"tasks-generated\",\"approvals\":{\"design\":{\"generated\":true,\"approved\":false},\"requirements\":{\"generated\":true,\"approved\":true}},\"ready_for_implementation\":true}",
    );
    assert!(odd.is_empty(), "{odd:?}");
    assert_eq!((config.feature.as_deref(), config.language.as_deref(), config.ready), (Some("basket"), Some("ja"), Some(true)));
    let approvals: Vec<_> = config.approvals.iter().map(|one| (one.document.as_str(), one.generated, one.approved)).collect();
    assert_eq!(approvals, [("design", true, false), ("requirements", true, true)]);
}

#[test]
fn what_is_odd_is_said_and_the_rest_is_read() {
    for (text, says) in [
        ("{\"generationMode\":\"x\"}", "`generationMode`"),
        ("{\"version\":\"1.0\"}", "`version`"),
        ("{\"specType\":\"epic\"}", "`epic` is no kind"),
        ("{\"workflowType\":\"backwards\"}", "`backwards` is no known workflow"),
        ("{\"specId\":7}", "`specId` is no text"),
        ("{\"approvals\":true}", "nothing counts as approved"),
        ("[1]", "no object"),
        ("{\"specType\":\"feat", "cannot be read as JSON"),
        ("", "cannot be read as JSON"),
    ] {
        let (config, odd) = read(text);
        assert!(odd.iter().any(|one| one.contains(says)), "{text}: {odd:?}");
        assert_eq!(config.kind, None);
    }
}

#[test]
fn only_a_plain_yes_is_an_approval() {
    let (config, _) = read("{\"approvals\":{\"tasks\":{\"generated\":1,\"approved\":\"true\"}}}");
    assert!(config.approvals.iter().all(|one| !one.generated && !one.approved));
}
