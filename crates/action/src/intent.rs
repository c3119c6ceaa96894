//! A call that has been read and given a meaning. Bytes too large for a ledger entry are named by digest and kept as blobs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::by_hand::ByHand;
use crate::canonical::Digest;
use crate::environment::EnvironmentName;
use crate::id::{AgentName, IntentId, PersonId, SessionId};
use crate::mcp::{McpAsk, McpServer};
use crate::governance::Governance;
use crate::visible::visible;

/// What an agent asks to do, for whom, and when in the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Version of this shape: 1.
    pub v: u8,
    /// Unique; makes every intent's digest its own, so that a permit serves one.
    pub id: IntentId,
    /// The conversation.
    pub session: SessionId,
    /// The model round, from 1.
    pub turn: u32,
    /// The person that the agent acts for: the requester.
    pub asked_by: PersonId,
    /// The agent's role.
    pub agent: AgentName,
    /// What is to be done.
    pub deed: Deed,
}

impl Intent {
    /// Who is nobody's peer for it, however many keys they hold: the person who asked, and whoever gains by a change of people.
    pub fn interested(&self) -> BTreeSet<&PersonId> {
        let gainers = match &self.deed {
            Deed::Govern { change } => change.gainers(),
            _ => BTreeSet::new(),
        };
        gainers.into_iter().chain([&self.asked_by]).collect()
    }
}

