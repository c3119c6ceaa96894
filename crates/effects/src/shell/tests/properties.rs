//! What must hold of every text, whatever is put beside it or around it.

use action::{Certainty, Effect, Effects};
use proptest::prelude::*;
use proptest::sample::select;

use super::facts;
use crate::place::Place;
use crate::shell::{Dialect, read, read_at, reading, reading_as};

const COMMANDS: &[&str] = &[
    "rm -rf /etc/app", "rm x y", "cd src && rm a", "echo x > out", "cat < in | tee out", "curl https://evil.example/x", "git push --force origin main",
    "ssh cost.example.com 'rm -rf /data'", "docker exec web rm -rf /data", "python3 -c 'x()'", "find . -name '*.o' -delete", "mv a b", "./clean.sh /etc",
    "for f in a b; do rm $f; done", "if test -e x; then rm x; fi", "x=a; rm -rf $x", "rm -rf \"$U/\"", "kill 7", "aws s3 rm s3://x", "PATH=. ls",
    "f() { rm \"$1\"; }; f z", "eval 'rm q'", "cp -t d a b", "chmod -R 777 .", "sqlite3 data.db 'drop table x'", "xargs rm < list", "sh ./nested.sh",
    "dd if=/dev/zero of=/etc/disk", "tar xf a.tar -C /srv", "(cd /etc; rm app)", "echo $(rm k)", "cat <<E\n$(rm k)\nE", "trap 'rm t' EXIT",
];

/// Programs, as wrappers get them: no lists, no functions.
const PROGRAMS: &[&str] = &[
    "rm -rf /etc/app", "rm x y", "curl https://evil.example/x", "git push --force origin main", "python3 -c x", "find . -name x -delete", "mv a b", "kill 7",
    "./clean.sh /etc", "aws s3 rm s3://x", "cp -t d a b", "chmod -R 777 .", "tee /etc/x", "dd of=/etc/disk", "docker exec web rm /data", "rm -rf *", "tar xf a.tar -C /srv",
];

/// `@` is the command.
const WRAPPERS: &[&str] = &[
    "sudo @", "sudo -u x @", "doas @", "env @", "env A=b @", "env -i @", "env -S '@'", "nohup @", "timeout 9 @", "nice @", "nice -n 5 @", "ionice -c 3 @",
    "time @", "\\time -p @", "setsid @", "stdbuf -oL @", "strace -f -o t @", "chroot / @", "unshare -n @", "su -c '@'", "runuser -u x -- @", "script -c '@'",
    "script -q f @", "flock l @", "flock l -c '@'", "watch @", "watch -n 1 '@'", "watch -x @", "command @", "builtin command @", "exec @", "eval '@'",
    "sh -c '@'", "bash -lc '@'", "zsh -c '@'", "dash -c '@'", "xargs @", "xargs -n1 -P4 @", "parallel ::: '@'", "find . -exec @ \\;", "find . -execdir @ {} +",
    "ls | entr @", "ls | entr -s '@'", "busybox sh -c '@'", "@ &", "( @ )", "{ @; }", "! @", "if @; then ls; fi", "while @; do ls; done", "ls | @", "@ | ls",
    "f() { @; }; f", "echo $(@)", "echo \"`@`\"", "cat <(@)", "trap '@' EXIT", "bash <<E\n@\nE", "bash <<< '@'", "case x in x) @;; esac", "[[ -n $(@) ]]",
];

fn opaque(effects: &Effects) -> bool {
    effects.iter().any(|e| e.certainty == Certainty::Opaque)
}

/// Each effect that was read before is there, or one of its kind of which the name is not known, or the text as a whole is opaque.
fn keeps(before: &Effects, after: &Effects) -> bool {
    let unnamed = |a: &Effect, b: &Effect| b.certainty == Certainty::Opaque && b.tier >= a.tier;
    let same = |a: &Effect, b: &Effect| a.verb == b.verb && ((a.resource == b.resource && a.tier <= b.tier) || unnamed(a, b));
    after.iter().any(|e| e.resource.kind == "command" && e.resource.name == "command") || before.iter().filter(|a| a.certainty != Certainty::Opaque).all(|a| after.iter().any(|b| same(a, b)))
}

/// Each effect that was read before is there, whatever else is.
fn stay(before: &Effects, after: &Effects) -> bool {
    before.iter().all(|a| after.iter().any(|b| a == b || (a.resource == b.resource && a.verb == b.verb && a.tier <= b.tier)))
}

fn places() -> impl Strategy<Value = Place> {
    select(vec![Place::Boxed, Place::Host])
}

