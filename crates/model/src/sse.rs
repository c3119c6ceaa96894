//! Reads `text/event-stream` as the HTML standard (section 9.2) has it, from pieces cut anywhere.
//!
//! Lines end with LF, CR or CRLF; one byte order mark may lead; comments and unknown fields are skipped; several `data`
//! lines of one event are joined by LF. Only `data` is handed out, since all three protocols repeat the event's name
//! inside it. What follows the last empty line is not an event, as the standard says: a cut stream yields no half event.

/// Takes bytes, gives events.
#[derive(Debug)]
pub(crate) struct Events {
    limit: usize,
    /// The line that is still incomplete.
    line: Vec<u8>,
    /// The data of the event that is still open, with a line end after each line.
    data: Vec<u8>,
    after_cr: bool,
    at_start: bool,
}

/// Why the stream cannot be read on.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadStream {
    /// A line or event beyond the bound.
    #[error("an event is larger than {0} bytes")]
    TooBig(usize),
    /// Not UTF-8.
    #[error("an event is not UTF-8")]
    NotText,
}

impl Events {
    /// Reads events of at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, line: Vec::new(), data: Vec::new(), after_cr: false, at_start: true }
    }

    /// Takes more bytes and calls `each` with the data of every event they complete. `each` says whether to go on; the
    /// rest of the piece is dropped once it says no.
    pub(crate) fn take<E: From<BadStream>>(
        &mut self,
        mut piece: &[u8],
        each: &mut dyn FnMut(&str) -> Result<bool, E>,
    ) -> Result<bool, E> {
        while let Some(end) = piece.iter().position(|&byte| byte == b'\n' || byte == b'\r') {
            let (head, rest) = piece.split_at(end);
            let (mark, rest) = rest.split_at(1);
            piece = rest;
            if mark == b"\n" && head.is_empty() && std::mem::take(&mut self.after_cr) {
                continue;
            }
            self.after_cr = mark == b"\r";
            self.grow(head)?;
            if !self.end_line(each)? {
                return Ok(false);
            }
        }
        if !piece.is_empty() {
            self.after_cr = false;
            self.grow(piece)?;
        }
        Ok(true)
    }

    fn grow(&mut self, bytes: &[u8]) -> Result<(), BadStream> {
        if self.line.len() + self.data.len() + bytes.len() > self.limit {
            return Err(BadStream::TooBig(self.limit));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line<E: From<BadStream>>(&mut self, each: &mut dyn FnMut(&str) -> Result<bool, E>) -> Result<bool, E> {
        let mut line = self.line.as_slice();
        if std::mem::take(&mut self.at_start) {
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            return self.end_event(each);
        }
        if let Some(value) = data_of(line) {
            self.data.extend_from_slice(value);
            self.data.push(b'\n');
        }
        self.line.clear();
        Ok(true)
    }

    fn end_event<E: From<BadStream>>(&mut self, each: &mut dyn FnMut(&str) -> Result<bool, E>) -> Result<bool, E> {
        self.line.clear();
        let Some((_, data)) = self.data.split_last() else {
            return Ok(true);
        };
        let text = std::str::from_utf8(data).map_err(|_| BadStream::NotText)?;
        let go_on = each(text);
        self.data.clear();
        go_on
    }
}

/// The value of a `data` line; none for comments and other fields.
fn data_of(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"data")?;
    match rest.split_first() {
        None => Some(rest),
        Some((b':', value)) => Some(value.strip_prefix(b" ").unwrap_or(value)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;
