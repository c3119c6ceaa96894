//! Paths as models write them, made one spelling: relative to the tree with `/`, where they are inside it.
//!
//! Purely by text. A path that leaves the tree keeps its `..` or stays absolute, so that whoever judges it sees it.

/// Linux takes no longer path (`PATH_MAX`, with the closing zero).
const LONGEST: usize = 4095;

/// One spelling of `text`; `.` is the tree itself. The error says why it is not a path.
pub(super) fn normal(text: &str, tree: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("a path must not be empty; `.` is the work tree".to_owned());
    }
    if text.contains('\0') {
        return Err("a path must not hold a zero byte".to_owned());
    }
    if text.len() > LONGEST {
        return Err(format!("a path has at most {LONGEST} bytes"));
    }
    if text == "~" || text.starts_with("~/") {
        return Err("`~` is not expanded; give a path in the work tree".to_owned());
    }
    let path = collapse(text);
    if !text.starts_with('/') {
        return Ok(path);
    }
    let tree = collapse(tree);
    Ok(beneath(&path, &tree).map_or(path.clone(), str::to_owned))
}

/// What remains of an absolute path below the tree.
fn beneath<'a>(path: &'a str, tree: &str) -> Option<&'a str> {
    if path == tree {
        return Some(".");
    }
    path.strip_prefix(tree.trim_end_matches('/'))?.strip_prefix('/')
}

/// Without `.`, doubled `/`, and `..` after a name.
fn collapse(text: &str) -> String {
    let absolute = text.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", None) if absolute => {} // above the root is the root
            ("..", Some(&last)) if last != ".." => drop(parts.pop()),
            (part, _) => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
