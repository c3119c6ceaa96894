//! Where a countersigned change set leaves the box: in the person's tree, on a branch, or in an environment.
//!
//! Every path is compared with what was signed before the first one is written; one conflict and nothing happens. Old
//! contents are kept as blobs before they are overwritten, so a crash in the middle can be named and undone.

use std::path::Path;

use action::{ChangeSet, Content, Countersigned, Deed, Digest, Event, Intent, Landing};

use crate::book::Book;
use crate::counted::counted;
use crate::gh::Stopped;
use crate::git::{self, GitError};
use crate::mcp;
use crate::memory::{self, NotKept};
use crate::office::Office;
use crate::people::{self, NotChanged};
use crate::publish::{self, NotPublished};

/// What is now true, in a line; or is, once these events are written with the end.
#[derive(Debug)]
pub(crate) struct Landed {
    pub(crate) line: String,
    pub(crate) events: Vec<Event>,
}

/// Lands what the order says. What takes long asks whether a person has stopped it.
pub(crate) fn land(service: &Office, order: &Countersigned<Intent>, stopped: &Stopped<'_>) -> Result<Landed, LandError> {
    match &order.value().deed {
        Deed::Govern { change } => Ok(people::make(service, order.value(), change)?),
        _ => landed(service, order, stopped).map(|line| Landed { line, events: Vec::new() }),
    }
}

fn landed(service: &Office, order: &Countersigned<Intent>, stopped: &Stopped<'_>) -> Result<String, LandError> {
    match &order.value().deed {
        Deed::Land { change, landing: Landing::Worktree | Landing::ByHand, .. } | Deed::Change { change, .. } => in_place(&service.book, order, change),
        Deed::Land { root, change, landing: Landing::Branch { name, base } } => {
            let change = read(&service.book, change)?;
            on_branch(service, Path::new(root), &change, name, base, order)
        }
        Deed::Accept { what, text, .. } => Ok(format!("accepted {what} ({text})")),
        Deed::Publish { host, repository, issues } => Ok(publish::publish(service, host, repository, issues, stopped)?),
        Deed::Remember { root, text, instead } => Ok(memory::remember(&service.book, root, text, instead.as_ref())?),
        Deed::Forget { root, memory } => Ok(memory::forget(&service.book, root, memory)?),
        Deed::McpTrust { server, tools, .. } => mcp::accept(&service.book, server, tools).map_err(|e| LandError::Store { why: e.to_string() }),
        other => Err(LandError::NotALanding { what: other.line() }),
    }
}

fn read(book: &Book, change: &Digest) -> Result<ChangeSet, LandError> {
    book.get_value(change).map_err(|e| LandError::Store { why: e.to_string() })
}

fn in_place(book: &Book, order: &Countersigned<Intent>, change: &Digest) -> Result<String, LandError> {
    let change = read(book, change)?;
    let blob = |digest: &Digest| book.get(digest).ok();
    let keep = |bytes: &[u8]| book.put(bytes).map_err(|e| std::io::Error::other(e.to_string()));
    sandbox::land(order, &change, &blob, &keep)?;
    Ok(format!("landed {} in {}", counted(change.changes.len(), "path"), change.root))
}

/// One commit on a branch, made with an index of our own: neither the work tree nor the person's index is touched.
fn on_branch(
    service: &Office,
    root: &Path,
    change: &ChangeSet,
    name: &str,
    base: &str,
    order: &Countersigned<Intent>,
) -> Result<String, LandError> {
    let reference = format!("refs/heads/{name}");
    git::answer(root, &["check-ref-format", &reference], b"", &[])?;
    let old = git::answer(root, &["rev-parse", "--verify", "--quiet", &reference], b"", &[]).unwrap_or_default();
    let parent = if old.is_empty() { base.to_owned() } else { old.clone() };
    untouched_since(root, change, base, &parent)?;
    let index = service.folder.join("tmp").join(format!("index-{}", order.value().id));
    std::fs::create_dir_all(service.folder.join("tmp")).map_err(|e| LandError::Store { why: e.to_string() })?;
    let index_text = index.to_string_lossy().into_owned();
    let made = commit(service, root, change, &parent, &index_text, order);
    if let Err(e) = std::fs::remove_file(&index)
        && e.kind() != std::io::ErrorKind::NotFound
    {
        return Err(LandError::Store { why: format!("the temporary index {index_text} stays behind: {e}") });
    }
    let made = made?;
    let zero = "0".repeat(made.len());
    let expected = if old.is_empty() { zero } else { old };
    git::answer(root, &["update-ref", "-m", "countersign", &reference, &made, &expected], b"", &[])?;
    Ok(format!("landed {} as commit {} on {name}", counted(change.changes.len(), "path"), made.chars().take(12).collect::<String>()))
}

