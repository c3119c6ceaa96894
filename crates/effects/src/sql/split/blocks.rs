//! Whether a semicolon ends a statement, or stands within the body of a routine or of a block.

use super::Dialect;

/// Words before the kind of thing that `CREATE` makes.
const BETWEEN: usize = 12;

/// The keywords of a statement so far.
#[derive(Debug)]
pub(super) struct Blocks {
    dialect: Dialect,
    /// The first words, in capitals.
    head: Vec<String>,
    /// Whether it makes a routine, so that a body may follow.
    routine: bool,
    depth: usize,
    /// After `BEGIN`, until the next word says whether a block or a transaction begins.
    begins: bool,
    /// After `END`, until the next word says what ends.
    ends: bool,
}

impl Blocks {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { dialect, head: Vec::new(), routine: false, depth: 0, begins: false, ends: false }
    }

    pub(super) fn reset(&mut self) {
        *self = Self::new(self.dialect);
    }

    /// Whether a semicolon that stands here is the end.
    pub(super) fn is_closed_by_semicolon(&mut self) -> bool {
        self.begins &= self.routine; // `BEGIN;` begins a transaction
        self.settle("");
        self.depth == 0
    }

    /// Whether lines of data follow, up to `\.`.
    pub(super) fn copies_from_stdin(&self) -> bool {
        let has = |word: &str| self.head.iter().any(|w| w == word);
        self.head.first().is_some_and(|w| w == "COPY") && has("FROM") && has("STDIN")
    }

    /// Something that is no word.
    pub(super) fn sign(&mut self) {
        self.settle("");
    }

    /// The next word.
    pub(super) fn word(&mut self, word: &str) {
        if word.len() > 16 {
            return self.sign();
        }
        let word = word.to_ascii_uppercase();
        let after_end = self.ends;
        self.settle(&word);
        self.remember(&word);
        if !self.routine && !matches!(self.dialect, Dialect::Mssql | Dialect::Bigquery) {
            return;
        }
        match word.as_str() {
            "BEGIN" => self.begins = true,
            "CASE" if !after_end => self.depth += 1,
            "END" => self.ends = true,
            _ => {}
        }
    }

    /// What `BEGIN` or `END` before it meant is now clear.
    fn settle(&mut self, next: &str) {
        const OF_TRANSACTIONS: &[&str] =
            &["TRAN", "TRANSACTION", "WORK", "DEFERRED", "IMMEDIATE", "EXCLUSIVE", "CONCURRENT", "DISTRIBUTED", "ISOLATION", "READ"];
        if std::mem::take(&mut self.begins) && !OF_TRANSACTIONS.contains(&next) {
            self.depth += 1;
        }
        // `END IF` ends what was not counted as begun.
        if std::mem::take(&mut self.ends) && !["IF", "LOOP", "WHILE", "REPEAT", "FOR"].contains(&next) {
            self.depth = self.depth.saturating_sub(1);
        }
    }

    fn remember(&mut self, word: &str) {
        if self.head.len() >= 64 {
            return;
        }
        self.head.push(word.to_owned());
        if self.head.len() > BETWEEN {
            return;
        }
        let makes = self.head.first().is_some_and(|first| first == "CREATE" || first == "ALTER");
        let others = ["TABLE", "VIEW", "INDEX", "DATABASE", "SCHEMA", "USER", "ROLE", "SEQUENCE", "TYPE", "AS"];
        let other = self.head.iter().any(|word| others.contains(&word.as_str()));
        let routines = ["TRIGGER", "PROCEDURE", "PROC", "FUNCTION", "EVENT", "PACKAGE"];
        if makes && !other && routines.contains(&word) {
            self.routine = true;
        }
    }
}

#[cfg(test)]
mod tests;
