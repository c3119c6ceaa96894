//! A conversation with a language server over its pipes: requests with an end, whatever the server does.
//!
//! ```text
//! ask ─▶ writer thread ─▶ its input        its output ─▶ reader thread ─▶ ask, until its answer, the time or a bound is up
//! ```
//!
//! A server that does not read, does not answer, floods or says what is not the protocol is an error of the one who asks, and is
//! then to be ended: it is in no known state. Nobody waits for a thread; they go when the pipes do.

use std::fs::File;
use std::io::BufReader;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::wire::{self, WireError};

/// How often it is looked whether somebody has stopped the session.
const SLICE: Duration = Duration::from_millis(50);
/// Messages that have come and that nobody has read; then the server waits.
const MOST_WAITING: usize = 4;
/// What may come before one answer.
const MOST_MESSAGES: usize = 50_000;
const MOST_BYTES: usize = 64 << 20;
/// Bytes that it was sent and has not taken. What it is told before a question is less.
const MOST_UNREAD: usize = 16 << 20;
/// Settings that it is told at once that there are none of.
const MOST_ITEMS: usize = 50;
/// How often a server may say that it was just busy (`ContentModified`, `ServerCancelled`).
const MOST_AGAIN: usize = 3;
const BUSY: [i64; 2] = [-32801, -32802];

/// Until when somebody waits.
pub(crate) struct Patience<'a> {
    until: Instant,
    limit: Duration,
    stop: &'a AtomicBool,
}

impl<'a> Patience<'a> {
    pub(crate) fn new(limit: Duration, stop: &'a AtomicBool) -> Self {
        Self { until: Instant::now() + limit, limit, stop }
    }
}

/// Both ends of a conversation.
pub(crate) struct Talk {
    sender: Sender<Vec<u8>>,
    /// Bytes that wait for the writer.
    unread: Arc<AtomicUsize>,
    receiver: Receiver<Result<Vec<u8>, WireError>>,
    asked: u64,
    /// The folder that it works on, as a URI.
    folder: String,
    /// Whether it has said that it has read the project.
    ready: bool,
    /// What it says is wrong with itself or the project, if anything.
    ailing: Option<String>,
}

/// Any message of it.
#[derive(Deserialize)]
struct Message {
    id: Option<Value>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Value,
    error: Option<Complaint>,
}

#[derive(Deserialize)]
struct Complaint {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
}

impl Talk {
    /// Over a server's input and output.
    pub(crate) fn over(input: OwnedFd, output: OwnedFd, folder: String) -> std::io::Result<Self> {
        let (sender, to_write) = mpsc::channel::<Vec<u8>>();
        let (read, receiver) = mpsc::sync_channel(MOST_WAITING);
        let unread = Arc::new(AtomicUsize::new(0));
        let waiting = Arc::clone(&unread);
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        thread("language-in").spawn(move || {
            let mut input = File::from(input);
            while let Ok(message) = to_write.recv() {
                if wire::write(&mut input, &message).is_err() {
                    return; // its end is seen at its output
                }
                waiting.fetch_sub(message.len(), Ordering::AcqRel);
            }
        })?;
        thread("language-out").spawn(move || listen(&mut BufReader::new(File::from(output)), &read))?;
        Ok(Self { sender, unread, receiver, asked: 0, folder, ready: false, ailing: None })
    }

