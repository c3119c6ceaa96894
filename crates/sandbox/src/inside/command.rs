//! One command: the first process of its own pid namespace, which bounds itself, starts the shell and waits for it.
//!
//! It is not the shell itself, because the first process of a namespace ignores signals that it does not handle and must
//! collect the children that others leave behind. When it ends, the kernel kills everything that the command started.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
use rustix::mount::MountFlags;
use rustix::process::{Pid, Signal, WaitOptions};

use super::mounts::{self, Overlay};
use super::rules::{self, Rules, Run};
use super::zygote::{Streams, Zygote};
use super::{Failed, Step, birth, filter, privileges, relay, root};
use crate::wire::{self, Rehearse, Start, Status};

/// Becomes the first process of a command and ends with it.
pub(super) fn become_first(zygote: &Zygote, start: &Start, streams: Streams) -> ! {
    let bounds = bounded(zygote, start, &streams.all());
    let Streams { output, status, server } = streams;
    let started = bounds.and_then(|own| Ok((own, spawn(zygote, start, output, server)?)));
    let (own, shell) = match started {
        Ok(started) => started,
        Err(failed) => {
            say(&status, &Status::NotStarted { why: format!("{}: {}", failed.step, failed.why) }, None);
            birth::leave(1)
        }
    };
    say(&status, &Status::Started, Some(&own));
    drop(own);
    let end = wait_for(shell);
    kill_the_rest();
    say(&status, &end, None);
    birth::leave(0)
}

/// The service may be gone; then there is nobody to tell, and the box is about to end.
fn say(status: &OwnedFd, what: &Status, fd: Option<&OwnedFd>) {
    let fds: Vec<_> = fd.into_iter().map(AsFd::as_fd).collect();
    if wire::send_packet(status, what, &fds).is_err() {
        birth::leave(1);
    }
}

