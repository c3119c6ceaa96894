use super::*;
use crate::commands::read::samples;

fn lines(input: &Input, place: Place) -> Vec<String> {
    let facts = Facts { tree: "/w".into(), home: "/home/ana".into(), ..Facts::default() };
    let reading = read(input, Spot { directory: "/w/sub", place }, &facts);
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
    let mut input = samples::file("x.zsh", "rm x");
    input.kind = Kind::Shell { shell: "zsh".into() };
    let said = lines(&input, Place::Host).join("\n");
    assert!(said.contains("script `x.zsh` in host: it is for zsh") && said.contains("deletes file `sub/x`"), "{said}");
}
