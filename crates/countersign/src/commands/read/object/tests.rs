use action::Verb;

use super::*;
use crate::commands::read::samples;

#[test]
fn every_effect_has_its_place_whatever_their_order() {
    let text = "é one\nzwei drei\n";
    let effects = vec![(samples::effect(Verb::Read, "b"), 0, 2), (samples::grave("a"), 12, 16), (samples::effect(Verb::Read, "c"), 1_000, 2_000)];
    let object = of(&samples::report(vec![samples::seen(samples::file("x.sh", text), effects)]));
    let span = |n: usize| &object["inputs"][0]["effects"][n]["span"];
    assert_eq!(span(0), &json!({"start": 12, "end": 16, "line": 2, "column": 6, "end_line": 2, "end_column": 10}));
    assert_eq!(span(1), &json!({"start": 0, "end": 2, "line": 1, "column": 1, "end_line": 1, "end_column": 2}));
    assert_eq!((&span(2)["line"], &span(2)["start"]), (&json!(3), &json!(1_000)), "beyond the end is its end");
}

#[test]
fn ten_thousand_places_on_one_long_line_are_found_in_one_pass() {
    let text = "x".repeat(2_000_000);
    let effects = (0..10_000).map(|n| (samples::effect(Verb::Read, &n.to_string()), n * 200, n * 200 + 300)).collect();
    let seen = samples::seen(samples::file("x.sh", &text), effects);
    let located = Located::of(&seen);
    assert!(seen.reading.sightings().iter().all(|sighting| located.span(sighting.span).0.column == sighting.span.start + 1));
}
