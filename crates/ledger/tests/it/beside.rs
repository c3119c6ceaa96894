//! The rows beside the entries, which no hash covers, tampered with by somebody who can write the file.

use std::path::Path;

use ledger::{Append, Astray, Beside, Compared, Index, Keys, Ledger, NAMED, ReadError};
use tempfile::TempDir;

use crate::open;

/// Entries say themselves what they are found by: `KEY SUBJECT SUBJECT`.
fn keys_of(_: u64, bytes: &[u8]) -> Result<Keys, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| e.to_string())?;
    let mut words = text.split(' ').map(str::to_owned);
    let once = words.next().filter(|key| key != "-");
    Ok(Keys { once, subjects: words.collect() })
}

fn filled(folder: &Path, texts: &[&str]) -> Ledger {
    let ledger = open(folder);
    let append = |text: &&str| {
        let keys = keys_of(0, text.as_bytes()).unwrap();
        Append { bytes: text.as_bytes().to_vec(), once: keys.once, subjects: keys.subjects, unless: Vec::new() }
    };
    ledger.append(texts.iter().map(append).collect()).unwrap();
    ledger
}

fn tampered(folder: &Path, sql: &str) {
    rusqlite::Connection::open(folder.join("ledger.sqlite")).unwrap().execute_batch(sql).unwrap();
}

const TEXTS: [&str; 4] = ["a people", "b people stops", "- stops stops", "c"];

#[track_caller]
fn found(sql: &str) -> Compared {
    let folder = TempDir::new().unwrap();
    let ledger = filled(folder.path(), &TEXTS);
    tampered(folder.path(), sql);
    assert!(ledger.verify(&mut |_, _| Ok(())).is_ok(), "no hash covers these rows");
    ledger.compare_beside(&keys_of).unwrap()
}

#[test]
fn what_was_appended_is_as_the_entries_have_it() {
    assert_eq!(found(""), Compared { rows: 7, ..Compared::default() });
}

#[test]
fn a_row_that_is_missing_too_many_or_leads_elsewhere_is_named() {
    let row = |name: &str, index: u64| Beside { name: name.into(), index };
    let table = [
        ("DELETE FROM subject WHERE name = 'stops' AND idx = 1", Astray::Missing { of: Index::Subject, row: row("stops", 1) }),
        ("DELETE FROM once WHERE key = 'a'", Astray::Missing { of: Index::Once, row: row("a", 0) }),
        ("UPDATE once SET idx = 3 WHERE key = 'b'", Astray::Different { of: Index::Once, row: row("b", 1), to: 3 }),
        ("INSERT INTO subject VALUES ('people', 3)", Astray::Extra { of: Index::Subject, row: row("people", 3) }),
        ("INSERT INTO once VALUES ('d', 2)", Astray::Extra { of: Index::Once, row: row("d", 2) }),
        ("INSERT INTO subject VALUES ('people', 77)", Astray::Extra { of: Index::Subject, row: row("people", 77) }),
    ];
    for (sql, astray) in table {
        assert_eq!(found(sql).astray, [astray], "{sql}");
    }
    let words = found("DELETE FROM subject WHERE name = 'stops' AND idx = 1").astray[0].to_string();
    assert_eq!(words, "beside entry 1, table `subject`, `stops`: the row is missing, and hides the entry from who looks for it");
}

/// A row that is taken away and one that is put in its place keep the number of rows.
#[test]
fn as_many_rows_as_before_are_no_alibi() {
    let found = found("DELETE FROM subject WHERE name = 'people' AND idx = 1; INSERT INTO subject VALUES ('people', 2)");
    assert_eq!(found.astray.len(), 2, "{found:?}");
}

#[test]
fn a_table_that_was_emptied_is_named_up_to_a_bound_and_counted() {
    let folder = TempDir::new().unwrap();
    let texts: Vec<String> = (0..2_500).map(|n| format!("k{n} s")).collect();
    let ledger = filled(folder.path(), &texts.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ledger.compare_beside(&keys_of).unwrap().rows, 5_000);
    tampered(folder.path(), "DELETE FROM once");
    let found = ledger.compare_beside(&keys_of).unwrap();
    assert_eq!((found.astray.len(), found.more), (NAMED, 2_500 - NAMED as u64));
}

/// An entry behind the signed end is found by verifying, and no reader is given it.
#[test]
fn an_entry_behind_the_end_is_nobodys() {
    let folder = TempDir::new().unwrap();
    let ledger = filled(folder.path(), &TEXTS);
    let leaf = ledger::Hash::of_entry(b"- people");
    tampered(folder.path(), &format!("INSERT INTO entry VALUES (900, x'{leaf}', CAST('- people' AS BLOB)); INSERT INTO subject VALUES ('people', 900)"));
    assert_eq!(ledger.by_subject("people"), Err(ReadError::Uncovered { index: 900 }));
    assert_eq!(ledger.entries(0..1_000), Err(ReadError::Uncovered { index: 900 }));
    assert_eq!(ledger.entries(0..4).unwrap().len(), 4);
    let found = ledger.compare_beside(&keys_of).unwrap();
    assert!(found.astray.contains(&Astray::Uncovered { index: 900 }) && found.astray.len() == 2, "{found:?}");
}

#[test]
fn what_another_process_appends_meanwhile_is_not_astray() {
    let folder = TempDir::new().unwrap();
    let (ledger, other) = (filled(folder.path(), &TEXTS), open(folder.path()));
    let late = std::sync::Once::new();
    let slow = |index: u64, bytes: &[u8]| {
        late.call_once(|| drop(other.append(vec![Append { bytes: b"d people".to_vec(), once: Some("d".into()), subjects: vec!["people".into()], unless: vec![] }]).unwrap()));
        keys_of(index, bytes)
    };
    assert_eq!(ledger.compare_beside(&slow).unwrap().astray, []);
    assert_eq!(ledger.by_subject("people").unwrap().len(), 3, "and readers see it");
}

#[test]
fn an_entry_that_says_nothing_is_an_error_and_no_silence() {
    let folder = TempDir::new().unwrap();
    let ledger = filled(folder.path(), &TEXTS);
    let unread = ledger.compare_beside(&|_, _| Err("it is no entry".into()));
    assert_eq!(unread, Err(ReadError::Unread { index: 0, why: "it is no entry".into() }));
}

#[test]
fn a_root_over_fewer_entries_is_the_one_that_was_signed_then() {
    let folder = TempDir::new().unwrap();
    let ledger = open(folder.path());
    let mut roots = vec![ledger.root_at(0).unwrap()];
    for n in 0..5 {
        ledger.append(vec![crate::entry(&n.to_string())]).unwrap();
        roots.push(ledger.root_at(n + 1).unwrap());
    }
    assert_eq!((0..=5).map(|size| ledger.root_at(size).unwrap()).collect::<Vec<_>>(), roots);
    assert_eq!(ledger.root_at(6).unwrap(), None);
}
