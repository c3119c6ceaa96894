use std::fs;
use std::os::unix::fs::symlink;

use super::*;

const LONG: Duration = Duration::from_secs(60);

fn tree(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let place = dir.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, content).unwrap();
    }
    dir
}

fn names(survey: &Survey) -> Vec<&str> {
    survey.files.iter().map(|(path, _)| path.as_str()).collect()
}

#[test]
fn sources_are_read_in_order_and_others_are_not() {
    let dir = tree(&[("b/x.py", b"def f(): pass"), ("a.rs", b"fn f() {}"), ("README.md", b"# x"), (".config/y.js", b"f()"), (".git/z.rs", b"")]);
    let survey = Outlines::default().survey(dir.path(), LONG);
    assert_eq!(names(&survey), [".config/y.js", "a.rs", "b/x.py"]);
    assert!(survey.unread.is_empty());
}

#[test]
fn what_is_ignored_is_not_looked_at_and_links_are_not_followed() {
    let outside = tree(&[("secret.rs", b"fn secret() {}")]);
    let dir = tree(&[
        (".gitignore", b"out/\n"),
        (".kiroignore", b"private.rs\n"),
        ("out/a.rs", b""),
        ("private.rs", b""),
        ("sub/.kiroignore", b"*.py\n"),
        ("sub/b.py", b""),
        ("sub/c.rs", b""),
    ]);
    symlink(outside.path(), dir.path().join("folder")).unwrap();
    symlink(outside.path().join("secret.rs"), dir.path().join("link.rs")).unwrap();
    let survey = Outlines::default().survey(dir.path(), LONG);
    assert_eq!(names(&survey), ["sub/c.rs"]);
    assert!(survey.unread.is_empty(), "{:?}", survey.unread);
}

#[test]
fn files_that_fail_are_named_with_the_reason() {
    let large = vec![b' '; LARGEST + 1];
    let dir = tree(&[("zero.c", b"int a;\0"), ("large.c", &large), ("good.c", b"int f(void) {}")]);
    let survey = Outlines::default().survey(dir.path(), LONG);
    assert_eq!(names(&survey), ["good.c"]);
    let unread: Vec<(&str, &str)> = survey.unread.iter().map(|unread| (unread.path.as_str(), unread.why.as_str())).collect();
    assert_eq!(unread, [("large.c", "it has 1048577 bytes; at most 1048576 are read"), ("zero.c", "it is not text")]);
}

#[test]
fn a_survey_without_time_names_what_it_did_not_reach() {
    let dir = tree(&[("a.rs", b"fn f() {}")]);
    let survey = Outlines::default().survey(dir.path(), Duration::ZERO);
    assert!(survey.files.is_empty());
    assert!(!survey.unread.is_empty());
}

#[test]
fn a_survey_without_room_names_what_it_did_not_hold() {
    let dir = tree(&[("a.rs", b"fn f() {}"), ("b.rs", b"fn g() {}")]);
    let bounds = Bounds { until: Instant::now() + LONG, held: AtomicUsize::new(0), most: 0 };
    let files = list(dir.path(), bounds.until, &mut Vec::new());
    let outlines = Outlines::default();
    let held = outlines.read_all(&files[..1], &bounds);
    assert!(held[0].is_ok(), "the first one shows how much it takes");
    assert_eq!(outlines.read_all(&files[1..], &bounds)[0].as_ref().err().map(String::as_str), Some("there was no room left for it"));
}

#[test]
fn bytes_that_were_read_before_are_not_read_again() {
    let dir = tree(&[("a.rs", b"fn f() {}"), ("same.rs", b"fn f() {}")]);
    let mut outlines = Outlines::default();
    let first = outlines.survey(dir.path(), LONG);
    assert_eq!(outlines.known.len(), 1);
    let size = outlines.size;
    let second = outlines.survey(dir.path(), LONG);
    assert!(Arc::ptr_eq(&first.files[0].1, &second.files[0].1), "the same outline");
    assert_eq!(outlines.size, size);
    // Other bytes under the same name are another outline; the same bytes in another language too.
    fs::write(dir.path().join("a.rs"), "fn g() {}").unwrap();
    fs::write(dir.path().join("b.c"), "fn f() {}").unwrap();
    let third = outlines.survey(dir.path(), LONG);
    assert_eq!(third.files[0].1.definitions[0].name, "g");
    assert_eq!(outlines.known.len(), 3);
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut outlines = Outlines { size: MOST_KEPT - 10, ..Outlines::default() };
    outlines.of(Language::Rust, b"fn f() {}").unwrap();
    assert_eq!(outlines.known.len(), 1, "the old ones went");
    assert!(outlines.size < 10_000);
}

#[test]
fn a_file_alone_is_its_own_survey() {
    let dir = tree(&[("a.rs", b"fn f() {}")]);
    assert_eq!(names(&Outlines::default().survey(&dir.path().join("a.rs"), LONG)), ["a.rs"]);
    assert_eq!(Outlines::default().survey(&dir.path().join("none"), LONG).unread.len(), 1);
}
