//! Landing a rehearsed change set in an environment. Files are counted as files, databases by their rows: what a person must
//! know is not which bytes differ but whose data is gone.
//!
//! Deleting and making anew under one name is a replacement (incidents 1 and 10). When all the data that was there goes, it
//! is the environment that is replaced, said in one line. Non-data files can be put back, we keep the old bytes; rows are
//! lost unless a recovery point outside the environment's own paths exists.

use std::collections::BTreeMap;

use action::{Certainty, Change, ChangeSet, Content, Count, Effect, Environment, EnvironmentName, Resource, Reversibility, Verb};

use super::{is_directory, makes_executable, names, stays_below, verb};
use crate::environment::{Spot, named, of_path, recovery_outside};
use crate::facts::{DataFact, Facts};
use crate::path::{below, normal, quoted, shown};
use crate::place::{Ground, Place};
use crate::protected::{looks_like_data, protected, side_file};

/// Canonical JSON has no larger integers.
const LARGEST: u64 = (1 << 53) - 1;
/// This many files are named one by one.
const NAMED_FILES: usize = 20;

pub(crate) fn of(name: &EnvironmentName, facts: &Facts) -> Vec<Effect> {
    let Some(environment) = named(facts, name) else {
        return vec![unreadable(name, Spot::unknown(), "no mapping names this environment")];
    };
    let spot = Spot::of(environment);
    let Some(set) = facts.change.as_ref().filter(|set| set.v == 1) else {
        return vec![unreadable(name, spot, "the change set is not at hand")];
    };
    let root = normal("/", &set.root);
    if of_path(facts, &root).is_none_or(|(e, _)| e.name != *name) {
        return vec![unreadable(name, Spot::unknown(), "the change set is of another place")];
    }
    if let Some(change) = set.changes.iter().find(|c| !stays_below(&c.path)) {
        return vec![unreadable(name, Spot::unknown(), &format!("{} leaves it", quoted(&change.path)))];
    }
    Landing { facts, environment, set, recovery: recovery_outside(facts, environment, &root), root }.effects()
}

fn unreadable(name: &EnvironmentName, spot: Spot, why: &str) -> Effect {
    let mut effect = Effect::in_workspace(Verb::Opaque, Resource::new("environment", shown(name.as_str())))
        .at(spot.environment, spot.tier)
        .that_is(Reversibility::Irreversible)
        .with_certainty(Certainty::Opaque)
        .noted(why);
    effect.data_bearing = true;
    effect
}

struct Landing<'f> {
    facts: &'f Facts,
    environment: &'f Environment,
    set: &'f ChangeSet,
    root: String,
    recovery: Option<&'f str>,
}

/// A database of the environment, and what becomes of it.
struct Database {
    path: String,
    fate: Fate,
    /// Whether there was something to lose.
    bears_data: bool,
    /// Rows that go; absent when nobody can say.
    lost: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Untouched,
    Created,
    Updated,
    Unreadable,
    Replaced,
    Deleted,
}

