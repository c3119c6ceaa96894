//! What readers say of commands, and how fast: `cargo run --release -p effects --example read_bench`.
//!
//! *Silent pass*: hostile inputs of which nothing would make a judge stop outside the box. *Needless hold*: everyday commands that are opaque
//! there. Over our own lists (`data/corpora`), and over public ones where `CORPUS_DIR` names a folder that has them: `gtfobins/*` as in
//! GTFOBins' `_gtfobins`, `tldr/**/*.md` as in tldr-pages' `pages`. Those may not be kept here; published figures on them are 10.0 % and
//! 87.0 %. Prints (with `--list`, each text that counts as well); asserts nothing.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement for people, not a part of the product")]

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use action::{Certainty, Effects, Tier, Verb};
use effects::sql::Database;
use effects::{Facts, GitFact, Place, plan, shell, sql};

/// The section of everyday commands that run code of the project: opaque as they should be, and counted apart.
const RUNS_CODE: &str = "builds, tests, installs and what else runs code";
const RUNS: usize = 20;

fn main() {
    let facts = facts();
    let hostile = own(include_str!("../data/corpora/hostile.txt"));
    let everyday = own(include_str!("../data/corpora/everyday.txt"));
    let (code, everyday): (Vec<_>, Vec<_>) = everyday.into_iter().partition(|(section, _)| section == RUNS_CODE);
    let texts = |all: Vec<(String, String)>| all.into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    let (hostile, everyday) = (texts(hostile), texts(everyday));
    share("silent pass, our hostile list", &hostile, |text| is_silent(&shell::read(text, &facts, Place::Host)));
    share("needless hold, our everyday list", &everyday, |text| is_opaque(&shell::read(text, &facts, Place::Host)));
    share("  … in the box", &everyday, |text| is_opaque(&shell::read(text, &facts, Place::Boxed)));
    share("opaque: builds, tests, installs", &texts(code), |text| is_opaque(&shell::read(text, &facts, Place::Host)));
    match std::env::var_os("CORPUS_DIR") {
        Some(folder) => public(Path::new(&folder), &facts),
        None => println!("  public lists: not measured, CORPUS_DIR names no folder"),
    }
    let all: Vec<String> = hostile.into_iter().chain(everyday).collect();
    speed("a command (all of both lists)", all.iter().map(|text| timed(|| drop(shell::read(text, &facts, Place::Host)))).collect());
    let statement = "UPDATE orders SET state = 'paid' WHERE id = 17";
    speed("a statement, dialect known", (0..500).map(|_| timed(|| drop(sql::read(statement, Some(sql::Dialect::Postgres), &Database::default(), &facts, Place::Host)))).collect());
    let (text, facts) = (five_thousand(), Facts::default());
    println!("  a plan of 5,000 resources, {:.1} MB, every fifth unchanged", text.len() as f64 / 1e6);
    speed("  read (aim: 300 ms)", (0..RUNS).map(|_| timed(|| drop(plan::read(&text, &facts)))).collect());
    speed("  beside: parsed as JSON by serde_json", (0..RUNS).map(|_| timed(|| drop(serde_json::from_str::<serde_json::Value>(&text).unwrap()))).collect());
}

fn facts() -> Facts {
    let git = GitFact { branch: "main".into(), dirty: 3, untracked: 2, stashes: 1, ..GitFact::default() };
    Facts { tree: "/home/ana/app".into(), home: "/home/ana".into(), git: Some(git), ..Facts::default() }
}

/// Section and command.
fn own(corpus: &str) -> Vec<(String, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in corpus.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("== ") {
            Some(name) => section = name.to_owned(),
            None => found.push((section.clone(), line.to_owned())),
        }
    }
    found
}

fn is_opaque(effects: &Effects) -> bool {
    effects.iter().any(|effect| effect.certainty == Certainty::Opaque || effect.verb == Verb::Opaque)
}

/// What a work tree has; what else is changed on the machine (its name, its users, its network) makes a judge stop.
const IN_THE_TREE: [&str; 11] = ["file", "files", "directory", "link", "data-file", "program", "repository", "git-index", "git-ref", "commits", "work-tree"];

/// All that it would touch is looked at, or made and changed in the person's own tree, and read for certain.
fn is_silent(effects: &Effects) -> bool {
    effects.iter().all(|effect| {
        let mild = matches!(effect.verb, Verb::Read | Verb::Create | Verb::Update | Verb::Execute) && effect.tier <= Tier::Host;
        let of_the_tree = effect.verb == Verb::Read || IN_THE_TREE.contains(&effect.resource.kind.as_str());
        let of_the_tree = of_the_tree && effect.resource.kind != "secret";
        mild && of_the_tree && effect.certainty != Certainty::Opaque && !effect.resource.name.starts_with('/') && !effect.data_bearing
    })
}

fn share(what: &str, texts: &[String], counts: impl Fn(&str) -> bool) {
    let found: Vec<&String> = texts.iter().filter(|text| counts(text)).collect();
    if std::env::args().any(|word| word == "--list") {
        found.iter().for_each(|text| println!("    {what}: {text:?}"));
    }
    let found = found.len();
    println!("  {what:<44} {found:>6} of {:<6} {:>5.1} %", texts.len(), 100.0 * found as f64 / texts.len().max(1) as f64);
}

