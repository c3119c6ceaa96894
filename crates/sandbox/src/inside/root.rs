//! The box's root: a small file system in memory with what is on the list and nothing else, read-only but for the tree, the
//! home and `/tmp`.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use rustix::mount::MountFlags;

use super::limits::{self, Joined};
use super::mounts::{self, Bound, Overlay};
use super::{Failed, Step};
use crate::coded::Coded;
use crate::level::Level;
use crate::wire::BoxPlan;

/// Program folders, or links to them.
const PROGRAMS: [&str; 8] = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix/store"];
/// Files of `/etc` that are copied: nothing in them is secret, and programs look them up.
const ETC_COPIED: [&str; 19] = [
    "bash.bashrc", "debian_version", "gai.conf", "host.conf", "inputrc", "ld.so.cache", "ld.so.conf", "locale.alias", "locale.conf",
    "localtime", "magic", "mime.types", "networks", "os-release", "protocols", "redhat-release", "services", "shells", "timezone",
];
/// Folders of `/etc` that are bound.
const ETC_BOUND: [&str; 9] = [
    "alternatives", "ca-certificates", "ca-certificates.conf", "fonts", "ld.so.conf.d", "pki/ca-trust", "pki/tls/certs", "ssl/certs",
    "ssl/openssl.cnf",
];
/// Prefixes of folders of `/etc` that language runtimes keep their settings in.
const ETC_RUNTIMES: [&str; 3] = ["java-", "python", "perl"];
const DEVICES: [&str; 5] = ["full", "null", "random", "urandom", "zero"];
/// Where environments and rehearsals wait. Every command takes it out of its own namespace before it runs anything.
pub(super) const HIDDEN: &str = "/.countersign";

/// The kernel's release.
pub(super) fn kernel() -> String {
    rustix::system::uname().release().to_string_lossy().into_owned()
}

/// Builds the root and moves into it; the working folder is the tree afterwards.
pub(super) fn build(plan: &BoxPlan, joined: &Joined, level: &mut Level) -> Result<(), Failed> {
    let stage: &Path = &plan.stage;
    mounts::keep_to_ourselves().step("make mounts private")?;
    mounts::memory(stage, "mode=755,size=16m").step_at("mount the new root", stage)?;
    programs(stage)?;
    etc(stage, plan)?;
    devices(stage)?;
    scratch(stage, plan)?;
    let (inner, outer): (Vec<&Coded>, Vec<&Coded>) =
        plan.visible.iter().partition(|path| plan.layers.iter().any(|layer| path.starts_with(&layer.at.0)));
    outer.into_iter().try_for_each(|path| show(stage, path))?;
    hide_places(stage, plan)?;
    layers(stage, plan)?;
    level.overlay = true;
    inner.into_iter().try_for_each(|path| show(stage, path))?;
    plan.places.iter().filter(|place| within_layer(plan, place)).try_for_each(|place| blank(stage, place))?;
    cover(stage, plan)?;
    let proc = stage.join("proc");
    fs::create_dir(&proc).step("mount /proc")?;
    mounts::processes(&proc, MountFlags::empty()).step("mount /proc")?;
    level.limits = limits::bound_processes(&plan.limits, &proc, joined);
    mounts::make_read_only(&proc).step("make /proc read-only")?;
    mounts::change_root(stage).step("change the root")?;
    mounts::make_read_only(Path::new("/")).step("make the root read-only")?;
    rustix::process::chdir(&plan.tree.0).step("enter the tree")
}

fn below(stage: &Path, path: &Path) -> PathBuf {
    stage.join(path.strip_prefix("/").unwrap_or(path))
}

fn programs(stage: &Path) -> Result<(), Failed> {
    for name in PROGRAMS {
        let (real, at) = (Path::new("/").join(name), stage.join(name));
        let Ok(metadata) = fs::symlink_metadata(&real) else { continue };
        if metadata.is_symlink() {
            let target = fs::read_link(&real).step_at("read a link", &real)?;
            symlink(target, at).step_at("copy a link", &real)?;
        } else {
            bind(&real, &at, Bound::ReadOnly)?;
        }
    }
    Ok(())
}

fn bind(from: &Path, to: &Path, how: Bound) -> Result<(), Failed> {
    mounts::mount_point(to, from).step_at("make a mount point", to)?;
    mounts::bind(from, to, how).step_at("bind", from)
}

fn etc(stage: &Path, plan: &BoxPlan) -> Result<(), Failed> {
    let (real, made) = (Path::new("/etc"), stage.join("etc"));
    fs::create_dir(&made).step("make /etc")?;
    for name in ETC_COPIED {
        if real.join(name).is_file() {
            fs::copy(real.join(name), made.join(name)).step_at("copy", &real.join(name))?;
        }
    }
    for name in ETC_BOUND.iter().filter(|name| real.join(name).exists()) {
        bind(&real.join(name), &made.join(name), Bound::ReadOnly)?;
    }
    let runtimes = fs::read_dir(real).step("list /etc")?.filter_map(Result::ok).map(|entry| entry.file_name());
    for name in runtimes.filter(|name| ETC_RUNTIMES.iter().any(|start| name.to_string_lossy().starts_with(start))) {
        if real.join(&name).is_dir() {
            bind(&real.join(&name), &made.join(&name), Bound::ReadOnly)?;
        }
    }
    for (name, text) in &plan.etc {
        fs::write(made.join(name), text).step("write /etc")?;
    }
    symlink("/proc/self/mounts", made.join("mtab")).step("write /etc")
}

