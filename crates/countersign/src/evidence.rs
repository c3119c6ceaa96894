//! Which blobs the entries of a ledger name. An entry proves that something was decided; the blob is what it was about, and
//! an export that lost one proves less than it seems to.
//!
//! Knows entries and change sets, and nothing of how they are kept or hashed: the ledger has checked that before.

use std::collections::BTreeMap;

use action::{Change, ChangeSet, Content, Deed, Digest, Entry, Event, Outcome};

/// The blobs that were named so far, each with the first entry that did.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    named: BTreeMap<Digest, u64>,
    change_sets: BTreeMap<Digest, u64>,
}

impl Evidence {
    /// Notes what one entry names. What is no entry names nothing; the audit refuses it.
    pub(crate) fn entry(&mut self, index: u64, bytes: &[u8]) {
        let Ok(entry) = serde_json::from_slice::<Entry>(bytes) else { return };
        let named = match entry.event {
            Event::Prompted { words, images, .. } => {
                images.into_iter().for_each(|image| _ = self.named.entry(image).or_insert(index));
                words
            }
            Event::Replied { reply, .. } => Some(reply),
            Event::Checkpointed { manifest, .. } => Some(manifest),
            Event::Evidenced { judgement: digest, .. } | Event::Synced { seen: digest, .. } => Some(digest),
            Event::Finished { outcome: Outcome { output, .. }, .. } | Event::Failed { outcome: Outcome { output, .. }, .. } => output,
            Event::Proposed { intent, .. } => self.deed(index, &intent.deed),
            _ => None,
        };
        if let Some(digest) = named {
            self.named.entry(digest).or_insert(index);
        }
    }

    fn deed(&mut self, index: u64, deed: &Deed) -> Option<Digest> {
        match deed {
            Deed::Write { content: digest, .. } | Deed::Edit { edits: digest, .. } | Deed::Plan { steps: digest } | Deed::Accept { text: digest, .. } => Some(*digest),
            Deed::Publish { issues: digest, .. } | Deed::Remember { text: digest, .. } => Some(*digest),
            Deed::Delegate { task, from, .. } => {
                if !is_nothing(from) {
                    self.named.entry(*from).or_insert(index);
                }
                Some(*task)
            }
            Deed::Take { change, .. } if is_nothing(change) => None,
            Deed::McpTrust { tools: digest, .. } | Deed::McpCall { arguments: digest, .. } => Some(*digest),
            deed if deed.is_rehearsal() => None,
            Deed::Land { change, .. } | Deed::Change { change, .. } | Deed::Take { change, .. } => {
                self.change_sets.entry(*change).or_insert(index);
                Some(*change)
            }
            _ => None,
        }
    }

    /// The first entry that names a blob which `read` does not give, in words. Contents of change sets count as named.
    pub(crate) fn missing(mut self, read: &dyn Fn(&Digest) -> Option<Vec<u8>>) -> Option<String> {
        for (digest, index) in std::mem::take(&mut self.change_sets) {
            let change_set = read(&digest).and_then(|bytes| serde_json::from_slice::<ChangeSet>(&bytes).ok());
            for content in change_set.iter().flat_map(|set| &set.changes).filter_map(content_after) {
                self.named.entry(content).or_insert(index);
            }
        }
        let lost = self.named.iter().filter(|(digest, _)| read(digest).is_none());
        let (digest, index) = lost.min_by_key(|(_, index)| **index)?;
        Some(format!("entry {index} names the blob {digest}, which is not there"))
    }
}

/// What a session had not filled in yet when it was refused.
fn is_nothing(digest: &Digest) -> bool {
    *digest == Digest::of_bytes(b"")
}

fn content_after(change: &Change) -> Option<Digest> {
    match &change.after {
        Some(Content::File { digest, .. }) => Some(*digest),
        _ => None,
    }
}