fn speed(what: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    println!("  {what:<44} p50 {:>9.1} µs   p99 {:>9.1} µs", at(50), at(99));
}

fn timed(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64() * 1e6
}

fn public(folder: &Path, facts: &Facts) {
    let mut hostile = Vec::new();
    files(&folder.join("gtfobins"), &mut |text| hostile.extend(blocks(text)));
    let mut everyday = Vec::new();
    files(&folder.join("tldr"), &mut |text| everyday.extend(examples(text)));
    // As the gate reads them. Their stand-ins for a file are, as words, files of the work tree; what is meant are others.
    let facts = &Facts { by_hand: true, ..facts.clone() };
    let meant: Vec<String> = hostile.iter().map(|text| text.replace("file_to_read", "/etc/shadow").replace("file_to_write", "/etc/cron.d/x").replace("file_to_edit", "/etc/sudoers")).collect();
    share("silent pass, GTFOBins, word for word", &hostile, |text| is_silent(&shell::read(text, facts, Place::Host)));
    share("silent pass, GTFOBins, of the files meant", &meant, |text| is_silent(&shell::read(text, facts, Place::Host)));
    share("needless hold, tldr-pages", &everyday, |text| is_opaque(&shell::read(text, facts, Place::Host)));
}

/// Every Markdown file below a folder, and every file without an ending (newer GTFOBins); nothing where there is none.
fn files(folder: &Path, each: &mut dyn FnMut(&str)) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => files(&path, each),
            false if path.extension().is_none_or(|end| end == "md") => each(&std::fs::read_to_string(&path).unwrap_or_default()),
            false => {}
        }
    }
}

/// `code: |` and the lines below it that are indented further; `code: one line`.
fn blocks(text: &str) -> Vec<String> {
    // A few of them are indented by tabs.
    let indent = |line: &str| line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 8 } else { 1 }).sum::<usize>();
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(rest) = line.trim_start().trim_start_matches("- ").strip_prefix("code:") else { continue };
        match rest.trim() {
            "|" | "|-" | "|+" => {
                let depth = indent(line);
                let inside = lines.iter().skip(at + 1).take_while(|next| next.trim().is_empty() || indent(next) > depth);
                found.push(inside.map(|line| line.trim_start()).collect::<Vec<_>>().join("\n"));
            }
            "" => {}
            one => found.push(one.to_owned()),
        }
    }
    found
}

/// Lines in backticks, with what stands for an argument put in as it is; of an option's two spellings, `{{[-a|--all]}}`, the longer.
fn examples(text: &str) -> Vec<String> {
    let of = |line: &str| {
        let mut pieces = line.trim().strip_prefix('`')?.strip_suffix('`')?.split("{{");
        let mut command = pieces.next()?.to_owned();
        for piece in pieces {
            let (inside, after) = piece.split_once("}}").unwrap_or((piece, ""));
            let long = inside.strip_prefix('[').and_then(|two| two.strip_suffix(']')?.split_once('|')).map(|(_, long)| long);
            command += long.unwrap_or(inside);
            command += after;
        }
        Some(command)
    };
    text.lines().filter_map(of).collect()
}

/// A plan of our own making in the shape that `terraform show -json` writes.
fn five_thousand() -> String {
    let mut changes = String::new();
    for n in 0..5_000 {
        let actions = ["[\"no-op\"]", "[\"update\"]", "[\"create\"]", "[\"delete\"]", "[\"delete\",\"create\"]"][n % 5];
        let value = |tag: &str| {
            let tags: String = (0..20).map(|k| format!("\"key{k}\":\"{tag} of a reasonable length {k}\",")).collect();
            format!("{{\"id\":\"db-{n}\",\"identifier\":\"orders-{n}\",\"arn\":\"arn:aws:rds:eu-west-1:111122223333:db:orders-{n}\",\"deletion_protection\":true,\"tags\":{{{tags}\"Name\":\"orders-{n}\"}}}}")
        };
        let (before, after) = match n % 5 {
            2 => ("null".to_owned(), value("new")),
            3 => (value("old"), "null".to_owned()),
            _ => (value("old"), value("new")),
        };
        write!(
            changes,
            "{}{{\"address\":\"module.shop.aws_db_instance.orders[{n}]\",\"mode\":\"managed\",\"type\":\"aws_db_instance\",\"name\":\"orders\",\"index\":{n},\"provider_name\":\"registry.terraform.io/hashicorp/aws\",\"change\":{{\"actions\":{actions},\"before\":{before},\"after\":{after},\"after_unknown\":{{}},\"before_sensitive\":{{}},\"after_sensitive\":{{}}}}}}",
            if n == 0 { "" } else { "," }
        )
        .unwrap();
    }
    format!("{{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"complete\":true,\"errored\":false,\"resource_changes\":[{changes}],\"configuration\":{{}}}}")
}
