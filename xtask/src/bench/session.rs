//! Sessions of the real program against the scripted server, and what the server saw of them.

use std::cell::Cell;
use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::running;

/// Heads of the columns of a [`Session`].
pub(crate) const HEAD: &str =
    "                             calls  wall s   CPU s    MB  box MB  turn p50/p95 ms  1st turn ms  start→req ms  req KB  conn.";

/// A home, a service in it, and the two programs.
pub(crate) struct World {
    folder: PathBuf,
    pub(crate) program: PathBuf,
    server: PathBuf,
    made: Cell<u32>,
}

/// The repository that sessions are measured in.
pub(crate) const SMALL: &str = "countersign, boxed, recorded";
/// The same with many files.
pub(crate) const LARGE: &str = "  … of 100,000 files";

/// What a session took.
#[derive(Clone)]
pub(crate) struct Session {
    /// Which repository it is in.
    place: &'static str,
    calls: usize,
    wall: f64,
    cpu: f64,
    peak: f64,
    boxed: f64,
    p50: f64,
    p95: f64,
    first_turn: f64,
    to_first: f64,
    first_bytes: f64,
    sent: f64,
    connections: f64,
}

/// A request as the server saw it: bytes, and nanoseconds of the monotonic clock.
struct Seen {
    connection: usize,
    bytes: f64,
    arrived: u128,
    answered: u128,
}

impl World {
    /// Makes the home and the service; the person gets a new key.
    pub(crate) fn make(folder: &Path, program: PathBuf, server: PathBuf) -> Result<Self> {
        let world = Self { folder: folder.to_path_buf(), program, server, made: Cell::new(0) };
        fs::create_dir_all(world.folder.join("home"))?;
        let mut init = world.command(&world.program, &world.folder);
        init.args(["init", "--name", "ana", "--new-key"]);
        quiet(init)?;
        Ok(world)
    }

    /// One session of so many calls, in a small repository of its own.
    pub(crate) fn session(&self, calls: usize) -> Result<Session> {
        self.session_in(&self.project()?, SMALL, calls)
    }

    /// One in this repository.
    pub(crate) fn session_in(&self, project: &Path, place: &'static str, calls: usize) -> Result<Session> {
        let (mut server, url) = self.serve(calls)?;
        let mut command = self.command(&self.program, project);
        let turns = (calls + 10).to_string();
        command.args(["run", "--headless", "--model", "anthropic/scripted", "--base-url", &url, "--max-turns", &turns]);
        command.arg("Run the commands.").stdout(Stdio::null()).stderr(Stdio::null());
        let used = running::watch(command).with_context(|| format!("a session of {calls} calls"));
        let seen = report(&mut server)?;
        Session::of(place, calls, &used?, &seen)
    }

    fn serve(&self, calls: usize) -> Result<(Child, String)> {
        let mut command = self.command(&self.server, &self.folder);
        command.arg(calls.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = command.spawn().context("the model server cannot be started")?;
        let mut url = String::new();
        let out = server.stdout.as_mut().context("no output")?;
        // One byte a read: what follows the first line stays in the pipe.
        BufReader::with_capacity(1, out).read_line(&mut url)?;
        Ok((server, url.trim().to_owned()))
    }

    /// A small repository: a few files, one commit.
    pub(crate) fn project(&self) -> Result<PathBuf> {
        self.project_with(&[])
    }

    /// The same with further files, each of a few words.
    pub(crate) fn project_with(&self, more: &[&str]) -> Result<PathBuf> {
        self.made.set(self.made.get() + 1);
        let project = self.folder.join(format!("project-{}", self.made.get()));
        fs::create_dir_all(project.join("src"))?;
        for n in 0..10 {
            fs::write(project.join(format!("src/file{n}.py")), format!("def number():\n    return {n}\n"))?;
        }
        for name in more {
            let path = project.join(name);
            fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
            fs::write(path, format!("what {name} says\n"))?;
        }
        self.commit(&project)?;
        Ok(project)
    }

    /// One of so many files, a hundred a folder, one commit.
    pub(crate) fn large(&self, files: usize) -> Result<PathBuf> {
        let project = self.folder.join("large");
        for n in 0..files {
            let folder = project.join(format!("part{:02}/unit{:02}", n / 10_000, n / 100 % 100));
            if n % 100 == 0 {
                fs::create_dir_all(&folder)?;
            }
            fs::write(folder.join(format!("file{n}.py")), format!("def number_{n}():\n    return {n}\n"))?;
        }
        self.commit(&project)?;
        Ok(project)
    }

    fn commit(&self, project: &Path) -> Result<()> {
        fs::write(project.join("README.md"), "A project.\n")?;
        fs::write(project.join(".gitignore"), "target\n*.pyc\n")?;
        for words in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "-m", "start"]] {
            let mut git = self.command(Path::new("git"), project);
            git.args(["-c", "user.name=ana", "-c", "user.email=ana@localhost", "-c", "gc.auto=0", "-c", "maintenance.auto=false"]).args(words);
            quiet(git)?;
        }
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "the real program is what is measured; xtask never ships")]
    pub(crate) fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.join("home"))
            .env("COUNTERSIGN_HOME", self.folder.join("service"))
            .env("ANTHROPIC_API_KEY", "scripted")
            .env("LANG", "C.UTF-8")
            .current_dir(folder)
            .stdin(Stdio::null());
        command
    }
}

