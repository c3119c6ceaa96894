//! Ways out of a box. Each row runs an attempt, shows that it really ran, and checks that nothing outside changed.
//!
//! A row's command prints what the attempt met; `met` must be in it and `never` must not. A row that prints nothing of the
//! kind fails, so an attempt that could not be made is not a pass.

use std::fs;
use std::io::Write;
use std::net::Shutdown;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use sandbox::Sandbox;

use crate::harness::*;

/// Builds `attempts/attempt.c` once and puts it into the tree.
pub(crate) fn put_attempts(world: &World) {
    static BUILT: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, program) = BUILT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (source, program) = (folder.path().join("attempt.c"), folder.path().join("attempt"));
        fs::write(&source, include_str!("attempts/attempt.c")).unwrap();
        let built = Command::new("cc").args(["-O1", "-o"]).arg(&program).arg(&source).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        (folder, program)
    });
    fs::copy(program, world.tree().join("attempt")).unwrap();
}

struct Row {
    name: &'static str,
    line: String,
    met: &'static [&'static str],
    never: &'static [&'static str],
}

fn row(name: &'static str, line: impl Into<String>, met: &'static [&'static str]) -> Row {
    Row { name, line: line.into(), met, never: &["PWNED"] }
}

fn check(world: &World, sandbox: &Sandbox, rows: &[Row]) {
    for Row { name, line, met, never } in rows {
        let ran = run(sandbox, line);
        for part in *met {
            assert!(ran.text.contains(part), "{name}: `{part}` not met; `{line}` said: {}", ran.text);
        }
        for part in *never {
            assert!(!ran.text.contains(part), "{name}: `{part}` met; `{line}` said: {}", ran.text);
        }
        world.assert_outside_untouched();
    }
}

/// A world whose `outside` and `home` hold a marker, with the attempts in the tree.
fn world() -> (World, Sandbox) {
    let world = World::new();
    put_attempts(&world);
    world.write("mine", "mine");
    world.write("dir/old", "old");
    let sandbox = world.open();
    (world, sandbox)
}

#[test]
fn by_paths_and_links() {
    let (world, sandbox) = world();
    let out = world.path("outside/marker").display().to_string();
    let rows = [
        row("absolute path", format!("cat {out}; echo PWNED > {out}; cat {out}"), &["No such file"]).but(&["untouched"]),
        row("dot dot", "cat ../outside/marker; echo x > ../outside/marker; ls -A ..", &["No such file", "tree"]).but(&["untouched"]),
        row("link out", format!("ln -s {out} l && cat l; echo x > l"), &["No such file"]).but(&["untouched"]),
        row("folder link out", format!("ln -s $(dirname {out}) d && echo x > d/marker; ls d"), &["No such file"]),
        row("hard link to outside", format!("ln {out} h; ln ~/marker h"), &["No such file"]),
        row("hard link to a program", "ln /usr/bin/env tool && echo PWNED; echo tried", &["tried", "ross-device"]),
        row("hard link to passwd", "ln /etc/passwd p && echo PWNED; echo tried", &["tried", "ross-device"]),
        row("proc self root", format!("cat /proc/self/root{out}; echo x > /proc/self/root/etc/x"), &["No such file", "Read-only"]),
        row("proc 1 root", format!("ls /proc/1/root/; cat /proc/1/root{out}; ls -l /proc/1/cwd"), &["ermission denied"]),
        row("proc 1 descriptors", "ls -l /proc/1/fd/ && echo PWNED; for n in 0 1 2 3 4 5 6 7 8; do echo x > /proc/1/fd/$n; done", &["ermission denied"]),
        row("own descriptors", "ls -l /proc/self/fd | grep -v pipe: | grep -v /proc/ | grep -v /dev/null | grep -c -- '->'; echo only", &["0\nonly"]),
        row("proc 1 memory", "cat /proc/1/environ; cat /proc/1/mem; cat /proc/1/maps; echo tried", &["ermission denied", "tried"]),
        row("other processes", "ls -d /proc/[0-9]* | wc -l | grep -E '^[1-9]$'; test -e /proc/2 && echo first", &["first"]),
        row("chroot", "chroot /tmp /bin/sh -c 'echo PWNED'", &["not permitted"]),
        row("cd above the root", format!("cd /; cd ../../../..; ls {out}; pwd"), &["No such file", "/"]),
        row("the state folder", format!("ls -A {}; ls -A /scratch /stage", world.state().display()), &["No such file"]),
        row("the lower tree by mount list", "grep ' overlay ' /proc/self/mountinfo; grep -c upperdir=/tmp /proc/self/mountinfo; echo seen", &["lowerdir=/proc/self/fd", "0\nseen"]),
    ];
    check(&world, &sandbox, &rows);
}

impl Row {
    fn but(mut self, never: &'static [&'static str]) -> Self {
        self.never = never;
        self
    }
}

