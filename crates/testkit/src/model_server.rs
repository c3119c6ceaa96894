//! A scripted model server on loopback, so that nothing has to be stubbed to test what speaks to models.
//!
//! It speaks Anthropic Messages, OpenAI Responses and OpenAI Chat Completions, streamed and whole, over HTTP/1.1 with
//! keep-alive, on plain threads. A [`Script`] is a list of [`Turn`]s, taken in order by whichever request comes next; a turn
//! can carry a [`Fault`]. Every request is kept with its connection and time. It refuses to know who asks. After the last
//! turn it answers 410, so that a client that asks too often is noticed.

mod anthropic;
mod chat;
mod http;
mod responses;
mod script;

pub use script::{Call, Fault, Script, Stop, Tokens, Turn};

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long a held answer waits for its test.
const PATIENCE: Duration = Duration::from_secs(300);

use http::{Arrived, Connection, Message};

/// A running server; it stops when dropped.
pub struct ModelServer {
    address: SocketAddr,
    url: String,
    shared: Arc<Shared>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// In order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The parsed body; null if there was none or it is not JSON.
    pub body: Value,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// Which connection it came on, counted from zero.
    pub connection: usize,
    /// When its first byte was read.
    pub first_byte: Instant,
    /// When its last byte was read.
    pub arrived: Instant,
    /// How many bytes its body had; a forgetful server keeps this and not the bytes.
    pub size: usize,
    /// When the last byte of the answer was handed to the kernel.
    pub answered: Option<Instant>,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    fn without_bodies(&self) -> Self {
        let (method, path) = (self.method.clone(), self.path.clone());
        let Self { connection, first_byte, arrived, size, answered, .. } = *self;
        Self { method, path, headers: Vec::new(), body: Value::Null, bytes: Vec::new(), connection, first_byte, arrived, size, answered }
    }
}

/// One event of a stream.
struct Event {
    name: Option<&'static str>,
    data: String,
}

/// Which of the three protocols a path belongs to.
#[derive(Clone, Copy)]
enum Protocol {
    Anthropic,
    Responses,
    Chat,
}

struct Shared {
    script: Script,
    forgetful: bool,
    state: Mutex<State>,
    changed: Condvar,
    stopped: AtomicBool,
}

#[derive(Default)]
struct State {
    next_turn: usize,
    requests: Vec<Request>,
    connections: usize,
    /// Connections that the client closed while a reply was still to come.
    hung_up: usize,
    /// Whether what was held may be answered.
    let_go: bool,
    open: Vec<TcpStream>,
}

impl ModelServer {
    /// Starts a server on a free port of loopback.
    ///
    /// # Panics
    /// If no port can be had.
    #[must_use]
    pub fn start(script: Script) -> Self {
        Self::start_as(script, false)
    }

    /// A server that keeps no bodies, for measuring long sessions.
    ///
    /// # Panics
    /// If no port can be had.
    #[must_use]
    pub fn start_forgetful(script: Script) -> Self {
        Self::start_as(script, true)
    }

    #[allow(clippy::expect_used, reason = "a test without a server cannot go on")]
    fn start_as(script: Script, forgetful: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("the address of a bound port");
        let (state, changed) = (Mutex::new(State::default()), Condvar::new());
        let shared = Arc::new(Shared { script, forgetful, state, changed, stopped: AtomicBool::new(false) });
        let serving = Arc::clone(&shared);
        thread::spawn(move || serving.accept(&listener));
        Self { address, url: format!("http://{address}"), shared }
    }

