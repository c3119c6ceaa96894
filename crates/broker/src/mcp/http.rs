//! Streamable HTTP as a transport of the protocol's client: each message of ours is a POST, what comes back is one message or a
//! stream of events.
//!
//! One host is spoken to, over TLS unless it is this machine, on a private network only where its address is an IP address or the
//! service names it; nothing is redirected, no proxy is read from anywhere, nothing is
//! sent twice, and no stream is opened but as an answer, to go on with one that ended too early, and one to listen for what the
//! server asks. Each request has a thread with a time limit; every byte counts for the [`Meter`]. Dropped, it tells the server that
//! the conversation is over.
//!
//! Where somebody is logged in, each request carries their token, read anew each time, so that logging out counts at once. A
//! server that does not take it gets one renewed; what only asks is sent again then, and nothing else is.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rmcp::RoleClient;
use rmcp::model::{ClientJsonRpcMessage, ClientNotification, ClientRequest, ErrorData, RequestId, ServerJsonRpcMessage, ServerResult};
use rmcp::transport::Transport;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body, RequestBuilder};

use super::Limits;
use super::login::{Challenge, LoginError, Slot};
use super::meter::Meter;
use crate::address::SystemResolver;
use crate::outward::{self, Placed};

/// A way to one address.
pub(super) struct Http {
    shared: Arc<Shared>,
    incoming: mpsc::Receiver<ServerJsonRpcMessage>,
}

struct Shared {
    agent: Agent,
    url: String,
    headers: Vec<(String, String)>,
    /// Where the login is kept, if there is one.
    login: Option<Slot>,
    told: Mutex<Told>,
    /// Tokens that the server was sent here: nobody reads them in what it says.
    sent: Mutex<Vec<String>>,
    /// Taken away when the server floods: the conversation is over then.
    messages: Mutex<Option<mpsc::Sender<ServerJsonRpcMessage>>>,
    meter: Arc<Meter>,
    /// As long as one call may take.
    limit: Duration,
}

/// What the server wants to hear again with each request.
#[derive(Clone, Default)]
struct Told {
    session: Option<String>,
    version: Option<String>,
}

/// Headers that are ours to write.
const OURS: [&str; 7] = ["accept", "content-length", "content-type", "host", "mcp-protocol-version", "mcp-session-id", "transfer-encoding"];
/// Messages that nobody has taken yet.
const WAITING: usize = 16;
/// How often one stream is gone on with.
const MOST_STREAMS: u32 = 8;
/// Before a stream is gone on with, where the server says nothing else.
const PAUSE: Duration = Duration::from_secs(1);
/// After this a server asks nothing by itself any more.
const LONGEST_LISTENING: Duration = Duration::from_secs(15 * 60);
/// Tokens of one conversation that are known again.
const MOST_TOKENS: usize = 16;
const LONGEST_END: Duration = Duration::from_secs(5);

impl Http {
    pub(super) fn to(url: &str, headers: Vec<(String, String)>, login: Option<&Slot>, private: &[String], limits: Limits, meter: Arc<Meter>) -> io::Result<Self> {
        if !is_private(url) {
            return Err(io::Error::other("the address is neither https nor on this machine"));
        }
        if login.is_some_and(|slot| !slot.is_at(url)) {
            return Err(io::Error::other("the login is for another address"));
        }
        let (sender, incoming) = mpsc::channel(WAITING);
        let limit = limits.call.max(limits.start);
        let agent = outward::agent(Some(limit), Placed { inner: may_be_inner(url, private), resolve: Arc::new(SystemResolver) });
        let is_ours = |name: &str| OURS.contains(&name) || (name == "authorization" && login.is_some_and(Slot::is_taken));
        let headers = headers.into_iter().filter(|(name, _)| !is_ours(&name.to_ascii_lowercase())).collect();
        let (told, sent, messages, login) = (Mutex::default(), Mutex::default(), Mutex::new(Some(sender)), login.cloned());
        let shared = Shared { agent, url: url.to_owned(), headers, login, told, sent, messages, meter, limit };
        Ok(Self { shared: Arc::new(shared), incoming })
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        self.shared.hang_up();
        let shared = Arc::clone(&self.shared);
        // Without a thread it is not said, and the server forgets the conversation by itself.
        drop(std::thread::Builder::new().name("mcp-http".to_owned()).spawn(move || shared.end()));
    }
}

/// Hosts that may be on this machine or a private network: those that the service names, and an address that people read and signed
/// as one, which is no name that could lead elsewhere.
fn may_be_inner(url: &str, private: &[String]) -> Vec<String> {
    let host = host_of(url);
    let is_an_address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    let is_named = private.iter().any(|name| name.eq_ignore_ascii_case(host));
    (is_an_address || is_named || action::is_this_machine(host)).then(|| host.to_owned()).into_iter().collect()
}

