use std::collections::BTreeMap;

use action::{AgentName, EnvironmentName, Seeks, SessionId};

use super::*;

/// Reads a call in the tree `/t`; what was kept comes back too.
fn read(name: &str, arguments: &str) -> (Result<Deed, BadCall>, BTreeMap<Digest, Vec<u8>>) {
    let mut blobs = BTreeMap::new();
    let deed = read_call(name, arguments, "/t", &mut |bytes| {
        let digest = Digest::of_bytes(bytes);
        blobs.insert(digest, bytes.to_vec());
        digest
    });
    (deed, blobs)
}

#[track_caller]
fn check(name: &str, arguments: &str, expected: Deed) {
    assert_eq!(read(name, arguments).0.unwrap(), expected);
}

#[track_caller]
fn refused(name: &str, arguments: &str, says: &str) {
    let (result, blobs) = read(name, arguments);
    let text = result.expect_err("must not be read").to_string();
    assert!(text.contains(says), "`{text}` does not say `{says}`");
    assert!(blobs.is_empty(), "something was kept for a bad call");
}

#[test]
fn every_tool_reads_its_arguments() {
    check("read", r#"{"path":"a.rs"}"#, Deed::Read { path: "a.rs".into(), offset: 1, limit: 2000 });
    check("read", r#"{"path":"a.rs","offset":5,"limit":7}"#, Deed::Read { path: "a.rs".into(), offset: 5, limit: 7 });
    check("delete", r#"{"path":"a"}"#, Deed::Delete { path: "a".into() });
    check("move", r#"{"from":"a","to":"b/c"}"#, Deed::Move { from: "a".into(), to: "b/c".into() });
    check("list", "{}", Deed::List { path: ".".into() });
    check("list", "", Deed::List { path: ".".into() });
    check("list", r#"{"path":null}"#, Deed::List { path: ".".into() });
    check("glob", r#"{"pattern":"*.rs"}"#, Deed::Glob { pattern: "*.rs".into(), path: ".".into() });
    check(
        "grep",
        r#"{"pattern":"fn \\w+","glob":"*.rs","case_sensitive":false,"path":"src"}"#,
        Deed::Grep { pattern: "fn \\w+".into(), path: "src".into(), glob: "*.rs".into(), case_sensitive: false },
    );
    check("outline", r#"{"path":"src/"}"#, Deed::Outline { path: "src".into() });
    let finds = |path: &str, line, seeks| Deed::FindSymbol { symbol: "total".into(), path: path.into(), line, seeks };
    check("find_symbol", r#"{"symbol":"total"}"#, finds(".", 0, Seeks::Definition));
    check("find_symbol", r#"{"symbol":"total","path":"src/a.py","line":4,"what":"references"}"#, finds("src/a.py", 4, Seeks::References));
    check("map", "{}", Deed::Map { path: ".".into(), budget: 2000, about: String::new() });
    check("map", r#"{"about":"totals","path":"src","budget":100}"#, Deed::Map { path: "src".into(), budget: 100, about: "totals".into() });
    check(
        "shell",
        r#"{"command":"make test"}"#,
        Deed::Shell { command: "make test".into(), cwd: ".".into(), seconds: 120, background: false },
    );
    check(
        "shell",
        r#"{"command":"x","cwd":"sub/","seconds":3600,"background":true}"#,
        Deed::Shell { command: "x".into(), cwd: "sub".into(), seconds: 3600, background: true },
    );
    check("fetch", r#"{"url":"HTTPS://Docs.RS/serde#top"}"#, Deed::Fetch { url: "https://docs.rs/serde".into(), offset: 0 });
    check("fetch", r#"{"url":"https://docs.rs/","offset":30000}"#, Deed::Fetch { url: "https://docs.rs/".into(), offset: 30_000 });
    check("output", r#"{"job":3}"#, Deed::Output { job: 3 });
    check("stop", r#"{"job":3}"#, Deed::StopJob { job: 3 });
    let delegate = |agent: &str, reads_only, about: &str, task: &[u8]| {
        let (task, from) = (Digest::of_bytes(task), Digest::of_bytes(b""));
        Deed::Delegate { number: 0, agent: AgentName::new(agent), within: Vec::new(), reads_only, about: about.into(), task, from }
    };
    check("delegate", r#"{"task":"\nLook.\nAll of it."}"#, delegate("", false, "Look.", b"\nLook.\nAll of it."));
    check("delegate", r#"{"task":"Look.","agent":"reviewer","read_only":true}"#, delegate("reviewer", true, "Look.", b"Look."));
    check("take", r#"{"subagent":2}"#, Deed::Take { number: 2, session: SessionId::new(""), change: Digest::of_bytes(b"") });
    check(
        "change_environment",
        r#"{"environment":"production/region-1","command":"./deploy"}"#,
        Deed::Change {
            environment: EnvironmentName::new("production/region-1"),
            command: "./deploy".into(),
            change: Digest::of_bytes(b""),
        },
    );
}

#[test]
fn large_arguments_are_kept_as_blobs() {
    let (deed, blobs) = read("write", r#"{"path":"a","content":"hëllo\n"}"#);
    let Deed::Write { content, .. } = deed.unwrap() else { panic!("not a write") };
    assert_eq!(blobs[&content], "hëllo\n".as_bytes());

    let (deed, blobs) = read("edit", r#"{"path":"a","edits":[{"new":"y","old":"x"},{"old":"1","new":"","all":true}]}"#);
    let Deed::Edit { edits, .. } = deed.unwrap() else { panic!("not an edit") };
    let canonical = r#"[{"all":false,"new":"y","old":"x"},{"all":true,"new":"","old":"1"}]"#;
    assert_eq!(blobs[&edits], canonical.as_bytes());

    let (deed, blobs) = read("plan", r#"{"steps":[{"step":"look","status":"doing"}]}"#);
    let Deed::Plan { steps } = deed.unwrap() else { panic!("not a plan") };
    assert_eq!(blobs[&steps], br#"[{"status":"doing","step":"look"}]"#);
}

#[test]
fn unknown_tools_name_the_known_and_the_nearest() {
    refused("fetch", r#"{"url":"http://docs.rs/"}"#, "http is for this machine only");
    refused("fetch", r#"{"url":"https://a:b@docs.rs/"}"#, "user and password do not belong in it");
    refused("fetch", "{}", "`url`");
    refused("bash", "{}", "there is no tool `bash` (did you mean `shell`?); the tools are: read, write, edit, ");
    refused("gerp", "{}", "(did you mean `grep`?)");
    refused("change_enviroment", "{}", "(did you mean `change_environment`?)");
    let text = read("qqqqqq", "{}").0.unwrap_err().to_string();
    assert!(!text.contains("did you mean"), "{text}");
}

#[test]
fn broken_json_names_the_place() {
    refused("read", r#"{"path": "a.rs", "offset": }"#, "line 1 column 28, after `{\"path\": \"a.rs\", \"offset\": }`");
    refused("read", r#"{"path": "a"#, "are not valid JSON: EOF while parsing a string at line 1 column 11");
    refused("read", "[1]", "must be an object, not the list [1]; it takes `path`: a string");
    refused("read", "\"a\"", "must be an object, not the string \"a\"");
    refused("read", "{} {}", "trailing characters");
    let deep = "[".repeat(100_000);
    refused("read", &deep, "recursion limit");
}

#[test]
fn unknown_missing_and_mistyped_fields_say_what_is_expected() {
    refused("read", r#"{"file_path":"a"}"#, "`read` has no field `file_path` (did you mean `path`?); it takes `path`: a string; `offset` (may be left out)");
    refused("read", r#"{"path":"a","ofset":1}"#, "no field `ofset` (did you mean `offset`?)");
    refused("read", "{}", "`read` needs the field `path`; it takes");
    refused("read", r#"{"path":null}"#, "`path` of `read` must be a string, not null");
    refused("read", r#"{"path":1}"#, "`path` of `read` must be a string, not the number 1");
    refused("read", r#"{"path":"a","offset":"5"}"#, "must be an integer from 1 to 4294967295, not the string \"5\"");
    refused("read", r#"{"path":"a","offset":0}"#, "not the number 0");
    refused("read", r#"{"path":"a","limit":-1}"#, "must be an integer from 1 to 10000, not the number -1");
    refused("read", r#"{"path":"a","limit":1.5}"#, "not the number 1.5");
    refused("shell", r#"{"command":"x","seconds":3601}"#, "`seconds` of `shell` must be an integer from 1 to 3600");
    refused("shell", r#"{"command":"x","seconds":0}"#, "from 1 to 3600, not the number 0");
    refused("shell", r#"{"command":"x","background":"yes"}"#, "must be true or false, not the string \"yes\"");
    refused("edit", r#"{"path":"a","edits":"x"}"#, "`edits` of `edit` must be a list of {\"old\": string");
    refused("edit", r#"{"path":"a","edits":[{"old":"x"}]}"#, "not the object {\"old\":\"x\"}");
    refused("edit", r#"{"path":"a","edits":[{"old":"x","new":"y","count":1}]}"#, "must be a list of");
    refused("plan", r#"{"steps":[{"step":"x","status":"maybe"}]}"#, "\"todo\", \"doing\" or \"done\"");
    refused("output", r#"{"job":0}"#, "must be an integer from 1");
}

#[test]
fn values_that_cannot_be_meant_are_refused() {
    refused("edit", r#"{"path":"a","edits":[]}"#, "the list is empty");
    refused("edit", r#"{"path":"a","edits":[{"old":"","new":"y"}]}"#, "`old` is empty; use `write`");
    refused("edit", r#"{"path":"a","edits":[{"old":"y","new":"y"}]}"#, "`old` and `new` are the same");
    refused("shell", r#"{"command":"  "}"#, "it is empty");
    refused("shell", r#"{"command":"a\u0000b"}"#, "zero byte");
    refused("shell", &format!(r#"{{"command":"{}"}}"#, "x".repeat(30_000)), "write it to a file and run that");
    refused("delegate", r#"{"task":" \n"}"#, "`task` of `delegate` cannot be used: it is empty");
    refused("delegate", &format!(r#"{{"task":"{}"}}"#, "x".repeat(100_001)), "write it to a file and name that");
    refused("delegate", &format!(r#"{{"task":"x","agent":"{}"}}"#, "x".repeat(65)), "no name of an agent");
    refused("take", r#"{"subagent":0}"#, "an integer from 1 to 1000");
    refused("take", "{}", "`take` needs the field `subagent`");
    refused("grep", r#"{"pattern":"("}"#, "`pattern` of `grep` cannot be used: ");
    refused("grep", r#"{"pattern":"x","glob":"[z"}"#, "`glob` of `grep` cannot be used: ");
    refused("glob", r#"{"pattern":""}"#, "it is empty");
    refused("glob", r#"{"pattern":"a[z"}"#, "`pattern` of `glob` cannot be used: ");
    refused("delete", r#"{"path":"src/.."}"#, "the work tree itself");
    refused("write", r#"{"path":"/t/","content":""}"#, "the work tree itself");
    refused("change_environment", r#"{"environment":"prod; rm","command":"x"}"#, "a name is 1 to 128 letters");
    let many = vec![r#"{"old":"a","new":"b"}"#; 201].join(",");
    refused("edit", &format!(r#"{{"path":"a","edits":[{many}]}}"#), "it has 201 items; at most 200");
}

#[test]
fn a_command_of_control_characters_still_fits_an_entry() {
    let text = format!(r#"{{"command":"{}"}}"#, "\\u0001".repeat(4_000));
    refused("shell", &text, "at most 20000");
    let (deed, _) = read("shell", &format!(r#"{{"command":"{}"}}"#, "\\u0001".repeat(3_000)));
    let entry = action::canonical(&deed.unwrap()).unwrap();
    assert!(entry.len() < 65_535 / 3, "{}", entry.len());
}

#[test]
fn paths_get_one_spelling_and_escapes_stay_visible() {
    let table = [
        ("a", "a"),
        ("./a//b/./c/", "a/b/c"),
        ("a/../b", "b"),
        (".", "."),
        ("./", "."),
        ("a/..", "."),
        ("/t", "."),
        ("/t/", "."),
        ("/t/a/b", "a/b"),
        ("//t//a", "a"),
        ("/t/a/../../t/b", "b"),
        // What leaves the tree is judged as it was asked for.
        ("../a", "../a"),
        ("a/../../b", "../b"),
        ("../../../etc/passwd", "../../../etc/passwd"),
        ("/etc/passwd", "/etc/passwd"),
        ("/t/../etc/passwd", "/etc/passwd"),
        ("/../../etc", "/etc"),
        ("/tea/a", "/tea/a"),
        ("/", "/"),
        // Names are bytes, not syntax.
        ("a\nb", "a\nb"),
        ("ä ö", "ä ö"),
        ("...", "..."),
        ("a~", "a~"),
        ("./~", "~"),
        ("$HOME/*", "$HOME/*"),
    ];
    for (given, expected) in table {
        assert_eq!(path::normal(given, "/t").as_deref(), Ok(expected), "{given:?}");
        let again = path::normal(if expected == "~" { "./~" } else { expected }, "/t");
        assert_eq!(again.as_deref(), Ok(expected), "{given:?} is not one spelling");
    }
    for bad in ["", "a\0b", "~", "~/x"] {
        assert!(path::normal(bad, "/t").is_err(), "{bad:?}");
    }
    assert!(path::normal(&"a/".repeat(3000), "/t").is_err());
}

#[test]
fn a_tree_at_the_root_of_the_disk_is_a_tree_too() {
    assert_eq!(path::normal("/", "/").as_deref(), Ok("."));
    assert_eq!(path::normal("/a", "/").as_deref(), Ok("a"));
}

#[test]
fn errors_of_absurd_input_stay_short() {
    let long = "x".repeat(1_000_000);
    for (name, arguments) in [
        (long.as_str(), "{}".to_owned()),
        ("read", format!(r#"{{"{long}":1}}"#)),
        ("read", format!(r#"{{"path":["{long}"]}}"#)),
        ("read", format!("{{\"path\":\"{long}")),
        ("edit", format!(r#"{{"path":"a","edits":[{{"old":"{long}","new":"{long}"}}]}}"#)),
    ] {
        let text = read(name, &arguments).0.unwrap_err().to_string();
        assert!(text.len() < 1_000, "{} bytes", text.len());
    }
}

#[test]
fn a_symbol_is_one_name_and_a_line_is_of_a_file() {
    for name in ["", "a.b", "a::b", "a b", "a\\n", "../x"] {
        refused("find_symbol", &format!(r#"{{"symbol":"{name}"}}"#), "it is one name");
    }
    refused("find_symbol", &format!(r#"{{"symbol":"{}"}}"#, "a".repeat(201)), "it is one name");
    refused("find_symbol", r#"{"symbol":"a","line":3}"#, "name the file");
    refused("find_symbol", r#"{"symbol":"a","path":"b.rs","line":0}"#, "an integer from 1");
    refused("find_symbol", r#"{"symbol":"a","what":"users"}"#, r#""definition" or "references""#);
    refused("references", "{}", "did you mean `find_symbol`");
}
