use std::path::PathBuf;

use action::{Governance, PersonId, Role};
use ledger::{Ledger, LogKey};

use super::*;
use crate::people::propose;
use crate::samples::{Sample, key_of};
use crate::settle::sign;

/// Whom the signed changes enrol, whose end is on the ledger.
fn enrolled(sample: &Sample, name: &str) {
    let key = key_of(name).public_key().to_openssh().unwrap();
    let change = Governance::Enrol { person: PersonId::new(name), key, roles: vec![Role::Engineer] };
    let (id, _) = propose(&sample.office, &PersonId::new("ana"), change).unwrap();
    assert!(sign(&sample.office, &id, sample.yes(&id, "ana")).unwrap().1.unwrap().ok);
}

fn guard_key() -> GuardKey {
    GuardKey::generate([2; 32])
}

fn file(sample: &Sample) -> PathBuf {
    sample.office.folder.join("roster")
}

/// The ledger as another process opens it.
fn opened(sample: &Sample) -> Book {
    let ledger = Ledger::open(&sample.office.folder, LogKey::generate("tests", [1; 32])).unwrap();
    Book::over(ledger, Box::new(|| Moment(2_000_000))).keeping(file(sample), guard_key())
}

fn tampered(sample: &Sample, sql: &str) {
    rusqlite::Connection::open(sample.office.folder.join("ledger.sqlite")).unwrap().execute_batch(sql).unwrap();
}

fn sealed(sample: &Sample) -> Sealed {
    guard_key().unseal(&read(&file(sample)).unwrap()).unwrap()
}

fn put(sample: &Sample, key: &GuardKey, sealed: &Sealed) {
    fs::write(file(sample), serde_json::to_string(&key.seal(sealed).unwrap()).unwrap()).unwrap();
}

/// The same fold with nobody in it: whoever believes it says that nobody is enrolled.
fn emptied(sealed: &Sealed) -> Sealed {
    bent(sealed, |sealed| sealed.roster = Roster::new())
}

fn bent(sealed: &Sealed, bend: impl FnOnce(&mut Sealed)) -> Sealed {
    let mut sealed = sealed.clone();
    bend(&mut sealed);
    sealed
}

#[test]
fn what_one_process_folded_the_next_begins_with() {
    let sample = Sample::new();
    enrolled(&sample, "dora");
    assert_eq!(opened(&sample).roster().unwrap(), sample.book().roster().unwrap());
    let kept = sealed(&sample);
    assert_eq!((kept.entries, &kept.roster), (sample.book().ledger().len(), &sample.book().roster().unwrap()));
    // It is what is read, and not folded again: another one under the guard's own signature is believed.
    put(&sample, &guard_key(), &emptied(&kept));
    assert_eq!(opened(&sample).roster().unwrap(), Roster::new());
}

#[test]
fn what_came_after_it_is_folded_on_top_and_kept_in_its_turn() {
    let sample = Sample::new();
    opened(&sample).roster().unwrap();
    enrolled(&sample, "dora");
    let other = opened(&sample);
    assert!(other.roster().unwrap().is_enrolled(&PersonId::new("dora")));
    assert_eq!((sealed(&sample).entries, &sealed(&sample).roster), (sample.book().ledger().len(), &other.roster().unwrap()));
    // Without a change it is kept again once so much has come that reading it would take time.
    let before = sealed(&sample).entries;
    let closed = Event::Closed { session: action::SessionId::new("s"), how: "done".into() };
    sample.write(&vec![closed.clone(); OFTEN as usize - 1]);
    other.roster().unwrap();
    assert_eq!(sealed(&sample).entries, before);
    sample.write(&[closed]);
    other.roster().unwrap();
    assert_eq!(sealed(&sample).entries, before + OFTEN);
}

