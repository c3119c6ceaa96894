//! What a box is to be: which tree, what is visible beside it, which limits, which door. Values only; nothing is read from
//! the environment, and nothing in a repository adds to it.

use std::path::{Path, PathBuf};

use action::EnvironmentName;

/// Everything that a box is made from.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The person's tree, absolute. It is the lower layer of an overlay at the same path; it is never written.
    pub tree: PathBuf,
    /// A folder of this session outside the tree, on a file system that can hold an overlay's upper layer. Made if absent.
    pub state: PathBuf,
    /// Files and folders outside the tree that can be read in the box (toolchains), at the same paths.
    pub visible: Vec<PathBuf>,
    /// Secrets of the tree that the person named: relative paths that are not masked.
    pub let_through: Vec<String>,
    /// Real places that can be rehearsed. They are not in the box but for a command that rehearses them.
    pub environments: Vec<Place>,
    /// The unix socket of the forward proxy; without one the box has no way out at all.
    pub door: Option<PathBuf>,
    /// The environment of every command. `PATH` belongs here; nothing is inherited.
    pub variables: Vec<(String, String)>,
    /// The person's home; in the box it is empty, in memory, at the same path.
    pub home: PathBuf,
    /// How much of the machine it may use.
    pub limits: Limits,
}

/// A real place with data that matters, and the environment it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The environment.
    pub name: EnvironmentName,
    /// Its folder, absolute.
    pub path: PathBuf,
}

/// How much of the machine a box may use.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Processes and threads at once, over the whole box.
    pub processes: u64,
    /// Memory: address space of each process, and of the whole box where a cgroup can be made.
    pub memory_bytes: Option<u64>,
    /// The largest file that can be written.
    pub file_bytes: u64,
    /// Open files of each process.
    pub open_files: u64,
    /// Growth of the copy on disk, measured four times a second while commands run; over it, they are killed. What is
    /// written between two measurements can exceed it.
    pub disk_bytes: u64,
    /// Size of `/tmp`, the home and `/dev/shm` together; they are in memory.
    pub scratch_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            processes: 2048,
            memory_bytes: None,
            file_bytes: 8 << 30,
            open_files: 4096,
            disk_bytes: 20 << 30,
            scratch_bytes: 4 << 30,
        }
    }
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The text for `bash -c`. At most [`Command::LONGEST`] bytes: the kernel takes no longer argument.
    pub line: String,
    /// Where it starts, relative to the tree; empty is the tree itself.
    pub cwd: String,
    /// The environment that it sees a throw-away copy of.
    pub rehearse: Option<EnvironmentName>,
}

impl Command {
    /// Bytes of the longest command line.
    pub const LONGEST: usize = 128 * 1024 - 64;
}

impl Plan {
    /// Makes every path absolute and free of links, and refuses plans whose copy would not be bounded.
    pub(crate) fn settled(mut self) -> Result<Self, BadPlan> {
        self.check_absolute()?;
        self.tree = folder(&self.tree)?;
        self.home = self.home.canonicalize().unwrap_or(self.home);
        make_private(&self.state)?;
        self.state = folder(&self.state)?;
        for place in &mut self.environments {
            place.path = folder(&place.path)?;
        }
        self.visible.retain(|path| path.exists());
        self.check()?;
        Ok(self)
    }

    fn check_absolute(&self) -> Result<(), BadPlan> {
        let places = self.environments.iter().map(|place| &place.path);
        let all = self.visible.iter().chain([&self.tree, &self.state, &self.home]).chain(&self.door).chain(places);
        match all.into_iter().find(|path| !path.is_absolute()) {
            Some(bad) => Err(BadPlan::Relative { path: bad.clone() }),
            None => Ok(()),
        }
    }

