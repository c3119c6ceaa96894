//! Which files of a tree are secrets, and the layer that lays a placeholder over each of them.
//!
//! Secrets are told by name, and where a name is also used for harmless files by what the file holds. The walk covers the
//! whole tree but not what tools fetch or make ([`SKIPPED`]): what lies in `node_modules` came from a registry. Not found
//! are: a secret under a name of its own, a second hard link, one in git's history, one that the person adds while a box
//! is open. Unix sockets are masked too. A person names those that the agent may see.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{WalkBuilder, WalkState};
use rustix::fs::{Mode, OFlags};

use crate::kept_out;
use crate::protected::found_below;

/// What stands in the box where a secret stands in the tree.
pub const PLACEHOLDER: &str = "# masked by countersign: a secret is kept here; a person can let it through by name\n";

/// Folders that are not searched: made or fetched by tools, and large.
const SKIPPED: [&[u8]; 12] = [
    b".git", b"node_modules", b"target", b".venv", b"venv", b"__pycache__", b".tox", b".gradle", b".next", b".cache",
    b"bazel-out", b".terraform",
];
/// Whole folders.
const FOLDERS: [&[u8]; 6] = [b".aws", b".azure", b".gcloud", b".gnupg", b".kube", b".ssh"];
/// Whole names of files.
const NAMES: [&[u8]; 28] = [
    b".dockercfg", b".env", b".envrc", b".git-credentials", b".htpasswd",
    b".my.cnf", b".netrc", b".pgpass", b".pypirc", b".s3cfg", b".vault-token", b"_netrc",
    b"application_default_credentials.json", b"credentials", b"credentials.json", b"credentials.toml", b"gcp-key.json", b"kubeconfig",
    b"secrets.env", b"secrets.json", b"secrets.toml", b"secrets.tfvars", b"secrets.yaml", b"secrets.yml", b"serviceaccount.json",
    b"service_account.json", b"token.json", b"terraform.rc",
];
const STARTS: [&[u8]; 8] = [
    b".env.", b"client_secret", b"id_dsa", b"id_ecdsa", b"id_ed25519", b"id_rsa", b"service-account", b"serviceaccount-",
];
const ENDS: [&[u8]; 11] = [
    b".env", b".jks", b".kdbx", b".key", b".keystore", b".p12", b".pfx", b".ppk", b".tfstate", b".tfstate.backup", b".secret",
];
/// Made to be shared, although the name begins or ends like a secret.
const HARMLESS_ENDS: [&[u8]; 9] =
    [b".example", b".sample", b".template", b".dist", b".defaults", b".pub", b".rs", b".ts", b".py"];
/// Secrets only if the file holds one of these words in its first 64 KiB.
const BY_CONTENT: [(&[u8], &[&[u8]]); 6] = [
    (b".pem", &[b"PRIVATE KEY"]),
    (b".npmrc", &[b"_auth", b"_password"]),
    (b".yarnrc.yml", &[b"npmAuth"]),
    (b"pip.conf", &[b"@"]),
    (b".docker/config.json", &[b"\"auth"]),
    (b".cargo/config.toml", &[b"token"]),
];

/// Whether a file of this name is a secret whatever it holds.
pub fn is_secret_name(name: &[u8]) -> bool {
    if HARMLESS_ENDS.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    NAMES.contains(&name)
        || STARTS.iter().any(|start| name.starts_with(start))
        || ENDS.iter().any(|end| name.ends_with(end) && name.len() > end.len())
}

/// What the walk found, relative to the tree.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) secrets: BTreeSet<PathBuf>,
    /// Settings of agents and editors below the top.
    pub(crate) settings: BTreeSet<PathBuf>,
    /// Files that say what is kept out.
    pub(crate) ignoring: BTreeSet<PathBuf>,
}

impl Found {
    /// Takes out what is below something that is kept out: there is nothing there to lay a placeholder over.
    pub(crate) fn without(&mut self, kept_out: &BTreeSet<PathBuf>) {
        let below = |path: &PathBuf| path.ancestors().any(|above| kept_out.contains(above));
        for paths in [&mut self.secrets, &mut self.settings, &mut self.ignoring] {
            paths.retain(|path| !below(path));
        }
    }
}

/// More secrets than this in one tree are a mistake of the table; the box is not opened.
pub(crate) const MOST_SECRETS: usize = 20_000;
/// More nested settings than this would make every command slow; the rest can be written, and then differ.
const MOST_SETTINGS: usize = 32;

