//! One file: its text for reading and its bytes for writing.

use serde::Serialize;

use crate::text::{Edit, apply};

/// One file of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceFile {
    /// Relative to the folder: `tasks.md`.
    pub name: String,
    /// What it says; what is not UTF-8 shows as U+FFFD.
    pub text: String,
    /// Whether the text is the bytes.
    pub is_utf8: bool,
    /// The bytes, where they are not the text.
    #[serde(skip)]
    bytes: Vec<u8>,
}

impl SourceFile {
    /// A file of this name with these bytes.
    pub fn new(name: String, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self { name, text, is_utf8: true, bytes: Vec::new() },
            Err(error) => {
                let bytes = error.into_bytes();
                Self { name, text: String::from_utf8_lossy(&bytes).into_owned(), is_utf8: false, bytes }
            }
        }
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        if self.is_utf8 { self.text.as_bytes() } else { &self.bytes }
    }

    /// The bytes with these edits of the text in them; every other byte is as it was, also those that are not UTF-8. `None`
    /// where edits overlap or are not at character borders.
    pub fn apply(&self, edits: &[Edit]) -> Option<Vec<u8>> {
        if self.is_utf8 {
            return apply(&self.text, edits).map(String::into_bytes);
        }
        let mut sorted: Vec<&Edit> = edits.iter().collect();
        sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let places = Places::of(&self.bytes);
        let (mut made, mut at) = (Vec::with_capacity(self.bytes.len()), 0);
        for edit in sorted {
            self.text.get(edit.span.clone())?;
            let (from, to) = (places.raw(edit.span.start), places.raw(edit.span.end));
            made.extend_from_slice(self.bytes.get(at..from)?);
            made.extend_from_slice(edit.with.as_bytes());
            at = to;
        }
        made.extend_from_slice(self.bytes.get(at..)?);
        Some(made)
    }
}

/// Which place in the text is which in the bytes: after each replacement character, both places.
struct Places {
    after: Vec<(usize, usize)>,
}

impl Places {
    fn of(bytes: &[u8]) -> Self {
        let (mut shown, mut raw) = (0, 0);
        let mut after = vec![(0, 0)];
        for chunk in bytes.utf8_chunks() {
            shown += chunk.valid().len();
            raw += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                shown += '\u{fffd}'.len_utf8();
                raw += chunk.invalid().len();
                after.push((shown, raw));
            }
        }
        Self { after }
    }

    /// The place in the bytes of a place in the text, which is at a character border.
    fn raw(&self, shown: usize) -> usize {
        let next = self.after.partition_point(|(place, _)| *place <= shown);
        let (from, raw) = next.checked_sub(1).and_then(|at| self.after.get(at)).copied().unwrap_or_default();
        raw + (shown - from)
    }
}
