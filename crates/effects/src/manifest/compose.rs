//! Docker compose files, and what `docker compose` does with them: containers, volumes, networks, ports.
//!
//! A container is made anew from its image, and what it wrote inside of itself goes; what must stay is in volumes. `down` leaves
//! the named ones, `down -v` does not, and nothing brings them back (incident 15). What of the machine a service is given, its
//! folders, its daemon, its privileges, is an effect of its own.

use std::collections::{BTreeMap, BTreeSet};

use action::{Certainty, Resource, Reversibility, Verb};

use super::tree::{Entry, Node};
use super::{Action, Seen, touching};
use crate::environment::Spot;
use crate::path::shown;
use crate::place::{Ground, Place};
use crate::sighting::Span;
use container::Container;

mod container;

/// Names under which a compose file is looked for where none is given. Which of them counts hangs on the version.
pub const FILES: [&str; 8] = [
    "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml", "compose.override.yaml", "compose.override.yml",
    "docker-compose.override.yaml", "docker-compose.override.yml",
];

/// What `docker compose` is asked to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compose<'c> {
    /// The subcommand.
    pub act: ComposeAct,
    /// `--volumes`, `-v` of `down` and `rm`.
    pub volumes: bool,
    /// `--rmi` of `down`.
    pub images: bool,
    /// `--remove-orphans`.
    pub orphans: bool,
    /// `--force-recreate`, `--renew-anon-volumes`, `-V` of `up` and `create`.
    pub anew: bool,
    /// The services that are named; none: all.
    pub services: &'c [&'c str],
}

/// Subcommands of `docker compose` that change something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ComposeAct {
    /// `up`, `create`, `start`, `restart`, `run`, `watch`: containers are made or made anew, and run.
    #[default]
    Up,
    /// `down`: containers and networks go.
    Down,
    /// `rm`: stopped containers go.
    Rm,
    /// `stop`, `kill`, `pause`: containers stay.
    Stop,
}

impl Compose<'_> {
    /// What is done where nobody says with which flags: the most that could be.
    pub(super) fn of(action: Action) -> Self {
        match action {
            Action::Apply => Self::default(),
            Action::Delete => Self { act: ComposeAct::Down, volumes: true, ..Self::default() },
        }
    }
}

pub(super) fn is_one(root: &Node) -> bool {
    let has_service = |services: &Node| services.entries().iter().any(|entry| ["image", "build", "extends"].iter().any(|key| entry.value.get(key).is_some()));
    root.get("kind").is_none() && root.get("services").is_some_and(has_service)
}

/// One file under one command.
struct File<'n> {
    root: &'n Node,
    command: Compose<'n>,
    project: Option<String>,
    spot: Spot,
}

/// Top-level keys of the compose specification that need no reading here.
const HARMLESS: [&str; 6] = ["version", "name", "services", "networks", "volumes", "configs"];

pub(super) fn file(root: &Node, command: &Compose<'_>, seen: &mut Seen<'_>) {
    let spot = spot_of(seen);
    let project = root.text_at(&["name"]).filter(|name| !name.contains('$')).or(seen.target.name).map(str::to_owned);
    let file = File { root, command: *command, project, spot };
    for entry in root.entries() {
        let key = entry.key.as_str();
        if !HARMLESS.contains(&key) && key != "secrets" && !key.starts_with("x-") {
            seen.cannot(entry.span, "what it brings is written elsewhere, or not known here", file.spot.clone());
        }
    }
    file.services(seen);
    file.volumes(seen);
    match command.act {
        ComposeAct::Up => file.files(seen),
        ComposeAct::Down if command.services.is_empty() => file.networks(seen),
        ComposeAct::Down | ComposeAct::Rm | ComposeAct::Stop => {}
    }
    if command.orphans {
        let orphans = touching(Verb::Delete, Resource::new("container", file.named("(orphans)")), &file.spot);
        seen.sees(root.span, orphans.with_certainty(Certainty::AtLeast).noted("containers of services that the file has not any more"));
    }
}