    /// `http://127.0.0.1:PORT`, without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What came so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.lock().requests.clone()
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.shared.lock().connections
    }

    /// Waits until a client closed its connection in the middle of a reply; false if none did in time.
    pub fn wait_for_hang_up(&self, limit: Duration) -> bool {
        self.shared.wait_until(limit, |state| state.hung_up > 0)
    }

    /// Answers what a [`Fault::Held`] keeps waiting.
    pub fn let_go(&self) {
        self.shared.lock().let_go = true;
        self.shared.changed.notify_all();
    }

    /// Waits until so many requests came; false if they did not in time.
    pub fn wait_for_requests(&self, count: usize, limit: Duration) -> bool {
        self.shared.wait_until(limit, |state| state.requests.len() >= count)
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        for stream in self.shared.lock().open.drain(..) {
            // Already closed is as good.
            stream.shutdown(Shutdown::Both).ok();
        }
        // Wakes the listener, which then sees that it is to stop.
        TcpStream::connect(self.address).ok();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until(&self, limit: Duration, mut there: impl FnMut(&State) -> bool) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), limit, |state| !there(state));
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming().map_while(Result::ok) {
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            let number = {
                let mut state = self.lock();
                state.connections += 1;
                state.open.extend(stream.try_clone());
                state.connections - 1
            };
            let shared = Arc::clone(self);
            thread::spawn(move || shared.serve(stream, number));
        }
    }

    /// Serves one connection until either side closes it. An error of the socket only ends this connection.
    fn serve(&self, stream: TcpStream, number: usize) {
        stream.set_nodelay(true).ok();
        let Ok(mut connection) = Connection::new(stream) else {
            return;
        };
        while let Ok(Some(arrived)) = connection.read() {
            let request = request(&arrived, number);
            let (turn, place) = self.note(&request);
            let goes_on = self.answer(&mut connection, &request, turn);
            if let Some(kept) = self.lock().requests.get_mut(place) {
                kept.answered = connection.answered;
            }
            match goes_on {
                Ok(true) => {}
                Ok(false) | Err(_) => return connection.close(),
            }
        }
    }

    /// Keeps a request and says which turn answers it, and where it is kept.
    fn note(&self, request: &Request) -> (usize, usize) {
        let kept = match self.forgetful {
            true => request.without_bodies(),
            false => request.clone(),
        };
        let mut state = self.lock();
        state.requests.push(kept);
        let place = state.requests.len() - 1;
        let turn = state.next_turn;
        if request.method == "POST" {
            state.next_turn += 1;
        }
        drop(state);
        self.changed.notify_all();
        (turn, place)
    }

    /// Answers; says whether the connection may go on.
    fn answer(&self, connection: &mut Connection, request: &Request, number: usize) -> io::Result<bool> {
        let path = request.path.split('?').next().unwrap_or_default();
        if request.method == "GET" && path.ends_with("/models") {
            return connection.whole(&Message::json(200, &models(&self.script.model)));
        }
        let Some(protocol) = protocol(path) else {
            return connection.whole(&Message::json(404, &complaint("not_found_error", "no such path")));
        };
        let Some(turn) = self.script.turns.get(number) else {
            return connection.whole(&Message::json(410, &complaint("gone", "the script is over")));
        };
        pass(self.script.think);
        match &turn.fault {
            Some(Fault::Status { code, headers, message }) => {
                let mut answer = Message::json(*code, &complaint("scripted_error", message));
                answer.headers.extend(headers.iter().cloned());
                return connection.whole(&answer);
            }
            Some(Fault::Unanswered) => return Ok(false),
            Some(Fault::Held) if !self.wait_until(PATIENCE, |state| state.let_go) => return Ok(false),
            Some(Fault::Body { mime, body }) => {
                let headers = vec![("content-type".to_owned(), mime.clone())];
                return connection.whole(&Message { status: 200, headers, body: body.clone() });
            }
            _ => {}
        }
        let model = request.body.get("model").and_then(Value::as_str).unwrap_or("scripted");
        if request.body.get("stream").and_then(Value::as_bool) != Some(true) {
            let whole = match protocol {
                Protocol::Anthropic => anthropic::whole(turn, number, model),
                Protocol::Responses => responses::whole(turn, number, model),
                Protocol::Chat => chat::whole(turn, number, model),
            };
            return connection.whole(&Message::json(200, &whole));
        }
        let with_usage = request.body.pointer("/stream_options/include_usage") == Some(&Value::Bool(true));
        let events = match protocol {
            Protocol::Anthropic => anthropic::events(turn, number, model),
            Protocol::Responses => responses::events(turn, number, model),
            Protocol::Chat => chat::events(turn, number, model, with_usage),
        };
        self.stream(connection, events, turn.fault.as_ref())
    }

    fn stream(&self, connection: &mut Connection, events: Vec<Event>, fault: Option<&Fault>) -> io::Result<bool> {
        connection.begin_stream()?;
        let mut bytes = Vec::new();
        for (index, event) in events.iter().enumerate() {
            match fault {
                Some(Fault::Cut { after }) if index == *after => {
                    connection.chunk(&bytes)?;
                    return Ok(false);
                }
                Some(Fault::Stall { after }) if index == *after => {
                    connection.chunk(&bytes)?;
                    return self.wait_for_the_end(connection);
                }
                Some(Fault::Raw { after, text }) if index == *after => bytes.extend_from_slice(text.as_bytes()),
                Some(Fault::Slow { each }) => {
                    connection.chunk(&bytes)?;
                    bytes.clear();
                    pass(*each);
                }
                _ => {}
            }
            event.write(&mut bytes)?;
        }
        if let Some(Fault::Unended) = fault {
            connection.chunk(&bytes)?;
            return self.wait_for_the_end(connection);
        }
        connection.end_stream(&bytes)
    }

    /// Says nothing more and waits for the client to go away.
    fn wait_for_the_end(&self, connection: &mut Connection) -> io::Result<bool> {
        let gone = connection.wait_for_the_end();
        if !self.stopped.load(Ordering::SeqCst) {
            self.lock().hung_up += 1;
            self.changed.notify_all();
        }
        gone.map(|()| false)
    }
}

