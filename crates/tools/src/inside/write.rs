//! Writes a whole file.

use action::Count;

use super::tree::Tree;
use super::{Answered, Trouble, bytes, place};

pub(super) fn write(tree: &Tree, path: &str, content: &[u8]) -> Result<Answered, Trouble> {
    let target = tree.target(path)?;
    let before = match target.metadata() {
        Ok(meta) if meta.is_dir() => return Err(Trouble::IsDirectory { path: path.to_owned() }),
        Ok(meta) if !meta.is_file() => return Err(Trouble::Special { path: path.to_owned() }),
        Ok(meta) => Some(meta.len()),
        Err(_) => None,
    };
    place::put(&target, content).map_err(|e| Trouble::of(path, &e))?;
    let lines = match std::str::from_utf8(content) {
        Ok(text) => Count::new(text.lines().count() as u64, "lines").to_string(),
        Err(_) => "not text".to_owned(),
    };
    let size = bytes(content.len() as u64);
    Ok(Answered::said(match before {
        Some(old) => format!("wrote `{path}`: {lines}, {size}, in place of {}", bytes(old)),
        None => format!("wrote `{path}`: {lines}, {size}, new"),
    }))
}
