//! A hermetic world for end-to-end tests: its own home, service, people with real keys, projects, recordings, clock, ids and
//! terminal; the real program.
//!
//! Nothing of the person who runs the tests is seen or touched: no variable is inherited but `PATH`, and everything is
//! below one temporary folder.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// One world. Dropped, it is gone.
pub struct World {
    folder: TempDir,
    program: PathBuf,
    more: BTreeMap<String, String>,
    /// What the program alone is started with: its clock and its randomness.
    staged: BTreeMap<&'static str, String>,
}

/// What a call of the program gave.
#[derive(Debug)]
pub struct Called {
    /// Its exit code; 128 and the signal where a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl World {
    /// An empty world for this program. Nobody is enrolled.
    pub fn empty(program: impl Into<PathBuf>) -> Self {
        let folder = tempfile::Builder::new().prefix("world-").tempdir().expect("a temporary folder");
        fs::create_dir_all(folder.path().join("home")).expect("a home");
        Self { folder, program: program.into(), more: BTreeMap::new(), staged: BTreeMap::new() }
    }

    /// A world in which `ana` is engineer, owner and admin.
    pub fn founded(program: impl Into<PathBuf>) -> Self {
        let world = Self::empty(program);
        world.make_key("ana");
        world.call("ana", &["init", "--name", "ana"]).must_succeed();
        world
    }

    /// Gives the project packages of Node, as if they had been installed: those that `make needs` has fetched for the tests.
    pub fn packages(&self, names: &[&str]) {
        let fetched = std::env::var_os("COUNTERSIGN_TEST_MCP").map(PathBuf::from);
        let home = || std::env::home_dir().unwrap_or_default().join(".cache/countersign/mcp");
        let from = fetched.unwrap_or_else(home).join("node_modules");
        for name in names {
            let package = from.join(name);
            assert!(package.join("package.json").is_file(), "`make needs` fetches `{name}` to there: {}", package.display());
            crate::scenario::copy(&package, &self.path(&format!("project/node_modules/{name}"))).expect("a package that can be copied");
        }
    }

    /// Enrols a further person with a key of their own.
    pub fn enrol(&self, person: &str, roles: &[&str]) {
        self.ask_to_enrol(person, roles).must_succeed();
    }

    /// The same where `adam` is an admin as well, and agrees.
    pub fn enrol_by_two(&self, person: &str, roles: &[&str]) {
        self.ask_to_enrol(person, roles).must_end_with(1);
        self.call("adam", &["sign", &self.held("govern")]).must_succeed();
    }

    fn ask_to_enrol(&self, person: &str, roles: &[&str]) -> Called {
        self.make_key(person);
        let public = self.path(&format!("{person}.key.pub"));
        let mut arguments = vec!["people", "add", person, "--public-key", text(&public)];
        for role in roles {
            arguments.extend(["--role", role]);
        }
        self.call("ana", &arguments)
    }

