//! How what a task did comes into the copy that is proposed in the end: path by path, never over what another task did.

use action::{Change, ChangeSet};

/// Paths that this task and another one changed since it began, also where one lies below the other.
pub(crate) fn conflicts(own: &[Change], base: &ChangeSet, now: &ChangeSet) -> Vec<String> {
    let content = |set: &ChangeSet, path: &str| set.changes.iter().find(|one| one.path == path).map(|one| one.after.clone());
    let moved = |path: &str| content(now, path) != content(base, path);
    let theirs: Vec<&Change> = now.changes.iter().filter(|one| moved(&one.path)).collect();
    let meets = |change: &&Change| {
        let same = moved(&change.path) && content(now, &change.path) != Some(change.after.clone());
        let kept = |one: &&&Change| !matches!(one.after, Some(action::Content::Directory));
        same || !matches!(change.after, Some(action::Content::Directory)) && theirs.iter().filter(kept).any(|one| is_below(&one.path, &change.path) || is_below(&change.path, &one.path))
    };
    own.iter().filter(meets).map(|change| change.path.clone()).collect()
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests;
