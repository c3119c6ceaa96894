//! What people type: ids by their beginnings, names that mean nothing, and whose trouble an exit code tells.

use serde_json::{Value, json};
use testkit::World;

use super::{done, shell, turn, world, write};

fn sessions(world: &World) -> Vec<String> {
    let listed = world.call("ana", &["sessions", "--json"]);
    listed.must_succeed().out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["session"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_session_goes_by_the_beginning_of_its_id() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    world.run(&[turn("", &[write("b.txt", "b\n")]), done()], &[]).must_end_with(1);
    let [first, second] = sessions(&world).try_into().unwrap();
    let begin = &first[..8]; // enough to tell it from intents too
    for command in ["sessions", "usage", "rewind"] {
        world.call("ana", &[command, begin]).must_succeed();
    }
    world.call("ana", &["ledger", "show", "--about", begin]).must_succeed().must_say(&first).must_not_say(&second);
    world.call("ana", &["stop", begin]).must_succeed().must_say("1 held revoked");
    let model = world.recording(&[turn("", &[shell("cat a.txt")]), done()]);
    world.call("ana", &["resume", begin, "Go on.", "--headless", "--model", &model]).must_end_with(1).must_say(&first);
    for command in ["sessions", "usage", "rewind", "fork", "stop", "show", "sign"] {
        world.call("ana", &[command, "nobody-s"]).must_end_with(2).must_say("`nobody-s`").must_say("hint:");
        world.call("ana", &[command, ""]).must_end_with(2);
    }
}

#[test]
fn what_may_be_meant_by_a_beginning_is_named() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    // Seventeen ids do not all begin with digits of their own.
    for _ in 1..17 {
        world.run(&[done()], &[]).must_succeed();
    }
    let mut ids = sessions(&world);
    ids.sort();
    let common = ids.windows(2).find_map(|pair| Some(&pair[0][..1]).filter(|first| pair[1].starts_with(*first))).unwrap();
    for command in ["sessions", "stop", "usage"] {
        world.call("ana", &[command, common]).must_end_with(2).must_say(&format!("`{common}` is the beginning of")).must_say("type more of it");
    }
    assert_eq!(world.inbox().len(), 1, "nothing was stopped");
}

#[test]
fn why_a_policy_would_have_permitted_is_not_told_beside_a_refusal() {
    let world = world();
    world.project(&[("secret/plan.txt", "hush\n"), (".kiroignore", "secret/\n")]);
    let ran = world.run(&[turn("", &[("read", json!({"path": "secret/plan.txt"}))]), done()], &[]);
    ran.must_say("[kept-out]").must_not_say("[inside-the-box]");
    let entries = world.call("ana", &["ledger", "show", "--json"]);
    let refused = entries.must_succeed().out.lines().find(|line| line.contains("kept-out") && line.contains("assessed")).unwrap().to_owned();
    assert_eq!(refused.matches("\"rule\"").count(), 1, "{refused}");
}

#[test]
fn names_that_mean_nothing_are_told_before_anything_begins() {
    let world = world();
    world.project(&[("a.py", "def total():\n    return 1\n")]);
    for (more, says) in [
        (&["--land", "branch:a..b"][..], "`a..b` is no name that git takes for a branch"),
        (&["--land", "branch:-x"], "`-x` is no name that git takes"),
        (&["--secret", "nope.env"], "there is no `nope.env` in the project"),
        (&["--secret", "/etc/passwd"], "there is no `/etc/passwd` in the project"),
    ] {
        world.run(&[done()], more).must_end_with(2).must_say(says);
    }
    assert!(!world.call("ana", &["ledger", "show", "--json"]).out.contains("\"prompted\""), "no word went to a model");
    world.call("ana", &["map", "--near", "b.py"]).must_end_with(2).must_say("`b.py` is no source file of the map");
    world.call("ana", &["map", "--near", "./a.py"]).must_succeed().must_say("total");
    world.call("ana", &["man", "spec", "run"]).must_succeed().must_say("at\\-once");
    world.call("ana", &["man", "spec nope"]).must_end_with(2).must_say("there is no command `nope`");
    world.call("ana", &["demo", "--json"]).must_end_with(2).must_say("it has no JSON");
}

