//! The system calls that nothing in the box may make: those that reach into other processes, into the kernel, into mounts
//! and namespaces, or that have been the way out of other boxes.
//!
//! A list of what is denied, so that tools of every kind work. It is the last of several locks: the processes have no
//! capability, and what is not mounted cannot be reached by any call. Denied calls fail with `EPERM`; `clone3` with
//! `ENOSYS`, because its arguments cannot be seen and libraries then use `clone`; the x32 table likewise.

use std::collections::BTreeMap;
use std::io;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition as Condition, SeccompFilter,
    SeccompRule, sock_filter,
};

/// Whether the process may start programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exec {
    Allowed,
    Denied,
}

/// Denied whatever the arguments.
const DENIED: [i64; 62] = [
    libc::SYS_acct,
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_chroot,
    libc::SYS_clock_settime,
    libc::SYS_delete_module,
    libc::SYS_fanotify_init,
    libc::SYS_finit_module,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_init_module,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_ioprio_set,
    libc::SYS_kcmp,
    libc::SYS_kexec_file_load,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_lookup_dcookie,
    libc::SYS_memfd_secret,
    libc::SYS_migrate_pages,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_move_pages,
    libc::SYS_name_to_handle_at,
    libc::SYS_nfsservctl,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_perf_event_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pivot_root,
    libc::SYS_process_madvise,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_setdomainname,
    libc::SYS_sethostname,
    libc::SYS_setns,
    libc::SYS_settimeofday,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_syslog,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
    libc::SYS_vhangup,
    // The same numbers on every architecture from here on; newer than the names in `libc`.
    OPEN_TREE_ATTR,
    LSM_SET_SELF_ATTR,
    FILE_SETATTR,
    // Numbers below exist on one architecture only; repeated ones stand for "none here".
    ARCHITECTURE[0],
    ARCHITECTURE[1],
    ARCHITECTURE[2],
    ARCHITECTURE[3],
    ARCHITECTURE[4],
];
const LSM_SET_SELF_ATTR: i64 = 460;
const OPEN_TREE_ATTR: i64 = 467;
const FILE_SETATTR: i64 = 469;
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: [i64; 5] =
    [libc::SYS_ioperm, libc::SYS_iopl, libc::SYS_modify_ldt, libc::SYS_uselib, libc::SYS_ptrace];
#[cfg(not(target_arch = "x86_64"))]
const ARCHITECTURE: [i64; 5] = [libc::SYS_ptrace; 5];

/// Namespace flags of `clone`.
const NAMESPACES: [i32; 7] = [
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWNS,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWCGROUP,
];
/// Puts characters into a terminal's input, as if typed.
const TIOCSTI: u64 = 0x5412;
/// The console's own back door of the same kind.
const TIOCLINUX: u64 = 0x541C;
/// `personality` is asked with this number, and set to 0 by programs that want nothing special.
const PERSONALITY_QUERY: u64 = 0xffff_ffff;

/// The old way to whole packets, under the name of an ordinary family.
const SOCK_PACKET: i32 = 10;

/// The filter as the kernel takes it.
pub(super) fn program(exec: Exec) -> io::Result<BpfProgram> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = DENIED.iter().map(|number| (*number, Vec::new())).collect();
    if exec == Exec::Denied {
        rules.insert(libc::SYS_execve, Vec::new());
        rules.insert(libc::SYS_execveat, Vec::new());
    }
    let conditional = conditional().map_err(io::Error::other)?;
    rules.extend(conditional);
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into().map_err(io::Error::other)?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, denied, architecture).map_err(io::Error::other)?;
    let denials: BpfProgram = filter.try_into().map_err(io::Error::other)?;
    Ok([unseen_calls(), denials].concat())
}

/// Binds this process and all its children. It must not be able to gain privileges any more.
pub(super) fn bind(program: &BpfProgram) -> io::Result<()> {
    seccompiler::apply_filter(program).map_err(io::Error::other)
}

fn conditional() -> Result<Vec<(i64, Vec<SeccompRule>)>, seccompiler::BackendError> {
    let rule = |conditions: Vec<Condition>| SeccompRule::new(conditions);
    let equals = |argument, value| Condition::new(argument, Len::Dword, Op::Eq, value);
    let differs = |argument, value| Condition::new(argument, Len::Dword, Op::Ne, value);
    let holds = |argument, bits: u64| Condition::new(argument, Len::Dword, Op::MaskedEq(bits), bits);
    let has_type = |kind: i32| Condition::new(1, Len::Dword, Op::MaskedEq(0xf), u64::from(kind.unsigned_abs()));
    let families = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];
    let other_family = families.iter().map(|family| differs(0, u64::from(family.unsigned_abs()))).collect::<Result<Vec<_>, _>>()?;
    let namespaces = NAMESPACES.iter().map(|flag| rule(vec![holds(0, u64::from(flag.unsigned_abs()))?])).collect::<Result<_, _>>()?;
    Ok(vec![
        (libc::SYS_clone, namespaces),
        (libc::SYS_ioctl, vec![rule(vec![equals(1, TIOCSTI)?])?, rule(vec![equals(1, TIOCLINUX)?])?]),
        (libc::SYS_socket, vec![
            rule(other_family)?,
            rule(vec![has_type(libc::SOCK_RAW)?])?,
            rule(vec![has_type(SOCK_PACKET)?])?,
        ]),
        (libc::SYS_personality, vec![rule(vec![differs(0, 0)?, differs(0, PERSONALITY_QUERY)?])?]),
    ])
}

/// What is answered with `ENOSYS` before the list is looked at.
///
/// The number of a call in the x32 table has bit 30 set and would pass a list of ordinary numbers.
fn unseen_calls() -> BpfProgram {
    const LOAD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
    const AT_LEAST: u16 = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    const EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    const RETURN: u16 = 0x06; // BPF_RET | BPF_K
    const X32: u32 = 0x4000_0000;
    let clone3 = u32::try_from(libc::SYS_clone3).unwrap_or(u32::MAX);
    vec![
        sock_filter { code: LOAD, jt: 0, jf: 0, k: 0 },
        sock_filter { code: AT_LEAST, jt: 1, jf: 0, k: X32 },
        sock_filter { code: EQUAL, jt: 0, jf: 1, k: clone3 },
        sock_filter { code: RETURN, jt: 0, jf: 0, k: libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs() },
    ]
}

#[cfg(test)]
mod tests;
