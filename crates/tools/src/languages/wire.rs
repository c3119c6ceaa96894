//! The framing of the Language Server Protocol (3.17, "Base Protocol"): a header with `Content-Length`, and so many bytes of JSON.
//!
//! What is read is a stranger's. Each part has a bound, and room is taken as bytes come, not as they are announced.

use std::io::{self, BufRead, Read, Write};

/// Bytes of one message.
pub(super) const LARGEST: u64 = 8 << 20;
const LONGEST_LINE: u64 = 512;
const MOST_LINES: usize = 16;

/// The next message; nothing at the end of the stream.
pub(super) fn read(from: &mut impl BufRead) -> Result<Option<Vec<u8>>, WireError> {
    let mut length = None;
    for at in 0..MOST_LINES {
        let line = line(from)?;
        match line.as_deref() {
            None if at == 0 => return Ok(None),
            None => return Err(WireError::Cut),
            Some("") => return body(from, length.ok_or(WireError::NoLength)?).map(Some),
            Some(line) => length = length_in(line)?.or(length),
        }
    }
    Err(WireError::Header)
}

pub(super) fn write(to: &mut impl Write, message: &[u8]) -> io::Result<()> {
    write!(to, "Content-Length: {}\r\n\r\n", message.len())?;
    to.write_all(message)?;
    to.flush()
}

/// A line without its end; nothing at the end of the stream.
fn line(from: &mut impl BufRead) -> Result<Option<String>, WireError> {
    let mut line = Vec::new();
    if from.take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let line = line.strip_suffix(b"\n").ok_or(WireError::Header)?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8(line.to_vec()).map(Some).map_err(|_| WireError::Header)
}

fn length_in(line: &str) -> Result<Option<u64>, WireError> {
    let (name, value) = line.split_once(':').ok_or(WireError::Header)?;
    if !name.eq_ignore_ascii_case("content-length") {
        return Ok(None);
    }
    value.trim().parse().map(Some).map_err(|_| WireError::Header)
}

fn body(from: &mut impl BufRead, length: u64) -> Result<Vec<u8>, WireError> {
    if length > LARGEST {
        return Err(WireError::TooLarge { length });
    }
    let mut body = Vec::new();
    from.take(length).read_to_end(&mut body)?;
    match body.len() as u64 == length {
        true => Ok(body),
        false => Err(WireError::Cut),
    }
}

/// Why there is no message. What follows in the stream cannot be understood either.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error("what it says has no header of the protocol")]
    Header,
    #[error("a message of it does not say how long it is")]
    NoLength,
    #[error("it sends a message of {length} bytes; at most {LARGEST} are taken")]
    TooLarge { length: u64 },
    #[error("it ended in the middle of a message")]
    Cut,
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(mut bytes: &[u8]) -> Result<Vec<Vec<u8>>, WireError> {
        let mut messages = Vec::new();
        while let Some(message) = read(&mut bytes)? {
            messages.push(message);
        }
        Ok(messages)
    }

    #[test]
    fn messages_follow_one_another_and_other_headers_are_passed_over() {
        let stream = b"Content-Length: 2\r\n\r\n{}content-type: x\r\nCONTENT-LENGTH:3\r\n\r\n[1]";
        assert_eq!(all(stream).unwrap(), [b"{}".to_vec(), b"[1]".to_vec()]);
        assert!(all(b"").unwrap().is_empty());
    }

    #[test]
    fn what_is_not_the_protocol_is_an_error_and_takes_no_room() {
        let long = [b"x: ".to_vec(), vec![b'a'; 1 << 20]].concat();
        let many = b"x: y\r\n".repeat(MOST_LINES + 1);
        let bad: [(&[u8], &str); 8] = [
            (b"hello\r\n\r\n", "no header"),
            (b"\r\n{}", "does not say how long"),
            (b"Content-Length: -1\r\n\r\n", "no header"),
            (b"Content-Length: 99999999999\r\n\r\n", "99999999999 bytes"),
            (b"Content-Length: 5\r\n\r\n{}", "middle of a message"),
            (b"Content-Length: 5\r\n", "middle of a message"),
            (&long, "no header"),
            (&many, "no header"),
        ];
        for (bytes, why) in bad {
            let error = all(bytes).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..5)) {
            let mut stream = Vec::new();
            for message in &messages {
                write(&mut stream, message).unwrap();
            }
            prop_assert_eq!(all(&stream).unwrap(), messages);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(all(&bytes));
        }
    }
}
