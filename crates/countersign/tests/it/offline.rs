//! Answers that are signed elsewhere, with the real ssh-keygen: what comes back is verified like what is signed here.

use std::path::PathBuf;

use testkit::{Called, World};

use super::{done, turn, world, write};

/// A landing that ana asked for and that waits, and ben, a peer.
fn held() -> (World, String) {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.enrol("ben", &["engineer"]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let id = world.held("land");
    (world, id)
}

/// Exports the page of `person`'s answer.
#[track_caller]
fn exported(world: &World, id: &str, person: &str, more: &[&str]) -> PathBuf {
    let page = world.path(&format!("{person}.txt"));
    let arguments = [&["show", id, "--export", page.to_str().unwrap(), "--for", person], more].concat();
    world.call("ana", &arguments).must_succeed().must_say("ssh-keygen -Y sign -n countersign");
    page
}

/// Signs a file as a person would, elsewhere.
#[track_caller]
fn signed(world: &World, page: &std::path::Path, key: &str, namespace: &str) -> PathBuf {
    let mut keygen = world.bare("ssh-keygen");
    keygen.args(["-q", "-Y", "sign", "-n", namespace, "-f", world.key(key).to_str().unwrap(), page.to_str().unwrap()]);
    Called::of(keygen).must_succeed();
    PathBuf::from(format!("{}.sig", page.display()))
}

#[track_caller]
fn imported(world: &World, id: &str, signature: &std::path::Path) -> Called {
    world.call("ana", &["sign", id, "--import", signature.to_str().unwrap()])
}

#[test]
fn a_yes_that_was_signed_elsewhere_lands_and_verifies() {
    let (world, id) = held();
    let page = exported(&world, &id, "ben", &[]);
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains("says YES") && text.contains("person       ben") && text.contains("  - updates file `a.txt`"), "{text}");
    let signature = signed(&world, &page, "ben", "countersign");
    imported(&world, &id, &signature).must_succeed().must_say("signed by ben");
    assert_eq!(world.read("project/a.txt"), "two\n");
    world.call("ana", &["ledger", "verify"]).must_succeed().must_say("ben (yes 1");
    let entries = world.call("ana", &["ledger", "show", "--about", &id, "--json"]).out;
    let answered = entries.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).find(|line| line["entry"]["event"]["is"] == "answered").unwrap();
    assert_eq!(answered["entry"]["event"]["answer"]["text"], text, "what is kept is what was read and signed");
}

#[test]
fn the_signature_alone_may_be_sent_back() {
    let (world, id) = held();
    let page = exported(&world, &id, "ben", &[]);
    let signature = signed(&world, &page, "ben", "countersign");
    std::fs::remove_file(page).unwrap();
    imported(&world, &id, &signature).must_succeed().must_say("signed by ben");
}

