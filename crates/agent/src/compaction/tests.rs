use std::collections::BTreeSet;

use model::{Message, Part, Role};
use proptest::prelude::*;

use super::{KEPT, cut_at, is_due, shorten};

/// A conversation: the person's words, then rounds, each with as many calls as the number says; 0 is a reply without calls,
/// after which the person speaks again.
fn conversation(rounds: &[u8]) -> Vec<Message> {
    let mut messages = vec![Message::user("Fix the month total.")];
    for (round, calls) in rounds.iter().enumerate() {
        let ids: Vec<String> = (0..*calls).map(|call| format!("{round}.{call}")).collect();
        let mut parts = vec![Part::Text { text: format!("round {round}") }];
        parts.extend(ids.iter().map(|id| Part::Call { id: id.clone(), name: "read".into(), arguments: "{}".into() }));
        messages.push(Message { role: Role::Assistant, parts });
        messages.push(match ids.is_empty() {
            true => Message::user(format!("and then {round}")),
            false => Message { role: Role::User, parts: ids.into_iter().map(|call| Part::Result { call, content: "x".into(), is_error: false }).collect() },
        });
    }
    messages
}

fn ids(messages: &[Message], of: impl Fn(&Part) -> Option<&String>) -> BTreeSet<String> {
    messages.iter().flat_map(|message| message.parts.iter()).filter_map(of).cloned().collect()
}

fn calls(messages: &[Message]) -> BTreeSet<String> {
    ids(messages, |part| match part {
        Part::Call { id, .. } => Some(id),
        _ => None,
    })
}

fn results(messages: &[Message]) -> BTreeSet<String> {
    ids(messages, |part| match part {
        Part::Result { call, .. } => Some(call),
        _ => None,
    })
}

fn first_text(messages: &[Message]) -> &str {
    match &messages[0].parts[..] {
        [Part::Text { text }] => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_is_due_from_four_fifths_on() {
    assert!(!is_due(79_999, 100_000));
    assert!(is_due(80_000, 100_000));
    assert!(is_due(u64::MAX, u64::MAX));
    assert!(!is_due(1_000_000, 0), "a limit that nobody knows is none");
}

#[test]
fn a_short_conversation_is_left_alone() {
    for rounds in 0..3 {
        assert_eq!(cut_at(&conversation(&vec![1; rounds])), 0, "{rounds} rounds");
    }
    assert_eq!(cut_at(&[]), 0);
}

#[test]
fn a_long_one_is_cut_before_its_last_rounds() {
    let messages = conversation(&[2; 20]);
    let cut = cut_at(&messages);
    assert_eq!(messages.len() - cut, KEPT);
    let shortened = shorten(&messages, cut, "We changed total.rs.");
    assert_eq!(first_text(&shortened), "Fix the month total.\n\n<summary of the work so far>\nWe changed total.rs.\n</summary of the work so far>");
    assert_eq!(shortened[1..], messages[cut..]);
}

#[test]
fn a_second_summary_takes_the_place_of_the_first() {
    let once = shorten(&conversation(&[1; 10]), 5, "first");
    let twice = shorten(&once, 3, "second");
    let text = first_text(&twice);
    assert!(text.starts_with("Fix the month total.\n\n<summary") && text.contains("second") && !text.contains("first"), "{text}");
}

proptest! {
    #[test]
    fn the_first_words_and_the_last_rounds_stay_and_no_call_loses_its_result(rounds in prop::collection::vec(0u8..4, 0..40)) {
        let messages = conversation(&rounds);
        let cut = cut_at(&messages);
        if cut == 0 {
            prop_assert!(messages.len() <= KEPT + 2);
            return Ok(());
        }
        let shortened = shorten(&messages, cut, "summary");
        prop_assert!(shortened.len() < messages.len());
        prop_assert!(first_text(&shortened).starts_with("Fix the month total."));
        prop_assert!(shortened.len() > KEPT);
        prop_assert_eq!(&shortened[shortened.len() - KEPT..], &messages[messages.len() - KEPT..]);
        prop_assert_eq!(calls(&shortened), results(&shortened));
        prop_assert_eq!(calls(&messages[..cut]), results(&messages[..cut]));
        prop_assert_eq!(shortened[1].role, Role::Assistant);
        prop_assert!(shortened.windows(2).all(|pair| pair[0].role != pair[1].role));
    }
}
