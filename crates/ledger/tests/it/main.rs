//! The ledger as its users have it: folders, threads, processes, faults, exports and strangers' programs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests fail by panicking"
)]

mod appending;
mod beside;
mod exporting;
mod faults;
mod processes;
mod strangers;

use std::path::Path;

use ledger::{Append, Ledger, LogKey, Verified};

const NAME: &str = "countersign.example/log";

fn key() -> LogKey {
    LogKey::generate(NAME, [42; 32])
}

fn open(dir: &Path) -> Ledger {
    Ledger::open(dir, key()).unwrap()
}

fn entry(text: &str) -> Append {
    Append { bytes: text.as_bytes().to_vec(), ..Append::default() }
}

fn once(text: &str) -> Append {
    Append { once: Some(text.to_owned()), ..entry(text) }
}

/// The audit after every test: the whole ledger is as its head says, and this big.
fn audit(ledger: &Ledger, size: u64) -> Verified {
    let mut count = 0;
    let verified = ledger.verify(&mut |index, _| {
        assert_eq!(index, count);
        count += 1;
        Ok(())
    });
    let verified = verified.unwrap();
    assert_eq!((verified.checkpoint.size(), count, ledger.len()), (size, size, size));
    verified
}

/// A ledger whose tree has full tiles and partial ones, with entries of all sizes and a few blobs.
fn sample(dir: &Path, size: u64) -> Ledger {
    let ledger = open(dir);
    let appends = (0..size).map(|n| {
        let length = usize::try_from(n * 37 % 90).unwrap();
        Append {
            bytes: format!("{n}:{}", "x".repeat(length)).into_bytes(),
            subjects: vec![format!("s{}", n % 3)],
            ..Append::default()
        }
    });
    ledger.append(appends.collect()).unwrap();
    for blob in ["a plan", "a diff", ""] {
        ledger.put_blob(blob.as_bytes()).unwrap();
    }
    ledger
}
