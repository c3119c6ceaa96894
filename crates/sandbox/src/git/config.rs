//! Git's configuration, as far as a box needs it: which work tree it names, and what is left of it without credentials.
//!
//! Read line by line. A value that goes on in the next line belongs to its key; quotes around a whole value are taken off.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::still::read_still;

/// Larger is no configuration that anybody wrote.
const LARGEST: u64 = 4 << 20;
/// Both are read by git in every git folder.
const NAMES: [&str; 2] = ["config", "config.worktree"];
/// Submodules in submodules are looked for this deep.
const DEEPEST: usize = 8;
/// Parts of the names of keys whose values are credentials, or programs that know them.
const KEYS: [&str; 6] = ["extraheader", "helper", "pass", "token", "secret", "cookie"];

/// What `core.worktree` says in a git folder.
pub(super) fn work_trees(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let texts = NAMES.map(|name| read_still(&folder.join(name), LARGEST).map(|(bytes, _)| bytes).unwrap_or_default());
    texts.into_iter().flat_map(|text| named_in(&text))
}

fn named_in(text: &[u8]) -> Vec<PathBuf> {
    let (mut in_core, mut named) = (false, Vec::new());
    for line in text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii) {
        if line.starts_with(b"[") {
            in_core = line.eq_ignore_ascii_case(b"[core]");
        } else if let Some(at) = line.iter().position(|b| *b == b'=').filter(|_| in_core) {
            let (key, value) = line.split_at(at);
            if key.trim_ascii().eq_ignore_ascii_case(b"worktree") {
                let value = value.get(1..).unwrap_or_default().trim_ascii();
                let value = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
                named.push(PathBuf::from(OsStr::from_bytes(value)));
            }
        }
    }
    named
}

/// Lays a copy without credentials over each configuration in the git folder `git` that holds some: its own and those of
/// the submodules in it. `mask` is laid over `git`.
pub(crate) fn lay_clean(git: &Path, mask: &Path) -> io::Result<()> {
    lay_clean_below(git, mask, DEEPEST)
}

fn lay_clean_below(git: &Path, mask: &Path, depth: usize) -> io::Result<()> {
    for name in NAMES {
        let real = git.join(name);
        if !fs::symlink_metadata(&real).is_ok_and(|metadata| metadata.is_file()) {
            continue;
        }
        let clean = match read_still(&real, LARGEST) {
            Ok((text, _)) => Some(without_credentials(&text)).filter(|clean| *clean != text),
            // Nobody can say what is in it.
            Err(_) => Some(Vec::new()),
        };
        if let Some(clean) = clean {
            fs::create_dir_all(mask)?;
            fs::write(mask.join(name), clean)?;
            fs::set_permissions(mask.join(name), fs::Permissions::from_mode(0o444))?;
        }
    }
    let Some(deeper) = depth.checked_sub(1) else { return Ok(()) };
    // A submodule's name may have slashes, so that a folder here may be one that only holds some.
    let is_git = git.join("HEAD").exists();
    let holds_folders = if is_git { ["modules", "worktrees"].map(|name| git.join(name)).into() } else { vec![git.to_owned()] };
    for folder in holds_folders.iter().filter(|folder| fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir())) {
        for entry in fs::read_dir(folder)?.filter_map(Result::ok) {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                let inner = entry.path();
                let mask = inner.strip_prefix(git).map_or_else(|_| mask.to_owned(), |below| mask.join(below));
                lay_clean_below(&inner, &mask, deeper)?;
            }
        }
    }
    Ok(())
}

/// Without the lines that give credentials, and without the users and passwords of addresses.
fn without_credentials(text: &[u8]) -> Vec<u8> {
    let (mut clean, mut dropped) = (Vec::with_capacity(text.len()), false);
    for line in text.split_inclusive(|b| *b == b'\n') {
        let goes_on = line.trim_ascii_end().ends_with(b"\\");
        if std::mem::replace(&mut dropped, false) {
            dropped = goes_on;
            continue;
        }
        let (section, rest) = line.split_at(end_of_section(line));
        clean.extend(without_users(section));
        let key = rest.split(|b| *b == b'=').next().unwrap_or_default().to_ascii_lowercase();
        if KEYS.iter().any(|name| key.windows(name.len()).any(|part| part == name.as_bytes())) {
            clean.push(b'\n');
            dropped = goes_on;
        } else {
            clean.extend(without_users(rest));
        }
    }
    clean
}

/// Where `[section "name"]` ends, if the line begins with one.
fn end_of_section(line: &[u8]) -> usize {
    if !line.trim_ascii_start().starts_with(b"[") {
        return 0;
    }
    let mut quoted = false;
    let end = line.iter().position(|b| {
        quoted ^= *b == b'"';
        *b == b']' && !quoted
    });
    end.map_or(line.len(), |end| end + 1)
}

/// Takes `user:password@` out of addresses, and `user@` where it may be a token: `ssh://git@…` stays.
fn without_users(line: &[u8]) -> Vec<u8> {
    let Some(at) = line.windows(3).position(|part| part == b"://") else { return line.to_vec() };
    let (before, after) = line.split_at(at + 3);
    let host_ends = after.iter().position(|b| matches!(b, b'/' | b'"' | b'\\') || b.is_ascii_whitespace()).unwrap_or(after.len());
    let (host, path) = after.split_at(host_ends);
    let host = match host.iter().rposition(|b| *b == b'@').map(|at| host.split_at(at)) {
        Some((user, host)) if user.contains(&b':') || !before.ends_with(b"ssh://") => host.get(1..).unwrap_or_default(),
        _ => host,
    };
    [before, host, &without_users(path)].concat()
}

#[cfg(test)]
mod tests;