/// Whether others on the way could read what is said.
fn is_private(url: &str) -> bool {
    let names_one_host = !authority_of(url).contains(['@', '\\']);
    names_one_host && (url.starts_with("https://") || (url.starts_with("http://") && action::is_this_machine(host_of(url))))
}

fn authority_of(url: &str) -> &str {
    url.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default()
}

fn host_of(url: &str) -> &str {
    let authority = authority_of(url);
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

impl Transport<RoleClient> for Http {
    type Error = io::Error;

    fn send(&mut self, item: ClientJsonRpcMessage) -> impl Future<Output = Result<(), io::Error>> + Send + 'static {
        let (taken, was_taken) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        let begun = std::thread::Builder::new().name("mcp-http".to_owned()).spawn(move || shared.post(&item, taken));
        async move {
            begun?;
            was_taken.await.unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
        }
    }

    async fn receive(&mut self) -> Option<ServerJsonRpcMessage> {
        self.incoming.recv().await
    }

    async fn close(&mut self) -> Result<(), io::Error> {
        self.incoming.close();
        Ok(())
    }
}

impl Shared {
    /// Sends one message; says so once the server has taken it, and hands on what it answers.
    fn post(&self, item: &ClientJsonRpcMessage, taken: oneshot::Sender<io::Result<()>>) {
        let wanted = match item {
            ClientJsonRpcMessage::Request(request) => Some(&request.id),
            _ => None,
        };
        let response = match self.request(item) {
            Ok(response) => response,
            Err(e) => {
                taken.send(Err(e)).ok(); // nobody waits any more
                return;
            }
        };
        taken.send(Ok(())).ok();
        if matches!(item, ClientJsonRpcMessage::Notification(note) if matches!(note.notification, ClientNotification::InitializedNotification(_))) {
            self.listen().unwrap_or_default(); // a server need not have anything to say by itself
            return;
        }
        let answered = self.read_on(response, wanted).unwrap_or_default();
        if let (Some(id), false) = (wanted, answered) {
            self.hand_on(ServerJsonRpcMessage::error(ErrorData::internal_error("the answer ended before it was one", None), Some(id.clone())));
        }
    }

    fn request(&self, item: &ClientJsonRpcMessage) -> io::Result<Response<Body>> {
        let body = serde_json::to_vec(item)?;
        let send = |token: Option<&str>| {
            let request = self.headed(self.agent.post(&self.url), token).header("content-type", "application/json");
            request.header("accept", "application/json, text/event-stream").send(&body).map_err(io::Error::other)
        };
        let token = self.token()?;
        let response = send(token.as_deref())?;
        match token.filter(|_| response.status() == StatusCode::UNAUTHORIZED) {
            None => self.taken(response),
            Some(token) => {
                let renewed = self.renewed(&token)?;
                match only_asks(item) {
                    true => self.taken(send(Some(&renewed))?),
                    false => Err(wants("it did not take the token of the login, which is renewed now. Nothing was sent again: ask again".into(), Vec::new())),
                }
            }
        }
    }

    /// The token for this very address, where somebody is logged in.
    fn token(&self) -> io::Result<Option<String>> {
        match self.login.as_ref().map(Slot::bearer).transpose() {
            Ok(token) => Ok(token.flatten()),
            Err(LoginError::Store(e)) => Err(io::Error::other(e)),
            Err(e) => Err(self.log_in_again(&e)),
        }
    }

    fn renewed(&self, refused: &str) -> io::Result<String> {
        let slot = self.login.as_ref().ok_or_else(|| wants(self.log_in(), Vec::new()))?;
        slot.renew(refused).map(|login| login.token().to_owned()).map_err(|e| self.log_in_again(&e))
    }

    fn log_in(&self) -> String {
        let name = self.login.as_ref().map(Slot::name).filter(|name| is_word(name)).unwrap_or("NAME");
        format!("countersign mcp login {name}")
    }

    fn log_in_again(&self, error: &LoginError) -> io::Error {
        wants(format!("its login cannot be renewed: {error}. Log in again: {}", self.log_in()), Vec::new())
    }

    /// Hears what the server says by itself, where the conversation has a name.
    fn listen(&self) -> io::Result<()> {
        if self.told.lock().unwrap_or_else(PoisonError::into_inner).session.is_none() {
            return Ok(());
        }
        let request = self.headed(self.agent.get(&self.url), self.token()?.as_deref()).header("accept", "text/event-stream");
        let request = request.config().timeout_global(Some(LONGEST_LISTENING)).build();
        let response = self.taken(request.call().map_err(io::Error::other)?)?;
        self.read(response, None, &mut Ended { id: None, pause: PAUSE }).map(drop)
    }

