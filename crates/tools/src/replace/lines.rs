//! A text as lines that know where they are.

/// One line: `body` without its ending, `start..end` with it, in bytes of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) body: &'a str,
    whole: &'a str,
}

impl<'a> Line<'a> {
    /// `\n`, `\r\n`, or nothing at the end of the text.
    pub(super) fn ending(&self) -> &'a str {
        self.whole.get(self.body.len()..).unwrap_or("")
    }
}

/// All lines of a text.
pub(super) struct Lines<'a> {
    pub(super) text: &'a str,
    lines: Vec<Line<'a>>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut start = 0;
        let lines = text
            .split_inclusive('\n')
            .map(|whole| {
                let body = whole.strip_suffix('\n').unwrap_or(whole);
                let body = if whole.ends_with("\r\n") { body.strip_suffix('\r').unwrap_or(body) } else { body };
                let line = Line { start, end: start + whole.len(), body, whole };
                start = line.end;
                line
            })
            .collect();
        Self { text, lines }
    }

    /// `count` lines from `first` (from 0), if there are as many.
    pub(super) fn window(&self, first: usize, count: usize) -> Option<&[Line<'a>]> {
        self.lines.get(first..first.checked_add(count)?)
    }
}

/// Whether the line at this byte (or, for the last line, the one before it) ends with `\r\n`.
pub(super) fn returns_at(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    match after.find('\n') {
        Some(0) => before.ends_with('\r'),
        Some(end) => after.get(..end).is_some_and(|line| line.ends_with('\r')),
        None => before.rfind('\n').and_then(|end| before.get(..end)).is_some_and(|line| line.ends_with('\r')),
    }
}

/// The number, from 1, of the line at this byte.
pub(super) fn number_at(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
}
