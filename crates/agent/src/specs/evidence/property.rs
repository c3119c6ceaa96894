//! Whether each property that a task has to show is tested as a property: by a test that says so, with a property-based library of its
//! language, that ran. A test of three examples shows nothing about "for any".

use std::collections::BTreeSet;

use spec::check::Cited;
use spec::design::Property;
use spec::folder::Spec;
use spec::reference::{Reference, Referred};
use spec::tasks::Task;
use tools::property_libraries_for;

use super::went::{by_its_file, is_as_wanted, names_nothing, unseen, went};
use super::{Expect, Line, Seen, line};
use crate::specs::brief::Brief;
use crate::specs::tagged::PropertyTest;

/// One line for each property that is there.
pub(super) fn lines(seen: &Seen<'_>, expect: Expect) -> Vec<Line> {
    let cited = cited(seen.task);
    let demanded = demanded(seen.brief, seen.spec, seen.task).into_iter().filter(|number| cited.contains(number) || expect == Expect::Work);
    demanded.map(|number| one(seen, expect, number)).collect()
}

/// The properties that a task has to show: those that it cites, and those that no task cites, where it is the last one that works
/// on a criterion that they are about and a library is known for the project.
pub(in crate::specs) fn demanded<'s>(brief: &Brief, spec: &'s Spec, task: &Task) -> Vec<&'s str> {
    let has_library = brief.runners.iter().any(|runner| runner.property_library.is_some());
    let properties = spec.design.iter().flat_map(|design| &design.properties);
    let named = cited(task);
    let is_its_own = |property: &&Property| named.contains(&property.number.as_str()) || has_library && is_last_for(spec, task, property);
    let mut numbers: Vec<&str> = properties.filter(is_its_own).map(|property| property.number.as_str()).collect();
    numbers.dedup();
    numbers
}

fn cited(task: &Task) -> BTreeSet<&str> {
    task.references.iter().filter_map(|reference| if let Referred::Property(number) = &reference.to { Some(number.as_str()) } else { None }).collect()
}

fn is_last_for(spec: &Spec, task: &Task, property: &Property) -> bool {
    let Some(tasks) = &spec.tasks else { return false };
    if tasks.tasks.iter().any(|one| cited(one).contains(&property.number.as_str())) {
        return false;
    }
    let known = Cited::of(spec);
    let criteria = |references: &[Reference]| -> BTreeSet<String> {
        let found = references.iter().filter(|reference| !matches!(reference.to, Referred::Property(_))).filter_map(|reference| known.follow(&reference.to).ok());
        found.flatten().map(|criterion| criterion.id.clone()).collect()
    };
    let about = criteria(&property.validates);
    let works_on_it = |one: &&Task| !one.optional && !one.checkpoint && !criteria(&one.references).is_disjoint(&about);
    let last = tasks.leaves().filter_map(|at| tasks.tasks.get(at)).filter(works_on_it).last();
    last.is_some_and(|last| last.span == task.span)
}

fn one(seen: &Seen<'_>, expect: Expect, number: &str) -> Line {
    let what = format!("property {number} tested");
    let tests: Vec<&PropertyTest> = seen.tagged.properties.iter().filter(|test| test.property == number).collect();
    let Some(first) = tests.first() else {
        return line(&what, false, format!("no test says `Feature: {}, Property {number}: …`{}", seen.brief.name, offered(seen)));
    };
    let found: Vec<(&PropertyTest, &str)> = tests.iter().filter_map(|test| Some((*test, test.library?))).collect();
    let Some((test, library)) = found.iter().find(|(test, _)| is_shown(seen, expect, test)).or(found.first()) else {
        return line(&what, false, unlike(first));
    };
    let place = format!("`{}` in {} with {library}", test.name, test.file);
    match is_shown(seen, expect, test) {
        true => line(&what, true, place),
        false => line(&what, false, format!("{place}: {}", unshown(seen, expect, test))),
    }
}

/// Why a test is not one of a property.
fn unlike(test: &PropertyTest) -> String {
    let place = format!("`{}` in {}", test.name, test.file);
    match property_libraries_for(&test.file).as_slice() {
        [] => format!("{place}: no property-based library is known for its language; a person may take the task as it is"),
        names => format!("{place} tries examples, and a property is tested with {}", names.join(" or ")),
    }
}

/// What a project of this language writes such tests with.
fn offered(seen: &Seen<'_>) -> String {
    match seen.brief.runners.iter().find_map(|runner| runner.property_library) {
        Some(library) => format!(", to be written with {library}"),
        None if seen.brief.runners.is_empty() => String::new(),
        None => "; no property-based library is known for this project's language, so a person may take the task as it is".to_owned(),
    }
}

/// Whether it ran and went as this kind of task wants it.
fn is_shown(seen: &Seen<'_>, expect: Expect, test: &PropertyTest) -> bool {
    match went(seen, &test.name, &test.file) {
        Some(went) => is_as_wanted(expect, went),
        None => names_nothing(seen) && by_its_file(seen, expect, &test.file),
    }
}

fn unshown(seen: &Seen<'_>, expect: Expect, test: &PropertyTest) -> String {
    let ready = seen.brief.runners.iter().any(|runner| runner.property_ready);
    let hint = if ready { "" } else { "; the library is not among the project's dependencies" };
    format!("{}{hint}", unseen(seen, expect, &test.name, &test.file))
}
