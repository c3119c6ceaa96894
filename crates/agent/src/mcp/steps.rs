//! The steps of asking a server something, and of approving one: each an intent of its own.

use action::{Deed, Digest, IntentId, McpPlace, McpServer, SessionId};
use broker::mcp::ToolSet;

use super::{Servers, Standing};
use crate::act::{self, Acted, Seat, act};
use crate::book::{Book, BookError};
use crate::story::Story;

/// How asking for an approval ended.
#[derive(Debug)]
pub enum Approval {
    /// People had approved exactly these tools before.
    Already(Digest),
    /// They did now.
    Done(Digest),
    /// It waits for people.
    Held(IntentId),
    /// It did not come to that, for this reason.
    Not(String),
}

/// Asks a server for something; starts it first where it does not run. For a call that is refused nothing is started.
pub(crate) fn ask(seat: &mut Seat<'_>, deed: Deed) -> Result<Acted, BookError> {
    if seat.would_refuse(&deed) {
        return act(seat, deed);
    }
    if let Some(other) = before(seat, &deed)? {
        return Ok(other);
    }
    let Deed::McpCall { server, .. } = &deed else { return act(seat, deed) };
    let server = server.clone();
    let acted = act(seat, deed)?;
    match seat.servers.found(&server.name) {
        Some(set) => hold_again(seat, &server, &set),
        None => Ok(acted),
    }
}

/// Whatever must be so before a server can be asked; `Some` where it did not come to be.
pub(crate) fn before(seat: &mut Seat<'_>, deed: &Deed) -> Result<Option<Acted>, BookError> {
    let Deed::McpCall { server, .. } = deed else { return Ok(None) };
    if seat.servers.is_ready(server) || matches!(server.at, McpPlace::At { .. }) {
        return Ok(None);
    }
    let started = act(seat, Deed::McpStart { server: server.clone() })?;
    if let Some(set) = seat.servers.found(&server.name) {
        return hold_again(seat, server, &set).map(Some);
    }
    Ok(Some(started).filter(|acted| !matches!(acted, Acted::Done(done) if done.ok)))
}

/// Its tools are others than those approved: they are offered to nobody until people have approved them.
fn hold_again(seat: &mut Seat<'_>, server: &McpServer, set: &ToolSet) -> Result<Acted, BookError> {
    seat.servers.withdraw(&seat.service.book, &server.name)?;
    let name = action::visible(&server.name).into_owned();
    Ok(match trust(seat, server, set)? {
        Trust::Done(digest) => {
            seat.servers.take_back(&seat.service.book, &server.name, digest)?;
            Acted::Told(format!("the tools of MCP server `{name}` had changed; the person has approved them as they are now. Nothing was asked; call again"))
        }
        Trust::Held(id) => Acted::Told(format!(
            "the tools of MCP server `{name}` have changed since they were approved. They are held as {id} and not offered any more; nothing was asked. Go on without them"
        )),
        Trust::Not(why) => Acted::Told(format!("the tools of MCP server `{name}` have changed and were not approved: {why}. Nothing was asked; go on without them")),
    })
}

enum Trust {
    Done(Digest),
    Held(IntentId),
    Not(String),
}

/// Proposes a tool set, unless exactly this one waits for people already.
fn trust(seat: &mut Seat<'_>, server: &McpServer, set: &ToolSet) -> Result<Trust, BookError> {
    let root = seat.survey.root_text();
    let tools = seat.service.book.put_value(set)?;
    match Standing::of(&seat.service.book, &root, server)? {
        Standing::Held(id, held) if held == tools => return Ok(Trust::Held(id)),
        Standing::Trusted(trusted) if trusted == tools => return Ok(Trust::Done(tools)),
        _ => {}
    }
    Ok(match act(seat, Deed::McpTrust { root, server: server.clone(), tools })? {
        Acted::Landed(_, settled) if settled.ok => Trust::Done(tools),
        Acted::Held(id, _) => Trust::Held(id),
        Acted::Refused(_, reasons) => Trust::Not(reasons.into_iter().map(|reason| reason.text).collect::<Vec<_>>().join("; ")),
        other => Trust::Not(format!("{other:?}")),
    })
}

/// Starts a server to see what it offers, and asks people to approve that.
pub(crate) fn approve(seat: &mut Seat<'_>, name: &str) -> Result<Approval, BookError> {
    let Some(wanted) = seat.servers.wanted(name) else {
        return Ok(Approval::Not(format!("the project asks for no MCP server `{}`, or has disabled it", action::visible(name))));
    };
    let server = wanted.server.clone();
    let trusted = seat.servers.trusted.get(name).copied();
    let started = match signed_start(&seat.service.book, &server)?.filter(|story| story.intent.session == seat.session) {
        Some(story) => act::take_up(seat, story).map_err(|e| BookError::Write { why: e.to_string() })?,
        None => None,
    };
    let started = match started {
        Some(acted) => acted,
        None => act(seat, Deed::McpStart { server: server.clone() })?,
    };
    if let (Some(digest), true) = (trusted, seat.servers.is_ready(&server)) {
        return Ok(Approval::Already(digest));
    }
    let Some(set) = seat.servers.found(name) else {
        return Ok(Approval::Not(match started {
            Acted::Done(done) => done.line,
            Acted::Held(id, _) => return Ok(Approval::Held(id)),
            Acted::Refused(_, reasons) => reasons.into_iter().map(|reason| reason.text).collect::<Vec<_>>().join("; "),
            other => format!("{other:?}"),
        }));
    };
    Ok(match trust(seat, &server, &set)? {
        Trust::Done(digest) => Approval::Done(digest),
        Trust::Held(id) => Approval::Held(id),
        Trust::Not(why) => Approval::Not(why),
    })
}

/// A start of exactly this server that people have signed and nobody has carried out: its session goes on with it.
fn signed_start(book: &Book, server: &McpServer) -> Result<Option<Story>, BookError> {
    let now = book.now();
    let is = |story: &Story| matches!(&story.intent.deed, Deed::McpStart { server: known } if known == server);
    Ok(book.held()?.into_iter().rev().find(|story| is(story) && story.waits(now) && !story.answers.is_empty()))
}

/// The session in which a signed start of this server waits to be carried out.
pub fn session_to_approve_in(book: &Book, server: &McpServer) -> Result<Option<SessionId>, BookError> {
    Ok(signed_start(book, server)?.map(|story| story.intent.session))
}

impl Servers {
    /// Offers nothing of a server any more.
    fn withdraw(&mut self, book: &Book, name: &str) -> Result<(), BookError> {
        self.trusted.remove(name);
        self.running.remove(name);
        self.offer(book)
    }

    fn take_back(&mut self, book: &Book, name: &str, tools: Digest) -> Result<(), BookError> {
        self.trusted.insert(name.to_owned(), tools);
        self.offer(book)
    }
}
