//! Paths that seem to stay in the tree, or to be harmless, and are not.

use action::{ByHand, Certainty, Effects, Tier};

use super::{facts, run};
use crate::facts::{Facts, FileFact, FileKind};

fn known() -> Facts {
    let mut facts = facts();
    let link = |target: &str| FileFact { kind: FileKind::Symlink { target: target.into() }, ..FileFact::default() };
    facts.files.remove("away");
    for (name, target) in [("a/b/c/l", "../../../src"), ("dh", ".git/hooks"), ("outdir", "/tmp/out"), ("rootl", "/usr")] {
        facts.files.insert(name.into(), link(target));
    }
    facts.files.insert("src".into(), FileFact { kind: FileKind::Directory, ..FileFact::default() });
    facts.files.insert("twin".into(), FileFact { linked: true, ..FileFact::default() });
    facts
}

fn of(act: ByHand, facts: &Facts) -> Effects {
    crate::hand::of("/home/ana/app", "Tool", &[act], facts)
}

fn is_opaque(effects: &Effects) -> bool {
    effects.iter().any(|effect| effect.certainty == Certainty::Opaque)
}

#[test]
fn two_dots_after_a_name_lead_nobody_knows_where() {
    for command in [
        "echo x > a/b/c/l/../../x",
        "echo x > dh/../config",
        "cat rootl/../root/.ssh/id_rsa",
        "cat $PWD/dh/../config",
        "cat dh/../*",
        "cd dh && echo x > ../config",
        "cd dh/.. && echo x > config",
        "cd a/b/c && cd l && cat ../x",
        "cp x outdir/../y",
    ] {
        assert!(is_opaque(&of(run(command), &known())), "{command}");
    }
    for act in [ByHand::Write { path: "/home/ana/app/dh/../config".into() }, ByHand::Read { path: "rootl/../root/.ssh/id_rsa".into() }] {
        assert!(is_opaque(&of(act.clone(), &known())), "{act:?}");
    }
    for command in ["cd src && cat ../a.txt", "cat ./a.txt", "cat ../sibling/a.txt", "cat a..b/c"] {
        assert!(!is_opaque(&of(run(command), &known())), "{command}");
    }
}

#[test]
fn a_file_with_other_names_is_not_in_the_tree_alone() {
    for act in [run("echo x > twin"), ByHand::Edit { path: "twin".into() }, ByHand::Write { path: "/home/ana/app/twin".into() }] {
        let effects = of(act.clone(), &known());
        assert!(is_opaque(&effects) && effects.iter().all(|effect| effect.environment.as_str() == "host"), "{act:?}");
    }
    assert!(!is_opaque(&of(ByHand::Read { path: "twin".into() }, &known())));
    assert!(is_opaque(&of(run("chmod -R 600 t*"), &known())));
}

#[test]
fn what_changes_all_of_the_tree_changes_what_guards_it() {
    for command in ["chmod -R 000 .", "find . -exec truncate -s0 {} +", "chmod -R 000 /home/ana/app", "rm -rf ."] {
        assert!(is_opaque(&of(run(command), &known())), "{command}");
    }
    let mut facts = Facts { files: [("sub/.vscode/tasks.json".into(), FileFact::default())].into(), ..known() };
    assert!(is_opaque(&of(run("chmod -R 000 sub"), &facts)));
    facts.files.clear();
    assert!(!is_opaque(&of(run("chmod -R 700 sub"), &facts)));
}

