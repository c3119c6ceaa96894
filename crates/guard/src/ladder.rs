//! The fixed ladder of signature facts. Cedar cannot count, so each effect is asked about once a rung, from nobody upwards,
//! until it is allowed: the rung says who must sign. A further quorum is a further rung and, where Cedar must see it, a
//! further fact in the schema.

use action::{Decision, Quorum};

/// Who has signed, as Cedar sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signatures {
    /// Anybody who may sign.
    pub(crate) any: bool,
    /// Somebody who did not ask.
    pub(crate) peer: bool,
    /// Two who did not ask.
    pub(crate) two_peers: bool,
    /// One of those who did not ask is an owner.
    pub(crate) owner: bool,
    /// Two, whoever asked.
    pub(crate) two: bool,
    /// Two owners, whoever asked.
    pub(crate) two_owners: bool,
    /// An admin, whoever asked.
    pub(crate) admin: bool,
    /// An admin who neither asked nor gains.
    pub(crate) other_admin: bool,
}

impl Signatures {
    /// Nobody's.
    const NONE: Self = Self { any: false, peer: false, two_peers: false, owner: false, two: false, two_owners: false, admin: false, other_admin: false };
}

/// One rung: what it means for the intent, and the signatures that it stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rung {
    /// The verdict if this is the first rung that is allowed.
    pub(crate) decision: Decision,
    /// The facts that Cedar gets.
    pub(crate) signatures: Signatures,
}

/// For changes of people: from nobody to an admin who is a peer, beside somebody else.
pub(crate) const GOVERNING: [Rung; 5] = [
    Rung { decision: Decision::Permit, signatures: Signatures::NONE },
    Rung { decision: Decision::Hold { quorum: Quorum::ANYONE }, signatures: Signatures { any: true, ..Signatures::NONE } },
    Rung { decision: Decision::Hold { quorum: Quorum::ADMIN }, signatures: Signatures { any: true, admin: true, ..Signatures::NONE } },
    Rung {
        decision: Decision::Hold { quorum: Quorum::ADMIN_AND_PEER },
        signatures: Signatures { any: true, admin: true, two: true, peer: true, ..Signatures::NONE },
    },
    Rung {
        decision: Decision::Hold { quorum: Quorum::OTHER_ADMIN },
        signatures: Signatures { any: true, admin: true, two: true, peer: true, other_admin: true, ..Signatures::NONE },
    },
];

/// For emergencies: from nobody to two owners, of whom one did not ask.
pub(crate) const EMERGENCY: [Rung; 4] = [
    Rung { decision: Decision::Permit, signatures: Signatures::NONE },
    Rung { decision: Decision::Hold { quorum: Quorum::ANYONE }, signatures: Signatures { any: true, ..Signatures::NONE } },
    Rung { decision: Decision::Hold { quorum: Quorum::PEER }, signatures: Signatures { any: true, peer: true, ..Signatures::NONE } },
    Rung {
        decision: Decision::Hold { quorum: Quorum::TWO_OWNERS },
        signatures: Signatures { any: true, peer: true, owner: true, two: true, two_owners: true, ..Signatures::NONE },
    },
];

/// From nobody to two peers with an owner. Each rung holds all that the rungs below it hold.
pub(crate) const LADDER: [Rung; 4] = [
    Rung {
        decision: Decision::Permit,
        signatures: Signatures::NONE,
    },
    Rung {
        decision: Decision::Hold { quorum: Quorum::ANYONE },
        signatures: Signatures { any: true, ..Signatures::NONE },
    },
    Rung {
        decision: Decision::Hold { quorum: Quorum::PEER },
        signatures: Signatures { any: true, peer: true, ..Signatures::NONE },
    },
    Rung {
        decision: Decision::Hold { quorum: Quorum::TWO_WITH_OWNER },
        signatures: Signatures { any: true, peer: true, two_peers: true, owner: true, two: true, ..Signatures::NONE },
    },
];

#[cfg(test)]
mod tests;
