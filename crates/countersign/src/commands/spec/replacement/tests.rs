use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn folder() -> (tempfile::TempDir, OwnedFd) {
    let folder = tempfile::tempdir().unwrap();
    let fd = rustix::fs::open(folder.path(), OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty()).unwrap();
    (folder, fd)
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_new_bytes_take_the_place_of_the_old_and_keep_the_mode() {
    let (folder, fd) = folder();
    let path = folder.path().join("a.md");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    replace(&fd, "a.md", b"old", b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o640);
    assert_eq!(names(&folder), ["a.md"]);
}

#[test]
fn what_was_changed_meanwhile_or_is_no_file_is_left_as_it_is() {
    let (folder, fd) = folder();
    fs::write(folder.path().join("a.md"), "older").unwrap();
    fs::write(folder.path().join("outside"), "old").unwrap();
    symlink(folder.path().join("outside"), folder.path().join("link.md")).unwrap();
    fs::create_dir(folder.path().join("folder.md")).unwrap();
    for (name, why) in [("a.md", "changed meanwhile"), ("link.md", "symbolic links"), ("folder.md", "no regular file"), ("none.md", "No such file")] {
        let error = replace(&fd, name, b"old", b"new").unwrap_err();
        assert!(error.to_string().contains(why), "{name}: {error}");
    }
    assert_eq!(fs::read(folder.path().join("outside")).unwrap(), b"old");
    assert_eq!(names(&folder), ["a.md", "folder.md", "link.md", "outside"]);
}

#[test]
fn a_write_that_fails_leaves_what_was_there_and_nothing_beside_it() {
    let (folder, fd) = folder();
    fs::create_dir(folder.path().join("a.md")).unwrap();
    exchange(&fd, OsStr::new("a.md"), None, b"new").unwrap_err();
    assert_eq!(names(&folder), ["a.md"]);
    assert!(folder.path().join("a.md").is_dir());
}

#[test]
fn a_file_is_made_or_replaced_and_a_link_is_neither() {
    let (folder, fd) = folder();
    let put = |name: &str| put(&fd, OsStr::new(name), b"new");
    fs::write(folder.path().join("old.md"), "old").unwrap();
    fs::set_permissions(folder.path().join("old.md"), fs::Permissions::from_mode(0o640)).unwrap();
    for name in ["new.md", "old.md"] {
        put(name).unwrap();
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), b"new");
    }
    assert_eq!(fs::metadata(folder.path().join("old.md")).unwrap().permissions().mode() & 0o7777, 0o640);
    fs::write(folder.path().join("outside"), "mine").unwrap();
    for (name, leads) in [("link.md", "outside"), ("dangling.md", "nowhere")] {
        symlink(folder.path().join(leads), folder.path().join(name)).unwrap();
        assert!(put(name).unwrap_err().to_string().contains("symbolic link"), "{name}");
    }
    fs::create_dir(folder.path().join("folder.md")).unwrap();
    assert!(put("folder.md").unwrap_err().to_string().contains("no regular file"));
    assert_eq!(fs::read(folder.path().join("outside")).unwrap(), b"mine");
    assert_eq!(names(&folder), ["dangling.md", "folder.md", "link.md", "new.md", "old.md", "outside"]);
}
