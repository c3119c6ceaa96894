//! Paths as text: made absolute, cleaned of `.` and `..`, compared by whole components. Nothing is looked up; links are
//! followed by [`crate::place`] as far as the facts name them.

/// The absolute path without `.`, `..` and doubled slashes. `..` at the root stays there.
pub(crate) fn normal(base: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let from = if path.starts_with('/') { "" } else { base };
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Whether a `..` comes after a name: then only the file system knows where it leads, for the name may be a link.
pub(crate) fn climbs(path: &str) -> bool {
    let mut named = false;
    path.split('/').any(|part| match part {
        "" | "." => false,
        ".." => named,
        _ => {
            named = true;
            false
        }
    })
}

/// The part of `path` below `root`; empty when they are the same. Both are normal.
pub(crate) fn below<'p>(path: &'p str, root: &str) -> Option<&'p str> {
    if root.is_empty() {
        return None;
    }
    if root == "/" {
        return path.strip_prefix('/');
    }
    match path.strip_prefix(root)? {
        "" => Some(""),
        rest => rest.strip_prefix('/'),
    }
}

/// Text that others wrote, not endless: a long one keeps both ends and names the whole by digest. Characters that mislead are
/// spelled out where lines are made, by [`action::Effect::line`].
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 160;
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(90).collect();
    let tail: Vec<char> = text.chars().rev().take(40).collect();
    let tail: String = tail.into_iter().rev().collect();
    format!("{head}…{tail} ({})", action::Digest::of_bytes(text.as_bytes()).short())
}

/// A name inside a note: in backticks, so that it ends where it seems to.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", shown(text).replace('`', r"\u{60}"))
}

#[cfg(test)]
mod tests;
