//! What a project says to agents: steering, skills, AGENTS.md, CLAUDE.md, Cursor's rules, Copilot's instructions.
//!
//! It informs a model and nothing else: no verdict reads it, and it widens nothing. Each file is given once, when it applies;
//! all together have one budget of bytes, and what is left out is said. The order is fixed, so that providers can cache it.
//! Nothing is written: after a crash it is read again, and the conversation says what was given.

mod rules;
mod sources;

use std::collections::BTreeSet;

use model::{Message, Part};

use crate::patterns::Patterns;
use crate::shown::Shown;

/// All guidance that a session is given has at most this many bytes.
pub(crate) const BUDGET: usize = 48 * 1024;
/// With less room than this a file is left out whole.
const LEAST: usize = 512;
/// What is listed for reading on demand: entries, and characters of each description.
const MOST_LISTED: usize = 64;
const LONGEST_DESCRIPTION: usize = 300;
/// Read from every folder that is worked in.
const NESTED: [&str; 2] = ["AGENTS.md", "CLAUDE.md"];

/// The guidance of one project, and how much of it the conversation has.
#[derive(Debug, Default)]
pub(crate) struct Guidance {
    pieces: Vec<Piece>,
    listed: Vec<Listed>,
    notes: Vec<String>,
    given: BTreeSet<String>,
    spent: usize,
}

/// One file of guidance.
#[derive(Debug)]
struct Piece {
    from: String,
    when: When,
    text: String,
}

/// When a file is given.
#[derive(Debug)]
enum When {
    Always,
    /// A path like these is read or written.
    Touched(Patterns),
    /// A person writes `#name`.
    Named(Vec<String>),
}

/// What a model may read when its description fits.
#[derive(Debug)]
struct Listed {
    path: String,
    name: String,
    description: String,
}

impl Guidance {
    /// Reads what the project has. What cannot be followed is a note for the person and is never given.
    pub(crate) fn read(shown: &Shown<'_>) -> Self {
        let mut guidance = Self::default();
        sources::read(&mut guidance, shown);
        guidance
    }

    /// Takes note of what a conversation holds; all that it does not hold may be given again.
    pub(crate) fn saw(&mut self, messages: &[Message]) {
        (self.given, self.spent) = (BTreeSet::new(), 0);
        let texts = messages.iter().flat_map(|message| &message.parts).filter_map(|part| match part {
            Part::Text { text } => Some(text.as_str()),
            _ => None,
        });
        for block in texts.flat_map(|text| text.split(OPEN).skip(1)) {
            let Some((from, rest)) = block.split_once("\">") else { continue };
            self.spent += rest.split(CLOSE).next().map_or(0, str::len).min(BUDGET);
            self.given.insert(from.to_owned());
        }
    }

    /// What is always given, and the list of what may be read.
    pub(crate) fn opening(&mut self) -> String {
        let text = self.give_all(|when| matches!(when, When::Always));
        text + &self.list()
    }

    /// A custom agent's own words and files, given like all other guidance.
    pub(crate) fn also(&mut self, from: &str, text: &str) {
        self.pieces.insert(0, Piece { from: from.to_owned(), when: When::Always, text: cut(text, BUDGET + 4).to_owned() });
    }

    /// What a person asks for by `#name`.
    pub(crate) fn named(&mut self, words: &str) -> String {
        let asked: BTreeSet<&str> = words.split_whitespace().filter_map(|word| word.strip_prefix('#')).map(bare).collect();
        self.give_all(|when| matches!(when, When::Named(names) if names.iter().any(|name| asked.contains(name.as_str()))))
    }

    /// What applies to a path that is read or written: patterns, and the guidance of the folders above it.
    pub(crate) fn touched(&mut self, shown: &Shown<'_>, path: &str) -> String {
        let nested = self.nested(shown, path);
        nested + &self.give_all(|when| matches!(when, When::Touched(patterns) if patterns.matches(path)))
    }

