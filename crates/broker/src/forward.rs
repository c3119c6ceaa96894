//! One plain http exchange: the request is written anew, sent to the host on a connection of its own, and the response
//! written anew for the client.
//!
//! Bodies are carried piece by piece in the framing that was understood; chunks are taken apart and made again, without
//! their extensions and trailers. A body that ends early ends the connection, so that nobody takes it for whole.

use std::sync::Arc;

use crate::door::Shared;
use crate::head::{Framing, Request, Response};
use crate::live::Seat;
use crate::passage::End;
use crate::reach::{NotReached, Reached};
use crate::visit::{Book, Next};
use crate::wire::{Clock, Inlet, PIECE, Socket, WireError};

const RESPONSE_HEAD: usize = 64 * 1024;
const CHUNK_LINE: usize = 4 * 1024;
/// Informational responses that are skipped before the real one.
const INTERIM: usize = 8;

/// Carries one request and its response.
///
/// An error is what the client is told; once the response has begun, its end is in the book.
pub(crate) fn carry(
    shared: &Shared,
    seat: &Seat,
    client: &mut Inlet,
    request: &Request,
    book: &mut Book,
) -> Result<(End, Next), NotReached> {
    let reached = shared.outside.reach(&request.host, request.port)?;
    book.address = Some(reached.address);
    let head = request_head(request, &reached);
    let socket: Arc<dyn Socket> = Arc::new(reached.socket);
    if !seat.add(Arc::clone(&socket)) {
        return Ok((End::Cut { text: "the door is closing".into() }, Next::Close));
    }
    let mut outside = Inlet::new(socket);
    let clock = Clock::start(shared.limits.idle, shared.limits.total);
    let whole = send_request(client, &outside, request, &head, &clock, book)?;
    let response = read_response(&mut outside, request, &clock, book)?;
    let end = send_response(client, &mut outside, request, &response, &clock, book);
    let framed = response.body != Framing::UntilClosed && (request.reads_chunks || response.body != Framing::Chunked);
    let again = whole && request.keep && framed && end == End::Passed;
    Ok((end, if again { Next::Another } else { Next::Close }))
}

fn request_head(request: &Request, reached: &Reached<'_>) -> Vec<u8> {
    let full = request.host.with_port(request.port);
    let authority = full.strip_suffix(":80").unwrap_or(&full);
    let (target, authorization) = match reached.proxy {
        Some(proxy) => (format!("http://{authority}{}", request.path), proxy.authorization_line()),
        None => (request.path.clone(), String::new()),
    };
    let mut head = format!("{} {target} HTTP/1.1\r\nhost: {authority}\r\n", request.method).into_bytes();
    head.extend(request.fields.end_to_end());
    let length = match (request.method, request.body) {
        (crate::passage::Method::Post, Framing::Empty) => "content-length: 0\r\n".to_owned(),
        (_, body) => body.line(),
    };
    head.extend(format!("{length}{authorization}connection: close\r\n\r\n").into_bytes());
    head
}

/// Sends head and body; false when the host would not take all of it (it may have answered already).
fn send_request(
    client: &mut Inlet,
    outside: &Inlet,
    request: &Request,
    head: &[u8],
    clock: &Clock,
    book: &mut Book,
) -> Result<bool, NotReached> {
    let failed = |e: &dyn std::fmt::Display| NotReached::Unreachable(format!("the request could not be sent whole: {e}"));
    let patience = clock.patience().map_err(|e| failed(&e))?;
    outside.socket().send(head, patience).map_err(|e| failed(&e))?;
    book.sent += count(head);
    if request.waits && request.body != Framing::Empty {
        client.socket().send(b"HTTP/1.1 100 Continue\r\n\r\n", patience).map_err(|e| failed(&e))?;
    }
    match copy(client, outside.socket().as_ref(), request.body, Dress::of(request.body), clock, &mut book.sent) {
        Ok(()) => Ok(true),
        Err(Broken::To(_)) => Ok(false),
        Err(Broken::From(e)) => Err(failed(&format!("its body: {e}"))),
    }
}

fn read_response(outside: &mut Inlet, request: &Request, clock: &Clock, book: &mut Book) -> Result<Response, NotReached> {
    let failed = |why: String| NotReached::Unreachable(format!("`{}` sent no answer that can be read: {why}", request.host));
    for _ in 0..INTERIM {
        let until = clock.until().map_err(|e| failed(e.to_string()))?;
        let head = outside.head(RESPONSE_HEAD, until).map_err(|e| failed(e.to_string()))?;
        let head = head.ok_or_else(|| failed("it closed the connection".into()))?;
        clock.touch();
        book.received += count(&head);
        let response = Response::parse(&head, request.method).map_err(|e| failed(e.to_string()))?;
        match response.status {
            101 => return Err(failed("it changed the protocol".into())),
            100..=199 => {}
            _ => return Ok(response),
        }
    }
    Err(failed("it never came to the answer itself".into()))
}

