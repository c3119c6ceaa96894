//! Where a browser comes back to: a port of 127.0.0.1 that is open for one login (RFC 8252, 7.3).
//!
//! Anybody on this machine can knock. Who does not have the state of the login is told so and forgotten; none of them ends the wait.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::LoginError;

/// An open port.
pub struct Callback {
    listener: TcpListener,
    port: u16,
}

const PATH: &str = "/callback";
/// Bytes of a request.
const LARGEST: usize = 16 * 1024;
/// Until a request is there; browsers also open connections that they never use.
const PATIENCE: Duration = Duration::from_secs(2);
const SLICE: Duration = Duration::from_millis(20);

impl Callback {
    /// Opens a port that the system chooses.
    pub fn open() -> Result<Self, LoginError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(LoginError::Port)?;
        listener.set_nonblocking(true).map_err(LoginError::Port)?;
        let port = listener.local_addr().map_err(LoginError::Port)?.port();
        Ok(Self { listener, port })
    }

    /// The address to come back to.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for a browser that comes back with what `is_answer` knows; the whole address that it was sent to.
    pub fn wait(self, limit: Duration, stop: &AtomicBool, is_answer: &dyn Fn(&str) -> bool) -> Result<String, LoginError> {
        let until = Instant::now() + limit;
        while Instant::now() < until {
            if stop.load(Ordering::Acquire) {
                return Err(LoginError::Stopped);
            }
            match self.listener.accept() {
                Ok((stream, _)) => {
                    if let Some(came) = self.visit(&stream, is_answer) {
                        return Ok(came);
                    }
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => std::thread::park_timeout(SLICE),
                Err(e) => return Err(LoginError::Port(e)),
            }
        }
        Err(LoginError::Nobody { seconds: limit.as_secs() })
    }

    fn visit(&self, stream: &TcpStream, is_answer: &dyn Fn(&str) -> bool) -> Option<String> {
        let path = self.path(stream)?;
        let came = format!("http://127.0.0.1:{}{path}", self.port);
        let found = is_answer(&came);
        let (status, text) = match found {
            true => ("200 OK", "The terminal goes on. You can close this page.\n"),
            false => ("400 Bad Request", "This is not the answer to the login that waits here.\n"),
        };
        let head = "content-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close";
        let mut stream = stream;
        write!(stream, "HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {}\r\n\r\n{text}", text.len()).ok(); // its page is its own loss
        found.then_some(came)
    }

    /// The path of a request that is meant for this very port: a name that was bent to 127.0.0.1 is not.
    fn path(&self, mut stream: &TcpStream) -> Option<String> {
        stream.set_nonblocking(false).ok()?;
        let (begun, mut bytes) = (Instant::now(), Vec::new());
        loop {
            let left = PATIENCE.checked_sub(begun.elapsed()).filter(|left| !left.is_zero())?;
            stream.set_read_timeout(Some(left)).ok()?;
            let mut piece = [0; 2048];
            let got = stream.read(&mut piece).ok().filter(|got| *got > 0)?;
            bytes.extend_from_slice(piece.get(..got)?);
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut request = httparse::Request::new(&mut headers);
            let whole = request.parse(&bytes).ok()?.is_complete();
            if whole {
                let host = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("host")).map(|header| header.value);
                let is_ours = request.method == Some("GET") && host == Some(format!("127.0.0.1:{}", self.port).as_bytes());
                return request.path.filter(|path| is_ours && path.starts_with(PATH)).map(str::to_owned);
            }
            if bytes.len() > LARGEST {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests;
