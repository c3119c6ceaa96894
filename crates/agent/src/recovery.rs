//! After a crash: names what was begun and not ended. Nothing is run again.

use action::{Event, RefusedBy, Reason, Stage};

use crate::book::BookError;
use crate::office::Office;
use crate::story::Story;

/// Gives every intent of a session that is not running any more its end: `Started` without an outcome becomes `Unknown`,
/// and what waits inside the box, which is gone, is refused. Returns the stories that became `Unknown`.
pub fn recover(service: &Office, session: &action::SessionId) -> Result<Vec<Story>, BookError> {
    let mut unknown = Vec::new();
    for (_, entry) in service.book.session(session)? {
        let Event::Proposed { intent, .. } = &entry.event else { continue };
        let Some(story) = service.book.story(&intent.id)? else { continue };
        match ending(&story) {
            Some(event) => match service.book.write(&[event]) {
                Ok(_) if story.stage == Stage::Started => unknown.push(story),
                Ok(_) | Err(BookError::AlreadyDone { .. }) => {}
                Err(e) => return Err(e),
            },
            None => {}
        }
    }
    Ok(unknown)
}

fn ending(story: &Story) -> Option<Event> {
    let intent = story.intent.id.clone();
    let outside = crate::settle::leaves_the_box(&story.intent.deed);
    match story.stage {
        Stage::Started => Some(Event::Unknown { intent, why: "the process ended between start and outcome; look before you retry".into() }),
        Stage::Proposed | Stage::Permitted | Stage::Forbidden | Stage::Countersigned => Some(void(intent, "the process ended before it began")),
        Stage::Held { .. } if !outside => Some(void(intent, "the session ended; what it held inside the box is gone with it")),
        Stage::Unwritten | Stage::Held { .. } | Stage::Finished | Stage::Failed | Stage::Unknown | Stage::Refused => None,
    }
}

fn void(intent: action::IntentId, why: &str) -> Event {
    Event::Refused { intent, by: RefusedBy::Void, reasons: vec![Reason { rule: "session-ended".into(), text: why.into() }] }
}
