//! What is in a directory: directories first, files with sizes, links with where they lead.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

use action::Count;

use super::tree::Tree;
use super::{Answered, MOST_TEXT, Trouble, bytes, shown};

const MOST_ENTRIES: usize = 1_000;

pub(super) fn list(tree: &Tree, path: &str) -> Result<Answered, Trouble> {
    let place = tree.existing(path)?;
    let mut first: BTreeSet<(bool, OsString)> = BTreeSet::new();
    let mut total: u64 = 0;
    for entry in std::fs::read_dir(&place).map_err(|e| Trouble::of(path, &e))? {
        let entry = entry.map_err(|e| Trouble::of(path, &e))?;
        let is_file = entry.file_type().map_or(true, |kind| !kind.is_dir());
        if !is_file && holds_a_place(tree, &entry.path()) || is_file && is_kept_out(&entry.path()) {
            continue;
        }
        total += 1;
        first.insert((is_file, entry.file_name()));
        if first.len() > MOST_ENTRIES {
            first.pop_last();
        }
    }
    let (mut text, listed) = rows(&place, &first);
    if total > listed {
        text.push_str(&format!("and {} more\n", total - listed));
    }
    if total == 0 {
        text.push_str("(empty)\n");
    }
    let entries = if total == 1 { "1 entry".to_owned() } else { Count::new(total, "entries").to_string() };
    Ok(Answered::done(format!("{entries} in `{path}`"), text))
}

/// Whether a directory is only there so that nothing else can be: the box lays an empty one wherever a protected file or
/// directory is absent. To a reader of the tree they are not there.
fn holds_a_place(tree: &Tree, place: &Path) -> bool {
    let Ok(relative) = place.strip_prefix(tree.root()) else { return false };
    let Some(mut names) = std::fs::read_dir(place).ok() else { return false };
    if sandbox::PROTECTED.iter().any(|path| relative == Path::new(path)) {
        return names.next().is_none();
    }
    sandbox::PROTECTED.iter().any(|path| Path::new(path).starts_with(relative))
        && names.all(|name| name.is_ok_and(|entry| holds_a_place(tree, &entry.path())))
}

/// Whether this is the box's placeholder for what `.kiroignore` names: to a reader of the tree it is not there.
pub(super) fn is_kept_out(place: &Path) -> bool {
    let has_its_size = place.symlink_metadata().is_ok_and(|meta| meta.is_file() && meta.len() == sandbox::KEPT_OUT.len() as u64);
    has_its_size && std::fs::read(place).is_ok_and(|bytes| bytes == sandbox::KEPT_OUT.as_bytes())
}

fn rows(place: &Path, entries: &BTreeSet<(bool, OsString)>) -> (String, u64) {
    let mut text = String::new();
    let mut listed = 0;
    for (_, name) in entries {
        let row = row(&place.join(name), Path::new(name));
        if text.len() + row.len() > MOST_TEXT {
            break;
        }
        text.push_str(&row);
        listed += 1;
    }
    (text, listed)
}

fn row(place: &Path, name: &Path) -> String {
    let name = shown(name);
    match place.symlink_metadata() {
        Ok(meta) if meta.is_dir() => format!("{name}/\n"),
        Ok(meta) if meta.is_symlink() => match place.read_link() {
            Ok(target) => format!("{name} -> {}\n", shown(&target)),
            Err(_) => format!("{name} -> ?\n"),
        },
        Ok(meta) if meta.is_file() => format!("{name}\t{}\n", bytes(meta.len())),
        Ok(_) => format!("{name}\t(neither file nor directory)\n"),
        Err(_) => format!("{name}\t(vanished)\n"),
    }
}
