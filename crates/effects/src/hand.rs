//! What an agent of another maker would do with its own hands, on the person's machine with nothing in between.
//!
//! Commands are read as everywhere else; file tools, pages and MCP servers come down to the same effects. What has no reading
//! is opaque and names itself. What is in the person's own tree is told apart from the rest of the machine, what opens other
//! doors (keys, other projects' secrets) is told apart from other files, and what keeps this very gate from all of them.

use std::collections::{BTreeMap, BTreeSet};

use action::{ByHand, Certainty, ChangeSet, Content, Count, Effect, Effects, EnvironmentName, Resource, Reversibility, Tier, Verb};

use crate::environment::{Spot, of_identity};
use crate::facts::Facts;
use crate::path::{below, normal, quoted, shown};
use crate::place::{Ground, Place, Target, Touch, lasting};
use crate::protected::protected_by_hand;
use crate::reach::leaving;
use crate::{fetch, shell};

pub(crate) fn of(cwd: &str, tool: &str, acts: &[ByHand], facts: &Facts) -> Effects {
    let facts = &Facts { by_hand: true, ..facts.clone() };
    let ground = Ground { facts, place: Place::Host };
    let mut found: Vec<Effect> = acts.iter().flat_map(|act| of_one(act, cwd, tool, &ground)).collect();
    if acts.is_empty() {
        found.push(ground.opaque("tool", tool, "it names nothing that it would do"));
    }
    crate::as_they_are(Effects::new(found), facts)
}

/// What a command of such an agent left in our box, as if its own hands had done it to the tree.
pub(crate) fn landed(root: &str, facts: &Facts) -> Effects {
    let set = facts.change.as_ref().filter(|set| set.v == 1 && normal("/", &set.root) == normal("/", root));
    let acts = set.map_or_else(|| vec![ByHand::Unreadable { why: "the change set is not at hand".into() }], ByHand::all_of);
    let mut effects: Vec<Effect> = of(root, "what a command left in the box", &acts, facts).iter().cloned().collect();
    effects.extend(set.and_then(|set| unkept(set, facts)));
    Effects::new(grouped(effects))
}

/// Files that one command may overwrite while git does not have what is in them.
const OVERWRITTEN: usize = 8;

/// Many files overwritten at once whose contents git does not have are a loss, where one is ordinary work.
fn unkept(set: &ChangeSet, facts: &Facts) -> Option<Effect> {
    let is_file = |content: &Option<Content>| matches!(content, Some(Content::File { .. }));
    let kept = |path: &str| facts.files.get(path).is_some_and(|fact| fact.tracked == Some(true) && !fact.changed);
    let lost: Vec<&str> = set.changes.iter().filter(|one| is_file(&one.before) && is_file(&one.after) && !kept(&one.path)).map(|one| one.path.as_str()).collect();
    let first = lost.first().filter(|_| lost.len() > OVERWRITTEN)?;
    let effect = Effect::in_workspace(Verb::Replace, Resource::new("files", shown(first))).at(EnvironmentName::worktree(), Tier::Host);
    Some(effect.that_is(Reversibility::Irreversible).counted(lost.len() as u64, "files").noted("git does not have what is in them now"))
}

/// One effect for all that differ only in their names and notes, so that what a person reads and the ledger keeps has a bound. The
/// policy sees neither.
fn grouped(effects: Vec<Effect>) -> Vec<Effect> {
    const NAMED: usize = 4;
    let mut groups: BTreeMap<Effect, Vec<Effect>> = BTreeMap::new();
    for effect in effects {
        let alike = Effect { resource: Resource::new(effect.resource.kind.clone(), ""), count: None, notes: Vec::new(), ..effect.clone() };
        groups.entry(alike).or_default().push(effect);
    }
    groups.into_values().filter_map(|group| {
        let first = group.first()?.clone();
        if group.len() == 1 {
            return Some(first);
        }
        let names: Vec<&str> = group.iter().take(NAMED).map(|effect| effect.resource.name.as_str()).collect();
        let more = group.len().saturating_sub(NAMED);
        let name = if more == 0 { names.join(", ") } else { format!("{} and {more} more", names.join(", ")) };
        let notes: BTreeSet<&String> = group.iter().flat_map(|effect| &effect.notes).collect();
        let mut whole = Effect { resource: Resource::new(first.resource.kind.clone(), name), notes: notes.into_iter().take(NAMED).cloned().collect(), ..first };
        whole.count = Some(Count::new(group.len() as u64, "paths"));
        Some(whole)
    }).collect()
}

fn of_one(act: &ByHand, cwd: &str, tool: &str, ground: &Ground<'_>) -> Vec<Effect> {
    let touch = |touch: Touch, path: &str| ground.touch(touch, &ground.target(cwd, path));
    match act {
        ByHand::Run { command } => run(command, cwd, ground.facts),
        ByHand::Read { path } => touch(Touch::new(Verb::Read), path),
        ByHand::Look { path } => touch(Touch::new(Verb::Read).recursive(), path),
        ByHand::Write { path } if ground.file(&normal(cwd, path)).is_some() => touch(Touch::new(Verb::Update), path),
        ByHand::Write { path } => touch(Touch::new(Verb::Create), path),
        ByHand::Edit { path } => touch(Touch::new(Verb::Update), path),
        ByHand::Delete { path } => touch(Touch::new(Verb::Delete).recursive(), path),
        ByHand::Move { from, to } => {
            let mut effects = touch(Touch::new(Verb::Delete).recursive(), from);
            effects.extend(touch(Touch::new(Verb::Update), to));
            effects
        }
        ByHand::Fetch { url } => fetch::of(url, 0, ground.facts),
        ByHand::Call { server, tool } => vec![call(server, tool, ground.facts)],
        ByHand::Note => vec![note(tool)],
        ByHand::Unreadable { why } => vec![ground.opaque("tool", tool, why)],
    }
}

