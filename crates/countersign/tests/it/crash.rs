//! Kill -9 before and after each durable step of the path, then reload and audit.
//!
//! The program runs under a small tracer (`preload/at_write.c`) that counts its own `fsync`, `fdatasync` and renames and kills
//! it at the one that is asked for. By default every ninth step of a run and every second of a signature is tried, so that the
//! tests stay quick; `COUNTERSIGN_EVERY_STEP=1` tries them all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use testkit::{Called, World};

use super::{done, shell, turn, world, write};

const KILLED: i32 = 128 + 9;

/// A path of the project and its bytes.
pub(super) type Tree = BTreeMap<String, Vec<u8>>;

#[test]
fn killed_before_any_durable_step_of_a_run() {
    a_run_survives("before");
}

#[test]
fn killed_after_any_durable_step_of_a_run() {
    a_run_survives("after");
}

#[test]
fn killed_before_any_durable_step_of_a_signature() {
    a_signature_survives("before", &killed);
}

#[test]
fn killed_after_any_durable_step_of_a_signature() {
    a_signature_survives("after", &killed);
}

#[test]
fn killed_around_any_durable_step_of_a_signature_for_a_branch() {
    let world = prepared();
    let model = recording(&world);
    world.call("ana", &["run", "--headless", "--land", "branch:fix", "--model", &model, "Please do it."]).must_end_with(1);
    let id = world.held("land");
    let sign = ["sign", id.as_str()];
    save(&world);
    let before = tree(&world);
    let steps = count(&world, "count", &sign, 0);
    for (mode, step) in sampled(steps, 3).into_iter().flat_map(|step| [("before", step), ("after", step)]) {
        let at = format!("{mode} {step}");
        restore(&world);
        killed(&traced(&world, mode, step, &sign), &at);
        audited(&world, &at);
        let begun = !open_ends(&entries(&world)).is_empty() || intents(&entries(&world), "finished").contains(&id);
        let commits = || world.git(&["rev-list", "--count", "--branches", "^main"]).trim().to_owned();
        let landed = commits();
        assert!(begun || landed == "0", "{at}: an effect without `started`");
        if let Some(why) = story(&world, &id)["unknown"].as_str() {
            let words = if landed == "0" { "there is no branch `fix`" } else { "branch `fix` has its commit" };
            assert!(why.contains(words), "{at}: {why}");
        }
        world.call("ana", &sign).must_end_with(i32::from(begun));
        assert_eq!(commits(), if begun { landed.as_str() } else { "1" }, "{at}: once, or as it was found");
        assert_eq!(tree(&world), before, "{at}");
        audited(&world, &format!("{at}, signed again"));
    }
}

#[test]
fn what_another_process_executes_at_this_moment_is_not_named_unknown() {
    let world = prepared();
    let model = recording(&world);
    world.call("ana", &["run", "--headless", "--model", &model, "Please do it."]).must_end_with(1);
    let id = world.held("land");
    let sign = ["sign", id.as_str()];
    save(&world);
    let steps = count(&world, "count", &sign, 0);
    let begun = (1..=steps).any(|step| {
        restore(&world);
        killed(&traced(&world, "after", step, &sign), "after");
        !open_ends(&entries(&world)).is_empty()
    });
    assert!(begun, "some step is between start and end");
    // In the place of the process that is gone, this one holds its lock.
    let file = fs::read_dir(world.path("service/running")).unwrap().next().unwrap().unwrap().path();
    let lock = fs::File::open(file).unwrap();
    lock.lock().unwrap();
    let stage = || story(&world, &id)["stage"].to_string();
    assert!(stage().contains("started"), "{}", stage());
    world.call("ana", &["sign", &id]).must_end_with(1);
    resumed(&world, &session(&world).unwrap());
    assert!(intents(&entries(&world), "unknown").is_empty());
    drop(lock);
    world.call("ana", &["inbox"]).must_succeed().must_say("unknown");
    assert_eq!(intents(&entries(&world), "unknown"), BTreeSet::from([id]));
}

#[test]
fn killed_around_any_durable_step_of_the_founding() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.make_key("ana");
    let init = ["init", "--name", "ana"];
    fs::create_dir(world.path("project")).unwrap(); // where commands are called
    let steps = count(&world, "count", &init, 0);
    for (mode, step) in sampled(steps, 2).into_iter().flat_map(|step| [("before", step), ("after", step)]) {
        fs::remove_dir_all(world.service()).unwrap();
        killed(&traced(&world, mode, step, &init), mode);
        let again = world.call("ana", &init);
        assert_eq!(again.code, 0, "{mode} {step}: {again:?}");
        audited(&world, &format!("{mode} {step}"));
        let events: Vec<Value> = entries(&world).iter().map(|event| event["is"].clone()).collect();
        assert_eq!(events, ["founded", "enrolled"], "{mode} {step}");
        world.call("ana", &["people"]).must_succeed().must_say("ana");
    }
}

fn killed(called: &Called, _: &str) {
    called.must_end_with(KILLED);
}

