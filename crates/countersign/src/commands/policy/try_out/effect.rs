//! An effect in words: `delete database orders in production irreversible data-bearing`.

use action::{Certainty, Effect, Environment, EnvironmentName, Generation, Resource, Reversibility, Tier, Verb};
use anyhow::bail;

use crate::screen::Misuse;
use crate::words;

/// How it is written.
const SHAPE: &str = "VERB KIND [NAME] in PLACE [MARK …]";
/// Places that need no service, with their tiers.
const PLACES: [(&str, Tier); 7] = [
    ("workspace", Tier::Workspace),
    ("worktree", Tier::Host),
    ("host", Tier::Host),
    ("development", Tier::Development),
    ("staging", Tier::Staging),
    ("production", Tier::Production),
    ("unknown", Tier::Unknown),
];
const VERBS: [Verb; 11] = [
    Verb::Read,
    Verb::Create,
    Verb::Update,
    Verb::Execute,
    Verb::Spend,
    Verb::DisableProtection,
    Verb::Grant,
    Verb::Expose,
    Verb::Replace,
    Verb::Delete,
    Verb::Opaque,
];
const MARKS: &str = "irreversible, recoverable, data-bearing, whole-environment, opaque, at-least";

/// Reads it. Of the service's environments the tier is known.
pub(super) fn read(text: &str, known: &[(Environment, Generation)]) -> anyhow::Result<Effect> {
    let mut at = 0;
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut next = |what: &str| {
        at += 1;
        words.get(at - 1).copied().ok_or_else(|| wrong(text, &format!("it ends before word {at}, where {what} is expected"), &format!("it is written {SHAPE}")))
    };
    let verb = next("a verb")?;
    let Some(verb) = VERBS.into_iter().find(|one| one.as_str() == verb) else {
        bail!(wrong(text, &format!("word 1, `{}`, is no verb", words::safe(verb)), &format!("one of {}", VERBS.map(Verb::as_str).join(", "))));
    };
    let kind = next("the kind of thing")?.to_owned();
    let mut name: Vec<&str> = Vec::new();
    let place = loop {
        match next("`in` with a place")? {
            "in" => break next("a place")?,
            word => name.push(word),
        }
    };
    let name = if name.is_empty() { "any".to_owned() } else { name.join(" ") };
    let (environment, tier) = self::place(text, at, place, known)?;
    let mut effect = Effect::in_workspace(verb, Resource::new(kind, name)).at(environment, tier);
    if verb == Verb::Opaque {
        effect.certainty = Certainty::Opaque;
    }
    for (number, mark) in words.iter().enumerate().skip(at) {
        match *mark {
            "irreversible" => effect.reversibility = Reversibility::Irreversible,
            "recoverable" => effect.reversibility = Reversibility::Recoverable,
            "data-bearing" => effect.data_bearing = true,
            "whole-environment" => effect.whole_environment = true,
            "opaque" => effect.certainty = Certainty::Opaque,
            "at-least" => effect.certainty = Certainty::AtLeast,
            other => bail!(wrong(text, &format!("word {}, `{}`, is no mark of an effect", number + 1, words::safe(other)), &format!("one of {MARKS}"))),
        }
    }
    Ok(effect)
}

fn place(text: &str, number: usize, place: &str, known: &[(Environment, Generation)]) -> Result<(EnvironmentName, Tier), Misuse> {
    if let Some((mapped, _)) = known.iter().find(|(one, _)| one.name.as_str() == place) {
        return Ok((mapped.name.clone(), mapped.tier));
    }
    if let Some((name, tier)) = PLACES.into_iter().find(|(name, _)| *name == place) {
        return Ok((EnvironmentName::new(name), tier));
    }
    let names = known.iter().map(|(one, _)| words::safe(one.name.as_str())).chain(PLACES.into_iter().map(|(name, _)| name.to_owned()));
    Err(wrong(text, &format!("word {number}, `{}`, is no place that is known", words::safe(place)), &format!("one of {}; `countersign env` lists those of the service", names.collect::<Vec<_>>().join(", "))))
}

fn wrong(text: &str, what: &str, hint: &str) -> Misuse {
    Misuse(format!("the effect `{}` cannot be read: {what}\nhint: {hint}", words::safe(text)))
}

#[cfg(test)]
mod tests;
