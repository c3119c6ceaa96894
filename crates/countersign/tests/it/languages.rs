//! Definitions and references through real language servers in the box, and by name where there is none.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::World;

use super::{done, turn, world, write};

/// Where `make needs` installs pyright and typescript-language-server.
fn servers() -> PathBuf {
    let folder = std::env::var_os("COUNTERSIGN_TEST_LANGUAGES").map(PathBuf::from).unwrap_or_else(|| {
        PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/countersign/languages")
    });
    for program in ["pyright-langserver", "typescript-language-server"] {
        assert!(folder.join("node_modules/.bin").join(program).exists(), "`make needs` installs {program} there: {}", folder.display());
    }
    folder.join("node_modules")
}

/// A project with these files that has its language servers as projects do.
fn project(files: &[(&str, &str)]) -> World {
    let world = world();
    world.project(&[files, &[(".gitignore", "node_modules/\n")]].concat());
    let copied = world.bare("cp").arg("-r").arg(servers()).arg(world.path("project/node_modules")).status().unwrap();
    assert!(copied.success());
    world
}

fn find(arguments: Value) -> (&'static str, Value) {
    ("find_symbol", arguments)
}

/// What the model was told of each call of `find_symbol`, in order.
fn told(world: &World, calls: Vec<Value>, more: &[&str]) -> Vec<String> {
    let mut turns: Vec<Value> = calls.into_iter().map(|call| json!({"calls": [call]})).collect();
    turns.push(done());
    let run = world.run(&turns, &[&["--json"], more].concat());
    assert!([0, 1].contains(&run.code), "{}{}", run.out, run.err);
    let sessions = world.call("ana", &["sessions", "--json"]);
    let session: Value = serde_json::from_str(sessions.must_succeed().out.lines().next().unwrap()).unwrap();
    let conversation = world.read(&format!("service/sessions/{}/conversation.jsonl", session["session"].as_str().unwrap()));
    let mut results = Vec::new();
    for line in conversation.lines() {
        collect(&serde_json::from_str(line).unwrap(), &mut results);
    }
    results.retain(|text| text.contains("[by what it means") || text.contains("[by name and not by meaning"));
    results
}

/// Every text in a message.
fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| collect(one, texts)),
        Value::Object(all) => all.values().for_each(|one| collect(one, texts)),
        _ => {}
    }
}

fn call((name, arguments): (&str, Value)) -> Value {
    json!({"name": name, "arguments": arguments})
}

/// Starts of language servers on the ledger, with how each ended.
fn starts(world: &World) -> Vec<(String, String)> {
    let shown = world.call("ana", &["ledger", "show", "--json"]);
    let events: Vec<Value> = shown.must_succeed().out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"]["event"].clone()).collect();
    let ended = |id: &Value| events.iter().rev().find(|event| event["intent"] == *id).map(|event| event["is"].as_str().unwrap().to_owned());
    let asked = events.iter().filter(|event| event["is"] == "proposed" && event["intent"]["deed"]["do"] == "language-start");
    asked.map(|event| (event["intent"]["deed"]["command"].as_str().unwrap().to_owned(), ended(&event["intent"]["id"]).unwrap_or_default())).collect()
}

const PYTHON: &[(&str, &str)] = &[
    ("shop/__init__.py", ""),
    ("shop/total.py", "class Cart:\n    def total(self) -> int:\n        return 1\n"),
    ("shop/report.py", "from shop.total import Cart\n\n\ndef report(cart: Cart) -> int:\n    return cart.total()\n"),
    ("shop/other.py", "def total():\n    return 2\n\n\nprint(total())\n"),
];

