//! Skills: a folder with a SKILL.md that is read to the agent when its description fits.
//!
//! Name and description are required; the rest is optional. Nothing here reads the folder's other files.

use crate::finding::{Finding, Severity};
use crate::front_matter::{self, FrontMatter};
use crate::steering;
use crate::tree::{Entry, Node};

/// One SKILL.md.
#[derive(Clone, Debug, PartialEq)]
pub struct Skill {
    /// Its name.
    pub name: Option<String>,
    /// When it is of use.
    pub description: Option<String>,
    /// Where its body begins.
    pub body: usize,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

const KEYS: [&str; 6] = ["name", "description", "license", "compatibility", "metadata", "allowed-tools"];
/// As the open format has it (agentskills.io).
const LONGEST_NAME: usize = 64;
const LONGEST_DESCRIPTION: usize = 1024;

impl Skill {
    /// Reads a SKILL.md. `folder` is the name of its folder, `file` its name in findings.
    pub fn read(folder: &str, file: &str, text: &str) -> Self {
        let (front, body) = front_matter::read(text);
        let mut findings = Vec::new();
        let FrontMatter::Some { keys, block, .. } = &front else {
            let missing = || Finding::error("skill-key", file, body..body, "a skill needs front matter with `name` and `description`");
            findings.push(steering::misplaced(file, &front).unwrap_or_else(missing));
            return Self { name: None, description: None, body, findings };
        };
        let unknown = keys.entries().iter().filter(|entry| !KEYS.contains(&entry.key.as_str()));
        findings.extend(unknown.map(|entry| Finding::warning("skill-key", file, entry.at.clone(), format!("`{}` is no key of a skill", entry.key))));
        let mut required = |key: &str| {
            let entry = keys.entries().iter().find(|entry| entry.key == key);
            let text = entry.and_then(|entry| entry.value.text()).map(str::trim).filter(|text| !text.is_empty());
            if text.is_none() {
                let span = entry.map_or(block.clone(), |entry| entry.at.clone());
                findings.push(Finding::error("skill-key", file, span, format!("a skill needs a `{key}`")).hinted(format!("write `{key}: …`")));
            }
            Some((entry?, text?.to_owned()))
        };
        let (name, description) = (required("name"), required("description"));
        findings.extend(name.as_ref().and_then(|(entry, name)| odd_name(folder, file, entry, name)));
        findings.extend(description.as_ref().and_then(|(entry, description)| too_long(file, entry, description)));
        findings.extend(keys.get("metadata").filter(|node| !node.is_map()).map(|node: &Node| {
            Finding::warning("skill-key", file, node.span.clone(), format!("`metadata` is {}, not keys and values", node.kind()))
        }));
        if text.get(body..).is_none_or(|body| body.trim().is_empty()) {
            findings.push(Finding::warning("skill-body", file, block.clone(), "the skill says nothing").hinted("write behind the front matter what to do"));
        }
        Self { name: name.map(|(_, name)| name), description: description.map(|(_, text)| text), body, findings }
    }

    /// Whether it may be offered to an agent.
    pub fn is_usable(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity < Severity::Error)
    }
}

fn odd_name(folder: &str, file: &str, entry: &Entry, name: &str) -> Option<Finding> {
    let span = entry.value.span.clone();
    let is_plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !is_plain || name.len() > LONGEST_NAME || name.starts_with('-') || name.ends_with('-') || name.contains("--") {
        let text = format!("`{name}` is not a skill's name: small letters, digits and single hyphens, at most {LONGEST_NAME}");
        return Some(Finding::warning("skill-name", file, span, text));
    }
    let text = format!("the skill is named `{name}` and its folder `{folder}`");
    (name != folder).then(|| Finding::warning("skill-name", file, span, text).hinted("give both the same name"))
}

fn too_long(file: &str, entry: &Entry, description: &str) -> Option<Finding> {
    let length = description.chars().count();
    let text = format!("the description has {length} characters; other tools take {LONGEST_DESCRIPTION}");
    (length > LONGEST_DESCRIPTION).then(|| Finding::warning("skill-key", file, entry.at.clone(), text))
}

#[cfg(test)]
mod tests;