#[test]
fn by_writing_where_others_read() {
    let (world, sandbox) = world();
    let rows = [
        row("etc", "echo x >> /etc/passwd; echo x > /etc/ld.so.preload; touch /etc/profile.d/x; rm -f /etc/hosts; cat /etc/hosts", &["Read-only", "localhost"]),
        row("usr", "echo x > /usr/bin/x; rm -f /usr/bin/env; mv /usr/bin/env /usr/bin/env2; /usr/bin/env true && echo still", &["Read-only", "still"]),
        row("root", "touch /x; mkdir /x; rmdir /tmp; mv /tmp /tmp2; ls -d /x", &["Read-only", "No such file"]),
        row("home outside", "cat ~/marker; echo x > ~/marker; ls -A ~", &["No such file", "marker"]).but(&["untouched"]),
        row("device by name", "echo x > /dev/sda; echo x > /dev/mem; ls /dev/mem /dev/kmsg /dev/tty /dev/ptmx /dev/sda /dev/vda", &["No such file"]),
        row("kernel settings", "echo x > /proc/sys/kernel/hostname; echo x > /proc/sys/kernel/core_pattern; echo b > /proc/sysrq-trigger; echo tried", &["tried"]),
        row("own kernel files", "echo 1000 > /proc/self/oom_score_adj; echo 0 > /proc/self/uid_map; echo tried", &["tried", "Read-only"]),
        row("sys", "ls /sys/fs/cgroup; mkdir /sys/x; ls /run /var/run; ls /boot /root/.ssh 2>&1", &["No such file"]),
        row("agent sockets", "ls /run/docker.sock /var/run/docker.sock $SSH_AUTH_SOCK /run/user; echo \"agent=$SSH_AUTH_SOCK\"", &["No such file", "agent=\n"]),
        row("credentials", "cat ~/.ssh/id_rsa ~/.aws/credentials ~/.netrc ~/.git-credentials ~/.docker/config.json; env | grep -iE 'token|secret|aws|key'; echo none", &["No such file", "none"]),
        row("others' passwords", "cat /etc/shadow /etc/sudoers /etc/ssh/ssh_host_rsa_key", &["No such file"]),
    ];
    check(&world, &sandbox, &rows);
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    assert_ne!(pattern.trim(), "x");
}

#[test]
fn by_other_programs_and_privileges() {
    let (world, sandbox) = world();
    let rows = [
        row("copied program", "cp /bin/sh s && ./s -c 'echo ran; echo x > /etc/x'", &["ran", "Read-only"]),
        row("ld-linux", "/lib64/ld-linux-x86-64.so.2 /bin/sh -c 'echo ran; echo x > /usr/x' || /lib/ld-linux-aarch64.so.1 /bin/sh -c 'echo ran; echo x > /usr/x'", &["ran", "Read-only"]),
        row("memfd exec", "./attempt memfd_exec 'echo ran; echo x > /etc/x; echo x > /usr/x'", &["ran", "Read-only"]),
        row("setuid bit", "cp /bin/bash b && chmod 4755 b && ./b -p -c 'grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status'", &["CapEff:\t0000000000000000", "NoNewPrivs:\t1"]),
        row("su and sudo", "su -c 'echo PWNED' < /dev/null; sudo -n echo PWNED; newgrp root -c 'echo PWNED'; grep CapBnd /proc/self/status", &["CapBnd:\t0000000000000000"]),
        row("unshare by program", "unshare -Ur echo PWNED; unshare -m echo PWNED", &["not permitted"]),
        row("bind mount by program", "mount --bind /tmp /etc && echo PWNED; umount /proc && echo PWNED; echo tried", &["tried"]),
        row("capabilities", "./attempt capabilities", &["keep_capability: EPERM", "no_new_privs: 1", "seccomp: 2"]),
        row("devices", "./attempt device node; ls -l node", &["mknod_block: EACCES", "mknod_mem: EACCES", "mknod_whiteout: EACCES", "No such file"]),
        row("priority", "./attempt priority; nice -n -5 true; echo tried", &["nice_up: EACCES", "realtime: EPERM", "raise_limit: EPERM"]),
        row("setns", "for n in user mnt net pid; do ./attempt setns /proc/self/ns/$n; ./attempt setns /proc/1/ns/$n; done", &["setns: EPERM", "setns: EACCES"]),
        row("open more limits", "ulimit -n 1000000 && echo PWNED; ulimit -u unlimited && echo PWNED; echo tried", &["tried"]),
        row("opaque mark", "python3 -c \"import os; os.setxattr('dir', 'user.overlay.opaque', b'y')\"; touch dir/new; ls dir; rm dir/new; echo tried", &["new\nold", "tried"]),
    ];
    check(&world, &sandbox, &rows);
    assert!(sandbox.changes().unwrap().iter().all(|differing| !differing.path.starts_with("dir")), "a forged mark was believed");
}

