//! Heads of HTTP/1 messages, read in exactly one way or not at all (RFC 9112).
//!
//! Nothing here is forgiving: two lengths, a length beside chunks, a coding other than `chunked`, a second `Host`, an
//! unknown method or a target with a user in it refuse the message, because two readers could understand it differently.
//! What goes on is never the bytes that came but a head written anew from what was understood.

use crate::host::Host;
use crate::passage::Method;

/// A request to the door.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// `/path?query` of plain http; empty for a tunnel.
    pub(crate) path: String,
    pub(crate) fields: Fields,
    pub(crate) body: Framing,
    /// Whether the client wants to ask again on this connection.
    pub(crate) keep: bool,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub(crate) waits: bool,
    /// Whether the client reads chunks (HTTP/1.1).
    pub(crate) reads_chunks: bool,
}

/// A response from a host or a proxy.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) fields: Fields,
    pub(crate) body: Framing,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    Empty,
    Exact(u64),
    Chunked,
    UntilClosed,
}

/// Header fields in order, names in lower case.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, Vec<u8>)>);

const MOST_FIELDS: usize = 100;

impl Request {
    /// Reads a whole head, up to and with its blank line.
    pub(crate) fn parse(head: &[u8]) -> Result<Self, BadHead> {
        let mut storage = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let mut raw = httparse::Request::new(&mut storage);
        match raw.parse(head) {
            Ok(httparse::Status::Complete(n)) if n == head.len() => {}
            Ok(_) => return Err(BadHead("it ends before its blank line")),
            Err(httparse::Error::TooManyHeaders) => return Err(BadHead("it has more than 100 fields")),
            Err(_) => return Err(BadHead("it is no HTTP/1 request")),
        }
        let method = raw.method.and_then(Method::parse).ok_or(BadHead("only CONNECT, GET, HEAD and POST pass here"))?;
        let is_one_one = raw.version == Some(1);
        let fields = Fields::of(raw.headers);
        let target = raw.path.ok_or(BadHead("it has no target"))?;
        let (host, port, path) = read_target(method, target)?;
        check_host_field(&fields, &host, port, method, is_one_one)?;
        let body = request_framing(&fields, method, is_one_one)?;
        let keep = fields.keeps_open(is_one_one);
        let waits = fields.waits_for_continue()?;
        Ok(Self { method, host, port, path, fields, body, keep, waits, reads_chunks: is_one_one })
    }
}

impl Response {
    /// Reads a whole head, up to and with its blank line.
    pub(crate) fn parse(head: &[u8], to: Method) -> Result<Self, BadHead> {
        let mut storage = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let mut raw = httparse::Response::new(&mut storage);
        match raw.parse(head) {
            Ok(httparse::Status::Complete(n)) if n == head.len() => {}
            Ok(_) | Err(_) => return Err(BadHead("it is no HTTP/1 response")),
        }
        let status = raw.code.ok_or(BadHead("it has no status"))?;
        let fields = Fields::of(raw.headers);
        let bodiless = to == Method::Head || to == Method::Connect && status / 100 == 2 || matches!(status, 100..=199 | 204 | 304);
        let body = if bodiless { Framing::Empty } else { fields.framing()?.unwrap_or(Framing::UntilClosed) };
        let reason = raw.reason.unwrap_or("").chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
        Ok(Self { status, reason, fields, body })
    }
}

impl Fields {
    fn of(headers: &[httparse::Header<'_>]) -> Self {
        Self(headers.iter().map(|header| (header.name.to_ascii_lowercase(), header.value.to_vec())).collect())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_slice())
    }

