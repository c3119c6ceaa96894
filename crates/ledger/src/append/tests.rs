use super::*;
use crate::store::Nodes;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A store that has these keys.
struct Keys(&'static [&'static str]);

impl Nodes for Keys {
    fn nodes(&self, _level: u8, _from: u64, _count: u64) -> Result<Vec<Hash>, StoreError> {
        Ok(Vec::new())
    }
}

impl Held for Keys {
    fn head(&self) -> Result<String, StoreError> {
        Ok(String::new())
    }

    fn done(&self, key: &str) -> Result<bool, StoreError> {
        Ok(self.0.contains(&key))
    }
}

fn once(key: &str) -> Append {
    Append { bytes: key.as_bytes().to_vec(), once: Some(key.to_owned()), ..Append::default() }
}

fn group(appends: Vec<Vec<Append>>) -> (Vec<Ticket>, Vec<mpsc::Receiver<Outcome>>) {
    let ticket = |appends: Vec<Append>| {
        let (tell, told) = mpsc::channel();
        let leaves = appends.iter().map(|append| Hash::of_entry(&append.bytes)).collect();
        (Ticket { appends, leaves, tell }, told)
    };
    appends.into_iter().map(ticket).unzip()
}

fn outcomes(result: Result<(), CommitError>) -> Vec<Outcome> {
    let appends = vec![vec![once("a"), once("b")], vec![once("old")], vec![once("c"), once("a")], vec![once("d")]];
    let (mut tickets, told) = group(appends);
    let decided = decide(&mut tickets, &Keys(&["old"]), Edge::default()).unwrap();
    assert_eq!(decided.writes.entries.iter().map(|entry| entry.index).collect::<Vec<_>>(), [0, 1, 2]);
    tell(tickets, decided, result);
    told.iter().map(|told| told.try_recv().unwrap()).collect()
}

fn done(key: &str) -> Outcome {
    Err(AppendError::AlreadyDone { key: key.to_owned() })
}

#[test]
fn one_taken_key_spoils_its_own_append_and_no_other() {
    assert_eq!(outcomes(Ok(())), [Ok(vec![0, 1]), done("old"), done("a"), Ok(vec![2])]);
}

#[test]
fn a_key_of_a_neighbour_that_did_not_land_is_not_called_done() {
    let store = |landed| Err(AppendError::Store { landed, source: StoreError::Full });
    let failed = |landed| Err(CommitError::Failed { landed, source: StoreError::Full });
    let perhaps = store(Landed::Perhaps);
    assert_eq!(outcomes(failed(Landed::Perhaps)), [perhaps.clone(), done("old"), store(Landed::No), perhaps]);
    assert_eq!(outcomes(failed(Landed::No)), [store(Landed::No), done("old"), store(Landed::No), store(Landed::No)]);
}

#[test]
fn what_comes_too_late_after_a_key_writes_nothing() {
    let after = |key: &str, unless: &str| Append { unless: vec![unless.to_owned()], ..once(key) };
    let appends = vec![vec![after("x", "old")], vec![once("new")], vec![after("y", "new")], vec![after("z", "none")], vec![once("w"), after("v", "w")]];
    let (mut tickets, told) = group(appends);
    let decided = decide(&mut tickets, &Keys(&["old"]), Edge::default()).unwrap();
    tell(tickets, decided, Ok(()));
    let outcomes: Vec<Outcome> = told.iter().map(|told| told.try_recv().unwrap()).collect();
    let own = Ok(vec![2, 3]); // its own entries are one step
    assert_eq!(outcomes, [done("old"), Ok(vec![0]), done("new"), Ok(vec![1]), own]);
}

#[test]
fn a_key_twice_in_one_append_is_refused() {
    let (mut tickets, told) = group(vec![vec![once("a"), once("a")]]);
    let decided = decide(&mut tickets, &Keys(&[]), Edge::default()).unwrap();
    assert!(decided.writes.entries.is_empty());
    tell(tickets, decided, Ok(()));
    assert_eq!(told[0].try_recv().unwrap(), done("a"));
}

#[test]
fn too_long_entries_and_no_entries_do_not_stand_in_line() {
    let line = Line::default();
    let long = Append { bytes: vec![0; ENTRY_LIMIT + 1], ..Append::default() };
    let error = line.pass(vec![once("a"), long], |_| panic!("nothing to commit")).unwrap_err();
    assert_eq!(error, AppendError::TooLarge { position: 1, length: 65_536 });
    assert_eq!(line.pass(vec![], |_| panic!("nothing to commit")), Ok(vec![]));
}

#[test]
fn a_commit_that_panics_leaves_the_line_moving() {
    let line = Line::default();
    let panicked = catch_unwind(AssertUnwindSafe(|| line.pass(vec![once("a")], |_| panic!("a bug"))));
    assert!(panicked.is_err());
    let dropped = line.pass(vec![once("a")], drop);
    assert!(matches!(dropped, Err(AppendError::Store { landed: Landed::Perhaps, .. })), "{dropped:?}");
    let told = line.pass(vec![once("a")], |mut group| {
        let decided = decide(&mut group, &Keys(&[]), Edge::default()).unwrap();
        tell(group, decided, Ok(()));
    });
    assert_eq!(told, Ok(vec![0]));
}

/// The first commit is held until all others stand in line; they must then share the second.
#[test]
fn those_who_wait_share_one_commit() {
    let (line, commits) = (Line::default(), AtomicUsize::new(0));
    let commit = |mut group: Vec<Ticket>| {
        let number = commits.fetch_add(1, Ordering::SeqCst);
        while number == 0 && line.lock().tickets.len() < 7 {
            std::thread::yield_now();
        }
        assert_eq!(group.len(), if number == 0 { 1 } else { 7 });
        let decided = decide(&mut group, &Keys(&[]), Edge::default()).unwrap();
        tell(group, decided, Ok(()));
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| line.pass(vec![Append::default()], commit).unwrap());
        }
    });
    assert_eq!(commits.into_inner(), 2);
}
