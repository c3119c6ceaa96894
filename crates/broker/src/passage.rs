//! What is asked at the door, what is answered, and what is recorded when a passage is over.

use std::fmt;
use std::net::SocketAddr;

use serde::Serialize;

/// Somebody in the box wants to reach a host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Reach {
    /// The host in its one spelling: lower case, no trailing dot, an IPv6 address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How.
    pub method: Method,
    /// Whether the door's rules name this host and port.
    pub named: bool,
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = self.host.contains(':');
        let (open, close) = if bracketed { ("[", "]") } else { ("", "") };
        write!(f, "{open}{}{close}:{}", self.host, self.port)
    }
}

/// The methods that pass. Every other one is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// A tunnel, for TLS and nothing else.
    Connect,
    /// Plain http.
    Get,
    /// Plain http, head only.
    Head,
    /// Plain http with a body.
    Post,
}

impl Method {
    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Connect, Self::Get, Self::Head, Self::Post].into_iter().find(|method| method.as_str() == text)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the caller answers to a [`Reach`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It may pass.
    Open,
    /// Not before somebody has authorized it; the text says what to do.
    Held {
        /// Shown to whoever asked.
        text: String,
    },
    /// Not at all; the text says why.
    Refused {
        /// Shown to whoever asked.
        text: String,
    },
}

/// One request to leave the box, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// Where to; absent when the request could not be read.
    pub reach: Option<Reach>,
    /// The very address that was connected to: the host's, or the proxy's.
    pub address: Option<SocketAddr>,
    /// How it ended.
    pub end: End,
    /// Bytes that left the box.
    pub sent: u64,
    /// Bytes that came in.
    pub received: u64,
    /// How long it took.
    pub milliseconds: u64,
}

/// How a passage ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "end", rename_all = "kebab-case")]
pub enum End {
    /// It passed and was closed by one of its ends.
    Passed,
    /// Held; nothing left the box.
    Held {
        /// The caller's words.
        text: String,
    },
    /// Refused by the caller's rules or by the door's own; nothing left the box.
    Refused {
        /// Why.
        text: String,
    },
    /// Not a request that can be read in exactly one way; nothing left the box.
    Malformed {
        /// Why.
        text: String,
    },
    /// It was open, but the host could not be reached or answered nothing that can be read.
    Unreachable {
        /// Why.
        text: String,
    },
    /// It was open and under way, and a limit or a stop cut it. What was counted has passed.
    Cut {
        /// Which limit.
        text: String,
    },
}
