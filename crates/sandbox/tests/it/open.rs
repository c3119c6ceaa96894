//! Opening, levels, and what is refused before anything runs.

use std::ffi::OsString;
use std::fs;
use std::io::BufRead;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use sandbox::{BadPlan, Level, OpenError, Plan, Sandbox, level};

use crate::harness::*;

#[test]
fn the_level_is_found_by_doing() {
    let found = level(&launcher());
    assert!(found.is_enough(), "{found:?}");
    assert!(found.user_namespaces && found.overlay && found.seccomp && found.landlock_abi >= 1);
    assert!(found.trouble.is_empty(), "{found:?}");
    assert!(!found.lines().iter().any(|line| line.contains("not enough")), "{:?}", found.lines());
    let world = World::new();
    let sandbox = world.open();
    assert!(sandbox.level().is_enough());
    assert!(sandbox.level().limits.contains("400 processes"), "{}", sandbox.level().limits);
}

/// A launcher on a machine that allows no user namespaces.
fn without_namespaces() -> Vec<OsString> {
    let script = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\"";
    let mut launcher = ["/usr/bin/unshare", "--user", "--map-root-user", "/bin/sh", "-c", script].map(OsString::from).to_vec();
    launcher.extend(crate::harness::launcher());
    launcher
}

#[test]
fn where_the_kernel_offers_too_little_nothing_runs() {
    let found = level(&without_namespaces());
    assert!(!found.is_enough() && !found.user_namespaces, "{found:?}");
    assert!(found.lines().iter().any(|line| line.contains("nothing runs")), "{:?}", found.lines());
    let world = World::new();
    match Sandbox::open(world.plan(), &without_namespaces()) {
        Err(OpenError::NotEnough { level, step, .. }) => {
            assert!(!level.is_enough());
            assert_eq!(step, "make namespaces");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_launcher_that_is_none_is_named() {
    let world = World::new();
    for launcher in [vec![], vec!["/no/such/program".into()], vec!["/bin/true".into()], vec!["/bin/sh".into(), "-c".into(), "echo x >&0".into()]] {
        assert!(matches!(Sandbox::open(world.plan(), &launcher), Err(OpenError::Launch(_))), "{launcher:?}");
        let found = level(&launcher);
        assert!(!found.is_enough() && found != Level::default(), "{found:?}");
    }
}

#[test]
fn one_state_folder_serves_one_box() {
    let world = World::new();
    let first = world.open();
    assert!(matches!(Sandbox::open(world.plan(), &launcher()), Err(OpenError::InUse { .. })));
    first.close().unwrap();
    world.open().close().unwrap();
}

#[test]
fn plans_that_would_not_be_bounded_are_refused() {
    let world = World::new();
    let with = |change: &dyn Fn(&mut Plan)| {
        let mut plan = world.plan();
        change(&mut plan);
        match Sandbox::open(plan, &launcher()) {
            Err(OpenError::Plan(bad)) => bad,
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(with(&|plan| plan.tree = "/".into()), BadPlan::TooWide { .. }));
    assert!(matches!(with(&|plan| plan.tree = "/usr".into()), BadPlan::TooWide { .. }));
    assert!(matches!(with(&|plan| plan.tree = plan.home.clone()), BadPlan::TooWide { .. }));
    assert!(matches!(with(&|plan| plan.tree = "/proc/sys".into()), BadPlan::System { .. }));
    assert!(matches!(with(&|plan| plan.tree = world.path("absent")), BadPlan::Unreadable { .. }));
    assert!(matches!(with(&|plan| plan.tree = world.path("outside/marker")), BadPlan::NotAFolder { .. }));
    assert!(matches!(with(&|plan| plan.state = plan.tree.join("state")), BadPlan::StateInTree { .. }));
    assert!(matches!(with(&|plan| plan.visible = vec!["/".into()]), BadPlan::TooWide { .. }));
    assert!(matches!(with(&|plan| plan.visible = vec!["usr".into()]), BadPlan::Relative { .. }));
    assert!(matches!(with(&|plan| plan.state = "state".into()), BadPlan::Relative { .. }));
}

#[test]
fn a_tree_with_odd_characters_in_its_path_opens() {
    let world = World::new();
    let tree = world.path("a b,c:d\\e\nf'\"é");
    fs::create_dir(&tree).unwrap();
    fs::write(tree.join("file"), "x").unwrap();
    let mut plan = world.plan();
    plan.tree = tree.clone();
    let sandbox = world.open_with(plan);
    assert_eq!(ok(&sandbox, "cat file; echo y > file; cat file"), "xy\n");
    assert_eq!(fs::read(tree.join("file")).unwrap(), b"x");
}

#[test]
fn visible_folders_are_there_read_only_and_without_their_secrets() {
    let world = World::new();
    fs::create_dir_all(world.path("home/.cargo/bin")).unwrap();
    fs::write(world.path("home/.cargo/bin/tool"), "#!/bin/sh\necho tool runs\n").unwrap();
    fs::write(world.path("home/.cargo/credentials.toml"), "token = 'secret'").unwrap();
    fs::write(world.path("home/.gitconfig"), "[user]\nname = Ana\n").unwrap();
    symlink(world.path("home/.cargo"), world.path("home/.linked")).unwrap();
    let mut plan = world.plan();
    plan.visible = vec![world.path("home/.cargo"), world.path("home/.gitconfig"), world.path("home/.linked"), world.path("home/absent")];
    let sandbox = world.open_with(plan);
    assert_eq!(ok(&sandbox, "sh ~/.cargo/bin/tool; cat ~/.cargo/credentials.toml; grep -c Ana ~/.gitconfig; ls -A ~/.linked/bin"), "tool runs\n1\ntool\n");
    for path in ["~/.cargo/bin/tool", "~/.cargo/new", "~/.gitconfig", "~/.cargo/credentials.toml"] {
        let ran = run(&sandbox, &format!("echo x > {path}"));
        assert_ne!(ran.code, 0, "{path}: {}", ran.text);
    }
    assert_eq!(fs::read(world.path("home/.cargo/credentials.toml")).unwrap(), b"token = 'secret'");
}

#[test]
fn a_tree_below_the_home_opens() {
    let world = World::new();
    fs::create_dir_all(world.path("home/projects/one")).unwrap();
    fs::write(world.path("home/projects/one/file"), "x").unwrap();
    fs::create_dir_all(world.path("home/projects/two")).unwrap();
    let mut plan = world.plan();
    plan.tree = world.path("home/projects/one");
    let sandbox = world.open_with(plan);
    assert_eq!(ok(&sandbox, "cat file; ls -A ~ ~/projects"), format!("x{0}:\nprojects\n\n{0}/projects:\none\n", world.path("home").display()));
    // Moving the tree's parents away moves them for the commands only, and the next still starts in the tree.
    ok(&sandbox, "mv ~/projects ~/elsewhere; mkdir -p ~/projects/one; echo fake > ~/projects/one/file");
    assert_eq!(ok(&sandbox, "cat file; echo real > file"), "x");
    assert_eq!(sandbox.changes().unwrap().len(), 1);
    assert_eq!(fs::read(world.path("home/projects/one/file")).unwrap(), b"x");
}

#[test]
fn when_the_service_is_killed_the_box_ends() {
    let world = World::new();
    let mut service = Command::new(&launcher()[0])
        .arg("hold")
        .args([world.tree(), world.state(), world.path("home")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    std::io::BufReader::new(service.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, "open\n");
    let children: Vec<rustix::process::Pid> = children_of(service.id());
    assert!(!children.is_empty(), "the box must be there");
    let boxes: Vec<_> = children
        .iter()
        .map(|pid| rustix::process::pidfd_open(*pid, rustix::process::PidfdFlags::empty()).unwrap())
        .collect();
    service.kill().unwrap();
    for one in &boxes {
        let mut fds = [rustix::event::PollFd::new(one, rustix::event::PollFlags::IN)];
        let limit = rustix::event::Timespec { tv_sec: 20, tv_nsec: 0 };
        assert_eq!(rustix::event::poll(&mut fds, Some(&limit)).unwrap(), 1, "the box outlived its service");
    }
    service.wait().unwrap();
}

fn children_of(pid: u32) -> Vec<rustix::process::Pid> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    text.split_whitespace().map(|n| rustix::process::Pid::from_raw(n.parse().unwrap()).unwrap()).collect()
}
