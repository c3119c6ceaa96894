//! The service's own use of git: a fixed program with fixed switches, no configuration but the repository's, no hooks, no
//! prompts, a time limit and a cap on what it may say. Outside the box, so its arguments come from the service only.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Programs that the service runs outside the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trusted {
    /// Git, for status, plumbing and objects.
    Git,
}

/// What a trusted program is given.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Arguments after ours.
    pub arguments: &'a [&'a OsStr],
    /// Where it runs.
    pub folder: &'a Path,
    /// Its standard input.
    pub stdin: &'a [u8],
    /// More variables: `GIT_INDEX_FILE`, `GIT_AUTHOR_*`, `GIT_COMMITTER_*` and no others.
    pub variables: &'a [(&'a str, &'a OsStr)],
    /// It is killed after this.
    pub limit: Duration,
}

/// What it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Exit code, or 128 and a signal's number.
    pub code: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Errors, cut.
    pub stderr: Vec<u8>,
}

/// Bytes of output beyond which the answer is an error, not a part.
const MOST_OUTPUT: u64 = 256 << 20;
/// Bytes of errors that are kept.
const MOST_ERRORS: u64 = 64 << 10;
/// Where programs are looked for.
pub(crate) const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin";
/// Nothing of the repository's or the person's configuration may start a program.
const GIT: [&str; 29] = [
    "--no-pager",
    "--no-optional-locks",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.sshCommand=false",
    "-c",
    "core.editor=false",
    "-c",
    "core.quotePath=false",
    "-c",
    "diff.external=",
    "-c",
    "gc.auto=0",
    "-c",
    "maintenance.auto=false",
    "-c",
    "log.showSignature=false",
    "-c",
    "gpg.program=false",
    "-c",
    "gpg.ssh.program=false",
    "-c",
    "core.attributesFile=/dev/null",
    "-c",
    "safe.directory=*",
    "--no-replace-objects",
];
const GIT_VARIABLES: [(&str, &str); 8] = [
    ("PATH", PATH),
    ("LC_ALL", "C.UTF-8"),
    ("HOME", "/nonexistent"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ALLOW_PROTOCOL", "file"),
    ("GIT_ATTR_NOSYSTEM", "1"),
];
const MAY_BE_SET: [&str; 7] = [
    "GIT_INDEX_FILE", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_DATE",
];

/// Runs a trusted program to its end.
#[expect(clippy::disallowed_methods, reason = "the service's own git, which no box starts")]
pub fn spawn_trusted(program: Trusted, input: &Input<'_>) -> Result<Output, TrustedError> {
    if let Some((name, _)) = input.variables.iter().find(|(name, _)| !MAY_BE_SET.contains(name)) {
        return Err(TrustedError::Variable { name: (*name).to_owned() });
    }
    let mut command = match program {
        Trusted::Git => Command::new("git"),
    };
    command.args(GIT).args(input.arguments).current_dir(input.folder).env_clear().envs(GIT_VARIABLES);
    command.envs(input.variables.iter().copied()).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(TrustedError::Spawn)?;
    run(child, input)
}

pub(crate) fn run(mut child: Child, input: &Input<'_>) -> Result<Output, TrustedError> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (done, ended) = mpsc::channel::<()>();
    let pid = rustix::process::Pid::from_child(&child);
    let pidfd = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty());
    let pidfd = pidfd.map_err(|error| TrustedError::Spawn(error.into()))?;
    let (stdout, stderr, late) = std::thread::scope(|scope| {
        scope.spawn(|| drop(stdin.map(|mut pipe| pipe.write_all(input.stdin)))); // it may stop reading before the end
        let errors = scope.spawn(|| read_capped(stderr, MOST_ERRORS));
        let limit = input.limit;
        let watcher = scope.spawn(move || {
            let late = ended.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
            // Killed with its helpers when late, and when it says more than is taken; ended ones need no killing.
            rustix::process::kill_process_group(pid, rustix::process::Signal::KILL).ok();
            late
        });
        let stdout = read_capped(stdout, MOST_OUTPUT);
        let waited = if stdout.as_ref().is_ok_and(|bytes| bytes.len() as u64 <= MOST_OUTPUT) {
            wait_without_reaping(&pidfd)
        } else {
            Ok(())
        };
        drop(done);
        let late = watcher.join().unwrap_or(true);
        (stdout.and_then(|bytes| waited.map(|()| bytes)), errors.join().unwrap_or_else(|_| Ok(Vec::new())), late)
    });
    let status = child.wait().map_err(TrustedError::Lost)?;
    let (stdout, stderr) = (stdout.map_err(TrustedError::Lost)?, stderr.map_err(TrustedError::Lost)?);
    if stdout.len() as u64 > MOST_OUTPUT {
        return Err(TrustedError::TooMuch { most: MOST_OUTPUT });
    }
    if late {
        return Err(TrustedError::TooLong { limit: input.limit });
    }
    let code = status.code().or_else(|| std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal));
    Ok(Output { code: code.unwrap_or(-1), stdout, stderr })
}

fn wait_without_reaping(pidfd: &std::os::fd::OwnedFd) -> io::Result<()> {
    let mut fds = [rustix::event::PollFd::new(pidfd, rustix::event::PollFlags::IN)];
    rustix::io::retry_on_intr(|| rustix::event::poll(&mut fds, None))?;
    Ok(())
}

/// Reads at most one byte more than `most`, so that the caller can tell.
fn read_capped(pipe: Option<impl Read>, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pipe.map_or(Ok(0), |pipe| pipe.take(most + 1).read_to_end(&mut bytes))?;
    Ok(bytes)
}

/// Why a trusted program gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum TrustedError {
    /// The caller asked for a variable that is not on the list. Nothing ran.
    #[error("the variable `{name}` is not one that git may be given")]
    Variable {
        /// Its name.
        name: String,
    },
    /// It could not be started. Nothing ran.
    #[error("git cannot be started")]
    Spawn(#[source] io::Error),
    /// It was killed; what it did until then stays.
    #[error("git was ended after {} s", limit.as_secs())]
    TooLong {
        /// How long it may take.
        limit: Duration,
    },
    /// It said too much and was killed.
    #[error("git said more than {most} bytes")]
    TooMuch {
        /// How much it may say.
        most: u64,
    },
    /// Its end was not seen.
    #[error("git's answer was lost")]
    Lost(#[source] io::Error),
}
