//! `countersign ledger`

use std::path::{Path, PathBuf};

use action::{Digest, Entry, Parent};
use anyhow::{Context, bail};
use clap::Subcommand;

use crate::args::Common;
use crate::clock;
use crate::evidence::Evidence;
use crate::home::Home;
use crate::named::Either;
use crate::screen::{self, BAD, DIM, Ending, GOOD, WARN};
use crate::words;

/// Show, verify or export the ledger, or prove one intent.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign ledger show --last 20\n  countersign ledger verify\n  countersign ledger export ./evidence\n  countersign ledger verify ./evidence --log-key 'countersign+…'\n  countersign ledger prove 3f2a")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print entries, oldest first.
    Show {
        /// Only the last N.
        #[arg(long)]
        last: Option<u64>,
        /// Only those about this intent or session.
        #[arg(long)]
        about: Option<String>,
    },
    /// Check everything: hashes, checkpoint, stages, permits, people's signatures, quorums, freezes, and the index rows beside the entries. Offline;
    /// works on an export, which has no such rows.
    Verify {
        /// A folder that `export` made; without it, the service's own ledger.
        export: Option<PathBuf>,
        /// The log key that you were given by another way; without it, the export's own is used, and that is said.
        #[arg(long)]
        log_key: Option<String>,
    },
    /// Write the ledger as static files (C2SP tlog-tiles) that anybody can verify.
    Export {
        /// Where to; made if absent.
        to: PathBuf,
    },
    /// Print a proof that an intent's last entry is in the ledger (C2SP tlog-proof).
    Prove {
        /// The intent; the first digits are enough.
        id: String,
    },
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    match &args.what {
        What::Show { last, about } => show(common, *last, about.as_deref()),
        What::Verify { export: Some(folder), log_key } => verify(common, folder, log_key.as_deref()),
        What::Verify { export: None, log_key } => verify_own(common, log_key.as_deref()),
        What::Export { to } => export(common, to),
        What::Prove { id } => prove(common, id),
    }
}

fn show(common: &Common, last: Option<u64>, about: Option<&str>) -> anyhow::Result<Ending> {
    let service = Home::find(common)?.service()?;
    let entries = match about {
        Some(id) => match crate::named::either(&service, id)? {
            Either::Session(session) => service.book.session(&session)?,
            Either::Intent(intent) => service.book.subject(&format!("intent:{intent}"))?,
        },
        None => {
            let length = service.book.ledger().len();
            let from = last.map_or(0, |n| length.saturating_sub(n));
            let raw = service.book.ledger().entries(from..length)?;
            raw.into_iter().map(|(index, bytes)| Ok((index, serde_json::from_slice::<Entry>(&bytes)?))).collect::<anyhow::Result<Vec<_>>>()?
        }
    };
    for (index, entry) in entries {
        match common.json {
            true => screen::json(&serde_json::json!({"index": index, "entry": entry})),
            false => screen::say(&format!("{index:>6}  {}  {:<14} {}", clock::text(entry.at), entry.event.name(), about_line(&entry.event))),
        }
    }
    Ok(Ending::Done)
}

fn about_line(event: &action::Event) -> String {
    use action::Event;
    let text = match event {
        Event::Governed { intent, number, change } => format!("{} change {number} of people: {}", words::short(intent), change.made()),
        Event::Enrolled { person, by, .. } => format!("{person} by {by}"),
        Event::Mapped { environment, generation, .. } => format!("{} generation {}", environment.name, generation.0),
        Event::LoggedIn { root, server, issuer, scopes, by } => {
            let scopes = if scopes.is_empty() { String::new() } else { format!(" for {}", scopes.join(" ")) };
            format!("{by} to MCP server {} of {root} with {issuer}{scopes}", server.name)
        }
        Event::LoggedOut { root, server, by } => format!("{by} from MCP server {} of {root}", server.name),
        Event::Opened { session, person, root, parent: Some(Parent::Fork { session: other }), .. } => format!("{session} for {person} in {root}, a copy of {other}"),
        Event::Opened { session, person, root, parent: Some(parent), .. } => format!("{session} for {person} in {root}, working for {}", parent.session()),
        Event::Opened { session, person, root, .. } => format!("{session} for {person} in {root}"),
        Event::Proposed { intent, .. } => format!("{} {}", words::short(&intent.id), intent.deed.line()),
        Event::Assessed { intent, verdict, .. } => format!("{} {}", words::short(intent), words::decision(&verdict.decision)),
        Event::Answered { intent, person, .. } => format!("{} by {person}", words::short(intent)),
        Event::Finished { intent, outcome } | Event::Failed { intent, outcome } => format!("{} {}", words::short(intent), outcome.line),
        Event::Refused { intent, reasons, .. } => {
            format!("{} {}", words::short(intent), reasons.first().map(|r| r.text.as_str()).unwrap_or_default())
        }
        other => match (other.intent(), other.session()) {
            (Some(id), _) => words::short(id),
            (None, Some(session)) => session.to_string(),
            (None, None) => String::new(),
        },
    };
    words::safe(&text).chars().take(160).collect()
}

