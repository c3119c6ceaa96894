//! Steering files: Markdown that informs an agent, always, for some files, by hand or when its description fits.
//!
//! A wrong key or value is a finding, and then the file is never on by itself: [`Inclusion::Unclear`]. No front matter at all
//! is always on, as elsewhere. Nothing here matches a path or reads a referenced file.

use crate::finding::Finding;
use crate::front_matter::{self, FrontMatter};
use crate::globs;
use crate::text::{self, Span};
use crate::tree::{Entry, Node, Value};

/// One steering file.
#[derive(Clone, Debug, PartialEq)]
pub struct Steering {
    /// Its name, if it gives one.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// When it is read to the agent.
    pub inclusion: Inclusion,
    /// `#[[file:…]]` in its body, outside of code.
    pub references: Vec<FileReference>,
    /// Where its body begins.
    pub body: usize,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// When a steering file is read to the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inclusion {
    /// In every session.
    Always,
    /// When a file of these patterns is at hand.
    FileMatch(Vec<String>),
    /// When a person names it.
    Manual,
    /// When its description fits.
    Auto,
    /// What is written cannot be followed: not by itself, and by hand only after it was mended.
    Unclear,
}

/// One `#[[file:…]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReference {
    /// The path, from the project's root.
    pub path: String,
    /// The whole mark.
    pub span: Span,
}

const KEYS: [&str; 4] = ["inclusion", "fileMatchPattern", "name", "description"];

impl Steering {
    /// Reads a steering file. `file` is its name in findings.
    pub fn read(file: &str, text: &str) -> Self {
        let (front, body) = front_matter::read(text);
        let mut findings = Vec::new();
        let nothing = Node { span: 0..0, value: Value::Nothing };
        let (inclusion, keys) = match &front {
            FrontMatter::Some { keys, block, marked } => {
                findings.extend(marked.then(|| mark_before(file, block)));
                (inclusion(file, keys, &mut findings), keys)
            }
            other => {
                findings.extend(misplaced(file, other));
                (if *other == FrontMatter::None { Inclusion::Always } else { Inclusion::Unclear }, &nothing)
            }
        };
        let references = references(file, text, body, &mut findings);
        let said = |key: &str| keys.get(key).and_then(Node::text).map(str::to_owned);
        Self { name: said("name"), description: said("description"), inclusion, references, body, findings }
    }
}

fn inclusion(file: &str, keys: &Node, findings: &mut Vec<Finding>) -> Inclusion {
    let unknown: Vec<&Entry> = keys.entries().iter().filter(|entry| !KEYS.contains(&entry.key.as_str())).collect();
    findings.extend(unknown.iter().map(|entry| unknown_key(file, entry)));
    for key in ["name", "description"] {
        let odd = keys.entries().iter().find(|entry| entry.key == key && entry.value.text().is_none_or(|text| text.trim().is_empty()));
        findings.extend(odd.map(|entry| Finding::warning("steering-value", file, entry.at.clone(), format!("`{key}` is not text"))));
    }
    let given = keys.entries().iter().find(|entry| entry.key == "inclusion");
    let pattern = keys.entries().iter().find(|entry| entry.key == "fileMatchPattern");
    if let Some(pattern) = pattern.filter(|_| given.is_none_or(|given| given.value.text() != Some("fileMatch"))) {
        let text = "`fileMatchPattern` does nothing without `inclusion: fileMatch`";
        findings.push(Finding::error("steering-value", file, pattern.at.clone(), text).hinted("write `inclusion: fileMatch`, or take the pattern out"));
        return Inclusion::Unclear;
    }
    match given.map(|given| (given, given.value.text())) {
        // An unknown key may be an attempt to say when: nobody guesses `always`.
        None if unknown.is_empty() => Inclusion::Always,
        None => Inclusion::Unclear,
        Some((_, Some("always"))) => Inclusion::Always,
        Some((_, Some("manual"))) => Inclusion::Manual,
        Some((given, Some("auto"))) => {
            if keys.get("description").and_then(Node::text).is_none() {
                let text = "`inclusion: auto` without a description never fits anything";
                findings.push(Finding::warning("steering-value", file, given.at.clone(), text).hinted("say in `description` when it should be read"));
            }
            Inclusion::Auto
        }
        Some((given, Some("fileMatch"))) => file_match(file, given, pattern, findings),
        Some((given, _)) => {
            let said = given.value.text().unwrap_or(given.value.kind());
            let text = format!("`inclusion` is `{said}`; it is not read at all");
            findings.push(Finding::error("steering-value", file, given.value.span.clone(), text).hinted("write `always`, `fileMatch`, `manual` or `auto`"));
            Inclusion::Unclear
        }
    }
}

