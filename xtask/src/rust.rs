//! Enough of Rust's grammar to count and to search: where strings and comments are, what the words are, where functions begin
//! and end. It knows no types and expands no macros; a function inside `macro_rules!` is seen as it is written.

use std::ops::Range;

/// A source file, taken apart.
pub(crate) struct Rust {
    /// The comments, everything else blank; same length and lines as the file.
    comments: String,
    /// The code, strings and comments blank; same length and lines as the file.
    code: String,
    tokens: Vec<Token>,
}

/// A word, or one punctuation mark.
#[derive(Clone)]
struct Token {
    at: Range<usize>,
    line: usize,
}

/// A function with a body.
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// The line of its `fn`, from 1.
    pub(crate) line: usize,
    /// Lines from `fn` to the closing brace.
    pub(crate) lines: usize,
}

impl Rust {
    /// Takes a file apart.
    pub(crate) fn read(text: &str) -> Self {
        let (code, comments) = split(text);
        let tokens = tokens(&code);
        Self { comments, code, tokens }
    }

    /// The lines on which the words follow each other, whatever white space is between: `["thread", ":", ":", "sleep"]`.
    pub(crate) fn lines_with(&self, words: &[&str]) -> Vec<usize> {
        self.places_of(words).into_iter().filter_map(|i| self.line(i)).collect()
    }

    /// Whether the words follow each other anywhere.
    pub(crate) fn has(&self, words: &[&str]) -> bool {
        !self.places_of(words).is_empty()
    }

    /// Each word that follows directly after one of `keywords`, with its line: names of types after `struct`, say.
    pub(crate) fn names_after(&self, keywords: &[&str]) -> Vec<(String, usize)> {
        (0..self.tokens.len())
            .filter(|i| keywords.contains(&self.word(*i)))
            .filter(|i| self.word(i + 1).starts_with(|c: char| c.is_alphabetic() || c == '_'))
            .filter_map(|i| Some((self.word(i + 1).to_owned(), self.line(i + 1)?)))
            .collect()
    }

    /// The words between `{` and its `}`, for each place where `opening` is followed by `{`.
    pub(crate) fn groups_after(&self, opening: &[&str]) -> Vec<(usize, Vec<&str>)> {
        let mut groups = Vec::new();
        for i in self.places_of(opening) {
            let brace = i + opening.len();
            if self.word(brace) == "{" {
                let end = self.closing(brace);
                let words = (brace + 1..end).map(|j| self.word(j)).collect();
                groups.extend(self.line(i).map(|line| (line, words)));
            }
        }
        groups
    }

    /// The comments of each line, from line 1; empty where there is none.
    pub(crate) fn comment_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.comments.lines().enumerate().map(|(i, line)| (i + 1, line.trim()))
    }

    /// The code of each line, from line 1; empty where there is none.
    pub(crate) fn code_lines(&self) -> Vec<&str> {
        self.code.lines().map(str::trim).collect()
    }

    /// How many lines are documentation (`///`, `//!`).
    pub(crate) fn doc_lines(&self) -> usize {
        self.comment_lines().filter(|(_, line)| line.starts_with("///") || line.starts_with("//!")).count()
    }

    /// All functions with a body, in their order.
    pub(crate) fn functions(&self) -> Vec<Function> {
        (0..self.tokens.len()).filter(|i| self.word(*i) == "fn").filter_map(|i| self.function(i)).collect()
    }

    /// The lines of modules that are there for tests only: `#[cfg(test)] mod … { … }`.
    pub(crate) fn test_lines(&self) -> Vec<Range<usize>> {
        let mut regions = Vec::new();
        for (attribute, name) in self.test_modules() {
            if self.word(name + 1) == "{" {
                let (start, end) = (self.line(attribute), self.line(self.closing(name + 1)));
                regions.extend(start.zip(end).map(|(start, end)| start..end + 1));
            }
        }
        regions
    }

    /// Whether the module with this name is declared, and is there for tests only.
    pub(crate) fn declares_for_tests(&self, module: &str) -> bool {
        self.test_modules().into_iter().any(|(_, name)| self.word(name) == module)
    }

    /// Whether the module with this name is declared as a file.
    pub(crate) fn declares(&self, module: &str) -> bool {
        self.has(&["mod", module, ";"])
    }

    fn function(&self, keyword: usize) -> Option<Function> {
        let name = self.word(keyword + 1);
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None; // a pointer type, or a name that a macro makes
        }
        let mut depth = 0_i32;
        let body = (keyword + 2..self.tokens.len()).find(|i| {
            match self.word(*i) {
                "(" | "[" => depth += 1,
                ")" | "]" => depth -= 1,
                _ => {}
            }
            depth == 0 && matches!(self.word(*i), "{" | ";")
        })?;
        if self.word(body) == ";" {
            return None;
        }
        let (line, end) = (self.line(keyword)?, self.line(self.closing(body))?);
        Some(Function { name: name.to_owned(), line, lines: end - line + 1 })
    }

    /// Places of the attribute and of the module's name, for each `#[cfg(test)] mod`.
    fn test_modules(&self) -> Vec<(usize, usize)> {
        let plain = ["#", "[", "cfg", "(", "test", ")", "]"];
        let all = ["#", "[", "cfg", "(", "all", "(", "test"];
        let mut modules = Vec::new();
        for attribute in self.places_of(&plain).into_iter().chain(self.places_of(&all)) {
            let mut i = attribute;
            while self.word(i) == "#" {
                i = self.closing(i + 1) + 1; // over the attributes that follow
            }
            if self.word(i) == "pub" {
                i = if self.word(i + 1) == "(" { self.closing(i + 1) + 1 } else { i + 1 };
            }
            if self.word(i) == "mod" {
                modules.push((attribute, i + 1));
            }
        }
        modules
    }

    fn places_of(&self, words: &[&str]) -> Vec<usize> {
        (0..self.tokens.len()).filter(|i| words.iter().enumerate().all(|(k, word)| self.word(i + k) == *word)).collect()
    }

    /// The place of the bracket that closes the one at `open`; the end of the file where none does.
    fn closing(&self, open: usize) -> usize {
        let mut depth = 0_i32;
        for i in open..self.tokens.len() {
            match self.word(i) {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            if depth <= 0 {
                return i;
            }
        }
        self.tokens.len().saturating_sub(1)
    }

    /// The token at a place; empty beyond the end.
    fn word(&self, i: usize) -> &str {
        self.tokens.get(i).and_then(|token| self.code.get(token.at.clone())).unwrap_or("")
    }

    fn line(&self, i: usize) -> Option<usize> {
        self.tokens.get(i).map(|token| token.line)
    }
}

