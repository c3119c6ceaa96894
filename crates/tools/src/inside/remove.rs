//! Deletes a file, a link (not where it leads), or a directory with all in it.

use std::path::Path;

use action::Count;

use super::tree::Tree;
use super::{Answered, Trouble};

pub(super) fn remove(tree: &Tree, path: &str) -> Result<Answered, Trouble> {
    let place = tree.named(path)?;
    let meta = place.symlink_metadata().map_err(|_| match tree.existing(path) {
        Err(missing) => missing,
        Ok(_) => Trouble::Missing { path: path.to_owned(), near: None },
    })?;
    if !meta.is_dir() {
        std::fs::remove_file(&place).map_err(|e| Trouble::of(path, &e))?;
        return Ok(Answered::said(format!("deleted `{path}`")));
    }
    let (files, directories) = count(&place);
    std::fs::remove_dir_all(&place).map_err(|e| Trouble::HalfRemoved { path: path.to_owned(), why: e.to_string() })?;
    let (files, directories) = (Count::new(files, "files"), spelled(directories));
    Ok(Answered::said(format!("deleted `{path}`: {files}, {directories}")))
}

fn spelled(directories: u64) -> String {
    match directories {
        1 => "1 directory".to_owned(),
        n => Count::new(n, "directories").to_string(),
    }
}

/// How many files and directories are there, the directory itself among them. Links are not followed.
fn count(place: &Path) -> (u64, u64) {
    let (mut files, mut directories) = (0, 0);
    let mut left = vec![place.to_owned()];
    while let Some(directory) = left.pop() {
        directories += 1;
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => left.push(entry.path()),
                false => files += 1,
            }
        }
    }
    (files, directories)
}
