//! Environments, freezes, access and broken glass through the real program, with the gate as the one that is stopped or let through.

use serde_json::Value;
use testkit::{Called, World};

use super::gate::{bash, must_block};
use super::world;

/// Staging and production are folders; ben is a peer, olga an owner.
pub(crate) fn two_places() -> World {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.enrol("ben", &["engineer"]);
    world.enrol("olga", &["engineer", "owner"]);
    for (name, tier) in [("staging", "staging"), ("production/eu", "production")] {
        let path = world.path(tier);
        std::fs::create_dir(&path).unwrap();
        world.call("ana", &["env", "add", name, "--tier", tier, "--path", path.to_str().unwrap()]).must_succeed();
    }
    world
}

/// The agent would make this folder there.
pub(crate) fn makes(world: &World, place: &str, name: &str) -> Called {
    bash(world, &format!("mkdir {}", world.path(place).join(name).display()))
}

pub(crate) fn request(world: &World, person: &str, more: &[&str]) -> Called {
    world.call(person, &[&["access", "request", "--why", "order 4711"], more].concat())
}

pub(crate) const MAKE_IN_PRODUCTION: [&str; 8] = ["--env", "production", "--actions", "create,update", "--resources", "file:*", "--for", "1h"];

/// What waits for somebody about who may do what.
pub(crate) fn waiting(world: &World) -> String {
    world.held("govern")
}

