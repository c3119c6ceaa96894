use std::collections::BTreeSet;

use super::row::keyed;
use super::{Class, FILES, Found, Line, Program, find, line_at, next_row};
use crate::place::Place;
use crate::shell::expand::Text;
use crate::shell::tests::facts;

/// Keys of which a row has at most one field.
const ONCE: [&str; 20] = [
    "valued", "writes", "reads", "sql", "joined", "runs", "flags", "help", "groups", "subgroups", "skip", "here", "local", "strict", "stops", "dash",
    "nocase", "otherwise", "elsewhere", "within",
];
/// Keys of which it may have several.
const OFTEN: [&str; 6] = ["if", "unless", "only", "look", "at", "steered"];
/// Keys whose words are options.
const OPTIONS: [&str; 8] = ["valued", "writes", "reads", "sql", "joined", "runs", "flags", "elsewhere"];

/// Every row, with `file:line` in front of what is said of it.
fn rows() -> Vec<(String, Line)> {
    let of_file = |(file, text): &(&'static str, &'static str)| {
        let (file, text) = (*file, *text);
        std::iter::successors(next_row(text, 0), move |at| next_row(text, at + 1)).map(move |at| {
            let line = text[..at].matches('\n').count() + 1;
            (format!("data/programs/{file}:{line}"), line_at(text, at).unwrap())
        })
    };
    FILES.iter().flat_map(of_file).collect()
}

fn is_alias(line: &Line) -> bool {
    line.text.split('|').nth(1).is_some_and(|does| does.trim().starts_with("as "))
}

