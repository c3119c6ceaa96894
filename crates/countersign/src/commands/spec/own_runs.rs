//! Results of tests from our own runs: those that tasks were judged by, as long as what ran is still what is there.
//!
//! A run says nothing more once the test's file differs, or a file of the change set that it ran on. A result of a newer run comes before
//! one of an older. Paths of a run begin at the folder that it worked in, which may be one inside of the project: the same path of two
//! folders is two files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use action::Digest;
use spec::trace::TestResult;
use tools::Went;

use super::junit::{self, Case};
use super::receipts::Run;
use crate::words;

/// A larger file is none that was judged.
const LARGEST: u64 = 64 << 20;

/// Runs, newest first, each with whether it still counts.
#[derive(Default)]
pub(super) struct OwnRuns {
    runs: Vec<(Run, Vec<Case>, bool)>,
    /// What files are now; looked up once.
    now: BTreeMap<PathBuf, Option<Digest>>,
}

impl OwnRuns {
    pub(super) fn of(runs: Vec<Run>) -> Self {
        let mut own = Self::default();
        for run in runs {
            let same = run.tested.sources.iter().all(|(path, then)| own.is_still(&run.root, path, then));
            let when = format!("our run for task {}, change set {}, entry {}", run.task, short(&run.tested.change.to_string()), run.index);
            let cases = run.tested.cases.iter().map(|case| of_case(case, &when)).collect();
            own.runs.push((run, cases, same));
        }
        own
    }

    /// How a test of this file went by the newest run of it that still counts, and which run that is. `file` begins at `project`.
    pub(super) fn result(&mut self, project: &Path, file: &str, name: &str, declared: usize) -> (TestResult, String) {
        let whole = project.join(file);
        let runs = std::mem::take(&mut self.runs);
        let mut found = (TestResult::NotRun, String::new());
        for (run, cases, _) in runs.iter().filter(|(.., same)| *same) {
            let Some(file) = whole.strip_prefix(&run.root).ok().and_then(Path::to_str) else { continue };
            let same = run.tested.tests.get(file).is_some_and(|then| self.is_still(&run.root, file, then));
            if same && found.0 == TestResult::NotRun {
                found = junit::result(cases, name, declared);
            }
        }
        self.runs = runs;
        found
    }

    /// What is said of runs that count no more.
    pub(super) fn note(&self) -> Option<String> {
        let void = self.runs.iter().filter(|(.., same)| !same).count();
        (void > 0).then(|| format!("not counted any more: {} of ours; files that they ran on changed since", words::counted(void, "run")))
    }

    fn is_still(&mut self, root: &Path, path: &str, then: &Digest) -> bool {
        let whole = root.join(path);
        let read = |whole: &PathBuf| sandbox::read_still(whole, LARGEST).ok().map(|(bytes, _)| Digest::of_bytes(&bytes));
        self.now.entry(whole).or_insert_with_key(read).as_ref() == Some(then)
    }
}

fn short(digest: &str) -> &str {
    let hex = digest.rsplit(':').next().unwrap_or(digest);
    hex.get(..12).unwrap_or(hex)
}

fn of_case(case: &tools::Case, when: &str) -> Case {
    let result = match case.went {
        Went::Passed => TestResult::Passed,
        Went::Failed => TestResult::Failed,
        Went::Skipped => TestResult::NotRun,
    };
    Case { name: case.name.clone(), within: case.within.clone(), result, when: when.to_owned() }
}

#[cfg(test)]
mod tests;