fn unknown_key(file: &str, entry: &Entry) -> Finding {
    let meant = match entry.key.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
        "include" | "inclusion" | "included" | "alwaysapply" | "mode" | "contextkey" | "trigger" => Some("inclusion"),
        "filepatterns" | "filepattern" | "pattern" | "patterns" | "globs" | "glob" | "applyto" | "paths" | "filematch" | "filematchpatterns" | "filematchpattern" => {
            Some("fileMatchPattern")
        }
        "title" => Some("name"),
        _ => None,
    };
    let hint = meant.map_or_else(|| format!("keys are {}", KEYS.map(|key| format!("`{key}`")).join(", ")), |meant| format!("write `{meant}`"));
    Finding::error("steering-key", file, entry.at.clone(), format!("`{}` is no key of a steering file", entry.key)).hinted(hint)
}

fn file_match(file: &str, given: &Entry, pattern: Option<&Entry>, findings: &mut Vec<Finding>) -> Inclusion {
    let Some(pattern) = pattern else {
        let text = "`inclusion: fileMatch` has no `fileMatchPattern`; it is not read at all";
        findings.push(Finding::error("steering-value", file, given.at.clone(), text).hinted("write `fileMatchPattern: \"**/*.rs\"`"));
        return Inclusion::Unclear;
    };
    let nodes = pattern.value.list().unwrap_or(std::slice::from_ref(&pattern.value));
    let mut patterns = Vec::new();
    for node in nodes {
        let Some(text) = node.text() else {
            findings.push(Finding::error("steering-pattern", file, node.span.clone(), format!("a pattern is {}", node.kind())));
            continue;
        };
        let parts: Vec<&str> = globs::split(text).into_iter().filter_map(|span| text.get(span)).collect();
        let faults = parts.iter().filter_map(|part| Some((part, globs::fault(part)?)));
        findings.extend(faults.map(|(part, why)| Finding::error("steering-pattern", file, node.span.clone(), format!("`{part}` matches nothing: {why}"))));
        patterns.extend(parts.into_iter().filter(|part| globs::fault(part).is_none()).map(str::to_owned));
    }
    if patterns.is_empty() {
        let text = "no pattern is left that could match; it is not read at all";
        findings.push(Finding::error("steering-pattern", file, pattern.value.span.clone(), text));
        return Inclusion::Unclear;
    }
    Inclusion::FileMatch(patterns)
}

fn mark_before(file: &str, block: &Span) -> Finding {
    let text = "a byte-order mark stands before the front matter: other tools do not see it";
    Finding::warning("front-matter-place", file, block.start..block.start + 3, text).hinted("save the file as UTF-8 without a mark")
}

/// What keeps a block from being front matter.
pub(crate) fn misplaced(file: &str, front: &FrontMatter) -> Option<Finding> {
    match front {
        FrontMatter::None | FrontMatter::Some { .. } => None,
        FrontMatter::Unclosed(span) => {
            Some(Finding::error("front-matter-place", file, span.clone(), "the front matter is not closed").hinted("put a line `---` behind its keys"))
        }
        FrontMatter::Late(span) => {
            let text = "front matter must be the first bytes of the file; here it does nothing";
            Some(Finding::error("front-matter-place", file, span.clone(), text).hinted("move it to the first line"))
        }
        FrontMatter::Unreadable(why, _) => Some(Finding::error("front-matter-form", file, why.span.clone(), format!("the front matter cannot be read: {why}"))),
    }
}

const OPEN: &str = "#[[file:";

fn references(file: &str, text: &str, body: usize, findings: &mut Vec<Finding>) -> Vec<FileReference> {
    let mut found = Vec::new();
    for line in text::lines(text).iter().filter(|line| line.start >= body && !line.fenced) {
        let mut at = 0;
        while let Some(open) = line.says.get(at..).and_then(|rest| rest.find(OPEN)).map(|open| at + open) {
            let from = open + OPEN.len();
            let Some(close) = line.says.get(from..).and_then(|rest| rest.find("]]")).map(|close| from + close) else {
                let span = line.start + open..line.span().end;
                findings.push(Finding::warning("steering-reference", file, span, "the reference is not closed").hinted("close it with `]]`"));
                break;
            };
            let span = line.start + open..line.start + close + 2;
            let path = line.says.get(from..close).unwrap_or_default().trim();
            match globs::fault(path) {
                Some(why) => findings.push(Finding::warning("steering-reference", file, span, format!("`{path}` is not referenced: {why}"))),
                None => found.push(FileReference { path: path.to_owned(), span }),
            }
            at = close + 2;
        }
    }
    found
}

#[cfg(test)]
mod tests;