/// What each call of the table must meet; all others `EPERM`.
fn expected(name: &str) -> &'static str {
    match name {
        "clone3" => "ENOSYS",
        name if name.starts_with("x32") => "ENOSYS",
        _ => "EPERM",
    }
}

#[test]
fn by_system_calls() {
    let (world, sandbox) = world();
    let said = ok(&sandbox, "./attempt table");
    let met: Vec<(&str, &str)> = said.lines().filter_map(|line| line.split_once(": ")).collect();
    assert!(met.len() >= 46, "{said}");
    for (name, error) in met {
        assert_eq!(error, expected(name), "{name}");
    }
    world.assert_outside_untouched();
}

#[test]
fn by_other_processes() {
    let (world, sandbox) = world();
    let own = std::process::id();
    let mut sibling = start(&sandbox, "echo up; exec sleep 98766");
    wait_for(&mut sibling, "up");
    let rows = [
        row("kill outside", format!("kill -9 {own}; kill -9 -- -1; echo tried"), &["No such process"]).but(&[]),
        row("kill the box", "kill -9 1; kill -TERM 1; kill -SEGV 1; echo alive", &["alive"]),
        row("kill a sibling", "pkill -9 -f '9876[6]'; echo tried", &["tried"]),
        row("trace the first", "python3 - <<'E'\nimport ctypes\nprint('ptrace', ctypes.CDLL(None, use_errno=True).ptrace(16, 1, 0, 0))\nE", &["ptrace -1"]),
    ];
    check(&world, &sandbox, &rows[1..]);
    let ran = run(&sandbox, &format!("kill -9 {own}; echo tried"));
    assert!(ran.text.contains("No such process") && ran.text.contains("tried"), "{}", ran.text);
    assert_eq!(run(&sandbox, "kill -9 -- -1; echo no").why, sandbox::Why::Finished, "only itself is there to be killed");
    assert_eq!(running_outside("sleep\x0098766"), 1, "a sibling was reached");
    drop(rows);
}

#[test]
fn by_sockets_of_the_machine() {
    let (world, sandbox) = world();
    let name = format!("countersign-test-{}", std::process::id());
    let abstract_socket = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let path = world.path("agent.sock");
    let path_socket = UnixListener::bind(&path).unwrap();
    for listener in [&abstract_socket, &path_socket] {
        listener.set_nonblocking(true).unwrap();
    }
    let in_tree = UnixListener::bind(world.tree().join("live.sock")).unwrap();
    in_tree.set_nonblocking(true).unwrap();
    drop(sandbox);
    let sandbox = world.open();
    let rows = [
        row("socket in the tree", "./attempt path_socket live.sock", &["path_socket: EACCES"]),
        row("abstract socket", format!("./attempt abstract {name}"), &["abstract: ECONNREFUSED"]),
        row("path socket", format!("./attempt path_socket {}", path.display()), &["path_socket: ENOENT"]),
        row("docker", "./attempt path_socket /var/run/docker.sock; ./attempt path_socket /run/docker.sock", &["ENOENT"]),
        row("d-bus", "./attempt path_socket /run/dbus/system_bus_socket", &["ENOENT"]),
    ];
    check(&world, &sandbox, &rows);
    assert!(abstract_socket.accept().is_err() && path_socket.accept().is_err(), "a connection got out");
    assert!(in_tree.accept().is_err(), "a connection got out");
    // The listeners do answer: a connection from here is seen.
    let mut here = std::os::unix::net::UnixStream::connect(&path).unwrap();
    here.write_all(b"x").and_then(|()| here.shutdown(Shutdown::Both)).unwrap();
    assert!(path_socket.accept().is_ok());
}

