//! Where in the text an effect is said to be.

use action::Verb;

use super::facts;
use crate::place::Place;
use crate::shell::reading;

/// The deletion of `/etc/app` is read from this part of the text.
#[track_caller]
fn seen_at(text: &str, part: &str) {
    let reading = reading(text, "", &facts(), Place::Host);
    let of_it = |verb: Verb, name: &str| verb == Verb::Delete && name == "/etc/app";
    let seen = reading.sightings().iter().find(|s| of_it(s.effect.verb, &s.effect.resource.name));
    let span = seen.unwrap_or_else(|| panic!("{text}: {:#?}", reading.effects().lines())).span;
    assert_eq!(text.get(span.start..span.end), Some(part), "{text}");
}

#[test]
fn an_effect_is_where_its_simple_command_stands() {
    for text in [
        "rm -rf /etc/app",
        "cd src && rm -rf /etc/app",
        "ls; ls\n  rm -rf /etc/app   # gone\nls",
        "if test -e x; then rm -rf /etc/app; fi",
        "for x in a b; do ls; rm -rf /etc/app; done",
        "while read l; do { ( rm -rf /etc/app ); }; done < f",
        "case x in a) ls;; b) rm -rf /etc/app;; esac",
        "ls | rm -rf /etc/app | wc",
        "! time rm -rf /etc/app &",
        "echo \"é $(cat x; rm -rf /etc/app) y\"",
        "cat <(rm -rf /etc/app)",
        "x=$(rm -rf /etc/app)",
    ] {
        seen_at(text, "rm -rf /etc/app");
    }
}

#[test]
fn a_prefix_and_a_redirection_are_parts_of_the_command() {
    seen_at("ls; A=b rm -rf /etc/app 2>/dev/null; ls", "A=b rm -rf /etc/app 2>/dev/null");
    seen_at("ls; rm \\\n  -rf /etc/app; ls", "rm \\\n  -rf /etc/app");
}

#[test]
fn what_is_found_inside_a_text_is_at_the_command_that_leads_there() {
    for part in [
        "sh -c 'ls; rm -rf /etc/app'",
        "eval 'rm -rf /etc/app'",
        "trap 'rm -rf /etc/app' EXIT",
        "echo `rm -rf /etc/app`",
        "sudo -u x env A=b bash -c \"rm -rf /etc/app\"",
        "bash <<E",
        "find . -exec rm -rf /etc/app \\;",
        "rm -rf \"$D\"",
    ] {
        let end = if part.ends_with("<<E") { "\nrm -rf /etc/app\nE\n" } else { "; ls" };
        seen_at(&format!("D=/etc/app; {part}{end}"), part);
    }
}

#[test]
fn a_function_is_at_its_call_and_a_script_at_its_run() {
    seen_at("f() { rm -rf \"$1\"; }; ls; f /etc/app; ls", "f /etc/app");
    let reading = reading("ls && ./nested.sh", "", &facts(), Place::Host);
    let deleted: Vec<_> = reading.sightings().iter().filter(|s| s.effect.verb == Verb::Delete).map(|s| (s.span.start, s.span.end)).collect();
    assert_eq!(deleted, [(6, 17), (6, 17)]);
}

#[test]
fn a_redirection_is_its_own_place() {
    let text = "echo a b >out.txt; { ls; } > all.txt";
    let reading = reading(text, "", &facts(), Place::Boxed);
    let at = |name: &str| reading.sightings().iter().find(|s| s.effect.resource.name == name).map(|s| &text[s.span.start..s.span.end]);
    assert_eq!((at("out.txt"), at("all.txt")), (Some(">out.txt"), Some("> all.txt")));
}

#[test]
fn of_two_places_the_first_counts_and_what_cannot_be_read_is_everywhere() {
    seen_at("ls; rm -rf /etc/app; rm -r /etc/app", "rm -rf /etc/app");
    let text = "ls; rm 'x";
    let reading = reading(text, "", &facts(), Place::Host);
    assert_eq!(reading.sightings().iter().map(|s| (s.span.start, s.span.end)).collect::<Vec<_>>(), [(0, text.len()), (0, 2)]);
}

#[test]
fn many_effects_are_all_seen_where_the_judged_ones_are_cut() {
    let text: String = (0..300).map(|n| format!("rm f{n}\n")).collect();
    assert_eq!(reading(&text, "", &facts(), Place::Boxed).sightings().len(), 300);
}
