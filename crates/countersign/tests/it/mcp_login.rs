//! Logging in to MCP servers, through the real program: a server and an issuer of ours on loopback, and a person at a terminal.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use testkit::{Authority, Called, World, authority};

use super::{done, turn, world};

/// A project that asks for this server.
fn asking(authority: &Authority) -> World {
    let world = world();
    settings(&world, &authority.server(), &json!({}));
    world.project(&[]);
    world
}

fn settings(world: &World, url: &str, headers: &Value) {
    world.write("project/.mcp.json", json!({"mcpServers": {"far": {"type": "http", "url": url, "headers": headers}}}).to_string());
}

/// `mcp login` at a terminal, and what the person does with the address that it shows.
fn login(world: &World, more: &[&str], person: impl FnOnce(&str) -> Option<String>) -> Called {
    let mut arguments = vec!["mcp", "login", "far"];
    arguments.extend(more);
    let mut child = world.start_at_a_terminal("ana", &arguments);
    let (mut screen, mut keyboard) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
    let (mut out, mut person, mut typed, mut piece) = (String::new(), Some(person), None, [0_u8; 4096]);
    while let count @ 1.. = screen.read(&mut piece).unwrap() {
        out.push_str(&String::from_utf8_lossy(&piece[..count]));
        let (whole, question) = out.rsplit_once('\n').unwrap_or(("", &out));
        let address = whole.lines().rev().find(|line| line.starts_with("http") && line.contains("code_challenge="));
        if let Some(address) = address {
            typed = person.take().map_or(typed.take(), |person| person(address.trim()));
        }
        // What is typed before there is a question is no answer.
        match question {
            yes if yes.ends_with("[n]o: ") => writeln!(keyboard, "y").unwrap(),
            asked if asked.ends_with(": ") => typed.take().into_iter().for_each(|typed| writeln!(keyboard, "{typed}").unwrap()),
            _ => {}
        }
    }
    drop(keyboard);
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    Called { code: child.wait().unwrap().code().unwrap(), out: out.replace('\r', ""), err }
}

/// A person who agrees at a browser on this machine.
fn at_a_browser(world: &World, authority: &Authority, more: &[&str]) -> Called {
    login(world, more, |address| {
        let page = authority::open(&authority.agree(address));
        assert!(page.contains("You can close this page"), "{page}");
        None
    })
}

fn ledger(world: &World) -> String {
    world.call("ana", &["ledger", "show", "--json"]).must_succeed().out.clone()
}

/// Every file below the service's folder, with its path.
fn service_files(world: &World) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut folders = vec![world.service()];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            match file.is_dir() {
                true => folders.push(file),
                false => all.extend(std::fs::read(&file).ok().map(|bytes| (file.display().to_string(), bytes))),
            }
        }
    }
    all
}

