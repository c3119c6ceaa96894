//! The grammar of bash, by recursive descent: lists, pipelines, compound commands, redirections, here-documents.
//!
//! Our own, because the ready-made grammar reads some texts otherwise than bash does, and says nothing: `rm$IFS/` as two
//! words with a lone `$`, `-de\⏎lete` as two arguments. A reader that guards something must have bash's reading or none, so
//! whatever is not surely understood is [`Unreadable`]. Knows nothing of what commands mean.

use std::cell::Cell;
use std::rc::Rc;

use super::lex::Until;
use super::redirect::{Pending, fill};
use super::syntax::{AndOr, Assignment, Command, Join, List, Part, Pipeline, Shape, Word};
use crate::sighting::Span;

/// Texts longer than this are not read.
const LONGEST_TEXT: usize = 1 << 20;
/// Compound commands and expansions nested deeper than this are not read.
const DEEPEST: u32 = 40;
/// Texts that take more steps down than this (`$((` may be tried twice a level) are not read.
const MOST_STEPS: u32 = 200_000;
/// Reading this many bytes a second time costs as much as a step down.
const BYTES_A_STEP: usize = 16;

const KEYWORDS: [&str; 22] = [
    "!", "[[", "]]", "{", "}", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in",
    "select", "then", "time", "until", "while",
];

/// Which shell would read a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `bash`, with the options that it starts with.
    #[default]
    Bash,
    /// `sh` is one shell here and another there: only what all of them read alike has a reading.
    Sh,
    /// `zsh`: what it reads otherwise than bash has no reading, or both.
    Zsh,
}

/// Reads a whole text.
pub(super) fn parse(text: &str, dialect: Dialect) -> Result<List, Unreadable> {
    parse_so_far(text, dialect).map_err(|(_, why)| why)
}

/// Reads a whole text, or what of it comes before the command that has no reading: a shell runs that all the same.
pub(super) fn parse_so_far(text: &str, dialect: Dialect) -> Result<List, (List, Unreadable)> {
    if text.len() > LONGEST_TEXT {
        return Err((List::new(), Unreadable::TooLong));
    }
    if text.contains('\0') {
        return Err((List::new(), Unreadable::Unsupported("a NUL")));
    }
    Parser::new(text, dialect).program()
}

