//! Change sets: what lands in the person's tree, and what lands in an environment. Both name every byte that will change, so
//! little is left to guess; what counts is to say it in few lines that a person understands.

use action::{Change, Content, Verb};

pub(crate) mod environment;
pub(crate) mod land;

/// What one change does to its path. A change of kind (file to directory) is a replacement.
fn verb(change: &Change) -> Verb {
    match (&change.before, &change.after) {
        (None, Some(_)) => Verb::Create,
        (Some(_), None) => Verb::Delete,
        (Some(Content::File { .. }), Some(Content::File { .. })) => Verb::Update,
        (Some(Content::Symlink { .. }), Some(Content::Symlink { .. })) => Verb::Update,
        (Some(Content::Directory), Some(Content::Directory)) | (None, None) => Verb::Update,
        (Some(_), Some(_)) => Verb::Replace,
    }
}

fn is_directory(change: &Change) -> bool {
    matches!(change.after.as_ref().or(change.before.as_ref()), Some(Content::Directory))
}

/// Whether the change makes something runnable that was not.
fn makes_executable(change: &Change) -> bool {
    let runs = |content: &Option<Content>| matches!(content, Some(Content::File { executable: true, .. }));
    runs(&change.after) && !runs(&change.before)
}

/// Bytes of the old content that are no longer there.
fn old_size(change: &Change) -> u64 {
    match &change.before {
        Some(Content::File { size, .. }) => *size,
        _ => 0,
    }
}

/// Whether a path of a change set stays below its root.
fn stays_below(path: &str) -> bool {
    !path.starts_with('/') && !path.contains('\0') && path.split('/').all(|part| part != "..")
}

/// `3 files`, by the first names: `a.rs, b.rs, c.rs …`.
fn names(paths: &[String]) -> String {
    let mut text = paths.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    if paths.len() > 3 {
        text.push_str(" …");
    }
    crate::path::shown(&text)
}
