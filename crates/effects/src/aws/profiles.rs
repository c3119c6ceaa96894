//! The AWS command line's own settings: which account and region each profile is for. Never a secret: the file of credentials is
//! not read, and of this one only what says the account.

use std::collections::BTreeMap;

use crate::facts::ProfileFact;

/// Variables that bring credentials of their own, for whoever names no profile.
const CREDENTIALS: [&str; 7] = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/// The profiles of a settings file (`~/.aws/config`, or what `AWS_CONFIG_FILE` names) under these variables of the environment.
/// `default` is what a command gets that names none. An account that is said in two ways, or by none, is not known.
pub fn profiles(config: &str, variables: &[(String, String)]) -> BTreeMap<String, ProfileFact> {
    let variable = |names: [&str; 2]| {
        let value = |name: &str| variables.iter().find(|(n, value)| n == name && !value.is_empty()).map(|(_, value)| value.clone());
        names.into_iter().find_map(value)
    };
    let mut found: BTreeMap<String, ProfileFact> = sections(config).into_iter().map(|(name, keys)| (name, fact(&keys))).collect();
    if let Some(region) = variable(["AWS_REGION", "AWS_DEFAULT_REGION"]) {
        found.values_mut().for_each(|fact| fact.region.clone_from(&region));
    }
    if let Some(chosen) = variable(["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) {
        match found.get(&chosen).cloned() {
            Some(fact) => found.insert("default".into(), fact),
            None => found.remove("default"),
        };
    }
    if CREDENTIALS.iter().any(|name| variable([name, name]).is_some()) {
        found.remove("default");
    }
    found
}

/// What each profile's section says: `[default]`, `[profile name]`. One that is there twice says nothing.
fn sections(config: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut here: Option<String> = None;
    for line in config.lines() {
        let trimmed = line.trim();
        if let Some(title) = trimmed.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            let mut words = title.split_whitespace();
            here = match (words.next(), words.next()) {
                (Some("default"), None) => Some("default".into()),
                (Some("profile"), Some(name)) => Some(name.trim_matches(['"', '\'']).to_owned()),
                _ => None,
            };
            if let Some(name) = &here
                && found.insert(name.clone(), Vec::new()).is_some()
            {
                here = None;
            }
            continue;
        }
        // Indented lines are settings within a setting.
        let nested = line.starts_with([' ', '\t']);
        if let (Some(name), Some((key, value)), false) = (&here, trimmed.split_once('='), nested || trimmed.starts_with(['#', ';'])) {
            found.entry(name.clone()).or_default().push((key.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    found
}

fn fact(keys: &[(String, String)]) -> ProfileFact {
    let of_role = |arn: &str| arn.split(':').nth(4).unwrap_or_default().to_owned();
    let mut accounts: Vec<String> = keys
        .iter()
        .filter_map(|(key, value)| match key.as_str() {
            "sso_account_id" | "aws_account_id" => Some(value.clone()),
            "role_arn" => Some(of_role(value)),
            _ => None,
        })
        .collect();
    accounts.sort();
    accounts.dedup();
    let is_number = |account: &&String| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let account = match accounts.as_slice() {
        [only] => Some(only).filter(is_number).cloned(),
        _ => None,
    };
    let regions: Vec<&String> = keys.iter().filter(|(key, _)| key == "region").map(|(_, value)| value).collect();
    let region = match regions.as_slice() {
        [only] => (*only).clone(),
        _ => String::new(),
    };
    ProfileFact { account: account.unwrap_or_default(), region }
}

#[cfg(test)]
mod tests;
