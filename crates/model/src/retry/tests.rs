use super::*;

#[test]
fn waits_double_and_end() {
    let mut tries = Tries::default();
    let waits: Vec<_> = std::iter::from_fn(|| tries.failed(None)).map(|wait| wait.as_millis()).collect();
    assert_eq!(waits, [500, 1000, 2000, 4000, 8000]);
    assert_eq!(tries.made(), TRIES);
}

#[test]
fn what_the_vendor_asks_is_honoured_up_to_a_bound() {
    let mut tries = Tries::default();
    assert_eq!(tries.failed(Some(Duration::from_millis(1))), Some(Duration::from_millis(1)));
    assert_eq!(tries.failed(Some(MOST_ASKED)), Some(MOST_ASKED));
    assert_eq!(tries.failed(Some(MOST_ASKED + Duration::from_secs(1))), None);
}

#[test]
fn which_answers_may_change() {
    for status in [408, 409, 429, 500, 502, 503, 504, 529] {
        assert!(is_passing(status), "{status}");
    }
    for status in [200, 301, 400, 401, 403, 404, 413, 422] {
        assert!(!is_passing(status), "{status}");
    }
}

#[test]
fn a_real_pause_ends_at_once_when_cancelled() {
    let before = Instant::now();
    real_pause()(Duration::from_secs(60), &AtomicBool::new(true));
    assert!(before.elapsed() < Duration::from_secs(30));
}
