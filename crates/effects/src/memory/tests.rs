use action::{AgentName, Deed, Digest, Intent, IntentId, PersonId, SessionId};

use crate::facts::{Facts, MemoryFact};

fn lines(deed: Deed, text: Option<&str>, was: Option<&str>) -> Vec<String> {
    let intent = Intent { v: 1, id: IntentId::new("i1"), session: SessionId::new("s1"), turn: 1, asked_by: PersonId::new("ana"), agent: AgentName::new("engineer"), deed };
    let memory = Some(MemoryFact { text: text.map(str::to_owned), was: was.map(str::to_owned) });
    let effects = crate::of(&intent, &Facts { memory, ..Facts::default() });
    assert!(!effects.stay_in_the_box(), "only a signature makes it kept");
    effects.lines()
}

fn remember(instead: Option<&str>) -> Deed {
    Deed::Remember { root: "/home/ana/app".into(), text: Digest::of_bytes(b"x"), instead: instead.map(IntentId::new) }
}

#[test]
fn the_whole_text_is_in_the_line_with_what_would_mislead_spelled_out() {
    let long = format!("Say `please`.\nBeware \u{202e}this{}", " and that".repeat(200));
    let shown = format!("it says `Say \\u{{60}}please\\u{{60}}.\\nBeware \\u{{202e}}this{}`", " and that".repeat(200));
    let told = lines(remember(None), Some(&long), None);
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("creates memory `/home/ana/app` in host: told to later sessions here") && told[0].ends_with(&shown), "{told:?}");
}

#[test]
fn one_that_takes_anothers_place_shows_both() {
    let told = lines(remember(Some("m1")), Some("new"), Some("old"));
    assert!(told[0].starts_with("updates memory") && told[0].ends_with("it says `new`, in place of m1, which says `old`"), "{told:?}");
    assert!(lines(remember(Some("m1")), Some("new"), None)[0].ends_with("in place of m1, which is not kept"));
}

#[test]
fn one_that_is_forgotten_is_shown() {
    let forget = || Deed::Forget { root: "/home/ana/app".into(), memory: IntentId::new("m1") };
    assert!(lines(forget(), None, Some("old"))[0].ends_with("m1, which says `old`"));
    assert!(lines(forget(), None, None)[0].ends_with("m1, which is not kept"));
}

#[test]
fn a_text_that_is_not_at_hand_is_opaque() {
    assert!(lines(remember(None), None, None)[0].ends_with("its text is not at hand, could not be read"));
}