/// Verifies an export and replays its entries: nothing but the files and the log key is trusted.
fn verify(common: &Common, folder: &Path, log_key: Option<&str>) -> anyhow::Result<Ending> {
    if !folder.is_dir() {
        bail!(screen::Misuse(format!("`{}` is not a folder\nhint: name the folder that `countersign ledger export` made", folder.display())));
    }
    let (mut audit, mut evidence) = (guard::audit::Audit::new(), Evidence::default());
    let verified = ledger::verify_export(folder, log_key, &mut |index, bytes| {
        evidence.entry(index, bytes);
        audit.entry(index, bytes).map_err(|e| e.to_string())
    });
    let read = |digest: &Digest| std::fs::read(blob_file(folder, digest)).ok();
    if let Some(missing) = verified.as_ref().ok().and_then(|_| evidence.missing(&read)) {
        return Ok(bad(common, &missing));
    }
    Ok(told(common, verified, audit, log_key.is_some()))
}

/// `blobs/<aa>/<hex>`.
fn blob_file(folder: &Path, digest: &Digest) -> PathBuf {
    let name = ledger::Hash(*digest.raw()).to_string();
    folder.join("blobs").join(name.get(..2).unwrap_or_default()).join(&name)
}

/// The same for the service's own ledger, in place.
fn verify_own(common: &Common, log_key: Option<&str>) -> anyhow::Result<Ending> {
    let service = Home::find(common)?.service()?;
    let ledger = service.book.ledger();
    if let Some(key) = log_key.filter(|key| *key != ledger.vkey()) {
        return Ok(bad(common, &format!("the ledger's key is {}, not {key}", ledger.vkey())));
    }
    let (mut audit, mut evidence) = (guard::audit::Audit::new(), Evidence::default());
    let mut verified = ledger.verify(&mut |index, bytes| {
        evidence.entry(index, bytes);
        audit.entry(index, bytes).map_err(|e| e.to_string())
    });
    if let Ok(verified) = &mut verified {
        for name in ledger.blob_names()? {
            if let Err(e) = ledger.blob(&name) {
                return Ok(bad(common, &format!("the blob `{name}` is wrong: {e}")));
            }
            verified.blobs += 1;
        }
        if let Some(missing) = evidence.missing(&|digest| service.book.get(digest).ok()) {
            return Ok(bad(common, &missing));
        }
        let compared = service.book.compare_beside()?;
        if !compared.astray.is_empty() {
            return Ok(astray(common, &compared));
        }
    }
    Ok(told(common, verified, audit, true))
}

fn told(common: &Common, verified: Result<ledger::Verified, ledger::Finding>, audit: guard::audit::Audit<'_>, key_trusted: bool) -> Ending {
    let verified = match verified {
        Ok(verified) => verified,
        Err(finding) => return bad(common, &finding.to_string()),
    };
    let report = audit.finish();
    let (entries, root) = (verified.checkpoint.size(), verified.checkpoint.root().to_string());
    if common.json {
        screen::json(&serde_json::json!({"ok": true, "entries": entries, "root": root, "blobs": verified.blobs, "log_key_trusted": key_trusted, "audit": report}));
        return Ending::Done;
    }
    screen::say_in(GOOD, &format!("✓ {entries} entries, {} blobs; every hash, permit and signature holds", verified.blobs));
    population(&report).iter().for_each(|line| screen::say(&format!("  {line}")));
    if !key_trusted {
        screen::say_in(WARN, "  the log key is the export's own; give --log-key to check against the one you were handed");
    }
    Ending::Done
}

