//! A policy that is observed before it is in force: what it would say is recorded, and decides nothing.

use serde_json::Value;

use super::gate::{bash, must_block};
use super::policy::without_new_files;
use super::world;

#[test]
fn what_an_observed_policy_would_say_is_listed_and_decides_nothing() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let file = without_new_files(&world);
    world.call("ana", &["policy", "observed"]).must_succeed().must_say("no policy is observed");
    world.call("ana", &["policy", "observe", &file]).must_succeed().must_say("it decides nothing").must_say("is observed");
    assert_eq!(bash(&world, "mkdir new").code, 0, "it is as it was");
    assert_eq!(bash(&world, "cat a.txt").code, 0);
    must_block(&bash(&world, "sh a.txt"), "held as");
    let observed = world.call("ana", &["policy", "observed"]);
    observed.must_end_with(1).must_say("permitted → refused: ").must_say("nothing new is made here by hand [no-new-files]").must_say("3 decisions observed, 1 would be stricter, 0 milder");
    let json = world.call("ana", &["--json", "policy", "observed"]).out;
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines[0]["was"]["is"].as_str(), lines[0]["would"]["is"].as_str(), &lines[1]["summary"]["stricter"]), (Some("permit"), Some("refuse"), &Value::from(1)));
    world.call("ana", &["policy", "observe", &file]).must_end_with(1).must_say("or this very one");
    world.call("ana", &["policy", "observe", "--stop"]).must_succeed().must_say("no policy is observed any more");
    assert_eq!(bash(&world, "mkdir newer").code, 0);
    world.call("ana", &["policy", "observed"]).must_succeed().must_say("no policy is observed");
    world.call("ana", &["policy", "observed", "--all"]).must_end_with(1).must_say("1 would be stricter");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

/// Who is no admin observes nothing, nothing that would not be taken is observed, and one whose text is lost holds nobody up.
#[test]
fn what_cannot_be_observed_says_why_and_stops_nobody() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.enrol("ben", &["engineer"]);
    let file = without_new_files(&world);
    world.call("ben", &["policy", "observe", &file]).must_end_with(1).must_say("people-asked-by-admin");
    let broken = world.write("broken.cedar", "permit (").to_str().unwrap().to_owned();
    world.call("ana", &["policy", "observe", &broken]).must_end_with(1).must_say("would not be taken");
    world.call("ana", &["policy", "observe"]).must_end_with(2);
    world.call("ana", &["policy", "observe", &file]).must_succeed();
    let text = std::fs::read(&file).unwrap();
    let blobs = walk(&world.service().join("blobs"));
    let lost = blobs.into_iter().find(|path| std::fs::read(path).unwrap() == text).unwrap();
    std::fs::remove_file(lost).unwrap();
    assert_eq!(bash(&world, "mkdir new").code, 0);
    world.call("ana", &["inbox"]).must_succeed().must_say("no policy is observed: the policy that is observed");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
