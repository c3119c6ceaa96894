//! Where each client keeps its configuration, and the texts that are there.
//!
//! A file that is absent says nothing; a file that is there and cannot be read is an error, because what it says is unknown.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The text of a file and how a person would name it.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) from: String,
    pub(super) text: String,
}

/// The variables that the clients would see.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variables<'a>(pub(super) &'a [(String, String)]);

impl<'a> Variables<'a> {
    /// A variable by its exact name; one that is empty counts as unset.
    pub(super) fn get(self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(n, value)| n == name && !value.trim().is_empty()).map(|(_, value)| value.as_str())
    }

    /// All of them.
    pub(super) fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The proxy that all clients understand, with the variable that names it.
    pub(super) fn proxies(self) -> Vec<(String, String)> {
        let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy"];
        let first = names.iter().find_map(|name| Some((self.get(name)?.trim().to_owned(), (*name).to_owned())));
        first.into_iter().collect()
    }

    /// The hosts that are reached without it.
    pub(super) fn no_proxy(self) -> Vec<String> {
        let text = self.get("no_proxy").or_else(|| self.get("NO_PROXY")).unwrap_or("");
        split_hosts(text)
    }
}

/// `a, b c` as three hosts.
pub(super) fn split_hosts(text: &str) -> Vec<String> {
    text.split([',', ' ', '\n']).map(str::trim).filter(|host| !host.is_empty()).map(str::to_owned).collect()
}

/// Fetches the texts.
pub(super) struct Texts<'a> {
    pub(super) root: &'a Path,
    pub(super) home: &'a Path,
    pub(super) variables: Variables<'a>,
}

/// More than any configuration has.
const MOST: u64 = 1024 * 1024;

impl Texts<'_> {
    /// Cargo's one file in its home; the older name counts where the newer is absent (cargo's own order is the reverse, with a
    /// warning, when both are there: then both must be readable and the older one is taken, as cargo does).
    pub(super) fn cargo(&self) -> Result<Vec<Text>, String> {
        let home = self.directory("CARGO_HOME", ".cargo");
        let older = read(&home.join("config"))?;
        let newer = read(&home.join("config.toml"))?;
        Ok(older.or(newer).into_iter().collect())
    }

    /// npm's global files, then the person's: later ones override.
    pub(super) fn npm(&self) -> Result<Vec<Text>, String> {
        let global = self.variable_path(&["npm_config_globalconfig", "NPM_CONFIG_GLOBALCONFIG"]);
        let mut paths = match global {
            Some(path) => vec![path],
            None => [Some(self.machine("etc/npmrc")), self.node_prefix().map(|prefix| prefix.join("etc/npmrc"))].into_iter().flatten().collect(),
        };
        let user = self.variable_path(&["npm_config_userconfig", "NPM_CONFIG_USERCONFIG"]);
        paths.push(user.unwrap_or_else(|| self.home.join(".npmrc")));
        read_all(&paths)
    }

    /// pip's files in its own order; `PIP_CONFIG_FILE=/dev/null` means none of them.
    pub(super) fn pip(&self) -> Result<Vec<Text>, String> {
        let named = self.variable_path(&["PIP_CONFIG_FILE"]);
        if named.as_deref() == Some(Path::new("/dev/null")) {
            return Ok(Vec::new());
        }
        let mut paths = vec![self.machine("etc/xdg/pip/pip.conf"), self.machine("etc/pip.conf"), self.home.join(".pip/pip.conf")];
        paths.push(self.directory("XDG_CONFIG_HOME", ".config").join("pip/pip.conf"));
        paths.extend(named);
        read_all(&paths)
    }

    fn machine(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn directory(&self, variable: &str, in_home: &str) -> PathBuf {
        self.variables.get(variable).map_or_else(|| self.home.join(in_home), PathBuf::from)
    }

    fn variable_path(&self, names: &[&str]) -> Option<PathBuf> {
        names.iter().find_map(|name| self.variables.get(name)).map(PathBuf::from)
    }

    /// npm's prefix is the directory above the one that holds `node`.
    fn node_prefix(&self) -> Option<PathBuf> {
        let path = self.variables.get("PATH")?;
        let below_root = |dir: &str| self.root.join(dir.trim_start_matches('/'));
        let bin = path.split(':').filter(|dir| dir.starts_with('/')).map(below_root).find(|dir| dir.join("node").exists())?;
        Some(bin.parent()?.to_owned())
    }
}

fn read_all(paths: &[PathBuf]) -> Result<Vec<Text>, String> {
    let texts: Result<Vec<Option<Text>>, String> = paths.iter().map(|path| read(path)).collect();
    Ok(texts?.into_iter().flatten().collect())
}

fn read(path: &Path) -> Result<Option<Text>, String> {
    let from = path.display().to_string();
    let mut text = String::new();
    let length = match fs::File::open(path).and_then(|file| file.take(MOST + 1).read_to_string(&mut text)) {
        Ok(length) => length,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
        Err(e) => return Err(format!("`{from}` cannot be read: {e}")),
    };
    match u64::try_from(length) {
        Ok(length) if length <= MOST => Ok(Some(Text { from, text })),
        _ => Err(format!("`{from}` is larger than 1 MB")),
    }
}
