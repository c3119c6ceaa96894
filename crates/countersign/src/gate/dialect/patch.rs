//! Patches in the format of Codex's `apply_patch`: which files they add, change, delete and move.

use action::ByHand;

use super::tool::clean;

/// What a patch would do, or why it cannot be read. Lines of hunks are not looked at: they stay in the files that the heads name.
pub(super) fn acts(patch: &str, folder: &str) -> Result<Vec<ByHand>, String> {
    let lines: Vec<&str> = patch.trim().lines().collect();
    let [first, inside @ .., last] = lines.as_slice() else { return Err("it is no patch".into()) };
    if first.trim() != "*** Begin Patch" || last.trim() != "*** End Patch" {
        return Err("it is no patch that begins and ends as one".into());
    }
    let mut acts: Vec<ByHand> = Vec::new();
    for line in inside {
        let Some(head) = line.trim_start().strip_prefix("*** ") else {
            match acts.is_empty() || !is_hunk(line) {
                true => return Err("a line of the patch belongs to no file".into()),
                false => continue,
            }
        };
        let file = |path: &str| clean(folder, path);
        match head.split_once(": ") {
            Some(("Add File", path)) => acts.push(ByHand::Write { path: file(path)? }),
            Some(("Update File", path)) => acts.push(ByHand::Edit { path: file(path)? }),
            Some(("Delete File", path)) => acts.push(ByHand::Delete { path: file(path)? }),
            Some(("Move to", path)) => match acts.pop() {
                Some(ByHand::Edit { path: from }) => acts.push(ByHand::Move { from, to: file(path)? }),
                _ => return Err("it moves what it does not change".into()),
            },
            None if head.trim() == "End of File" && !acts.is_empty() => {}
            _ => return Err("a head of the patch is not known here".into()),
        }
    }
    match acts.is_empty() {
        true => Err("it is a patch of nothing".into()),
        false => Ok(acts),
    }
}

/// A line of a hunk: context, added, taken away, or a place.
fn is_hunk(line: &str) -> bool {
    line.is_empty() || line.starts_with([' ', '+', '-', '@'])
}
