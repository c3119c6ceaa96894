//! How much of the machine the box may use: resource limits, a bound on process numbers, and a cgroup where one may be made.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::process::{Resource, Rlimit};

use crate::coded::Coded;
use crate::plan::Limits;

/// The control groups that the launched process joined; the service removes them when the box is gone.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) folders: Vec<Coded>,
    bounds: Vec<&'static str>,
}

/// Where control groups are mounted.
const CGROUPS: &str = "/sys/fs/cgroup";
/// What our control groups are called, before the process number.
const OURS: &str = "countersign-";
/// The kernel hands out the first numbers only once and keeps 300 back when they run out.
const RESERVED_PIDS: u64 = 301;
/// Before this release the largest process number is the machine's, not a namespace's.
const PID_MAX_PER_NAMESPACE: (u32, u32) = (6, 14);

/// Joins new control groups, version 2 (beside our own group) or version 1 (below it). What cannot be made is left out.
pub(super) fn join_cgroup(limits: &Limits) -> Joined {
    let mut joined = Joined::default();
    let Ok(own) = fs::read_to_string("/proc/self/cgroup") else { return joined };
    for line in own.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let path = path.trim_start_matches('/');
        let memory = limits.memory_bytes.map(|bytes| bytes.to_string());
        let pids = limits.processes.to_string();
        let tried = match (controllers, memory) {
            ("", memory) => {
                let files = [Some(("pids.max", pids)), memory.map(|bytes| ("memory.max", bytes))];
                Path::new(CGROUPS).join(path).parent().and_then(|beside| join(beside, &files).ok()).map(|f| (f, "cgroup 2"))
            }
            ("pids", _) => {
                join(&Path::new(CGROUPS).join("pids").join(path), &[Some(("pids.max", pids))]).ok().map(|f| (f, "cgroup pids"))
            }
            ("memory", Some(bytes)) => {
                let files = [Some(("memory.limit_in_bytes", bytes))];
                join(&Path::new(CGROUPS).join("memory").join(path), &files).ok().map(|f| (f, "cgroup memory"))
            }
            _ => None,
        };
        if let Some((folder, name)) = tried {
            joined.folders.push(Coded::new(folder));
            joined.bounds.push(name);
        }
    }
    joined
}

/// Makes a group in `parent` with these limits and moves this process into it.
fn join(parent: &Path, files: &[Option<(&str, String)>]) -> io::Result<PathBuf> {
    remove_left_behind(parent);
    let group = parent.join(format!("{OURS}{}", std::process::id()));
    fs::create_dir(&group)?;
    let limited = files.iter().flatten().try_for_each(|(file, value)| fs::write(group.join(file), value));
    let entered = limited.and_then(|()| fs::write(group.join("cgroup.procs"), std::process::id().to_string()));
    match entered {
        Ok(()) => Ok(group),
        Err(error) => {
            fs::remove_dir(&group)?;
            Err(error)
        }
    }
}

/// Groups whose service was killed before it could remove them. One that is in use cannot be removed.
fn remove_left_behind(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(OURS)) {
        drop(fs::remove_dir(entry.path()));
    }
}

/// Sets the resource limits of this process and all that it starts.
pub(super) fn bound_resources(limits: &Limits) -> io::Result<()> {
    for (resource, most) in [
        (Resource::Nproc, Some(limits.processes)),
        (Resource::As, limits.memory_bytes),
        (Resource::Fsize, Some(limits.file_bytes)),
        (Resource::Nofile, Some(limits.open_files)),
        (Resource::Core, Some(0)),
    ] {
        let Some(most) = most else { continue };
        let most = rustix::process::getrlimit(resource).maximum.map_or(most, |hard| hard.min(most));
        rustix::process::setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Bounds the process numbers of the box, which binds root as well, and says in words what bounds it. `proc` is the new
/// namespace's, still writable.
pub(super) fn bound_processes(limits: &Limits, proc: &Path, joined: &Joined) -> String {
    let mut bounds = vec![format!("at most {} processes", limits.processes)];
    let own_numbers = release_is_at_least(PID_MAX_PER_NAMESPACE)
        && fs::write(proc.join("sys/kernel/pid_max"), (limits.processes + RESERVED_PIDS).to_string()).is_ok();
    if own_numbers {
        bounds.push("process numbers of the box".to_owned());
    }
    if !rustix::process::geteuid().is_root() {
        bounds.push("processes of the user in the box".to_owned());
    } else if !own_numbers && joined.bounds.is_empty() {
        bounds.push("NOT BOUND: this kernel bounds root's processes only by cgroup, and none could be made".to_owned());
    }
    bounds.extend(joined.bounds.iter().map(|bound| (*bound).to_owned()));
    bounds.extend(limits.memory_bytes.map(|bytes| format!("{bytes} bytes of address space a process")));
    bounds.join(", ")
}

fn release_is_at_least(wanted: (u32, u32)) -> bool {
    let release = super::root::kernel();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(|n| n.parse::<u32>().ok());
    matches!((numbers.next().flatten(), numbers.next().flatten()), (Some(major), Some(minor)) if (major, minor) >= wanted)
}
