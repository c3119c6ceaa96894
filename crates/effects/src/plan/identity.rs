//! Where a resource is: the account, project or subscription that it says it is in, and the environment that this means.
//!
//! A resource says it itself, by its ARN or id. One that is not made yet is where its provider's other resources are, or where the
//! constants of the provider's configuration say. Names of providers, workspaces and modules count for nothing: an agent chose them.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::configuration::{Configuration, Provider};
use super::document::Key;
use crate::environment::{Spot, of_host, of_identity};
use crate::facts::Facts;

/// Attributes that say where a resource is.
const TELLING: &[&str] = &[
    "account_id", "arn", "availability_zone", "id", "key_vault_id", "owner_id", "parent_id", "project", "region", "resource_group_id", "scope",
    "self_link", "server_id", "storage_account_id", "target_resource_id",
];

/// Types whose `arn` or `account_id` is of something else than themselves.
const OF_OTHERS: &[&str] = &[
    "aws_cloudwatch_event_target", "aws_config_aggregate_authorization", "aws_detective_member", "aws_guardduty_member",
    "aws_lakeformation_resource", "aws_macie2_member", "aws_inspector2_member_association", "aws_organizations_delegated_administrator",
    "aws_securityhub_member", "aws_vpc_peering_connection_accepter",
];

/// What a resource says about where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Whereabouts {
    told: Vec<(&'static str, String)>,
    /// Whether it exists: then the cloud has said its id, and nobody chose it.
    exists: bool,
}

impl Whereabouts {
    /// Of an object that exists, without reading all of its values.
    pub(super) fn of(values: Option<&RawValue>) -> Self {
        Self::wanted(values).of_existing()
    }

    /// The same, of an object that exists.
    pub(super) fn of_existing(self) -> Self {
        Self { exists: true, ..self }
    }

    /// Of an object that is to be made.
    pub(super) fn wanted(values: Option<&RawValue>) -> Self {
        values.and_then(|values| serde_json::from_str(values.get()).ok()).unwrap_or_default()
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.told.iter().find(|(name, _)| *name == key).map(|(_, text)| text.as_str())
    }
}

impl<'de> Deserialize<'de> for Whereabouts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Telling)
    }
}

struct Telling;

impl<'de> Visitor<'de> for Telling {
    type Value = Whereabouts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object's values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            let Some(name) = TELLING.iter().find(|name| **name == key.0) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let raw: &RawValue = map.next_value()?;
            if let Ok(text) = serde_json::from_str::<String>(raw.get()) {
                found.push((*name, text));
            }
        }
        Ok(Whereabouts { told: found, exists: false })
    }
}

/// An account, project or subscription, and the region in it where that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Account {
    cloud: &'static str,
    account: Option<String>,
    region: Option<String>,
    /// Whether the cloud said it; otherwise somebody wrote it down.
    sure: bool,
}

impl Account {
    fn identity(&self) -> Option<String> {
        let account = self.account.as_ref()?;
        let region = self.region.as_ref().map(|region| format!("/{region}")).unwrap_or_default();
        Some(format!("{}:{account}{region}", self.cloud))
    }
}

/// Knows where resources are.
pub(super) struct Locator<'f, 'c> {
    facts: &'f Facts,
    configuration: &'c Configuration,
    /// The one account that the resources of a provider are in; absent where they are in several.
    learned: HashMap<String, Option<String>>,
    /// What the state's own mapping says.
    state: Option<Spot>,
}

/// Where a resource is, and what said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) spot: Spot,
    /// `aws:111122223333/eu-west-1`; absent where nothing says it.
    pub(super) identity: Option<String>,
}

impl<'f, 'c> Locator<'f, 'c> {
    pub(super) fn new(facts: &'f Facts, configuration: &'c Configuration) -> Self {
        let lineage = facts.state.as_ref().filter(|state| !state.lineage.is_empty());
        let state = lineage.and_then(|state| of_identity(facts, &format!("state:{}", state.lineage))).map(Spot::of);
        Self { facts, configuration, learned: HashMap::new(), state }
    }

    /// Takes note of where a resource of a provider is, for those of it that do not say it.
    pub(super) fn learn(&mut self, address: &str, kind: &str, says: &Whereabouts) {
        let told = told(kind, says);
        let Some(account) = told.account.filter(|_| told.sure) else { return };
        let known = self.learned.entry(self.provider(address, kind)).or_insert_with(|| Some(account.clone()));
        if known.as_ref().is_some_and(|known| *known != account) {
            *known = None;
        }
    }

    /// Where the state itself is, if a mapping says so.
    pub(super) fn state(&self) -> Option<&Spot> {
        self.state.as_ref()
    }

