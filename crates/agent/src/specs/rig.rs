//! Files that decide which tests run and what counts as passed. A task that changes one of them could make anything pass, so
//! it is not done by that evidence alone.
//!
//! By names and places. What a script of the project's own calls in its turn is not followed.

use std::path::Path;

use action::{Change, Content, Digest};
use tools::Runner;

use crate::book::Book;

/// Files that are nothing but settings of test runners, or what begins these, by the beginning of their names.
const SETTINGS: [&str; 32] = [
    "jest.config", "vitest.config", "vite.config", "ava.config", "karma.conf", "playwright.config", ".mocharc", "pytest.ini", "tox.ini", "noxfile.py",
    "conftest.py", ".rspec", "phpunit.xml", "nextest.toml", "makefile", "justfile", ".pytest.ini", "sitecustomize.py", "usercustomize.py", "build.rs",
    "rust-toolchain", "build.gradle", "settings.gradle", "gradle.properties", "gradle-wrapper", "gradlew", "mvnw", ".npmrc", "bunfig.toml", ".yarnrc",
    "build.sbt", "plugins.sbt",
];
/// The same, where these are the whole names.
const FILES: [&str; 15] = [
    ".justfile", ".pytest.toml", "build.zig", "cmakelists.txt", "gnumakefile", "meson.build", "mix.exs", "package.swift", "pytest.toml", "rakefile",
    "taskfile.dist.yaml", "taskfile.dist.yml", "taskfile.yaml", "taskfile.yml", "uv.toml",
];
/// Folders of programs and settings that runners take before all others.
const FOLDERS: [&str; 8] = ["node_modules", ".venv", "venv", "site-packages", ".cargo", ".mvn", ".yarn/releases", ".yarn/plugins"];
/// What Python takes from the project's folder before pytest itself.
const MODULES: [&str; 2] = ["_pytest", "pytest"];
/// What pytest is made of, and libraries whose word is believed.
const BELIEVED: [&str; 9] = ["exceptiongroup", "hypothesis", "iniconfig", "packaging", "pluggy", "py", "pygments", "sortedcontainers", "tomli"];
/// Libraries of other languages whose word is believed: one that a project brings itself, by a path or under another name, says anything.
const LIBRARIES: [&str; 12] = ["ava", "bolero", "fast-check", "jest", "jsverify", "mocha", "node-tap", "proptest", "quickcheck", "tap", "uvu", "vitest"];
/// Modules of Python's own library, as `sys.stdlib_module_names` of Python 3.11 lists them, without private ones and `test`, whose name
/// every project's folder has: one of the project's own in the folder that tests are run in comes before.
const STANDARD: &str = include_str!("../../data/python-standard-modules.txt");
/// Files of which a part says how tests run.
const MANIFESTS: [&str; 10] = ["go.mod", "go.work", "package.json", "pyproject.toml", "setup.cfg", "cargo.toml", "pom.xml", "composer.json", "deno.json", "deno.jsonc"];
/// What package managers keep of a project's dependencies, and manifests that say nothing of how tests run.
const LOCKS: [&str; 16] = [
    "bun.lock", "bun.lockb", "cargo.lock", "composer.lock", "deno.lock", "gemfile", "gemfile.lock", "go.sum", "npm-shrinkwrap.json", "package-lock.json",
    "pdm.lock", "pipfile", "pipfile.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock",
];
/// Sections of setup.cfg that say how tests run.
const SECTIONS: [&str; 5] = ["[tool:pytest", "[pytest", "[testenv", "[tox", "[options.entry_points"];
/// Tables of pyproject.toml that do.
const TABLES: [&str; 17] = [
    "tool.pytest", "tool.tox", "tool.poe", "tool.pdm.scripts", "tool.pdm.build", "tool.hatch.envs", "tool.rye.scripts", "tool.taskipy", "tool.nox", "project.entry-points",
    "build-system", "tool.uv.sources", "tool.uv.override-dependencies", "tool.uv.index", "tool.uv.index-url", "tool.uv.find-links", "tool.uv.workspace",
];
/// Lists of requirements in it.
const REQUIREMENTS: [&str; 4] = ["project.dependencies", "project.optional-dependencies", "dependency-groups", "tool.uv.dev-dependencies"];
/// Those of Cargo's manifests.
const CARGO: [&str; 7] = ["lib", "test", "package.autotests", "package.build", "package.autolib", "patch", "replace"];
/// Lists of dependencies in them; Cargo still takes the older forms.
const DEPENDENCIES: [&str; 5] = ["dependencies", "dev-dependencies", "dev_dependencies", "build-dependencies", "build_dependencies"];
/// A manifest larger than this counts as changed.
const LARGEST: u64 = 1 << 20;

