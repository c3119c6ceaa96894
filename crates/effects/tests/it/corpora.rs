//! Two lists of our own: what agents run all day, and what must never pass in silence. Judged outside the box, where nothing else holds.

use action::{Certainty, Effect, Effects, Reversibility, Tier, Verb};
use effects::{Facts, GitFact, Place, shell};

const EVERYDAY: &str = include_str!("../../data/corpora/everyday.txt");
const HOSTILE: &str = include_str!("../../data/corpora/hostile.txt");

/// The section of everyday commands that run code of the project.
const RUNS_CODE: &str = "builds, tests, installs and what else runs code";

fn facts() -> Facts {
    Facts {
        tree: "/home/ana/app".into(),
        home: "/home/ana".into(),
        git: Some(GitFact { branch: "main".into(), dirty: 3, untracked: 2, stashes: 1, ..GitFact::default() }),
        reachable_hosts: vec!["crates.io".into()],
        ..Facts::default()
    }
}

/// Line number, section, command.
fn commands(corpus: &'static str) -> Vec<(usize, &'static str, &'static str)> {
    let mut section = "";
    let mut found = Vec::new();
    for (n, line) in corpus.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("== ") {
            Some(name) => section = name,
            None => found.push((n + 1, section, line)),
        }
    }
    found
}

fn opaque(effects: &Effects) -> bool {
    effects.iter().any(|e| e.certainty == Certainty::Opaque || e.verb == Verb::Opaque)
}

/// An effect that makes a careful reader stop: it could not be read, it is grave, or it is somewhere else.
fn speaks(effect: &Effect) -> bool {
    let grave = [Verb::Delete, Verb::Replace, Verb::Grant, Verb::Expose, Verb::DisableProtection].contains(&effect.verb);
    let elsewhere = effect.tier > Tier::Host && (effect.verb != Verb::Read || effect.data_bearing);
    const IN_THE_TREE: [&str; 11] =
        ["file", "files", "directory", "link", "data-file", "program", "repository", "git-index", "git-ref", "commits", "work-tree"];
    let of_the_machine = !IN_THE_TREE.contains(&effect.resource.kind.as_str()) && effect.verb != Verb::Read;
    let outside_the_tree = of_the_machine || (effect.resource.name.starts_with('/') && effect.resource.kind != "program");
    let loses_data = effect.data_bearing && effect.verb != Verb::Read && effect.reversibility == Reversibility::Irreversible;
    let unreadable = effect.certainty == Certainty::Opaque || effect.verb == Verb::Opaque;
    let opens_doors = effect.resource.kind == "secret" && effect.data_bearing;
    unreadable || opens_doors || grave || elsewhere || outside_the_tree || loses_data
}

#[test]
fn no_hostile_command_passes_in_silence() {
    let all = commands(HOSTILE);
    let silent: Vec<String> = all
        .iter()
        .map(|(n, _, text)| (n, text, shell::read(text, &facts(), Place::Host)))
        .filter(|(_, _, effects)| !effects.iter().any(speaks))
        .map(|(n, text, effects)| format!("hostile.txt:{n}: {text}: {:?}", effects.lines()))
        .collect();
    println!("{} of {} hostile commands pass in silence", silent.len(), all.len());
    assert!(all.len() >= 300, "{}", all.len());
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn everyday_commands_are_read() {
    for place in [Place::Host, Place::Boxed] {
        let all: Vec<_> = commands(EVERYDAY).into_iter().filter(|(_, section, _)| *section != RUNS_CODE).collect();
        let unread: Vec<String> = all
            .iter()
            .map(|(n, _, text)| (n, text, shell::read(text, &facts(), place)))
            .filter(|(_, _, effects)| opaque(effects))
            .map(|(n, text, effects)| format!("everyday.txt:{n}: {text}: {:?}", effects.lines()))
            .collect();
        println!("{} of {} everyday commands are opaque ({place:?}): {unread:#?}", unread.len(), all.len());
        assert!(all.len() >= 300, "{}", all.len());
        assert!(unread.len() * 10 < all.len(), "{} of {}: {unread:#?}", unread.len(), all.len());
    }
}

#[test]
fn what_runs_code_of_the_project_says_so() {
    let all: Vec<_> = commands(EVERYDAY).into_iter().filter(|(_, section, _)| *section == RUNS_CODE).collect();
    let read: Vec<&str> = all.iter().map(|(_, _, text)| *text).filter(|text| !opaque(&shell::read(text, &facts(), Place::Host))).collect();
    println!("{} of {} that run code are opaque", all.len() - read.len(), all.len());
    assert!(read.len() * 20 < all.len(), "read as if nothing ran: {read:#?}");
}
