//! Programs that run code in languages that are not read here: `python -c`, `node x.js`, a script with a `#!` of its own. They
//! are opaque. The digest of their code stands beside them, so that the same code is known again, and other code is not taken for it.

use action::{Certainty, Digest};

use super::Reader;
use super::expand::Text;
use super::scope::Scope;
use super::walk::Input;

/// Interpreters by how their names begin, and the letters behind which code stands.
const INTERPRETERS: [(&str, &str); 13] = [
    ("python", "c"), ("pypy", "c"), ("node", "ep"), ("nodejs", "ep"), ("bun", "ep"), ("perl", "eE"), ("ruby", "e"), ("php", "r"), ("lua", "e"),
    ("Rscript", "e"), ("osascript", "e"), ("julia", "eE"), ("groovy", "e"),
];
/// The same in words.
const CODE_WORDS: [&str; 4] = ["--eval", "--print", "--execute", "--run"];
/// Of more words than this none is looked up as a script.
const MOST_LOOKED_UP: usize = 8;

/// The letters behind which an interpreter takes code; nothing for other programs.
fn code_letters(name: &str) -> Option<&'static str> {
    if name == "deno" {
        return Some("");
    }
    let versioned = |start: &str| name.strip_prefix(start).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    INTERPRETERS.iter().find(|(start, _)| versioned(start)).map(|(_, letters)| *letters)
}

impl Reader<'_> {
    /// An interpreter; says whether it is one.
    pub(super) fn interpreter(&mut self, name: &str, words: &[Text], scope: &Scope, input: &Input) -> bool {
        let Some(letters) = code_letters(name) else { return false };
        if let [only] = words
            && matches!(only.exact(), Some("--version" | "--help"))
        {
            self.find(self.ground.runs(name, Certainty::Exact));
            return true;
        }
        let mut notes: Vec<String> = code_among(words, letters, name == "deno").iter().filter_map(|code| self.digest_of("code", code)).collect();
        let mut files = Vec::new();
        for word in words.iter().filter(|w| w.exact().is_some_and(|t| !t.starts_with('-'))).take(MOST_LOOKED_UP) {
            files.extend(self.script(word, scope));
        }
        for (path, text) in &files {
            notes.extend(self.digest_of(path, text));
            self.mentions_in(text);
        }
        let fed = words.iter().all(|w| w.exact().is_some_and(|t| t.starts_with('-'))) && notes.is_empty();
        if let (true, Input::Text(text)) = (fed, input) {
            notes.extend(self.digest_of("input", text));
            self.mentions_in(text);
        }
        self.runs_code(name, notes);
        self.mentions(words, scope);
        true
    }

    /// Something runs that is not read, of which these things are known.
    pub(super) fn runs_code(&mut self, program: &str, notes: Vec<String>) {
        let mut effect = self.ground.runs(program, Certainty::Opaque);
        effect.notes.extend(notes);
        self.find(effect);
    }

    /// `script.py sha256:…`. Not for more text than may be read in one reading.
    pub(super) fn digest_of(&mut self, what: &str, text: &str) -> Option<String> {
        let affords = text.len() <= super::budget::MOST_TEXT && self.affords_text(text);
        affords.then(|| format!("{} {}", crate::path::shown(what), Digest::of_bytes(text.as_bytes())))
    }
}

/// The texts that are code: behind `-c`, in `-cCODE`, behind a bundle that ends in the letter, `--eval CODE`, `--eval=CODE`.
fn code_among<'w>(words: &'w [Text], letters: &str, by_word: bool) -> Vec<&'w str> {
    let mut found = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let Some(text) = word.exact() else { continue };
        let next = || rest.clone().next().and_then(Text::exact);
        if CODE_WORDS.contains(&text) || (by_word && text == "eval") {
            found.extend(next());
        } else if let Some((_, code)) = text.split_once('=').filter(|(name, _)| CODE_WORDS.contains(name)) {
            found.push(code);
        } else if text.starts_with('-') && !text.starts_with("--") {
            let Some(at) = text.find(|c: char| letters.contains(c)) else { continue };
            match text.get(at + 1..).unwrap_or_default() {
                "" => found.extend(next()),
                code if code.len() > 1 || !letters.contains(code) => found.push(code),
                _ => found.extend(next()),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
