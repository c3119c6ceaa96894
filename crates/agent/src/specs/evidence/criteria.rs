//! Whether each criterion that a task cites is covered: by a test that says so, that ran, and that went as the task wants it.

use super::went::{by_all, by_its_file, is_as_wanted, names_nothing, unseen, went};
use super::{Expect, Line, Seen, cited, line};
use crate::specs::tagged::CriterionTest;

/// One line for all of them; nothing where the task cites none.
pub(super) fn covered(seen: &Seen<'_>, expect: Expect) -> Option<Line> {
    let cited = cited(seen);
    if cited.is_empty() {
        return None;
    }
    let of = |criterion: &str| seen.tagged.criteria.iter().filter(|test| test.criterion == criterion).collect::<Vec<_>>();
    let (mut untested, mut unshown) = (Vec::new(), Vec::new());
    for criterion in &cited {
        match of(criterion).as_slice() {
            [] => untested.push(criterion.as_str()),
            tests if tests.iter().any(|test| is_shown(seen, expect, test)) => {}
            [first, ..] => unshown.push(format!("{criterion}: `{}` in {}: {}", first.name, first.file, unseen(seen, expect, &first.name, &first.file))),
        }
    }
    let untested = (!untested.is_empty()).then(|| format!("no test says `Validates: Requirements {}`", untested.join(", ")));
    let open: Vec<String> = untested.into_iter().chain(unshown).collect();
    Some(match open.is_empty() {
        true => line("criteria covered", true, cited.into_iter().collect::<Vec<_>>().join(", ")),
        false => line("criteria covered", false, open.join("; ")),
    })
}

fn is_shown(seen: &Seen<'_>, expect: Expect, test: &CriterionTest) -> bool {
    match went(seen, &test.name, &test.file) {
        Some(went) => is_as_wanted(expect, went),
        None => names_nothing(seen) && (by_its_file(seen, expect, &test.file) || by_all(seen, expect, &test.file)),
    }
}
