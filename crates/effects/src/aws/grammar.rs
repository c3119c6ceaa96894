//! The operations of the command line, looked up in the text that `xtask/data/aws/make.py` makes: sorted lines, searched by
//! halves, so that nothing is read at the start. How a line is written is told in the head of that text.

use action::Verb;

const OPERATIONS: &str = include_str!("../../data/aws.tsv");

/// What AWS's service authorization reference calls the kind of access that an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessLevel {
    /// Looks at a thing.
    Read,
    /// Looks at what things there are.
    List,
    /// Changes things.
    Write,
    /// Changes only tags.
    Tagging,
    /// Changes who may do what.
    Permissions,
}

impl AccessLevel {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::List => "list",
            Self::Write => "write",
            Self::Tagging => "tagging",
            Self::Permissions => "permissions",
        }
    }
}

/// One operation, as the data has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The service, as the command line spells it: `rds`, `s3api`.
    pub service: &'static str,
    /// The first word of its name: `delete` of `delete-db-instance`.
    pub word: &'static str,
    /// The rest of its name, `db-instance`; empty where it is one word.
    pub noun: &'static str,
    /// The kind of access.
    pub level: AccessLevel,
    /// What it does, in our words. Never opaque.
    pub verb: Verb,
    /// The arguments that say which thing, without dashes, joined by `+`: `bucket+key`. Empty where none does.
    pub identified_by: &'static str,
    /// Whether it acts on the account and not on one region of it.
    pub of_account: bool,
    marks: &'static str,
}

impl Operation {
    /// Whether somebody's data is in the thing.
    pub fn holds_data(&self) -> bool {
        self.marks.contains('*')
    }

    /// Whether it runs something that its arguments do not tell.
    pub fn runs_unseen(&self) -> bool {
        self.marks.contains('?')
    }

    /// Whether things inside, which nobody names, are taken along.
    pub fn takes_along(&self) -> bool {
        self.marks.contains('&')
    }

    /// Whether it ends only after a waiting time in which it can be taken back.
    pub fn waits(&self) -> bool {
        self.marks.contains('~')
    }

    /// Whether the thing is a whole account.
    pub fn is_whole_account(&self) -> bool {
        self.marks.contains('!')
    }

    /// Whether what it prints is a secret.
    pub fn shows_secret(&self) -> bool {
        self.marks.contains('$')
    }

    /// Whether it writes a local file whose name is a word without an option.
    pub(super) fn writes_file(&self) -> bool {
        self.marks.contains('>')
    }

    /// `delete-db-instance`.
    pub fn name(&self) -> String {
        if self.noun.is_empty() { self.word.to_owned() } else { format!("{}-{}", self.word, self.noun) }
    }
}

/// An operation by the names that the command line gives service and operation. Takes a few microseconds.
pub fn operation(service: &str, name: &str) -> Option<Operation> {
    if !service.chars().chain(name.chars()).all(in_name) || name.ends_with("-.") {
        return None;
    }
    let (_, fields) = line(service)?;
    let (flags, sets) = fields.split_once('\t')?;
    let (word, noun) = name.split_once('-').unwrap_or((name, ""));
    let (key, fields) = line(&format!("{service} {word}"))?;
    let (usual, tokens) = fields.split_once('\t')?;
    let wanted = if noun.is_empty() { "." } else { noun };
    let rest_of = |token: &'static str| token.strip_prefix(wanted).filter(|after| !after.starts_with(in_name));
    let (token, after) = tokens.split(' ').find_map(|token| rest_of(token).map(|after| (token, after)))?;
    let (marked, class) = after.split_once('@').unwrap_or((after, usual));
    let (set, marks) = numbered(marked);
    let (service, word) = key.split_once(' ')?;
    let mut letters = class.chars();
    Some(Operation {
        service,
        word,
        noun: token.get(..noun.len())?,
        level: level(letters.next()?)?,
        verb: verb(letters.next()?)?,
        identified_by: set.and_then(|n| sets.split(' ').nth(n)).unwrap_or_default(),
        of_account: flags == "g",
        marks,
    })
}

/// Whether the grammar has a service of this name.
pub(super) fn has_service(service: &str) -> bool {
    line(service).is_some()
}

fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '.'
}

/// `=12*?` is set 12 and the marks `*?`.
fn numbered(marked: &'static str) -> (Option<usize>, &'static str) {
    let Some(rest) = marked.strip_prefix('=') else { return (None, marked) };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, marks) = rest.split_at(end);
    (number.parse().ok(), marks)
}

fn level(letter: char) -> Option<AccessLevel> {
    Some(match letter {
        'r' => AccessLevel::Read,
        'l' => AccessLevel::List,
        'w' => AccessLevel::Write,
        't' => AccessLevel::Tagging,
        'p' => AccessLevel::Permissions,
        _ => return None,
    })
}

fn verb(letter: char) -> Option<Verb> {
    Some(match letter {
        'r' => Verb::Read,
        'c' => Verb::Create,
        'u' => Verb::Update,
        'e' => Verb::Execute,
        's' => Verb::Spend,
        'x' => Verb::DisableProtection,
        'g' => Verb::Grant,
        'o' => Verb::Expose,
        'm' => Verb::Replace,
        'd' => Verb::Delete,
        _ => return None,
    })
}

/// The line with this key, as key and the rest. Lines of the head begin with `#`, before every key.
fn line(key: &str) -> Option<(&'static str, &'static str)> {
    let (mut low, mut high) = (0, OPERATIONS.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = OPERATIONS.get(low..middle)?.rfind('\n').map_or(low, |at| low + at + 1);
        let end = OPERATIONS.get(middle..high)?.find('\n').map_or(high, |at| middle + at);
        let (its, fields) = OPERATIONS.get(start..end)?.split_once('\t').unwrap_or((OPERATIONS.get(start..end)?, ""));
        match its.cmp(key) {
            std::cmp::Ordering::Equal => return Some((its, fields)),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests;
