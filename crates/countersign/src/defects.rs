//! A panic is a defect of ours: it ends with status 70 and says what is known to be true.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::screen::Ending;

/// This program failed. Exit code 70.
#[derive(Debug)]
pub(crate) struct Defect;

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a defect of this program, please report it. Nothing runs that is not on the ledger: `countersign ledger show --last 10` says how far it got")
    }
}

impl std::error::Error for Defect {}

/// Runs a command; a panic becomes a [`Defect`].
pub(crate) fn caught(command: impl FnOnce() -> anyhow::Result<Ending>) -> anyhow::Result<Ending> {
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| Err(Defect.into()))
}
