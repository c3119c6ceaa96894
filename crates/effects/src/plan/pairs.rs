//! A delete and a create of one thing under two addresses are one replacement (incident 10).
//!
//! One thing: the same type and the same identifying attribute, and no attribute that says that they are in different places. The
//! replacement keeps all that the delete says about loss; only the create is said with it, in a note.

use std::collections::HashMap;

use super::act::Act;
use super::change::signature;
use super::document::{Row, Values, open};

/// Attributes within which a name means something.
pub(super) const SCOPES: &[&str] = &["account_id", "location", "namespace", "project", "region", "resource_group_name", "server_id", "zone_id"];

/// Who a thing is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Name {
    kind: String,
    key: &'static str,
    text: String,
}

/// Deletes and creates of a plan, by index of their change.
#[derive(Default)]
pub(super) struct Pairs {
    gone: Vec<(usize, Name, Scope)>,
    made: HashMap<Name, Vec<(usize, Scope)>>,
}

type Scope = Vec<(&'static str, String)>;

impl Pairs {
    /// Takes note of a change.
    pub(super) fn note(&mut self, index: usize, row: &Row<'_>, act: Act, values: &Values) {
        let (object, marks) = match act {
            Act::Delete => (&values.before, &values.before_sensitive),
            Act::Create => (&values.after, &values.after_sensitive),
            _ => return,
        };
        let Some((key, text)) = signature(object, marks) else { return };
        let name = Name { kind: row.kind.clone(), key, text };
        let scope: Scope = SCOPES.iter().filter_map(|key| Some((*key, open(object, marks, key)?.as_str()?.to_owned()))).collect();
        match act {
            Act::Delete => self.gone.push((index, name, scope)),
            _ => self.made.entry(name).or_default().push((index, scope)),
        }
    }

    /// Index of each delete with the index of the create that makes the same thing again. Each create is used once.
    pub(super) fn found(mut self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (gone, name, scope) in self.gone {
            let Some(made) = self.made.get_mut(&name) else { continue };
            // Of many with one name the first few are looked at: a name that so many share names nothing.
            let fits = made.iter().take(64).position(|(_, other)| one_place(&scope, other));
            if let Some(at) = fits {
                pairs.push((gone, made.swap_remove(at).0));
            }
        }
        pairs
    }
}

fn one_place(one: &Scope, other: &Scope) -> bool {
    let differs = |(key, text): &(&str, String)| other.iter().any(|(k, t)| k == key && t != text);
    !one.iter().any(differs)
}

#[cfg(test)]
mod tests;
