//! Words: quotes, escapes, expansions. One pass over the bytes, no backtracking but for `((`.
//!
//! What bash itself reads differently from one version or option to the next (extended globs, `$[…]`, quotes inside a quoted
//! `${…}`) is refused, so that a text has one reading or none.

use std::rc::Rc;

use super::parse::{Parser, Unreadable};
use super::syntax::{Operation, Parameter, Part, Word};

/// Where a word ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// At a blank or an operator.
    Operator,
    /// At a blank: inside `[[ … ]]`, where operators are words too.
    Blank,
    /// At the `}` that closes an expansion.
    Brace,
    /// At the `]` that closes an index.
    Bracket,
    /// At the end of the text: a here-document.
    End,
}

impl Parser<'_> {
    /// One word, without the blanks around it. May be empty.
    pub(super) fn word(&mut self, until: Until) -> Result<Word, Unreadable> {
        let mut pieces = Pieces::default();
        while let Some(byte) = self.peek() {
            if ends(until, byte) && !(byte == b'<' || byte == b'>') {
                break;
            }
            match byte {
                b'\\' if until == Until::End => self.escape_in_quotes(&mut pieces, false)?,
                b'\\' => self.escape(&mut pieces)?,
                b'\'' if until != Until::End => pieces.quoted(self.single_quotes()?),
                b'"' if until != Until::End => self.double_quotes(&mut pieces)?,
                b'$' => self.dollar(&mut pieces, until == Until::End)?,
                b'`' => self.backticks(&mut pieces, until == Until::End)?,
                b'<' | b'>' if self.peek_at(1) == Some(b'(') && matches!(until, Until::Operator | Until::Blank) => {
                    self.only_in_bash("a process as a file")?;
                    self.at += 2;
                    pieces.part(Part::Process(Rc::new(self.closed_list()?)));
                }
                b'<' | b'>' if self.peek_at(1) == Some(b'(') && matches!(until, Until::Brace | Until::Bracket) => {
                    return Err(Unreadable::Unsupported("a process inside an expansion"));
                }
                b'<' | b'>' if ends(until, byte) => break,
                _ => pieces.plain(self.character(), until == Until::End),
            }
        }
        let word = pieces.done();
        let equals = matches!(word.parts.first(), Some(Part::Plain(text)) if text.starts_with('=') && (text.len() > 1 || word.parts.len() > 1));
        self.not_in_zsh(equals && until == Until::Operator, "`=name`")?;
        if until == Until::Operator && word.parts.iter().any(may_be_braces) {
            self.only_in_bash("braces that bash expands")?;
        }
        Ok(word)
    }

    fn escape(&mut self, pieces: &mut Pieces) -> Result<(), Unreadable> {
        self.at += 1;
        match self.peek() {
            None => pieces.quoted("\\".into()),
            Some(b'\n') => self.join()?,
            Some(_) => {
                let c = self.character();
                pieces.quoted(c.to_string());
            }
        }
        Ok(())
    }

    /// An escaped newline, gone without a trace in bash: it may complete a `$(` or a name. Read only beside a blank.
    fn join(&mut self) -> Result<(), Unreadable> {
        let before = self.at.checked_sub(2).and_then(|at| self.text.as_bytes().get(at)).copied();
        self.at += 1;
        let blank = |byte: Option<u8>| byte.is_none_or(|b| b" \t\n".contains(&b));
        match blank(before) || blank(self.peek()) {
            true => Ok(()),
            false => Err(Unreadable::Unsupported("a word joined across lines")),
        }
    }

    fn single_quotes(&mut self) -> Result<String, Unreadable> {
        self.at += 1;
        let start = self.at;
        let length = self.rest().find('\'').ok_or(Unreadable::Unclosed)?;
        self.at += length + 1;
        Ok(self.text.get(start..start + length).unwrap_or_default().to_owned())
    }

    /// From the opening quote to the closing one.
    fn double_quotes(&mut self, pieces: &mut Pieces) -> Result<(), Unreadable> {
        self.at += 1;
        pieces.quoted(String::new());
        loop {
            match self.peek().ok_or(Unreadable::Unclosed)? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.escape_in_quotes(pieces, true)?,
                b'$' => self.dollar(pieces, true)?,
                b'`' => self.backticks(pieces, true)?,
                _ => {
                    let c = self.character();
                    pieces.quoted_char(c);
                }
            }
        }
    }

    /// Inside double quotes and here-documents a backslash escapes few characters.
    fn escape_in_quotes(&mut self, pieces: &mut Pieces, quote_counts: bool) -> Result<(), Unreadable> {
        self.at += 1;
        match self.peek() {
            Some(b'\n') => self.join()?,
            Some(b'"') if !quote_counts => pieces.quoted("\\".into()),
            Some(b'$' | b'`' | b'\\' | b'"') => {
                let c = self.character();
                pieces.quoted_char(c);
            }
            _ => pieces.quoted("\\".into()),
        }
        Ok(())
    }

    fn dollar(&mut self, pieces: &mut Pieces, quoted: bool) -> Result<(), Unreadable> {
        match self.peek_at(1) {
            Some(b'(') if self.peek_at(2) == Some(b'(') => self.arithmetic_or_substitution(pieces, quoted),
            Some(b'(') => {
                self.at += 2;
                let list = Rc::new(self.closed_list()?);
                pieces.part(Part::Substitution { list, quoted });
                Ok(())
            }
            Some(b'{') => {
                self.at += 2;
                let parameter = self.deeper(|parser| parser.braced(quoted))?;
                pieces.part(Part::Parameter(parameter));
                Ok(())
            }
            Some(b'[') => Err(Unreadable::Unsupported("`$[`")),
            Some(b'\'' | b'"') if !quoted && self.only_in_bash("").is_err() => Err(Unreadable::Unsupported("quotes after `$`")),
            Some(b'~' | b'=' | b'^' | b'+' | b':') => {
                self.not_in_zsh(true, "a flag after `$`")?;
                self.at += 1;
                pieces.quoted("$".into());
                Ok(())
            }
            Some(b'\'') if !quoted => {
                self.at += 2;
                let text = self.ansi_c()?;
                pieces.quoted(text);
                Ok(())
            }
            Some(b'"') if !quoted => {
                self.not_in_zsh(true, "`$\"`")?;
                self.at += 1;
                self.double_quotes(pieces)
            }
            Some(byte) if byte.is_ascii_alphanumeric() || b"_@*#?-$!".contains(&byte) => {
                self.at += 1;
                let name = self.parameter_name().to_owned();
                let more = match self.peek() {
                    Some(b'[' | b':') => true,
                    Some(byte) => name == "#" && (byte.is_ascii_alphanumeric() || b"_@*".contains(&byte)),
                    None => false,
                };
                self.not_in_zsh(more, "a value with more behind it")?;
                pieces.part(Part::Parameter(Parameter { name, index: None, operation: Operation::Plain, quoted, bare: true }));
                Ok(())
            }
            _ => {
                self.at += 1;
                pieces.quoted("$".into());
                Ok(())
            }
        }
    }

    /// `$((`: arithmetic where a `))` closes it, a substitution that starts with a subshell otherwise, as bash tries it.
    fn arithmetic_or_substitution(&mut self, pieces: &mut Pieces, quoted: bool) -> Result<(), Unreadable> {
        let start = self.at;
        self.at += 3;
        if let Some(inside) = self.deeper(Self::arithmetic)? {
            pieces.part(Part::Arithmetic { inside: Box::new(inside), quoted });
            return Ok(());
        }
        self.again_from(start + 2)?;
        let list = Rc::new(self.closed_list()?);
        pieces.part(Part::Substitution { list, quoted });
        Ok(())
    }

    /// After `((`, up to and with the `))` that closes it; nothing when a lone `)` closes the inner one.
    pub(super) fn arithmetic(&mut self) -> Result<Option<Word>, Unreadable> {
        let mut pieces = Pieces::default();
        let mut open = 0_u32;
        loop {
            match self.peek().ok_or(Unreadable::Unclosed)? {
                b'(' => open += 1,
                b')' if open > 0 => open -= 1,
                b')' if self.peek_at(1) == Some(b')') => {
                    self.at += 2;
                    return Ok(Some(pieces.done()));
                }
                b')' => return Ok(None),
                b'$' => {
                    self.dollar(&mut pieces, true)?;
                    continue;
                }
                b'`' => {
                    self.backticks(&mut pieces, true)?;
                    continue;
                }
                b'"' => {
                    self.double_quotes(&mut pieces)?;
                    continue;
                }
                b'\'' => {
                    let text = self.single_quotes()?;
                    pieces.quoted(text);
                    continue;
                }
                b'\\' => {
                    self.escape(&mut pieces)?;
                    continue;
                }
                _ => {}
            }
            let c = self.character();
            pieces.quoted_char(c);
        }
    }

    fn parameter_name(&mut self) -> &str {
        let start = self.at;
        match self.peek() {
            Some(b) if b.is_ascii_alphabetic() || b == b'_' => {
                while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
                    self.at += 1;
                }
            }
            Some(_) => self.at += 1, // one digit or one special character
            None => {}
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// After `${`, up to and with the `}`.
    fn braced(&mut self, quoted: bool) -> Result<Parameter, Unreadable> {
        let prefixed = matches!((self.peek(), self.peek_at(1)), (Some(b'!' | b'#'), Some(b)) if b != b'}');
        if prefixed {
            self.at += 1;
        }
        let name = self.braced_name().to_owned();
        if name.is_empty() {
            return Err(Unreadable::Unsupported("an expansion without a name"));
        }
        let index = match self.peek() {
            Some(b'[') => Some(Box::new(self.index()?)),
            _ => None,
        };
        if self.peek() == Some(b'@') {
            return Err(Unreadable::Unsupported("`${…@…}`")); // `@P` runs what is in the value
        }
        let operator_at = self.at;
        while self.peek().is_some_and(|b| b":-=?+".contains(&b)) && self.at - operator_at < 2 {
            self.at += 1;
        }
        let operator = self.text.get(operator_at..self.at).unwrap_or_default().to_owned();
        if quoted && self.single_quote_before_brace() {
            return Err(Unreadable::Unsupported("a single quote inside a quoted `${`"));
        }
        let argument = Box::new(self.word(Until::Brace)?);
        if self.peek() != Some(b'}') {
            return Err(Unreadable::Unclosed);
        }
        self.at += 1;
        let operation = match operator.as_str() {
            _ if prefixed => Operation::Other(argument),
            "" if argument.parts.is_empty() => Operation::Plain,
            ":-" | "-" => Operation::Default(argument),
            ":=" | "=" => Operation::Assign(argument),
            _ => Operation::Other(argument),
        };
        Ok(Parameter { name, index, operation, quoted, bare: false })
    }

    fn braced_name(&mut self) -> &str {
        let start = self.at;
        if self.peek().is_some_and(|b| b.is_ascii_digit()) {
            while self.peek().is_some_and(|b| b.is_ascii_digit()) {
                self.at += 1;
            }
            return self.text.get(start..self.at).unwrap_or_default();
        }
        match self.peek() {
            Some(b) if b.is_ascii_alphabetic() || b"_@*#?-$!".contains(&b) => self.parameter_name(),
            _ => "",
        }
    }

    /// From `[` to `]`.
    pub(super) fn index(&mut self) -> Result<Word, Unreadable> {
        self.at += 1;
        let index = self.word(Until::Bracket)?;
        if self.peek() != Some(b']') {
            return Err(Unreadable::Unclosed);
        }
        self.at += 1;
        Ok(index)
    }

    /// Bash itself is of two minds about these, by operator; such texts are refused.
    fn single_quote_before_brace(&self) -> bool {
        let rest = self.rest();
        let end = rest.find('}').unwrap_or(rest.len());
        rest.get(..end).is_some_and(|inside| inside.contains('\''))
    }

    /// After `$'`, up to and with the closing quote.
    fn ansi_c(&mut self) -> Result<String, Unreadable> {
        let mut text = String::new();
        loop {
            match self.peek().ok_or(Unreadable::Unclosed)? {
                b'\'' => {
                    self.at += 1;
                    return Ok(text);
                }
                b'\\' => {
                    self.at += 1;
                    text.push(self.ansi_c_escape()?);
                }
                _ => text.push(self.character()),
            }
        }
    }

    fn ansi_c_escape(&mut self) -> Result<char, Unreadable> {
        let c = match self.peek() {
            None => return Err(Unreadable::Unclosed),
            Some(_) => self.character(),
        };
        Ok(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'e' | 'E' => '\u{1b}',
            '\\' | '\'' | '"' | '?' => c,
            'x' => return self.code(16, 2),
            'u' => return self.code(16, 4),
            'U' => return self.code(16, 8),
            '0'..='7' => {
                self.at -= 1;
                return self.code(8, 3);
            }
            _ => return Err(Unreadable::Unsupported("an escape in `$'…'`")),
        })
    }

    /// A character by number. Bytes above 127 and NUL are not characters of ours.
    fn code(&mut self, radix: u32, most: usize) -> Result<char, Unreadable> {
        let start = self.at;
        while self.at - start < most && self.peek().is_some_and(|b| char::from(b).is_digit(radix)) {
            self.at += 1;
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        match u32::from_str_radix(digits, radix).ok().and_then(char::from_u32) {
            Some(c) if c != '\0' && (most > 3 || c.is_ascii()) => Ok(c),
            _ => Err(Unreadable::Unsupported("an escape in `$'…'`")),
        }
    }

    /// From a backtick to the next; the inside is a text of its own, after one round of escapes.
    fn backticks(&mut self, pieces: &mut Pieces, quoted: bool) -> Result<(), Unreadable> {
        self.at += 1;
        let mut inside = String::new();
        loop {
            match self.peek().ok_or(Unreadable::Unclosed)? {
                b'`' => break self.at += 1,
                b'\\' => {
                    self.at += 1;
                    match self.peek().ok_or(Unreadable::Unclosed)? {
                        b'$' | b'`' | b'\\' => {}
                        b'"' if quoted => {}
                        _ => inside.push('\\'),
                    }
                    inside.push(self.character());
                }
                _ => inside.push(self.character()),
            }
        }
        let list = self.deeper(|parser| parser.inner(&inside).program().map_err(|(_, why)| why))?;
        pieces.part(Part::Substitution { list: Rc::new(list), quoted });
        Ok(())
    }
}

