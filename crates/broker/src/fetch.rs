//! Gets one page as text: a GET with nothing in it but its address.
//!
//! ```text
//! address ─▶ resolve once ─▶ every answer looked at ─▶ GET to those very addresses ─▶ text, bounded
//!                                                        └─ elsewhere? says where to, and goes nowhere
//! ```
//!
//! No cookie, no credential, no proxy, and no header that anybody else has chosen. A redirect is followed on the same origin
//! only, to the same addresses. The request and the reading of what comes run on a thread of their own: whoever waits is free at
//! the time limit or when the stop flag is raised, and a reader that breaks takes nothing along. Who allowed it is not known here;
//! nothing is kept.

use std::io::Read;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use action::PageUrl;
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

use crate::address::Resolve;
use crate::outward::{self, Pinned, Unasked};
use crate::plain::{plain, short};

mod decoded;
mod html;

/// How much a page may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchLimits {
    /// From the first look-up to the last byte of text.
    pub time: Duration,
    /// Bytes of the page, unpacked; more are not read.
    pub bytes: u64,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self { time: Duration::from_secs(30), bytes: 5 << 20 }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// A page.
    Page(Page),
    /// Another host has it. Nobody went there.
    Elsewhere {
        /// The address, in one visible line; nothing where what the server says is none.
        to: Option<String>,
    },
}

/// A page as text. Every character that would not show as itself is spelled out; lines and tabs are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it was in the end.
    pub url: PageUrl,
    /// What the server calls it: `text/html`.
    pub kind: String,
    /// At most about 1 MB.
    pub text: String,
}

/// Redirects on one origin.
const MOST_REDIRECTS: u32 = 5;
/// The stop flag is looked at this often.
const SLICE: Duration = Duration::from_millis(20);

/// Gets a page. `inner` says that the service itself names this very host, so that it may be this machine or one of a private
/// network; metadata services and link-local addresses are never asked.
pub fn fetch(url: &PageUrl, inner: bool, limits: FetchLimits, resolve: Arc<dyn Resolve>, stop: &AtomicBool) -> Result<Fetched, FetchError> {
    let until = Instant::now() + limits.time;
    let (tell, told) = mpsc::channel();
    let url = url.clone();
    let get = move || {
        let visit = Visit { url, limits, until };
        tell.send(visit.go(inner, resolve.as_ref())).ok(); // nobody waits any more
    };
    std::thread::Builder::new().name("fetch".to_owned()).spawn(get).map_err(|e| FetchError::Refused { why: e.to_string() })?;
    loop {
        match told.recv_timeout(SLICE) {
            // The request's own clock may strike first, and calls it otherwise.
            Ok(Err(FetchError::Refused { .. })) if Instant::now() >= until => return Err(FetchError::TooLong { limit: limits.time }),
            Ok(fetched) => return fetched,
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err(FetchError::Unreadable),
            Err(mpsc::RecvTimeoutError::Timeout) if stop.load(Ordering::Acquire) => return Err(FetchError::Stopped),
            Err(mpsc::RecvTimeoutError::Timeout) if Instant::now() >= until => return Err(FetchError::TooLong { limit: limits.time }),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
    }
}

struct Visit {
    url: PageUrl,
    limits: FetchLimits,
    until: Instant,
}

impl Visit {
    fn go(mut self, inner: bool, resolve: &dyn Resolve) -> Result<Fetched, FetchError> {
        let agent = outward::agent(None, Pinned(addresses(&self.url, inner, resolve)?));
        for _ in 0..=MOST_REDIRECTS {
            let response = self.get(&agent)?;
            if !response.status().is_redirection() {
                return self.read(response).map(Fetched::Page);
            }
            let location = response.headers().get("location").and_then(|value| value.to_str().ok());
            let location = location.ok_or(FetchError::Status { code: response.status().as_u16() })?;
            match self.url.leads_to(location) {
                Ok(next) if next.origin() == self.url.origin() => self.url = next,
                Ok(next) => return Ok(Fetched::Elsewhere { to: Some(short(&next.to_string())) }),
                Err(_) => return Ok(Fetched::Elsewhere { to: None }),
            }
        }
        Err(FetchError::Redirects)
    }

    fn get(&self, agent: &Agent) -> Result<Response<Body>, FetchError> {
        let left = self.until.saturating_duration_since(Instant::now());
        let request = agent.get(self.url.to_string()).config().timeout_global(Some(left.max(SLICE))).build();
        let request = request.header("accept", "text/html, text/markdown, text/plain, application/json, */*;q=0.1");
        request.call().map_err(|e| FetchError::Refused { why: short(&e.to_string()) })
    }

    fn read(self, mut response: Response<Body>) -> Result<Page, FetchError> {
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status { code: response.status().as_u16() });
        }
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        let (said, packed) = (header("content-type"), header("content-encoding"));
        let kind = said.split(';').next().unwrap_or_default().trim().to_owned();
        if !is_text(&kind) {
            return Err(FetchError::Kind { kind: short(&kind) });
        }
        if !matches!(packed.as_str(), "" | "identity" | "gzip") {
            return Err(FetchError::Kind { kind: short(&format!("{kind} packed as {packed}")) });
        }
        let mut bytes = Vec::new();
        // Counted after it is unpacked: what unpacks to more than this is cut, not unpacked.
        response.body_mut().as_reader().take(self.limits.bytes).read_to_end(&mut bytes).map_err(|e| FetchError::Refused { why: short(&e.to_string()) })?;
        let decoded = decoded::text(&bytes, &said);
        let mut text = if is_html(&kind) { html::text(&decoded, &self.url) } else { decoded };
        if bytes.len() as u64 >= self.limits.bytes {
            text.push_str("\n[… the page goes on; the rest was not read …]");
        }
        Ok(Page { url: self.url, kind, text: plain(&text) })
    }
}

