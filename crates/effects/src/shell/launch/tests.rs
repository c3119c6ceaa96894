use action::{Certainty, Effects, Tier, Verb};

use super::instantiated;
use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::{facts, has};

fn host(text: &str) -> Effects {
    read(text, &facts(), Place::Host)
}

/// Commands in which `@` is `rm -rf /etc/app`, read to the last word.
const EXACT: &[&str] = &[
    "busybox @", "toybox @", "busybox sh -c '@'", "watch @", "watch -n 5 -d '@'", "watch -x @", "watch -n1 'ls; @'", "script -c '@'",
    "script -q -c '@' /dev/null", "script -q /dev/null @", "parallel @ ::: x", "parallel -j4 rm -rf ::: /etc/app /x", "parallel rm -rf {} ::: /etc/app",
    "parallel -k 'cd /etc && rm -rf {}' ::: app", "parallel ::: '@' ls", "ls | entr @", "ls | entr -r -s '@'", "flock /tmp/l -c '@'",
    "flock -n 9 -c '@'", "bash -lc '@'", "bash --login -c '@'", "zsh -c '@'", "zsh -lc '@'", "dash -ec '@'", "bash -euxo pipefail -c '@'",
];

/// Those that do more, or that may.
const AT_LEAST: &[&str] = &[
    "env -S '@'", "env '-S@'", "env -iS 'A=b @' x", "env --split-string='@'", "su -c '@'", "su - root -c '@'", "su root --command='@'", "runuser -u x -- @",
    "runuser -l x -c '@'", "chroot / @", "chroot --userspec=a:b / @", "unshare -r -n @", "nsenter -t 1 -m -u @", "nsenter --target 1 --mount -- @",
    "npx @", "npx -y -p x -- @", "npm exec -- @", "pnpm dlx @", "uv run @", "poetry run @", "bundle exec @", "op run --env-file=.e -- @", "direnv exec . @",
    "aws-vault exec prod -- @", "systemd-run --user @", "fakeroot @", "torsocks @", "some-launcher --flag -- @", "sudo -s @", "bash -ic '@'", "ksh -c '@'",
    "HOME=/x bash -lc '@'", "parallel --results out @ ::: x", "parallel -S other @ ::: x",
];

#[test]
fn a_launched_command_is_read_to_its_last_word() {
    for (forms, exact) in [(EXACT, true), (AT_LEAST, false)] {
        for form in forms {
            let text = form.replace('@', "rm -rf /etc/app");
            for place in [Place::Boxed, Place::Host] {
                let effects = read(&text, &facts(), place);
                let deleted = effects.iter().any(|e| e.verb == Verb::Delete && e.resource.name.starts_with("/etc/app"));
                assert!(deleted, "{text}: {:#?}", effects.lines());
            }
            let opaque = host(&text).iter().any(|e| e.certainty == Certainty::Opaque);
            assert_eq!(opaque, !exact, "{text}: {:#?}", host(&text).lines());
        }
    }
}

#[test]
fn a_launched_command_that_cannot_be_read_is_opaque() {
    for text in [
        "watch \"$X\"", "script", "script -c \"$X\"", "parallel", "parallel -j2 'rm {.}' ::: a", "parallel 'rm {= unlink =}' ::: a", "ls | parallel",
        "ls | parallel rm", "parallel rm :::: list", "parallel --plus rm ::: a", "ls | entr -s \"$X\"", "busybox \"$X\"", "busybox nonsense",
        "su", "parallel rm ::: 'a b'", "parallel rm ::: a ::: b",
    ] {
        assert!(host(text).iter().any(|e| e.certainty == Certainty::Opaque), "{text}: {:#?}", host(text).lines());
    }
}

#[test]
fn what_a_launcher_writes_itself_is_written() {
    assert!(has(&host("script -c ls"), Verb::Update, "typescript"));
    assert!(has(&host("script -c ls out"), Verb::Update, "out"));
    assert!(has(&host("script -T t -c ls out"), Verb::Update, "t"));
    assert!(has(&host("parallel --joblog log ls ::: a"), Verb::Update, "log"));
    assert!(!host("flock 9").iter().any(|e| e.verb == Verb::Create));
}

#[test]
fn a_known_program_behind_a_runner_is_read_as_itself() {
    assert_eq!(host("npx -y supabase db reset").tier(), Tier::Unknown);
    assert_eq!(host("uv run terraform destroy").tier(), Tier::Unknown);
    // A package that is installed is not run by its name.
    assert!(!host("npm install rm x").iter().any(|e| e.verb == Verb::Delete));
}

#[test]
fn a_template_is_filled_with_what_needs_no_quotes() {
    assert_eq!(instantiated("rm {}", Some("a/b")).as_deref(), Some("rm a/b"));
    assert_eq!(instantiated("rm", Some("a;b")).as_deref(), Some("rm \"$each_argument\""));
    assert_eq!(instantiated("", Some("ls; rm x")).as_deref(), Some("ls; rm x"));
    assert_eq!(instantiated("", None), None);
    assert_eq!(instantiated("rm {/}", Some("a")), None);
}

#[test]
fn subcommands_of_frameworks_that_a_project_carries_are_read() {
    for command in ["python manage.py flush --noinput", "python3 ./manage.py flush", "./manage.py flush", "bin/rails db:drop", "./bin/rails db:schema:load", "php artisan db:wipe"] {
        let effects = crate::shell::read(command, &crate::Facts::default(), crate::Place::Host);
        assert!(effects.iter().any(|effect| effect.data_bearing && effect.tier > action::Tier::Host), "{command}: {:?}", effects.lines());
        assert!(effects.iter().any(|effect| effect.certainty == action::Certainty::Opaque), "{command}: the project's code runs");
    }
}