/// What is to be done. Paths are relative to the work tree, with `/`, unless a field says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Deed {
    /// Read lines of a file.
    Read {
        /// The file.
        path: String,
        /// First line, from 1.
        offset: u64,
        /// How many lines at most.
        limit: u64,
    },
    /// List a directory.
    List {
        /// The directory.
        path: String,
    },
    /// Find files by a pattern.
    Glob {
        /// A glob as in .gitignore.
        pattern: String,
        /// Where to start.
        path: String,
    },
    /// Find lines by a regular expression.
    Grep {
        /// The expression, in the syntax of the `regex` crate.
        pattern: String,
        /// Where to start.
        path: String,
        /// Only files that match this glob; empty for all.
        glob: String,
        /// Whether case counts.
        case_sensitive: bool,
    },
    /// Tell what a source file, or each source file of a directory, defines.
    Outline {
        /// The file or directory.
        path: String,
    },
    /// Tell which definitions below a directory matter most.
    Map {
        /// The directory.
        path: String,
        /// How many tokens the answer may have.
        budget: u64,
        /// What it is about, in words; empty for everything.
        about: String,
    },
    /// Tell where a name is defined, or who uses it.
    FindSymbol {
        /// The name.
        symbol: String,
        /// The file in which it stands, or where to look for it.
        path: String,
        /// The line of the file on which it stands, from 1; 0 for none.
        line: u64,
        /// Which of the two.
        seeks: Seeks,
    },
    /// Write a whole file.
    Write {
        /// The file.
        path: String,
        /// Blob of the new content.
        content: Digest,
    },
    /// Replace texts in a file.
    Edit {
        /// The file.
        path: String,
        /// Blob of the canonical JSON list of replacements.
        edits: Digest,
    },
    /// Delete a file, or a directory with all in it.
    Delete {
        /// The path.
        path: String,
    },
    /// Move or rename.
    Move {
        /// From here.
        from: String,
        /// To there.
        to: String,
    },
    /// Run a command in the box.
    Shell {
        /// The text for `bash -c`.
        command: String,
        /// Where it starts.
        cwd: String,
        /// Seconds until it is stopped.
        seconds: u64,
        /// Whether the call returns at once and output is read later.
        background: bool,
    },
    /// Read the output of a background command.
    Output {
        /// The number that the start returned.
        job: u64,
    },
    /// Stop a background command.
    StopJob {
        /// The number that the start returned.
        job: u64,
    },
    /// Note the agent's own list of steps.
    Plan {
        /// Blob of the steps as canonical JSON.
        steps: Digest,
    },
    /// Let another agent work on a task, in a copy of its own. It does so in a session of its own, for the same person.
    Delegate {
        /// Which of this session's subagents it is, from 1.
        number: u64,
        /// As what.
        agent: AgentName,
        /// Agents whose rights it may not go beyond either: those that it works for.
        within: Vec<AgentName>,
        /// Whether it may only look.
        reads_only: bool,
        /// The beginning of the task, for people.
        about: String,
        /// Blob of the task.
        task: Digest,
        /// Blob of the manifest of the copy that it begins with.
        from: Digest,
    },
    /// Take what a subagent changed into the copy: all of it, or nothing.
    Take {
        /// Which of this session's subagents.
        number: u64,
        /// Its session.
        session: SessionId,
        /// Blob of the change set.
        change: Digest,
    },
    /// Land what a rehearsal of a command did to a copy of an environment. The rehearsal ran in the box; what lands is its
    /// change set, the very bytes that were judged, and not a second run.
    Change {
        /// Where.
        environment: EnvironmentName,
        /// The command that was rehearsed.
        command: String,
        /// Blob of the change set.
        change: Digest,
    },
    /// Land the change set of the copy in the person's own tree.
    Land {
        /// Absolute path of the tree.
        root: String,
        /// Blob of the change set.
        change: Digest,
        /// How it lands.
        landing: Landing,
    },
    /// Take note that a person takes something as it is: a document of a spec, or a task without the evidence for it. Only a
    /// person proposes this, and only a signature makes it true.
    Accept {
        /// Absolute path of the tree.
        root: String,
        /// What, in words that stay the same: `document .kiro/specs/totals/design.md`, `task 2.1 of totals`.
        what: String,
        /// Blob of exactly what is accepted: the document's bytes, or the judgement of the task.
        text: Digest,
        /// Why, in the person's words; may be empty.
        why: String,
    },
    /// Make and update issues in a repository of a GitHub host. Only a person proposes this, and only a signature lets it happen.
    Publish {
        /// The host name, lower case: `github.com`.
        host: String,
        /// `owner/name`.
        repository: String,
        /// Blob of the [`IssueSet`](crate::IssueSet) as canonical JSON: the very texts that are sent.
        issues: Digest,
    },
    /// Keep a text as a memory of the project, told to its later sessions. Only a person's signature makes it kept.
    Remember {
        /// Absolute path of the tree.
        root: String,
        /// Blob of exactly the text that is told.
        text: Digest,
        /// The memory whose place it takes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<IntentId>,
    },
    /// Keep a memory no longer.
    Forget {
        /// Absolute path of the tree.
        root: String,
        /// The intent by which it was kept.
        memory: IntentId,
    },
    /// Reach a host through the dependency door.
    Reach {
        /// The host name, lower case.
        host: String,
        /// The port.
        port: u16,
    },
    /// Start a language server in the box, on the copy and without any network.
    LanguageStart {
        /// What it knows: `python`, `rust`, `go`, `typescript`.
        language: String,
        /// Its command line.
        command: String,
    },
    /// Get a page from outside the box, or go on reading one that this session has got.
    Fetch {
        /// The address, as [`crate::PageUrl`] spells it.
        url: String,
        /// Bytes of its text to leave out; from 1 on nobody is asked for anything.
        offset: u64,
    },
    /// Start an MCP server in the box, or open the way to one outside of it.
    McpStart {
        /// Which.
        server: McpServer,
    },
    /// Offer exactly these tools of an MCP server to models, in this project. Only a signature makes it true.
    McpTrust {
        /// Absolute path of the project.
        root: String,
        /// Which.
        server: McpServer,
        /// Blob of the tool set as canonical JSON: names, descriptions, schemas.
        tools: Digest,
    },
    /// Ask something of an MCP server.
    McpCall {
        /// Which.
        server: McpServer,
        /// What.
        asks: McpAsk,
        /// Blob of the arguments as a JSON object.
        arguments: Digest,
    },
    /// Change who may do what at this service. Only a person proposes this, and only signatures make it so.
    Govern {
        /// All of it.
        change: Governance,
    },
    /// Let an agent of another maker do something itself, outside every box of ours. A permit of it is used up by telling that
    /// agent that it may go on.
    Hand {
        /// Absolute path of the work tree that its session began in; empty where it began in none.
        root: String,
        /// Absolute path of the folder in which it does it.
        cwd: String,
        /// What the agent calls the tool.
        tool: String,
        /// What it would do, in this order.
        acts: Vec<ByHand>,
        /// Digest of the tool's whole input as canonical JSON; a blob where people are asked.
        input: Digest,
    },
}

/// What is to be found of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seeks {
    /// Where it is defined.
    Definition,
    /// Who uses it.
    References,
}

/// How a change set reaches the person's tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "kebab-case")]
pub enum Landing {
    /// As uncommitted changes of the work tree.
    Worktree,
    /// As one commit on a branch; the work tree is not touched.
    Branch {
        /// The branch, made if it is absent.
        name: String,
        /// The commit that the change set is laid on, in hex.
        base: String,
    },
    /// As uncommitted changes of the work tree, judged as if an agent with its own hands had made them: what a command of one
    /// left in our box.
    ByHand,
}

