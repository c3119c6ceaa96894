//! Both directions with the real OpenSSH programs: what we sign they verify, what they sign we believe; and a real ssh-agent.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use action::{Reply, Role, Signed, canonical};
use guard::{NotSigned, Signer};
use tempfile::TempDir;

use crate::world::{NOW, World, enrolled, peer_work};

/// The kinds of keys that people have.
const KINDS: [&[&str]; 4] = [&["ed25519"], &["ecdsa", "-b", "256"], &["ecdsa", "-b", "384"], &["rsa", "-b", "3072"]];

/// A folder with a key that ssh-keygen made.
struct Keyed {
    folder: TempDir,
    key: PathBuf,
}

impl Keyed {
    fn new(kind: &[&str], passphrase: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("id");
        let mut keygen = Command::new("ssh-keygen");
        keygen.args(["-q", "-C", "ben@laptop", "-N", passphrase, "-f"]).arg(&key).arg("-t").args(kind);
        run(&mut keygen, b"");
        Self { folder, key }
    }

    fn signer(&self, passphrase: Option<&str>) -> Result<Signer, NotSigned> {
        Signer::from_key_file(&fs::read(&self.key).unwrap(), passphrase)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Asks ssh-keygen whether Ben signed.
    fn verify(&self, signed: &Signed, namespace: &str) -> bool {
        let public = fs::read_to_string(self.key.with_extension("pub")).unwrap();
        let allowed = self.write("allowed", &format!("ben namespaces=\"countersign\" {public}"));
        let signature = self.write("answer.sig", &signed.signature);
        let known = try_run(
            Command::new("ssh-keygen").args(["-Y", "verify", "-I", "ben", "-n", namespace, "-f"]).arg(allowed).arg("-s").arg(&signature),
            signed.text.as_bytes(),
        );
        let whole = try_run(
            Command::new("ssh-keygen").args(["-Y", "check-novalidate", "-n", namespace, "-s"]).arg(&signature),
            signed.text.as_bytes(),
        );
        assert_eq!(known, whole, "verify and check-novalidate agree");
        known
    }
}

fn try_run(command: &mut Command, input: &[u8]) -> bool {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait().unwrap().success()
}

fn run(command: &mut Command, input: &[u8]) {
    assert!(try_run(command, input), "{command:?}");
}

/// A world in which Ben holds this signer's key.
fn world_with(signer: &Signer) -> World {
    let mut world = World::new();
    world.roster.apply(&enrolled("ben", signer, &[Role::Engineer], "ana"), NOW).unwrap();
    world
}

#[test]
fn what_we_sign_ssh_keygen_verifies() {
    for kind in KINDS {
        let keyed = Keyed::new(kind, "");
        let signer = keyed.signer(None).unwrap();
        let world = world_with(&signer);
        let mut signed = signer.sign(&world.answer("ben", &peer_work(), Reply::Yes)).unwrap();
        assert!(keyed.verify(&signed, "countersign"), "{kind:?}");
        assert!(!keyed.verify(&signed, "git"), "{kind:?}");
        assert!(world.permit(&peer_work(), &[signed.clone()]).is_ok(), "{kind:?}");
        signed.text.push('x');
        assert!(!keyed.verify(&signed, "countersign"), "{kind:?}");
    }
}

#[test]
fn what_ssh_keygen_signs_we_believe() {
    for kind in KINDS {
        let keyed = Keyed::new(kind, "");
        let world = world_with(&keyed.signer(None).unwrap());
        let text = String::from_utf8(canonical(&world.answer("ben", &peer_work(), Reply::Yes)).unwrap()).unwrap();
        let sign = |namespace: &str| {
            let file = keyed.write("answer", &text);
            fs::remove_file(file.with_extension("sig")).ok();
            run(Command::new("ssh-keygen").args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(&keyed.key).arg(&file), b"");
            Signed { text: text.clone(), signature: fs::read_to_string(keyed.folder.path().join("answer.sig")).unwrap() }
        };
        assert!(world.permit(&peer_work(), &[sign("countersign")]).is_ok(), "{kind:?}");
        let other = world.permit(&peer_work(), &[sign("file")]).unwrap_err();
        assert_eq!(other.to_string(), "the signature is for namespace `file`, not `countersign`", "{kind:?}");
    }
}

#[test]
fn the_guards_permit_is_one_that_ssh_keygen_verifies() {
    let world = World::new();
    let permit = world.permit(&peer_work(), &[world.yes("ben", &peer_work())]).unwrap();
    let keyed = Keyed::new(KINDS[0], "");
    fs::write(keyed.key.with_extension("pub"), world.guard.public_key().to_openssh().unwrap()).unwrap();
    let signature = keyed.write("permit.sig", &permit.signature);
    let check = ["-Y", "check-novalidate", "-n", "countersign-permit", "-s"];
    assert!(try_run(Command::new("ssh-keygen").args(check).arg(&signature), permit.text.as_bytes()));
    assert!(!try_run(Command::new("ssh-keygen").args(check).arg(&signature), b"{}"));
}

#[test]
fn encrypted_keys_open_with_their_passphrase_only() {
    for kind in [KINDS[0], KINDS[3]] {
        let keyed = Keyed::new(kind, "correct horse");
        assert_eq!(keyed.signer(None).unwrap_err(), NotSigned::PassphraseNeeded);
        assert_eq!(keyed.signer(Some("battery staple")).unwrap_err(), NotSigned::WrongPassphrase);
        let signer = keyed.signer(Some("correct horse")).unwrap();
        let signed = signer.sign(&world_with(&signer).answer("ben", &peer_work(), Reply::Yes)).unwrap();
        assert!(keyed.verify(&signed, "countersign"));
    }
}

#[test]
fn keys_that_we_make_are_keys_that_ssh_keygen_uses() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("id");
    fs::write(&path, guard::generate_person_key([5; 32], "ben@countersign").unwrap()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let shown = Command::new("ssh-keygen").arg("-y").arg("-f").arg(&path).output().unwrap();
    let ours = Signer::from_key_file(&fs::read(&path).unwrap(), None).unwrap().public_key().to_openssh().unwrap();
    assert_eq!(String::from_utf8(shown.stdout).unwrap().trim(), ours);
    assert!(ours.starts_with("ssh-ed25519 ") && ours.ends_with(" ben@countersign"));
}

/// A real ssh-agent on a socket of its own, ended with the test.
struct Agent {
    child: Child,
    folder: TempDir,
}

impl Agent {
    /// Waits for the agent's own word that it listens.
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(folder.path().join("sock"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("SSH_AUTH_SOCK"), "{line}");
        Self { child, folder }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("sock")
    }