#[test]
fn pyright_finds_what_is_meant_across_files_and_follows_the_copy() {
    let world = project(PYTHON);
    let results = told(
        &world,
        vec![
            call(find(json!({"symbol": "total", "path": "shop/report.py", "line": 5}))),
            call(find(json!({"symbol": "total", "path": "shop/total.py", "what": "references"}))),
            call(write("shop/more.py", "from shop.total import Cart\n\nCart().total()\n")),
            call(find(json!({"symbol": "total", "path": "shop/total.py", "what": "references"}))),
            call(find(json!({"symbol": "total"}))),
        ],
        &[],
    );
    let [definition, before, after, all] = results.as_slice() else { panic!("{results:#?}") };
    let by = "[by what it means, says `pyright-langserver`]\n";
    assert_eq!(*definition, format!("shop/total.py:2: def total(self) -> int:\n{by}"));
    assert_eq!(*before, format!("shop/report.py:5: return cart.total()\nshop/total.py:2: def total(self) -> int:\n{by}"));
    assert_eq!(*after, format!("shop/more.py:3: Cart().total()\nshop/report.py:5: return cart.total()\nshop/total.py:2: def total(self) -> int:\n{by}"));
    assert!(all.starts_with("shop/other.py:1: def total()\nshop/total.py:2: def total(self) -> int\n[by name"), "{all}");
    assert_eq!(starts(&world), [("./node_modules/.bin/pyright-langserver --stdio".to_owned(), "finished".to_owned())]);
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

const TYPESCRIPT: &[(&str, &str)] = &[
    ("tsconfig.json", "{\"compilerOptions\": {\"strict\": true}, \"include\": [\"src\"]}\n"),
    ("src/cart.ts", "export class Cart {\n  total(): number {\n    return 1;\n  }\n}\n"),
    ("src/main.ts", "import { Cart } from './cart';\n\nexport const sum = new Cart().total();\n"),
    ("src/other.ts", "export function total(): string {\n  return JSON.stringify('no');\n}\n"),
];

#[test]
fn typescript_s_own_server_finds_what_is_meant_and_names_what_is_outside_only_so() {
    let world = project(TYPESCRIPT);
    let results = told(
        &world,
        vec![
            call(find(json!({"symbol": "total", "path": "src/main.ts", "line": 3}))),
            call(write("src/late.ts", "import { Cart } from './cart';\nnew Cart().total();\n")),
            call(find(json!({"symbol": "total", "path": "src/cart.ts", "what": "references"}))),
            call(find(json!({"symbol": "stringify", "path": "src/other.ts", "line": 2}))),
        ],
        &[],
    );
    let [definition, references, library] = results.as_slice() else { panic!("{results:#?}") };
    let by = "[by what it means, says `typescript-language-server`]\n";
    assert_eq!(*definition, format!("src/cart.ts:2: total(): number {{\n{by}"));
    assert_eq!(*references, format!("src/cart.ts:2: total(): number {{\nsrc/late.ts:2: new Cart().total();\nsrc/main.ts:3: export const sum = new Cart().total();\n{by}"));
    assert!(library.contains("node_modules/typescript/lib/lib.es5.d.ts:"), "{library}");
    assert_eq!(starts(&world), [("./node_modules/.bin/typescript-language-server --stdio".to_owned(), "finished".to_owned())]);
}

const GO: &[(&str, &str)] = &[
    ("go.mod", "module example.com/shop\n\ngo 1.19\n"),
    ("cart/cart.go", "package cart\n\ntype Cart struct{}\n\nfunc (c Cart) Total() int { return 1 }\n"),
    ("main.go", "package main\n\nimport \"example.com/shop/cart\"\n\nfunc main() { println(cart.Cart{}.Total()) }\n"),
    ("other/other.go", "package other\n\nfunc Total() int { return 2 }\n"),
];

#[test]
fn gopls_finds_what_is_meant_in_another_package() {
    let world = world();
    world.project(GO);
    let results = told(
        &world,
        vec![
            call(find(json!({"symbol": "Total", "path": "main.go", "line": 5}))),
            call(find(json!({"symbol": "Total", "path": "cart/cart.go", "what": "references"}))),
        ],
        &[],
    );
    let [definition, references] = results.as_slice() else { panic!("{results:#?}") };
    let by = "[by what it means, says `gopls`]\n";
    assert_eq!(*definition, format!("cart/cart.go:5: func (c Cart) Total() int {{ return 1 }}\n{by}"));
    assert_eq!(*references, format!("cart/cart.go:5: func (c Cart) Total() int {{ return 1 }}\nmain.go:5: func main() {{ println(cart.Cart{{}}.Total()) }}\n{by}"));
    assert_eq!(starts(&world), [("gopls".to_owned(), "finished".to_owned())]);
}

const RUST: &[(&str, &str)] = &[
    ("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"),
    ("src/lib.rs", "pub mod cart;\npub mod other;\n\npub fn sum() -> u8 {\n    cart::Cart.total()\n}\n"),
    ("src/cart.rs", "pub struct Cart;\n\nimpl Cart {\n    pub fn total(&self) -> u8 {\n        1\n    }\n}\n"),
    ("src/other.rs", "pub fn total() -> u8 {\n    2\n}\n"),
];

/// rustup's stand-in for a component that is not installed is no server: then it is by name, and the reason is told.
#[test]
fn rust_analyzer_finds_what_is_meant_where_it_is_installed() {
    let mut world = world();
    super::installs::toolchains(&mut world);
    world.project(RUST);
    let results = told(&world, vec![call(find(json!({"symbol": "total", "path": "src/lib.rs", "line": 5})))], &[]);
    let mut installed = world.bare("rust-analyzer");
    let is_there = installed.arg("--version").output().is_ok_and(|said| said.status.success());
    match is_there {
        // Without the sources of the standard library it says so.
        true => assert!(results[0].starts_with("src/cart.rs:4: pub fn total(&self) -> u8 {\n[") && results[0].ends_with("[by what it means, says `rust-analyzer`]\n"), "{results:?}"),
        false => assert!(results[0].contains("src/cart.rs:4: ") && results[0].contains("src/other.rs:1: ") && results[0].contains("[by name and not by meaning: "), "{results:?}"),
    }
}

#[test]
fn without_a_server_it_is_by_name_and_says_so_and_nothing_is_started() {
    let world = world();
    world.project(&[("a.go", "package a\n\nfunc Total() int { return 1 }\n"), ("b.rb", "def total; end\ntotal\n")]);
    let results = told(&world, vec![call(find(json!({"symbol": "total", "what": "references"})))], &[]);
    assert_eq!(results, ["b.rb:1: def total; end\nb.rb:2: total\n[by name and not by meaning: no language server is known for this language]\n"]);
    assert!(starts(&world).is_empty());
}

#[test]
fn an_agent_without_commands_starts_no_server() {
    let world = project(PYTHON);
    world.write("project/.kiro/agents/reader.json", r#"{"name": "reader", "tools": ["read"]}"#);
    world.git(&["add", "--all"]);
    let asks = vec![call(find(json!({"symbol": "total", "path": "shop/report.py", "line": 5})))];
    let results = told(&world, asks, &["--agent", "reader"]);
    assert!(results[0].contains("by name and not by meaning: the agent runs no commands"), "{results:?}");
    assert!(starts(&world).is_empty());
}

/// A project that brings a program in the place of a language server, and says when it has run.
fn bringing(files: &[(&str, &str)]) -> World {
    let world = world();
    let program = ".venv/bin/pyright-langserver";
    world.project(&[PYTHON, files, &[(program, "#!/bin/sh\ntouch ran\n")]].concat());
    let place = world.path("project").join(program);
    std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o755)).unwrap();
    world
}

