//! init, people, keys.

use testkit::{Called, World};

use super::{done, turn, world, write};

#[test]
fn init_twice_changes_nothing() {
    let world = world();
    let before = std::fs::read(world.service().join("keys/guard")).unwrap();
    world.call("ana", &["init", "--name", "someone"]).must_succeed().must_say("already");
    assert_eq!(std::fs::read(world.service().join("keys/guard")).unwrap(), before);
}

#[test]
fn without_init_everything_says_what_to_do() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.make_key("ana");
    for arguments in [&["inbox"][..], &["sessions"], &["ledger", "verify"], &["run", "x"], &["stop", "--all"]] {
        world.call("ana", arguments).must_end_with(2).must_say("countersign init");
    }
}

#[test]
fn a_strangers_key_signs_nothing() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    world.make_key("mallory");
    world.call("mallory", &["sign", &world.held("land")]).must_end_with(1).must_say("nobody who is enrolled");
    world.call("mallory", &["sign", &world.held("land"), "--as", "ana"]).must_end_with(1);
    assert_eq!(world.read("project/a.txt"), "one\n");
}

#[test]
fn one_key_is_one_person() {
    let world = world();
    let key = world.path("ana.key.pub");
    world.call("ana", &["people", "add", "ana2", "--public-key", key.to_str().unwrap()]).must_end_with(1).must_say("already");
}

#[test]
fn the_agent_of_ssh_signs_when_it_holds_the_key() {
    let mut world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let socket = world.path("agent.sock");
    let mut agent = world.bare("ssh-agent");
    let mut agent = agent.arg("-D").arg("-a").arg(&socket).stdout(std::process::Stdio::null()).spawn().unwrap();
    while !socket.exists() {
        assert!(agent.try_wait().unwrap().is_none(), "ssh-agent ended");
        std::thread::yield_now();
    }
    world.set("SSH_AUTH_SOCK", socket.to_str().unwrap());
    let mut add = world.bare("ssh-add");
    add.arg("-q").arg(world.key("ana"));
    assert_eq!(Called::of(add).code, 0);
    std::fs::remove_file(world.key("ana")).unwrap();
    std::fs::rename(world.path("ana.key.pub"), world.key("ana")).unwrap();
    let signed = world.call("ana", &["sign", &world.held("land")]);
    agent.kill().unwrap();
    agent.wait().unwrap();
    signed.must_succeed();
    assert_eq!(world.read("project/a.txt"), "two\n");
}

#[test]
fn nobody_acts_as_another_without_a_key_of_theirs() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.enrol("ben", &["engineer"]);
    let model = world.recording(&[turn("", &[write("a.txt", "two\n")]), done()]);
    world.call("ana", &["run", "--as", "ben", "--headless", "--model", &model, "go"]).must_end_with(1).must_say("a key of theirs");
    world.call("ben", &["run", "--as", "ben", "--headless", "--model", &model, "go"]).must_end_with(1).must_say("held as");
}

#[test]
fn only_an_admin_enrols_and_maps_whoever_sits_here() {
    let world = world();
    world.enrol("ben", &["engineer"]);
    world.make_key("eve");
    let key = world.path("eve.key.pub");
    world.call("ben", &["people", "add", "eve", "--public-key", key.to_str().unwrap()]).must_end_with(1).must_say("not an admin");
    world.call("ben", &["env", "add", "production", "--tier", "production", "--path", "/srv/x"]).must_end_with(1).must_say("not an admin");
}

/// The fingerprint of a person's key, as `people` lists it.
fn fingerprint(world: &World, person: &str) -> String {
    let mut keygen = world.bare("ssh-keygen");
    keygen.args(["-l", "-f", world.path(&format!("{person}.key.pub")).to_str().unwrap()]);
    Called::of(keygen).out.split_whitespace().nth(1).unwrap().to_owned()
}

fn public(world: &World, person: &str) -> String {
    world.path(&format!("{person}.key.pub")).display().to_string()
}