fn send_response(
    client: &Inlet,
    outside: &mut Inlet,
    request: &Request,
    response: &Response,
    clock: &Clock,
    book: &mut Book,
) -> End {
    let dress = match Dress::of(response.body) {
        Dress::Chunks if !request.reads_chunks => Dress::Bare,
        dress => dress,
    };
    let framing = match (dress, response.body) {
        (Dress::Chunks, _) => Framing::Chunked.line(),
        (Dress::Bare, Framing::Exact(n)) => Framing::Exact(n).line(),
        (Dress::Bare, Framing::Empty) if response.status != 304 && response.status != 204 && request.method != crate::passage::Method::Head => {
            "content-length: 0\r\n".to_owned()
        }
        (Dress::Bare, _) => String::new(),
    };
    let keeps = request.keep && response.body != Framing::UntilClosed && (dress == Dress::Chunks || response.body != Framing::Chunked);
    let connection = if keeps { "keep-alive" } else { "close" };
    let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, response.reason).into_bytes();
    head.extend(response.fields.end_to_end());
    head.extend(format!("{framing}connection: {connection}\r\n\r\n").into_bytes());
    let sent = clock.patience().and_then(|within| client.socket().send(&head, within).map_err(WireError::from)).map_err(Broken::To);
    match sent.and_then(|()| copy(outside, client.socket().as_ref(), response.body, dress, clock, &mut book.received)) {
        Ok(()) => End::Passed,
        Err(Broken::To(e)) => End::Cut { text: format!("the client left: {e}") },
        Err(Broken::From(e)) => End::Cut { text: format!("the answer broke off: {e}") },
    }
}

/// How a body is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dress {
    Bare,
    Chunks,
}

impl Dress {
    fn of(framing: Framing) -> Self {
        if framing == Framing::Chunked { Self::Chunks } else { Self::Bare }
    }
}

fn copy(from: &mut Inlet, to: &dyn Socket, framing: Framing, dress: Dress, clock: &Clock, total: &mut u64) -> Result<(), Broken> {
    match framing {
        Framing::Empty => Ok(()),
        Framing::Exact(n) => copy_exactly(from, to, n, clock, total),
        Framing::UntilClosed => copy_to_the_end(from, to, clock, total),
        Framing::Chunked => copy_chunks(from, to, dress, clock, total),
    }
}

fn copy_exactly(from: &mut Inlet, to: &dyn Socket, n: u64, clock: &Clock, total: &mut u64) -> Result<(), Broken> {
    let mut left = n;
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let piece = from.some(most, clock.until().map_err(Broken::From)?).map_err(Broken::From)?;
        if piece.is_empty() {
            return Err(Broken::From(WireError::Ended));
        }
        put(&piece, to, clock)?;
        *total += count(&piece);
        left = left.saturating_sub(count(&piece));
    }
    Ok(())
}

fn copy_to_the_end(from: &mut Inlet, to: &dyn Socket, clock: &Clock, total: &mut u64) -> Result<(), Broken> {
    loop {
        let piece = from.some(PIECE, clock.until().map_err(Broken::From)?).map_err(Broken::From)?;
        if piece.is_empty() {
            return Ok(());
        }
        put(&piece, to, clock)?;
        *total += count(&piece);
    }
}

fn copy_chunks(from: &mut Inlet, to: &dyn Socket, dress: Dress, clock: &Clock, total: &mut u64) -> Result<(), Broken> {
    loop {
        let line = from.line(CHUNK_LINE, clock.until().map_err(Broken::From)?).map_err(Broken::From)?;
        let size = chunk_size(&line).ok_or(Broken::From(WireError::BadChunk))?;
        if size == 0 {
            break;
        }
        if dress == Dress::Chunks {
            put(format!("{size:x}\r\n").as_bytes(), to, clock)?;
        }
        copy_exactly(from, to, size, clock, total)?;
        let end = from.line(0, clock.until().map_err(Broken::From)?).map_err(Broken::From)?;
        if !end.is_empty() {
            return Err(Broken::From(WireError::BadChunk));
        }
        if dress == Dress::Chunks {
            put(b"\r\n", to, clock)?;
        }
    }
    drop_trailers(from, clock)?;
    if dress == Dress::Chunks { put(b"0\r\n\r\n", to, clock) } else { Ok(()) }
}

fn drop_trailers(from: &mut Inlet, clock: &Clock) -> Result<(), Broken> {
    for _ in 0..100 {
        let line = from.line(CHUNK_LINE, clock.until().map_err(Broken::From)?).map_err(Broken::From)?;
        if line.is_empty() {
            return Ok(());
        }
    }
    Err(Broken::From(WireError::TooLarge))
}

/// Hex digits and nothing before them; an extension after `;` is read over (RFC 9112, 7.1.1).
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|b| *b == b';').next()?;
    let text = std::str::from_utf8(digits).ok()?.trim_end_matches([' ', '\t']);
    let plain = (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| plain)
}

fn put(bytes: &[u8], to: &dyn Socket, clock: &Clock) -> Result<(), Broken> {
    let within = clock.patience().map_err(Broken::To)?;
    to.send(bytes, within).map_err(|e| Broken::To(e.into()))?;
    clock.touch();
    Ok(())
}

fn count(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Which side of a copy failed.
#[derive(Debug)]
enum Broken {
    From(WireError),
    To(WireError),
}

#[cfg(test)]
mod tests;