const BROUGHT: &str = "./.venv/bin/pyright-langserver --stdio";

fn report_total() -> Vec<Value> {
    vec![call(find(json!({"symbol": "total", "path": "shop/report.py", "line": 5})))]
}

#[test]
fn who_wants_to_see_every_change_first_sees_the_start_of_a_server_too() {
    let world = bringing(&[]);
    let results = told(&world, report_total(), &["--supervise"]);
    assert!(results[0].contains("by name and not by meaning: starting a language server is held as"), "{results:?}");
    assert_eq!(starts(&world), [(BROUGHT.to_owned(), "assessed".to_owned())]);
    world.held("language-start");
}

#[test]
fn a_hook_before_commands_is_asked_before_a_server_is_started() {
    for (status, end) in [(7, "refused"), (0, "failed")] {
        let hook = json!({"name": "h", "trigger": "PreToolUse", "matcher": "^shell$", "action": {"type": "command", "command": format!("exit {status}")}});
        let world = bringing(&[(".kiro/hooks/a.json", &json!({"version": "v1", "hooks": [hook]}).to_string())]);
        let results = told(&world, report_total(), &[]);
        assert_eq!(results[0].contains("by name and not by meaning: a language server may not be started: the project's hook `h` stopped it"), status != 0, "{results:?}");
        assert_eq!(starts(&world), [(BROUGHT.to_owned(), end.to_owned())]);
        world.call("ana", &["ledger", "verify"]).must_succeed();
    }
}

#[test]
fn a_server_runs_beside_no_rehearsal_and_ends_with_the_session() {
    let world = project(PYTHON);
    world.write("dev/page.html", "old\n");
    let place = world.path("dev");
    world.call("ana", &["env", "add", "dev/eu", "--tier", "development", "--path", place.to_str().unwrap()]).must_succeed();
    let asks = || find(json!({"symbol": "total", "path": "shop/report.py", "line": 5}));
    let rehearse = ("change_environment", json!({"environment": "dev/eu", "command": format!("true {}", place.display())}));
    world.run(&[turn("", &[asks()]), turn("", &[rehearse]), turn("", &[asks()]), done()], &[]).must_succeed();
    assert_eq!(starts(&world).len(), 2, "one before the rehearsal and one after it");
}
