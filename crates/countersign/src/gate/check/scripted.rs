//! A model of ours on loopback: whatever is asked, the next scripted command is called by the name that the asking agent gives
//! its shell tool, and after the last one a closing text. It speaks the four protocols that coding agents speak.
//!
//! Only for proving that a gate holds: it knows no model, and what is said to it is kept only as the results of its calls.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use super::protocol::{Ask, Protocol};

/// Bytes of one request's head, and of its body.
const LARGEST_HEAD: usize = 64 << 10;
const LARGEST_BODY: usize = 64 << 20;
/// Who says nothing for so long is hung up on.
const PATIENCE: Duration = Duration::from_secs(60);

/// The model, as long as this lives.
pub(super) struct Scripted {
    address: SocketAddr,
    state: Arc<State>,
    accepting: Option<JoinHandle<()>>,
}

/// In a script: what the last result said to run instead.
const AS_TOLD: &str = "as it was told";

/// In a script, before a command: it is left open, in a terminal where the agent has that.
const LEFT_OPEN: &str = "left open: ";
/// In a script, before a text: it is typed into what was left open last, as its result names it.
const TYPED: &str = "typed: ";

/// The number under which a result says that something is still open.
fn left_open(results: &[String]) -> u64 {
    let number = |text: &str| {
        let at = ["session ID ", "\"session_id\":"].iter().find_map(|mark| text.rsplit_once(mark))?.1.trim_start();
        at.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
    };
    results.iter().rev().find_map(|text| number(text)).unwrap_or(0)
}

fn told(results: &[String]) -> String {
    let last = results.last().map_or("", String::as_str);
    let instead = last.rsplit_once("in the same folder: ").map_or("", |(_, rest)| rest);
    let end = instead.find("sha256:").map_or(0, |at| at + "sha256:".len() + 64);
    instead.get(..end).unwrap_or_default().to_owned()
}

struct State {
    /// Commands in order.
    commands: Vec<String>,
    heard: Mutex<Heard>,
    over: AtomicBool,
}

/// What was asked of the model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// Commands that were called so far.
    pub(super) called: usize,
    /// Requests that offered no tool to run a command with, while one was to be called.
    pub(super) withheld: usize,
    /// What the last requests said of the calls' results, oldest first.
    pub(super) results: Vec<String>,
}

impl Scripted {
    /// Listens on a free port of loopback.
    pub(super) fn start(commands: Vec<String>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State { commands, heard: Mutex::default(), over: AtomicBool::new(false) });
        let serving = Arc::clone(&state);
        let accepting = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.over.load(Ordering::Relaxed) {
                    return;
                }
                let state = Arc::clone(&serving);
                if let Ok(stream) = stream {
                    std::thread::spawn(move || drop(serve(stream, &state)));
                }
            }
        });
        Ok(Self { address, state, accepting: Some(accepting) })
    }

    /// `http://127.0.0.1:PORT`.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked until now.
    pub(super) fn heard(&self) -> Heard {
        self.state.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address)); // wakes the thread that accepts
        if let Some(accepting) = self.accepting.take() {
            accepting.join().ok();
        }
    }
}

/// Answers one connection's requests until it closes or says something that is none.
fn serve(mut stream: TcpStream, state: &State) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let mut ahead = Vec::new();
    while let Some(request) = Request::read(&mut stream, &mut ahead)? {
        if state.over.load(Ordering::Relaxed) {
            return Ok(());
        }
        let (status, kind, body) = answer(&request, state);
        let length = body.len();
        write!(stream, "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n")?;
        if request.method != "HEAD" {
            stream.write_all(&body)?;
        }
        stream.flush()?;
        if request.closes {
            return Ok(());
        }
    }
    Ok(())
}

const JSON: &str = "application/json";

fn answer(request: &Request, state: &State) -> (&'static str, &'static str, Vec<u8>) {
    let path = request.path.split('?').next().unwrap_or_default();
    let Some(protocol) = Protocol::of(&request.method, path) else {
        return ("200 OK", JSON, super::protocol::beside(path).to_string().into_bytes());
    };
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return ("400 Bad Request", JSON, br#"{"error":{"message":"this is no JSON"}}"#.to_vec());
    };
    let ask = Ask::new(protocol, path, &body);
    let reply = state.reply(&ask);
    let kind = if ask.streams() { "text/event-stream" } else { JSON };
    ("200 OK", kind, reply)
}

