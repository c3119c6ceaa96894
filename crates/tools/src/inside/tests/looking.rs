use std::io::Write;

use super::*;

#[test]
fn lines_are_numbered_and_paged() {
    let here = Here::with(&[("a", b"one\ntwo\nthree")]);
    done(&here.read("a"), "    1\tone\n    2\ttwo\n    3\tthree\n");
    assert_eq!(here.read("a").line, "`a`, lines 1 to 3 of 3");
    let page = here.ask(Deed::Read { path: "a".into(), offset: 2, limit: 1 });
    done(&page, "    2\ttwo\n[lines 2 to 2 of 3; go on with `offset` 3]\n");
    let past = here.ask(Deed::Read { path: "a".into(), offset: 4, limit: 1 });
    refused(&past, "`a` has only 3 lines; `offset` 4 is past the end");
}

#[test]
fn returns_byte_order_marks_and_foreign_bytes_are_shown_sensibly() {
    let here = Here::with(&[("dos", b"\xef\xbb\xbfa\r\nb\r\n"), ("latin", b"caf\xe9\n"), ("empty", b"")]);
    done(&here.read("dos"), "    1\ta\n    2\tb\n");
    done(&here.read("latin"), "    1\tcaf\u{fffd}\n[some bytes are not UTF-8 and are shown as \u{fffd}]\n");
    done(&here.read("empty"), "`empty` is empty");
}

#[test]
fn what_is_not_text_is_named() {
    let here = Here::with(&[
        ("p.png", b"\x89PNG\r\n\x1a\n..."),
        ("g.gif", b"GIF89a\x02\0\x03\0\0\0\0\x3b"),
        ("bin", b"abc\0def"),
        ("wide", b"\xff\xfea\0"),
        ("db", b"SQLite format 3\0"),
    ]);
    done(&here.read("p.png"), "`p.png` is a PNG image, 11 bytes; it is not shown");
    done(&here.read("g.gif"), "`g.gif` is a GIF image, 14 bytes, 2 × 3 pixels; it is not shown");
    assert!(here.read("bin").text.contains("binary data, 7 bytes"));
    assert!(here.read("wide").text.contains("UTF-16"));
    assert!(here.read("db").text.contains("an SQLite database"));
}

#[test]
fn wrong_kinds_and_names_are_explained() {
    let here = Here::with(&[("src/main.rs", b"x")]);
    refused(&here.read("src"), "`src` is a directory; use `list`");
    refused(&here.read("src/mian.rs"), "`src/mian.rs` does not exist (did you mean `src/main.rs`?)");
    refused(&here.read("src/main.rs/x"), "is not a directory");
    refused(&here.list("src/main.rs"), "`src/main.rs` is not a directory");
    refused(&here.read(&"x".repeat(300)), "File name too long");
}

#[test]
fn a_socket_is_not_read() {
    let here = Here::new();
    let _socket = std::os::unix::net::UnixListener::bind(here.tree.join("s")).unwrap();
    refused(&here.read("s"), "`s` is not a regular file");
    refused(&here.write("s", "x"), "`s` is not a regular file");
    assert!(here.list(".").text.contains("s\t(neither file nor directory)"));
}

#[test]
fn a_hundred_megabytes_are_read_a_page_at_a_time() {
    let here = Here::new();
    let mut file = std::io::BufWriter::new(fs::File::create(here.tree.join("big")).unwrap());
    let line = [b"x".repeat(99), b"\n".to_vec()].concat();
    for _ in 0..1_000_000 {
        file.write_all(&line).unwrap();
    }
    file.into_inner().unwrap();
    let first = here.read("big");
    assert!(first.text.len() <= 201_000, "{}", first.text.len());
    assert!(first.line.ends_with("of 1000000"), "{}", first.line);
    let last = here.ask(Deed::Read { path: "big".into(), offset: 1_000_000, limit: 5 });
    assert_eq!(last.line, "`big`, lines 1000000 to 1000000 of 1000000");
    refused(&here.edit("big", &[("x", "y")]), "at most 20,971,520 bytes can be edited");
}

#[test]
fn one_endless_line_is_cut() {
    let here = Here::with(&[("wide", "ä".repeat(5_000_000).as_bytes())]);
    let answered = here.read("wide");
    assert!(answered.text.ends_with("… [line cut, 10,000,000 bytes]\n"), "{}", answered.text.len());
    assert_eq!(answered.text.matches('ä').count(), 2_000);
    assert!(!answered.text.contains('\u{fffd}') && !answered.text.contains("UTF-8"));
}

