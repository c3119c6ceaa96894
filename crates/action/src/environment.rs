//! Where an effect lands. The mapping from paths, hosts and remotes to an environment is the service's, never the agent's.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{PersonId, name};
use crate::verdict::Quorum;

name!(
    /// `workspace`, `dev`, `staging/eu`, `production/region-1`. What comes before the first `/` groups regions.
    EnvironmentName
);

impl EnvironmentName {
    /// The agent's own copy of the work tree, inside the box.
    pub fn workspace() -> Self {
        Self::new("workspace")
    }

    /// The person's own machine and work tree: one step outside the box.
    pub fn host() -> Self {
        Self::new("host")
    }

    /// The person's own work tree, where an agent of another maker works in it with its own hands.
    pub fn worktree() -> Self {
        Self::new("worktree")
    }

    /// This service itself: who may do what in it.
    pub fn service() -> Self {
        Self::new("service")
    }

    /// A place that no mapping names. Judged as strictly as production.
    pub fn unknown() -> Self {
        Self::new("unknown")
    }

    /// Whether the other is this one, or a region of it.
    pub fn includes(&self, other: &Self) -> bool {
        let region = other.as_str().strip_prefix(self.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self == other || region
    }

    /// Names of ours, which no mapping takes, nor what would be a region of one.
    pub fn is_reserved(&self) -> bool {
        [Self::workspace(), Self::host(), Self::worktree(), Self::service(), Self::unknown()].iter().any(|ours| ours.includes(self))
    }
}

/// How much it matters what happens there. Ordered: a larger tier is judged at least as strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Inside the box: everything can be undone.
    Workspace,
    /// The person's own work tree and machine.
    Host,
    /// Shared, but nobody's customers are there.
    Development,
    /// Looks like production; one other person is asked.
    Staging,
    /// Customers are there.
    Production,
    /// No mapping names it; treated as production, and opaque.
    Unknown,
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Workspace => "workspace",
            Self::Host => "host",
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
            Self::Unknown => "unknown",
        })
    }
}

/// A fencing number: it grows with every change of an environment, and a permit of an older one cannot execute (incident 19).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u64);

/// One environment and what maps to it. Kept by the service; nothing in a repository adds to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its name.
    pub name: EnvironmentName,
    /// How much it matters.
    pub tier: Tier,
    /// Absolute path prefixes that are this environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Host names (with port where one is given) that are this environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Git remote URLs, or `URL#branch` for one branch, that are this environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remotes: Vec<String>,
    /// Absolute paths that hold its recovery points. One inside `paths` does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recovery: Vec<String>,
    /// What clouds and tools call it: `aws:ACCOUNT`, `aws:ACCOUNT/REGION`, `gcp:PROJECT`, `azure:SUBSCRIPTION`, `state:LINEAGE` (of a
    /// Terraform state). One without a region is all of its regions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<String>,
    /// The only owners whose signature counts as an owner's there; all owners, where nobody is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<PersonId>,
    /// What the signatures there must be, besides what the policy asks for.
    #[serde(default, skip_serializing_if = "Terms::is_none")]
    pub terms: Terms,
}

/// What signatures must be, besides what a policy asks for. No policy makes less of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Who is in a team with the person who asked is nobody's peer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub other_team: bool,
    /// What takes two people is signed with hardware keys.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hardware: bool,
    /// Where somebody besides the person who asked must agree: how many of those who do are of which team.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub teams: BTreeMap<String, u8>,
}

fn is_false(truth: &bool) -> bool {
    !*truth
}

impl Terms {
    /// Whether nothing is asked for.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// What both ask for.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.other_team |= other.other_team;
        self.hardware |= other.hardware;
        for (team, people) in &other.teams {
            let most = self.teams.entry(team.clone()).or_default();
            *most = (*most).max(*people);
        }
        self
    }

    /// What of it a quorum there meets with.
    #[must_use]
    pub fn of(&self, quorum: Quorum) -> Self {
        match quorum.takes_others() {
            true => Self { hardware: self.takes_hardware(quorum), ..self.clone() },
            false => Self::default(),
        }
    }

    /// Whether only hardware keys count for a quorum.
    pub fn takes_hardware(&self, quorum: Quorum) -> bool {
        self.hardware && quorum.people >= 2
    }

    /// Each in words, as it is signed and listed.
    pub fn words(&self) -> Vec<String> {
        let other_team = self.other_team.then(|| "who is in a team with the person who asked does not agree as a peer".to_owned());
        let hardware = self.hardware.then(|| "what takes two people is signed with hardware keys".to_owned());
        let teams = self.teams.iter().map(|(team, people)| format!("{people} of those who agree must be of the team {team}"));
        other_team.into_iter().chain(hardware).chain(teams).collect()
    }
}

impl Environment {
    /// All that maps to it.
    pub fn places(&self) -> impl Iterator<Item = &String> {
        [&self.paths, &self.hosts, &self.remotes, &self.identities].into_iter().flatten()
    }
}
