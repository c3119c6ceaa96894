use super::*;

fn begun(expires: u64) -> Begun {
    Begun { person: PersonId::new("ben"), expires: Moment(expires), state: String::new() }
}

#[test]
fn a_registration_is_taken_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::of(folder.path());
    assert!(store.begun(7).unwrap().is_none() && store.take(7).is_err());
    store.keep(7, &begun(10), Moment(1)).unwrap();
    assert_eq!(Store::of(folder.path()).begun(7).unwrap().unwrap().expires, Moment(10), "another process finds it");
    store.take(7).unwrap();
    assert!(store.begun(7).unwrap().is_none() && store.take(7).is_err());
}

#[test]
fn what_ran_out_makes_room_and_what_waits_has_a_bound() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::of(folder.path());
    for challenge in 0..MOST as u128 {
        store.keep(challenge, &begun(10), Moment(1)).unwrap();
    }
    let full = store.keep(99, &begun(10), Moment(9)).unwrap_err().to_string();
    assert!(full.starts_with("64 registrations wait"), "{full}");
    store.keep(99, &begun(20), Moment(10)).unwrap();
    assert!(store.begun(0).unwrap().is_none() && store.begun(99).unwrap().is_some());
}

#[test]
fn a_damaged_registration_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::of(folder.path());
    store.keep(7, &begun(10), Moment(1)).unwrap();
    fs::write(begun_file(&store.folder("begun").unwrap(), 7), "{\"person\":").unwrap();
    assert!(store.begun(7).is_err());
}

#[test]
fn ids_are_known_until_they_are_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::of(folder.path());
    let device = testkit::Authenticator::new(7);
    let key = action::passkey(&device.point(), "localhost").unwrap();
    assert!(store.known_of(std::slice::from_ref(&key)).is_empty());
    store.note(&key, &Known { id: "AA".into(), transports: json!(["usb"]), ways: 32 }).unwrap();
    let known = store.known_of(std::slice::from_ref(&key));
    assert_eq!(known[0].descriptor(), json!({"type": "public-key", "id": "AA", "transports": ["usb"]}));
}