impl State {
    /// A call of the next command where a shell is offered; a text to everything else.
    fn reply(&self, ask: &Ask<'_>) -> Vec<u8> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let results = ask.results();
        if !results.is_empty() {
            heard.results = results;
        }
        let Some(command) = self.commands.get(heard.called) else { return ask.say("All scripted commands were called.") };
        let number = heard.called;
        let call = match (command.strip_prefix(LEFT_OPEN), command.strip_prefix(TYPED)) {
            (Some(command), _) => ask.call_left_open(command, number),
            (_, Some(text)) => ask.type_into(left_open(&heard.results), text, number),
            _ if command == AS_TOLD => ask.call(&told(&heard.results), number),
            _ => ask.call(command, number),
        };
        match call {
            Some(reply) => {
                heard.called += 1;
                reply
            }
            None => {
                heard.withheld += 1;
                ask.say("There is no shell.")
            }
        }
    }
}

struct Request {
    method: String,
    path: String,
    body: Vec<u8>,
    closes: bool,
}

impl Request {
    /// The next request; nothing when the other side closed between two.
    fn read(stream: &mut TcpStream, ahead: &mut Vec<u8>) -> io::Result<Option<Self>> {
        let bad = || io::Error::from(io::ErrorKind::InvalidData);
        let end = loop {
            if let Some(at) = find(ahead, b"\r\n\r\n") {
                break at + 4;
            }
            if ahead.len() > LARGEST_HEAD {
                return Err(bad());
            }
            if !more(stream, ahead)? {
                return if ahead.is_empty() { Ok(None) } else { Err(bad()) };
            }
        };
        let head: Vec<u8> = ahead.drain(..end).collect();
        let mut headers = [httparse::EMPTY_HEADER; 100];
        let mut parsed = httparse::Request::new(&mut headers);
        parsed.parse(&head).map_err(|_| bad())?;
        let (method, path) = (parsed.method.ok_or_else(bad)?.to_owned(), parsed.path.ok_or_else(bad)?.to_owned());
        let header = |name: &str| parsed.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| String::from_utf8_lossy(h.value).to_lowercase());
        let chunked = header("transfer-encoding").is_some_and(|value| value.contains("chunked"));
        let length = header("content-length").map(|value| value.trim().parse::<usize>().map_err(|_| bad())).transpose()?.unwrap_or(0);
        let closes = header("connection").is_some_and(|value| value == "close");
        if header("expect").is_some() {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let body = if chunked { chunks(stream, ahead)? } else { take(stream, ahead, length)? };
        Ok(Some(Self { method, path, body, closes }))
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Reads on; says whether anything came.
fn more(stream: &mut TcpStream, ahead: &mut Vec<u8>) -> io::Result<bool> {
    let mut piece = [0; 16 << 10];
    let read = stream.read(&mut piece)?;
    ahead.extend_from_slice(piece.get(..read).unwrap_or_default());
    Ok(read > 0)
}

fn take(stream: &mut TcpStream, ahead: &mut Vec<u8>, length: usize) -> io::Result<Vec<u8>> {
    if length > LARGEST_BODY {
        return Err(io::ErrorKind::InvalidData.into());
    }
    while ahead.len() < length {
        if !more(stream, ahead)? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(ahead.drain(..length).collect())
}

fn chunks(stream: &mut TcpStream, ahead: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = loop {
            match find(ahead, b"\r\n") {
                Some(at) => break at,
                None if ahead.len() > LARGEST_HEAD => return Err(io::ErrorKind::InvalidData.into()),
                None if more(stream, ahead)? => {}
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        };
        let line = take(stream, ahead, end + 2)?;
        let digits = String::from_utf8_lossy(&line).split(';').next().unwrap_or_default().trim().to_owned();
        let size = usize::from_str_radix(&digits, 16).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        if size + body.len() > LARGEST_BODY {
            return Err(io::ErrorKind::InvalidData.into());
        }
        body.extend(take(stream, ahead, size)?);
        take(stream, ahead, 2)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

#[cfg(test)]
#[path = "scripted/tests.rs"] // also where a test of the whole program takes this file in
mod tests;
