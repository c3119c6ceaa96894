//! How an agent changes an environment: the command runs in the box on a copy of the environment, and what it did to the
//! copy is proposed as a change set. What lands, if people sign, are those bytes; the command never runs outside.
//!
//! The rehearsal may have read production data, so its output is kept for people and not shown to the model.

use std::path::{Path, PathBuf};

use action::{Deed, EnvironmentName};

use crate::act::{Acted, Seat, act};
use crate::card::agreed_now;
use crate::copy::difference;
use crate::session::SessionError;

/// Rehearses, computes what changed, and proposes it.
pub(crate) fn change(seat: &mut Seat<'_>, environment: EnvironmentName, command: String) -> Result<Acted, SessionError> {
    let Some(root) = place_of(seat, &environment)? else {
        return Ok(Acted::Told(format!("there is no environment `{environment}`; nothing was done")));
    };
    if !seat.hands.running_jobs().is_empty() {
        return Ok(Acted::Told("stop your background jobs first: a rehearsal runs alone in the box; nothing was done".to_owned()));
    }
    let order = Deed::rehearsal(environment.clone(), command.clone());
    let folder = seat.service.session_folder(&seat.session);
    let began = agreed_now(&folder).map_err(|why| SessionError::Folder { folder, why })?;
    let rehearsed = match act(seat, order)? {
        Acted::Rehearsed(rehearsed) => rehearsed,
        other => return Ok(other),
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

/// What the model is told of a rehearsal's words and numbers: they may hold what was read in the environment.
pub(crate) const KEPT: &str = "What it said, its status and any error are kept for people, not for you";

/// The folder that an environment is, where it is one.
fn place_of(seat: &Seat<'_>, name: &EnvironmentName) -> Result<Option<PathBuf>, SessionError> {
    let environments = seat.service.book.environments()?;
    let found = environments.into_iter().find(|(e, _)| e.name == *name);
    Ok(found.and_then(|(e, _)| e.paths.first().map(|path| Path::new(path).to_path_buf())))
}
