//! Landing: exactly what was signed, over exactly what was there, or nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use action::{Change, ChangeSet, Content, Deed, Digest, EnvironmentName, Landing};
use sandbox::{LandError, Landed, LandedState, clear_left_behind, fingerprint, land, landed_state};

use crate::harness::*;

/// Blobs by digest.
#[derive(Default)]
struct Blobs(RefCell<BTreeMap<Digest, Vec<u8>>>);

impl Blobs {
    fn put(&self, bytes: &[u8]) -> Digest {
        let digest = Digest::of_bytes(bytes);
        self.0.borrow_mut().insert(digest, bytes.to_vec());
        digest
    }

    fn file(&self, text: &str) -> Option<Content> {
        self.content(text, false)
    }

    fn content(&self, text: &str, executable: bool) -> Option<Content> {
        Some(Content::File { digest: self.put(text.as_bytes()), size: text.len() as u64, executable })
    }

    fn land(&self, order_root: &Path, change: &ChangeSet) -> Result<Landed, LandError> {
        let root = order_root.display().to_string();
        let deed = Deed::Land { root, change: Digest::of(change).unwrap(), landing: Landing::Worktree };
        land(&order(deed), change, &|digest| self.0.borrow().get(digest).cloned(), &|bytes| Ok(self.put(bytes)))
    }
}

fn change(path: &str, before: Option<Content>, after: Option<Content>) -> Change {
    Change { path: path.into(), before, after }
}

fn set(world: &World, changes: Vec<Change>) -> ChangeSet {
    ChangeSet::new(world.tree().display().to_string(), changes)
}

fn link(target: &str) -> Option<Content> {
    Some(Content::Symlink { target: target.into() })
}

const FOLDER: Option<Content> = Some(Content::Directory);

#[test]
fn every_kind_of_change_lands_and_old_bytes_are_kept() {
    let world = World::new();
    let blobs = Blobs::default();
    world.write("edit", "old");
    fs::set_permissions(world.tree().join("edit"), fs::Permissions::from_mode(0o640)).unwrap();
    world.write("gone/deep/file", "bye");
    world.write("script", "#!");
    world.write("becomes-folder", "f");
    world.write("becomes-link", "l");
    fs::create_dir(world.tree().join("becomes-file")).unwrap();
    symlink("edit", world.tree().join("link")).unwrap();
    let change = set(
        &world,
        vec![
            change("edit", blobs.file("old"), blobs.file("new")),
            change("made/by/us", None, blobs.content("x", true)),
            change("made", None, FOLDER),
            change("made/by", None, FOLDER),
            change("gone/deep/file", blobs.file("bye"), None),
            change("gone/deep", FOLDER, None),
            change("gone", FOLDER, None),
            change("script", blobs.file("#!"), blobs.content("#!", true)),
            change("becomes-folder", blobs.file("f"), FOLDER),
            change("becomes-folder/in", None, blobs.file("in")),
            change("becomes-link", blobs.file("l"), link("edit")),
            change("becomes-file", FOLDER, blobs.file("now a file")),
            change("link", link("edit"), link("elsewhere")),
            change("odd%0A%FF", None, blobs.file("odd")),
        ],
    );
    let read: Vec<LandedState> = landed_state(&change, &world.tree()).unwrap().into_iter().map(|(_, state)| state).collect();
    assert!(read.iter().all(|state| *state == LandedState::Before));
    let landed = blobs.land(&world.tree(), &change).unwrap();
    assert_eq!(landed.paths, 14);
    let kept: Vec<&str> = landed.kept.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(kept, ["becomes-folder", "becomes-link", "edit", "gone/deep/file", "script"]);
    let tree = world.tree();
    let mode = |path: &str| fs::metadata(tree.join(path)).unwrap().mode() & 0o777;
    assert_eq!((fs::read(tree.join("edit")).unwrap(), mode("edit")), (b"new".to_vec(), 0o640));
    assert_eq!((fs::read(tree.join("made/by/us")).unwrap(), mode("made/by/us")), (b"x".to_vec(), 0o755));
    assert!(!tree.join("gone").exists());
    assert_eq!(mode("script"), 0o755);
    assert_eq!(fs::read(tree.join("becomes-folder/in")).unwrap(), b"in");
    assert_eq!(fs::read_link(tree.join("becomes-link")).unwrap(), Path::new("edit"));
    assert_eq!(fs::read(tree.join("becomes-file")).unwrap(), b"now a file");
    assert_eq!(fs::read_link(tree.join("link")).unwrap(), Path::new("elsewhere"));
    assert!(landed_state(&change, &tree).unwrap().iter().all(|(_, state)| *state == LandedState::After));
    assert_nothing_of_ours(&tree);
}

fn assert_nothing_of_ours(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        assert!(!entry.file_name().to_string_lossy().starts_with(".countersign"), "{:?} is left", entry.path());
        if entry.file_type().unwrap().is_dir() {
            assert_nothing_of_ours(&entry.path());
        }
    }
}

