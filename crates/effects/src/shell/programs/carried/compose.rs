//! The file of `docker compose`: named by `-f`, or by its usual names in the folder.

use action::{Certainty, Tier};

use super::{Command, Rest, is_on};
use crate::environment::{Spot, of_path};
use crate::manifest::{COMPOSE_FILES, Compose, ComposeAct, Target};
use crate::path::normal;
use crate::place::Target as Place;
use crate::shell::Reader;
use crate::shell::arguments::Arguments;
use crate::shell::expand::Text;
use crate::shell::scope::Scope;
use crate::shell::walk::Input;

/// Options with a value, and those without, of each subcommand that is read here.
const ACTS: [(&str, ComposeAct, &str, &str); 5] = [
    ("down", ComposeAct::Down, "-t --timeout --rmi", "-v --volumes --remove-orphans"),
    ("rm", ComposeAct::Rm, "", "-f --force -s --stop -v --volumes"),
    ("stop", ComposeAct::Stop, "-t --timeout", ""),
    ("kill", ComposeAct::Stop, "-s --signal", "--remove-orphans"),
    (
        "up",
        ComposeAct::Up,
        "--scale -t --timeout --pull --wait-timeout --exit-code-from --attach --no-attach",
        "-d --detach --build --no-build --force-recreate --no-recreate --always-recreate-deps -V --renew-anon-volumes --remove-orphans --wait \
         --quiet-pull --no-color --no-log-prefix --no-start --no-deps --abort-on-container-exit --timestamps -y --yes",
    ),
];

/// The texts of the files.
enum Files {
    Known(Vec<String>),
    /// Found by their usual names: others may be merged in.
    Usual(Vec<String>),
    NotAtHand,
}

impl Reader<'_> {
    /// `docker compose up`, `down`, `rm`, `stop`, `kill`.
    pub(super) fn composed(&mut self, act: &str, command: &Command<'_>, scope: &Scope, input: &Input) -> Option<Rest> {
        let (_, act, valued, flags) = ACTS.into_iter().find(|(name, ..)| *name == act)?;
        let own = Arguments::with(&command.found.words, &[valued], flags, false);
        let listed = |name: &str| [valued, flags].iter().any(|list| list.split_whitespace().any(|n| n == name));
        let services: Option<Vec<&str>> = own.operands.iter().map(Text::exact).collect();
        if own.is_doubtful() || !own.options.iter().all(|(name, _)| listed(name)) {
            return None;
        }
        let compose = Compose {
            act,
            volumes: is_on(&own, "-v --volumes"),
            images: own.has("--rmi"),
            orphans: is_on(&own, "--remove-orphans"),
            anew: is_on(&own, "--force-recreate -V --renew-anon-volumes"),
            services: &services?,
        };
        let directory = self.project(&command.arguments, scope);
        let spot = self.daemon(command, directory.as_deref());
        let name = command.arguments.values("-p --project-name").last().and_then(Text::exact).map(str::to_owned);
        let target = Target { name: name.as_deref(), directory: directory.as_deref(), ..Target::default() };
        let facts = self.ground.facts;
        match self.compose_files(&command.arguments, scope, input) {
            Files::Known(texts) => texts.iter().for_each(|text| self.find_all(&crate::manifest::compose_where(text, &compose, &target, &spot, facts))),
            Files::Usual(texts) => {
                for text in texts {
                    for sighting in crate::manifest::compose_where(&text, &compose, &target, &spot, facts).sightings() {
                        let mut effect = sighting.effect.clone();
                        effect.certainty = effect.certainty.max(Certainty::AtLeast);
                        self.find(effect);
                    }
                }
            }
            Files::NotAtHand => self.find_all(&crate::manifest::compose_without_file_where(&compose, &target, &spot, facts)),
        }
        Some(Vec::new())
    }

    fn compose_files(&mut self, arguments: &Arguments, scope: &Scope, input: &Input) -> Files {
        let named: Vec<Text> = arguments.values("-f --file").cloned().collect();
        if !named.is_empty() {
            let texts: Option<Vec<String>> = named.iter().map(|file| self.carried_text(file, scope, input)).collect();
            return texts.map_or(Files::NotAtHand, Files::Known);
        }
        if arguments.has("--project-directory") || scope.is_mentioned("COMPOSE_FILE") || arguments.has("--env-file") {
            return Files::NotAtHand;
        }
        let mut texts = Vec::new();
        for name in COMPOSE_FILES {
            let file = Text::known(name);
            match self.text_of(&file, scope) {
                Some(text) => texts.push(text),
                None if self.may_be_there(&file, scope) => return Files::NotAtHand,
                None => {}
            }
        }
        if texts.is_empty() { Files::NotAtHand } else { Files::Usual(texts) }
    }

    /// A file that exists, or that this text made, and whose text is not known.
    fn may_be_there(&self, file: &Text, scope: &Scope) -> bool {
        let known = |target: &Place| match target {
            Place::Path(path) => self.ground.file(path).is_some() || self.written.contains(path),
            Place::Below { .. } | Place::Unknown { .. } => true,
        };
        self.unread || scope.targets(file).iter().any(known)
    }

    /// The folder from which the file's relative paths begin.
    fn project(&self, arguments: &Arguments, scope: &Scope) -> Option<String> {
        let given = arguments.values("--project-directory").last();
        let of_file = || {
            let file = arguments.values("-f --file").next()?.exact()?;
            Some(Text::known(file.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder })))
        };
        let word = given.cloned().or_else(of_file).unwrap_or_else(|| Text::known("."));
        match scope.targets(&word).as_slice() {
            [Place::Path(path)] => Some(normal("/", path)),
            _ => None,
        }
    }

    /// Where the containers are: where the command's options say. Where they say nothing, nobody knows which daemon it is; of a
    /// folder that is production, it is taken to be production's.
    fn daemon(&self, command: &Command<'_>, directory: Option<&str>) -> Spot {
        let spot = command.landing.spot();
        let mapped = directory.and_then(|path| of_path(self.ground.facts, &self.ground.resolved(path)));
        match mapped.map(|(environment, _)| Spot::of(environment)) {
            Some(mapped) if mapped.tier == Tier::Production && spot.tier != Tier::Production => mapped,
            _ => spot,
        }
    }
}
