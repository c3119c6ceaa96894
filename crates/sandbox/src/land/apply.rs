//! The writing part of landing: new files are staged beside their places, then exchanged with the old ones one by one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use action::{ChangeSet, Content, Digest};
use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags, Stat};

use super::{LandError, Step};
use crate::beneath::{self, Root};
use crate::coded::path_of;

/// What our files are called until they are in place.
const STAGED: &str = ".countersign-landing-";

/// The names of our files in one landing: from the change set, so that whoever lands it again finds them.
pub(super) struct Names(String);

impl Names {
    pub(super) fn of(change: &ChangeSet) -> Self {
        Self(format!("{STAGED}{}", Digest::of(change).map_or_else(|_| String::new(), |digest| digest.short())))
    }

    fn staged(&self, number: usize) -> PathBuf {
        PathBuf::from(format!("{}-{number}", self.0))
    }

    fn aside(&self, number: usize) -> PathBuf {
        PathBuf::from(format!("{}-{number}-old", self.0))
    }
}

/// Removes what an interrupted landing left, unless it is something that neither the change set nor its base holds.
pub(super) fn clear(root: &Root, steps: &[Step<'_>], names: &Names) -> Result<usize, LandError> {
    let mut cleared = 0;
    for (number, step) in steps.iter().enumerate() {
        let at = |source| LandError::Nothing { at: step.change.path.clone(), source };
        for ancestor in step.path.ancestors().skip(1) {
            for name in [names.staged(number), names.aside(number)] {
                let ours = ancestor.join(&name);
                let seen = root.look(&ours).map_err(at)?.map(|seen| seen.content);
                if seen.is_some() && (seen == step.change.before || unexecutable(seen) == unexecutable(step.change.after.clone())) {
                    let (folder, name) = root.parent(&ours).map_err(at)?;
                    rustix::fs::unlinkat(folder, name, AtFlags::empty()).map_err(|error| at(error.into()))?;
                    cleared += 1;
                }
            }
        }
    }
    Ok(cleared)
}

/// A new file gets its execute bits last.
fn unexecutable(content: Option<Content>) -> Option<Content> {
    match content {
        Some(Content::File { digest, size, .. }) => Some(Content::File { digest, size, executable: false }),
        other => other,
    }
}

/// A file of ours, and the folder it waits in.
pub(super) struct Staged {
    folder: OwnedFd,
    name: PathBuf,
}

/// All new files by the number of their step; those not taken are removed.
pub(super) struct AllStaged(BTreeMap<usize, Staged>);

impl Drop for AllStaged {
    fn drop(&mut self) {
        for staged in self.0.values() {
            // Nothing can be done about a file of ours that cannot be removed; its name says what it is.
            rustix::fs::unlinkat(&staged.folder, &staged.name, AtFlags::empty()).ok();
        }
    }
}

pub(super) fn read_all(root: &Root, path: &Path) -> io::Result<Vec<u8>> {
    let (folder, name) = root.parent(path)?;
    let mut bytes = Vec::new();
    beneath::read_file(folder, name)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes every new file and link under a name of ours, durably. On an error they are removed again.
pub(super) fn stage(
    root: &Root,
    steps: &[Step<'_>],
    names: &Names,
    read_blob: &dyn Fn(&Digest) -> Option<Vec<u8>>,
) -> Result<AllStaged, LandError> {
    let mut all = AllStaged(BTreeMap::new());
    for (number, step) in steps.iter().enumerate() {
        let at = |source| LandError::Nothing { at: step.change.path.clone(), source };
        let name = names.staged(number);
        match &step.change.after {
            Some(Content::File { digest, size, executable }) => {
                let missing = || LandError::MissingBlob { path: step.change.path.clone(), digest: *digest };
                let bytes = read_blob(digest).filter(|bytes| bytes.len() as u64 == *size && Digest::of_bytes(bytes) == *digest);
                let bytes = bytes.ok_or_else(missing)?;
                let folder = nearest_folder(root, &step.path).map_err(at)?;
                let old = root.look(&step.path).map_err(at)?.map(|seen| seen.stat);
                write_new(&folder, &name, &bytes, mode(old.as_ref(), *executable), old.as_ref()).map_err(at)?;
                all.0.insert(number, Staged { folder, name });
            }
            Some(Content::Symlink { target }) => {
                let target = path_of(target).ok_or(io::ErrorKind::InvalidData).map_err(|kind| at(kind.into()))?;
                let folder = nearest_folder(root, &step.path).map_err(at)?;
                remove_left_behind(&folder, &name).map_err(at)?;
                rustix::fs::symlinkat(&target, &folder, &name).map_err(|error| at(error.into()))?;
                all.0.insert(number, Staged { folder, name });
            }
            Some(Content::Directory) | None => {}
        }
    }
    Ok(all)
}

/// The deepest folder on the way to `path` that exists already.
fn nearest_folder(root: &Root, path: &Path) -> io::Result<OwnedFd> {
    for ancestor in path.ancestors().skip(1) {
        match root.parent(&ancestor.join("x")) {
            Ok((folder, _)) => return Ok(folder),
            Err(error) if beneath::is_absent(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

/// The old file's permissions with the execute bits as wanted; 644 or 755 for a new file.
fn mode(old: Option<&Stat>, executable: bool) -> Mode {
    let old = old.filter(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file());
    let bits = old.map_or(0o644, |stat| stat.st_mode & 0o777);
    let was = bits & 0o111 != 0;
    Mode::from_raw_mode(match (was, executable) {
        (true, true) | (false, false) => bits,
        (false, true) => bits | ((bits & 0o444) >> 2),
        (true, false) => bits & !0o111,
    })
}

fn remove_left_behind(folder: impl AsFd, name: &Path) -> io::Result<()> {
    match rustix::fs::unlinkat(folder, name, AtFlags::empty()) {
        Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn write_new(folder: &OwnedFd, name: &Path, bytes: &[u8], mode: Mode, old: Option<&Stat>) -> io::Result<()> {
    remove_left_behind(folder, name)?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::openat(folder, name, flags, Mode::from_raw_mode(0o600))?);
    let written = file.write_all(bytes).and_then(|()| {
        if rustix::process::geteuid().is_root() {
            // Root lands in a person's tree: the file stays, or becomes, the person's.
            let owner = old.copied().map_or_else(|| rustix::fs::fstat(folder), Ok)?;
            let (user, group) = (rustix::fs::Uid::from_raw(owner.st_uid), rustix::fs::Gid::from_raw(owner.st_gid));
            rustix::fs::fchown(&file, Some(user), Some(group))?;
        }
        rustix::fs::fchmod(&file, mode)?;
        file.sync_all()
    });
    if written.is_err() {
        remove_left_behind(folder, name)?;
    }
    written
}

/// One thing to do at a path. Removals come first, deepest first; then what is made, upper-most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Do {
    Remove,
    Make,
}

/// Changes path after path. Stops at the first that cannot be changed.
pub(super) fn apply(root: &Root, steps: &[Step<'_>], names: &Names, mut staged: AllStaged) -> Result<(), LandError> {
    let order = in_order(steps);
    let all = order.len();
    for (done, (number, what)) in order.into_iter().enumerate() {
        let Some(step) = steps.get(number) else { continue };
        let result = match what {
            Do::Remove => remove(root, step, &names.aside(number)),
            Do::Make => make(root, step, staged.0.get(&number)).map(|()| drop(staged.0.remove(&number))),
        };
        result.map_err(|source| LandError::Partly { done, all, at: step.change.path.clone(), source })?;
    }
    Ok(())
}

/// A path is removed as a step of its own when nothing takes its place, or when a folder goes or comes: what is not a folder
/// is exchanged.
fn in_order(steps: &[Step<'_>]) -> Vec<(usize, Do)> {
    let is_folder = |content: &Option<Content>| matches!(content, Some(Content::Directory));
    let goes = |step: &Step<'_>| {
        step.change.before.is_some()
            && (step.change.after.is_none() || is_folder(&step.change.before) || is_folder(&step.change.after))
    };
    let mut removals: Vec<usize> = (0..steps.len()).filter(|number| steps.get(*number).is_some_and(goes)).collect();
    let depth = |number: &usize| steps.get(*number).map_or(0, |step| step.path.components().count());
    removals.sort_by_key(|number| std::cmp::Reverse(depth(number)));
    let mut made: Vec<usize> =
        (0..steps.len()).filter(|number| steps.get(*number).is_some_and(|step| step.change.after.is_some())).collect();
    made.sort_by_key(depth);
    removals.into_iter().map(|number| (number, Do::Remove)).chain(made.into_iter().map(|number| (number, Do::Make))).collect()
}

/// Takes away what is at a path, if it is what the change set says; otherwise it stays.
fn remove(root: &Root, step: &Step<'_>, aside: &Path) -> io::Result<()> {
    let (folder, name) = root.parent(&step.path)?;
    if step.change.before == Some(Content::Directory) {
        // A folder that has got something new in it cannot be removed.
        rustix::fs::unlinkat(&folder, name, AtFlags::REMOVEDIR)?;
        return sync(&folder);
    }
    rustix::fs::renameat_with(&folder, name, &folder, aside, RenameFlags::NOREPLACE)?;
    discard(&folder, aside, step).inspect_err(|_| {
        // The reason is reported; that the way back is taken too by now would be for `landed_state` to say.
        rustix::fs::renameat_with(&folder, aside, &folder, name, RenameFlags::NOREPLACE).ok();
    })?;
    sync(&folder)
}

/// Removes a file that was taken out of its place, if it is the one that the change set names.
fn discard(folder: &OwnedFd, name: &Path, step: &Step<'_>) -> io::Result<()> {
    let seen = beneath::look_in(folder, name)?.map(|seen| seen.content);
    if seen != step.change.before {
        return Err(io::Error::other("it changed while it was being landed"));
    }
    Ok(rustix::fs::unlinkat(folder, name, AtFlags::empty())?)
}

fn make(root: &Root, step: &Step<'_>, staged: Option<&Staged>) -> io::Result<()> {
    let (folder, name) = root.parent(&step.path)?;
    let Some(staged) = staged else {
        rustix::fs::mkdirat(&folder, name, Mode::from_raw_mode(0o755))?;
        return sync(&folder);
    };
    let replaces = step.change.before.as_ref().is_some_and(|before| *before != Content::Directory);
    if replaces {
        rustix::fs::renameat_with(&staged.folder, &staged.name, &folder, name, RenameFlags::EXCHANGE)?;
        discard(&staged.folder, &staged.name, step).inspect_err(|_| {
            // Puts the person's file back; as above.
            rustix::fs::renameat_with(&staged.folder, &staged.name, &folder, name, RenameFlags::EXCHANGE).ok();
        })?;
    } else {
        rustix::fs::renameat_with(&staged.folder, &staged.name, &folder, name, RenameFlags::NOREPLACE)?;
    }
    sync(&folder)
}

fn sync(folder: &OwnedFd) -> io::Result<()> {
    Ok(rustix::fs::fsync(folder)?)
}
