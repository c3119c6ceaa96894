//! What runs inside: the launched program becomes the box.
//!
//! ```text
//! launched process   unshares six namespaces, maps its own user, gives birth to the box's first process and goes
//! └ first process    builds the root, gives up what it does not need, then starts commands until the service is gone
//!   ├ reader, writer serve file operations
//!   ├ relay          carries connections to the dependency door
//!   └ command        first process of its own pid namespace; bounds itself, spawns bash, reports how it ended
//! ```
//! Commands see nobody but themselves. When the service's end of the control socket closes, the first process ends and the
//! kernel kills all the others with it.

mod birth;
mod command;
mod filter;
mod hands;
mod limits;
mod mounts;
mod privileges;
mod probe;
mod relay;
mod root;
mod rules;
mod zygote;

pub(crate) use hands::ANSWERED;

use std::os::fd::{AsFd, OwnedFd};

use crate::level::Level;
use crate::wire::{self, BoxPlan, Settled, Setup};

/// Serves one file operation: request bytes in, reply bytes out.
pub(crate) type Hands = fn(&[u8]) -> Vec<u8>;

/// Becomes a box. The program calls this first thing when it is started with the launcher's arguments; it never returns.
///
/// Standard input must be the control socket that `Sandbox::open` or `level` made; anything else ends the process with 2.
/// `hands` serves file operations, in a process that may read the box (or write its tree) and nothing else.
pub fn inside(hands: fn(&[u8]) -> Vec<u8>) -> ! {
    let Ok(control) = take_control() else { birth::leave(2) };
    match wire::receive_value::<Setup>(&control) {
        Ok((Setup::Probe, _)) => probe::run(&control),
        Ok((Setup::Box(plan), fds)) => become_box(control, &plan, fds, hands),
        Err(_) => birth::leave(2),
    }
}

/// The socket on standard input, which commands must not inherit.
fn take_control() -> std::io::Result<OwnedFd> {
    rustix::net::sockopt::socket_type(rustix::stdio::stdin())?;
    let control = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    let nothing = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    drop(nothing);
    birth::keep_only(&[control.as_fd()])?;
    Ok(control)
}

fn become_box(control: OwnedFd, plan: &BoxPlan, fds: Vec<OwnedFd>, hands: Hands) -> ! {
    let mut level = Level { kernel: root::kernel(), ..Level::default() };
    let joined = limits::join_cgroup(&plan.limits);
    if let Err(failed) = birth::separate() {
        tell_failure(&control, failed, level);
    }
    let (born, telling) = match std::io::pipe() {
        Ok(ends) => ends,
        Err(error) => tell_failure(&control, Failed { step: "make a pipe", why: error.to_string() }, level),
    };
    match birth::first_process() {
        Ok(Some(pid)) => {
            // The service adopts the first process by this number; there is nobody else to tell if it cannot be sent.
            let told = wire::send_value(&control, &Settled::Born { pid }, &[]);
            birth::leave(if told.is_ok() { 0 } else { 1 })
        }
        Ok(None) => {
            drop(telling);
            level.user_namespaces = true;
            zygote::run(control, born, plan, fds, hands, level, joined)
        }
        Err(failed) => tell_failure(&control, failed, level),
    }
}

/// Says which step failed and ends: nothing runs.
fn tell_failure(control: impl AsFd, failed: Failed, level: Level) -> ! {
    let told = wire::send_value(control, &Settled::Failed { step: failed.step.to_owned(), why: failed.why, level }, &[]);
    birth::leave(if told.is_ok() { 1 } else { 2 })
}

/// One step of making the box did not work.
#[derive(Debug)]
struct Failed {
    step: &'static str,
    why: String,
}

/// Names the step of a result.
trait Step<T> {
    fn step(self, step: &'static str) -> Result<T, Failed>;
    /// The same with the path it was about.
    fn step_at(self, step: &'static str, path: &std::path::Path) -> Result<T, Failed>;
}

impl<T, E: std::fmt::Display> Step<T> for Result<T, E> {
    fn step(self, step: &'static str) -> Result<T, Failed> {
        self.map_err(|e| Failed { step, why: e.to_string() })
    }

    fn step_at(self, step: &'static str, path: &std::path::Path) -> Result<T, Failed> {
        self.map_err(|e| Failed { step, why: format!("`{}`: {e}", path.display()) })
    }
}
