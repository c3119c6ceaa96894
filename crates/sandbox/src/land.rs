//! Lands a change set: the only way that anything gets from a box to a person's tree or to an environment.
//!
//! The order of writing is the argument. (1) Every path is compared with what the change set says was there; one that is
//! different, and nothing is done. (2) Every new file is written beside its place under a name of ours and made durable, and
//! every old one handed to `keep`. (3) Path by path, the new takes the place of the old by one atomic exchange, and what was
//! taken out is compared once more: an edit that slipped in between is put back, and landing stops there. If the power goes
//! in (2) the tree is as it was, but for files of ours ([`clear_left_behind`]); in (3) each path is as before or as after, and [`landed_state`] says
//! which. No link is ever followed.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use action::{Change, ChangeSet, Content, Countersigned, Deed, Digest, Intent};

use crate::beneath::{self, Root};
use crate::coded::path_of;

mod apply;

/// What was landed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Landed {
    /// Paths that changed.
    pub paths: usize,
    /// The blob of every file that was replaced or removed, by its path as in the change set.
    pub kept: Vec<(String, Digest)>,
}

/// How a path of a change set stands at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LandedState {
    /// As it was before.
    Before,
    /// As it is to be after.
    After,
    /// Neither: changed by somebody else.
    Other,
}

/// One path of the change set, read.
struct Step<'a> {
    change: &'a Change,
    path: PathBuf,
}

/// Applies `change` below its root, as `order` says: a landing in the work tree or a change of an environment.
///
/// `read_blob` gives the bytes of new files; they are checked against their digests. `keep` must make the bytes of old files
/// durable and return their digest.
pub fn land(
    order: &Countersigned<Intent>,
    change: &ChangeSet,
    read_blob: &dyn Fn(&Digest) -> Option<Vec<u8>>,
    keep: &dyn Fn(&[u8]) -> io::Result<Digest>,
) -> Result<Landed, LandError> {
    let git = check_order(&order.value().deed, change)?;
    let steps = read_steps(change, git)?;
    let root = Root::open(Path::new(&change.root)).map_err(|source| LandError::Nothing { at: change.root.clone(), source })?;
    check_before(&root, &steps)?;
    let kept = keep_old(&root, &steps, keep)?;
    let names = apply::Names::of(change);
    let staged = apply::stage(&root, &steps, &names, read_blob)?;
    apply::apply(&root, &steps, &names, staged)?;
    Ok(Landed { paths: steps.len(), kept })
}

/// How each path of a change set stands below `root` (not the root in the change set: that is for the caller to compare).
pub fn landed_state(change: &ChangeSet, root: &Path) -> Result<Vec<(String, LandedState)>, LandError> {
    let steps = read_steps(change, Git::Allowed)?;
    let open = Root::open(root).map_err(|source| LandError::Nothing { at: change.root.clone(), source })?;
    steps.iter().map(|step| Ok((step.change.path.clone(), state_of(&open, step)?))).collect()
}

/// Removes the files of ours that a landing of `change` left when the power went, and says how many.
///
/// One that holds neither the bytes before nor those after stays: it is an edit that was being put back.
pub fn clear_left_behind(change: &ChangeSet, root: &Path) -> Result<usize, LandError> {
    let steps = read_steps(change, Git::Allowed)?;
    let open = Root::open(root).map_err(|source| LandError::Nothing { at: change.root.clone(), source })?;
    apply::clear(&open, &steps, &apply::Names::of(change))
}

fn state_of(root: &Root, step: &Step<'_>) -> Result<LandedState, LandError> {
    let now = look(root, step)?;
    Ok(if now == step.change.after {
        LandedState::After
    } else if now == step.change.before {
        LandedState::Before
    } else {
        LandedState::Other
    })
}

fn look(root: &Root, step: &Step<'_>) -> Result<Option<Content>, LandError> {
    let at = |source| LandError::Nothing { at: step.change.path.clone(), source };
    Ok(root.look(&step.path).map_err(at)?.map(|seen| seen.content))
}

/// Whether paths inside `.git` may be landed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Git {
    Allowed,
    Refused,
}

fn check_order(deed: &Deed, change: &ChangeSet) -> Result<Git, LandError> {
    let (signed, git) = match deed {
        Deed::Land { root, change: digest, landing } if landing.is_in_place() && *root == change.root => (digest, Git::Refused),
        Deed::Land { root, landing, .. } if landing.is_in_place() => {
            return Err(LandError::OtherRoot { signed: root.clone(), asked: change.root.clone() });
        }
        Deed::Change { change: digest, .. } => (digest, Git::Allowed),
        other => return Err(LandError::OtherDeed { deed: other.line() }),
    };
    let asked = Digest::of(change).map_err(|error| LandError::Unreadable { path: String::new(), why: error.to_string() })?;
    if *signed == asked { Ok(git) } else { Err(LandError::OtherChange { signed: *signed, asked }) }
}

