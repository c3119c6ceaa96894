//! What of the person's own tools the box may read, and which of their variables commands in it get.
//!
//! Programs and their settings are shown, never caches or whole homes. A settings file or variable that holds a credential
//! is left out whole: the client in the box then does without it, and the door says which host was wanted.

use std::path::{Path, PathBuf};

/// Toolchains in a home.
const IN_HOME: [&str; 9] = [".cargo/bin", ".rustup", ".pyenv", ".nvm", ".volta", ".local/bin", ".local/share/pnpm", "go", ".sdkman"];
/// Settings of package clients in a home, shown where they hold no credential.
const SETTINGS: [&str; 5] = [".cargo/config.toml", ".cargo/config", ".npmrc", ".config/pip/pip.conf", ".pip/pip.conf"];
/// Variables that name a toolchain's folder.
const FOLDERS: [&str; 7] = ["RUSTUP_HOME", "JAVA_HOME", "PYENV_ROOT", "NVM_DIR", "VOLTA_HOME", "GOROOT", "PNPM_HOME"];
/// Variables that name certificates.
const CERTIFICATES: [&str; 8] = [
    "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "CARGO_HTTP_CAINFO", "GIT_SSL_CAINFO",
];
/// Further variables that tools need.
const PASSED_ON: [&str; 14] = [
    "PATH", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "RUSTUP_TOOLCHAIN", "RUSTUP_AUTO_INSTALL", "PYENV_VERSION", "GOPROXY", "PIP_INDEX_URL",
    "PIP_DEFAULT_TIMEOUT", "npm_config_registry", "CARGO_REGISTRIES_CRATES_IO_PROTOCOL",
];
/// What every box has anyway.
const SYSTEM: [&str; 6] = ["/usr", "/bin", "/sbin", "/lib", "/etc/ssl/certs", "/etc/pki"];

/// Files and folders that the box may read, beside what every box has. None holds the tree, lies in it, or is wider than a
/// toolchain.
pub(crate) fn visible(home: &Path, tree: &Path, state: &Path, variables: &[(String, String)]) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = IN_HOME.iter().map(|name| home.join(name)).collect();
    found.extend(SETTINGS.iter().map(|name| home.join(name)).filter(|path| is_harmless(path)));
    for (name, value) in variables {
        match name.as_str() {
            "PATH" => found.extend(value.split(':').map(Path::new).filter_map(|folder| program_folder(home, folder))),
            "CARGO_HOME" => found.push(Path::new(value).join("bin")),
            name if FOLDERS.contains(&name) || CERTIFICATES.contains(&name) => found.push(PathBuf::from(value)),
            _ => {}
        }
    }
    let apart = |path: &PathBuf| !path.starts_with(tree) && ![home, tree, state].iter().any(|inner| inner.starts_with(path));
    let missing = |path: &PathBuf| !SYSTEM.iter().any(|system| path.starts_with(system));
    found.retain(|path| path.is_absolute() && apart(path) && missing(path));
    found.sort();
    found.dedup();
    found
}

/// A folder of `PATH`: with its whole package where it is below `/opt`, by itself elsewhere.
fn program_folder(home: &Path, folder: &Path) -> Option<PathBuf> {
    match folder.strip_prefix("/opt") {
        Ok(below) => Some(Path::new("/opt").join(below.components().next()?)),
        Err(_) => (folder.starts_with(home) || folder.ends_with("bin") || folder.ends_with("shims")).then(|| folder.to_path_buf()),
    }
}

/// The environment of every command in the box.
pub(crate) fn passed_on(home: &Path, tree: &Path, variables: &[(String, String)]) -> Vec<(String, String)> {
    let known = |name: &str| [&PASSED_ON[..], &FOLDERS, &CERTIFICATES].iter().any(|names| names.contains(&name));
    let mut passed: Vec<(String, String)> = variables.iter().filter(|(name, value)| known(name) && !names_a_user(value)).cloned().collect();
    for (_, path) in passed.iter_mut().filter(|(name, _)| name == "PATH") {
        *path = past_shims(path, home, tree, variables);
    }
    passed.push(("TERM".into(), "dumb".into()));
    passed.push(("NO_COLOR".into(), "1".into()));
    passed
}

/// `PATH` with the chosen Pythons before pyenv's shims: a shim ends in failure after `pip install` where it cannot write.
fn past_shims(path: &str, home: &Path, tree: &Path, variables: &[(String, String)]) -> String {
    let variable = |name: &str| variables.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone());
    let root = variable("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
    let read = |file: PathBuf| std::fs::read_to_string(file).ok();
    let chosen = variable("PYENV_VERSION").or_else(|| read(tree.join(".python-version"))).or_else(|| read(root.join("version"))).unwrap_or_default();
    let versions = chosen.split([':', '\n', ' ']).map(str::trim).filter(|name| !name.is_empty() && !name.contains('/') && *name != "..");
    let folders: Vec<PathBuf> = versions.map(|name| root.join("versions").join(name).join("bin")).filter(|folder| folder.is_dir()).collect();
    let shims = root.join("shims");
    let before = |folder: &str| if Path::new(folder) == shims { folders.clone() } else { Vec::new() };
    let all = path.split(':').flat_map(|folder| before(folder).into_iter().map(|f| f.display().to_string()).chain([folder.to_owned()]));
    all.collect::<Vec<_>>().join(":")
}

/// Whether a settings file can be read and holds nothing that looks like a credential.
fn is_harmless(path: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(path) else { return false };
    let lower = text.to_ascii_lowercase();
    !names_a_user(&text) && !["token", "password", "secret", "_auth", "credential"].iter().any(|word| lower.contains(word))
}

/// Whether a URL in this text has a user, and so perhaps a password, before its host.
fn names_a_user(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| rest.split(['/', '?', '#', '"', '\'', '\n', ' ']).next().is_some_and(|authority| authority.contains('@')))
}

#[cfg(test)]
mod tests;
