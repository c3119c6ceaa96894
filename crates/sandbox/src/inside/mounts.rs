//! The mounts that a root is built from. Everything that is bound from outside is read-only, without devices and without
//! set-user-id from the moment it becomes visible.

use std::ffi::CString;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags};
use rustix::mount::{MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags};

/// How a bound file or folder may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// Read-only, no devices.
    ReadOnly,
    /// A device node that works.
    Device,
    /// Writable; for folders of the state only.
    Writable,
}

/// Binds `from` (and what is mounted below it) at `to`.
pub(super) fn bind(from: &Path, to: &Path, how: Bound) -> io::Result<()> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    let tree = rustix::mount::open_tree(CWD, from, flags)?;
    let attributes = match how {
        Bound::ReadOnly => libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV,
        Bound::Device => libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NOEXEC,
        Bound::Writable => libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV,
    };
    change_attributes(&tree, attributes, 0, Depth::Recursive)?;
    rustix::mount::move_mount(&tree, c"", CWD, to, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)?;
    Ok(())
}

/// Whether what is mounted below changes too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    One,
    Recursive,
}

fn change_attributes(tree: impl AsFd, set: u64, clear: u64, depth: Depth) -> io::Result<()> {
    let attributes = libc::mount_attr { attr_set: set, attr_clr: clear, propagation: 0, userns_fd: 0 };
    let flags = libc::AT_EMPTY_PATH | if depth == Depth::Recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the descriptor is open, the path is a NUL-terminated empty string and the structure is the kernel's first
    // version, of the size that is given.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_fd().as_raw_fd(),
            c"".as_ptr(),
            flags,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Makes the mount at `path` itself read-only.
pub(super) fn make_read_only(path: &Path) -> io::Result<()> {
    change_attributes(mount_at(path)?, libc::MOUNT_ATTR_RDONLY, 0, Depth::One)
}

/// Makes every mount of this namespace read-only: no write, and no change of a time, a mode, an owner or an attribute.
pub(super) fn make_all_read_only() -> io::Result<()> {
    change_attributes(mount_at(Path::new("/"))?, libc::MOUNT_ATTR_RDONLY, 0, Depth::Recursive)
}

/// Makes the mount at `path` itself writable again.
pub(super) fn make_writable(path: &Path) -> io::Result<()> {
    change_attributes(mount_at(path)?, 0, libc::MOUNT_ATTR_RDONLY, Depth::One)
}

fn mount_at(path: &Path) -> io::Result<OwnedFd> {
    Ok(rustix::mount::open_tree(CWD, path, OpenTreeFlags::OPEN_TREE_CLOEXEC)?)
}

/// Lets no mount travel between this namespace and the one it was copied from.
pub(super) fn keep_to_ourselves() -> io::Result<()> {
    Ok(rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?)
}

/// A file system in memory.
pub(super) fn memory(at: &Path, options: &str) -> io::Result<()> {
    let options = CString::new(options)?;
    Ok(rustix::mount::mount("tmpfs", at, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, options.as_c_str())?)
}

/// The processes of this pid namespace.
pub(super) fn processes(at: &Path, more: MountFlags) -> io::Result<()> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | more;
    Ok(rustix::mount::mount("proc", at, "proc", flags, None::<&std::ffi::CStr>)?)
}

/// The folders of an overlay, lower ones upper-most first.
pub(super) struct Overlay<'a> {
    pub(super) lower: &'a [&'a Path],
    pub(super) upper: &'a Path,
    pub(super) work: &'a Path,
}

/// Mounts an overlay at `to`.
///
/// Folders are given by descriptor: their names may hold the characters that separate options, and the box need not learn
/// where they are.
pub(super) fn overlay(folders: &Overlay<'_>, to: &Path) -> io::Result<()> {
    let lower = folders.lower.iter().map(|path| open_folder(path)).collect::<io::Result<Vec<_>>>()?;
    let (upper, work) = (open_folder(folders.upper)?, open_folder(folders.work)?);
    let by_number = |fd: &OwnedFd| format!("/proc/self/fd/{}", fd.as_raw_fd());
    let options = format!(
        "userxattr,lowerdir={},upperdir={},workdir={}",
        lower.iter().map(by_number).collect::<Vec<_>>().join(":"),
        by_number(&upper),
        by_number(&work)
    );
    let options = CString::new(options)?;
    Ok(rustix::mount::mount("overlay", to, "overlay", MountFlags::NOSUID | MountFlags::NODEV, options.as_c_str())?)
}

fn open_folder(path: &Path) -> io::Result<OwnedFd> {
    Ok(rustix::fs::open(path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
}

/// Takes a mount and what is below it out of this namespace.
pub(super) fn remove(at: &Path) -> io::Result<()> {
    Ok(rustix::mount::unmount(at, UnmountFlags::DETACH)?)
}

/// Makes `stage` the root and forgets the old one.
pub(super) fn change_root(stage: &Path) -> io::Result<()> {
    rustix::process::chdir(stage)?;
    rustix::process::pivot_root(".", ".")?;
    remove(Path::new("."))?;
    Ok(rustix::process::chdir("/")?)
}

/// Makes an empty file or folder to mount on, like `model`, unless there is one.
pub(super) fn mount_point(at: &Path, model: &Path) -> io::Result<()> {
    if fs::metadata(model)?.is_dir() {
        return fs::create_dir_all(at);
    }
    if at.exists() {
        return Ok(());
    }
    at.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::File::create(at).map(drop)
}
