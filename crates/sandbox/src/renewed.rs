//! Makes the copy of a closed box like its tree again, so that the next command sees what is there now and not what an earlier
//! one left. Build outputs may stay: to build all anew for each command would cost more than the box is worth.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::beneath::Root;
use crate::state::{StateFolder, remove_all};
use crate::upper::{self, InUpper};

/// Which of these folders (paths below the tree) stay as they are, with all in them.
pub type Kept<'a> = dyn FnMut(&[PathBuf]) -> io::Result<BTreeSet<PathBuf>> + 'a;

/// What git keeps the history of a tree in: what a command did to these is lost when the copy is renewed.
const HISTORY: [&str; 3] = ["HEAD", "packed-refs", "refs"];

/// Takes away what the commands of a box left in its layers. `state` is the plan's; without one there is nothing to do. Of a
/// folder that was replaced as a whole nothing stays, and what was done to git never does. A box that is open is an error.
pub fn renew(state: &Path, kept: &mut Kept<'_>) -> io::Result<()> {
    if !state.is_dir() {
        return Ok(());
    }
    let Some(folder) = StateFolder::take(state)? else { return Err(io::ErrorKind::ResourceBusy.into()) };
    let tree = renewed(&upper_of(state, "0"), kept);
    let others = (1..).map(|number: u32| upper_of(state, &number.to_string())).take_while(|upper| upper.exists());
    let renewed = tree.and_then(|()| others.into_iter().try_for_each(|upper| remove_all(&upper)));
    folder.release()?;
    renewed
}

/// Whether commands of a box changed what git knows of the tree's history: commits, branches.
pub fn wrote_history(state: &Path) -> bool {
    let git = upper_of(state, "0").join(".git");
    let elsewhere = upper_of(state, "1"); // a work tree whose git folder is outside of it
    HISTORY.iter().any(|name| [&git, &elsewhere].iter().any(|folder| fs::symlink_metadata(folder.join(name)).is_ok()))
}

fn upper_of(state: &Path, layer: &str) -> PathBuf {
    state.join(layer).join("upper")
}

/// Level by level, so that whoever decides is asked few times.
fn renewed(upper: &Path, kept: &mut Kept<'_>) -> io::Result<()> {
    let layer = match Root::open(upper) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    let (mut level, mut seen) = (vec![PathBuf::new()], Vec::new());
    while !level.is_empty() {
        let mut folders = Vec::new();
        for folder in &level {
            for (name, found) in upper::entries(&layer, folder)? {
                let path = folder.join(&name);
                match found {
                    Ok(InUpper::Folder { opaque: false }) if !is_git(&name) => folders.push(path),
                    Ok(InUpper::Folder { .. }) | Err(_) => remove_all(&upper.join(path))?,
                    Ok(InUpper::File { .. } | InUpper::Symlink(_) | InUpper::Whiteout | InUpper::Special) => fs::remove_file(upper.join(path))?,
                }
            }
        }
        let stay = if folders.is_empty() { BTreeSet::new() } else { kept(&folders)? };
        folders.retain(|path| !stay.contains(path));
        seen.extend(folders.iter().cloned());
        level = folders;
    }
    seen.iter().rev().try_for_each(|path| remove_if_empty(&upper.join(path)))
}

fn is_git(name: &OsStr) -> bool {
    name.eq_ignore_ascii_case(".git")
}

fn remove_if_empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests;
