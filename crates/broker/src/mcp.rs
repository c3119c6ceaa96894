//! Speaks to one server of the Model Context Protocol, in calls that wait for their answer.
//!
//! The protocol's own client (`rmcp`) and its runtime end at this door: every call here blocks, ends at a time limit or when
//! its stop flag is raised, and reads no more than a bounded number of bytes and messages. What a server says is untrusted:
//! text comes out with every character that would mislead spelled out, tools as a [`ToolSet`] whose canonical bytes people
//! can pin.
//!
//! Nothing here knows who allowed a call, starts a process or keeps anything. A server that breaks a limit is to be dropped: its
//! connection is in no known state. If the power goes, nothing is half done here.

use std::cell::Cell;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use action::McpAsk;
use rmcp::model::{CallToolRequestParams, GetPromptRequestParams, ReadResourceRequestParams};
use rmcp::service::{ClientInitializeError, RunningService, ServiceError};
use rmcp::transport::IntoTransport;
use rmcp::{RoleClient, ServiceExt};
use serde_json::{Map, Value};
use tokio::net::unix::pipe;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use http::{Http, WantsLogin};
use listener::{Asked, Listener};
use login::Slot;
use meter::{Meter, Metered};

mod http;
mod listener;
pub mod login;
mod meter;
mod question;
mod said;
mod tool_set;

pub use question::{Field, Kind, Question, Reply};
pub use said::Said;
pub use tool_set::{Tool, ToolSet, Unfit};

/// How much a server may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until it has said who it is.
    pub start: Duration,
    /// Until it has answered one call.
    pub call: Duration,
    /// Bytes of one message.
    pub message: u64,
    /// Bytes of all messages until one call is answered.
    pub bytes: u64,
    /// Messages until one call is answered.
    pub messages: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(60), // a package runner may have to fetch it first
            call: Duration::from_secs(120),
            message: 4 << 20,
            bytes: 16 << 20,
            messages: 4096,
        }
    }
}

/// The stop flag is looked at this often.
const SLICE: Duration = Duration::from_millis(20);

/// A server that has said who it is.
pub struct Server {
    // Before the runtime that it runs on.
    service: RunningService<RoleClient, Listener>,
    runtime: Runtime,
    meter: Arc<Meter>,
    limits: Limits,
    changed: Arc<AtomicBool>,
    questions: mpsc::Receiver<Asked>,
}

/// Who answers a server's questions while a call waits; most have nobody.
pub type Person<'a> = &'a mut dyn FnMut(&Question) -> Reply;

/// Questions of one call that reach the person; more are declined.
const MOST_QUESTIONS: u32 = 8;

impl Server {
    /// Begins a conversation over a process's input and output.
    pub fn over(input: OwnedFd, output: OwnedFd, limits: Limits, stop: &AtomicBool) -> Result<Self, McpError> {
        let runtime = runtime()?;
        let meter = Arc::new(Meter::new(limits));
        let pipes = {
            let _entered = runtime.enter();
            let output = pipe::Receiver::from_owned_fd(output).map_err(McpError::Ours)?;
            let input = pipe::Sender::from_owned_fd(input).map_err(McpError::Ours)?;
            (Metered::new(output, Arc::clone(&meter)), input)
        };
        Self::begin(runtime, pipes, meter, limits, stop)
    }

    /// Begins a conversation with a server at an address, by streamable HTTP. Only this very host is reached; nothing is
    /// redirected. The login, where there is one, says who asks; `private` names hosts that may be on a private network.
    pub fn at(url: &str, headers: Vec<(String, String)>, login: Option<&Slot>, private: &[String], limits: Limits, stop: &AtomicBool) -> Result<Self, McpError> {
        let meter = Arc::new(Meter::new(limits));
        let transport = Http::to(url, headers, login, private, limits, Arc::clone(&meter)).map_err(McpError::Ours)?;
        Self::begin(runtime()?, transport, meter, limits, stop)
    }

