//! The way out: resolve once, place every address, connect to one of those very addresses, or chain through the machine's proxy.
//!
//! The order is the argument: no socket is opened to an address that was not placed, and nobody resolves the name a second
//! time. Behind a proxy it is the proxy that resolves; what this machine's resolver knows is still placed, and a name that
//! it does not know is left to the proxy, as the machine's own clients leave it.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use crate::address::{Place, Resolve};
use crate::host::Host;
use crate::proxy::Proxy;
use crate::rules::{DoorRules, Naming};

/// All that is needed to go out.
pub(crate) struct Outside {
    pub(crate) rules: DoorRules,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) resolver: Arc<dyn Resolve>,
    /// How long resolving and connecting may take, all tries together.
    pub(crate) patience: Duration,
}

/// An open connection.
pub(crate) struct Reached<'a> {
    pub(crate) socket: TcpStream,
    pub(crate) address: SocketAddr,
    /// Set when the other end is the machine's proxy.
    pub(crate) proxy: Option<&'a Proxy>,
}

impl Outside {
    /// Connects to a host that was found open.
    pub(crate) fn reach(&self, host: &Host, port: u16) -> Result<Reached<'_>, NotReached> {
        let until = Instant::now() + self.patience;
        let proxy = self.proxy.as_ref().filter(|_| !self.rules.is_direct(host));
        let found = self.addresses(host, until);
        if let Ok(addresses) = &found {
            self.place(host, port, addresses)?;
        }
        match proxy {
            None => connect(host, &found?, port, until).map(|(socket, address)| Reached { socket, address, proxy: None }),
            Some(proxy) => {
                let addresses = self.addresses(&proxy.host, until)?;
                let (socket, address) = connect(&proxy.host, &addresses, proxy.port, until)?;
                Ok(Reached { socket, address, proxy: Some(proxy) })
            }
        }
    }

    fn addresses(&self, host: &Host, until: Instant) -> Result<Vec<IpAddr>, NotReached> {
        let name = match host {
            Host::Address(address) => return Ok(vec![*address]),
            Host::Name(name) => name.clone(),
        };
        let failed = |why: &dyn std::fmt::Display| NotReached::Unreachable(format!("`{host}` cannot be resolved: {why}"));
        match resolve_within(&self.resolver, name, until) {
            Ok(addresses) if addresses.is_empty() => Err(failed(&"it has no address")),
            Ok(addresses) => Ok(addresses),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Refuses the host if one of its addresses is where the door does not go: an answer that mixes public and inner
    /// addresses is what rebinding looks like.
    fn place(&self, host: &Host, port: u16, addresses: &[IpAddr]) -> Result<(), NotReached> {
        let named_exactly = self.rules.naming(host, port) == Some(Naming::Exact);
        for address in addresses {
            let why = match Place::of(*address) {
                Place::Public => continue,
                Place::Inner if named_exactly => continue,
                Place::Inner => "is not on the public internet, and no rule names exactly this host and port",
                Place::Never => "belongs to link-local, multicast or cloud metadata, which nothing in the box reaches",
            };
            return Err(NotReached::Refused(format!("its address {address} {why}")));
        }
        Ok(())
    }
}

/// `getaddrinfo` has no time limit of its own: it runs apart, and is left alone when it takes too long.
fn resolve_within(resolver: &Arc<dyn Resolve>, name: String, until: Instant) -> io::Result<Vec<IpAddr>> {
    let (send, receive) = mpsc::sync_channel(1);
    let resolver = Arc::clone(resolver);
    std::thread::Builder::new().name("door-resolve".into()).spawn(move || send.send(resolver.resolve(&name)).ok())?;
    let within = until.saturating_duration_since(Instant::now());
    receive.recv_timeout(within).unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "the resolver did not answer in time")))
}

fn connect(host: &Host, addresses: &[IpAddr], port: u16, until: Instant) -> Result<(TcpStream, SocketAddr), NotReached> {
    let mut last = io::Error::new(io::ErrorKind::TimedOut, "it took too long");
    for (tried, address) in addresses.iter().enumerate() {
        let address = SocketAddr::new(*address, port);
        let left = until.saturating_duration_since(Instant::now());
        let share = left / u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        if share.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, share) {
            Ok(socket) => {
                socket.set_nodelay(true).ok(); // only speed depends on it
                return Ok((socket, address));
            }
            Err(error) => last = error,
        }
    }
    Err(NotReached::Unreachable(format!("`{}` cannot be connected to: {last}", host.with_port(port))))
}

/// Why there is no connection. No byte of the client has left the box.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotReached {
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Unreachable(String),
}
