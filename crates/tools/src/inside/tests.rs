use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use super::*;

/// A tree on disk.
struct Here {
    dir: tempfile::TempDir,
    tree: PathBuf,
}

impl Here {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let tree = dir.path().join("tree");
        fs::create_dir(&tree).unwrap();
        Self { dir, tree }
    }

    fn with(files: &[(&str, &[u8])]) -> Self {
        let here = Self::new();
        for (path, content) in files {
            let place = here.tree.join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, content).unwrap();
        }
        here
    }

    fn ask_with(&self, deed: Deed, blobs: &[&str]) -> Answered {
        let blobs = blobs.iter().map(|text| (Digest::of_bytes(text.as_bytes()), Blob::Text((*text).to_owned()))).collect();
        let request = Request { tree: self.tree.to_str().unwrap().to_owned(), deed, blobs, step: Step::default() };
        serde_json::from_slice(&inside(&serde_json::to_vec(&request).unwrap())).unwrap()
    }

    fn find(&self, deed: Deed, step: Step) -> Answered {
        let request = Request { tree: self.tree.to_str().unwrap().to_owned(), deed, blobs: BTreeMap::new(), step };
        serde_json::from_slice(&inside(&serde_json::to_vec(&request).unwrap())).unwrap()
    }

    fn ask(&self, deed: Deed) -> Answered {
        self.ask_with(deed, &[])
    }

    fn read(&self, path: &str) -> Answered {
        self.ask(Deed::Read { path: path.into(), offset: 1, limit: 2000 })
    }

    fn write(&self, path: &str, content: &str) -> Answered {
        self.ask_with(Deed::Write { path: path.into(), content: Digest::of_bytes(content.as_bytes()) }, &[content])
    }

    fn edit(&self, path: &str, edits: &[(&str, &str)]) -> Answered {
        let edits: Vec<_> = edits
            .iter()
            .map(|(old, new)| crate::Replacement { old: (*old).into(), new: (*new).into(), all: false })
            .collect();
        let edits = String::from_utf8(action::canonical(&edits).unwrap()).unwrap();
        self.ask_with(Deed::Edit { path: path.into(), edits: Digest::of_bytes(edits.as_bytes()) }, &[&edits])
    }

    fn list(&self, path: &str) -> Answered {
        self.ask(Deed::List { path: path.into() })
    }

    fn glob(&self, pattern: &str) -> Answered {
        self.ask(Deed::Glob { pattern: pattern.into(), path: ".".into() })
    }

    fn grep(&self, pattern: &str, glob: &str) -> Answered {
        self.ask(Deed::Grep { pattern: pattern.into(), path: ".".into(), glob: glob.into(), case_sensitive: true })
    }

    fn delete(&self, path: &str) -> Answered {
        self.ask(Deed::Delete { path: path.into() })
    }

    fn relocate(&self, from: &str, to: &str) -> Answered {
        self.ask(Deed::Move { from: from.into(), to: to.into() })
    }

    fn bytes(&self, path: &str) -> Vec<u8> {
        fs::read(self.tree.join(path)).unwrap()
    }

    /// All names, to see that nothing was left behind.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(&self.tree).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[track_caller]
fn done(answered: &Answered, text: &str) {
    assert!(answered.ok, "{}", answered.text);
    assert_eq!(answered.text, text);
}

#[track_caller]
fn refused(answered: &Answered, says: &str) {
    assert!(!answered.ok, "was done: {}", answered.text);
    assert!(answered.text.contains(says), "`{}` does not say `{says}`", answered.text);
}

mod changing;
mod looking;
mod sources;
mod symbols;
mod walks;

#[test]
fn broken_requests_are_answered() {
    let ask = |bytes: &[u8]| serde_json::from_slice::<Answered>(&inside(bytes)).unwrap();
    refused(&ask(b""), "the request cannot be read");
    refused(&ask(b"{\"tree\":1}"), "the request cannot be read");
    refused(&ask(b"\xff\xfe"), "the request cannot be read");
    let gone = Request { tree: "/nowhere/at/all".into(), deed: Deed::List { path: ".".into() }, blobs: BTreeMap::new(), step: Step::default() };
    refused(&ask(&serde_json::to_vec(&gone).unwrap()), "`/nowhere/at/all` does not exist");
}

#[test]
fn deeds_of_other_hands_are_refused() {
    let here = Here::new();
    let shell = Deed::Shell { command: "touch x".into(), cwd: ".".into(), seconds: 1, background: false };
    refused(&here.ask(shell), "is not done by the file hands");
    assert_eq!(here.names(), [""; 0]);
}

