//! What the container of one service of a compose file is given when it runs: folders and sockets of the machine, ports, privileges; and what
//! code it runs that nobody here has read.

use action::{Certainty, Effect, Resource, Verb};

use super::is_computed;
use super::super::kubernetes::is_capability;
use super::super::tree::{Entry, Node};
use super::super::{Seen, touching};
use crate::environment::Spot;
use crate::path::{below, normal, shown};
use crate::place::{Ground, Place};
use crate::protected::protected;
use crate::sighting::Span;

/// Folders of the machine that lead to all of it.
const ROOTS: [&str; 11] = ["/", "/etc", "/root", "/home", "/var", "/var/run", "/run", "/var/lib", "/proc", "/sys", "/dev"];

pub(super) struct Container<'c> {
    pub(super) entry: &'c Entry,
    /// The name of its container.
    pub(super) name: &'c str,
    pub(super) spot: &'c Spot,
    /// From which its relative paths begin.
    pub(super) directory: &'c str,
    pub(super) home: &'c str,
}

/// Something that a service mounts.
enum Mount {
    /// A path of the machine.
    Bind { path: String, reads: bool },
    /// A volume without a name: gone with its container, if asked.
    Nameless,
    /// A volume with a name, or what needs no place on the machine.
    Kept,
    /// What it is is not said plainly.
    Unknown,
}

