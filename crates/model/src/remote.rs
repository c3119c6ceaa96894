//! A model behind a connection: builds the body, sends it, reads the stream, and asks again where that is safe.
//!
//! "Safe" means that nothing of a reply was shown yet. A stream that breaks after that is an error and its draft is
//! dropped: no half call ever leaves this file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::attachment::Medium;
use crate::error::ModelError;
use crate::history::History;
use crate::message::{Delta, Reply, Request, ToolShape};
use crate::protocol::{Complaint, Draft, Progress, Protocol, shortened};
use crate::retry::{Pause, Tries, is_passing};
use crate::sse::{BadStream, Events};
use crate::wire::{Broke, Gone, Head, Line, Piece, Secret, is_success, next};
use crate::{Model, limits};

/// No model says more than this.
const LARGEST_EVENT: usize = 8 * 1024 * 1024;
const LARGEST_REPLY: usize = 64 * 1024 * 1024;
const LARGEST_ERROR: usize = 64 * 1024;

/// A model that is spoken to in protocol `P`.
pub(crate) struct Remote<P> {
    name: String,
    context_limit: u64,
    protocol: P,
    line: Line,
    key: Option<Secret>,
    pause: Pause,
    head: HeadKept,
    history: History,
}

/// The head of the last body and what it was made of.
#[derive(Default)]
struct HeadKept {
    system: String,
    tools: Vec<ToolShape>,
    max_output: u32,
    json: Vec<u8>,
}

/// One try that gave no reply.
struct Miss {
    kind: MissKind,
    /// Whether the same request may be sent again.
    again: bool,
    asked: Option<Duration>,
}

enum MissKind {
    Unreachable(String),
    Status(u16, String),
    Other(ModelError),
}

impl<P: Protocol> Remote<P> {
    pub(crate) fn new(name: String, context_limit: u64, protocol: P, line: Line, key: Option<Secret>, pause: Pause) -> Self {
        let (head, history) = (HeadKept::default(), History::default());
        Self { name, context_limit, protocol, line, key, pause, head, history }
    }

    fn body(&mut self, request: &Request) -> Vec<u8> {
        self.head.update(&self.protocol, request);
        let settled = self.protocol.settled(&request.messages).min(request.messages.len());
        let (old, new) = request.messages.split_at(settled);
        let protocol = &self.protocol;
        let history = self.history.rendered(old, |message, out| protocol.message(message, out));
        let mut messages = Vec::new();
        protocol.unsettled(new, &mut messages);
        join(&self.head.json, history, &messages)
    }

    fn attempt(&mut self, body: &Arc<Vec<u8>>, live: &mut dyn FnMut(Delta), cancel: &AtomicBool) -> Result<Reply, Miss> {
        let arriving = self.line.post(Arc::clone(body)).map_err(|gone| self.gone(gone))?;
        let head = match self.next(&arriving, cancel)? {
            Piece::Answered(head) => head,
            Piece::Broke(broke) => return Err(unreachable(broke)),
            Piece::Bytes(_) | Piece::End => return Err(self.miss(self.garbled("an answer without a head"))),
        };
        if !is_success(head.status) {
            return Err(self.turned_away(&head, &arriving, cancel));
        }
        if !head.mime.starts_with("text/event-stream") {
            self.line.hang_up();
            let why = format!("it answered with `{}` instead of a stream", shortened(&head.mime, 60));
            return Err(self.miss(self.garbled(&why)));
        }
        self.listen(&arriving, live, cancel)
    }

    fn listen(&mut self, arriving: &Receiver<Piece>, live: &mut dyn FnMut(Delta), cancel: &AtomicBool) -> Result<Reply, Miss> {
        let mut draft = self.protocol.draft();
        let mut events = Events::new(LARGEST_EVENT);
        let mut size = 0;
        loop {
            match self.next(arriving, cancel)? {
                Piece::Answered(_) => {}
                Piece::End => return draft.finish().map_err(|complaint| self.complain(complaint)),
                Piece::Broke(broke) => return Err(self.cut(&broke.why)),
                Piece::Bytes(bytes) => {
                    size += bytes.len();
                    if size > LARGEST_REPLY {
                        return Err(self.too_big(LARGEST_REPLY));
                    }
                    let go_on = events.take::<Trouble>(&bytes, &mut |data| Ok(draft.event(data, live)? == Progress::More));
                    match go_on {
                        Ok(true) => {}
                        Ok(false) => {
                            self.line.finish(arriving);
                            return draft.finish().map_err(|complaint| self.complain(complaint));
                        }
                        Err(trouble) => return Err(self.trouble(trouble)),
                    }
                }
            }
        }
    }

