//! The service's own use of git: plumbing that reads, and the few commands that make a commit without touching a work tree.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sandbox::{Input, Output, Trusted, spawn_trusted};

/// Plumbing is quick; what is not is stuck.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs git with arguments of ours in `root`; hooks, helpers and the person's configuration of them are off.
pub(crate) fn run(root: &Path, arguments: &[&str], input: &[u8]) -> Result<Output, GitError> {
    run_with(root, arguments, input, &[])
}

/// The same with environment variables (an index file of our own, an author).
pub(crate) fn run_with(root: &Path, arguments: &[&str], input: &[u8], variables: &[(&str, &str)]) -> Result<Output, GitError> {
    let verb = arguments.first().copied().unwrap_or_default().to_owned();
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    let variables: Vec<(&str, &OsStr)> = variables.iter().map(|(name, value)| (*name, OsStr::new(*value))).collect();
    let input = Input { arguments: &arguments, folder: root, stdin: input, variables: &variables, limit: LIMIT };
    spawn_trusted(Trusted::Git, &input).map_err(|e| GitError::Unusable { verb, why: crate::book::chain(&e) })
}

/// The trimmed output of a git command that must succeed.
pub(crate) fn answer(root: &Path, arguments: &[&str], input: &[u8], variables: &[(&str, &str)]) -> Result<String, GitError> {
    let output = run_with(root, arguments, input, variables)?;
    match output.code {
        0 => Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned()),
        code => Err(GitError::failed(arguments.first().copied().unwrap_or_default(), code, &output.stderr)),
    }
}

/// The commit that is checked out; `None` without git or without a commit.
pub fn head(root: &Path) -> Option<String> {
    answer(root, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], b"", &[]).ok().filter(|text| !text.is_empty())
}

/// Git's own version line; `None` without git.
pub fn version() -> Option<String> {
    answer(Path::new("/"), &["--version"], b"", &[]).ok()
}

/// Whether the repository configures programs that filter its files. Any doubt counts as yes.
pub(crate) fn has_filters(root: &Path) -> bool {
    !run(root, &["config", "--name-only", "--get-regexp", r"^filter\."], b"").is_ok_and(|output| output.code == 1 && output.stdout.is_empty())
}

/// Whether this folder is a bare repository: there is no work tree to copy.
pub fn is_bare(root: &Path) -> bool {
    answer(root, &["rev-parse", "--is-bare-repository"], b"", &[]).is_ok_and(|text| text == "true")
}

/// Whether git takes this as the name of a branch; without git nothing is one.
pub fn is_branch_name(name: &str) -> bool {
    !name.starts_with('-') && answer(Path::new("/"), &["check-ref-format", &format!("refs/heads/{name}")], b"", &[]).is_ok()
}

/// The top of the work tree that `folder` is in; `None` without git.
pub fn top(folder: &Path) -> Option<PathBuf> {
    answer(folder, &["rev-parse", "--show-toplevel"], b"", &[]).ok().filter(|text| !text.is_empty()).map(PathBuf::from)
}

/// NUL-separated paths.
pub(crate) fn paths(bytes: &[u8]) -> BTreeSet<PathBuf> {
    bytes.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(|path| PathBuf::from(OsString::from_vec(path.to_vec()))).collect()
}

/// Why git did not do it.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It could not be run.
    #[error("git {verb} cannot be run: {why}")]
    Unusable {
        /// Which command.
        verb: String,
        /// Why.
        why: String,
    },
    /// It said no.
    #[error("git {verb} failed with status {code}: {said}")]
    Failed {
        /// Which command.
        verb: String,
        /// Its exit status.
        code: i32,
        /// The first line of its complaint.
        said: String,
    },
}

impl GitError {
    pub(crate) fn failed(verb: &str, code: i32, stderr: &[u8]) -> Self {
        let said = String::from_utf8_lossy(stderr).lines().next().unwrap_or_default().to_owned();
        Self::Failed { verb: verb.to_owned(), code, said }
    }
}
