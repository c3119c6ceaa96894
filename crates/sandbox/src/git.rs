//! Where a tree's git folder really is. A work tree or a submodule has a `.git` *file* that points elsewhere; git in the box
//! needs those folders as well, as overlays of their own, and the object stores that they borrow from.
//!
//! What points there came with the tree, perhaps from a stranger. So a folder outside is taken only if it is a git folder
//! that names the tree in turn, an object store only if it is one of a git folder, and neither if it is [`OffLimits`]. What
//! is not taken is not in the box: git says there that it is missing.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::plan::Plan;
use crate::still::read_still;

pub(crate) mod config;

/// The git folders of a tree.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct GitFolders {
    /// Outside the tree; none of them inside another.
    pub(crate) outside: Vec<PathBuf>,
    /// Object stores that these or the tree's own borrow from, neither in the tree nor in those; read-only.
    pub(crate) borrowed: Vec<PathBuf>,
}

impl GitFolders {
    pub(crate) fn of(tree: &Path, off_limits: &OffLimits) -> Self {
        let Some((own, common)) = own_and_common(tree) else { return Self::default() };
        let outside = if common.starts_with(tree) { Vec::new() } else { vec![common.clone()] };
        if outside.iter().any(|folder| !names_in_turn(tree, &own, &common) || off_limits.holds(folder)) {
            return Self::default();
        }
        let mut borrowed = Vec::new();
        borrow(&common.join("objects"), off_limits, MOST_BORROWED, &mut borrowed);
        borrowed.retain(|store| !store.starts_with(tree) && !outside.iter().any(|folder| store.starts_with(folder)));
        Self { outside, borrowed }
    }
}

/// Chains of borrowed object stores are followed this far, as git does.
const MOST_BORROWED: usize = 5;
/// The files that point are one path, or a few.
const LONGEST: u64 = 1 << 20;

/// The folder that `.git` is or points to, and the one that this shares with other work trees: the same where it is the only.
fn own_and_common(tree: &Path) -> Option<(PathBuf, PathBuf)> {
    let dot_git = tree.join(".git");
    let own = if dot_git.is_dir() { dot_git.canonicalize().ok() } else { pointed_at(tree, &dot_git, b"gitdir: ") }?;
    let shared = own.join("commondir");
    let common = if fs::symlink_metadata(&shared).is_ok() { pointed_at(&own, &shared, b"")? } else { own.clone() };
    // A folder that is partly outside, or outside and partly in, is nothing that git makes.
    (own.starts_with(tree) == common.starts_with(tree)).then_some((own, common))
}

fn pointed_at(base: &Path, file: &Path, prefix: &[u8]) -> Option<PathBuf> {
    let folder = base.join(line_of(file, prefix)?).canonicalize().ok()?;
    folder.is_dir().then_some(folder)
}

fn line_of(file: &Path, prefix: &[u8]) -> Option<PathBuf> {
    let (bytes, _) = read_still(file, LONGEST).ok()?;
    let line = bytes.strip_prefix(prefix)?.split(|b| *b == b'\n').next()?;
    Some(PathBuf::from(OsStr::from_bytes(line)))
}

/// Whether these folders, outside the tree, say themselves that the tree is theirs.
fn names_in_turn(tree: &Path, own: &Path, common: &Path) -> bool {
    if !is_git_folder(common) || !common.join("objects").is_dir() {
        return false;
    }
    if own == common {
        return config::work_trees(own).any(|named| own.join(named).canonicalize().is_ok_and(|named| named == tree));
    }
    let named = line_of(&own.join("gitdir"), b"").map(|line| own.join(line));
    let is_tree = |named: PathBuf| {
        let parent = named.parent().and_then(|parent| parent.canonicalize().ok());
        named.file_name() == Some(OsStr::new(".git")) && parent.as_deref() == Some(tree)
    };
    own.parent() == Some(&*common.join("worktrees")) && named.is_some_and(is_tree)
}

fn is_git_folder(folder: &Path) -> bool {
    fs::symlink_metadata(folder.join("HEAD")).is_ok_and(|head| !head.is_dir()) && folder.join("refs").is_dir()
}

/// Adds the stores that `objects` borrows from, and those that they do.
fn borrow(objects: &Path, off_limits: &OffLimits, depth: usize, found: &mut Vec<PathBuf>) {
    let (Some(deeper), Ok(objects)) = (depth.checked_sub(1), objects.canonicalize()) else { return };
    let Ok((bytes, _)) = read_still(&objects.join("info/alternates"), LONGEST) else { return };
    let lines = bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    for store in lines.filter_map(|line| objects.join(OsStr::from_bytes(line)).canonicalize().ok()) {
        let of_git = store.file_name() == Some(OsStr::new("objects")) && store.parent().is_some_and(is_git_folder);
        if of_git && store.is_dir() && !found.contains(&store) && !off_limits.holds(&store) {
            found.push(store.clone());
            borrow(&store, off_limits, deeper, found);
        }
    }
}

/// Folders that no file of a tree can bring into the box, nor what is in them or holds them.
#[derive(Debug)]
pub(crate) struct OffLimits {
    /// Neither these nor what is in them nor what they are in.
    folders: Vec<PathBuf>,
    /// Not these nor what they are in; what is in them may be.
    wide: Vec<PathBuf>,
}

/// Where secrets are kept in a home.
const SECRETS_OF_HOME: [&str; 12] = [
    ".aws", ".azure", ".config", ".docker", ".gcloud", ".gnupg", ".kube", ".local/share/keyrings", ".mozilla", ".password-store",
    ".pki", ".ssh",
];
/// What the box makes itself.
const SYSTEM: [&str; 5] = ["/proc", "/dev", "/sys", "/etc", "/run"];
/// The state of one session lies this deep in the folder of the service, beside its keys and its ledger.
const STATE_DEPTH: usize = 3;

impl OffLimits {
    /// Of a settled plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        let wide = vec![plan.home.clone(), plan.tree.clone()];
        let is_service = |folder: &&Path| !wide.iter().any(|inner| inner.starts_with(folder));
        let service = plan.state.ancestors().take(STATE_DEPTH + 1).take_while(is_service).map(Path::to_owned);
        let secrets = SECRETS_OF_HOME.iter().map(|name| plan.home.join(name));
        let secrets = secrets.flat_map(|path| [path.canonicalize().ok(), Some(path)]).flatten();
        let places = plan.environments.iter().map(|place| place.path.clone());
        let folders = service.chain([plan.state.clone()]).chain(secrets).chain(places).chain(SYSTEM.map(PathBuf::from)).collect();
        Self { folders, wide }
    }

    fn holds(&self, path: &Path) -> bool {
        self.folders.iter().any(|folder| path.starts_with(folder) || folder.starts_with(path))
            || self.wide.iter().any(|folder| folder.starts_with(path))
    }
}

#[cfg(test)]
mod tests;