#[test]
fn settings_that_tools_read_by_themselves_are_safeguards_by_hand() {
    for path in [
        ".cargo/config.toml", "sub/.cargo/config", "rust-toolchain.toml", ".yarnrc.yml", ".pnpmfile.cjs", ".npmrc", "ansible.cfg", ".bazelrc", "pip.conf", ".roo/rules/x",
        ".clinerules", ".amazonq/x", ".trae/x", ".fleet/run.json", ".vs/x", "app.code-workspace", ".dir-locals.el", ".nvim.lua", ".exrc", "lefthook.yml",
        ".pre-commit-config.yaml", ".husky/pre-commit", ".lintstagedrc.json", "bare.git/config", "bare.git/hooks/post-update",
    ] {
        let mut facts = known();
        facts.files.insert("bare.git/HEAD".into(), FileFact::default());
        let effects = of(ByHand::Write { path: path.into() }, &facts);
        assert!(effects.iter().all(|effect| effect.verb == action::Verb::DisableProtection), "{path}");
    }
    for path in ["config", "hooks/use-x.ts", "Cargo.toml", "src/rust-toolchain.rs", "package.json"] {
        assert!(of(ByHand::Write { path: path.into() }, &known()).iter().all(|effect| effect.verb != action::Verb::DisableProtection), "{path}");
    }
}

#[test]
fn a_search_along_links_that_lead_out_is_held() {
    for command in ["grep -R . .", "find -L . -name x", "cp -rL . /tmp/x"] {
        assert!(is_opaque(&of(run(command), &known())), "{command}");
    }
    assert!(is_opaque(&of(ByHand::Look { path: "/home/ana/app".into() }, &known())));
    let plain = Facts { files: [("in".into(), FileFact { kind: FileKind::Symlink { target: "src".into() }, ..FileFact::default() })].into(), ..known() };
    assert!(!is_opaque(&of(run("grep -R . ."), &plain)));
    let anywhere = FileFact { kind: FileKind::Symlink { target: "/".into() }, ..FileFact::default() };
    let unseen = Facts { files: [("vendor/*".into(), anywhere)].into(), ..known() };
    assert!(is_opaque(&of(run("grep -R . vendor/deep"), &unseen)), "what was too much to look at may be there");
    assert!(!is_opaque(&of(run("grep -R . other"), &unseen)));
}

#[test]
fn memory_disks_hidden_settings_and_other_projects_keys_are_secrets() {
    let kind = |path: &str| of(ByHand::Read { path: path.into() }, &known()).iter().next().unwrap().resource.kind.clone();
    for path in [
        "/dev/sda", "/dev/mem", "/dev/nvme0n1p2", "/dev/mapper/root", "/proc/kcore", "/proc/1/environ", "/proc/self/mem", "/proc/7/fd/3", "/home/ana/.bash_history",
        "/home/ana/.config/x", "/home/ana/.gitconfig", "/home/ana/Library/x", "/home/ana/snap/x", "/home/ana/.cache/mozilla/x", "/run/secrets/db", "/etc/shadow-", "/etc/gshadow",
        "/etc/ssl/private/x", "/etc/ssh/ssh_host_ed25519_key", "/etc/wireguard/wg0.conf", "/etc/openvpn/x", "/etc/kubernetes/admin.conf", "/etc/rancher/k3s/k3s.yaml",
        "/etc/NetworkManager/system-connections/x", "/etc/krb5.keytab", "/tmp/krb5cc_1000", "/srv/x/terraform.tfvars", "/srv/x/service-account-1.json", "/srv/x/wp-config.php",
        "/srv/x/a.kdbx", "/srv/x/.git/config",
    ] {
        assert_eq!(kind(path), "secret", "{path}");
    }
    for path in [
        "/home/ana/.cargo/registry/src/a.rs", "/home/ana/.rustup/x", "/home/ana/.nvm/x", "/home/ana/.pyenv/x", "/home/ana/.cache/pip/x", "/home/ana/.local/bin/x",
        "/home/ana/.profile", "/home/ana/notes.txt", "/proc/cpuinfo", "/etc/ssh/ssh_config", "/home/ana/app/terraform.tfvars",
    ] {
        assert_ne!(kind(path), "secret", "{path}");
    }
    assert!(of(ByHand::Read { path: "/dev/sda".into() }, &known()).iter().all(|effect| effect.tier >= Tier::Host));
}
