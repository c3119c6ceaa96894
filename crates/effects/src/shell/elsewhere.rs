//! Commands for other machines and for containers: `ssh host cmd`, `docker exec`, `kubectl exec`. What they do to files and
//! processes there is not done here: it is read in a world of which nothing is known, and put where that world is.

use action::{Certainty, Effect, Resource, Reversibility, Tier, Verb};

use super::Reader;
use super::arguments::Arguments;
use super::expand::Text;
use super::invoke::exact;
use super::parse::Dialect;
use super::scope::Scope;
use super::walk::Input;
use crate::environment::{Spot, host_of_url, is_loopback, of_host};
use crate::facts::Facts;
use crate::path::shown;
use crate::place::{Place, Touch};
use crate::reach::leaving;

/// Options of `ssh` that take a value.
const SSH: &str = "-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -P -p -Q -R -S -W -w";
/// Those that load something, open a door, or speak to another connection.
const SSH_OPENS: &str = "-F -I -S -O -W -w -L -R -D";
/// Settings of `ssh` that run nothing and lead nowhere else.
const SSH_PLAIN: [&str; 18] = [
    "addressfamily", "batchmode", "compression", "connectionattempts", "connecttimeout", "controlpersist", "escapechar", "identitiesonly",
    "identityfile", "loglevel", "numberofpasswordprompts", "passwordauthentication", "preferredauthentications", "requesttty",
    "serveralivecountmax", "serveraliveinterval", "stricthostkeychecking", "user",
];
const DOCKER: &str = "-H --host -c --context --config -l --log-level --tlscacert --tlscert --tlskey --connection --url --identity -n --namespace";
const COMPOSE: &str = "-f --file -p --project-name --profile --env-file --project-directory --ansi --parallel --progress";
const IN_CONTAINER: &str = "-u --user -e --env -w --workdir --env-file --detach-keys --index -v --volume --mount -p --publish --name --network \
    --net --entrypoint -h --hostname -l --label --platform --cpus -m --memory --restart --add-host --cap-add --cap-drop --device --dns --gpus \
    --ipc --pid --pull --runtime --security-opt --shm-size --tmpfs --ulimit --userns --volumes-from --log-driver --log-opt --cidfile -a --attach";
const KUBECTL: &str = "-n --namespace --context --cluster --kubeconfig -c --container --user -s --server -f --filename --as --as-group --token \
    --request-timeout --pod-running-timeout --image --cache-dir --certificate-authority --client-certificate --client-key -v --overrides \
    --restart --target --copy-to --profile --env -l --labels";

