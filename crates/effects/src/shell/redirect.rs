//! Redirections, and the bodies of here-documents: these come after the line that asks for them, so the redirection holds a
//! number until the body has been read.

use std::rc::Rc;

use super::lex::Until;
use super::parse::{Parser, Unreadable};
use super::syntax::{AndOr, Command, Part, Redirect, Shape, Way, Word};

/// A here-document whose body is still to come.
pub(super) struct Pending {
    number: usize,
    delimiter: String,
    quoted: bool,
    strip_tabs: bool,
}

impl Parser<'_> {
    pub(super) fn redirect(&mut self) -> Result<Option<Redirect>, Unreadable> {
        self.blanks();
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let operator = self.rest().get(digits..).unwrap_or_default();
        let both_outputs = digits == 0;
        let (length, way) = match operator {
            o if both_outputs && o.starts_with("&>>") => (3, Way::To),
            o if both_outputs && o.starts_with("&>") => (2, Way::To),
            o if o.starts_with("<<<") => (3, Way::Text),
            o if o.starts_with("<<-") => return self.here_document(digits + 3, true).map(Some),
            o if o.starts_with("<<") => return self.here_document(digits + 2, false).map(Some),
            o if o.starts_with("<>") => (2, Way::Both),
            o if o.starts_with("<&") || o.starts_with(">&") => (2, Way::Duplicate),
            o if o.starts_with(">>") || o.starts_with(">|") => (2, Way::To),
            o if o.starts_with("<(") || o.starts_with(">(") => return Ok(None),
            o if o.starts_with('<') => (1, Way::From),
            o if o.starts_with('>') => (1, Way::To),
            _ => return Ok(None),
        };
        if operator.starts_with('&') || operator.starts_with("<<<") {
            self.only_in_bash("a redirection of bash")?;
        }
        let number = operator.bytes().skip(1).take_while(|b| b.is_ascii_digit() || *b == b'-').count();
        let range = operator.starts_with('<') && number > 0 && operator.as_bytes().get(1 + number) == Some(&b'>');
        self.not_in_zsh(range, "`<…-…>`")?;
        self.not_in_zsh(operator.as_bytes().get(length) == Some(&b'!'), "`>!`")?;
        let first = self.at;
        self.at += digits + length;
        self.blanks();
        let start = self.at;
        let target = self.word(Until::Operator)?;
        match self.at == start {
            true => Err(self.unexpected()),
            false => Ok(Some(Redirect { way, target, span: self.span_from(first) })),
        }
    }

    /// The operator and the delimiter; the body comes after the line.
    fn here_document(&mut self, length: usize, strip_tabs: bool) -> Result<Redirect, Unreadable> {
        let first = self.at;
        self.at += length;
        self.blanks();
        let start = self.at;
        let word = self.word(Until::Operator)?;
        if self.at == start {
            return Err(self.unexpected());
        }
        let mut delimiter = String::new();
        let mut quoted = self.text.get(start..self.at).is_some_and(|t| t.contains('\\'));
        for part in &word.parts {
            match part {
                Part::Plain(text) => delimiter.push_str(text),
                Part::Quoted(text) => {
                    quoted = true;
                    delimiter.push_str(text);
                }
                _ => return Err(Unreadable::Unsupported("an expansion in a here-document's delimiter")),
            }
        }
        let number = self.bodies.len();
        self.bodies.push(None);
        self.pending.push(Pending { number, delimiter, quoted, strip_tabs });
        // The number stands in until `fill` puts the body in its place.
        Ok(Redirect { way: Way::Text, target: Word { parts: vec![Part::Plain(format!("\0{number}"))] }, span: self.span_from(first) })
    }

    pub(super) fn no_here_document_waits(&self) -> Result<(), Unreadable> {
        match self.pending.is_empty() {
            true => Ok(()),
            false => Err(Unreadable::Unsupported("a here-document whose line goes on inside a bracket")),
        }
    }

    pub(super) fn here_bodies(&mut self) -> Result<(), Unreadable> {
        for pending in std::mem::take(&mut self.pending) {
            let body = self.here_body(&pending)?;
            let word = match pending.quoted {
                true => Word { parts: vec![Part::Quoted(body)] },
                false => self.deeper(|parser| parser.inner(&body).word(Until::End))?,
            };
            if let Some(slot) = self.bodies.get_mut(pending.number) {
                *slot = Some(word);
            }
        }
        Ok(())
    }

    fn here_body(&mut self, pending: &Pending) -> Result<String, Unreadable> {
        let mut body = String::new();
        while self.at < self.text.len() {
            let length = self.rest().find('\n').map_or(self.rest().len(), |n| n + 1);
            let line = self.rest().get(..length).unwrap_or_default();
            self.at += length;
            let line = if pending.strip_tabs { line.trim_start_matches('\t') } else { line };
            if line.trim_end_matches('\n') == pending.delimiter {
                return Ok(body);
            }
            // Bash joins such lines before it looks for the delimiter.
            if !pending.quoted && line.ends_with("\\\n") {
                body.push_str(line.trim_end_matches("\\\n"));
                if line.ends_with("\\\\\n") {
                    return Err(Unreadable::Unsupported("a here-document line that ends in backslashes"));
                }
                let next = self.rest().lines().next().unwrap_or_default().trim_start_matches('\t');
                if next == pending.delimiter {
                    return Err(Unreadable::Unsupported("a here-document line joined to its delimiter"));
                }
                continue;
            }
            body.push_str(line);
        }
        Err(Unreadable::Unclosed)
    }
}

/// Puts the bodies of here-documents where their numbers stand.
pub(super) fn fill(list: &mut [AndOr], bodies: &[Option<Word>]) -> Result<(), Unreadable> {
    if bodies.is_empty() {
        return Ok(());
    }
    for item in list {
        let pipelines = std::iter::once(&mut item.first).chain(item.rest.iter_mut().map(|(_, p)| p));
        for command in pipelines.flat_map(|p| p.stages.iter_mut()) {
            fill_command(command, bodies)?;
        }
    }
    Ok(())
}

fn fill_command(command: &mut Command, bodies: &[Option<Word>]) -> Result<(), Unreadable> {
    for redirect in &mut command.redirects {
        let number = redirect.target.plain().and_then(|t| t.strip_prefix('\0')).map(str::to_owned);
        if let Some(number) = number {
            let body = number.parse().ok().and_then(|n: usize| bodies.get(n)).and_then(Option::as_ref);
            redirect.target = body.ok_or(Unreadable::Unclosed)?.clone();
        }
    }
    match &mut command.shape {
        Shape::Simple { .. } | Shape::Test(_) | Shape::Subshell(_) => {}
        Shape::Group(list) => fill(list, bodies)?,
        Shape::While { condition, body } => {
            fill(condition, bodies)?;
            fill(body, bodies)?;
        }
        Shape::For { body, .. } | Shape::Count { body, .. } => fill(body, bodies)?,
        Shape::If(arms) => {
            for (condition, body) in arms {
                fill(condition, bodies)?;
                fill(body, bodies)?;
            }
        }
        Shape::Case { arms, .. } => {
            for (_, body) in arms {
                fill(body, bodies)?;
            }
        }
        Shape::Function { body, .. } => match Rc::get_mut(body) {
            Some(body) => fill_command(body, bodies)?,
            None => return Err(Unreadable::Unclosed),
        },
    }
    Ok(())
}
