//! Watches a region from outside, as its users see it: a request every 20 ms, each on a connection of its own.
//!
//! It believes only what it was answered. A request fails when anything but a whole 200 with what was asked for comes back.
//! Rows count as lost against the most that were ever seen, and all of them when at the end nobody can say how many there are.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;

/// A thread that polls until it is finished.
pub(crate) struct Poller {
    stop: Sender<()>,
    thread: Option<JoinHandle<Polled>>,
}

/// What was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Polled {
    /// Requests made.
    pub(crate) requests: u64,
    /// Requests that were not answered as they should be.
    pub(crate) failed: u64,
    /// The most rows that were seen, less the fewest.
    pub(crate) rows_lost: u64,
    /// What the first failure was.
    pub(crate) first_failure: Option<String>,
}

const EVERY: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(2);
/// One in so many requests is for the page instead of the rows.
const PAGE_EVERY: u64 = 10;

impl Poller {
    /// Begins to poll the region that listens on this port of loopback.
    ///
    /// When the system gives no thread for it, [`Poller::finish`] says so as a failure.
    pub(crate) fn start(port: u16) -> Self {
        let (stop, stopped) = mpsc::channel();
        let poll = move || {
            let mut tally = Tally::default();
            while matches!(stopped.recv_timeout(EVERY), Err(RecvTimeoutError::Timeout)) {
                tally.poll(port);
            }
            tally.close(port)
        };
        let thread = std::thread::Builder::new().name("poller".into()).spawn(poll).ok();
        Self { stop, thread }
    }

    /// Stops and says what was seen, after one last look.
    pub(crate) fn finish(mut self) -> Polled {
        self.stop.send(()).ok(); // it may have ended
        let lost = || Polled { failed: 1, first_failure: Some("the poller itself failed".into()), ..Polled::default() };
        self.thread.take().and_then(|thread| thread.join().ok()).unwrap_or_else(lost)
    }
}

#[derive(Default)]
struct Tally {
    polled: Polled,
    most: u64,
    fewest: Option<u64>,
}

impl Tally {
    fn poll(&mut self, port: u16) {
        if self.polled.requests % PAGE_EVERY == PAGE_EVERY - 1 {
            let page = get(port, "/app/").and_then(|body| if body.is_empty() { anyhow::bail!("the page is empty") } else { Ok(()) });
            self.note(page);
        } else {
            let rows = rows(port);
            self.count(rows);
        }
    }

    fn count(&mut self, rows: anyhow::Result<u64>) {
        if let Ok(rows) = rows {
            self.most = self.most.max(rows);
            self.fewest = Some(self.fewest.map_or(rows, |fewest| fewest.min(rows)));
        }
        self.note(rows.map(drop));
    }

    fn note(&mut self, outcome: anyhow::Result<()>) {
        self.polled.requests += 1;
        if let Err(why) = outcome {
            self.polled.failed += 1;
            self.polled.first_failure.get_or_insert_with(|| format!("{why:#}"));
        }
    }

    fn close(mut self, port: u16) -> Polled {
        let last = rows(port);
        let fewest = if last.is_ok() { None } else { Some(0) }; // nobody can say that they are still there
        self.count(last);
        let fewest = fewest.or(self.fewest).unwrap_or(0);
        Polled { rows_lost: self.most.saturating_sub(fewest), ..self.polled }
    }
}

fn rows(port: u16) -> anyhow::Result<u64> {
    let value: Value = serde_json::from_str(&get(port, "/api/rows")?).context("the rows cannot be read")?;
    value.get("rows").and_then(Value::as_u64).context("the answer has no rows in it")
}

/// The text of a whole answer with status 200; anything else is an error.
pub(crate) fn get(port: u16, path: &str) -> anyhow::Result<String> {
    let answer = exchange(port, path).with_context(|| format!("`{path}` got no answer"))?;
    let (head, body) = answer.split_once("\r\n\r\n").with_context(|| format!("`{path}` got half an answer"))?;
    let head = head.to_ascii_lowercase();
    let status = head.lines().next().unwrap_or("nothing");
    anyhow::ensure!(status.starts_with("http/1.1 200 "), "`{path}` was answered {status}");
    let length: Option<usize> = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    anyhow::ensure!(length == Some(body.len()), "`{path}` got half an answer");
    Ok(body.to_owned())
}

fn exchange(port: u16, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.take(16 * 1024 * 1024).read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests;
