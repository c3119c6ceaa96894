use super::*;

fn issue(number: u64, body: &str, association: &str) -> Value {
    json!({"number": number, "body": body, "author_association": association, "user": {"type": "User"}})
}

const MARK: &str = "<!-- countersign: cart task 1 -->";

fn set(number: Option<u64>) -> IssueSet {
    let issue = Issue { subject: "task 1".into(), number, title: "t".into(), body: format!("{MARK}\ntext"), labels: Vec::new() };
    IssueSet { v: 1, spec: "cart".into(), visibility: "private".into(), issues: vec![issue] }
}

fn there(marked: &[u64]) -> Repository {
    Repository { visibility: "private".into(), marked: marked.iter().map(|number| (MARK.to_owned(), *number)).collect(), strangers: Vec::new() }
}

#[test]
fn only_a_host_and_a_repository_are_named() {
    for (host, repository) in [("github.com", "ana/app"), ("git.example", "a-b/c.d_e")] {
        assert!(is_place(host, repository), "{host} {repository}");
    }
    let bad = [("github.com:443", "a/b"), ("https://github.com", "a/b"), ("GitHub.com", "a/b"), ("", "a/b"), ("h", "a"), ("h", "a/b/c"), ("h", "../b"), ("h", "a/.."), ("--x", "a/b"), ("h", "-a/b"), ("h", "a/b?x"), ("h", "{owner}/b")];
    for (host, repository) in bad {
        assert!(!is_place(host, repository), "{host} {repository}");
    }
}

#[test]
fn a_mark_counts_in_the_first_line_of_an_issue_of_somebody_who_belongs_there() {
    let mut found = Repository::default();
    let mut pull = issue(9, MARK, "OWNER");
    pull["pull_request"] = json!({});
    let mut app = issue(8, "<!-- countersign: cart task 3 -->", "NONE");
    app["user"]["type"] = json!("Bot");
    let all = [issue(1, &format!("{MARK}\r\ntext"), "MEMBER"), issue(2, "<!-- countersign: cart task 2 -->", "NONE"), issue(3, &format!("words\n{MARK}"), "OWNER"), pull, app, json!({"number": 4, "body": null})];
    for one in &all {
        found.take(one).unwrap();
    }
    assert_eq!(found.marked.into_iter().collect::<Vec<_>>(), [(MARK.to_owned(), 1), ("<!-- countersign: cart task 3 -->".to_owned(), 8)]);
    assert_eq!(found.strangers, [2]);
}

#[test]
fn one_mark_on_two_issues_is_nobodys() {
    let mut found = Repository::default();
    found.take(&issue(1, MARK, "OWNER")).unwrap();
    assert!(matches!(found.take(&issue(5, MARK, "OWNER")), Err(NotPublished::Twice { one: 1, other: 5 })));
}

#[test]
fn what_changed_since_it_was_signed_is_not_sent() {
    assert!(as_signed(&set(None), &there(&[])).is_ok());
    assert!(as_signed(&set(Some(4)), &there(&[4])).is_ok());
    for (signed, now) in [(None, there(&[4])), (Some(4), there(&[])), (Some(4), there(&[5]))] {
        assert!(matches!(as_signed(&set(signed), &now), Err(NotPublished::Moved { .. })), "{signed:?} {now:?}");
    }
    let public = Repository { visibility: "public".into(), ..there(&[]) };
    assert!(as_signed(&set(None), &public).unwrap_err().to_string().contains("the repository is public now"));
    let mut forged = set(None);
    forged.issues[0].body = "no mark".into();
    assert!(matches!(as_signed(&forged, &there(&[])), Err(NotPublished::Odd { .. })));
}

#[test]
fn an_end_in_the_middle_names_what_is_there() {
    let unclear = || GhError::Unclear { why: "status 502".into() };
    let refused = || GhError::Refused { status: 403, said: "no".into() };
    let some = Sent { made: vec![("task 1".into(), 12)], updated: vec![4] };
    let at = &set(None).issues[0];
    assert!(Sent::default().stopped(at, refused()).nothing_happened());
    assert!(!Sent::default().stopped(at, unclear()).nothing_happened());
    assert!(Sent::default().stopped(at, GhError::Stopped).nothing_happened());
    for (end, wanted) in [(refused(), "was not sent"), (GhError::Stopped, "was not sent"), (unclear(), "may or may not have been")] {
        let said = some.stopped(at, end);
        assert!(!said.nothing_happened());
        let said = said.to_string();
        assert!(said.contains("made #12 (task 1); updated #4; task 1") && said.contains(wanted), "{said}");
    }
}
