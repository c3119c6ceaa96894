//! After a crash: names what was begun and not ended, and says how the world stands. Nothing is run again.

use std::path::Path;

use action::{ChangeSet, Deed, Event, Intent, Landing, Reason, RefusedBy, Stage};
use sandbox::LandedState;

use crate::book::BookError;
use crate::git;
use crate::office::Office;
use crate::running::is_running;
use crate::settle::leaves_the_box;
use crate::story::Story;

/// Gives every intent of a session that is not running any more its end: `Started` without an outcome becomes `Unknown`,
/// and what nobody can carry out any more is refused. What people may still sign waits on. Returns the stories that became `Unknown`.
pub fn recover(service: &Office, session: &action::SessionId) -> Result<Vec<Story>, BookError> {
    let mut unknown = Vec::new();
    for (_, entry) in service.book.session(session)? {
        let Event::Proposed { intent, .. } = &entry.event else { continue };
        let Some(story) = service.book.story(&intent.id)? else { continue };
        let Some(event) = ending(service, &story) else { continue };
        match service.book.write(&[event]) {
            Ok(_) if story.stage == Stage::Started => unknown.push(story),
            Ok(_) | Err(BookError::AlreadyDone { .. }) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(unknown)
}

/// The story as it is now, when whoever meets it has looked: what was begun outside the box by a process that is gone
/// becomes `Unknown`. What is in a box is for [`recover`], when its session is opened next.
pub fn look_after(service: &Office, story: Story) -> Result<Story, BookError> {
    if story.stage != Stage::Started || !leaves_the_box(&story.intent.deed) {
        return Ok(story);
    }
    let Some(event) = ending(service, &story) else { return Ok(story) };
    match service.book.write(&[event]) {
        Ok(_) | Err(BookError::AlreadyDone { .. }) => Ok(service.book.story(&story.intent.id)?.unwrap_or(story)),
        Err(e) => Err(e),
    }
}

fn ending(service: &Office, story: &Story) -> Option<Event> {
    let intent = story.intent.id.clone();
    let outside = leaves_the_box(&story.intent.deed);
    match story.stage {
        Stage::Started | Stage::Countersigned if outside && is_running(service, &intent) => None,
        Stage::Countersigned if matches!(story.intent.deed, Deed::Reach { .. }) => None, // the door asks again when the session goes on
        Stage::Started => Some(Event::Unknown { intent, why: format!("the process ended between start and outcome; {}", how_it_stands(service, &story.intent)) }),
        Stage::Proposed | Stage::Permitted | Stage::Forbidden | Stage::Countersigned => Some(void(intent, "the process ended before it began")),
        Stage::Unwritten | Stage::Held { .. } | Stage::Finished | Stage::Failed | Stage::Unknown | Stage::Refused | Stage::Handed => None,
    }
}

fn void(intent: action::IntentId, why: &str) -> Event {
    Event::Refused { intent, by: RefusedBy::Void, reasons: vec![Reason { rule: "session-ended".into(), text: why.into() }] }
}

/// What can be seen of a deed that may have been done, for the person who has to look.
fn how_it_stands(service: &Office, intent: &Intent) -> String {
    match &intent.deed {
        Deed::Delegate { .. } => subagent_stands(service, intent),
        Deed::Govern { .. } => "people are as they were: a change of them is written with the end of its intent or not at all".to_owned(),
        Deed::Land { root, change, landing: Landing::Branch { name, .. } } => branch_stands(Path::new(root), &change.to_string(), name),
        Deed::Land { change, .. } | Deed::Change { change, .. } => match service.book.get_value::<ChangeSet>(change) {
            Ok(change) => format!("{}{}", paths_stand(&change), swept(&change)),
            Err(e) => format!("look before you retry: the change set cannot be read ({e})"),
        },
        _ => "look before you retry".to_owned(),
    }
}

fn subagent_stands(service: &Office, intent: &Intent) -> String {
    match service.book.subagent_of(intent) {
        Ok(Some(session)) => format!("what its session {session} changed is in its own copy, and was not taken"),
        Ok(None) => "its session had not begun".to_owned(),
        Err(e) => format!("which session it had cannot be read ({e})"),
    }
}

fn paths_stand(change: &ChangeSet) -> String {
    let states = match sandbox::landed_state(change, Path::new(&change.root)) {
        Ok(states) => states,
        Err(e) => return format!("look before you retry: {e}"),
    };
    let words = [(LandedState::After, "as signed"), (LandedState::Before, "as before"), (LandedState::Other, "neither")];
    let groups = words.iter().filter_map(|(state, word)| {
        let paths: Vec<&str> = states.iter().filter(|(_, found)| found == state).map(|(path, _)| path.as_str()).collect();
        (!paths.is_empty()).then(|| format!("{word}: {}", some_of(&paths)))
    });
    groups.collect::<Vec<_>>().join("; ")
}

/// Takes away the staging files that a landing left when it ended in the middle; the person's own files are not touched.
fn swept(change: &ChangeSet) -> String {
    match sandbox::clear_left_behind(change, Path::new(&change.root)) {
        Ok(0) => String::new(),
        Ok(n) => format!("; {n} staging files of ours were removed"),
        Err(e) => format!("; staging files of ours may be left: {e}"),
    }
}

/// Names as many as a person reads.
fn some_of(paths: &[&str]) -> String {
    const MOST: usize = 8;
    let named: Vec<String> = paths.iter().take(MOST).map(|path| format!("`{path}`")).collect();
    match paths.len().saturating_sub(MOST) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn branch_stands(root: &Path, change: &str, name: &str) -> String {
    let landed = git::answer(root, &["log", "-n", "100", "--format=%B", &format!("refs/heads/{name}")], b"", &[]);
    match landed {
        Ok(text) if text.lines().any(|line| line.strip_prefix("Countersign-Change: ") == Some(change)) => format!("branch `{name}` has its commit"),
        Ok(_) => format!("branch `{name}` has no commit of it"),
        Err(_) => format!("there is no branch `{name}`"),
    }
}

#[cfg(test)]
mod tests;
