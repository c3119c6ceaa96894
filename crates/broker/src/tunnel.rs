//! A CONNECT tunnel: opened outside first, then checked by the client's TLS hello, then carried byte by byte.
//!
//! No byte of the client leaves the box before its hello has named the very host that was asked for, and no byte of the
//! host comes in before that either.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::door::Shared;
use crate::head::{Request, Response};
use crate::hello::Hello;
use crate::host::Host;
use crate::live::Seat;
use crate::passage::{End, Method};
use crate::proxy::Proxy;
use crate::reach::NotReached;
use crate::visit::Book;
use crate::wire::{Clock, Inlet, PIECE, Socket, WireError};

/// The most that is read of a proxy's answer.
const PROXY_HEAD: usize = 16 * 1024;

/// Opens the tunnel and carries it until one of its ends has closed or a limit is reached.
///
/// An error is what the client is told instead of the tunnel; once the tunnel stands, its end is in the book.
pub(crate) fn carry(shared: &Shared, seat: &Seat, client: &mut Inlet, request: &Request, book: &mut Book) -> Result<End, NotReached> {
    let reached = shared.outside.reach(&request.host, request.port)?;
    book.address = Some(reached.address);
    let socket: Arc<dyn Socket> = Arc::new(reached.socket);
    if !seat.add(Arc::clone(&socket)) {
        return Ok(cut("the door is closing"));
    }
    let mut outside = Inlet::new(socket);
    if let Some(proxy) = reached.proxy {
        ask_proxy(&mut outside, proxy, request, shared.limits.head)?;
    }
    if let Err(e) = client.socket().send(b"HTTP/1.1 200 Connection established\r\n\r\n", shared.limits.head) {
        return Ok(cut(&format!("the client left: {e}")));
    }
    match check_hello(client, &request.host, Instant::now() + shared.limits.head) {
        Ok(()) => Ok(pump(client, &mut outside, &Clock::start(shared.limits.idle, shared.limits.total), book)),
        Err(end) => {
            client.socket().send(&UNRECOGNIZED_NAME, shared.limits.head).ok(); // a courtesy: it is closed either way
            Ok(end)
        }
    }
}

/// A fatal TLS alert 112, so that the client's own message says something.
const UNRECOGNIZED_NAME: [u8; 7] = [21, 3, 3, 0, 2, 2, 112];

fn cut(text: &str) -> End {
    End::Cut { text: text.to_owned() }
}

/// Asks the machine's proxy for the tunnel (RFC 9110, 9.3.6).
fn ask_proxy(outside: &mut Inlet, proxy: &Proxy, request: &Request, within: std::time::Duration) -> Result<(), NotReached> {
    let failed = |why: String| NotReached::Unreachable(format!("the machine's own proxy did not open the way: {why}"));
    let place = request.host.with_port(request.port);
    let head = format!("CONNECT {place} HTTP/1.1\r\nhost: {place}\r\n{}\r\n", proxy.authorization_line());
    outside.socket().send(head.as_bytes(), within).map_err(|e| failed(e.to_string()))?;
    let head = outside.head(PROXY_HEAD, Instant::now() + within).map_err(|e| failed(e.to_string()))?;
    let head = head.ok_or_else(|| failed("it closed the connection".into()))?;
    let answer = Response::parse(&head, Method::Connect).map_err(|e| failed(e.to_string()))?;
    match answer.status {
        200..=299 => Ok(()),
        status => Err(failed(format!("it answered {status} {}", answer.reason))),
    }
}

/// Reads the client's hello without taking it, and compares the server that it names with the host that was opened.
fn check_hello(client: &mut Inlet, host: &Host, until: Instant) -> Result<(), End> {
    loop {
        match Hello::read(client.ahead()) {
            Hello::Names(name) => return compare(name.as_deref(), host).map_err(|text| End::Refused { text }),
            Hello::Not(why) => return Err(End::Refused { text: why.into() }),
            Hello::More => {}
        }
        match client.fill(until) {
            Ok(true) => {}
            Ok(false) => return Err(cut("the client left before it had said hello")),
            Err(e) => return Err(cut(&format!("the client's TLS hello did not come: {e}"))),
        }
    }
}

fn compare(named: Option<&str>, host: &Host) -> Result<(), String> {
    match (named, host) {
        (None, Host::Address(_)) => Ok(()), // addresses are not named (RFC 6066, 3)
        (None, Host::Name(_)) => Err(format!("its TLS hello names no server, but `{host}` was asked for")),
        (Some(name), _) if Host::parse(name).as_ref() == Ok(host) => Ok(()),
        (Some(name), _) => {
            let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
            Err(format!("its TLS hello names `{name}`, but `{host}` was asked for"))
        }
    }
}

/// Carries both directions until both have ended.
fn pump(client: &mut Inlet, outside: &mut Inlet, clock: &Clock, book: &mut Book) -> End {
    let (sent, received) = (AtomicU64::new(0), AtomicU64::new(0));
    let (hello, early) = (client.take_ahead(), outside.take_ahead());
    let (inner, outer) = (&**client.socket(), &**outside.socket());
    let (out, back) = std::thread::scope(|scope| {
        let back = std::thread::Builder::new()
            .name("door-back".into())
            .spawn_scoped(scope, || one_way(early, outer, inner, clock, &received));
        if back.is_err() {
            inner.cut(); // without the way back there is no tunnel
        }
        let out = one_way(hello, inner, outer, clock, &sent);
        let back = back.map_or_else(|e| Err(WireError::Io(e)), |thread| thread.join().unwrap_or(Err(WireError::Ended)));
        (out, back)
    });
    book.sent = sent.into_inner();
    book.received = received.into_inner();
    match (out, back) {
        (Ok(()), Ok(())) => End::Passed,
        (Err(e), _) | (_, Err(e)) => cut(&e.to_string()),
    }
}

/// Carries one direction until it ends; a failure ends the other one too.
fn one_way(first: Vec<u8>, from: &dyn Socket, to: &dyn Socket, clock: &Clock, count: &AtomicU64) -> Result<(), WireError> {
    let done = carry_on(&first, from, to, clock, count);
    match &done {
        Ok(()) => to.finish(),
        Err(_) => {
            from.cut();
            to.cut();
        }
    }
    done
}

fn carry_on(first: &[u8], from: &dyn Socket, to: &dyn Socket, clock: &Clock, count: &AtomicU64) -> Result<(), WireError> {
    pass(first, to, clock, count)?;
    let mut piece = vec![0; PIECE];
    loop {
        let n = match from.receive(&mut piece, clock.patience()?) {
            Ok(0) => return Ok(()),
            Ok(n) => n,
            Err(e) => match WireError::from(e) {
                WireError::TooSlow => continue, // the other direction may have moved: the clock decides
                other => return Err(other),
            },
        };
        pass(piece.get(..n).unwrap_or_default(), to, clock, count)?;
    }
}

fn pass(bytes: &[u8], to: &dyn Socket, clock: &Clock, count: &AtomicU64) -> Result<(), WireError> {
    if bytes.is_empty() {
        return Ok(());
    }
    to.send(bytes, clock.patience()?).map_err(WireError::from)?;
    clock.touch();
    count.fetch_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
    Ok(())
}
