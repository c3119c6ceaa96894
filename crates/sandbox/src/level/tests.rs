use super::*;

fn full() -> Level {
    Level {
        kernel: "6.18".into(),
        user_namespaces: true,
        overlay: true,
        landlock_abi: 7,
        seccomp: true,
        limits: "at most 5 processes".into(),
        trouble: vec![],
    }
}

#[test]
fn every_part_is_needed() {
    assert!(full().is_enough());
    for less in [
        Level { user_namespaces: false, ..full() },
        Level { overlay: false, ..full() },
        Level { landlock_abi: 0, ..full() },
        Level { seccomp: false, ..full() },
    ] {
        assert!(!less.is_enough(), "{less:?}");
        assert!(less.lines().iter().any(|line| line.contains("does not work")), "{:?}", less.lines());
        assert!(less.lines().last().unwrap().contains("every step is held, nothing runs"));
    }
}

#[test]
fn a_weaker_landlock_is_said_and_trouble_is_told() {
    let weak = Level { landlock_abi: 3, trouble: vec!["mount: no".into()], ..full() };
    assert!(weak.is_enough());
    assert!(weak.lines().contains(&"Landlock: ABI 3 (without scopes for signals and abstract sockets)".to_owned()));
    assert!(weak.lines().contains(&"trouble: mount: no".to_owned()));
}

#[test]
fn it_is_facts_and_goes_through_json() {
    let text = serde_json::to_string(&full()).unwrap();
    assert_eq!(serde_json::from_str::<Level>(&text).unwrap(), full());
}