fn read_steps(change: &ChangeSet, git: Git) -> Result<Vec<Step<'_>>, LandError> {
    let unreadable = |change: &Change, why: &str| LandError::Unreadable { path: change.path.clone(), why: why.to_owned() };
    if change.v != 1 {
        return Err(LandError::Unreadable { path: String::new(), why: format!("version {} is not known", change.v) });
    }
    let mut seen = BTreeSet::new();
    let mut steps = Vec::new();
    for one in &change.changes {
        let path = path_of(&one.path).ok_or_else(|| unreadable(one, "not a path coded as %XX"))?;
        if !beneath::goes_down(&path) {
            return Err(unreadable(one, "not a path below the root"));
        }
        if git == Git::Refused && path.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git")) {
            return Err(unreadable(one, "inside a git folder"));
        }
        if one.before == one.after {
            return Err(unreadable(one, "nothing changes"));
        }
        if !seen.insert(path.clone()) {
            return Err(unreadable(one, "named twice"));
        }
        steps.push(Step { change: one, path });
    }
    Ok(steps)
}

/// Names every path that is not as the change set says it was.
fn check_before(root: &Root, steps: &[Step<'_>]) -> Result<(), LandError> {
    let mut conflicts = Vec::new();
    for step in steps {
        match root.look(&step.path) {
            Ok(seen) if seen.as_ref().map(|seen| &seen.content) == step.change.before.as_ref() => {}
            Ok(seen) => conflicts.push(Conflict { path: step.change.path.clone(), found: describe(seen.map(|seen| seen.content).as_ref()) }),
            Err(error) => conflicts.push(Conflict { path: step.change.path.clone(), found: error.to_string() }),
        }
    }
    if conflicts.is_empty() { Ok(()) } else { Err(LandError::Conflicts { conflicts }) }
}

fn describe(content: Option<&Content>) -> String {
    match content {
        None => "nothing".to_owned(),
        Some(Content::File { digest, size, .. }) => format!("a file of {size} bytes ({})", digest.short()),
        Some(Content::Symlink { target }) => format!("a link to `{target}`"),
        Some(Content::Directory) => "a folder".to_owned(),
    }
}

fn keep_old(
    root: &Root,
    steps: &[Step<'_>],
    keep: &dyn Fn(&[u8]) -> io::Result<Digest>,
) -> Result<Vec<(String, Digest)>, LandError> {
    let mut kept = Vec::new();
    for step in steps {
        let Some(Content::File { digest, .. }) = &step.change.before else { continue };
        let at = |source| LandError::Nothing { at: step.change.path.clone(), source };
        let bytes = apply::read_all(root, &step.path).map_err(at)?;
        if keep(&bytes).map_err(at)? != *digest {
            let found = describe(look(root, step)?.as_ref());
            return Err(LandError::Conflicts { conflicts: vec![Conflict { path: step.change.path.clone(), found }] });
        }
        kept.push((step.change.path.clone(), *digest));
    }
    Ok(kept)
}

/// A path that is not as the change set says it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// As in the change set.
    pub path: String,
    /// What is there, in words.
    pub found: String,
}

/// Why a change set did not land.
#[derive(Debug, thiserror::Error)]
pub enum LandError {
    /// The order lands nothing, or lands as a commit, which is git's work. Nothing happened.
    #[error("the order is to `{deed}`, which lands nothing in a folder")]
    OtherDeed {
        /// The deed in a line.
        deed: String,
    },
    /// The order is for another root. Nothing happened.
    #[error("the order lands in `{signed}`, not in `{asked}`")]
    OtherRoot {
        /// In the order.
        signed: String,
        /// In the change set.
        asked: String,
    },
    /// The change set is not the one that was signed. Nothing happened.
    #[error("the change set that was signed is {signed}, not {asked}")]
    OtherChange {
        /// In the order.
        signed: Digest,
        /// Of the change set.
        asked: Digest,
    },
    /// The change set cannot be applied by anyone. Nothing happened.
    #[error("the change of `{path}` cannot be read: {why}")]
    Unreadable {
        /// As in the change set.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// Somebody changed these paths meanwhile. Nothing happened.
    #[error("changed meanwhile: {}", named(conflicts))]
    Conflicts {
        /// All of them.
        conflicts: Vec<Conflict>,
    },
    /// The bytes of a new file are not there, or are others. Nothing happened.
    #[error("the content of `{path}` ({digest}) is missing")]
    MissingBlob {
        /// As in the change set.
        path: String,
        /// The blob.
        digest: Digest,
    },
    /// Something failed before the first path was changed. Nothing happened.
    #[error("nothing was landed: `{at}` cannot be prepared")]
    Nothing {
        /// Where.
        at: String,
        /// The system's words.
        source: io::Error,
    },
    /// Something failed on the way; [`landed_state`] says how each path stands.
    #[error("landing stopped at `{at}` after {done} of {all} steps")]
    Partly {
        /// Steps that were done.
        done: usize,
        /// All steps.
        all: usize,
        /// Where it stopped.
        at: String,
        /// The system's words.
        source: io::Error,
    },
}

fn named(conflicts: &[Conflict]) -> String {
    let mut all: Vec<String> = conflicts.iter().take(8).map(|c| format!("`{}` (found {})", c.path, c.found)).collect();
    if conflicts.len() > all.len() {
        all.push(format!("and {} more", conflicts.len() - all.len()));
    }
    all.join(", ")
}
