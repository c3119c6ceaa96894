//! The steps of finding a symbol, as the hands inside do them.

use action::Seeks::{self, Definition, References};

use super::*;

fn of(symbol: &str, path: &str, line: u64, seeks: Seeks) -> Deed {
    Deed::FindSymbol { symbol: symbol.into(), path: path.into(), line, seeks }
}

const SOURCES: &[(&str, &[u8])] = &[
    ("src/total.py", b"def total(rows):\n    return sum(rows)\n"),
    ("src/report.py", b"from total import total\n\nprint(total([1]), subtotal)\n"),
    ("web/cart.ts", b"export class Cart { total() { return 1 } }\n"),
    ("lib/one.rs", b"pub struct One;\nimpl One {}\n"),
    ("gone/old.py", b"def total(): pass\n"),
    (".gitignore", b"gone/\n"),
];

fn locate(here: &Here, deed: Deed) -> Answered {
    here.find(deed, Step::default())
}

#[test]
fn without_a_place_every_definition_of_the_name_is_told() {
    let told = locate(&Here::with(SOURCES), of("total", ".", 0, Definition));
    done(&told, "src/total.py:1: def total(rows)\nweb/cart.ts:1: total()\n[by name and not by meaning: no place was named where it stands]\n");
    assert_eq!(told.line, "`total`, 2 definitions by name");
    let told = locate(&Here::with(SOURCES), of("One", "lib", 0, Definition));
    assert!(told.text.starts_with("lib/one.rs:1: pub struct One;\n["), "an impl is no definition: {}", told.text);
    let told = locate(&Here::with(SOURCES), of("nothing_at_all", ".", 0, Definition));
    assert!(told.text.starts_with("`nothing_at_all` is defined in no source that is read\n"), "{}", told.text);
}

#[test]
fn mentions_are_whole_words_of_sources_that_are_not_ignored() {
    let told = Here::with(SOURCES).find(of("total", ".", 0, References), Step::ByName { why: "because".into() });
    let expected = "src/report.py:1: from total import total\nsrc/report.py:3: print(total([1]), subtotal)\nsrc/total.py:1: def total(rows):\n\
                    web/cart.ts:1: export class Cart { total() { return 1 } }\n[by name and not by meaning: because]\n";
    done(&told, expected);
}

#[test]
fn a_place_is_located_for_a_server() {
    let here = Here::with(SOURCES);
    let spot = |deed| locate(&here, deed).located.map(|at| (at.path, at.line, at.column));
    let at = |path: &str, line, column| Some((path.to_owned(), line, column));
    assert_eq!(spot(of("total", "src/report.py", 3, Definition)), at("src/report.py", 2, 6));
    assert_eq!(spot(of("total", "src/report.py", 0, Definition)), at("src/report.py", 0, 5), "where it is first mentioned");
    assert_eq!(spot(of("total", "src/total.py", 0, References)), at("src/total.py", 0, 4), "where it is defined");
    assert_eq!(spot(of("total", "src", 0, References)), at("src/total.py", 0, 4), "the only definition below");
    assert_eq!(spot(of("total", ".", 0, References)), None, "there are two");
    let twice = Here::with(&[("a.py", b"def f(): pass\ndef f(): pass\n")]);
    let told = locate(&twice, of("f", "a.py", 0, Definition));
    assert!(told.located.is_none() && told.text.starts_with("a.py:1: def f()\na.py:2: def f()\n[by name"), "{}", told.text);
    let ruby = Here::with(&[("a.rb", b"def f; end\n")]);
    assert!(locate(&ruby, of("f", "a.rb", 1, Definition)).text.contains("no language server is known for this language"));
}

#[test]
fn a_name_that_is_not_there_is_said_with_where_it_is() {
    let here = Here::with(SOURCES);
    let line = |deed| locate(&here, deed).line;
    assert_eq!(line(of("total", "src/report.py", 2, Definition)), "`total` is not on line 2 of `src/report.py`; it is on 1, 3");
    assert_eq!(line(of("other", "src/report.py", 9, Definition)), "`other` is not on line 9 of `src/report.py`, and nowhere else in it");
    assert!(line(of("total", "src/none.py", 1, Definition)).contains("does not exist"));
    assert!(line(of("total", "../x.py", 1, Definition)).contains("outside the work tree"));
}

