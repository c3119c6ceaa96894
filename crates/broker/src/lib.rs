//! The doors out of the box, and what goes through them.
//!
//! One door is the *dependency door* ([`Door`]), a forward proxy on a unix socket through which package clients
//! reach the registries that this machine's own clients are configured for ([`Registries`]). Every request to leave is put to
//! the caller's `ask`, everything that is not open is answered with a text that names the host, and every passage is told to
//! the caller's `seen`.
//!
//! ```text
//! cargo, npm, pip ─▶ 127.0.0.1:3128 in the box ─▶ unix socket ─▶ Door ─ ask ─ resolve ─ check ─▶ that very address
//! ```
//!
//! Pages of the web are got through [`fetch`]: one plain GET, to an address that was looked at first, as text.
//!
//! The other is [`mcp`]: servers of the Model Context Protocol, in the box or outside of it, spoken to in calls that wait,
//! with limits on time and size.
//!
//! The crate does not know sessions, people or policies, looks into no TLS stream beyond its first message, and keeps no
//! credential but the one of the machine's own proxy, which goes to that proxy alone. It writes nothing: if the power goes,
//! nothing is half done here.

#![deny(clippy::indexing_slicing)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::disallowed_methods,
        reason = "tests fail by panicking"
    )
)]

mod address;
mod door;
mod fetch;
mod forward;
mod head;
mod hello;
mod host;
mod live;
pub mod mcp;
mod outward;
mod passage;
mod plain;
mod proxy;
mod reach;
mod registries;
mod rules;
mod tell;
mod tunnel;
mod visit;
mod wire;

pub use address::{Place, Resolve, SystemResolver};
pub use door::{Ask, Door, DoorError, Limits, Seen};
pub use fetch::{FetchError, FetchLimits, Fetched, Page, fetch};
pub use host::{BadHost, Host};
pub use outward::Unasked;
pub use passage::{Answer, End, Method, Passage, Reach};
pub use proxy::{BadProxy, Proxy};
pub use registries::{Client, Found, Registries};
pub use tell::{NotTold, tell, tell_as_named_here};
pub use rules::{BadRule, DoorRules, HostRule};
