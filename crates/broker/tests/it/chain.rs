use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use broker::{DoorRules, End};

use crate::world::{Server, Setup, World, hello, read_request};

/// A proxy as a company has one: it wants a credential, resolves names itself, and knows one host.
fn company_proxy(behind: u16) -> Server {
    Server::start(move |stream| {
        let heard = read_request(stream);
        let text = String::from_utf8_lossy(&heard).into_owned();
        if !text.contains("proxy-authorization: Basic YW5hOnNlY3JldA==\r\n") {
            stream.write_all(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n").unwrap();
        } else if text.starts_with("CONNECT ") {
            stream.write_all(b"HTTP/1.1 200 Go\r\n\r\n").unwrap();
            splice(stream, behind);
        } else {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nvia").unwrap();
        }
        heard
    })
}

fn splice(stream: &TcpStream, port: u16) {
    let other = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let (mut a, mut b) = (stream.try_clone().unwrap(), other.try_clone().unwrap());
    let (mut c, mut d) = (stream.try_clone().unwrap(), other);
    let up = std::thread::spawn(move || {
        std::io::copy(&mut a, &mut b).ok();
        b.shutdown(std::net::Shutdown::Write).ok();
    });
    std::io::copy(&mut d, &mut c).ok();
    c.shutdown(std::net::Shutdown::Write).ok();
    up.join().unwrap();
}

fn world(proxy: &str, hosts: &[(&str, u16)], change: impl FnOnce(&mut DoorRules)) -> World {
    let mut setup = Setup::opening(hosts).name("direct.test", &[&["127.0.0.1"]]).name("a.corp.test", &[&["10.0.0.1"]]);
    setup.rules.upstream_proxy = Some(proxy.to_owned());
    change(&mut setup.rules);
    setup.start()
}

#[test]
fn a_tunnel_goes_through_the_machines_own_proxy() {
    let server = Server::echo();
    let proxy = company_proxy(server.port);
    let world = world(&format!("http://ana:secret@127.0.0.1:{}", proxy.port), &[("registry.test", 443)], |_| {});
    let mut client = world.client();
    client.say("CONNECT registry.test:443 HTTP/1.1\r\nHost: registry.test\r\n\r\n");
    assert!(client.head().starts_with("HTTP/1.1 200 "), "a name that only the proxy can resolve");
    let said = hello(Some("registry.test"));
    assert_eq!(client.say(&said).exactly(said.len()), said);
    client.end().rest();
    assert!(proxy.heard_text().starts_with("CONNECT registry.test:443 HTTP/1.1\r\nhost: registry.test:443\r\n"));
    let passage = world.passage();
    assert_eq!((passage.end, passage.address), (End::Passed, Some(proxy.address())));
}

#[test]
fn plain_http_goes_through_it_whole() {
    let proxy = company_proxy(0);
    let world = world(&format!("ana:secret@127.0.0.1:{}", proxy.port), &[("registry.test", 80)], |_| {});
    let mut client = world.client();
    client.say("GET http://registry.test/x?y HTTP/1.1\r\nHost: registry.test\r\nProxy-Authorization: Basic bWluZQ==\r\n\r\n").head();
    assert_eq!(client.exactly(3), b"via");
    let heard = proxy.heard_text();
    assert!(heard.starts_with("GET http://registry.test/x?y HTTP/1.1\r\nhost: registry.test\r\n"), "{heard}");
    assert!(!heard.contains("bWluZQ=="), "what the box says to a proxy is not passed on");
}

#[test]
fn a_proxy_that_does_not_open_is_said_without_the_credential() {
    let proxy = company_proxy(0);
    let world = world(&format!("http://ana:wrong-secret@127.0.0.1:{}", proxy.port), &[("registry.test", 443)], |_| {});
    let answer = world.client().say("CONNECT registry.test:443 HTTP/1.1\r\nHost: registry.test\r\n\r\n").rest_as_text();
    assert!(answer.starts_with("HTTP/1.1 502 ") && answer.contains("407 Who are you"), "{answer}");
    let passage = world.passage();
    assert!(matches!(passage.end, End::Unreachable { .. }));
    assert!(!format!("{passage:?}{answer}").contains("wrong-secret"));
}

#[test]
fn what_is_checked_and_what_goes_direct_is_the_same_with_a_proxy() {
    let server = Server::echo();
    let proxy = Server::start(|stream| {
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).ok();
        heard
    });
    let hosts = [("direct.test", server.port), ("*.corp.test", 443), ("127.0.0.1", server.port)];
    let world = world(&format!("http://127.0.0.1:{}", proxy.port), &hosts, |rules| rules.direct.push("direct.test".into()));
    let mut client = world.client();
    client.say(format!("CONNECT direct.test:{} HTTP/1.0\r\n\r\n", server.port)).head();
    let said = hello(Some("direct.test"));
    assert_eq!(client.say(&said).exactly(said.len()), said);
    let inner = world.client().say("CONNECT a.corp.test:443 HTTP/1.0\r\n\r\n").rest_as_text();
    assert!(inner.contains("403 Refused"), "{inner}");
    let literal = world.client().say("CONNECT 169.254.169.254:443 HTTP/1.0\r\n\r\n").rest_as_text();
    assert!(literal.contains("403 "), "{literal}");
    assert!(proxy.heard_nothing());
}
