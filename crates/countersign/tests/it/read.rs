//! `countersign read`: what a text would touch, said to somebody who need not be enrolled; nothing of it runs.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;
use testkit::{Called, World};

const FILES: &[(&str, &str)] = &[
    ("x/y/a.txt", "a\n"),
    ("x/y/b.txt", "b\n"),
    ("kept.txt", "kept\n"),
    ("ops/clean.sh", "#!/bin/bash\nset -e\nrm -rf ../x/y\n"),
    ("ops/tool.py", "import shutil\nshutil.rmtree('x')\n"),
];

fn world() -> World {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.project(FILES);
    world
}

fn read(world: &World, arguments: &[&str]) -> Called {
    world.call("nobody", &[&["read"], arguments].concat())
}

fn said(world: &World, arguments: &[&str]) -> String {
    let called = read(world, arguments);
    assert_eq!(called.code, 0, "{}{}", called.out, called.err);
    called.out
}

fn json(world: &World, arguments: &[&str]) -> Value {
    serde_json::from_str(&said(world, &[arguments, &["--json"]].concat())).unwrap()
}

/// The program with this on its standard input.
fn piped(world: &World, arguments: &[&str], input: &[u8]) -> Called {
    let mut command = world.command("nobody", &[&["read"], arguments].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).ok(); // what it does not want it does not read
    let done = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Called { code: done.status.code().unwrap_or(-1), out: text(done.stdout), err: text(done.stderr) }
}

