use std::process::Command;

use serde_json::{Value, json};

use super::*;

fn read(files: &[(&str, Value)]) -> (Vec<Wanted>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text.to_string()).unwrap();
    }
    Wanted::read(folder.path(), &|_, _, name| (name == "TOKEN").then(|| "s3cret $(id) '\"".to_owned()), &no_logins())
}

fn one(server: Value) -> Result<Wanted, String> {
    let (mut wanted, notes) = read(&[(".mcp.json", json!({"mcpServers": {"s": server}}))]);
    wanted.pop().ok_or_else(|| notes.join("; "))
}

fn line(server: Value) -> String {
    match one(server).unwrap().server.at {
        McpPlace::InBox { command, .. } => command,
        at => panic!("{at:?}"),
    }
}

#[test]
fn a_command_line_is_what_was_written_and_nothing_of_it_is_special_to_the_shell() {
    assert_eq!(line(json!({"command": "npx", "args": ["-y", "@scope/x"]})), "npx -y @scope/x");
    let hostile = ["; touch x", "$(touch x)", "`touch x`", "a'b\"c", "*", "", "$HOME", "${", "a\nb", "-n", "~", "a=b"];
    let arguments: Vec<&str> = std::iter::once("%s\\n").chain(hostile).collect();
    let text = line(json!({"command": "printf", "args": arguments, "env": {"A": "x y; z"}}));
    #[expect(clippy::disallowed_methods, reason = "a real shell says how it reads the line")]
    let ran = Command::new("bash").args(["-c", &text]).current_dir(tempfile::tempdir().unwrap().path()).output();
    let said = String::from_utf8(ran.unwrap().stdout).unwrap();
    assert_eq!(said, hostile.map(|word| format!("{word}\n")).concat());
}

#[test]
fn variables_of_the_service_stay_names() {
    let wanted = one(json!({"command": "node", "args": ["--token=${TOKEN}"], "env": {"AUTH": "Bearer ${TOKEN}!"}, "cwd": "a b"})).unwrap();
    let McpPlace::InBox { command, variables } = &wanted.server.at else { panic!("{wanted:?}") };
    assert_eq!(command, "cd -- 'a b' && AUTH='Bearer '\"${TOKEN}\"'!' node '--token='\"${TOKEN}\"");
    assert_eq!((variables, wanted.values.len()), (&vec!["TOKEN".to_owned()], 1));
    #[expect(clippy::disallowed_methods, reason = "a real shell says how it reads the line")]
    let ran = Command::new("bash").args(["-c", &line(json!({"command": "echo", "args": ["<${TOKEN}>"]}))]).env("TOKEN", "$(id) '").output();
    assert_eq!(String::from_utf8(ran.unwrap().stdout).unwrap(), "<$(id) '>\n");
}

#[test]
fn a_variable_that_is_not_allowed_leaves_the_server_out() {
    for server in [
        json!({"command": "a", "env": {"X": "${HOME}"}}),
        json!({"command": "a", "args": ["${OTHER}"]}),
        json!({"url": "https://a", "headers": {"Authorization": "Bearer ${OTHER}"}}),
        json!({"command": "a", "args": ["${a;b}"]}),
    ] {
        let why = one(server.clone()).unwrap_err();
        assert!(why.contains("mcp_variables"), "{server}: {why}");
    }
    assert_eq!(line(json!({"command": "a", "args": ["${OTHER:-x y}"]})), "a 'x y'");
    assert!(one(json!({"command": "a", "env": {"A;B": "x"}})).unwrap_err().contains("no name of a variable"));
}

#[test]
fn a_time_limit_can_only_become_shorter() {
    let limit = |ms: u64| one(json!({"command": "a", "timeout": ms})).unwrap().limits.call;
    assert_eq!(limit(1500), Duration::from_millis(1500));
    assert_eq!(limit(900_000_000), Limits::default().call);
}

#[test]
fn the_first_file_counts_and_what_is_wrong_is_told_visibly() {
    let kiro = json!({"mcpServers": {"s": {"command": "one"}}});
    let other = json!({"mcpServers": {"s": {"command": "two"}, "t": {"command": "three", "autoApprove": ["*"]}, "u\u{202e}": {}}});
    let (wanted, notes) = read(&[(".kiro/settings/mcp.json", kiro), (".mcp.json", other)]);
    let names: Vec<(&str, &str)> = wanted.iter().map(|one| (one.server.name.as_str(), one.file)).collect();
    assert_eq!(names, [("s", ".kiro/settings/mcp.json"), ("t", ".mcp.json")]);
    assert!(notes.iter().any(|note| note.contains("stands in an earlier file")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("u\\u{202e}")) && notes.iter().all(|note| !note.contains('\u{202e}')), "{notes:?}");
}

#[test]
fn a_file_that_cannot_be_read_asks_for_nothing_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Wanted::read(folder.path(), &|_, _, _| None, &no_logins()).1, Vec::<String>::new());
    std::fs::write(folder.path().join(".mcp.json"), b"\xff\xfe").unwrap();
    std::fs::create_dir_all(folder.path().join(".kiro/settings/mcp.json")).unwrap();
    let (wanted, notes) = Wanted::read(folder.path(), &|_, _, _| None, &no_logins());
    assert_eq!((wanted.len(), notes.len()), (0, 2), "{notes:?}");
    assert!(one(json!({"command": "x".repeat(20_000)})).unwrap_err().contains("more than 16000 bytes"));
}

#[test]
fn a_header_is_filled_only_when_it_is_sent() {
    let values = vec![("TOKEN".to_owned(), "t".to_owned())];
    assert_eq!(filled("Bearer ${TOKEN} ${OTHER:-x} ${NONE} ${", &values), "Bearer t x  ${");
}

#[test]
fn an_address_names_one_host_whoever_reads_it() {
    for url in ["https://a.example/mcp", "http://127.0.0.1:8080/mcp?x=1", "https://a.example:8443"] {
        assert!(one(json!({"url": url})).is_ok(), "{url}");
    }
    for url in ["https://a@b.example/", "https://a.example\\@b/", "https://a.example:x/", "https:///x", "ftp://a/", "https://ä.example/", "https://a b/", "https://a/#x@b"] {
        assert!(one(json!({"url": url})).unwrap_err().contains("no one host plainly"), "{url}");
    }
}

/// Nobody is logged in anywhere.
pub(crate) fn no_logins() -> Logins {
    Logins::of(Path::new("/nowhere"), || action::Moment(0))
}
