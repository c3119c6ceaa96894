//! Signs of more in what is not read: an environment's path or host named by a program that nobody reads, arithmetic that may
//! run what it evaluates.

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use super::Reader;
use super::expand::Text;
use super::scope::Scope;
use super::syntax::{Part, Word};
use crate::environment::Spot;
use crate::environment::of_path;
use crate::path::normal;
use crate::place::Target;

impl Reader<'_> {
    /// A program that is not read gets these words; an environment that they name is touched, nobody knows how.
    pub(crate) fn mentions(&mut self, words: &[Text], scope: &Scope) {
        for word in words {
            self.mentions_in(&word.text);
            let value = word.text.split_once('=').map(|(name, _)| word.after(name.len() + 1));
            for target in [Some(word.clone()), value].into_iter().flatten().flat_map(|w| scope.targets(&w)) {
                if let Target::Path(path) | Target::Below { base: path, .. } = target
                    && let Some((environment, _)) = of_path(self.ground.facts, &self.ground.resolved(&path))
                {
                    let name = environment.name.as_str().to_owned();
                    let spot = Spot::of(environment);
                    self.find(named(&name, spot));
                }
            }
        }
    }

    /// The same for a text that is not read: code, a script.
    pub(crate) fn mentions_in(&mut self, text: &str) {
        let lower = text.to_lowercase();
        for (environment, _) in &self.ground.facts.environments {
            let paths = environment.paths.iter().map(|p| normal("/", p)).filter(|p| p.len() > 1);
            let in_path = paths.into_iter().any(|path| holds(text, &path));
            let in_host = environment.hosts.iter().any(|host| holds(&lower, &host.to_lowercase()));
            if in_path || in_host {
                self.find(named(environment.name.as_str(), Spot::of(environment)));
            }
        }
    }

    /// Arithmetic runs substitutions that stand in an index, also inside values and quotes.
    pub(crate) fn suspect_arithmetic(&mut self, word: &Word) {
        let hides = |part: &Part| match part {
            Part::Plain(text) | Part::Quoted(text) => hides_substitution(text),
            _ => false,
        };
        if word.parts.iter().any(|part| match part {
            Part::Arithmetic { inside, .. } => inside.parts.iter().any(hides),
            part => hides(part),
        }) {
            self.find(self.ground.opaque("command", "arithmetic", "an index that may run something"));
        }
        for part in &word.parts {
            match part {
                Part::Plain(text) | Part::Quoted(text) => self.may_assign(text),
                Part::Arithmetic { inside, .. } => self.suspect_arithmetic(inside),
                _ => {}
            }
        }
    }

    /// Arithmetic sets variables: `PATH=1`, `PATH++`. A text that is evaluated as such, now or later, poisons what it would set.
    pub(crate) fn may_assign(&mut self, text: &str) {
        for name in set_by_arithmetic(text) {
            self.poison(name);
        }
    }

    /// A value that would run something were it ever evaluated as arithmetic.
    pub(crate) fn suspect_value(&mut self, text: &str) {
        if hides_substitution(text) {
            self.find(self.ground.opaque("command", "arithmetic", "an index that may run something"));
        }
    }
}

fn named(environment: &str, spot: Spot) -> Effect {
    let mut effect = Effect::in_workspace(Verb::Opaque, Resource::new("environment", environment))
        .at(spot.environment, spot.tier)
        .that_is(Reversibility::Irreversible)
        .with_certainty(Certainty::Opaque)
        .noted("named by something that is not read");
    effect.data_bearing = true;
    effect
}

/// Whether a text holds a name as a whole, not as the beginning of a longer one.
fn holds(text: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let after = text.get(at + name.len()..).and_then(|t| t.chars().next());
            let before = text.get(..at).and_then(|t| t.chars().next_back());
            !after.is_some_and(word) && (name.starts_with('/') || !before.is_some_and(word))
        })
}

/// Names that a text would set were it evaluated as arithmetic.
fn set_by_arithmetic(text: &str) -> Vec<&str> {
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(of_name) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !of_name(c)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        let (before, next) = (before.trim_end(), after.trim_start());
        let steps = |side: &str| side.starts_with("++") || side.starts_with("--");
        let set = next.trim_start_matches(['+', '-', '*', '/', '%', '&', '|', '^', '<', '>']);
        let assigns = set.starts_with('=') && !set.starts_with("==") && next.len() - set.len() <= 2;
        if assigns || steps(next) || before.ends_with("++") || before.ends_with("--") {
            found.push(name);
        }
        rest = after;
    }
    found
}

fn hides_substitution(text: &str) -> bool {
    text.match_indices('[').any(|(at, _)| text.get(at..).is_some_and(|rest| rest.contains("$(") || rest.contains('`')))
}
