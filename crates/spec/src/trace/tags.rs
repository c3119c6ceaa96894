//! Finds in source text which tests there are and what they say they test.
//!
//! A tag is `Feature: name, Property 3: …`, `Validates: Requirements 1.1, 1.2` or `Requirements 1.1` in a comment, a
//! docstring or a test's title. It belongs to the test whose title it is in, else to the test that the next line of code
//! declares, else to the test around it. Tests are known by how the usual runners declare them; nothing is parsed.

use serde::Serialize;

use crate::reference::{Referred, entries, lists};
use crate::words;

/// What a test says it tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// The specification that it names, or that the last tag before it in the file named.
    pub spec: Option<String>,
    /// What it points at.
    pub to: Vec<Referred>,
    /// Where, from one.
    pub line: usize,
}

/// A test with its tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tagged {
    /// As the source has it; empty for a file with tags and no test.
    pub name: String,
    /// Where it is declared, from one; where its first tag is if it is not.
    pub line: usize,
    /// What it says it tests.
    pub tags: Vec<Tag>,
}

/// All tags of a source text.
pub fn tags_in(text: &str) -> Vec<Tag> {
    let mut spec = None;
    let mut tags = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let tag = tag(line, index + 1, &mut spec);
        tags.extend(tag);
    }
    tags
}

/// The names of all tests, and of all functions that could be one, that a source text declares.
pub fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(declares)
}

/// All tests of a source text that have tags.
pub fn tests_in(text: &str) -> Vec<Tagged> {
    let tags = tags_in(text);
    if tags.is_empty() {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let declared: Vec<(usize, &str)> = lines.iter().enumerate().filter_map(|(index, line)| Some((index, declares(line)?))).collect();
    let next_code = next_code(&lines);
    let mut tests: Vec<Tagged> = Vec::new();
    for tag in tags {
        let (name, line) = owner(&tag, &declared, &next_code);
        match tests.iter_mut().rev().take(2).find(|test| test.name == name && test.line == line || name.is_empty() && test.name.is_empty()) {
            Some(known) => known.tags.push(tag),
            None => tests.push(Tagged { name, line, tags: vec![tag] }),
        }
    }
    tests
}

/// The lines of a source, by the tests that they belong to.
pub struct Lines<'t> {
    lines: Vec<&'t str>,
    /// Where tests are declared, in order.
    declared: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Looks at each line once.
    pub fn of(text: &'t str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let declared = lines.iter().enumerate().filter(|(_, line)| declares(line).is_some()).map(|(at, _)| at).collect();
        Self { lines, declared }
    }

    /// Those of the test that is declared at this line, from one, with what stands directly above it, up to the next test.
    pub fn of_test(&self, line: usize) -> String {
        let at = line.saturating_sub(1);
        let next = self.declared.get(self.declared.partition_point(|declared| *declared <= at));
        let end = next.map_or(self.lines.len(), |next| head(&self.lines, *next).max(at + 1));
        self.lines.get(head(&self.lines, at)..end).unwrap_or_default().join("\n")
    }
}

/// Where what stands directly above a declaration begins: attributes, decorators, comments.
fn head(lines: &[&str], at: usize) -> usize {
    let above = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('}') && declares(line).is_none();
    at - lines.get(..at).unwrap_or_default().iter().rev().take_while(|line| above(line)).count()
}

fn owner(tag: &Tag, declared: &[(usize, &str)], next_code: &[usize]) -> (String, usize) {
    let at = tag.line.saturating_sub(1);
    let found = |index: usize| declared.binary_search_by_key(&index, |(index, _)| *index).ok().and_then(|place| declared.get(place));
    let before = declared.partition_point(|(index, _)| *index < at).checked_sub(1).and_then(|place| declared.get(place));
    let below = next_code.get(at + 1).and_then(|index| found(*index));
    let (index, name) = match found(at).or(below).or(before) {
        Some(test) => *test,
        None => (at, ""),
    };
    (name.to_owned(), index + 1)
}