/// What the ledger holds, in words.
fn population(report: &guard::audit::AuditReport) -> Vec<String> {
    let stages: Vec<String> = report.stages.iter().map(|(stage, n)| format!("{n} {stage}")).collect();
    let signers: Vec<String> = report.signers.iter().map(|(person, replies)| format!("{person} (yes {}, no {})", replies.yes, replies.no)).collect();
    let mut lines = vec![if stages.is_empty() { "no intent yet".to_owned() } else { format!("{} intents: {}", report.intents, stages.join(", ")) }];
    if !signers.is_empty() {
        lines.push(format!("signed by {}", signers.join(", ")));
    }
    if !report.in_doubt.is_empty() {
        let ids: Vec<String> = report.in_doubt.iter().map(words::short).collect();
        lines.push(format!("look at these: signed with a key after the moment from which it was revoked later: {}", ids.join(", ")));
    }
    lines.extend(report.started_without_end.iter().map(|id| format!("started without an end: {}", words::short(id))));
    lines
}

/// Rows beside the entries that are not as the entries have them, each named.
fn astray(common: &Common, compared: &ledger::Compared) -> Ending {
    let findings: Vec<String> = compared.astray.iter().map(ToString::to_string).collect();
    match common.json {
        true => screen::json(&serde_json::json!({"ok": false, "finding": findings.first(), "beside": findings, "more": compared.more})),
        false => {
            findings.iter().for_each(|finding| screen::say_in(BAD, &format!("✗ {}", words::safe(finding))));
            let more = if compared.more == 0 { String::new() } else { format!(", {} more of which are not named", compared.more) };
            screen::say_in(BAD, &format!("✗ every entry holds, and of {} rows beside them {} are astray{more}: readers of this file are misled", compared.rows, findings.len() as u64 + compared.more));
            screen::say_in(WARN, "hint: put the ledger back from a copy; an export has no such rows, and what it proves stands");
        }
    }
    Ending::NotDone
}

fn bad(common: &Common, finding: &str) -> Ending {
    match common.json {
        true => screen::json(&serde_json::json!({"ok": false, "finding": finding})),
        false => screen::say_in(BAD, &format!("✗ {}", words::safe(finding))),
    }
    Ending::NotDone
}

fn export(common: &Common, to: &Path) -> anyhow::Result<Ending> {
    let service = Home::find(common)?.service()?;
    if to.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty; nothing was written\nhint: name a new folder", to.display());
    }
    let summary = service.book.ledger().export(to)?;
    match common.json {
        true => screen::json(&serde_json::json!({"to": to, "entries": summary.size, "blobs": summary.blobs})),
        false => {
            screen::say_in(GOOD, &format!("✓ {} entries and {} blobs in {}", summary.size, summary.blobs, to.display()));
            screen::say_in(DIM, &format!("  check it anywhere: countersign ledger verify {}", to.display()));
        }
    }
    Ok(Ending::Done)
}

fn prove(common: &Common, id: &str) -> anyhow::Result<Ending> {
    let service = Home::find(common)?.service()?;
    let story = crate::named::intent(&service, id)?;
    let entries = service.book.subject(&format!("intent:{}", story.intent.id))?;
    let index = entries.last().map(|(index, _)| *index).context("the intent has no entries")?;
    let proof = service.book.ledger().prove(index)?;
    let bytes = service.book.ledger().entry(index)?.context("the entry vanished")?;
    match common.json {
        true => screen::json(&serde_json::json!({"index": index, "entry": String::from_utf8_lossy(&bytes), "proof": proof})),
        false => {
            screen::say(&String::from_utf8_lossy(&bytes));
            screen::say(proof.trim_end_matches('\n')); // `say` ends the line: its last byte is the proof's
        }
    }
    Ok(Ending::Done)
}
