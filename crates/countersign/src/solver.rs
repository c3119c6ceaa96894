//! The solver as commands ask it: which one, how long, and what a person is told where there is none.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sandbox::SolverError;

use crate::screen::Misuse;
use crate::words;

/// How to get one.
const INSTALL: &str = "install it (Debian and Ubuntu: `apt-get install cvc5`; others: https://cvc5.github.io), or name it with --solver FILE";

/// Which solver.
#[derive(Debug, clap::Args)]
pub(crate) struct Solver {
    /// The cvc5 to ask, if it is not installed for everybody.
    #[arg(long = "solver", env = "CVC5", value_name = "FILE")]
    solver: Option<PathBuf>,
}

impl Solver {
    /// Where it is; none for the installed one.
    pub(crate) fn program(&self) -> anyhow::Result<Option<PathBuf>> {
        Ok(self.solver.as_ref().map(std::path::absolute).transpose().map_err(|e| Misuse(format!("--solver: {e}")))?)
    }
}

/// What to say where none could be asked.
pub(crate) fn missing(program: Option<&Path>) -> String {
    let named = program.map_or_else(String::new, |path| format!(" at `{}`", words::safe(&path.display().to_string())));
    format!("no cvc5 could be asked{named}\nhint: {INSTALL}")
}

/// Asks the solver one script after the other, and says in words why there is no answer.
pub(crate) struct Asking {
    program: Option<PathBuf>,
    /// What one question may take.
    one: Duration,
    /// When all of them have to be answered.
    end: Instant,
    /// None was named, and none is installed.
    absent: AtomicBool,
}

impl Asking {
    pub(crate) fn new(program: Option<PathBuf>, one: Duration, all: Duration) -> Self {
        Self { program, one, end: Instant::now() + all, absent: AtomicBool::new(false) }
    }

    /// Whether it was found out that there is none here, and none was named that should be. One that is named, or that gives no answer, is
    /// another matter.
    pub(crate) fn is_absent(&self) -> bool {
        self.absent.load(Ordering::Relaxed)
    }

    pub(crate) fn answer(&self, script: &[u8]) -> Result<String, String> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err("the time for all questions is over".to_owned());
        }
        match sandbox::solve(self.program.as_deref(), script, self.one.min(left)) {
            Ok(output) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            Err(error @ (SolverError::Missing | SolverError::Spawn(_))) => {
                let is_none = matches!(&error, SolverError::Missing) || matches!(&error, SolverError::Spawn(e) if e.kind() == std::io::ErrorKind::PermissionDenied);
                let absent = self.program.is_none() && is_none;
                self.absent.fetch_or(absent, Ordering::Relaxed);
                Err(missing(self.program.as_deref()))
            }
            Err(SolverError::NoAnswer(why)) => Err(format!("the solver gave no answer: {why}\nhint: see whether `cvc5 --version` answers, or name another with --solver FILE")),
        }
    }
}
