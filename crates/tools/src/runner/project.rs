//! A project as its finders see it: names in order, texts when they are asked for.

use std::collections::BTreeMap;

use super::paths::{folder, join, parts, within};

/// Folders that hold what others made.
const FOREIGN: &[&str] = &[
    "node_modules", "vendor", "target", ".git", ".venv", "venv", "__pycache__", ".tox", ".nox", ".gradle", "Pods", "third_party",
    "site-packages", "bower_components", "_build", "deps", "fixtures", "__fixtures__", "testdata",
];
/// A manifest that is larger is not one that a person wrote.
const LARGEST_MANIFEST: usize = 1 << 20;
/// So many folders are looked at for each name of a manifest.
const MOST_MANIFESTS: usize = 512;

/// A listing and a way to read it.
pub(super) struct Project<'a> {
    /// In order.
    paths: Vec<&'a str>,
    /// Folders by the name of a file in them, outermost first.
    named: BTreeMap<&'a str, Vec<&'a str>>,
    read: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Project<'a> {
    pub(super) fn new(paths: &'a [String], read: &'a dyn Fn(&str) -> Option<String>) -> Self {
        let own = |path: &&str| !parts(path).0.iter().any(|folder| FOREIGN.contains(folder));
        let mut paths: Vec<&str> = paths.iter().map(String::as_str).filter(own).collect();
        paths.sort_unstable();
        let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in &paths {
            let folders = named.entry(path.rsplit('/').next().unwrap_or(path)).or_default();
            folders.push(folder(path));
        }
        named.values_mut().for_each(|folders| folders.sort_by_key(|folder| super::paths::depth(folder)));
        Self { paths, named, read }
    }

    /// The folders in which one of these names is, outermost first, each once.
    pub(super) fn folders_with(&self, names: &[&str]) -> Vec<&'a str> {
        let mut found: Vec<&str> = Vec::new();
        for folder in names.iter().filter_map(|name| self.named.get(name)).flat_map(|all| all.iter().take(MOST_MANIFESTS)) {
            if !found.contains(folder) {
                found.push(folder);
            }
        }
        found.sort_by_key(|folder| super::paths::depth(folder));
        found
    }

    /// The same, without those that are inside another of them.
    pub(super) fn outermost_with(&self, names: &[&str]) -> Vec<&'a str> {
        let mut outer: Vec<&str> = Vec::new();
        for folder in self.folders_with(names) {
            if !outer.iter().any(|above| within(above, folder).is_some()) {
                outer.push(folder);
            }
        }
        outer
    }

    pub(super) fn has(&self, folder: &str, name: &str) -> bool {
        self.paths.binary_search(&join(folder, name).as_str()).is_ok()
    }

    pub(super) fn has_any(&self, folder: &str, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(folder, name))
    }

    /// The text of a file, if it is there and of a reasonable size.
    pub(super) fn text(&self, folder: &str, name: &str) -> Option<String> {
        let path = join(folder, name);
        self.paths.binary_search(&path.as_str()).ok()?;
        self.text_at(&path)
    }

    pub(super) fn text_at(&self, path: &str) -> Option<String> {
        (self.read)(path).filter(|text| text.len() <= LARGEST_MANIFEST)
    }

    /// All files below a folder.
    pub(super) fn below(&self, folder: &str) -> impl Iterator<Item = &'a str> {
        let start = match folder {
            "." => 0,
            _ => self.paths.partition_point(|path| *path < format!("{folder}/").as_str()),
        };
        let folder = folder.to_owned();
        let rest = self.paths.get(start..).unwrap_or(&[]).to_vec();
        rest.into_iter().take_while(move |path| within(&folder, path).is_some())
    }
}

/// A TOML text as a table; nothing where it is not one.
pub(super) fn toml_of(text: &str) -> Option<toml::Table> {
    text.parse().ok()
}

/// A value of a table by the names on the way.
pub(super) fn at<'t>(table: &'t toml::Table, way: &[&str]) -> Option<&'t toml::Value> {
    let (last, front) = way.split_last()?;
    let mut table = table;
    for name in front {
        table = table.get(*name)?.as_table()?;
    }
    table.get(*last)
}

/// A word of a command, as a shell takes it literally.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The same for a file, which no program takes for an option.
pub(super) fn quoted_file(path: &str) -> String {
    if path.starts_with('-') { quoted(&format!("./{path}")) } else { quoted(path) }
}

/// Files, each quoted, each behind a space.
pub(super) fn quoted_files(files: &[&str]) -> String {
    files.iter().map(|file| format!(" {}", quoted_file(file))).collect()
}