/// Puts every bound of a command in force on this process. Returns a descriptor of this process for the service.
fn bounded(zygote: &Zygote, start: &Start, kept: &[BorrowedFd<'_>]) -> Result<OwnedFd, Failed> {
    birth::keep_only(kept).step("close what is not the command's")?;
    let own = birth::own_pidfd().step("open the command's first process")?;
    mounts::processes(Path::new("/proc"), MountFlags::RDONLY).step("mount /proc")?;
    let writable = match start.rehearse {
        Some(rehearse) => kept_apart(zygote, rehearse)?,
        None => ordinary(zygote),
    };
    if !start.network && start.rehearse.is_none() {
        alone()?;
    }
    zygote.forget_places().step("hide environments")?;
    rustix::process::setsid().step("make a session")?;
    privileges::drop_all().step("drop privileges")?;
    rules::bind(&Rules { writable: &writable, run: Run::Programs }).step("bind files")?;
    enter(&start.cwd).step_at("enter", &start.cwd)?;
    filter::bind(&zygote.filter).step("bind system calls")?;
    Ok(own)
}

/// Where an ordinary command may write.
fn ordinary(zygote: &Zygote) -> Vec<&Path> {
    let mut writable: Vec<&Path> = vec![Path::new("/tmp"), Path::new("/dev/shm"), &zygote.plan.home];
    // The working folder is the tree's root; its name may lead elsewhere by now, a descriptor does not.
    writable.push(Path::new("."));
    writable.extend(zygote.plan.layers.iter().skip(1).map(|layer| &*layer.at));
    writable
}

/// A rehearsal sees an environment's data, so it can leave nothing where another command of the box would find it: tree, home
/// and `/tmp` are not writable, `TMPDIR` is memory of its own, and there is no network but its own, with nothing in it.
///
/// Landlock lets times, modes and attributes be changed, so every mount is read-only as well, wherever its name leads by now.
fn kept_apart(zygote: &Zygote, rehearse: Rehearse) -> Result<Vec<&Path>, Failed> {
    alone()?;
    mounts::make_all_read_only().step("make everything read-only")?;
    let rehearsals = Path::new(root::HIDDEN).join("rehearsals");
    mounts::make_writable(&rehearsals).step_at("make writable", &rehearsals)?;
    let scratch = Path::new(SCRATCH);
    mounts::memory(scratch, "mode=1777,size=1g").step_at("make scratch", scratch)?;
    Ok(vec![scratch, mount_rehearsal(zygote, rehearse)?])
}

/// A network of its own, with nothing in it.
fn alone() -> Result<(), Failed> {
    birth::leave_network().and_then(|()| relay::bring_loopback_up()).step("leave the network")
}

/// Where a rehearsal may write beside its environment. Not `/tmp`: a tree or an environment may be below that.
const SCRATCH: &str = "/dev/shm";

/// Goes to a folder below the tree's root, by no way that leads out of it.
fn enter(relative: &Path) -> io::Result<()> {
    if relative.as_os_str().is_empty() {
        return Ok(());
    }
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = rustix::fs::openat2(CWD, relative, flags, Mode::empty(), ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS)?;
    Ok(rustix::process::fchdir(folder)?)
}

fn mount_rehearsal(zygote: &Zygote, rehearse: Rehearse) -> Result<&Path, Failed> {
    let place = zygote.plan.places.get(rehearse.place).ok_or("no such place").step("rehearse")?;
    let hidden = Path::new(root::HIDDEN);
    let base: PathBuf = hidden.join("rehearsals").join(rehearse.number.to_string());
    let (lower, upper, work) = (hidden.join(rehearse.place.to_string()), base.join("upper"), base.join("work"));
    // Its parents may lie in the home, where an earlier command could have put a link.
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let at = rustix::fs::openat2(CWD, &**place, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS).step_at("rehearse", place)?;
    let by_number = PathBuf::from(format!("/proc/self/fd/{}", at.as_raw_fd()));
    mounts::overlay(&Overlay { lower: &[&lower], upper: &upper, work: &work }, &by_number).step_at("rehearse", place)?;
    Ok(place)
}

/// Starts the shell with nothing of ours but its three first descriptors.
#[expect(clippy::disallowed_methods, reason = "this is where commands start, with every bound in force")]
fn spawn(zygote: &Zygote, start: &Start, output: OwnedFd, server: Option<(OwnedFd, OwnedFd)>) -> Result<Pid, Failed> {
    let (input, errors) = match server {
        Some((input, errors)) => (Stdio::from(input), errors),
        None => (Stdio::null(), output.try_clone().step("share the output")?),
    };
    let shell = std::process::Command::new(zygote.shell)
        .args(["-c", &start.line])
        .env_clear()
        .envs(zygote.variables.iter().map(|(name, value)| (name, value)))
        .envs(start.variables.iter().map(|(name, value)| (name, value)))
        .envs(start.rehearse.map(|_| ("TMPDIR", SCRATCH)))
        .stdin(input)
        .stdout(output)
        .stderr(errors)
        .spawn()
        .step("start the shell")?;
    i32::try_from(shell.id()).ok().and_then(Pid::from_raw).ok_or("no process number").step("start the shell")
}

/// Collects every child until the shell has ended.
fn wait_for(shell: Pid) -> Status {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == shell => {
                return match (status.exit_status(), status.terminating_signal()) {
                    (Some(code), _) => Status::Exited { code },
                    (None, Some(signal)) => Status::Killed { signal },
                    (None, None) => continue,
                };
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return Status::Killed { signal: libc::SIGKILL },
        }
    }
}

/// Kills what the shell left behind and collects it, so that nothing of the command runs when its end is told.
fn kill_the_rest() {
    loop {
        // The group of process 1 stands for all of the namespace but this process (`kill(2)`, pid -1). With nobody left it
        // is an error, as the wait is then.
        rustix::process::kill_process_group(Pid::INIT, Signal::KILL).ok();
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}
