use super::*;

#[test]
fn a_file_is_read_only_where_the_box_would_show_it() {
    let world = tempfile::tempdir().unwrap();
    let root = world.path().canonicalize().unwrap().join("project");
    for path in ["private", ".aws", "live", "docs"] {
        std::fs::create_dir_all(root.join(path)).unwrap();
    }
    std::fs::write(world.path().join("elsewhere"), "a secret of the person").unwrap();
    for path in [".env", "key.pem", ".aws/config", "private/a", "live/rows", "README.md", "docs/b.md", "docs/a.md", "docs/c.txt"] {
        std::fs::write(root.join(path), "-----BEGIN PRIVATE KEY-----").unwrap();
    }
    let closed = [root.join("live")];
    let kept_out = |path: &str| path.starts_with("private");
    let shown = Shown { root: &root, closed: &closed, kept_out: &kept_out };
    for name in ["../elsewhere", "/etc/passwd", ".env", "key.pem", ".aws/config", "private/a", "live/rows", "absent", "docs", "/dev/zero"] {
        assert_eq!(shown.text(name), None, "{name}");
        let link = root.join("link");
        std::os::unix::fs::symlink(name, &link).unwrap();
        assert_eq!(shown.text("link"), None, "link to {name}");
        std::fs::remove_file(link).unwrap();
    }
    std::os::unix::fs::symlink("../README.md", root.join("docs/link.md")).unwrap();
    assert!(shown.text("docs/link.md").is_some());
    assert_eq!(shown.names("docs", ".md"), ["a.md", "b.md", "link.md"]);
    assert_eq!(shown.names("private", ""), Vec::<String>::new());
}

#[test]
fn what_is_no_text_is_not_read() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("AGENTS.md"), [0xff, 0xfe]).unwrap();
    let shown = Shown { root: root.path(), closed: &[], kept_out: &|_| false };
    assert_eq!(shown.text("AGENTS.md"), None);
}
