//! Which parts of a specification no longer match what was made for them.
//!
//! What was made for a task is known by the files with their digests at that time, the tests, and the words of the
//! criteria as they were; it is compared with what is there now. Nothing says that a difference is wrong: a requirement
//! and its code have parted, and a person decides which of them follows.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::folder::Spec;

/// Characters of an earlier text that are told.
const LONGEST: usize = 300;

/// What was made for one task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The task's number.
    pub task: String,
    /// The criteria that it cited, with their words at that time.
    pub criteria: Vec<(String, String)>,
    /// Design properties that it cited, with their words at that time.
    pub properties: Vec<(String, String)>,
    /// Sections of the design that it cited, by their titles, likewise.
    pub sections: Vec<(String, String)>,
    /// The files, with digests at that time.
    pub files: Vec<(String, String)>,
    /// The tests.
    pub tests: Vec<String>,
}

/// What is there now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Digests of files. A file that is not in here is gone.
    pub files: BTreeMap<String, String>,
    /// Names of all tests.
    pub tests: BTreeSet<String>,
}

/// A part that no longer matches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Drifted {
    /// `criterion 1.2`, `property 3`, `design section Storage`, or `task 2.1` where it cited nothing.
    pub part: String,
    /// The task that it was made for.
    pub task: String,
    /// What is different.
    pub what: Difference,
}

/// A difference between then and now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "is", content = "what", rename_all = "kebab-case")]
pub enum Difference {
    /// The words of the part are others.
    Reworded {
        /// As they were.
        before: String,
        /// As they are.
        now: String,
    },
    /// The part is gone.
    Removed,
    /// The task is gone.
    TaskRemoved,
    /// A file is another.
    FileChanged(String),
    /// A file is gone.
    FileGone(String),
    /// A test is gone.
    TestGone(String),
}

impl Drifted {
    /// In a sentence.
    pub fn why(&self) -> String {
        let task = &self.task;
        match &self.what {
            Difference::Reworded { before, .. } => format!("its words were others when task {task} was done: \"{}\"", begin(before)),
            Difference::Removed => format!("it is gone, and what task {task} made for it stays"),
            Difference::TaskRemoved => format!("task {task}, which was done for it, is gone"),
            Difference::FileChanged(path) => format!("{path} changed since task {task} was done"),
            Difference::FileGone(path) => format!("{path}, made for task {task}, is gone"),
            Difference::TestGone(name) => format!("the test {name}, made for task {task}, is gone"),
        }
    }
}

/// Compares what was made with what is there, sorted by part.
pub fn drift(spec: &Spec, made: &[Made], now: &Now) -> Vec<Drifted> {
    let criteria: BTreeMap<&str, &str> = spec.criteria().map(|criterion| (criterion.id.as_str(), criterion.text.as_str())).collect();
    let properties = spec.design.iter().flat_map(|design| &design.properties);
    let properties: BTreeMap<&str, &str> = properties.map(|property| (property.number.as_str(), property.text.as_str())).collect();
    let mut sections: BTreeMap<&str, &str> = BTreeMap::new();
    spec.design_sections().for_each(|(title, text)| _ = sections.entry(title).or_insert(text)); // of those with one title, the first is meant
    let mut found = BTreeSet::new();
    for made in made {
        let outside = outside(spec, made, now);
        for (kind, cited, there) in [("criterion", &made.criteria, &criteria), ("property", &made.properties, &properties), ("design section", &made.sections, &sections)] {
            for (id, before) in cited {
                let mut tell = |what: Difference| {
                    found.insert(Drifted { part: format!("{kind} {id}"), task: made.task.clone(), what });
                };
                match there.get(id.as_str()) {
                    None => tell(Difference::Removed),
                    Some(text) if !same_words(text, before) => tell(Difference::Reworded { before: before.clone(), now: (*text).to_owned() }),
                    Some(_) => {}
                }
                outside.iter().cloned().for_each(tell);
            }
        }
        if made.criteria.is_empty() && made.properties.is_empty() && made.sections.is_empty() {
            found.extend(outside.into_iter().map(|what| Drifted { part: format!("task {}", made.task), task: made.task.clone(), what }));
        }
    }
    found.into_iter().collect()
}

/// Differences that do not depend on the part.
fn outside(spec: &Spec, made: &Made, now: &Now) -> Vec<Difference> {
    let mut found = Vec::new();
    if spec.tasks.as_ref().is_some_and(|tasks| tasks.find(&made.task).is_none()) {
        found.push(Difference::TaskRemoved);
    }
    for (path, digest) in &made.files {
        match now.files.get(path) {
            None => found.push(Difference::FileGone(path.clone())),
            Some(there) if there != digest => found.push(Difference::FileChanged(path.clone())),
            Some(_) => {}
        }
    }
    found.extend(made.tests.iter().filter(|test| !now.tests.contains(*test)).cloned().map(Difference::TestGone));
    found
}

/// The beginning of a text, in one line: a section has pages.
fn begin(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

/// Line breaks and spaces are not words.
fn same_words(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

#[cfg(test)]
mod tests;