/// Every address of the host, if it may be asked at all of them.
fn addresses(url: &PageUrl, inner: bool, resolve: &dyn Resolve) -> Result<Vec<SocketAddr>, Unasked> {
    let found = outward::addresses(url.host(), url.is_secure(), inner, resolve)?;
    Ok(found.into_iter().map(|address| SocketAddr::new(address, url.port())).collect())
}

fn is_html(kind: &str) -> bool {
    matches!(kind, "text/html" | "application/xhtml+xml")
}

/// Whether bytes of this kind are text.
fn is_text(kind: &str) -> bool {
    let named = ["json", "xml", "yaml", "x-yaml", "toml", "javascript", "ecmascript", "x-ndjson", "graphql", "sql"];
    let application = kind.strip_prefix("application/").is_some_and(|rest| named.contains(&rest) || rest.ends_with("+json") || rest.ends_with("+xml"));
    kind.starts_with("text/") || application
}

/// Why there is no page. A server may have been asked or not; nothing else has happened.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Somebody stopped it.
    #[error("stopped before the page was there")]
    Stopped,
    /// It took too long.
    #[error("the page was not there within {} s", limit.as_secs_f64())]
    TooLong {
        /// How long it had.
        limit: Duration,
    },
    /// The host is not one that may be asked.
    #[error(transparent)]
    Unasked(#[from] Unasked),
    /// No answer, or half of one.
    #[error("no page came back: {why}")]
    Refused {
        /// What the connection came to, in one visible line.
        why: String,
    },
    /// There is no page there.
    #[error("the server answers with HTTP {code}")]
    Status {
        /// The status.
        code: u16,
    },
    /// It is no text.
    #[error("it is `{kind}`, which is no text")]
    Kind {
        /// What the server calls it, in one visible line.
        kind: String,
    },
    /// It is sent on and on.
    #[error("it was sent on {MOST_REDIRECTS} times and was still nowhere")]
    Redirects,
    /// A bug of ours: the reader broke on it.
    #[error("the page could not be read")]
    Unreadable,
}

#[cfg(test)]
mod tests;
