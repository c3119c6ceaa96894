use std::os::unix::fs::symlink;

use super::*;

#[test]
fn what_is_seen_at_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir(root.join("dir")).unwrap();
    std::fs::write(root.join("dir/file"), "bytes").unwrap();
    symlink("100%\n", root.join("link")).unwrap();
    let see = |path: &str| fingerprint(root, Path::new(path)).unwrap();
    let file = Content::File { digest: Digest::of_bytes(b"bytes"), size: 5, executable: false };
    assert_eq!(see("dir/file"), Some(file));
    assert_eq!(see("dir"), Some(Content::Directory));
    assert_eq!(see("link"), Some(Content::Symlink { target: "100%25%0A".into() }));
    assert_eq!(see("absent"), None);
    assert_eq!(see("absent/deeper"), None);
    assert_eq!(see("dir/file/deeper"), None);
}

#[test]
fn special_files_are_nothing_and_are_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, folder.path().join("pipe"), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    assert_eq!(fingerprint(folder.path(), Path::new("pipe")).unwrap(), None);
    let root = Root::open(folder.path()).unwrap();
    assert!(read_file(&root.0, Path::new("pipe")).is_err());
}

#[test]
fn links_on_the_way_and_ways_out_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    std::fs::create_dir_all(root.join("real")).unwrap();
    std::fs::write(root.join("real/file"), "").unwrap();
    std::fs::write(folder.path().join("outside"), "").unwrap();
    symlink("real", root.join("link")).unwrap();
    symlink("..", root.join("up")).unwrap();
    for path in ["link/file", "up/outside", "../outside", "real/../../outside"] {
        assert!(fingerprint(&root, Path::new(path)).is_err(), "{path}");
    }
}

#[test]
fn only_plain_relative_paths_go_down() {
    for good in ["a", "a/b", ".a", "..a", "a b"] {
        assert!(goes_down(Path::new(good)), "{good}");
    }
    for bad in ["", ".", "..", "/a", "a/..", "./a", "a/./b", "a//b", "a/"] {
        assert!(!goes_down(Path::new(bad)), "{bad}");
    }
}
