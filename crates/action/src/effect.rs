//! One thing in the world that an intent would touch.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::environment::{EnvironmentName, Tier};
use crate::visible::visible;

/// What is done to the resource. Ordered from harmless to grave, for sorting summaries; guards decide by rules, not by this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Looks, changes nothing.
    Read,
    /// Makes what was not there.
    Create,
    /// Changes what is there; the thing stays itself.
    Update,
    /// Runs a program.
    Execute,
    /// Costs money.
    Spend,
    /// Takes a safeguard away (deletion protection, a hook, a lock, a backup schedule).
    DisableProtection,
    /// Gives somebody a right.
    Grant,
    /// Lets data be seen by more people, or leave the box.
    Expose,
    /// Deletes and makes anew under one identity.
    Replace,
    /// Ends it.
    Delete,
    /// It cannot be known.
    Opaque,
}

impl Verb {
    /// Third person singular, as in "replaces environment …".
    pub fn third_person(self) -> &'static str {
        match self {
            Self::Read => "reads",
            Self::Create => "creates",
            Self::Update => "updates",
            Self::Execute => "runs",
            Self::Spend => "spends",
            Self::DisableProtection => "takes protection from",
            Self::Grant => "grants rights on",
            Self::Expose => "exposes",
            Self::Replace => "replaces",
            Self::Delete => "deletes",
            Self::Opaque => "does something unreadable to",
        }
    }

    /// The name in policies and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Execute => "execute",
            Self::Spend => "spend",
            Self::DisableProtection => "disable-protection",
            Self::Grant => "grant",
            Self::Expose => "expose",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Opaque => "opaque",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A thing: `file src/lib.rs`, `database data/costs.db`, `environment production/region-1`, `git-ref main`, `host crates.io`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Resource {
    /// A lower-case noun: file, directory, database, environment, git-ref, commits, process, program, host, agent-config, plan, …
    pub kind: String,
    /// Which one, as a person would name it.
    pub name: String,
}

impl Resource {
    /// A resource of a kind, by name.
    pub fn new(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into() }
    }
}

impl fmt::Display for Resource {
    /// Kind and name, the name in backticks; one inside it is spelled out, so that the name ends where it seems to.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", visible(&self.kind), visible(&self.name).replace('`', r"\u{60}"))
    }
}

/// How many, of what: `48,211 rows`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Count {
    /// How many.
    pub n: u64,
    /// Of what, in the plural: rows, files, bytes, commits.
    pub unit: String,
}

impl Count {
    /// `n` of `unit`.
    pub fn new(n: u64, unit: impl Into<String>) -> Self {
        Self { n, unit: unit.into() }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.n.to_string();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        match self.n {
            1 => write!(f, " {}", singular(&self.unit)),
            _ => write!(f, " {}", self.unit),
        }
    }
}

/// Of the plurals that readers count in: rows, entries, branches, databases.
fn singular(plural: &str) -> String {
    if let Some(stem) = plural.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let bare = if plural.ends_with("nches") || plural.ends_with("tches") { "es" } else { "s" };
    plural.strip_suffix(bare).unwrap_or(plural).to_owned()
}

/// Can it be undone, and from what?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reversibility {
    /// Undone from what we keep ourselves (the copy, a checkpoint, a blob).
    Reversible,
    /// Undone from a recovery point outside the blast radius.
    Recoverable,
    /// What is lost stays lost.
    Irreversible,
}

/// How sure the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// This and nothing else.
    Exact,
    /// This, and perhaps more of the same.
    AtLeast,
    /// It could not be read. Never permitted outside the box.
    Opaque,
}

