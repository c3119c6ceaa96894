//! pip's `pip.conf` and `PIP_*` variables: `index-url`, `extra-index-url`, `find-links`, `no-index`, `proxy`.
//!
//! pip lets a later section override an earlier one (`[global]`, then the command's) and, within a section, a later file an
//! earlier one; variables override all. The environment's own `pip.conf` (in a virtualenv) belongs to the project and is not read.

use std::collections::BTreeMap;

use super::texts::{Text, Variables};
use super::{Client, Reading};

/// The sections that an installation reads, in the order in which they override.
const SECTIONS: [&str; 3] = ["global", "download", "install"];
const KEYS: [&str; 5] = ["index-url", "extra-index-url", "find-links", "no-index", "proxy"];

/// Reads pip's configuration.
pub(super) fn read(files: &[Text], variables: Variables<'_>) -> Reading {
    let mut settings: BTreeMap<String, (String, String)> = BTreeMap::new();
    let parsed: Vec<(String, Vec<Setting>)> = files.iter().map(|file| (format!("`{}`", file.from), parse(&file.text))).collect();
    for section in SECTIONS {
        for (from, file) in &parsed {
            for setting in file.iter().filter(|setting| setting.section == section) {
                settings.insert(setting.key.clone(), (setting.value.clone(), from.clone()));
            }
        }
    }
    for key in KEYS {
        let name = format!("PIP_{}", key.to_ascii_uppercase().replace('-', "_"));
        if let Some(value) = variables.get(&name) {
            settings.insert(key.to_owned(), (value.to_owned(), format!("${name}")));
        }
    }
    settle(&settings)
}

fn settle(settings: &BTreeMap<String, (String, String)>) -> Reading {
    let mut reading = Reading::default();
    let is_set = |key: &str| settings.get(key).filter(|(value, _)| !value.trim().is_empty());
    if let Some((proxy, from)) = is_set("proxy") {
        reading.proxy = Some((proxy.trim().to_owned(), from.clone()));
    }
    for (link, from) in addresses(is_set("find-links")).filter(|(link, _)| link.contains("://")) {
        reading.add(Client::Pip, link, from);
    }
    if is_set("no-index").is_some_and(|(value, _)| is_yes(value)) {
        return reading;
    }
    match is_set("index-url") {
        Some((index, from)) => reading.add(Client::Pip, index, from),
        None => reading.add_defaults(Client::Pip, &["pypi.org", "files.pythonhosted.org"]),
    }
    for (index, from) in addresses(is_set("extra-index-url")) {
        reading.add(Client::Pip, index, from);
    }
    add_downloads_of_pypi(&mut reading);
    reading
}

/// PyPI's files are on a host of their own.
fn add_downloads_of_pypi(reading: &mut Reading) {
    let pypi = reading.found.iter().find(|found| found.rule.host == "pypi.org" && found.rule.port == 443 && found.from != "default");
    if let Some(from) = pypi.map(|found| found.from.clone()) {
        reading.add(Client::Pip, "https://files.pythonhosted.org/", &from);
    }
}

fn addresses(setting: Option<&(String, String)>) -> impl Iterator<Item = (&str, &str)> {
    setting.into_iter().flat_map(|(value, from)| value.split_whitespace().map(move |address| (address, from.as_str())))
}

fn is_yes(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "1" | "y" | "yes" | "t" | "true" | "on")
}

struct Setting {
    section: String,
    key: String,
    value: String,
}

/// The settings of a file in Python's `configparser` form: an indented line goes on with the value before it.
fn parse(text: &str) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    let mut section = String::new();
    let mut goes_on = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim().to_ascii_lowercase();
            goes_on = false;
        } else if line.starts_with([' ', '\t']) && goes_on {
            if let Some(last) = settings.last_mut() {
                last.value.push('\n');
                last.value.push_str(trimmed);
            }
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            let key = key.trim().trim_start_matches("--").to_ascii_lowercase().replace('_', "-");
            settings.push(Setting { section: section.clone(), key, value: value.trim().to_owned() });
            goes_on = true;
        }
    }
    settings
}
