//! A project's own files, read for an agent by the service, as far as a box would show them.
//!
//! What leads out of the project, is a secret, is kept out by `.kiroignore` or belongs to an environment is not there. The files
//! are the person's, not the copy's: what an agent wrote into its copy guides nobody before it has landed.

use std::path::{Path, PathBuf};

/// The files that may be shown.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    /// The person's tree.
    pub(crate) root: &'a Path,
    /// Folders that are environments.
    pub(crate) closed: &'a [PathBuf],
    /// What else is kept out, by its path from the root.
    pub(crate) kept_out: &'a dyn Fn(&str) -> bool,
}

/// A larger file is not read.
const LARGEST: u64 = 1024 * 1024;
/// More files of one folder are not read.
pub(crate) const MOST: usize = 200;

impl Shown<'_> {
    /// The text of a file, also behind a link that stays in the project.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let (bytes, _) = sandbox::read_still(&self.place(name)?, LARGEST).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// The names in a folder that end like this, in order.
    pub(crate) fn names(&self, folder: &str, end: &str) -> Vec<String> {
        let entries = self.place(folder).and_then(|place| std::fs::read_dir(place).ok());
        let names = entries.into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(end)).take(MOST * 10).collect();
        names.sort();
        names.truncate(MOST);
        names
    }

    /// Whether something of this name is there that may not be shown.
    pub(crate) fn hides(&self, name: &str) -> bool {
        self.root.join(name).symlink_metadata().is_ok() && self.place(name).is_none()
    }

    /// Where something really is, if it may be shown.
    fn place(&self, name: &str) -> Option<PathBuf> {
        let root = self.root.canonicalize().ok()?;
        let real = root.join(name).canonicalize().ok()?;
        let within = real.strip_prefix(&root).ok()?;
        let is_secret = within.ancestors().filter(|part| !part.as_os_str().is_empty()).any(|part| sandbox::is_secret_path(&root.join(part)));
        let is_closed = self.closed.iter().any(|folder| real.starts_with(folder));
        let kept_out = [name, within.to_str()?].iter().any(|path| (self.kept_out)(path));
        (!is_secret && !is_closed && !kept_out).then_some(real)
    }
}

#[cfg(test)]
mod tests;
