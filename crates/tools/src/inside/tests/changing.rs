use super::*;

#[test]
fn a_write_makes_directories_and_says_what_it_replaced() {
    let here = Here::new();
    done(&here.write("a/b/c.txt", "one\ntwo\n"), "wrote `a/b/c.txt`: 2 lines, 8 bytes, new");
    done(&here.write("a/b/c.txt", "x"), "wrote `a/b/c.txt`: 1 line, 1 byte, in place of 8 bytes");
    assert_eq!(here.bytes("a/b/c.txt"), b"x");
    refused(&here.write("a/b", "x"), "is a directory");
    refused(&here.write("a/b/c.txt/d", "x"), "is not a directory");
    refused(&here.write(".", "x"), "is the work tree itself");
    assert_eq!(fs::read_dir(here.tree.join("a/b")).unwrap().count(), 1, "something was left behind");
}

#[test]
fn the_mode_of_a_file_is_kept() {
    let here = Here::with(&[("run.sh", b"a\n")]);
    fs::set_permissions(here.tree.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(here.write("run.sh", "b\n").ok);
    assert!(here.edit("run.sh", &[("b", "c")]).ok);
    assert_eq!(here.tree.join("run.sh").metadata().unwrap().permissions().mode() & 0o777, 0o755);
}

#[test]
fn a_write_replaces_and_never_overwrites_in_place() {
    let here = Here::with(&[("a", b"old")]);
    fs::hard_link(here.tree.join("a"), here.dir.path().join("other")).unwrap();
    assert!(here.write("a", "new").ok);
    assert_eq!(fs::read(here.dir.path().join("other")).unwrap(), b"old");
}

#[test]
fn temporary_files_that_a_crash_left_are_in_nobodys_way() {
    let here = Here::new();
    let left = here.tree.join(format!(".countersign-{}-0.tmp", std::process::id()));
    fs::write(&left, "left").unwrap();
    assert!(here.write("a", "new").ok);
    assert_eq!(fs::read(&left).unwrap(), b"left");
}

#[test]
fn an_edit_shows_a_short_diff() {
    let here = Here::with(&[("a.rs", b"1\n2\n3\n4\n5\n6\n7\n")]);
    let answered = here.edit("a.rs", &[("4", "four")]);
    done(
        &answered,
        "1 replacement in `a.rs`\n--- a.rs\n+++ a.rs\n@@ -2,5 +2,5 @@\n 2\n 3\n-4\n+four\n 5\n 6\n",
    );
    assert_eq!(answered.line, "1 replacement in `a.rs`");
}

#[test]
fn several_edits_are_done_together_or_not_at_all() {
    let here = Here::with(&[("a", b"one two three\n")]);
    assert_eq!(here.edit("a", &[("one", "1"), ("three", "3")]).line, "2 replacements in `a`");
    assert_eq!(here.bytes("a"), b"1 two 3\n");
    let answered = here.edit("a", &[("two", "2"), ("four", "4")]);
    refused(&answered, "edit 2 of 2: `old` was not found; nothing was changed");
    assert_eq!(answered.line.lines().count(), 1);
    assert_eq!(here.bytes("a"), b"1 two 3\n");
    assert_eq!(here.names(), ["a"]);
}

#[test]
fn line_endings_and_byte_order_marks_survive() {
    let here = Here::with(&[("dos", b"\xef\xbb\xbfa\r\nb\r\nc\r\n")]);
    assert!(here.edit("dos", &[("a\nb\n", "x\ny\nz\n")]).ok);
    assert_eq!(here.bytes("dos"), b"\xef\xbb\xbfx\r\ny\r\nz\r\nc\r\n");
}

#[test]
fn tolerated_white_space_is_said() {
    let here = Here::with(&[("a.py", b"def f():\n\treturn 1\n")]);
    let answered = here.edit("a.py", &[("    return 1", "    return 2")]);
    assert!(answered.text.contains("white space differed; the file's was kept"), "{}", answered.text);
    assert_eq!(here.bytes("a.py"), b"def f():\n\treturn 2\n");
}

#[test]
fn files_in_other_encodings_keep_every_foreign_byte() {
    let here = Here::with(&[("latin", b"caf\xe9 old\n")]);
    assert!(here.edit("latin", &[("old", "new")]).ok);
    assert_eq!(here.bytes("latin"), b"caf\xe9 new\n");
    refused(&here.edit("latin", &[("café", "tea")]), "is not UTF-8, so only ASCII text can be replaced");
    assert_eq!(here.bytes("latin"), b"caf\xe9 new\n");
}

#[test]
fn what_is_not_text_is_not_edited() {
    let here = Here::with(&[("bin", b"a\0b"), ("dir/x", b"")]);
    refused(&here.edit("bin", &[("a", "b")]), "`bin` is binary data, not text");
    refused(&here.edit("dir", &[("a", "b")]), "is a directory");
    refused(&here.edit("nix", &[("a", "b")]), "`nix` does not exist");
    assert_eq!(here.bytes("bin"), b"a\0b");
}

#[test]
fn a_nul_deep_in_a_file_is_kept() {
    let text = [b"x\n".repeat(10_000), b"deep\0 end\n".to_vec()].concat();
    let here = Here::with(&[("a", &text)]);
    assert!(here.edit("a", &[("end", "END")]).ok);
    assert!(here.bytes("a").ends_with(b"deep\0 END\n"));
}

#[test]
fn a_large_diff_is_cut() {
    let here = Here::with(&[("a", "ä line\n".repeat(5_000).as_bytes())]);
    let edits = vec![crate::Replacement { old: "ä".into(), new: "ö".into(), all: true }];
    let edits = String::from_utf8(action::canonical(&edits).unwrap()).unwrap();
    let answered = here.ask_with(Deed::Edit { path: "a".into(), edits: Digest::of_bytes(edits.as_bytes()) }, &[&edits]);
    assert!(answered.ok && answered.text.len() < 4_200, "{}", answered.text.len());
    assert!(answered.text.contains("[diff cut, "), "{}", answered.text);
    assert_eq!(here.bytes("a"), "ö line\n".repeat(5_000).as_bytes());
}

#[test]
fn deletes_say_how_much_is_gone() {
    let here = Here::with(&[("a", b""), ("d/x", b""), ("d/e/y", b""), ("d/e/z", b"")]);
    done(&here.delete("a"), "deleted `a`");
    done(&here.delete("d"), "deleted `d`: 3 files, 2 directories");
    refused(&here.delete("d"), "`d` does not exist");
    refused(&here.delete("no/such"), "`no/such` does not exist");
    refused(&here.delete("."), "is the work tree itself");
    assert!(here.tree.is_dir());
}

#[test]
fn a_directory_is_deleted_without_following_its_links() {
    let here = Here::with(&[("d/x", b"")]);
    let outside = here.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("kept"), "").unwrap();
    symlink(&outside, here.tree.join("d/link")).unwrap();
    done(&here.delete("d"), "deleted `d`: 2 files, 1 directory");
    assert!(outside.join("kept").exists());
}