/// One thing in the world that would be touched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Effect {
    /// What is done.
    pub verb: Verb,
    /// To what.
    pub resource: Resource,
    /// Where.
    pub environment: EnvironmentName,
    /// How much that place matters.
    pub tier: Tier,
    /// How many; absent where counting means nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// Whether it can be undone.
    pub reversibility: Reversibility,
    /// Whether somebody's data is in it.
    pub data_bearing: bool,
    /// Whether it is all of an environment.
    pub whole_environment: bool,
    /// How sure we are.
    pub certainty: Certainty,
    /// What was read to know this, in a few words: `recovery point: none`, `span 12..40`, `not tracked by git`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Effect {
    /// An exact, reversible effect inside the box; the builder methods say what differs.
    pub fn in_workspace(verb: Verb, resource: Resource) -> Self {
        Self {
            verb,
            resource,
            environment: EnvironmentName::workspace(),
            tier: Tier::Workspace,
            count: None,
            reversibility: Reversibility::Reversible,
            data_bearing: false,
            whole_environment: false,
            certainty: Certainty::Exact,
            notes: Vec::new(),
        }
    }

    /// The same, in another place.
    #[must_use]
    pub fn at(mut self, environment: EnvironmentName, tier: Tier) -> Self {
        self.environment = environment;
        self.tier = tier;
        self
    }

    /// The same, counted.
    #[must_use]
    pub fn counted(mut self, n: u64, unit: &str) -> Self {
        self.count = Some(Count::new(n, unit));
        self
    }

    /// The same, with another reversibility.
    #[must_use]
    pub fn that_is(mut self, reversibility: Reversibility) -> Self {
        self.reversibility = reversibility;
        self
    }

    /// The same, less sure.
    #[must_use]
    pub fn with_certainty(mut self, certainty: Certainty) -> Self {
        self.certainty = certainty;
        self
    }

    /// The same, with a note.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// One line that a person understands: "replaces environment `production/region-1`: 48,211 rows, 1 database, no recovery
    /// point outside it, irreversible". First the count, then the notes in their order, then what makes it grave. Names come from strangers
    /// (a file name may hold anything), so the line is [`visible`].
    pub fn line(&self) -> String {
        let mut line = format!("{} {}", self.verb.third_person(), self.resource);
        if self.resource.name != self.environment.as_str() {
            line.push_str(&format!(" in {}", self.environment));
        }
        let mut details: Vec<String> = self.count.iter().map(ToString::to_string).collect();
        details.extend(self.notes.iter().cloned());
        if self.reversibility == Reversibility::Irreversible {
            details.push("irreversible".into());
        }
        match self.certainty {
            Certainty::Exact => {}
            Certainty::AtLeast => details.push("perhaps more".into()),
            Certainty::Opaque => details.push("could not be read".into()),
        }
        if !details.is_empty() {
            line.push_str(": ");
            line.push_str(&details.join(", "));
        }
        visible(&line).into_owned()
    }
}

/// All effects of one intent, worst first, without repeats. An empty list means: it touches nothing at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Effects(Vec<Effect>);

impl Effects {
    /// Sorts worst first (tier, then verb) and drops repeats, so that equal worlds give equal digests.
    pub fn new(mut effects: Vec<Effect>) -> Self {
        effects.sort_by(|a, b| b.tier.cmp(&a.tier).then(b.verb.cmp(&a.verb)).then_with(|| a.cmp(b)));
        effects.dedup();
        Self(effects)
    }

    /// The effects, worst first.
    pub fn iter(&self) -> std::slice::Iter<'_, Effect> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is touched.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The gravest tier touched.
    pub fn tier(&self) -> Tier {
        self.0.iter().map(|e| e.tier).max().unwrap_or(Tier::Workspace)
    }

    /// Whether all of it stays in the agent's copy.
    pub fn stay_in_the_box(&self) -> bool {
        self.0.iter().all(|e| e.tier == Tier::Workspace)
    }

    /// The environment that the worst effect lands in.
    pub fn environment(&self) -> EnvironmentName {
        self.0.first().map_or_else(EnvironmentName::workspace, |e| e.environment.clone())
    }

    /// Every environment that an effect lands in.
    pub fn places(&self) -> BTreeSet<EnvironmentName> {
        self.0.iter().map(|effect| effect.environment.clone()).collect()
    }

    /// The lines that a person is shown and signs.
    pub fn lines(&self) -> Vec<String> {
        self.0.iter().map(Effect::line).collect()
    }
}

impl<'a> IntoIterator for &'a Effects {
    type Item = &'a Effect;
    type IntoIter = std::slice::Iter<'a, Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests;
