//! Sessions and intents as people type them: by the first digits of their ids.

use action::{IntentId, SessionId};
use agent::{Named, Office, Story};
use anyhow::bail;

use crate::screen::Misuse;
use crate::words;

/// How many of the ids that may be meant are told.
const TOLD: usize = 5;

/// The intent that is meant, as far as it is now.
pub(crate) fn intent(service: &Office, typed: &str) -> anyhow::Result<Story> {
    match service.book.find(typed)? {
        Named::One(story) => Ok(agent::look_after(service, story)?),
        Named::Nothing => bail!(Misuse(format!("no intent begins with `{}`\nhint: `countersign inbox --all` lists those that were held", words::safe(typed)))),
        Named::Several(ids) => bail!(several(typed, &ids)),
    }
}

/// The session that is meant.
pub(crate) fn session(service: &Office, typed: &str) -> anyhow::Result<SessionId> {
    match service.book.find_session(typed)? {
        Named::One(session) => Ok(session),
        Named::Nothing => bail!(Misuse(format!("there is no session `{}`\nhint: `countersign sessions` lists them", words::safe(typed)))),
        Named::Several(ids) => bail!(several(typed, &ids)),
    }
}

/// What of the two is meant.
pub(crate) enum Either {
    Session(SessionId),
    Intent(IntentId),
}

/// The session or the intent that is meant. What may be both is neither.
pub(crate) fn either(service: &Office, typed: &str) -> anyhow::Result<Either> {
    let (session, intent) = (service.book.find_session(typed)?, service.book.find(typed)?);
    match (session, intent) {
        (Named::One(session), _) if session.as_str() == typed => Ok(Either::Session(session)),
        (_, Named::One(story)) if story.intent.id.as_str() == typed => Ok(Either::Intent(story.intent.id)),
        (Named::One(session), Named::Nothing) => Ok(Either::Session(session)),
        (Named::Nothing, Named::One(story)) => Ok(Either::Intent(story.intent.id)),
        (Named::Nothing, Named::Nothing) => {
            bail!(Misuse(format!("there is no session or intent `{}`\nhint: `countersign sessions` and `countersign inbox --all` list them", words::safe(typed))))
        }
        (session, intent) => {
            let ids = [ids_of(session, |id| id.to_string()), ids_of(intent, |story| story.intent.id.to_string())].concat();
            bail!(several(typed, &ids))
        }
    }
}

fn ids_of<T>(named: Named<T>, text: impl Fn(T) -> String) -> Vec<String> {
    match named {
        Named::One(one) => vec![text(one)],
        Named::Nothing => Vec::new(),
        Named::Several(ids) => ids,
    }
}

fn several(typed: &str, ids: &[String]) -> Misuse {
    let shown: Vec<String> = ids.iter().take(TOLD).map(|id| id.chars().take(12).collect()).collect();
    let more = if ids.len() > TOLD { ", …" } else { "" };
    Misuse(format!("`{}` is the beginning of {}: {}{more}\nhint: type more of it", words::safe(typed), words::counted(ids.len(), "id"), shown.join(", ")))
}