/// The same command, with nothing known but what it is.
pub(super) fn without_file(command: &Compose<'_>, seen: &mut Seen<'_>) {
    let spot = spot_of(seen);
    let of = format!("of {}", seen.target.name.unwrap_or("a project"));
    let at_least = |verb, noun: &str| touching(verb, Resource::new(noun, shown(&of)), &spot).with_certainty(Certainty::AtLeast);
    let container = match command.act {
        ComposeAct::Up => at_least(Verb::Opaque, "container").with_certainty(Certainty::Opaque),
        ComposeAct::Down | ComposeAct::Rm => at_least(Verb::Delete, "container"),
        ComposeAct::Stop => at_least(Verb::Update, "container"),
    };
    seen.sees(Span::default(), container.noted("its file is not at hand"));
    if command.volumes && matches!(command.act, ComposeAct::Down | ComposeAct::Rm) {
        let mut volumes = at_least(Verb::Delete, "volume").noted("every volume that its file names");
        volumes.data_bearing = true;
        seen.sees(Span::default(), volumes);
    }
    if command.images && command.act == ComposeAct::Down {
        seen.sees(Span::default(), at_least(Verb::Delete, "image"));
    }
}

/// This machine is what the folder of the file is: an environment, if the service maps it.
fn spot_of(seen: &Seen<'_>) -> Spot {
    match seen.target.daemon {
        None if seen.spot.is_some() => seen.daemon(),
        None => Ground { facts: seen.facts, place: Place::Host }.spot(directory(seen), false),
        Some(_) => seen.daemon(),
    }
}

fn directory<'s>(seen: &Seen<'s>) -> &'s str {
    seen.target.directory.unwrap_or(&seen.facts.tree)
}

