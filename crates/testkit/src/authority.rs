//! An MCP server that wants people to log in, with the issuer that vouches for it: both on one port of loopback.
//!
//! Left alone it does what the specification says: describes itself, registers clients, sends a browser back with a code, checks the
//! code's verifier, and gives tokens that its MCP server takes. Any path can be given another answer, and tokens can be made
//! invalid. Everything that it hears is kept. It asserts nothing.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use serde_json::{Value, json};

/// A running server; it serves until the test ends.
pub struct Authority {
    url: String,
    shared: Arc<Shared>,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Heard {
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// What the query or the form says.
    pub says: BTreeMap<String, String>,
    /// The header of that name.
    pub authorization: Option<String>,
    /// The body.
    pub body: String,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Answers that were set, by path.
    instead: BTreeMap<String, String>,
    heard: Vec<Heard>,
    /// Tokens that count, and what for.
    good: BTreeMap<String, String>,
    given: u32,
    /// The scopes of the newest login.
    asked: String,
    /// What `tools/call` wants besides.
    wants: Option<String>,
    seconds: u64,
}

impl Authority {
    /// Starts one whose tokens are good for an hour.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("the address of a bound port"));
        let shared = Arc::new(Shared::default());
        shared.state().seconds = 3600;
        let (serving, at) = (Arc::clone(&shared), url.clone());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (serving, at) = (Arc::clone(&serving), at.clone());
                thread::spawn(move || serving.visit(stream, &at));
            }
        });
        Self { url, shared }
    }

    /// `http://127.0.0.1:PORT`, which is the issuer.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The MCP server.
    pub fn server(&self) -> String {
        format!("{}/mcp", self.url)
    }

    /// What it says of itself as an issuer.
    pub fn metadata(&self) -> Value {
        metadata(&self.url)
    }

    /// Answers this path so from now on: a status, further headers in lines, and a body.
    pub fn answer(&self, path: &str, status: &str, headers: &str, body: &str) {
        let headers: String = headers.lines().map(|line| format!("{line}\r\n")).collect();
        let whole = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        self.shared.state().instead.insert(path.to_owned(), whole);
    }

    /// Answers this path with a document.
    pub fn say(&self, path: &str, document: &Value) {
        self.answer(path, "200 OK", "content-type: application/json", &document.to_string());
    }

    /// From now on a call of a tool takes a token for this scope.
    pub fn want(&self, scope: &str) {
        self.shared.state().wants = Some(scope.to_owned());
    }

    /// Tokens from now on are good for so long.
    pub fn give_for(&self, seconds: u64) {
        self.shared.state().seconds = seconds;
    }

    /// No token that was given counts any more.
    pub fn forget_tokens(&self) {
        self.shared.state().good.clear();
    }

    /// All that was heard on this path.
    pub fn heard(&self, path: &str) -> Vec<Heard> {
        self.shared.state().heard.iter().filter(|one| one.path == path).cloned().collect()
    }

    /// How often a tool was called.
    pub fn calls(&self) -> usize {
        self.heard("/mcp").iter().filter(|one| one.body.contains("\"tools/call\"")).count()
    }

    /// A person at a browser who agrees: opens an address and goes where it sends them. Gives that address.
    pub fn agree(&self, address: &str) -> String {
        let path = address.strip_prefix(&self.url).expect("an address of this issuer");
        let answer = ask(&self.url, &format!("GET {path}"));
        let line = answer.lines().find_map(|line| line.strip_prefix("location: ")).expect("it sends back");
        line.trim().to_owned()
    }
}

/// Opens an address of loopback, as a browser does. What came back.
pub fn open(address: &str) -> String {
    let rest = address.strip_prefix("http://").expect("http");
    let (host, path) = rest.split_at(rest.find('/').expect("a path"));
    ask(&format!("http://{host}"), &format!("GET {path}"))
}

