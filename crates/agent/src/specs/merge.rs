//! How what a task did comes into the copy that is proposed in the end: path by path, never over what another task did.

use std::collections::{BTreeMap, HashMap};

use action::{Change, ChangeSet, Content};

/// Paths that this task and another one changed since it began, also where one lies below the other.
pub(crate) fn conflicts(own: &[Change], base: &ChangeSet, now: &ChangeSet) -> Vec<String> {
    let (then, now) = (by_path(base), by_path(now));
    let moved = |path: &str| now.get(path) != then.get(path);
    // Where others keep something: an empty folder is in nobody's way.
    let theirs: BTreeMap<&str, ()> = now.iter().filter(|(path, after)| moved(path) && !is_folder(after)).map(|(path, _)| (*path, ())).collect();
    let is_above = |path: &str| path.match_indices('/').any(|(at, _)| path.get(..at).is_some_and(|above| theirs.contains_key(above)));
    let is_below = |path: &str| theirs.range(format!("{path}/").as_str()..).next().is_some_and(|(below, ())| below.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')));
    let meets = |change: &&Change| {
        let path = change.path.as_str();
        let same = moved(path) && now.get(path) != Some(&&change.after);
        same || !is_folder(&change.after) && (is_above(path) || is_below(path))
    };
    own.iter().filter(meets).map(|change| change.path.clone()).collect()
}

/// What each path becomes.
fn by_path(set: &ChangeSet) -> HashMap<&str, &Option<Content>> {
    set.changes.iter().map(|one| (one.path.as_str(), &one.after)).collect()
}

fn is_folder(content: &Option<Content>) -> bool {
    matches!(content, Some(Content::Directory))
}

#[cfg(test)]
mod tests;
