//! Texts that grow when they are read: each ends soon, and says that it was not read to its end.

use std::fmt::Write;

use action::{Certainty, Verb};

use super::facts;
use crate::place::Place;
use crate::shell::{parse, reading, scope};

#[track_caller]
fn overruns(text: &str) {
    let start: String = text.chars().take(70).collect();
    let effects = reading(text, "", &facts(), Place::Host).effects();
    assert!(effects.iter().any(|e| e.certainty == Certainty::Opaque), "{start}");
}

fn numbered(n: usize, one: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut text, at| {
        let _ = write!(text, "{}", one(at));
        text
    })
}

#[test]
fn a_text_read_twice_over_is_paid_for() {
    overruns(&"a[x;".repeat(60_000));
    overruns(&format!("{}{}{}", "$(( ".repeat(17), "x ".repeat(60_000), ") ) ".repeat(17)));
    assert!(parse::parse(&"a[1]=x;".repeat(20_000), parse::Dialect::Bash).is_ok());
}

#[test]
fn a_value_that_is_expanded_over_and_over_is_paid_for() {
    let value = "y".repeat(60_000);
    overruns(&format!("x={value}; rm {}", "$x ".repeat(60_000)));
    overruns(&format!("rm {value}{{{}}}", vec!["a"; 900].join(",")));
    overruns(&format!("echo {} | {}", "y ".repeat(200_000), vec!["cat"; 3_000].join(" | ")));
    overruns(&format!("set -- {}; {}", "y ".repeat(100_000), "rm $1; ".repeat(20_000)));
    overruns(&format!("a=({}); {}", "y ".repeat(100_000), "rm $a; ".repeat(20_000)));
    overruns(&format!("find {} {}", "a ".repeat(50_000), "-delete ".repeat(20_000)));
    overruns(&format!("find {} -exec rm {} ;", "a ".repeat(50_000), "b ".repeat(50_000)));
}

#[test]
fn a_script_that_is_run_over_and_over_is_paid_for() {
    let mut facts = facts();
    facts.scripts.insert("long.sh".into(), "# nothing\n".repeat(50_000));
    facts.scripts.insert("huge.sh".into(), "true\n".repeat(4_000_000));
    for text in ["./long.sh; ".repeat(9_000), "./huge.sh; ".repeat(9_000), "x".repeat(20 << 20)] {
        let effects = reading(&text, "", &facts, Place::Host).effects();
        assert!(effects.iter().any(|e| e.verb == Verb::Opaque), "{:#?}", effects.lines());
    }
}

#[test]
fn many_names_are_forgotten_or_refused_and_nothing_is_lost() {
    let assignments = numbered(1_200, |n| format!("v{n}=/etc/a && "));
    let effects = reading(&format!("{assignments} rm -rf \"$v1000\""), "", &facts(), Place::Host).effects();
    assert!(effects.iter().any(|e| e.verb == Verb::Delete && e.certainty == Certainty::Opaque), "{:#?}", effects.lines());
    let kept = numbered(400, |n| format!("v{n}=/etc/a && "));
    let effects = reading(&format!("{kept} rm -rf \"$v399\""), "", &facts(), Place::Host).effects();
    assert!(effects.iter().all(|e| e.certainty == Certainty::Exact), "{:#?}", effects.lines());
    overruns(&(numbered(700, |n| format!("f{n}() {{ ls; }}; ")) + "f699"));
}

#[test]
fn a_home_is_kept_however_many_names_there_are() {
    let mut scope = scope::Scope::new("/".into(), "/home/ana");
    for n in 0..2_000 {
        scope.forget(&format!("v{n}"));
    }
    scope.set("IFS", scope::Value::Text(",".into()), false);
    assert_eq!((scope.get("IFS"), scope.get("HOME")), (scope::Value::Text(",".into()), scope::Value::Text("/home/ana".into())));
    scope.set("new", scope::Value::Text("x".into()), false);
    assert_eq!(scope.get("new"), scope::Value::Unknown);
}

#[test]
fn more_effects_than_are_listed_are_said_to_be_more() {
    let text = format!("rm {}", numbered(60_000, |n| format!("f{n} ")));
    let seen = reading(&text, "", &facts(), Place::Boxed);
    assert!(seen.sightings().len() <= 20_001);
    assert!(seen.effects().iter().any(|e| e.verb == Verb::Opaque));
}
