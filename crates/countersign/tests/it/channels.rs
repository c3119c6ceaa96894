//! What people are told outside: broken glass at once, what waits after a while, to a server that takes it or does not.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};

use serde_json::Value;
use testkit::World;

use super::access::{MAKE_IN_PRODUCTION, request, two_places, waiting};

/// A channel that answers with these statuses in turn; the last stays. What it was sent.
struct Hook {
    address: String,
    seen: Receiver<Value>,
}

impl Hook {
    fn new(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/hooks/very-secret", listener.local_addr().unwrap());
        let (send, seen) = mpsc::channel();
        std::thread::spawn(move || {
            for (at, stream) in listener.incoming().enumerate() {
                let (mut stream, mut bytes, mut part) = (stream.unwrap(), Vec::new(), [0; 4096]);
                while !bytes.ends_with(b"}") {
                    let read = stream.read(&mut part).unwrap();
                    bytes.extend_from_slice(&part[..read]);
                }
                let status = statuses.get(at).or(statuses.last()).unwrap();
                write!(stream, "HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
                let text = String::from_utf8(bytes).unwrap();
                send.send(serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap()).ok();
            }
        });
        Self { address, seen }
    }

    fn all(&self) -> Vec<Value> {
        self.seen.try_iter().collect()
    }
}

fn with_channels(world: &World, channels: &[(&str, &Hook)]) {
    let tables = channels.iter().map(|(name, hook)| format!("\n[[channels]]\nname = \"{name}\"\nwebhook = \"{}\"\n", hook.address));
    world.write("service/config.toml", format!("{}{}", world.read("service/config.toml"), tables.collect::<String>()));
}

fn broken(world: &World) {
    world.call("ana", &["break-glass", "request", "--env", "production", "--for", "30m", "--why", "payments are down"]).must_end_with(1);
}

#[test]
fn broken_glass_is_told_to_every_channel_by_whoever_breaks_it_and_later_to_one_that_was_away() {
    let world = two_places();
    let (on_call, mail) = (Hook::new(&[200]), Hook::new(&[503, 200]));
    with_channels(&world, &[("on-call", &on_call), ("mail", &mail)]);
    broken(&world);
    assert_eq!(on_call.all(), Vec::<Value>::new(), "nothing is broken yet");
    let signed = world.call("olga", &["sign", &waiting(&world)]);
    signed.must_succeed().must_say("channel `mail` was not told: it answered with status 503; it is tried again").must_not_say("very-secret");
    let told = on_call.all();
    let line = told[0]["text"].as_str().unwrap();
    assert!(told.len() == 1 && line.starts_with("The glass of production is broken for ana until ") && line.ends_with(": payments are down"), "{told:?}");
    assert_eq!((told[0]["event"].as_str(), mail.all().len()), (Some("break-glass"), 1));
    world.call("ben", &["inbox"]).must_succeed().must_not_say("was not told");
    world.call("ben", &["inbox"]).must_succeed();
    assert_eq!((on_call.all().len(), mail.all().len()), (0, 1), "each is told until it took it");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn what_waits_is_told_when_a_timer_asks_and_once_a_day() {
    let mut world = two_places();
    let hook = Hook::new(&[200]);
    with_channels(&world, &[("on-call", &hook)]);
    request(&world, "ana", &MAKE_IN_PRODUCTION).must_end_with(1);
    let id = waiting(&world);
    world.call("ana", &["remind"]).must_succeed().must_say("nobody is to be reminded of anything");
    world.clock_off_by(4 * 3600 + 60);
    world.call("ana", &["remind", "--dry-run"]).must_succeed().must_say("it waits for one of ben, olga");
    assert_eq!(hook.all(), Vec::<Value>::new());
    world.call("ana", &["remind"]).must_succeed().must_say("1 notice told");
    let told = hook.all();
    assert_eq!((told.len(), told[0]["intent"].as_str(), told[0]["voters"][1].as_str()), (1, Some(id.as_str()), Some("olga")));
    world.call("ana", &["remind"]).must_succeed().must_say("nobody is to be reminded");
    world.clock_off_by(25 * 3600);
    world.call("ben", &["sign", &id]).must_succeed();
    world.call("ana", &["remind"]).must_succeed().must_say("nobody is to be reminded");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn settings_that_name_no_channel_or_one_twice_say_so() {
    let mut world = two_places();
    request(&world, "ana", &MAKE_IN_PRODUCTION).must_end_with(1);
    world.clock_off_by(5 * 3600);
    let said = world.call("ana", &["remind"]);
    said.must_succeed().must_say("has no [[channels]]: what follows is said here alone").must_say("it waits for one of ben, olga");
    let hook = Hook::new(&[200]);
    with_channels(&world, &[("a", &hook), ("a", &hook)]);
    world.call("ana", &["remind"]).must_end_with(2).must_say("two [[channels]] of config.toml are named `a`");
    // What is done is done, whatever the settings say of channels.
    world.call("ben", &["sign", &waiting(&world)]).must_succeed().must_say("ana may create").must_say("no channel was told of broken glass: two [[channels]]");
    request(&world, "ana", &MAKE_IN_PRODUCTION).must_end_with(1);
    world.clock_off_by(10 * 3600);
    let config = world.read("service/config.toml");
    world.write("service/config.toml", config.replace(&hook.address, "gopher://x").replacen("\"a\"", "\"b\"", 1));
    world.call("ana", &["remind"]).must_end_with(1).must_say("its address is none of the form https://HOST/");
}
