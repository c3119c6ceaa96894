//! Changes of who may do what at the service. They change no file, and still they leave the box: all that is given or taken is
//! in the intent itself, so nothing has to be looked up, and a change that hides nothing reads the same to everybody.

use action::{Effect, EnvironmentName, Moment, PeopleChange, PersonId, Resource, Reversibility, Role, Tier, Verb, fingerprint};

/// One effect for each right that is given or taken.
pub(crate) fn of(change: &PeopleChange) -> Vec<Effect> {
    match change {
        PeopleChange::Enrol { person, key, roles } => {
            let what = match roles.contains(&Role::Service) {
                true => "as a service account, which may ask and never countersigns".to_owned(),
                false => format!("as {}", Role::words(roles)),
            };
            vec![effect(Verb::Grant, "person", person.as_str()).noted(what).noted(format!("with key {}", fingerprint(key)))]
        }
        PeopleChange::AddKey { person, key } => vec![given_key(person, key)],
        PeopleChange::RevokeKey { person, key, from } => vec![taken_key(person, key, *from)],
        PeopleChange::RotateKey { person, key, old, from } => vec![given_key(person, key), taken_key(person, old, *from)],
        PeopleChange::SetRoles { person, given, taken } => {
            let role = |verb, role: &Role, word| effect(verb, "role", role.as_str()).noted(format!("{word} {person}"));
            let given = given.iter().map(|one| role(Verb::Grant, one, "to"));
            given.chain(taken.iter().map(|one| role(Verb::Delete, one, "of"))).collect()
        }
        PeopleChange::Remove { person } => {
            vec![effect(Verb::Delete, "person", person.as_str()).noted("their keys sign nothing any more, and nothing goes on for them")]
        }
        PeopleChange::SetTeam { team, joined, left } => {
            let member = |verb, person: &PersonId, word| effect(verb, "team", team).noted(format!("{person} {word} it"));
            let joined = joined.iter().map(|person| member(Verb::Grant, person, "joins"));
            joined.chain(left.iter().map(|person| member(Verb::Delete, person, "leaves"))).collect()
        }
    }
}

fn given_key(person: &PersonId, key: &str) -> Effect {
    effect(Verb::Grant, "key", &fingerprint(key)).noted(format!("to {person}"))
}

/// A revoked key never comes back.
fn taken_key(person: &PersonId, key: &str, from: Moment) -> Effect {
    let effect = effect(Verb::Delete, "key", &fingerprint(key)).that_is(Reversibility::Irreversible);
    effect.noted(format!("of {person}")).noted(format!("it signs nothing from {} on", from.text()))
}

fn effect(verb: Verb, kind: &str, name: &str) -> Effect {
    Effect::in_workspace(verb, Resource::new(kind, name)).at(EnvironmentName::service(), Tier::Host)
}

#[cfg(test)]
mod tests;
