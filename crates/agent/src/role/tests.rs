use action::{EnvironmentName, McpAsk, McpServer};

use super::rule::is_like;
use super::*;

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join(FOLDER)).unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(FOLDER).join(name), text).unwrap();
    }
    folder
}

fn find(folder: &tempfile::TempDir, name: &str) -> Result<Role, NoRole> {
    Role::find(&Shown { root: folder.path(), closed: &[], kept_out: &|_| false }, name)
}

fn role(text: &str) -> Role {
    find(&project(&[("a.json", text)]), "a").unwrap()
}

fn decided(role: &Role, deed: &Deed) -> Option<&'static str> {
    role.verdict(deed, Digest::of_bytes(b"")).map(|verdict| match verdict.decision {
        Decision::Refuse => "refuse",
        Decision::Hold { .. } => "hold",
        Decision::Permit => "permit",
    })
}

fn read_of(path: &str) -> Deed {
    Deed::Read { path: path.into(), offset: 1, limit: 1 }
}

fn grep(path: &str) -> Deed {
    Deed::Grep { pattern: "x".into(), path: path.into(), glob: String::new(), case_sensitive: true }
}

fn shell(command: &str) -> Deed {
    Deed::Shell { command: command.into(), cwd: String::new(), seconds: 1, background: false }
}

fn write(path: &str) -> Deed {
    Deed::Write { path: path.into(), content: Digest::of_bytes(b"") }
}

fn fetch(url: &str) -> Deed {
    Deed::Fetch { url: url.into(), offset: 0 }
}

fn mcp(server: &str, tool: &str) -> Deed {
    let server = McpServer { name: server.into(), at: action::McpPlace::At { url: "https://x".into(), headers: Default::default() } };
    Deed::McpCall { server, asks: McpAsk::Tool { name: tool.into() }, arguments: Digest::of_bytes(b"") }
}

