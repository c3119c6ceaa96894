//! What the person keeps in the tree and the agent does not see; what nobody inside may prepare for programs outside.

use std::fs;
use std::os::unix::fs::symlink;

use sandbox::{KEPT_OUT, Now, PLACEHOLDER, PROTECTED};

use crate::harness::*;

#[test]
fn secrets_have_a_placeholder_and_never_differ() {
    let world = World::new();
    let secrets = [
        ".env", ".env.production", "config/.env.local", "id_rsa", "deploy/id_ed25519", "tls/server.key", ".netrc", ".git-credentials",
        ".pypirc", "a/b/credentials.json", "service-account-prod.json", "state/terraform.tfstate", ".aws/credentials", ".ssh/config",
    ];
    for path in secrets {
        world.write(path, "TOP-SECRET");
    }
    world.write("tls/private.pem", "-----BEGIN PRIVATE KEY-----\nTOP-SECRET\n");
    world.write(".npmrc", "//registry.npmjs.org/:_authToken=TOP-SECRET\n");
    let open = [".env.example", "id_rsa.pub", "tls/ca.pem", "sub/.npmrc", "environment.rs", "node_modules/x/test.key"];
    for path in open {
        world.write(path, "harmless");
    }
    let sandbox = world.open();
    let said = ok(&sandbox, "grep -rIl TOP-SECRET . ; grep -rl harmless . | sort");
    let mut expected: Vec<String> = open.iter().map(|path| format!("./{path}")).collect();
    expected.sort();
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    assert_eq!(ok(&sandbox, "cat config/.env.local tls/private.pem .aws .ssh"), PLACEHOLDER.repeat(4));
    assert_eq!(call(&sandbox, "read", ".env", b"").unwrap(), PLACEHOLDER.as_bytes());
    assert_eq!(sandbox.masked().len(), 16, "{:?}", sandbox.masked());
    ok(&sandbox, "rm -f .env; echo mine > .env; rm -rf .ssh; rm -rf config tls; mkdir config");
    let changed: Vec<_> = sandbox.changes().unwrap().into_iter().map(|d| (d.path.display().to_string(), d.now)).collect();
    // The folders stay where something kept back is in them.
    assert_eq!(changed, [("config".into(), Now::Directory { opaque: true }), ("tls/ca.pem".into(), Now::Gone)]);
}

#[test]
fn what_kiroignore_names_is_masked_from_commands_and_never_differs() {
    let world = World::new();
    for path in ["private/a.txt", "private/.env", "private/.vscode/x.json", "data/x.csv", "data/open.csv", ".aws/x.csv", "node_modules/p/x.csv", "sub/deep/own.txt"] {
        world.write(path, "TOP-SECRET");
    }
    world.write(".kiroignore", "private/\n*.csv\n!open.csv\n.kiro/\nabsent/\n");
    world.write(".kiro/steering/a.md", "TOP-SECRET");
    world.write("sub/.kiroignore", "own.txt\n");
    symlink("data/x.csv", world.tree().join("link")).unwrap();
    let sandbox = world.open();
    assert_eq!(ok(&sandbox, "grep -rl TOP-SECRET . || true"), "./data/open.csv\n");
    assert_eq!(ok(&sandbox, "cat link private data/x.csv sub/deep/own.txt node_modules/p/x.csv .kiro"), KEPT_OUT.repeat(6));
    assert_eq!(call(&sandbox, "read", "data/x.csv", b"").unwrap(), KEPT_OUT.as_bytes());
    assert!(sandbox.kept_out().names(std::path::Path::new("absent/x")));
    ok(&sandbox, "! echo > .kiroignore && ! echo > sub/.kiroignore && rm -rf private data/x.csv .kiro && mkdir -p .kiro/hooks private && echo mine > private/new && echo mine > .kiro/hooks/a");
    assert_eq!(sandbox.changes().unwrap(), [], "what is kept out never differs");
}

#[test]
fn git_tells_of_what_has_a_placeholder_and_does_not_print_it() {
    let world = World::new();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-C", world.tree().to_str().unwrap()].map(str::to_owned);
        assert!(std::process::Command::new("git").args(identity).args(arguments).status().unwrap().success());
    };
    world.write("private/plan.txt", "TOP-SECRET\n");
    world.write("odd [x] \"y\"*.txt", "TOP-SECRET\n");
    world.write(".env", "TOP-SECRET\n");
    world.write("open.txt", "harmless\n");
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "start"]);
    world.write(".kiroignore", "private/\nodd*\n");
    world.write(".git/info/attributes", "*.bin -text");
    let sandbox = world.open();
    ok(&sandbox, "echo more >> open.txt");
    let said = ok(&sandbox, "git diff; git log -p; git diff HEAD; cat .git/info/attributes");
    assert!(!said.contains("TOP-SECRET") && said.contains("+more") && said.contains("*.bin -text"), "{said}");
    assert!(said.contains("private/plan.txt"), "that there is a difference is said: {said}");
}

