//! As much of HTTP/1.1 as a server of JSON and event streams needs.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Instant;

use serde_json::Value;

const LARGEST_HEAD: usize = 64 * 1024;
const LARGEST_BODY: usize = 256 * 1024 * 1024;

/// One connection, with what was read ahead.
pub(super) struct Connection {
    stream: TcpStream,
    ahead: Vec<u8>,
    /// When the last answer was handed to the kernel, whole.
    pub(super) answered: Option<Instant>,
}

/// A request that came whole.
pub(super) struct Arrived {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) first_byte: Instant,
    pub(super) last_byte: Instant,
}

/// An answer that is sent whole.
pub(super) struct Message {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Message {
    pub(super) fn json(status: u16, value: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: value.to_string().into_bytes() }
    }
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        Ok(Self { stream, ahead: Vec::new(), answered: None })
    }

    /// The next request; none if the client closed between two.
    pub(super) fn read(&mut self) -> io::Result<Option<Arrived>> {
        let mut first_byte = (!self.ahead.is_empty()).then(Instant::now);
        let head = loop {
            if let Some(head) = parse(&self.ahead)? {
                break head;
            }
            if self.ahead.len() > LARGEST_HEAD || !self.more()? {
                return if self.ahead.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            first_byte.get_or_insert_with(Instant::now);
        };
        self.ahead.drain(..head.size);
        if head.expects_continue {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let body = if head.chunked { self.chunks()? } else { self.take(head.length)? };
        let last_byte = Instant::now();
        let first_byte = first_byte.unwrap_or(last_byte);
        Ok(Some(Arrived { method: head.method, path: head.path, headers: head.headers, body, first_byte, last_byte }))
    }

    /// Sends an answer whole.
    pub(super) fn whole(&mut self, message: &Message) -> io::Result<bool> {
        let mut out = Vec::with_capacity(message.body.len() + 200);
        write!(out, "HTTP/1.1 {} Scripted\r\ncontent-length: {}\r\n", message.status, message.body.len())?;
        for (name, value) in &message.headers {
            write!(out, "{name}: {value}\r\n")?;
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&message.body);
        self.answered = Some(Instant::now());
        self.stream.write_all(&out)?;
        Ok(true)
    }

    pub(super) fn begin_stream(&mut self) -> io::Result<()> {
        self.stream.write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n",
        )
    }

    pub(super) fn chunk(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.stream.write_all(&framed(bytes)?)
    }

    /// Sends a last chunk and the end of the body.
    pub(super) fn end_stream(&mut self, bytes: &[u8]) -> io::Result<bool> {
        let mut out = framed(bytes)?;
        out.extend_from_slice(b"0\r\n\r\n");
        self.answered = Some(Instant::now());
        self.stream.write_all(&out)?;
        Ok(true)
    }

    /// Blocks until the client closes.
    pub(super) fn wait_for_the_end(&mut self) -> io::Result<()> {
        while self.more()? {
            self.ahead.clear();
        }
        Ok(())
    }

    pub(super) fn close(self) {
        // Already closed is as good.
        self.stream.shutdown(Shutdown::Both).ok();
    }

    fn more(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 64 * 1024];
        let size = self.stream.read(&mut buffer)?;
        self.ahead.extend_from_slice(buffer.get(..size).unwrap_or_default());
        Ok(size > 0)
    }

    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > LARGEST_BODY {
            return Err(io::ErrorKind::InvalidData.into());
        }
        while self.ahead.len() < length {
            if !self.more()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.ahead.drain(..length).collect())
    }

    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.ahead.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.ahead.drain(..end + 2).take(end).collect();
                return String::from_utf8(line).map_err(io::Error::other);
            }
            if !self.more()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
            if size == 0 {
                while !self.line()?.is_empty() {}
                return Ok(body);
            }
            body.extend(self.take(size)?);
            self.line()?;
        }
    }
}

struct Head {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    length: usize,
    chunked: bool,
    expects_continue: bool,
    size: usize,
}

fn parse(bytes: &[u8]) -> io::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let size = match request.parse(bytes).map_err(io::Error::other)? {
        httparse::Status::Partial => return Ok(None),
        httparse::Status::Complete(size) => size,
    };
    let headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned()))
        .collect();
    let value = |name: &str| headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.to_ascii_lowercase());
    Ok(Some(Head {
        method: request.method.unwrap_or_default().to_owned(),
        path: request.path.unwrap_or_default().to_owned(),
        length: value("content-length").and_then(|length| length.parse().ok()).unwrap_or(0),
        chunked: value("transfer-encoding").is_some_and(|encoding| encoding.contains("chunked")),
        expects_continue: value("expect").is_some_and(|expect| expect == "100-continue"),
        headers,
        size,
    }))
}

fn framed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len() + 32);
    if !bytes.is_empty() {
        write!(out, "{:x}\r\n", bytes.len())?;
        out.extend_from_slice(bytes);
        out.extend_from_slice(b"\r\n");
    }
    Ok(out)
}
