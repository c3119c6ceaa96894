//! Passkeys through the real binary, with an authenticator in the test, and with the real ssh-keygen beside it.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;
use testkit::authenticator::{Authenticator, Said};
use testkit::{Called, World};

use super::{done, turn, world, write};

const PAGE: &str = "http://localhost:8080";

/// What a browser is asked so that `person` gets a passkey.
#[track_caller]
fn asked(world: &World, person: &str) -> Value {
    serde_json::from_str(&world.call("ana", &["people", "passkey", person]).must_succeed().out).unwrap()
}

#[track_caller]
fn enrolled(world: &World, device: &Authenticator, person: &str) -> Called {
    let answer = device.register(&asked(world, person), PAGE);
    answered(world, person, &answer)
}

#[track_caller]
fn answered(world: &World, person: &str, answer: &Value) -> Called {
    let file = world.write("registered.json", answer.to_string());
    world.call("ana", &["people", "add", person, "--passkey", file.to_str().unwrap()])
}

/// ben, whose only key is a passkey, and a landing that waits.
fn held(device: &Authenticator) -> (World, String) {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    enrolled(&world, device, "ben").must_succeed();
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let id = world.held("land");
    (world, id)
}

/// The exported page of ben, and what his browser is asked.
#[track_caller]
fn exported(world: &World, id: &str, more: &[&str]) -> (PathBuf, Value) {
    let page = world.path("ben.txt");
    let arguments = [&["show", id, "--export", page.to_str().unwrap(), "--for", "ben", "--passkey"], more].concat();
    world.call("ana", &arguments).must_succeed().must_say("navigator.credentials.get");
    (page.clone(), serde_json::from_str(&world.read("ben.txt.request.json")).unwrap())
}

#[track_caller]
fn imported(world: &World, id: &str, answer: &Value) -> Called {
    let file = world.write("ben.txt.json", answer.to_string());
    world.call("ana", &["sign", id, "--import", file.to_str().unwrap()])
}

#[test]
fn a_passkey_is_enrolled_signs_and_is_verified_also_by_ssh_keygen() {
    let device = Authenticator::new(7);
    let (world, id) = held(&device);
    world.call("ana", &["people"]).must_say("(passkey of localhost)");
    let (page, request) = exported(&world, &id, &[]);
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains("says YES") && text.contains("updates file `a.txt`"), "{text}");
    assert_eq!((&request["rpId"], &request["userVerification"]), (&"localhost".into(), &"required".into()));
    assert_eq!(request["allowCredentials"][0]["id"], device.register(&asked(&world, "x"), PAGE)["id"]);
    imported(&world, &id, &device.sign(&request, PAGE)).must_succeed().must_say("signed by ben");
    assert_eq!(world.read("project/a.txt"), "two\n");
    world.call("ana", &["ledger", "verify"]).must_succeed().must_say("ben (yes 1");
    let entries = world.call("ana", &["ledger", "show", "--about", &id, "--json"]).out;
    let kept = entries.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).find(|line| line["entry"]["event"]["is"] == "answered").unwrap();
    let kept = &kept["entry"]["event"]["answer"];
    assert_eq!(kept["text"], text, "what is kept is what was read and signed");
    let signature = world.write("kept.sig", kept["signature"].as_str().unwrap());
    assert_eq!(openssh(&world, &device, &signature, &text), Some(0), "stock OpenSSH says the same");
    assert_ne!(openssh(&world, &device, &signature, &format!("{text} ")), Some(0), "and would say if it were not so");
}

/// What `ssh-keygen -Y verify` says of a signature by this device.
fn openssh(world: &World, device: &Authenticator, signature: &std::path::Path, text: &str) -> Option<i32> {
    let key = action::passkey(&device.point(), "localhost").unwrap().to_openssh().unwrap();
    let allowed = world.write("allowed", format!("ben {key}\n"));
    let mut keygen = world.bare("ssh-keygen");
    keygen.args(["-Y", "verify", "-n", "countersign", "-I", "ben", "-f"]).arg(allowed).arg("-s").arg(signature);
    keygen.stdin(Stdio::from(std::fs::File::open(world.write("signed.txt", text)).unwrap()));
    keygen.output().unwrap().status.code()
}

