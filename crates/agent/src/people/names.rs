//! Names that would be taken for others: of people, and of environments. What is compared is how they look (the skeleton of UTS 39,
//! with capitals like small letters), and no name has letters of several scripts.
//!
//! It is asked when a name is new and proposed. What stands already stays, also where it looks alike: everybody signed for it.

use action::{Environment, EnvironmentName, Governance};
use guard::Roster;
use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;

use super::NotChanged;

/// Whether a new name in this change cannot be taken for another.
pub(super) fn check(change: &Governance, roster: &Roster) -> Result<(), NotChanged> {
    match change {
        Governance::Enrol { person, .. } => differs(person.as_str(), roster.everybody().map(|(known, _)| known.as_str())),
        Governance::SetEnvironment { environment, before: None, .. } => {
            let ours = [EnvironmentName::workspace(), EnvironmentName::worktree(), EnvironmentName::host(), EnvironmentName::unknown(), EnvironmentName::service()];
            let known = roster.standing().environments().map(|(Environment { name, .. }, _)| name.clone());
            let known: Vec<EnvironmentName> = known.chain(ours).collect();
            differs(environment.name.as_str(), known.iter().map(EnvironmentName::as_str))
        }
        _ => Ok(()),
    }
}

fn differs<'k>(name: &str, mut known: impl Iterator<Item = &'k str>) -> Result<(), NotChanged> {
    if !name.is_single_script() {
        return Err(NotChanged::SeveralScripts { name: name.to_owned() });
    }
    let look = looks(name);
    match known.find(|other| *other != name && looks(other) == look) {
        Some(other) => Err(NotChanged::LooksLike { name: name.to_owned(), other: other.to_owned() }),
        None => Ok(()),
    }
}

fn looks(name: &str) -> String {
    skeleton(&name.to_lowercase()).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_or_mix_scripts_are_told_apart_from_those_that_do_not() {
        let known = ["production", "production/eu-1", "оре", "staging"];
        let table = [
            ("pr\u{43e}duction", Some("has letters of several scripts")),
            ("Production", Some("looks like `production`")),
            ("producti0n", Some("looks like `production`")),
            ("production/eu-l", Some("looks like `production/eu-1`")),
            ("ope", Some("looks like `оре`")),
            ("production", None),
            ("production/eu-2", None),
            ("продакшен", None),
            ("quality", None),
        ];
        for (name, says) in table {
            let said = differs(name, known.into_iter());
            match says {
                None => assert!(said.is_ok(), "{name}: {said:?}"),
                Some(words) => assert!(said.as_ref().is_err_and(|e| e.to_string().contains(words)), "{name}: {said:?}"),
            }
        }
    }
}
