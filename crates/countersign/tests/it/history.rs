//! What came before, through the real program: deletes of one person in several sessions, and one region at a time.

use serde_json::json;
use testkit::{Called, World};

use super::gate::{ask, claude, must_block};
use super::world;

/// Places as folders, and peers; nothing is asked for in the same session twice.
fn places(places: &[(&str, &str)]) -> World {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.enrol("ben", &["engineer"]);
    world.enrol("olga", &["engineer", "owner"]);
    for (name, tier) in places {
        let path = world.path(name);
        std::fs::create_dir_all(&path).unwrap();
        world.call("ana", &["env", "add", name, "--tier", tier, "--path", path.to_str().unwrap()]).must_succeed();
    }
    world
}

/// The agent would do this, in a session of this name.
fn in_session(world: &World, session: &str, command: &str) -> Called {
    let mut said = claude(world, "Bash", &json!({"command": command}));
    said["session_id"] = session.into();
    ask(world, &[], said.to_string())
}

/// It is asked for, signed by these, asked for again and let through.
fn done(world: &World, session: &str, command: &str, by: &[&str]) {
    must_block(&in_session(world, session, command), "held as");
    let id = world.held("hand");
    for person in by {
        world.call(person, &["sign", &id]);
    }
    assert_eq!(in_session(world, session, command).code, 0, "{command}");
}

#[test]
fn a_burst_of_deletes_is_one_over_two_sessions_of_a_person() {
    let mut world = places(&[("development", "development")]);
    let place = world.path("development");
    world.write("elsewhere/notes.txt", "x");
    for n in 0..14 {
        std::fs::write(place.join(format!("f{n}")), "x").unwrap();
    }
    let files = |range: std::ops::Range<u32>| format!("rm {}", range.map(|n| place.join(format!("f{n}")).display().to_string()).collect::<Vec<_>>().join(" "));
    done(&world, "s-1", &files(0..6), &["ana"]);
    done(&world, "s-2", &format!("rm -r {}", world.path("elsewhere").display()), &["ana"]);
    // Another session goes on where they were.
    let more = files(6..12);
    must_block(&in_session(&world, "s-3", &more), "13 things of 2 kinds are deleted or replaced within the hour");
    let id = world.held("hand");
    world.call("ana", &["sign", &id]);
    must_block(&in_session(&world, "s-3", &more), "held as");
    world.call("ben", &["sign", &id]);
    assert_eq!(in_session(&world, "s-3", &more).code, 0);
    // For another person it is none, and an hour later it is over.
    world.clock_off_by(3601);
    must_block(&in_session(&world, "s-4", &files(12..13)), "it leaves the agent's box");
    // Judged again it counts as of then; with a lower bound what came later in the row would have been held for more.
    let text = include_str!("../../../../policies/default.cedar");
    let same = world.write("same.cedar", text);
    world.call("ana", &["policy", "backtest", same.to_str().unwrap()]).must_succeed().must_say("of 7 decisions").must_not_say("not replayed");
    let lower = world.write("lower.cedar", text.replace("context.deletedHour > 10 && context.deletedHourKinds > 1", "context.deletedHour > 5"));
    world.call("ana", &["policy", "backtest", lower.to_str().unwrap()]).must_end_with(1).must_say("would be  held: needs one person").must_say("✗ 1 would be decided otherwise");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn another_region_waits_until_the_first_has_shown_itself() {
    let mut world = places(&[("production/eu", "production"), ("production/us", "production")]);
    let makes = |world: &World, place: &str, name: &str| format!("mkdir {}", world.path(place).join(name).display());
    done(&world, "s-1", &makes(&world, "production/eu", "one"), &["ben"]);
    done(&world, "s-1", &makes(&world, "production/eu", "two"), &["ben"]);
    must_block(&in_session(&world, "s-2", &makes(&world, "production/us", "one")), "another region of it was changed within the last half hour");
    let id = world.held("hand");
    world.call("ben", &["sign", &id]);
    must_block(&in_session(&world, "s-2", &makes(&world, "production/us", "one")), "held as");
    world.call("olga", &["sign", &id]);
    assert_eq!(in_session(&world, "s-2", &makes(&world, "production/us", "one")).code, 0);
    world.clock_off_by(1801);
    done(&world, "s-3", &makes(&world, "production/eu", "three"), &["ben"]);
    world.call("ana", &["ledger", "verify"]).must_succeed();
}