#[test]
fn any_conflict_stops_all_and_each_is_named() {
    let world = World::new();
    let blobs = Blobs::default();
    world.write("same", "1");
    world.write("edited", "person");
    world.write("appeared", "person");
    fs::create_dir(world.tree().join("now-folder")).unwrap();
    symlink("/etc/passwd", world.tree().join("now-link")).unwrap();
    let change = set(
        &world,
        vec![
            change("same", blobs.file("1"), blobs.file("2")),
            change("edited", blobs.file("old"), blobs.file("2")),
            change("appeared", None, blobs.file("2")),
            change("vanished", blobs.file("old"), None),
            change("now-folder", blobs.file("old"), blobs.file("2")),
            change("now-link", blobs.file("old"), blobs.file("2")),
            change("script", blobs.content("x", true), blobs.file("x")),
        ],
    );
    match blobs.land(&world.tree(), &change) {
        Err(LandError::Conflicts { conflicts }) => {
            let paths: Vec<&str> = conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
            assert_eq!(paths, ["appeared", "edited", "now-folder", "now-link", "script", "vanished"]);
            assert!(conflicts[3].found.contains("/etc/passwd"), "{conflicts:?}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(world.tree().join("same")).unwrap(), b"1");
    assert_nothing_of_ours(&world.tree());
}

#[test]
fn an_edit_that_slips_in_while_landing_is_put_back() {
    let world = World::new();
    let blobs = Blobs::default();
    world.write("a", "old");
    world.write("b", "old");
    let change = set(&world, vec![change("a", blobs.file("old"), None), change("b", blobs.file("old"), blobs.file("agent"))]);
    let deed = Deed::Land { root: change.root.clone(), change: Digest::of(&change).unwrap(), landing: Landing::Worktree };
    // The blob is asked for after every check, and the person writes just then.
    let slip_in = |digest: &Digest| {
        fs::write(world.tree().join("b"), "person").unwrap();
        blobs.0.borrow().get(digest).cloned()
    };
    match land(&order(deed), &change, &slip_in, &|bytes| Ok(blobs.put(bytes))) {
        Err(LandError::Partly { at, done: 1, all: 2, .. }) => assert_eq!(at, "b"),
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(world.tree().join("b")).unwrap(), b"person");
    let states = landed_state(&change, &world.tree()).unwrap();
    assert_eq!(states, [("a".into(), LandedState::After), ("b".into(), LandedState::Other)]);
    assert_nothing_of_ours(&world.tree());
}

#[test]
fn links_on_the_way_are_never_followed() {
    let world = World::new();
    let blobs = Blobs::default();
    symlink(world.path("outside"), world.tree().join("out")).unwrap();
    world.write("real/x", "");
    symlink("real", world.tree().join("in")).unwrap();
    for (path, before) in [("out/new", None), ("out/marker", blobs.file("untouched")), ("in/x", blobs.file(""))] {
        let change = set(&world, vec![change(path, before, blobs.file("pwned"))]);
        let error = blobs.land(&world.tree(), &change).unwrap_err();
        assert!(matches!(error, LandError::Conflicts { .. } | LandError::Nothing { .. }), "{path}: {error}");
    }
    world.assert_outside_untouched();
    assert!(fingerprint(&world.tree(), Path::new("out/marker")).is_err());
}

#[test]
fn paths_that_lead_elsewhere_or_into_git_are_refused() {
    let world = World::new();
    let blobs = Blobs::default();
    for path in ["../outside/x", "/etc/x", "a/../../x", "", ".", "a//b", "a/", ".git/hooks/pre-commit", "sub/.GIT/config", "a%00b", "a%zz", "./a"] {
        let change = set(&world, vec![change(path, None, blobs.file("pwned"))]);
        assert!(matches!(blobs.land(&world.tree(), &change), Err(LandError::Unreadable { .. })), "{path}");
    }
    let twice = ChangeSet { v: 1, root: world.tree().display().to_string(), changes: vec![change("a", None, FOLDER), change("%61", None, blobs.file("x"))] };
    assert!(matches!(blobs.land(&world.tree(), &twice), Err(LandError::Unreadable { .. })));
    assert_eq!(fs::read_dir(world.tree()).unwrap().count(), 0);
    world.assert_outside_untouched();
}

#[test]
fn only_what_was_signed_lands() {
    let world = World::new();
    let blobs = Blobs::default();
    let change = set(&world, vec![change("a", None, blobs.file("x"))]);
    let digest = Digest::of(&change).unwrap();
    let root = change.root.clone();
    let other = Digest::of_bytes(b"other");
    let land_as = |deed: Deed| land(&order(deed), &change, &|d| blobs.0.borrow().get(d).cloned(), &|bytes| Ok(blobs.put(bytes)));
    let branch = Landing::Branch { name: "b".into(), base: "c".into() };
    assert!(matches!(land_as(Deed::Land { root: root.clone(), change: other, landing: Landing::Worktree }), Err(LandError::OtherChange { .. })));
    assert!(matches!(land_as(Deed::Land { root: "/etc".into(), change: digest, landing: Landing::Worktree }), Err(LandError::OtherRoot { .. })));
    assert!(matches!(land_as(Deed::Land { root, change: digest, landing: branch }), Err(LandError::OtherDeed { .. })));
    assert!(matches!(land_as(Deed::StopJob { job: 1 }), Err(LandError::OtherDeed { .. })));
    assert!(!world.tree().join("a").exists());
    let environment = EnvironmentName::new("production");
    let landed = land_as(Deed::Change { environment, command: "x".into(), change: digest }).unwrap();
    assert_eq!(landed, Landed { paths: 1, kept: vec![] });
}

#[test]
fn blobs_that_are_missing_or_others_land_nothing() {
    let world = World::new();
    let blobs = Blobs::default();
    let absent = Some(Content::File { digest: Digest::of_bytes(b"absent"), size: 6, executable: false });
    let lying = blobs.file("right");
    blobs.0.borrow_mut().insert(Digest::of_bytes(b"right"), b"wrong".to_vec());
    for after in [absent, lying] {
        let change = set(&world, vec![change("a", None, blobs.file("ok")), change("b", None, after)]);
        assert!(matches!(blobs.land(&world.tree(), &change), Err(LandError::MissingBlob { .. })));
        assert_eq!(fs::read_dir(world.tree()).unwrap().count(), 0);
    }
    let keeps_nothing = set(&world, vec![change("a", None, blobs.file("ok"))]);
    blobs.land(&world.tree(), &keeps_nothing).unwrap();
    let edit = set(&world, vec![change("a", blobs.file("ok"), blobs.file("new"))]);
    let deed = Deed::Land { root: edit.root.clone(), change: Digest::of(&edit).unwrap(), landing: Landing::Worktree };
    let full = |_: &[u8]| Err(std::io::ErrorKind::StorageFull.into());
    let error = land(&order(deed), &edit, &|d| blobs.0.borrow().get(d).cloned(), &full).unwrap_err();
    assert!(matches!(error, LandError::Nothing { .. }), "{error}");
    assert_eq!(fs::read(world.tree().join("a")).unwrap(), b"ok");
}

#[test]
fn a_folder_that_got_something_new_is_not_removed() {
    let world = World::new();
    let blobs = Blobs::default();
    world.write("dir/old", "old");
    let change = set(&world, vec![change("dir", FOLDER, None), change("dir/old", blobs.file("old"), None)]);
    world.write("dir/new", "person");
    match blobs.land(&world.tree(), &change) {
        Err(LandError::Partly { at, .. }) => assert_eq!(at, "dir"),
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(world.tree().join("dir/new")).unwrap(), b"person");
}

#[test]
fn what_an_interrupted_landing_left_is_cleared_and_the_next_one_lands() {
    let world = World::new();
    let blobs = Blobs::default();
    world.write("dir/a", "old");
    let change = set(&world, vec![change("dir/a", blobs.file("old"), blobs.file("new")), change("new/b", None, blobs.file("b")), change("new", None, FOLDER)]);
    let short = Digest::of(&change).unwrap().short();
    let (staged, put_back) = (format!("dir/.countersign-landing-{short}-0"), format!(".countersign-landing-{short}-2"));
    world.write(&staged, "new");
    world.write(&put_back, "an edit of the person's that was taken out");
    assert_eq!(clear_left_behind(&change, &world.tree()).unwrap(), 1);
    assert!(!world.tree().join(&staged).exists() && world.tree().join(&put_back).exists());
    fs::remove_file(world.tree().join(&put_back)).unwrap();
    world.write(&staged, "ne"); // half written
    blobs.land(&world.tree(), &change).unwrap();
    assert_eq!(clear_left_behind(&change, &world.tree()).unwrap(), 0);
    assert_nothing_of_ours(&world.tree());
}

#[test]
fn a_box_s_changes_land_whole() {
    let world = World::new();
    let blobs = Blobs::default();
    world.write("a", "old");
    world.write("dir/x", "x");
    let sandbox = world.open();
    ok(&sandbox, "echo new > a; rm -r dir; mkdir -p n/m; echo f > n/m/f; chmod +x n/m/f; ln -s a link");
    let upper = world.state().join("0/upper");
    let changes = sandbox.changes().unwrap().into_iter().map(|differing| {
        let before = fingerprint(&world.tree(), &differing.path).unwrap();
        let after = if differing.now == sandbox::Now::Gone { None } else { fingerprint(&upper, &differing.path).unwrap() };
        if let sandbox::Now::File { at, .. } = &differing.now {
            blobs.put(&fs::read(at).unwrap());
        }
        change(&sandbox::text_of(&differing.path), before, after)
    });
    let change = set(&world, changes.collect());
    blobs.land(&world.tree(), &change).unwrap();
    assert_eq!(sandbox.changes().unwrap(), []);
    assert_eq!(fs::read(world.tree().join("n/m/f")).unwrap(), b"f\n");
    assert!(!world.tree().join("dir").exists());
}
