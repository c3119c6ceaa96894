use proptest::prelude::*;

use super::*;

fn block(bytes: usize, data: &[u8]) -> Vec<u8> {
    let length = data.len().to_be_bytes();
    [&length[length.len() - bytes..], data].concat()
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [kind.to_be_bytes().to_vec(), block(2, data)].concat()
}

fn server(name: &str) -> Vec<u8> {
    extension(0, &block(2, &[vec![0], block(2, name.as_bytes())].concat()))
}

/// The body of a hello with these extensions; `None` for a hello that has no such block at all.
fn body(extensions: Option<&[u8]>) -> Vec<u8> {
    let mut body = [vec![3, 3], vec![7; 32], block(1, &[9; 32]), block(2, &[0x13, 1, 0x13, 2]), block(1, &[0])].concat();
    body.extend(extensions.map(|e| block(2, e)).unwrap_or_default());
    body
}

fn message(body: &[u8]) -> Vec<u8> {
    [vec![1], block(3, body)].concat()
}

fn records(message: &[u8], size: usize) -> Vec<u8> {
    message.chunks(size).flat_map(|piece| [vec![22, 3, 1], block(2, piece)].concat()).collect()
}

fn hello(extensions: &[u8]) -> Vec<u8> {
    records(&message(&body(Some(extensions))), 16_384)
}

#[test]
fn the_servers_name_is_found() {
    let extensions = [extension(10, &[0, 2, 0, 29]), server("pypi.org"), extension(16, b"\0\x03\x02h2")].concat();
    assert_eq!(Hello::read(&hello(&extensions)), Hello::Names(Some("pypi.org".into())));
    assert_eq!(Hello::read(&hello(&extension(10, &[0, 2, 0, 29]))), Hello::Names(None));
    assert_eq!(Hello::read(&records(&message(&body(None)), 9999)), Hello::Names(None));
}

#[test]
fn it_may_be_spread_over_records_and_followed_by_more() {
    let whole = message(&body(Some(&server("pypi.org"))));
    for size in [1, 2, 3, 4, 5, 50] {
        let mut bytes = records(&whole, size);
        bytes.extend_from_slice(b"early data");
        assert_eq!(Hello::read(&bytes), Hello::Names(Some("pypi.org".into())), "records of {size}");
    }
}

#[test]
fn every_beginning_of_it_asks_for_more() {
    for size in [7, 16_384] {
        let bytes = records(&message(&body(Some(&server("pypi.org")))), size);
        for end in 0..bytes.len() {
            assert_eq!(Hello::read(&bytes[..end]), Hello::More, "{end} of {} bytes, records of {size}", bytes.len());
        }
    }
}

#[test]
fn what_is_not_a_hello_is_said_at_once() {
    for bytes in [&b"GET / HTTP/1.1\r\n"[..], b"SSH-2.0-x\r\n", b"\x15\x03\x01\0\x02\x02\x28", b"\x80\x2e\x01\x03\x01", b"\x16\x02\0\0\x01x", b"\x16\x03\x01\0\0", b"\x16\x03\x01\xff\xff", b"\x16\x03\x01\0\x01\x02"] {
        assert!(matches!(Hello::read(bytes), Hello::Not(_)), "{bytes:?}");
    }
}

#[test]
fn a_name_that_is_hidden_doubled_or_unreadable_is_refused() {
    let refused = |extensions: &[u8], word: &str| match Hello::read(&hello(extensions)) {
        Hello::Not(why) => assert!(why.contains(word), "{why}"),
        other => panic!("{other:?}"),
    };
    refused(&[server("pypi.org"), extension(0xfe0d, b"x")].concat(), "hides");
    refused(&extension(0xffce, b"x"), "hides");
    refused(&[server("pypi.org"), server("pypi.org")].concat(), "two servers");
    refused(&extension(0, b""), "no server");
    refused(&extension(0, &block(2, &[vec![1], block(2, b"a")].concat())), "no server");
    refused(&extension(0, &block(2, &[vec![0], block(2, b"a"), vec![0], block(2, b"b")].concat())), "no server");
    refused(&extension(0, &block(2, &[vec![0], block(2, b"\xff")].concat())), "no server");
    refused(&[server("pypi.org"), vec![0, 1]].concat(), "shorter");
}

#[test]
fn a_hello_has_an_end() {
    let long = message(&body(Some(&extension(21, &vec![0; MOST]))));
    assert!(matches!(Hello::read(&records(&long, 16_384)), Hello::Not(_)));
    let drip: Vec<u8> = (0..MOST).flat_map(|_| records(&[1], 1)).take(MOST).collect();
    assert!(matches!(Hello::read(&drip), Hello::Not(_)), "records of one byte end too");
}

proptest! {
    #[test]
    fn nothing_makes_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        Hello::read(&bytes);
    }

    #[test]
    fn a_changed_hello_never_names_what_is_not_in_it(at in 0_usize..100, to in any::<u8>()) {
        let mut bytes = hello(&server("pypi.org"));
        let at = at % bytes.len();
        bytes[at] = to;
        if let Hello::Names(Some(name)) = Hello::read(&bytes) {
            prop_assert!(bytes.windows(name.len()).any(|part| part == name.as_bytes()));
        }
    }
}