fn quiet(mut command: Command) -> Result<()> {
    let done = command.output().with_context(|| format!("{command:?} cannot be started"))?;
    ensure!(done.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// Tells the server that it is over, and reads what it saw.
fn report(server: &mut Child) -> Result<Vec<Seen>> {
    drop(server.stdin.take());
    let mut text = String::new();
    server.stdout.as_mut().context("no output")?.read_to_string(&mut text)?;
    ensure!(server.wait()?.success(), "the model server failed");
    text.lines().map(|line| Seen::read(line).with_context(|| format!("`{line}` is no request"))).collect()
}

impl Seen {
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (connection, bytes) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let _first_byte = words.next()?;
        Some(Self { connection, bytes, arrived: words.next()?.parse().ok()?, answered: words.next()?.parse().ok()? })
    }
}

impl Session {
    fn of(place: &'static str, calls: usize, used: &running::Used, seen: &[Seen]) -> Result<Self> {
        ensure!(seen.len() == calls + 1, "{} requests came for {calls} calls", seen.len());
        let first = seen.first().context("no request came")?;
        let own = |(before, after): (&Seen, &Seen)| after.arrived.saturating_sub(before.answered) as f64 / 1e6;
        let turns: Vec<f64> = seen.iter().zip(seen.iter().skip(1)).map(own).collect();
        let first_turn = turns.first().copied().unwrap_or_default();
        Ok(Self {
            place,
            calls,
            wall: used.wall,
            cpu: used.cpu,
            peak: used.peak,
            boxed: used.children,
            p50: at(turns.clone(), 50),
            p95: at(turns, 95),
            first_turn,
            to_first: first.arrived.saturating_sub(used.begun) as f64 / 1e6,
            first_bytes: first.bytes,
            sent: seen.iter().map(|seen| seen.bytes).sum(),
            connections: seen.iter().map(|seen| seen.connection).max().map_or(0.0, |last| last as f64 + 1.0),
        })
    }

    /// Field by field the median of several runs.
    pub(crate) fn median(runs: Vec<Self>) -> Option<Self> {
        let middle = |field: fn(&Self) -> f64| at(runs.iter().map(field).collect(), 50);
        Some(Self {
            place: runs.first()?.place,
            calls: runs.first()?.calls,
            wall: middle(|run| run.wall),
            cpu: middle(|run| run.cpu),
            peak: middle(|run| run.peak),
            boxed: middle(|run| run.boxed),
            p50: middle(|run| run.p50),
            p95: middle(|run| run.p95),
            first_turn: middle(|run| run.first_turn),
            to_first: middle(|run| run.to_first),
            first_bytes: middle(|run| run.first_bytes),
            sent: middle(|run| run.sent),
            connections: middle(|run| run.connections),
        })
    }

    /// Beside a session of as many calls elsewhere.
    pub(crate) fn beside(&self, other: &Self) -> String {
        let ratio = |own: f64, other: f64| own / other.max(f64::MIN_POSITIVE);
        format!(
            "{}, beside {}: start to first request {:.2} times, memory {:.2} times, wall {:.2} times",
            self.place,
            other.place,
            ratio(self.to_first, other.to_first),
            ratio(self.peak, other.peak),
            ratio(self.wall, other.wall)
        )
    }

    /// What goes over the wire.
    pub(crate) fn growth(&self) -> String {
        let per_turn = (self.sent / (self.calls as f64 + 1.0) - self.first_bytes) / (self.calls as f64 / 2.0);
        let per_call = self.cpu / self.calls as f64 * 1e3;
        format!("countersign, {} calls: {:.0} KB sent, {per_turn:.0} bytes more a turn, {per_call:.1} ms CPU a call", self.calls, self.sent / 1e3)
    }
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<28} {:>5} {:>7.2} {:>7.2} {:>5.0} {:>7.0} ", self.place, self.calls, self.wall, self.cpu, self.peak, self.boxed)?;
        write!(f, "{:>6.1} / {:>5.1} {:>9.1} {:>13.0} ", self.p50, self.p95, self.first_turn, self.to_first)?;
        write!(f, "{:>9.1} {:>5.0}", self.first_bytes / 1e3, self.connections)
    }
}

fn at(mut values: Vec<f64>, share: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len().saturating_sub(1)) * share / 100).copied().unwrap_or_default()
}
