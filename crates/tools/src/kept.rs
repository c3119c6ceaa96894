//! Output of a process, kept within bounds however much there is: the first and the last of it.

use std::collections::VecDeque;

use crate::plain::{is_binary, plain};

/// The beginning and the end of a stream of bytes.
#[derive(Debug)]
pub(crate) struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
    half: usize,
}

impl Kept {
    /// Keeps at most `most` bytes: half from the beginning, half from the end.
    pub(crate) fn new(most: usize) -> Self {
        Self { head: Vec::new(), tail: VecDeque::new(), total: 0, half: most / 2 }
    }

    /// Takes more of the stream.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = self.half.saturating_sub(self.head.len());
        let (first, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        self.head.extend_from_slice(first);
        let skipped = rest.len().saturating_sub(self.half);
        let rest = rest.get(skipped..).unwrap_or(&[]);
        let excess = (self.tail.len() + rest.len()).saturating_sub(self.half);
        self.tail.drain(..excess);
        self.tail.extend(rest);
    }

    /// Whether nothing has come yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// How many bytes were neither kept at the beginning nor at the end.
    fn cut(&self) -> u64 {
        self.total - (self.head.len() + self.tail.len()) as u64
    }

    /// What was kept, with a mark where something is missing.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        let cut = self.cut();
        if cut > 0 {
            self.head.extend_from_slice(mark(cut).as_bytes());
        }
        let (one, two) = self.tail.as_slices();
        self.head.reserve_exact(one.len() + two.len());
        self.head.extend_from_slice(one);
        self.head.extend_from_slice(two);
        self.head
    }

    /// What a model is shown: plain text of at most about `most` bytes, the beginning and the end.
    pub(crate) fn excerpt(&self, most: usize) -> String {
        if is_binary(&self.head) {
            return format!("[binary output, {}]\n", action::Count::new(self.total, "bytes"));
        }
        let kept = self.head.len() + self.tail.len();
        if kept <= most && self.cut() == 0 {
            return plain(&self.span(0, kept));
        }
        let half = most / 2;
        let start = self.span(0, half);
        let end = self.span(kept.saturating_sub(half), kept);
        let (start, end) = (till_line_end(&start), from_line_start(&end));
        let cut = self.total - (start.len() + end.len()) as u64;
        plain(start) + &mark(cut) + &plain(end)
    }

    fn span(&self, from: usize, to: usize) -> Vec<u8> {
        self.head.iter().chain(self.tail.iter()).skip(from).take(to.saturating_sub(from)).copied().collect()
    }
}

fn mark(cut: u64) -> String {
    format!("\n[… {} cut …]\n", action::Count::new(cut, "bytes"))
}

/// How far a cut moves to fall between two lines.
const NEAR: usize = 2_000;

fn till_line_end(bytes: &[u8]) -> &[u8] {
    match bytes.iter().rposition(|byte| *byte == b'\n') {
        Some(at) if bytes.len() - at < NEAR => bytes.get(..at).unwrap_or(bytes),
        _ => bytes,
    }
}

fn from_line_start(bytes: &[u8]) -> &[u8] {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(at) if at < NEAR => bytes.get(at + 1..).unwrap_or(bytes),
        _ => bytes,
    }
}

#[cfg(test)]
mod tests;