/// Walks `tree` with a thread a core.
pub(crate) fn find(tree: &Path, let_through: &[String]) -> io::Result<Found> {
    let found = Mutex::new(Found::default());
    let failed = Mutex::new(None);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let walk = WalkBuilder::new(tree).standard_filters(false).follow_links(false).threads(threads).build_parallel();
    walk.run(|| {
        Box::new(|entry| match entry {
            Ok(entry) if entry.depth() == 0 => WalkState::Continue,
            Ok(entry) => sort_out(tree, &entry, let_through, &found),
            Err(error) if is_gone_or_closed(&error) => WalkState::Continue,
            Err(error) => {
                put(&failed, error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into()));
                WalkState::Quit
            }
        })
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
        return Err(error);
    }
    let mut found = found.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    found.settings = found.settings.into_iter().take(MOST_SETTINGS).collect();
    Ok(found)
}

/// What cannot be read here cannot be read in the box either.
pub(crate) fn is_gone_or_closed(error: &ignore::Error) -> bool {
    error.io_error().is_some_and(|e| matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied))
}

fn put(place: &Mutex<Option<io::Error>>, error: io::Error) {
    place.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get_or_insert(error);
}

fn sort_out(tree: &Path, entry: &ignore::DirEntry, let_through: &[String], found: &Mutex<Found>) -> WalkState {
    let name = entry.file_name().as_bytes();
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    if is_folder && SKIPPED.contains(&name) {
        return WalkState::Skip;
    }
    let Ok(relative) = entry.path().strip_prefix(tree) else { return WalkState::Continue };
    let mut next = WalkState::Continue;
    if entry.depth() > 1 && found_below(name) {
        found.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).settings.insert(relative.to_owned());
    }
    if !is_folder && name == kept_out::NAME {
        let mut found = found.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if found.ignoring.len() <= kept_out::MOST_FILES {
            found.ignoring.insert(relative.to_owned()); // one too many is enough to open no box
        }
    }
    // A live socket of the person's (a database, an agent) is as good as a key; only some kernels cut it off in an overlay.
    let is_socket = entry.file_type().is_some_and(|kind| kind.is_socket());
    let secret = is_socket || if is_folder { FOLDERS.contains(&name) } else { is_secret(entry.path(), name) };
    if secret && !let_through.iter().any(|named| Path::new(named) == relative) {
        found.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).secrets.insert(relative.to_owned());
        next = WalkState::Skip;
    }
    next
}

/// Whether what is at `path` is a secret by its name, its kind or what it holds: for whoever does not walk.
pub fn is_secret_path(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_bytes();
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket()) {
        return true;
    }
    if path.is_dir() { FOLDERS.contains(&name) } else { is_secret(path, name) }
}

fn is_secret(path: &Path, name: &[u8]) -> bool {
    if is_secret_name(name) {
        return true;
    }
    let whole = path.as_os_str().as_bytes();
    BY_CONTENT.iter().any(|(end, words)| whole.ends_with(end) && holds_one_of(path, words).unwrap_or(true))
}

fn holds_one_of(path: &Path, words: &[&[u8]]) -> io::Result<bool> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(false);
    }
    let mut head = Vec::new();
    // It may be another thing by now: a link is not followed, a pipe not waited for.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = fs::File::from(rustix::fs::open(path, flags, Mode::empty())?);
    file.take(64 * 1024).read_to_end(&mut head)?;
    Ok(words.iter().any(|word| head.windows(word.len()).any(|part| part == *word)))
}

/// Lays a placeholder over each of these paths. Parents keep the mode of the real folders.
pub(crate) fn lay(mask: &Path, secrets: &BTreeSet<PathBuf>, placeholder: &str) -> io::Result<()> {
    for secret in secrets {
        fs::create_dir_all(mask.join(secret.parent().unwrap_or(Path::new(""))))?;
        fs::write(mask.join(secret), placeholder)?;
        fs::set_permissions(mask.join(secret), fs::Permissions::from_mode(0o444))?;
    }
    Ok(())
}

/// Gives every folder of the mask layer the mode of the folder it lies over: the upper-most layer decides it. A place that is
/// held for what is absent cannot be written; a folder that is only on the way to such a place can, as if it were absent.
pub(crate) fn copy_modes(tree: &Path, mask: &Path) -> io::Result<()> {
    let mut waiting = vec![PathBuf::new()];
    while let Some(relative) = waiting.pop() {
        let mut on_the_way = false;
        for entry in fs::read_dir(mask.join(&relative))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                waiting.push(relative.join(entry.file_name()));
                on_the_way = true;
            }
        }
        let mode = match fs::symlink_metadata(tree.join(&relative)) {
            Ok(real) if real.is_dir() => real.permissions(),
            _ if on_the_way => fs::Permissions::from_mode(0o755),
            _ => fs::Permissions::from_mode(0o555),
        };
        fs::set_permissions(mask.join(&relative), mode)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
