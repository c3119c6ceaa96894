//! The service's own use of cvc5: it reads one question on its standard input and answers on its standard output.
//!
//! It gets no file, no variable of the person's, a bound on memory and processor time that the kernel keeps, and an end on
//! the clock. Questions are the service's; what comes back is text that somebody else reads and does not trust.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit};

use crate::trusted::{Input, Output, PATH, TrustedError, run};

/// Bytes of address space that it may have.
const MEMORY: u64 = 2 << 30;
/// Seconds beyond the limit that was asked for, in which it can still say that it gave up.
const GRACE: Duration = Duration::from_secs(2);

/// Asks cvc5: the one at `program`, which must be an absolute path, or the installed one.
#[expect(clippy::disallowed_methods, reason = "the service's own solver, which no box starts")]
pub fn solve(program: Option<&Path>, question: &[u8], limit: Duration) -> Result<Output, SolverError> {
    let program = program.unwrap_or(Path::new("cvc5"));
    if program != Path::new("cvc5") && !program.is_absolute() {
        return Err(SolverError::Missing);
    }
    let mut command = Command::new(program);
    command.arg("--lang=smt2").arg(format!("--tlimit={}", limit.as_millis())).arg("-");
    command.current_dir("/").env_clear().env("PATH", PATH).env("LC_ALL", "C.UTF-8").process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => SolverError::Missing,
        _ => SolverError::Spawn(error),
    })?;
    if let Err(error) = bind(Pid::from_child(&child), limit) {
        child.kill().and_then(|()| child.wait().map(drop)).map_err(SolverError::Spawn)?;
        return Err(SolverError::Spawn(error));
    }
    let arguments: [&OsStr; 0] = [];
    let input = Input { arguments: &arguments, folder: Path::new("/"), stdin: question, variables: &[], limit: limit + GRACE };
    run(child, &input, &|| false).map_err(SolverError::NoAnswer)
}

/// It waits for its question while these are set.
fn bind(child: Pid, limit: Duration) -> io::Result<()> {
    let seconds = limit.as_secs() + GRACE.as_secs();
    for (resource, most) in [(Resource::As, MEMORY), (Resource::Cpu, seconds), (Resource::Core, 0), (Resource::Fsize, 0)] {
        rustix::process::prlimit(Some(child), resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Why cvc5 gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum SolverError {
    /// There is no such program. Nothing ran.
    #[error("cvc5 is not there")]
    Missing,
    /// It could not be started. Nothing ran.
    #[error("cvc5 cannot be started")]
    Spawn(#[source] io::Error),
    /// It was ended, or its answer was lost. Nothing was changed by it.
    #[error("cvc5 gave no answer")]
    NoAnswer(#[source] TrustedError),
}

#[cfg(test)]
mod tests;