#[test]
fn by_poisoning_later_commands() {
    let (world, sandbox) = world();
    ok(&sandbox, "for f in .bashrc .profile .bash_profile .bash_login .zshenv .inputrc; do echo 'echo PWNED; export PATH=/tmp' > ~/$f; done; \
        printf 'int puts(const char *); __attribute__((constructor)) void f(void) { puts(\"PWNED\"); }' > /tmp/p.c && cc -shared -fPIC -o /tmp/p.so /tmp/p.c; \
        export BASH_ENV=~/.bashrc ENV=~/.bashrc LD_PRELOAD=/tmp/p.so PATH=/tmp; PROMPT_COMMAND='echo PWNED'; hash -p /tmp/p.so ls; set -a");
    let rows = [
        row("start-up files", "echo clean; ls / | head -1", &["clean\nbin\n"]),
        row("variables", "echo \"${LD_PRELOAD}|${BASH_ENV}|${ENV}|${LD_LIBRARY_PATH}\"; /bin/echo \"$PATH\"", &["|||\n", "/usr/bin"]),
        row("preload file", "echo /tmp/p.so > /etc/ld.so.preload; /bin/true; echo tried", &["Read-only", "tried"]),
    ];
    check(&world, &sandbox, &rows);
    // It would have worked with the variable set, so the attempt is a real one.
    assert!(run(&sandbox, "LD_PRELOAD=/tmp/p.so /bin/true").text.contains("PWNED"));
}

#[test]
fn by_racing_a_file_operation() {
    let (world, sandbox) = world();
    fs::create_dir(world.tree().join("inside")).unwrap();
    let outside = world.path("outside").display().to_string();
    let mut swapping = start(&sandbox, &format!("./attempt swap_links race inside {outside}"));
    wait_for(&mut swapping, "swapping");
    let written = call(&sandbox, "write-many", "race/marker", b"PWNED").unwrap();
    swapping.stop();
    assert_eq!(written, b"100 100", "some writes went to the folder inside, some met the link out");
    world.assert_outside_untouched();
    // The same against places of the box that only the bounds of the servant protect.
    for place in ["/etc", "/usr/share", "/dev/shm"] {
        let mut swapping = start(&sandbox, &format!("./attempt swap_links race2 inside {place}"));
        wait_for(&mut swapping, "swapping");
        call(&sandbox, "write-many", "race2/raced-marker", b"PWNED").unwrap();
        swapping.stop();
        assert!(run(&sandbox, &format!("ls {place}/raced-marker")).text.contains("No such file"), "{place}");
    }
}

#[test]
fn by_changing_the_copy_while_the_service_reads_it() {
    let (world, sandbox) = world();
    fs::create_dir(world.tree().join("inside")).unwrap();
    let mut swapping = start(&sandbox, "mkdir -p d; echo mine > mine; (while :; do mv d e; ln -s /etc d; rm d; mv e d; done) & \
        (while :; do rm -f mine; mkfifo mine; rm -f mine; printf mine > mine; done) & ./attempt swap_links race inside /etc");
    wait_for(&mut swapping, "swapping");
    for _ in 0..300 {
        // An error is a fair answer; waiting for a pipe or a file of the machine is not.
        for differing in sandbox.changes().unwrap_or_default() {
            assert!(!differing.path.starts_with("d/passwd") && !differing.path.starts_with("race/passwd"), "{differing:?}");
        }
    }
    swapping.stop();
    assert!(sandbox.changes().is_ok());
}

#[test]
fn by_way_of_the_service_reading_the_copy() {
    // A link in the copy that points outside is reported as a link, and its target is not read.
    let (world, sandbox) = world();
    ok(&sandbox, &format!("ln -s {} stolen; rm mine; ln -s /etc/shadow mine", world.path("outside/marker").display()));
    let changes = sandbox.changes().unwrap();
    let links = changes.iter().filter(|differing| matches!(differing.now, sandbox::Now::Symlink(_))).count();
    assert_eq!((changes.len(), links), (2, 2));
    let upper = world.state().join("0/upper");
    let seen = sandbox::fingerprint(&upper, std::path::Path::new("stolen")).unwrap();
    assert!(matches!(seen, Some(action::Content::Symlink { .. })), "{seen:?}");
}
