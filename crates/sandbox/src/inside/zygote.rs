//! The box's first process: builds everything, then starts one command after another until the service is gone.
//!
//! It stays small and single-threaded, so that a fork of it is cheap, and it keeps its working folder at the tree's root,
//! which a fork finds again in its own mount namespace wherever the tree's parents have been moved to.

use std::io::{self, PipeReader};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::process::{Pid, Signal, WaitOptions};
use seccompiler::BpfProgram;

use super::limits::Joined;
use super::rules::Run;
use super::{Failed, Hands, Step, birth, command, filter, hands, limits, mounts, privileges, relay, root, rules};
use crate::bounds::Reach;
use crate::level::Level;
use crate::wire::{self, BoxPlan, Order, Settled, Status};

/// What every command and servant is made from.
pub(super) struct Zygote {
    pub(super) plan: BoxPlan,
    pub(super) filter: BpfProgram,
    pub(super) shell: &'static str,
    pub(super) variables: Vec<(String, String)>,
    /// The filter of processes that start no programs.
    quiet: BpfProgram,
    serve: Hands,
    /// The servants' process numbers, by reach.
    reader: Option<i32>,
    writer: Option<i32>,
}

/// Becomes the first process of the box. Ends when the service closes its end of `control`.
///
/// `born` reads its end once the launched process has told the service of this one and gone; what this one says comes after.
pub(super) fn run(
    control: OwnedFd,
    mut born: PipeReader,
    plan: &BoxPlan,
    fds: Vec<OwnedFd>,
    serve: Hands,
    mut level: Level,
    joined: Joined,
) -> ! {
    let made = make(plan, fds, serve, &mut level, &joined);
    if io::copy(&mut born, &mut io::sink()).is_err() {
        birth::leave(1);
    }
    drop(born);
    let mut zygote = match made {
        Ok(zygote) => zygote,
        Err(failed) => super::tell_failure(&control, failed, level),
    };
    if wire::send_value(&control, &Settled::Ready { level, cgroups: joined.folders }, &[]).is_err() {
        birth::leave(1);
    }
    loop {
        match wire::receive_value::<Order>(&control) {
            Ok((Order::Start(start), fds)) => {
                if let Some(streams) = zygote.start(fds) {
                    command::become_first(&zygote, &start, streams);
                }
            }
            Ok((Order::Servant { reach }, fds)) => {
                // A service that gets no servant sees its socket closed and says so.
                drop(zygote.replace_servant(reach, fds));
            }
            Err(_) => birth::leave(0),
        }
        // Commands that ended since the last one; not waiting for each as it ends saves two wake-ups a command.
        while let Ok(Some(_)) = rustix::process::wait(WaitOptions::NOHANG) {}
    }
}

fn make(plan: &BoxPlan, fds: Vec<OwnedFd>, serve: Hands, level: &mut Level, joined: &Joined) -> Result<Zygote, Failed> {
    let door = plan.door.as_deref().map(relay::Door::keep).transpose().step("open the dependency door's folder")?;
    limits::bound_resources(&plan.limits).step("set limits")?;
    rustix::system::sethostname(b"box").step("name the host")?;
    relay::bring_loopback_up().step("bring up loopback")?;
    root::build(plan, joined, level)?;
    privileges::close_the_sources().step("close the sources of capabilities")?;
    privileges::hide().step("hide the first process")?;
    level.landlock_abi = rules::abi();
    let mut zygote = Zygote {
        filter: filter::program(filter::Exec::Allowed).step("compile the call filter")?,
        quiet: filter::program(filter::Exec::Denied).step("compile the call filter")?,
        shell: if Path::new("/bin/bash").exists() { "/bin/bash" } else { "/bin/sh" },
        variables: variables(plan),
        plan: plan.clone(),
        serve,
        reader: None,
        writer: None,
    };
    if let Some(door) = door {
        let listener = relay::listen().step("listen at the dependency door")?;
        let kept = [listener.as_fd(), door.as_fd()];
        if zygote.fork_bounded(Reach::Read, &kept).step("start the relay")?.is_none() {
            relay::run(&listener, &door);
        }
    }
    for (reach, socket) in [Reach::Read, Reach::Write].into_iter().zip(fds) {
        zygote.replace_servant(reach, vec![socket]).step("start the hands")?;
    }
    level.seccomp = true;
    Ok(zygote)
}

