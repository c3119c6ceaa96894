use super::*;

fn ended(code: i32, stdout: &str, stderr: &str) -> Result<Output, TrustedError> {
    Ok(Output { code, stdout: stdout.as_bytes().to_vec(), stderr: stderr.as_bytes().to_vec() })
}

#[test]
fn an_answer_is_its_status_and_its_body() {
    for end in ["\r\n", "\n"] {
        let said = format!("HTTP/2.0 201 Created{end}Content-Type: application/json{end}{end}{{\"number\":7}}");
        assert_eq!(answer("h", ended(0, &said, "")).unwrap()["number"], 7);
    }
}

#[test]
fn what_certainly_changed_nothing_is_told_from_what_may_have() {
    let missing = answer("h", Err(TrustedError::Spawn(io::Error::from(io::ErrorKind::NotFound))));
    assert!(matches!(missing, Err(GhError::Missing)));
    assert!(matches!(answer("h", ended(4, "", "please run: gh auth login")), Err(GhError::NotLoggedIn { .. })));
    assert!(matches!(answer("h", ended(1, "HTTP/1.1 401 Unauthorized\n\n{}", "")), Err(GhError::NotLoggedIn { .. })));
    let refused = answer("h", ended(1, "HTTP/1.1 410 Gone\n\n{\"message\":\"Issues are \\u001b disabled\"}", "gh: Issues")).unwrap_err();
    assert_eq!(refused.to_string(), "the host refused it with status 410: Issues are \\u{1b} disabled");
    let unclear = [
        ended(1, "", "error connecting to h"),
        ended(1, "HTTP/1.1 502 Bad Gateway\n\n<html>", ""),
        ended(1, "HTTP/1.1 408 Request Timeout\n\n{}", ""),
        ended(0, "HTTP/1.1 201 Created\n\nnot json", ""),
        ended(1, "HTTP/1.1 201 Created\n\n{}", "but it failed"),
        ended(0, "nonsense", ""),
        ended(137, "", ""),
        Err(TrustedError::TooLong { limit: LIMIT }),
        Err(TrustedError::Stopped),
    ];
    for output in unclear {
        let shown = format!("{output:?}");
        assert!(matches!(answer("h", output), Err(GhError::Unclear { .. })), "{shown}");
    }
}

#[test]
fn a_token_is_handed_over_for_the_host_that_it_is_meant_for_only() {
    let names = ["HOME", "GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
    let known = names.map(|name| (name.to_owned(), "x".to_owned()));
    let cases: [(Option<&str>, &str, &[&str]); 9] = [
        (None, "github.com", &names[..3]),
        (None, "git.example", &names[..1]),
        (None, "acme.ghe.com", &names[..1]),
        (None, "github.com.evil.example", &names[..1]),
        (Some("git.example"), "git.example", &names),
        (Some("Git.Example"), "git.example", &names),
        (Some("git.example"), "github.com", &names[..3]),
        (Some("git.example"), "evil.example", &names[..1]),
        (Some(""), "git.example", &names[..1]),
    ];
    for (named, host, wanted) in cases {
        let seen: Vec<&str> = handed(&known, named, host).map(|(name, _)| name).collect();
        assert_eq!(seen, wanted, "GH_HOST {named:?}, for {host}");
    }
}

#[test]
fn what_was_stopped_is_not_even_asked() {
    let sample = crate::samples::Sample::new();
    let gh = Gh::at(&sample.office, "git.example", &|| true);
    assert!(matches!(gh.get("repos/a/b"), Err(GhError::Stopped)));
    assert!(matches!(gh.send("POST", "repos/a/b/issues", &Value::Null), Err(GhError::Stopped)));
}