    /// Where a resource is. What says where it is and is not mapped is unknown, whatever the state is.
    pub(super) fn site(&self, address: &str, kind: &str, says: &Whereabouts) -> Site {
        let mut account = told(kind, says);
        let key = self.provider(address, kind);
        let configured = self.configuration.providers.get(&key);
        if account.region.is_none() && account.cloud == "aws" {
            account.region = configured.and_then(|provider| provider.region.clone()).filter(|region| is_plain(region));
        }
        let of_its_provider = || self.learned.get(&key).cloned().flatten().or_else(|| configured.and_then(|p| of_provider(&account, p)));
        let other = if account.sure { None } else { of_its_provider() };
        let identities = [account.clone(), Account { account: other, ..account }].into_iter().filter_map(|account| account.identity());
        // What somebody wrote down about a place does not make it milder than its provider's other resources are.
        let gravest = identities.map(|identity| (self.named(&identity), identity)).max_by_key(|(spot, _)| spot.tier);
        let (named, identity) = gravest.unzip();
        let host = || configured.and_then(|p| p.host.as_deref()).map(|host| host_spot(self.facts, host));
        let spot = match (named.or_else(host), &self.state) {
            // The state is mapped too: the graver counts.
            (Some(own), Some(state)) if state.tier > own.tier => state.clone(),
            (Some(own), _) => own,
            (None, state) => state.clone().unwrap_or_else(Spot::unknown),
        };
        Site { spot, identity }
    }

    fn named(&self, identity: &str) -> Spot {
        of_identity(self.facts, identity).map_or_else(Spot::unknown, Spot::of)
    }

    fn provider(&self, address: &str, kind: &str) -> String {
        let configured = self.configuration.resource(address).map(|resource| resource.provider.clone()).filter(|key| !key.is_empty());
        configured.unwrap_or_else(|| kind.split('_').next().unwrap_or_default().to_owned())
    }
}

fn host_spot(facts: &Facts, host: &str) -> Spot {
    let (name, port) = crate::environment::host_of_url(host).unwrap_or_else(|| crate::environment::split_host(host));
    of_host(facts, &name, port).map_or_else(Spot::unknown, Spot::of)
}

/// What a resource says itself.
fn told(kind: &str, says: &Whereabouts) -> Account {
    let account = match kind.split('_').next().unwrap_or_default() {
        "aws" | "awscc" if OF_OTHERS.contains(&kind) => Account { cloud: "aws", ..Account::default() },
        "aws" | "awscc" => aws(says),
        "google" => google(says),
        "azurerm" | "azuread" | "azapi" => azure(says),
        _ => Account::default(),
    };
    Account { sure: says.exists && account.account.is_some(), ..account }
}

fn aws(says: &Whereabouts) -> Account {
    let arn = says.get("arn").or_else(|| says.get("id")).filter(|text| text.starts_with("arn:"));
    let parts: Vec<&str> = arn.map(|arn| arn.splitn(6, ':').collect()).unwrap_or_default();
    let part = |at: usize| parts.get(at).copied().filter(|text| !text.is_empty());
    let account = part(4).or_else(|| says.get("account_id")).or_else(|| says.get("owner_id")).filter(|text| is_account(text));
    let zone = says.get("availability_zone").map(|zone| zone.trim_end_matches(|c: char| c.is_ascii_lowercase()));
    let region = part(3).or_else(|| says.get("region")).or(zone).filter(|text| is_plain(text));
    Account { cloud: "aws", account: account.map(str::to_owned), region: region.map(str::to_owned), sure: false }
}

fn google(says: &Whereabouts) -> Account {
    let within = |key: &str| says.get(key).and_then(|text| text.split_once("projects/")).and_then(|(_, rest)| rest.split('/').next());
    let project = within("self_link").or_else(|| within("id")).or_else(|| says.get("project")).filter(|text| is_plain(text));
    Account { cloud: "gcp", account: project.map(str::to_owned), ..Account::default() }
}

fn azure(says: &Whereabouts) -> Account {
    let keys = ["id", "resource_group_id", "parent_id", "scope", "target_resource_id", "key_vault_id", "server_id", "storage_account_id"];
    let subscription = keys.iter().filter_map(|key| says.get(key)?.strip_prefix("/subscriptions/")).filter_map(|rest| rest.split('/').next());
    let account = subscription.filter(|text| is_plain(text)).map(str::to_owned).next();
    Account { cloud: "azure", account, ..Account::default() }
}

fn of_provider(account: &Account, provider: &Provider) -> Option<String> {
    let said = match account.cloud {
        "aws" => provider.account.as_ref(),
        "gcp" => provider.project.as_ref(),
        "azure" => provider.subscription.as_ref(),
        _ => None,
    };
    said.filter(|text| is_plain(text)).cloned()
}

/// Account numbers are twelve digits; a bucket's owner is a long hexadecimal name and no account.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A name as clouds give them: nothing that could end an identity early or begin another.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b))
}

#[cfg(test)]
mod tests;
