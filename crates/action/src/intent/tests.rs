use super::*;
use crate::mcp::McpPlace;

fn server() -> McpServer {
    McpServer { name: "files".into(), at: McpPlace::InBox { command: "node server.js".into(), variables: Vec::new() } }
}

fn asks(asks: McpAsk) -> Deed {
    Deed::McpCall { server: server(), asks, arguments: Digest::of_bytes(b"{}") }
}

fn finds(seeks: Seeks) -> Deed {
    Deed::FindSymbol { symbol: "total".into(), path: "src/a.py".into(), line: 4, seeks }
}

fn shell(command: &str) -> Deed {
    Deed::Shell { command: command.into(), cwd: ".".into(), seconds: 60, background: false }
}

#[test]
fn lines_are_these_texts() {
    let digest = Digest::of_bytes(b"");
    let land = |landing| Deed::Land { root: "/home/ana/app".into(), change: digest, landing };
    let table = [
        (Deed::Read { path: "a".into(), offset: 1, limit: 9 }, "read a"),
        (Deed::List { path: ".".into() }, "list ."),
        (Deed::Glob { pattern: "*.rs".into(), path: "src".into() }, "find *.rs in src"),
        (
            Deed::Grep { pattern: "fn".into(), path: "src".into(), glob: String::new(), case_sensitive: true },
            "search fn in src",
        ),
        (Deed::Outline { path: "src".into() }, "outline src"),
        (Deed::Map { path: ".".into(), budget: 2000, about: String::new() }, "map ."),
        (Deed::Map { path: ".".into(), budget: 2000, about: "month totals".into() }, "map . for month totals"),
        (finds(Seeks::Definition), "find the definition of total in src/a.py"),
        (finds(Seeks::References), "find who uses total in src/a.py"),
        (Deed::Write { path: "a".into(), content: digest }, "write a"),
        (Deed::Edit { path: "a".into(), edits: digest }, "edit a"),
        (Deed::Delete { path: "a".into() }, "delete a"),
        (Deed::Move { from: "a".into(), to: "b".into() }, "move a to b"),
        (shell("cargo test"), "run cargo test"),
        (Deed::Fetch { url: "https://docs.rs/".into(), offset: 0 }, "fetch https://docs.rs/"),
        (Deed::Fetch { url: "https://docs.rs/".into(), offset: 9 }, "read on in https://docs.rs/ from byte 9"),
        (Deed::Output { job: 3 }, "read output of job 3"),
        (Deed::StopJob { job: 3 }, "stop job 3"),
        (Deed::Plan { steps: digest }, "note the plan"),
        (Deed::Remember { root: "/home/ana/app".into(), text: digest, instead: None }, "remember a text in this project"),
        (Deed::Remember { root: "/home/ana/app".into(), text: digest, instead: Some(IntentId::new("3f2a")) }, "remember a text in place of memory 3f2a"),
        (Deed::Forget { root: "/home/ana/app".into(), memory: IntentId::new("3f2a") }, "forget memory 3f2a"),
        (
            Deed::Delegate { number: 1, agent: AgentName::new("reviewer"), within: Vec::new(), reads_only: true, about: "look".into(), task: digest, from: digest },
            "delegate to reviewer: look",
        ),
        (Deed::Take { number: 1, session: SessionId::new("s2"), change: digest }, "take what subagent 1 changed"),
        (
            Deed::Change { environment: EnvironmentName::new("production/region-1"), command: "make deploy".into(), change: digest },
            "change production/region-1 by make deploy",
        ),
        (land(Landing::Worktree), "land the change set in /home/ana/app"),
        (land(Landing::Branch { name: "fix".into(), base: "5f3c".into() }), "land the change set in /home/ana/app as a commit on fix"),
        (Deed::Publish { host: "github.com".into(), repository: "ana/app".into(), issues: digest }, "publish issues in github.com/ana/app"),
        (Deed::Govern { change: Governance::Remove { person: PersonId::new("ben") } }, "remove ben"),
        (Deed::Reach { host: "crates.io".into(), port: 443 }, "reach crates.io:443"),
        (Deed::LanguageStart { language: "go".into(), command: "gopls".into() }, "start the language server for go"),
        (Deed::McpStart { server: server() }, "start MCP server files"),
        (Deed::McpTrust { root: "/home/ana/app".into(), server: server(), tools: digest }, "offer the tools of MCP server files"),
        (asks(McpAsk::Tool { name: "add\u{1b}".into() }), "ask MCP server files for tool add\\u{1b}"),
        (asks(McpAsk::Resources), "ask MCP server files for its list of resources"),
        (asks(McpAsk::Resource { uri: "demo://1".into() }), "ask MCP server files for resource demo://1"),
        (asks(McpAsk::Prompts), "ask MCP server files for its list of prompts"),
        (asks(McpAsk::Prompt { name: "greet".into() }), "ask MCP server files for prompt greet"),
    ];
    for (deed, line) in table {
        assert_eq!(deed.line(), line);
    }
}

#[test]
fn a_line_is_one_line() {
    assert_eq!(shell("true\nrm -rf /").line(), r"run true\nrm -rf /");
    assert_eq!(Deed::Delete { path: "a\u{202e}b\u{1b}[A".into() }.line(), r"delete a\u{202e}b\u{1b}[A");
}

#[test]
fn the_json_of_an_intent_is_this() {
    let intent = Intent {
        v: 1,
        id: IntentId::new("i1"),
        session: SessionId::new("s1"),
        turn: 2,
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        deed: shell("make"),
    };
    let json = r#"{"agent":"engineer","asked_by":"ana","deed":{"background":false,"command":"make","cwd":".","do":"shell","seconds":60},"id":"i1","session":"s1","turn":2,"v":1}"#;
    assert_eq!(String::from_utf8(crate::canonical(&intent).unwrap()).unwrap(), json);
    assert_eq!(serde_json::from_str::<Intent>(json).unwrap(), intent);
}

#[test]
fn who_asked_and_who_gains_are_nobodys_peers() {
    let asked = |deed| Intent { deed, ..crate::samples::intent() };
    let names = |intent: &Intent| intent.interested().into_iter().map(|person| person.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&asked(shell("true"))), ["ana"]);
    let change = Governance::AddKey { person: PersonId::new("ben"), key: "k".into() };
    assert_eq!(names(&asked(Deed::Govern { change })), ["ana", "ben"]);
    assert_eq!(names(&asked(Deed::Govern { change: Governance::Remove { person: PersonId::new("ben") } })), ["ana"]);
}

#[test]
fn an_unknown_deed_is_not_read() {
    for json in [r#"{"do":"format-disk"}"#, r#"{"do":"Shell","command":""}"#, r#"{"path":"a"}"#, r#"{"do":"delete"}"#] {
        serde_json::from_str::<Deed>(json).unwrap_err();
    }
}

#[test]
fn a_rehearsal_names_no_change_set_and_nothing_else_is_one() {
    let environment = EnvironmentName::new("production/eu");
    let rehearsal = Deed::rehearsal(environment.clone(), "sh deploy.sh".into());
    assert!(rehearsal.is_rehearsal());
    let change = Deed::Change { environment, command: "sh deploy.sh".into(), change: Digest::of_bytes(b"{}") };
    assert!(!change.is_rehearsal());
    let land = Deed::Land { root: "/srv".into(), change: Digest::of_bytes(b""), landing: Landing::Worktree };
    assert!(!land.is_rehearsal(), "a landing never stays in the box");
    assert!(!shell("true").is_rehearsal());
}
