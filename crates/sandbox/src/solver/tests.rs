use super::*;

const SECONDS: Duration = Duration::from_secs(5);

/// What a script says that stands in for the solver.
fn script(body: &str, limit: Duration) -> Result<Output, SolverError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("solver");
    // Another process writes it: a file that this one has open for writing could be busy when a test beside forks.
    let made = Command::new("sh").args(["-c", "printf '#!/bin/sh\n%s\n' \"$2\" > \"$1\" && chmod 755 \"$1\"", "sh"]).arg(&path).arg(body).status();
    assert!(made.unwrap().success());
    solve(Some(&path), b"question", limit)
}

#[test]
fn the_installed_solver_answers() {
    let output = solve(None, b"(set-logic QF_LIA)(declare-const x Int)(assert (> x 3))(check-sat)", SECONDS);
    let output = output.expect("the program `cvc5` is needed; `make needs` installs it");
    assert_eq!((output.code, String::from_utf8(output.stdout).unwrap().as_str()), (0, "sat\n"));
}

#[test]
fn it_gets_the_question_and_nothing_of_the_person() {
    let output = script("cat; env | sort; pwd", SECONDS).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("questionLC_ALL=C.UTF-8\nPATH={PATH}\nPWD=/\n/\n"));
}

#[test]
fn memory_files_and_time_are_bounded() {
    let output = script("cat >/dev/null; ulimit -v; ulimit -f; ulimit -c", SECONDS).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{}\n0\n0\n", MEMORY / 1024));
    let late = script("exec tail -f /dev/null", Duration::ZERO);
    assert!(matches!(late, Err(SolverError::NoAnswer(TrustedError::TooLong { .. }))), "{late:?}");
}

#[test]
fn a_program_that_is_not_there_is_missing() {
    for path in ["/nowhere/cvc5", "relative/cvc5"] {
        assert!(matches!(solve(Some(Path::new(path)), b"", SECONDS), Err(SolverError::Missing)), "{path}");
    }
}
