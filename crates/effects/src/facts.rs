//! What is known about the world when judging: plain data that others gathered. The readers look nothing up themselves, so
//! equal facts and equal bytes give equal effects, live, at the second look before executing, and in replay.
//!
//! Everything absent is unknown, and unknown is judged strictly.

use std::collections::BTreeMap;

use action::{ChangeSet, Environment, Generation, IssueSet};
use serde::{Deserialize, Serialize};

/// The facts. `Facts::default()` knows nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Absolute path of the person's work tree, which the agent's copy stands for.
    pub tree: String,
    /// Absolute path of the person's home.
    pub home: String,
    /// Every environment that the service maps, with its generation.
    pub environments: Vec<(Environment, Generation)>,
    /// What is at the paths that the intent names, relative to the tree. Absent: nothing is there.
    pub files: BTreeMap<String, FileFact>,
    /// Texts of files of the tree that the intent names and might run or hand to a client: scripts, statements, manifests, compose
    /// files. By path relative to the tree.
    pub scripts: BTreeMap<String, String>,
    /// The repository, where the tree is one.
    pub git: Option<GitFact>,
    /// The change set that the intent names by digest.
    pub change: Option<ChangeSet>,
    /// Names at the top of the change set's root before it; absent when nobody looked.
    pub top_level: Option<Vec<String>>,
    /// Every database below the change set's root, changed or not, by path (absolute, or relative to that root).
    pub databases: BTreeMap<String, DataFact>,
    /// Absolute paths of recovery points that exist now and are complete.
    pub recovery_points: Vec<String>,
    /// Hosts that policy names for the dependency door: `crates.io`, `*.crates.io`, `localhost:4873`.
    pub reachable_hosts: Vec<String>,
    /// Hosts that the service names for documentation: `docs.rs`, `localhost:8000`.
    pub documentation_hosts: Vec<String>,
    /// The tool set that the intent names by digest.
    pub tools: Option<ToolsFact>,
    /// Whose login the server is sent, where somebody is logged in.
    pub login: Option<LoginFact>,
    /// The issues that the intent names by digest.
    pub issues: Option<IssueSet>,
    /// What a memory says and said, where the deed is about one.
    pub memory: Option<MemoryFact>,
    /// The state file that a plan was made against.
    pub state: Option<StateFact>,
    /// The state that was last recorded for the same place.
    pub recorded_state: Option<StateFact>,
    /// Profiles of the AWS command line, by name. `default` is the one that a command gets that names none, whatever variables of the
    /// environment say.
    pub profiles: BTreeMap<String, ProfileFact>,
    /// The server of each context of `kubectl`, as its configuration has it: `https://10.0.0.1:6443`. The current context is there
    /// under the empty name, too.
    pub clusters: BTreeMap<String, String>,
    /// Rows by table, `orders` or `public.orders`, in a snapshot of the database that is asked about.
    pub tables: BTreeMap<String, u64>,
    /// What `terraform show -json` says of plan files of the tree, by path relative to the tree. Only a caller who has run that
    /// itself on these very files may fill it: a text that somebody else wrote down proves nothing.
    pub plans: BTreeMap<String, String>,
    /// Whether an agent of another maker does it with its own hands: what is in the tree is then told apart from the rest of the
    /// machine, and what would open other doors from other files.
    pub by_hand: bool,
    /// Absolute paths of what holds such an agent: the service's folder, and the settings that put the gate in force.
    pub guarded: Vec<String>,
    /// Whether the repository has a hook that git would run; absent when nobody looked.
    pub git_hooks: Option<bool>,
}

/// The head of a Terraform or OpenTofu state file, and how much it has. Neither values nor secrets of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StateFact {
    /// Made once, with the state: two states with the same one are versions of each other.
    pub lineage: String,
    /// Grows with every version.
    pub serial: u64,
    /// How many objects each managed resource has, by address without an index: `module.app.aws_instance.web`.
    pub resources: BTreeMap<String, u64>,
}

/// Whose credentials a profile of the AWS command line has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileFact {
    /// The account's number, twelve digits. Empty: not known.
    pub account: String,
    /// The region that commands get that name none. Empty: not known.
    pub region: String,
}

/// A memory of the project, as its texts are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemoryFact {
    /// What would be kept; absent where it is forgotten.
    pub text: Option<String>,
    /// What is kept now, and would not be any more.
    pub was: Option<String>,
}

/// A login to an MCP server at an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoginFact {
    /// Who vouches for the person there.
    pub issuer: String,
    /// What it was asked to be for.
    pub scopes: Vec<String>,
    /// The entry of the ledger that has it: another login is another entry.
    pub entry: u64,
}

/// A tool set of an MCP server, by the names that the server gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolsFact {
    /// All of them, in their order.
    pub names: Vec<String>,
    /// How it differs from the one that people approved last; absent where they never did.
    pub change: Option<ToolsChange>,
}

/// How a tool set differs from an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolsChange {
    /// Only in the later one.
    pub new: Vec<String>,
    /// In both, with another description or schema.
    pub changed: Vec<String>,
    /// Only in the earlier one.
    pub gone: Vec<String>,
}

/// What is at a path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFact {
    /// Its kind.
    pub kind: FileKind,
    /// Bytes of a file; how many files are below a directory.
    pub size: u64,
    /// Whether git tracks it; absent without git.
    pub tracked: Option<bool>,
    /// Whether it differs from the last commit.
    pub changed: bool,
    /// Whether it is a file that has other names too, here or elsewhere: a hard link.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub linked: bool,
}

/// Kinds of things at a path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum FileKind {
    /// A regular file.
    #[default]
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink {
        /// Where it points, as written.
        target: String,
    },
}

/// The state of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GitFact {
    /// The branch that is checked out; empty when none is.
    pub branch: String,
    /// Tracked files that differ from the last commit.
    pub dirty: u64,
    /// Files that git neither tracks nor ignores.
    pub untracked: u64,
    /// Stashes.
    pub stashes: u64,
    /// Name and push URL of each remote.
    pub remotes: Vec<(String, String)>,
    /// Where the branch is pushed, `origin/main`; absent without one.
    pub upstream: Option<String>,
    /// Commits that the upstream does not have.
    pub upstream_ahead: u64,
}

/// A database file, as a reader of its engine counted it before and after a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFact {
    /// `sqlite`, …
    pub engine: String,
    /// Rows in all its tables before; absent when it could not be read.
    pub rows_before: Option<u64>,
    /// Rows afterwards; absent when it is gone or cannot be read.
    pub rows_after: Option<u64>,
    /// Rows that were there before and are not afterwards.
    pub rows_lost: u64,
}

#[cfg(test)]
mod tests;
