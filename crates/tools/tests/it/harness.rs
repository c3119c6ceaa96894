//! A box, hands in it, and orders signed by the tests' own authority.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use action::{
    AgentName, Countersigned, Deed, Digest, EnvironmentName, Generation, Intent, IntentId, Moment, Namespace, Permit, PersonId,
    SessionId, Signed, canonical,
};
use sandbox::{Limits, Place, Plan, Sandbox};
use ssh_key::private::Ed25519Keypair;
use ssh_key::{HashAlg, LineEnding, PrivateKey};
use tools::{Done, ExecuteError, Hands, Rehearsed, execute, read_call, rehearse};

pub(crate) struct World {
    /// Before the folders: the box ends first.
    pub(crate) hands: Hands,
    pub(crate) stop: Arc<AtomicBool>,
    /// What a foreground command printed, as it came.
    pub(crate) live: Vec<u8>,
    folder: tempfile::TempDir,
}

impl World {
    /// A tree with these files, and an environment `staging` with one file.
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::Builder::new().prefix("tools-").tempdir().unwrap();
        for name in ["tree", "home", "staging"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("staging/data"), "one\n").unwrap();
        for (path, content) in files {
            let place = folder.path().join("tree").join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(&place, content).unwrap();
            if content.starts_with(b"#!") {
                fs::set_permissions(&place, PermissionsExt::from_mode(0o755)).unwrap();
            }
        }
        let hands = Hands::new(Sandbox::open(plan(folder.path()), &[env!("CARGO_BIN_EXE_tools-box").into()]).unwrap());
        Self { hands, stop: Arc::new(AtomicBool::new(false)), live: Vec::new(), folder }
    }

    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Reads a call as a model would make it, signs it, and executes it.
    #[track_caller]
    pub(crate) fn ask(&mut self, name: &str, arguments: serde_json::Value) -> Done {
        self.try_ask(name, arguments).unwrap()
    }

    #[track_caller]
    pub(crate) fn try_ask(&mut self, name: &str, arguments: serde_json::Value) -> Result<Done, ExecuteError> {
        let mut blobs: BTreeMap<Digest, Vec<u8>> = BTreeMap::new();
        let tree = self.path("tree");
        let deed = read_call(name, &arguments.to_string(), tree.to_str().unwrap(), &mut |bytes| {
            let digest = Digest::of_bytes(bytes);
            blobs.insert(digest, bytes.to_vec());
            digest
        });
        self.execute(deed.unwrap(), &|digest| blobs.get(digest).cloned())
    }

    pub(crate) fn execute(&mut self, deed: Deed, blob: &dyn Fn(&Digest) -> Option<Vec<u8>>) -> Result<Done, ExecuteError> {
        let live = &mut self.live;
        live.clear();
        execute(&order(deed), blob, &mut self.hands, &mut |bytes| live.extend_from_slice(bytes), &self.stop)
    }

    pub(crate) fn shell(&mut self, command: &str) -> Done {
        self.ask("shell", serde_json::json!({ "command": command }))
    }

    pub(crate) fn rehearse(&mut self, deed: Deed) -> Result<Rehearsed, ExecuteError> {
        rehearse(&order(deed), &mut self.hands, &mut |_| {}, &self.stop)
    }
}

fn plan(folder: &Path) -> Plan {
    Plan {
        tree: folder.join("tree"),
        state: folder.join("state"),
        visible: Vec::new(),
        let_through: Vec::new(),
        environments: vec![Place { name: EnvironmentName::new("staging"), path: folder.join("staging") }],
        door: None,
        variables: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
        home: folder.join("home"),
        limits: Limits { processes: 400, ..Limits::default() },
    }
}

/// An order for a deed; every one is its own.
pub(crate) fn order(deed: Deed) -> Countersigned<Intent> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let intent = Intent {
        v: 1,
        id: IntentId::new(format!("i-{}", NEXT.fetch_add(1, Ordering::Relaxed))),
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
