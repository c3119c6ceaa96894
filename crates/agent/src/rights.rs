//! What an agent may at most: what every role that bounds it allows. Roles only narrow, and so does each one more.
//!
//! A subagent has the roles of the session that it works for, as that one read them, and its own besides. So it can never
//! have a tool, or be spared a rule, that its parent has not, or is not spared.

use std::sync::Arc;

use action::{Deed, Digest, Verdict};

use crate::called::Called;
use crate::role::Role;

/// All roles that bound a session. None of them: the service's own role, which policy alone bounds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rights(Vec<Arc<Role>>);

impl Rights {
    /// These, and one more.
    pub(crate) fn and(mut self, role: Role) -> Self {
        self.0.push(Arc::new(role));
        self
    }

    /// What both allow.
    pub(crate) fn within(&self, other: &Self) -> Self {
        let more = other.0.iter().filter(|role| !self.0.iter().any(|known| Arc::ptr_eq(known, role)));
        Self(self.0.iter().chain(more).cloned().collect())
    }

    /// Whether all of them have a tool.
    pub(crate) fn has(&self, call: &Called) -> bool {
        self.0.iter().all(|role| role.has(call))
    }

    /// What their rules say of a deed, the strictest of all; nothing where none says anything.
    pub(crate) fn verdict(&self, deed: &Deed, policy: Digest) -> Option<Verdict> {
        self.0.iter().filter_map(|role| role.verdict(deed, policy)).reduce(Verdict::and)
    }
}

#[cfg(test)]
mod tests;