impl Container<'_> {
    fn effect(&self, verb: Verb, noun: &str) -> Effect {
        touching(verb, Resource::new(noun, self.name), self.spot)
    }

    fn get(&self, key: &str) -> Option<&Node> {
        self.entry.value.get(key)
    }

    /// What happens when it is made and run.
    pub(super) fn runs(&self, seen: &mut Seen<'_>) {
        self.code(seen);
        self.mounts(seen);
        self.ports(seen);
        let ways = self.ways_out();
        if !ways.is_empty() {
            let effect = self.effect(Verb::Grant, "container").with_certainty(Certainty::Opaque);
            seen.sees(self.entry.span, effect.noted(format!("power over the machine: {}", ways.join(", "))));
        }
    }

    /// Code that runs though nobody here has read it: builds, hooks, providers, services of other files.
    fn code(&self, seen: &mut Seen<'_>) {
        if let Some(build) = self.get("build") {
            seen.sees(build.span, self.effect(Verb::Execute, "image").with_certainty(Certainty::Opaque).noted("its build was not read"));
        }
        for key in ["provider", "post_start", "pre_stop", "develop"] {
            if let Some(node) = self.get(key) {
                seen.sees(node.span, self.effect(Verb::Execute, "container").with_certainty(Certainty::Opaque).noted("commands that were not read"));
            }
        }
        if let Some(extends) = self.get("extends").filter(|extends| extends.get("file").is_some()) {
            seen.sees(extends.span, self.effect(Verb::Opaque, "container").noted("it takes more from another file"));
        }
        let shape = &self.entry.value;
        if !shape.is_map() {
            seen.sees(self.entry.span, self.effect(Verb::Opaque, "container").noted("a service that is not written as keys and values"));
        }
    }

    fn volumes(&self) -> impl Iterator<Item = (&Node, Mount)> {
        let listed = self.get("volumes").map(Node::items).unwrap_or_default();
        let odd = self.get("volumes").filter(|volumes| volumes.is_map() || volumes.text().is_some());
        listed.iter().map(|node| (node, self.mount(node))).chain(odd.map(|node| (node, Mount::Unknown)))
    }

    fn mounts(&self, seen: &mut Seen<'_>) {
        for (node, mount) in self.volumes() {
            match mount {
                Mount::Bind { path, reads } => bound(&path, reads, node.span, self.spot, seen),
                Mount::Unknown => {
                    seen.sees(node.span, self.effect(Verb::Opaque, "container").noted("what it mounts is computed or not known here"));
                }
                Mount::Nameless | Mount::Kept => {}
            }
        }
        if let Some(from) = self.get("volumes_from") {
            seen.sees(from.span, self.effect(Verb::Opaque, "container").noted("it mounts what another container mounts"));
        }
    }

    /// `source:target:options`, or the same as keys and values.
    fn mount(&self, node: &Node) -> Mount {
        if let Some(text) = node.text() {
            let (source, rest) = text.split_once(':').unwrap_or(("", text));
            let options = rest.rsplit_once(':').map_or("", |(_, options)| options);
            return match text.split_once(':') {
                _ if is_computed(text) || rest.starts_with('\\') => Mount::Unknown,
                None => Mount::Nameless,
                Some(_) => self.source(source, options.split(',').any(|option| option == "ro")),
            };
        }
        let source = node.text_at(&["source"]).or_else(|| node.text_at(&["src"]));
        let reads = node.at(&["read_only"]).is_some_and(|flag| !flag.may_be_off());
        match (node.text_at(&["type"]), source) {
            (_, Some(source)) if is_computed(source) => Mount::Unknown,
            (Some("bind"), Some(source)) => Mount::Bind { path: self.absolute(source), reads },
            (Some("volume"), None) => Mount::Nameless,
            (Some("volume"), Some(source)) => self.source(source, reads),
            (Some("tmpfs" | "image" | "cluster"), _) => Mount::Kept,
            (Some("npipe"), _) | (_, _) => Mount::Unknown,
        }
    }

    /// A path of the machine, or the name of a volume.
    fn source(&self, source: &str, reads: bool) -> Mount {
        if source.starts_with(['/', '.', '~', '\\']) || source.contains('/') || source.contains('\\') || source.is_empty() {
            return Mount::Bind { path: self.absolute(source), reads };
        }
        Mount::Kept
    }

    fn absolute(&self, source: &str) -> String {
        absolute(source, self.directory, self.home)
    }

    /// Volumes without a name that go with its containers.
    pub(super) fn loses_nameless(&self, seen: &mut Seen<'_>) {
        let count = self.volumes().filter(|(_, mount)| matches!(mount, Mount::Nameless)).count() as u64;
        let mut effect = self.effect(Verb::Delete, "volume").with_certainty(Certainty::AtLeast).noted("volumes without a name, those of its image too");
        effect.data_bearing = count > 0;
        seen.sees(self.entry.span, if count > 0 { effect.counted(count, "volumes") } else { effect });
    }

    /// Ports that others than this machine can reach.
    fn ports(&self, seen: &mut Seen<'_>) {
        let Some(ports) = self.get("ports") else { return };
        if !ports.is_list() {
            return seen.sees(ports.span, self.effect(Verb::Expose, "port").with_certainty(Certainty::Opaque));
        }
        for port in ports.items() {
            let address = match port.text() {
                Some(text) if is_computed(text) => None,
                Some(text) => Some(address(text)),
                None => Some(port.text_at(&["host_ip"]).unwrap_or_default()),
            };
            let is_own = |address: &str| address.starts_with("127.") || address == "::1" || address == "localhost";
            let effect = self.effect(Verb::Expose, "port");
            match address {
                Some(address) if is_own(address) => {}
                Some(address) if !is_computed(address) => seen.sees(port.span, effect.noted("reached from outside of this machine")),
                _ => seen.sees(port.span, effect.with_certainty(Certainty::Opaque).noted("where from is computed")),
            }
        }
    }

    /// What gives its container power over the machine.
    fn ways_out(&self) -> Vec<&'static str> {
        let on = |key: &str| self.get(key).is_some_and(Node::may_be_on);
        let host = |key: &str| self.get(key).and_then(Node::text).is_some_and(|text| text == "host" || text.starts_with("container:") || is_computed(text));
        let any = |key: &str, fits: &dyn Fn(&str) -> bool| self.get(key).map(Node::items).unwrap_or_default().iter().filter_map(Node::text).any(fits);
        let found = [
            (on("privileged"), "privileged"),
            (host("network_mode"), "the machine's network"),
            (host("pid"), "the machine's processes"),
            (host("ipc"), "the machine's shared memory"),
            (host("userns_mode") || host("uts") || host("cgroup"), "the machine's names"),
            (any("cap_add", &|name| is_capability(name) || is_computed(name)), "capabilities"),
            (any("security_opt", &|option| option.contains("unconfined") || option.contains("disable")), "no confinement"),
            (on("devices") || on("device_cgroup_rules"), "devices"),
            (on("use_api_socket"), "the Docker daemon"),
        ];
        found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, why)| why).collect()
    }
}

