//! A text into its statements and the lines that are meant for the client program, by the quotes, comments and delimiters of one
//! dialect.
//!
//! What comes out is blank where comments were, so that nothing behind it has to know what a comment is. Where the end of a
//! statement is in doubt it is later rather than earlier: the piece then fails to parse, and is opaque.

use super::Dialect;
use crate::sighting::Span;

mod blocks;
mod copy;

/// Pieces of a script that are read; what comes after is opaque.
const MOST_PIECES: usize = 20_000;

/// What becomes of `/*! … */`, which MySQL runs and everybody else skips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Executable {
    /// It is code.
    Run,
    /// It is a comment, as for a server of an older version.
    Skipped,
}

/// What a piece is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A statement, or several that cannot be told apart here.
    Statement,
    /// For the client program; `pending` where it stands within a statement.
    Command {
        /// Whether a statement was begun before it.
        pending: bool,
    },
    /// It has no end, or what it is depends on what nobody knows.
    Broken(&'static str),
}

/// A part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// A text in pieces.
#[derive(Debug)]
pub(super) struct Script {
    /// The text with blanks for comments and for lines of the client, byte for byte in place.
    clean: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) has_executable_comments: bool,
}

impl Script {
    /// A statement without its comments.
    pub(super) fn of(&self, span: Span) -> &str {
        self.clean.get(span.start..span.end).unwrap_or_default()
    }
}

/// Cuts a text.
pub(super) fn split(text: &str, dialect: Dialect, executable: Executable) -> Script {
    let mut splitter = Splitter::new(text, dialect, executable);
    splitter.run();
    let clean = String::from_utf8(splitter.clean).unwrap_or_default();
    Script { clean, pieces: splitter.pieces, has_executable_comments: splitter.has_executable_comments }
}

struct Splitter<'t> {
    text: &'t str,
    bytes: &'t [u8],
    dialect: Dialect,
    executable: Executable,
    clean: Vec<u8>,
    pieces: Vec<Piece>,
    has_executable_comments: bool,
    /// Executable comments in this piece.
    executed: usize,
    within_executable: bool,
    at: usize,
    /// Where the first thing of this piece is.
    begun: Option<usize>,
    /// Where the last thing of this piece ends.
    ended: usize,
    delimiter: String,
    blocks: blocks::Blocks,
    /// Whether no line `\.` comes any more.
    no_more_data: bool,
}