/// Where it is looked.
pub(super) struct Rig<'a> {
    pub(super) book: &'a Book,
    pub(super) root: &'a Path,
    /// How the project runs its tests.
    pub(super) runners: &'a [Runner],
}

impl Rig<'_> {
    /// Which of these changes say how tests run. `base` has what the tasks before have done.
    pub(super) fn changed(&self, base: &[Change], own: &[Change]) -> Vec<String> {
        own.iter().filter(|change| self.steers(base, change)).map(|change| change.path.clone()).collect()
    }

    fn steers(&self, base: &[Change], change: &Change) -> bool {
        let before = match base.iter().find(|one| one.path == change.path) {
            Some(one) => one.after.as_ref(),
            None => change.before.as_ref(),
        };
        let after = change.after.as_ref();
        if [before, after].into_iter().flatten().all(|content| *content == Content::Directory) {
            return false; // an empty folder is nothing to run
        }
        let said = |content: Option<&Content>| Some(steering(&change.path, &text(self.book, self.root, &change.path, content?)?));
        let says_otherwise = || match before {
            Some(_) => said(before).is_none() || said(before) != said(after),
            None => self.is_asked(&change.path) && said(after) != Some(steering(&change.path, "")),
        };
        is_setting(&change.path) || self.runners.iter().any(|runner| shadows(runner, change)) || is_manifest(&change.path) && says_otherwise()
    }

    /// Whether a runner looks for a manifest there. Those of Python look at every folder that tests are in.
    fn is_asked(&self, path: &str) -> bool {
        let (folder, file) = path.rsplit_once('/').unwrap_or((".", path));
        let is_above = |runner: &Runner| folder == "." || runner.folder == folder || runner.folder.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let of_python = matches!(file.to_lowercase().as_str(), "pyproject.toml" | "setup.cfg");
        self.runners.iter().any(|runner| is_above(runner) || of_python && runner.language == "python")
    }
}

fn name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_lowercase()
}

fn is_setting(path: &str) -> bool {
    let (name, inside) = (name(path), format!("/{}/", path.to_lowercase()));
    SETTINGS.iter().any(|setting| name.starts_with(setting))
        || FILES.contains(&name.as_str())
        || FOLDERS.iter().any(|folder| inside.contains(&format!("/{folder}/")))
        || [".dist-info/", ".egg-info/", ".pth/"].iter().any(|ending| inside.contains(ending)) // what Python takes for an installed package
        || path.split('/').next().is_some_and(|first| MODULES.contains(&module(first)))
}

/// Whether a file says what the project depends on: its manifest, or what a package manager noted.
pub(super) fn is_of_dependencies(path: &str) -> bool {
    let name = name(path);
    is_manifest(path) || LOCKS.contains(&name.as_str()) || name.starts_with("requirements") && name.ends_with(".txt")
}

fn is_manifest(path: &str) -> bool {
    MANIFESTS.contains(&name(path).as_str())
}

