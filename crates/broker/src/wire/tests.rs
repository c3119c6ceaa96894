use super::*;

const SOON: Duration = Duration::from_secs(5);

fn pair() -> (Inlet, UnixStream) {
    let (mine, theirs) = UnixStream::pair().unwrap();
    (Inlet::new(Arc::new(mine)), theirs)
}

fn head_of(bytes: &[u8], most: usize) -> Result<Option<Vec<u8>>, WireError> {
    let (mut inlet, mut theirs) = pair();
    theirs.write_all(bytes).unwrap();
    drop(theirs);
    inlet.head(most, Instant::now() + SOON)
}

#[test]
fn a_head_is_taken_and_what_follows_is_kept() {
    let (mut inlet, mut theirs) = pair();
    theirs.write_all(b"GET /\r\nA: b\r\n\r\nrest\nwith bare ends").unwrap();
    let head = inlet.head(100, Instant::now() + SOON).unwrap().unwrap();
    assert_eq!(head, b"GET /\r\nA: b\r\n\r\n");
    assert_eq!(inlet.some(4, Instant::now() + SOON).unwrap(), b"rest");
    assert_eq!(inlet.take_ahead(), b"\nwith bare ends");
}

#[test]
fn a_head_that_is_too_long_cut_off_or_ambiguous_is_refused() {
    assert!(head_of(b"", 100).unwrap().is_none());
    assert!(matches!(head_of(b"GET /\r\n", 100), Err(WireError::Ended)));
    assert!(matches!(head_of(&[b'x'; 200], 100), Err(WireError::TooLarge)));
    assert!(matches!(head_of(&[&[b'x'; 98][..], b"\r\n\r\n"].concat(), 100), Err(WireError::TooLarge)));
    for bare in [&b"GET /\nA: b\n\n"[..], b"GET /\r\nA: b\n\r\n\r\n", b"GET /\rA: b\r\n\r\n", b"GET /\r\r\n\r\n"] {
        assert!(matches!(head_of(bare, 100), Err(WireError::BareLineEnd)), "{bare:?}");
    }
}

#[test]
fn a_head_that_does_not_come_ends_in_time() {
    let (mut inlet, mut theirs) = pair();
    theirs.write_all(b"GET /").unwrap();
    let began = Instant::now();
    assert!(matches!(inlet.head(100, began + Duration::from_millis(30)), Err(WireError::TooSlow)));
    assert!(began.elapsed() < SOON, "the limit is what ended it");
}

#[test]
fn a_line_is_bounded_and_clean() {
    let line = |bytes: &[u8], most| {
        let (mut inlet, mut theirs) = pair();
        theirs.write_all(bytes).unwrap();
        drop(theirs);
        inlet.line(most, Instant::now() + SOON)
    };
    assert_eq!(line(b"1a\r\nx", 10).unwrap(), b"1a");
    assert_eq!(line(b"\r\nx", 0).unwrap(), b"");
    assert!(matches!(line(b"x\r\n", 0), Err(WireError::BareLineEnd)));
    assert!(matches!(line(b"a\nb\r\n", 10), Err(WireError::BareLineEnd)));
    assert!(matches!(line(&[b'a'; 50], 10), Err(WireError::TooLarge)));
    assert!(matches!(line(b"1a", 10), Err(WireError::Ended)));
}

#[test]
fn a_line_end_may_come_in_two_pieces() {
    let (mut inlet, mut theirs) = pair();
    theirs.write_all(b"\r").unwrap();
    assert!(inlet.fill(Instant::now() + SOON).unwrap());
    theirs.write_all(b"\n").unwrap();
    assert_eq!(inlet.line(0, Instant::now() + SOON).unwrap(), b"");
}

#[test]
fn a_clock_knows_both_limits() {
    let clock = Clock::start(Duration::from_secs(10), Duration::from_secs(20));
    assert!(clock.patience().unwrap() <= Duration::from_secs(10));
    assert!(matches!(Clock::start(SOON, Duration::ZERO).patience(), Err(WireError::TooLong)));
    assert!(matches!(Clock::start(Duration::ZERO, SOON).patience(), Err(WireError::Idle)));
    clock.moved.store(60_000, Ordering::Relaxed);
    assert!(clock.patience().unwrap() <= Duration::from_secs(20), "the total is a limit although bytes move");
}
