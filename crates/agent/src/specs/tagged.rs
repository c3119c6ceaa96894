//! Tests of the project and of a task's changes, and what they say they test. By their text only; whether they ran is not known here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use action::{Change, Digest};
use spec::check::Cited;
use spec::folder::Spec;
use spec::reference::Referred;
use spec::trace::{Lines, tests_in};
use tools::is_test_file;

use super::brief::Brief;
use super::rig;
use crate::book::Book;

/// A test file larger than this has no tags.
const LARGEST: u64 = 4 << 20;

/// Where texts of files are read.
pub(super) struct Texts<'a> {
    pub(super) book: &'a Book,
    pub(super) root: &'a Path,
}

/// What tests say they test.
#[derive(Debug, Default)]
pub(super) struct Tagged {
    /// Tests of criteria.
    pub(super) criteria: Vec<CriterionTest>,
    /// Tests of properties.
    pub(super) properties: Vec<PropertyTest>,
    /// The names of all tests with a tag.
    pub(super) names: BTreeSet<String>,
    /// Their files, as they were read.
    pub(super) files: BTreeMap<String, Digest>,
}

/// A test that says it validates a criterion of this specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CriterionTest {
    pub(super) criterion: String,
    pub(super) file: String,
    pub(super) name: String,
}

/// A test that says it tests a property of this specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PropertyTest {
    pub(super) property: String,
    pub(super) file: String,
    pub(super) name: String,
    /// The property-based library that the test's own source shows.
    pub(super) library: Option<&'static str>,
}

impl Tagged {
    /// Of the changes, later ones over earlier, and of the project's tests that no change touches. A tag counts where a test
    /// stands to it.
    pub(super) fn read(texts: &Texts<'_>, spec: &Spec, brief: &Brief, changes: &[&[Change]]) -> Self {
        let mut sources: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for path in &brief.tests {
            let read = sandbox::read_still(&texts.root.join(path), LARGEST).ok();
            sources.insert(path, read.and_then(|(bytes, _)| String::from_utf8(bytes).ok()));
        }
        for change in changes.iter().flat_map(|set| set.iter()) {
            if is_test_file(&change.path) || brief.runners.iter().any(|runner| runner.owns(&change.path)) {
                sources.insert(&change.path, change.after.as_ref().and_then(|content| rig::text(texts.book, texts.root, &change.path, content)));
            }
        }
        let (cited, mut tagged) = (Cited::of(spec), Self::default());
        for (path, text) in sources.iter().filter_map(|(path, text)| Some((path, text.as_ref()?))) {
            tagged.file(&cited, &brief.name, path, text);
        }
        tagged
    }

    fn file(&mut self, cited: &Cited<'_>, spec: &str, path: &str, text: &str) {
        if text.len() as u64 > LARGEST {
            return;
        }
        let (lines, libraries) = (Lines::of(text), tools::PropertyLibraries::named_in(path, text));
        for test in tests_in(text).into_iter().filter(|test| !test.name.is_empty()) {
            let own: Vec<&Referred> = test.tags.iter().filter(|tag| tag.spec.as_ref().is_none_or(|named| named == spec)).flat_map(|tag| &tag.to).collect();
            if own.is_empty() {
                continue;
            }
            self.files.entry(path.to_owned()).or_insert_with(|| Digest::of_bytes(text.as_bytes()));
            let found = own.iter().filter_map(|to| cited.follow(to).ok()).flatten();
            let of = |criterion: &spec::requirements::Criterion| CriterionTest { criterion: criterion.id.clone(), file: path.to_owned(), name: test.name.clone() };
            self.criteria.extend(found.map(of));
            let library = libraries.of(&lines.of_test(test.line));
            for property in own.iter().filter_map(|to| if let Referred::Property(number) = to { Some(number.clone()) } else { None }) {
                self.properties.push(PropertyTest { property, file: path.to_owned(), name: test.name.clone(), library });
            }
            self.names.insert(test.name);
        }
    }
}

#[cfg(test)]
mod tests;
