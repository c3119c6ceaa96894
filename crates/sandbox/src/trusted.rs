//! The service's own use of git and gh: a fixed program with fixed switches, no hooks, no prompts, a time limit and a cap on
//! what it may say. Outside the box, so its arguments come from the service only. Git sees no configuration but the
//! repository's; gh sees the person's own, which is what it is run for.

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
    /// GitHub's command line, for requests to the one host that was named and signed.
    Gh,
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
    /// More variables: for git `GIT_INDEX_FILE`, `GIT_AUTHOR_*` and `GIT_COMMITTER_*`, for gh where the person's configuration
    /// and the way to the network are, and no others.
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
/// How often it is asked whether somebody stopped it.
const POLL: Duration = Duration::from_millis(200);
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
const GIT_MAY_SEE: [&str; 7] = [
    "GIT_INDEX_FILE", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_DATE",
];
/// It asks nobody, looks for no newer self, and speaks plainly.
const GH_VARIABLES: [(&str, &str); 6] =
    [("PATH", PATH), ("LC_ALL", "C.UTF-8"), ("GH_PROMPT_DISABLED", "1"), ("GH_NO_UPDATE_NOTIFIER", "1"), ("NO_COLOR", "1"), ("GH_PAGER", "cat")];
const GH_MAY_SEE: [&str; 17] = [
    "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "GH_CONFIG_DIR", "GH_TOKEN",
    "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Whether a variable of the person is one that gh is run with.
pub fn gh_may_see(name: &str) -> bool {
    GH_MAY_SEE.contains(&name)
}

/// Runs a trusted program to its end.
pub fn spawn_trusted(program: Trusted, input: &Input<'_>) -> Result<Output, TrustedError> {
    spawn_trusted_until(program, input, &|| false)
}

/// The same, and kills it once `stopped` says so, which is asked while it runs.
#[expect(clippy::disallowed_methods, reason = "the service's own git and gh, which no box starts")]
pub fn spawn_trusted_until(program: Trusted, input: &Input<'_>, stopped: &(dyn Fn() -> bool + Sync)) -> Result<Output, TrustedError> {
    let may_see: &[&str] = match program {
        Trusted::Git => &GIT_MAY_SEE,
        Trusted::Gh => &GH_MAY_SEE,
    };
    if let Some((name, _)) = input.variables.iter().find(|(name, _)| !may_see.contains(name)) {
        return Err(TrustedError::Variable { name: (*name).to_owned() });
    }
    let mut command = match program {
        Trusted::Git => Command::new("git"),
        Trusted::Gh => Command::new("gh"),
    };
    match program {
        Trusted::Git => command.env_clear().envs(GIT_VARIABLES).args(GIT),
        Trusted::Gh => command.env_clear().envs(GH_VARIABLES),
    };
    command.args(input.arguments).current_dir(input.folder);
    command.envs(input.variables.iter().copied()).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(TrustedError::Spawn)?;
    run(child, input, stopped)
}

/// Starts a coding agent as the person would start it who asked for that: outside the box, with exactly these variables. Only
/// for finding out how it behaves; no model and no repository says what is started.
#[expect(clippy::disallowed_methods, reason = "the agent that a person asked to be checked, which no box of ours starts")]
pub fn spawn_peer(program: &Path, input: &Input<'_>) -> Result<Output, TrustedError> {
    let mut command = Command::new(program);
    command.env_clear().envs(input.variables.iter().copied()).args(input.arguments).current_dir(input.folder).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(TrustedError::Spawn)?;
    run(child, input, &|| false)
}

pub(crate) fn run(mut child: Child, input: &Input<'_>, stopped: &(dyn Fn() -> bool + Sync)) -> Result<Output, TrustedError> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (done, ended) = mpsc::channel::<()>();
    let pid = rustix::process::Pid::from_child(&child);
    let pidfd = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty());
    let pidfd = pidfd.map_err(|error| TrustedError::Spawn(error.into()))?;
    let (stdout, stderr, early) = std::thread::scope(|scope| {
        scope.spawn(|| drop(stdin.map(|mut pipe| pipe.write_all(input.stdin)))); // it may stop reading before the end
        let errors = scope.spawn(|| read_capped(stderr, MOST_ERRORS));
        let limit = input.limit;
        let watcher = scope.spawn(move || {
            let early = watch(&ended, limit, stopped);
            // Killed with its helpers when late or stopped, and when it says more than is taken; ended ones need no killing.
            rustix::process::kill_process_group(pid, rustix::process::Signal::KILL).ok();
            early
        });
        let stdout = read_capped(stdout, MOST_OUTPUT);
        let waited = if stdout.as_ref().is_ok_and(|bytes| bytes.len() as u64 <= MOST_OUTPUT) {
            wait_without_reaping(&pidfd)
        } else {
            Ok(())
        };
        drop(done);
        let early = watcher.join().unwrap_or(Some(TrustedError::TooLong { limit }));
        (stdout.and_then(|bytes| waited.map(|()| bytes)), errors.join().unwrap_or_else(|_| Ok(Vec::new())), early)
    });
    let status = child.wait().map_err(TrustedError::Lost)?;
    let (stdout, stderr) = (stdout.map_err(TrustedError::Lost)?, stderr.map_err(TrustedError::Lost)?);
    if stdout.len() as u64 > MOST_OUTPUT {
        return Err(TrustedError::TooMuch { most: MOST_OUTPUT });
    }
    if let Some(early) = early {
        return Err(early);
    }
    let code = status.code().or_else(|| std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal));
    Ok(Output { code: code.unwrap_or(-1), stdout, stderr })
}

/// Waits for its end; why it must be killed before that, if it must.
fn watch(ended: &mpsc::Receiver<()>, limit: Duration, stopped: &(dyn Fn() -> bool + Sync)) -> Option<TrustedError> {
    let mut left = limit;
    loop {
        let wait = left.min(POLL);
        if ended.recv_timeout(wait) != Err(mpsc::RecvTimeoutError::Timeout) {
            return None;
        }
        left = left.saturating_sub(wait);
        match (left.is_zero(), stopped()) {
            (_, true) => return Some(TrustedError::Stopped),
            (true, false) => return Some(TrustedError::TooLong { limit }),
            (false, false) => {}
        }
    }
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
    #[error("the variable `{name}` is not one that this program may be given")]
    Variable {
        /// Its name.
        name: String,
    },
    /// It could not be started. Nothing ran.
    #[error("it cannot be started")]
    Spawn(#[source] io::Error),
    /// It was killed; what it did until then stays.
    #[error("it was ended after {} s", limit.as_secs())]
    TooLong {
        /// How long it may take.
        limit: Duration,
    },
    /// Somebody stopped it, so it was killed; what it did until then stays.
    #[error("it was ended because a person stopped it")]
    Stopped,
    /// It said too much and was killed.
    #[error("it said more than {most} bytes")]
    TooMuch {
        /// How much it may say.
        most: u64,
    },
    /// Its end was not seen.
    #[error("its answer was lost")]
    Lost(#[source] io::Error),
}
