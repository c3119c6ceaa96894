//! Literals of JavaScript as people write them for `mongosh`: objects, lists, texts, numbers, and the constructors of types that JSON
//! lacks. Texts with escapes, templates, patterns, operators, names of variables and comments are no literals here.

/// Deeper values are not read.
const DEEPEST: usize = 64;
/// Calls that make a value of their literals, and do nothing else.
const CONSTRUCTORS: [&str; 11] =
    ["ObjectId", "ISODate", "NumberLong", "NumberInt", "NumberDecimal", "UUID", "Long", "Int32", "Double", "Decimal128", "Timestamp"];

/// A value, as far as anybody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// With its keys in their order.
    Object(Vec<(String, Value)>),
    /// In brackets.
    List(Vec<Value>),
    /// In quotes.
    Text(String),
    /// A number, a truth value, nothing, or of a type that JSON lacks.
    Other,
}

impl Value {
    /// Whether one of these is a key in it, at any depth.
    pub(super) fn has_key(&self, keys: &[&str]) -> bool {
        match self {
            Self::Object(members) => members.iter().any(|(key, value)| keys.contains(&key.as_str()) || value.has_key(keys)),
            Self::List(items) => items.iter().any(|item| item.has_key(keys)),
            Self::Text(_) | Self::Other => false,
        }
    }
}

/// A place in a text.
pub(super) struct Cursor<'t> {
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text }
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip_blanks();
        self.rest.is_empty()
    }

    /// Takes a character, if it is next.
    pub(super) fn takes(&mut self, character: char) -> bool {
        self.skip_blanks();
        match self.rest.strip_prefix(character) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A name: letters, digits, `_` and `$`.
    pub(super) fn word(&mut self) -> Option<&'t str> {
        self.skip_blanks();
        let length = self.rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_$".contains(b)).count();
        let (word, rest) = self.rest.split_at_checked(length).filter(|(word, _)| word.bytes().next().is_some_and(|b| !b.is_ascii_digit()))?;
        self.rest = rest;
        Some(word)
    }

    /// A text in quotes, without escapes.
    pub(super) fn string(&mut self) -> Option<String> {
        self.skip_blanks();
        let quote = self.rest.chars().next().filter(|c| ['\'', '"'].contains(c))?;
        let inside = self.rest.get(1..)?;
        let (text, rest) = inside.split_at_checked(inside.find(quote)?)?;
        if text.contains(['\\', '\n', '\r', '\u{2028}', '\u{2029}']) {
            return None;
        }
        self.rest = rest.get(1..)?;
        Some(text.to_owned())
    }

    /// Values up to the closing bracket of a call.
    pub(super) fn arguments(&mut self) -> Option<Vec<Value>> {
        self.values(')', 0)
    }

    fn values(&mut self, end: char, depth: usize) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        while !self.takes(end) {
            values.push(self.value(depth + 1)?);
            if !self.takes(',') {
                return self.takes(end).then_some(values);
            }
        }
        Some(values)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        self.skip_blanks();
        match self.rest.chars().next()? {
            '{' => self.object(depth),
            '[' => {
                self.takes('[');
                self.values(']', depth).map(Value::List)
            }
            '\'' | '"' => self.string().map(Value::Text),
            c if c.is_ascii_digit() || c == '-' => self.number(),
            _ => self.named(depth),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.takes('{');
        let mut members = Vec::new();
        while !self.takes('}') {
            let key = match self.string() {
                Some(key) => key,
                None => self.word()?.to_owned(),
            };
            if !self.takes(':') || key == "__proto__" {
                return None;
            }
            members.push((key, self.value(depth + 1)?));
            if !self.takes(',') {
                return self.takes('}').then_some(Value::Object(members));
            }
        }
        Some(Value::Object(members))
    }

    fn number(&mut self) -> Option<Value> {
        let unsigned = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let length = unsigned.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let rest = unsigned.get(length..)?;
        let ends = rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && !['_', '$'].contains(&c));
        self.rest = rest;
        (length > 0 && ends).then_some(Value::Other)
    }

    fn named(&mut self, depth: usize) -> Option<Value> {
        let mut word = self.word()?;
        if ["true", "false", "null"].contains(&word) {
            return Some(Value::Other);
        }
        let new = word == "new";
        if new {
            word = self.word()?;
        }
        let makes = CONSTRUCTORS.contains(&word) || (new && word == "Date");
        (makes && self.takes('(')).then(|| self.values(')', depth))?.map(|_| Value::Other)
    }
}

#[cfg(test)]
mod tests;
