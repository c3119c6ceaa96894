use super::*;
use crate::samples::Sample;

fn teams(text: &str) -> Teams {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_person_is_in_as_many_teams_as_name_them() {
    let teams = teams(r#"{"shop": ["ana", "ben"], "billing": ["ana"]}"#);
    let of = |person: &str| teams.of(&PersonId::new(person)).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!((of("ana"), of("ben"), of("olga")), (vec!["billing".into(), "shop".into()], vec!["shop".into()], Vec::new()));
    assert!(teams.has("shop", &PersonId::new("ben")) && !teams.has("billing", &PersonId::new("ben")) && !teams.has("other", &PersonId::new("ana")));
}

#[test]
fn a_team_of_nobody_or_of_somebody_unknown_is_a_mistake() {
    let roster = Sample::new().office.book.roster().unwrap();
    assert_eq!(teams(r#"{"shop": ["ana"]}"#).check(&roster), Ok(()));
    assert_eq!(teams(r#"{"shop": []}"#).check(&roster), Err(BadTeams::Empty { team: "shop".into() }));
    let unknown = BadTeams::Unknown { team: "shop".into(), person: PersonId::new("nobody") };
    assert_eq!(teams(r#"{"shop": ["ana", "nobody"]}"#).check(&roster), Err(unknown));
}

#[test]
fn a_team_that_people_signed_for_is_what_they_signed() {
    let configured: Teams = serde_json::from_str(r#"{"web": ["ana"], "data": ["ben"]}"#).unwrap();
    let signed = BTreeMap::from([("web".to_owned(), BTreeSet::from([PersonId::new("olga")]))]);
    let teams = configured.with_signed(&signed);
    let has = |team, person: &str| teams.has(team, &PersonId::new(person));
    assert_eq!((has("web", "ana"), has("web", "olga"), has("data", "ben")), (false, true, true));
}
