//! Which account and region a command works on, and which environment that is.
//!
//! From the facts about profiles, from an endpoint, from ARNs that name the thing. What the text itself does to the tool's
//! settings or to its variables makes the facts about profiles worthless.

use action::EnvironmentName;

use super::call::{Call, Said};
use crate::environment::{Spot, is_loopback, of_host, of_identity};
use crate::place::Place;
use crate::shell::{Reader, Scope, Value};

/// Variables that change nothing about where a command goes.
const HARMLESS: [&str; 5] = ["AWS_PAGER", "AWS_DEFAULT_OUTPUT", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_CLI_AUTO_PROMPT"];
/// Variables whose values are read here.
const READ: [&str; 4] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"];

/// An account, and its region where one is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    number: String,
    region: Option<String>,
}

impl Account {
    fn spot(&self, reader: &Reader<'_>, whole: bool) -> Spot {
        let identity = match self.region.as_deref().filter(|_| !whole) {
            Some(region) => format!("aws:{}/{region}", self.number),
            None => format!("aws:{}", self.number),
        };
        of_identity(reader.ground.facts, &identity).map_or_else(Spot::unknown, Spot::of)
    }
}

impl Reader<'_> {
    /// Where a command lands. `whole`: on the account, not on one region. `names`: the things as they are named, ARNs or not.
    pub(super) fn aws_spot(&self, call: &Call, whole: bool, names: &[&str], scope: &Scope) -> Spot {
        if call.doubtful {
            return Spot::unknown();
        }
        if call.endpoint != Said::Nothing {
            return self.spot_of_endpoint(call);
        }
        let profile = self.aws_account(call, scope).map(|account| account.spot(self, whole));
        let arns: Vec<Option<Spot>> = names.iter().map(|name| account_of_arn(name).map(|account| account.spot(self, whole))).collect();
        match profile {
            // An ARN names another account only where that one lets this one in; the graver of the two is taken.
            Some(profile) => arns.into_iter().flatten().chain([profile]).max_by_key(|spot| spot.tier).unwrap_or_else(Spot::unknown),
            None => {
                let all: Option<Vec<Spot>> = arns.into_iter().collect();
                all.and_then(|spots| spots.into_iter().max_by_key(|spot| spot.tier)).unwrap_or_else(Spot::unknown)
            }
        }
    }

    /// The account whose credentials are used, where the facts say it.
    fn aws_account(&self, call: &Call, scope: &Scope) -> Option<Account> {
        let foreign = |name: &str| !HARMLESS.contains(&name) && !READ.contains(&name);
        let settings = format!("{}/.aws", self.ground.facts.home);
        let another_home = !scope.has_settings_of(&self.ground.facts.home);
        if another_home || call.unsigned || scope.variables_named("AWS_").any(foreign) || self.has_written_below(&settings) {
            return None;
        }
        let profile = match &call.profile {
            Said::This(profile) => profile.clone(),
            Said::Unknown => return None,
            Said::Nothing => variable(scope, "AWS_PROFILE", "AWS_DEFAULT_PROFILE").ok()?.unwrap_or_else(|| "default".into()),
        };
        let fact = self.ground.facts.profiles.get(&profile).filter(|fact| !fact.account.is_empty())?;
        let region = match &call.region {
            Said::This(region) => Some(region.clone()),
            Said::Unknown => None,
            Said::Nothing => match variable(scope, "AWS_REGION", "AWS_DEFAULT_REGION") {
                Ok(Some(region)) => Some(region),
                Ok(None) => Some(fact.region.clone()).filter(|r| !r.is_empty()),
                Err(Unknown) => None,
            },
        };
        Some(Account { number: fact.account.clone(), region })
    }

    /// Whether the credentials go to a host that no mapping names, or to whoever stands in between.
    pub(super) fn is_strange_endpoint(&self, call: &Call) -> bool {
        call.unchecked || (call.endpoint != Said::Nothing && self.spot_of_endpoint(call) == Spot::unknown())
    }

    fn spot_of_endpoint(&self, call: &Call) -> Spot {
        let Some((host, port)) = call.host() else { return Spot::unknown() };
        match of_host(self.ground.facts, &host, port) {
            Some(environment) => Spot::of(environment),
            None if is_loopback(&host) && self.ground.place == Place::Boxed => Spot::workspace(),
            None if is_loopback(&host) => Spot::host(),
            None => Spot::unknown(),
        }
    }

    /// A bucket is nobody's by its name: one that a mapping names by its host is that environment, another one is taken to be the
    /// account's, whose credentials reach it.
    pub(super) fn spot_of_bucket(&self, call: &Call, bucket: &str, scope: &Scope) -> Spot {
        let mapped = of_host(self.ground.facts, &format!("{bucket}.s3.amazonaws.com"), Some(443)).filter(|_| call.endpoint == Said::Nothing);
        let spot = self.aws_spot(call, false, &[bucket], scope);
        match mapped.map(Spot::of) {
            Some(mapped) if !call.doubtful && (spot.environment == EnvironmentName::unknown() || mapped.tier >= spot.tier) => mapped,
            _ => spot,
        }
    }
}

/// What a variable holds is not known.
struct Unknown;

/// The first of two variables that the text set for programs.
fn variable(scope: &Scope, first: &str, second: &str) -> Result<Option<String>, Unknown> {
    match scope.exported(first).or_else(|| scope.exported(second)) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(Value::List(_) | Value::Unknown) => Err(Unknown),
    }
}

/// `arn:aws:rds:eu-west-1:111122223333:db:prod`. Nothing where it names no account.
pub(super) fn account_of_arn(text: &str) -> Option<Account> {
    let mut parts = text.split(':');
    let (Some("arn"), Some(partition), Some(_), Some(region), Some(account)) = (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let numbered = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let region = Some(region.to_owned()).filter(|r| !r.is_empty());
    (partition.starts_with("aws") && numbered).then(|| Account { number: account.to_owned(), region })
}

#[cfg(test)]
mod tests;
