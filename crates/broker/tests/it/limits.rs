use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::sync::mpsc;
use std::time::Duration;

use broker::{Answer, Door, DoorError, DoorRules, End, HostRule};

use crate::world::{Client, Server, Setup, World, hello};

fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn standing_tunnel(world: &World, port: u16) -> Client {
    let mut client = world.client();
    client.say(format!("CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")).head();
    let said = hello(None);
    client.say(&said).exactly(said.len());
    client
}

#[test]
fn a_head_that_drips_is_ended_although_its_bytes_keep_coming() {
    let world = Setup::opening(&[]).limits(|limits| limits.head = millis(150)).start();
    let mut client = world.client();
    while client.try_say(b"x").is_ok() && world.no_more_passages() {
        std::thread::sleep(millis(5)); // the subject of the test: a client that is never silent for long
    }
    assert!(client.rest_as_text().starts_with("HTTP/1.1 408 "));
}

#[test]
fn a_head_that_stops_is_told_so() {
    let world = Setup::opening(&[]).limits(|limits| limits.head = millis(100)).start();
    let answer = world.client().say("GET http://a.example/ HTTP/1.1\r\nHost:").rest_as_text();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("too slowly"), "{answer}");
    assert!(matches!(world.passage().end, End::Malformed { .. }));
}

#[test]
fn a_connection_that_says_nothing_is_closed_and_is_no_passage() {
    let world = Setup::opening(&[]).limits(|limits| limits.head = millis(50)).start();
    assert_eq!(world.client().rest(), b"");
    assert!(world.no_more_passages());
}

#[test]
fn a_tunnel_without_a_hello_is_closed() {
    let server = Server::echo();
    let world = Setup::opening(&[("127.0.0.1", server.port)]).limits(|limits| limits.head = millis(100)).start();
    let mut client = world.client();
    client.say(format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", server.port)).head();
    client.say(&hello(None)[..20]).rest();
    assert!(matches!(world.passage().end, End::Cut { .. }));
    assert_eq!(server.heard(), b"");
}

#[test]
fn a_long_head_is_refused() {
    let world = Setup::opening(&[]).start();
    let mut client = world.client();
    client.try_say(format!("GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nX: {}\r\n\r\n", "x".repeat(17_000)).as_bytes()).ok();
    assert!(client.rest_as_text().starts_with("HTTP/1.1 431 "));
    assert!(matches!(world.passage().end, End::Malformed { .. }));
}

#[test]
fn one_connection_too_many_is_turned_away_and_a_place_is_given_back() {
    let server = Server::echo();
    let world = Setup::opening(&[("127.0.0.1", server.port)]).limits(|limits| limits.connections = 2).start();
    let mut first = standing_tunnel(&world, server.port);
    let second = standing_tunnel(&world, server.port);
    let answer = world.client().rest_as_text();
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("2 connections"), "{answer}");
    assert!(matches!(world.passage(), broker::Passage { end: End::Refused { .. }, reach: None, .. }));
    assert_eq!(world.door.as_ref().unwrap().connections(), 2);
    first.end().rest();
    assert_eq!(world.passage().end, End::Passed);
    while world.door.as_ref().unwrap().connections() > 1 {
        std::thread::yield_now(); // the place is given back just after the passage is recorded
    }
    drop(standing_tunnel(&world, server.port));
    drop(second);
}

#[test]
fn a_silent_tunnel_is_cut() {
    let server = Server::echo();
    let world = Setup::opening(&[("127.0.0.1", server.port)]).limits(|limits| limits.idle = millis(100)).start();
    let mut client = standing_tunnel(&world, server.port);
    assert_eq!(client.rest(), b"");
    let end = world.passage().end;
    assert!(matches!(&end, End::Cut { text } if text.contains("silent")), "{end:?}");
}

