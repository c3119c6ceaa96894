//! A custom agent of the project: what it is told, which tools it has, and rules that only narrow.
//!
//! It is chosen by a person, by its name. Nothing in it allows anything: `allow`, `allowedTools` and named policies are told and
//! change nothing. A profile with an error, or with a rule that nothing here could keep, is not run. Rules are about what a call
//! names; what a shell command does to a path is the box's and `.kiroignore`'s to keep.

mod rule;

use std::path::Path;

use action::{Decision, Deed, Digest, Quorum, Reason, Verdict};
use spec::agents::{Agent, Effect, Resource, Tool};
use spec::finding::Severity;

use crate::called::Called;
use crate::shown::Shown;
use rule::Rule;

const FOLDER: &str = ".kiro/agents";
/// The service's own role; a profile of this name would pass for it.
pub const ENGINEER: &str = "engineer";

/// A custom agent that can be run.
#[derive(Debug)]
pub struct Role {
    name: String,
    file: String,
    prompt: Option<String>,
    tools: Option<Vec<Tool>>,
    excluded: Vec<Tool>,
    rules: Vec<Rule>,
    resources: Vec<Resource>,
    notes: Vec<String>,
}

impl Role {
    /// The agent of this name, or whose file has it.
    pub(crate) fn find(shown: &Shown<'_>, name: &str) -> Result<Self, NoRole> {
        let is_plain = !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !is_plain || name == ENGINEER {
            return Err(NoRole::Name { name: action::visible(name).into_owned() });
        }
        let files = [".md", ".json"].iter().flat_map(|end| shown.names(FOLDER, end));
        let found: Vec<(String, Agent)> = files.filter_map(|file| read(shown, &file, name)).collect();
        match found.as_slice() {
            [] => Err(NoRole::Absent { name: name.to_owned() }),
            [(file, agent)] => Self::of(name, file, agent),
            [(one, _), (other, _), ..] => Err(NoRole::Several { name: name.to_owned(), one: one.clone(), other: other.clone() }),
        }
    }

    /// One that only looks, with its plan. It is nobody's file.
    pub(crate) fn reading() -> Self {
        let tools = Some(vec![Tool::Kind("read".into())]);
        Self { name: "reads only".into(), file: String::new(), prompt: None, tools, excluded: Vec::new(), rules: Vec::new(), resources: Vec::new(), notes: Vec::new() }
    }

    /// Whether the project has an agent of this name that can be run.
    pub fn is_fit(root: &Path, name: &str) -> Result<(), NoRole> {
        Self::find(&Shown { root, closed: &[], kept_out: &|_| false }, name).map(drop)
    }

    pub(crate) fn of(name: &str, file: &str, agent: &Agent) -> Result<Self, NoRole> {
        let unusable = |why: String| NoRole::Unusable { file: file.to_owned(), why };
        if let Some(finding) = agent.findings.iter().find(|finding| finding.severity == Severity::Error) {
            return Err(unusable(finding.text.clone()));
        }
        let mut notes: Vec<String> = agent.findings.iter().map(|finding| format!("`{file}`: {}", finding.text)).collect();
        let permissions = agent.permissions.clone().unwrap_or_default();
        notes.extend(permissions.policies.iter().map(|policy| format!("`{file}`: the policy `{policy}` allows nothing here; your own policy decides")));
        notes.extend(agent.model.iter().map(|model| format!("`{file}`: it asks for the model `{model}`; you choose the model with --model")));
        let rules = permissions.narrowing().map(Rule::of).collect::<Result<Vec<_>, _>>().map_err(unusable)?;
        Ok(Self {
            name: name.to_owned(),
            file: file.to_owned(),
            prompt: agent.prompt.clone(),
            tools: agent.tools.clone(),
            excluded: agent.excluded.clone(),
            rules,
            resources: agent.resources.clone(),
            notes,
        })
    }

