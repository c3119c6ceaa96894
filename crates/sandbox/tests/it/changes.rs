//! What a box did, read from its layer.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use sandbox::{Now, Sandbox, text_of};

use crate::harness::*;

/// One line a difference: `path kind`.
fn lines(sandbox: &Sandbox) -> Vec<String> {
    let changes = sandbox.changes().unwrap();
    changes
        .iter()
        .map(|differing| {
            let now = match &differing.now {
                Now::File { at, size, executable } => {
                    assert_eq!(fs::metadata(at).unwrap().len(), *size);
                    format!("file {}{}", String::from_utf8_lossy(&fs::read(at).unwrap()).trim_end(), if *executable { " x" } else { "" })
                }
                Now::Symlink(target) => format!("link {}", target.display()),
                Now::Directory { opaque } => if *opaque { "folder again".into() } else { "folder".into() },
                Now::Gone => "gone".into(),
            };
            format!("{} {now}", text_of(&differing.path))
        })
        .collect()
}

fn check(world: &World, line: &str, expected: &[&str]) {
    let before = snapshot(&world.tree());
    let sandbox = world.open();
    ok(&sandbox, line);
    assert_eq!(lines(&sandbox), expected, "{line}");
    assert_eq!(snapshot(&world.tree()), before, "the person's tree changed");
}

fn snapshot(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let metadata = entry.metadata().unwrap();
        all.push(format!("{} {:?} {}", text_of(&entry.path()), metadata.permissions().mode(), metadata.len()));
        if metadata.is_dir() {
            all.extend(snapshot(&entry.path()));
        }
    }
    all.sort();
    all
}

fn world() -> World {
    let world = World::new();
    world.write("a", "a");
    world.write("b", "b");
    world.write("dir/one", "1");
    world.write("dir/two", "2");
    world.write("dir/deep/three", "3");
    symlink("a", world.tree().join("link")).unwrap();
    world
}

#[test]
fn nothing_done_is_nothing() {
    check(&world(), "cat a dir/*/* > /dev/null; ls -R > /dev/null", &[]);
}

#[test]
fn written_again_with_the_same_bytes_is_nothing() {
    check(&world(), "cp a x; cat x > a; rm x; touch b; chmod g+w b; ln -sfn a link; rm dir/one; printf 1 > dir/one", &[]);
}

#[test]
fn edits_additions_deletions() {
    check(
        &world(),
        "echo new > a; rm b; mkdir -p n/m; echo n > n/m/f; chmod +x dir/one; ln -sfn b link",
        &["a file new", "b gone", "dir/one file 1 x", "link link b", "n folder", "n/m folder", "n/m/f file n"],
    );
}

#[test]
fn a_removed_folder_names_all_that_was_in_it() {
    check(&world(), "rm -r dir", &["dir gone", "dir/deep gone", "dir/deep/three gone", "dir/one gone", "dir/two gone"]);
}

#[test]
fn a_folder_made_anew_hides_what_it_held() {
    check(
        &world(),
        "rm -r dir; mkdir -p dir/deep; echo 9 > dir/one; printf 3 > dir/deep/three",
        &["dir folder again", "dir/deep folder again", "dir/one file 9", "dir/two gone"],
    );
}

#[test]
fn kinds_replace_each_other() {
    check(
        &world(),
        "rm -r dir; echo f > dir; rm a; mkdir a; echo x > a/x; rm b; ln -s q b",
        &["a folder", "a/x file x", "b link q", "dir file f", "dir/deep gone", "dir/deep/three gone", "dir/one gone", "dir/two gone"],
    );
}

#[test]
fn moved_folders_are_gone_here_and_new_there() {
    check(
        &world(),
        "mv dir moved",
        &[
            "dir gone", "dir/deep gone", "dir/deep/three gone", "dir/one gone", "dir/two gone", "moved folder",
            "moved/deep folder", "moved/deep/three file 3", "moved/one file 1", "moved/two file 2",
        ],
    );
}

#[test]
fn pipes_and_sockets_are_not_landed() {
    check(&world(), "mkfifo pipe; rm a; mkfifo a", &["a gone"]);
}

#[test]
fn names_of_any_bytes_and_binary_contents() {
    let world = World::new();
    let odd = Path::new(OsStr::from_bytes(b"in\nva\xfflid"));
    fs::write(world.tree().join(odd), [0, 159, 146, 150]).unwrap();
    let sandbox = world.open();
    ok(&sandbox, "for f in in*; do printf 'x\\0y' > \"$f\"; done; printf '\\377\\000' > $'new\\nline'");
    let changes = sandbox.changes().unwrap();
    let paths: Vec<_> = changes.iter().map(|differing| text_of(&differing.path)).collect();
    assert_eq!(paths, ["in%0Ava%FFlid", "new%0Aline"]);
    assert_eq!(changes[0].path, odd);
    let Now::File { at, size: 3, .. } = &changes[0].now else { panic!("{changes:?}") };
    assert_eq!(fs::read(at).unwrap(), b"x\0y");
}

#[test]
fn the_person_edits_meanwhile() {
    let world = world();
    let sandbox = world.open();
    ok(&sandbox, "echo agent > a; cat b > /dev/null");
    world.write("a", "person");
    world.write("b", "person");
    world.write("dir/new", "person");
    assert_eq!(lines(&sandbox), ["a file agent"]);
    assert_eq!(ok(&sandbox, "cat a b"), "agent\nperson");
    world.write("a", "agent\n");
    assert_eq!(lines(&sandbox), Vec::<String>::new());
    assert_eq!(fs::read(world.tree().join("b")).unwrap(), b"person");
}

#[test]
fn a_box_opened_again_finds_what_the_last_one_did() {
    let world = world();
    let first = world.open();
    ok(&first, "echo kept > a; rm b; echo tmp > /tmp/scratched; echo home > ~/scratched");
    first.close().unwrap();
    let second = world.open();
    assert_eq!(ok(&second, "cat a; ls b /tmp ~ 2>&1 | grep -c scratched; true"), "kept\n0\n");
    assert_eq!(lines(&second), ["a file kept", "b gone"]);
}

#[test]
fn a_folder_that_was_made_unreadable_is_an_error_and_not_a_silence() {
    let world = world();
    let sandbox = world.open();
    ok(&sandbox, "mkdir shut; echo x > shut/x; chmod 000 shut");
    match sandbox.changes() {
        Ok(changes) => assert_eq!(changes.len(), 2, "root reads everything"),
        Err(error) => assert_eq!(error.path, Path::new("shut")),
    }
}