/// Each of these says that nobody is enrolled, and is not believed.
#[test]
fn a_kept_file_that_is_not_the_guards_word_on_this_ledger_is_folded_again() {
    type Bend = fn(&Sample, Sealed);
    let table: [(&str, Bend); 9] = [
        ("none", |sample, _| fs::remove_file(file(sample)).unwrap()),
        ("a folder", |sample, _| {
            fs::remove_file(file(sample)).unwrap();
            fs::create_dir(file(sample)).unwrap();
        }),
        ("another key's", |sample, kept| put(sample, &GuardKey::generate([3; 32]), &emptied(&kept))),
        ("half of it", |sample, kept| {
            put(sample, &guard_key(), &emptied(&kept));
            let text = fs::read(file(sample)).unwrap();
            fs::write(file(sample), &text[..text.len() / 2]).unwrap();
        }),
        ("changed after it was sealed", |sample, kept| {
            let mut signed = guard_key().seal(&kept).unwrap();
            signed.text = signed.text.replace("dora", "eve_");
            fs::write(file(sample), serde_json::to_string(&signed).unwrap()).unwrap();
        }),
        ("of another version", |sample, kept| {
            let mut value = serde_json::to_value(emptied(&kept)).unwrap();
            value["v"] = 0.into();
            put(sample, &guard_key(), &serde_json::from_value(value).unwrap());
        }),
        ("of more entries than there are", |sample, kept| put(sample, &guard_key(), &bent(&emptied(&kept), |it| it.entries += 1))),
        ("over another root", |sample, kept| put(sample, &guard_key(), &bent(&emptied(&kept), |it| it.root = Digest::of_bytes(b"x")))),
        ("over other changes", |sample, kept| put(sample, &guard_key(), &bent(&emptied(&kept), |it| _ = it.latest.remove(0)))),
    ];
    for (what, bend) in table {
        let sample = Sample::new();
        enrolled(&sample, "dora");
        opened(&sample).roster().unwrap();
        bend(&sample, sealed(&sample));
        assert_eq!(opened(&sample).roster().unwrap(), sample.book().roster().unwrap(), "{what}");
    }
}

/// A permit of the guard and its word on the roster are signed by one key, and neither is taken for the other.
#[test]
fn a_permit_is_no_roster_and_a_roster_no_permit() {
    let sample = Sample::new();
    opened(&sample).roster().unwrap();
    let signed = read(&file(&sample)).unwrap();
    assert!(signed.open::<serde_json::Value>(&guard_key().public(), action::Namespace::Permit).is_err());
    assert!(signed.open::<serde_json::Value>(&guard_key().public(), action::Namespace::Roster).is_ok());
}

/// The root over full tiles is kept apart from the entries, so the entries themselves are compared as well.
#[test]
fn a_change_that_was_rewritten_under_an_old_root_is_not_passed_over() {
    let sample = Sample::new();
    let closed = Event::Closed { session: action::SessionId::new("s"), how: "done".into() };
    sample.write(&vec![closed; 300]);
    opened(&sample).roster().unwrap();
    put(&sample, &guard_key(), &emptied(&sealed(&sample)));
    assert_eq!(opened(&sample).roster().unwrap(), Roster::new(), "believed as it stands");
    let (index, bytes) = sample.book().ledger().entries(0..300).unwrap().into_iter().find(|(_, bytes)| says(bytes, r#""person":"olga""#)).unwrap();
    let other = String::from_utf8(bytes).unwrap().replace("olga", "oleg");
    tampered(&sample, &format!("UPDATE entry SET bytes = CAST('{other}' AS BLOB), leaf = x'{}' WHERE idx = {index}", Hash::of_entry(other.as_bytes())));
    let roster = opened(&sample).roster().unwrap();
    assert!(roster.is_enrolled(&PersonId::new("ana")) && roster.is_enrolled(&PersonId::new("oleg")), "folded again, from what is there");
}

/// Whoever can write the file can take every row away by which entries are found: the roster does not go by them.
#[test]
fn a_hidden_row_hides_no_change_from_the_roster() {
    let sample = Sample::new();
    enrolled(&sample, "dora");
    let remove = Governance::Remove { person: PersonId::new("dora") };
    let (id, _) = propose(&sample.office, &PersonId::new("ana"), remove).unwrap();
    assert!(sign(&sample.office, &id, sample.yes(&id, "ana")).unwrap().1.unwrap().ok);
    let whole = sample.book().roster().unwrap();
    for sql in ["DELETE FROM subject WHERE name = 'people'", "DELETE FROM once", "DELETE FROM subject WHERE name LIKE 'intent:%' AND idx % 2 = 0", "DELETE FROM subject"] {
        tampered(&sample, sql);
        fs::remove_file(file(&sample)).ok();
        assert_eq!(opened(&sample).roster().unwrap(), whole, "{sql}");
    }
}

#[test]
fn an_entry_that_is_gone_is_an_error_and_no_shorter_roster() {
    let sample = Sample::new();
    sample.write(&vec![Event::Closed { session: action::SessionId::new("s"), how: "done".into() }; 300]);
    tampered(&sample, "DELETE FROM entry WHERE idx = 2");
    let why = opened(&sample).roster().unwrap_err().to_string();
    assert!(why.contains("entry 2 of the ledger is missing"), "{why}");
}

#[test]
fn where_nothing_can_be_kept_the_roster_is_folded_each_time() {
    let sample = Sample::new();
    let ledger = Ledger::open(&sample.office.folder, LogKey::generate("tests", [1; 32])).unwrap();
    let book = Book::over(ledger, Box::new(|| Moment(0))).keeping(sample.office.folder.join("nowhere/roster"), guard_key());
    assert_eq!(book.roster().unwrap(), sample.book().roster().unwrap());
}