/// The module that Python finds in a file or folder of this name: `a` in `a`, `a.py` and `a.so`.
fn module(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Whether something stands where a runner's command finds its program or its module before the one that is meant.
fn shadows(runner: &Runner, change: &Change) -> bool {
    let may_run = |content: &Content| matches!(content, Content::File { executable: true, .. } | Content::Symlink { .. });
    let runs = [&change.before, &change.after].into_iter().flatten().any(may_run);
    let words: Vec<&str> = runner.all.split_whitespace().collect();
    let modules: Vec<&str> = words.windows(2).filter_map(|pair| if let ["-m", name] = pair { Some(*name) } else { None }).collect();
    let is_word = |path: &str| words.iter().any(|word| word.trim_start_matches("./") == path && (runs || word.contains(['/', '.'])));
    let inside = change.path.strip_prefix(&format!("{}/", runner.folder));
    let below = if runner.folder == "." { Some(change.path.as_str()) } else { inside };
    // A folder of tests is on Python's path as well.
    let is_taken = |path: &str| module_of(path).is_some_and(|name| BELIEVED.contains(&name) || STANDARD.lines().any(|known| known == name));
    let at_hand = |path: &str| is_taken(path) || path.rsplit_once('/').is_some_and(|(folder, file)| is_test_folder(folder) && is_taken(file));
    runner.language == "python" && below.is_some_and(at_hand) || change.path.split('/').any(|part| modules.contains(&module(part))) || [Some(change.path.as_str()), inside].into_iter().flatten().any(is_word)
}

/// The module that Python finds in a folder by this file of it. A folder alone is none: what Python has comes before it.
fn module_of(path: &str) -> Option<&str> {
    let name = path.strip_suffix("/__init__.py").unwrap_or(path);
    let is_module = !name.contains('/') && (name != path || path.ends_with(".py") || path.ends_with(".so"));
    is_module.then(|| module(name))
}

/// Folders that pytest puts on Python's path when it finds tests in them.
fn is_test_folder(folder: &str) -> bool {
    folder.split('/').any(|part| matches!(part, "test" | "tests" | "testing"))
}

/// The part of a manifest that says how tests run.
fn steering(path: &str, text: &str) -> String {
    match name(path).as_str() {
        "package.json" => keys(text, &["scripts", "jest", "mocha", "vitest", "ava", "tap", "type", "workspaces", "overrides", "resolutions"]) + &brought(text),
        "go.mod" | "go.work" => replaced(text),
        "composer.json" => keys(text, &["scripts", "autoload", "autoload-dev", "config"]),
        // Imports too: they say which program a test's own library is.
        "deno.json" | "deno.jsonc" => keys(text, &["tasks", "test", "imports", "importMap", "workspace", "unstable"]),
        "pom.xml" => beside_dependencies(text),
        "cargo.toml" => tables(text, &CARGO) + &carried(text),
        "pyproject.toml" => tables(text, &TABLES) + &placed(text),
        _ => sections(text),
    }
}

/// What stands at these keys of a JSON text; all of it where it cannot be read (comments, for one).
fn keys(text: &str, keys: &[&str]) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let Ok(manifest) = serde_json::from_str::<serde_json::Value>(if text.is_empty() { "{}" } else { text }) else { return text.to_owned() };
    keys.iter().map(|key| manifest.get(*key).unwrap_or_default().to_string()).collect::<Vec<_>>().join("\n")
}

/// Believed libraries of a package.json that are none of the registry's under their own names.
fn brought(text: &str) -> String {
    let Ok(manifest) = serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}')) else { return String::new() };
    let lists = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    let entries = lists.iter().filter_map(|list| manifest.get(list)?.as_object()).flatten();
    let odd = entries.filter(|(name, from)| LIBRARIES.contains(&name.as_str()) && from.as_str().is_none_or(|from| from.contains([':', '/'])));
    odd.map(|(name, from)| format!("\n{name} = {from}")).collect()
}

