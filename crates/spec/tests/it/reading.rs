//! What was written is what is read.

use proptest::prelude::*;

use crate::grammar::{Folder, Tape, folder, numbers, tape};
use spec::folder::Spec;

/// Shows the files of a folder that was not read as it should be.
struct Shown<'t>(&'t Folder);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for (name, bytes) in &self.0.files {
                println!("--- {name}\n{}", String::from_utf8_lossy(bytes));
            }
        }
    }
}

/// Reads the folder and compares everything.
fn check(wanted: &Folder) {
    let _shown = Shown(wanted);
    let spec = Spec::read(&wanted.name, wanted.files.clone());
    assert_eq!(spec.kind, wanted.kind);
    requirements(&spec, wanted);
    properties(&spec, wanted);
    tasks(&spec, wanted);
    let odd: Vec<_> = spec.findings.iter().filter(|finding| finding.rule != "number-not-place").collect();
    assert!(odd.is_empty(), "nothing is odd about it: {odd:?}");
}

fn requirements(spec: &Spec, wanted: &Folder) {
    if let Some(found) = &spec.requirements {
        let heads: Vec<_> = found.requirements.iter().map(|one| (&*one.number, &*one.title)).collect();
        let expected: Vec<_> = wanted.requirements.iter().map(|one| (&*one.number, &*one.title)).collect();
        assert_eq!(heads, expected);
        let stories: Vec<_> = found.requirements.iter().map(|one| one.story.as_ref().map(|story| &*story.text)).collect();
        let expected: Vec<_> = wanted.requirements.iter().map(|one| one.story.as_deref()).collect();
        assert_eq!(stories, expected);
        let terms: Vec<_> = found.glossary.iter().map(|term| (term.name.clone(), term.says.clone())).collect();
        assert_eq!(terms, wanted.terms);
    }
    let found: Vec<_> = spec.criteria().map(|criterion| (&*criterion.id, &*criterion.text)).collect();
    let expected: Vec<_> = wanted.criteria().map(|criterion| (&*criterion.id, &*criterion.text)).collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

fn properties(spec: &Spec, wanted: &Folder) {
    let found: Vec<_> = spec.design.iter().flat_map(|design| &design.properties).collect();
    assert_eq!(found.len(), wanted.properties.len());
    for (found, wanted) in found.iter().zip(&wanted.properties) {
        assert_eq!((&found.number, &found.name, &found.text), (&wanted.number, &wanted.name, &wanted.text));
        assert_eq!(found.validates.iter().map(|one| one.to.clone()).collect::<Vec<_>>(), wanted.validates);
    }
}

fn tasks(spec: &Spec, wanted: &Folder) {
    let Some(found) = &spec.tasks else { return assert!(wanted.tasks.is_empty()) };
    assert_eq!(found.tasks.len(), wanted.tasks.len(), "as many tasks");
    for (found, wanted) in found.tasks.iter().zip(&wanted.tasks) {
        assert_eq!((&found.number, &found.text, found.parent), (&wanted.number, &wanted.text, wanted.parent));
        assert_eq!(found.state, wanted.state, "{}", wanted.text);
        assert_eq!((found.optional, found.parallel, found.checkpoint), (wanted.optional, wanted.parallel, wanted.checkpoint));
        assert_eq!(found.details.len(), wanted.details, "{:?}", found.details);
        assert_eq!(found.references.iter().map(|one| one.to.clone()).collect::<Vec<_>>(), wanted.references);
        assert_eq!(found.depends, wanted.depends);
    }
    let waves = found.graph.as_ref().map(|graph| graph.waves.iter().map(|wave| wave.tasks.clone()).collect::<Vec<_>>());
    assert_eq!(waves, wanted.waves);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn reading_recovers_what_was_written(tape in tape()) {
        check(&folder("basket", &mut Tape::new(&tape)));
    }
}

/// As many criteria as were counted in public repositories, in the proportions that were counted there.
#[test]
fn sixteen_thousand_criteria_are_read_back_with_their_ids() {
    let (mut criteria, mut seed) = (0, 0);
    while criteria < 16_150 {
        seed += 1;
        let tape = numbers(seed, 3000);
        let folder = folder("basket", &mut Tape::new(&tape));
        check(&folder);
        criteria += folder.criteria().count();
    }
    assert!((300..1500).contains(&seed), "{seed} folders for {criteria} criteria");
}