impl<'t> Splitter<'t> {
    fn new(text: &'t str, dialect: Dialect, executable: Executable) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            dialect,
            executable,
            clean: text.as_bytes().to_vec(),
            pieces: Vec::new(),
            has_executable_comments: false,
            executed: 0,
            within_executable: false,
            at: 0,
            begun: None,
            ended: 0,
            delimiter: ";".into(),
            blocks: blocks::Blocks::new(dialect),
            no_more_data: false,
        }
    }

    fn run(&mut self) {
        let mut line_start = true;
        while let Some(byte) = self.byte(0) {
            if self.pieces.len() >= MOST_PIECES {
                return self.broken_from(self.begun.unwrap_or(self.at), "more statements than are read");
            }
            if line_start && !byte.is_ascii_whitespace() && self.client_line() {
                continue;
            }
            line_start = byte == b'\n' || (line_start && byte.is_ascii_whitespace());
            self.step(byte);
        }
        if self.within_executable {
            self.broken_from(self.begun.unwrap_or(self.at), "a comment without an end");
        } else {
            self.cut(self.bytes.len());
        }
    }

    /// One thing: a comment, a string, a word, a delimiter, a sign.
    fn step(&mut self, byte: u8) {
        let mysql = self.dialect == Dialect::Mysql;
        match byte {
            b'-' if self.byte(1) == Some(b'-') && (!mysql || self.byte(2).is_none_or(|b| b.is_ascii_whitespace() || b.is_ascii_control())) => {
                self.line_comment();
            }
            b'#' if matches!(self.dialect, Dialect::Mysql | Dialect::Bigquery) => self.line_comment(),
            b'/' if self.byte(1) == Some(b'*') => self.comment(),
            b'*' if self.within_executable && self.byte(1) == Some(b'/') => {
                self.within_executable = false;
                self.blank(self.at, self.at + 2);
            }
            _ if self.at_delimiter() => {
                let end = self.at;
                self.at += self.delimiter.len();
                self.cut(end);
            }
            b'\'' | b'"' | b'`' => self.quoted(byte, self.escapes_with_backslash(byte)),
            b'[' if matches!(self.dialect, Dialect::Mssql | Dialect::Sqlite) => self.bracketed(),
            b'$' if self.dialect == Dialect::Postgres => self.dollar(),
            b'\\' if matches!(self.dialect, Dialect::Postgres | Dialect::Mysql) => self.backslash(),
            b if is_word(b) => self.word(),
            b if b.is_ascii_whitespace() => self.at += 1,
            _ => {
                self.blocks.sign();
                self.thing(self.at + 1);
            }
        }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Takes everything up to `end` as part of the statement.
    fn thing(&mut self, end: usize) {
        self.begun.get_or_insert(self.at);
        self.at = end.max(self.at + 1);
        self.ended = self.at.min(self.bytes.len());
    }

    /// Takes everything up to `end` as if it were not there.
    fn blank(&mut self, start: usize, end: usize) {
        let end = end.min(self.bytes.len());
        for byte in self.clean.get_mut(start..end).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        self.at = end.max(start + 1);
    }

    fn at_delimiter(&mut self) -> bool {
        let here = self.bytes.get(self.at..).unwrap_or_default();
        if !here.starts_with(self.delimiter.as_bytes()) {
            return false;
        }
        self.delimiter != ";" || self.blocks.is_closed_by_semicolon()
    }

    /// Ends the piece before `end`, and begins another.
    fn cut(&mut self, end: usize) {
        let Some(start) = self.begun.take() else { return self.blocks.reset() };
        let span = Span::new(start, self.ended.min(end));
        let kind = if self.executed > 1 { Kind::Broken("comments that are code only for some servers") } else { Kind::Statement };
        if self.executed > 1 {
            self.pieces.push(Piece { kind: Kind::Statement, span });
        }
        self.pieces.push(Piece { kind, span });
        self.executed = usize::from(self.within_executable);
        let copies = self.dialect == Dialect::Postgres && self.blocks.copies_from_stdin();
        self.blocks.reset();
        if copies {
            self.data_of_copy();
        }
    }

    /// The rest of the text cannot be cut.
    fn broken_from(&mut self, start: usize, why: &'static str) {
        let span = Span::new(start, self.bytes.len());
        self.begun = None;
        self.at = self.bytes.len();
        if !span.is_blank(self.text) {
            self.pieces.push(Piece { kind: Kind::Broken(why), span });
        }
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        rest.iter().position(|b| *b == b'\n').map_or(self.bytes.len(), |n| from + n)
    }

    fn line_comment(&mut self) {
        self.blank(self.at, self.line_end(self.at));
    }

    /// `/* … */`; within one another where the dialect has it so.
    fn comment(&mut self) {
        if self.dialect == Dialect::Mysql && self.executable_comment() {
            return;
        }
        let nests = matches!(self.dialect, Dialect::Postgres | Dialect::Mssql);
        let (start, mut depth) = (self.at, 0_usize);
        let mut at = self.at;
        loop {
            match (self.bytes.get(at), self.bytes.get(at + 1)) {
                (Some(b'/'), Some(b'*')) if nests || depth == 0 => (depth, at) = (depth + 1, at + 2),
                (Some(b'*'), Some(b'/')) => {
                    (depth, at) = (depth.saturating_sub(1), at + 2);
                    if depth == 0 {
                        return self.blank(start, at);
                    }
                }
                (Some(_), _) => at += 1,
                (None, _) => return self.broken_from(self.begun.unwrap_or(start), "a comment without an end"),
            }
        }
    }

    /// `/*!50001 code */`, `/*M! code */`: the marks are blank, the code stays.
    fn executable_comment(&mut self) -> bool {
        let rest = self.bytes.get(self.at + 2..).unwrap_or_default();
        let marks = if rest.starts_with(b"!") { 1 } else if rest.starts_with(b"M!") { 2 } else { return false };
        self.has_executable_comments = true;
        self.executed += 1;
        if self.executable == Executable::Skipped {
            self.executed = 0;
            return false;
        }
        if self.within_executable {
            self.broken_from(self.begun.unwrap_or(self.at), "a comment within one that is code");
            return true;
        }
        let digits = rest.get(marks..).unwrap_or_default().iter().take(6).take_while(|b| b.is_ascii_digit()).count();
        self.within_executable = true;
        self.blank(self.at, self.at + 2 + marks + digits);
        true
    }

    fn escapes_with_backslash(&self, quote: u8) -> bool {
        match self.dialect {
            Dialect::Mysql => quote != b'`',
            Dialect::Bigquery => true,
            _ => false,
        }
    }

    fn quoted(&mut self, quote: u8, backslash: bool) {
        self.blocks.sign();
        let triple = [quote; 3];
        let here = self.bytes.get(self.at..).unwrap_or_default();
        if self.dialect == Dialect::Bigquery && quote != b'`' && here.starts_with(&triple) {
            return self.until(self.at + 3, &triple, true, false);
        }
        self.until(self.at + 1, &[quote], backslash, self.dialect != Dialect::Bigquery);
    }

    /// `[name]`; SQL Server writes `]` within as `]]`.
    fn bracketed(&mut self) {
        self.blocks.sign();
        self.until(self.at + 1, b"]", false, self.dialect == Dialect::Mssql);
    }

    /// Up to the closing mark, which stands within when a backslash is before it or where it is `doubled`.
    fn until(&mut self, from: usize, close: &[u8], backslash: bool, doubled: bool) {
        let mut at = from;
        while let Some(byte) = self.bytes.get(at) {
            let here = self.bytes.get(at..).unwrap_or_default();
            if backslash && *byte == b'\\' {
                at += 2;
            } else if !here.starts_with(close) {
                at += 1;
            } else if doubled && here.get(close.len()..).is_some_and(|next| next.starts_with(close)) {
                at += 2 * close.len();
            } else {
                return self.thing(at + close.len());
            }
        }
        self.broken_from(self.begun.unwrap_or(self.at), "a quote without an end");
    }

    /// `$tag$ … $tag$`, or a parameter `$1`.
    fn dollar(&mut self) {
        self.blocks.sign();
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_' || **b >= 0x80).count();
        let tag = rest.get(..length).unwrap_or_default();
        if rest.get(length) != Some(&b'$') || tag.first().is_some_and(u8::is_ascii_digit) {
            return self.thing(self.at + 1 + length);
        }
        let mark = format!("${}$", String::from_utf8_lossy(tag));
        let from = self.at + mark.len();
        match self.text.get(from..).and_then(|rest| rest.find(&mark)) {
            Some(length) => self.thing(from + length + mark.len()),
            None => self.broken_from(self.begun.unwrap_or(self.at), "a quote without an end"),
        }
    }

    fn word(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|b| is_word(**b) || (**b == b'$' && self.dialect != Dialect::Bigquery)).count();
        let word = self.text.get(self.at..self.at + length).unwrap_or_default();
        // `E'…'` has escapes in PostgreSQL.
        if self.dialect == Dialect::Postgres && word.eq_ignore_ascii_case("e") && rest.get(length) == Some(&b'\'') {
            self.thing(self.at + length);
            return self.quoted(b'\'', true);
        }
        self.blocks.word(word);
        self.thing(self.at + length);
    }

    /// A command of `psql` or `mysql` that begins with a backslash; it goes to the end of its line.
    fn backslash(&mut self) {
        match (self.dialect, self.byte(1)) {
            // Ends the statement; in psql it is sent with the next one.
            (Dialect::Postgres, Some(b';')) | (Dialect::Mysql, Some(b'g' | b'G' | b'c')) => {
                let end = self.at;
                self.blank(self.at, self.at + 2);
                self.cut(end);
            }
            _ => {
                self.command(self.at);
            }
        }
    }

    /// A line that the client takes for itself, looked for where a line begins.
    fn client_line(&mut self) -> bool {
        let end = self.line_end(self.at);
        let line = self.text.get(self.at..end).unwrap_or_default().trim();
        let first: String = line.split_whitespace().next().unwrap_or_default().trim_end_matches(';').to_ascii_lowercase();
        let pending = self.begun.is_some();
        match self.dialect {
            Dialect::Mssql if first == "go" && line.len() < 16 => {
                self.blank(self.at, end);
                let before = self.ended;
                self.cut(before);
                true
            }
            Dialect::Mssql if line.starts_with("!!") || (line.starts_with(':') && !line.starts_with("::")) => self.command(self.at),
            Dialect::Sqlite if line.starts_with('.') && !pending => self.command(self.at),
            Dialect::Mysql if first == "delimiter" => {
                self.delimiter = line.split_whitespace().nth(1).unwrap_or(";").to_owned();
                self.blank(self.at, end);
                let before = self.ended;
                self.cut(before);
                true
            }
            Dialect::Mysql if !pending && super::client::is_mysql_command(&first) => self.command(self.at),
            _ => false,
        }
    }

    fn command(&mut self, start: usize) -> bool {
        let end = self.line_end(start);
        let written = self.text.get(start..end).unwrap_or_default();
        let span = Span::new(start, start + written.trim_end().len());
        let ends = self.dialect == Dialect::Postgres && super::client::sends(written);
        self.pieces.push(Piece { kind: Kind::Command { pending: self.begun.is_some() }, span });
        self.blank(start, end);
        if ends {
            let before = self.ended;
            self.cut(before);
        }
        true
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'@' || byte >= 0x80
}

impl Span {
    fn is_blank(self, text: &str) -> bool {
        text.get(self.start..self.end).unwrap_or_default().trim().is_empty()
    }
}

#[cfg(test)]
mod tests;