#[test]
fn a_page_ends_at_a_line_and_says_how_to_go_on() {
    let here = Here::with(&[("wide", format!("{}\n", "x".repeat(1_900)).repeat(500).as_bytes())]);
    let answered = here.read("wide");
    assert!(answered.text.len() <= 200_100);
    assert!(answered.text.ends_with("[lines 1 to 104 of 500; go on with `offset` 105]\n"), "{}", &answered.text[199_000..]);
}

#[test]
fn directories_come_first_and_files_have_sizes() {
    let here = Here::with(&[("b/x", b""), ("a.txt", b"12345"), ("Z", b"1"), (".hidden", b"")]);
    symlink("a.txt", here.tree.join("link")).unwrap();
    done(&here.list("."), "b/\n.hidden\t0 bytes\nZ\t1 byte\na.txt\t5 bytes\nlink -> a.txt\n");
    fs::create_dir(here.tree.join("none")).unwrap();
    done(&here.list("none"), "(empty)\n");
}

#[test]
fn places_that_the_box_holds_are_not_listed() {
    let here = Here::with(&[(".vscode/settings.json", b"{}"), ("sub/x", b"")]);
    for path in [".claude", ".kiro/hooks", ".kiro/settings", "sub/.claude", "empty"] {
        fs::create_dir_all(here.tree.join(path)).unwrap();
    }
    done(&here.list("."), ".vscode/\nempty/\nsub/\n");
    done(&here.list("sub"), ".claude/\nx\t0 bytes\n");
    fs::write(here.tree.join(".kiro/hooks/a"), "").unwrap();
    done(&here.list("."), ".kiro/\n.vscode/\nempty/\nsub/\n");
}

#[test]
fn names_that_would_break_a_line_are_written_so_that_they_can_be_used() {
    let here = Here::with(&[("a\nb", b"x\n"), ("ü \"q\"", b"x\n")]);
    done(&here.list("."), "\"a\\nb\"\t2 bytes\nü \"q\"\t2 bytes\n");
    assert!(here.glob("*").text.contains("\"a\\nb\"\n"));
    assert_eq!(here.grep("x", "").text, "\"a\\nb\":1:x\nü \"q\":1:x\n");
    done(&here.read("a\nb"), "    1\tx\n");
    use std::os::unix::ffi::OsStrExt;
    fs::write(here.tree.join(std::ffi::OsStr::from_bytes(b"\xff")), "").unwrap();
    assert!(here.list(".").text.contains("\u{fffd} (not UTF-8; only a shell command can name it)"));
}

#[test]
fn long_listings_are_counted_to_the_end() {
    let here = Here::new();
    for n in 0..1_500 {
        fs::write(here.tree.join(format!("f{n:04}")), "").unwrap();
    }
    let answered = here.list(".");
    assert!(answered.text.ends_with("f0999\t0 bytes\nand 500 more\n"), "{}", &answered.text[answered.text.len() - 60..]);
    assert_eq!(answered.line, "1,500 entries in `.`");
    assert!(here.glob("f*").text.ends_with("and 500 more, older ones\n"));
}

#[test]
fn globs_find_newest_first_and_leave_ignored_files_out() {
    let here = Here::with(&[
        (".gitignore", b"target/\n*.log\n"),
        ("src/a.rs", b""),
        ("src/deep/b.rs", b""),
        ("target/c.rs", b""),
        (".github/d.rs", b""),
        (".git/e.rs", b""),
        ("x.log", b""),
    ]);
    let times = [("src/a.rs", 3), ("src/deep/b.rs", 1), (".github/d.rs", 2)];
    for (path, seconds) in times {
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        fs::File::options().write(true).open(here.tree.join(path)).unwrap().set_modified(time).unwrap();
    }
    done(&here.glob("*.rs"), "src/a.rs\n.github/d.rs\nsrc/deep/b.rs\n");
    done(&here.glob("src/*.rs"), "src/a.rs\n");
    done(&here.glob("src/**/*.rs"), "src/a.rs\nsrc/deep/b.rs\n");
    done(&here.glob("./src/"), "src/a.rs\nsrc/deep/b.rs\n");
    done(&here.glob("*.{log,toml}"), "no file matches (ignored files are left out)\n");
    assert_eq!(here.glob("*.rs").line, "3 files match `*.rs`");
    let below = here.ask(Deed::Glob { pattern: "*.rs".into(), path: "src/deep".into() });
    done(&below, "src/deep/b.rs\n");
    refused(&here.ask(Deed::Glob { pattern: "*".into(), path: "x.log".into() }), "is not a directory");
}

