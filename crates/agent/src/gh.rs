//! The service's own use of GitHub's command line: single requests to one host, bodies on standard input, answers with their
//! status. As whom it asks is the person's own configuration of `gh`. A token in one of their variables is handed to it only for
//! the host that they mean it for, so that no name of a host can draw it elsewhere.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::time::Duration;

use sandbox::{Input, Output, Trusted, TrustedError, spawn_trusted_until};
use serde_json::Value;

use crate::office::Office;

/// One request takes no longer.
const LIMIT: Duration = Duration::from_secs(60);
/// Tokens that are meant for `github.com`, and those that are meant for the host in `GH_HOST`.
const TOKENS: [&str; 2] = ["GH_TOKEN", "GITHUB_TOKEN"];
const ENTERPRISE_TOKENS: [&str; 2] = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
/// How `gh` ends when nobody is logged in.
const NOT_LOGGED_IN: i32 = 4;

/// One host, as the person who runs this program reaches it.
pub(crate) struct Gh<'a> {
    service: &'a Office,
    host: &'a str,
    stopped: &'a Stopped<'a>,
}

/// Whether a person has stopped it by now.
pub(crate) type Stopped<'a> = dyn Fn() -> bool + Sync + 'a;

impl<'a> Gh<'a> {
    /// `stopped` is asked before each request, and while it is on its way.
    pub(crate) fn at(service: &'a Office, host: &'a str, stopped: &'a Stopped<'a>) -> Self {
        Self { service, host, stopped }
    }

    /// Looks something up.
    pub(crate) fn get(&self, path: &str) -> Result<Value, GhError> {
        self.ask("GET", path, None)
    }

    /// Sends something, once.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value, GhError> {
        self.ask(method, path, Some(body.to_string().as_bytes()))
    }

    fn ask(&self, method: &str, path: &str, body: Option<&[u8]>) -> Result<Value, GhError> {
        if (self.stopped)() {
            return Err(GhError::Stopped);
        }
        let mut arguments = vec!["api", "--include", "--hostname", self.host, "--method", method, "--header", "Accept: application/vnd.github+json", path];
        if body.is_some() {
            arguments.extend(["--input", "-"]);
        }
        let arguments: Vec<&OsStr> = arguments.into_iter().map(OsStr::new).collect();
        let (known, named) = (&self.service.gh, self.service.gh_host.as_deref());
        let variables: Vec<(&str, &OsStr)> = handed(known, named, self.host).map(|(name, value)| (name, OsStr::new(value))).collect();
        let input = Input { arguments: &arguments, folder: Path::new("/"), stdin: body.unwrap_or_default(), variables: &variables, limit: LIMIT };
        answer(self.host, spawn_trusted_until(Trusted::Gh, &input, self.stopped))
    }
}

/// The variables with which `gh` is run for a host, where the person's `GH_HOST` is `named`. For any other host than those that a
/// token is meant for, only what `gh auth login` keeps for it counts.
fn handed<'v>(known: &'v [(String, String)], named: Option<&str>, host: &str) -> impl Iterator<Item = (&'v str, &'v str)> {
    let is_named = named.is_some_and(|named| named.eq_ignore_ascii_case(host));
    let may_see_tokens = is_named || host == "github.com";
    let is_for_it = move |name: &str| (may_see_tokens || !TOKENS.contains(&name)) && (is_named || !ENTERPRISE_TOKENS.contains(&name));
    known.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(move |(name, _)| is_for_it(name))
}

/// What an end of `gh` means.
fn answer(host: &str, output: Result<Output, TrustedError>) -> Result<Value, GhError> {
    let output = match output {
        Ok(output) => output,
        Err(TrustedError::Spawn(e)) if e.kind() == io::ErrorKind::NotFound => return Err(GhError::Missing),
        Err(e @ (TrustedError::Spawn(_) | TrustedError::Variable { .. })) => return Err(GhError::NotStarted { why: crate::book::chain(&e) }),
        Err(e) => return Err(GhError::Unclear { why: crate::book::chain(&e) }),
    };
    if output.code == NOT_LOGGED_IN {
        return Err(GhError::NotLoggedIn { host: host.to_owned() });
    }
    let Some((status, body)) = split(&output.stdout) else {
        let said = action::visible(String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("it said nothing")).into_owned();
        return Err(GhError::Unclear { why: said });
    };
    let value = serde_json::from_slice::<Value>(body);
    match (status, value) {
        (200..=299, Ok(value)) if output.code == 0 => Ok(value),
        (401, _) => Err(GhError::NotLoggedIn { host: host.to_owned() }),
        (400..=499, value) if status != 408 => Err(GhError::Refused { status, said: words(&value.unwrap_or_default()) }),
        (status, _) => Err(GhError::Unclear { why: format!("the host answered with status {status}") }),
    }
}

/// The status line, headers, an empty line, the body. Line ends are either kind.
fn split(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split_whitespace();
    words.next().filter(|protocol| protocol.starts_with("HTTP/"))?;
    let status = words.next()?.parse().ok()?;
    let ends = |end: &[u8]| bytes.windows(end.len()).position(|window| window == end).map(|at| at + end.len());
    let at = [ends(b"\r\n\r\n"), ends(b"\n\n")].into_iter().flatten().min()?;
    Some((status, bytes.get(at..)?))
}

/// What the host says of a refusal; its words, so made visible.
fn words(value: &Value) -> String {
    let message = value.get("message").and_then(Value::as_str).unwrap_or("it gave no reason");
    action::visible(message).chars().take(200).collect()
}

/// Why a request was not answered as it should be.
#[derive(Debug, thiserror::Error)]
pub enum GhError {
    /// There is no such program. Nothing happened.
    #[error("GitHub's command line `gh` is not installed where programs are looked for (/usr/local/bin, /usr/bin, /bin)\nhint: install it (https://cli.github.com), then `gh auth login`")]
    Missing,
    /// It could not be started. Nothing happened.
    #[error("gh cannot be started: {why}")]
    NotStarted {
        /// The system's words.
        why: String,
    },
    /// A person stopped it before it was asked, or that cannot be known. Nothing happened.
    #[error("a person stopped it")]
    Stopped,
    /// The person has no login there. Nothing happened.
    #[error("gh is not logged in at {host}\nhint: `gh auth login --hostname {host}`; a token in a variable counts for github.com and for the host in GH_HOST")]
    NotLoggedIn {
        /// Where.
        host: String,
    },
    /// The host would not. Nothing happened.
    #[error("the host refused it with status {status}: {said}")]
    Refused {
        /// HTTP's.
        status: u16,
        /// Its words.
        said: String,
    },
    /// No answer, or none that can be read: a request that changes something may have done so.
    #[error("no clear answer: {why}")]
    Unclear {
        /// What is known.
        why: String,
    },
}

#[cfg(test)]
mod tests;
