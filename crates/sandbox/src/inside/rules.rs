//! Landlock: which files a process of the box may write or run. The mounts say the same; this is the second lock.
//!
//! Rights and scopes of ABI 6 and below are asked for; older kernels give what they have, and the level says how much that
//! is. Network is not among them: the box's network namespace has nothing to reach.

use std::io;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetStatus, Scope,
};

/// The newest ABI whose rights are used.
const ASKED: ABI = ABI::V6;

/// What a process may do with files.
pub(super) struct Rules<'a> {
    pub(super) writable: &'a [&'a Path],
    pub(super) run: Run,
}

/// Whether programs may be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// Any that can be read.
    Programs,
    /// None.
    Nothing,
}

/// Binds this process and all its children.
pub(super) fn bind(rules: &Rules<'_>) -> io::Result<()> {
    let ruleset = written(rules).map_err(io::Error::other)?;
    let status = ruleset.restrict_self().map_err(io::Error::other)?;
    match status.ruleset {
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
        RulesetStatus::NotEnforced => Err(io::Error::other("this kernel enforces no Landlock rules")),
    }
}

fn written(rules: &Rules<'_>) -> Result<RulesetCreated, Box<dyn std::error::Error + Send + Sync>> {
    let read = match rules.run {
        Run::Programs => AccessFs::from_read(ASKED),
        Run::Nothing => AccessFs::ReadFile | AccessFs::ReadDir,
    };
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ASKED))?
        .scope(Scope::from_all(ASKED))?
        .create()?
        .add_rule(PathBeneath::new(PathFd::new("/")?, read))?;
    for path in rules.writable {
        ruleset = ruleset.add_rule(PathBeneath::new(PathFd::new(path)?, read | files_and_folders()))?;
    }
    let devices = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev;
    for device in ["/dev/null", "/dev/zero", "/dev/full"] {
        ruleset = ruleset.add_rule(PathBeneath::new(PathFd::new(device)?, devices))?;
    }
    Ok(ruleset)
}

/// All writing but device nodes.
fn files_and_folders() -> BitFlags<AccessFs> {
    AccessFs::from_write(ASKED) & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev)
}

/// The ABI of this kernel; 0 if it has none.
pub(super) fn abi() -> u8 {
    const VERSION: u32 = 1;
    // SAFETY: with the version flag, no attribute and no size, the call only returns a number.
    let abi = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0_usize, VERSION) };
    u8::try_from(abi).unwrap_or(0)
}