    fn add(&self, key: &Path) {
        run(Command::new("ssh-add").arg("-q").arg(key).env("SSH_AUTH_SOCK", self.socket()), b"");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn an_agent_signs_with_keys_that_never_leave_it() {
    let agent = Agent::start();
    for kind in KINDS {
        let keyed = Keyed::new(kind, "");
        let public = keyed.signer(None).unwrap().public_key().clone();
        let missing = Signer::agent(&agent.socket(), &public).unwrap_err();
        assert!(matches!(missing, NotSigned::NotInAgent { .. }), "{missing}");
        agent.add(&keyed.key);
        let signer = Signer::agent(&agent.socket(), &public).unwrap();
        let world = world_with(&signer);
        let signed = signer.sign(&world.answer("ben", &peer_work(), Reply::Yes)).unwrap();
        assert!(keyed.verify(&signed, "countersign"), "{kind:?}");
        assert!(world.permit(&peer_work(), &[signed]).is_ok(), "{kind:?}");
    }
    assert_eq!(Signer::keys_in_agent(&agent.socket()).unwrap().len(), KINDS.len());
}

#[test]
fn an_agent_that_locks_or_goes_away_signs_nothing() {
    let agent = Agent::start();
    let keyed = Keyed::new(KINDS[0], "");
    agent.add(&keyed.key);
    let signer = Signer::agent(&agent.socket(), keyed.signer(None).unwrap().public_key()).unwrap();
    let answer = world_with(&signer).answer("ben", &peer_work(), Reply::Yes);
    run(Command::new("ssh-add").args(["-q", "-D"]).env("SSH_AUTH_SOCK", agent.socket()), b"");
    assert!(matches!(signer.sign(&answer), Err(NotSigned::Agent { .. })));
    let socket = agent.socket();
    drop(agent);
    assert!(matches!(signer.sign(&answer), Err(NotSigned::NoAgent { .. })));
    assert!(matches!(Signer::keys_in_agent(&socket), Err(NotSigned::NoAgent { .. })));
}
