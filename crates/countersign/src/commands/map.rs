//! `countersign map`

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;
use tools::code::{Map, Outlines, Survey, Wish};

use crate::args::Common;
use crate::screen::{self, Ending, Misuse};
use crate::words;

/// How long sources are read at most; a person can end it sooner.
const LONGEST: Duration = Duration::from_secs(300);

/// Print which definitions of a source tree matter most, within a budget of tokens.
///
/// Reads sources (Rust, Python, JavaScript, TypeScript, Go, Java, C, C++, Ruby), runs nothing and writes nothing. Ignored files
/// are left out, links are not followed. The same tree always gives the same map.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign map\n  countersign map --about \"month totals\" --budget 1000\n  countersign map --json src tests\n\nA token is estimated as 4 bytes.")]
pub(crate) struct Args {
    /// Folders or files; this folder by default.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Tokens that the map has at most.
    #[arg(long, default_value_t = 2_000, value_name = "TOKENS", value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    budget: u32,
    /// What it is for: names that have these words come first.
    #[arg(long, default_value = "", value_name = "WORDS")]
    about: String,
    /// Files that you work on: what they mention comes first.
    #[arg(long, value_name = "FILE")]
    near: Vec<String>,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let survey = survey(&args.paths)?;
    let near: Vec<String> = args.near.iter().map(|file| file.trim_start_matches("./").to_owned()).collect();
    if let Some(none) = near.iter().find(|near| !survey.files.iter().any(|(name, _)| name == *near)) {
        bail!(Misuse(format!("`{}` is no source file of the map\nhint: name it as the map does, from where you stand", words::safe(none))));
    }
    let budget = usize::try_from(args.budget).unwrap_or(usize::MAX);
    let map = Map::of(&survey, &Wish { budget, about: args.about.clone(), near });
    match common.json {
        true => screen::json(&serde_json::to_value(&map)?),
        false => map.text().lines().for_each(|line| screen::say(&words::safe(line))),
    }
    Ok(Ending::Done)
}

/// Everything below the paths, each file once, named as the person would.
fn survey(paths: &[PathBuf]) -> anyhow::Result<Survey> {
    let here = [PathBuf::from(".")];
    let mut outlines = Outlines::default();
    let mut all = Survey::default();
    for path in if paths.is_empty() { here.as_slice() } else { paths } {
        path.metadata().map_err(|error| Misuse(format!("`{}` cannot be read: {error}\nhint: name a folder or a file", path.display())))?;
        let found = outlines.survey(path, LONGEST);
        let named = |name: String| named(path, name);
        all.files.extend(found.files.into_iter().map(|(name, outline)| (named(name), outline)));
        all.unread.extend(found.unread.into_iter().map(|mut unread| {
            unread.path = named(unread.path);
            unread
        }));
    }
    all.files.sort_by(|(a, _), (b, _)| a.cmp(b));
    all.files.dedup_by(|(a, _), (b, _)| a == b);
    Ok(all)
}

/// A name below a path that was given; a file that was given is its own name.
fn named(path: &Path, name: String) -> String {
    let given = path.to_string_lossy();
    let given = given.trim_start_matches("./").trim_end_matches('/');
    match given {
        "" | "." => name,
        _ if path.is_file() => given.to_owned(),
        _ => format!("{given}/{name}"),
    }
}
