//! The only way out: a socket of the service, reached through the relay and by no path.

use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixListener;

use crate::harness::*;

/// Says in upper case what each connection says.
fn upper_case(listener: UnixListener) {
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                stream.read_to_end(&mut bytes).unwrap();
                stream.write_all(&bytes.to_ascii_uppercase()).unwrap();
            });
        }
    });
}

#[test]
fn connections_reach_the_proxy_and_nothing_reaches_its_path() {
    let world = World::new();
    let socket = world.path("outside-door/door.sock");
    std::fs::create_dir(world.path("outside-door")).unwrap();
    upper_case(UnixListener::bind(&socket).unwrap());
    let mut plan = world.plan();
    plan.door = Some(socket.clone());
    let sandbox = world.open_with(plan);
    let client = "import socket; s = socket.create_connection(('127.0.0.1', 3128)); s.sendall(b'hello' * 100000); \
                  s.shutdown(1); n = 0\nwhile True:\n  b = s.recv(65536)\n  if not b: break\n  n += b.count(b'HELLO') * 0 + len(b)\nprint(n)";
    assert_eq!(ok(&sandbox, &format!("python3 -c \"{client}\"")).trim(), "500000");
    assert_eq!(ok(&sandbox, "for i in 1 2 3; do python3 -c \"import socket; s = socket.create_connection(('127.0.0.1', 3128)); s.sendall(b'a'); s.shutdown(1); print(s.recv(9).decode())\"; done"), "A\nA\nA\n");
    let said = ok(&sandbox, "env | grep -i -c proxy=http://127.0.0.1:3128; echo $no_proxy");
    assert!(said.contains("localhost") && !said.starts_with('0'), "{said}");
    let ran = run(&sandbox, &format!("ls {0}; ls -A $(dirname {0}); find / -name door.sock 2>/dev/null", socket.display()));
    assert_eq!(ran.text.matches("No such file").count(), 2, "{}", ran.text);
    assert!(!ran.text.lines().any(|line| line.ends_with("door.sock") && line.starts_with('/')), "{}", ran.text);
}

#[test]
fn a_door_whose_proxy_restarts_is_found_again() {
    let world = World::new();
    std::fs::create_dir(world.path("door")).unwrap();
    let socket = world.path("door/s");
    let first = UnixListener::bind(&socket).unwrap();
    let mut plan = world.plan();
    plan.door = Some(socket.clone());
    let sandbox = world.open_with(plan);
    drop(first);
    std::fs::remove_file(&socket).unwrap();
    upper_case(UnixListener::bind(&socket).unwrap());
    let said = ok(&sandbox, "exec 3<>/dev/tcp/127.0.0.1/3128 && echo connected");
    assert_eq!(said, "connected\n");
}

#[test]
fn without_a_door_there_is_no_way_out() {
    let world = World::new();
    let sandbox = world.open();
    let (tcp, udp) = (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    tcp.set_nonblocking(true).unwrap();
    udp.set_nonblocking(true).unwrap();
    let (tcp_port, udp_port) = (tcp.local_addr().unwrap().port(), udp.local_addr().unwrap().port());
    for (line, refusal) in [
        ("exec 3<>/dev/tcp/127.0.0.1/3128".to_owned(), "refused"),
        (format!("exec 3<>/dev/tcp/127.0.0.1/{tcp_port}"), "refused"),
        ("exec 3<>/dev/tcp/192.0.2.1/80".to_owned(), "unreachable"),
        ("exec 3<>/dev/udp/192.0.2.1/53".to_owned(), "unreachable"),
        ("getent hosts example.com || echo no name".to_owned(), "no name"),
        (format!("echo x > /dev/udp/127.0.0.1/{udp_port}; echo sent to nobody"), "sent to nobody"),
        ("test -z \"$http_proxy$HTTPS_PROXY\" && echo no proxy".to_owned(), "no proxy"),
        ("cat /proc/net/dev | grep -v lo: | grep -c :; echo only loopback".to_owned(), "0\nonly loopback"),
    ] {
        let ran = run(&sandbox, &line);
        assert!(ran.text.contains(refusal), "`{line}`: {}", ran.text);
    }
    assert!(tcp.accept().is_err(), "a connection got out");
    assert!(udp.recv(&mut [0; 8]).is_err(), "a packet got out");
}