/// Each effect of the first input as `verb kind name`.
fn effects(object: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let line = |effect: &Value| format!("{} {} {}", word(&effect["verb"]), word(&effect["resource"]["kind"]), word(&effect["resource"]["name"]));
    object["inputs"][0]["effects"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_command_is_explained_and_nothing_of_it_happens() {
    let world = world();
    let out = said(&world, &["cd x && rm -rf y && touch made"]);
    assert_eq!(
        out,
        "touches   2 things, 1 irreversibly\n\
         where     host: deletes 1, creates 1\n\
         worst     deletes directory `x/y` in host: 2 files, irreversible\n\
         lost      2 files\n\
         \n\
         does    what             where  how many  undo  data  sure   at\n\
         delete  directory `x/y`  host   2 files   no          exact  1:9\n\
         create  file `x/made`    host             yes         exact  1:21\n\
         no service was asked: what is not this machine is unknown\n"
    );
    assert!(world.path("project/x/y/a.txt").exists() && !world.path("project/x/made").exists());
    assert!(!world.service().exists(), "nothing was made for it");
    assert_eq!(world.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_file_is_a_script_and_with_c_the_same_words_are_a_command() {
    let world = world();
    let script = json(&world, &["-C", "ops", "ops/clean.sh"]);
    assert_eq!((script["inputs"][0]["name"].as_str(), script["inputs"][0]["kind"].as_str()), (Some("ops/clean.sh"), Some("shell")));
    assert!(effects(&script).contains(&"delete directory x/y".to_owned()), "{script}");
    let command = json(&world, &["-c", "ops/clean.sh"]);
    assert_eq!(command["inputs"][0]["name"], Value::Null);
    world.write("project/rm -rf x", "true\n");
    assert!(!effects(&json(&world, &["rm -rf x"])).iter().any(|line| line.starts_with("delete")), "the file of that name is read, and the title says so");
    assert!(said(&world, &["rm -rf x"]).contains("rm -rf x (shell)"));
    assert!(effects(&json(&world, &["-c", "rm -rf x"])).contains(&"delete directory x".to_owned()));
}

#[test]
fn the_work_tree_sharpens_what_is_said() {
    let world = world();
    world.write("project/new.txt", "12345");
    world.write("project/kept.txt", "changed");
    let object = json(&world, &["rm -rf x/y new.txt kept.txt"]);
    let of = |name: &str| object["inputs"][0]["effects"].as_array().unwrap().iter().find(|effect| effect["resource"]["name"] == name).unwrap().clone();
    assert_eq!(of("x/y")["count"], serde_json::json!({"n": 2, "unit": "files"}));
    assert_eq!(of("new.txt")["notes"][0], "not tracked by git, 5 bytes");
    assert_eq!(of("kept.txt")["notes"][0], "holds changes that are not committed");
    assert_eq!(object["radius"]["lost"], serde_json::json!([{"n": 2, "unit": "files"}]));
}

#[test]
fn standard_input_is_read_where_nothing_else_is_named() {
    let world = world();
    for arguments in [&["--json"][..], &["--json", "-"]] {
        let object: Value = serde_json::from_str(&piped(&world, arguments, b"rm kept.txt\n").must_succeed().out).unwrap();
        assert_eq!((object["inputs"][0]["name"].as_str(), effects(&object)[0].as_str()), (Some("standard input"), "delete file kept.txt"));
    }
    let program = piped(&world, &["--json"], b"#!/usr/bin/env python3\nprint()\n");
    assert!(program.must_succeed().out.contains("a program for python3"));
    piped(&world, &[], b" \n").must_end_with(2).must_say("standard input is empty");
}

#[test]
fn opaque_is_told_by_the_exit_code_when_that_is_wanted() {
    let world = world();
    read(&world, &["ops/tool.py"]).must_succeed().must_say("opaque    nobody can say what happens to program `ops/tool.py`");
    read(&world, &["--exit-code", "ops/tool.py"]).must_end_with(1);
    read(&world, &["--exit-code", "rm -rf x"]).must_succeed();
    read(&world, &["--exit-code", "true", "python3 -c 'x'"]).must_end_with(1);
}

#[test]
fn in_the_box_what_cannot_be_read_stays_there() {
    let world = world();
    let object = json(&world, &["--place", "box", "python3 -c 'x'; rm -rf x"]);
    assert_eq!((object["place"].as_str(), object["radius"]["tier"].as_str()), (Some("box"), Some("workspace")));
    assert_eq!(json(&world, &["rm -rf x"])["radius"]["tier"], "host");
}

#[test]
fn environments_of_the_service_are_known_and_without_them_nothing_is_milder() {
    let world = super::world();
    let prod = world.write("prod/data/costs.db", "x").parent().unwrap().parent().unwrap().display().to_string();
    world.call("ana", &["env", "add", "production/eu", "--tier", "production", "--path", &prod]).must_succeed();
    let command = format!("rm -rf {prod}");
    let known = json(&world, &[&command]);
    assert_eq!((known["service"].as_bool(), known["radius"]["tier"].as_str()), (Some(true), Some("production")));
    assert_eq!(known["radius"]["whole"], serde_json::json!(["production/eu"]));
    said(&world, &[&command]).lines().find(|line| *line == "whole     all of production/eu").unwrap();
    let unknown = json(&world, &["--no-service", &command]);
    assert_eq!((unknown["service"].as_bool(), unknown["radius"]["irreversible"].as_u64()), (Some(false), Some(1)));
}

#[test]
fn a_service_that_cannot_be_read_is_no_service_only_when_that_is_said() {
    let world = super::world();
    world.write("service/ledger.sqlite", "");
    read(&world, &["true"]).must_end_with(3).must_say("the environments cannot be read").must_say("--no-service");
    read(&world, &["--no-service", "true"]).must_succeed();
}

#[test]
fn what_is_no_text_is_opaque_and_ends_nothing() {
    let world = world();
    for (name, bytes, says) in [
        ("nul.sh", b"true\0rm -rf /\n".to_vec(), "it has a NUL at byte 4"),
        ("latin.sh", b"rm \xe9\n".to_vec(), "it is not UTF-8 from byte 3 on"),
        ("wide.sh", "rm x\n".encode_utf16().flat_map(u16::to_le_bytes).collect(), "it has a NUL at byte 1"),
        ("huge.sh", b"rm -rf x\n".repeat(6 << 20), ""),
        ("deep.sh", b"$(".repeat(100_000), ""),
        ("huger.sh", vec![b'x'; (64 << 20) + 1], "it is larger than 64 MiB"),
    ] {
        let path = world.write(&format!("project/{name}"), bytes);
        let called = read(&world, &["--exit-code", name]);
        called.must_end_with(1).must_say(says).must_say("opaque");
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn misuse_is_told() {
    let world = world();
    for (arguments, says) in [
        (&["x"][..], "`x` is a folder"),
        (&["kept.txt"], "it cannot be told what `kept.txt` is"),
        (&[""], "the command is empty"),
        (&["-C", "none", "true"], "`none` cannot be read"),
        (&["-C", "kept.txt", "true"], "`kept.txt` is no folder"),
        (&["--format", "nonsense", "true"], "--format"),
    ] {
        read(&world, arguments).must_end_with(2).must_say(says);
    }
    assert!(said(&world, &["--kind", "shell", "kept.txt"]).contains("kept.txt (shell)"));
}

#[test]
fn a_pull_request_gets_one_comment_for_all_its_files() {
    let world = world();
    let out = said(&world, &["--format", "markdown", "-C", "ops", "ops/clean.sh", "ops/tool.py"]);
    assert!(out.starts_with("### What this would touch\n\n| | |\n|---|---|\n| **touches** | `"), "{out}");
    assert_eq!(out.matches("<details>").count(), 2);
    assert!(out.contains("| 🛑 | opaque | `program 'ops/tool.py'` |") && out.contains("| delete | `directory 'x/y'` | `host` | `2 files` | no |"), "{out}");
}

#[test]
fn a_code_host_gets_sarif_with_places_in_files() {
    let world = world();
    let log: Value = serde_json::from_str(&said(&world, &["--format", "sarif", "-C", "ops", "./ops/clean.sh"])).unwrap();
    assert_eq!((log["version"].as_str(), log["runs"][0]["tool"]["driver"]["name"].as_str()), (Some("2.1.0"), Some("countersign")));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let deletes = results.iter().find(|result| result["ruleId"] == "touches/delete").unwrap();
    assert_eq!(deletes["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "ops/clean.sh");
    assert!(deletes["message"]["text"].as_str().unwrap().starts_with("deletes directory `x/y` in host: 2 files"));
}

#[test]
fn names_of_strangers_move_no_cursor_and_a_pipe_has_no_colours() {
    let world = world();
    let mut command = world.command("nobody", &["read", "rm -rf $'a\\n\\e[2Jb' x"]);
    let called = Called::of({
        command.env_remove("NO_COLOR");
        command
    });
    assert!(!called.must_succeed().out.contains('\u{1b}'), "{}", called.out);
    assert!(called.out.contains(r"a\n\u{1b}[2Jb"), "{}", called.out);
}

/// What a terminal of so many columns is sent; colours are refused by NO_COLOR, as a person sets it.
fn at_a_terminal(world: &World, columns: usize, refused: bool, command: &str) -> String {
    let plain = world.command("nobody", &[]);
    let line = format!("stty cols {columns}; '{}' read \"{command}\"", env!("CARGO_BIN_EXE_countersign"));
    let mut terminal = world.bare("script");
    terminal.args(["--quiet", "--return", "--command", &line, "/dev/null"]).envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    terminal.current_dir(world.path("project")).env("TERM", "xterm");
    if !refused {
        terminal.env_remove("NO_COLOR");
    }
    Called::of(terminal).must_succeed().out.replace('\r', "")
}

#[test]
fn a_terminal_gets_lines_of_its_width_and_colours_that_can_be_refused() {
    let world = world();
    let long = format!("rm -rf /srv/{}end", "long/".repeat(30));
    let plain = at_a_terminal(&world, 100, true, &long);
    assert!(plain.lines().all(|line| line.chars().count() <= 100) && plain.contains("/end`") && !plain.contains('\u{1b}'), "{plain}");
    assert!(plain.lines().any(|line| line.starts_with("delete  directory `/srv/long") && line.contains('…')), "{plain}");
    assert!(at_a_terminal(&world, 100, false, &long).contains("\u{1b}[33mdelete"), "yellow");
}

#[test]
fn the_manual_has_a_page_of_it() {
    let world = world();
    world.call("nobody", &["man", "read"]).must_succeed().must_say("read.schema.json");
    world.call("nobody", &["completions", "bash"]).must_succeed().must_say("--exit-code").must_say("--no-service");
}

const PLAN: &str = r#"{"format_version":"1.2","terraform_version":"1.9.0","resource_changes":[
  {"address":"aws_db_instance.main","mode":"managed","type":"aws_db_instance","name":"main","provider_name":"registry.terraform.io/hashicorp/aws",
   "change":{"actions":["delete"],"before":{"identifier":"main"},"after":null,"after_unknown":{},"before_sensitive":{},"after_sensitive":false}}]}"#;

#[test]
fn a_plan_is_read_by_option_by_name_and_by_content() {
    let world = world();
    world.write("project/plan.json", PLAN);
    for arguments in [&["--plan", "plan.json"][..], &["plan.json"]] {
        let object = json(&world, arguments);
        assert_eq!((object["inputs"][0]["kind"].as_str(), effects(&object)[0].contains("aws_db_instance.main")), (Some("plan"), true), "{object}");
    }
    let object: Value = serde_json::from_str(&piped(&world, &["--json"], PLAN.as_bytes()).must_succeed().out).unwrap();
    assert_eq!(object["inputs"][0]["kind"], "plan");
    piped(&world, &["--exit-code", "--plan", "-"], &PLAN.as_bytes()[..100]).must_end_with(1).must_say("opaque");
}

#[test]
fn a_state_that_does_not_know_what_the_plan_changes_is_told() {
    let world = world();
    world.write("project/plan.json", PLAN);
    let state = |serial: u64| format!(r#"{{"version":4,"serial":{serial},"lineage":"l","resources":[{{"mode":"managed","type":"aws_db_instance","name":"main","instances":[{{}}]}}]}}"#);
    world.write("project/right.tfstate", state(3));
    json(&world, &["--plan", "plan.json", "--state", "right.tfstate"]);
    read(&world, &["--plan", "plan.json", "--state", "kept.txt"]).must_end_with(2).must_say("is not a state file");
    read(&world, &["--plan", "plan.json", "--state", "none"]).must_end_with(2).must_say("`none` cannot be read");
}

#[test]
fn a_state_older_than_the_one_recorded_is_told() {
    let world = world();
    world.write("project/plan.json", PLAN);
    for (name, serial, lineage) in [("old", 3, "l"), ("recorded", 7, "l"), ("other", 9, "x")] {
        let state = format!(r#"{{"version":4,"serial":{serial},"lineage":"{lineage}","resources":[{{"mode":"managed","type":"aws_db_instance","name":"main","instances":[{{}}]}}]}}"#);
        world.write(&format!("project/{name}.tfstate"), state);
    }
    let against = |state: &str| json(&world, &["--plan", "plan.json", "--state", state, "--recorded-state", "recorded.tfstate"]).to_string();
    assert!(against("old.tfstate").contains("its serial 3 is older than 7"), "{}", against("old.tfstate"));
    assert!(against("other.tfstate").contains("its lineage is `x`"), "{}", against("other.tfstate"));
    assert!(!against("recorded.tfstate").contains("recorded"), "{}", against("recorded.tfstate"));
}

#[test]
fn a_plan_file_that_a_command_applies_is_as_somebody_says_it_is() {
    let world = world();
    world.write("project/plan.json", PLAN);
    world.write("project/infra/tfplan", "PK");
    let applied = |arguments: &[&str]| json(&world, &[arguments, &["-c", "terraform -chdir=infra apply tfplan"]].concat()).to_string();
    assert!(!applied(&[]).contains("aws_db_instance.main"), "nobody said what it is");
    assert!(applied(&["--shown", "infra/tfplan=plan.json"]).contains("aws_db_instance.main"));
    assert!(!applied(&["--shown", "tfplan=plan.json"]).contains("aws_db_instance.main"), "another file");
    read(&world, &["--shown", "tfplan", "-c", "true"]).must_end_with(2).must_say("expected `PLANFILE=FILE`");
}

#[test]
fn rows_of_a_database_are_counted_and_not_touched() {
    let world = world();
    let database = world.path("project/shop.db");
    rusqlite::Connection::open(&database).unwrap().execute_batch("CREATE TABLE orders (n); INSERT INTO orders VALUES (1), (2), (3)").unwrap();
    world.write("project/down.sql", "DROP TABLE orders;\n");
    let before = std::fs::read(&database).unwrap();
    let counted = json(&world, &["--sql", "down.sql", "--database", "shop.db"]);
    assert_eq!(counted["radius"]["lost"], serde_json::json!([{"n": 3, "unit": "rows"}]), "{counted}");
    world.write("project/rows.json", "{\"orders\": 41}");
    let given = json(&world, &["--sql", "down.sql", "--dialect", "postgres", "--rows", "rows.json"]);
    assert_eq!(given["radius"]["lost"], serde_json::json!([{"n": 41, "unit": "rows"}]), "{given}");
    assert_eq!(std::fs::read(&database).unwrap(), before);
    read(&world, &["--sql", "down.sql", "--rows", "down.sql"]).must_end_with(2).must_say("is not a JSON object of numbers");
    read(&world, &["--sql", "down.sql", "--database", "kept.txt"]).must_end_with(2).must_say("no SQLite database");
}

#[test]
fn a_manifest_is_applied_or_taken_away() {
    let world = world();
    world.write("project/claim.yaml", "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\n");
    let verbs = |object: &Value| effects(object).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
    assert!(!verbs(&json(&world, &["claim.yaml"])).contains(&"delete".to_owned()));
    assert!(verbs(&json(&world, &["--manifest", "claim.yaml", "--delete"])).contains(&"delete".to_owned()));
}

#[test]
fn an_aws_profile_says_which_environment_it_is() {
    let world = World::founded(env!("CARGO_BIN_EXE_countersign"));
    world.project(&[("a.txt", "one\n")]);
    world.write("home/.aws/config", "[default]\nregion = eu-west-1\nsso_account_id = 111122223333\n[profile shop]\nregion = us-east-1\nrole_arn = arn:aws:iam::444455556666:role/engineer\n");
    world.call("ana", &["env", "add", "production/shop", "--tier", "production", "--identity", "aws:444455556666"]).must_succeed();
    let read = |command: &str| world.call("ana", &["read", "--json", "-c", command]).must_succeed().out.clone();
    assert!(read("aws --profile shop rds delete-db-instance --db-instance-identifier x").contains("\"production/shop\""));
    assert!(!read("aws rds delete-db-instance --db-instance-identifier x").contains("\"production/shop\""));
    let boxed = world.call("ana", &["read", "--json", "--place", "box", "-c", "aws --profile shop rds delete-db-instance --db-instance-identifier x"]);
    assert!(!boxed.must_succeed().out.contains("\"production/shop\""), "the box has none of these settings");
}