    fn begin<T, E, A>(runtime: Runtime, transport: T, meter: Arc<Meter>, limits: Limits, stop: &AtomicBool) -> Result<Self, McpError>
    where
        T: IntoTransport<RoleClient, E, A>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let changed = Arc::new(AtomicBool::new(false));
        let (asked, questions) = mpsc::channel(1);
        let listener = Listener::new(Arc::clone(&changed), asked);
        meter.begin();
        let begun = runtime.block_on(within(limits.start, stop, &Cell::default(), listener.serve(transport)))?;
        let service = begun.map_err(|e| meter.flood().unwrap_or_else(|| not_begun(&e)))?;
        Ok(Self { service, runtime, meter, limits, changed, questions })
    }

    /// All that it offers, as it says now.
    pub fn tools(&mut self, stop: &AtomicBool) -> Result<ToolSet, McpError> {
        self.changed.store(false, Ordering::Release);
        let info = self.service.peer_info();
        let has = |what: fn(&rmcp::model::ServerCapabilities) -> bool| info.as_ref().is_some_and(|info| what(&info.capabilities));
        let tools = match has(|c| c.tools.is_some()) {
            true => self.wait(stop, &mut nobody, async |service| service.list_all_tools().await)?.map_err(|e| self.failed(e))?,
            false => Vec::new(),
        };
        Ok(ToolSet::of(tools, has(|c| c.resources.is_some()), has(|c| c.prompts.is_some()))?)
    }

    /// Whether it has said since that what it offers is another.
    pub fn has_changed(&self) -> bool {
        self.changed.load(Ordering::Acquire)
    }

    /// Asks for one thing. That the server refuses is an answer, not an error.
    pub fn ask(&mut self, asks: &McpAsk, arguments: Map<String, Value>, stop: &AtomicBool, person: Person<'_>) -> Result<Said, McpError> {
        let said = match asks {
            McpAsk::Tool { name } => {
                let params = CallToolRequestParams::new(name.clone()).with_arguments(arguments);
                self.wait(stop, person, async |service| service.call_tool(params).await)?.map(Said::of_call)
            }
            McpAsk::Resources => self.wait(stop, person, async |service| service.list_all_resources().await)?.map(Said::of_resources),
            McpAsk::Resource { uri } => {
                let params = ReadResourceRequestParams::new(uri.clone());
                self.wait(stop, person, async |service| service.read_resource(params).await)?.map(Said::of_resource)
            }
            McpAsk::Prompts => self.wait(stop, person, async |service| service.list_all_prompts().await)?.map(Said::of_prompts),
            McpAsk::Prompt { name } => {
                let params = GetPromptRequestParams::new(name.clone()).with_arguments(arguments);
                self.wait(stop, person, async |service| service.get_prompt(params).await)?.map(Said::of_prompt)
            }
        };
        match said {
            Ok(said) => Ok(said),
            Err(ServiceError::McpError(error)) => Ok(Said::refused(error.code.0, &error.message)),
            Err(other) => Err(self.failed(other)),
        }
    }

    /// Drives the conversation until the answer is there. The time that the person takes is not the server's.
    fn wait<T>(&mut self, stop: &AtomicBool, person: Person<'_>, what: impl AsyncFnOnce(&RunningService<RoleClient, Listener>) -> T) -> Result<T, McpError> {
        self.meter.begin();
        let (questions, thinking, limit) = (&mut self.questions, Cell::default(), self.limits.call);
        let answers = async {
            let mut asked = 0;
            while let Some((question, answer)) = questions.recv().await {
                asked += 1;
                let began = Instant::now();
                let reply = if asked <= MOST_QUESTIONS { person(&question) } else { Reply::Decline };
                thinking.set(thinking.get() + began.elapsed());
                answer.send(reply).ok(); // it waits no longer
            }
            std::future::pending().await
        };
        let asking = async {
            tokio::select! {
                answer = what(&self.service) => answer,
                never = answers => never,
            }
        };
        self.runtime.block_on(within(limit, stop, &thinking, asking))
    }

    fn failed(&self, error: ServiceError) -> McpError {
        if let Some(flood) = self.meter.flood() {
            return flood;
        }
        match error {
            ServiceError::TransportClosed => McpError::Gone,
            ServiceError::TransportSend(e) => unsent(e.error.as_ref()),
            ServiceError::McpError(error) => McpError::Refused { why: said::short(&error.message) },
            other => McpError::Protocol { why: said::short(&other.to_string()) },
        }
    }
}

