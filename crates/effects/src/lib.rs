//! Reads bytes and says what they would touch: file changes, git, shell, change sets, hosts.
//!
//! ```text
//! Intent ──┐
//!          ├─ of ─▶ Effects ─▶ guard
//! Facts ───┘
//! ```
//!
//! Pure: no file, clock, environment or network is touched; all that is known about the world comes in [`Facts`]. Equal
//! inputs give equal effects, so they can be computed again at execution and compared by digest.
//!
//! A reader never guesses in the agent's favour. What it cannot read is opaque; in the box that is bounded by the kernel,
//! outside it is held. Reading more text can only add effects, or make them opaque.
//!
//! [`of`] is the one door; [`shell::read`] is the same reading of a command for other places than the box.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::disallowed_methods,
        reason = "tests fail by panicking"
    )
)]

use action::{Certainty, Deed, Digest, Effect, Effects, EnvironmentName, Intent, Landing, Resource, Reversibility, Tier, Verb};

pub mod aws;
mod change;
mod environment;
mod facts;
mod fetch;
mod files;
mod git;
mod hand;
mod jobs;
mod language;
pub mod manifest;
mod mcp;
mod memory;
mod mongo;
mod path;
mod people;
mod place;
pub mod plan;
mod protected;
mod publish;
mod radius;
mod reach;
pub mod shell;
mod sighting;
pub mod sql;
mod subagent;

pub use environment::is_mapped;
pub use facts::{DataFact, Facts, FileFact, FileKind, GitFact, LoginFact, MemoryFact, ProfileFact, StateFact, ToolsChange, ToolsFact};
pub use place::Place;
pub use protected::protected;
pub use radius::{Ended, Radius, Strike, Strikes, Weight, without_instances};
pub use sighting::{Reading, Sighting, Span};

/// What could not be read is bound to the files that the command names, as they are at this moment: were one of them written
/// anew between a signature and the run, it would be another effect.
fn as_they_are(effects: Effects, facts: &Facts) -> Effects {
    if facts.scripts.is_empty() || effects.iter().all(|effect| effect.certainty != Certainty::Opaque) {
        return effects;
    }
    let Ok(digest) = Digest::of(&facts.scripts) else { return effects }; // a map of texts always has a canonical form
    let named: Vec<&str> = facts.scripts.keys().take(3).map(String::as_str).collect();
    let more = if facts.scripts.len() > named.len() { ", …" } else { "" };
    let note = format!("with {}{more} as of {}", named.join(", "), digest.to_string().chars().take(32 + "sha256:".len()).collect::<String>());
    let bound = |effect: &Effect| match effect.certainty {
        Certainty::Opaque => effect.clone().noted(note.clone()),
        Certainty::Exact | Certainty::AtLeast => effect.clone(),
    };
    Effects::new(effects.iter().map(bound).collect())
}

/// A person's word that later work relies on. It changes no file, and still it leaves the box: only a signature makes it true.
fn acceptance(what: &str) -> Effect {
    let effect = Effect::in_workspace(Verb::Create, Resource::new("acceptance", what));
    effect.at(EnvironmentName::host(), Tier::Host).that_is(Reversibility::Reversible)
}

/// What an intent would touch, given what is known.
pub fn of(intent: &Intent, facts: &Facts) -> Effects {
    Effects::new(match &intent.deed {
        Deed::Read { path, .. } => files::read(path, facts),
        Deed::List { path } | Deed::Grep { path, .. } | Deed::Outline { path } | Deed::Map { path, .. } => files::look(path, facts),
        Deed::FindSymbol { path, .. } => files::look(path, facts),
        Deed::Glob { pattern, path } => files::glob(pattern, path, facts),
        Deed::Write { path, .. } => files::write(path, facts),
        Deed::Edit { path, .. } => files::edit(path, facts),
        Deed::Delete { path } => files::delete(path, facts),
        Deed::Move { from, to } => files::rename(from, to, facts),
        Deed::Shell { command, cwd, .. } => return as_they_are(shell::read_at(command, cwd, facts, Place::Boxed), facts),
        Deed::Output { job } => jobs::output(*job),
        Deed::StopJob { job } => jobs::stop(*job),
        Deed::Plan { .. } => Vec::new(),
        Deed::Delegate { agent, within, reads_only, .. } => subagent::delegate(agent, within, *reads_only),
        Deed::Take { number, session, .. } => subagent::take(*number, session, facts),
        Deed::Change { environment, command, .. } if intent.deed.is_rehearsal() => jobs::rehearsal(environment, command),
        Deed::Change { environment, .. } => change::environment::of(environment, facts),
        Deed::Land { root, landing: Landing::ByHand, .. } => return hand::landed(root, facts),
        Deed::Land { root, landing, .. } => change::land::of(root, landing, facts),
        Deed::Accept { what, .. } => vec![acceptance(what)],
        Deed::Publish { host, repository, .. } => publish::of(host, repository, facts),
        Deed::Remember { root, instead, .. } => vec![memory::remember(root, instead.as_ref(), facts)],
        Deed::Forget { root, memory } => vec![memory::forget(root, memory, facts)],
        Deed::Reach { host, port } => reach::of(host, *port, facts),
        Deed::Fetch { url, offset } => fetch::of(url, *offset, facts),
        Deed::LanguageStart { language, command } => language::start(language, command, facts),
        Deed::McpStart { server } => mcp::start(server, facts),
        Deed::McpTrust { server, .. } => mcp::trust(server, facts),
        Deed::McpCall { server, asks, .. } => mcp::call(server, asks, facts),
        Deed::Govern { change } => people::of(change),
        Deed::Hand { cwd, tool, acts, .. } => return hand::of(cwd, tool, acts, facts),
    })
}
