//! `countersign map`, as somebody who is not enrolled calls it.

use std::os::unix::fs::symlink;

use serde_json::Value;
use testkit::World;

const FILES: &[(&str, &str)] = &[
    ("src/total.rs", "pub struct MonthTotal;\nimpl MonthTotal {\n    pub fn add(&mut self) {}\n}\n"),
    ("src/report.py", "def report(total):\n    return MonthTotal(total).add()\n"),
    ("web/cart.ts", "export class Cart { add(item: Item): void {} }\n"),
    ("old/skip.go", "package old\nfunc Skipped() {}\n"),
    ("private/secret.rs", "pub fn secret() { MonthTotal }\n"),
    (".gitignore", "old/\n"),
    (".kiroignore", "private/\n"),
];

fn world() -> World {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.project(FILES);
    world
}

fn map(world: &World, arguments: &[&str]) -> String {
    let called = world.call("nobody", &[&["map"], arguments].concat());
    assert_eq!(called.code, 0, "{}{}", called.out, called.err);
    called.out
}

#[test]
fn a_map_tells_what_matters_and_leaves_no_trace() {
    let world = world();
    let out = map(&world, &[]);
    assert_eq!(
        out,
        "src/total.rs\n    1  pub struct MonthTotal;\n    2  impl MonthTotal\n    3    pub fn add(&mut self)\n\
         web/cart.ts\n    1  export class Cart\n    1    add(item: Item): void\n\
         src/report.py\n    1  def report(total)\n[3 of 3 files, 6 of 6 definitions; the most mentioned first]\n"
    );
    assert_eq!(out, map(&world, &[]), "the same tree, the same map");
    assert!(!world.service().exists(), "nothing was made for it");
    assert_eq!(world.git(&["status", "--porcelain"]), "");
}

#[test]
fn words_and_files_of_the_work_come_first() {
    let world = world();
    assert!(map(&world, &["--about", "the cart"]).starts_with("web/cart.ts\n"));
    assert!(map(&world, &["--near", "./src/report.py"]).starts_with("src/report.py\n"));
    assert!(map(&world, &["--budget", "100"]).len() <= 400);
}

#[test]
fn paths_are_named_as_they_were_given_and_links_are_not_followed() {
    let world = world();
    world.write("outside/o.rs", "fn outside() {}\n");
    symlink(world.path("outside"), world.path("project/src/out")).unwrap();
    let json: Value = serde_json::from_str(&map(&world, &["--json", "src", "./web/cart.ts", "src/"])).unwrap();
    let mut paths: Vec<&str> = json["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["src/report.py", "src/total.rs", "web/cart.ts"]);
    let cart = json["files"].as_array().unwrap().iter().find(|file| file["path"] == "web/cart.ts").unwrap();
    assert_eq!((cart["language"].as_str(), cart["definitions"][1]["name"].as_str()), (Some("typescript"), Some("add")));
    assert_eq!((cart["definitions"][1]["kind"].as_str(), cart["definitions"][1]["depth"].as_u64()), (Some("method"), Some(1)));
}

#[test]
fn files_that_cannot_be_read_are_named_and_misuse_is_told() {
    let world = world();
    world.write("project/zero.c", b"int a;\0");
    assert!(map(&world, &[]).ends_with("[1 file not read: zero.c]\n"));
    for (arguments, says) in [(&["map", "none"][..], "`none` cannot be read"), (&["map", "--budget", "1"], "--budget")] {
        let called = world.call("nobody", arguments);
        assert_eq!(called.code, 2, "{arguments:?}: {}", called.err);
        assert!(called.err.contains(says), "{}", called.err);
    }
}

#[test]
fn an_ignore_file_that_nobody_can_read_is_named_and_ends_nothing() {
    let world = world();
    world.write("project/old/more/.gitignore", "{".repeat(300_000));
    world.write("project/web/.gitignore", "{".repeat(300_000));
    let out = map(&world, &[]);
    assert!(out.contains("src/total.rs") && !out.contains("cart.ts"), "{out}");
    assert!(out.ends_with("[1 file not read: web/.gitignore]\n"), "{out}");
    world.write("project/.gitignore", "{".repeat(300_000));
    assert!(map(&world, &[]).contains("[0 of 0 files, 0 of 0 definitions"));
}

/// The tools of the model: the same map, from inside the box, on the copy.
#[test]
fn a_model_reads_the_map_and_outlines_of_its_copy() {
    let world = super::world();
    world.project(FILES);
    let looks = [("map", serde_json::json!({"about": "totals"})), ("outline", serde_json::json!({"path": "src/new.rs"}))];
    let turns = [super::turn("", &[super::write("src/new.rs", "fn made(t: MonthTotal) {}\n")]), super::turn("", &looks), super::done()];
    let called = world.run(&turns, &[]);
    called.must_say("✓ map of `.`: 4 of 4 files").must_say("✓ `src/new.rs`, 1 definition");
    called.must_say("▸ map . for totals").must_say("▸ outline src/new.rs");
}
