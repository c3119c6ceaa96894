//! Several processes on one ledger, and what is left of one that was killed.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ledger::Ledger;
use tempfile::TempDir;

use crate::{audit, entry, key, once, open};

const DIR: &str = "LEDGER_TEST_DIR";
const COUNT: &str = "LEDGER_TEST_COUNT";

/// What a child process does: appends, and says which entries are durable. Without a folder, this shows that two
/// handles in one process do the same.
#[test]
fn two_handles_interleave() {
    if let Some(dir) = std::env::var_os(DIR) {
        let count = std::env::var(COUNT).unwrap().parse().unwrap();
        return append_and_say(Path::new(&dir), count);
    }
    let folder = TempDir::new().unwrap();
    let (a, b) = (open(folder.path()), open(folder.path()));
    for n in 0..30_u64 {
        let (writer, reader) = if n % 3 == 0 { (&a, &b) } else { (&b, &a) };
        let version = reader.data_version().unwrap();
        assert_eq!(writer.append(vec![entry(&n.to_string()), entry("x")]).unwrap(), [2 * n, 2 * n + 1]);
        assert_ne!(reader.data_version().unwrap(), version);
        assert_eq!(reader.len(), 2 * n + 2);
        assert_eq!(reader.checkpoint().unwrap(), writer.checkpoint().unwrap());
        assert_eq!(reader.entry(2 * n).unwrap().unwrap(), n.to_string().as_bytes());
    }
    a.append(vec![once("permit")]).unwrap();
    assert!(b.append(vec![entry("y"), once("permit")]).is_err());
    let version = a.data_version().unwrap();
    a.append(vec![entry("mine")]).unwrap();
    assert_eq!(a.data_version().unwrap(), version, "one's own writes are no news");
    audit(&a, 62);
    audit(&b, 62);
}

#[test]
fn processes_share_a_ledger() {
    let folder = TempDir::new().unwrap();
    let mut children: Vec<Child> = (0..3).map(|_| child(folder.path(), 60)).collect();
    let ledger = open(folder.path());
    for n in 0..60 {
        ledger.append(vec![entry(&format!("parent {n}"))]).unwrap();
    }
    for child in &mut children {
        let said = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .filter(|line| durable(line.as_ref().unwrap()).is_some());
        assert_eq!(said.count(), 60);
        assert!(child.wait().unwrap().success());
    }
    audit(&ledger, 60 + 3 * 120);
}

#[test]
fn what_a_killed_process_called_durable_is_there() {
    for kill_after in [1, 7, 40] {
        let folder = TempDir::new().unwrap();
        let mut child = child(folder.path(), u64::MAX);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said: Vec<u64> = lines.filter_map(|line| durable(&line.unwrap())).take(kill_after).collect();
        child.kill().unwrap();
        child.wait().unwrap();

        let ledger = open(folder.path());
        let size = ledger.len();
        assert_eq!(size % 2, 0, "both entries of an append or none");
        for index in said {
            assert!(index < size);
            assert!(ledger.entry(index).unwrap().unwrap().starts_with(b"child"));
        }
        audit(&ledger, size);
        assert_eq!(ledger.append(vec![entry("after")]).unwrap(), [size]);
        audit(&ledger, size + 1);
    }
}

fn child(dir: &Path, count: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::two_handles_interleave", "--nocapture"])
        .env(DIR, dir)
        .env(COUNT, count.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn append_and_say(dir: &Path, count: u64) {
    let ledger = Ledger::open(dir, key()).unwrap();
    for n in 0..count {
        let text = format!("child {n}");
        let indexes = ledger.append(vec![entry(&text), entry(&text)]).unwrap();
        println!("\ndurable {}", indexes[1]);
    }
}

fn durable(line: &str) -> Option<u64> {
    line.strip_prefix("durable ")?.parse().ok()
}

/// If the power goes, some of the write-ahead log is on the disk: whatever that is, whole appends come back, and all that
/// the disk had confirmed by then.
#[test]
fn a_log_cut_anywhere_leaves_whole_appends() {
    let folder = TempDir::new().unwrap();
    let (living, dead) = (folder.path().join("living"), folder.path().join("dead"));
    let ledger = open(&living);
    let mut confirmed = Vec::new();
    for n in 0..6 {
        ledger.append(vec![entry(&format!("{n}")), once(&format!("key {n}"))]).unwrap();
        confirmed.push((fs::metadata(living.join("ledger.sqlite-wal")).unwrap().len(), 2 * n + 2));
    }
    let log = fs::read(living.join("ledger.sqlite-wal")).unwrap();
    let mut sizes = BTreeSet::new();
    for cut in (0..log.len()).step_by(1_777).chain([log.len()]) {
        fs::create_dir_all(&dead).unwrap();
        fs::copy(living.join("ledger.sqlite"), dead.join("ledger.sqlite")).unwrap();
        fs::write(dead.join("ledger.sqlite-wal"), &log[..cut]).unwrap();
        let at_least = confirmed.iter().filter(|(length, _)| *length <= cut as u64).map(|(_, size)| *size).max();
        let ledger = open(&dead);
        let size = ledger.len();
        assert!(size.is_multiple_of(2) && size >= at_least.unwrap_or(0), "{size} of {at_least:?} at {cut}");
        audit(&ledger, size);
        ledger.append(vec![once("after")]).unwrap();
        audit(&ledger, size + 1);
        sizes.insert(size);
        drop(ledger);
        fs::remove_dir_all(&dead).unwrap();
    }
    assert!(sizes.len() > 3, "{sizes:?}");
    assert_eq!(sizes.last(), Some(&12));
}
