//! Where projects keep guidance, in the order in which it is given, and how each kind says when it applies.

use spec::finding::Severity;
use spec::skills::Skill;
use spec::steering::{Inclusion, Steering};

use super::rules::Rule;
use super::{BUDGET, Guidance, Listed, Piece, When, cut};
use crate::patterns::Patterns;
use crate::shown::Shown;

/// Whole files that always apply.
const FILES: [&str; 5] = ["AGENTS.md", "CLAUDE.md", ".claude/CLAUDE.md", ".cursorrules", ".github/copilot-instructions.md"];
const RULES: &str = ".cursor/rules";
const STEERING: &str = ".kiro/steering";
const SKILLS: [&str; 2] = [".kiro/skills", ".claude/skills"];

pub(super) fn read(guidance: &mut Guidance, shown: &Shown<'_>) {
    for file in FILES {
        guidance.file(file, shown);
    }
    for name in shown.names(RULES, ".mdc") {
        guidance.rule(&format!("{RULES}/{name}"), shown);
    }
    for name in shown.names(STEERING, ".md") {
        guidance.steering(&format!("{STEERING}/{name}"), shown);
    }
    for folder in SKILLS {
        for name in shown.names(folder, "") {
            guidance.skill(folder, &name, shown);
        }
    }
}

impl Guidance {
    /// The same text under two names (a link, a copy) is given once.
    fn file(&mut self, from: &str, shown: &Shown<'_>) {
        let Some(text) = shown.text(from).filter(|text| !text.trim().is_empty()) else { return };
        let text = kept(text);
        if self.pieces.iter().all(|piece| piece.text != text) {
            self.pieces.push(Piece { from: from.to_owned(), when: When::Always, text });
        }
    }

    fn rule(&mut self, from: &str, shown: &Shown<'_>) {
        let Some(text) = shown.text(from) else { return };
        let rule = Rule::read(&text);
        let name = stem(from);
        let when = match rule {
            Rule { always: true, .. } => When::Always,
            Rule { ref patterns, .. } if !patterns.is_empty() => When::Touched(self.patterns(from, patterns)),
            Rule { description: Some(ref description), .. } => {
                self.listed.push(Listed { path: from.to_owned(), name: name.clone(), description: description.clone() });
                When::Named(vec![name])
            }
            Rule { .. } => When::Named(vec![name]),
        };
        self.pieces.push(Piece { from: from.to_owned(), when, text: kept(rule.body) });
    }

    fn steering(&mut self, from: &str, shown: &Shown<'_>) {
        let Some(text) = shown.text(from) else {
            self.notes.push(format!("`{from}` is not read: it is no text, too large, or leads where an agent may not look"));
            return;
        };
        let read = Steering::read(from, &text);
        let worth_telling = read.findings.iter().filter(|finding| finding.severity > Severity::Note);
        self.notes.extend(worth_telling.map(|finding| told(from, &finding.text, finding.hint.as_deref())));
        let names: Vec<String> = std::iter::once(stem(from)).chain(read.name.clone()).collect();
        let when = match &read.inclusion {
            Inclusion::Always => When::Always,
            Inclusion::FileMatch(patterns) => When::Touched(self.patterns(from, patterns)),
            Inclusion::Manual => When::Named(names),
            Inclusion::Auto => {
                let name = read.name.clone().unwrap_or_else(|| stem(from));
                self.listed.push(Listed { path: from.to_owned(), name, description: read.description.clone().unwrap_or_default() });
                When::Named(names)
            }
            Inclusion::Unclear => return,
        };
        let body = text.get(read.body..).unwrap_or_default().trim().to_owned();
        let text = kept(body + &self.references(from, &read, shown));
        self.pieces.push(Piece { from: from.to_owned(), when, text });
    }

    /// The files that a steering file refers to, behind its own text.
    fn references(&mut self, from: &str, read: &Steering, shown: &Shown<'_>) -> String {
        let (mut text, mut seen) = (String::new(), Vec::new());
        for reference in &read.references {
            let path = reference.path.as_str();
            if text.len() > BUDGET {
                break; // it is cut before this
            }
            if seen.contains(&path) {
                continue;
            }
            seen.push(path);
            match shown.text(path) {
                Some(says) => text.push_str(&format!("\n\n{path}:\n{}", says.trim_end())),
                None => self.notes.push(format!("`{from}`: `{path}` is not shown: it is not there, no text, or leads where an agent may not look")),
            }
        }
        text
    }

    fn skill(&mut self, folder: &str, name: &str, shown: &Shown<'_>) {
        let path = format!("{folder}/{name}/SKILL.md");
        let Some(text) = shown.text(&path) else { return };
        let skill = Skill::read(name, &path, &text);
        match (&skill.name, &skill.description) {
            (Some(name), Some(description)) if skill.is_usable() => {
                self.listed.push(Listed { path, name: name.clone(), description: description.clone() });
            }
            _ => {
                let grave = skill.findings.iter().filter(|finding| finding.severity == Severity::Error);
                self.notes.extend(grave.map(|finding| told(&path, &finding.text, finding.hint.as_deref())));
            }
        }
    }

    fn patterns(&mut self, from: &str, patterns: &[String]) -> Patterns {
        let (patterns, bad) = Patterns::of(patterns);
        self.notes.extend(bad.iter().map(|pattern| format!("`{from}`: `{pattern}` is no pattern and matches nothing")));
        patterns
    }
}

/// As much of a file as could ever be given, and enough to see that there was more.
fn kept(text: String) -> String {
    match text.len() > BUDGET {
        true => cut(&text, BUDGET + 4).to_owned(),
        false => text,
    }
}

fn told(from: &str, text: &str, hint: Option<&str>) -> String {
    hint.map_or_else(|| format!("`{from}`: {text}"), |hint| format!("`{from}`: {text} ({hint})"))
}

fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}