fn found(text: &str) -> Found {
    let words: Vec<Text> = text.split(' ').map(Text::known).collect();
    find(text.split(' ').next().unwrap(), &words[1..]).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn rows_are_sorted_and_each_stands_once() {
    let mut seen: BTreeSet<Vec<&str>> = BTreeSet::new();
    let mut before: (String, Vec<&str>) = Default::default();
    let mut file_of = std::collections::BTreeMap::new();
    for (place, line) in rows() {
        let file = place.split(':').next().unwrap().to_owned();
        assert!(before.0 != file || before.1 < line.words, "{place}: `{}` stands before `{}`", before.1.join(" "), line.words.join(" "));
        assert!(seen.insert(line.words.clone()), "{place}: a second row of `{}`", line.words.join(" "));
        let program = line.words[0];
        let first = file_of.entry(program).or_insert_with(|| file.clone());
        assert_eq!(*first, file, "{place}: `{program}` is in two files");
        before = (file, line.words);
    }
    assert!(seen.len() > 1500, "{}", seen.len());
}

#[test]
fn every_field_is_well_formed() {
    for (place, line) in rows().into_iter().filter(|(_, line)| !is_alias(line)) {
        let row = Program::parse(line.text).unwrap_or_else(|| panic!("{place}: no row"));
        assert_eq!(row.name, line.words.join(" "), "{place}: one space between words");
        let mut keys = BTreeSet::new();
        for field in line.text.split('|').skip(2) {
            let (key, value) = keyed(field.trim());
            assert!(ONCE.contains(&key) || OFTEN.contains(&key), "{place}: `{key}` is no key");
            assert!(OFTEN.contains(&key) || keys.insert(key), "{place}: `{key}` stands twice");
            if OPTIONS.contains(&key) {
                for option in value.split_whitespace() {
                    let formed = option.len() > 1 && option.starts_with(['-', '+']);
                    assert!(formed && !option.contains([',', '=', '|']), "{place}: `{option}` of `{key}` is no option");
                }
            }
        }
        let deeds: Vec<_> = row.deeds().chain(row.conditions().flat_map(|c| c.deeds().collect::<Vec<_>>())).collect();
        assert!(deeds.iter().all(Option::is_some), "{place}: a deed cannot be read in `{}`", row.text());
        assert!(row.class != Class::Acts || row.deeds().next().is_some(), "{place}: it does nothing");
        assert!(row.class == Class::Acts || row.conditions().next().is_none(), "{place}: conditions are for rows with deeds");
        for condition in row.conditions() {
            assert!(!condition.words.is_empty() && condition.deeds().next().is_some(), "{place}: a condition says nothing");
        }
    }
}

#[test]
fn a_program_of_another_name_is_a_program_of_the_table() {
    for (place, line) in rows().into_iter().filter(|(_, line)| is_alias(line)) {
        let (_, other) = line.text.split_once("| as ").unwrap();
        let found = find(line.words[0], &[]).unwrap_or_else(|| panic!("{place}: `{other}` has no row"));
        assert!(other.trim().starts_with(found.top.name), "{place}");
    }
}

#[test]
fn a_program_with_subcommands_is_opaque_without_them() {
    let opaque = [Class::Runs, Class::Machine, Class::Remote, Class::Starts];
    let all = rows();
    let with_subcommands: BTreeSet<&str> = all.iter().filter(|(_, l)| l.words.len() > 1).map(|(_, l)| l.words[0]).collect();
    for (place, line) in all.iter().filter(|(_, l)| l.words.len() == 1 && with_subcommands.contains(l.words[0]) && !is_alias(l)) {
        let row = Program::parse(line.text).unwrap();
        let says_so = row.deeds().flatten().any(|d| d.verb == action::Verb::Opaque || d.kind == "project" || d.certainty == action::Certainty::Opaque);
        assert!(opaque.contains(&row.class) || says_so, "{place}: a subcommand without a row would be taken for `{}`", row.text());
    }
    for program in with_subcommands {
        assert!(all.iter().any(|(_, l)| l.words == [program]), "`{program}` has subcommands and no row of its own");
    }
}

#[test]
fn the_longest_row_counts_after_known_options() {
    for (text, name, words) in [
        ("npm publish", "npm publish", 0),
        ("npm install x", "npm install", 1),
        ("npm made-up x", "npm", 2),
        ("docker volume rm x", "docker volume rm", 1),
        ("docker --context x volume rm y", "docker volume rm", 1),
        ("docker --context=x volume rm y z", "docker volume rm", 2),
        ("docker compose -f a.yml -p b down -v", "docker compose down", 1),
        ("docker-compose -f a.yml down -v", "docker compose down", 1),
        ("podman volume prune", "docker volume prune", 0),
        ("kubectl -n get delete pods", "kubectl delete", 1),
        ("kubectl -nx delete pods", "kubectl delete", 1),
        ("terraform -chdir=x destroy", "terraform destroy", 0),
        ("terraform -chdir x destroy", "terraform destroy", 0),
        ("gcloud --project p compute instances delete x", "gcloud ** delete", 1),
        ("gcloud deploy releases list", "gcloud ** list", 0),
        ("az group delete --name x", "az group delete", 2),
        ("cargo +nightly publish", "cargo publish", 0),
        ("redis-cli -h x FLUSHALL", "redis-cli flushall", 0),
    ] {
        let found = found(text);
        assert_eq!((found.program.name, found.words.len(), found.hidden), (name, words, false), "{text}");
    }
}

#[test]
fn what_may_hide_a_subcommand_is_told() {
    for text in ["docker --made-up volume rm x", "kubectl -- delete pods", "gcloud --made-up compute instances list"] {
        assert!(found(text).hidden, "{text}");
    }
    let unknown = find("kubectl", &[Text::unknown("$verb"), Text::known("pods")]).unwrap();
    assert!(unknown.hidden);
    assert_eq!(found("gcloud made-up list").program.name, "gcloud", "a group that nobody knows");
}

#[test]
fn every_row_is_reached_and_says_what_it_changes() {
    for (place, line) in rows().into_iter().filter(|(_, line)| !is_alias(line)) {
        let row = Program::parse(line.text).unwrap();
        let top = find(line.words[0], &[]).unwrap().top;
        let (group, words) = (top.groups.split_whitespace().next().unwrap_or_default(), line.words.join(" "));
        let text = format!("{} a b c", words.replace("**", group));
        for place_of_reading in [Place::Host, Place::Boxed] {
            let effects = crate::shell::read(&text, &facts(), place_of_reading);
            let unread = effects.iter().any(|e| e.certainty == action::Certainty::Opaque);
            let milder = row.conditions().any(|c| matches!(c.when, super::When::Instead | super::When::Alone));
            for deed in row.deeds().flatten().filter(|deed| deed.verb > action::Verb::Read && !milder) {
                let says = effects.iter().any(|e| e.verb == deed.verb || e.verb == action::Verb::DisableProtection);
                assert!(says || unread, "{place}: `{text}` says nothing of {:?}: {:#?}", deed.verb, effects.lines());
            }
        }
    }
}

#[test]
fn programs_that_give_more_rights_have_rows() {
    let names = include_str!("../../../data/corpora/gtfobins.txt").lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace);
    let missing: Vec<&str> = names.clone().filter(|name| find(name, &[]).is_none()).collect();
    assert!(names.count() > 400 && missing.is_empty(), "{missing:?}");
}

#[test]
fn a_program_that_is_not_there_has_no_row() {
    for name in ["made-up", "", "docker volume rm", "volume", "#", "|", "zzzz", "!"] {
        assert!(find(name, &[]).is_none(), "{name}");
    }
    for (_, line) in rows() {
        assert!(find(line.words[0], &[]).is_some(), "{}", line.words[0]);
    }
}
