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
