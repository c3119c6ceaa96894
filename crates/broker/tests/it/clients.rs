//! The package clients of this machine, as they are configured here, through the door and no other way.

use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc;

use broker::{Answer, Client, Door, Passage, Reach, Registries};

use crate::world::recorder;

/// What the relay inside the box does: one TCP port, every connection carried to the socket.
fn relay(socket: PathBuf) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for inside in listener.incoming().map_while(Result::ok) {
            let Ok(outside) = UnixStream::connect(&socket) else { continue };
            carry(&inside, &outside);
        }
    });
    port
}

fn carry(inside: &TcpStream, outside: &UnixStream) {
    let (mut a, mut b) = (inside.try_clone().unwrap(), outside.try_clone().unwrap());
    let (mut c, mut d) = (outside.try_clone().unwrap(), inside.try_clone().unwrap());
    std::thread::spawn(move || {
        io::copy(&mut a, &mut b).ok();
        b.shutdown(Shutdown::Write).ok();
    });
    std::thread::spawn(move || {
        io::copy(&mut c, &mut d).ok();
        d.shutdown(Shutdown::Write).ok();
    });
}

struct Boxed {
    directory: tempfile::TempDir,
    home: PathBuf,
    port: u16,
    door: Door,
    passages: mpsc::Receiver<Passage>,
    registries: Registries,
}

/// A temporary home with this machine's registries behind a door, which is all open or all held.
fn start(open: bool) -> Boxed {
    let directory = tempfile::tempdir().unwrap();
    let home = PathBuf::from(std::env::var_os("HOME").expect("a home"));
    let registries = Registries::read(&home, &std::env::vars().collect::<Vec<_>>());
    let (send, passages) = mpsc::channel();
    let ask = Box::new(move |reach: &Reach| match open && reach.named {
        true => Answer::Open,
        false => Answer::Held { text: "no rule names it".into() },
    });
    let socket = directory.path().join("door.sock");
    let door = Door::open(&socket, registries.rules(), ask, recorder(send)).unwrap();
    Boxed { port: relay(socket), directory, home, door, passages, registries }
}

impl Boxed {
    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.directory.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// A command with a temporary home whose only way out is the door.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env("HOME", self.folder("home"));
        for name in ["NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "PIP_FIND_LINKS", "CARGO_NET_OFFLINE", "CARGO_TARGET_DIR"] {
            command.env_remove(name);
        }
        let proxy = format!("http://127.0.0.1:{}", self.port);
        for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "CARGO_HTTP_PROXY", "npm_config_https_proxy", "npm_config_proxy", "PIP_PROXY"] {
            command.env(name, &proxy);
        }
        command
    }

    /// What this client's hosts gave, after it has ended.
    fn received(self, client: Client) -> u64 {
        let hosts: Vec<String> = self.registries.found.iter().filter(|f| f.client == client).map(|f| f.rule.host.clone()).collect();
        self.door.close();
        let passages: Vec<Passage> = self.passages.iter().collect();
        let of_client = |p: &&Passage| p.reach.as_ref().is_some_and(|reach| hosts.contains(&reach.host) && reach.named);
        assert!(!hosts.is_empty(), "{:?}", self.registries.notes);
        passages.iter().filter(of_client).map(|passage| passage.received).sum()
    }
}

fn check(output: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr));
}

#[test]
fn cargo_fetches_and_builds_a_crate_through_the_door() {
    let boxed = start(true);
    let project = boxed.folder("project");
    std::fs::create_dir(project.join("src")).unwrap();
    let manifest = "[package]\nname = 'p'\nversion = '0.0.0'\nedition = '2021'\n[dependencies]\nitoa = '1'\n[workspace]\n";
    std::fs::write(project.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(project.join("src/main.rs"), "fn main() { print!(\"{}\", itoa::Buffer::new().format(48211)); }").unwrap();
    let cargo_home = boxed.folder("cargo");
    let configured = std::env::var_os("CARGO_HOME").map_or_else(|| boxed.home.join(".cargo"), PathBuf::from);
    for name in ["config.toml", "config"] {
        if let Ok(text) = std::fs::read(configured.join(name)) {
            std::fs::write(cargo_home.join(name), text).unwrap();
        }
    }
    let rustup = std::env::var_os("RUSTUP_HOME").map_or_else(|| boxed.home.join(".rustup"), PathBuf::from);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = boxed.command(cargo, &project);
    command.env("CARGO_HOME", &cargo_home).env("RUSTUP_HOME", rustup).args(["run", "--quiet", "--target-dir", "target"]);
    let output = command.output().unwrap();
    check(&output);
    assert_eq!(output.stdout, b"48211");
    assert!(boxed.received(Client::Cargo) > 1000);
}

#[test]
fn npm_installs_a_package_through_the_door() {
    let boxed = start(true);
    let project = boxed.folder("project");
    std::fs::write(project.join("package.json"), r#"{"name":"p","version":"0.0.0","private":true}"#).unwrap();
    let configured = std::env::var_os("NPM_CONFIG_USERCONFIG").map_or_else(|| boxed.home.join(".npmrc"), PathBuf::from);
    let mut command = boxed.command("npm", &project);
    command.env("NPM_CONFIG_USERCONFIG", configured).env("npm_config_cache", boxed.folder("npm-cache"));
    check(&command.args(["install", "is-number", "--no-audit", "--no-fund", "--ignore-scripts"]).output().unwrap());
    assert!(project.join("node_modules/is-number/package.json").exists());
    assert!(boxed.received(Client::Npm) > 1000);
}

fn pip(boxed: &Boxed, folder: &Path, more: &[&str]) -> Output {
    let mut command = boxed.command("python3", folder);
    if std::env::var_os("XDG_CONFIG_HOME").is_none() {
        command.env("XDG_CONFIG_HOME", boxed.home.join(".config"));
    }
    let install = ["-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", "--target", "site", "six"];
    command.args(install).args(more).output().unwrap()
}

#[test]
fn pip_installs_a_package_through_the_door() {
    let boxed = start(true);
    let project = boxed.folder("project");
    check(&pip(&boxed, &project, &[]));
    assert!(project.join("site/six.py").exists());
    assert!(boxed.received(Client::Pip) > 1000);
}

#[test]
fn a_client_that_is_held_fails_and_names_the_host() {
    let boxed = start(false);
    let project = boxed.folder("project");
    let output = pip(&boxed, &project, &["--retries", "0", "-vvv"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("403 Held by countersign"), "{said}");
    let of_pip = |found: &&broker::Found| found.client == Client::Pip;
    let is_named = |found: &broker::Found| said.contains(&format!("Held by countersign: {}:{}", found.rule.host, found.rule.port));
    assert!(boxed.registries.found.iter().filter(of_pip).any(is_named), "{said}");
    assert_eq!(boxed.received(Client::Pip), 0);
}