    /// Says something that has no answer.
    pub(crate) fn tell(&self, method: &str, params: &Value) -> Result<(), TalkError> {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, method: &str, params: &Value, patience: &Patience<'_>) -> Result<Value, TalkError> {
        let mut counted = Counted::default();
        for _ in 0..MOST_AGAIN {
            self.asked += 1;
            let id = self.asked;
            self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))?;
            let answer = loop {
                let message = self.next(patience, &mut counted)?;
                if message.method.is_none() && message.id == Some(id.into()) {
                    break message;
                }
                self.heed(message)?;
            };
            match answer.error {
                None => return Ok(answer.result),
                Some(complaint) if BUSY.contains(&complaint.code) => {}
                Some(complaint) => return Err(TalkError::Refused { why: short(&complaint.message) }),
            }
        }
        Err(TalkError::Refused { why: "it was busy".to_owned() })
    }

    /// Waits until it says that it has read the project.
    pub(crate) fn wait_until_ready(&mut self, patience: &Patience<'_>) -> Result<(), TalkError> {
        let mut counted = Counted::default();
        while !self.ready {
            let message = self.next(patience, &mut counted)?;
            self.heed(message)?;
        }
        Ok(())
    }

    /// What it said last of its own state, where that is not well: what it names may not be all.
    pub(crate) fn ailing(&self) -> Option<&str> {
        self.ailing.as_deref()
    }

    fn next(&self, patience: &Patience<'_>, counted: &mut Counted) -> Result<Message, TalkError> {
        loop {
            if patience.stop.load(Ordering::Acquire) {
                return Err(TalkError::Stopped);
            }
            let left = patience.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TalkError::Late { seconds: patience.limit.as_secs() });
            }
            match self.receiver.recv_timeout(left.min(SLICE)) {
                Ok(Ok(bytes)) => {
                    counted.take(&bytes)?;
                    return serde_json::from_slice(&bytes).map_err(|e| TalkError::Garbage { why: e.to_string() });
                }
                Ok(Err(error)) => return Err(TalkError::Garbage { why: error.to_string() }),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(TalkError::Ended),
            }
        }
    }

    /// What it says or asks by itself. It gets no settings, no files and no person.
    fn heed(&mut self, message: Message) -> Result<(), TalkError> {
        let Message { id, method: Some(method), params, .. } = message else { return Ok(()) };
        if method == "experimental/serverStatus" {
            self.ready |= params.get("quiescent") == Some(&Value::Bool(true));
            let well = params.get("health").and_then(Value::as_str).is_none_or(|health| health == "ok");
            let words = params.get("message").and_then(Value::as_str).unwrap_or("something is wrong");
            self.ailing = (!well).then(|| short(words));
        }
        let Some(id) = id else { return Ok(()) };
        let result = match method.as_str() {
            "workspace/configuration" => {
                let wanted = params.get("items").and_then(Value::as_array).map_or(0, Vec::len);
                Some(Value::Array(vec![Value::Null; wanted.min(MOST_ITEMS)]))
            }
            "workspace/workspaceFolders" => Some(json!([{"uri": self.folder, "name": "project"}])),
            "client/registerCapability" | "client/unregisterCapability" | "window/workDoneProgress/create" => Some(Value::Null),
            _ => None,
        };
        self.send(&match result {
            Some(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            None => json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "there is no such method here"}}),
        })
    }

    /// Nobody waits for it to be read, so it may not grow without end.
    fn send(&self, message: &Value) -> Result<(), TalkError> {
        let message = message.to_string().into_bytes();
        let bytes = self.unread.fetch_add(message.len(), Ordering::AcqRel).saturating_add(message.len());
        if bytes > MOST_UNREAD {
            return Err(TalkError::Unread { bytes });
        }
        // Where nobody writes any more, the end is seen at the output.
        self.sender.send(message).ok();
        Ok(())
    }
}

fn listen(output: &mut BufReader<File>, read: &SyncSender<Result<Vec<u8>, WireError>>) {
    while let Some(message) = wire::read(output).transpose() {
        let is_over = message.is_err();
        if read.send(message).is_err() || is_over {
            return;
        }
    }
}

/// What has come while one waits.
#[derive(Default)]
struct Counted {
    messages: usize,
    bytes: usize,
}

impl Counted {
    fn take(&mut self, bytes: &[u8]) -> Result<(), TalkError> {
        self.messages += 1;
        self.bytes += bytes.len();
        match self.messages > MOST_MESSAGES || self.bytes > MOST_BYTES {
            true => Err(TalkError::Flood { messages: self.messages, bytes: self.bytes }),
            false => Ok(()),
        }
    }
}

/// A stranger's words, in one visible line.
pub(super) fn short(text: &str) -> String {
    action::visible_line(text, 200)
}

/// Why there is no answer. But for a refusal, the server is in no known state and is to be ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TalkError {
    #[error("the session was stopped")]
    Stopped,
    #[error("it did not answer within {seconds} s")]
    Late { seconds: u64 },
    #[error("it ended")]
    Ended,
    #[error("it floods: {messages} messages, {bytes} bytes before an answer")]
    Flood { messages: usize, bytes: usize },
    #[error("it floods: {bytes} bytes wait for it to read them")]
    Unread { bytes: usize },
    #[error("{}", short(why))]
    Garbage { why: String },
    #[error("it refused: {why}")]
    Refused { why: String },
}

#[cfg(test)]
mod tests;
