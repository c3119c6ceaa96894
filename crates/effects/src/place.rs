//! What a deed at a path touches, given where it is judged: in the box, where the work tree is a copy and scratch space is
//! private, or on the host, where nothing is.
//!
//! Paths are followed as text and through the links that the facts name. A link that no fact names is the kernel's matter.

use action::{Certainty, Effect, Resource, Reversibility, Tier, Verb};

use crate::environment::{Spot, at_or_below, of_path};
use crate::facts::{Facts, FileFact, FileKind};
use crate::hand;
use crate::path::{below, climbs, normal, quoted, shown};
use crate::protected::{looks_like_data, protected, protected_by_hand};

mod devices;
mod matched;

/// Where a text would run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the sandbox: the kernel bounds it, the work tree is a copy. What cannot be read stays there.
    Boxed,
    /// On the person's machine, with nothing in between.
    Host,
}

/// What a path in a command came out as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// This path: absolute and normal.
    Path(String),
    /// Some things below this directory: a glob, a search.
    Below { base: String, shown: String },
    /// It could not be computed; where it begins with a known directory, that one.
    Unknown { base: Option<String>, shown: String },
}

/// What is done to a path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Touch {
    pub(crate) verb: Verb,
    /// Whether everything below is taken along.
    pub(crate) recursive: bool,
    /// Whether something that is not in the path says which of all that is there.
    pub(crate) chosen: bool,
    /// Whether only what is empty goes, so that nothing is lost with it.
    pub(crate) empty: bool,
    pub(crate) certainty: Certainty,
}

impl Touch {
    pub(crate) fn new(verb: Verb) -> Self {
        Self { verb, recursive: false, chosen: false, empty: false, certainty: Certainty::Exact }
    }

    pub(crate) fn recursive(self) -> Self {
        Self { recursive: true, ..self }
    }

    pub(crate) fn chosen(self) -> Self {
        Self { chosen: true, ..self }
    }

    pub(crate) fn only_empty(self) -> Self {
        Self { empty: true, ..self }
    }

    pub(crate) fn opaque(self) -> Self {
        Self { certainty: Certainty::Opaque, ..self }
    }
}

/// The facts, seen from a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground<'f> {
    pub(crate) facts: &'f Facts,
    pub(crate) place: Place,
}

impl<'f> Ground<'f> {
    /// Where a normal absolute path is. `reading` matters for the system's own files, which the box shows but never lets write.
    pub(crate) fn spot(&self, path: &str, reading: bool) -> Spot {
        let tree = below(path, &self.facts.tree).map(|_| self.facts.tree.len());
        let mapped = of_path(self.facts, path);
        match (mapped, tree, self.place) {
            // Outside the box there is no copy: a tree in an environment is that environment.
            (Some((environment, length)), tree, place) if place == Place::Host || tree.is_none_or(|t| length >= t) => Spot::of(environment),
            (_, Some(_), Place::Boxed) => Spot::workspace(),
            // Inside `.git` only git itself does ordinary work.
            (_, Some(_), Place::Host) if self.facts.by_hand && !path.split('/').any(|part| part == ".git") => Spot::worktree(),
            (_, _, Place::Host) => Spot::host(),
            _ if below(path, &self.facts.home).is_some() => Spot::host(),
            _ if is_scratch(path) || reading => Spot::workspace(),
            _ => Spot::host(),
        }
    }

    /// How a person would name the path.
    pub(crate) fn name(&self, path: &str) -> String {
        match below(path, &self.facts.tree) {
            Some("") => ".".into(),
            Some(relative) => shown(relative),
            None => shown(path),
        }
    }

