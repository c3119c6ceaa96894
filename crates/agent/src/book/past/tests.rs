use action::{AgentName, Deed, Effect, Entry, EnvironmentName, PersonId, Resource, SessionId, Tier, Verb};
use ledger::{Append, Landed, Ledger, LogKey};
use testkit::StoreFault;

use super::*;
use crate::samples::Sample;

fn deletes(kind: &str, name: &str) -> Effect {
    Effect::in_workspace(Verb::Delete, Resource::new(kind, name)).at(EnvironmentName::new("development"), Tier::Development)
}

fn changes(place: &str) -> Effect {
    Effect::in_workspace(Verb::Update, Resource::new("service", "web")).at(EnvironmentName::new(place), Tier::Production)
}

fn intent(id: &str, person: &str, session: &str) -> Intent {
    Intent {
        v: 1,
        id: IntentId::new(id),
        session: SessionId::new(session),
        turn: 1,
        asked_by: PersonId::new(person),
        agent: AgentName::new(session),
        deed: Deed::Shell { command: "x".into(), cwd: ".".into(), seconds: 60, background: false },
    }
}

fn proposed(intent: Intent, effects: &[Effect]) -> Event {
    let effects = Effects::new(effects.to_vec());
    let digest = Digest::of(&effects).unwrap();
    Event::Proposed { intent, effects, digest }
}

fn started(id: &str) -> Event {
    Event::Started { intent: IntentId::new(id), permit: Digest::of_bytes(b"") }
}

fn began(sample: &Sample, id: &str, person: &str, session: &str, effects: &[Effect]) {
    sample.write(&[proposed(intent(id, person, session), effects), started(id)]);
}

/// What is told of something that ana's agent asks for in a session of its own.
fn told(book: &Book, asked: &Effect, number: &str) -> i64 {
    let past = book.past(&intent("now", "ana", "another"), &Effects::new(vec![asked.clone()])).unwrap();
    past.numbers(asked).into_iter().find(|(name, _)| *name == number).unwrap().1
}

#[test]
fn a_new_session_resets_nothing_and_another_person_is_another() {
    let sample = Sample::new();
    let now = |number| told(sample.book(), &deletes("queue", "q"), number);
    assert_eq!(now("deletedHour"), 1);
    began(&sample, "1", "ana", "s1", &[deletes("database", "a")]);
    began(&sample, "2", "ana", "s2", &[deletes("bucket", "b")]);
    began(&sample, "3", "ana:x", "s3", &[deletes("bucket", "c")]);
    sample.write(&[proposed(intent("4", "ana", "s1"), &[deletes("bucket", "never begun")])]);
    assert_eq!((now("deletedHour"), now("deletedHourKinds")), (3, 3));
    // What is handed to an agent of another maker has begun, long after it was proposed.
    sample.later(40 * 3600);
    assert_eq!((now("deletedHour"), now("deletedDay")), (1, 1));
    sample.write(&[Event::Handed { intent: IntentId::new("4"), permit: Digest::of_bytes(b"") }]);
    assert_eq!(now("deletedHour"), 2);
}

#[test]
fn a_region_that_anybody_changed_is_known_for_a_day() {
    let sample = Sample::new();
    let now = || told(sample.book(), &changes("production/eu"), "otherRegionMinutes");
    began(&sample, "1", "ben", "s1", &[changes("shop/us"), changes("production/eu")]);
    assert_eq!(now(), 1_000_000);
    began(&sample, "2", "ben", "s1", &[changes("production/us")]);
    sample.later(29 * 60 + 59);
    assert_eq!(now(), 29);
    sample.later(24 * 3600);
    assert_eq!(now(), 1_000_000);
}

#[test]
fn a_clock_that_is_set_back_hides_nothing() {
    let sample = Sample::new();
    sample.later(100 * 3600);
    let now = || told(sample.book(), &deletes("queue", "q"), "deletedHour");
    began(&sample, "1", "ana", "s1", &[deletes("database", "a")]);
    sample.clock_back(5 * 3600);
    assert_eq!(now(), 2, "what is ahead of the clock");
    began(&sample, "2", "ana", "s1", &[deletes("database", "b")]);
    sample.later(5 * 3600 + 60);
    assert_eq!(now(), 3, "what was done while the clock was behind");
    sample.later(3600);
    assert_eq!(now(), 1);
}

#[test]
fn a_clock_that_was_ahead_once_moves_nothing_for_good() {
    let sample = Sample::new();
    sample.later(1_000_000);
    began(&sample, "1", "ana", "s1", &[deletes("database", "a")]);
    sample.clock_back(900_000);
    began(&sample, "2", "ana", "s1", &[deletes("database", "b")]);
    sample.later(3700);
    assert_eq!(told(sample.book(), &deletes("queue", "q"), "deletedHour"), 2, "the one ahead still counts, the other is an hour old");
}

/// As an older version wrote: entries with no rows of acts.
fn write_as_before(book: &Book, at: Moment, event: Event) {
    let subjects = vec![format!("intent:{}", event.intent().unwrap())];
    let bytes = action::canonical(&Entry { v: 1, at, event }).unwrap();
    book.ledger().append(vec![Append { bytes, subjects, ..Append::default() }]).unwrap();
}

