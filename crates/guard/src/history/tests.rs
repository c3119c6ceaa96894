use action::{AgentName, Deed, SessionId};
use proptest::prelude::*;

use super::*;

const NOW: Moment = Moment(1_765_000_000_000);

fn minutes_ago(minutes: u64) -> Moment {
    Moment(NOW.0 - minutes * 60_000)
}

fn effect(verb: Verb, tier: Tier, place: &str, kind: &str, name: &str) -> Effect {
    Effect::in_workspace(verb, Resource::new(kind, name)).at(EnvironmentName::new(place), tier)
}

fn deletes(kind: &str, name: &str) -> Effect {
    effect(Verb::Delete, Tier::Development, "development", kind, name)
}

fn act(id: &str, person: &str, at: Moment, effects: &[Effect]) -> Act {
    Act { intent: IntentId::new(id), person: PersonId::new(person), at, effects: Effects::new(effects.to_vec()) }
}

fn intent(session: &str) -> Intent {
    Intent {
        v: 1,
        id: IntentId::new("now"),
        session: SessionId::new(session),
        turn: 1,
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        deed: Deed::Shell { command: "x".into(), cwd: ".".into(), seconds: 60, background: false },
    }
}

/// What is said of the first of what is asked for.
fn before(acts: &[Act], asked: &[Effect]) -> Before {
    Past::of(acts, &intent("s"), &Effects::new(asked.to_vec()), NOW).before(&asked[0])
}

fn tally(things: u64, kinds: u64) -> Tally {
    Tally { things, kinds }
}

#[test]
fn what_is_asked_for_counts_with_what_came_before() {
    let acts = [act("1", "ana", minutes_ago(10), &[deletes("database", "a"), deletes("bucket", "b")]), act("2", "ana", minutes_ago(90), &[deletes("queue", "c")])];
    let told = before(&acts, &[deletes("database", "d")]);
    assert_eq!((told.hour, told.day), (tally(3, 2), tally(4, 3)));
}

#[test]
fn one_thing_is_counted_once_and_its_contents_not_at_all() {
    let rows = deletes("database", "a").counted(48_211, "rows");
    let acts = [act("1", "ana", minutes_ago(10), std::slice::from_ref(&rows)), act("2", "ana", minutes_ago(9), std::slice::from_ref(&rows))];
    assert_eq!(before(&acts, &[rows]).hour, tally(1, 1));
    assert_eq!(before(&[], &[deletes("objects", "b").counted(40, "objects")]).hour, tally(40, 1));
    assert_eq!(before(&[], &[deletes("objects", "b").counted(u64::MAX, "objects")]).hour, tally(MANY, 1));
}

#[test]
fn another_person_s_deletes_are_theirs() {
    let acts = [act("1", "ben", minutes_ago(1), &[deletes("database", "a")])];
    assert_eq!(before(&acts, &[deletes("bucket", "b")]).hour, tally(1, 1));
}

#[test]
fn an_act_counts_to_its_last_moment_and_one_ahead_of_the_clock_counts() {
    let at = |at| before(&[act("1", "ana", at, &[deletes("database", "a")])], &[deletes("bucket", "b")]);
    let hour = Moment(NOW.0 - 3_600_000);
    assert_eq!((at(hour).hour, at(Moment(hour.0 + 1)).hour), (tally(1, 1), tally(2, 2)));
    let day = Moment(NOW.0 - 24 * 3_600_000);
    assert_eq!((at(day).day, at(Moment(day.0 + 1)).day), (tally(1, 1), tally(2, 2)));
    assert_eq!(at(Moment(NOW.0 + 900_000_000)).hour, tally(2, 2));
}

#[test]
fn work_in_the_box_and_ordinary_work_in_a_tree_is_none_of_it() {
    let gone = effect(Verb::Delete, Tier::Host, "worktree", "file", "a").that_is(Reversibility::Irreversible);
    let table = [
        (effect(Verb::Delete, Tier::Workspace, "workspace", "file", "a"), false),
        (effect(Verb::Delete, Tier::Host, "worktree", "file", "a"), false),
        (effect(Verb::Update, Tier::Host, "worktree", "file", "a"), false),
        (effect(Verb::Read, Tier::Production, "production", "database", "a"), false),
        (gone, true),
        (effect(Verb::Delete, Tier::Production, "service", "key", "a"), false),
        (effect(Verb::Delete, Tier::Host, "host", "file", "a").with_certainty(Certainty::AtLeast), true),
        (effect(Verb::Update, Tier::Unknown, "unknown", "database", "a"), true),
        (effect(Verb::Opaque, Tier::Staging, "staging", "program", "a"), true),
    ];
    for (effect, is) in table {
        assert_eq!(is_kept(&effect), is, "{effect:?}");
        let told = before(&[act("1", "ana", NOW, std::slice::from_ref(&effect))], &[deletes("bucket", "b")]);
        assert_eq!(told.hour.things == 2, is && effect.verb == Verb::Delete, "{effect:?}");
        if !is {
            assert_eq!(before(&[act("1", "ana", NOW, &[deletes("bucket", "b")])], &[effect]), Before::default(), "nothing is counted for it");
        }
    }
}