impl Event {
    fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        if let Some(name) = self.name {
            writeln!(out, "event: {name}")?;
        }
        write!(out, "data: {}\n\n", self.data)
    }
}

fn request(arrived: &Arrived, connection: usize) -> Request {
    Request {
        method: arrived.method.clone(),
        path: arrived.path.clone(),
        headers: arrived.headers.clone(),
        body: serde_json::from_slice(&arrived.body).unwrap_or(Value::Null),
        bytes: arrived.body.clone(),
        connection,
        first_byte: arrived.first_byte,
        arrived: arrived.last_byte,
        size: arrived.body.len(),
        answered: None,
    }
}

fn protocol(path: &str) -> Option<Protocol> {
    let ends = |end: &str| path.ends_with(end);
    if ends("/v1/messages") {
        Some(Protocol::Anthropic)
    } else if ends("/responses") {
        Some(Protocol::Responses)
    } else if ends("/chat/completions") {
        Some(Protocol::Chat)
    } else {
        None
    }
}

/// One list in the shapes of all vendors at once.
fn models(name: &str) -> Value {
    let model = json!({
        "id": name, "object": "model", "created": 1, "owned_by": "testkit",
        "type": "model", "display_name": name, "created_at": "2026-01-01T00:00:00Z",
    });
    json!({"object": "list", "data": [model], "has_more": false, "first_id": name, "last_id": name})
}

fn complaint(kind: &str, message: &str) -> Value {
    json!({"type": "error", "error": {"type": kind, "code": kind, "message": message, "param": null}})
}

/// Lets the time pass that the scripted model takes.
fn pass(time: Duration) {
    let until = Instant::now() + time;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        thread::park_timeout(left);
    }
}

/// Cuts text into pieces as a model would say it.
fn pieces(text: &str) -> Vec<&str> {
    let mut rest = text;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let end = rest.char_indices().nth(48).map_or(rest.len(), |(index, _)| index);
        let (piece, left) = rest.split_at(end);
        pieces.push(piece);
        rest = left;
    }
    pieces
}

#[cfg(test)]
mod tests;
