//! What this process has seen of the ledger: a signed head and the edge of the tree under it.
//!
//! A new head is believed only if the log's key signed it, it has no fewer entries, and the entries that came since make
//! its root when they are added to what was seen: the ledger was appended to, not rewritten. It is kept in memory, so a
//! process that starts anew believes what is signed; that is why checkpoints should be kept elsewhere too.

use std::sync::Arc;

use crate::checkpoint::Checkpoint;
use crate::edge::Edge;
use crate::key::LogVerifier;
use crate::proof;
use crate::store::{HeadError, Nodes};

/// Leaves read at once when catching up with other processes.
const STRIDE: u64 = 4_096;

/// A head that was believed.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) note: String,
    pub(crate) edge: Edge,
}

impl Seen {
    /// Believes the first head: signed, and its root is the one over the hashes that are kept.
    pub(crate) fn first(note: String, nodes: &dyn Nodes, key: &LogVerifier) -> Result<Arc<Self>, HeadError> {
        let head = Checkpoint::verify(note.as_bytes(), key)?;
        let edge = proof::edge(nodes, head.size())?;
        Self::agreeing(note, edge, &head)
    }

    /// Believes a later head, or says why not.
    pub(crate) fn advance(
        self: &Arc<Self>,
        note: String,
        nodes: &dyn Nodes,
        key: &LogVerifier,
    ) -> Result<Arc<Self>, HeadError> {
        if note == self.note {
            return Ok(Arc::clone(self));
        }
        let head = Checkpoint::verify(note.as_bytes(), key)?;
        if head.size() < self.edge.size() {
            return Err(HeadError::RolledBack { seen: self.edge.size(), stored: head.size() });
        }
        let mut edge = self.edge.clone();
        while edge.size() < head.size() {
            let count = STRIDE.min(head.size() - edge.size());
            let leaves = nodes.nodes(0, edge.size(), count)?;
            leaves.into_iter().for_each(|leaf| edge.push(leaf, |_| {}));
        }
        Self::agreeing(note, edge, &head)
    }

    fn agreeing(note: String, edge: Edge, head: &Checkpoint) -> Result<Arc<Self>, HeadError> {
        if edge.root() == head.root() {
            Ok(Arc::new(Self { note, edge }))
        } else {
            Err(HeadError::Forked { size: head.size() })
        }
    }
}
