//! Patterns of paths as projects write them, compiled: for steering, hooks and the rules of custom agents.
//!
//! A pattern without `/` matches at any depth. One that does not compile matches nothing, and whoever compiles is told.

use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns that were compiled together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patterns(GlobSet);

impl Patterns {
    /// Compiles them; with those that are none.
    pub(crate) fn of(patterns: &[String]) -> (Self, Vec<String>) {
        let (mut builder, mut bad) = (GlobSetBuilder::new(), Vec::new());
        for pattern in patterns {
            let plain = pattern.trim_start_matches("./");
            if spec::globs::is_beyond_measure(plain) {
                bad.push(pattern.chars().take(40).collect());
                continue;
            }
            let whole = if plain.contains('/') { plain.to_owned() } else { format!("**/{plain}") };
            match GlobBuilder::new(&whole).literal_separator(true).empty_alternates(true).build() {
                Ok(glob) if !plain.is_empty() => drop(builder.add(glob)),
                _ => bad.push(pattern.clone()),
            }
        }
        match builder.build() {
            Ok(set) => (Self(set), bad),
            Err(_) => (Self::default(), patterns.to_vec()), // together they are too large
        }
    }

    /// Whether one of them matches a path of the project.
    pub(crate) fn matches(&self, path: &str) -> bool {
        self.0.is_match(Path::new(path.trim_start_matches("./")))
    }
}

/// What a pattern begins with before anything in it is wild.
pub(crate) fn begins(pattern: &str) -> &str {
    let plain = pattern.trim_start_matches("./");
    let wild = plain.find(['*', '?', '[', '{']);
    match (wild, plain.contains('/')) {
        (_, false) => "", // at any depth
        (Some(at), true) => plain.get(..at).and_then(|start| start.rsplit_once('/')).map_or("", |(folder, _)| folder),
        (None, true) => plain.trim_end_matches('/'),
    }
}

#[cfg(test)]
mod tests;
