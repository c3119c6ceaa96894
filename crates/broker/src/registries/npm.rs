//! npm's `.npmrc`: `registry`, `@scope:registry`, and its proxies. Lines with credentials are not looked at.

use std::collections::BTreeMap;

use super::texts::{Text, Variables, split_hosts};
use super::{Client, Reading};

/// Reads npm's configuration; later files override earlier ones, variables override files.
pub(super) fn read(files: &[Text], variables: Variables<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut settings: BTreeMap<String, (String, String)> = BTreeMap::new();
    for file in files {
        for (key, value) in lines(&file.text) {
            match expand(&value, variables) {
                Ok(value) => drop(settings.insert(key, (value, format!("`{}`", file.from)))),
                Err(name) => {
                    // What it would say is unknown: neither this registry nor the one that it overrides is opened.
                    reading.notes.push(format!("`{key}` in `{}` needs the variable `{name}`, which is not set", file.from));
                    settings.insert(key, (String::new(), String::new()));
                }
            }
        }
    }
    for (name, value) in variables.iter().filter(|(_, value)| !value.trim().is_empty()) {
        let lower = name.to_ascii_lowercase();
        if let Some(key) = lower.strip_prefix("npm_config_").map(|key| key.replace('_', "-")).filter(|key| is_of_use(key)) {
            settings.insert(key, (value.to_owned(), format!("${name}")));
        }
    }
    settle(settings, &mut reading);
    reading
}

fn settle(mut settings: BTreeMap<String, (String, String)>, reading: &mut Reading) {
    if !settings.contains_key("registry") {
        reading.add_defaults(Client::Npm, &["registry.npmjs.org"]);
    }
    let filled = |setting: Option<(String, String)>| setting.filter(|(value, _)| !value.is_empty() && value != "null" && value != "false");
    let (https, plain) = (filled(settings.remove("https-proxy")), filled(settings.remove("proxy")));
    reading.proxy = https.or(plain);
    for key in ["noproxy", "no-proxy"] {
        reading.direct.extend(filled(settings.remove(key)).map(|(hosts, _)| split_hosts(&hosts)).unwrap_or_default());
    }
    for (value, from) in settings.into_values().filter(|(value, _)| !value.is_empty()) {
        reading.add(Client::Npm, &value, &from);
    }
}

fn is_of_use(key: &str) -> bool {
    matches!(key, "registry" | "proxy" | "https-proxy" | "noproxy" | "no-proxy") || (key.starts_with('@') && key.ends_with(":registry"))
}

/// The settings that are of use here, in order.
fn lines(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let pairs = text.lines().map(str::trim).filter(|line| !line.starts_with([';', '#'])).filter_map(|line| line.split_once('='));
    pairs.filter_map(|(key, value)| {
        let key = key.trim().to_ascii_lowercase();
        let value = value.trim().trim_matches(['"', '\'']).to_owned();
        is_of_use(&key).then_some((key, value))
    })
}

/// Puts variables in the place of `${NAME}`; `${NAME?}` may be unset.
fn expand(value: &str, variables: Variables<'_>) -> Result<String, String> {
    let mut expanded = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        expanded.push_str(before);
        match (variables.get(name.trim_end_matches('?')), name.ends_with('?')) {
            (Some(value), _) => expanded.push_str(value),
            (None, true) => {}
            (None, false) => return Err(name.chars().take(60).collect()),
        }
        rest = behind;
    }
    expanded.push_str(rest);
    Ok(expanded)
}