#[test]
fn grep_finds_lines_as_ripgrep_does() {
    let here = Here::with(&[
        (".gitignore", b"out\n"),
        ("a.rs", b"fn one() {}\nlet x = 1;\r\nFN two\n"),
        ("b/c.txt", b"fn three\n"),
        ("out", b"fn ignored\n"),
        ("bin", b"\0fn binary\n"),
    ]);
    done(&here.grep(r"^fn \w+", ""), "a.rs:1:fn one() {}\nb/c.txt:1:fn three\n");
    assert_eq!(here.grep("fn", "").line, "2 lines in 2 files match `fn`");
    done(&here.grep("fn", "*.rs"), "a.rs:1:fn one() {}\n");
    done(&here.grep("1;$", ""), "no line matches (ignored and binary files are left out)\n");
    let any_case = Deed::Grep { pattern: "fn".into(), path: "a.rs".into(), glob: String::new(), case_sensitive: false };
    done(&here.ask(any_case), "a.rs:1:fn one() {}\na.rs:3:FN two\n");
    refused(&here.grep("(", ""), "regex parse error");
    refused(&here.grep("x", "[z"), "error parsing glob");
}

#[test]
fn searches_leave_out_what_kiroignore_names() {
    let here = Here::with(&[(".kiroignore", b"secret/\n*.pem\n"), ("secret/a.rs", b"fn x\n"), ("k.pem", b"fn x\n"), ("b.rs", b"fn x\n")]);
    done(&here.grep("fn", ""), "b.rs:1:fn x\n");
    done(&here.glob("*.{rs,pem}"), "b.rs\n");
}

#[test]
fn grep_is_bounded_in_matches_and_width() {
    let here = Here::with(&[("many", "needle\n".repeat(2_000).as_bytes()), ("wide", format!("needle{}\n", "y".repeat(10_000)).as_bytes())]);
    let answered = here.grep("needle", "many");
    assert_eq!(answered.text.matches("many:").count(), 500);
    assert!(answered.text.ends_with("[there are more matches; narrow the pattern, the path or the glob]\n"));
    assert_eq!(answered.line, "more than 500 lines in 1 file match `needle`");
    assert!(here.grep("needle", "wide").text.ends_with("… [line cut]\n"));
}

#[test]
fn grep_reads_a_large_file_without_holding_it() {
    let here = Here::with(&[("endless", &b"x".repeat(40 << 20))]);
    let answered = here.grep("y", "");
    done(&answered, "[1 file could not be searched]\nno line matches (ignored and binary files are left out)\n");
}

#[test]
fn a_search_that_takes_too_long_says_so_instead_of_looking_empty() {
    use std::time::{Duration, Instant};
    let here = Here::with(&[("a", b"x")]);
    let (all, long_ago) = (Glob::all().unwrap(), Instant::now().checked_sub(Duration::from_secs(60)).unwrap());
    assert_eq!(glob::files(&walk(&here.tree), &all, long_ago).count(), 0);
    let why = glob::in_time("sub", long_ago).unwrap_err().to_string();
    assert!(why.starts_with("searching `sub` took too long"), "{why}");
    assert!(glob::in_time("sub", Instant::now()).is_ok());
}

#[test]
fn the_boxs_placeholder_for_what_is_kept_out_is_not_there_for_a_reader() {
    let placeholder = sandbox::KEPT_OUT.as_bytes();
    let other = vec![b'x'; placeholder.len()];
    let here = Here::with(&[(".kiroignore", b"private/\n"), ("private", placeholder), ("open", b"kept out: not what this is\n"), ("same-size", &other), ("sub/private", placeholder)]);
    for told in [here.list("."), here.glob("**/*"), here.grep("kept", "")] {
        assert!(told.text.contains("open") && !told.text.contains("private\n") && !told.text.contains("private:"), "{}", told.text);
    }
    assert!(here.list(".").text.contains("same-size") && here.glob("*").text.contains("same-size"));
    assert!(here.list("sub").text.contains("(empty)"));
}
