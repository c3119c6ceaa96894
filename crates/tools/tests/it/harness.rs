//! A box, hands in it, and orders signed by the tests' own authority.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use action::{Deed, Digest, EnvironmentName};
use sandbox::{Limits, Place, Plan, Sandbox};
use tools::{Done, ExecuteError, Hands, Rehearsed, execute, read_call, rehearse};

use crate::order::order;

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
        Self::seeing("/usr/bin:/bin", files)
    }

    /// The same, with programs in these folders only.
    pub(crate) fn seeing(path: &str, files: &[(&str, &[u8])]) -> Self {
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
        let hands = Hands::new(Sandbox::open(plan(folder.path(), path), &[env!("CARGO_BIN_EXE_tools-box").into()]).unwrap());
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

fn plan(folder: &Path, path: &str) -> Plan {
    Plan {
        tree: folder.join("tree"),
        state: folder.join("state"),
        visible: Vec::new(),
        let_through: Vec::new(),
        environments: vec![Place { name: EnvironmentName::new("staging"), path: folder.join("staging") }],
        door: None,
        variables: vec![("PATH".to_owned(), path.to_owned())],
        home: folder.join("home"),
        limits: Limits { processes: 400, ..Limits::default() },
    }
}
