//! How many files a pattern stands for, as far as the facts know the tree. There may be more: facts name what somebody asked about.

use crate::facts::{Facts, FileKind};
use crate::path::{below, normal};

/// Files that a pattern below a folder matches, `shown` as a person wrote it: `*.log`, `build/*`, and from `find` `build/**` for all and
/// `build/**/*.o` for those of a name. `deep`: what is below a folder that matches goes too. Nothing where the facts know of none.
pub(super) fn count(facts: &Facts, base: &str, shown: &str, deep: bool) -> Option<u64> {
    let inside = below(base, &facts.tree)?;
    let whole = || facts.files.get(inside).filter(|fact| fact.kind == FileKind::Directory).map(|fact| fact.size);
    let components: Vec<&str> = shown.split('/').collect();
    let (pattern, anywhere) = match components.as_slice() {
        [before @ .., "**"] if !before.iter().any(|part| is_pattern(part)) => return whole().filter(|size| *size > 0),
        [before @ .., "**", name] if !before.iter().any(|part| is_pattern(part)) => (*name, true),
        [before @ .., name] if !before.iter().any(|part| is_pattern(part)) => (*name, false),
        _ => return None,
    };
    if pattern.contains(['[', '{', '\\', '(']) {
        return None;
    }
    let mut number = 0;
    for (path, fact) in &facts.files {
        let path = normal(&facts.tree, path);
        let Some(rest) = below(&path, base).filter(|rest| !rest.is_empty() && !path.contains('*')) else { continue };
        let name = rest.rsplit('/').next().unwrap_or(rest);
        // A star in front matches no hidden name in a shell; `find` takes it for any.
        let hidden = name.starts_with('.') && !pattern.starts_with('.') && !anywhere;
        if (!anywhere && rest.contains('/')) || hidden || !matches(pattern.as_bytes(), name.as_bytes()) {
            continue;
        }
        number += match fact.kind {
            FileKind::Directory if deep && !anywhere => fact.size,
            FileKind::Directory => 0,
            FileKind::File | FileKind::Symlink { .. } => 1,
        };
    }
    match number {
        0 if pattern == "*" && deep && !anywhere => whole().filter(|size| *size > 0),
        0 => None,
        number => Some(number),
    }
}

fn is_pattern(part: &str) -> bool {
    part.contains(['*', '?', '[', '{'])
}

/// Whether a name is matched by a pattern of nothing but characters, `*` and `?`. Takes time that grows with both lengths.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n, mut retry) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, n));
                p += 1;
            }
            Some(b'?') => (p, n) = (p + 1, n + 1),
            Some(byte) if name.get(n) == Some(byte) => (p, n) = (p + 1, n + 1),
            _ => match retry {
                Some((after, at)) => {
                    (p, n) = (after, at + 1);
                    retry = Some((after, at + 1));
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests;
