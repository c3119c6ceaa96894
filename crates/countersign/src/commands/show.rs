//! `countersign show`

use std::path::{Path, PathBuf};

use action::{ChangeSet, Deed, PersonId, Reply};
use agent::{Office, Story};
use anyhow::bail;

use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, DIM, Ending};
use crate::words;

/// Show one intent: computed effects, verdict, who signed, diff.
///
/// What the agent said of it comes last, marked as claims. With --export it writes what is signed instead, for a key on another machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign show 3f2a\n  countersign show 3f2a --no-diff --json\n  countersign show 3f2a --export yes.txt --for ben\n  countersign show 3f2a --export yes.txt --for ben --passkey\n  countersign show 3f2a --export no.txt --no --why \"the table is still read by billing\"")]
pub(crate) struct Args {
    /// The intent; the first digits are enough.
    id: String,
    /// Leave the diff out.
    #[arg(long)]
    no_diff: bool,
    /// Write the page that is signed to say yes: to this file, or to standard output.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    export: Option<Option<PathBuf>>,
    /// The page of a no instead.
    #[arg(long, requires = "export", requires = "why")]
    no: bool,
    /// Why not; the person who asked reads it.
    #[arg(long, requires = "no", value_parser = crate::args::said)]
    why: Option<String>,
    /// And beside it, in FILE.request.json, what a browser is asked so that a passkey signs that page.
    #[arg(long, requires = "export")]
    passkey: bool,
    /// Who signs it; whoever sits here by default.
    #[arg(long = "for", value_name = "PERSON", requires = "export")]
    signer: Option<String>,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let story = crate::named::intent(&service, &args.id)?;
    if let Some(file) = &args.export {
        return export(common, &home, &service, &story, args, file.as_deref());
    }
    if common.json {
        screen::json(&json_of(&story));
        return Ok(Ending::Done);
    }
    words::story_lines(&story).iter().for_each(|line| screen::say(line));
    if let Some(change) = change_of(&service, &story)? {
        screen::say("files");
        words::file_lines(&service.book, &change).iter().for_each(|line| screen::say(&format!("  {line}")));
        if !args.no_diff {
            words::diff_lines(&service.book, &change).iter().for_each(|line| screen::say(line));
        }
    }
    if !args.no_diff {
        words::inner_lines(&service.book, &story.intent.deed).iter().for_each(|line| screen::say(line));
    }
    claims(&service, &story)
}

/// What waits for nobody is not exported: a signature of it could not be used.
fn export(common: &Common, home: &Home, service: &Office, story: &Story, args: &Args, file: Option<&Path>) -> anyhow::Result<Ending> {
    if !story.waits(service.book.now()) {
        bail!("intent `{}` does not wait for an answer: it is {}\nhint: `countersign inbox` lists what does", story.intent.id, story.stage.word());
    }
    let person = match &args.signer {
        Some(name) => PersonId::new(name),
        None => home.person(service)?,
    };
    let roster = service.book.roster()?;
    if !roster.is_enrolled(&person) {
        bail!("`{person}` is not enrolled\nhint: `countersign people` lists who is");
    }
    let reply = if args.no { Reply::No } else { Reply::Yes };
    let answer = super::sign::answer_of(service, story, person, reply, args.why.as_deref().unwrap_or_default())?;
    match args.passkey {
        true => crate::offline::export_for_passkey(service, &answer, story, file, common.json)?,
        false => crate::offline::export(&answer, story, file, common.json)?,
    }
    Ok(Ending::Done)
}

/// The change set that would land, if one would.
pub(crate) fn change_of(service: &Office, story: &Story) -> anyhow::Result<Option<ChangeSet>> {
    match &story.intent.deed {
        Deed::Land { change, .. } | Deed::Change { change, .. } if !story.intent.deed.is_rehearsal() => Ok(Some(service.book.get_value(change)?)),
        _ => Ok(None),
    }
}

/// A story for scripts.
pub(crate) fn json_of(story: &Story) -> serde_json::Value {
    serde_json::json!({
        "intent": story.intent,
        "effects": story.effects,
        "lines": story.effects.lines(),
        "effects_digest": story.effects_digest,
        "verdict": story.verdict,
        "stage": story.stage,
        "generation": story.generation,
        "expires": story.expires,
        "signed_by": story.answers.iter().filter(|(_, signed)| !words::said_no(signed)).map(|(person, _)| person).collect::<Vec<_>>(),
        "refused": story.refused.as_ref().map(|(by, reasons)| serde_json::json!({"by": by, "reasons": reasons})),
        "outcome": story.outcome.as_ref().map(|(index, outcome)| serde_json::json!({"entry": index, "outcome": outcome})),
        "unknown": story.unknown,
    })
}

/// The agent's last words of that turn. They decide nothing.
fn claims(service: &Office, story: &Story) -> anyhow::Result<Ending> {
    let mut said = None;
    for (_, entry) in service.book.session(&story.intent.session)? {
        match entry.event {
            action::Event::Replied { turn, reply, .. } if turn <= story.intent.turn => said = Some(reply),
            _ => {}
        }
    }
    let Some(reply) = said else { return Ok(Ending::Done) };
    let message: model::Message = service.book.get_value(&reply)?;
    let texts: Vec<String> = message.parts.into_iter().filter_map(|part| if let model::Part::Text { text } = part { Some(text) } else { None }).collect();
    if !texts.is_empty() {
        screen::say_in(DIM, "claims     what the agent says of it; nothing above was taken from this:");
        texts.join("\n").lines().for_each(|line| screen::say_in(DIM, &format!("  > {}", words::safe(line))));
    }
    Ok(Ending::Done)
}
