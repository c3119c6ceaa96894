//! `countersign spec export`

mod document;
mod fonts;
mod issues;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;
use paper::{About, NotSet};
use spec::folder::Spec;

use super::folders::{Folder, Project};
use super::{Place, Which, trace};
use crate::args::Common;
use crate::clock;
use crate::home::Home;
use crate::screen::{self, DIM, Ending, Misuse, Outside};
use crate::words;

/// Make one document of a specification, or issues on GitHub.
///
/// The document has its requirements (or its bugfix), its design and its tasks, as they are, with the digest of each and who
/// authorized it. Issues are proposed and held: nothing leaves before people have signed the very texts.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign spec export cart > cart.md\n  countersign spec export cart --with trace --results junit.xml --out cart.md\n  countersign spec export cart --format pdf --out cart.pdf\n  countersign spec export cart --format pdf --font NotoSansJP-Regular.otf --out cart.pdf\n  countersign spec export cart --format github --repo acme/shop --label spec --tracking\n  countersign spec export cart --format github --repo acme/shop --host github.example.com\n\nExit code 1: a character that no font has, or policy refuses it.")]
pub(super) struct Args {
    /// The specification's name, or its folder from the project's root.
    name: String,
    #[command(flatten)]
    place: Place,
    /// What to make of it.
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
    /// Write it there instead of printing it; never through a link.
    #[arg(long, value_name = "FILE", conflicts_with = "repo")]
    out: Option<PathBuf>,
    /// What else is in the document.
    #[arg(long, value_enum, value_name = "WHAT")]
    with: Vec<With>,
    /// A JUnit file with test results, for the trace; may be given several times.
    #[arg(long, value_name = "FILE", requires = "with")]
    results: Vec<PathBuf>,
    /// A font for characters that ours lack, for a PDF; fonts of this machine are looked through as well.
    #[arg(long, value_name = "FILE")]
    font: Vec<PathBuf>,
    #[command(flatten)]
    github: issues::Where,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One Markdown text.
    Markdown,
    /// One HTML page that loads nothing.
    Html,
    /// A PDF on A4, with bookmarks and page numbers.
    Pdf,
    /// An issue for each task, through `gh`, held until people have signed.
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum With {
    /// What was done about each criterion, as a table.
    Trace,
}

/// A specification that is exported.
struct Source {
    project: Project,
    folder: Folder,
    spec: Spec,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let source = Source::open(args)?;
    if args.format == Format::Github {
        return issues::propose(common, &source, &args.github);
    }
    args.github.none()?;
    let markdown = document(common, args, &source)?;
    let title = format!("Specification {}", source.spec.name);
    let bytes = match args.format {
        Format::Html => paper::to_html(&markdown, &title).into_bytes(),
        Format::Pdf => pdf(args, &markdown, title)?,
        Format::Markdown | Format::Github => markdown.into_bytes(),
    };
    give(common, args, &source.project, &bytes)
}

impl Source {
    fn open(args: &Args) -> anyhow::Result<Self> {
        let place = || Place { directory: args.place.directory.clone() };
        let project = Project::open(&place())?;
        let which = Which { names: vec![args.name.clone()], all: false, place: place() };
        let folder = project.chosen(&which)?.into_iter().next().context("there is no such specification")?;
        let spec = project.read(&folder);
        Ok(Self { project, folder, spec })
    }
}

fn document(common: &Common, args: &Args, source: &Source) -> anyhow::Result<String> {
    let home = Home::find(common)?;
    let service = home.is_founded().then(|| home.service()).transpose()?;
    let mut text = document::of(source, service.as_ref())?;
    if args.with.contains(&With::Trace) {
        let cases = trace::reports(&args.results)?;
        let found = trace::find(common, &source.project, &source.folder, &cases)?;
        found.notes.iter().for_each(|note| screen::complain(&words::safe(note)));
        text.push('\n');
        text.push_str(&paper::fitted(&spec::trace::to_markdown(&found.trace, &found.drifted), 1));
    }
    Ok(text)
}

fn pdf(args: &Args, markdown: &str, title: String) -> anyhow::Result<Vec<u8>> {
    let fonts = fonts::for_text(&args.font, &format!("{markdown}{title}"))?;
    let about = About { title, creator: format!("countersign {}", env!("CARGO_PKG_VERSION")), date: clock::date() };
    paper::to_pdf(markdown, &about, &fonts).map_err(|e| match e {
        NotSet::NoGlyph { .. } => anyhow::anyhow!("{e}; no PDF was made\nhint: install a font that has them, or give one with --font FILE"),
        other => other.into(),
    })
}

fn give(common: &Common, args: &Args, project: &Project, bytes: &[u8]) -> anyhow::Result<Ending> {
    match &args.out {
        Some(out) => {
            project.put(out, bytes)?;
            match common.json {
                true => screen::json(&serde_json::json!({"event": "exported", "file": out, "bytes": bytes.len(), "digest": action::Digest::of_bytes(bytes)})),
                false => screen::say_in(DIM, &format!("{} bytes in {}", bytes.len(), words::safe(&out.display().to_string()))),
            }
        }
        None if args.format == Format::Pdf && std::io::stdout().is_terminal() => {
            bail!(Misuse("a PDF is nothing for a terminal\nhint: --out FILE".into()))
        }
        // The very bytes: a screen's colours and escapes have no place in a document.
        None => std::io::stdout().lock().write_all(bytes).context("it cannot be printed").map_err(Outside)?,
    }
    Ok(Ending::Done)
}