    /// The only value of a field, as text; two are one too many.
    fn only(&self, name: &'static str, why: &'static str) -> Result<Option<&str>, BadHead> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(BadHead(why));
        }
        first.map(|value| std::str::from_utf8(value).map(str::trim).map_err(|_| BadHead(why))).transpose()
    }

    fn framing(&self) -> Result<Option<Framing>, BadHead> {
        let length = self.only("content-length", "it has two lengths")?;
        let coding = self.only("transfer-encoding", "it has two transfer codings")?;
        match (length, coding) {
            (Some(_), Some(_)) => Err(BadHead("it has a length and a transfer coding")),
            (None, Some(coding)) if coding.eq_ignore_ascii_case("chunked") => Ok(Some(Framing::Chunked)),
            (None, Some(_)) => Err(BadHead("its transfer coding is not `chunked`")),
            (Some(length), None) => parse_length(length).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn keeps_open(&self, is_one_one: bool) -> bool {
        let says = |word: &str| ["connection", "proxy-connection"].into_iter().any(|name| self.tokens(name).any(|token| token == word));
        if is_one_one { !says("close") } else { says("keep-alive") && !says("close") }
    }

    fn tokens<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        let text = self.all(name).map(|value| String::from_utf8_lossy(value).to_ascii_lowercase());
        text.flat_map(|text| text.split(',').map(|token| token.trim().to_owned()).collect::<Vec<_>>())
    }

    fn waits_for_continue(&self) -> Result<bool, BadHead> {
        match self.only("expect", "it expects two things")? {
            None => Ok(false),
            Some(word) if word.eq_ignore_ascii_case("100-continue") => Ok(true),
            Some(_) => Err(BadHead("it expects something other than `100-continue`")),
        }
    }

    /// The fields that belong to the message and not to one connection, as lines (RFC 9110, 7.6.1).
    pub(crate) fn end_to_end(&self) -> Vec<u8> {
        let of_this_hop: Vec<String> = self.tokens("connection").collect();
        let mut lines = Vec::new();
        for (name, value) in &self.0 {
            if OF_ONE_HOP.contains(&name.as_str()) || of_this_hop.contains(name) {
                continue;
            }
            lines.extend_from_slice(name.as_bytes());
            lines.extend_from_slice(b": ");
            lines.extend_from_slice(value);
            lines.extend_from_slice(b"\r\n");
        }
        lines
    }
}

/// Written anew by the door, or for one connection only.
const OF_ONE_HOP: [&str; 13] = [
    "connection",
    "proxy-connection",
    "keep-alive",
    "proxy-authorization",
    "proxy-authenticate",
    "proxy-authentication-info",
    "te",
    "trailer",
    "transfer-encoding",
    "content-length",
    "upgrade",
    "expect",
    "host",
];

impl Framing {
    /// The field that says it; a body until the end of the connection has none.
    pub(crate) fn line(self) -> String {
        match self {
            Self::Empty | Self::UntilClosed => String::new(),
            Self::Exact(n) => format!("content-length: {n}\r\n"),
            Self::Chunked => "transfer-encoding: chunked\r\n".into(),
        }
    }
}

fn parse_length(text: &str) -> Result<Framing, BadHead> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(0) if plain => Ok(Framing::Empty),
        Ok(n) if plain => Ok(Framing::Exact(n)),
        Ok(_) | Err(_) => Err(BadHead("its length is no number")),
    }
}

fn request_framing(fields: &Fields, method: Method, is_one_one: bool) -> Result<Framing, BadHead> {
    let body = fields.framing()?.unwrap_or(Framing::Empty);
    match (method, body) {
        (Method::Connect, Framing::Exact(_) | Framing::Chunked) => Err(BadHead("a CONNECT has no body")),
        (_, Framing::Chunked) if !is_one_one => Err(BadHead("it has chunks, which HTTP/1.0 does not know")),
        (_, body) => Ok(body),
    }
}

fn read_target(method: Method, target: &str) -> Result<(Host, u16, String), BadHead> {
    if !target.bytes().all(|b| b.is_ascii_graphic()) || target.contains('#') {
        return Err(BadHead("its target has a character that no target has"));
    }
    if method == Method::Connect {
        let (host, port) = Host::parse_with_port(target, None).map_err(|_| BadHead("its target is no `host:port`"))?;
        return Ok((host, port, String::new()));
    }
    let is_http = target.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
    let rest = target.get(7..).filter(|_| is_http).ok_or(BadHead("its target is no `http://` address; https goes through CONNECT"))?;
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(at).ok_or(BadHead("its target is no address"))?;
    let (host, port) = Host::parse_with_port(authority, Some(80)).map_err(|_| BadHead("its target names no host that can be read"))?;
    let slash = if path.starts_with('/') { "" } else { "/" };
    Ok((host, port, format!("{slash}{path}")))
}

/// The `Host` field must say what the target says (RFC 9112, 3.2); a tunnel may leave the port out.
fn check_host_field(fields: &Fields, host: &Host, port: u16, method: Method, is_one_one: bool) -> Result<(), BadHead> {
    let Some(text) = fields.only("host", "it names two hosts")? else {
        return if is_one_one { Err(BadHead("it has no `Host` field")) } else { Ok(()) };
    };
    let default = if method == Method::Connect { port } else { 80 };
    match Host::parse_with_port(text, Some(default)) {
        Ok((said, at)) if said == *host && at == port => Ok(()),
        Ok(_) | Err(_) => Err(BadHead("its `Host` field is not the host of its target")),
    }
}

/// The head can be read in two ways, or in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadHead(pub(crate) &'static str);

#[cfg(test)]
mod tests;