    /// Says that the conversation is over; a server that does not hear it forgets it by itself.
    fn end(&self) {
        if self.told.lock().unwrap_or_else(PoisonError::into_inner).session.is_some() {
            let Ok(token) = self.token() else { return };
            let request = self.headed(self.agent.delete(&self.url), token.as_deref()).config().timeout_global(Some(LONGEST_END)).build();
            request.call().ok();
        }
    }

    /// Goes on with a stream of events after this one.
    fn go_on(&self, after: &str) -> io::Result<Response<Body>> {
        let request = self.headed(self.agent.get(&self.url), self.token()?.as_deref()).header("accept", "text/event-stream").header("last-event-id", after);
        self.taken(request.call().map_err(io::Error::other)?)
    }

    fn headed<B>(&self, mut request: RequestBuilder<B>, token: Option<&str>) -> RequestBuilder<B> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        for (name, value) in [("mcp-session-id", told.session), ("mcp-protocol-version", told.version)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        match token {
            Some(token) => {
                self.sends(token);
                request.header("authorization", format!("Bearer {token}"))
            }
            None => request,
        }
    }

    fn sends(&self, token: &str) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if !sent.iter().any(|known| known == token) {
            sent.push(token.to_owned());
        }
        if sent.len() > MOST_TOKENS {
            sent.remove(0);
        }
    }

    fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn taken(&self, response: Response<Body>) -> io::Result<Response<Body>> {
        match response.status() {
            status if status.is_success() => {}
            StatusCode::UNAUTHORIZED => {
                return Err(wants(format!("it wants somebody who is logged in: {}", self.log_in()), Vec::new()));
            }
            StatusCode::FORBIDDEN => return Err(self.forbidden(&response)),
            status if status.is_redirection() => return Err(io::Error::other("it sends elsewhere, and nobody goes there")),
            status => return Err(io::Error::other(format!("it answers with HTTP {status}"))),
        }
        if let Some(session) = response.headers().get("mcp-session-id").and_then(|value| value.to_str().ok()) {
            self.told.lock().unwrap_or_else(PoisonError::into_inner).session = Some(session.to_owned());
        }
        Ok(response)
    }

    /// A no to somebody who may be logged in, and what would make it a yes.
    fn forbidden(&self, response: &Response<Body>) -> io::Error {
        let (mut challenge, sent) = (Challenge::of(response.headers()), self.sent());
        challenge.scopes.retain(|scope| !sent.iter().any(|token| scope.contains(token.as_str())));
        if !challenge.wants_more() {
            return io::Error::other("it forbids this to whoever asks (HTTP 403)");
        }
        let typed: String = challenge.scopes.iter().filter(|scope| is_word(scope)).map(|scope| format!(" --scope {scope}")).collect();
        wants(format!("the login is not for this; nothing was sent again. For more: {}{typed}", self.log_in()), challenge.scopes)
    }

    /// Reads an answer, over as many streams as the server breaks it into.
    fn read_on(&self, response: Response<Body>, wanted: Option<&RequestId>) -> io::Result<bool> {
        let begun = Instant::now();
        let mut response = response;
        for _ in 0..MOST_STREAMS {
            let mut ended = Ended { id: None, pause: PAUSE };
            if self.read(response, wanted, &mut ended)? {
                return Ok(true);
            }
            let Some(id) = ended.id.filter(|_| begun.elapsed() + ended.pause < self.limit) else { break };
            wait(ended.pause);
            response = self.go_on(&id)?;
        }
        Ok(false)
    }

    /// Reads all that comes; whether the wanted answer was among it.
    fn read(&self, mut response: Response<Body>, wanted: Option<&RequestId>, ended: &mut Ended) -> io::Result<bool> {
        let kind = response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        let counted = Counted { inner: response.body_mut().as_reader(), shared: self };
        let mut answered = false;
        if kind.starts_with("text/event-stream") {
            let mut events = Events::of(BufReader::new(counted));
            while let Some(text) = events.next()? {
                answered |= self.understand(&text, wanted);
            }
            let (id, pause) = (events.id.take(), events.pause);
            if !answered && wanted.is_some() {
                *ended = Ended { id, pause };
            }
        } else if kind.starts_with("application/json") {
            let mut text = Vec::new();
            let mut counted = counted;
            counted.read_to_end(&mut text)?;
            answered = self.understand(&text, wanted);
        }
        self.meter.end_message();
        Ok(answered)
    }

    /// Hands on one message, if it is one. Whether it is the wanted answer.
    fn understand(&self, text: &[u8], wanted: Option<&RequestId>) -> bool {
        let Some(message) = message(text, &self.sent()) else { return false };
        let id = match &message {
            ServerJsonRpcMessage::Response(response) => {
                if let ServerResult::InitializeResult(result) = &response.result {
                    let version = result.protocol_version.as_str().to_owned();
                    self.told.lock().unwrap_or_else(PoisonError::into_inner).version = Some(version);
                }
                Some(&response.id)
            }
            ServerJsonRpcMessage::Error(error) => error.id.as_ref(),
            _ => None,
        };
        let is_wanted = id.is_some() && id == wanted;
        self.hand_on(message);
        is_wanted
    }

    fn hand_on(&self, message: ServerJsonRpcMessage) {
        let sender = self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sender) = sender {
            sender.blocking_send(message).ok(); // nobody listens any more
        }
    }

    fn hang_up(&self) {
        *self.messages.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// One message, with `[token]` for each token that the server was sent. Looked for in the texts as they are read, however they are spelled.
fn message(text: &[u8], sent: &[String]) -> Option<ServerJsonRpcMessage> {
    match sent {
        [] => serde_json::from_slice(text).ok(),
        sent => serde_json::from_value(without(serde_json::from_slice(text).ok()?, sent)).ok(),
    }
}

/// As deep as the reader goes, which is bounded.
fn without(value: Value, sent: &[String]) -> Value {
    let blank = |text: String| sent.iter().fold(text, |text, token| text.replace(token, "[token]"));
    match value {
        Value::String(text) => Value::String(blank(text)),
        Value::Array(all) => all.into_iter().map(|one| without(one, sent)).collect(),
        Value::Object(all) => Value::Object(all.into_iter().map(|(name, one)| (blank(name), without(one, sent))).collect()),
        other => other,
    }
}

/// What can be sent again, because it changes nothing: questions of the protocol, and news of ours.
fn only_asks(item: &ClientJsonRpcMessage) -> bool {
    match item {
        ClientJsonRpcMessage::Request(request) => matches!(
            request.request,
            ClientRequest::InitializeRequest(_)
                | ClientRequest::PingRequest(_)
                | ClientRequest::ListToolsRequest(_)
                | ClientRequest::ListResourcesRequest(_)
                | ClientRequest::ListPromptsRequest(_)
        ),
        ClientJsonRpcMessage::Notification(_) => true,
        _ => false,
    }
}

/// Whether it can stand in a command line that somebody copies.
fn is_word(text: &str) -> bool {
    !text.starts_with('-') && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:/".contains(c))
}

/// The server wants somebody, or somebody who may do more.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub(super) struct WantsLogin {
    pub why: String,
    pub scopes: Vec<String>,
}

