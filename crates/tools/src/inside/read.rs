//! Lines of a file, numbered, a page at a time. Memory does not grow with the file or its lines.

use std::io::{BufRead, BufReader, Read};

use super::tree::{Tree, open_file};
use super::{Answered, Trouble, bytes};

/// A page has at most this many bytes; the next one begins at a line.
const MOST_PAGE: usize = 200_000;
/// A line is cut after so many characters.
const WIDEST: usize = 2_000;
/// Beyond so many bytes after the page, the lines of a file are not counted any more.
const MOST_COUNTED: u64 = 1 << 30;

pub(super) fn read(tree: &Tree, path: &str, offset: u64, limit: u64) -> Result<Answered, Trouble> {
    let (offset, limit) = (offset.max(1), limit.max(1));
    let place = tree.existing(path)?;
    let (file, meta) = open_file(&place, path)?;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let head = reader.fill_buf().map_err(|e| Trouble::of(path, &e))?;
    if let Some(kind) = not_text(head) {
        let line = format!("`{path}` is {kind}, {}{}; it is not shown", bytes(meta.len()), pixels(head));
        return Ok(Answered::said(line));
    }
    let mut page = Page::default();
    page.fill(&mut reader, offset, limit).map_err(|e| Trouble::of(path, &e))?;
    if page.shown == 0 && offset > 1 {
        let lines = action::Count::new(page.total, "lines").to_string();
        return Err(Trouble::PastEnd { path: path.to_owned(), lines, offset });
    }
    Ok(page.answered(path, offset))
}

/// What has been read so far.
#[derive(Default)]
struct Page {
    text: String,
    /// How many lines are in `text`.
    shown: u64,
    /// How many lines the file has, as far as they were counted.
    total: u64,
    /// Whether `total` is all.
    counted: bool,
    lossy: bool,
}

impl Page {
    fn fill(&mut self, reader: &mut impl BufRead, offset: u64, limit: u64) -> std::io::Result<()> {
        let mut full = false;
        let mut beyond = 0;
        while beyond < MOST_COUNTED {
            if full || self.total + 1 < offset || self.shown >= limit {
                match reader.skip_until(b'\n')? {
                    0 => return self.end(),
                    n => beyond += if self.shown > 0 { n as u64 } else { 0 },
                }
            } else {
                let Some(line) = next_line(reader)? else { return self.end() };
                full = !self.push(&line);
            }
            self.total += 1;
        }
        Ok(())
    }

    fn end(&mut self) -> std::io::Result<()> {
        self.counted = true;
        Ok(())
    }

    /// Adds the line with the number after `total`; false when the page is full.
    fn push(&mut self, line: &Line) -> bool {
        let text = String::from_utf8_lossy(&line.start);
        let text = if self.total == 0 { text.strip_prefix('\u{feff}').unwrap_or(&text) } else { &text };
        let row = match text.char_indices().nth(WIDEST) {
            Some((at, _)) => format!("{}… [line cut, {}]", text.get(..at).unwrap_or(""), bytes(line.length)),
            None => text.to_owned(),
        };
        let row = format!("{:>5}\t{row}\n", self.total + 1);
        if self.shown > 0 && self.text.len() + row.len() > MOST_PAGE {
            return false;
        }
        self.lossy |= line.lossy();
        self.text.push_str(&row);
        self.shown += 1;
        true
    }

    fn answered(mut self, path: &str, offset: u64) -> Answered {
        if self.total == 0 {
            return Answered::done(format!("`{path}` is empty"), format!("`{path}` is empty"));
        }
        let last = offset + self.shown - 1;
        let total = if self.counted { self.total.to_string() } else { format!("more than {}", self.total) };
        if self.lossy {
            self.text.push_str("[some bytes are not UTF-8 and are shown as \u{fffd}]\n");
        }
        if last < self.total {
            self.text.push_str(&format!("[lines {offset} to {last} of {total}; go on with `offset` {}]\n", last + 1));
        }
        Answered::done(format!("`{path}`, lines {offset} to {last} of {total}"), self.text)
    }
}

/// The beginning of a line, without its ending, and how long all of it is.
struct Line {
    start: Vec<u8>,
    length: u64,
}

impl Line {
    /// Whether it holds bytes that are not UTF-8; a character that the cut went through does not count.
    fn lossy(&self) -> bool {
        std::str::from_utf8(&self.start).is_err_and(|e| e.error_len().is_some() || self.length <= self.start.len() as u64)
    }
}

fn next_line(reader: &mut impl BufRead) -> std::io::Result<Option<Line>> {
    const KEPT: usize = WIDEST * 4 + 4;
    let mut start = Vec::new();
    let read = reader.by_ref().take(KEPT as u64).read_until(b'\n', &mut start)?;
    if read == 0 {
        return Ok(None);
    }
    let mut length = read as u64;
    if start.last() != Some(&b'\n') {
        length += reader.skip_until(b'\n')? as u64;
    } else {
        start.pop();
        length -= 1;
        if start.last() == Some(&b'\r') {
            start.pop();
            length -= 1;
        }
    }
    Ok(Some(Line { start, length }))
}

/// How large an image is, where its beginning says so.
fn pixels(head: &[u8]) -> String {
    imagesize::blob_size(head).map(|size| format!(", {} × {} pixels", size.width, size.height)).unwrap_or_default()
}

/// What the bytes at the start of a file say it is, if not text.
pub(super) fn not_text(head: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"%PDF-", "a PDF document"),
        (b"\x7fELF", "an ELF program or library"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "gzip data"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\xff\xfe", "UTF-16 text (`iconv -f utf-16 -t utf-8` makes it readable)"),
        (b"\xfe\xff", "UTF-16 text (`iconv -f utf-16 -t utf-8` makes it readable)"),
    ];
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some("a WebP image");
    }
    let known = KINDS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, kind)| *kind);
    known.or_else(|| head.iter().take(8192).any(|byte| *byte == 0).then_some("binary data"))
}