/// For each line, the first line from there on that is code and no attribute.
fn next_code(lines: &[&str]) -> Vec<usize> {
    let mut next = vec![lines.len(); lines.len()];
    let mut code = lines.len();
    for (index, line) in lines.iter().enumerate().rev() {
        let line = line.trim();
        let passed = line.is_empty() || is_comment(line) || line.starts_with('@') || line.starts_with("proptest!") || line == "#[test]";
        if !passed {
            code = index;
        }
        if let Some(next) = next.get_mut(index) {
            *next = code;
        }
    }
    next
}

fn is_comment(line: &str) -> bool {
    ["//", "#", "/*", "*", "--", "\"\"\"", "'''"].iter().any(|mark| line.starts_with(mark))
}

/// The tag of a line, if it has one. A named specification holds for the rest of the file.
fn tag(line: &str, number: usize, spec: &mut Option<String>) -> Option<Tag> {
    let says = uncommented(line);
    let mut to = Vec::new();
    if let Some((name, property)) = feature(says) {
        *spec = Some(name);
        to.extend(property.map(Referred::Property));
    }
    to.extend(lists(says, 0).into_iter().filter(|list| list.validates || is_comment(line.trim())).flat_map(|list| list.references).map(|reference| reference.to));
    if to.is_empty() && is_comment(line.trim()) {
        let behind = words::starts(says, words::REQUIREMENT).and_then(|end| says.get(end..));
        to.extend(behind.into_iter().flat_map(|list| entries(list, 0)).map(|reference| reference.to));
    }
    (!to.is_empty()).then(|| Tag { spec: spec.clone(), to, line: number })
}

/// What a comment says, without its marks.
fn uncommented(line: &str) -> &str {
    line.trim().trim_start_matches(['/', '#', '*', '-', '"', '\'', '!', ';', '<']).trim()
}

/// `Feature: name, Property 3: …` anywhere in a line: the name, and the property's number.
fn feature(says: &str) -> Option<(String, Option<String>)> {
    let (_, behind) = says.split_once("Feature:")?;
    let (name, rest) = behind.split_once(',').unwrap_or((behind, ""));
    let name = name.trim().trim_matches(['"', '\'', '`', '*', '/']).trim();
    let plain = !name.is_empty() && name.len() <= 100 && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' '));
    let rest = rest.trim();
    let number = words::starts(rest, words::PROPERTY).and_then(|end| rest.get(end..)).map(|rest| {
        let rest = rest.trim_start();
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '.').unwrap_or(rest.len());
        rest.get(..length).unwrap_or_default().trim_end_matches('.').to_owned()
    });
    plain.then(|| (name.to_owned(), number.filter(|number| number.starts_with(|c: char| c.is_ascii_digit()))))
}

/// The name of the test that a line declares.
fn declares(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = ["pub ", "async ", "export ", "public ", "private ", "static ", "final "].iter().fold(line, |line, word| line.strip_prefix(word).unwrap_or(line).trim_start());
    for (word, prefix) in [("fn ", ""), ("def ", "test"), ("async def ", "test"), ("func ", "Test"), ("void ", ""), ("fun ", "")] {
        if let Some(rest) = line.strip_prefix(word) {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let called = rest.get(length..).is_some_and(|rest| rest.trim_start().starts_with(['(', '<']));
            return rest.get(..length).filter(|name| called && !name.is_empty() && name.starts_with(prefix));
        }
    }
    titled(line)
}

/// `it('title', …`, `test.prop([…])("title"`: what is in the quotes.
fn titled(line: &str) -> Option<&str> {
    let rest = ["it", "test", "specify"].iter().find_map(|word| line.strip_prefix(word).filter(|rest| rest.starts_with(['(', '.'])))?;
    let open = rest.find(['"', '\'', '`'])?;
    let quote = rest.get(open..)?.chars().next()?;
    let inner = rest.get(open + 1..)?;
    inner.get(..inner.find(quote)?).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests;