/// Ana and adam are admins, ben is an engineer; from here on nobody gives rights alone.
fn two_admins() -> World {
    let world = world();
    world.enrol("ben", &["engineer"]);
    world.enrol("adam", &["admin"]);
    world
}

/// One person as `people --json` has them.
fn listed(world: &World, person: &str, all: bool) -> Option<serde_json::Value> {
    let arguments: &[&str] = if all { &["people", "--all", "--json"] } else { &["people", "--json"] };
    let called = world.call("ana", arguments);
    let lines = called.must_succeed().out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.into_iter().find(|line| line["person"] == person)
}

#[test]
fn the_only_admin_enrols_with_one_signature_and_is_told_so() {
    let world = world();
    world.make_key("ben");
    let added = world.call("ana", &["people", "add", "ben", "--public-key", &public(&world, "ben")]);
    added.must_succeed().must_say("grants rights on person `ben` in service: as engineer, with key SHA256:").must_say("✓ ben is enrolled as engineer").must_say("only admin so far");
    world.call("ana", &["people"]).must_say(&fingerprint(&world, "ben")).must_say("since 20");
    let ben = listed(&world, "ben", false).unwrap();
    assert_eq!((&ben["roles"], &ben["keys"][0]), (&serde_json::json!(["engineer"]), &serde_json::json!(fingerprint(&world, "ben"))));
    let shown = world.call("ana", &["ledger", "show"]);
    for step in ["proposed", "assessed", "answered", "countersigned", "started", "governed", "finished"] {
        shown.must_say(step);
    }
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn with_a_second_admin_a_change_goes_through_the_inbox() {
    let world = two_admins();
    world.make_key("eve");
    let add = &["people", "add", "eve", "--public-key", &public(&world, "eve"), "--role", "engineer", "--role", "owner"];
    world.call("ana", add).must_end_with(1).must_say("it needs two people, one of them an admin who neither asked for it nor gains by it");
    let id = world.held("govern");
    world.call("ana", &["show", &id]).must_succeed().must_say("enrol eve as engineer, owner").must_say("[people-two-admins]");
    world.call("ben", &["sign", &id]).must_succeed().must_say("still needs");
    assert!(listed(&world, "eve", true).is_none());
    world.call("adam", &["sign", &id]).must_succeed().must_say("eve is enrolled as engineer, owner");
    assert!(listed(&world, "eve", false).is_some());
    world.call("ana", &["people", "roles", "ben", "--role", "owner"]).must_end_with(1);
    world.call("adam", &["refuse", &world.held("govern"), "--why", "not yet"]).must_succeed();
    assert_eq!(listed(&world, "ben", false).unwrap()["roles"], serde_json::json!(["engineer"]));
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn nobody_gives_themselves_a_role_or_another_a_key_alone() {
    let world = two_admins();
    world.make_key("spare");
    let spare = public(&world, "spare");
    world.call("ana", &["people", "add", "ana", "--public-key", &spare]).must_end_with(1).must_say("held as");
    world.call("ana", &["people", "add", "ben", "--public-key", &spare]).must_end_with(1).must_say("held as");
    world.call("ben", &["people", "roles", "ben", "--role", "engineer", "--role", "owner"]).must_end_with(1).must_say("not an admin");
    world.call("ana", &["people", "add", "adam", "--public-key", &spare]).must_end_with(1).must_say("let `adam` ask for it");
    world.call("ana", &["people", "roles", "ana", "--role", "engineer", "--role", "admin"]).must_succeed().must_say("is not owner any more");
    world.call("ana", &["people", "roles", "ana", "--role", "engineer", "--role", "admin", "--role", "owner"]).must_end_with(1).must_say("held as");
}

#[test]
fn who_asks_in_the_name_of_another_gives_nothing_until_that_person_signs() {
    let world = two_admins();
    world.make_key("eve");
    let (eve, adam) = (public(&world, "eve"), public(&world, "adam"));
    world.call("ana", &["--as", "adam", "--key", &adam, "people", "add", "eve", "--public-key", &eve, "--role", "admin"]).must_end_with(2).must_say("and not signed");
    let id = world.held("govern");
    world.call("ana", &["sign", &id]).must_succeed().must_say("adam, who asked for it, has not signed it");
    world.call("ben", &["sign", &id]).must_succeed().must_say("still needs");
    assert!(listed(&world, "eve", true).is_none(), "an admin who asked in another's name is no admin who did not ask");
    world.call("adam", &["sign", &id]).must_succeed().must_say("eve is enrolled as admin");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn who_said_yes_may_still_say_no() {
    let world = two_admins();
    world.make_key("eve");
    world.call("ana", &["people", "add", "eve", "--public-key", &public(&world, "eve")]).must_end_with(1).must_say("held as");
    let id = world.held("govern");
    world.call("ana", &["refuse", &id, "--why", "I was wrong"]).must_succeed();
    world.call("adam", &["sign", &id]).must_end_with(1).must_say("does not wait");
    assert!(listed(&world, "eve", true).is_none());
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_revoked_key_signs_nothing_and_a_new_one_in_its_place_does() {
    let world = two_admins();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let id = world.held("land");
    world.make_key("fresh");
    let rotate = &["people", "rotate", "ben", "--public-key", &public(&world, "fresh")];
    world.call("ben", rotate).must_end_with(1).must_say("held as");
    world.call("adam", &["sign", &world.held("govern")]).must_succeed().must_say("signs nothing from");
    world.call("ben", &["sign", &id]).must_end_with(1).must_say("is revoked").must_say("people add ben");
    let keys = listed(&world, "ben", true).unwrap()["key_history"].clone();
    assert_eq!(keys.as_array().unwrap().iter().filter(|key| key["revoked"].is_u64()).count(), 1);
    world.call("ana", &["people", "--all"]).must_say("revoked from");
    world.call("ana", &["people"]).must_not_say("revoked from");
    world.call("fresh", &["sign", &id]).must_succeed();
    assert_eq!(world.read("project/a.txt"), "two\n");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn who_lost_a_key_takes_it_away_alone_also_from_an_earlier_moment() {
    let world = two_admins();
    let (mine, not_mine) = (fingerprint(&world, "ben"), fingerprint(&world, "adam"));
    world.call("ben", &["people", "revoke", "adam"]).must_end_with(1).must_say("not an admin");
    world.call("ben", &["people", "revoke", "ben", &not_mine]).must_end_with(2).must_say(&mine);
    world.call("ben", &["people", "revoke", "ben", "--from", "yesterday"]).must_end_with(2).must_say("2026-11-23T15:00:00Z");
    world.call("ben", &["people", "revoke", "ben", &mine[..12], "--from", "2020-01-01T00:00:00Z"]).must_succeed().must_say("2020-01-01 00:00:00Z");
    world.call("ben", &["inbox"]).must_succeed();
    world.call("ben", &["stop", "--all"]).must_end_with(1).must_say("is revoked");
    world.call("ben", &["stop", "--all", "--as", "ben"]).must_end_with(1).must_say("is revoked");
    world.call("ana", &["people", "revoke", "ben", &mine, "--from", "2021-01-01T00:00:00Z"]).must_end_with(1).must_say("never signs again");
}

#[test]
fn nothing_is_done_for_somebody_who_was_removed() {
    let world = two_admins();
    world.project(&[("a.txt", "one\n")]);
    world.enrol_by_two("olga", &["engineer", "owner"]);
    let model = world.recording(&[turn("", &[write("a.txt", "two\n")]), done()]);
    world.call("olga", &["run", "--headless", "--model", &model, "go"]).must_end_with(1);
    let of_olga = world.held("land");
    world.call("adam", &["people", "remove", "olga"]).must_succeed().must_say("olga is removed");
    world.call("olga", &["sign", &of_olga]).must_end_with(1).must_say("was removed");
    world.call("olga", &["run", "--headless", "--model", &model, "go"]).must_end_with(1).must_say("was removed");
    world.call("ana", &["sign", &of_olga]).must_end_with(1).must_say("not enrolled any more");
    assert_eq!(world.read("project/a.txt"), "one\n");
    assert!(listed(&world, "olga", false).is_none());
    assert!(listed(&world, "olga", true).unwrap()["removed"].is_u64());
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn the_last_admin_stays() {
    let world = world();
    world.enrol("ben", &["engineer"]);
    for arguments in [&["people", "remove", "ana"][..], &["people", "roles", "ana", "--role", "owner"], &["people", "revoke", "ana"]] {
        world.call("ana", arguments).must_end_with(1).must_say("last admin with a key");
    }
    world.make_key("fresh");
    world.call("ana", &["people", "rotate", "ana", "--public-key", &public(&world, "fresh")]).must_succeed();
    world.call("ana", &["people", "remove", "ben"]).must_end_with(1).must_say("is revoked");
    world.call("fresh", &["people", "remove", "ben"]).must_succeed();
}

#[test]
fn a_service_account_asks_and_never_countersigns() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.make_key("ci");
    world.call("ana", &["people", "add", "ci", "--public-key", &public(&world, "ci"), "--service"]).must_succeed().must_say("never countersigns");
    let model = world.recording(&[turn("", &[write("a.txt", "two\n")]), done()]);
    world.call("ci", &["run", "--headless", "--model", &model, "go"]).must_end_with(1);
    let id = world.held("land");
    world.call("ci", &["sign", &id]).must_end_with(1).must_say("is a service account");
    world.call("ci", &["refuse", &id, "--why", "no"]).must_end_with(1).must_say("neither agrees nor refuses");
    world.call("ana", &["people", "roles", "ci", "--role", "owner"]).must_end_with(1).must_say("service account");
    world.call("ana", &["sign", &id]).must_succeed();
    assert_eq!(world.read("project/a.txt"), "two\n");
}

#[test]
fn teams_are_signed_for_like_roles() {
    let world = two_admins();
    world.call("ana", &["team", "add", "web", "--member", "ben", "--member", "ana"]).must_end_with(1).must_say("held as");
    world.call("adam", &["sign", &world.held("govern")]).must_succeed().must_say("team web: ana, ben joined");
    world.call("ana", &["team", "list"]).must_succeed().must_say("ana, ben");
    world.call("ana", &["people"]).must_say("in web");
    world.call("ana", &["team", "remove", "web", "--member", "ben"]).must_succeed().must_say("ben left");
    world.call("ana", &["team", "remove", "web", "--json"]).must_succeed().must_say("\"ok\":true");
    world.call("ana", &["team", "list"]).must_succeed().must_say("there is no team");
    world.call("ana", &["team", "remove", "web"]).must_end_with(1).must_say("no team `web`");
    world.call("ana", &["team", "add", "web", "--member", "nobody"]).must_end_with(1).must_say("`nobody` is not enrolled");
}

#[test]
fn names_and_keys_that_would_mislead_are_not_taken() {
    let world = world();
    world.make_key("eve");
    let eve = public(&world, "eve");
    world.call("ana", &["people", "add", "Ana", "--public-key", &eve]).must_end_with(1).must_say("would be taken for `ana`");
    world.call("ana", &["people", "add", "\u{430}na", "--public-key", &eve]).must_end_with(2).must_say("ASCII");
    world.call("ana", &["people", "add", "ana", "--public-key", &public(&world, "ana")]).must_end_with(1).must_say("already the key of `ana`");
    world.call("ana", &["people", "add", "ana", "--public-key", &eve, "--role", "owner"]).must_end_with(2).must_say("people roles ana");
    world.call("ana", &["people", "add", "eve", "--public-key", "/nowhere"]).must_end_with(3);
}

#[test]
fn who_is_left_alone_past_the_founding_gives_nothing_and_is_told_so() {
    let world = world();
    world.enrol("adam", &["admin"]);
    world.call("ana", &["people", "remove", "adam"]).must_succeed().must_say("nobody is left who could agree");
    world.make_key("eve");
    world.call("ana", &["people", "add", "eve", "--public-key", &public(&world, "eve")]).must_end_with(1).must_say("nobody here could agree to it");
    assert!(world.inbox().is_empty(), "what nobody could agree to is not even proposed");
}