fn lines(called: &Called) -> Vec<Value> {
    called.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn access_lets_mild_work_through_for_its_time_and_nothing_that_is_lost() {
    let mut world = two_places();
    must_block(&makes(&world, "production", "one"), "one person who did not ask for it");
    request(&world, "ana", &MAKE_IN_PRODUCTION).must_end_with(1).must_say("held as").must_say("because: order 4711");
    let id = waiting(&world);
    must_block(&makes(&world, "production", "two"), "held as");
    world.call("ben", &["sign", &id]).must_succeed().must_say("ana may create, update file:* in production for 1 h");
    world.call("ana", &["access", "list"]).must_succeed().must_say("create, update file:* in production for 1 h  (until");
    assert_eq!(makes(&world, "production", "three").code, 0);
    must_block(&makes(&world, "staging", "four"), "staging is shared");
    must_block(&bash(&world, &format!("rm -rf {}", world.path("production/three").display())), "there is no recovery point");
    // Who had it, who agreed, and what was done with it.
    let report = world.call("ana", &["access", "report"]);
    report.must_succeed().must_say("agreed to by ben").must_say("claude: creates file `").must_say("1 grant of access, 1 use");
    let json = &lines(&world.call("ana", &["--json", "access", "report"]))[0];
    assert_eq!((json["agreed"][0].as_str(), json["uses"].as_array().unwrap().len(), json["grant"]["why"].as_str()), (Some("ben"), 1, Some("order 4711")));
    world.call("ana", &["access", "review"]).must_succeed().must_say("nothing to look at");
    // It ends by itself.
    world.clock_off_by(3601);
    must_block(&makes(&world, "production", "five"), "held as");
    world.call("ana", &["access", "list"]).must_succeed().must_say("nobody has access");
    world.call("ana", &["access", "list", "--all"]).must_succeed().must_say("(ended ");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn access_is_revoked_by_anybody_who_signs_and_at_once() {
    let world = two_places();
    request(&world, "ana", &MAKE_IN_PRODUCTION).must_end_with(1);
    let id = waiting(&world);
    world.call("ben", &["sign", &id]).must_succeed();
    assert_eq!(makes(&world, "production", "one").code, 0);
    world.call("ben", &["access", "revoke", &id[..6]]).must_succeed().must_say("ana's access").must_say("is over");
    must_block(&makes(&world, "production", "two"), "held as");
    world.call("ben", &["access", "revoke", &id[..6]]).must_end_with(1).must_say("is over already");
    world.call("ben", &["access", "revoke", "ffffffff"]).must_end_with(2).must_say("no access was granted");
    world.call("ana", &["access", "report"]).must_succeed().must_say("(revoked ");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

/// Wide or long access takes two, one an owner; the requester is never one of them.
#[test]
fn wide_access_takes_two_peers_with_an_owner() {
    let world = two_places();
    for wide in [["--resources", "*", "--for", "1h"], ["--resources", "file:*", "--for", "5h"]] {
        request(&world, "ana", &[&["--env", "production", "--actions", "create"], &wide[..]].concat()).must_end_with(1).must_say("two people who did not ask for it, one of them an owner");
        let id = waiting(&world);
        world.call("ben", &["sign", &id]).must_say("signed by ben");
        must_block(&makes(&world, "production", "one"), "held as");
        world.call("olga", &["sign", &id]).must_succeed().must_say("ana may create");
        world.call("ana", &["access", "revoke", &id]).must_succeed();
    }
}

#[test]
fn access_for_one_agent_is_not_for_another() {
    let world = two_places();
    request(&world, "ana", &[&MAKE_IN_PRODUCTION[..], &["--agent", "codex"]].concat()).must_end_with(1);
    let id = waiting(&world);
    world.call("ben", &["sign", &id]).must_succeed().must_say("ana by the agent codex");
    must_block(&makes(&world, "production", "one"), "held as");
    world.call("ana", &["access", "review"]).must_succeed();
}

#[test]
fn access_that_cannot_be_says_why() {
    let world = two_places();
    let cases: [(&[&str], i32, &str); 7] = [
        (&["--env", "production", "--actions", "delete", "--resources", "file", "--for", "1h"], 2, "invalid value 'delete'"),
        (&["--env", "production", "--actions", "read", "--resources", "file", "--for", "25h"], 1, "1 second to 24 hours"),
        (&["--env", "production", "--actions", "read", "--resources", "file", "--for", "soon"], 2, "write it as 30m, 1h or 2d"),
        (&["--env", "production", "--actions", "read", "--resources", "File:*", "--for", "1h"], 1, "`File:*` is no resource"),
        (&["--env", "nowhere", "--actions", "read", "--resources", "file", "--for", "1h"], 1, "`nowhere` is no environment here"),
        (&["--env", "prod\u{202e}", "--actions", "read", "--resources", "file", "--for", "1h"], 1, "is no environment here"),
        (&["--env", "production", "--resources", "file", "--for", "1h"], 2, "--actions"),
    ];
    for (arguments, code, says) in cases {
        request(&world, "ana", arguments).must_end_with(code).must_say(says);
    }
    world.call("ana", &["access", "request", "--env", "production", "--actions", "read", "--resources", "file", "--for", "1h", "--why", " "]).must_end_with(1).must_say("says no reason");
    assert!(world.inbox().is_empty(), "nothing that cannot be waits for anybody");
}

#[test]
fn access_that_was_never_used_and_access_day_after_day_is_found() {
    let mut world = two_places();
    for day in 0..10 {
        world.clock_off_by(day * 24 * 3600);
        request(&world, "ana", &MAKE_IN_PRODUCTION).must_end_with(1);
        let id = waiting(&world);
        world.call("ana", &["access", "review"]).must_end_with(1).must_say("waits for one person");
        world.call("ben", &["sign", &id]).must_succeed();
    }
    world.clock_off_by(11 * 24 * 3600);
    let found = world.call("ana", &["access", "review"]);
    found.must_end_with(1).must_say("never used: ana was let create, update file:*").must_say("standing in all but name: ana was granted access to production on 10 of the last 30 days");
    let kinds: Vec<Value> = lines(&world.call("ana", &["--json", "access", "review"])).into_iter().map(|line| line["finding"].clone()).collect();
    assert_eq!((kinds.len(), kinds.last().unwrap().as_str()), (11, Some("standing")));
}

#[test]
fn a_freeze_stops_what_everybody_signed_and_a_thaw_lets_it_go_on() {
    let mut world = two_places();
    world.call("ana", &["env", "freeze", "production", "--for", "2h", "--why", "quarter end"]).must_succeed().must_say("production is frozen from");
    world.call("ana", &["env"]).must_succeed().must_say("frozen from").must_say("quarter end");
    must_block(&makes(&world, "production", "one"), "there is a freeze");
    must_block(&makes(&world, "staging", "one"), "held as");
    world.call("ben", &["env", "freeze", "staging", "--for", "1h", "--why", "x"]).must_end_with(1).must_say("not an admin");
    world.call("ana", &["env", "freeze", "nowhere", "--for", "1h", "--why", "x"]).must_end_with(1).must_say("no environment here");
    world.call("ana", &["env", "thaw", "staging"]).must_end_with(2).must_say("no such freeze");
    world.call("ana", &["env", "thaw", "production"]).must_succeed().must_say("not frozen any more");
    must_block(&makes(&world, "production", "two"), "held as");
    // One to come holds from its moment on.
    world.call("ana", &["env", "freeze", "production", "--from", "2999-01-01T00:00:00Z", "--until", "2998-01-01T00:00:00Z", "--why", "x"]).must_end_with(1).must_say("it ends at");
    world.call("ana", &["env", "freeze", "production/eu", "--for", "1h", "--why", "x"]).must_succeed();
    must_block(&makes(&world, "production", "three"), "there is a freeze");
    world.clock_off_by(3601);
    must_block(&makes(&world, "production", "four"), "held as");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn glass_is_broken_by_two_owners_loudly_and_a_review_is_owed() {
    let mut world = two_places();
    world.call("ana", &["env", "freeze", "production", "--for", "9h", "--why", "quarter end"]).must_succeed();
    world.call("ana", &["break-glass", "request", "--env", "production", "--for", "30m", "--why", "payments are down"]).must_end_with(1).must_say("needs two owners");
    let id = waiting(&world);
    world.call("ben", &["sign", &id]).must_say("signed by ben");
    must_block(&makes(&world, "production", "one"), "there is a freeze");
    world.call("olga", &["sign", &id]).must_succeed().must_say("a review is owed");
    for loud in [&["inbox"][..], &["env"], &["access", "list"]] {
        world.call("ben", loud).must_succeed().must_say("the glass of production is BROKEN for ana until").must_say("payments are down");
    }
    // It passes the freeze, and is signed as ever.
    must_block(&makes(&world, "production", "two"), "one person who did not ask for it");
    world.call("ben", &["sign", &world.held("hand")]).must_succeed();
    assert_eq!(makes(&world, "production", "two").code, 0);
    world.call("ana", &["break-glass", "list"]).must_succeed().must_say("claude: creates file").must_say("a review is owed");
    world.clock_off_by(1801);
    must_block(&makes(&world, "production", "three"), "there is a freeze");
    world.call("ben", &["inbox"]).must_succeed().must_say("a review is owed");
    world.call("ana", &["break-glass", "review", &id, "--found", "one fix, as asked"]).must_end_with(1).must_say("one person who did not ask for it");
    world.call("ben", &["sign", &waiting(&world)]).must_succeed().must_say("is reviewed");
    world.call("ben", &["inbox"]).must_succeed().must_not_say("glass");
    world.call("ana", &["break-glass", "list"]).must_succeed().must_say("reviewed: one fix, as asked");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn an_environment_is_mapped_by_signatures_and_its_change_voids_what_waits() {
    let world = two_places();
    must_block(&makes(&world, "production", "one"), "held as");
    let held = world.held("hand");
    let other = world.path("elsewhere");
    std::fs::create_dir(&other).unwrap();
    let (path, more) = (world.path("production"), other.to_str().unwrap().to_owned());
    let add = ["env", "add", "production/eu", "--tier", "production", "--path", path.to_str().unwrap(), "--path", &more];
    world.call("ana", &add).must_succeed().must_say("it is").must_say("is mapped (production, generation 2)");
    world.call("ben", &["sign", &held]).must_end_with(1).must_say("void");
    world.call("ana", &["env", "remove", "production/eu"]).must_succeed().must_say("not any more: ").must_say("no environment any more");
    world.call("ana", &["env", "remove", "production/eu"]).must_end_with(2).must_say("is no environment here");
    world.call("ana", &["env", "add", "service", "--tier", "staging", "--host", "h"]).must_end_with(2).must_say("a name of ours");
    world.enrol("adam", &["admin"]);
    world.call("ana", &add).must_end_with(1).must_say("held as");
    world.call("adam", &["sign", &waiting(&world)]).must_succeed().must_say("generation 4");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

/// One entry by a clock that was ahead ends no freeze and makes no access last.
#[test]
fn a_clock_that_was_ahead_once_ends_no_freeze_and_prolongs_nothing() {
    let mut world = two_places();
    world.call("ana", &["env", "freeze", "production", "--for", "3d", "--why", "quarter end"]).must_succeed();
    world.clock_off_by(900_000);
    world.make_key("spare");
    let spare = world.path("spare.key.pub");
    world.call("ana", &["people", "add", "ana", "--public-key", spare.to_str().unwrap()]).must_succeed();
    request(&world, "ana", &["--env", "staging", "--actions", "create", "--resources", "file:*", "--for", "1h"]).must_end_with(1);
    world.call("ben", &["sign", &waiting(&world)]).must_succeed();
    world.clock_off_by(0);
    must_block(&makes(&world, "production", "one"), "there is a freeze");
    must_block(&makes(&world, "staging", "one"), "staging is shared");
    world.call("ana", &["access", "list"]).must_succeed().must_say("nobody has access");
}

/// What people had signed for before the freeze does not pass it either.
#[test]
fn a_freeze_stops_what_was_signed_before_it() {
    let world = two_places();
    must_block(&makes(&world, "production", "one"), "held as");
    world.call("ben", &["sign", &world.held("hand")]).must_succeed();
    world.call("ana", &["env", "freeze", "production", "--for", "1h", "--why", "x"]).must_succeed();
    must_block(&makes(&world, "production", "one"), "there is a freeze");
    // And mapping it otherwise is no way round it.
    let path = world.path("production");
    world.call("ana", &["env", "remove", "production/eu"]).must_end_with(1).must_say("is frozen, and so is what maps to it");
    world.call("ana", &["env", "add", "soft", "--tier", "development", "--path", path.join("sub").to_str().unwrap()]).must_end_with(1).must_say("is frozen");
    world.call("ana", &["env", "add", "production/eu", "--tier", "staging", "--path", path.to_str().unwrap()]).must_end_with(1).must_say("env thaw");
}

/// A name that stands for several places has the owners of each of them.
#[test]
fn a_group_of_places_is_owned_by_who_owns_each_of_them() {
    let world = two_places();
    world.enrol("omar", &["engineer", "owner"]);
    let path = world.path("production");
    world.call("ana", &["env", "add", "production/eu", "--tier", "production", "--path", path.to_str().unwrap(), "--owner", "olga", "--owner", "ana"]).must_succeed();
    world.call("omar", &["access", "request", "--env", "production", "--actions", "create", "--resources", "*", "--for", "1h", "--why", "x"]).must_end_with(1);
    let id = waiting(&world);
    world.call("ben", &["sign", &id]).must_say("signed by ben");
    world.call("ana", &["access", "list"]).must_say("nobody has access");
    world.call("olga", &["sign", &id]).must_succeed().must_say("omar may create");
    world.call("omar", &["break-glass", "request", "--env", "production", "--for", "9m", "--why", "x"]).must_end_with(1);
    let id = waiting(&world);
    world.call("ana", &["sign", &id]).must_say("signed by ana");
    world.call("ana", &["break-glass", "list"]).must_say("no glass was ever broken");
    world.call("olga", &["sign", &id]).must_succeed().must_say("a review is owed");
}

/// Of several places that something touches each one counts: its mapping, and who owns it.
#[test]
fn what_touches_two_places_is_void_when_either_is_mapped_otherwise() {
    let world = two_places();
    let mut seen: Vec<String> = Vec::new();
    for place in ["staging", "production"] {
        let (one, other) = (world.path("production").join(place), world.path("staging").join(place));
        let both = format!("mkdir {} {}", one.display(), other.display());
        must_block(&bash(&world, &both), "held as");
        let held = world.inbox().into_iter().map(|(id, _)| id).find(|id| !seen.contains(id)).unwrap();
        world.call("ben", &["sign", &held]).must_succeed();
        let name = if place == "production" { "production/eu" } else { place };
        let path = world.path(place);
        world.call("ana", &["env", "add", name, "--tier", place, "--path", path.to_str().unwrap(), "--host", "h.example"]).must_succeed();
        must_block(&bash(&world, &both), "held as");
        seen.extend(world.inbox().into_iter().map(|(id, _)| id));
    }
}

/// Access was agreed to for what an environment was then.
#[test]
fn access_ends_when_its_environment_is_mapped_otherwise() {
    let world = two_places();
    request(&world, "ana", &MAKE_IN_PRODUCTION).must_end_with(1);
    world.call("ben", &["sign", &waiting(&world)]).must_succeed();
    assert_eq!(makes(&world, "production", "one").code, 0);
    let path = world.path("production");
    world.call("ana", &["env", "add", "production/eu", "--tier", "production", "--path", path.to_str().unwrap(), "--host", "h.example"]).must_succeed();
    must_block(&makes(&world, "production", "two"), "held as");
    for ours in ["unknown", "unknown/x", "host", "service"] {
        request(&world, "ana", &["--env", ours, "--actions", "create", "--resources", "file", "--for", "1h"]).must_end_with(1).must_say("a name of ours");
    }
}
