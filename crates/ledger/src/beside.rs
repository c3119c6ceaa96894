//! What stands beside the entries: the keys that come once and the subjects by which entries are found.
//!
//! No hash covers these rows, so whoever can write the store can hide an entry from its readers, or show it where it does not belong.
//! The entries say what the rows should be, to whoever knows their meaning: here the two are compared, row by row. First each row that
//! should be there is looked for; only where there are more rows than that, all of them are read to find those that should not.

use std::fmt;

use crate::ledger::ReadError;
use crate::store::Store;

/// What an entry is found by, as whoever knows its meaning says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The key that no other entry may have.
    pub once: Option<String>,
    /// What it can be looked up by.
    pub subjects: Vec<String>,
}

/// One of the two tables beside the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Index {
    /// Keys that come once.
    Once,
    /// Subjects.
    Subject,
}

impl Index {
    const ALL: [Self; 2] = [Self::Once, Self::Subject];

    fn as_str(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Subject => "subject",
        }
    }
}

/// One row beside the entries: a name, and the entry that it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The key or the subject.
    pub name: String,
    /// The entry.
    pub index: u64,
}

/// A row that is not as the entries have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Astray {
    /// It is not there: who looks for the name does not see the entry.
    Missing {
        /// In which table.
        of: Index,
        /// What should be there.
        row: Beside,
    },
    /// It leads to another entry than it should.
    Different {
        /// In which table.
        of: Index,
        /// What should be there.
        row: Beside,
        /// Where it leads.
        to: u64,
    },
    /// No entry says that it should be there.
    Extra {
        /// In which table.
        of: Index,
        /// What is there.
        row: Beside,
    },
    /// An entry that no signed head covers, though readers may find it.
    Uncovered {
        /// Its index.
        index: u64,
    },
}

impl fmt::Display for Astray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |f: &mut fmt::Formatter<'_>, of: &Index, row: &Beside| write!(f, "beside entry {}, table `{}`, `{}`: ", row.index, of.as_str(), row.name);
        match self {
            Self::Missing { of, row } => {
                place(f, of, row)?;
                f.write_str("the row is missing, and hides the entry from who looks for it")
            }
            Self::Different { of, row, to } => {
                place(f, of, row)?;
                write!(f, "the row leads to entry {to}")
            }
            Self::Extra { of, row } => {
                place(f, of, row)?;
                f.write_str("the row should not be there")
            }
            Self::Uncovered { index } => write!(f, "entry {index} is behind the end of what is signed"),
        }
    }
}

/// What a comparison came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// How many rows the entries ask for.
    pub rows: u64,
    /// Those that are not so, at most [`NAMED`] of them.
    pub astray: Vec<Astray>,
    /// How many more there are.
    pub more: u64,
}

/// So many are named; the rest is counted.
pub const NAMED: usize = 100;

/// Rows that are read at once.
const STRIDE: u64 = 1_024;

/// Says what an entry is found by.
pub type KeysOf<'k> = dyn Fn(u64, &[u8]) -> Result<Keys, String> + 'k;

/// Compares all of them for the first `size` entries. Others may append meanwhile: `newest` says how many entries are signed by then.
pub(crate) fn compare(store: &dyn Store, size: u64, keys_of: &KeysOf<'_>, newest: &dyn Fn() -> Result<u64, ReadError>) -> Result<Compared, ReadError> {
    let mut found = Compared::default();
    let mut present = [0; Index::ALL.len()];
    let mut from = 0;
    while from < size {
        let end = size.min(from + STRIDE);
        for entry in store.rows(from..end)? {
            for (of, name) in named(keys_of, entry.index, &entry.bytes)? {
                found.rows += 1;
                let row = Beside { name, index: entry.index };
                match (store.is_beside(of, &row)?, present.get_mut(of as usize)) {
                    (true, Some(count)) => *count += 1,
                    _ => found.add(Astray::Missing { of, row }),
                }
            }
        }
        from = end;
    }
    for (of, present) in Index::ALL.into_iter().zip(present) {
        if store.count_beside(of, 0..size)? != present || store.count_beside(of, size..u64::MAX)? != 0 {
            extra(store, of, size, keys_of, newest, &mut found)?;
        }
    }
    // Looked at before the head is read again, which then covers what others appended meanwhile.
    let behind = store.rows(size..u64::MAX)?;
    let signed = if behind.is_empty() { size } else { newest()? };
    behind.into_iter().filter(|row| row.index >= signed).for_each(|row| found.add(Astray::Uncovered { index: row.index }));
    Ok(found)
}

/// The rows that an entry asks for, each once.
fn named(keys_of: &KeysOf<'_>, index: u64, bytes: &[u8]) -> Result<Vec<(Index, String)>, ReadError> {
    let mut keys = keys_of(index, bytes).map_err(|why| ReadError::Unread { index, why })?;
    keys.subjects.sort_unstable();
    keys.subjects.dedup();
    let subjects = keys.subjects.into_iter().map(|subject| (Index::Subject, subject));
    Ok(keys.once.into_iter().map(|key| (Index::Once, key)).chain(subjects).collect())
}

/// Reads a whole table for the rows that no entry asks for.
fn extra(store: &dyn Store, of: Index, size: u64, keys_of: &KeysOf<'_>, newest: &dyn Fn() -> Result<u64, ReadError>, found: &mut Compared) -> Result<(), ReadError> {
    let (mut after, mut later) = (None, Vec::new());
    loop {
        let page = store.beside(of, after.as_ref(), STRIDE)?;
        for row in &page {
            if row.index >= size {
                later.push(row.clone());
                continue;
            }
            let entry = store.rows(row.index..row.index + 1)?.pop();
            let keys = entry.map(|entry| named(keys_of, entry.index, &entry.bytes)).transpose()?.unwrap_or_default();
            if !keys.contains(&(of, row.name.clone())) {
                found.strange(of, row.clone());
            }
        }
        match page.into_iter().next_back() {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    let signed = if later.is_empty() { size } else { newest()? };
    later.into_iter().filter(|row| row.index >= signed).for_each(|row| found.strange(of, row));
    Ok(())
}

impl Compared {
    fn add(&mut self, astray: Astray) {
        match self.astray.len() < NAMED {
            true => self.astray.push(astray),
            false => self.more += 1,
        }
    }

    /// A row that is there and should not: of a key that is missing elsewhere it is the same one, led astray.
    fn strange(&mut self, of: Index, row: Beside) {
        let led = self.astray.iter_mut().find(|astray| matches!(astray, Astray::Missing { of: Index::Once, row: missing } if of == Index::Once && missing.name == row.name));
        match led {
            Some(astray) => {
                if let Astray::Missing { of, row: should } = astray.clone() {
                    *astray = Astray::Different { of, row: should, to: row.index };
                }
            }
            None => self.add(Astray::Extra { of, row }),
        }
    }
}
