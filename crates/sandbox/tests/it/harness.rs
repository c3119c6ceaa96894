//! A world for one test: a tree, a home, a state folder, a key that signs orders, and short ways to run things.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use action::{
    AgentName, Countersigned, Deed, Digest, EnvironmentName, Generation, Intent, IntentId, Moment, Namespace, Permit, PersonId,
    SessionId, Signed, canonical,
};
use sandbox::{Command, Event, Limits, Plan, Process, Sandbox, Why};
use ssh_key::private::Ed25519Keypair;
use ssh_key::{HashAlg, LineEnding, PrivateKey};

/// Folders of one test; gone with it, also what boxes made unreadable.
pub(crate) struct World {
    folder: tempfile::TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        sandbox::forget(&self.state()).unwrap();
    }
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) text: String,
    pub(crate) code: i32,
    pub(crate) why: Why,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("box-").tempdir().unwrap();
        for name in ["tree", "home", "outside"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("outside/marker"), "untouched").unwrap();
        fs::write(folder.path().join("home/marker"), "untouched").unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub(crate) fn tree(&self) -> PathBuf {
        self.path("tree")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path("state")
    }

    /// Writes a file of the person's tree.
    pub(crate) fn write(&self, relative: &str, text: impl AsRef<[u8]>) {
        let path = self.tree().join(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn plan(&self) -> Plan {
        Plan {
            tree: self.tree(),
            state: self.state(),
            visible: Vec::new(),
            let_through: Vec::new(),
            environments: Vec::new(),
            door: None,
            variables: Vec::new(),
            home: self.path("home"),
            limits: Limits { processes: 400, ..Limits::default() },
        }
    }

    pub(crate) fn open(&self) -> Sandbox {
        self.open_with(self.plan())
    }

    pub(crate) fn open_with(&self, plan: Plan) -> Sandbox {
        Sandbox::open(plan, &launcher()).unwrap()
    }

    /// What is outside the tree and must never change.
    pub(crate) fn assert_outside_untouched(&self) {
        for marker in ["outside/marker", "home/marker"] {
            assert_eq!(fs::read_to_string(self.path(marker)).unwrap(), "untouched", "{marker}");
        }
        for (folder, names) in [("outside", vec!["marker"]), ("home", vec!["marker"])] {
            let found: Vec<_> = fs::read_dir(self.path(folder)).unwrap().map(|e| e.unwrap().file_name()).collect();
            assert_eq!(found, names.iter().map(OsString::from).collect::<Vec<_>>(), "{folder}");
        }
    }
}

/// The program that becomes a box.
pub(crate) fn launcher() -> Vec<OsString> {
    vec![std::env::var_os("SANDBOX_BOX").unwrap_or_else(|| env!("CARGO_BIN_EXE_sandbox-box").into())]
}

/// An order for a deed, signed by the tests' own authority.
pub(crate) fn order(deed: Deed) -> Countersigned<Intent> {
    let intent = Intent {
        v: 1,
        id: IntentId::new("i-1"),
        session: SessionId::new("s-1"),
        turn: 1,
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        deed,
    };
    let key = PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]));
    let effects = Digest::of_bytes(b"effects");
    let permit = Permit {
        v: 1,
        intent: Digest::of(&intent).unwrap(),
        effects,
        policy: Digest::of_bytes(b"policy"),
        environment: EnvironmentName::workspace(),
        generation: Generation(0),
        quorum: None,
        people: Vec::new(),
        answers: Vec::new(),
        issued: Moment(1_000),
        expires: Moment(100_000),
    };
    let text = String::from_utf8(canonical(&permit).unwrap()).unwrap();
    let signature = key.sign(Namespace::Permit.as_str(), HashAlg::Sha512, text.as_bytes()).unwrap();
    let signed = Signed { text, signature: signature.to_pem(LineEnding::LF).unwrap() };
    Countersigned::verify(intent, effects, &signed, key.public_key(), Generation(0), Moment(2_000)).unwrap()
}

pub(crate) fn shell(line: &str) -> Countersigned<Intent> {
    shell_in(line, "")
}

pub(crate) fn shell_in(line: &str, cwd: &str) -> Countersigned<Intent> {
    order(Deed::Shell { command: line.into(), cwd: cwd.into(), seconds: 60, background: false })
}

pub(crate) fn start(sandbox: &Sandbox, line: &str) -> Process {
    sandbox.start(&shell(line), Command { line: line.into(), cwd: String::new(), rehearse: None }).unwrap()
}

/// Runs a command to its end.
pub(crate) fn run(sandbox: &Sandbox, line: &str) -> Ran {
    finish(&mut start(sandbox, line))
}

/// Runs a command that must succeed; gives its output.
pub(crate) fn ok(sandbox: &Sandbox, line: &str) -> String {
    let ran = run(sandbox, line);
    assert_eq!((ran.code, ran.why), (0, Why::Finished), "`{line}` said: {}", ran.text);
    ran.text
}

/// Reads to the end; a command that takes longer than any test's does fails the test.
pub(crate) fn finish(process: &mut Process) -> Ran {
    let until = Instant::now() + Duration::from_secs(60);
    let mut bytes = Vec::new();
    loop {
        match process.next(Duration::from_secs(5)) {
            Event::Output(more) => bytes.extend(more),
            Event::Quiet => assert!(Instant::now() < until, "no end; said: {}", String::from_utf8_lossy(&bytes)),
            Event::Exited { code, why } => return Ran { text: String::from_utf8_lossy(&bytes).into_owned(), code, why },
        }
    }
}

/// Waits until the output holds `word`.
pub(crate) fn wait_for(process: &mut Process, word: &str) -> String {
    let mut text = String::new();
    while !text.contains(word) {
        match process.next(Duration::from_secs(20)) {
            Event::Output(more) => text.push_str(&String::from_utf8_lossy(&more)),
            other => panic!("{other:?} before `{word}`; said: {text}"),
        }
    }
    text
}

/// A file operation, as `tests/box.rs` reads it.
pub(crate) fn call(sandbox: &Sandbox, operation: &str, path: impl AsRef<Path>, bytes: &[u8]) -> Result<Vec<u8>, String> {
    use std::os::unix::ffi::OsStrExt;
    let path = path.as_ref();
    let deed = match operation {
        "write" | "write-many" | "run" | "die" => Deed::Write { path: path.to_string_lossy().into(), content: Digest::of_bytes(bytes) },
        "delete" => Deed::Delete { path: path.to_string_lossy().into() },
        _ => Deed::Read { path: path.to_string_lossy().into(), offset: 1, limit: 1 },
    };
    call_as(sandbox, deed, operation, path.as_os_str().as_bytes(), bytes)
}

pub(crate) fn call_as(sandbox: &Sandbox, deed: Deed, operation: &str, path: &[u8], bytes: &[u8]) -> Result<Vec<u8>, String> {
    let request = [operation.as_bytes(), b"\0", path, b"\0", bytes].concat();
    let reply = sandbox.call(&order(deed), &request).map_err(|error| error.to_string())?;
    match reply.split_at_checked(3) {
        Some((b"ok ", bytes)) => Ok(bytes.to_vec()),
        _ => Err(String::from_utf8_lossy(&reply).into_owned()),
    }
}

/// How many processes of the whole machine have `word` in their command line. The box's are seen from outside, because
/// their namespaces are below ours.
pub(crate) fn running_outside(word: &str) -> usize {
    let own = std::process::id().to_string();
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok() && name != own))
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .filter(|line| line.windows(word.len()).any(|part| part == word.as_bytes()))
        .count()
}