#[test]
fn a_tunnel_that_moves_in_one_direction_only_is_not_silent() {
    let server = Server::start(|stream| {
        std::io::copy(&mut std::io::Read::take(&mut *stream, hello(None).len() as u64), &mut std::io::sink()).unwrap();
        for _ in 0..20 {
            std::thread::sleep(millis(20)); // the subject of the test: a download slower than the idle limit in all
            std::io::Write::write_all(stream, b"x").unwrap();
        }
        Vec::new()
    });
    let world = Setup::opening(&[("127.0.0.1", server.port)]).limits(|limits| limits.idle = millis(200)).start();
    let mut client = world.client();
    client.say(format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", server.port)).head();
    client.say(hello(None));
    assert_eq!(client.exactly(20), [b'x'; 20]);
}

#[test]
fn a_tunnel_has_an_end_although_it_moves() {
    let server = Server::start(|stream| {
        std::io::copy(stream, &mut std::io::sink()).ok();
        Vec::new()
    });
    let world = Setup::opening(&[("127.0.0.1", server.port)]).limits(|limits| limits.total = millis(200)).start();
    let mut client = world.client();
    client.say(format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", server.port)).head();
    client.say(hello(None));
    while client.try_say(b"still here").is_ok() {}
    let end = world.passage().end;
    assert!(matches!(&end, End::Cut { text } if text.contains("open for too long")), "{end:?}");
}

#[test]
fn a_host_that_never_answers_is_given_up() {
    let server = Server::start(|stream| {
        let mut heard = Vec::new();
        std::io::Read::read_to_end(stream, &mut heard).ok();
        heard
    });
    let world = Setup::opening(&[("127.0.0.1", server.port)]).limits(|limits| limits.idle = millis(100)).start();
    let answer = world.client().say(format!("GET http://127.0.0.1:{0}/ HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\n\r\n", server.port)).rest_as_text();
    assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
}

#[test]
fn an_answer_that_panics_opens_nothing_and_the_door_stands() {
    let server = Server::echo();
    let mut setup = Setup::opening(&[]);
    setup.ask = Box::new(|reach| if reach.port == 1 { panic!("the caller's bug") } else { Answer::Open });
    setup.rules.open.push(HostRule { host: "127.0.0.1".into(), port: server.port });
    let world = setup.start();
    assert_eq!(world.client().say("CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n").rest(), b"");
    drop(standing_tunnel(&world, server.port));
}

fn open(socket: &std::path::Path, rules: DoorRules) -> Result<Door, DoorError> {
    Door::open(socket, rules, Box::new(|_| Answer::Open), Box::new(|_| {}))
}

#[test]
fn the_socket_is_its_owners_and_a_dead_one_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("door.sock");
    drop(UnixListener::bind(&socket).unwrap()); // left behind by a process that died
    let door = open(&socket, DoorRules::default()).unwrap();
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(open(&socket, DoorRules::default()), Err(DoorError::InUse { .. })));
    door.close();
    std::fs::write(&socket, "mine").unwrap();
    assert!(matches!(open(&socket, DoorRules::default()), Err(DoorError::NotASocket { .. })));
    assert_eq!(std::fs::read(&socket).unwrap(), b"mine");
    let long = directory.path().join("x".repeat(200));
    assert!(matches!(open(&long, DoorRules::default()), Err(DoorError::Listen { .. })));
}

#[test]
fn rules_that_cannot_be_understood_open_no_door() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("door.sock");
    let everything = DoorRules::opening(vec![HostRule { host: "*".into(), port: 443 }]);
    assert!(matches!(open(&socket, everything), Err(DoorError::Rule(_))));
    let socks = DoorRules { upstream_proxy: Some("socks5://a:hunter2@b.example".into()), ..DoorRules::default() };
    let error = open(&socket, socks).unwrap_err();
    assert!(matches!(&error, DoorError::Proxy(_)) && !error.to_string().contains("hunter2"), "{error}");
    assert!(!socket.exists());
}

#[test]
fn dropping_the_door_closes_it() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("door.sock");
    let (send, dropped) = mpsc::channel::<()>();
    let ask = Box::new(move |_: &broker::Reach| {
        let _alive = &send;
        Answer::Open
    });
    drop(Door::open(&socket, DoorRules::default(), ask, Box::new(|_| {})).unwrap());
    assert!(!socket.exists());
    assert!(dropped.recv().is_err(), "its threads are gone, and with them what they held");
}
