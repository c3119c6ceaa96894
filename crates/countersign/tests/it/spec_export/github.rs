//! As much of a GitHub host as issues need, behind a socket of the file system that the real `gh` is told to use.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use testkit::World;

/// One request as it came.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) host: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) body: Value,
}

#[derive(Default)]
struct State {
    issues: Vec<Value>,
    requests: Vec<Request>,
    /// What was given as a right to ask.
    tokens: Vec<String>,
    repository: Value,
    /// After so many changes each further one is answered with this status, done or not.
    fails: Option<(usize, u16, bool)>,
    changes: usize,
    /// Is told of the first change, which then waits for its own end, and is never made.
    holds: Option<Sender<()>>,
}

/// The host. It ends with the test.
#[derive(Clone)]
pub(super) struct GitHub(Arc<Mutex<State>>);

impl GitHub {
    /// Serves `acme/shop`, and lets the world's `gh` reach it with a token.
    pub(super) fn serve(world: &mut World) -> Self {
        let socket = world.path("gh.sock");
        world.write("gh/config.yml", format!("http_unix_socket: {}\n", socket.display()));
        let folder = world.path("gh");
        world.set("GH_CONFIG_DIR", folder.to_str().unwrap());
        world.set("GH_HOST", "git.example");
        world.set("GH_ENTERPRISE_TOKEN", "sesame");
        let repository = json!({"full_name": "acme/shop", "private": true, "visibility": "private", "has_issues": true, "archived": false});
        let github = Self(Arc::new(Mutex::new(State { repository, ..State::default() })));
        github.listen(&socket);
        github
    }

    fn listen(&self, socket: &Path) {
        let (listener, served) = (UnixListener::bind(socket).unwrap(), self.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                served.answer(stream);
            }
        });
    }

    /// Sets a field of what the host says of the repository.
    pub(super) fn repository(&self, key: &str, value: Value) {
        self.0.lock().unwrap().repository[key] = value;
    }

    /// From the change after `after` on, answers with this status; `done` says whether the change happens all the same.
    pub(super) fn fail(&self, after: usize, status: u16, done: bool) {
        let mut state = self.0.lock().unwrap();
        (state.fails, state.changes) = (Some((after, status, done)), 0);
    }

    /// Leaves the next change without an answer for as long as somebody waits for one, and tells when it came.
    pub(super) fn hold(&self) -> Receiver<()> {
        let (holds, came) = channel();
        self.0.lock().unwrap().holds = Some(holds);
        came
    }

    pub(super) fn heal(&self) {
        self.0.lock().unwrap().fails = None;
    }

    /// An issue that somebody opened there.
    pub(super) fn open(&self, body: &str, association: &str) {
        let mut state = self.0.lock().unwrap();
        let number = state.issues.len() + 1;
        state.issues.push(json!({"number": number, "title": "theirs", "body": body, "labels": [], "author_association": association, "user": {"type": "User"}}));
    }

    pub(super) fn issues(&self) -> Vec<Value> {
        self.0.lock().unwrap().issues.clone()
    }

    pub(super) fn tokens(&self) -> Vec<String> {
        self.0.lock().unwrap().tokens.clone()
    }

    /// What was asked for that changes something.
    pub(super) fn changes(&self) -> Vec<Request> {
        self.0.lock().unwrap().requests.iter().filter(|request| request.method != "GET").cloned().collect()
    }

    fn answer(&self, mut stream: UnixStream) {
        let Some((request, token)) = read(&mut stream) else { return };
        let holds = self.0.lock().unwrap().holds.take_if(|_| request.method != "GET");
        if let Some(holds) = holds {
            self.0.lock().unwrap().requests.push(request);
            holds.send(()).unwrap();
            stream.read_to_end(&mut Vec::new()).ok(); // until gh is gone
            return;
        }
        self.0.lock().unwrap().tokens.extend((!token.is_empty()).then(|| token.clone()));
        let (status, body) = if token == "token sesame" { self.act(&request) } else { (401, json!({"message": "Bad credentials"})) };
        self.0.lock().unwrap().requests.push(request);
        let body = body.to_string();
        let head = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).ok(); // gh may be gone
    }

    fn act(&self, request: &Request) -> (u16, Value) {
        let mut state = self.0.lock().unwrap();
        let path = request.path.strip_prefix("/api/v3/repos/acme/shop").unwrap_or("/elsewhere");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match (request.method.as_str(), path) {
            ("GET", "") => (200, state.repository.clone()),
            ("GET", "/issues") => (200, page(&state.issues, query)),
            ("POST", "/issues") => state.change(request, None),
            ("PATCH", _) => match path.strip_prefix("/issues/").and_then(|number| number.parse().ok()) {
                Some(number) => state.change(request, Some(number)),
                None => (404, json!({"message": "Not Found"})),
            },
            _ => (404, json!({"message": "Not Found"})),
        }
    }
}

impl State {
    fn change(&mut self, request: &Request, number: Option<usize>) -> (u16, Value) {
        self.changes += 1;
        let fails = self.fails.filter(|(after, ..)| self.changes > *after);
        if let Some((_, status, false)) = fails {
            return (status, json!({"message": "no"}));
        }
        let number = number.unwrap_or(self.issues.len() + 1);
        if number > self.issues.len() {
            self.issues.push(json!({"number": number, "author_association": "MEMBER", "user": {"type": "User"}}));
        }
        for key in ["title", "body", "labels"] {
            if let Some(value) = request.body.get(key) {
                self.issues[number - 1][key] = value.clone();
            }
        }
        match fails {
            Some((_, status, _)) => (status, json!({"message": "no"})),
            None => (201, self.issues[number - 1].clone()),
        }
    }
}

/// Hundred issues at a time, as the query says.
fn page(issues: &[Value], query: &str) -> Value {
    let number = query.split('&').find_map(|pair| pair.strip_prefix("page=")).and_then(|page| page.parse::<usize>().ok()).unwrap();
    issues.iter().skip((number - 1) * 100).take(100).cloned().collect()
}

/// One request and what it gives as its right to ask.
fn read(stream: &mut UnixStream) -> Option<(Request, String)> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, &mut bytes)?;
    };
    let text = String::from_utf8(bytes[..head].to_vec()).ok()?;
    let mut lines = text.lines();
    let mut words = lines.next()?.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let header = |name: &str| text.lines().find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()));
    let mut body = bytes[head..].to_vec();
    if header("transfer-encoding").is_some() {
        while !body.ends_with(b"0\r\n\r\n") {
            more(stream, &mut body)?;
        }
        body = dechunked(&body)?;
    }
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Some((Request { host: header("host")?, method, path, body }, header("authorization").unwrap_or_default()))
}

fn more(stream: &mut UnixStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut part = [0; 65_536];
    let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
    bytes.extend_from_slice(&part[..read]);
    Some(())
}

fn dechunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(bytes.get(end + 2..end + 2 + size)?);
        bytes = bytes.get(end + 2 + size + 2..)?;
    }
}