fn runtime() -> Result<Runtime, McpError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(McpError::Ours)
}

/// Nobody is there to be asked.
fn nobody(_: &Question) -> Reply {
    Reply::Decline
}

async fn within<T>(limit: Duration, stop: &AtomicBool, more: &Cell<Duration>, future: impl Future<Output = T>) -> Result<T, McpError> {
    tokio::select! {
        biased;
        cut = cut(limit, stop, more) => Err(cut),
        ready = future => Ok(ready),
    }
}

/// Ends when there is a reason not to wait any longer.
async fn cut(limit: Duration, stop: &AtomicBool, more: &Cell<Duration>) -> McpError {
    let until = tokio::time::Instant::now() + limit;
    let mut slices = tokio::time::interval(SLICE);
    loop {
        let now = slices.tick().await;
        if stop.load(Ordering::Acquire) {
            return McpError::Stopped;
        }
        if now >= until + more.get() {
            return McpError::TooLong { limit };
        }
    }
}

fn not_begun(error: &ClientInitializeError) -> McpError {
    match error {
        ClientInitializeError::ConnectionClosed(_) => McpError::Gone,
        ClientInitializeError::TransportError { error, .. } => unsent(error.error.as_ref()),
        other => McpError::Protocol { why: said::short(&other.to_string()) },
    }
}

/// A pipe that nobody reads any more, or an address that does not take the request.
fn unsent(error: &(dyn std::error::Error + 'static)) -> McpError {
    let io = error.downcast_ref::<std::io::Error>();
    if let Some(WantsLogin { why, scopes }) = io.and_then(std::io::Error::get_ref).and_then(|inner| inner.downcast_ref()) {
        return McpError::LogIn { why: why.clone(), scopes: scopes.clone() };
    }
    match io {
        Some(e) if e.kind() == std::io::ErrorKind::BrokenPipe => McpError::Gone,
        _ => McpError::Refused { why: said::short(&error.to_string()) },
    }
}

/// Why there is no answer. What was asked may have been done or not; the server is to be dropped.
#[derive(Debug, thiserror::Error)]
pub enum McpError {
    /// The connection could not be made on our side. Nothing was asked.
    #[error("the server cannot be spoken to: {0}")]
    Ours(#[source] std::io::Error),
    /// Somebody stopped it.
    #[error("stopped while the server had not answered")]
    Stopped,
    /// It took too long.
    #[error("the server did not answer within {} s", limit.as_secs_f64())]
    TooLong {
        /// How long it had.
        limit: Duration,
    },
    /// It says more than anybody could read.
    #[error("the server floods: {what}")]
    Flood {
        /// Which limit.
        what: String,
    },
    /// It ended, or closed its output.
    #[error("the server ended without an answer")]
    Gone,
    /// It would not take the request, or not list what it offers.
    #[error("the server refuses: {why}")]
    Refused {
        /// Its words, in one visible line.
        why: String,
    },
    /// It wants somebody who is logged in, or somebody who may do more.
    #[error("{why}")]
    LogIn {
        /// What it wants, and what to do.
        why: String,
        /// What a login must be for, where it says so.
        scopes: Vec<String>,
    },
    /// It does not speak the protocol.
    #[error("the server does not keep to the protocol: {why}")]
    Protocol {
        /// The reader's words, in one visible line.
        why: String,
    },
    /// What it offers cannot be offered to anybody.
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

#[cfg(test)]
mod tests;
