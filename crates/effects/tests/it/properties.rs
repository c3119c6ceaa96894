//! What must hold of every text: no panic, no randomness, nothing lost by adding or wrapping.

use action::{Certainty, Effect, Effects, Verb};
use effects::{Facts, GitFact, Place, shell};
use proptest::prelude::*;

use crate::texts::{command, text};

fn facts() -> Facts {
    Facts {
        tree: "/home/ana/app".into(),
        home: "/home/ana".into(),
        git: Some(GitFact { branch: "main".into(), dirty: 3, ..GitFact::default() }),
        ..Facts::default()
    }
}

fn opaque(effects: &Effects) -> bool {
    effects.iter().any(|e| e.certainty == Certainty::Opaque)
}

/// Every effect of `before` that was read is in `after` by verb and resource, or `after` says that it could not be read.
/// What could not be read before may be readable after: the new shell's arguments are known.
fn keeps(before: &Effects, after: &Effects) -> bool {
    let same = |a: &Effect, b: &Effect| a.resource == b.resource && (a.verb == b.verb || b.verb == Verb::Opaque);
    opaque(after) || before.iter().filter(|a| a.certainty != Certainty::Opaque).all(|a| after.iter().any(|b| same(a, b)))
}

fn places() -> impl Strategy<Value = Place> {
    prop_oneof![Just(Place::Boxed), Just(Place::Host)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic_and_alike_twice(text in any::<String>(), place in places()) {
        prop_assert_eq!(shell::read(&text, &facts(), place), shell::read(&text, &facts(), place));
    }

    #[test]
    fn shell_like_text_is_read_without_panic(text in "([a-c'\"\\\\$`{}()<>|&;# \n=~*!\\[\\]-]|EOF|if|fi|then|do|done|for|case|esac|in|rm|cd|sh|\\$\\(\\(|<<){0,60}", place in places()) {
        shell::read(&text, &facts(), place);
    }

    #[test]
    fn one_more_line_takes_no_effect_away(first in text(), second in command(), place in places()) {
        let before = shell::read(&first, &facts(), place);
        let after = shell::read(&format!("{first}\n{second}"), &facts(), place);
        prop_assert!(keeps(&before, &after), "{:#?}\n{:#?}", before.lines(), after.lines());
    }

    #[test]
    fn a_wrapper_takes_no_effect_away(inside in text(), place in places()) {
        let before = shell::read(&inside, &facts(), place);
        for shell in ["sh -c", "env bash -c", "timeout 5 bash -c", "nohup sh -c", "sudo -u x bash -c", "eval"] {
            let wrapped = format!("{shell} '{}'", inside.replace('\'', r"'\''"));
            let after = shell::read(&wrapped, &facts(), place);
            prop_assert!(keeps(&before, &after), "{shell}: {:#?}\n{:#?}", before.lines(), after.lines());
        }
    }

    #[test]
    fn a_program_behind_env_or_timeout_keeps_its_effects(path in "[a-z/.~]{1,12}", place in places()) {
        let before = shell::read(&format!("rm -rf {path}"), &facts(), place);
        for wrapper in ["env A=b", "timeout 9", "nice -n 5", "sudo", "nohup", "command", "exec", "\\time", "stdbuf -o0", "xargs -r"] {
            let after = shell::read(&format!("{wrapper} rm -rf {path}"), &facts(), place);
            prop_assert!(keeps(&before, &after), "{wrapper}: {:?} {:?}", before.lines(), after.lines());
        }
    }
}