    fn next(&mut self, arriving: &Receiver<Piece>, cancel: &AtomicBool) -> Result<Piece, Miss> {
        next(&mut self.line, arriving, cancel).map_err(|gone| self.gone(gone))
    }

    /// Reads why the request was turned away.
    fn turned_away(&mut self, head: &Head, arriving: &Receiver<Piece>, cancel: &AtomicBool) -> Miss {
        let mut bytes = Vec::new();
        loop {
            match self.next(arriving, cancel) {
                Ok(Piece::Bytes(more)) if bytes.len() + more.len() <= LARGEST_ERROR => bytes.extend_from_slice(&more),
                Ok(Piece::Bytes(_)) => {
                    self.line.hang_up();
                    break;
                }
                Ok(_) => break,
                Err(miss) => return miss,
            }
        }
        let said = self.quoted(&words(&bytes));
        let again = head.retry.unwrap_or(is_passing(head.status));
        Miss { kind: MissKind::Status(head.status, said), again, asked: head.wait }
    }

    fn trouble(&mut self, trouble: Trouble) -> Miss {
        self.line.hang_up();
        match trouble {
            Trouble::Stream(BadStream::TooBig(limit)) => self.too_big(limit),
            Trouble::Stream(other) => self.miss(self.garbled(&other.to_string())),
            Trouble::Reply(complaint) => self.complain(complaint),
        }
    }

    fn complain(&self, complaint: Complaint) -> Miss {
        match complaint {
            Complaint::Garbled(why) => self.miss(self.garbled(&why)),
            Complaint::Unfinished => self.cut("the stream ended before the reply did"),
            Complaint::Failed { status: 0, said } => {
                self.miss(ModelError::Failed { model: self.name.clone(), said: self.quoted(&said) })
            }
            Complaint::Failed { status, said } => {
                Miss { kind: MissKind::Status(status, self.quoted(&said)), again: is_passing(status), asked: None }
            }
        }
    }

    fn cut(&self, why: &str) -> Miss {
        let error = ModelError::Cut { model: self.name.clone(), why: self.quoted(why) };
        Miss { kind: MissKind::Other(error), again: true, asked: None }
    }

    fn too_big(&mut self, limit: usize) -> Miss {
        self.line.hang_up();
        self.miss(ModelError::TooBig { model: self.name.clone(), limit })
    }

    fn garbled(&self, why: &str) -> ModelError {
        ModelError::Garbled { model: self.name.clone(), why: self.quoted(why) }
    }

    fn miss(&self, error: ModelError) -> Miss {
        Miss { kind: MissKind::Other(error), again: false, asked: None }
    }

    fn gone(&self, gone: Gone) -> Miss {
        self.miss(match gone {
            Gone::Cancelled => ModelError::Cancelled,
            Gone::NoThread(why) => ModelError::NoThread { model: self.name.clone(), why },
        })
    }

    /// A vendor's words, shortened and without the key.
    fn quoted(&self, said: &str) -> String {
        let short = shortened(said, 500);
        match &self.key {
            Some(Secret(key)) if !key.is_empty() => short.replace(key.as_str(), "[key]"),
            _ => short,
        }
    }

    /// What a miss means once there is no further try.
    fn give_up(&self, miss: Miss, tries: u32) -> ModelError {
        let model = self.name.clone();
        match miss.kind {
            MissKind::Other(error) => error,
            MissKind::Unreachable(why) => {
                ModelError::Unreachable { model, url: self.line.url().to_owned(), tries, why: self.quoted(&why) }
            }
            MissKind::Status(status, said) => match status {
                401..=403 => ModelError::KeyRefused { model, status, said },
                404 => ModelError::NoSuchModel { model, status, said },
                413 => ModelError::TooLong { model, said },
                400 | 422 | 500 if limits::says_too_long(&said) => ModelError::TooLong { model, said },
                _ if is_passing(status) => ModelError::Busy { model, status, tries, asked: miss.asked, said },
                _ => ModelError::Rejected { model, status, said },
            },
        }
    }
}

