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
const HISTORY: [&str; 4] = ["HEAD", "packed-refs", "refs", "reftable"];

/// Takes away what the commands of a box left in its layers over `tree`. `state` is the plan's; without one there is nothing to
/// do. Of a folder that was replaced as a whole nothing stays, nor of one that the tree has not, or has as something else; what was
/// done to git never does. A box that is open is an error.
pub fn renew(state: &Path, tree: &Path, kept: &mut Kept<'_>) -> io::Result<()> {
    if !state.is_dir() {
        return Ok(());
    }
    let Some(folder) = StateFolder::take(state)? else { return Err(io::ErrorKind::ResourceBusy.into()) };
    let renewed = renewed(&upper_of(state, 0), tree, kept).and_then(|()| others(state).try_for_each(|upper| remove_all(&upper)));
    folder.release()?;
    renewed
}

/// Whether commands of a box changed what git knows of the history of `tree`, or of a repository in it: commits, branches, stashes.
/// A repository that only the copy has counts as files.
pub fn wrote_history(state: &Path, tree: &Path) -> io::Result<bool> {
    for layer in others(state) {
        if any_below(&layer, &mut |_, name, _| is_history(name))? {
            return Ok(true);
        }
    }
    let upper = upper_of(state, 0);
    any_below(&upper, &mut |folder, name, is_folder| {
        let git = folder.iter().position(is_git);
        match git {
            Some(at) => tree.join(folder.iter().take(at + 1).collect::<PathBuf>()).exists() && is_history(name),
            None => is_git(name) && !is_folder && tree.join(folder).join(name).exists(), // taken away, or made another thing
        }
    })
}

fn is_history(name: &OsStr) -> bool {
    HISTORY.iter().any(|one| name == *one)
}

/// Whether something below a layer is as asked for, which is told its folder (below the layer), its name, and whether it is a folder.
fn any_below(layer: &Path, is_it: &mut dyn FnMut(&Path, &OsStr, bool) -> bool) -> io::Result<bool> {
    let mut waiting = vec![PathBuf::new()];
    while let Some(folder) = waiting.pop() {
        let entries = match fs::read_dir(layer.join(&folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && folder.as_os_str().is_empty() => return Ok(false),
            found => found?,
        };
        for entry in entries {
            let entry = entry?;
            let is_folder = entry.file_type()?.is_dir();
            if is_it(&folder, &entry.file_name(), is_folder) {
                return Ok(true);
            }
            if is_folder {
                waiting.push(folder.join(entry.file_name()));
            }
        }
    }
    Ok(false)
}

fn upper_of(state: &Path, layer: u32) -> PathBuf {
    state.join(layer.to_string()).join("upper")
}

/// The layers of git folders outside the tree.
fn others(state: &Path) -> impl Iterator<Item = PathBuf> {
    (1..).map(|number| upper_of(state, number)).take_while(|upper| upper.exists())
}

/// Level by level, so that whoever decides is asked few times.
fn renewed(upper: &Path, tree: &Path, kept: &mut Kept<'_>) -> io::Result<()> {
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
        level = Vec::new();
        let mut asked = Vec::new();
        for path in folders {
            match fs::symlink_metadata(tree.join(&path)) {
                Ok(real) if real.is_dir() => asked.push((path, true)),
                Ok(_) => remove_all(&upper.join(path))?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => asked.push((path, false)),
                Err(error) => return Err(error),
            }
        }
        let paths: Vec<PathBuf> = asked.iter().map(|(path, _)| path.clone()).collect();
        let stay = if paths.is_empty() { BTreeSet::new() } else { kept(&paths)? };
        for (path, is_in_tree) in asked.into_iter().filter(|(path, _)| !stay.contains(path)) {
            match is_in_tree {
                true => level.push(path),
                false => remove_all(&upper.join(path))?,
            }
        }
        seen.extend(level.iter().cloned());
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
