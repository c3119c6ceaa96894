//! Issues that are made and updated in a repository elsewhere: the text leaves for good, whoever may read it there.

use action::{Effect, EnvironmentName, Issue, IssueSet, Resource, Reversibility, Tier, Verb};

use crate::environment::{Spot, of_host, of_remote};
use crate::facts::Facts;
use crate::path::{quoted, shown};
use crate::reach::leaving;

/// Issues that a note names; more are counted.
const NAMED: usize = 60;

pub(crate) fn of(host: &str, repository: &str, facts: &Facts) -> Vec<Effect> {
    let spot = spot(host, repository, facts);
    let place = shown(&format!("{host}/{repository}"));
    let Some(set) = &facts.issues else {
        return vec![leaving(Verb::Opaque, Resource::new("repository", place), spot)];
    };
    let at = |verb: Verb, kind: &str| Effect::in_workspace(verb, Resource::new(kind, place.clone())).at(spot.environment.clone(), spot.tier);
    let mut effects = vec![exposed(at(Verb::Expose, "repository"), set)];
    let new: Vec<String> = set.new_ones().map(|issue| named(None, issue)).collect();
    if !new.is_empty() {
        effects.push(listed(at(Verb::Create, "issues"), &new));
    }
    let updated: Vec<String> = set.updated().map(|(number, issue)| named(Some(number), issue)).collect();
    if !updated.is_empty() {
        effects.push(listed(at(Verb::Update, "issues"), &updated).noted("title and text are replaced"));
    }
    effects
}

/// The repository as a git remote, or its host: the graver of what the mappings say. Neither: nobody knows whose it is.
fn spot(host: &str, repository: &str, facts: &Facts) -> Spot {
    let remote = of_remote(facts, &format!("https://{host}/{repository}"), None);
    let found = [remote, of_host(facts, host, Some(443))].into_iter().flatten().max_by_key(|environment| environment.tier);
    found.map_or_else(|| Spot { environment: EnvironmentName::unknown(), tier: Tier::Unknown }, Spot::of)
}

fn exposed(effect: Effect, set: &IssueSet) -> Effect {
    let bytes: usize = set.issues.iter().map(|issue| issue.title.len() + issue.body.len()).sum();
    let effect = effect.that_is(Reversibility::Irreversible).noted(format!("{bytes} bytes of specification {}", quoted(&set.spec)));
    let effect = match set.visibility.as_str() {
        "public" => effect.noted("everybody can read it there"),
        other => effect.noted(format!("the repository is {}", shown(other))),
    };
    let mentioned: Vec<String> = mentions(set);
    if mentioned.is_empty() { effect } else { effect.noted(format!("it names {}, who may be told", mentioned.join(" "))) }
}

fn listed(effect: Effect, names: &[String]) -> Effect {
    let mut effect = effect.counted(names.len() as u64, "issues").that_is(Reversibility::Irreversible);
    for name in names.iter().take(NAMED) {
        effect = effect.noted(name.clone());
    }
    match names.len().checked_sub(NAMED).filter(|more| *more > 0) {
        Some(more) => effect.noted(format!("and {more} more")),
        None => effect,
    }
}

fn named(number: Option<u64>, issue: &Issue) -> String {
    let number = number.map(|number| format!("#{number} ")).unwrap_or_default();
    let labels: Vec<String> = issue.labels.iter().map(|label| quoted(label)).collect();
    let labelled = if labels.is_empty() || !number.is_empty() { String::new() } else { format!(" labelled {}", labels.join(" ")) };
    format!("{number}{}{labelled}", quoted(&issue.title))
}

/// `@name` and `@team/name`, each once: the host tells those people.
fn mentions(set: &IssueSet) -> Vec<String> {
    let mut found = std::collections::BTreeSet::new();
    for issue in &set.issues {
        for text in [&issue.title, &issue.body] {
            let starts = text.match_indices('@').filter(|(at, _)| !text.get(..*at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric));
            for (at, _) in starts {
                let name: String = text.get(at + 1..).unwrap_or_default().chars().take_while(|c| c.is_ascii_alphanumeric() || "-_/".contains(*c)).collect();
                if !name.is_empty() && found.len() < NAMED {
                    found.insert(format!("@{name}"));
                }
            }
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests;