impl Landing {
    /// Whether the work tree itself is written to.
    pub fn is_in_place(&self) -> bool {
        matches!(self, Self::Worktree | Self::ByHand)
    }
}

impl Deed {
    /// Whether it counts as done by an agent of another maker, on the person's machine.
    pub fn is_by_hand(&self) -> bool {
        matches!(self, Self::Hand { .. } | Self::Land { landing: Landing::ByHand, .. })
    }

    /// The rehearsal of a command on a copy of an environment: a change that names no change set yet. It stays in the box.
    pub fn rehearsal(environment: EnvironmentName, command: String) -> Self {
        Self::Change { environment, command, change: Digest::of_bytes(b"") }
    }

    /// Whether this is a rehearsal. Its change set, the digest of no bytes, can never be read, so it can never land.
    pub fn is_rehearsal(&self) -> bool {
        matches!(self, Self::Change { change, .. } if *change == Digest::of_bytes(b""))
    }

    /// One line for screens and the model, [`visible`] also where the agent chose a name to mislead. Never the basis of a decision.
    pub fn line(&self) -> String {
        visible(&self.words()).into_owned()
    }

    fn words(&self) -> String {
        match self {
            Self::Read { path, .. } => format!("read {path}"),
            Self::List { path } => format!("list {path}"),
            Self::Glob { pattern, path } => format!("find {pattern} in {path}"),
            Self::Grep { pattern, path, .. } => format!("search {pattern} in {path}"),
            Self::Outline { path } => format!("outline {path}"),
            Self::Map { path, about, .. } if about.is_empty() => format!("map {path}"),
            Self::Map { path, about, .. } => format!("map {path} for {about}"),
            Self::FindSymbol { symbol, path, seeks: Seeks::Definition, .. } => format!("find the definition of {symbol} in {path}"),
            Self::FindSymbol { symbol, path, seeks: Seeks::References, .. } => format!("find who uses {symbol} in {path}"),
            Self::Write { path, .. } => format!("write {path}"),
            Self::Edit { path, .. } => format!("edit {path}"),
            Self::Delete { path } => format!("delete {path}"),
            Self::Move { from, to } => format!("move {from} to {to}"),
            Self::Shell { command, .. } => format!("run {command}"),
            Self::Output { job } => format!("read output of job {job}"),
            Self::StopJob { job } => format!("stop job {job}"),
            Self::Plan { .. } => "note the plan".into(),
            Self::Delegate { agent, about, .. } => format!("delegate to {agent}: {about}"),
            Self::Take { number, .. } => format!("take what subagent {number} changed"),
            Self::Change { environment, command, .. } => format!("change {environment} by {command}"),
            Self::Land { root, landing: Landing::Worktree | Landing::ByHand, .. } => format!("land the change set in {root}"),
            Self::Land { root, landing: Landing::Branch { name, .. }, .. } => {
                format!("land the change set in {root} as a commit on {name}")
            }
            Self::Accept { what, .. } => format!("accept {what}"),
            Self::Publish { host, repository, .. } => format!("publish issues in {host}/{repository}"),
            Self::Remember { instead: None, .. } => "remember a text in this project".into(),
            Self::Remember { instead: Some(memory), .. } => format!("remember a text in place of memory {memory}"),
            Self::Forget { memory, .. } => format!("forget memory {memory}"),
            Self::Reach { host, port } => format!("reach {host}:{port}"),
            Self::LanguageStart { language, .. } => format!("start the language server for {language}"),
            Self::Fetch { url, offset: 0 } => format!("fetch {url}"),
            Self::Fetch { url, offset } => format!("read on in {url} from byte {offset}"),
            Self::McpStart { server } => format!("start MCP server {}", server.name),
            Self::McpTrust { server, .. } => format!("offer the tools of MCP server {}", server.name),
            Self::McpCall { server, asks, .. } => format!("ask MCP server {} for {}", server.name, asks.words()),
            Self::Govern { change } => change.words(),
            Self::Hand { tool, acts, .. } => {
                let acts: Vec<String> = acts.iter().map(ByHand::words).collect();
                format!("let it {} with its own hands (tool {tool})", acts.join(", then "))
            }
        }
    }
}

#[cfg(test)]
mod tests;