fn holds(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

/// The server's tools approved and called once, as far as signatures go.
fn approve(world: &World, authority: &Authority) {
    let host = authority.url().trim_start_matches("http://").to_owned();
    world.call("ana", &["env", "add", "dev/mcp", "--tier", "development", "--host", &host]).must_succeed();
    world.call("ana", &["mcp", "approve", "far"]).must_end_with(1);
    world.call("ana", &["sign", &world.held("mcp-start")]).must_succeed();
    world.call("ana", &["mcp", "approve", "far"]).must_end_with(1).must_say("held");
    world.call("ana", &["sign", &world.held("mcp-trust")]).must_succeed();
}

/// A call of its tool that ana signs; what the model was told is in the session's conversation.
fn call(world: &World) -> String {
    world.run(&[turn("", &[("mcp__far__add", json!({}))]), done()], &[]).must_end_with(1);
    let id = world.held("mcp-call");
    world.call("ana", &["sign", &id]).must_succeed();
    let shown = world.call("ana", &["show", &id, "--json"]);
    let story: Value = serde_json::from_str(&shown.must_succeed().out).unwrap();
    let session = story["intent"]["session"].as_str().unwrap().to_owned();
    world.call("ana", &["resume", &session, "--headless", "--model", &world.recording(&[done()]), "go on"]).must_succeed();
    world.read(&format!("service/sessions/{session}/conversation.jsonl"))
}

#[test]
fn a_person_logs_in_at_a_browser_and_calls_carry_a_token_that_nothing_shows() {
    let authority = Authority::start();
    let world = asking(&authority);
    let said = at_a_browser(&world, &authority, &[]);
    said.must_succeed().must_say("✓ logged in to MCP server far").must_say(&format!("What you get is sent to {}, for read", authority.server()));
    let listed = world.call("ana", &["mcp", "list"]);
    listed.must_succeed().must_say("logged in with http://127.0.0.1").must_say("renewed as needed");
    approve(&world, &authority);
    assert!(call(&world).contains("it is 5"), "the model is told");
    assert!(ledger(&world).contains("as whoever logged in with `http://127.0.0.1"), "who signed has seen whose login it is");
    let events = ledger(&world);
    assert!(events.contains("\"is\":\"logged-in\"") && events.contains("\"scopes\":[\"read\"]") && events.contains("\"issuer\":\"http://127.0.0.1"));
    let with_secrets: Vec<String> = service_files(&world).into_iter().filter(|(_, bytes)| holds(bytes, "secret-token") || holds(bytes, "refresh-1")).map(|(path, _)| path).collect();
    assert_eq!(with_secrets.len(), 1, "{with_secrets:?}");
    assert!(with_secrets[0].contains("/keys/mcp/"));
    assert_eq!(std::fs::metadata(&with_secrets[0]).unwrap().permissions().mode() & 0o777, 0o600);
    said.must_not_say("secret-token");
    world.call("ana", &["mcp", "list", "--json"]).must_succeed().must_say("\"scopes\":[\"read\"]").must_not_say("secret-token").must_not_say("refresh-1");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn where_the_browser_is_elsewhere_the_address_is_pasted() {
    let authority = Authority::start();
    let world = asking(&authority);
    login(&world, &["--headless"], |address| Some(authority.agree(address))).must_succeed().must_say("logged in");
    world.call("ana", &["mcp", "logout", "far"]).must_succeed();
    let other = login(&world, &["--headless"], |address| Some(authority.agree(address).replace("state=", "state=x")));
    other.must_end_with(2).must_say("not the answer to this login");
    world.call("ana", &["mcp", "list", "--json"]).must_succeed().must_say("\"login\":null");
    assert_eq!(ledger(&world).matches("\"is\":\"logged-in\"").count(), 1);
}

#[test]
fn nobody_logs_in_without_a_terminal_and_a_project_s_own_authorization_is_in_the_way() {
    let authority = Authority::start();
    let world = asking(&authority);
    world.call("ana", &["mcp", "login", "far"]).must_end_with(2).must_say("a person at a terminal");
    assert!(authority.heard("/mcp").is_empty(), "nothing was asked of it");
    settings(&world, &authority.server(), &json!({"Authorization": "x"}));
    login(&world, &[], |_| None).must_end_with(2).must_say("`authorization` header of its own");
    world.write("project/.mcp.json", json!({"mcpServers": {"far": {"command": "true"}}}).to_string());
    login(&world, &[], |_| None).must_end_with(2).must_say("runs in the box");
}

#[test]
fn a_server_whose_address_changed_in_the_repository_gets_no_token() {
    let (authority, other) = (Authority::start(), Authority::start());
    let world = asking(&authority);
    at_a_browser(&world, &authority, &[]).must_succeed();
    settings(&world, &other.server(), &json!({}));
    world.call("ana", &["mcp", "list"]).must_succeed().must_not_say("logged in");
    let host = other.url().trim_start_matches("http://").to_owned();
    world.call("ana", &["env", "add", "dev/other", "--tier", "development", "--host", &host]).must_succeed();
    world.call("ana", &["mcp", "approve", "far"]).must_end_with(1);
    world.call("ana", &["sign", &world.held("mcp-start")]).must_succeed();
    world.call("ana", &["mcp", "approve", "far"]).must_end_with(1).must_say("countersign mcp login far");
    assert!(other.heard("/mcp").iter().all(|one| one.authorization.is_none()));
}

#[test]
fn logging_out_and_stopping_everything_forget_and_give_back() {
    let authority = Authority::start();
    let world = asking(&authority);
    at_a_browser(&world, &authority, &[]).must_succeed();
    world.call("ana", &["mcp", "logout", "far"]).must_succeed().must_say("its tokens are revoked");
    world.call("ana", &["mcp", "logout", "far"]).must_end_with(2).must_say("nobody is logged in");
    at_a_browser(&world, &authority, &[]).must_succeed();
    settings(&world, "https://another.example/mcp", &json!({}));
    world.call("ana", &["stop", "--all"]).must_succeed().must_say("logged out of 1 MCP server");
    assert_eq!(authority.heard("/revoke").len(), 2);
    assert!(service_files(&world).iter().all(|(_, bytes)| !holds(bytes, "secret-token")));
    assert_eq!(ledger(&world).matches("\"is\":\"logged-out\"").count(), 2);
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_login_that_is_too_small_or_over_says_what_to_do_and_nothing_is_sent_twice() {
    let authority = Authority::start();
    let world = asking(&authority);
    at_a_browser(&world, &authority, &[]).must_succeed();
    approve(&world, &authority);
    authority.want("write");
    assert!(call(&world).contains("countersign mcp login far --scope read --scope write"));
    assert_eq!(authority.calls(), 1);
    at_a_browser(&world, &authority, &["--scope", "read", "--scope", "write"]).must_succeed().must_say("for read write");
    assert!(call(&world).contains("it is 5"));
    authority.forget_tokens();
    authority.answer("/token", "400 Bad Request", "", r#"{"error": "invalid_grant"}"#);
    assert!(call(&world).contains("Log in again: countersign mcp login far"));
    assert_eq!(authority.calls(), 2, "the last one did not get that far");
}

#[test]
fn who_we_are_is_the_service_s_to_say() {
    let authority = Authority::start();
    let mut world = asking(&authority);
    world.set("FAR_SECRET", "hush");
    let config = world.read("service/config.toml");
    let known = |more: &str| format!("{config}\n[mcp_logins.\"{}\"]\nclient_id = \"ours\"\nclient_secret_variable = \"FAR_SECRET\"\n{more}", authority.server());
    let named = format!("issuer = \"{}\"\n", authority.url());
    world.write("service/config.toml", known("by_itself = true\n"));
    login(&world, &[], |_| panic!("an address was shown")).must_end_with(2).must_say("and no `issuer`");
    world.write("service/config.toml", known("issuer = \"https://other.example\"\n"));
    login(&world, &[], |_| panic!("an address was shown")).must_end_with(3).must_say("names https://other.example");
    assert!(authority.heard("/token").is_empty(), "nobody was shown the secret");
    world.write("service/config.toml", known(&named));
    at_a_browser(&world, &authority, &[]).must_succeed();
    assert!(authority.heard("/register").is_empty());
    assert_eq!(authority.heard("/token")[0].authorization.as_deref(), Some("Basic b3VyczpodXNo"));
    world.write("service/config.toml", known(&format!("{named}by_itself = true\n")));
    login(&world, &[], |_| panic!("nobody is sent to a browser")).must_succeed().must_say("logged in");
    assert_eq!(authority.heard("/token")[1].says["grant_type"], "client_credentials");
}

#[test]
fn an_issuer_that_speaks_for_another_is_refused_and_nobody_is_sent_there() {
    let authority = Authority::start();
    let world = asking(&authority);
    let mut document = authority.metadata();
    document["authorization_endpoint"] = json!("javascript:alert(document.domain)//\u{1b}[2J");
    authority.say("/.well-known/oauth-authorization-server", &document);
    login(&world, &[], |_| panic!("an address was shown")).must_end_with(3).must_say("neither https nor on this machine").must_not_say("\u{1b}[2J");
    assert!(!ledger(&world).contains("logged-in"));
}

#[test]
fn a_person_who_sees_where_it_goes_can_say_no() {
    let authority = Authority::start();
    let world = asking(&authority);
    let said = world.at_a_terminal("ana", &["mcp", "login", "far"], &["n"]);
    said.must_end_with(1).must_say(&format!("What you get is sent to {}", authority.server())).must_say("nobody is logged in");
    assert!(authority.heard("/register").is_empty() && authority.heard("/token").is_empty());
    assert!(!ledger(&world).contains("logged-in"));
}

#[test]
fn a_login_that_waits_while_everything_is_stopped_keeps_nothing() {
    let authority = Authority::start();
    let world = asking(&authority);
    let stopped = login(&world, &[], |address| {
        world.call("ana", &["stop", "--all"]).must_succeed();
        authority::open(&authority.agree(address));
        None
    });
    stopped.must_end_with(1).must_say("everything was stopped meanwhile");
    assert_eq!(authority.heard("/revoke").len(), 1);
    assert!(service_files(&world).iter().all(|(_, bytes)| !holds(bytes, "secret-token")));
    assert!(!ledger(&world).contains("logged-in"));
}

#[test]
fn stopping_everything_takes_what_nobody_can_read_and_says_what_it_had_to_leave() {
    let authority = Authority::start();
    let world = asking(&authority);
    at_a_browser(&world, &authority, &[]).must_succeed();
    world.write("service/keys/mcp/0.json", "secret-token");
    world.write("service/keys/mcp/0.new", "secret-token");
    world.call("ana", &["stop", "--all"]).must_succeed().must_say("logged out of 1 MCP server");
    assert!(service_files(&world).iter().all(|(_, bytes)| !holds(bytes, "secret-token")));
    at_a_browser(&world, &authority, &[]).must_succeed();
    std::fs::create_dir(world.service().join("keys/mcp/0.json")).unwrap();
    world.call("ana", &["stop", "--all"]).must_end_with(1).must_say("tokens may be left").must_say("logged out of 1 MCP server");
    assert_eq!(ledger(&world).matches("\"is\":\"logged-out\"").count(), 2);
}