    /// A path in this world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().expect("the world").join(name)
    }

    /// The folder of the service.
    pub fn service(&self) -> PathBuf {
        self.path("service")
    }

    /// Sets a variable for all later calls.
    pub fn set(&mut self, name: &str, value: &str) {
        self.more.insert(name.to_owned(), value.to_owned());
    }

    /// Writes a file below the world, with its folders.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// Reads a file below the world.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a text file")
    }

    /// A project under git with these files, committed.
    pub fn project(&self, files: &[(&str, &str)]) -> PathBuf {
        for (name, content) in files {
            self.write(&format!("project/{name}"), content);
        }
        let project = self.path("project");
        fs::create_dir_all(&project).expect("a project");
        self.git(&["init", "--quiet", "--initial-branch=main"]);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", "start"]);
        project
    }

    /// Lets the program's time of day be off by so many seconds from now on. The machine's clock is not touched.
    pub fn clock_off_by(&mut self, seconds: i64) {
        self.staged.insert("WORLD_CLOCK_OFF_BY", seconds.to_string());
    }

    /// Lets the program draw its ids and keys from a fixed sequence: the same story has the same ids every time.
    pub fn ids_from_a_sequence(&mut self) {
        let file = self.path("drawn");
        self.staged.insert("WORLD_RANDOM_FILE", text(&file).to_owned());
    }

    /// Runs git in the project and gives its output.
    pub fn git(&self, arguments: &[&str]) -> String {
        let mut command = self.bare("git");
        command.args(["-c", "user.name=ana", "-c", "user.email=ana@localhost"]).args(arguments).current_dir(self.path("project"));
        let called = Called::of(command);
        assert_eq!(called.code, 0, "git {arguments:?}: {}", called.err);
        called.out
    }

    /// Any other program of the machine, in this world.
    pub fn bare(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("LANG", "C.UTF-8")
            .env("NO_COLOR", "1")
            .envs(&self.more)
            .current_dir(self.path(""))
            .stdin(Stdio::null());
        command
    }

    /// The program as this person would call it, in the project where there is one.
    pub fn command(&self, person: &str, arguments: &[&str]) -> Command {
        let mut command = self.bare(&self.program);
        command.args(arguments).env("COUNTERSIGN_HOME", self.service()).env("COUNTERSIGN_KEY", self.key(person));
        if !self.staged.is_empty() {
            command.env("LD_PRELOAD", preload()).envs(&self.staged);
        }
        if self.path("project").is_dir() {
            command.current_dir(self.path("project"));
        }
        command
    }

    /// Calls the program and waits for its end.
    pub fn call(&self, person: &str, arguments: &[&str]) -> Called {
        Called::of(self.command(person, arguments))
    }

    /// Starts the program and does not wait; its output is piped.
    pub fn start(&self, person: &str, arguments: &[&str]) -> Child {
        self.command(person, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program")
    }

    /// The program at a real terminal, at which a person types these lines and then leaves.
    pub fn at_a_terminal(&self, person: &str, arguments: &[&str], typed: &[&str]) -> Called {
        let mut child = self.start_at_a_terminal(person, arguments);
        let (mut keyboard, mut screen) = (child.stdin.take().expect("a keyboard"), child.stdout.take().expect("a screen"));
        let (tell, told) = mpsc::channel();
        let reading = std::thread::spawn(move || {
            let (mut all, mut piece) = (Vec::new(), [0_u8; 4096]);
            while let Ok(count @ 1..) = screen.read(&mut piece) {
                all.extend(piece.iter().take(count));
                tell.send(all.ends_with(b": ") || all.ends_with(b"? ")).ok(); // nobody types any more
            }
            all
        });
        for line in typed {
            if !is_asked(&told) || writeln!(keyboard, "{line}").is_err() {
                break; // it has ended
            }
        }
        is_asked(&told);
        drop(keyboard);
        let done = child.wait_with_output().expect("its end");
        let said = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace('\r', "");
        Called { code: done.status.code().unwrap_or(-1), out: said(reading.join().expect("what it said")), err: said(done.stderr) }
    }

    /// Starts the program at a real terminal and does not wait; its keyboard and screen are piped.
    pub fn start_at_a_terminal(&self, person: &str, arguments: &[&str]) -> Child {
        let plain = self.command(person, arguments);
        let words: Vec<String> = std::iter::once(text(&self.program)).chain(arguments.iter().copied()).map(|word| format!("'{word}'")).collect();
        let mut command = self.bare("script");
        command.args(["--quiet", "--return", "--command", &words.join(" "), "/dev/null"]);
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("TERM", "dumb");
        command.current_dir(plain.get_current_dir().expect("a folder"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("script")
    }

    /// A recording with these turns; each is a line of the recorded model's format.
    pub fn recording(&self, turns: &[Value]) -> String {
        let lines: Vec<String> = turns.iter().map(Value::to_string).collect();
        let path = self.write("model.jsonl", lines.join("\n") + "\n");
        format!("recorded:{}", text(&path))
    }

    /// A headless run of a prompt by `ana` with these turns.
    pub fn run(&self, turns: &[Value], more: &[&str]) -> Called {
        let model = self.recording(turns);
        let mut arguments = vec!["run", "--headless", "--model", &model, "Please do it."];
        arguments.extend(more);
        self.call("ana", &arguments)
    }

    /// What waits for a signature: (id, kind of deed), oldest first.
    pub fn inbox(&self) -> Vec<(String, String)> {
        let called = self.call("ana", &["inbox", "--json"]);
        called.must_succeed();
        let word = |value: &Value, path: &str| value.pointer(path).and_then(Value::as_str).expect("a word").to_owned();
        let lines = called.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
        lines.map(|value| (word(&value, "/intent/id"), word(&value, "/intent/deed/do"))).collect()
    }

    /// The one held intent of this kind.
    pub fn held(&self, deed: &str) -> String {
        let inbox = self.inbox();
        let mut found = inbox.iter().filter(|(_, kind)| kind == deed);
        let id = found.next().unwrap_or_else(|| panic!("no `{deed}` is held: {inbox:?}")).0.clone();
        assert!(found.next().is_none(), "several `{deed}` are held: {inbox:?}");
        id
    }

    /// The private key of a person.
    pub fn key(&self, person: &str) -> PathBuf {
        self.path(&format!("{person}.key"))
    }

    /// Makes a real key with the real `ssh-keygen`.
    pub fn make_key(&self, person: &str) {
        let key = self.key(person);
        let mut command = self.bare("ssh-keygen");
        command.args(["-q", "-t", "ed25519", "-N", "", "-C", person, "-f", text(&key)]);
        let called = Called::of(command);
        assert_eq!(called.code, 0, "ssh-keygen: {}", called.err);
    }
}

impl Called {
    /// Runs a command to its end.
    pub fn of(mut command: Command) -> Self {
        use std::os::unix::process::ExitStatusExt;
        let done = command.output().expect("the program can be started");
        let code = done.status.code().unwrap_or_else(|| 128 + done.status.signal().unwrap_or_default());
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code, out: text(done.stdout), err: text(done.stderr) }
    }

    /// Fails the test with all that was said, unless it ended with 0.
    #[track_caller]
    pub fn must_succeed(&self) -> &Self {
        self.must_end_with(0)
    }

    /// Fails the test with all that was said, unless it ended with this code.
    #[track_caller]
    pub fn must_end_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }

    /// Fails the test unless it said this, on either stream.
    #[track_caller]
    pub fn must_say(&self, what: &str) -> &Self {
        assert!(self.out.contains(what) || self.err.contains(what), "`{what}` was not said\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }

    /// Fails the test if it said this, on either stream.
    #[track_caller]
    pub fn must_not_say(&self, what: &str) -> &Self {
        assert!(!self.out.contains(what) && !self.err.contains(what), "`{what}` was said\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }
}

/// Waits as a person does, until a question stands at the end of what is shown and nothing follows; false where it has ended instead.
fn is_asked(told: &mpsc::Receiver<bool>) -> bool {
    let mut asked = false;
    loop {
        let patience = if asked { Duration::from_millis(50) } else { Duration::from_secs(120) };
        match told.recv_timeout(patience) {
            Ok(question) => asked = question,
            Err(mpsc::RecvTimeoutError::Timeout) => return asked,
            Err(mpsc::RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// The library that gives a program another clock and other randomness, compiled once a test program.
fn preload() -> &'static Path {
    static LIBRARY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, library) = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (source, library) = (folder.path().join("preload.c"), folder.path().join("preload.so"));
        fs::write(&source, include_str!("world/preload.c")).expect("its source");
        let mut command = Command::new("cc");
        command.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source);
        Called::of(command).must_succeed();
        (folder, library)
    });
    library
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}
