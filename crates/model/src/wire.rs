//! One HTTP connection to one model, on a thread of its own.
//!
//! The thread does the blocking work (connect, send, read) and hands over what arrives; the caller waits on a channel
//! and looks at the cancel flag meanwhile, so that a cancel is obeyed in any phase. Hanging up shuts the socket down.
//! The next request after that starts a new thread and connection; otherwise one connection serves the whole session.

use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Proxy};

/// How often a waiting caller looks at its cancel flag.
const GLANCE: Duration = Duration::from_millis(25);
/// How long the end of the body may take after the end of the reply, before the connection is given up.
const FAREWELL: Duration = Duration::from_millis(250);
/// Pieces that may wait for the caller.
const AHEAD: usize = 32;
const PIECE: usize = 16 * 1024;
/// A TLS handshake without optimisation needs more than one would think.
const STACK: usize = 1024 * 1024;

/// Where and how to reach a model.
pub(crate) struct Line {
    url: String,
    headers: Vec<(&'static str, Secret)>,
    way: Way,
    open: Option<Open>,
}

/// What lies between here and there.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) proxy: Option<Proxy>,
    pub(crate) roots: RootCerts,
    pub(crate) patience: Patience,
}

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For a connection.
    pub(crate) connect: Duration,
    /// For the next bytes, the first ones included.
    pub(crate) idle: Duration,
}

/// A header value that is in no `Debug`.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

/// What arrives, in this order: one `Answered`, any number of `Bytes`, one `End`; `Broke` can come instead of any.
#[derive(Debug)]
pub(crate) enum Piece {
    Answered(Head),
    Bytes(Vec<u8>),
    End,
    Broke(Broke),
}

/// The head of an answer.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) mime: String,
    /// `retry-after` or `retry-after-ms`.
    pub(crate) wait: Option<Duration>,
    /// `x-should-retry`, which two vendors send where the status alone would mislead.
    pub(crate) retry: Option<bool>,
}

/// How the connection failed.
#[derive(Debug)]
pub(crate) struct Broke {
    pub(crate) why: String,
    /// Trying again cannot help: the address itself is wrong.
    pub(crate) lasting: bool,
}

/// Why there is no next piece.
#[derive(Debug)]
pub(crate) enum Gone {
    Cancelled,
    /// No thread could be started.
    NoThread(String),
}

struct Open {
    agent: Agent,
    jobs: Sender<Job>,
}

struct Job {
    body: Arc<Vec<u8>>,
    pieces: SyncSender<Piece>,
}

impl Line {
    pub(crate) fn new(url: String, headers: Vec<(&'static str, Secret)>, way: Way) -> Self {
        Self { url, headers, way, open: None }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Sends a request; its pieces come out of the receiver.
    pub(crate) fn post(&mut self, body: Arc<Vec<u8>>) -> Result<Receiver<Piece>, Gone> {
        let (pieces, arriving) = sync_channel(AHEAD);
        let mut job = Job { body, pieces };
        if let Some(open) = &self.open {
            match open.jobs.send(job) {
                Ok(()) => return Ok(arriving),
                Err(refused) => job = refused.0,
            }
        }
        let open = self.dial().map_err(|error| Gone::NoThread(error.to_string()))?;
        // The thread was started just now and waits for jobs; were it gone, the receiver would say so.
        drop(open.jobs.send(job));
        self.open = Some(open);
        Ok(arriving)
    }

    /// Closes the connection now, whatever it is doing.
    pub(crate) fn hang_up(&mut self) {
        if let Some(open) = self.open.take() {
            open.agent.shutdown();
        }
    }

    /// Waits for the end of the body, so that the connection can serve the next request; hangs up if it does not come.
    pub(crate) fn finish(&mut self, arriving: &Receiver<Piece>) {
        let until = Instant::now() + FAREWELL;
        loop {
            match arriving.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Piece::End) => return,
                Ok(Piece::Bytes(_) | Piece::Answered(_)) => {}
                Ok(Piece::Broke(_)) | Err(_) => return self.hang_up(),
            }
        }
    }

    fn dial(&self) -> std::io::Result<Open> {
        let agent = self.agent();
        let (jobs, waiting) = channel::<Job>();
        let caller = Caller { agent: agent.clone(), url: self.url.clone(), headers: self.headers.clone() };
        thread::Builder::new().name("model".into()).stack_size(STACK).spawn(move || {
            while let Ok(job) = waiting.recv() {
                caller.run(&job);
            }
        })?;
        Ok(Open { agent, jobs })
    }

