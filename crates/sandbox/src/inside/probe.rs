//! Tries each part of a box once, in memory, and says what worked. Nothing of it remains.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use super::mounts::{self, Overlay};
use super::rules::{Rules, Run};
use super::{Failed, Step, birth, filter, limits, privileges, root, rules};
use crate::level::Level;
use crate::plan::Limits;
use crate::wire::{self, Settled};

/// Probes, answers on `control` and ends.
pub(super) fn run(control: &OwnedFd) -> ! {
    let mut level = Level { kernel: root::kernel(), ..Level::default() };
    if let Err(failed) = birth::separate() {
        level.trouble.push(format!("{}: {}", failed.step, failed.why));
        tell(control, level);
    }
    match birth::fork() {
        Ok(None) => {
            level.user_namespaces = true;
            if let Err(failed) = try_all(&mut level) {
                level.trouble.push(format!("{}: {}", failed.step, failed.why));
            }
            tell(control, level)
        }
        Ok(Some(_)) => {
            rustix::process::wait(rustix::process::WaitOptions::empty()).ok();
            birth::leave(0)
        }
        Err(error) => {
            level.trouble.push(format!("start a process in new namespaces: {error}"));
            tell(control, level)
        }
    }
}

fn tell(control: &OwnedFd, level: Level) -> ! {
    let told = wire::send_value(control, &Settled::Ready { level, cgroups: Vec::new() }, &[]);
    birth::leave(if told.is_ok() { 0 } else { 1 })
}

fn try_all(level: &mut Level) -> Result<(), Failed> {
    mounts::keep_to_ourselves().step("make mounts private")?;
    let stage = Path::new("/tmp");
    mounts::memory(stage, "size=1m").step("mount memory")?;
    match try_overlay(stage) {
        Ok(()) => level.overlay = true,
        Err(error) => level.trouble.push(format!("mount an overlay: {error}")),
    }
    let proc = stage.join("proc");
    fs::create_dir(&proc).step("mount /proc")?;
    mounts::processes(&proc, rustix::mount::MountFlags::empty()).step("mount /proc")?;
    level.limits = limits::bound_processes(&Limits::default(), &proc, &limits::Joined::default());
    privileges::close_the_sources().step("close the sources of capabilities")?;
    privileges::drop_all().step("drop privileges")?;
    match rules::bind(&Rules { writable: &[], run: Run::Nothing }) {
        Ok(()) => level.landlock_abi = rules::abi(),
        Err(error) => level.trouble.push(format!("bind files: {error}")),
    }
    let program = filter::program(filter::Exec::Denied).step("compile the call filter")?;
    filter::bind(&program).step("bind system calls")?;
    level.seccomp = true;
    Ok(())
}

fn try_overlay(stage: &Path) -> io::Result<()> {
    let [lower, upper, work, merged] = ["lower", "upper", "work", "merged"].map(|name| stage.join(name));
    for folder in [&lower, &upper, &work, &merged] {
        fs::create_dir(folder)?;
    }
    mounts::overlay(&Overlay { lower: &[&lower], upper: &upper, work: &work }, &merged)?;
    fs::write(merged.join("written"), "")?;
    if upper.join("written").exists() { Ok(()) } else { Err(io::Error::other("a write did not reach the upper layer")) }
}