#[test]
fn it_is_found_by_its_name_or_its_files() {
    let folder = project(&[("reviewer.md", "---\nname: critic\ndescription: d\n---\nBe strict."), ("b.json", r#"{"name": "b", "prompt": "B"}"#), ("c.json", r#"{"name": "b"}"#)]);
    assert_eq!(find(&folder, "critic").unwrap().prompt.as_deref(), Some("Be strict."));
    assert_eq!(find(&folder, "reviewer").unwrap().name(), "reviewer");
    assert!(matches!(find(&folder, "b"), Err(NoRole::Several { .. })));
    assert!(matches!(find(&folder, "nobody"), Err(NoRole::Absent { .. })));
    for name in ["engineer", "", "../b", "a b", "\u{202e}"] {
        assert!(matches!(find(&folder, name), Err(NoRole::Name { .. })), "{name}");
    }
}

#[test]
fn a_profile_with_an_error_or_a_rule_that_cannot_be_kept_is_not_run() {
    for text in [
        r#"{"toolz": []}"#,
        r#"{"permissions": {"rules": [{"capability": "teleport", "effect": "deny"}]}}"#,
        r#"{"permissions": {"rules": [{"capability": "fs_write", "effect": "deny", "match": ["[z-a]"]}]}}"#,
        "{",
    ] {
        assert!(matches!(find(&project(&[("a.json", text)]), "a"), Err(NoRole::Unusable { .. })), "{text}");
    }
    assert!(find(&project(&[("a.json", r#"{"permissions": {"rules": [{"capability": "teleport", "effect": "allow"}]}}"#)]), "a").is_ok());
}

#[test]
fn its_list_of_tools_is_all_that_it_has() {
    let names = |role: &Role| tools::shapes().iter().map(|shape| shape.name).filter(|name| role.has(&Called::offered(name))).collect::<Vec<_>>().join(" ");
    assert_eq!(names(&role(r#"{"tools": ["read"]}"#)), "read list glob grep outline map find_symbol plan");
    assert_eq!(names(&role(r#"{"tools": ["fs_write", "grep"]}"#)), "write edit delete move grep plan take");
    assert_eq!(names(&role(r#"{"tools": []}"#)), "plan");
    assert_eq!(names(&role(r#"{"tools": ["@builtin"], "excludedTools": ["shell", "read"]}"#)), "write edit delete move fetch plan remember delegate take");
    assert!(names(&role("{}")).contains("shell"));
    let docs = role(r#"{"tools": ["@docs/get_*"]}"#);
    assert!(docs.has(&Called::of("mcp__docs__get_page", &mcp("docs", "get_page"))));
    for (server, tool) in [("docs", "put_page"), ("other", "get_page")] {
        assert!(!docs.has(&Called::of("mcp__docs__get_page", &mcp(server, tool))), "the deed decides and not the name");
    }
    assert!(!role(r#"{"tools": ["@builtin"]}"#).has(&Called::of("mcp__docs__x", &mcp("docs", "x"))));
}

#[test]
fn its_rules_narrow_and_the_strictest_holds() {
    let role = role(
        r#"{"permissions": {"rules": [
            {"capability": "fs_read", "effect": "deny", "match": ["docs/internal"]},
            {"capability": "fs_write", "effect": "ask", "exclude": ["src/**"]},
            {"capability": "fs_write", "effect": "deny", "match": ["*.lock"]},
            {"capability": "shell", "effect": "deny", "match": ["git push*", "*sudo*"]},
            {"capability": "shell", "effect": "allow"},
            {"capability": "web_fetch", "effect": "deny", "match": ["*.evil.example", "https://docs.rs/private*"]},
            {"capability": "mcp", "effect": "ask", "match": ["docs/*"]}
        ], "policies": ["allow-all"]}}"#,
    );
    for (deed, expected) in [
        (read_of("docs/internal/a.md"), Some("refuse")),
        (read_of("./docs/internal"), Some("refuse")),
        (read_of("docs/a.md"), None),
        (grep("."), Some("refuse")),
        (grep("docs"), Some("refuse")),
        (grep("src"), None),
        (write("README.md"), Some("hold")),
        (write("src/a.rs"), None),
        (write("src/x/Cargo.lock"), Some("refuse")),
        (Deed::Delete { path: "src".into() }, Some("refuse")),
        (Deed::Move { from: "docs/internal/a".into(), to: "src/a".into() }, Some("refuse")),
        (shell("git push origin"), Some("refuse")),
        (shell("x; sudo y"), Some("refuse")),
        (shell("cargo test"), None),
        (Deed::rehearsal(EnvironmentName::new("eu"), "sudo x".into()), Some("refuse")),
        (fetch("https://a.evil.example:8443/x"), Some("refuse")),
        (fetch("https://docs.rs/private/x"), Some("refuse")),
        (fetch("https://docs.rs/serde"), None),
        (mcp("docs", "x"), Some("hold")),
        (mcp("other", "x"), None),
    ] {
        assert_eq!(decided(&role, &deed), expected, "{}", deed.line());
    }
}

#[test]
fn a_rule_on_reading_holds_also_where_a_move_or_an_edit_would_show_it() {
    let edit = |path: &str| Deed::Edit { path: path.into(), edits: Digest::of_bytes(b"") };
    let from = |path: &str| Deed::Move { from: path.into(), to: "src/b".into() };
    let role = role(r#"{"permissions": {"rules": [{"capability": "fs_read", "effect": "deny", "match": ["docs/internal", "private/**"]}]}}"#);
    for (deed, expected) in [
        (from("docs/internal/a.md"), Some("refuse")),
        (from("docs/internal"), Some("refuse")),
        (from("docs"), Some("refuse")),
        (from("private"), Some("refuse")),
        (from("./private/"), Some("refuse")),
        (from("."), Some("refuse")),
        (from("src"), None),
        (edit("docs/internal/a.md"), Some("refuse")),
        (edit("private/a.md"), Some("refuse")),
        (edit("docs/a.md"), None),
        (write("private/a.md"), None),
    ] {
        assert_eq!(decided(&role, &deed), expected, "{}", deed.line());
    }
}

#[test]
fn what_it_allows_is_told_and_changes_nothing() {
    let mut role = role(r#"{"model": "big", "allowedTools": ["*"], "permissions": {"rules": [{"capability": "shell", "effect": "allow"}], "policies": ["allow-all"]}}"#);
    let notes = role.take_notes().join("\n");
    for said in ["cannot allow `shell`", "`allow-all` allows nothing here", "--model", "`allowedTools`"] {
        assert!(notes.contains(said), "{said}: {notes}");
    }
    assert_eq!(decided(&role, &shell("x")), None);
}

#[test]
fn only_a_star_is_wild_in_commands() {
    for (pattern, text, expected) in [
        ("*", "", true), ("a*c", "abc", true), ("a*c", "ab", false), ("git push*", "git push", true), ("a*b*c", "a1b2c", true), ("a*b*c", "acb", false), ("a?", "ab", false),
        ("a*a", "a", false), ("*x*", "axb", true),
    ] {
        assert_eq!(is_like(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn rules_on_commands_are_kept_for_language_servers_and_rules_on_reading_for_symbols() {
    let start = |command: &str| Deed::LanguageStart { language: "go".into(), command: command.into() };
    let finds = |path: &str| Deed::FindSymbol { symbol: "f".into(), path: path.into(), line: 0, seeks: action::Seeks::References };
    let narrow = role(
        r#"{"permissions": {"rules": [
            {"capability": "shell", "effect": "deny", "match": ["gopls*"]},
            {"capability": "fs_read", "effect": "ask", "match": ["private"]}
        ]}}"#,
    );
    assert_eq!(decided(&narrow, &start("gopls")), Some("refuse"));
    assert_eq!(decided(&narrow, &start("rust-analyzer")), None);
    assert_eq!(decided(&narrow, &finds(".")), Some("hold"), "what is below could be meant");
    assert_eq!(decided(&narrow, &finds("src")), Some("hold"), "a name stands at any depth");
    let of_a_folder = role(r#"{"permissions": {"rules": [{"capability": "fs_read", "effect": "ask", "match": ["docs/private"]}]}}"#);
    assert_eq!(decided(&of_a_folder, &finds("docs")), Some("hold"));
    assert_eq!(decided(&of_a_folder, &finds("src/a.go")), None);
}

#[test]
fn what_an_agent_asks_for_and_does_not_get_is_told() {
    let folder = project(&[("a.json", r#"{"resources": ["skill://deploy", {"type": "knowledgeBase", "source": "wiki"}]}"#)]);
    let mut role = find(&folder, "a").unwrap();
    role.told(&Shown { root: folder.path(), closed: &[], kept_out: &|_| false });
    let notes = role.take_notes().join("\n");
    for said in ["the skill `deploy` is read when it is needed", "the knowledge base `wiki` is not read"] {
        assert!(notes.contains(said), "{notes}");
    }
}
