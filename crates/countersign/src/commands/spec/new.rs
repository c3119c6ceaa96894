//! `countersign spec new`

use action::Reason;
use agent::Landed;
use agent::specs::{Part, Workflow, draft};

use super::authoring::Authoring;
use crate::args::Common;
use crate::commands::attach::AttachArgs;
use crate::commands::run::WorkArgs;
use crate::screen::{self, DIM, Ending, Misuse};

/// Draft a specification from what you want.
///
/// One document after the other is drafted from the code base and held. At a terminal you read each one and answer: `y` signs it and goes on
/// to the next, `n` with a reason sends it back to be changed. Without one it stays held: sign it, then `countersign spec next NAME`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign spec new \"totals by month, with taxes\"\n  countersign spec new --bugfix \"the last day of a month is missing in totals\"\n  countersign spec new --attach mockup.png --attach rules.pdf \"totals as in the picture\"\n  countersign spec new --quick --name retry \"retry failed uploads three times\"\n\nExit code 1: a document is held; its id is printed.")]
pub(super) struct Args {
    /// What you want, in your words.
    prompt: String,
    /// The name of its folder; made from your words where you give none.
    #[arg(long, value_parser = name)]
    name: Option<String>,
    /// Requirements, then design, then tasks (this is what happens without a choice).
    #[arg(long, group = "order")]
    requirements_first: bool,
    /// Design, then requirements, then tasks.
    #[arg(long, group = "order")]
    design_first: bool,
    /// The bug and what must stay, then the fix's design, then tasks.
    #[arg(long, group = "order")]
    bugfix: bool,
    /// All three documents at once, signed once.
    #[arg(long, group = "order")]
    quick: bool,
    #[command(flatten)]
    attach: AttachArgs,
    #[command(flatten)]
    work: WorkArgs,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let workflow = match args {
        Args { design_first: true, .. } => Workflow::DesignFirst,
        Args { bugfix: true, .. } => Workflow::Bugfix,
        Args { quick: true, .. } => Workflow::Quick,
        _ => Workflow::RequirementsFirst,
    };
    let name = match &args.name {
        Some(name) => name.clone(),
        None => from_words(&args.prompt).ok_or_else(|| Misuse("no name can be made from these words\nhint: give one with --name".into()))?,
    };
    let authoring = Authoring::new(common, &args.work, &name, &args.prompt, workflow)?;
    if authoring.root.join(&authoring.brief.folder).exists() {
        anyhow::bail!(Misuse(format!("there is a specification `{name}` already\nhint: `countersign spec next {name}` goes on with it; --name takes another name")));
    }
    for (order, stage) in workflow.stages().iter().enumerate() {
        // The documents that follow are drafted from the first, which people have signed.
        let attach = Some(&args.attach).filter(|_| order == 0);
        if stage_of(&authoring, stage, attach)? == Ending::NotDone {
            return Ok(Ending::NotDone);
        }
    }
    if !common.json {
        screen::say_in(DIM, &format!("all documents are authorized: countersign spec run {name} --all"));
    }
    Ok(Ending::Done)
}

/// Drafts the documents of one stage, as often as the person sends them back, and says how it ended. What is attached goes with the first words.
pub(super) fn stage_of(authoring: &Authoring<'_>, parts: &[Part], attach: Option<&AttachArgs>) -> anyhow::Result<Ending> {
    let files: Vec<&str> = parts.iter().map(|part| part.file()).collect();
    let turns = if parts.len() > 1 { "quick" } else { files.first().map_or("document", |file| file.trim_end_matches(".md")) };
    let about = format!("{} of {}", files.join(", "), authoring.brief.name);
    let (card, ended) = authoring.at_the_desk(&about, turns, attach, |session, desk, watch| {
        let mut remark: Option<String> = None;
        loop {
            let ended = draft(session, &authoring.brief, parts, remark.as_deref(), desk, watch)?;
            match said_no(&ended.change) {
                Some(why) if !authoring.args.headless => remark = Some(why),
                _ => return Ok(ended),
            }
        }
    })?;
    let landed = authoring.tell(&card, &ended);
    if !landed && !authoring.common.json {
        let name = &authoring.brief.name;
        let next = if parts.contains(&Part::Tasks) { format!("run {name} --all") } else { format!("next {name}") };
        screen::say_in(DIM, &format!("once it is signed: countersign spec {next}"));
    }
    Ok(if landed { Ending::Done } else { Ending::NotDone })
}

/// What the person said instead of yes.
fn said_no(change: &Landed) -> Option<String> {
    let Landed::Refused(_, _, reasons) = change else { return None };
    reasons.iter().find(|reason| reason.rule == "person-refused").map(|Reason { text, .. }| text.clone())
}

/// Lower-case words with `-` between them, as folders of specifications are called.
fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match !text.is_empty() && text.len() <= 60 && text.chars().all(fits) && !text.starts_with('-') {
        true => Ok(text.to_owned()),
        false => Err("expected lower-case letters, digits and `-`, at most 60".into()),
    }
}

/// The first words that say something.
fn from_words(prompt: &str) -> Option<String> {
    const EMPTY: [&str; 14] = ["a", "an", "the", "please", "add", "make", "i", "we", "want", "to", "with", "for", "of", "and"];
    let lower = prompt.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty() && !EMPTY.contains(word));
    let name = words.take(4).collect::<Vec<_>>().join("-");
    (!name.is_empty()).then(|| name.chars().take(60).collect())
}
