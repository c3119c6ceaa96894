use super::*;
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
        (PeopleChange::Enrol { person: ben.clone(), key: one.clone(), roles: vec![Role::Engineer, Role::Owner] }, "enrol ben as engineer, owner".to_owned(), vec!["ben"]),
        (PeopleChange::Enrol { person: ben.clone(), key: one.clone(), roles: vec![Role::Service] }, "enrol ben as service account".into(), vec!["ben"]),
        (PeopleChange::AddKey { person: ben.clone(), key: one.clone() }, format!("give ben the key {short}"), vec!["ben"]),
        (PeopleChange::RevokeKey { person: ben.clone(), key: one.clone(), from: Moment(5) }, format!("revoke ben's key {short}"), vec![]),
        (
            PeopleChange::RotateKey { person: ben.clone(), key: two, old: one, from: Moment(5) },
            format!("put the key {long} in the place of ben's {short}"),
            vec!["ben"],
        ),
        (PeopleChange::SetRoles { person: ben.clone(), given: vec![Role::Owner], taken: vec![Role::Engineer] }, "give owner to ben and take engineer from ben".into(), vec!["ben"]),
        (PeopleChange::SetRoles { person: ben.clone(), given: vec![], taken: vec![Role::Admin] }, "take admin from ben".into(), vec![]),
        (PeopleChange::Remove { person: ben.clone() }, "remove ben".into(), vec![]),
        (PeopleChange::SetTeam { team: "web".into(), joined: vec![ben.clone(), person("cleo")], left: vec![] }, "put ben, cleo in team web".into(), vec!["ben", "cleo"]),
        (PeopleChange::SetTeam { team: "web".into(), joined: vec![], left: vec![ben.clone()] }, "take ben out of team web".into(), vec![]),
        (PeopleChange::SetTeam { team: "web".into(), joined: vec![ben], left: vec![person("cleo")] }, "put ben in team web and take cleo out".into(), vec!["ben"]),
    ];
    for (change, words, gainers) in table {
        assert_eq!(change.words(), words);
        assert!(change.person().is_none_or(|person| change.made().starts_with(person.as_str())), "{}", change.made());
        assert_eq!(change.gainers().into_iter().map(PersonId::as_str).collect::<Vec<_>>(), gainers, "{words}");
        assert_eq!(change.person().is_none(), matches!(change, PeopleChange::SetTeam { .. }), "{words}");
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<PeopleChange>(&text).unwrap(), change, "{text}");
    }
}

#[test]
fn what_is_so_afterwards_in_words() {
    let (ben, one) = (person("ben"), public(1));
    let key = fingerprint(&one);
    let table = [
        (PeopleChange::Enrol { person: ben.clone(), key: one.clone(), roles: vec![Role::Engineer] }, "ben is enrolled as engineer".to_owned()),
        (PeopleChange::RevokeKey { person: ben.clone(), key: one, from: Moment(0) }, format!("ben's key {key} signs nothing from 1970-01-01 00:00:00Z on")),
        (PeopleChange::SetRoles { person: ben.clone(), given: vec![Role::Owner], taken: vec![Role::Engineer] }, "ben is now owner too, and is not engineer any more".into()),
        (PeopleChange::SetTeam { team: "web".into(), joined: vec![ben.clone()], left: vec![person("eve")] }, "team web: ben joined, eve left".into()),
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