#[test]
fn a_write_whose_bytes_did_not_come_changes_nothing() {
    let here = Here::with(&[("a", b"old")]);
    let answered = here.ask(Deed::Write { path: "a".into(), content: Digest::of_bytes(b"new") });
    refused(&answered, "did not come with the request");
    assert_eq!(here.bytes("a"), b"old");
}

#[test]
fn nothing_outside_the_tree_is_read_or_touched() {
    let here = Here::with(&[("in/a", b"in")]);
    let outside = here.dir.path().join("secret");
    fs::write(&outside, "secret").unwrap();
    fs::create_dir(here.dir.path().join("tree-2")).unwrap();
    fs::write(here.dir.path().join("tree-2/x"), "secret").unwrap();
    symlink(&outside, here.tree.join("link")).unwrap();
    symlink("../..", here.tree.join("in/up")).unwrap();
    symlink("../tree-2", here.tree.join("beside")).unwrap();
    let absolute = outside.to_str().unwrap();

    for path in ["../secret", "in/../../secret", absolute, "link", "in/up/secret", "in/up", "beside/x", "/", "/etc/passwd"] {
        let says = "is outside the work tree";
        refused(&here.read(path), says);
        refused(&here.list(path), says);
        refused(&here.write(path, "x"), says);
        refused(&here.edit(path, &[("secret", "x")]), says);
        refused(&here.ask(Deed::Grep { pattern: "s".into(), path: path.into(), glob: String::new(), case_sensitive: true }), says);
        refused(&here.ask(Deed::Glob { pattern: "*".into(), path: path.into() }), says);
    }
    for path in ["../secret", absolute, "in/up/secret", "beside/x", "in/up/new"] {
        refused(&here.delete(path), "is outside the work tree");
        refused(&here.relocate("in/a", path), "is outside the work tree");
        refused(&here.relocate(path, "b"), "is outside the work tree");
        refused(&here.write(path, "x"), "is outside the work tree");
    }
    refused(&here.write("in/up/made/x", "x"), "is outside the work tree");
    assert_eq!(fs::read(&outside).unwrap(), b"secret");
    assert!(!here.dir.path().join("made").exists() && !here.dir.path().join("new").exists());
    assert_eq!(here.bytes("in/a"), b"in");
}

#[test]
fn a_link_out_of_the_tree_is_deleted_and_moved_as_a_link() {
    let here = Here::new();
    let outside = here.dir.path().join("secret");
    fs::write(&outside, "secret").unwrap();
    symlink(&outside, here.tree.join("link")).unwrap();
    done(&here.relocate("link", "renamed"), "moved `link` to `renamed`");
    done(&here.delete("renamed"), "deleted `renamed`");
    assert_eq!(fs::read(&outside).unwrap(), b"secret");
}

#[test]
fn links_inside_the_tree_are_followed_and_kept() {
    let here = Here::with(&[("real/a", b"one\n")]);
    symlink("real", here.tree.join("alias")).unwrap();
    symlink("real/a", here.tree.join("file")).unwrap();
    done(&here.read("alias/a"), "    1\tone\n");
    assert!(here.edit("file", &[("one", "two")]).ok);
    assert!(here.tree.join("file").symlink_metadata().unwrap().is_symlink());
    assert_eq!(here.bytes("real/a"), b"two\n");
    assert!(here.write("file", "three\n").ok);
    assert_eq!(here.bytes("real/a"), b"three\n");
    symlink("nowhere", here.tree.join("dangling")).unwrap();
    refused(&here.write("dangling", "x"), "a link that leads nowhere");
    refused(&here.write("dangling/x", "x"), "a link that leads nowhere");
    assert!(!here.tree.join("nowhere").exists());
}

#[test]
fn bytes_that_are_no_text_are_written_as_they_are() {
    let world = Here::new();
    let bytes = vec![0, 159, 146, 150, b'\n'];
    let digest = Digest::of_bytes(&bytes);
    let blob = Blob::from(bytes.clone());
    assert!(matches!(blob, Blob::Bytes { .. }));
    let deed = Deed::Write { path: "a.bin".into(), content: digest };
    let request = Request { tree: world.tree.to_str().unwrap().to_owned(), deed, blobs: [(digest, blob)].into(), step: Step::default() };
    let answered: Answered = serde_json::from_slice(&inside(&serde_json::to_vec(&request).unwrap())).unwrap();
    assert!(answered.ok && answered.line.contains("not text, 5 bytes"), "{answered:?}");
    assert_eq!(std::fs::read(world.tree.join("a.bin")).unwrap(), bytes);
}
