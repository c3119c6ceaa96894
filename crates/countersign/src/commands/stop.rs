//! `countersign stop`

use action::{Event, RefusedBy, Reason, Stage, StopScope};

use crate::args::Common;
use crate::home::Home;
use crate::named::{self, Either};
use crate::screen::{self, Ending, GOOD, Misuse};

/// Revoke permits and end what runs, within a second.
///
/// One session, one intent, or everything; also in the middle of a command. With --all also every login to an MCP server is forgotten.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign stop --all\n  countersign stop 9b1c33f0aa12      a session\n  countersign stop 3f2a              an intent")]
pub(crate) struct Args {
    /// A session or an intent.
    id: Option<String>,
    /// Everything.
    #[arg(long, conflicts_with = "id")]
    all: bool,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let by = home.person(&service)?;
    let scope = match (&args.id, args.all) {
        (None, true) => StopScope::All,
        (Some(id), _) => match named::either(&service, id)? {
            Either::Session(session) => StopScope::Session { session },
            Either::Intent(intent) => StopScope::Intent { intent },
        },
        (None, false) => anyhow::bail!(Misuse("say what to stop: a session, an intent, or --all".into())),
    };
    service.book.write(&[Event::Stopped { scope: scope.clone(), by: by.clone() }])?;
    let sessions = match &scope {
        StopScope::Session { session } => service.book.with_workers(session)?, // what works for it ends with it
        StopScope::All | StopScope::Intent { .. } => Vec::new(),
    };
    let mut revoked = 0;
    for story in service.book.held()? {
        let in_scope = match &scope {
            StopScope::All => true,
            StopScope::Session { .. } => sessions.contains(&story.intent.session),
            StopScope::Intent { intent } => story.intent.id == *intent,
        };
        if in_scope && matches!(story.stage, Stage::Held { .. } | Stage::Countersigned) {
            let reasons = vec![Reason { rule: "stopped".into(), text: format!("stopped by {by}") }];
            let refused = Event::Refused { intent: story.intent.id.clone(), by: RefusedBy::Void, reasons };
            match service.book.write(&[refused]) {
                Ok(_) => revoked += 1,
                Err(agent::BookError::AlreadyDone { .. }) => {} // it began or ended in this very moment
                Err(e) => return Err(e.into()),
            }
        }
    }
    let (logins, are_left) = match scope {
        StopScope::All => super::mcp::forget_all(&home, &service, &by)?,
        StopScope::Session { .. } | StopScope::Intent { .. } => (Vec::new(), false),
    };
    match common.json {
        true => screen::json(&serde_json::json!({"stopped": scope, "by": by, "revoked": revoked, "logins": logins.len()})),
        false => {
            screen::say_in(GOOD, &format!("✓ stopped; {revoked} held revoked. Running commands end within a second"));
            if !logins.is_empty() {
                screen::say_in(GOOD, &format!("✓ logged out of {} MCP servers", logins.len()));
            }
        }
    }
    super::mcp::give_back(&logins);
    Ok(if are_left { Ending::NotDone } else { Ending::Done })
}
