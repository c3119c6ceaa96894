use super::*;

/// What is said of one manifest.
fn said(house: &str, manifest: &str) -> Vec<String> {
    let tree = Tree::of(&[(&format!("crates/{house}/Cargo.toml"), manifest)]);
    check(&tree).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn the_table_only_goes_down() {
    for (house, floor, uses) in HOUSES {
        for used in uses {
            let below = HOUSES.iter().find(|(name, _, _)| name == used).unwrap();
            assert!(below.1 < floor, "{house} (floor {floor}) uses {used} (floor {})", below.1);
        }
    }
}

#[test]
fn allowed_edges_are_not_spoken_of() {
    let table = [
        ("action", "[dependencies]\nserde.workspace = true\n[dev-dependencies]\ntestkit.workspace = true\n"),
        ("tools", "[dependencies]\naction.workspace = true\neffects.workspace = true\nsandbox = { workspace = true }\n"),
        ("countersign", "[dependencies]\nagent.workspace = true\n[dev-dependencies]\nledger.workspace = true\n"),
    ];
    for (house, manifest) in table {
        assert_eq!(said(house, manifest), Vec::<String>::new(), "{house}");
    }
}

#[test]
fn sideways_upward_and_hidden_edges_are_refused() {
    let refused = |house: &str, manifest: &str, line: usize, used: &str| {
        let expected = format!("crates/{house}/Cargo.toml:{line}: `{house}` may not use `{used}`: let the crate above pass the value down");
        assert_eq!(said(house, manifest), [expected]);
    };
    refused("guard", "[dependencies]\neffects.workspace = true\n", 2, "effects");
    refused("action", "[dependencies]\nagent.workspace = true\n", 2, "agent");
    refused("ledger", "[dependencies]\naction.workspace = true\n", 2, "action");
    refused("ledger", "[dev-dependencies]\naction.workspace = true\n", 2, "action");
    refused("ledger", "[build-dependencies]\naction.workspace = true\n", 2, "action");
    refused("sandbox", "[target.'cfg(unix)'.dependencies]\ntools.workspace = true\n", 2, "tools");
    refused("testkit", "[dependencies]\nagent.workspace = true\n", 2, "agent");
}

#[test]
fn testkit_ships_in_nothing() {
    let said = said("agent", "[dependencies]\ntestkit.workspace = true\n");
    assert_eq!(said, ["crates/agent/Cargo.toml:2: `agent` may not use `testkit`: only tests use testkit: put it under [dev-dependencies]"]);
}

#[test]
fn a_new_crate_must_be_argued_for() {
    assert!(said("common", "")[0].starts_with("crates/common/Cargo.toml:1: crate `common` is in no floor"));
}

#[test]
fn versions_stand_once() {
    for manifest in ["[dependencies]\nserde = \"1\"\n", "[dev-dependencies]\nserde = { version = \"1\" }\n", "[dependencies]\nserde = { path = \"../serde\" }\n"] {
        let said = said("action", manifest);
        assert_eq!(said, ["crates/action/Cargo.toml:2: `serde` has a version of its own: write `workspace = true`; versions stand in the root manifest"]);
    }
}

#[test]
fn what_nobody_uses_goes() {
    let tree = Tree::of(&[
        ("Cargo.toml", "[workspace.dependencies]\naction = { path = \"crates/action\" }\nserde = \"1\"\nserde_json = \"1\"\n"),
        ("crates/action/Cargo.toml", "[dependencies]\nserde_json.workspace = true\n"),
    ]);
    let said: Vec<String> = check(&tree).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(said, ["Cargo.toml:3: no crate uses `serde`: remove it"]);
}

#[test]
fn edges_are_counted_without_tests() {
    let tree = Tree::of(&[
        ("crates/action/Cargo.toml", "[dev-dependencies]\ntestkit.workspace = true\n"),
        ("crates/effects/Cargo.toml", "[dependencies]\naction.workspace = true\n"),
        ("crates/tools/Cargo.toml", "[dependencies]\naction.workspace = true\neffects.workspace = true\n"),
    ]);
    let edges = Edges::of(&tree).unwrap();
    assert_eq!(edges.len(), 3);
    assert_eq!(edges.from("tools"), ["action", "effects"]);
    assert_eq!((edges.depth("action"), edges.depth("tools"), edges.depth("absent")), (1, 3, 1));
}

#[test]
fn a_cycle_ends() {
    let tree = Tree::of(&[
        ("crates/action/Cargo.toml", "[dependencies]\neffects.workspace = true\n"),
        ("crates/effects/Cargo.toml", "[dependencies]\naction.workspace = true\n"),
    ]);
    assert_eq!(Edges::of(&tree).unwrap().depth("action"), 2);
}