/// The same of a Cargo manifest, for every target: with a path, a repository, another registry or another package's name.
fn carried(text: &str) -> String {
    let Ok(manifest) = text.trim_start_matches('\u{feff}').parse::<toml::Table>() else { return String::new() };
    let targets = manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten().filter_map(|(_, target)| target.as_table());
    let lists = std::iter::once(&manifest).chain(targets).flat_map(|of| DEPENDENCIES.iter().filter_map(|list| of.get(*list)?.as_table()));
    let workspace = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies")?.as_table());
    let is_odd = |from: &toml::Value| ["path", "git", "package", "registry", "registry-index"].iter().any(|key| from.get(key).is_some());
    let odd = lists.chain(workspace).flatten().filter(|(name, from)| LIBRARIES.contains(&name.as_str()) && is_odd(from));
    odd.map(|(name, from)| format!("\n{name} = {from}")).collect()
}

/// What a go.mod puts in the place of something else.
fn replaced(text: &str) -> String {
    text.lines().filter(|line| line.contains("=>") || line.trim_start().starts_with("use")).map(|line| line.trim().to_owned() + "\n").collect()
}

/// A Maven build without the dependencies of the project itself. Those of a plugin stay: they are a part of what runs the tests.
///
/// What goes is only what is plainly one dependency. All else is kept, so where that is as it was, it also means what it did.
fn beside_dependencies(text: &str) -> String {
    let (mut kept, mut plugins) = (String::new(), 0_usize);
    for (at, part) in text.split("<dependency>").enumerate() {
        let is_plain = |inside: &str| plugins == 0 && !inside.contains("dependenc") && !inside.contains(['!', '?']);
        let rest = match part.split_once("</dependency>") {
            Some((inside, rest)) if at > 0 && is_plain(inside) => rest,
            _ if at > 0 => {
                kept.push_str("<dependency>");
                part
            }
            _ => part,
        };
        plugins += rest.matches("<plugin>").count();
        plugins = plugins.saturating_sub(rest.matches("</plugin>").count());
        kept.push_str(rest);
    }
    let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ").replace("> <", "><");
    kept.replace("<dependencies></dependencies>", "")
}

/// What stands at these keys of a TOML text, however it is written; all of it where it cannot be read.
fn tables(text: &str, paths: &[&str]) -> String {
    let Ok(manifest) = text.trim_start_matches('\u{feff}').parse::<toml::Table>() else { return text.to_owned() };
    paths.iter().filter_map(|path| value(&manifest, path).map(|found| format!("{path} = {found}"))).collect::<Vec<_>>().join("\n")
}

fn value<'m>(manifest: &'m toml::Table, path: &str) -> Option<&'m toml::Value> {
    let mut parts = path.split('.');
    let first = parts.next().and_then(|key| manifest.get(key));
    parts.fold(first, |found, key| found?.get(key))
}

/// Requirements of a pyproject.toml that say where a package is: `uv run` installs it, and it may be a part of pytest or say that it is.
fn placed(text: &str) -> String {
    let Ok(manifest) = text.trim_start_matches('\u{feff}').parse::<toml::Table>() else { return String::new() };
    let required = REQUIREMENTS.iter().filter_map(|path| value(&manifest, path)).flat_map(strings);
    required.filter(|one| one.contains('@')).map(|one| format!("\n{one}")).collect()
}

fn strings(value: &toml::Value) -> Vec<&str> {
    match value {
        toml::Value::String(text) => vec![text],
        toml::Value::Array(all) => all.iter().flat_map(strings).collect(),
        toml::Value::Table(all) => all.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// The sections that say how tests run, one after the other.
fn sections(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            inside = SECTIONS.iter().any(|section| line.trim_start().starts_with(section));
        }
        if inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// A file's text: from its blob, else from the tree if that is still it.
pub(super) fn text(book: &Book, root: &Path, path: &str, content: &Content) -> Option<String> {
    let Content::File { digest, .. } = content else { return None };
    let bytes = book.get(digest).ok().or_else(|| {
        let (bytes, _) = sandbox::read_still(&root.join(path), LARGEST).ok()?;
        (Digest::of_bytes(&bytes) == *digest).then_some(bytes)
    })?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
