//! How what a task did comes into the copy that is proposed in the end: path by path, never over what another task did.

use action::{Change, ChangeSet};

use super::brief::Brief;
use super::trouble::SpecTrouble;
use crate::desk::Desk;
use crate::happening::Happening;
use crate::session::Session;

/// Paths that this task and another one changed since it began.
pub(super) fn conflicts(own: &[Change], base: &ChangeSet, now: &ChangeSet) -> Vec<String> {
    let content = |set: &ChangeSet, path: &str| set.changes.iter().find(|one| one.path == path).map(|one| one.after.clone());
    let moved = |change: &&Change| {
        let meanwhile = content(now, &change.path);
        meanwhile != content(base, &change.path) && meanwhile != Some(change.after.clone())
    };
    own.iter().filter(moved).map(|change| change.path.clone()).collect()
}

/// Takes what the task did over, and runs the tests where others were merged before it; `false`: together they fail, and
/// the copy is as it was.
pub(super) fn merge(
    main: &mut Session<'_>,
    brief: &Brief,
    own: &[Change],
    must_pass: bool,
    desk: &mut dyn Desk,
    watch: &mut dyn FnMut(Happening<'_>),
) -> Result<bool, SpecTrouble> {
    let was = main.changes()?;
    main.take_over(own, desk, watch)?;
    let Some(runner) = brief.runners.first().filter(|_| must_pass) else { return Ok(true) };
    let done = main.command(&runner.all, &runner.folder, 600, desk, watch)?;
    if done.ok && done.tests.as_ref().is_none_or(|run| run.ok) {
        return Ok(true);
    }
    let mut back = Vec::new();
    for change in own {
        let known = was.changes.iter().find(|one| one.path == change.path);
        let after = known.map_or_else(|| change.before.clone(), |one| one.after.clone());
        back.push(Change { path: change.path.clone(), before: change.after.clone(), after });
    }
    main.keep_originals(&back)?;
    main.take_over(&back, desk, watch)?;
    Ok(false)
}

#[cfg(test)]
mod tests;
