//! What is not known is never said as if it were.

use action::{Certainty, Effects, Tier, Verb};

use super::facts;
use crate::place::Place;
use crate::shell::read;

fn host(text: &str) -> Effects {
    read(text, &facts(), Place::Host)
}

/// The certainty of the deletion.
#[track_caller]
fn deleted(text: &str, certainty: Certainty) {
    for place in [Place::Boxed, Place::Host] {
        let effects = read(text, &facts(), place);
        let of_it: Vec<Certainty> = effects.iter().filter(|e| e.verb == Verb::Delete).map(|e| e.certainty).collect();
        assert!(!of_it.is_empty() && of_it.iter().all(|c| *c == certainty), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn an_unknown_value_makes_it_opaque() {
    for text in [
        "cd \"$X\" && rm -rf y", "cd $X; rm -rf y", "rm -rf \"$DIR/\"", "rm -rf \"$DIR\"/*", "rm -rf $UNSET/*", "rm -rf ${UNSET}", "rm -rf \"${UNSET:-}/\"",
        "rm -rf ~user/x", "rm -rf ~\"$x\"", "rm -rf $(cat list)", "rm -rf \"$(cat list)\"", "rm -rf `cat list`", "rm -rf a/$X", "rm -rf \"$@\"", "rm -rf $1",
        "rm -rf \"${a[0]}\"", "rm -rf ${x%/*}", "rm -rf ${!x}", "rm -rf $((1+1))", "read x; rm -rf $x", "x=$(cat y); rm -rf $x", "cat list | xargs rm -rf",
        "while read f; do rm -rf \"$f\"; done < list", "for f in $(cat list); do rm -rf $f; done", "cd -; rm -rf x", "pushd +1; rm -rf x", "cd ~user; rm -rf x",
    ] {
        deleted(text, Certainty::Opaque);
    }
}

#[test]
fn a_glob_is_at_least_and_a_name_is_exact() {
    for text in ["rm -rf *", "rm -rf build/*.o", "rm -rf /etc/ap?", "rm -rf [ab]", "rm -rf */x", "for f in *; do rm -rf \"build/x\" *; done", "find . -name x -delete"] {
        let effects = host(text);
        assert!(effects.iter().any(|e| e.verb == Verb::Delete && e.certainty == Certainty::AtLeast), "{text}: {:#?}", effects.lines());
    }
    for text in ["rm -rf x", "rm -rf 'a*'", "rm -rf a\\*", "X=a; rm -rf \"$X/\"", "rm -rf ~/x", "rm -rf [a", "x='*'; rm -rf \"$x\""] {
        deleted(text, Certainty::Exact);
    }
}

#[test]
fn a_glob_over_everything_takes_what_is_below_it() {
    for text in ["rm -rf /*", "rm -rf /srv/*", "rm -rf /s*v/prod", "rm -rf ../../../*"] {
        assert_eq!(host(text).tier(), Tier::Production, "{text}: {:#?}", host(text).lines());
    }
}

#[test]
fn where_nobody_knows_the_program_it_is_opaque() {
    for text in ["$X", "\"$X\" a", "r? -rf x", "/bin/r* x", "${X}rm x", "$(cat x)", "`cat x`", "a=(rm x); ${a[0]} y", "$0", "\"$@\"", "exec \"$X\"", "command $X", "nohup $X", "sudo \"$X\" rm"] {
        let effects = host(text);
        assert!(effects.iter().any(|e| e.verb == Verb::Opaque && e.certainty == Certainty::Opaque), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn one_name_in_many_spellings_is_one_deletion_or_opaque() {
    for text in ["r''m x", "\\rm x", "\"rm\" x", "$'rm' x", "$'\\x72m' x", "rm${IFS}x", "r\"\"m x", "'r'\"m\" x", "command rm x", "\\r\\m x", "rm '' x", "{rm,x}", "/bin/rm x", "r$@m x", "${E}rm x", "r${E}m x", "$'\\162m' x"] {
        let effects = host(text);
        let named = effects.iter().any(|e| e.verb == Verb::Delete && e.resource.name == "x");
        assert!(named || effects.iter().any(|e| e.certainty == Certainty::Opaque), "{text}: {:#?}", effects.lines());
    }
}
