//! What the ledger keeps beside its entries, compared with what the entries say.
//!
//! Every reader but the audit finds entries by these rows, so a row that is missing hides an entry: a stop, an answer, a change. No hash
//! covers them; the entries do.

use ledger::{Compared, Keys};

use super::{Book, BookError, chain, once, read_entry, subjects};

impl Book {
    /// Compares all of them. The entries are believed, so they are verified first.
    pub fn compare_beside(&self) -> Result<Compared, BookError> {
        let acts = self.all_rows()?;
        let keys_of = |index: u64, bytes: &[u8]| {
            let (_, entry) = read_entry(index, bytes).map_err(|e| e.to_string())?;
            Ok(Keys { once: once(&entry.event), subjects: subjects(&entry.event).into_iter().chain(acts.get(&index).into_iter().flatten().cloned()).collect() })
        };
        self.ledger.compare_beside(&keys_of).map_err(|e| BookError::Read { why: chain(&e) })
    }
}
