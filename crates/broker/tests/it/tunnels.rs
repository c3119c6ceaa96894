use std::io::Write as _;
use std::net::Ipv4Addr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use broker::{Answer, End, Method};

use crate::world::{Client, Server, Setup, World, hello};

/// Asks for a tunnel, without reading the answer.
fn connect(world: &World, host: &str, port: u16) -> Client {
    let mut client = world.client();
    client.say(format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"));
    client
}

/// A tunnel that stands.
fn tunnel(world: &World, host: &str, port: u16) -> Client {
    let mut client = connect(world, host, port);
    assert!(client.head().starts_with("HTTP/1.1 200 "));
    client
}

#[test]
fn what_is_open_is_carried_both_ways_and_counted() {
    let server = Server::echo();
    let world = Setup::opening(&[("registry.test", server.port)]).name("registry.test", &[&["127.0.0.1"]]).start();
    let mut client = tunnel(&world, "Registry.TEST.", server.port);
    let said = hello(Some("registry.test"));
    client.say(&said);
    assert_eq!(client.exactly(said.len()), said);
    client.say("ping");
    assert_eq!(client.exactly(4), b"ping");
    client.end();
    assert!(client.rest().is_empty());
    let passage = world.passage();
    let reach = passage.reach.unwrap();
    assert_eq!((reach.host.as_str(), reach.port, reach.method, reach.named), ("registry.test", server.port, Method::Connect, true));
    let all = said.len() as u64 + 4;
    assert_eq!((passage.end, passage.sent, passage.received), (End::Passed, all, all));
    assert_eq!(passage.address, Some(server.address()));
}

#[test]
fn an_address_is_tunnelled_without_a_name_in_the_hello() {
    let server = Server::echo();
    let world = Setup::opening(&[("127.0.0.1", server.port)]).start();
    let said = hello(None);
    let mut client = tunnel(&world, "127.0.0.1", server.port);
    assert_eq!(client.say(&said).exactly(said.len()), said);
    assert_eq!(client.end().rest(), b"");
    assert_eq!(world.passage().end, End::Passed);
    assert_eq!(world.resolver.calls.load(Ordering::SeqCst), 0);
}

#[test]
fn a_hello_that_comes_with_the_request_or_byte_by_byte_is_the_same() {
    let server = Server::echo();
    let world = Setup::opening(&[("registry.test", server.port)]).name("registry.test", &[&["127.0.0.1"]]).start();
    let said = hello(Some("registry.test"));
    let mut early = world.client();
    early.say([format!("CONNECT registry.test:{} HTTP/1.0\r\n\r\n", server.port).as_bytes(), &said].concat());
    assert!(early.head().starts_with("HTTP/1.1 200 "));
    assert_eq!(early.exactly(said.len()), said);
    let mut slow = tunnel(&world, "registry.test", server.port);
    for byte in &said {
        slow.say([*byte]);
    }
    assert_eq!(slow.exactly(said.len()), said);
}

#[test]
fn what_is_held_names_the_host_and_what_to_do_and_nothing_leaves() {
    let server = Server::echo();
    let world = Setup::opening(&[("127.0.0.1", server.port)]).start();
    let mut client = connect(&world, "Evil.example", 443);
    let answer = client.rest_as_text();
    assert!(answer.starts_with("HTTP/1.1 403 Held by countersign: evil.example:443\r\n"), "{answer}");
    assert!(answer.contains("\r\nx-countersign: held\r\n"), "{answer}");
    assert!(answer.contains("`evil.example:443` is held: run `countersign sign` to open it"), "{answer}");
    let passage = world.passage();
    assert_eq!(passage.end, End::Held { text: "run `countersign sign` to open it".into() });
    assert_eq!((passage.sent, passage.received, passage.address), (0, 0, None));
    assert_eq!(world.resolver.calls.load(Ordering::SeqCst), 0, "a held name is not even resolved: DNS is a way out too");
    let mut other_port = connect(&world, "127.0.0.1", 1);
    assert!(other_port.rest_as_text().starts_with("HTTP/1.1 403 Held"), "a rule is for one port");
    assert!(server.heard_nothing());
}

#[test]
fn what_is_refused_is_refused_although_it_is_named() {
    let mut setup = Setup::opening(&[("127.0.0.1", 9)]);
    setup.ask = Box::new(|_| Answer::Refused { text: "there is a freeze".into() });
    let world = setup.start();
    let answer = connect(&world, "127.0.0.1", 9).rest_as_text();
    assert!(answer.contains("x-countersign: refused") && answer.contains("there is a freeze"), "{answer}");
    assert_eq!(world.passage().end, End::Refused { text: "there is a freeze".into() });
}

#[test]
fn another_server_in_the_hello_is_refused_and_no_byte_leaves() {
    let server = Server::echo();
    let names = [Some("evil.example"), None, Some("registry.test.evil.example"), Some("xregistry.test"), Some("127.0.0.1")];
    for name in names {
        let world = Setup::opening(&[("registry.test", server.port)]).name("registry.test", &[&["127.0.0.1"]]).start();
        let mut client = tunnel(&world, "registry.test", server.port);
        client.say(hello(name));
        assert_eq!(client.rest(), [21, 3, 3, 0, 2, 2, 112], "the client is told in its own language");
        match world.passage() {
            passage @ broker::Passage { sent: 0, received: 0, .. } => {
                assert!(matches!(&passage.end, End::Refused { text } if text.contains("registry.test")), "{passage:?}");
            }
            passage => panic!("{passage:?}"),
        }
        assert_eq!(server.heard(), b"", "{name:?}");
    }
}

#[test]
fn a_tunnel_carries_tls_and_nothing_else() {
    let server = Server::echo();
    for bytes in [&b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"[..], b"SSH-2.0-OpenSSH_9.7\r\n", b"\0\0\0\x08\x04\xd2\x16\x2f"] {
        let world = Setup::opening(&[("127.0.0.1", server.port)]).start();
        tunnel(&world, "127.0.0.1", server.port).say(bytes);
        assert!(matches!(world.passage(), broker::Passage { end: End::Refused { .. }, sent: 0, .. }));
        assert_eq!(server.heard(), b"");
    }
}

#[test]
fn a_name_that_points_inside_is_refused_after_it_is_resolved() {
    let inner = ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.20.0.1", "100.64.0.1", "::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"];
    let never = ["169.254.169.254", "::ffff:169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "fd00:ec2::254", "168.63.129.16"];
    for address in inner.iter().chain(&never) {
        let world = Setup::opening(&[("*.corp.test", 443)]).name("a.corp.test", &[&[address]]).start();
        let answer = connect(&world, "a.corp.test", 443).rest_as_text();
        assert!(answer.contains("403 Refused by countersign: a.corp.test:443") && answer.contains(address), "{address}: {answer}");
        assert!(matches!(world.passage(), broker::Passage { end: End::Refused { .. }, address: None, .. }));
    }
    for address in never {
        let world = Setup::opening(&[("a.corp.test", 443)]).name("a.corp.test", &[&[address]]).start();
        let answer = connect(&world, "a.corp.test", 443).rest_as_text();
        assert!(answer.contains("403 Refused"), "no rule opens {address}: {answer}");
    }
}

#[test]
fn an_inner_address_written_as_such_is_refused_although_somebody_opened_it() {
    for (host, port) in [("127.0.0.1", 9), ("169.254.169.254", 80), ("[::ffff:169.254.169.254]", 80), ("[::1]", 9), ("10.0.0.1", 443)] {
        let mut setup = Setup::opening(&[]);
        setup.ask = Box::new(|_| Answer::Open);
        let world = setup.start();
        let answer = connect(&world, host, port).rest_as_text();
        assert!(answer.contains("403 Refused"), "{host}: {answer}");
    }
}

#[test]
fn an_exactly_named_registry_may_be_inside() {
    let server = Server::echo();
    let world = Setup::opening(&[("npm.corp.test", server.port)]).name("npm.corp.test", &[&["127.0.0.1"]]).start();
    let said = hello(Some("npm.corp.test"));
    assert_eq!(tunnel(&world, "npm.corp.test", server.port).say(&said).exactly(said.len()), said);
}

#[test]
fn a_second_answer_of_the_resolver_reaches_nobody() {
    let trap = Server::start_at(Ipv4Addr::new(127, 0, 0, 9), 0, |_| b"reached".to_vec());
    let server = Server::start_at(Ipv4Addr::LOCALHOST, trap.port, |stream| {
        stream.write_all(b"the right one").unwrap();
        Vec::new()
    });
    let setup = Setup::opening(&[("re.bind.test", trap.port)]).name("re.bind.test", &[&["127.0.0.1"], &["127.0.0.9"]]);
    let world = setup.start();
    let mut client = tunnel(&world, "re.bind.test", trap.port);
    client.say(hello(Some("re.bind.test")));
    assert_eq!(client.exactly(13), b"the right one");
    assert_eq!(client.end().rest(), b"");
    assert_eq!(world.passage().address, Some(server.address()), "what was checked is what was connected to");
    assert_eq!(world.resolver.calls.load(Ordering::SeqCst), 1);
    assert!(trap.heard_nothing());
}

#[test]
fn an_answer_that_mixes_outside_and_inside_is_refused() {
    let world = Setup::opening(&[("*.bind.test", 443)]).name("re.bind.test", &[&["203.0.113.7", "127.0.0.1"]]).start();
    assert!(connect(&world, "re.bind.test", 443).rest_as_text().contains("403 Refused"));
}

#[test]
fn a_host_that_does_not_exist_or_does_not_listen_is_said() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let world = Setup::opening(&[("127.0.0.1", port), ("nowhere.test", 443)]).start();
    let closed = connect(&world, "127.0.0.1", port).rest_as_text();
    assert!(closed.starts_with("HTTP/1.1 502 ") && closed.contains("refused"), "{closed}");
    let unknown = connect(&world, "nowhere.test", 443).rest_as_text();
    assert!(unknown.starts_with("HTTP/1.1 502 ") && unknown.contains("`nowhere.test` cannot be resolved"), "{unknown}");
    assert!(matches!(world.passage().end, End::Unreachable { .. }));
}

#[test]
fn closing_the_door_cuts_what_is_under_way_and_records_it() {
    let server = Server::echo();
    let mut world = Setup::opening(&[("127.0.0.1", server.port)]).start();
    let said = hello(None);
    let mut client = tunnel(&world, "127.0.0.1", server.port);
    client.say(&said).exactly(said.len());
    let mut silent = world.client();
    let began = Instant::now();
    world.door.take().unwrap().close();
    assert!(began.elapsed() < Duration::from_secs(1));
    assert_eq!(client.rest(), b"");
    assert_eq!(silent.rest(), b"");
    let passage = world.passage();
    assert_eq!(passage.sent, said.len() as u64);
    assert!(!world.socket().exists() && std::os::unix::net::UnixStream::connect(world.socket()).is_err());
}