#[test]
fn moves_make_directories_and_never_overwrite() {
    let here = Here::with(&[("a", b"a"), ("b", b"b"), ("d/x", b"x")]);
    done(&here.relocate("a", "n/e/w"), "moved `a` to `n/e/w`");
    assert_eq!(here.bytes("n/e/w"), b"a");
    done(&here.relocate("d", "e"), "moved `d` to `e`");
    assert_eq!(here.bytes("e/x"), b"x");
    refused(&here.relocate("b", "e/x"), "`e/x` exists already");
    refused(&here.relocate("e", "e/f"), "cannot be moved into itself");
    refused(&here.relocate("missing", "m"), "`missing` does not exist");
    refused(&here.relocate(".", "m"), "is the work tree itself");
    refused(&here.relocate("b", "."), "is the work tree itself");
    symlink("nowhere", here.tree.join("dangling")).unwrap();
    refused(&here.relocate("b", "dangling"), "exists already");
    assert_eq!((here.bytes("b"), here.bytes("e/x")), (b"b".to_vec(), b"x".to_vec()));
}

#[test]
fn a_tree_that_cannot_be_renamed_is_carried() {
    let here = Here::with(&[("d/run", b"#!"), ("d/e/y", b"y")]);
    fs::set_permissions(here.tree.join("d/run"), fs::Permissions::from_mode(0o555)).unwrap();
    symlink("run", here.tree.join("d/link")).unwrap();
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000);
    fs::File::open(here.tree.join("d/e/y")).unwrap().set_modified(time).unwrap();
    let (from, to) = (here.tree.join("d"), here.tree.join("n"));
    super::super::relocate::carry(&from, &to, "d", "n").unwrap();
    assert!(!from.exists());
    assert_eq!(to.join("run").metadata().unwrap().permissions().mode() & 0o777, 0o555);
    assert_eq!(to.join("link").read_link().unwrap(), PathBuf::from("run"));
    assert_eq!(to.join("e/y").metadata().unwrap().modified().unwrap(), time);
}

#[test]
fn what_cannot_be_carried_whole_stays_where_it_was() {
    let here = Here::with(&[("d/a", b"a")]);
    let _socket = std::os::unix::net::UnixListener::bind(here.tree.join("d/s")).unwrap();
    let (from, to) = (here.tree.join("d"), here.tree.join("n"));
    assert!(super::super::relocate::carry(&from, &to, "d", "n").is_err());
    assert!(from.join("a").exists() && from.join("s").exists() && !to.exists());
}

#[test]
fn failures_of_the_system_are_put_in_words() {
    use std::io::{Error, ErrorKind};
    let says = |kind| Trouble::of("p", &Error::from(kind)).to_string();
    assert_eq!(says(ErrorKind::ReadOnlyFilesystem), "`p` is protected: the box does not let it be changed");
    assert_eq!(says(ErrorKind::ResourceBusy), "`p` is protected: the box does not let it be changed");
    assert_eq!(says(ErrorKind::StorageFull), "no room is left in the box: `p` was not changed");
}