impl Landing<'_> {
    fn effects(&self) -> Vec<Effect> {
        let databases = self.databases();
        let (own, foreign): (Vec<&Change>, Vec<&Change>) = self.set.changes.iter().partition(|c| self.is_own(c));
        let mut effects = match self.whole(&databases) {
            Some(effect) => vec![effect],
            None => {
                let mut effects: Vec<Effect> = databases.iter().filter_map(|d| self.database(d)).collect();
                effects.extend(self.files(own.into_iter().filter(|c| !is_of(&databases, &c.path))));
                effects
            }
        };
        effects.extend(self.files(foreign.into_iter()));
        effects
    }

    /// A place inside the root may be mapped to an environment of its own.
    fn is_own(&self, change: &Change) -> bool {
        self.spot(change).environment == self.environment.name
    }

    fn spot(&self, change: &Change) -> Spot {
        let ground = Ground { facts: self.facts, place: Place::Host };
        ground.spot(&normal(&self.root, &change.path), false)
    }

    fn databases(&self) -> Vec<Database> {
        let mut facts: BTreeMap<String, Option<&DataFact>> = BTreeMap::new();
        for (path, fact) in &self.facts.databases {
            let absolute = normal(&self.root, path);
            if let Some(relative) = below(&absolute, &self.root).filter(|relative| self.concerns(relative)) {
                facts.insert(relative.to_owned(), Some(fact));
            }
        }
        for change in self.set.changes.iter().filter(|c| looks_like_data(&c.path) && !is_directory(c)) {
            let main = side_file(&change.path).unwrap_or(&change.path);
            facts.entry(main.to_owned()).or_insert(None); // a side file is never a database of its own
        }
        facts.into_iter().map(|(path, fact)| self.fate(path, fact)).collect()
    }

    /// Whether a database is of this environment, or of one inside it and touched: a neighbour elsewhere saves nothing here.
    fn concerns(&self, path: &str) -> bool {
        let touched = |change: &Change| change.path == path || side_file(&change.path) == Some(path);
        let ground = Ground { facts: self.facts, place: Place::Host };
        self.set.changes.iter().any(touched) || ground.spot(&normal(&self.root, path), false).environment == self.environment.name
    }

    fn fate(&self, path: String, fact: Option<&DataFact>) -> Database {
        let change = self.set.changes.iter().find(|c| c.path == path);
        let beside = self.set.changes.iter().any(|c| side_file(&c.path) == Some(path.as_str()));
        let existed = change.is_none_or(|c| c.before.is_some());
        let gone = change.is_some_and(|c| c.before.is_some() && c.after.is_none());
        let other_kind = change.is_some_and(|c| c.after.as_ref().is_some_and(|a| !matches!(a, Content::File { .. })));
        let before = fact.and_then(|f| f.rows_before);
        let after = fact.and_then(|f| f.rows_after);
        let lost = match (before, after) {
            (Some(before), _) if gone || other_kind => Some(before),
            (Some(before), None) if change.is_some() || beside => Some(before),
            (Some(_), _) => fact.map(|f| f.rows_lost),
            (None, _) => None,
        };
        let touched = change.is_some() || beside || before != after;
        let fate = match (before, lost) {
            _ if !existed => Fate::Created,
            _ if gone => Fate::Deleted,
            _ if !touched => Fate::Untouched,
            _ if other_kind => Fate::Replaced,
            (Some(before), Some(lost)) if before > 0 && lost >= before => Fate::Replaced,
            (Some(_), _) => Fate::Updated,
            (None, _) => Fate::Unreadable,
        };
        Database { path, fate, bears_data: existed && before != Some(0), lost: if existed { lost } else { Some(0) } }
    }

    /// The one effect on the environment as such, when all its data or all of it goes.
    fn whole(&self, databases: &[Database]) -> Option<Effect> {
        let bearing: Vec<&Database> = databases.iter().filter(|d| d.bears_data).collect();
        let all_data = !bearing.is_empty() && bearing.iter().all(|d| matches!(d.fate, Fate::Replaced | Fate::Deleted));
        if !all_data && !self.all_entries_deleted() {
            return None;
        }
        let anew = databases.iter().any(|d| matches!(d.fate, Fate::Created | Fate::Replaced));
        let verb = if anew { Verb::Replace } else { Verb::Delete };
        let mut effect = self.at_environment(verb, Resource::new("environment", self.environment.name.as_str()));
        let lost = bearing.iter().filter_map(|d| d.lost).fold(0, u64::saturating_add).min(LARGEST);
        let files = self.set.changes.iter().filter(|c| c.before.is_some() && c.after.is_none() && !is_directory(c)).count();
        effect = if lost > 0 { effect.counted(lost, "rows") } else { effect.counted(files as u64, "files") };
        let gone = bearing.iter().filter(|d| d.fate != Fate::Untouched).count();
        if gone > 0 {
            effect = effect.noted(Count::new(gone as u64, "databases").to_string());
        }
        if bearing.iter().any(|d| d.lost.is_none()) {
            effect = effect.noted("not all rows could be counted");
        }
        effect.data_bearing = true;
        effect.whole_environment = true;
        Some(self.with_recovery(effect))
    }

    fn all_entries_deleted(&self) -> bool {
        let deleted = |path: &str| self.set.changes.iter().any(|c| c.path == path && c.before.is_some() && c.after.is_none());
        let entries = self.facts.top_level.as_deref().unwrap_or_default();
        deleted("") || deleted(".") || (!entries.is_empty() && entries.iter().all(|e| deleted(e)))
    }

    fn database(&self, database: &Database) -> Option<Effect> {
        let verb = match database.fate {
            Fate::Untouched => return None,
            Fate::Created => Verb::Create,
            Fate::Updated if database.lost > Some(0) => Verb::Delete, // of rows: the database stays
            Fate::Updated | Fate::Unreadable => Verb::Update,
            Fate::Replaced => Verb::Replace,
            Fate::Deleted => Verb::Delete,
        };
        let kind = if (verb, database.fate) == (Verb::Delete, Fate::Updated) { "rows of database" } else { "database" };
        let mut effect = self.at_environment(verb, Resource::new(kind, shown(&database.path)));
        effect.data_bearing = true;
        match database.lost {
            Some(0) => return Some(effect),
            Some(lost) => {
                effect = effect.counted(lost.min(LARGEST), "rows");
                effect.notes.extend((database.fate == Fate::Updated).then(|| "no longer there afterwards".to_owned()));
            }
            None if database.fate == Fate::Deleted => effect = effect.noted("its rows could not be counted"),
            None => effect.certainty = Certainty::Opaque,
        }
        Some(self.with_recovery(effect))
    }

    fn with_recovery(&self, effect: Effect) -> Effect {
        match self.recovery {
            Some(point) => {
                effect.noted(format!("recovery point outside it: {}", quoted(point))).that_is(Reversibility::Recoverable)
            }
            None => effect.noted("no recovery point outside it").that_is(Reversibility::Irreversible),
        }
    }

    fn at_environment(&self, verb: Verb, resource: Resource) -> Effect {
        Effect::in_workspace(verb, resource).at(self.environment.name.clone(), self.environment.tier)
    }

    /// One effect a file, then counts.
    fn files<'c>(&self, changes: impl Iterator<Item = &'c Change>) -> Vec<Effect> {
        let mut changes: Vec<&Change> = changes.collect();
        changes.sort_by_key(|c| (std::cmp::Reverse(file_verb(c)), is_directory(c)));
        let rest = changes.split_off(changes.len().min(NAMED_FILES));
        let mut effects: Vec<Effect> = changes.into_iter().map(|c| self.file(c)).collect();
        let mut folded: BTreeMap<(Spot, Verb), Vec<String>> = BTreeMap::new();
        for change in rest {
            folded.entry((self.spot(change), file_verb(change))).or_default().push(change.path.clone());
        }
        effects.extend(folded.into_iter().map(|((spot, verb), paths)| {
            let effect = Effect::in_workspace(verb, Resource::new("files", names(&paths)));
            effect.at(spot.environment, spot.tier).counted(paths.len() as u64, "files")
        }));
        effects
    }

    fn file(&self, change: &Change) -> Effect {
        let guarded = protected(&change.path);
        let kind = match (&change.after, guarded) {
            (_, Some(_)) => "agent-config",
            (Some(Content::Symlink { .. }), _) => "link",
            _ if is_directory(change) => "directory",
            _ => "file",
        };
        let spot = self.spot(change);
        let mut effect =
            Effect::in_workspace(file_verb(change), Resource::new(kind, shown(&change.path))).at(spot.environment, spot.tier);
        effect.notes.extend(guarded.map(str::to_owned));
        if let Some(Content::Symlink { target }) = &change.after {
            effect.notes.push(format!("points to {}", quoted(target)));
        }
        if makes_executable(change) {
            effect.notes.push("may be run".into());
        }
        effect
    }
}

fn file_verb(change: &Change) -> Verb {
    match protected(&change.path) {
        Some(_) => Verb::DisableProtection,
        None => verb(change),
    }
}

/// Whether a path is one of the databases or a side file of one.
fn is_of(databases: &[Database], path: &str) -> bool {
    databases.iter().any(|d| d.path == path || side_file(path) == Some(d.path.as_str()))
}

#[cfg(test)]
mod tests;