    fn check(&self) -> Result<(), BadPlan> {
        if self.home.starts_with(&self.tree) || SYSTEM.iter().any(|system| self.tree == Path::new(system)) {
            return Err(BadPlan::TooWide { path: self.tree.clone() });
        }
        if let Some(system) = UNREPLACEABLE.iter().find(|system| self.tree.starts_with(system)) {
            return Err(BadPlan::System { path: self.tree.clone(), system });
        }
        if self.state.starts_with(&self.tree) || self.tree.starts_with(&self.state) {
            return Err(BadPlan::StateInTree { state: self.state.clone() });
        }
        if let Some(wide) = self.visible.iter().find(|path| self.state.starts_with(path) || self.home.starts_with(path)) {
            return Err(BadPlan::TooWide { path: wide.clone() });
        }
        if let Some(place) = self.environments.iter().find(|p| self.tree.starts_with(&p.path) || self.state.starts_with(&p.path)) {
            return Err(BadPlan::PlaceHoldsTree { path: place.path.clone() });
        }
        check_owner(&self.tree)
    }
}

/// Folders that are not a person's tree as a whole.
const SYSTEM: [&str; 12] =
    ["/", "/home", "/root", "/usr", "/etc", "/var", "/opt", "/srv", "/tmp", "/bin", "/lib", "/mnt"];
/// Places that the box makes itself; a tree cannot be in them.
const UNREPLACEABLE: [&str; 5] = ["/proc", "/dev", "/sys", "/etc", "/run"];

fn folder(path: &Path) -> Result<PathBuf, BadPlan> {
    let real = path.canonicalize().map_err(|source| BadPlan::Unreadable { path: path.to_owned(), source })?;
    if real.is_dir() { Ok(real) } else { Err(BadPlan::NotAFolder { path: path.to_owned() }) }
}

/// A box has one user, its own. In a tree of another's it could change nothing: the kernel cannot copy such files up.
fn check_owner(tree: &Path) -> Result<(), BadPlan> {
    let unreadable = |source| BadPlan::Unreadable { path: tree.to_owned(), source };
    let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(tree).map_err(unreadable)?);
    let own = rustix::process::geteuid().as_raw();
    if owner == own { Ok(()) } else { Err(BadPlan::OtherOwner { path: tree.to_owned(), owner, own }) }
}

fn make_private(path: &Path) -> Result<(), BadPlan> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| BadPlan::Unreadable { path: path.to_owned(), source })
}

/// Why no box can be made from a plan. Nothing runs.
#[derive(Debug, thiserror::Error)]
pub enum BadPlan {
    /// A path must be absolute.
    #[error("`{}` is not an absolute path", path.display())]
    Relative {
        /// The path.
        path: PathBuf,
    },
    /// The tree is a home, a system folder or holds one; or a visible folder holds the home or the state.
    #[error("`{}` holds more than one project; choose a folder inside it", path.display())]
    TooWide {
        /// The path.
        path: PathBuf,
    },
    /// The tree is where the box has its own files.
    #[error("`{}` is inside `{system}`, which the box makes itself", path.display())]
    System {
        /// The tree.
        path: PathBuf,
        /// The system folder.
        system: &'static str,
    },
    /// The copy cannot be kept inside the tree it is a copy of.
    #[error("the state folder `{}` and the tree are inside one another", state.display())]
    StateInTree {
        /// The state folder.
        state: PathBuf,
    },
    /// An environment cannot hold the tree or the state.
    #[error("the environment at `{}` holds the tree or the state folder", path.display())]
    PlaceHoldsTree {
        /// The environment's folder.
        path: PathBuf,
    },
    /// The tree belongs to another user of the machine.
    #[error("`{}` belongs to user {owner}, and this is user {own}; run as that user", path.display())]
    OtherOwner {
        /// The tree.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who asks.
        own: u32,
    },
    /// A path that must be a folder is not.
    #[error("`{}` is not a folder", path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// A path cannot be resolved or made.
    #[error("`{}` cannot be used", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
}

#[cfg(test)]
mod tests;