impl Reader<'_> {
    /// `ssh`. Says whether that is all of it.
    pub(super) fn ssh(&mut self, words: &[Text], scope: &Scope, input: &Input) -> bool {
        let before = Arguments::with(words, &[SSH], "", true);
        let Some((destination, rest)) = before.operands.split_first() else { return false };
        // Options may also stand behind the host.
        let after = Arguments::with(rest, &[SSH], "", true);
        for options in [&before, &after] {
            self.ssh_options(options, scope);
        }
        let known = destination.exact().map(|d| d.strip_prefix("ssh://").unwrap_or(d)).and_then(host_of_url);
        let port = [&after, &before].iter().find_map(|a| a.values("-p").last().and_then(Text::exact).and_then(|p| p.parse().ok()));
        let command = after.operands.as_slice();
        let text = match (exact(command), input) {
            (Some(words), Input::Text(text)) if words.is_empty() => Some(text.clone()),
            (Some(words), _) if !words.is_empty() => Some(words.join(" ")),
            _ => None,
        };
        self.mentions(command, scope);
        let Some((host, in_url)) = known else {
            self.contact_unknown(&destination.text);
            self.at_a_host(&Spot::unknown(), &destination.text, text.as_deref(), input);
            return true;
        };
        let port = in_url.or(port).or(Some(22));
        if is_loopback(&host) && of_host(self.ground.facts, &host, port).is_none() {
            self.contact(&host, port, Verb::Opaque);
            self.on_this_machine(text.as_deref(), scope);
            return true;
        }
        let spot = of_host(self.ground.facts, &host, port).map_or_else(Spot::unknown, Spot::of);
        self.find(session(&host, &spot, text.is_some()));
        self.at_a_host(&spot, &host, text.as_deref(), input);
        true
    }

    fn ssh_options(&mut self, options: &Arguments, scope: &Scope) {
        for file in options.values("-E") {
            self.touch(Touch::new(Verb::Update), file, scope);
        }
        for jump in options.values("-J") {
            for hop in jump.text.split(',') {
                match host_of_url(hop).filter(|_| jump.exact().is_some()) {
                    Some((host, port)) => self.contact(&host, port.or(Some(22)), Verb::Opaque),
                    None => self.contact_unknown(hop),
                }
            }
        }
        if options.has(SSH_OPENS) || options.doubtful {
            self.runs_opaque("ssh");
        }
        for setting in options.values("-o").cloned().collect::<Vec<_>>() {
            let (name, value) = setting.text.split_once(['=', ' ']).unwrap_or((&setting.text, ""));
            match name.trim().to_lowercase().as_str() {
                _ if setting.exact().is_none() => self.runs_opaque("ssh"),
                "proxycommand" | "localcommand" | "knownhostscommand" => {
                    let mut child = scope.child(None);
                    child.dialect = Dialect::Sh;
                    let value = value.trim_start_matches(['=', ' ']).to_owned();
                    self.deeper(|reader| reader.text("ssh -o", &value, &mut child));
                }
                name if SSH_PLAIN.contains(&name) => {}
                _ => self.runs_opaque("ssh"),
            }
        }
    }

    /// The same machine again: another shell, somewhere on it.
    fn on_this_machine(&mut self, text: Option<&str>, scope: &Scope) {
        let mut child = scope.child(None);
        child.forget_all();
        child.lost();
        child.dialect = Dialect::Sh;
        match text {
            Some(text) => drop(self.deeper(|reader| reader.text("ssh", text, &mut child))),
            None => self.runs_opaque("ssh"),
        }
    }

    /// A text that a shell of another machine runs, or a session of which nothing is known.
    fn at_a_host(&mut self, spot: &Spot, host: &str, text: Option<&str>, input: &Input) {
        let note = format!("on {}", crate::path::quoted(host));
        self.there(spot, &note, Certainty::Exact, |reader, scope| {
            // `sh -s` over there reads what is sent to it.
            match (text, input) {
                (Some(text), Input::Text(_)) if text.contains("sh") => {
                    reader.deeper(|reader| reader.text_from("ssh", text, scope, input));
                }
                (Some(text), _) => drop(reader.deeper(|reader| reader.text("ssh", text, scope))),
                (None, _) => reader.runs_opaque("ssh"),
            }
        });
    }

    /// `docker exec`, `docker run`, `docker compose exec`, …: the command inside. What the program itself does is its row's matter.
    pub(super) fn docker(&mut self, name: &str, words: &[Text], input: &Input) {
        let whole = Arguments::with(words, &[DOCKER], "", true);
        let server = whole.values("-H --host --url").last().and_then(Text::exact).and_then(host_of_url);
        let composed = match (name, first(&whole.operands)) {
            ("docker-compose", _) => Some(words),
            (_, Some(("compose", rest))) => Some(rest),
            _ => None,
        };
        let composed = composed.map(|words| Arguments::with(words, &[COMPOSE], "", true).operands);
        let operands = composed.as_deref().unwrap_or(&whole.operands);
        let operands = first(operands).filter(|(first, _)| *first == "container").map_or(operands, |(_, rest)| rest);
        let Some(("exec" | "run" | "create", rest)) = first(operands) else { return };
        let inner = Arguments::with(rest, &[IN_CONTAINER], "", true);
        let Some((container, command)) = inner.operands.split_first() else { return };
        let entry: Vec<Text> = inner.values("--entrypoint").last().cloned().into_iter().collect();
        self.inside(server, &container.text, &[&entry, command].concat(), input);
    }

    /// `kubectl exec`, `run`, `debug`.
    pub(super) fn kubectl(&mut self, words: &[Text], input: &Input) {
        let whole = Arguments::with(words, &[KUBECTL], "", true);
        let Some(("exec" | "run" | "debug", rest)) = first(&whole.operands) else { return };
        let server = whole.values("-s --server").last().and_then(Text::exact).and_then(host_of_url);
        let (before, after) = match rest.iter().position(|w| w.exact() == Some("--")) {
            Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..)),
            None => (rest, None),
        };
        let pod = Arguments::with(before, &[KUBECTL], "", after.is_none());
        let Some((name, behind)) = pod.operands.split_first() else { return };
        self.inside(server, &name.text, after.unwrap_or(behind), input);
    }

    fn inside(&mut self, server: Option<(String, Option<u16>)>, container: &str, command: &[Text], input: &Input) {
        let environment = server.and_then(|(host, port)| of_host(self.ground.facts, &host, port));
        let spot = environment.map_or_else(Spot::unknown, Spot::of);
        let note = format!("in container {}", crate::path::quoted(container));
        if command.is_empty() {
            return;
        }
        self.there(&spot, &note, Certainty::AtLeast, |reader, scope| {
            reader.deeper(|reader| reader.outside_the_shell(command, scope, input));
        });
    }

    /// Reads something in a world of its own, of which only the mapping of hosts is known, and puts what it does there.
    fn there(&mut self, spot: &Spot, note: &str, at_best: Certainty, read: impl FnOnce(&mut Reader<'_>, &mut Scope)) {
        let mut environments = self.ground.facts.environments.clone();
        for (environment, _) in &mut environments {
            environment.paths.clear();
        }
        let facts = Facts { environments, ..Facts::default() };
        let mut reader = Reader::new(&facts, Place::Host);
        (reader.here, reader.within, reader.budget) = (self.here, self.within + 1, self.budget);
        let mut scope = Scope::new("/".into(), "");
        scope.lost();
        scope.dialect = Dialect::Sh;
        read(&mut reader, &mut scope);
        self.budget = reader.budget;
        for (effect, _) in reader.found {
            self.find(put(effect, spot, note, at_best));
        }
    }
}