#[test]
fn an_environment_that_is_not_there_is_mapped_and_said_not_to_be_there() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let added = world.call("ana", &["env", "add", "production", "--tier", "production", "--path", "/nowhere/at/all", "--json"]);
    added.must_succeed().must_say("`/nowhere/at/all` is not there now; it is mapped all the same");
    let told: Value = serde_json::from_str(added.out.lines().next().unwrap()).unwrap();
    assert_eq!((&told["ok"], &told["line"]), (&true.into(), &"production is mapped (production, generation 1)".into()));
}

#[test]
fn a_reason_says_something() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let held = world.held("land");
    for nothing in ["", "  "] {
        world.call("ana", &["refuse", &held, "--why", nothing]).must_end_with(2).must_say("nothing is said in it");
    }
    assert_eq!(world.held("land"), held);
}

#[test]
fn a_key_that_cannot_sign_here_says_what_would() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let (held, key) = (world.held("land"), world.key("ana"));
    let public = format!("{}.pub", key.display());
    if !std::path::Path::new(&public).exists() {
        let made = std::process::Command::new("ssh-keygen").args(["-y", "-f"]).arg(&key).output().unwrap();
        std::fs::write(&public, made.stdout).unwrap();
    }
    let sign = |key: &str| world.call("ana", &["sign", &held, "--key", key]);
    sign(&public).must_end_with(2).must_say("is a public key").must_say("ssh-add");

    let locked = world.path("locked");
    std::fs::copy(&key, &locked).unwrap();
    let set = std::process::Command::new("ssh-keygen").args(["-p", "-N", "hush-hush", "-f"]).arg(&locked).output().unwrap();
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    let mut without_a_terminal = world.command("ana", &["sign", &held, "--key", locked.to_str().unwrap()]);
    std::os::unix::process::CommandExt::process_group(&mut without_a_terminal, 0);
    let mut setsid = world.bare("setsid");
    setsid.arg("--wait").arg(without_a_terminal.get_program()).args(without_a_terminal.get_args());
    setsid.current_dir(without_a_terminal.get_current_dir().unwrap());
    setsid.envs(without_a_terminal.get_envs().filter_map(|(name, value)| Some((name, value?))));
    testkit::Called::of(setsid).must_end_with(2).must_say("has a passphrase, and there is no terminal").must_say("ssh-add");
    assert_eq!(world.held("land"), held, "and it still waits");
}

#[test]
fn a_damaged_ledger_is_trouble_outside_and_a_damaged_setting_is_misuse() {
    let world = world();
    world.write("service/config.toml", "person = ana\n");
    world.call("ana", &["inbox"]).must_end_with(2).must_say("config.toml cannot be read");
    let world = World::founded(env!("CARGO_BIN_EXE_countersign"));
    let ledger = world.service().join("ledger.sqlite");
    let mut bytes = std::fs::read(&ledger).unwrap();
    bytes.iter_mut().skip(16).for_each(|byte| *byte = 0xff);
    std::fs::write(&ledger, bytes).unwrap();
    for name in ["ledger.sqlite-wal", "ledger.sqlite-shm"] {
        std::fs::remove_file(world.service().join(name)).ok();
    }
    world.call("ana", &["inbox"]).must_end_with(3).must_say("the ledger");
}

#[test]
fn what_is_signed_and_waits_for_its_session_says_so() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.enrol("ben", &["engineer"]);
    world.enrol("olga", &["owner"]);
    world.write("srv/x.txt", "x\n");
    let place = world.path("srv");
    world.call("ana", &["env", "add", "production", "--tier", "production", "--path", place.to_str().unwrap()]).must_succeed();
    let boxed = "curl -X DELETE https://api.example.test/v1/things";
    world.run(&[turn("", &[shell(boxed)]), done()], &[]).must_end_with(1);
    let held = world.inbox().into_iter().next().unwrap().0;
    let shown = world.call("ana", &["inbox"]);
    shown.must_succeed().must_say("needs").must_say("signed by nobody yet");
    world.call("ben", &["sign", &held]).must_succeed().must_say("it still needs");
    world.call("ana", &["inbox"]).must_succeed().must_say("signed by ben");
    world.call("olga", &["sign", &held]).must_succeed().must_say("when its session goes on");
    let after = world.call("ana", &["inbox"]);
    after.must_succeed().must_say("signed; it is carried out when its session goes on: countersign resume").must_not_say("signed by ben");
}
