//! Replaces texts in a file, all or none, and shows what changed. A byte order mark and line endings stay as they are.

use std::io::Read;
use std::time::Duration;

use action::Count;
use similar::{Algorithm, TextDiff};

use super::read::not_text;
use super::tree::{Tree, open_file};
use super::{Answered, Trouble, bytes, place};
use crate::replace::{Replaced, Replacement, replace};

const LARGEST: u64 = 20 << 20;
const MOST_DIFF: usize = 4_000;

pub(super) fn edit(tree: &Tree, path: &str, edits: &str) -> Result<Answered, Trouble> {
    let edits: Vec<Replacement> = serde_json::from_str(edits).map_err(|e| Trouble::Request { why: e.to_string() })?;
    let target = tree.existing(path)?;
    let text = Text::read(&target, path)?;
    if !text.utf8 && !edits.iter().all(|edit| edit.old.is_ascii() && edit.new.is_ascii()) {
        return Err(Trouble::NotUtf8 { path: path.to_owned() });
    }
    let unmatched = |why| Trouble::Unmatched { path: path.to_owned(), why };
    let replaced = replace(text.body(), &edits).map_err(unmatched)?;
    place::put(&target, &text.bytes(&replaced.text)).map_err(|e| Trouble::of(path, &e))?;
    Ok(answered(path, text.body(), &replaced))
}

/// A file's content as text that can be turned back into its very bytes.
struct Text {
    text: String,
    /// Otherwise each character of `text` stands for one byte.
    utf8: bool,
}

const MARK: char = '\u{feff}';

impl Text {
    fn read(target: &std::path::Path, path: &str) -> Result<Self, Trouble> {
        let (file, meta) = open_file(target, path)?;
        let too_large = |size: u64| Trouble::TooLarge { path: path.to_owned(), size: bytes(size), most: bytes(LARGEST) };
        if meta.len() > LARGEST {
            return Err(too_large(meta.len()));
        }
        let mut content = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut content).map_err(|e| Trouble::of(path, &e))?;
        if content.len() as u64 > LARGEST {
            return Err(too_large(content.len() as u64));
        }
        if let Some(kind) = not_text(&content) {
            return Err(Trouble::NotText { path: path.to_owned(), kind });
        }
        Ok(match String::from_utf8(content) {
            Ok(text) => Self { text, utf8: true },
            Err(error) => Self { text: error.as_bytes().iter().map(|byte| char::from(*byte)).collect(), utf8: false },
        })
    }

    /// Without the byte order mark.
    fn body(&self) -> &str {
        self.text.strip_prefix(MARK).unwrap_or(&self.text)
    }

    /// The bytes of a new body.
    fn bytes(&self, body: &str) -> Vec<u8> {
        if !self.utf8 {
            return body.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
        }
        let mark = if self.text.starts_with(MARK) { "\u{feff}" } else { "" };
        format!("{mark}{body}").into_bytes()
    }
}

fn answered(path: &str, before: &str, replaced: &Replaced) -> Answered {
    let places = Count::new(replaced.places as u64, "replacements");
    let tolerated = match replaced.tolerated {
        0 => "",
        _ => " (white space differed; the file's was kept)",
    };
    let line = format!("{places} in `{path}`{tolerated}");
    let diff = diff(path, before, &replaced.text);
    Answered::done(line.clone(), format!("{line}\n{diff}"))
}

fn diff(path: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Myers)
        .timeout(Duration::from_millis(500))
        .diff_lines(before, after);
    let text = diff.unified_diff().context_radius(2).header(path, path).to_string();
    let mut end = text.len().min(MOST_DIFF);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    match text.get(..end) {
        Some(start) if end < text.len() => format!("{start}\n[diff cut, {}]\n", bytes(text.len() as u64)),
        _ => text,
    }
}
