//! Rust: one runner for each Cargo workspace, or for a package that is in none.

use std::collections::BTreeSet;

use super::narrow::Narrow;
use super::paths::{depth, join, parts, within};
use super::project::{Project, at, quoted, toml_of};
use super::Runner;

/// A package as its tests are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Package {
    /// Relative to the workspace.
    folder: String,
    name: String,
    /// Targets of tests: what their files' paths begin with (relative to the package), and their names.
    targets: Vec<(String, String)>,
}

pub(super) fn find(project: &Project<'_>) -> Vec<Runner> {
    let manifests: Vec<(&str, toml::Table)> = project
        .folders_with(&["Cargo.toml"])
        .into_iter()
        .filter_map(|folder| Some((folder, toml_of(&project.text(folder, "Cargo.toml")?)?)))
        .collect();
    let tops = manifests.iter().filter(|(folder, _)| !in_workspace(folder, &manifests));
    tops.map(|(folder, manifest)| runner(project, folder, manifest, &manifests)).collect()
}

/// Whether a workspace above has it: all that are below one are members, but for those that it excludes.
fn in_workspace(folder: &str, manifests: &[(&str, toml::Table)]) -> bool {
    let own = manifests.iter().any(|(other, manifest)| *other == folder && manifest.contains_key("workspace"));
    !own && manifests.iter().any(|(above, manifest)| {
        let below = within(above, folder).filter(|_| *above != folder);
        below.is_some_and(|rest| manifest.contains_key("workspace") && !excludes(manifest, rest))
    })
}

fn excludes(manifest: &toml::Table, folder: &str) -> bool {
    let list = at(manifest, &["workspace", "exclude"]).and_then(toml::Value::as_array);
    list.is_some_and(|list| list.iter().filter_map(toml::Value::as_str).any(|out| out == folder || within(out, folder).is_some()))
}

fn runner(project: &Project<'_>, folder: &str, manifest: &toml::Table, manifests: &[(&str, toml::Table)]) -> Runner {
    let is_workspace = manifest.contains_key("workspace");
    let members: Vec<&(&str, toml::Table)> = manifests
        .iter()
        .filter(|(other, _)| *other == folder || is_workspace && within(folder, other).is_some_and(|rest| !excludes(manifest, rest)))
        .collect();
    let packages = members.iter().filter_map(|(place, manifest)| package(project, folder, place, manifest)).collect();
    let depends = |library: &str| members.iter().any(|(_, manifest)| depends(manifest, library));
    let library = if !depends("proptest") && depends("quickcheck") { "quickcheck" } else { "proptest" };
    let all = match (project.has(folder, ".config/nextest.toml"), is_workspace) {
        (true, true) => "cargo nextest run --workspace",
        (true, false) => "cargo nextest run",
        (false, true) => "cargo test --workspace",
        (false, false) => "cargo test",
    };
    Runner::new("rust", "cargo", folder, all)
        .with_properties(library, depends(library))
        .with_inline_tests()
        .narrowed(&["rs"], Narrow::Cargo(packages))
}

fn depends(manifest: &toml::Table, library: &str) -> bool {
    [&["dependencies"][..], &["dev-dependencies"], &["workspace", "dependencies"]]
        .iter()
        .any(|way| at(manifest, way).and_then(toml::Value::as_table).is_some_and(|table| table.contains_key(library)))
}

fn package(project: &Project<'_>, top: &str, place: &str, manifest: &toml::Table) -> Option<Package> {
    let name = at(manifest, &["package", "name"])?.as_str()?.to_owned();
    let folder = if place == top { "." } else { within(top, place)? };
    Some(Package { folder: folder.to_owned(), name, targets: targets(project, place, manifest) })
}

/// Those that are listed, then those that Cargo finds by itself: `tests/a.rs` and `tests/a/main.rs`.
fn targets(project: &Project<'_>, place: &str, manifest: &toml::Table) -> Vec<(String, String)> {
    let listed = manifest.get("test").and_then(toml::Value::as_array).into_iter().flatten();
    let mut targets: Vec<(String, String)> = listed
        .filter_map(|test| {
            let name = test.get("name")?.as_str()?;
            let path = test.get("path").and_then(toml::Value::as_str).map_or_else(|| format!("tests/{name}.rs"), str::to_owned);
            Some((path.strip_suffix("main.rs").unwrap_or(&path).to_owned(), name.to_owned()))
        })
        .collect();
    if at(manifest, &["package", "autotests"]).and_then(toml::Value::as_bool) == Some(false) {
        return targets;
    }
    for path in project.below(&join(place, "tests")) {
        let Some((folders, file)) = within(place, path).map(parts) else { continue };
        match (folders.as_slice(), file) {
            (["tests"], file) => targets.extend(file.strip_suffix(".rs").map(|name| (format!("tests/{file}"), name.to_owned()))),
            (["tests", name], "main.rs") => targets.push((format!("tests/{name}/"), (*name).to_owned())),
            _ => {}
        }
    }
    targets
}

/// Whole packages, or only targets of tests where every file is in one.
pub(super) fn only(packages: &[Package], files: &[&str]) -> Option<String> {
    let (mut chosen, mut tests, mut whole) = (BTreeSet::new(), BTreeSet::new(), false);
    for file in files {
        let owners = packages.iter().filter_map(|package| Some((package, within(&package.folder, file)?)));
        let (package, rest) = owners.max_by_key(|(package, _)| depth(&package.folder))?;
        chosen.insert(package.name.as_str());
        match package.targets.iter().find(|(start, _)| starts(rest, start)) {
            Some((_, name)) => drop(tests.insert(name.as_str())),
            None => whole = true,
        }
    }
    let packages: String = chosen.iter().map(|name| format!(" -p {}", quoted(name))).collect();
    let tests: String = tests.iter().filter(|_| !whole).map(|name| format!(" --test {}", quoted(name))).collect();
    Some(format!("cargo test{packages}{tests}"))
}

fn starts(path: &str, start: &str) -> bool {
    if start.ends_with('/') { path.starts_with(start) } else { path == start }
}
