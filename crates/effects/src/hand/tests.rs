mod paths;

use action::{AgentName, ByHand, Certainty, Deed, Digest, Environment, EnvironmentName, Generation, Intent, IntentId, PersonId, Reversibility, SessionId, Tier, Verb};
use proptest::prelude::*;

use crate::facts::{Facts, FileFact, FileKind, GitFact};

fn facts() -> Facts {
    let mcp = Environment {
        name: EnvironmentName::new("dev"),
        tier: Tier::Development,
        paths: vec!["/srv/dev".into()],
        hosts: Vec::new(),
        remotes: Vec::new(),
        recovery: Vec::new(),
        owners: Vec::new(),
        terms: Default::default(),
        identities: vec!["mcp:notes".into()],
    };
    let mut facts = Facts { tree: "/home/ana/app".into(), home: "/home/ana".into(), environments: vec![(mcp, Generation(1))], ..Facts::default() };
    facts.guarded = vec!["/home/ana/.local/share/countersign".into(), "/etc/codex".into()];
    let file = |tracked, changed| FileFact { kind: FileKind::File, size: 9, tracked: Some(tracked), changed, linked: false };
    facts.files.insert("kept.txt".into(), file(true, false));
    facts.files.insert("changed.txt".into(), file(true, true));
    facts.files.insert("new.txt".into(), file(false, false));
    facts.files.insert("away".into(), FileFact { kind: FileKind::Symlink { target: "/home/ana/.ssh".into() }, ..FileFact::default() });
    facts.git = Some(GitFact { branch: "main".into(), ..GitFact::default() });
    facts.git_hooks = Some(false);
    facts
}

fn effects_of(acts: Vec<ByHand>) -> action::Effects {
    let deed = Deed::Hand { root: "/home/ana/app".into(), cwd: "/home/ana/app".into(), tool: "Tool".into(), acts, input: Digest::of_bytes(b"") };
    let intent = Intent {
        v: 1,
        id: IntentId::new("i"),
        session: SessionId::new("s"),
        turn: 1,
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("codex"),
        deed,
    };
    crate::of(&intent, &facts())
}

/// The gravest effect: what is done, to what kind, where, how surely, and whether it can be undone.
fn worst(act: ByHand) -> (Verb, String, String, Certainty, Reversibility) {
    let effects = effects_of(vec![act]);
    let worst = effects.iter().next().unwrap().clone();
    (worst.verb, worst.resource.kind, worst.environment.to_string(), worst.certainty, worst.reversibility)
}

fn run(command: &str) -> ByHand {
    ByHand::Run { command: command.into() }
}

#[test]
fn what_is_in_the_tree_is_told_apart_from_the_machine_and_from_git_s_own_files() {
    for (act, verb, place) in [
        (ByHand::Write { path: "/home/ana/app/a/b.rs".into() }, Verb::Create, "worktree"),
        (ByHand::Write { path: "/home/ana/app/kept.txt".into() }, Verb::Update, "worktree"),
        (ByHand::Write { path: "/home/ana/app2/a.rs".into() }, Verb::Create, "host"),
        (ByHand::Write { path: "/home/ana/app/../x".into() }, Verb::Create, "host"),
        (ByHand::Write { path: "/home/ana/app/.git/HEAD".into() }, Verb::Create, "host"),
        (ByHand::Write { path: "/srv/dev/a".into() }, Verb::Create, "dev"),
        (run("echo x > a.txt"), Verb::Update, "worktree"),
        (run("echo x > /tmp/a.txt"), Verb::Update, "host"),
        (run("cd .. && echo x > a.txt"), Verb::Update, "host"),
    ] {
        let (found, _, environment, ..) = worst(act.clone());
        assert_eq!((found, environment.as_str()), (verb, place), "{act:?}");
    }
}

#[test]
fn deleting_is_recoverable_only_where_git_has_it_as_it_is() {
    let how = |command: &str| worst(run(command)).4;
    assert_eq!(how("rm kept.txt"), Reversibility::Recoverable);
    for command in ["rm changed.txt", "rm new.txt", "rm unknown.txt", "rm *.txt", "rm -rf ."] {
        assert_eq!(how(command), Reversibility::Irreversible, "{command}");
    }
}

#[test]
fn a_folder_that_only_goes_while_it_is_empty_takes_nothing_along() {
    assert_eq!(worst(run("rmdir old")).4, Reversibility::Recoverable);
    assert_eq!(worst(run("rmdir -p old/older")).4, Reversibility::Recoverable);
    assert_eq!(worst(run("rm -r old")).4, Reversibility::Irreversible);
    assert_eq!(worst(run("rmdir --unheard-of old")).3, Certainty::Opaque);
    assert_eq!(worst(run("rmdir /etc/old")).2, "host", "outside of the tree it is judged as such");
}

#[test]
fn a_commit_is_read_where_no_hook_would_run_and_is_opaque_where_one_may() {
    let mut known = facts();
    known.by_hand = true;
    let commit = |facts: &Facts| crate::shell::read("git commit -m x", facts, crate::Place::Host).iter().any(|effect| effect.certainty == Certainty::Opaque);
    assert!(!commit(&known));
    known.git_hooks = None;
    assert!(commit(&known));
}

