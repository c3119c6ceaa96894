//! One production region of a cost explorer: a small HTTP service in front of a real SQLite database.
//!
//! It answers from what is on disk at that moment and keeps nothing: the database is opened for each request, read-only,
//! and a file of the page is read whole through one open descriptor, so that a rename under it is not seen half. When the
//! database is gone, empty or locked for too long the region says 503, as a region does. It never writes.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

/// A region that serves. Dropping it stops it.
pub(crate) struct Region {
    /// Where it listens on loopback.
    pub(crate) port: u16,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Region {
    /// Serves an environment's folder on loopback; port 0 takes a free one.
    pub(crate) fn start(env_dir: PathBuf, port: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).context("the region cannot listen on loopback")?;
        let port = listener.local_addr().context("the region has no port")?.port();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let env_dir = Arc::new(env_dir);
        let listen = move || listen(&listener, &env_dir, &stopped);
        let thread = std::thread::Builder::new().name("region".into()).spawn(listen).context("the region has no thread")?;
        Ok(Self { port, stop, thread: Some(thread) })
    }

    /// Serves until the process ends.
    fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().ok(); // a panic ends the service, which is all that the caller can be told
        }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))); // wakes it
            thread.join().ok();
        }
    }
}

/// Serves an environment's folder in this process until it is killed; `ready` is told the port.
pub(crate) fn serve(env_dir: PathBuf, ready: impl FnOnce(u16)) -> anyhow::Result<()> {
    let region = Region::start(env_dir, 0)?;
    ready(region.port);
    region.wait();
    anyhow::bail!("the region has stopped listening")
}

fn listen(listener: &TcpListener, env_dir: &Arc<PathBuf>, stop: &AtomicBool) {
    for client in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let Ok(client) = client else { continue };
        let env_dir = Arc::clone(env_dir);
        // Without a thread the closure is dropped, and with it the connection.
        drop(std::thread::Builder::new().name("region-visit".into()).spawn(move || visit(client, &env_dir)));
    }
}

const PATIENCE: Duration = Duration::from_secs(5);
const MOST_HEAD: usize = 8 * 1024;

fn visit(mut client: TcpStream, env_dir: &Path) {
    let limits = [client.set_read_timeout(Some(PATIENCE)), client.set_write_timeout(Some(PATIENCE))];
    if limits.iter().any(Result::is_err) {
        return;
    }
    let answer = match read_head(&mut client) {
        Ok(head) => answer(&head, env_dir),
        Err(_) => Answer::problem(400, "this is no request"),
    };
    answer.send(&mut client).ok(); // a client that has left needs no answer
    client.shutdown(Shutdown::Write).ok();
}

fn read_head(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let (mut head, mut piece) = (Vec::new(), [0; 1024]);
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let n = client.read(&mut piece)?;
        if n == 0 || head.len() > MOST_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.extend(piece.iter().take(n));
    }
    Ok(head)
}

struct Answer {
    status: u16,
    kind: &'static str,
    body: Vec<u8>,
    /// Whether only the head is wanted.
    headless: bool,
}

impl Answer {
    fn json(status: u16, value: &Value) -> Self {
        Self { status, kind: "application/json", body: value.to_string().into_bytes(), headless: false }
    }

    fn problem(status: u16, text: &str) -> Self {
        Self::json(status, &json!({ "problem": text }))
    }

    fn send(&self, client: &mut TcpStream) -> io::Result<()> {
        let reason = match self.status {
            200 => "OK",
            400 => "Bad Request",
            404 => "Not Found",
            405 => "Method Not Allowed",
            _ => "Office Unavailable",
        };
        let (status, kind, length) = (self.status, self.kind, self.body.len());
        let head = format!(
            "HTTP/1.1 {status} {reason}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
             cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
        );
        let mut bytes = head.into_bytes();
        bytes.extend(self.body.iter().filter(|_| !self.headless));
        client.write_all(&bytes)
    }
}

fn answer(head: &[u8], env_dir: &Path) -> Answer {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut fields);
    let target = match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => request.path.unwrap_or("/"),
        Ok(httparse::Status::Partial) | Err(_) => return Answer::problem(400, "this is no request"),
    };
    let headless = match request.method {
        Some("GET") => false,
        Some("HEAD") => true,
        _ => return Answer::problem(405, "the region is read with GET and HEAD"),
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Answer { headless, ..route(path, query, env_dir) }
}