/// Braces with a list or a sequence in them, as far as one piece tells.
fn may_be_braces(part: &Part) -> bool {
    matches!(part, Part::Plain(text) if text.contains('{') && text.len() > 1)
}

fn ends(until: Until, byte: u8) -> bool {
    match until {
        Until::Operator => b" \t\n;&|()<>".contains(&byte),
        Until::Blank => b" \t\n".contains(&byte),
        Until::Brace => byte == b'}',
        Until::Bracket => byte == b']',
        Until::End => false,
    }
}

/// The parts of a word as they come, neighbours of one kind joined.
#[derive(Default)]
struct Pieces {
    parts: Vec<Part>,
}

impl Pieces {
    fn plain(&mut self, c: char, quoted: bool) {
        if quoted {
            return self.quoted_char(c);
        }
        match self.parts.last_mut() {
            Some(Part::Plain(text)) => text.push(c),
            _ => self.parts.push(Part::Plain(c.into())),
        }
    }

    fn quoted_char(&mut self, c: char) {
        match self.parts.last_mut() {
            Some(Part::Quoted(text)) => text.push(c),
            _ => self.parts.push(Part::Quoted(c.into())),
        }
    }

    fn quoted(&mut self, more: String) {
        match self.parts.last_mut() {
            Some(Part::Quoted(text)) => text.push_str(&more),
            _ => self.parts.push(Part::Quoted(more)),
        }
    }

    fn part(&mut self, part: Part) {
        self.parts.push(part);
    }

    fn done(self) -> Word {
        Word { parts: self.parts }
    }
}