#[test]
fn what_opens_other_doors_is_a_secret_and_other_files_are_not() {
    for path in ["/home/ana/.ssh/id_ed25519", "/home/ana/.aws/credentials", "/home/ana/other/.env", "/srv/x/server.pem", "/etc/shadow", "/proc/1/environ", "/home/ana/app/away/id_rsa"] {
        assert_eq!(worst(ByHand::Read { path: path.into() }).1, "secret", "{path}");
    }
    for path in ["/home/ana/app/.env", "/home/ana/other/.env.example", "/usr/include/stdio.h", "/home/ana/.bashrc", "/etc/hostname"] {
        assert_ne!(worst(ByHand::Read { path: path.into() }).1, "secret", "{path}");
    }
    assert_eq!(worst(ByHand::Look { path: "/home/ana".into() }).1, "secret", "all that is below it");
    assert_ne!(worst(ByHand::Look { path: "/usr/share".into() }).1, "secret");
    assert!(effects_of(vec![run("ln -s /home/ana link")]).iter().any(|effect| effect.resource.kind == "secret"), "it can be read through the link later");
    assert_eq!(worst(run("cat aw*/id_rsa")).3, Certainty::Opaque, "the pattern may match the link");
}

#[test]
fn what_holds_the_agent_is_named_by_whatever_way_it_is_touched() {
    let service = "/home/ana/.local/share/countersign";
    for act in [
        ByHand::Read { path: format!("{service}/keys/guard") },
        ByHand::Write { path: "/etc/codex/requirements.toml".into() },
        ByHand::Delete { path: "/home/ana/.local".into() },
        ByHand::Move { from: service.into(), to: "/home/ana/app/x".into() },
        run(&format!("rm -rf {service}")),
        run("rm -rf /home/ana/.local/share"),
    ] {
        assert!(effects_of(vec![act.clone()]).iter().any(|effect| effect.resource.kind == "gate"), "{act:?}");
    }
}

#[test]
fn servers_lead_to_their_mapped_environment_and_others_nobody_knows_where() {
    let call = |server: &str| worst(ByHand::Call { server: server.into(), tool: "delete".into() });
    assert_eq!(call("notes").2, "dev");
    let (verb, _, place, certainty, _) = call("other");
    assert_eq!((verb, place.as_str(), certainty), (Verb::Opaque, "unknown", Certainty::Opaque));
}

#[test]
fn a_command_that_touches_nothing_is_read_all_the_same() {
    for text in ["echo done", "true", "x=1; echo $x", "cd src", "# a comment", "export NAME=ana"] {
        let (verb, what, environment, certainty, _) = worst(run(text));
        assert_eq!((verb, what.as_str(), environment.as_str(), certainty), (Verb::Execute, "program", "host", Certainty::Exact), "{text}");
    }
    for text in ["echo \"$(./x)\"", "export PATH=./x", "eval \"$X\""] {
        assert_eq!(worst(run(text)).3, Certainty::Opaque, "{text}");
    }
}

#[test]
fn what_a_text_names_inside_itself_may_be_any_file_of_the_tree() {
    for text in [
        "git apply x.patch", "git apply --stat --apply x.patch", "git am x.patch", "tar xf x.tar", "tar xf x.tar -C .", "tar xf x.tar -C ./src/..", "tar xf x.tar -C \"$D\"",
        "unzip x.zip", "7z x x.7z", "unrar x x.rar", "split a.txt .mcp.jso", "csplit --prefix=.claude/x a.txt 1", "git read-tree -u -m x",
        "git update-index --cacheinfo 100644,e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,.mcp.json",
    ] {
        assert_eq!(worst(run(text)).3, Certainty::Opaque, "{text}");
    }
    for text in ["git apply --check x.patch", "tar tf x.tar", "tar cf x.tar src", "tar xf x.tar -C vendor/x", "unzip -d vendor x.zip", "git update-index -q --refresh"] {
        assert!(effects_of(vec![run(text)]).iter().all(|effect| effect.certainty != Certainty::Opaque), "{text}");
    }
}

#[test]
fn what_git_reads_outside_the_tree_is_read() {
    for text in ["git diff --no-index /dev/null ~/.ssh/id_rsa", "git commit -F ~/.ssh/id_rsa", "git commit --file=/home/ana/.ssh/id_rsa", "git tag -F../.ssh/id_rsa v1", "git grep --no-index x ~"] {
        assert!(effects_of(vec![run(text)]).iter().any(|effect| effect.resource.kind == "secret" && effect.verb == Verb::Read), "{text}");
    }
    for text in ["git commit -m '/tokens: a page'", "git diff HEAD..x", "git log -1 -- src/../a.txt"] {
        assert!(effects_of(vec![run(text)]).iter().all(|effect| effect.resource.kind != "secret"), "{text}");
    }
}

#[test]
fn what_has_no_reading_is_opaque_and_nothing_at_all_is_too() {
    let why = worst(ByHand::Unreadable { why: "it types".into() });
    assert_eq!((why.0, why.1.as_str(), why.3), (Verb::Opaque, "tool", Certainty::Opaque));
    assert!(effects_of(Vec::new()).iter().all(|effect| effect.certainty == Certainty::Opaque));
    assert_eq!(worst(ByHand::Note).0, Verb::Read);
}

proptest! {
    #[test]
    fn nothing_by_hand_stays_in_a_box_or_panics(command in ".{0,80}", path in "[a-z./~]{0,30}") {
        for act in [run(&command), ByHand::Read { path: path.clone() }, ByHand::Delete { path: path.clone() }, ByHand::Fetch { url: path.clone() }] {
            prop_assert!(effects_of(vec![act]).iter().all(|effect| effect.tier > Tier::Workspace));
        }
    }

    #[test]
    fn one_more_act_takes_no_effect_away(command in "[a-z ;|>*./-]{0,40}") {
        let one = effects_of(vec![ByHand::Delete { path: "/home/ana/app/new.txt".into() }]);
        let two = effects_of(vec![ByHand::Delete { path: "/home/ana/app/new.txt".into() }, run(&command)]);
        prop_assert!(one.iter().all(|effect| two.iter().any(|other| other.verb == effect.verb && other.resource == effect.resource)));
    }
}