fn commit(service: &Office, root: &Path, change: &ChangeSet, parent: &str, index: &str, order: &Countersigned<Intent>) -> Result<String, LandError> {
    let own_index = [("GIT_INDEX_FILE", index)];
    git::answer(root, &["read-tree", parent], b"", &own_index)?;
    let mut input = Vec::new();
    for one in &change.changes {
        index_line(service, root, one, &mut input)?;
    }
    git::answer(root, &["update-index", "-z", "--index-info"], &input, &own_index)?;
    let tree = git::answer(root, &["write-tree"], b"", &own_index)?;
    let permit = order.permit();
    let people: Vec<&str> = permit.people.iter().map(action::PersonId::as_str).collect();
    let message = format!(
        "Change set of session {}\n\n{}Countersign-Intent: {}\nCountersign-Change: {}\nCountersigned-By: {}\n",
        order.value().session,
        crate::specs::trailers(&service.book, root, &order.value().session, change),
        order.value().id,
        Digest::of(change).map_err(|e| LandError::Store { why: e.to_string() })?,
        people.join(", "),
    );
    let author = order.value().asked_by.as_str();
    let identity = [
        ("GIT_AUTHOR_NAME", author),
        ("GIT_AUTHOR_EMAIL", "countersign@localhost"),
        ("GIT_COMMITTER_NAME", author),
        ("GIT_COMMITTER_EMAIL", "countersign@localhost"),
    ];
    Ok(git::answer(root, &["commit-tree", &tree, "-p", parent], message.as_bytes(), &identity)?)
}

/// A branch that went on from the base must not have touched what lands: its work is not overwritten.
fn untouched_since(root: &Path, change: &ChangeSet, base: &str, tip: &str) -> Result<(), LandError> {
    if base == tip {
        return Ok(());
    }
    let moved = git::run(root, &["diff-tree", "-r", "-z", "--no-renames", "--name-only", base, tip], b"")?;
    if moved.code != 0 {
        return Err(GitError::failed("diff-tree", moved.code, &moved.stderr).into());
    }
    let moved = git::paths(&moved.stdout);
    let meets = |one: &&action::Change| sandbox::path_of(&one.path).is_none_or(|path| moved.contains(&path));
    let met: Vec<String> = change.changes.iter().filter(meets).map(|one| one.path.clone()).collect();
    if met.is_empty() { Ok(()) } else { Err(LandError::BranchMoved { paths: met.join(", ") }) }
}

/// One line of `git update-index -z --index-info`.
fn index_line(service: &Office, root: &Path, change: &action::Change, input: &mut Vec<u8>) -> Result<(), LandError> {
    let path = sandbox::path_of(&change.path).ok_or_else(|| LandError::Store { why: format!("`{}` is not a path", change.path) })?;
    let hash = |bytes: &[u8]| git::answer(root, &["hash-object", "-w", "--stdin"], bytes, &[]);
    let head = match &change.after {
        None if matches!(change.before, Some(Content::Directory)) => return Ok(()),
        None => format!("0 {}\t", "0".repeat(40)),
        Some(Content::Directory) => return Ok(()), // git keeps no directories
        Some(Content::Symlink { target }) => format!("120000 {}\t", hash(&link_bytes(target)?)?),
        Some(Content::File { digest, executable, .. }) => {
            let bytes = service.book.get(digest).map_err(|e| LandError::Store { why: e.to_string() })?;
            format!("{} {}\t", if *executable { "100755" } else { "100644" }, hash(&bytes)?)
        }
    };
    input.extend_from_slice(head.as_bytes());
    input.extend_from_slice(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()));
    input.push(0);
    Ok(())
}

/// A link's target as it is on disk; in a change set it is written as paths are.
fn link_bytes(target: &str) -> Result<Vec<u8>, LandError> {
    let target = sandbox::path_of(target).ok_or_else(|| LandError::Store { why: format!("`{target}` is not a link's target") })?;
    Ok(std::os::unix::ffi::OsStringExt::into_vec(target.into_os_string()))
}

/// Why a change set did not land.
#[derive(Debug, thiserror::Error)]
pub enum LandError {
    /// The order is for something else. Nothing happened.
    #[error("`{what}` does not land anything")]
    NotALanding {
        /// What was ordered.
        what: String,
    },
    /// Stopped between the permit and the first byte. Nothing happened.
    #[error("stopped by {by} before anything was done")]
    Stopped {
        /// Who.
        by: String,
    },
    /// What began just before it makes it need more than it has. Nothing happened.
    #[error("something else began just before it, so nothing was changed: {why}; ask for it again")]
    Overtaken {
        /// What stands against it now.
        why: String,
    },
    /// A blob or a scratch file. Nothing happened.
    #[error("{why}")]
    Store {
        /// Why.
        why: String,
    },
    /// A memory cannot be kept, or is none. Nothing happened.
    #[error(transparent)]
    Memory(#[from] NotKept),
    /// People are not as they were when this was signed. Nothing happened.
    #[error(transparent)]
    People(#[from] NotChanged),
    /// The branch has other work at these paths since the base. Nothing happened.
    #[error("the branch has other work at {paths}; nothing was overwritten; land it on a new branch")]
    BranchMoved {
        /// Which.
        paths: String,
    },
    /// Git said no; the branch is as it was. Nothing happened.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The issues; whether anything happened is in the error.
    #[error(transparent)]
    Issues(#[from] NotPublished),
    /// The files; whether anything happened is in the error.
    #[error(transparent)]
    Files(#[from] sandbox::LandError),
}

impl LandError {
    /// Whether the world is certainly as before.
    pub(crate) fn nothing_happened(&self) -> bool {
        match self {
            Self::NotALanding { .. } | Self::Stopped { .. } | Self::Overtaken { .. } | Self::BranchMoved { .. } | Self::Store { .. } | Self::Memory(_) | Self::People(_) | Self::Git(_) => true,
            Self::Issues(e) => e.nothing_happened(),
            Self::Files(e) => !matches!(e, sandbox::LandError::Partly { .. }),
        }
    }
}