    /// What the person should know, once.
    pub(crate) fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    fn give_all(&mut self, applies: impl Fn(&When) -> bool) -> String {
        let pieces = std::mem::take(&mut self.pieces);
        let due = pieces.iter().filter(|piece| applies(&piece.when) && !self.given.contains(&piece.from)).collect::<Vec<_>>();
        let text = due.into_iter().map(|piece| self.give(&piece.from, &piece.text)).collect();
        self.pieces = pieces;
        text
    }

    fn nested(&mut self, shown: &Shown<'_>, path: &str) -> String {
        let folders: Vec<&str> = path.trim_start_matches("./").match_indices('/').filter_map(|(at, _)| path.trim_start_matches("./").get(..at)).take(16).collect();
        let mut text = String::new();
        for name in folders.iter().flat_map(|folder| NESTED.map(|name| format!("{folder}/{name}"))) {
            if self.given.contains(&name) || name.split('/').any(|part| part == "..") {
                continue;
            }
            if let Some(says) = shown.text(&name) {
                text.push_str(&self.give(&name, &says));
            }
        }
        text
    }

    /// One file, as much of it as there is room for.
    fn give(&mut self, from: &str, text: &str) -> String {
        self.given.insert(from.to_owned());
        let room = BUDGET.saturating_sub(self.spent);
        let (says, rest) = match text.len() <= room {
            true => (text, String::new()),
            false if room < LEAST => ("", format!("(left out: all guidance together has at most {BUDGET} bytes; read the file)\n")),
            false => (cut(text, room), "\n(the rest is left out; read the file for it)\n".to_owned()),
        };
        if !rest.is_empty() {
            self.notes.push(format!("`{from}`: guidance beyond {BUDGET} bytes in all is left out; the agent is told to read the file"));
        }
        self.spent += says.len();
        block(from, &format!("{}\n{rest}", says.trim_end()))
    }

    fn list(&self) -> String {
        if self.listed.is_empty() {
            return String::new();
        }
        let line = |one: &Listed| format!("{}: {} ({})\n", one.name, action::visible_line(&one.description, LONGEST_DESCRIPTION), one.path);
        let lines: String = self.listed.iter().take(MOST_LISTED).map(line).collect();
        let more = self.listed.len().saturating_sub(MOST_LISTED);
        let rest = if more > 0 { format!("and {more} more in the same folders\n") } else { String::new() };
        format!("<available>\nRead the file before you do what its description is about.\n{}{rest}</available>\n\n", harmless(&lines))
    }
}

const OPEN: &str = "<guidance from=\"";
const CLOSE: &str = "</guidance>";

/// One block of a message, that nothing in it can end.
pub(crate) fn block(from: &str, text: &str) -> String {
    let from = action::visible(from).replace(['"', '<', '>'], "_");
    format!("{OPEN}{from}\">\n{}{CLOSE}\n\n", harmless(text))
}

/// How many bytes of a text of a conversation are guidance, environments and lists of what may be read.
pub(crate) fn bytes_given(text: &str) -> usize {
    let blocks = [(OPEN, CLOSE), ("<available>\n", "</available>"), ("<environments>\n", "</environments>")];
    let length = |open: &str, close: &str| -> usize {
        text.split(open).skip(1).map(|rest| open.len() + rest.find(close).map_or(rest.len(), |at| at + close.len())).sum()
    };
    blocks.iter().map(|(open, close)| length(open, close)).sum()
}

/// Text that cannot end the block that it stands in, nor begin one of the service's.
pub(crate) fn harmless(text: &str) -> String {
    ["guidance", "available", "countersign", "environments"].iter().fold(text.to_owned(), |text, word| {
        text.replace(&format!("</{word}"), &format!("<\\/{word}")).replace(&format!("<{word}"), &format!("<\\{word}"))
    })
}

fn cut(text: &str, room: usize) -> &str {
    let end = (0..=room.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// A name without what a sentence puts behind it.
fn bare(word: &str) -> &str {
    word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')
}

#[cfg(test)]
mod tests;