/// A command of which each part was read and touches nothing, `echo done`, is no command that could not be read.
fn run(command: &str, cwd: &str, facts: &Facts) -> Vec<Effect> {
    let read = shell::read_at(command, cwd, facts, Place::Host);
    let nothing = || Effect::in_workspace(Verb::Execute, Resource::new("program", "nothing but words")).at(EnvironmentName::host(), Tier::Host);
    if read.is_empty() { vec![nothing()] } else { read.iter().cloned().collect() }
}

/// A server that the agent has started or reached itself: nobody here has seen it, and what it reaches is in no text. An
/// environment where the service maps its name, else nobody knows where.
fn call(server: &str, tool: &str, facts: &Facts) -> Effect {
    let spot = of_identity(facts, &format!("mcp:{server}")).map_or_else(Spot::unknown, Spot::of);
    leaving(Verb::Opaque, Resource::new("mcp-server", shown(server)), spot).noted(format!("tool {}", quoted(tool)))
}

/// The agent's own list of steps is in the agent alone.
fn note(tool: &str) -> Effect {
    Effect::in_workspace(Verb::Read, Resource::new("notes", shown(tool))).at(EnvironmentName::worktree(), Tier::Host)
}

/// The service's own folder, the gate's program and the settings that put it in force.
pub(crate) fn gate(touch: Touch, path: &str, name: &str, facts: &Facts) -> Option<Effect> {
    let above = |guarded: &String| touch.recursive && below(guarded, path).is_some();
    let guarded = facts.guarded.iter().find(|guarded| below(path, guarded).is_some() || above(guarded))?;
    if touch.verb == Verb::Read && below(path, guarded).is_none() {
        return None; // a search from above finds it; that is judged by `secret`
    }
    let verb = if touch.verb == Verb::Read { Verb::Read } else { Verb::DisableProtection };
    let effect = Effect::in_workspace(verb, Resource::new("gate", name)).at(EnvironmentName::host(), Tier::Host).that_is(lasting(verb));
    Some(effect.with_certainty(touch.certainty).noted(format!("what holds this agent: {}", quoted(guarded))))
}

/// Whether reading this opens other doors: keys, credentials, the secrets of other projects. A normal absolute path.
pub(crate) fn secret(touch: Touch, path: &str, facts: &Facts) -> Option<&'static str> {
    secret::of(touch, path, facts)
}

/// Whether more or other things may be touched than the path says: by links that lead out, by what is kept below the path, by
/// other names of what is there. `path` is normal and absolute.
pub(crate) fn is_unsure(touch: Touch, target: &Target, path: &str, ground: &Ground<'_>) -> bool {
    let deep = touch.recursive || !matches!(target, Target::Path(_));
    let changes = touch.verb != Verb::Read;
    let linked = changes && ground.file(path).is_some_and(|fact| fact.linked);
    linked || deep && (may_lead_out(path, ground) || changes && takes_safeguards(path, ground))
}

/// Whether safeguards or other names of files elsewhere are surely or perhaps below a path: all of the tree holds its `.git`.
fn takes_safeguards(path: &str, ground: &Ground<'_>) -> bool {
    let tree = &ground.facts.tree;
    let Some(inside) = below(path, tree) else { return below(tree, path).is_some() };
    let here = |name: &str| inside.is_empty() || below(name, inside).is_some();
    inside.is_empty() || ground.facts.files.iter().any(|(name, fact)| here(name) && (fact.linked || protected_by_hand(name).is_some()))
}

/// Whether something that matches below `base` may be a link that leads out of the tree.
pub(crate) fn may_lead_out(base: &str, ground: &Ground<'_>) -> bool {
    let tree = &ground.facts.tree;
    let Some(inside) = below(base, tree) else { return false };
    let leads_out = |path: &str| below(&ground.resolved(&normal(tree, path)), tree).is_none();
    ground.facts.files.iter().any(|(path, fact)| {
        // `folder/*` stands for all in it that was too much to look at.
        let unseen = path == "*" || path.strip_suffix("/*").is_some_and(|folder| below(inside, folder).is_some());
        let here = inside.is_empty() || unseen || below(path, inside).is_some();
        here && matches!(fact.kind, crate::facts::FileKind::Symlink { .. }) && leads_out(path)
    })
}

/// Git has it as it is, so deleting it loses nothing: `git restore` brings it back.
pub(crate) fn git_has(verb: Verb, touch: Touch, fact: Option<&crate::facts::FileFact>, facts: &Facts) -> bool {
    let kept = |fact: &crate::facts::FileFact| fact.tracked == Some(true) && !fact.changed;
    facts.by_hand && matches!(verb, Verb::Delete | Verb::Replace) && touch.certainty == Certainty::Exact && fact.is_some_and(kept)
}

mod secret;
#[cfg(test)]
mod tests;
