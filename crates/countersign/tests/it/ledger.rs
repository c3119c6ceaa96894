//! The ledger as a stranger checks it.

use std::path::{Path, PathBuf};

use testkit::World;

use super::{done, shell, turn, world, write};

fn exported() -> (World, PathBuf) {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n"), shell("true")]), done()], &[]).must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    let export = world.path("export");
    world.call("ana", &["ledger", "export", export.to_str().unwrap()]).must_succeed();
    (world, export)
}

fn verify(world: &World, export: &Path) -> testkit::Called {
    let key = std::fs::read_to_string(export.join("vkey")).unwrap();
    world.call("ana", &["ledger", "verify", export.to_str().unwrap(), "--log-key", key.trim()])
}

#[test]
fn an_export_verifies_without_the_service() {
    let (world, export) = exported();
    std::fs::rename(world.service(), world.path("elsewhere")).unwrap();
    verify(&world, &export).must_succeed().must_say("every hash, permit and signature holds");
}

#[test]
fn any_changed_entry_is_found_and_named() {
    let (world, export) = exported();
    let entries = files(&export.join("tile/entries"));
    for file in &entries {
        let good = std::fs::read(file).unwrap();
        for at in (0..good.len()).step_by(97) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(file, &bad).unwrap();
            verify(&world, &export).must_end_with(1).must_say("entr");
        }
        std::fs::write(file, &good).unwrap();
    }
    verify(&world, &export).must_succeed();
}

#[test]
fn a_changed_blob_is_found() {
    let (world, export) = exported();
    let blob = files(&export.join("blobs")).pop().unwrap();
    std::fs::write(&blob, b"something else").unwrap();
    verify(&world, &export).must_end_with(1);
}

#[test]
fn the_services_own_ledger_verifies_and_proves() {
    let (world, _) = exported();
    world.call("ana", &["ledger", "verify"]).must_succeed();
    let story = world.call("ana", &["inbox", "--all", "--json"]);
    let value: serde_json::Value = serde_json::from_str(story.out.lines().next().unwrap()).unwrap();
    let id = value["intent"]["id"].as_str().unwrap();
    world.call("ana", &["ledger", "prove", id]).must_succeed().must_say("\"is\":\"finished\"");
    world.call("ana", &["ledger", "show", "--last", "3"]).must_succeed().must_say("finished");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