impl Zygote {
    /// Starts a servant, after ending the one before it.
    fn replace_servant(&mut self, reach: Reach, fds: Vec<OwnedFd>) -> io::Result<()> {
        let [socket] = <[OwnedFd; 1]>::try_from(fds).map_err(|_| io::ErrorKind::InvalidData)?;
        let before = if reach == Reach::Read { &mut self.reader } else { &mut self.writer };
        if let Some(pid) = before.take().and_then(Pid::from_raw) {
            match rustix::process::kill_process(pid, Signal::KILL) {
                Ok(()) | Err(rustix::io::Errno::SRCH) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let Some(pid) = self.fork_bounded(reach, &[socket.as_fd()])? else { hands::serve(&socket, self.serve) };
        *(if reach == Reach::Read { &mut self.reader } else { &mut self.writer }) = Some(pid);
        Ok(())
    }

    /// Forks a process that starts no programs. In the child (`None`) all bounds are in force.
    fn fork_bounded(&self, reach: Reach, kept: &[BorrowedFd<'_>]) -> io::Result<Option<i32>> {
        let pid = birth::fork_with_own_mounts()?;
        if pid.is_none() && birth::keep_only(kept).and_then(|()| self.bound_servant(reach)).is_err() {
            birth::leave(1);
        }
        Ok(pid)
    }

    fn bound_servant(&self, reach: Reach) -> io::Result<()> {
        self.forget_places()?;
        // The working folder is the tree's root; its name may lead elsewhere by now.
        let writable = [Path::new("."), Path::new("/tmp")];
        let writable = if reach == Reach::Write { writable.as_slice() } else { &[] };
        privileges::drop_all()?;
        rules::bind(&rules::Rules { writable, run: Run::Nothing })?;
        filter::bind(&self.quiet)
    }

    /// Takes the environments out of this process's mount namespace.
    pub(super) fn forget_places(&self) -> io::Result<()> {
        if self.plan.places.is_empty() { Ok(()) } else { mounts::remove(Path::new(root::HIDDEN)) }
    }

    /// Forks a command; `Some` in the child. That there is no room is said on the command's own status socket.
    fn start(&self, fds: Vec<OwnedFd>) -> Option<Streams> {
        let streams = Streams::of(fds)?;
        match birth::first_of_command() {
            Ok(None) => return Some(streams),
            Ok(Some(_)) => {}
            Err(error) => {
                let said = Status::NotStarted { why: format!("the box has no room for another process: {error}") };
                // A service that is gone needs no answer; the next read of the control socket ends the box.
                drop(wire::send_packet(&streams.status, &said, &[]));
            }
        }
        None
    }
}

/// The ends of one command.
pub(super) struct Streams {
    pub(super) output: OwnedFd,
    pub(super) status: OwnedFd,
    /// Input and errors of a server; a command reads nothing, and its errors go where its output goes.
    pub(super) server: Option<(OwnedFd, OwnedFd)>,
}

impl Streams {
    fn of(fds: Vec<OwnedFd>) -> Option<Self> {
        let mut fds = fds.into_iter();
        let (output, status) = (fds.next()?, fds.next()?);
        let server = match (fds.next(), fds.next()) {
            (None, None) => None,
            (input, errors) => Some((input?, errors?)),
        };
        Some(Self { output, status, server })
    }

    pub(super) fn all(&self) -> Vec<BorrowedFd<'_>> {
        let server = self.server.iter().flat_map(|(input, errors)| [input.as_fd(), errors.as_fd()]);
        [self.output.as_fd(), self.status.as_fd()].into_iter().chain(server).collect()
    }
}

/// The environment of every command: what the plan gives, over a small base, with the door's address.
fn variables(plan: &BoxPlan) -> Vec<(String, String)> {
    let base = [
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ("LANG", "C.UTF-8"),
        ("TERM", "dumb"),
        ("TMPDIR", "/tmp"),
        ("SHELL", "/bin/sh"),
    ];
    let mut all: Vec<(String, String)> = base.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    all.push(("HOME".to_owned(), plan.home.to_string_lossy().into_owned()));
    if plan.door.is_some() {
        all.extend(relay::variables());
    }
    for (name, value) in &plan.variables {
        all.retain(|(known, _)| known != name);
        all.push((name.clone(), value.clone()));
    }
    all
}
