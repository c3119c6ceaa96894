use super::*;

fn meter() -> Meter {
    Meter::new(Limits { message: 10, bytes: 30, messages: 3, ..Limits::default() })
}

fn flood(meter: &Meter) -> String {
    meter.flood().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn a_message_may_be_as_long_as_its_limit_and_no_longer_in_however_many_pieces() {
    let meter = meter();
    meter.take(b"123456789\n").unwrap();
    meter.take(b"12345").unwrap();
    assert!(meter.flood().is_none());
    meter.take(b"678901").unwrap_err();
    assert!(flood(&meter).contains("a message of more than 10 bytes"));
}

#[test]
fn messages_and_bytes_are_counted_for_each_call() {
    let meter = meter();
    meter.take(b"1\n2\n3\n").unwrap();
    meter.begin();
    meter.take(b"1\n2\n3\n").unwrap();
    meter.take(b"4\n").unwrap_err();
    assert!(flood(&meter).contains("more than 3 messages"));
    let meter = self::meter();
    meter.take(b"123456789\n123456789\n12345678\n").unwrap();
    meter.take(b"12").unwrap_err();
    assert!(flood(&meter).contains("more than 30 bytes"));
}

#[test]
fn a_flood_stays_one() {
    let meter = meter();
    meter.take(&[b'x'; 11]).unwrap_err();
    meter.begin();
    meter.take(b"1\n").unwrap_err();
    assert!(meter.flood().is_some());
}