#[test]
fn what_an_older_version_wrote_within_the_day_counts() {
    let folder = tempfile::tempdir().unwrap();
    let now = Moment(1_000_000_000_000);
    let book = Book::open(folder.path(), LogKey::generate("tests", [1; 32]), Box::new(move || now)).unwrap();
    let hours_ago = |hours: u64| Moment(now.0 - hours * 3_600_000);
    for (n, hours) in [(0, 50), (1, 23), (2, 2)] {
        let id = format!("old{n}");
        write_as_before(&book, hours_ago(hours), proposed(intent(&id, "ana", "s1"), &[deletes("database", &id)]));
        write_as_before(&book, hours_ago(hours), started(&id));
        // Much else was written between them.
        let noise: Vec<Append> = (0..600).map(|n| Append { bytes: noise(hours_ago(hours), n), ..Append::default() }).collect();
        book.ledger().append(noise).unwrap();
    }
    let day = || told(&book, &deletes("queue", "q"), "deletedDay");
    assert_eq!(day(), 3);
    book.write(&[proposed(intent("new", "ana", "s1"), &[deletes("database", "new")]), started("new")]).unwrap();
    assert_eq!(day(), 4, "with rows from here on, and without before");
}

fn noise(at: Moment, n: u32) -> Vec<u8> {
    action::canonical(&Entry { v: 1, at, event: Event::Prompted { session: SessionId::new("s"), turn: n, words: None, images: Vec::new() } }).unwrap()
}

#[test]
fn an_act_whose_effects_are_lost_begins_not_and_lets_nothing_pass() {
    let sample = Sample::new();
    let cut = Event::Proposed { intent: intent("1", "ana", "s1"), effects: Effects::default(), digest: Digest::of_bytes(b"lost") };
    assert!(matches!(sample.book().write(&[cut.clone(), started("1")]), Err(BookError::Read { .. })));
    sample.write(&[cut]);
    assert!(matches!(sample.book().write(&[started("1")]), Err(BookError::Read { .. })));
    // Effects that did not fit the entry are those of the blob.
    let many = Effects::new(vec![deletes("bucket", "a"), deletes("database", "b")]);
    let digest = sample.book().put_value(&many).unwrap();
    sample.write(&[Event::Proposed { intent: intent("2", "ana", "s1"), effects: Effects::default(), digest }, started("2")]);
    assert_eq!(told(sample.book(), &deletes("queue", "q"), "deletedHour"), 3);
    let blobs = sample.office.folder.join("blobs");
    std::fs::remove_dir_all(&blobs).unwrap();
    assert!(sample.book().past(&intent("now", "ana", "s9"), &many).is_err());
    let verdict = sample.office.assess(&intent("now", "ana", "s9"), &many, true, 0);
    assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (action::Decision::Refuse, "ledger-unreadable"));
}

#[test]
fn more_acts_than_are_read_are_too_much() {
    let sample = Sample::new();
    for batch in 0..11 {
        let events: Vec<Event> = (0..100).flat_map(|n| { let id = format!("{batch}-{n}"); [proposed(intent(&id, "ana", "s1"), &[deletes("database", "a")]), started(&id)] }).collect();
        sample.write(&events);
        let things = told(sample.book(), &deletes("database", "a"), "deletedHour");
        assert_eq!(things, if batch < 10 { 1 } else { 1_000_000 }, "after {} acts", (batch + 1) * 100);
    }
}

/// Both outcomes of the write that begins an act: its rows are there with it, or neither is.
#[test]
fn rows_are_written_with_their_entry_or_not_at_all() {
    for (fault, deleted) in [(StoreFault::NotPersisted(Landed::No), 1), (StoreFault::Persisted, 2)] {
        let (sample, store) = Sample::faulty();
        sample.write(&[proposed(intent("1", "ana", "s1"), &[deletes("database", "a")])]);
        store.next(fault);
        assert!(sample.book().write(&[started("1")]).is_err());
        assert_eq!(told(sample.book(), &deletes("queue", "q"), "deletedHour"), deleted);
    }
}

#[test]
fn the_same_is_found_by_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Book::over(Ledger::open(folder.path(), LogKey::generate("tests", [1; 32])).unwrap(), Box::new(|| Moment(1_000_000_000_000)));
    let (one, other) = (open(), open());
    one.write(&[proposed(intent("1", "ana", "s1"), &[deletes("database", "a")]), started("1")]).unwrap();
    assert_eq!(told(&other, &deletes("queue", "q"), "deletedHour"), 2);
}

/// What verifying compares with is what was written, whatever the clock did meanwhile.
#[test]
fn the_rows_are_what_the_entries_say() {
    let sample = Sample::new();
    sample.later(100 * 3600);
    began(&sample, "1", "ana", "s1", &[deletes("database", "a"), changes("production/eu")]);
    sample.later(3600);
    began(&sample, "2", "ben", "s2", &[changes("production/us")]);
    sample.clock.fetch_sub(7200 * 1000, std::sync::atomic::Ordering::SeqCst);
    began(&sample, "3", "ana", "s3", &[changes("production/eu")]);
    began(&sample, "4", "ana", "s3", &[Effect::in_workspace(Verb::Update, Resource::new("file", "a.txt"))]);
    sample.later(80 * 3600);
    began(&sample, "5", "ana", "s4", &[deletes("bucket", "b")]);
    let written: BTreeSet<(u64, String)> = sample.book().ledger().by_subjects("act".."acu", 1000).unwrap().into_iter().map(|(name, index, _)| (index, name)).collect();
    let told = sample.book().all_rows().unwrap().into_iter().flat_map(|(index, names)| names.into_iter().map(move |name| (index, name)));
    assert_eq!(told.collect::<BTreeSet<_>>(), written);
    assert!(written.len() >= 12, "{written:?}");
    assert_eq!(sample.book().compare_beside().unwrap().astray, []);
}