    fn agent(&self) -> Agent {
        Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(self.way.proxy.clone())
            .tls_config(TlsConfig::builder().root_certs(self.way.roots.clone()).build())
            .timeout_connect(Some(self.way.patience.connect))
            .timeout_per_read(Some(self.way.patience.idle))
            .timeout_per_write(Some(self.way.patience.idle))
            .accept_encoding("identity")
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .input_buffer_size(PIECE)
            .output_buffer_size(PIECE)
            .max_idle_connections(1)
            .max_idle_connections_per_host(1)
            .max_idle_age(Duration::from_secs(120))
            .build()
            .new_agent()
    }
}

/// Waits for the next piece; hangs up if the caller cancels meanwhile.
pub(crate) fn next(line: &mut Line, arriving: &Receiver<Piece>, cancel: &AtomicBool) -> Result<Piece, Gone> {
    loop {
        if cancel.load(Ordering::Relaxed) {
            line.hang_up();
            return Err(Gone::Cancelled);
        }
        match arriving.recv_timeout(GLANCE) {
            Ok(piece) => return Ok(piece),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                line.hang_up();
                return Ok(Piece::Broke(Broke { why: "the connection is gone".into(), lasting: false }));
            }
        }
    }
}

/// The thread's side.
struct Caller {
    agent: Agent,
    url: String,
    headers: Vec<(&'static str, Secret)>,
}

impl Caller {
    fn run(&self, job: &Job) {
        let last = match self.speak(job) {
            Ok(()) => Piece::End,
            Err(broke) => Piece::Broke(broke),
        };
        // A caller that went away needs no last word.
        drop(job.pieces.send(last));
    }

    fn speak(&self, job: &Job) -> Result<(), Broke> {
        let mut request = self.agent.post(&self.url).header("content-type", "application/json");
        request = request.header("accept", "text/event-stream");
        for (name, value) in &self.headers {
            request = request.header(*name, &value.0);
        }
        let mut response = request.send(job.body.as_slice()).map_err(broke)?;
        if job.pieces.send(Piece::Answered(head(&response))).is_err() {
            return Ok(());
        }
        let mut reader = response.body_mut().as_reader();
        let mut buffer = vec![0; PIECE];
        loop {
            let size = reader.read(&mut buffer).map_err(|error| broke(ureq::Error::from(error)))?;
            let Some(bytes) = buffer.get(..size).filter(|bytes| !bytes.is_empty()) else {
                return Ok(());
            };
            if job.pieces.send(Piece::Bytes(bytes.to_vec())).is_err() {
                return Ok(());
            }
        }
    }
}

fn head(response: &Response<Body>) -> Head {
    let headers = response.headers();
    Head {
        status: response.status().as_u16(),
        mime: text(headers, "content-type").unwrap_or_default().to_ascii_lowercase(),
        wait: wait(headers),
        retry: text(headers, "x-should-retry").and_then(|word| word.parse().ok()),
    }
}

/// How long the answer asks to wait. A date in `retry-after` is not read: it would need a clock that agrees with the
/// vendor's; the ordinary back-off is used then.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let exact = text(headers, "retry-after-ms").and_then(|ms| ms.trim().parse().ok()).map(|ms: f64| ms / 1000.0);
    let seconds = exact.or_else(|| text(headers, "retry-after")?.trim().parse().ok())?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn broke(error: ureq::Error) -> Broke {
    let lasting = match &error {
        // A certificate that is not believed arrives as invalid data.
        ureq::Error::Io(error) => error.kind() == std::io::ErrorKind::InvalidData,
        ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::InvalidProxyUrl => true,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::RequireHttpsOnly(_) => true,
        _ => false,
    };
    let why = match error {
        ureq::Error::Timeout(ureq::Timeout::PerRead) => "nothing arrived for too long".to_owned(),
        other => other.to_string(),
    };
    Broke { why, lasting }
}

/// Whether a status is a success.
pub(crate) fn is_success(status: u16) -> bool {
    StatusCode::from_u16(status).is_ok_and(|status| status.is_success())
}

impl Drop for Line {
    fn drop(&mut self) {
        self.hang_up();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("url", &self.url).field("headers", &self.headers).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
