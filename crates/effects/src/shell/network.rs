//! Programs that speak to hosts. Inside the box only loopback and the dependency door lead anywhere; everything else leaves
//! the box, and what the other side does with it is not in the text.

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use super::Reader;
use super::arguments::Arguments;
use super::expand::Text;
use super::scope::Scope;
use request::{Request, is_method};
use crate::environment::{Spot, host_of_url, is_loopback, of_host};
use crate::path::shown;
use crate::place::{Place, Touch};
use crate::reach::{leaving, named};

mod request;

impl Reader<'_> {
    /// A program of the table that speaks to the hosts among its operands and options.
    pub(crate) fn fetches(&mut self, name: &str, arguments: &Arguments, scope: &Scope) {
        let request = Request::of(name, arguments);
        let mut hosts: Vec<&Text> = arguments.values("--url -h --host --resolve --connect-to -x --proxy -J").collect();
        let operands: Vec<&Text> = match name {
            "curl" | "wget" => arguments.operands.iter().collect(),
            "scp" | "rsync" => arguments.operands.iter().filter(|w| is_remote(w)).collect(),
            "http" | "https" | "xh" | "xhs" => arguments.operands.iter().filter(|w| !is_method(w)).take(1).collect(),
            "dig" => arguments.operands.iter().take(1).collect(),
            _ => arguments.operands.iter().take(1).collect(),
        };
        hosts.extend(operands);
        self.local_files(name, arguments, scope);
        if hosts.is_empty() && !["scp", "rsync"].contains(&name) && !arguments.has("--version --help -V") {
            self.contact_unknown(name);
        }
        let port = arguments.values("-p -P --port").last().and_then(Text::exact).and_then(|p| p.parse().ok());
        for host in hosts.into_iter().cloned().collect::<Vec<_>>() {
            // Before the first hole a URL may already name its host; it does where a `/` ends it.
            let certain = host.exact().is_some() || host.known_prefix().split("://").nth(1).is_some_and(|rest| rest.contains('/'));
            // `:3000/x` is short for this machine with the programs that have it.
            let local = host.known_prefix().starts_with(':') && name != "curl" && name != "wget";
            let shown = if local { format!("localhost{}", host.known_prefix()) } else { host.known_prefix().to_owned() };
            match host_of_url(host_part(name, &shown)) {
                Some((known, in_url)) if certain && host_is_known(&known) => {
                    self.asks(&known, in_url.or(port), &request.to(&host));
                }
                _ => self.contact_unknown(&host.text),
            }
        }
        if name == "ssh" && arguments.operands.len() > 1 {
            let command = arguments.operands.get(1..).unwrap_or_default();
            self.mentions(command, scope);
        }
    }

    /// Files that such programs read to send, or write as they receive.
    fn local_files(&mut self, name: &str, arguments: &Arguments, scope: &Scope) {
        match name {
            "curl" => {
                if arguments.has("-O -J") || arguments.options_begin("--remote-name") {
                    let said = arguments.has("-J") || arguments.options_begin("--remote-header");
                    let folder = arguments.values("--output-dir").last();
                    self.received(Verb::Update, arguments, folder, said, scope);
                }
                let headers: Vec<Text> = arguments.values("-H --header --proxy-header").filter(|h| h.known_prefix().starts_with('@')).filter_map(after_at).collect();
                self.touch_all(Touch::new(Verb::Read), &headers, scope);
                let sent = arguments.values("-T --upload-file").cloned();
                let named = arguments.values("-d --data --data-binary --json --data-ascii -F --form").filter_map(after_at);
                let files: Vec<Text> = sent.chain(named).collect();
                self.touch_all(Touch::new(Verb::Read), &files, scope);
            }
            "wget" if !arguments.has("-O --output-document --spider") => {
                let said = arguments.has("-r -m -p -x -i --recursive --mirror --page-requisites --force-directories --input-file --content-disposition")
                    || arguments.options_begin("--trust-server");
                // Without one of these a file that is there keeps its name, and the new one gets a number.
                let over = said || arguments.has("-N -c --timestamping --continue --no-clobber");
                let verb = if over { Verb::Update } else { Verb::Create };
                self.received(verb, arguments, arguments.values("-P --directory-prefix").last(), said, scope);
            }
            "scp" | "rsync" => {
                let delete = arguments.options.iter().any(|(n, _)| n.starts_with("--del") || n == "--remove-source-files");
                if let Some((last, sources)) = arguments.operands.split_last() {
                    let sources: Vec<Text> = sources.iter().filter(|w| !is_remote(w)).cloned().collect();
                    let touch = if arguments.has("--remove-source-files") { Verb::Delete } else { Verb::Read };
                    self.touch_all(Touch::new(touch).recursive(), &sources, scope);
                    if !is_remote(last) {
                        let verb = if delete { Verb::Delete } else { Verb::Update };
                        self.touch(Touch::new(verb).recursive(), last, scope);
                    }
                }
            }
            _ => {}
        }
    }

    /// Files named like the last part of each address; any name, where the other side may say it.
    fn received(&mut self, verb: Verb, arguments: &Arguments, folder: Option<&Text>, said: bool, scope: &Scope) {
        let folder = folder.cloned().unwrap_or_else(|| Text::known("."));
        let base = |address: &Text| {
            let path = address.exact()?.split(['?', '#']).next()?;
            let (_, path) = path.split_once("://").unwrap_or(("", path)).1.split_once('/')?;
            path.rsplit('/').next().filter(|base| !base.is_empty() && !base.contains(['{', '[', '%'])).map(str::to_owned)
        };
        let addresses: Vec<&Text> = arguments.operands.iter().chain(arguments.values("--url")).collect();
        for address in addresses {
            let file = match (base(address).filter(|_| !said), folder.exact()) {
                (Some(base), Some(".")) => Text::known(base),
                (Some(base), Some(folder)) => Text::known(format!("{}/{base}", folder.trim_end_matches('/'))),
                _ => Text::below(&folder),
            };
            self.touch(Touch::new(verb), &file, scope);
        }
    }

    /// A question to the host of an address or name, of which `tells` says that it may hold what the text does not show.
    pub(super) fn asks_about(&mut self, address: &Text, tells: bool) {
        match address.exact().and_then(host_of_url).filter(|(host, _)| host_is_known(host)) {
            Some((host, port)) => self.asks(&host, port, &Request::question(tells)),
            None => self.contact_unknown(&address.text),
        }
    }

    /// Contact with a host.
    pub(crate) fn contact(&mut self, host: &str, port: Option<u16>, verb: Verb) {
        let effect = self.reached(host, port, verb);
        self.find(effect);
    }

    /// A request to a host. Outside the box a question whose whole text is known tells nothing that the text does not show.
    fn asks(&mut self, host: &str, port: Option<u16>, request: &Request) {
        let mut effect = self.reached(host, port, request.verb);
        if let Some(note) = &request.note {
            effect = effect.noted(note.clone());
        }
        if request.is_plain_question() && self.ground.place == Place::Host {
            effect.verb = Verb::Read;
            effect.certainty = Certainty::AtLeast;
            effect.reversibility = Reversibility::Reversible;
        }
        self.find(effect);
    }

    fn reached(&self, host: &str, port: Option<u16>, verb: Verb) -> Effect {
        let with_port = port.map_or_else(|| host.to_owned(), |p| format!("{host}:{p}"));
        let resource = Resource::new("host", shown(&with_port));
        let facts = self.ground.facts;
        match of_host(facts, host, port) {
            Some(environment) => leaving(verb, resource, Spot::of(environment)),
            None if is_loopback(host) => self.loopback(verb, resource),
            None if named(facts, host, port) && verb == Verb::Read && self.ground.place == Place::Boxed => {
                Effect::in_workspace(Verb::Read, resource).noted("through the dependency door")
            }
            None => leaving(Verb::Expose.max(verb), resource, Spot::unknown()),
        }
    }

    /// In the box this is the box itself, with only what runs in it.
    fn loopback(&self, verb: Verb, resource: Resource) -> Effect {
        let effect = Effect::in_workspace(verb, resource).with_certainty(Certainty::Opaque);
        match self.ground.place {
            Place::Boxed => Effect { verb: if verb == Verb::Opaque { Verb::Update } else { verb }, certainty: Certainty::AtLeast, ..effect },
            Place::Host => {
                let spot = Spot::host();
                effect.at(spot.environment, spot.tier).that_is(crate::place::lasting(verb))
            }
        }
    }

    /// Contact with a host that the text does not tell.
    pub(crate) fn contact_unknown(&mut self, name: &str) {
        self.find(leaving(Verb::Expose, Resource::new("host", shown(name)), Spot::unknown()));
    }
}

/// `host:path`, as `scp` and `rsync` take it.
fn is_remote(word: &Text) -> bool {
    let text = word.known_prefix();
    text.contains("://") || text.split_once(':').is_some_and(|(host, _)| !host.contains('/'))
}

/// `user@host:path` is no URL; its host ends at the colon.
fn host_part<'t>(name: &str, text: &'t str) -> &'t str {
    match ["scp", "rsync", "sftp"].contains(&name) && !text.contains("://") {
        true => text.split_once(':').map_or(text, |(host, _)| host),
        false => text,
    }
}

fn host_is_known(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b))
}

/// `@file`, or `name=@file`.
fn after_at(word: &Text) -> Option<Text> {
    let at = word.known_prefix().find('@')?;
    (at == 0 || word.text.as_bytes().get(at - 1) == Some(&b'=')).then(|| word.after(at + 1))
}