impl File<'_> {
    /// As Docker names it, `project_name`, as far as the project is known.
    fn named(&self, name: &str) -> String {
        shown(&self.project.as_ref().map_or_else(|| name.to_owned(), |project| format!("{project}_{name}")))
    }

    fn is_asked(&self, service: &str) -> bool {
        self.command.services.is_empty() || self.command.services.contains(&service)
    }

    fn services(&self, seen: &mut Seen<'_>) {
        let Some(services) = self.root.get("services").filter(|services| services.is_map()) else {
            return seen.cannot(self.root.span, "it has no services", self.spot.clone());
        };
        let unknown = self.command.services.iter().filter(|name| services.get(name).is_none());
        for name in unknown {
            seen.cannot(self.root.span, &format!("a service that it has not: {}", crate::path::quoted(name)), self.spot.clone());
        }
        let wanted = self.wanted(services);
        for entry in services.entries() {
            self.needs(entry, seen);
            if wanted.contains(entry.key.as_str()) {
                self.service(entry, seen);
            }
        }
    }

    /// The services that are asked for, and with `up` those that they depend on.
    fn wanted<'n>(&'n self, services: &'n Node) -> BTreeSet<&'n str> {
        let by_name: BTreeMap<&str, &Node> = services.entries().iter().map(|entry| (entry.key.as_str(), &entry.value)).collect();
        let mut open: Vec<&str> = by_name.keys().copied().filter(|name| self.is_asked(name)).collect();
        let mut wanted = BTreeSet::new();
        while let Some(name) = open.pop() {
            if wanted.insert(name) && self.command.act == ComposeAct::Up {
                open.extend(by_name.get(name).into_iter().flat_map(|node| depends(node)));
            }
        }
        wanted
    }

    fn needs(&self, entry: &Entry, seen: &mut Seen<'_>) {
        let needs: Vec<_> = depends(&entry.value).map(|needed| (self.named(&entry.key), self.named(needed))).collect();
        seen.needs.extend(needs);
    }

    fn service(&self, entry: &Entry, seen: &mut Seen<'_>) {
        let name = self.named(&entry.key);
        let container = |verb| touching(verb, Resource::new("container", name.clone()), &self.spot);
        let effect = match self.command.act {
            ComposeAct::Up if self.command.anew => container(Verb::Replace).noted("what it wrote outside of volumes goes"),
            ComposeAct::Up => container(Verb::Update).with_certainty(Certainty::AtLeast).noted("made, or made anew where the file changed, and run"),
            ComposeAct::Down => container(Verb::Delete).noted("what it wrote outside of volumes goes"),
            ComposeAct::Rm => container(Verb::Delete).noted("if it is stopped; what it wrote outside of volumes goes"),
            ComposeAct::Stop => container(Verb::Update).noted("it stops"),
        };
        seen.sees(entry.span, effect);
        let container = Container { entry, name: &name, spot: &self.spot, directory: directory(seen), home: &seen.facts.home };
        if self.command.act == ComposeAct::Up {
            container.runs(seen);
        }
        let is_gone = matches!(self.command.act, ComposeAct::Down | ComposeAct::Rm) && self.command.volumes;
        if is_gone || (self.command.act == ComposeAct::Up && self.command.anew) {
            container.loses_nameless(seen);
        }
        if self.command.act == ComposeAct::Down && self.command.images {
            let image = touching(Verb::Delete, Resource::new("image", name.clone()), &self.spot);
            seen.sees(entry.span, image.noted("the image that it runs"));
        }
    }

    /// Named volumes: made with `up`, gone with `down -v`, unless they are somebody else's.
    fn volumes(&self, seen: &mut Seen<'_>) {
        let takes = self.command.act == ComposeAct::Down && self.command.volumes;
        let declared: BTreeMap<&str, &Entry> = entries(self.root, "volumes").iter().map(|entry| (entry.key.as_str(), entry)).collect();
        for (name, entry) in declared {
            let external = entry.value.get("external").is_some_and(Node::may_be_on);
            let own = entry.value.text_at(&["name"]).map(shown);
            let is_whole_name = own.is_some() || external;
            let volume = |verb| {
                let name = own.clone().unwrap_or_else(|| if is_whole_name { shown(name) } else { self.named(name) });
                let mut effect = touching(verb, Resource::new("volume", name), &self.spot);
                effect.data_bearing = true;
                effect
            };
            match self.command.act {
                ComposeAct::Down if takes && !external => seen.sees(entry.span, volume(Verb::Delete)),
                ComposeAct::Down if takes && !is_plainly_on(&entry.value) => {
                    seen.sees(entry.span, volume(Verb::Delete).with_certainty(Certainty::Opaque).noted("whether it is external is not said plainly"));
                }
                ComposeAct::Up if external => seen.sees(entry.span, volume(Verb::Update).with_certainty(Certainty::AtLeast).noted("of another project")),
                ComposeAct::Up => {
                    seen.sees(entry.span, volume(Verb::Create).that_is(Reversibility::Reversible).noted("if it is not there"));
                    container::backing(&entry.value, entry.span, directory(seen), &self.spot, seen);
                }
                ComposeAct::Down | ComposeAct::Rm | ComposeAct::Stop => {}
            }
        }
    }

    /// Files of the machine that containers are given as settings and secrets.
    fn files(&self, seen: &mut Seen<'_>) {
        for entry in ["configs", "secrets"].iter().flat_map(|key| entries(self.root, key)) {
            if let Some(file) = entry.value.text_at(&["file"]) {
                let path = container::absolute(file, directory(seen), &seen.facts.home);
                container::bound(&path, true, entry.span, &self.spot, seen);
            }
        }
    }

    fn networks(&self, seen: &mut Seen<'_>) {
        for entry in entries(self.root, "networks").iter().filter(|entry| !is_plainly_on(&entry.value)) {
            seen.sees(entry.span, touching(Verb::Delete, Resource::new("network", self.named(&entry.key)), &self.spot).that_is(Reversibility::Recoverable));
        }
        let default = touching(Verb::Delete, Resource::new("network", self.named("default")), &self.spot);
        let span = Span::new(self.root.span.start, self.root.span.start);
        seen.sees(span, default.that_is(Reversibility::Recoverable).with_certainty(Certainty::AtLeast));
    }
}

/// Whether it says `external: true`, or the old form with a name.
fn is_plainly_on(declared: &Node) -> bool {
    declared.get("external").is_some_and(|external| external.is_map() || !external.may_be_off())
}

fn entries<'n>(root: &'n Node, key: &str) -> &'n [Entry] {
    root.get(key).map(Node::entries).unwrap_or_default()
}

/// The services that one depends on, as a list or as keys.
fn depends(service: &Node) -> impl Iterator<Item = &str> {
    let from = |key: &str| service.get(key).into_iter();
    let nodes = from("depends_on").chain(from("links"));
    nodes.flat_map(|node| {
        let listed = node.items().iter().filter_map(Node::text).map(|link| link.split(':').next().unwrap_or(link));
        let keys = node.entries().iter().map(|entry| entry.key.as_str());
        listed.chain(keys).filter(|name| !name.is_empty())
    })
}

/// Whether a text has a variable that compose fills in, from an environment that is not known here.
fn is_computed(text: &str) -> bool {
    text.replace("$$", "").contains('$')
}

#[cfg(test)]
mod tests;