#[test]
fn a_kiroignore_that_cannot_be_read_opens_no_box() {
    let world = World::new();
    world.write(".kiroignore", "[z-a]\n");
    let refused = sandbox::Sandbox::open(world.plan(), &launcher()).unwrap_err();
    assert!(matches!(refused, sandbox::OpenError::Search(_)), "{refused:?}");
}

#[test]
fn a_person_lets_one_through_by_name() {
    let world = World::new();
    world.write(".env", "A=1");
    world.write("sub/.env", "B=2");
    let mut plan = world.plan();
    plan.let_through = vec![".env".into()];
    let sandbox = world.open_with(plan);
    assert_eq!(ok(&sandbox, "cat .env; echo; cat sub/.env"), format!("A=1\n{PLACEHOLDER}"));
    ok(&sandbox, "echo C=3 > .env");
    assert_eq!(sandbox.changes().unwrap().len(), 1);
}

#[test]
fn a_placeholder_does_not_change_the_folder_s_mode_or_the_rest_of_it() {
    let world = World::new();
    world.write("config/.env", "x");
    world.write("config/app.toml", "y");
    let mode = |mode| fs::set_permissions(world.tree().join("config"), std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    mode(0o750);
    let sandbox = world.open();
    assert_eq!(ok(&sandbox, "stat -c %a config; cat config/app.toml; echo z > config/new && ls -A config"), "750\ny.env\napp.toml\nnew\n");
}

#[test]
fn settings_of_agents_and_git_cannot_be_written_present_or_absent() {
    let world = World::new();
    assert!(std::process::Command::new("git").args(["init", "-q"]).arg(world.tree()).status().unwrap().success());
    world.write(".git/hooks/pre-commit", "#!/bin/sh\n");
    world.write(".vscode/settings.json", "{}");
    world.write("packages/a/.claude/settings.json", "{}");
    world.write(".mcp.json", "{}");
    crate::escapes::put_attempts(&world);
    let sandbox = world.open();
    let present = [
        ".git/hooks/pre-commit", ".git/hooks/post-checkout", ".git/config", ".vscode/settings.json", ".vscode/tasks.json", ".mcp.json",
        "packages/a/.claude/settings.json",
    ];
    let absent = [
        ".claude/settings.json", ".claude/hooks/x", ".cursor/mcp.json", ".codex/config.toml", ".gemini/settings.json", ".qwen/settings.json",
        ".kiro/settings/mcp.json", ".kiro/hooks/x.kiro.hook", ".idea/workspace.xml", ".envrc", ".git/config.worktree", ".zed/tasks.json",
        ".devcontainer/devcontainer.json", ".cursorrules",
    ];
    for path in present.iter().chain(&absent) {
        let ran = run(&sandbox, &format!("mkdir -p {path} 2>/dev/null; rm -rf {path} 2>/dev/null; echo pwned > {path}"));
        assert_ne!(ran.code, 0, "{path}: {}", ran.text);
        assert!(call(&sandbox, "write", path, b"pwned").is_err(), "{path}");
    }
    for line in [
        "git config core.fsmonitor 'touch /tmp/x'", "git config core.hooksPath evil", "./attempt rename .git .git2",
        "./attempt rename .vscode .vscode2", "rm -rf .claude", "./attempt rename .kiro .kiro2", "./attempt rename packages packages2",
        "./attempt rename /tmp .claude", "rmdir .claude", "ln -sfn /tmp .claude", "mount -o remount,rw .git/config",
        "chmod 777 .git/hooks/pre-commit", "mv .git/hooks .git/hooks2", "cp /bin/sh .git/hooks/pre-push",
    ] {
        let ran = run(&sandbox, line);
        assert_ne!(ran.code, 0, "`{line}` worked: {}", ran.text);
    }
    assert_eq!(sandbox.changes().unwrap(), []);
    // Moving by copying leaves what is protected where it is.
    run(&sandbox, "mv .git .git2; mkdir -p .git/hooks; echo pwned > .git/hooks/pre-commit; echo pwned > .git/config");
    assert!(!ok(&sandbox, "cat .git/hooks/pre-commit .git/config").contains("pwned"));
    assert!(!world.tree().join(".claude").exists() && !world.tree().join(".kiro").exists());
}

#[test]
fn what_is_held_for_absent_settings_is_invisible_to_git() {
    let world = World::new();
    assert!(std::process::Command::new("git").args(["init", "-q"]).arg(world.tree()).status().unwrap().success());
    let sandbox = world.open();
    assert_eq!(ok(&sandbox, "git status --porcelain --ignored --untracked-files=all"), "");
    let listed = ok(&sandbox, "ls -A");
    for name in PROTECTED {
        let top = name.split('/').next().unwrap();
        assert!(listed.lines().any(|line| line == top), "{top} in {listed}");
    }
}

#[test]
fn settings_that_are_links_are_left_out_of_the_changes() {
    let world = World::new();
    world.write("shared/settings.json", "{}");
    symlink("shared", world.tree().join(".claude")).unwrap();
    let sandbox = world.open();
    run(&sandbox, "rm .claude; mkdir .claude; echo pwned > .claude/settings.json");
    assert_eq!(sandbox.changes().unwrap(), []);
}