/// `address` of `address:host:container`, with or without brackets; empty where there is none.
fn address(port: &str) -> &str {
    if let Some((inside, _)) = port.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return inside;
    }
    let mut parts = port.rsplitn(3, ':');
    parts.nth(2).unwrap_or_default()
}

/// A named volume that is a folder of the machine all the same, or of another machine.
pub(super) fn backing(declared: &Node, span: Span, directory: &str, spot: &Spot, seen: &mut Seen<'_>) {
    let Some(device) = declared.text_at(&["driver_opts", "device"]) else { return };
    if is_computed(device) || !declared.text_at(&["driver_opts", "o"]).is_some_and(|options| options.split(',').any(|option| option == "bind" || option == "rbind")) {
        let elsewhere = touching(Verb::Opaque, Resource::new("volume", "of a device"), spot);
        return seen.sees(span, elsewhere.noted("where it is kept is not known"));
    }
    bound(&absolute(device, directory, &seen.facts.home), false, span, spot, seen);
}

/// Compose knows `~` as the home of who calls it.
pub(super) fn absolute(source: &str, directory: &str, home: &str) -> String {
    match source.strip_prefix('~') {
        Some(rest) => normal("/", &format!("{home}/{rest}")),
        None => normal(directory, source),
    }
}

/// A path of the machine in a container.
pub(super) fn bound(path: &str, reads: bool, span: Span, spot: &Spot, seen: &mut Seen<'_>) {
    let ground = Ground { facts: seen.facts, place: Place::Host };
    let is_here = seen.target.daemon.is_none();
    let at = if is_here { ground.spot(path, reads) } else { spot.clone() };
    let name = if is_here { ground.name(path) } else { path.to_owned() };
    if path.ends_with("docker.sock") || path.ends_with("containerd.sock") || path.ends_with("podman.sock") {
        let socket = touching(Verb::Grant, Resource::new("socket", shown(&name)), &at).with_certainty(Certainty::Opaque);
        return seen.sees(span, socket.noted("power over the machine: its Docker daemon"));
    }
    let is_inside = below(path, &seen.facts.tree).is_some();
    let resource = Resource::new("directory", shown(&name));
    if let Some(what) = protected(&name).filter(|_| is_inside && !reads) {
        let guarded = touching(Verb::DisableProtection, resource, &at).with_certainty(Certainty::AtLeast);
        return seen.sees(span, guarded.noted(what));
    }
    let effect = match (reads, is_inside) {
        (true, true) => touching(Verb::Read, resource, &at),
        (true, false) => touching(Verb::Expose, resource, &at).noted("its containers read it"),
        (false, true) => touching(Verb::Update, resource, &at).noted("its containers write there"),
        (false, false) => touching(Verb::Opaque, resource, &at).noted("its containers write there"),
    };
    seen.sees(span, effect.clone().with_certainty(effect.certainty.max(Certainty::AtLeast)));
    if ROOTS.contains(&path) || (!seen.facts.home.is_empty() && path == seen.facts.home) {
        let all = touching(Verb::Grant, Resource::new("directory", shown(&name)), &at).with_certainty(Certainty::Opaque);
        seen.sees(span, all.noted("power over the machine"));
    }
}
