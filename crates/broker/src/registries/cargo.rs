//! Cargo's `config.toml`: `[source]` with replacement, `[registries]`, and crates.io itself.
//!
//! A registry may name another host for downloads in its own `config.json`, which is not fetched here: such a host is held
//! at the door, with its name, until a rule opens it.

use toml::{Table, Value};

use super::texts::{Text, Variables};
use super::{Client, Reading};

/// crates.io: its sparse index, its downloads, and its API.
const CRATES_IO: [&str; 3] = ["crates.io", "index.crates.io", "static.crates.io"];
/// The replacements that are followed before they count as a circle.
const HOPS: usize = 8;

/// Reads cargo's configuration.
pub(super) fn read(files: &[Text], variables: Variables<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut config = Config::default();
    for file in files {
        match file.text.parse::<Table>() {
            Ok(table) => config = Config { table, from: format!("`{}`", file.from) },
            // Which registry replaces crates.io is unknown now: nothing is opened. The parser's words could quote a secret.
            Err(_) => {
                reading.notes.push(format!("no registry is opened, because `{}` is no TOML that can be read", file.from));
                return reading;
            }
        }
    }
    config.follow_crates_io(&mut reading);
    config.add_registries(&mut reading);
    for (name, value) in variables.iter() {
        let is_index = name.strip_prefix("CARGO_REGISTRIES_").is_some_and(|rest| rest.ends_with("_INDEX"));
        if is_index && !value.trim().is_empty() {
            reading.add(Client::Cargo, value, &format!("${name}"));
        }
    }
    let in_file = config.text(&["http", "proxy"]).map(|proxy| (proxy.to_owned(), config.from.clone()));
    let in_variable = variables.get("CARGO_HTTP_PROXY").map(|proxy| (proxy.to_owned(), "$CARGO_HTTP_PROXY".to_owned()));
    reading.proxy = in_variable.or(in_file).filter(|(proxy, _)| !proxy.trim().is_empty());
    reading
}

#[derive(Default)]
struct Config {
    table: Table,
    from: String,
}

impl Config {
    fn text(&self, path: &[&str]) -> Option<&str> {
        let (last, tables) = path.split_last()?;
        let inner = tables.iter().try_fold(&self.table, |table, key| table.get(*key).and_then(Value::as_table))?;
        inner.get(*last).and_then(Value::as_str)
    }

    /// Opens what crates.io is replaced with, or crates.io.
    fn follow_crates_io(&self, reading: &mut Reading) {
        let mut name = "crates-io";
        for _ in 0..HOPS {
            let source = |key: &str| self.text(&["source", name, key]);
            if let Some(next) = source("replace-with") {
                name = next;
                continue;
            }
            let index = source("registry").or_else(|| self.text(&["registries", name, "index"]));
            let local = source("directory").or_else(|| source("local-registry"));
            match (index, local) {
                (Some(index), _) => reading.add(Client::Cargo, index, &self.from),
                (None, Some(_)) => reading.notes.push(format!("crates.io is replaced by a directory in {}", self.from)),
                (None, None) if name == "crates-io" => self.add_crates_io(reading),
                (None, None) => reading.notes.push(format!("crates.io is replaced by `{name}` in {}, which has no address", self.from)),
            }
            return;
        }
        reading.notes.push(format!("crates.io is replaced in a circle in {}", self.from));
    }

    fn add_crates_io(&self, reading: &mut Reading) {
        if self.text(&["registries", "crates-io", "protocol"]) == Some("git") {
            reading.notes.push(format!("{} asks for crates.io's git index, which the door does not open; its sparse index is", self.from));
        }
        reading.add_defaults(Client::Cargo, &CRATES_IO);
    }

    fn add_registries(&self, reading: &mut Reading) {
        let registries = self.table.get("registries").and_then(Value::as_table);
        for (name, registry) in registries.into_iter().flatten() {
            match registry.get("index").and_then(Value::as_str) {
                Some(index) => reading.add(Client::Cargo, index, &self.from),
                None if name == "crates-io" => {}
                None => reading.notes.push(format!("the registry `{name}` in {} has no index", self.from)),
            }
        }
    }
}