fn route(path: &str, query: &str, env_dir: &Path) -> Answer {
    match path {
        "/health" => from_store(env_dir, |store| count(store).map(|_| json!({ "status": "ok" }))),
        "/api/rows" => from_store(env_dir, |store| count(store).map(|rows| json!({ "rows": rows }))),
        "/api/costs" => match range(query) {
            Ok((from, to)) => from_store(env_dir, |store| costs(store, &from, &to)),
            Err(why) => Answer::problem(400, why),
        },
        "/app" => page(env_dir, ""),
        _ => match path.strip_prefix("/app/") {
            Some(name) => page(env_dir, name),
            None => Answer::problem(404, "nothing is here"),
        },
    }
}

/// `from=YYYY-MM-DD&to=YYYY-MM-DD`, both days included, each said once.
fn range(query: &str) -> Result<(String, String), &'static str> {
    let day = |name: &str| {
        let mut values = query.split('&').filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let value = values.next().filter(|value| value.len() == 10)?;
        value.parse::<Date>().ok().filter(|_| values.next().is_none())
    };
    match (day("from"), day("to")) {
        (Some(from), Some(to)) if from <= to => Ok((from.to_string(), to.to_string())),
        (Some(_), Some(_)) => Err("`from` is after `to`"),
        _ => Err("give `from` and `to`, each once, as YYYY-MM-DD"),
    }
}

/// How often a store that is locked or not to be found is tried again: a writer holds its lock for less than this.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(15);

#[expect(clippy::disallowed_methods, reason = "nothing announces that another process has let go of its lock")]
fn from_store(env_dir: &Path, read: impl Fn(&Connection) -> rusqlite::Result<Value>) -> Answer {
    let path = env_dir.join("data/costs.db");
    for tried in 1..=TRIES {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let store = Connection::open_with_flags(&path, flags).and_then(|store| {
            store.busy_timeout(PAUSE)?;
            Ok(store)
        });
        match store.and_then(|store| read(&store)) {
            Ok(value) => return Answer::json(200, &value),
            Err(e) if tried == TRIES || !is_passing(&e) => break,
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
    Answer::problem(503, "the region has no data")
}

/// Whether the next try may find it otherwise.
fn is_passing(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, SchemaChanged};
    matches!(error.sqlite_error_code(), Some(CannotOpen | DatabaseBusy | DatabaseLocked | SchemaChanged))
}

fn count(store: &Connection) -> rusqlite::Result<i64> {
    store.query_row("SELECT count(*) FROM cost", [], |row| row.get(0))
}

fn costs(store: &Connection, from: &str, to: &str) -> rusqlite::Result<Value> {
    let sql = "SELECT day, service, sum(amount_micros) FROM cost WHERE day BETWEEN ?1 AND ?2 GROUP BY day, service ORDER BY day, service";
    let mut statement = store.prepare(sql)?;
    let rows = statement.query_map([from, to], |row| {
        let (day, service, amount): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(json!({ "day": day, "service": service, "amount_micros": amount }))
    })?;
    let rows: Vec<Value> = rows.collect::<Result<_, _>>()?;
    Ok(json!({ "from": from, "to": to, "rows": rows }))
}

/// A file of the page. Names are plain, and what they lead to is below `app/`, also through links.
fn page(env_dir: &Path, name: &str) -> Answer {
    let name = if name.is_empty() { "index.html" } else { name };
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !name.split('/').all(plain) {
        return Answer::problem(404, "no file has such a name");
    }
    match read_below(&env_dir.join("app"), name) {
        Ok(body) => Answer { status: 200, kind: kind_of(name), body, headless: false },
        Err(_) => Answer::problem(404, "nothing is here"),
    }
}

fn read_below(app: &Path, name: &str) -> io::Result<Vec<u8>> {
    let path = fs::canonicalize(app.join(name))?;
    if !path.starts_with(fs::canonicalize(app)?) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    fs::read(path)
}

fn kind_of(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|e| e.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("mjs" | "js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