#[test]
fn a_no_by_passkey_ends_it() {
    let device = Authenticator::new(7);
    let (world, id) = held(&device);
    let (_, request) = exported(&world, &id, &["--no", "--why", "billing still reads it"]);
    let file = world.write("ben.txt.json", device.sign(&request, PAGE).to_string());
    world.call("ana", &["sign", &id, "--import", file.to_str().unwrap()]).must_end_with(2).must_say("this says no");
    world.call("ana", &["refuse", &id, "--import", file.to_str().unwrap()]).must_succeed();
    world.call("ana", &["show", &id]).must_say("said no    ben").must_say("billing still reads it");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn the_answer_alone_may_be_sent_back() {
    let device = Authenticator::new(7);
    let (world, id) = held(&device);
    let (page, request) = exported(&world, &id, &[]);
    std::fs::remove_file(page).unwrap();
    let other = Said { challenge: Some("AAAA".into()), ..Said::on("webauthn.get", PAGE) };
    imported(&world, &id, &device.sign_as(&request, &other)).must_end_with(1).must_say("signs the yes of nobody");
    imported(&world, &id, &device.sign(&request, PAGE)).must_succeed().must_say("signed by ben");
}

/// Each way in which it is not what it should be: what is said, and nothing is recorded.
#[test]
fn what_is_not_exactly_that_is_not_recorded() {
    let device = Authenticator::new(7);
    let (world, id) = held(&device);
    let (_, request) = exported(&world, &id, &[]);
    let good = || Said::on("webauthn.get", PAGE);
    let cases = [
        (Said { challenge: Some("AAAA".into()), ..good() }, "another challenge"),
        (Said::on("webauthn.get", "https://evil.example"), "may not use a passkey of `localhost`"),
        (Said::on("webauthn.get", "https://localhost"), "which is not this service's"),
        (Said { party: Some("evil.example".into()), ..good() }, "is not for `localhost`"),
        (Said { flags: 0x01, ..good() }, "no user verification"),
        (Said { flags: 0x04, ..good() }, "no user presence"),
        (Said { kind: "webauthn.create".into(), ..good() }, "asked for `webauthn.create`"),
        (Said { more: r#","crossOrigin":true}"#.into(), ..good() }, "inside another site's page"),
        (Said { more: r#","origin":"http://localhost"}"#.into(), ..good() }, "`origin` is there twice"),
    ];
    for (said, why) in cases {
        imported(&world, &id, &device.sign_as(&request, &said)).must_end_with(1).must_say(why).must_say("nothing was recorded");
    }
    imported(&world, &id, &Authenticator::new(8).sign(&request, PAGE)).must_end_with(1).must_say("by no passkey of `localhost` that anybody is enrolled with");
    let mut broken = device.sign(&request, PAGE);
    broken["response"]["signature"] = "MEU".into();
    imported(&world, &id, &broken).must_end_with(1).must_say("not DER");
    broken["response"]["signature"] = "not base64url!".into();
    imported(&world, &id, &broken).must_end_with(2).must_say("`signature` is no base64url");
    let story: Value = serde_json::from_str(&world.call("ana", &["show", &id, "--json"]).out).unwrap();
    assert_eq!((world.read("project/a.txt").as_str(), &story["signed_by"]), ("one\n", &serde_json::json!([])));
    imported(&world, &id, &device.sign(&request, PAGE)).must_succeed();
}

#[test]
fn an_assertion_serves_one_intent() {
    let device = Authenticator::new(7);
    let (world, id) = held(&device);
    let answer = device.sign(&exported(&world, &id, &[]).1, PAGE);
    world.call("ana", &["refuse", &id, "--why", "again"]).must_succeed();
    world.run(&[turn("", &[write("a.txt", "three\n")]), done()], &[]).must_end_with(1);
    imported(&world, &world.held("land"), &answer).must_end_with(1).must_say("answered intent").must_say("for another intent");
    assert_eq!(world.read("project/a.txt"), "one\n");
}

#[test]
fn a_passkey_is_revoked_from_a_moment_on_and_what_it_signed_before_stays() {
    let device = Authenticator::new(7);
    let (world, first) = held(&device);
    imported(&world, &first, &device.sign(&exported(&world, &first, &[]).1, PAGE)).must_succeed();
    world.run(&[turn("", &[write("a.txt", "three\n")]), done()], &[]).must_end_with(1);
    let id = world.held("land");
    std::fs::remove_file(world.path("ben.txt")).unwrap();
    std::fs::remove_file(world.path("ben.txt.request.json")).unwrap();
    let answer = device.sign(&exported(&world, &id, &[]).1, PAGE);
    world.call("ana", &["people", "revoke", "ben"]).must_succeed();
    imported(&world, &id, &answer).must_end_with(1).must_say("is revoked and signs nothing");
    world.call("ana", &["show", &id, "--export", "more.txt", "--for", "ben", "--passkey"]).must_end_with(1).must_say("has no passkey of `localhost`");
    assert_eq!(world.read("project/a.txt"), "two\n");
    world.call("ana", &["ledger", "verify"]).must_succeed().must_say("ben (yes 1");
}

#[test]
fn an_assertion_that_was_held_too_long_is_void() {
    let device = Authenticator::new(7);
    let (mut world, id) = held(&device);
    let answer = device.sign(&exported(&world, &id, &[]).1, PAGE);
    world.clock_off_by(4 * 24 * 3600);
    imported(&world, &id, &answer).must_end_with(1).must_say("expired").must_say("asked for again");
    assert_eq!(world.read("project/a.txt"), "one\n");
}

#[test]
fn a_passkey_takes_the_place_of_another_key() {
    let world = world();
    world.enrol("ben", &["engineer"]);
    let answer = Authenticator::new(9).register(&asked(&world, "ben"), PAGE);
    let file = world.write("registered.json", answer.to_string());
    world.call("ana", &["people", "rotate", "ben", "--passkey", file.to_str().unwrap()]).must_succeed();
    world.call("ana", &["people", "--all"]).must_say("revoked from").must_say("(passkey of localhost)");
}

#[test]
fn a_registration_is_taken_once_and_within_an_hour() {
    let mut world = world();
    let device = Authenticator::new(7);
    let answer = device.register(&asked(&world, "ben"), PAGE);
    answered(&world, "olga", &answer).must_end_with(1).must_say("was begun for `ben`, not for `olga`");
    answered(&world, "ben", &answer).must_succeed();
    answered(&world, "ben", &answer).must_end_with(1).must_say("answers no registration that waits here");
    let late = Authenticator::new(8).register(&asked(&world, "ben"), PAGE);
    world.clock_off_by(2 * 3600);
    answered(&world, "ben", &late).must_end_with(1).must_say("ran out");
    answered(&world, "ben", &late).must_end_with(1).must_say("answers no registration that waits here");
}

/// One that is not believed is used up all the same: nobody tries twice.
#[test]
fn a_registration_that_is_not_exactly_that_enrols_nobody() {
    let world = world();
    let device = Authenticator::new(7);
    let good = || Said::on("webauthn.create", PAGE);
    let cases = [
        (Said::on("webauthn.create", "https://evil.example"), "which is not this service's"),
        (Said { party: Some("evil.example".into()), ..good() }, "for another relying party"),
        (Said { flags: 0x01, ..good() }, "no user verification"),
        (Said { flags: 0x04, ..good() }, "no user presence"),
        (Said { more: r#","crossOrigin":true}"#.into(), ..good() }, "inside another site's page"),
        (Said { more: r#","crossOrigin":false,"origin":"http://localhost"}"#.into(), ..good() }, "`origin` is there twice"),
    ];
    for (said, why) in cases {
        let answer = device.register_as(&asked(&world, "ben"), &said);
        answered(&world, "ben", &answer).must_end_with(1).must_say(why).must_say("no passkey was enrolled, and this answer is used up");
        answered(&world, "ben", &answer).must_end_with(1).must_say("answers no registration that waits here");
    }
    let unknown = Said { challenge: Some("A".repeat(22)), ..good() };
    answered(&world, "ben", &device.register_as(&asked(&world, "ben"), &unknown)).must_end_with(1).must_say("answers no registration that waits here");
    let signing = Said { kind: "webauthn.get".into(), ..good() };
    answered(&world, "ben", &device.register_as(&asked(&world, "ben"), &signing)).must_end_with(2).must_say("answers no challenge");
    answered(&world, "ben", &serde_json::json!({"id": "x"})).must_end_with(2).must_say("is no RegistrationResponseJSON");
    world.call("ana", &["people", "--all"]).must_not_say("ben");
}

#[test]
fn what_is_asked_names_the_service_and_what_it_takes() {
    let world = world();
    let options = asked(&world, "ben");
    assert_eq!((&options["rp"]["id"], &options["user"]["name"]), (&"localhost".into(), &"ben".into()));
    assert_eq!(options["pubKeyCredParams"], serde_json::json!([{"type": "public-key", "alg": -7}]));
    assert_eq!((&options["authenticatorSelection"]["userVerification"], &options["attestation"]), (&"required".into(), &"none".into()));
    enrolled(&world, &Authenticator::new(7), "ben").must_succeed();
    assert_eq!(asked(&world, "ben")["excludeCredentials"][0]["type"], "public-key", "a second one on the same device would be no second key");
    let file = world.path("ask.json");
    world.call("ana", &["people", "passkey", "olga", "--out", file.to_str().unwrap()]).must_succeed().must_say("navigator.credentials.create");
    world.call("ana", &["people", "passkey", "olga", "--out", file.to_str().unwrap()]).must_end_with(2).must_say("is there already");
}

#[test]
fn the_settings_say_whose_pages_count() {
    let world = world();
    let config = world.service().join("config.toml");
    let before = std::fs::read_to_string(&config).unwrap();
    let set = |more: &str| std::fs::write(&config, format!("{before}\n[passkeys]\n{more}\n")).unwrap();
    set("rp = \"example.com\"\norigins = [\"https://sign.example.com\"]");
    let device = Authenticator::new(7);
    let page = |origin: &str| device.register(&asked(&world, "ben"), origin);
    answered(&world, "ben", &page("https://blog.example.com")).must_end_with(1).must_say("which is not this service's");
    answered(&world, "ben", &page("https://sign.example.com")).must_succeed();
    world.call("ana", &["people"]).must_say("(passkey of example.com)");
    set("rp = \"example.com\"\norigins = [\"https://evil.example\"]");
    world.call("ana", &["people"]).must_end_with(2).must_say("is no origin of `example.com`");
    set("rp = \"https://example.com\"");
    world.call("ana", &["people"]).must_end_with(2).must_say("is no relying party id");
}
