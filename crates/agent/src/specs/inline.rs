//! Tests that stand inside the sources that a task changed: put into the code from before the task, so that they can be run there.

use std::collections::BTreeSet;

use action::{Change, Content};
use tools::code::apart;

use super::brief::Brief;
use super::evidence::Own;
use super::rig;
use super::tagged::Texts;
use super::trouble::SpecTrouble;

/// What was found of them.
#[derive(Debug, Default)]
pub(super) struct Inline {
    /// The sources from before with the tests of now.
    pub(super) grafts: Vec<Change>,
    /// Sources of which nothing but the tests differs.
    pub(super) tests_only: BTreeSet<String>,
    /// Whether a source that is new has some.
    pub(super) has_new: bool,
}

impl Inline {
    /// Of the sources in a language whose tests can be told from the rest; of others nothing is known. A file that is new is no
    /// graft: there was nothing to put its tests into.
    pub(super) fn of(texts: &Texts<'_>, brief: &Brief, base: &[Change], own: &Own) -> Result<Self, SpecTrouble> {
        let mut found = Self::default();
        for change in own.sources.iter().filter(|change| may_have(brief, &change.path)) {
            let known = base.iter().find(|one| one.path == change.path);
            let text = |content: &Content| rig::text(texts.book, texts.root, &change.path, content);
            let Some(then) = known.map_or(change.before.as_ref(), |one| one.after.as_ref()) else {
                let new = change.after.as_ref().and_then(text).as_deref().and_then(apart);
                found.has_new |= new.is_some_and(|new| !new.tests.is_empty());
                continue;
            };
            let parts = [Some(then), change.after.as_ref()].map(|content| content.and_then(text).as_deref().and_then(apart));
            let [Some(old), Some(new)] = parts else { continue };
            if old.code.trim() == new.code.trim() {
                found.tests_only.insert(change.path.clone());
            }
            if old.tests.trim() != new.tests.trim() {
                let grafted = format!("{}\n{}", old.code.trim_end(), new.tests);
                let executable = matches!(then, Content::File { executable: true, .. });
                let after = Content::File { digest: texts.book.put(grafted.as_bytes())?, size: grafted.len() as u64, executable };
                found.grafts.push(Change { path: change.path.clone(), before: Some(then.clone()), after: Some(after) });
            }
        }
        Ok(found)
    }
}

fn may_have(brief: &Brief, path: &str) -> bool {
    path.ends_with(".rs") && brief.runners.iter().any(|runner| runner.inline_tests && runner.owns(path))
}

#[cfg(test)]
mod tests;
