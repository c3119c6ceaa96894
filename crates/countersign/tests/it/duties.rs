//! What environments ask of signatures, and who does another's duty, through the real program.

use testkit::World;

use super::access::{MAKE_IN_PRODUCTION, makes, request, two_places, waiting};
use super::gate::must_block;

fn remap(world: &World, more: &[&str]) -> testkit::Called {
    let path = world.path("production");
    world.call("ana", &[&["env", "add", "production/eu", "--tier", "production", "--path", path.to_str().unwrap()], more].concat())
}

#[test]
fn an_environment_asks_for_people_of_a_team_and_for_nobody_of_the_askers() {
    let world = two_places();
    remap(&world, &["--team", "security"]).must_end_with(1).must_say("1 of team `security` must agree there, and 0 in it could");
    remap(&world, &["--team", "security=none"]).must_end_with(2).must_say("hint: write it as security or security=2");
    world.call("ana", &["team", "add", "security", "--member", "olga"]).must_succeed();
    world.call("ana", &["team", "add", "payments", "--member", "ana", "--member", "ben"]).must_succeed();
    remap(&world, &["--team", "security", "--other-team"]).must_succeed().must_say("1 of those who agree must be of the team security");
    world.call("ana", &["env"]).must_succeed().must_say("who is in a team with the person who asked does not agree as a peer");
    must_block(&makes(&world, "production", "one"), "1 of those who agree must be of the team security");
    request(&world, "ana", &MAKE_IN_PRODUCTION).must_end_with(1);
    let id = waiting(&world);
    world.call("ben", &["sign", &id]).must_succeed().must_say("still needs").must_say("ben is in a team with who asked");
    assert_eq!(waiting(&world), id);
    world.call("olga", &["sign", &id]).must_succeed().must_say("ana may create, update");
    // What is asked for less of is a signed change that says so.
    remap(&world, &[]).must_succeed().must_say("not any more: 1 of those who agree must be of the team security");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

/// Nobody here has a token, so it is said before anybody waits for it.
#[test]
fn hardware_keys_that_nobody_has_are_asked_for_in_vain() {
    let world = two_places();
    remap(&world, &["--hardware-keys"]).must_succeed().must_say("what takes two people is signed with hardware keys");
    let wide = request(&world, "ana", &["--env", "production", "--actions", "create", "--resources", "*", "--for", "1h"]);
    wide.must_end_with(1).must_say("nobody here could agree to it").must_say("and what takes two people is signed with hardware keys");
    request(&world, "ana", &MAKE_IN_PRODUCTION).must_end_with(1);
    world.call("ben", &["sign", &waiting(&world)]).must_succeed().must_say("ana may create, update");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_deputy_signs_for_the_owner_who_is_away_and_not_beside_them() {
    let mut world = two_places();
    world.enrol("eve", &["engineer"]);
    let wide = ["--env", "production", "--actions", "create", "--resources", "*", "--for", "1h"];
    world.call("olga", &["people", "deputy", "ben", "--for", "olga", "--days", "10", "--why", "on holiday"]).must_end_with(1).must_say("held as");
    world.call("ana", &["sign", &waiting(&world)]).must_succeed().must_say("ben does olga's duty from");
    world.call("eve", &["people", "deputy"]).must_succeed().must_say("ben              does olga's duty").must_say("because: on holiday");
    // Ben for olga, and eve: two who did not ask, one for the owner.
    request(&world, "ana", &wide).must_end_with(1);
    let id = waiting(&world);
    world.call("eve", &["sign", &id]).must_succeed().must_say("still needs");
    world.call("ben", &["sign", &id]).must_succeed().must_say("ana may create");
    // Not for what olga asks for herself.
    request(&world, "olga", &wide).must_end_with(1);
    let id = waiting(&world);
    world.call("eve", &["sign", &id]).must_succeed();
    world.call("ben", &["sign", &id]).must_succeed().must_say("still needs");
    world.call("ana", &["refuse", &id, "--why", "no"]).must_succeed();
    world.call("ana", &["people", "deputy", "eve", "--for", "olga", "--days", "3", "--why", "x"]).must_end_with(1).must_say("`ben` does `olga`'s duty until");
    world.call("eve", &["people", "deputy", "ben", "--for", "olga", "--end"]).must_succeed().must_say("does not do olga's duty any more");
    world.call("eve", &["people", "deputy"]).must_succeed().must_say("nobody does another's duty");
    world.call("ana", &["people", "deputy", "ben", "--for", "olga", "--why", "x"]).must_end_with(2).must_say("until when?");
    world.clock_off_by(1);
    world.call("ana", &["ledger", "verify"]).must_succeed();
}
