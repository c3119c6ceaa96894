use super::*;
use crate::environment::{EnvironmentName, Terms, Tier};
use crate::samples::key;

fn person(name: &str) -> PersonId {
    PersonId::new(name)
}

fn public(seed: u8) -> String {
    key(seed).public_key().to_openssh().unwrap()
}

/// Each kind of change, what it says of itself, and who gains by it.
#[test]
fn a_change_says_whom_it_is_about_and_who_gains() {
    let (ben, one, two) = (person("ben"), public(1), public(2));
    let (short, long) = (fingerprint(&one), fingerprint(&two));
    let table = [
        (Governance::Enrol { person: ben.clone(), key: one.clone(), roles: vec![Role::Engineer, Role::Owner] }, "enrol ben as engineer, owner".to_owned(), vec!["ben"]),
        (Governance::Enrol { person: ben.clone(), key: one.clone(), roles: vec![Role::Service] }, "enrol ben as service account".into(), vec!["ben"]),
        (Governance::AddKey { person: ben.clone(), key: one.clone() }, format!("give ben the key {short}"), vec!["ben"]),
        (Governance::RevokeKey { person: ben.clone(), key: one.clone(), from: Moment(5) }, format!("revoke ben's key {short}"), vec![]),
        (
            Governance::RotateKey { person: ben.clone(), key: two, old: one, from: Moment(5) },
            format!("put the key {long} in the place of ben's {short}"),
            vec!["ben"],
        ),
        (Governance::SetRoles { person: ben.clone(), given: vec![Role::Owner], taken: vec![Role::Engineer] }, "give owner to ben and take engineer from ben".into(), vec!["ben"]),
        (Governance::SetRoles { person: ben.clone(), given: vec![], taken: vec![Role::Admin] }, "take admin from ben".into(), vec![]),
        (Governance::Remove { person: ben.clone() }, "remove ben".into(), vec![]),
        (Governance::SetTeam { team: "web".into(), joined: vec![ben.clone(), person("cleo")], left: vec![] }, "put ben, cleo in team web".into(), vec!["ben", "cleo"]),
        (Governance::SetTeam { team: "web".into(), joined: vec![], left: vec![ben.clone()] }, "take ben out of team web".into(), vec![]),
        (Governance::SetTeam { team: "web".into(), joined: vec![ben], left: vec![person("cleo")] }, "put ben in team web and take cleo out".into(), vec!["ben"]),
    ];
    for (change, words, gainers) in table {
        assert_eq!(change.words(), words);
        assert!(change.person().is_none_or(|person| change.made().starts_with(person.as_str())), "{}", change.made());
        assert_eq!(change.gainers().into_iter().map(PersonId::as_str).collect::<Vec<_>>(), gainers, "{words}");
        assert_eq!(change.person().is_none(), matches!(change, Governance::SetTeam { .. }), "{words}");
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<Governance>(&text).unwrap(), change, "{text}");
    }
}

#[test]
fn what_is_so_afterwards_in_words() {
    let (ben, one) = (person("ben"), public(1));
    let key = fingerprint(&one);
    let table = [
        (Governance::Enrol { person: ben.clone(), key: one.clone(), roles: vec![Role::Engineer] }, "ben is enrolled as engineer".to_owned()),
        (Governance::RevokeKey { person: ben.clone(), key: one, from: Moment(0) }, format!("ben's key {key} signs nothing from 1970-01-01 00:00:00Z on")),
        (Governance::SetRoles { person: ben.clone(), given: vec![Role::Owner], taken: vec![Role::Engineer] }, "ben is now owner too, and is not engineer any more".into()),
        (Governance::SetTeam { team: "web".into(), joined: vec![ben.clone()], left: vec![person("eve")] }, "team web: ben joined, eve left".into()),
    ];
    for (change, made) in table {
        assert_eq!(change.made(), made);
    }
}

#[test]
fn a_fingerprint_is_the_one_of_ssh_keygen_and_no_key_has_none() {
    // `ssh-keygen -l` of this key.
    let known = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github";
    assert_eq!(fingerprint(known), "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
    assert_eq!(fingerprint("ssh-ed25519 AAAA"), "(not a key)");
}

fn environment() -> Box<Environment> {
    let (paths, remotes, recovery, identities) = (vec!["/srv".to_owned()], Vec::new(), vec!["/backup".to_owned()], vec!["aws:1".to_owned()]);
    Box::new(Environment { name: EnvironmentName::new("production"), tier: Tier::Production, paths, hosts: vec!["db".into()], remotes, recovery, identities, owners: vec![], terms: Terms::default() })
}

/// What stands beside people: what it says of itself, whom it concerns, who gains, and whether it gives.
#[test]
fn what_stands_says_whom_it_concerns_and_whether_it_gives() {
    let (ben, id) = (person("ben"), IntentId::new("3f2a9c0011223344"));
    let (name, freeze) = (EnvironmentName::new("production"), Freeze { environment: EnvironmentName::new("production"), from: Moment(0), until: Moment(60_000), why: "x".into() });
    let access = Access {
        person: ben.clone(),
        agent: None,
        environment: name.clone(),
        verbs: [crate::Verb::Read].into(),
        resources: vec!["database".into()],
        seconds: 60,
        why: "x".into(),
    };
    let digest = Digest::of_bytes(b"p");
    use Concern::{Access as A, Administration as G, Emergency as E};
    let table = [
        (Governance::SetEnvironment { environment: environment(), before: None, generation: Generation(1) }, "map production as production", "production is mapped (production, generation 1)", G, true, vec![]),
        (Governance::SetEnvironment { environment: environment(), before: Some(environment()), generation: Generation(2) }, "map production otherwise", "production is mapped (production, generation 2)", G, true, vec![]),
        (Governance::RemoveEnvironment { environment: environment(), generation: Generation(3) }, "unmap production", "production is no environment any more", G, true, vec![]),
        (Governance::Freeze { freeze: freeze.clone() }, "freeze production", "production is frozen from 1970-01-01 00:00:00Z until 1970-01-01 00:01:00Z", G, false, vec![]),
        (Governance::Thaw { freeze }, "thaw production", "production is not frozen any more", G, true, vec![]),
        (Governance::GrantAccess { access }, "let ben read database in production for 1 min", "ben may read database in production for 1 min", A, true, vec!["ben"]),
        (Governance::RevokeAccess { person: ben.clone(), access: id.clone() }, "end ben's access 3f2a9c001122", "ben's access 3f2a9c001122 is over", A, false, vec![]),
        (
            Governance::BreakGlass { glass: Glass { person: ben.clone(), environment: name, seconds: 1800, why: "x".into() } },
            "break the glass of production for ben",
            "the glass of production is broken for ben for 30 min; a review is owed",
            E,
            true,
            vec!["ben"],
        ),
        (Governance::ReviewGlass { person: ben, glass: id, finding: "fine".into() }, "review what was done under 3f2a9c001122", "what was done under 3f2a9c001122 is reviewed", E, false, vec!["ben"]),
        (Governance::SetPolicy { policies: None, before: Some(digest), transcript: digest }, "put the policy in the program in force", "the policy in the program is in force", G, true, vec![]),
    ];
    for (change, words, made, concern, gives, gainers) in table {
        assert_eq!((change.words().as_str(), change.made().as_str(), change.concern(), change.gives()), (words, made, concern, gives));
        assert_eq!(change.gainers().into_iter().map(PersonId::as_str).collect::<Vec<_>>(), gainers, "{words}");
        assert_eq!(serde_json::from_str::<Governance>(&serde_json::to_string(&change).unwrap()).unwrap(), change);
    }
}
