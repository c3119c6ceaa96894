use action::{EnvironmentName, Resource, Tier, Verb};

use super::*;

fn effect(verb: Verb, name: &str) -> Effect {
    Effect::in_workspace(verb, Resource::new("file", name))
}

fn at(effect: Effect, start: usize) -> Sighting {
    Sighting { effect, span: Span::new(start, start + 1) }
}

#[test]
fn the_worst_comes_first_and_a_repeat_stays_at_its_first_place() {
    let grave = effect(Verb::Delete, "p").at(EnvironmentName::new("production"), Tier::Production);
    let reading = Reading::new(vec![at(effect(Verb::Read, "a"), 9), at(effect(Verb::Read, "a"), 4), at(grave.clone(), 20)]);
    let seen: Vec<(Verb, usize)> = reading.sightings().iter().map(|s| (s.effect.verb, s.span.start)).collect();
    assert_eq!(seen, [(Verb::Delete, 20), (Verb::Read, 4)]);
    assert_eq!(reading.effects(), Effects::new(vec![effect(Verb::Read, "a"), grave]));
}

#[test]
fn a_span_says_line_and_column_in_characters() {
    let text = "é one\nzwei drei\n";
    let drei = Span::of(text.get(12..16).unwrap(), text).unwrap();
    assert_eq!((drei.start, drei.position(text)), (12, (2, 6)));
    assert_eq!(Span::new(2, 3).position(text), (1, 2));
    assert_eq!(Span::of("elsewhere", text), None);
    assert_eq!(Span::new(5, 2), Span { start: 5, end: 5 });
}