fn change(place: &str) -> Effect {
    effect(Verb::Update, Tier::Production, place, "service", "web")
}

#[test]
fn another_region_is_one_of_the_same_whole_and_anybody_may_have_changed_it() {
    let at = |place: &str, asked: &[Effect]| before(&[act("1", "ben", minutes_ago(12), &[change(place)])], asked).other_region;
    let eu = [change("production/eu")];
    assert_eq!(at("production/us", &eu), Some(12));
    assert_eq!(at("production", &eu), Some(12), "all of its regions");
    assert_eq!(at("production/eu", &eu), None, "itself");
    assert_eq!(at("shop/us", &eu), None);
    assert_eq!(at("shop/us", &[change("production/eu"), change("production/us")]), Some(0), "both at once");
}

#[test]
fn changes_of_a_place_are_counted_by_act() {
    let acts: Vec<Act> = (0..5).map(|n| act(&n.to_string(), "ben", minutes_ago(n), &[change("production/eu"), deletes("a", "b")])).collect();
    assert_eq!(before(&acts, &[change("production/eu")]).changes, 6);
    assert_eq!(before(&acts, &[change("production/us")]).changes, 1);
}

#[test]
fn an_intent_is_not_its_own_past_and_more_than_is_read_is_too_much() {
    assert_eq!(before(&[act("now", "ana", NOW, &[deletes("a", "b")])], &[deletes("c", "d")]).hour, tally(1, 1));
    let many = |n: usize| (0..n).map(|n| act(&n.to_string(), "ana", NOW, &[deletes("a", "b")])).collect::<Vec<_>>();
    assert_eq!(before(&many(MOST), &[deletes("c", "d")]).hour, tally(2, 2));
    let told = before(&many(MOST + 1), &[deletes("c", "d")]);
    assert_eq!((told.hour.things, told.other_region, told.changes), (MANY, Some(0), MANY));
}

#[test]
fn a_reason_tells_its_numbers() {
    let told = before(&[], &[deletes("c", "d").counted(7, "objects")]);
    assert_eq!(told.told("{deletedHour} of {deletedHourKinds} kinds, {unknown}"), "7 of 1 kinds, {unknown}");
}

fn some_act() -> impl Strategy<Value = Act> {
    let effects = prop::collection::vec((0..4_u8, 0..3_u8, 0..4_u8, 0..3_u8), 1..4);
    (0..40_u32, prop::sample::select(vec!["ana", "ben"]), prop::sample::select(vec![0_u64, 10, 10, 59, 61, 900, 2000]), effects).prop_map(|(id, person, ago, effects)| {
        let effects: Vec<Effect> = effects.into_iter().map(|(verb, tier, place, kind)| some_effect(verb, tier, place, kind)).collect();
        act(&id.to_string(), person, minutes_ago(ago), &effects)
    })
}

fn some_effect(verb: u8, tier: u8, place: u8, kind: u8) -> Effect {
    let verb = [Verb::Delete, Verb::Update, Verb::Replace, Verb::Read][usize::from(verb)];
    let tier = [Tier::Production, Tier::Development, Tier::Workspace][usize::from(tier)];
    let place = ["production/eu", "production/us", "production", "development"][usize::from(place)];
    effect(verb, tier, place, ["database", "bucket", "queue"][usize::from(kind)], place)
}

fn distinct(acts: Vec<Act>) -> Vec<Act> {
    let by_id: BTreeMap<IntentId, Act> = acts.into_iter().map(|act| (act.intent.clone(), act)).collect();
    by_id.into_values().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// One more act makes no number milder, whosever it was.
    #[test]
    fn more_acts_make_nothing_milder(acts in prop::collection::vec(some_act(), 1..12), verb in 0..4_u8, place in 0..4_u8) {
        let acts = distinct(acts);
        let asked = [some_effect(verb, 0, place, 0)];
        let (fewer, more) = (before(&acts[1..], &asked), before(&acts, &asked));
        prop_assert!(fewer.hour.things <= more.hour.things && fewer.hour.kinds <= more.hour.kinds);
        prop_assert!(fewer.day.things <= more.day.things && fewer.day.kinds <= more.day.kinds);
        prop_assert!(fewer.changes <= more.changes);
        prop_assert!(more.other_region.unwrap_or(MANY) <= fewer.other_region.unwrap_or(MANY));
    }

    /// Neither the order in which acts are read nor the session that asks matters.
    #[test]
    fn neither_order_nor_session_matters(acts in prop::collection::vec(some_act(), 0..12), verb in 0..4_u8, place in 0..4_u8) {
        let acts = distinct(acts);
        let backwards: Vec<Act> = acts.iter().rev().cloned().collect();
        let asked = Effects::new(vec![some_effect(verb, 0, place, 0)]);
        prop_assert_eq!(Past::of(&acts, &intent("a"), &asked, NOW), Past::of(&backwards, &intent("a new one"), &asked, NOW));
    }
}