#[test]
fn a_no_that_was_signed_elsewhere_ends_it_with_its_reason() {
    let (world, id) = held();
    let page = exported(&world, &id, "ben", &["--no", "--why", "billing still reads it"]);
    assert!(std::fs::read_to_string(&page).unwrap().contains("because      billing still reads it"));
    let signature = signed(&world, &page, "ben", "countersign");
    let file = signature.to_str().unwrap();
    imported(&world, &id, &signature).must_end_with(2).must_say("this says no").must_say("countersign refuse");
    world.call("ana", &["refuse", &id, "--import", file]).must_succeed();
    world.call("ana", &["show", &id]).must_say("said no    ben").must_say("billing still reads it");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_yes_is_no_no() {
    let (world, id) = held();
    let signature = signed(&world, &exported(&world, &id, "ben", &[]), "ben", "countersign");
    world.call("ana", &["refuse", &id, "--import", signature.to_str().unwrap()]).must_end_with(2).must_say("this says yes");
    assert_eq!(world.inbox().len(), 1);
}

/// Each way in which it is not what it should be: what is said, and nothing is recorded.
#[test]
fn what_is_not_exactly_that_is_not_recorded() {
    let (world, id) = held();
    world.make_key("mallory");
    let page = exported(&world, &id, "ben", &[]);
    let good = signed(&world, &page, "ben", "countersign");
    let (text, armored) = (std::fs::read_to_string(&page).unwrap(), std::fs::read_to_string(&good).unwrap());
    let attempt = |name: &str, text: &str, armored: &str| {
        world.write(name, text);
        imported(&world, &id, &world.write(&format!("{name}.sig"), armored))
    };
    let by = |name: &str, text: &str, key: &str, namespace: &str| {
        let page = world.write(name, text);
        imported(&world, &id, &signed(&world, &page, key, namespace))
    };
    by("namespace", &text, "ben", "file").must_end_with(1).must_say("namespace `file`").must_say("hint: sign it with `ssh-keygen -Y sign -n countersign`");
    attempt("truncated", &text, &armored[..armored.len() / 2]).must_end_with(1).must_say("cannot be read").must_say("from its BEGIN line");
    attempt("changed", &text.replace("a.txt", "b.txt"), &armored).must_end_with(1).must_say("does not match these bytes").must_say("byte for byte");
    attempt("spelled", &format!("{text}\n"), &armored).must_end_with(2).must_say("not spelled as it was shown");
    attempt("nothing", "yes, do it\n", &armored).must_end_with(2).must_say("is no answer");
    by("unknown", &text, "mallory", "countersign").must_end_with(1).must_say("nobody is enrolled with");
    by("another", &text, "ana", "countersign").must_end_with(1).must_say("says it is by `ben`, but the key is `ana`'s");
    let digest = text.lines().find_map(|line| line.strip_prefix("effects      ")).unwrap();
    let other = format!("sha256:{}", "0".repeat(64));
    by("digest", &text.replace(digest, &other), "ben", "countersign").must_end_with(1).must_say("signed other effects").must_say("nothing was recorded");
    let shown = by("shown", &text.replace("`a.txt`", "`harmless.txt`"), "ben", "countersign");
    shown.must_end_with(1).must_say("was shown other lines");
    assert_eq!(world.read("project/a.txt"), "one\n");
    let story: serde_json::Value = serde_json::from_str(&world.call("ana", &["show", &id, "--json"]).out).unwrap();
    assert_eq!(story["signed_by"], serde_json::json!([]));
    imported(&world, &id, &good).must_succeed();
    imported(&world, &id, &good).must_end_with(1).must_say("does not wait for an answer");
}

#[test]
fn a_signature_serves_one_intent() {
    let (world, id) = held();
    let signature = signed(&world, &exported(&world, &id, "ben", &[]), "ben", "countersign");
    world.call("ana", &["refuse", &id, "--why", "again"]).must_succeed();
    world.run(&[turn("", &[write("a.txt", "three\n")]), done()], &[]).must_end_with(1);
    imported(&world, &world.held("land"), &signature).must_end_with(1).must_say("answered intent").must_say("for another intent");
    assert_eq!(world.read("project/a.txt"), "one\n");
}

#[test]
fn a_page_that_was_held_too_long_is_void() {
    let (mut world, id) = held();
    let signature = signed(&world, &exported(&world, &id, "ben", &[]), "ben", "countersign");
    world.clock_off_by(4 * 24 * 3600);
    imported(&world, &id, &signature).must_end_with(1).must_say("expired").must_say("asked for again");
    world.call("ana", &["show", &id, "--export", "late.txt"]).must_end_with(1).must_say("does not wait");
}

#[test]
fn a_key_that_was_revoked_meanwhile_signs_nothing() {
    let (world, id) = held();
    let signature = signed(&world, &exported(&world, &id, "ben", &[]), "ben", "countersign");
    world.call("ana", &["people", "revoke", "ben"]).must_succeed();
    imported(&world, &id, &signature).must_end_with(1).must_say("is revoked and signs nothing");
    assert_eq!(world.read("project/a.txt"), "one\n");
}

#[test]
fn who_asked_is_told_that_it_does_not_count() {
    let world = world();
    world.enrol("ben", &["engineer"]);
    world.project(&[("page.html", "new\n")]);
    world.write("prod/page.html", "old\n");
    let place = world.path("prod").display().to_string();
    world.call("ana", &["env", "add", "production/eu", "--tier", "production", "--path", &place]).must_succeed();
    let change = ("change_environment", serde_json::json!({"environment": "production/eu", "command": format!("cp page.html {place}/page.html")}));
    world.run(&[turn("", &[change]), done()], &[]).must_end_with(1);
    let id = world.held("change");
    let signature = signed(&world, &exported(&world, &id, "ana", &[]), "ana", "countersign");
    imported(&world, &id, &signature).must_succeed().must_say("ana asked for it").must_say("nobody's peer");
    assert_eq!(world.read("prod/page.html"), "old\n");
}

#[test]
fn a_page_is_written_to_a_new_file_or_to_the_screen() {
    let (world, id) = held();
    let page = exported(&world, &id, "ben", &[]);
    world.call("ana", &["show", &id, "--export", page.to_str().unwrap()]).must_end_with(2).must_say("is there already");
    let printed = world.call("ana", &["show", &id, "--for", "ben", "--export"]);
    assert_eq!(printed.must_succeed().out, std::fs::read_to_string(&page).unwrap());
    world.call("ana", &["show", &id, "--export", "x.txt", "--for", "nobody"]).must_end_with(1).must_say("not enrolled");
    world.call("ana", &["show", &id, "--export", "x.txt", "--no"]).must_end_with(2).must_say("--why");
    world.call("ana", &["refuse", &id]).must_end_with(2).must_say("--why");
    world.call("ana", &["sign", &id, "--import", "nowhere.sig"]).must_end_with(3).must_say("cannot be read");
}
