use action::Verb;

use super::is_plain_sed;
use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::{facts, has};

#[test]
fn sed_scripts_that_only_edit_are_plain() {
    for script in ["s/a/b/", "s/a/b/g;3d", "1,20p", "/x/d", "$p", "s|a|b|2", "/a/,/b/s/c/d/", "y/ab/cd/", "2q", "s,a/b,c,gI"] {
        assert!(is_plain_sed(script), "{script}");
    }
    for script in ["s/a/b/e", "s/a/b/w out", "w out", "e", "1e id", "r x", "s/a\\/b/c/", "R x", "{s/a/b/e}", "s/a/b/;e id", "W x", "s/x/y/ge"] {
        assert!(!is_plain_sed(script), "{script}");
    }
}

#[test]
fn operands_and_options_that_write_are_found() {
    for (text, verb, name) in [
        ("sort -o out in", Verb::Update, "out"),
        ("sort -uoout in", Verb::Update, "out"),
        ("sort --outp=out in", Verb::Update, "out"),
        ("tee -a out", Verb::Update, "out"),
        ("dd if=in of=out bs=1", Verb::Update, "out"),
        ("cp -t out a b", Verb::Update, "out"),
        ("mv a out", Verb::Delete, "a"),
        ("ln -s /x out", Verb::Update, "out"),
        ("ln out hard", Verb::Update, "out"),
        ("install -d out", Verb::Update, "out"),
        ("find . -fprint out", Verb::Update, "out"),
        ("sed -n -i.bak p out", Verb::Update, "out"),
        ("sed --in-place=.b p out", Verb::Update, "out"),
        ("truncate -s 0 out", Verb::Update, "out"),
        ("gzip out", Verb::Update, "out"),
        ("tar -cf out src", Verb::Update, "out"),
        ("tar czf out src", Verb::Update, "out"),
        ("tar cf out --exclude x src", Verb::Update, "out"),
        ("tar tf out", Verb::Read, "out"),
        ("tar cf in out --remove-files", Verb::Delete, "out"),
        ("tar -xf in -C out", Verb::Update, "out/**"),
        ("tar xf in -C out", Verb::Update, "out/**"),
        ("unzip in -d out", Verb::Update, "out/**"),
        ("curl -o out https://crates.io/x", Verb::Update, "out"),
        ("wget -qO out https://crates.io/x", Verb::Update, "out"),
        ("git diff --output=out", Verb::Update, "out"),
        ("git archive -o out HEAD", Verb::Update, "out"),
        ("time -o out true", Verb::Read, "nothing"),
        ("/usr/bin/time -o out true", Verb::Update, "out"),
        ("uniq in out", Verb::Update, "out"),
        ("shred -u out", Verb::Delete, "out"),
        ("chmod 644 out", Verb::Update, "out"),
        ("rg -l foo | xargs sed -i s/a/b/ out", Verb::Update, "out"),
    ] {
        let effects = read(text, &facts(), Place::Boxed);
        assert!(name == "nothing" || has(&effects, verb, name), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn patterns_and_modes_are_no_paths() {
    let effects = read("grep -rn /etc/app src; chmod 644 x; jq .a f", &facts(), Place::Boxed);
    let names: Vec<&str> = effects.iter().map(|e| e.resource.name.as_str()).collect();
    assert_eq!(names, ["x", "src", "f"]);
}

#[test]
fn a_database_file_is_read_by_a_plain_question_and_changed_by_what_changes_it() {
    for text in ["sqlite3 a.db 'select 1'", "sqlite3 -json a.db 'select count(*) from x'"] {
        let effects = read(text, &facts(), Place::Host);
        assert!(has(&effects, Verb::Read, "a.db") && effects.iter().all(|e| e.verb == Verb::Read), "{text}: {:#?}", effects.lines());
    }
    for text in ["sqlite3 a.db 'delete from x'", "sqlite3 a.db 'select 1' 'drop table x'"] {
        let effects = read(text, &facts(), Place::Host);
        assert!(has(&effects, Verb::Update, "a.db") && effects.iter().any(|e| e.verb == Verb::Delete), "{text}: {:#?}", effects.lines());
    }
    for text in [
        "sqlite3 a.db",
        "sqlite3 -cmd '.shell id' a.db 'select 1'",
        "sqlite3 a.db '.shell id'",
        "sqlite3 a.db \"select load_extension('./x')\"",
        "sqlite3 a.db \"select $q\"",
        "duckdb a.db 'drop table x'",
    ] {
        let effects = read(text, &facts(), Place::Host);
        assert!(effects.iter().any(|e| e.certainty == action::Certainty::Opaque), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn a_signal_to_everybody_or_nobody_named_is_told() {
    for (text, name) in [("kill 12", "12"), ("kill -9 12", "12"), ("kill -9 -1", "-1"), ("kill -TERM -- -12", "-12"), ("pkill", "?")] {
        let effects = read(text, &facts(), Place::Host);
        assert!(has(&effects, Verb::Delete, name), "{text}: {:#?}", effects.lines());
    }
    assert!(!has(&read("kill -l", &facts(), Place::Host), Verb::Delete, "?"));
}

#[test]
fn the_machine_itself_is_outside_any_box() {
    for text in ["systemctl stop x", "sudo apt-get install x", "mount /x", "crontab -r", "reboot"] {
        assert!(!read(text, &facts(), Place::Boxed).stay_in_the_box(), "{text}");
    }
}
