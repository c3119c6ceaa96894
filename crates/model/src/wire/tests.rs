use super::*;
use std::io::{Error, ErrorKind};

fn asked(headers: &[(&'static str, &'static str)]) -> Option<u128> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    wait(&map).map(|wait| wait.as_millis())
}

#[test]
fn the_wait_is_read_from_either_header() {
    assert_eq!(asked(&[("retry-after", "3")]), Some(3000));
    assert_eq!(asked(&[("retry-after", " 0.5 ")]), Some(500));
    assert_eq!(asked(&[("retry-after", "3"), ("retry-after-ms", "12.5")]), Some(12));
    assert_eq!(asked(&[("retry-after", "3"), ("retry-after-ms", "soon")]), Some(3000));
    for odd in ["", "-1", "NaN", "inf", "1e400", "Wed, 21 Oct 2037 07:28:00 GMT"] {
        assert_eq!(asked(&[("retry-after", odd)]), None, "{odd}");
    }
}

#[test]
fn a_wrong_certificate_or_address_stays_wrong() {
    let lasting = |error| broke(error).lasting;
    assert!(lasting(ureq::Error::Io(Error::new(ErrorKind::InvalidData, "invalid peer certificate"))));
    assert!(lasting(ureq::Error::BadUri("x".into())));
    assert!(!lasting(ureq::Error::Io(ErrorKind::ConnectionRefused.into())));
    assert!(!lasting(ureq::Error::HostNotFound));
    let silence = broke(ureq::Error::Timeout(ureq::Timeout::PerRead));
    assert_eq!((silence.why.as_str(), silence.lasting), ("nothing arrived for too long", false));
}

#[test]
fn a_key_is_in_no_debug() {
    let way = Way {
        proxy: Some(Proxy::new("http://user:hunter2@proxy:1").unwrap()),
        roots: RootCerts::WebPki,
        patience: Patience { connect: Duration::ZERO, idle: Duration::ZERO },
    };
    let line = Line::new("https://h".into(), vec![("x-api-key", Secret("sk-very".into()))], way);
    let text = format!("{line:?}");
    assert!(text.contains("x-api-key") && !text.contains("sk-very") && !text.contains("hunter2"), "{text}");
}

/// A silent server is left after the idle time, and the caller is told.
#[test]
fn silence_ends_after_a_while() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let patience = Patience { connect: Duration::from_secs(5), idle: Duration::from_millis(50) };
    let way = Way { proxy: None, roots: RootCerts::WebPki, patience };
    let mut line = Line::new(format!("http://{}/", listener.local_addr().unwrap()), Vec::new(), way);
    let arriving = line.post(Arc::new(b"{}".to_vec())).unwrap();
    let piece = next(&mut line, &arriving, &AtomicBool::new(false)).unwrap();
    assert!(matches!(&piece, Piece::Broke(broke) if broke.why.contains("too long")), "{piece:?}");
}
