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
