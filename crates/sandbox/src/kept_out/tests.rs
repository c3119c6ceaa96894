use super::*;

fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, KeptOut) {
    let folder = tempfile::tempdir().unwrap();
    let mut ignoring = BTreeSet::new();
    for (path, text) in files {
        let place = folder.path().join(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, text).unwrap();
        ignoring.extend(path.ends_with(".kiroignore").then(|| PathBuf::from(path)));
    }
    let kept_out = KeptOut::read(folder.path(), &ignoring).unwrap();
    (folder, kept_out)
}

#[test]
fn what_is_named_is_kept_out_with_all_below_it_there_or_not() {
    let (_tree, kept_out) = tree(&[
        (".kiroignore", "\u{feff}private/\n*.pdf\n!open.pdf\n/top.txt\nnew/\r\n# a comment\n\n"),
        ("private/a/b.rs", ""),
        ("top.txt", ""),
        ("sub/top.txt", ""),
        ("file/private", ""),
    ]);
    for path in ["private", "private/a/b.rs", "private/not/there", "x.pdf", "deep/down/x.pdf", "top.txt", "new", "new/x", "private/open.pdf"] {
        assert!(kept_out.names(Path::new(path)), "{path}");
    }
    for path in ["open.pdf", "sub/open.pdf", "sub/top.txt", "privately", "src/lib.rs", "file/private", ""] {
        assert!(!kept_out.names(Path::new(path)), "{path}");
    }
    assert_eq!(kept_out.existing().unwrap(), ["private", "top.txt"].map(PathBuf::from).into());
}

#[test]
fn the_nearest_file_that_says_something_decides() {
    let (_tree, kept_out) = tree(&[(".kiroignore", "*.csv\n"), ("data/.kiroignore", "!open.csv\nraw\n"), ("data/open.csv", ""), ("data/x.csv", ""), ("data/raw/x", ""), ("raw/x", "")]);
    assert_eq!(kept_out.existing().unwrap(), ["data/raw", "data/x.csv"].map(PathBuf::from).into());
    assert!(kept_out.names(Path::new("open.csv")) && !kept_out.names(Path::new("data/open.csv")));
}

#[test]
fn what_tools_made_is_searched_too_and_git_is_not() {
    let (_tree, kept_out) = tree(&[(".kiroignore", "secret*\n.git\n"), ("node_modules/a/secret.js", ""), ("target/secrets/x", ""), (".git/secret", "")]);
    assert_eq!(kept_out.existing().unwrap(), ["node_modules/a/secret.js", "target/secrets"].map(PathBuf::from).into());
}

#[test]
fn a_line_that_is_no_pattern_is_an_error_and_not_a_hole() {
    let folder = tempfile::tempdir().unwrap();
    for bytes in [&b"fine\n[z-a]\n"[..], b"\xff\xfe\n"] {
        std::fs::write(folder.path().join(".kiroignore"), bytes).unwrap();
        let read = KeptOut::read(folder.path(), &[PathBuf::from(".kiroignore")].into());
        assert!(read.unwrap_err().to_string().contains(".kiroignore"));
    }
}

#[test]
fn without_a_file_nothing_is_kept_out() {
    assert!(!KeptOut::default().names(Path::new("private")));
    assert_eq!(KeptOut::default().existing().unwrap(), BTreeSet::new());
}

#[test]
fn a_line_beyond_measure_is_no_pattern() {
    let deep = format!("{}a{}", "{".repeat(100_000), "}".repeat(100_000));
    assert!(super::kept_out_fault(&deep).is_some_and(|why| why.contains("braces")));
    assert_eq!(super::kept_out_fault("*.{key,pem}\nsecrets/"), None);
}

#[test]
fn attributes_behind_a_link_or_a_pipe_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let (dot_git, mask) = (folder.path().join("git"), folder.path().join("mask"));
    std::fs::create_dir_all(dot_git.join("info")).unwrap();
    std::fs::write(folder.path().join("elsewhere"), "a secret of the person").unwrap();
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), dot_git.join("info/attributes")).unwrap();
    let masked = [std::path::PathBuf::from(".env")];
    super::lay_attributes(&dot_git, &mask, masked.iter()).unwrap();
    let laid = std::fs::read_to_string(mask.join("info/attributes")).unwrap();
    assert!(laid.contains("/.env") && !laid.contains("secret"), "{laid}");
}

#[test]
fn with_more_files_than_anybody_writes_no_box_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<PathBuf> = (0..=MOST_FILES).map(|n| PathBuf::from(format!("d{n}/.kiroignore"))).collect();
    for name in &names {
        std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(name), "x\n").unwrap();
    }
    let found = crate::masks::find(folder.path(), &[]).unwrap().ignoring;
    let error = KeptOut::read(folder.path(), &found).unwrap_err().to_string();
    assert!(error.contains("more than 500 `.kiroignore` files"), "{error}");
    let fewer = found.into_iter().take(MOST_FILES).collect();
    assert!(KeptOut::read(folder.path(), &fewer).is_ok());
}
