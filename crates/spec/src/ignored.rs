//! `.kiroignore`: which paths no tool of an agent may touch, in the grammar of `.gitignore`.
//!
//! The lines are kept as they are for whoever compiles them; here are only findings for lines that do not do what they seem
//! to. Nothing here matches a path.

use crate::finding::Finding;
use crate::text;

/// One `.kiroignore`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ignored {
    /// The lines that are patterns, as written.
    pub patterns: Vec<String>,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
}

impl Ignored {
    /// Reads the file. `file` is its name in findings.
    pub fn read(file: &str, text: &str) -> Self {
        let (mut patterns, mut findings) = (Vec::new(), Vec::new());
        // A fence means nothing in this file.
        let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
        for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
            let says = line.trim_end_matches('\n').trim_end_matches('\r');
            let span = start..start + says.len();
            start += line.len();
            if says.trim().is_empty() || says.starts_with('#') {
                continue;
            }
            findings.extend(odd(says).map(|(what, hint)| Finding::warning("ignore-line", file, span, what).hinted(hint)));
            patterns.push(says.to_owned());
        }
        findings.extend(opened_again(file, text));
        Self { patterns, findings }
    }
}

/// Why a line does nothing, or something else than it seems to.
fn odd(line: &str) -> Option<(String, &'static str)> {
    let pattern = line.strip_prefix('!').unwrap_or(line);
    let body = pattern.trim_end();
    let is_drive = body.get(1..3).is_some_and(|after| after == ":\\" || after == ":/");
    let said = |what: &str| format!("`{}` {what}", line.trim());
    if body.trim_matches('/').is_empty() {
        return Some((said("matches nothing"), "name a path"));
    }
    if body.starts_with(' ') || body.starts_with('\t') {
        return Some((said("begins with a space, which is part of the name"), "take the space out"));
    }
    if is_drive || body.starts_with('~') || body.starts_with("/home/") || body.starts_with("/Users/") {
        return Some((said("is a path of one machine; patterns are relative to this file"), "write it from the project's root"));
    }
    if body.starts_with("./") || body.split('/').any(|part| part == "..") {
        return Some((said("matches nothing: patterns know neither `./` nor `..`"), "write it from the project's root, `/path`"));
    }
    if body.contains('\\') && !pattern.contains(['*', '?', '[', '!', '#', ' ']) {
        return Some((said("has a backslash, which is an escape and not a folder"), "write `/`"));
    }
    let comment = body.split_once(" #").is_some();
    if comment {
        return Some((said("has a comment behind it, which is part of the name"), "put the comment on a line of its own"));
    }
    let open = body.matches('[').count() > body.matches(']').count();
    open.then(|| (said("opens a bracket and does not close it"), "close it, or write `\\[`"))
}

/// `!` lines that open nothing, because a folder above stays closed: `secrets/` and `!secrets/a`.
fn opened_again(file: &str, text: &str) -> Vec<Finding> {
    let mut closed: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
    let mut findings = Vec::new();
    for line in text::lines(text) {
        let says = line.says.trim_end();
        match says.strip_prefix('!') {
            Some(path) => findings.extend(parent(&closed, path).map(|folder| {
                let what = format!("`{says}` opens nothing: `{folder}` above it stays closed");
                Finding::warning("ignore-line", file, line.span(), what).hinted(format!("write `{folder}/*` in place of `{folder}/`"))
            })),
            None if says.ends_with('/') && !says.contains('*') => {
                closed.insert(says.trim_matches('/'));
            }
            None => {}
        }
    }
    findings
}

/// The closed folder that a path is in.
fn parent<'t>(closed: &std::collections::BTreeSet<&'t str>, path: &str) -> Option<&'t str> {
    let path = path.trim_start_matches('/').trim_end_matches('/');
    // A pattern has few parts; a line of slashes is cut.
    path.match_indices('/').take(64).find_map(|(at, _)| closed.get(path.get(..at)?).copied())
}

#[cfg(test)]
mod tests;