    /// Its name, as intents carry it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is told, with the name of the file that says so: its prompt, and the files that it reads at the start.
    pub(crate) fn told(&mut self, shown: &Shown<'_>) -> Vec<(String, String)> {
        let mut told: Vec<(String, String)> = self.prompt.iter().map(|prompt| (self.file.clone(), prompt.clone())).collect();
        for resource in &self.resources {
            let path = match resource {
                Resource::File(path) => path,
                Resource::Skill(name) => {
                    self.notes.push(format!("`{}`: the skill `{}` is read when it is needed, like every skill of the project", self.file, action::visible(name)));
                    continue;
                }
                Resource::Knowledge(source) => {
                    self.notes.push(format!("`{}`: the knowledge base `{}` is not read: there is none here", self.file, action::visible(source)));
                    continue;
                }
            };
            match shown.text(path) {
                Some(text) => told.push((path.clone(), text)),
                None => self.notes.push(format!("`{}`: `{}` is not read: name a single file of the project that an agent may see", self.file, action::visible(path))),
            }
        }
        told
    }

    /// What the person should know, once.
    pub(crate) fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Whether it has a tool. Its own list of steps it always has: that changes nothing.
    pub(crate) fn has(&self, call: &Called) -> bool {
        let named = |tools: &[Tool]| tools.iter().any(|tool| is_of(call, tool));
        // Without commands nobody runs one in a copy of an environment.
        let excluded = named(&self.excluded) || call.tool == "change_environment" && self.excluded.iter().any(|tool| is_of(&Called::offered("shell"), tool));
        call.tool == "plan" || (self.tools.as_ref().is_none_or(|tools| named(tools)) && !excluded)
    }

    /// What its rules say of a deed; nothing where they say nothing.
    pub(crate) fn verdict(&self, deed: &Deed, policy: Digest) -> Option<Verdict> {
        let effect = self.rules.iter().filter(|rule| rule.is_about(deed)).map(|rule| rule.effect).max()?;
        let text = |does: &str| format!("the agent `{}` {does} ({})", self.name, self.file);
        match effect {
            Effect::Allow => None,
            Effect::Ask => {
                let reasons = vec![Reason { rule: "agent-asks".into(), text: text("asks before it does this") }];
                Some(Verdict { decision: Decision::Hold { quorum: Quorum::ANYONE }, reasons, policy })
            }
            Effect::Deny => Some(Verdict::refuse(policy, "agent-denies", text("may not do this"))),
        }
    }
}

fn read(shown: &Shown<'_>, file: &str, name: &str) -> Option<(String, Agent)> {
    let path = format!("{FOLDER}/{file}");
    let agent = Agent::read(&path, &shown.text(&path)?);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    (agent.name == name || stem == name).then_some((path, agent))
}

fn is_of(call: &Called, tool: &Tool) -> bool {
    match tool {
        Tool::All => true,
        Tool::Kind(kind) => call.kind == Some(kind.as_str()),
        Tool::Origin(origin) => match call.server {
            Some(_) => origin == "@mcp",
            None => origin == "@builtin",
        },
        Tool::Server(server, tool) => call.server.as_ref().is_some_and(|(own, name)| own == server && tool.as_ref().is_none_or(|tool| rule::is_like(tool, name))),
        Tool::Name(name) => call.names().contains(name),
    }
}

/// Why an agent is not run. Nothing happened.
#[derive(Debug, thiserror::Error)]
pub enum NoRole {
    /// The name is not one.
    #[error("`{name}` cannot be an agent's name: letters, digits, `-`, `_` and `.`, and not `engineer`")]
    Name {
        /// What was asked for.
        name: String,
    },
    /// There is none.
    #[error("there is no agent `{name}` in .kiro/agents")]
    Absent {
        /// What was asked for.
        name: String,
    },
    /// There are several.
    #[error("`{name}` is the name of several agents: {one}, {other}")]
    Several {
        /// What was asked for.
        name: String,
        /// A file.
        one: String,
        /// Another.
        other: String,
    },
    /// It has an error, or a rule that nothing here can keep.
    #[error("`{file}` is not run: {why}")]
    Unusable {
        /// Its file.
        file: String,
        /// What is wrong.
        why: String,
    },
}

#[cfg(test)]
mod tests;
