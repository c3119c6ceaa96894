//! One connection from the box: read a request, ask, carry it or say why not, record it; again if the client keeps it open.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::door::Shared;
use crate::forward;
use crate::head::Request;
use crate::live::Seat;
use crate::passage::{Answer, End, Method, Passage, Reach};
use crate::reach::NotReached;
use crate::tunnel;
use crate::wire::{Inlet, WireError};

/// The most bytes of a request's head.
pub(crate) const HEAD: usize = 16 * 1024;

/// Whether the client may ask again on this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Another,
    Close,
}

/// What is known so far of the passage under way.
pub(crate) struct Book {
    pub(crate) reach: Option<Reach>,
    pub(crate) address: Option<SocketAddr>,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    began: Instant,
}

impl Book {
    fn open() -> Self {
        Self { reach: None, address: None, sent: 0, received: 0, began: Instant::now() }
    }

    fn close(self, end: End) -> Passage {
        let Self { reach, address, sent, received, began } = self;
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Passage { reach, address, end, sent, received, milliseconds }
    }
}

/// Serves one connection until it ends.
pub(crate) fn serve(shared: &Shared, seat: &Seat, client: &mut Inlet) {
    let mut patience = shared.limits.head;
    while one(shared, seat, client, patience) == Next::Another && !seat.is_closing() {
        seat.forget_others();
        patience = shared.limits.idle;
    }
    client.socket().cut();
}

/// Tells a client that there is no place for it; the listening thread does this itself, so it never waits.
pub(crate) fn turn_away(shared: &Shared, client: &Inlet) {
    let text = format!("the door has {} connections open already; close some and try again", shared.limits.connections);
    Refusal { status: "503 Too many connections", kind: "refused", text: text.clone() }.send(client, Duration::from_millis(1));
    client.socket().cut();
    (shared.seen)(&Book::open().close(End::Refused { text }));
}

fn one(shared: &Shared, seat: &Seat, client: &mut Inlet, patience: Duration) -> Next {
    if client.ahead().is_empty() && !matches!(client.fill(Instant::now() + patience), Ok(true)) {
        return Next::Close; // closed, or silent: nothing was asked
    }
    let mut book = Book::open();
    let (end, next) = match read(client, Instant::now() + shared.limits.head) {
        Err(refusal) => {
            refusal.say(client);
            (End::Malformed { text: refusal.text }, Next::Close)
        }
        Ok(request) => pass(shared, seat, client, &request, &mut book),
    };
    (shared.seen)(&book.close(end));
    next
}

fn read(client: &mut Inlet, until: Instant) -> Result<Request, Refusal> {
    let malformed = |status, why: &dyn std::fmt::Display| Refusal { status, kind: "malformed", text: format!("this request cannot pass: {why}") };
    let head = match client.head(HEAD, until) {
        Ok(Some(head)) => head,
        Ok(None) => return Err(malformed("400 Bad request", &WireError::Ended)),
        Err(e @ WireError::TooLarge) => return Err(malformed("431 Request head too large", &e)),
        Err(e @ WireError::TooSlow) => return Err(malformed("408 Request too slow", &e)),
        Err(e) => return Err(malformed("400 Bad request", &e)),
    };
    Request::parse(&head).map_err(|e| malformed("400 Bad request", &e))
}

/// Asks, and carries what is open.
fn pass(shared: &Shared, seat: &Seat, client: &mut Inlet, request: &Request, book: &mut Book) -> (End, Next) {
    let named = shared.outside.rules.naming(&request.host, request.port).is_some();
    let reach = Reach { host: request.host.to_string(), port: request.port, method: request.method, named };
    let answer = (shared.ask)(&reach);
    let place = reach.to_string();
    book.reach = Some(reach);
    let not_reached = match answer {
        Answer::Held { text } => {
            Refusal::held(&place, &text).say(client);
            return (End::Held { text }, Next::Close);
        }
        Answer::Refused { text } => NotReached::Refused(text),
        Answer::Open => match carry(shared, seat, client, request, book) {
            Ok(done) => return done,
            Err(not_reached) => not_reached,
        },
    };
    Refusal::of(&place, &not_reached).say(client);
    let end = match not_reached {
        NotReached::Refused(text) => End::Refused { text },
        NotReached::Unreachable(text) => End::Unreachable { text },
    };
    (end, Next::Close)
}

fn carry(shared: &Shared, seat: &Seat, client: &mut Inlet, request: &Request, book: &mut Book) -> Result<(End, Next), NotReached> {
    match request.method {
        Method::Connect => tunnel::carry(shared, seat, client, request, book).map(|end| (end, Next::Close)),
        Method::Get | Method::Head | Method::Post => forward::carry(shared, seat, client, request, book),
    }
}

/// What a client is told instead of being let through.
struct Refusal {
    /// Code and reason. Clients that never show the body of a failed CONNECT show this, so it names the host.
    status: &'static str,
    kind: &'static str,
    text: String,
}

impl Refusal {
    fn held(place: &str, text: &str) -> Self {
        Self { status: "403 Held by countersign", kind: "held", text: format!("`{place}` is held: {text}") }
    }

    fn of(place: &str, why: &NotReached) -> Self {
        match why {
            NotReached::Refused(text) => {
                Self { status: "403 Refused by countersign", kind: "refused", text: format!("`{place}` is refused: {text}") }
            }
            NotReached::Unreachable(text) => {
                Self { status: "502 Unreachable", kind: "unreachable", text: format!("`{place}` is open, but {text}") }
            }
        }
    }

    /// Sends it, and waits a moment for the client to close, so that the text is not lost to what the client still sends.
    fn say(&self, client: &mut Inlet) {
        self.send(client, Duration::from_secs(5));
        client.socket().finish();
        let until = Instant::now() + Duration::from_secs(1);
        let mut left: usize = 256 * 1024;
        while let Ok(piece) = client.some(left, until) {
            left = left.saturating_sub(piece.len());
            if piece.is_empty() || left == 0 || Instant::now() >= until {
                break;
            }
        }
    }

    fn send(&self, client: &Inlet, within: Duration) {
        let Self { status, kind, text } = self;
        let host = text.split('`').nth(1).filter(|_| *kind != "malformed").map_or_else(String::new, |host| format!(": {host}"));
        let body = format!("countersign: {text}\n");
        let head = format!(
            "HTTP/1.1 {status}{host}\r\nx-countersign: {kind}\r\ncontent-type: text/plain; charset=utf-8\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        client.socket().send(format!("{head}{body}").as_bytes(), within).ok(); // a client that has left needs no answer
    }
}
