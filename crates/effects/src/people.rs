//! Changes of who may do what at the service. They change no file, and still they leave the box: all that is given or taken is
//! in the intent itself, so nothing has to be looked up, and a change that hides nothing reads the same to everybody.

use action::{
    Digest, Effect, Environment, EnvironmentName, Freeze, Generation, Governance, Moment, PersonId, Resource, Reversibility, Role, Tier, Verb, fingerprint,
};

/// One effect for each right that is given or taken.
pub(crate) fn of(change: &Governance) -> Vec<Effect> {
    match change {
        Governance::Enrol { person, key, roles } => {
            let what = match roles.contains(&Role::Service) {
                true => "as a service account, which may ask and never countersigns".to_owned(),
                false => format!("as {}", Role::words(roles)),
            };
            vec![effect(Verb::Grant, "person", person.as_str()).noted(what).noted(format!("with key {}", fingerprint(key)))]
        }
        Governance::AddKey { person, key } => vec![given_key(person, key)],
        Governance::RevokeKey { person, key, from } => vec![taken_key(person, key, *from)],
        Governance::RotateKey { person, key, old, from } => vec![given_key(person, key), taken_key(person, old, *from)],
        Governance::SetRoles { person, given, taken } => {
            let role = |verb, role: &Role, word| effect(verb, "role", role.as_str()).noted(format!("{word} {person}"));
            let given = given.iter().map(|one| role(Verb::Grant, one, "to"));
            given.chain(taken.iter().map(|one| role(Verb::Delete, one, "of"))).collect()
        }
        Governance::Remove { person } => {
            vec![effect(Verb::Delete, "person", person.as_str()).noted("their keys sign nothing any more, and nothing goes on for them")]
        }
        Governance::SetTeam { team, joined, left } => {
            let member = |verb, person: &PersonId, word| effect(verb, "team", team).noted(format!("{person} {word} it"));
            let joined = joined.iter().map(|person| member(Verb::Grant, person, "joins"));
            joined.chain(left.iter().map(|person| member(Verb::Delete, person, "leaves"))).collect()
        }
        Governance::SetEnvironment { environment, before, generation } => vec![mapped(environment, before.as_deref(), *generation)],
        Governance::RemoveEnvironment { environment, .. } => {
            let effect = effect(Verb::Grant, "environment", environment.name.as_str()).noted("nothing is it any more");
            vec![environment.places().fold(effect, |effect, place| effect.noted(format!("not any more: {place}")))]
        }
        Governance::Freeze { freeze } => vec![frozen(Verb::Create, freeze)],
        Governance::Thaw { freeze } => vec![frozen(Verb::Grant, freeze).noted("it is over before its time")],
        Governance::GrantAccess { access } => {
            let kind = if access.is_wide() { "wide-access" } else { "access" };
            let effect = effect(Verb::Grant, kind, access.environment.as_str()).noted(format!("{} may {}", access.holder(), access.words()));
            vec![effect.noted(format!("because: {}", access.why))]
        }
        Governance::RevokeAccess { person, access } => vec![effect(Verb::Delete, "access", access.as_str()).noted(format!("of {person}"))],
        Governance::BreakGlass { glass } => {
            let effect = effect(Verb::Grant, "break-glass", glass.environment.as_str());
            let effect = effect.noted(format!("for {} s no freeze stops what {} asks for", glass.seconds, glass.person));
            vec![effect.noted(format!("because: {}", glass.why)).noted("it must be reviewed afterwards")]
        }
        Governance::ReviewGlass { person, glass, finding } => {
            vec![effect(Verb::Create, "review", glass.as_str()).noted(format!("of what was done for {person}")).noted(format!("found: {finding}"))]
        }
        Governance::Observe { policies, before } => {
            let name = |digest: &Option<Digest>| digest.map_or("none".to_owned(), |digest| digest.to_string());
            vec![effect(Verb::Create, "observed-policy", &name(policies)).noted(format!("in the place of {}", name(before))).noted("it decides nothing")]
        }
        Governance::SetDeputy { deputy } => {
            let effect = effect(Verb::Grant, "deputy", deputy.deputy.as_str()).noted(format!("counts as {} where owners or teams are asked for", deputy.person));
            vec![effect.noted(format!("from {} until {}", deputy.from.text(), deputy.until.text())).noted(format!("because: {}", deputy.why))]
        }
        Governance::EndDeputy { deputy } => vec![effect(Verb::Delete, "deputy", deputy.deputy.as_str()).noted(format!("of {}", deputy.person))],
        Governance::SetPolicy { policies, before, transcript } => {
            let name = |digest: &Option<Digest>| digest.map_or("the one in the program".to_owned(), |digest| digest.to_string());
            let effect = effect(Verb::Grant, "policy", &name(policies)).noted(format!("in the place of {}", name(before)));
            vec![effect.noted(format!("checked and proved as in {transcript}"))]
        }
    }
}

/// All that is it from then on, and what was and is not any more.
fn mapped(environment: &Environment, before: Option<&Environment>, generation: Generation) -> Effect {
    let effect = effect(Verb::Grant, "environment", environment.name.as_str()).noted(format!("as {}, generation {}", environment.tier, generation.0));
    let was = before.filter(|before| before.tier != environment.tier).map(|before| format!("it was {}", before.tier));
    let now = environment.places().map(|place| format!("it is {place}"));
    let gone = before.into_iter().flat_map(Environment::places).filter(|place| !environment.places().any(|now| now == *place));
    let gone = gone.map(|place| format!("not any more: {place}"));
    let recovery = environment.recovery.iter().map(|place| format!("recovery points in {place}"));
    let owners: Vec<&str> = environment.owners.iter().map(PersonId::as_str).collect();
    let owners = (!owners.is_empty()).then(|| format!("owned by {}", owners.join(", ")));
    let terms = environment.terms.words();
    let dropped = before.map(|before| before.terms.words()).unwrap_or_default();
    let dropped = dropped.into_iter().filter(|term| !terms.contains(term)).map(|term| format!("not any more: {term}")).collect::<Vec<_>>();
    was.into_iter().chain(now).chain(gone).chain(recovery).chain(owners).chain(terms).chain(dropped).fold(effect, Effect::noted)
}

fn frozen(verb: Verb, freeze: &Freeze) -> Effect {
    let span = format!("from {} until {}", freeze.from.text(), freeze.until.text());
    effect(verb, "freeze", freeze.environment.as_str()).noted(span).noted(format!("because: {}", freeze.why))
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
