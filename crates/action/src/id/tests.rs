use super::*;

#[test]
fn time_does_not_wrap() {
    assert_eq!(Moment(1_500).plus_seconds(2), Moment(3_500));
    assert_eq!(Moment(7).plus_seconds(0), Moment(7));
    assert_eq!(Moment(1).plus_seconds(u64::MAX), Moment(u64::MAX));
    assert_eq!(Moment(u64::MAX).plus_seconds(1), Moment(u64::MAX));
}

#[test]
fn a_name_is_its_text() {
    let person = PersonId::new("ana");
    assert_eq!(person.as_str(), "ana");
    assert_eq!(person.to_string(), "ana");
    assert_eq!(serde_json::to_string(&person).unwrap(), r#""ana""#);
    assert_eq!(serde_json::from_str::<PersonId>(r#""ana""#).unwrap(), person);
    serde_json::from_str::<PersonId>(r#"{"0":"ana"}"#).unwrap_err();
}

#[test]
fn a_moment_in_words_is_utc_to_the_second() {
    // `date -u -d @N`.
    let table = [
        (0, "1970-01-01 00:00:00Z"),
        (951_827_696_000, "2000-02-29 12:34:56Z"),
        (951_868_800_000, "2000-03-01 00:00:00Z"),
        (1_765_000_000_999, "2025-12-06 05:46:40Z"),
        (4_107_542_399_000, "2100-02-28 23:59:59Z"),
        (4_107_542_400_000, "2100-03-01 00:00:00Z"),
        (253_402_300_799_000, "9999-12-31 23:59:59Z"),
    ];
    for (ms, text) in table {
        assert_eq!(Moment(ms).text(), text);
    }
}