/// Where reading has got to.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) depth: u32,
    dialect: Dialect,
    steps: Rc<Cell<u32>>,
    /// Where an escaped newline ended, and whether a word could begin before it.
    joined: Option<(usize, bool)>,
    /// Here-documents whose bodies begin after the next newline.
    pub(super) pending: Vec<Pending>,
    /// Bodies read so far, by the number that the redirect holds.
    pub(super) bodies: Vec<Option<Word>>,
    /// Whether its bytes are those of the text that was given.
    placed: bool,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, dialect: Dialect) -> Self {
        Self { text, at: 0, depth: 0, dialect, steps: Rc::default(), joined: None, pending: Vec::new(), bodies: Vec::new(), placed: true }
    }

    /// Refuses what only bash reads so.
    pub(super) fn only_in_bash(&self, what: &'static str) -> Result<(), Unreadable> {
        match self.dialect {
            Dialect::Bash | Dialect::Zsh => Ok(()),
            Dialect::Sh => Err(Unreadable::Unsupported(what)),
        }
    }

    /// Refuses what zsh reads otherwise than the others.
    pub(super) fn not_in_zsh(&self, is_there: bool, what: &'static str) -> Result<(), Unreadable> {
        match is_there && self.dialect == Dialect::Zsh {
            true => Err(Unreadable::Unsupported(what)),
            false => Ok(()),
        }
    }

    /// A parser for a text that was found inside this one, under the same bounds.
    pub(super) fn inner<'i>(&self, text: &'i str) -> Parser<'i> {
        Parser { depth: self.depth, steps: Rc::clone(&self.steps), placed: false, ..Parser::new(text, self.dialect) }
    }

    /// Everything up to the end.
    pub(super) fn program(mut self) -> Result<List, (List, Unreadable)> {
        let mut list = List::new();
        let mut result = self.list_into(&mut list).and_then(|()| match self.peek() {
            None if self.pending.is_empty() => Ok(()),
            None => Err(Unreadable::Unclosed),
            Some(_) => Err(self.unexpected()),
        });
        list.retain_mut(|item| match fill(std::slice::from_mut(item), &self.bodies) {
            Ok(()) => true,
            Err(why) => {
                result = result.and(Err(why));
                false
            }
        });
        match result {
            Ok(()) => Ok(list),
            Err(why) => Err((list, why)),
        }
    }

    /// A list that `)` closes, with it. Here-documents begun inside must end inside.
    pub(super) fn closed_list(&mut self) -> Result<List, Unreadable> {
        self.deeper(|parser| {
            let outer_pending = std::mem::take(&mut parser.pending);
            let outer_bodies = std::mem::take(&mut parser.bodies);
            let list = parser.closed_list_alone(!outer_pending.is_empty());
            // Also where it has no reading: what stands before it has its own here-documents.
            parser.pending = outer_pending;
            parser.bodies = outer_bodies;
            list
        })
    }

    fn closed_list_alone(&mut self, line_goes_on: bool) -> Result<List, Unreadable> {
        let start = self.at;
        let mut list = self.list()?;
        self.expect(")")?;
        if line_goes_on && self.text.get(start..self.at).is_none_or(|t| t.contains('\n')) {
            return Err(Unreadable::Unsupported("a here-document whose line goes on inside a `(`"));
        }
        if !self.pending.is_empty() {
            return Err(Unreadable::Unsupported("a here-document across a `)`"));
        }
        fill(&mut list, &self.bodies)?;
        Ok(list)
    }

    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Unreadable>) -> Result<T, Unreadable> {
        self.steps.set(self.steps.get() + 1);
        if self.depth >= DEEPEST || self.steps.get() > MOST_STEPS {
            return Err(Unreadable::TooDeep);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Commands until something that no command begins with.
    pub(super) fn list(&mut self) -> Result<List, Unreadable> {
        let mut list = List::new();
        self.list_into(&mut list)?;
        Ok(list)
    }

    fn list_into(&mut self, list: &mut List) -> Result<(), Unreadable> {
        loop {
            self.newlines()?;
            if self.at_end_of_list() {
                return Ok(());
            }
            let mut item = self.and_or()?;
            self.blanks();
            match (self.peek(), self.peek_at(1)) {
                (Some(b';'), Some(b';' | b'&')) => {
                    list.push(item);
                    return Ok(());
                }
                (Some(b';'), _) => self.at += 1,
                (Some(b'&'), _) => {
                    self.at += 1;
                    item.background = true;
                    // `&!` and `&|` let go of the job.
                    if self.dialect == Dialect::Zsh && matches!(self.peek(), Some(b'!' | b'|')) {
                        self.at += 1;
                    }
                }
                (Some(b'\n'), _) => {}
                _ => {
                    list.push(item);
                    return Ok(());
                }
            }
            list.push(item);
        }
    }

    fn at_end_of_list(&mut self) -> bool {
        match self.peek() {
            None | Some(b')') => true,
            Some(b';') => self.peek_at(1).is_some_and(|b| b == b';' || b == b'&'),
            Some(_) => matches!(self.keyword(), Some("then" | "else" | "elif" | "fi" | "do" | "done" | "esac" | "}")),
        }
    }

    fn and_or(&mut self) -> Result<AndOr, Unreadable> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.blanks();
            let join = match (self.peek(), self.peek_at(1)) {
                (Some(b'&'), Some(b'&')) => Join::IfDone,
                (Some(b'|'), Some(b'|')) => Join::IfFailed,
                _ => return Ok(AndOr { first, rest, background: false }),
            };
            self.at += 2;
            self.newlines()?;
            rest.push((join, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline, Unreadable> {
        self.blanks();
        while let Some(word @ ("!" | "time")) = self.keyword() {
            self.at += word.len();
            self.blanks();
            if word == "time" && self.rest().starts_with("-p") && self.peek_at(2).is_some_and(|b| b == b' ' || b == b'\t') {
                self.at += 2;
                self.blanks();
            }
        }
        let mut stages = vec![self.command()?];
        loop {
            self.blanks();
            match (self.peek(), self.peek_at(1)) {
                (Some(b'|'), Some(b'|')) => break,
                (Some(b'|'), Some(b'&')) => {
                    self.only_in_bash("`|&`")?;
                    self.at += 2;
                }
                (Some(b'|'), _) => self.at += 1,
                _ => break,
            }
            self.newlines()?;
            stages.push(self.command()?);
        }
        Ok(Pipeline { stages })
    }

    /// What was read from there up to here.
    pub(super) fn span_from(&self, start: usize) -> Option<Span> {
        self.placed.then(|| Span::new(start, self.at))
    }

    pub(super) fn command(&mut self) -> Result<Command, Unreadable> {
        self.blanks();
        let start = self.at;
        let shape = match (self.peek(), self.keyword()) {
            (Some(b'('), _) => Some(self.parenthesis()?),
            (_, Some(keyword)) => self.deeper(|parser| parser.compound(keyword))?,
            _ => None,
        };
        match shape {
            Some(shape) => {
                let mut redirects = Vec::new();
                let mut span = self.span_from(start);
                while let Some(redirect) = self.redirect()? {
                    redirects.push(redirect);
                    span = self.span_from(start);
                }
                Ok(Command { shape, redirects, span })
            }
            None => self.simple(),
        }
    }

    fn simple(&mut self) -> Result<Command, Unreadable> {
        let mut assignments = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let mut redirects = Vec::new();
        let first = self.at;
        let mut span = None;
        loop {
            span = self.span_from(first).filter(|_| self.at > first).or(span);
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if words.is_empty() && let Some(assignment) = self.assignment()? {
                assignments.push(assignment);
                continue;
            }
            let start = self.at;
            let word = match words.first().and_then(Word::plain) {
                Some("declare" | "typeset" | "local" | "export" | "readonly") => self.word_or_array()?,
                _ => self.word(Until::Operator)?,
            };
            if self.at == start {
                break;
            }
            words.push(word);
        }
        if words.first().and_then(Word::plain).is_some_and(|word| KEYWORDS.contains(&word)) {
            return Err(self.unexpected()); // spelled with a joined line
        }
        if self.peek() == Some(b'(') {
            let function = self.function_after(&words, assignments.is_empty() && redirects.is_empty())?;
            return Ok(Command { span: self.span_from(first), ..function });
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err(self.unexpected());
        }
        Ok(Command { shape: Shape::Simple { assignments, words }, redirects, span })
    }

    fn assignment(&mut self) -> Result<Option<Assignment>, Unreadable> {
        let start = self.at;
        let length = self.rest().bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let name = self.rest().get(..length).unwrap_or_default().to_owned();
        if !is_name(&name) {
            return Ok(None);
        }
        self.at += length;
        let index = match self.peek() {
            Some(b'[') => match self.index() {
                Ok(index) => Some(index),
                Err(Unreadable::TooDeep) => return Err(Unreadable::TooDeep),
                Err(_) => return self.back(start),
            },
            _ => None,
        };
        let append = self.peek() == Some(b'+');
        if append {
            self.at += 1;
        }
        if self.peek() != Some(b'=') {
            return self.back(start);
        }
        if append || index.is_some() {
            self.only_in_bash("an assignment of bash")?;
        }
        self.at += 1;
        let value = match self.peek() {
            Some(b'(') => self.array()?,
            _ => self.word(Until::Operator)?,
        };
        Ok(Some(Assignment { name, index, append, value }))
    }

    fn back<T>(&mut self, to: usize) -> Result<Option<T>, Unreadable> {
        self.again_from(to)?;
        Ok(None)
    }

    /// Goes back, to try another reading. What is read twice is paid for, so that no text is read over and over.
    pub(super) fn again_from(&mut self, to: usize) -> Result<(), Unreadable> {
        let twice = u32::try_from(self.at.saturating_sub(to) / BYTES_A_STEP).unwrap_or(u32::MAX);
        self.steps.set(self.steps.get().saturating_add(twice));
        self.at = to;
        match self.steps.get() > MOST_STEPS {
            true => Err(Unreadable::TooDeep),
            false => Ok(()),
        }
    }

    /// An argument of a declaration: it may be `name=(…)`.
    fn word_or_array(&mut self) -> Result<Word, Unreadable> {
        let start = self.at;
        let length = self.rest().bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let name = self.rest().get(..length).unwrap_or_default().to_owned();
        self.at += length;
        if self.rest().starts_with("=(") {
            self.at += 1;
            let mut word = self.array()?;
            word.parts.insert(0, Part::Plain(format!("{name}=")));
            return Ok(word);
        }
        self.at = start;
        self.word(Until::Operator)
    }

    fn array(&mut self) -> Result<Word, Unreadable> {
        self.at += 1;
        self.only_in_bash("an array")?;
        self.no_here_document_waits()?;
        let mut words = Vec::new();
        loop {
            self.newlines()?;
            if self.peek() == Some(b')') {
                self.at += 1;
                return Ok(Word { parts: vec![Part::Array(words)] });
            }
            let start = self.at;
            words.push(self.word(Until::Operator)?);
            if self.at == start {
                return Err(self.unexpected());
            }
        }
    }

    /// Blanks, joined lines and comments; not the newline itself.
    pub(super) fn blanks(&mut self) {
        loop {
            match (self.peek(), self.peek_at(1)) {
                (Some(b' ' | b'\t'), _) => self.at += 1,
                (Some(b'\\'), Some(b'\n')) => {
                    let fresh = self.at_word_start();
                    self.at += 2;
                    self.joined = Some((self.at, fresh));
                }
                (Some(b'#'), _) if self.at_word_start() => {
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                }
                _ => return,
            }
        }
    }

    fn at_word_start(&self) -> bool {
        if let Some((at, fresh)) = self.joined && at == self.at {
            return fresh;
        }
        let before = self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at));
        before.is_none_or(|b| b" \t\n;&|()<>".contains(b))
    }

    pub(super) fn newlines(&mut self) -> Result<(), Unreadable> {
        loop {
            self.blanks();
            if self.peek() != Some(b'\n') {
                return Ok(());
            }
            self.at += 1;
            self.here_bodies()?;
        }
    }

    /// The word here, where it is plain letters that may be a keyword and ends here.
    pub(super) fn keyword(&self) -> Option<&'t str> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.bytes().position(|b| b" \t\n;&|()<>".contains(&b)).unwrap_or(rest.len());
        let word = rest.get(..length)?;
        KEYWORDS.iter().find(|k| **k == word).copied()
    }

    pub(super) fn closing(&mut self, keyword: &str) -> Result<(), Unreadable> {
        match self.keyword() == Some(keyword) {
            true => {
                self.at += keyword.len();
                Ok(())
            }
            false => Err(self.unexpected()),
        }
    }

    pub(super) fn expect(&mut self, token: &str) -> Result<(), Unreadable> {
        match self.rest().starts_with(token) {
            true => {
                self.at += token.len();
                Ok(())
            }
            false => Err(self.unexpected()),
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The character here, which is passed. There is one.
    pub(super) fn character(&mut self) -> char {
        let c = self.rest().chars().next().unwrap_or_default();
        self.at += c.len_utf8();
        c
    }

    pub(super) fn unexpected(&self) -> Unreadable {
        match self.peek() {
            None => Unreadable::Unclosed,
            Some(_) => Unreadable::Unexpected(self.at),
        }
    }
}

/// Whether a text can name a variable.
pub(super) fn is_name(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Why a text has no reading here. Whoever asked treats the text as opaque.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    /// A quote, bracket or here-document does not end.
    #[error("something in it does not end")]
    Unclosed,
    /// This cannot stand at that byte.
    #[error("byte {0} cannot stand where it stands")]
    Unexpected(usize),
    /// Read differently by different shells or options.
    #[error("it holds {0}, which has more than one reading")]
    Unsupported(&'static str),
    /// Nested too deep.
    #[error("it is nested too deep")]
    TooDeep,
    /// Too many bytes.
    #[error("it is too long")]
    TooLong,
}

#[cfg(test)]
mod tests;
