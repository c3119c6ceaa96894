//! What a browser says that it had signed (WebAuthn, CollectedClientData), read strictly.
//!
//! The one spelling of its beginning is the one that browsers must write (WebAuthn level 3, section 5.8.1.1, "Serialization") and that OpenSSH
//! takes: type, challenge and origin, in this order. Members that are not known may follow; none may come twice.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The members that are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BrowserClaim {
    pub kind: String,
    pub challenge: String,
    pub origin: String,
    /// The page stood inside another site's page, or says that it may have.
    pub crossed: bool,
}

impl BrowserClaim {
    /// Reads it; the words say what is wrong.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|e| e.to_string())
    }

    /// How it must begin.
    pub(crate) fn beginning(&self) -> String {
        format!(r#"{{"type":"{}","challenge":"{}","origin":"{}""#, self.kind, self.challenge, self.origin)
    }
}

impl<'de> Deserialize<'de> for BrowserClaim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = BrowserClaim;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<BrowserClaim, A::Error> {
        let (mut kind, mut challenge, mut origin, mut crossed) = (None, None, None, false);
        let mut names = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "type" => kind = Some(map.next_value()?),
                "challenge" => challenge = Some(map.next_value()?),
                "origin" => origin = Some(map.next_value()?),
                "crossOrigin" => crossed |= map.next_value::<bool>()?,
                "topOrigin" => {
                    map.next_value::<IgnoredAny>()?;
                    crossed = true;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            if let Some(twice) = names.replace(name) {
                return Err(A::Error::custom(format!("`{twice}` is there twice")));
            }
        }
        let missing = |name| A::Error::missing_field(name);
        Ok(BrowserClaim {
            kind: kind.ok_or_else(|| missing("type"))?,
            challenge: challenge.ok_or_else(|| missing("challenge"))?,
            origin: origin.ok_or_else(|| missing("origin"))?,
            crossed,
        })
    }
}

#[cfg(test)]
mod tests;
