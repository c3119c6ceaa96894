//! How an agent changes an environment: the command runs in the box on a copy of the environment, and what it did to the
//! copy is proposed as a change set. What lands, if people sign, are those bytes; the command never runs outside.
//!
//! The rehearsal may have read production data, so its output is kept for people and not shown to the model.

use std::path::{Path, PathBuf};

use action::{Deed, EnvironmentName, Event};

use crate::act::{self, Acted, KEPT, Seat, act};
use crate::card::agreed_now;
use crate::copy::difference;
use crate::failure::SessionError;
use crate::story::Story;

/// Rehearsals that one session may make. Whether each succeeded is told to the model, so each may tell it something of
/// what is in the environment.
const MOST: usize = 25;

/// Rehearses, computes what changed, and proposes it.
pub(crate) fn change(seat: &mut Seat<'_>, environment: EnvironmentName, command: String) -> Result<Acted, SessionError> {
    if place_of(seat, &environment)?.is_none() {
        return Ok(Acted::Told(format!("there is no environment `{environment}`; nothing was done")));
    }
    if !is_alone(seat) {
        return Ok(Acted::Told("stop your background jobs first: a rehearsal runs alone in the box; nothing was done".to_owned()));
    }
    if rehearsals(seat)? >= MOST {
        return Ok(Acted::Told(format!("this session has rehearsed {MOST} times, which is all it may; nothing was done")));
    }
    let began = began(seat)?;
    match act(seat, Deed::rehearsal(environment.clone(), command.clone()))? {
        Acted::Rehearsed(rehearsed) => propose(seat, environment, command, rehearsed, began),
        other => Ok(other),
    }
}

/// Carries out what people signed while the session was away. A rehearsal goes on as in [`change`].
pub(crate) fn take_up(seat: &mut Seat<'_>, story: Story) -> Result<Option<Acted>, SessionError> {
    let Deed::Change { environment, command, .. } = story.intent.deed.clone() else {
        return Ok(act::take_up(seat, story)?);
    };
    if story.intent.deed.is_rehearsal() && !is_alone(seat) {
        return Ok(None); // it waits until they have ended
    }
    let began = began(seat)?;
    match act::take_up(seat, story)? {
        Some(Acted::Rehearsed(rehearsed)) => propose(seat, environment, command, rehearsed, began).map(Some),
        acted => Ok(acted),
    }
}

/// A job beside a rehearsal could learn from it what is in the environment; so could a server, which the next call starts again.
fn is_alone(seat: &mut Seat<'_>) -> bool {
    seat.servers.end_those_in_the_box();
    seat.hands.end_languages();
    seat.hands.running_jobs().is_empty()
}

/// What the rehearsal did to its copy is what is asked for.
fn propose(seat: &mut Seat<'_>, environment: EnvironmentName, command: String, rehearsed: tools::Rehearsed, began: (i64, i64)) -> Result<Acted, SessionError> {
    let Some(root) = place_of(seat, &environment)? else {
        return Ok(Acted::Told(format!("there is no environment `{environment}` any more; nothing was done")));
    };
    if rehearsed.exit != 0 {
        return Ok(Acted::Told(format!("the rehearsal on a copy of {environment} did not succeed; nothing was changed. {KEPT}")));
    }
    let found = difference(&seat.service.book, &root, rehearsed.changes, began)?;
    if !found.conflicting.is_empty() {
        return Ok(Acted::Told(format!("{environment} changed while it was rehearsed; nothing was done, rehearse again")));
    }
    if found.changes.changes.is_empty() {
        return Ok(Acted::Told(format!("the rehearsal changed nothing in {environment}")));
    }
    let change = seat.service.book.put_value(&found.changes)?;
    Ok(act(seat, Deed::Change { environment, command, change })?)
}

/// The moment from which a change of the environment by others is a conflict.
fn began(seat: &Seat<'_>) -> Result<(i64, i64), SessionError> {
    let folder = seat.service.session_folder(&seat.session);
    agreed_now(&folder).map_err(|why| SessionError::Folder { folder, why })
}

fn rehearsals(seat: &Seat<'_>) -> Result<usize, SessionError> {
    let entries = seat.service.book.session(&seat.session)?;
    let rehearsed = |event: &Event| matches!(event, Event::Proposed { intent, .. } if intent.deed.is_rehearsal());
    Ok(entries.iter().filter(|(_, entry)| rehearsed(&entry.event)).count())
}

/// The folder that an environment is, where it is one.
fn place_of(seat: &Seat<'_>, name: &EnvironmentName) -> Result<Option<PathBuf>, SessionError> {
    let environments = seat.service.book.environments()?;
    let found = environments.into_iter().find(|(e, _)| e.name == *name);
    Ok(found.and_then(|(e, _)| e.paths.first().map(|path| Path::new(path).to_path_buf())))
}
