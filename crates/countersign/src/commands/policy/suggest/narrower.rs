//! A policy with fewer rights: its own text, and `forbid` rules for what each role never used.

use std::collections::BTreeSet;

use action::{AgentName, Tier, Verb};
use guard::{BadPolicy, PolicySource};
use serde_json::{Value, json};

use crate::home::built_in;
use crate::words;

/// What agents of one role did.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub(super) name: AgentName,
    pub(super) decisions: u64,
    pub(super) used: BTreeSet<(Verb, Tier)>,
}

/// The policy.
pub(super) struct Narrower {
    /// Its text.
    pub(super) policies: String,
    /// Roles that no policy can name.
    pub(super) left_out: Vec<String>,
    days: u32,
    roles: Vec<Role>,
    /// Where what is new begins.
    present: usize,
}

const TIERS: [Tier; 6] = [Tier::Workspace, Tier::Host, Tier::Development, Tier::Staging, Tier::Production, Tier::Unknown];
const VERBS: [Verb; 11] = [
    Verb::Read,
    Verb::Create,
    Verb::Update,
    Verb::Execute,
    Verb::Spend,
    Verb::DisableProtection,
    Verb::Grant,
    Verb::Expose,
    Verb::Replace,
    Verb::Delete,
    Verb::Opaque,
];

impl Narrower {
    /// Takes from each role what it never used. A name that would make the policy one that is not taken is left out.
    pub(super) fn of(present: &str, days: u32, roles: &[Role]) -> Result<Self, BadPolicy> {
        let ids = guard::check(&PolicySource { policies: present, ..built_in() })?.into_iter().map(|rule| rule.rule).collect();
        let mut narrower = Self { policies: present.trim_end().to_owned(), left_out: Vec::new(), days, roles: Vec::new(), present: 0 };
        narrower.policies.push_str("\n\n");
        narrower.present = narrower.policies.len();
        let mut ids: BTreeSet<String> = ids;
        for role in roles {
            let text = rules(role, days, &mut ids);
            let with = format!("{}{text}", narrower.policies);
            match guard::check(&PolicySource { policies: &with, ..built_in() }) {
                Ok(_) => {
                    narrower.policies = with;
                    narrower.roles.push(role.clone());
                }
                Err(_) => narrower.left_out.push(role.name.to_string()),
            }
        }
        Ok(narrower)
    }

    /// The text, with what was shown of it where the new rules begin.
    pub(super) fn with_comment(&self, shown: &str) -> String {
        let (present, new) = self.policies.split_at(self.present);
        let comment: Vec<String> = [format!("Suggested by `countersign policy suggest` from the last {} days; {shown}", self.days)].into_iter().chain(self.lines()).map(|line| format!("// {line}\n")).collect();
        format!("{present}{}\n{}", comment.concat(), new.trim_end())
    }

    /// What each role used and never used, in lines.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for role in &self.roles {
            lines.push(format!("role `{}`, {}", words::safe(role.name.as_str()), words::counted(role.decisions, "decision")));
            for tier in TIERS {
                let names = |verbs: Vec<Verb>| verbs.into_iter().map(Verb::as_str).collect::<Vec<_>>().join(", ");
                let (used, never): (Vec<Verb>, Vec<Verb>) = VERBS.into_iter().partition(|verb| role.used.contains(&(*verb, tier)));
                lines.push(match (used.is_empty(), never.is_empty()) {
                    (true, _) => format!("  {tier}: nothing was ever used"),
                    (_, true) => format!("  {tier}: used everything"),
                    _ => format!("  {tier}: used {}; never {}", names(used), names(never)),
                });
            }
        }
        lines
    }

    pub(super) fn json(&self) -> Vec<Value> {
        self.roles.iter().map(Role::json).collect()
    }
}

impl Role {
    /// What it used, and what it never used.
    pub(super) fn json(&self) -> Value {
        let pairs = |used: bool| -> Vec<Value> {
            let all = TIERS.into_iter().flat_map(|tier| VERBS.into_iter().map(move |verb| (verb, tier)));
            all.filter(|pair| self.used.contains(pair) == used).map(|(verb, tier)| json!({"action": verb, "tier": tier})).collect()
        };
        json!({"role": self.name, "decisions": self.decisions, "used": pairs(true), "never_used": pairs(false)})
    }
}

fn rules(role: &Role, days: u32, ids: &mut BTreeSet<String>) -> String {
    let mut text = String::new();
    for tier in TIERS {
        let never: Vec<String> = VERBS.into_iter().filter(|verb| !role.used.contains(&(*verb, tier))).map(|verb| format!("Action::\"{verb}\"")).collect();
        let actions = match never.as_slice() {
            [] => continue,
            [one] => format!("action == {one}"),
            all if all.len() == VERBS.len() => "action".to_owned(),
            several => format!("action in [{}]", several.join(", ")),
        };
        let (id, name) = (unused_id(role, tier, ids), quoted(role.name.as_str()));
        let reason = format!("in {days} days no agent in the role {} used this right in {tier}: whoever changes the policy may give it back", role.name);
        text.push_str(&format!(
            "@id(\"{id}\")\n@reason({})\nforbid (principal, {actions}, resource)\nwhen {{ principal.role == {name} && resource.tier == Tier::\"{tier}\" }};\n\n",
            quoted(&words::safe(&reason))
        ));
    }
    text
}

/// A name for the rule that no other rule has.
fn unused_id(role: &Role, tier: Tier, ids: &mut BTreeSet<String>) -> String {
    let plain: String = role.name.as_str().chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    let id = format!("unused-{plain}-{tier}");
    let free = std::iter::once(id.clone()).chain((2..).map(|number: u64| format!("{id}-{number}"))).find(|id| !ids.contains(id)).unwrap_or(id);
    ids.insert(free.clone());
    free
}

/// A text as Cedar writes one. Whatever is not plain is written by its number, so that it shows.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' => quoted.push(c),
            other => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