impl<P: Protocol> Model for Remote<P> {
    fn name(&self) -> &str {
        &self.name
    }

    fn context_limit(&self) -> u64 {
        self.context_limit
    }

    fn takes(&self, medium: Medium) -> bool {
        self.protocol.takes(medium)
    }

    fn ask(&mut self, request: &Request, live: &mut dyn FnMut(Delta), cancel: &AtomicBool) -> Result<Reply, ModelError> {
        let body = Arc::new(self.body(request));
        let mut tries = Tries::default();
        loop {
            if cancel.load(Ordering::Relaxed) {
                return Err(ModelError::Cancelled);
            }
            let mut shown = false;
            let mut note = |delta| {
                shown = true;
                live(delta);
            };
            let miss = match self.attempt(&body, &mut note, cancel) {
                Ok(reply) => return Ok(reply),
                Err(miss) => miss,
            };
            let may = miss.again && !limits::is_hopeless(miss.said()) && (!shown || tries.may_repeat());
            match tries.failed(miss.asked).filter(|_| may) {
                Some(wait) => {
                    live(Delta::Waiting { wait, why: again(&miss, shown) });
                    (self.pause)(wait, cancel);
                }
                None => return Err(self.give_up(miss, tries.made())),
            }
        }
    }
}

impl HeadKept {
    fn update(&mut self, protocol: &impl Protocol, request: &Request) {
        let same = !self.json.is_empty()
            && self.max_output == request.max_output
            && self.system == request.system
            && self.tools == request.tools;
        if same {
            return;
        }
        self.json.clear();
        protocol.head(request, &mut self.json);
        self.system.clone_from(&request.system);
        self.tools.clone_from(&request.tools);
        self.max_output = request.max_output;
    }
}

/// Every rendered message has a leading comma; the first in the list needs none.
fn join(head: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(head.len() + old.len() + new.len() + 2);
    body.extend_from_slice(head);
    let first_in_list = head.last() == Some(&b'[');
    for part in [old, new] {
        let spare = first_in_list && body.len() == head.len();
        body.extend_from_slice(part.strip_prefix(b",").filter(|_| spare).unwrap_or(part));
    }
    body.extend_from_slice(b"]}");
    body
}

/// Why it is asked again. Nothing of a reply is acted on before it is whole, so a half one costs no more than its words.
fn again(miss: &Miss, shown: bool) -> String {
    match shown {
        true => format!("the reply was cut off ({}); it is asked for again, and what it said so far does not count", miss.said()),
        false => miss.said().to_owned(),
    }
}

fn unreachable(broke: Broke) -> Miss {
    Miss { kind: MissKind::Unreachable(broke.why), again: !broke.lasting, asked: None }
}

impl Miss {
    fn said(&self) -> &str {
        match &self.kind {
            MissKind::Unreachable(said) | MissKind::Status(_, said) => said,
            MissKind::Other(ModelError::Cut { why, .. }) => why,
            MissKind::Other(_) => "",
        }
    }
}

/// The message in an error body, whatever its shape.
fn words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) else {
        return text.into_owned();
    };
    let error = value.get("error").unwrap_or(&value);
    let message = error.get("message").or_else(|| value.get("message")).or_else(|| value.get("detail"));
    match (message.and_then(|message| message.as_str()), error.as_str()) {
        (Some(message), _) | (None, Some(message)) => message.to_owned(),
        (None, None) => text.into_owned(),
    }
}

enum Trouble {
    Stream(BadStream),
    Reply(Complaint),
}

impl From<BadStream> for Trouble {
    fn from(bad: BadStream) -> Self {
        Self::Stream(bad)
    }
}

impl From<Complaint> for Trouble {
    fn from(complaint: Complaint) -> Self {
        Self::Reply(complaint)
    }
}

#[cfg(test)]
mod tests;
