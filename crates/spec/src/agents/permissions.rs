//! What a profile says about what its agent may do. It can only narrow.

use super::Reader;
use crate::finding::Finding;
use crate::text::Span;
use crate::tree::Node;

/// `permissions: {rules, policies}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Permissions {
    /// In the order of the file.
    pub rules: Vec<Rule>,
    /// Named policies: `read-only-shell`.
    pub policies: Vec<String>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it is about: `shell`, `fs_write`.
    pub capability: String,
    /// What it says.
    pub effect: Effect,
    /// For which values; empty is all.
    pub matches: Vec<String>,
    /// For which not.
    pub excludes: Vec<String>,
    /// Where it is.
    pub span: Span,
}

/// What a rule says, from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// A wish; policy decides.
    Allow,
    /// A person is asked.
    Ask,
    /// Never.
    Deny,
}

const POLICIES: [&str; 6] = ["allow-all", "edit-workspace", "dev-shell", "read-all", "read-only-shell", "read-workspace"];

impl Permissions {
    /// The rules that hold: those that narrow.
    pub fn narrowing(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.effect > Effect::Allow)
    }
}

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Permissions {
    let mut permissions = Permissions::default();
    if !node.is_map() {
        reader.error(&node.span, format!("`permissions` is {}", node.kind()), "write `rules` and `policies` under it");
        return permissions;
    }
    known(reader, node, &["rules", "policies"]);
    for item in items(reader, node, "rules") {
        permissions.rules.extend(rule(reader, item));
    }
    for item in items(reader, node, "policies") {
        match item.text().filter(|name| POLICIES.contains(name)) {
            Some(name) => permissions.policies.push(name.to_owned()),
            None => reader.error(&item.span, format!("`{}` is no policy", item.text().unwrap_or(item.kind())), "policies are allow-all, edit-workspace, dev-shell, read-all, read-only-shell, read-workspace"),
        }
    }
    permissions
}

/// A field that nobody knows makes other tools drop the whole; here the profile is not used.
fn known(reader: &mut Reader<'_>, node: &Node, keys: &[&str]) {
    for entry in node.entries().iter().filter(|entry| !keys.contains(&entry.key.as_str())) {
        reader.error(&entry.at, format!("`{}` is no field of permissions, and voids them", entry.key), "take it out");
    }
}

fn items<'n>(reader: &mut Reader<'_>, node: &'n Node, key: &str) -> &'n [Node] {
    let Some(value) = node.get(key) else { return &[] };
    if value.list().is_none() {
        reader.error(&value.span, format!("`{key}` is {}, not a list", value.kind()), "write a list");
    }
    value.list().unwrap_or_default()
}

fn rule(reader: &mut Reader<'_>, node: &Node) -> Option<Rule> {
    if !node.is_map() {
        reader.error(&node.span, format!("a rule is {}", node.kind()), "write `capability` and `effect`");
        return None;
    }
    known(reader, node, &["capability", "effect", "match", "exclude"]);
    let capability = node.get("capability").and_then(Node::text).filter(|text| !text.is_empty());
    let effect = match node.get("effect").and_then(Node::text) {
        Some("allow") => Some(Effect::Allow),
        Some("ask") => Some(Effect::Ask),
        Some("deny") => Some(Effect::Deny),
        _ => None,
    };
    let (Some(capability), Some(effect)) = (capability, effect) else {
        reader.error(&node.span, "a rule needs a `capability`, and `effect` allow, ask or deny".into(), "write both");
        return None;
    };
    if effect == Effect::Allow {
        let text = format!("a profile cannot allow `{capability}`; policy decides, and this changes nothing");
        reader.say(Finding::note("agent-allows", reader.file, node.span.clone(), text));
    }
    let mut texts = |key: &str| -> Vec<String> {
        let items = items(reader, node, key);
        items.iter().filter(|item| item.text().is_none()).for_each(|item| reader.error(&item.span, format!("`{key}` has {}", item.kind()), "write texts"));
        items.iter().filter_map(|item| item.text().map(str::to_owned)).collect()
    };
    let (matches, excludes) = (texts("match"), texts("exclude"));
    Some(Rule { capability: capability.to_owned(), effect, matches, excludes, span: node.span.clone() })
}
