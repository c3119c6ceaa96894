//! What the machine's kernel offers for a box. Found by really doing each thing in a short-lived process, never by asking
//! for versions; it is part of the facts that a verdict is made from.

use std::ffi::OsString;

use serde::{Deserialize, Serialize};

use crate::sandbox::launch;
use crate::wire::{self, Settled, Setup};

/// What was reached, step by step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// The kernel's release, for people.
    pub kernel: String,
    /// User, mount, pid, net, ipc and uts namespaces could be made.
    pub user_namespaces: bool,
    /// An overlay with `userxattr` could be mounted.
    pub overlay: bool,
    /// The Landlock ABI in force; 0 is none.
    pub landlock_abi: u8,
    /// The system call filter is in force.
    pub seccomp: bool,
    /// What bounds processes and memory, in words.
    pub limits: String,
    /// What went wrong, if anything did.
    pub trouble: Vec<String>,
}

/// Below this Landlock is only a second lock on a door that the mount namespace already holds shut, but it must be there.
const LANDLOCK_NEEDED: u8 = 1;
/// From here on, signals and abstract sockets are scoped too.
const LANDLOCK_SCOPES: u8 = 6;

impl Level {
    /// Whether a box can be made. If not, no session is opened and nothing runs.
    pub fn is_enough(&self) -> bool {
        self.user_namespaces && self.overlay && self.landlock_abi >= LANDLOCK_NEEDED && self.seccomp
    }

    /// One line for each part, for `doctor`.
    pub fn lines(&self) -> Vec<String> {
        let works = |yes: bool| if yes { "works" } else { "does not work" };
        let landlock = match self.landlock_abi {
            0 => "Landlock: does not work".to_owned(),
            abi if abi < LANDLOCK_SCOPES => format!("Landlock: ABI {abi} (without scopes for signals and abstract sockets)"),
            abi => format!("Landlock: ABI {abi}"),
        };
        let mut lines = vec![
            format!("kernel: {}", self.kernel),
            format!("namespaces: {}", works(self.user_namespaces)),
            format!("overlay: {}", works(self.overlay)),
            landlock,
            format!("seccomp: {}", works(self.seccomp)),
            format!("limits: {}", self.limits),
        ];
        lines.extend(self.trouble.iter().map(|trouble| format!("trouble: {trouble}")));
        if !self.is_enough() {
            lines.push("not enough for a box: every step is held, nothing runs".to_owned());
        }
        lines
    }
}

/// Tries each part once in a process started with `launcher`, which must call [`crate::inside`].
pub fn level(launcher: &[OsString]) -> Level {
    probe(launcher).unwrap_or_else(|trouble| Level { trouble: vec![trouble.to_string()], ..Level::default() })
}

fn probe(launcher: &[OsString]) -> std::io::Result<Level> {
    let (mut child, control) = launch(launcher)?;
    let level = wire::send_value(&control, &Setup::Probe, &[]).and_then(|()| {
        loop {
            match wire::receive_value::<Settled>(&control)?.0 {
                Settled::Born { .. } => {}
                Settled::Ready { level, .. } | Settled::Failed { level, .. } => return Ok(level),
            }
        }
    });
    drop(control);
    child.kill().ok(); // it has answered, or never will
    child.wait()?;
    level
}

#[cfg(test)]
mod tests;