fn a_run_survives(mode: &str) {
    let world = prepared();
    let model = recording(&world);
    let run = ["run", "--headless", "--model", &model, "Please do it."];
    save(&world);
    let steps = count(&world, "count", &run, 1);
    let before = tree(&world);
    for step in sampled(steps, 9) {
        restore(&world);
        let died = traced(&world, mode, step, &run);
        died.must_end_with(KILLED);
        assert_eq!(tree(&world), before, "{mode} {step}: nothing left the box");
        let left_open = open_ends(&entries(&world));
        audited(&world, &format!("{mode} {step}"));
        let Some(session) = session(&world) else { continue };
        resumed(&world, &session);
        let after = entries(&world);
        let named: BTreeSet<String> = intents(&after, "unknown");
        assert_eq!(named, left_open, "{mode} {step}: begun without an end is named so, and nothing else is");
        audited(&world, &format!("{mode} {step}, resumed"));
        // Where the first change set was held already, the resumed session holds the same again: one of them lands.
        for (number, (id, _)) in world.inbox().iter().rev().enumerate() {
            world.call("ana", &["sign", id]).must_end_with(i32::from(number > 0));
        }
        landed_once(&world, &after, &format!("{mode} {step}"));
    }
}

/// What was finished in the box landed, exactly once; what never began did not.
fn landed_once(world: &World, entries: &[Value], at: &str) {
    let landed = tree(world);
    let runs = landed.get("count.txt").map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count());
    assert!(runs <= 1, "{at}: the command ran {runs} times");
    let shells = proposed(entries, "shell");
    let begun = intents(entries, "started");
    let finished = intents(entries, "finished");
    if runs == 1 {
        assert!(shells.iter().any(|id| begun.contains(id)), "{at}: an effect without `started`");
    }
    if shells.iter().any(|id| finished.contains(id)) {
        assert_eq!(runs, 1, "{at}: what is on the ledger as finished is in the copy");
    }
    if proposed(entries, "write").iter().any(|id| finished.contains(id)) {
        assert_eq!(landed.get("a.txt").map(Vec::as_slice), Some(&b"after\n"[..]), "{at}");
    }
}

/// Signs under the tracer, at every step; `ended` says how that must end. Then looks, and signs again.
pub(super) fn a_signature_survives(mode: &str, ended: &dyn Fn(&Called, &str)) {
    let world = prepared();
    let model = recording(&world);
    world.call("ana", &["run", "--headless", "--model", &model, "Please do it."]).must_end_with(1);
    let id = world.held("land");
    let sign = ["sign", id.as_str()];
    save(&world);
    let before = tree(&world);
    let steps = count(&world, if mode == "full" { "writes" } else { "count" }, &sign, 0);
    let after = tree(&world);
    assert_ne!(before, after);
    for step in sampled(steps, if mode == "full" { 9 } else { 2 }) {
        let at = format!("{mode} {step}");
        restore(&world);
        ended(&traced(&world, mode, step, &sign), &at);
        let now = tree(&world);
        audited(&world, &at);
        let begun = !open_ends(&entries(&world)).is_empty() || intents(&entries(&world), "finished").contains(&id);
        assert!(begun || now == before, "{at}: an effect without `started`");
        for path in before.keys().chain(after.keys()) {
            assert!(now.get(path) == before.get(path) || now.get(path) == after.get(path), "{at}: `{path}` is neither as before nor as signed");
        }
        let story = story(&world, &id);
        let stage = story["stage"].to_string();
        assert!(!stage.contains("started"), "{at}: what nobody executes any more has no end: {stage}");
        if let Some(why) = story["unknown"].as_str() {
            names_each_path(why, &now, &before, &after, &at);
        }
        put_back(&world);
        let again = world.call("ana", &sign);
        match begun {
            true => {
                again.must_end_with(1);
                assert_eq!(tree(&world), before, "{at}: it was begun, and nothing lands again");
            }
            false => {
                again.must_succeed();
                assert_eq!(tree(&world), after, "{at}");
                put_back(&world);
                world.call("ana", &sign).must_end_with(1);
                assert_eq!(tree(&world), before, "{at}: a permit serves once");
            }
        }
        audited(&world, &format!("{at}, signed again"));
        assert!(open_ends(&entries(&world)).is_empty(), "{at}");
    }
}

/// `as signed: …; as before: …`, and it is true.
fn names_each_path(why: &str, now: &Tree, before: &Tree, after: &Tree, at: &str) {
    let changed = before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path));
    for path in changed {
        let word = if now.get(path) == after.get(path) { "as signed: " } else { "as before: " };
        let (_, list) = why.split_once(word).unwrap_or_else(|| panic!("{at}: `{word}` is not in `{why}`"));
        let list = list.split(';').next().unwrap();
        assert!(list.contains(&format!("`{path}`")), "{at}: `{path}` is not {word} in `{why}`");
    }
}

pub(super) fn prepared() -> World {
    let world = world();
    world.project(&[("a.txt", "before\n"), ("gone.txt", "x\n"), ("same.txt", "same\n")]);
    world
}

pub(super) fn recording(world: &World) -> String {
    let command = shell("echo ran >> count.txt; rm gone.txt");
    world.recording(&[turn("I write it.", &[write("a.txt", "after\n")]), turn("I run it.", &[command]), done()])
}

