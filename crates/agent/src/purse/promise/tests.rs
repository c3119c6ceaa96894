use super::*;
use crate::samples::Sample;

fn session(name: &str) -> SessionId {
    SessionId::new(name)
}

fn promise(tokens: u64) -> Promise {
    Promise { person: PersonId::new("ana"), family: session("s0"), day: "2026-11-23".into(), model: "a/b".into(), tokens, money: Some("1.5 USD".parse().unwrap()) }
}

fn others(sample: &Sample, of: &str) -> Vec<Promise> {
    Desk::enter(&sample.office).unwrap().others(&session(of)).unwrap()
}

fn made(sample: &Sample, by: &str, tokens: u64) -> Promised {
    Desk::enter(&sample.office).unwrap().promise(&session(by), &promise(tokens)).unwrap()
}

#[test]
fn others_see_a_promise_until_it_is_let_go_of() {
    let sample = Sample::new();
    assert_eq!(others(&sample, "s2"), []);
    let first = made(&sample, "s1", 5);
    let _third = made(&sample, "s3", 7);
    let mut seen: Vec<u64> = others(&sample, "s2").iter().map(|promise| promise.tokens).collect();
    seen.sort_unstable();
    assert_eq!(seen, [5, 7]);
    assert_eq!(others(&sample, "s1"), [promise(7)], "one's own is no other's");
    drop(first);
    assert_eq!(others(&sample, "s2"), [promise(7)]);
}

#[test]
fn a_promise_of_a_process_that_is_gone_is_void() {
    let sample = Sample::new();
    let folder = sample.office.folder.join("promises");
    fs::create_dir_all(&folder).unwrap();
    let left = folder.join("abc.promise");
    fs::write(&left, serde_json::to_vec(&promise(5)).unwrap()).unwrap();
    assert_eq!(others(&sample, "s2"), []);
    assert!(!left.exists());
}

#[test]
fn a_living_promise_that_cannot_be_read_lets_nothing_pass() {
    let sample = Sample::new();
    let folder = sample.office.folder.join("promises");
    fs::create_dir_all(&folder).unwrap();
    let odd = File::create(folder.join("abc.promise")).unwrap();
    odd.lock().unwrap();
    Desk::enter(&sample.office).unwrap().others(&session("s2")).unwrap_err();
}