#[test]
fn the_server_is_of_the_project_or_of_the_box_and_a_plain_word() {
    let executable = |here: &Here, path: &str| {
        fs::create_dir_all(here.tree.join(path).parent().unwrap()).unwrap();
        fs::write(here.tree.join(path), "#!/bin/sh\n").unwrap();
        fs::set_permissions(here.tree.join(path), fs::Permissions::from_mode(0o755)).unwrap();
    };
    let here = Here::with(&[("app/src/a.py", b"def f(): pass\n"), ("odd $(x)/a.py", b"def f(): pass\n"), ("bin/pyright-langserver", b"not executable")]);
    let programs = here.dir.path().join("programs");
    let command = |path: &str| {
        let step = Step::Locate { programs: vec![programs.to_str().unwrap().to_owned(), here.tree.join("bin").to_str().unwrap().to_owned()] };
        here.find(of("f", path, 1, Definition), step).located.unwrap().command
    };
    assert_eq!(command("app/src/a.py"), None);
    fs::create_dir(&programs).unwrap();
    executable(&here, "../programs/basedpyright-langserver");
    assert_eq!(command("app/src/a.py").as_deref(), Some("basedpyright-langserver --stdio"));
    executable(&here, "node_modules/.bin/pyright-langserver");
    assert_eq!(command("app/src/a.py").as_deref(), Some("./node_modules/.bin/pyright-langserver --stdio"));
    executable(&here, "app/.venv/bin/pyright-langserver");
    assert_eq!(command("app/src/a.py").as_deref(), Some("./app/.venv/bin/pyright-langserver --stdio"), "the nearest");
    executable(&here, "odd $(x)/.venv/bin/pyright-langserver");
    assert_eq!(command("odd $(x)/a.py").as_deref(), Some("./node_modules/.bin/pyright-langserver --stdio"), "no word of a shell");
}

#[test]
fn stamps_change_when_a_file_does_even_if_its_time_is_set_back() {
    let here = Here::with(SOURCES);
    let program = here.dir.path().join("pyright-langserver");
    fs::write(&program, "").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let stamps = || {
        let step = Step::Locate { programs: vec![here.dir.path().to_str().unwrap().to_owned()] };
        here.find(of("total", "src/total.py", 1, Definition), step).located.unwrap().stamps.unwrap()
    };
    let before = stamps();
    assert_eq!(before.keys().collect::<Vec<_>>(), ["src/report.py", "src/total.py"]);
    assert_eq!(before, stamps());
    let file = fs::File::options().write(true).open(here.tree.join("src/total.py")).unwrap();
    let times = fs::FileTimes::new().set_modified(file.metadata().unwrap().modified().unwrap());
    std::io::Write::write_all(&mut &file, b"xyz").unwrap();
    file.set_times(times).unwrap();
    let after = stamps();
    assert_ne!(before["src/total.py"], after["src/total.py"]);
    assert_eq!(before["src/report.py"], after["src/report.py"]);
}

#[test]
fn what_a_server_names_is_told_only_where_an_agent_may_look() {
    let here = Here::with(SOURCES);
    fs::write(here.tree.join("private.py"), sandbox::KEPT_OUT).unwrap();
    fs::write(here.tree.join("masked.py"), sandbox::PLACEHOLDER).unwrap();
    fs::write(here.tree.join("server.key"), "-----BEGIN").unwrap();
    fs::write(here.dir.path().join("outside.py"), "secret = 1\n").unwrap();
    symlink(here.dir.path().join("outside.py"), here.tree.join("link.py")).unwrap();
    let inside = [("src/total.py", 1), ("src/total.py", 1), ("src/total.py", 99), ("none.py", 1), ("private.py", 1), ("masked.py", 1), ("server.key", 1), ("link.py", 1), ("src", 1)];
    let inside = inside.map(|(path, line)| Place { path: path.into(), line }).into();
    let places = Places { server: "s".into(), inside, outside: vec!["…/std/a.pyi:3".into(), "x\u{1b}[2J".into()], more: 2, ailing: Some("no\u{1b} sysroot".into()) };
    let told = here.find(of("total", ".", 0, References), Step::Places(places));
    let expected = "src/total.py:1: def total(rows):\noutside the project: …/std/a.pyi:3\noutside the project: x\\u{1b}[2J\n\
                    [not told: 2 places]\n[not for an agent to see: 3 places]\n[not there: 4 places]\n\
                    [there may be more: the server says `no\\u{1b} sysroot`]\n[by what it means, says `s`]\n";
    done(&told, expected);
    assert_eq!(told.line, "`total`, 3 references by `s`");
}

#[test]
fn many_places_are_cut_and_texts_are_given_as_far_as_there_is_room() {
    let long = "total\n".repeat(300);
    let large = vec![b'a'; 1_000_000];
    let here = Here::with(&[("a.py", long.as_bytes()), ("b.py", &large), ("c.py", &large), ("d.py", &[b'a'; 2_000_000])]);
    let inside = (1..=300).map(|line| Place { path: "a.py".into(), line }).collect();
    let told = here.find(of("total", ".", 0, References), Step::Places(Places { server: "s".into(), inside, ..Places::default() }));
    assert!(told.text.contains("a.py:200: total\n[and 100 more]\n"), "{}", told.text);
    let told = here.find(of("total", ".", 0, References), Step::ByName { why: "y".into() });
    assert!(told.text.contains("a.py:200: total\n[and 100 more]\n"), "{}", told.text);
    let texts = here.find(of("total", ".", 0, References), Step::Texts { paths: ["d.py", "none.py", "a.py", "b.py", "c.py"].map(str::to_owned).into() });
    assert_eq!(texts.texts.iter().map(|text| text.path.as_str()).collect::<Vec<_>>(), ["a.py", "b.py"]);
}
