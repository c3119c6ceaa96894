//! What a session is made of, kept beside its copy so that it can be resumed.

use std::fs;
use std::path::{Path, PathBuf};

use action::{AgentName, Parent, PersonId, SessionId};
use serde::{Deserialize, Serialize};

use crate::budget::Limit;
use crate::fullness::Fullness;

/// What a session is made of, kept as `session.json` so that it can be resumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Which.
    pub session: SessionId,
    /// For whom.
    pub person: PersonId,
    /// As what.
    pub agent: AgentName,
    /// Absolute path of the person's tree.
    pub root: PathBuf,
    /// The commit that was checked out when it began.
    pub base: Option<String>,
    /// The person's first words, for lists.
    pub about: String,
    /// Ledger index of its opening: stops since then count.
    pub since: u64,
    /// When the copy last agreed with the tree: seconds and nanoseconds of the file system's clock.
    pub agreed: (i64, i64),
    /// Rounds so far.
    pub turn: u32,
    /// Messages that compaction took out of the conversation so far.
    #[serde(default)]
    pub dropped: usize,
    /// How much the person gave this session to spend in all of its life, with those that come from it.
    #[serde(default, skip_serializing_if = "Limit::is_none")]
    pub limit: Limit,
    /// How full the model's context was after the last reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Fullness>,
    /// The session that it comes from, as its opening says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// What bounds it beside its own agent.
    #[serde(default, skip_serializing_if = "Bounds::is_none")]
    pub bounds: Bounds,
}

/// What bounds a subagent beside its own agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// The agents that it works for.
    pub within: Vec<AgentName>,
    /// Whether it may only look.
    pub reads_only: bool,
    /// How many agents stand above it.
    pub depth: u8,
}

impl Bounds {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Card {
    /// Reads the card of a session folder.
    pub fn load(folder: &Path) -> std::io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(folder.join("session.json"))?)?)
    }

    /// Whether an agent began it: what it changed is for that agent to take, and is never proposed to people.
    pub fn is_subagent(&self) -> bool {
        matches!(self.parent, Some(Parent::Subagent { .. }))
    }

    /// Writes it, whole or not at all.
    pub fn save(&self, folder: &Path) -> std::io::Result<()> {
        let temporary = folder.join("session.json.new");
        fs::write(&temporary, serde_json::to_vec_pretty(self)?)?;
        fs::rename(temporary, folder.join("session.json"))
    }
}

/// The file system's present moment, read off a file that was touched for it.
pub fn agreed_now(folder: &Path) -> std::io::Result<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    let marker = folder.join("agreed");
    fs::write(&marker, b"the copy and the tree agreed when this was written\n")?;
    let found = fs::metadata(&marker)?;
    Ok((found.ctime(), found.ctime_nsec()))
}
