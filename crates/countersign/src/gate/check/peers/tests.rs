use super::*;

#[test]
fn every_agent_is_found_by_its_name_and_has_modes_of_different_names() {
    for peer in &PEERS {
        assert_eq!(Peer::named(peer.name).map(|found| found.name), Some(peer.name));
        let mut names: Vec<&str> = peer.modes.iter().map(|mode| mode.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), peer.modes.len(), "{}", peer.name);
        assert!(!names.is_empty());
    }
    assert!(Peer::named("cursor").is_none());
}

#[test]
fn every_run_asks_the_scripted_model_and_reaches_nothing_else() {
    for peer in &PEERS {
        for mode in peer.modes {
            let url = "http://127.0.0.1:4444";
            let arguments = peer.arguments(mode, url);
            let variables = peer.variables(mode, url);
            let asks = |text: &str| text.contains(url);
            let asked = arguments.iter().any(|argument| argument.to_str().is_some_and(asks)) || variables.iter().any(|(_, value)| asks(value));
            assert!(asked, "{} {}", peer.name, mode.name);
            let proxy = variables.iter().find(|(name, _)| name == "HTTPS_PROXY").map(|(_, value)| value.as_str());
            assert_eq!(proxy, Some(if peer.name == "qwen" { "" } else { NOWHERE }));
            assert!(mode.arguments.iter().all(|argument| arguments.contains(&OsString::from(argument))));
        }
    }
}

#[test]
fn files_that_switch_hooks_off_are_whole_json() {
    for (name, text) in PEERS.iter().flat_map(|peer| peer.modes).flat_map(|mode| mode.files) {
        assert!(serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.is_object()), "{name}");
    }
}