/// The code without strings and comments, and the comments without code.
fn split(text: &str) -> (String, String) {
    let blank: Vec<u8> = text.bytes().map(|b| if b == b'\n' { b'\n' } else { b' ' }).collect();
    let (mut code, mut comments) = (blank.clone(), blank);
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (piece, length) = piece(rest, text.get(..at).unwrap_or(""));
        let range = at..at + length;
        let target = match piece {
            Piece::Code => Some(&mut code),
            Piece::Comment => Some(&mut comments),
            Piece::Text => None,
        };
        if let Some((to, from)) = target.and_then(|to| to.get_mut(range.clone())).zip(text.as_bytes().get(range)) {
            to.copy_from_slice(from);
        }
        at += length;
    }
    (String::from_utf8_lossy(&code).into_owned(), String::from_utf8_lossy(&comments).into_owned())
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece {
    Code,
    Comment,
    Text,
}

/// What `rest` begins with, and its length in bytes (at least one character).
fn piece(rest: &str, before: &str) -> (Piece, usize) {
    let character = rest.chars().next().map_or(1, char::len_utf8);
    if rest.starts_with("//") {
        return (Piece::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Piece::Comment, block_comment(rest));
    }
    if let Some(length) = raw_string(rest).filter(|_| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')) {
        return (Piece::Text, length);
    }
    match rest.chars().next() {
        Some('"') => (Piece::Text, string(rest)),
        Some('\'') => char_literal(rest).map_or((Piece::Code, character), |length| (Piece::Text, length)),
        _ => (Piece::Code, character),
    }
}

/// Length of a comment `/* … */`, which may hold others.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        let step = match tail {
            _ if tail.starts_with("/*") => (1, 2),
            _ if tail.starts_with("*/") => (-1, 2),
            _ => (0, tail.chars().next().map_or(1, char::len_utf8)),
        };
        depth += step.0;
        at += step.1;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Length of `r"…"`, `r#"…"#`, `br"…"` and the like.
fn raw_string(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r"].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let after = rest.get(prefix.len()..)?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(prefix.len() + hashes + 1 + length)
}

/// Length of `"…"`.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Length of `'x'` or `'\u{7f}'`; nothing for a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let mut inside = rest.char_indices().skip(1);
    match inside.next()? {
        (_, '\\') => {
            inside.next(); // what is escaped may be a quote
            inside.find(|(_, c)| *c == '\'').map(|(at, _)| at + 1)
        }
        _ => inside.next().filter(|(_, c)| *c == '\'').map(|(at, _)| at + 1),
    }
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut line = 1;
    let mut in_word = false;
    for (at, c) in code.char_indices() {
        let word = c.is_alphanumeric() || c == '_';
        match tokens.last_mut() {
            Some(last) if word && in_word => last.at.end = at + c.len_utf8(),
            _ if c.is_whitespace() => {}
            _ => tokens.push(Token { at: at..at + c.len_utf8(), line }),
        }
        in_word = word;
        line += usize::from(c == '\n');
    }
    tokens
}

#[cfg(test)]
mod tests;
