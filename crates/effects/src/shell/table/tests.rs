use std::collections::BTreeSet;

use super::{Class, PROGRAMS, find};

#[test]
fn every_name_has_one_row() {
    let names: BTreeSet<&str> = PROGRAMS.iter().map(|p| p.name).collect();
    assert_eq!(names.len(), PROGRAMS.len());
    assert!(PROGRAMS.len() > 200);
}

#[test]
fn a_subcommand_counts_only_as_the_first_argument() {
    assert_eq!(find("npm", Some("publish")).map(|p| p.class), Some(Class::Remote));
    assert_eq!(find("npm", Some("install")).map(|p| p.class), Some(Class::Runs));
    assert_eq!(find("npm", None).map(|p| p.class), Some(Class::Runs));
    assert_eq!(find("npm publish", None).map(|p| p.name), Some("npm publish"), "no shell word is spelled so");
    assert!(find("made-up", Some("publish")).is_none());
}

#[test]
fn a_subcommand_is_never_milder_than_its_program() {
    for row in PROGRAMS {
        if let Some((program, _)) = row.name.split_once(' ') {
            let whole = find(program, None).unwrap().class;
            assert!(row.class == Class::Remote && whole != Class::Remote, "{}: an option before it would hide it", row.name);
        }
    }
}
