use super::*;

#[test]
fn an_end_is_what_really_happened() {
    let limit = End::TimeLimit { seconds: 5 };
    assert_eq!(End::of(Why::Stopped, Some(limit)), limit);
    assert_eq!(End::of(Why::Stopped, None), End::Stopped);
    // It ended by itself just before it was to be stopped.
    assert_eq!(End::of(Why::Finished, Some(limit)), End::Exited);
    assert_eq!(End::of(Why::DiskLimit, Some(End::Stopped)), End::DiskLimit);
}

#[test]
fn only_a_plain_zero_is_good() {
    assert!(End::Exited.is_good(0));
    for (end, exit) in [(End::Exited, 1), (End::Signal, 137), (End::Stopped, 0), (End::Lost, 0), (End::DiskLimit, 0)] {
        assert!(!end.is_good(exit), "{end:?}");
    }
}

#[test]
fn ends_are_told_in_words() {
    assert_eq!(End::Exited.line(1, Duration::from_millis(312)), "exit 1 in 0.3 s");
    assert_eq!(End::Exited.line(0, Duration::from_secs(75)), "exit 0 in 75 s");
    assert_eq!(End::Signal.line(139, Duration::from_secs(1)), "ended by signal 11 after 1.0 s");
    assert_eq!(End::TimeLimit { seconds: 120 }.line(137, Duration::from_secs(121)), "stopped after 120 s, the time limit");
    assert_eq!(End::Signal.words(139), "[exit 139: ended by signal 11]");
    assert_eq!(End::Exited.words(0), "[exit 0]");
}
