use super::*;
use crate::commands::read::samples;

fn lines(input: &Input, place: Place) -> Vec<String> {
    let facts = Facts { tree: "/w".into(), home: "/home/ana".into(), ..Facts::default() };
    let spot = Spot { directory: "/w/sub", place, action: Action::Apply, dialect: None, database: &sql::Database::default() };
    let reading = read(input, spot, &facts);
    reading.sightings().iter().map(|sighting| format!("{} [{}..{}]", sighting.effect.line(), sighting.span.start, sighting.span.end)).collect()
}

#[test]
fn a_command_starts_in_its_folder() {
    let said = lines(&samples::typed("rm x"), Place::Host).join("\n");
    assert!(said.contains("deletes file `sub/x` in host: irreversible [0..4]"), "{said}");
}

#[test]
fn what_is_no_text_is_opaque_and_on_the_host_for_good() {
    assert_eq!(lines(&samples::no_text("x.sh", 9), Place::Host), ["does something unreadable to script `x.sh` in host: it has a NUL at byte 3, irreversible, could not be read [0..9]"]);
    assert_eq!(lines(&samples::no_text("x.sh", 9), Place::Boxed), ["does something unreadable to script `x.sh` in workspace: it has a NUL at byte 3, could not be read [0..9]"]);
}

#[test]
fn a_program_of_an_interpreter_is_opaque_with_its_digest() {
    let mut input = samples::file("x.py", "print()");
    input.kind = Kind::Program { interpreter: "python3".into() };
    let said = lines(&input, Place::Host).concat();
    assert!(said.contains("program `x.py` in host: a program for python3, as of "), "{said}");
    input.text = Ok("print(1)".into());
    assert_ne!(lines(&input, Place::Host).concat(), said, "another text is another effect");
}

#[test]
fn a_shell_that_is_only_like_bash_is_read_and_never_trusted() {
    let mut input = samples::file("x.ksh", "rm x");
    input.kind = Kind::Shell { shell: "ksh".into() };
    let said = lines(&input, Place::Host).join("\n");
    assert!(said.contains("script `x.ksh` in host: it is for ksh") && said.contains("deletes file `sub/x`"), "{said}");
}

#[test]
fn each_kind_goes_to_its_reader_and_what_is_no_text_for_one_is_unknown() {
    for (kind, text, says) in [
        (Kind::Sql, "drop table a", "deletes table"),
        (Kind::Plan, "{}", "plan"),
        (Kind::Manifest, "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n", "secret `a`"),
        (Kind::Shell { shell: "zsh".into() }, "rm x", "deletes file `sub/x`"),
        (Kind::Shell { shell: "sh".into() }, "rm x", "deletes file `sub/x`"),
    ] {
        let said = lines(&Input { kind, ..samples::file("given", text) }, Place::Host).join("\n");
        assert!(said.contains(says), "{said}");
    }
    for kind in [Kind::Sql, Kind::Plan, Kind::Manifest] {
        let said = lines(&Input { kind, ..samples::no_text("given", 9) }, Place::Boxed).concat();
        assert!(said.contains("in unknown: it has a NUL at byte 3, irreversible, could not be read"), "the box bounds nothing that is elsewhere: {said}");
    }
}
