//! A roster as it was folded once, under the guard's signature, so that the next process need not fold all of it again.
//!
//! It is a memory and no authority: who can write files and not sign as the guard can make nobody believe another one, and whoever reads
//! the ledger folds it again. It says for which entries it stands; whoever unseals it compares these with the ledger before believing it.

use std::collections::BTreeMap;

use action::{Digest, Moment, Namespace, Signed, canonical};
use serde::{Deserialize, Serialize};

use super::{EnrolledKey, Roster};
use crate::key::GuardKey;

/// What the fold had come to after so many entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Version of the fold and of this shape.
    v: u32,
    /// How many entries of the ledger it stands for.
    pub entries: u64,
    /// The root over these, as the log has it.
    pub root: Digest,
    /// A digest over the bytes of those entries that are about who may do what.
    pub governing: Digest,
    /// These entries, each with the latest moment at which who may do what was changed up to it.
    pub latest: Vec<(u64, Moment)>,
    /// What they come to.
    pub roster: Roster,
}

impl Sealed {
    /// To be raised with every change of what the fold makes of entries: what an older program folded is then folded again.
    const VERSION: u32 = 1;

    /// What the fold has come to.
    pub fn new(entries: u64, root: Digest, governing: Digest, latest: Vec<(u64, Moment)>, roster: Roster) -> Self {
        Self { v: Self::VERSION, entries, root, governing, latest, roster }
    }
}

impl GuardKey {
    /// Signs it, for nothing else. The error is the key's, or that it has no canonical bytes.
    pub fn seal(&self, sealed: &Sealed) -> Result<Signed, String> {
        self.sign_for(Namespace::Roster, canonical(sealed).map_err(|e| e.to_string())?)
    }

    /// Reads one that this very key sealed; `None` for every other text, and for one of an older version.
    pub fn unseal(&self, signed: &Signed) -> Option<Sealed> {
        signed.open(&self.public(), Namespace::Roster).ok().filter(|sealed: &Sealed| sealed.v == Sealed::VERSION)
    }
}

/// Keys as people write them.
pub(super) mod keys {
    use serde::de::Error;
    use serde::{Deserializer, Serializer};
    use ssh_key::PublicKey;
    use ssh_key::public::KeyData;

    use super::{BTreeMap, Deserialize, EnrolledKey, Serialize};

    pub(crate) fn serialize<S: Serializer>(keys: &BTreeMap<KeyData, EnrolledKey>, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |key: &KeyData| PublicKey::new(key.clone(), "").to_openssh().map_err(serde::ser::Error::custom);
        let keys = keys.iter().map(|(key, known)| Ok((text(key)?, known))).collect::<Result<BTreeMap<String, &EnrolledKey>, S::Error>>()?;
        keys.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<KeyData, EnrolledKey>, D::Error> {
        let keys = BTreeMap::<String, EnrolledKey>::deserialize(deserializer)?;
        let read = |text: &str| PublicKey::from_openssh(text).map(|key| key.key_data().clone()).map_err(D::Error::custom);
        keys.into_iter().map(|(text, known)| Ok((read(&text)?, known))).collect()
    }
}

/// The guard's own.
pub(super) mod key {
    use serde::de::Error;
    use serde::{Deserializer, Serializer};
    use ssh_key::PublicKey;

    use super::{Deserialize, Serialize};

    pub(crate) fn serialize<S: Serializer>(key: &Option<PublicKey>, serializer: S) -> Result<S::Ok, S::Error> {
        let text = key.as_ref().map(PublicKey::to_openssh).transpose().map_err(serde::ser::Error::custom)?;
        text.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PublicKey>, D::Error> {
        Option::<String>::deserialize(deserializer)?.map(|text| PublicKey::from_openssh(&text).map_err(D::Error::custom)).transpose()
    }
}
