//! The arrows between our crates. The table is ARCHITECTURE.md's "may use"; a crate that is not in it does not exist.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::Finding;
use crate::tree::{File, Tree};

/// Crate, floor, and what of ours it may use.
const HOUSES: [(&str, u8, &[&str]); 17] = [
    ("action", 1, &[]),
    ("ledger", 1, &[]),
    ("spec", 1, &[]),
    ("paper", 1, &[]),
    ("model", 1, &[]),
    ("cost", 1, &[]),
    ("effects", 2, &["action"]),
    ("guard", 2, &["action"]),
    ("sandbox", 2, &["action"]),
    ("report", 2, &["action", "ledger"]),
    ("tools", 3, &["action", "effects", "sandbox"]),
    ("broker", 3, &["action", "effects"]),
    ("agent", 4, &["action", "ledger", "spec", "model", "effects", "guard", "sandbox", "tools", "broker"]),
    ("server", 5, &["agent", "report"]),
    (
        "countersign",
        6,
        &[
            "action", "ledger", "spec", "paper", "model", "cost", "effects", "guard", "sandbox", "report", "tools", "broker", "agent",
            "server",
        ],
    ),
    (TESTKIT, 2, &["ledger"]), // its stores fail as the ledger's real one would
    ("xtask", 0, &[]),
];

/// Ships in nothing; every crate's tests may use it.
const TESTKIT: &str = "testkit";

/// Which crate uses which of ours, when it ships.
pub(crate) struct Edges(BTreeMap<String, Vec<String>>);

impl Edges {
    /// Reads them from the manifests.
    pub(crate) fn of(tree: &Tree) -> Result<Self> {
        let mut edges = BTreeMap::new();
        for (file, manifest) in manifests(tree)? {
            let uses = ours(&manifest, &["dependencies"]);
            edges.insert(file.house().unwrap_or_default().to_owned(), uses);
        }
        Ok(Self(edges))
    }

    /// What one crate uses.
    pub(crate) fn from(&self, house: &str) -> &[String] {
        self.0.get(house).map(Vec::as_slice).unwrap_or_default()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// How many crates the longest chain passes, from this one down.
    pub(crate) fn depth(&self, house: &str) -> usize {
        // Cargo refuses cycles between what ships, so this ends; a broken tree is cut at the number of crates.
        self.depth_within(house, self.0.len())
    }

    fn depth_within(&self, house: &str, left: usize) -> usize {
        if left == 0 {
            return 0;
        }
        1 + self.from(house).iter().map(|used| self.depth_within(used, left - 1)).max().unwrap_or(0)
    }
}

/// Compares every manifest with the table.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (file, manifest) in manifests(tree)? {
        let house = file.house().unwrap_or_default();
        let Some((_, _, allowed)) = HOUSES.iter().find(|(name, _, _)| *name == house) else {
            let what = format!("crate `{house}` is in no floor");
            findings.push(Finding::new("edges", &file.path, 1, what, "make it a module, or argue it into ARCHITECTURE.md and xtask's table"));
            continue;
        };
        for used in ours(&manifest, &["dependencies", "build-dependencies"]) {
            if !allowed.contains(&used.as_str()) {
                findings.push(refused(file, house, &used));
            }
        }
        for used in ours(&manifest, &["dev-dependencies"]) {
            if used != TESTKIT && !allowed.contains(&used.as_str()) {
                findings.push(refused(file, house, &used));
            }
        }
        findings.extend(versions_elsewhere(file, &manifest));
    }
    findings.extend(unused(tree)?);
    Ok(findings)
}

fn refused(file: &File, house: &str, used: &str) -> Finding {
    let hint = if used == TESTKIT { "only tests use testkit: put it under [dev-dependencies]" } else { "let the crate above pass the value down" };
    Finding::new("edges", &file.path, file.line_starting(used), format!("`{house}` may not use `{used}`"), hint)
}

/// Versions stand once, in the root.
fn versions_elsewhere(file: &File, manifest: &toml::Table) -> Vec<Finding> {
    let elsewhere = dependencies(manifest, &["dependencies", "dev-dependencies", "build-dependencies"])
        .into_iter()
        .filter(|(_, value)| value.get("workspace").and_then(toml::Value::as_bool) != Some(true));
    let finding = |(name, _): (String, toml::Value)| {
        let what = format!("`{name}` has a version of its own");
        Finding::new("edges", &file.path, file.line_starting(&name), what, "write `workspace = true`; versions stand in the root manifest")
    };
    elsewhere.map(finding).collect()
}

/// What the root names and no crate uses.
fn unused(tree: &Tree) -> Result<Vec<Finding>> {
    let Some(root) = tree.file("Cargo.toml") else {
        return Ok(Vec::new());
    };
    let manifest = parse(root)?;
    let declared = manifest.get("workspace").and_then(|w| w.get("dependencies")).and_then(toml::Value::as_table);
    let mut used = Vec::new();
    for (_, manifest) in manifests(tree)? {
        used.extend(dependencies(&manifest, &["dependencies", "dev-dependencies", "build-dependencies"]).into_iter().map(|(name, _)| name));
    }
    let is_ours = |name: &str| HOUSES.iter().any(|(house, _, _)| *house == name);
    let idle = declared.into_iter().flat_map(toml::Table::keys).filter(|name| !is_ours(name) && !used.contains(name));
    Ok(idle
        .map(|name| {
            let line = root.text.lines().position(|line| line.split(['=', ' ', '.']).next() == Some(name)).map_or(1, |i| i + 1);
            Finding::new("edges", "Cargo.toml", line, format!("no crate uses `{name}`"), "remove it")
        })
        .collect())
}

fn ours(manifest: &toml::Table, sections: &[&str]) -> Vec<String> {
    let is_ours = |name: &str| HOUSES.iter().any(|(house, _, _)| *house == name);
    let mut names: Vec<String> = dependencies(manifest, sections).into_iter().map(|(name, _)| name).filter(|name| is_ours(name)).collect();
    names.sort();
    names.dedup();
    names
}

/// The entries of these sections, also of those for one platform.
fn dependencies(manifest: &toml::Table, sections: &[&str]) -> Vec<(String, toml::Value)> {
    let platforms = manifest.get("target").and_then(toml::Value::as_table);
    let tables = platforms.into_iter().flat_map(toml::Table::values).filter_map(toml::Value::as_table).chain([manifest]);
    let entries = |table: &toml::Table| -> Vec<(String, toml::Value)> {
        let found = sections.iter().filter_map(|section| table.get(*section)).filter_map(toml::Value::as_table);
        found.flat_map(|section| section.iter().map(|(name, value)| (name.clone(), value.clone()))).collect()
    };
    tables.flat_map(entries).collect()
}

fn manifests(tree: &Tree) -> Result<Vec<(&File, toml::Table)>> {
    let is_manifest = |file: &&File| {
        matches!(file.path.split('/').collect::<Vec<_>>().as_slice(), ["crates", _, "Cargo.toml"] | ["xtask", "Cargo.toml"])
    };
    tree.files().filter(is_manifest).map(|file| Ok((file, parse(file)?))).collect()
}

fn parse(file: &File) -> Result<toml::Table> {
    file.text.parse().with_context(|| format!("{} is no TOML", file.path))
}

#[cfg(test)]
mod tests;
