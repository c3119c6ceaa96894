use action::{Entry, Event, Moment, Outcome, Quorum, Reason, RefusedBy, Stage};

use super::Story;
use crate::samples::Sample;

/// The entries of a held landing, at ledger indexes from 10.
fn held(sample: &Sample) -> Vec<(u64, Entry)> {
    let id = sample.held_landing();
    let entries = sample.book().subject(&format!("intent:{id}")).unwrap();
    entries.into_iter().zip(10..).map(|((_, entry), index)| (index, entry)).collect()
}

fn then(entries: &[(u64, Entry)], events: Vec<Event>) -> Result<Option<Story>, String> {
    let mut all = entries.to_vec();
    for event in events {
        let index = all.last().unwrap().0 + 1;
        all.push((index, Entry { v: 1, at: Moment(7), event }));
    }
    Story::fold(&all)
}

fn outcome() -> Outcome {
    Outcome { line: "landed".into(), exit: None, output: None, ms: 3 }
}

#[test]
fn no_entries_are_no_story() {
    assert!(Story::fold(&[]).unwrap().is_none());
}

#[test]
fn a_held_landing_tells_who_must_sign_and_until_when() {
    let sample = Sample::new();
    let entries = held(&sample);
    let story = Story::fold(&entries).unwrap().unwrap();
    assert_eq!((story.index, story.at), (10, Moment(1_000_000)));
    assert_eq!(story.quorum(), Some(Quorum::ANYONE));
    assert_eq!(story.stage, Stage::Held { quorum: Quorum::ANYONE });
    assert!(story.waits(Moment(story.expires.0 - 1)) && !story.waits(story.expires), "void from that moment on");
    assert_eq!(story.effects_digest, action::Digest::of(&story.effects).unwrap());
}

#[test]
fn a_whole_life_is_told_in_order() {
    let sample = Sample::new();
    let entries = held(&sample);
    let id = Story::fold(&entries).unwrap().unwrap().intent.id;
    let (answer, permit) = (sample.yes(&id, "ana"), sample.yes(&id, "ben"));
    let story = then(&entries, vec![
        Event::Answered { intent: id.clone(), person: action::PersonId::new("ana"), answer: answer.clone() },
        Event::Countersigned { intent: id.clone(), permit: permit.clone() },
        Event::Started { intent: id.clone(), permit: permit.digest() },
        Event::Finished { intent: id.clone(), outcome: outcome() },
    ]);
    let story = story.unwrap().unwrap();
    assert_eq!(story.answers, [(action::PersonId::new("ana"), answer)]);
    assert_eq!(story.permit, Some(permit));
    assert_eq!(story.outcome, Some((15, outcome())));
    assert_eq!(story.stage, Stage::Finished);
    assert!(!story.waits(Moment(0)));
}

#[test]
fn refusals_and_unknown_ends_keep_their_reasons() {
    let sample = Sample::new();
    let entries = held(&sample);
    let id = Story::fold(&entries).unwrap().unwrap().intent.id;
    let reasons = vec![Reason { rule: "person-refused".into(), text: "not like this".into() }];
    let refused = then(&entries, vec![Event::Refused { intent: id.clone(), by: RefusedBy::Void, reasons: reasons.clone() }]).unwrap().unwrap();
    assert_eq!((refused.refused, refused.stage), (Some((RefusedBy::Void, reasons)), Stage::Refused));
    let permit = sample.yes(&id, "ana");
    let unknown = then(&entries, vec![
        Event::Countersigned { intent: id.clone(), permit: permit.clone() },
        Event::Started { intent: id.clone(), permit: permit.digest() },
        Event::Unknown { intent: id.clone(), why: "the process was gone".into() },
    ]);
    let unknown = unknown.unwrap().unwrap();
    assert_eq!((unknown.unknown.as_deref(), unknown.stage), (Some("the process was gone"), Stage::Unknown));
    assert!(unknown.outcome.is_none());
}

#[test]
fn an_order_that_cannot_be_is_an_error_that_names_the_entry() {
    let sample = Sample::new();
    let entries = held(&sample);
    let id = Story::fold(&entries).unwrap().unwrap().intent.id;
    let never_signed = then(&entries, vec![Event::Started { intent: id.clone(), permit: action::Digest::of_bytes(b"") }]);
    assert!(never_signed.unwrap_err().starts_with("entry 12:"));
    let headless = Story::fold(&entries[1..]).unwrap_err();
    assert_eq!(headless, "entry 11: `assessed` before `proposed`");
    let again = then(&entries, vec![entries[0].1.event.clone()]).unwrap_err();
    assert!(again.contains("entry 12") && again.contains("proposed"), "{again}");
}