/// The connection itself.
fn session(host: &str, spot: &Spot, readable: bool) -> Effect {
    let resource = Resource::new("host", shown(host));
    match (spot.tier, readable) {
        (Tier::Unknown, _) => leaving(Verb::Expose, resource, spot.clone()),
        (_, false) => leaving(Verb::Opaque, resource, spot.clone()),
        (_, true) => leaving(Verb::Execute, resource, spot.clone()).with_certainty(Certainty::AtLeast),
    }
}

/// What is done to the machine that one is on is done to that other one.
fn put(effect: Effect, spot: &Spot, note: &str, at_best: Certainty) -> Effect {
    let here = [Spot::host(), Spot::workspace()].iter().any(|s| s.environment == effect.environment);
    let gone = matches!(effect.verb, Verb::Delete | Verb::Replace) && ["directory", "files", "path"].contains(&effect.resource.kind.as_str());
    let mut effect = match here {
        true => effect.at(spot.environment.clone(), spot.tier),
        false => effect,
    };
    effect.data_bearing |= here && gone && spot.tier > Tier::Host;
    effect.certainty = effect.certainty.max(at_best);
    if effect.verb == Verb::Opaque {
        effect.reversibility = Reversibility::Irreversible;
    }
    effect.noted(note)
}

fn first(words: &[Text]) -> Option<(&str, &[Text])> {
    let (first, rest) = words.split_first()?;
    Some((first.exact()?, rest))
}

#[cfg(test)]
mod tests;