fn wants(why: String, scopes: Vec<String>) -> io::Error {
    io::Error::other(WantsLogin { why, scopes })
}

/// A body whose bytes count; a flood ends the whole conversation.
struct Counted<'a, R> {
    inner: R,
    shared: &'a Shared,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        let counted = self.shared.meter.take(buffer.get(..got).unwrap_or_default());
        if counted.is_err() {
            self.shared.hang_up();
        }
        counted.map(|()| got)
    }
}

/// How a stream ended that had not come to the answer.
struct Ended {
    /// Its last event; without one nobody can go on with it.
    id: Option<String>,
    /// How long the server wants us to wait.
    pause: Duration,
}

fn wait(pause: Duration) {
    let until = Instant::now() + pause;
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

/// The data of server-sent events (WHATWG HTML, 9.2.6), and what is needed to go on with them.
struct Events<R> {
    lines: R,
    id: Option<String>,
    pause: Duration,
}

impl<R: BufRead> Events<R> {
    fn of(lines: R) -> Self {
        Self { lines, id: None, pause: PAUSE }
    }

    /// A line that is no data.
    fn note(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        match line.split_once(':').map(|(name, value)| (name, value.strip_prefix(' ').unwrap_or(value))) {
            Some(("id", id)) if id.bytes().all(|byte| (0x20..0x7f).contains(&byte)) => self.id = Some(id.to_owned()),
            Some(("retry", ms)) => self.pause = ms.parse().map_or(self.pause, Duration::from_millis),
            _ => {}
        }
    }

    /// The next event's data; `None` at the end, also in the middle of one.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut data = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.lines.read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            let line = line.strip_suffix(b"\n").unwrap_or(&line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match (line.strip_prefix(b"data:"), line.is_empty()) {
                (Some(rest), _) => {
                    if !data.is_empty() {
                        data.push(b'\n');
                    }
                    data.extend_from_slice(rest.strip_prefix(b" ").unwrap_or(rest));
                }
                (None, true) if !data.is_empty() => return Ok(Some(data)),
                (None, _) => self.note(line),
            }
        }
    }
}

#[cfg(test)]
mod tests;
