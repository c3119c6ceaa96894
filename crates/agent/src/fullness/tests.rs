use model::{Message, Usage};

use super::Fullness;

fn usage(input: u64, output: u64) -> Usage {
    Usage { input, output, ..Usage::default() }
}

fn fullness(tokens: u64) -> Fullness {
    Fullness { tokens, limit: 1000, ..Fullness::default() }
}

#[test]
fn the_whole_is_the_vendors_count_and_the_parts_are_by_their_bytes() {
    let guidance = format!("<guidance from=\"AGENTS.md\">\n{}</guidance>", "g".repeat(160));
    let memory = format!("<countersign-memory>\n{}</countersign-memory>\n\n", "m".repeat(100));
    let said = "w".repeat(1000 - 400 - guidance.len() - memory.len());
    let messages = [Message::user(format!("{guidance}{memory}{said}"))];
    let found = Fullness::of(400, &messages, usage(1900, 100), 10_000);
    assert_eq!((found.tokens, found.percent(), found.counted), (2000, 20, true));
    assert_eq!((found.standing, found.guidance, found.memory), (800, 2 * guidance.len() as u64, 2 * memory.len() as u64));
    assert_eq!(found.standing + found.guidance + found.memory + found.conversation, found.tokens);
    assert!(found.line().starts_with("2000 of 10000 tokens (20 %): instructions and tools 800, guidance "), "{}", found.line());
}

#[test]
fn a_server_that_counts_nothing_is_answered_with_an_estimate_that_says_so() {
    let found = Fullness::of(3000, &[Message::user("w".repeat(1000))], usage(0, 0), 0);
    assert_eq!((found.tokens, found.counted, found.percent()), (1000, false, 0));
    assert!(found.line().starts_with("about 1000 tokens: "), "{}", found.line());
}

#[test]
fn it_is_news_once_on_the_way_up_and_again_after_it_was_shortened() {
    assert!(!fullness(599).is_news(None));
    assert!(fullness(600).is_news(None) && fullness(600).is_news(Some(&fullness(599))));
    assert!(!fullness(700).is_news(Some(&fullness(600))));
    assert!(fullness(650).is_news(Some(&fullness(300))));
}