fn devices(stage: &Path) -> Result<(), Failed> {
    let dev = stage.join("dev");
    fs::create_dir(&dev).step("make /dev")?;
    for name in DEVICES {
        let at = dev.join(name);
        fs::File::create(&at).step("make /dev")?;
        mounts::bind(&Path::new("/dev").join(name), &at, Bound::Device).step_at("bind a device", &at)?;
    }
    fs::create_dir(stage.join("var")).and_then(|()| symlink("/tmp", stage.join("var/tmp"))).step("make /var")?;
    for (name, target) in [("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")] {
        symlink(target, dev.join(name)).step("make /dev")?;
    }
    Ok(())
}

/// `/tmp`, the home and `/dev/shm` share one file system in memory, so that they share one limit.
fn scratch(stage: &Path, plan: &BoxPlan) -> Result<(), Failed> {
    let whole = stage.join("scratch");
    fs::create_dir(&whole).step("make the scratch folder")?;
    let options = format!("mode=700,size={},nr_inodes=1000000", plan.limits.scratch_bytes);
    mounts::memory(&whole, &options).step("mount the scratch folder")?;
    for (name, mode, at) in
        [("tmp", 0o1777, stage.join("tmp")), ("shm", 0o1777, stage.join("dev/shm")), ("home", 0o700, below(stage, &plan.home))]
    {
        let part = whole.join(name);
        fs::create_dir(&part).step("make a scratch folder")?;
        fs::set_permissions(&part, fs::Permissions::from_mode(mode)).step("make a scratch folder")?;
        fs::create_dir_all(&at).step_at("make a mount point", &at)?;
        mounts::bind(&part, &at, Bound::Writable).step_at("mount memory", &at)?;
    }
    mounts::remove(&whole).and_then(|()| fs::remove_dir(&whole)).step("remove the scratch folder")
}

fn show(stage: &Path, path: &Path) -> Result<(), Failed> {
    bind(path, &below(stage, path), Bound::ReadOnly)
}

fn within_layer(plan: &BoxPlan, path: &Path) -> bool {
    plan.layers.iter().any(|layer| path.starts_with(&layer.at.0))
}

/// Puts environments where only a command that rehearses one can take it from, and an empty folder at their own path.
fn hide_places(stage: &Path, plan: &BoxPlan) -> Result<(), Failed> {
    if plan.places.is_empty() {
        return Ok(());
    }
    let hidden = below(stage, Path::new(HIDDEN));
    fs::create_dir(&hidden).step("hide environments")?;
    mounts::memory(&hidden, "mode=700,size=1m").step("hide environments")?;
    for (number, place) in plan.places.iter().enumerate() {
        bind(place, &hidden.join(number.to_string()), Bound::ReadOnly)?;
    }
    bind(&plan.rehearsals, &hidden.join("rehearsals"), Bound::Writable)?;
    plan.places.iter().filter(|place| !within_layer(plan, place)).try_for_each(|place| blank(stage, place))
}

/// An empty read-only folder: a place to mount on that cannot be moved away.
fn blank(stage: &Path, place: &Path) -> Result<(), Failed> {
    let at = below(stage, place);
    fs::create_dir_all(&at).step_at("make a mount point", place)?;
    mounts::memory(&at, "mode=555,size=4k,ro").step_at("hide an environment", place)
}

fn layers(stage: &Path, plan: &BoxPlan) -> Result<(), Failed> {
    for layer in &plan.layers {
        let at = below(stage, &layer.at);
        fs::create_dir_all(&at).step_at("make a mount point", &layer.at)?;
        let folders = Overlay { lower: &[&layer.mask, &layer.at], upper: &layer.upper, work: &layer.work };
        mounts::overlay(&folders, &at).step_at("mount an overlay of", &layer.at)?;
    }
    for path in &plan.protected {
        let at = below(stage, path);
        if fs::symlink_metadata(&at).is_ok_and(|metadata| !metadata.is_symlink()) {
            mounts::bind(&at, &at, Bound::ReadOnly).step_at("protect", path)?;
        }
    }
    Ok(())
}

/// Lays an empty file over secrets of visible folders.
fn cover(stage: &Path, plan: &BoxPlan) -> Result<(), Failed> {
    let nothing = stage.join("etc/.nothing");
    if plan.covered.is_empty() {
        return Ok(());
    }
    fs::write(&nothing, "").step("cover secrets")?;
    for path in &plan.covered {
        let at = below(stage, path);
        match fs::symlink_metadata(&at) {
            Ok(metadata) if metadata.is_file() || metadata.file_type().is_socket() => mounts::bind(&nothing, &at, Bound::ReadOnly).step_at("cover", path)?,
            Ok(metadata) if metadata.is_dir() => mounts::memory(&at, "mode=555,size=4k,ro").step_at("cover", path)?,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).step_at("cover", path),
        }
    }
    Ok(())
}