fn text() -> impl Strategy<Value = String> {
    let separators = select(vec!["; ", " && ", " || ", "\n", " & ", " | "]);
    proptest::collection::vec((select(COMMANDS), separators), 1..5).prop_map(|commands| {
        let joined = |text: String, (command, separator): (&str, &str)| match (text.as_str(), command.contains("<<")) {
            ("", _) => command.to_owned(),
            _ if text.ends_with("\nE") => format!("{text}\n{command}"),
            _ => format!("{text}{separator}{command}"),
        };
        commands.into_iter().fold(String::new(), joined)
    })
}

fn shell_like() -> impl Strategy<Value = String> {
    "([a-c'\"\\\\$`{}()<>|&;# \n=~*!@\\[\\]-]|EOF|if|fi|then|do|done|for|case|esac|in|rm|cd|sh|ssh|eval|watch|python -c|\\$\\(\\(|<<|docker exec|parallel|:::|env -S){0,50}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_seen_is_what_is_judged(text in prop_oneof![text(), shell_like()], place in places()) {
        let seen = reading(&text, "sub", &facts(), place);
        prop_assert_eq!(seen.effects(), read_at(&text, "sub", &facts(), place));
        for sighting in seen.sightings() {
            let part = text.get(sighting.span.start..sighting.span.end);
            prop_assert!(part.is_some_and(|part| !part.is_empty() || text.is_empty()), "{:?} of {:?}", sighting.span, text);
        }
    }

    #[test]
    fn any_bytes_are_read_by_any_shell(text in prop_oneof![any::<String>(), shell_like()], dialect in select(vec![Dialect::Bash, Dialect::Sh, Dialect::Zsh]), place in places()) {
        let once = reading_as(dialect, &text, "", &facts(), place);
        prop_assert_eq!(once, reading_as(dialect, &text, "", &facts(), place));
    }

    #[test]
    fn what_is_added_behind_takes_nothing_away(first in text(), second in prop_oneof![text(), shell_like()], place in places()) {
        let before = read(&first, &facts(), place);
        let ends = if first.ends_with("\nE") { vec!["\n"] } else { vec!["\n", "; ", " && ", " || ", " & ", " | "] };
        for end in ends {
            let after = read(&format!("{first}{end}{second}"), &facts(), place);
            prop_assert!(keeps(&before, &after), "{first}{end}{second}: {:#?}\n{:#?}", before.lines(), after.lines());
            // A line of its own does not even hide what comes before where it cannot be read.
            prop_assert!(!["\n", "; "].contains(&end) || stay(&before, &after), "{first}{end}{second}: {:#?}\n{:#?}", before.lines(), after.lines());
        }
    }

    #[test]
    fn what_is_put_in_front_takes_nothing_away_but_knowledge(first in select(vec!["ls", "x=1", "echo a > b", "test -e q", "true", "f() { ls; }"]), second in text()) {
        let before = read(&second, &facts(), Place::Host);
        for end in ["; ", "\n", " && ", " & "] {
            let after = read(&format!("{first}{end}{second}"), &facts(), Place::Host);
            prop_assert!(keeps(&before, &after), "{first}{end}{second}: {:#?}\n{:#?}", before.lines(), after.lines());
        }
    }

    #[test]
    fn a_quoted_letter_changes_nothing(at in 0_usize..14, style in 0_usize..5) {
        let text = "rm -rf /etc/app";
        let (before, rest) = text.split_at(at);
        let letter = &rest[..1];
        prop_assume!(letter != " ");
        let quoted = [format!("'{letter}'"), format!("\"{letter}\""), format!("\\{letter}"), format!("$'{letter}'"), format!("''{letter}\"\"")];
        let after = read(&format!("{before}{}{}", quoted[style], &rest[1..]), &facts(), Place::Host);
        prop_assert_eq!(read(text, &facts(), Place::Host), after);
    }
}

#[test]
fn every_wrapper_has_at_least_the_effects_of_its_command() {
    for command in PROGRAMS {
        for wrapper in WRAPPERS {
            for place in [Place::Boxed, Place::Host] {
                let (before, text) = (read(command, &facts(), place), wrapper.replace('@', command));
                let after = read(&text, &facts(), place);
                let kept = |a: &Effect| after.iter().any(|b| (b.resource == a.resource && b.verb == a.verb && b.tier >= a.tier) || also(a, b));
                assert!(before.iter().filter(|a| a.certainty != Certainty::Opaque).all(kept), "{text}: {:#?}\n{:#?}", before.lines(), after.lines());
                assert!(opaque(&after) || !opaque(&before), "{text}: {:#?}", after.lines());
            }
        }
    }
}

/// Where a wrapper moves on, what is below its directory is named without it.
fn also(a: &Effect, b: &Effect) -> bool {
    b.certainty == Certainty::Opaque && (b.verb == a.verb || b.verb >= action::Verb::Execute)
}