    /// The fact about a normal absolute path in the tree.
    pub(crate) fn file(&self, path: &str) -> Option<&'f FileFact> {
        self.facts.files.get(below(path, &self.facts.tree)?)
    }

    /// Follows the links that the facts name, in every component.
    pub(crate) fn resolved(&self, path: &str) -> String {
        let mut path = path.to_owned();
        for _ in 0..40 {
            let Some(next) = self.one_link(&path) else { return path };
            path = next;
        }
        path
    }

    fn one_link(&self, path: &str) -> Option<String> {
        let relative = below(path, &self.facts.tree)?;
        let ends = relative.match_indices('/').map(|(at, _)| at).chain([relative.len()]);
        for end in ends {
            let link = relative.get(..end)?;
            if let Some(FileFact { kind: FileKind::Symlink { target }, .. }) = self.facts.files.get(link) {
                let parent = normal(&self.facts.tree, &format!("{link}/.."));
                let rest = relative.get(end..)?.trim_start_matches('/');
                return Some(normal(&normal(&parent, target), rest));
            }
        }
        None
    }

    /// What touching a path amounts to. Devices that keep nothing have no effect.
    pub(crate) fn touch(&self, touch: Touch, target: &Target) -> Vec<Effect> {
        let (path, name, touch) = match target {
            // The deed itself is to the link when it deletes or moves, to what it points at otherwise.
            Target::Path(path) if touch.verb == Verb::Delete && !touch.recursive => (path.clone(), self.name(path), touch),
            Target::Path(path) => (self.resolved(path), self.name(path), touch),
            Target::Below { base, shown: name } => {
                let certainty = touch.certainty.max(Certainty::AtLeast);
                (self.resolved(base), shown(name), Touch { certainty, recursive: true, ..touch })
            }
            Target::Unknown { base: Some(base), shown: name } => {
                (self.resolved(base), shown(name), Touch { certainty: Certainty::Opaque, recursive: true, ..touch })
            }
            Target::Unknown { base: None, shown: name } => return vec![self.adrift(touch.verb, "path", name)],
        };
        if is_sink(&path) {
            return Vec::new();
        }
        let by_hand = self.facts.by_hand && self.place == Place::Host;
        if by_hand && let Some(gate) = hand::gate(touch, &path, &name, self.facts) {
            return vec![gate];
        }
        let touch = if by_hand && hand::is_unsure(touch, target, &path, self) { touch.opaque() } else { touch };
        let spot = match by_hand && touch.verb != Verb::Read && self.file(&path).is_some_and(|fact| fact.linked) {
            true => Spot::host(), // its other names may be anywhere
            false => self.spot(&path, touch.verb == Verb::Read),
        };
        let mut effects: Vec<Effect> = self.whole_environments(&path, touch, target);
        if effects.iter().all(|e| e.environment != spot.environment) {
            effects.insert(0, self.one(touch, target, &path, name, spot));
        }
        effects
    }

    /// Environments that a recursive deed takes along, or that the very path is.
    fn whole_environments(&self, path: &str, touch: Touch, target: &Target) -> Vec<Effect> {
        if !touch.recursive || (touch.verb == Verb::Read && self.place == Place::Boxed) {
            return Vec::new();
        }
        let itself = matches!(target, Target::Path(_) | Target::Below { .. });
        at_or_below(self.facts, path)
            .map(|environment| {
                let resource = Resource::new("environment", environment.name.as_str());
                let mut effect = Effect::in_workspace(touch.verb, resource)
                    .at(environment.name.clone(), environment.tier)
                    .that_is(lasting(touch.verb))
                    .with_certainty(touch.certainty)
                    .noted(format!("its path is at or below {}", quoted(path)));
                effect.data_bearing = true;
                effect.whole_environment = itself && touch.verb == Verb::Delete;
                effect
            })
            .collect()
    }

    fn one(&self, touch: Touch, target: &Target, path: &str, name: String, spot: Spot) -> Effect {
        let fact = match target {
            Target::Path(written) => self.file(written),
            _ => None,
        };
        let changes = touch.verb != Verb::Read;
        let in_home = below(path, &self.facts.home);
        let inside = below(path, &self.facts.tree).or(in_home);
        let guarded = match self.facts.by_hand && self.place == Place::Host {
            true => inside.and_then(protected_by_hand).or_else(|| self.in_bare_repository(path)),
            false => inside.and_then(protected),
        };
        let guarded = guarded.filter(|_| changes);
        let repository = path.ends_with("/.git");
        let kind = match (guarded, fact.map(|f| &f.kind), touch.recursive) {
            (Some(_), _, _) if repository => "repository",
            (Some(_), _, _) => "agent-config",
            (_, Some(FileKind::Directory), _) => "directory",
            (_, Some(FileKind::File), _) => "file",
            (_, Some(FileKind::Symlink { .. }), _) => "link",
            (_, None, _) if matches!(target, Target::Path(_)) && at_or_below(self.facts, path).next().is_some() => "directory",
            (_, None, true) if matches!(target, Target::Path(_)) && !looks_like_data(path) => "directory",
            (_, None, _) if matches!(target, Target::Path(_)) => "file",
            _ => "files",
        };
        let verb = if guarded.is_some() && !repository { Verb::DisableProtection } else { touch.verb };
        let environ = (self.place == Place::Host && !changes && devices::holds_environ(path, &name)).then_some("environment variables of a process");
        let secret = if self.facts.by_hand && !changes { hand::secret(touch, path, self.facts) } else { None }.or(environ);
        let disk = devices::holds_disk(path, &name);
        let kind = match secret.is_some() {
            true => "secret",
            false if disk => "disk",
            false => kind,
        };
        let reversibility = match spot.tier {
            Tier::Workspace => Reversibility::Reversible,
            Tier::Host if touch.empty || hand::git_has(verb, touch, fact, self.facts) => Reversibility::Recoverable,
            _ => lasting(verb),
        };
        let deep = changes && touch.recursive && spot.tier > Tier::Host;
        let mut effect = Effect::in_workspace(verb, Resource::new(kind, name)).at(spot.environment, spot.tier).that_is(reversibility);
        effect.certainty = touch.certainty;
        effect.data_bearing = deep || disk || environ.is_some() || looks_like_data(path);
        effect.notes.extend(guarded.map(str::to_owned));
        effect.notes.extend(secret.map(str::to_owned));
        if effect.reversibility == Reversibility::Recoverable {
            effect.notes.push(if touch.empty { "only while it is empty" } else { "git has it as it is" }.into());
        }
        if matches!(target, Target::Path(written) if written != path) {
            effect.notes.push(format!("through a link to {}", quoted(&self.name(path))));
        }
        let number = match target {
            Target::Below { base, shown } if changes && !touch.chosen => matched::count(self.facts, base, shown, touch.recursive),
            _ => None,
        };
        let lost = fact.filter(|_| changes && verb != Verb::Create);
        effect.notes.extend(lost.and_then(loss));
        effect.count = lost.filter(|fact| fact.kind == FileKind::Directory && fact.size > 0).map(|fact| action::Count::new(fact.size, "files"));
        effect.count = effect.count.or(number.map(|number| action::Count::new(number, "files")));
        effect
    }

    /// Settings and hooks of a repository without a work tree, which is told by its `HEAD`.
    fn in_bare_repository(&self, path: &str) -> Option<&'static str> {
        let has_head = |folder: &str| self.file(&format!("{folder}/HEAD")).is_some();
        let mut folder = String::new();
        for part in path.split('/').skip(1) {
            if ["config", "hooks"].iter().any(|name| part.eq_ignore_ascii_case(name)) && has_head(&folder) {
                return Some("git's configuration, which can run programs");
            }
            folder = format!("{folder}/{part}");
        }
        None
    }

    /// Where a text leads from a directory. By hand nothing follows the links in it before the machine does.
    pub(crate) fn target(&self, directory: &str, path: &str) -> Target {
        match self.facts.by_hand && climbs(path) {
            true => Target::Unknown { base: None, shown: path.to_owned() },
            false => Target::Path(normal(directory, path)),
        }
    }

    /// Directories that are surely no links and reached through none, which is known by hand alone: from there `..` is what it
    /// seems to be.
    pub(crate) fn real_directories(&self) -> Option<std::collections::BTreeSet<String>> {
        let tree = self.facts.tree.as_str();
        if !self.facts.by_hand || self.place == Place::Boxed {
            return None;
        }
        let above = tree.match_indices('/').map(|(at, _)| tree.get(..at.max(1)).unwrap_or_default().to_owned());
        let known = self.facts.files.iter().filter(|(_, fact)| fact.kind == FileKind::Directory).map(|(name, _)| normal(tree, name));
        let known = known.filter(|path| self.resolved(path) == *path);
        Some(above.chain([tree.to_owned()]).chain(known).collect())
    }

    /// A path or thing of which not even the directory is known. In the box the kernel holds it; outside nothing does.
    pub(crate) fn adrift(&self, verb: Verb, kind: &str, name: &str) -> Effect {
        let effect = Effect::in_workspace(verb, Resource::new(kind, shown(name))).with_certainty(Certainty::Opaque);
        match self.place {
            Place::Boxed => effect,
            Place::Host => {
                let spot = Spot::host();
                effect.at(spot.environment, spot.tier).that_is(lasting(verb))
            }
        }
    }

    /// Something that could not be read at all.
    pub(crate) fn opaque(&self, kind: &str, name: &str, why: &str) -> Effect {
        self.adrift(Verb::Opaque, kind, name).noted(why)
    }

    /// A program runs. `Exact` only where its other effects say all that it does.
    pub(crate) fn runs(&self, program: &str, certainty: Certainty) -> Effect {
        match (self.place, certainty) {
            (Place::Host, Certainty::Opaque) => self.adrift(Verb::Opaque, "program", program),
            (Place::Host, _) => {
                let spot = Spot::host();
                Effect::in_workspace(Verb::Execute, Resource::new("program", shown(program)))
                    .at(spot.environment, spot.tier)
                    .with_certainty(certainty)
            }
            (Place::Boxed, _) => {
                Effect::in_workspace(Verb::Execute, Resource::new("program", shown(program))).with_certainty(certainty)
            }
        }
    }
}

/// What is lost with a file, in words, beyond its being gone.
fn loss(fact: &FileFact) -> Option<String> {
    match (&fact.kind, fact.tracked, fact.changed) {
        (FileKind::File, Some(false), _) => Some(format!("not tracked by git, {}", action::Count::new(fact.size, "bytes"))),
        (FileKind::File, Some(true), true) => Some("holds changes that are not committed".into()),
        _ => None,
    }
}

/// Outside the box we keep no copy: only making something new can be taken back.
pub(crate) fn lasting(verb: Verb) -> Reversibility {
    match verb {
        Verb::Read | Verb::Create | Verb::Execute => Reversibility::Reversible,
        _ => Reversibility::Irreversible,
    }
}

/// Space that is private to a box and gone with it.
fn is_scratch(path: &str) -> bool {
    ["/tmp", "/var/tmp", "/dev/shm", "/run/user"].iter().any(|p| below(path, p).is_some())
}

/// Devices that keep nothing.
fn is_sink(path: &str) -> bool {
    let devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/stdin", "/dev/stdout", "/dev/stderr"];
    devices.contains(&path) || below(path, "/dev/fd").is_some_and(|n| !n.is_empty())
}

#[cfg(test)]
mod tests;
