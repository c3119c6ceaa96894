//! Requests for logging in: short, bounded, to addresses that nobody on the way can read, and never on to where an answer points.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::{Agent, Body};
use url::Url;

use super::LoginError;
use crate::address::{Resolve, SystemResolver};
use crate::mcp::said::short;
use crate::outward::{self, Placed};

/// A way to the server and to those who vouch for it.
#[derive(Clone)]
pub(super) struct Web {
    agent: Agent,
    /// The issuer that the person's own settings name, where they name one.
    named: Option<String>,
    /// Whether the server, or the issuer that is named, is on this machine; only then anything else may be.
    local: bool,
}

/// Until one request is answered.
const LIMIT: Duration = Duration::from_secs(20);
/// Bytes of one document.
const LARGEST: u64 = 256 * 1024;
const LONGEST_ADDRESS: usize = 2_000;

/// What came back.
pub(super) struct Came {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Web {
    /// For logging in to this server, with the issuer that the person's own settings name. A private network is asked only where
    /// one of these two is on it, whatever they or anybody else name besides.
    pub(super) fn beside(server: &str, named: Option<&str>) -> Result<Self, LoginError> {
        Self::over(server, named, Arc::new(SystemResolver))
    }

    pub(super) fn over(server: &str, named: Option<&str>, resolve: Arc<dyn Resolve>) -> Result<Self, LoginError> {
        let mut own = vec![address("the server's address", server, true)?];
        own.extend(named.map(|issuer| address("the issuer that the settings name", issuer, true)).transpose()?);
        let local = own.iter().any(is_here);
        let inner = own.iter().filter_map(Url::host_str).map(str::to_owned).collect();
        Ok(Self { agent: outward::agent(Some(LIMIT), Placed { inner, resolve }), named: named.map(str::to_owned), local })
    }

    /// The issuer that the person's own settings name.
    pub(super) fn named(&self) -> Option<&str> {
        self.named.as_deref()
    }

    /// An address that somebody wrote, where it may be used.
    pub(super) fn address(&self, what: &str, text: &str) -> Result<Url, LoginError> {
        address(what, text, self.local)
    }

    pub(super) fn get(&self, url: &Url) -> Result<Came, LoginError> {
        let response = self.agent.get(url.as_str()).header("accept", "application/json").call();
        read(url, response.map_err(|e| unreachable(url, &e))?)
    }

    pub(super) fn post(&self, url: &Url, kind: &str, authorization: Option<&str>, body: &str) -> Result<Came, LoginError> {
        let mut request = self.agent.post(url.as_str()).header("content-type", kind).header("accept", "application/json, text/event-stream");
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        read(url, request.send(body.as_bytes()).map_err(|e| unreachable(url, &e))?)
    }

    /// The document at an address; `None` where there is none. One that cannot be read is an error.
    pub(super) fn document<T: DeserializeOwned>(&self, url: &Url) -> Result<Option<T>, LoginError> {
        let came = self.get(url)?;
        if came.status.is_redirection() {
            return Err(LoginError::Hostile { why: format!("{} sends elsewhere, and nobody goes there", short(url.as_str())) });
        }
        let kind = came.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        if !came.status.is_success() || !kind.contains("json") {
            return Ok(None); // many servers answer every path with a page
        }
        came.json().map(Some)
    }
}

impl Came {
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, LoginError> {
        // The reader's own words could quote what stands there.
        let unreadable = |e: serde_json::Error| LoginError::Hostile { why: format!("a document cannot be read: line {}, column {}", e.line(), e.column()) };
        serde_json::from_slice(&self.body).map_err(unreadable)
    }
}

fn read(url: &Url, mut response: Response<Body>) -> Result<Came, LoginError> {
    let mut body = Vec::new();
    let got = response.body_mut().as_reader().take(LARGEST + 1).read_to_end(&mut body);
    got.map_err(|e| LoginError::Unreachable { at: host(url), why: short(&e.to_string()) })?;
    if body.len() as u64 > LARGEST {
        return Err(LoginError::Hostile { why: format!("{} says more than {LARGEST} bytes", host(url)) });
    }
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Came { status, headers, body })
}

fn address(what: &str, text: &str, local: bool) -> Result<Url, LoginError> {
    let no = |why: &str| LoginError::Hostile { why: format!("{what} {why}: {}", short(text)) };
    let url = Url::parse(text).map_err(|_| no("is none"))?;
    if text.len() > LONGEST_ADDRESS {
        return Err(no("is too long"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(no("names more than a place"));
    }
    match (url.scheme(), is_here(&url)) {
        ("https", here) | ("http", here @ true) if here && !local => Err(no("is on this machine, and the server is not")),
        ("https", _) | ("http", true) => Ok(url),
        _ => Err(no("is neither https nor on this machine")),
    }
}

fn is_here(url: &Url) -> bool {
    url.host_str().is_some_and(action::is_this_machine)
}

fn host(url: &Url) -> String {
    url.host_str().map(short).unwrap_or_default()
}

fn unreachable(url: &Url, error: &ureq::Error) -> LoginError {
    LoginError::Unreachable { at: host(url), why: short(&error.to_string()) }
}