fn ask(url: &str, what: &str) -> String {
    let host = url.strip_prefix("http://").expect("http");
    let mut stream = TcpStream::connect(host).expect("it listens");
    write!(stream, "{what} HTTP/1.1\r\nhost: {host}\r\n\r\n").expect("it reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    text
}

fn metadata(url: &str) -> Value {
    json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "registration_endpoint": format!("{url}/register"),
        "revocation_endpoint": format!("{url}/revoke"),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
    })
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn visit(&self, mut stream: TcpStream, url: &str) {
        let Some(heard) = read(&mut stream) else { return };
        self.state().heard.push(heard.clone());
        let instead = self.state().instead.get(&heard.path).cloned();
        let answer = instead.unwrap_or_else(|| {
            let (status, headers, body) = self.answer(&heard, url);
            let end = if headers.is_empty() { "" } else { "\r\n" };
            format!("HTTP/1.1 {status}\r\n{headers}{end}content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
        });
        stream.write_all(answer.as_bytes()).ok();
    }

    fn answer(&self, heard: &Heard, url: &str) -> (&'static str, String, String) {
        let fine = |value: Value| ("200 OK", String::new(), value.to_string());
        match heard.path.as_str() {
            "/.well-known/oauth-protected-resource/mcp" => {
                fine(json!({"resource": format!("{url}/mcp"), "authorization_servers": [url], "scopes_supported": ["read"]}))
            }
            "/.well-known/oauth-authorization-server" => fine(metadata(url)),
            "/register" => ("201 Created", String::new(), json!({"client_id": "registered"}).to_string()),
            "/authorize" => self.authorize(heard, url),
            "/token" => self.token(heard),
            "/revoke" => {
                self.state().good.clear();
                fine(json!({}))
            }
            "/mcp" => self.mcp(heard, url),
            _ => ("404 Not Found", String::new(), "{}".into()),
        }
    }

    fn authorize(&self, heard: &Heard, url: &str) -> (&'static str, String, String) {
        let said = |name: &str| heard.says.get(name).cloned().unwrap_or_default();
        self.state().asked = said("scope");
        let back = format!("{}?code=the-code&state={}&iss={}", said("redirect_uri"), said("state"), coded(url));
        ("302 Found", format!("location: {back}"), String::new())
    }

    fn token(&self, heard: &Heard) -> (&'static str, String, String) {
        let mut state = self.state();
        let kind = heard.says.get("grant_type").map(String::as_str);
        let token = heard.says.get("refresh_token");
        let newest = format!("refresh-{}", state.given);
        if kind == Some("refresh_token") && token != Some(&newest) {
            return ("400 Bad Request", String::new(), json!({"error": "invalid_grant", "error_description": "used\u{1b} up"}).to_string());
        }
        state.given += 1;
        let (given, seconds, asked) = (state.given, state.seconds, state.asked.clone());
        state.good.insert(format!("secret-token-{given}"), asked.clone());
        let refresh = if kind == Some("client_credentials") { Value::Null } else { json!(format!("refresh-{given}")) };
        let body = json!({"access_token": format!("secret-token-{given}"), "token_type": "Bearer", "expires_in": seconds, "refresh_token": refresh, "scope": asked});
        ("200 OK", String::new(), body.to_string())
    }

    fn mcp(&self, heard: &Heard, url: &str) -> (&'static str, String, String) {
        let state = self.state();
        let token = heard.authorization.as_deref().and_then(|value| value.strip_prefix("Bearer "));
        let metadata = format!("resource_metadata=\"{url}/.well-known/oauth-protected-resource/mcp\"");
        let Some(scopes) = token.and_then(|token| state.good.get(token)) else {
            return ("401 Unauthorized", format!("www-authenticate: Bearer {metadata}"), "{}".into());
        };
        let asks: Value = serde_json::from_str(&heard.body).unwrap_or_default();
        let result = match asks["method"].as_str().unwrap_or_default() {
            "initialize" => json!({"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "far", "version": "1"}}),
            "tools/list" => json!({"tools": [{"name": "add", "description": "adds", "inputSchema": {"type": "object"}}]}),
            "tools/call" => match state.wants.as_ref().filter(|wants| !scopes.split(' ').any(|scope| scope == *wants)) {
                Some(wants) => return ("403 Forbidden", format!("www-authenticate: Bearer error=\"insufficient_scope\", scope=\"read {wants}\", {metadata}"), "{}".into()),
                None => json!({"content": [{"type": "text", "text": "it is 5"}]}),
            },
            _ => return ("202 Accepted", String::new(), String::new()),
        };
        ("200 OK", String::new(), json!({"jsonrpc": "2.0", "id": asks["id"], "result": result}).to_string())
    }
}

fn read(stream: &mut TcpStream) -> Option<Heard> {
    let mut bytes = Vec::new();
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        if let httparse::Status::Complete(end) = request.parse(&bytes).ok()? {
            let header = |name: &str| request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| String::from_utf8_lossy(header.value).into_owned());
            let length = header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + length {
                let body = String::from_utf8_lossy(&bytes[end..end + length]).into_owned();
                let (path, query) = request.path?.split_once('?').unwrap_or((request.path?, ""));
                let says = pairs(if header("content-type").is_some_and(|kind| kind.contains("form")) { &body } else { query });
                return Some(Heard { method: request.method?.to_owned(), path: path.to_owned(), says, authorization: header("authorization"), body });
            }
        }
        let mut piece = [0; 4096];
        let got = stream.read(&mut piece).ok().filter(|got| *got > 0)?;
        bytes.extend_from_slice(&piece[..got]);
    }
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                u8::from_str_radix(&String::from_utf8_lossy(&hex), 16).unwrap_or(b'?')
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn coded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}
