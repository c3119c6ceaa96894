//! What a commit says of specifications: the tasks that its own bytes mark as done, and that evidence or a person vouches for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use action::{Change, ChangeSet, Content, Deed, Digest, Event, SessionId, Stage};
use spec::tasks::{State, Tasks};

use crate::book::Book;

/// A tasks.md larger than this says nothing.
const LARGEST: u64 = 8 << 20;

/// `Spec: NAME` and `Task: 1.1, 1.2` for each tasks.md in which the change set of a session newly marks tasks as done.
pub(crate) fn trailers(book: &Book, root: &Path, session: &SessionId, change: &ChangeSet) -> String {
    let mut vouched = None; // read where something is marked at all
    let mut lines = String::new();
    for one in &change.changes {
        let Some(name) = spec_of(&one.path) else { continue };
        let before = done(&before(book, root, one).unwrap_or_default());
        let now = one.after.as_ref().and_then(|content| text(book, content)).unwrap_or_default();
        let folder = one.path.strip_suffix("/tasks.md").unwrap_or_default();
        let new: Vec<String> = done(&now).into_iter().filter(|number| !before.contains(number) && vouched.get_or_insert_with(|| Vouched::of(book, root, session)).is_for(folder, number)).collect();
        if !new.is_empty() {
            lines.push_str(&format!("Spec: {name}\nTask: {}\n", new.join(", ")));
        }
    }
    lines
}

/// Whether the last judgement of those who worked for this landing says that the task is done, or a person took that very judgement
/// in this very project. A box that somebody ticked says nothing, and neither does what was seen elsewhere or discarded.
struct Vouched {
    /// The last judgement of each task, by its folder, and whether it says done.
    judged: BTreeMap<(String, String), (Digest, bool)>,
    /// What people took in this project, with the text that they took.
    taken: BTreeSet<(String, Digest)>,
}

impl Vouched {
    fn of(book: &Book, root: &Path, session: &SessionId) -> Self {
        let worked = book.with_workers(session).unwrap_or_default();
        let mut judged = BTreeMap::new();
        for (_, entry) in book.subject("evidenced").unwrap_or_default() {
            if let Event::Evidenced { session, spec, task, judgement, done } = entry.event
                && worked.contains(&session)
            {
                judged.insert((spec, task), (judgement, done));
            }
        }
        let taken = book.held().unwrap_or_default().into_iter().filter(|story| story.stage == Stage::Finished).filter_map(|story| match story.intent.deed {
            Deed::Accept { root: of, what, text, .. } if Path::new(&of) == root => Some((what, text)),
            _ => None,
        });
        Self { judged, taken: taken.collect() }
    }

    fn is_for(&self, folder: &str, number: &str) -> bool {
        let last = self.judged.get(&(folder.to_owned(), number.to_owned()));
        last.is_some_and(|(judgement, done)| *done || self.taken.contains(&(super::accept::task(folder, number), *judgement)))
    }
}

/// The name of the specification whose tasks these are. One that could break the line is none.
fn spec_of(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/tasks.md")?;
    let (above, name) = folder.rsplit_once('/')?;
    let is_spec = above == ".kiro/specs" || above.ends_with("/.kiro/specs");
    (is_spec && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))).then_some(name)
}

fn text(book: &Book, content: &Content) -> Option<String> {
    match content {
        Content::File { digest, .. } => book.get(digest).ok().and_then(|bytes| String::from_utf8(bytes).ok()),
        Content::Symlink { .. } | Content::Directory => None,
    }
}

/// What was there: from the blobs, else from the tree if it is still that.
fn before(book: &Book, root: &Path, change: &Change) -> Option<String> {
    let content = change.before.as_ref()?;
    text(book, content).or_else(|| {
        let Content::File { digest, .. } = content else { return None };
        let (bytes, _) = sandbox::read_still(&root.join(&change.path), LARGEST).ok()?;
        (Digest::of_bytes(&bytes) == *digest).then(|| String::from_utf8(bytes).ok()).flatten()
    })
}

fn done(text: &str) -> Vec<String> {
    let tasks = Tasks::read(text);
    let is_done = |at: &usize| tasks.tasks.get(*at).is_some_and(|task| task.state == State::Completed);
    let ids = tasks.ids();
    tasks.leaves().filter(is_done).filter_map(|at| ids.get(at).cloned()).collect()
}

#[cfg(test)]
mod tests;