/// Goes on with a session that has nothing more to do.
fn resumed(world: &World, session: &str) {
    let model = format!("recorded:{}", world.write("end.jsonl", done().to_string() + "\n").display());
    let resumed = world.call("ana", &["resume", session, "--headless", "--model", &model]);
    assert!(resumed.code == 0 || resumed.code == 1, "{resumed:?}");
}

pub(super) fn session(world: &World) -> Option<String> {
    let mut folders = fs::read_dir(world.path("service/sessions")).unwrap().map(|folder| folder.unwrap().path());
    let folder = folders.next().filter(|folder| folder.join("session.json").exists())?;
    Some(folder.file_name().unwrap().to_str().unwrap().to_owned())
}

/// The ledger verifies: hashes, stages, permits, signatures, quorums.
pub(super) fn audited(world: &World, at: &str) {
    let verified = world.call("ana", &["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{at}\n{}{}", verified.out, verified.err);
}

/// The events of the ledger, oldest first.
pub(super) fn entries(world: &World) -> Vec<Value> {
    let shown = world.call("ana", &["ledger", "show", "--json"]);
    shown.must_succeed();
    shown.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"]["event"].take()).collect()
}

/// Intents with this event; not for proposals, which have the whole intent.
fn intents(entries: &[Value], event: &str) -> BTreeSet<String> {
    let these = entries.iter().filter(|entry| entry["is"] == event);
    these.map(|entry| entry["intent"].as_str().unwrap().to_owned()).collect()
}

fn proposed(entries: &[Value], deed: &str) -> BTreeSet<String> {
    let these = entries.iter().filter(|entry| entry["is"] == "proposed" && entry["intent"]["deed"]["do"] == deed);
    these.map(|entry| entry["intent"]["id"].as_str().unwrap().to_owned()).collect()
}

/// Begun, and no end is written.
fn open_ends(entries: &[Value]) -> BTreeSet<String> {
    let mut open = intents(entries, "started");
    for end in ["finished", "failed", "unknown"] {
        open.retain(|id| !intents(entries, end).contains(id));
    }
    open
}

fn story(world: &World, id: &str) -> Value {
    let shown = world.call("ana", &["show", id, "--json"]);
    shown.must_succeed();
    serde_json::from_str(&shown.out).unwrap()
}

/// The project without git's own files and without ours that wait to be put in place.
pub(super) fn tree(world: &World) -> Tree {
    let mut tree = Tree::new();
    for file in fs::read_dir(world.path("project")).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        if name != ".git" && !name.starts_with(".countersign-landing-") {
            tree.insert(name, fs::read(file.path()).unwrap());
        }
    }
    tree
}

fn copy(world: &World, from: &str, to: &str) {
    let target = world.path(to);
    if target.exists() {
        fs::remove_dir_all(&target).unwrap();
    }
    let mut command = world.bare("cp");
    command.arg("-a").arg(world.path(from)).arg(target);
    Called::of(command).must_succeed();
}

pub(super) fn save(world: &World) {
    copy(world, "service", "saved-service");
    copy(world, "project", "saved-project");
}

pub(super) fn restore(world: &World) {
    copy(world, "saved-service", "service");
    put_back(world);
}

fn put_back(world: &World) {
    copy(world, "saved-project", "project");
}

/// How many durable steps, or writes, a whole call takes.
pub(super) fn count(world: &World, what: &str, arguments: &[&str], code: i32) -> usize {
    traced(world, what, 0, arguments).must_end_with(code);
    let steps: usize = world.read("count").trim().parse().unwrap();
    assert!(steps >= 6, "only {steps} durable steps were seen");
    steps
}

pub(super) fn sampled(steps: usize, every: usize) -> Vec<usize> {
    let every = if std::env::var_os("COUNTERSIGN_EVERY_STEP").is_some() { 1 } else { every };
    (1..=steps).step_by(every).collect()
}

/// A call of the program under the tracer.
pub(super) fn traced(world: &World, mode: &str, step: usize, arguments: &[&str]) -> Called {
    let plain = world.command("ana", arguments);
    let mut command = world.bare(tracer());
    command.args([mode, &step.to_string()]).arg(world.path("")).arg(plain.get_program()).args(plain.get_args());
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("AT_WRITE_COUNT", world.path("count"));
    command.current_dir(plain.get_current_dir().unwrap());
    Called::of(command)
}

fn tracer() -> &'static Path {
    static TRACER: OnceLock<PathBuf> = OnceLock::new();
    TRACER.get_or_init(|| compiled("at_write", &["-O1"]))
}

/// Compiles one of our C files for this run of the tests.
pub(super) fn compiled(name: &str, options: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/preload").join(format!("{name}.c"));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let fresh = target.with_extension(std::process::id().to_string());
    let mut command = Command::new("cc");
    command.args(options).arg("-o").arg(&fresh).arg(source);
    Called::of(command).must_succeed();
    fs::rename(fresh, &target).unwrap(); // whole, also where several test programs do this at once
    target
}
