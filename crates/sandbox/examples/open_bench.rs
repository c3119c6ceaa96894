//! How long a box takes to open and a command to run: `cargo run --release -p sandbox --example open_bench [files] [runs]`.
//!
//! Prints a table; asserts nothing. The program is its own launcher. Processor time is that of this process and of all that
//! ran in the box, which the kernel adds when the box is gone.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement for people, not a part of the product"
)]

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use action::{
    AgentName, Countersigned, Deed, Digest, EnvironmentName, Generation, Intent, IntentId, Moment, Namespace, Permit, PersonId,
    SessionId, Signed, canonical,
};
use sandbox::{Command, Event, Limits, Plan, Sandbox};
use ssh_key::private::Ed25519Keypair;
use ssh_key::{HashAlg, LineEnding, PrivateKey};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "box") {
        sandbox::inside(<[u8]>::to_vec);
    }
    let number = |at: usize, otherwise: usize| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (files, runs) = (number(0, 100_000), number(1, 500));
    let folder = tempfile::Builder::new().prefix("bench-").tempdir().unwrap();
    measure("small tree", folder.path(), "small", 10, runs);
    measure(&format!("{files} files"), folder.path(), "large", files, runs.min(100));
}

fn measure(name: &str, folder: &Path, tree: &str, files: usize, runs: usize) {
    make_tree(&folder.join(tree), files);
    std::fs::create_dir_all(folder.join("home")).unwrap();
    let launcher: Vec<OsString> = vec![std::env::current_exe().unwrap().into(), "box".into()];
    let mut opened = Vec::new();
    for round in 0..10 {
        let state = folder.join(format!("{tree}-{round}"));
        let began = Instant::now();
        let sandbox = Sandbox::open(plan(folder, tree, &state), &launcher).unwrap();
        opened.push(began.elapsed());
        sandbox.close().unwrap();
    }
    report(&format!("{name}: open"), &mut opened);
    let mut closed = Vec::new();
    for (what, line) in [("true", "true"), ("/bin/true", "/bin/true"), ("ls | wc -l", "ls | wc -l")] {
        let sandbox = Sandbox::open(plan(folder, tree, &folder.join(format!("{tree}-run"))), &launcher).unwrap();
        let order = order(Deed::Shell { command: line.into(), cwd: String::new(), seconds: 9, background: false });
        let cpu = processor_time();
        let mut took: Vec<Duration> = (0..runs).map(|_| run(&sandbox, &order, line)).collect();
        let first = took[0];
        let began = Instant::now();
        sandbox.close().unwrap();
        closed.push(began.elapsed());
        let cpu = (processor_time() - cpu) / runs as u32;
        report(&format!("{name}: `{what}`"), &mut took);
        println!("{:40} first {first:>9.2?}, processor {cpu:>9.2?} each", "");
    }
    report(&format!("{name}: close"), &mut closed);
    let sandbox = Sandbox::open(plan(folder, tree, &folder.join(format!("{tree}-call"))), &launcher).unwrap();
    let read = order(Deed::Read { path: "f".into(), offset: 1, limit: 1 });
    let call = || {
        let began = Instant::now();
        sandbox.call(&read, b"hello").unwrap();
        began.elapsed()
    };
    report(&format!("{name}: file operation"), &mut (0..runs).map(|_| call()).collect::<Vec<_>>());
    report(&format!("{name}: changes"), &mut (0..10).map(|_| timed(|| drop(sandbox.changes().unwrap()))).collect::<Vec<_>>());
}

fn timed(what: impl FnOnce()) -> Duration {
    let began = Instant::now();
    what();
    began.elapsed()
}

fn run(sandbox: &Sandbox, order: &Countersigned<Intent>, line: &str) -> Duration {
    let began = Instant::now();
    let mut process = sandbox.start(order, Command { line: line.into(), cwd: String::new(), rehearse: None }).unwrap();
    loop {
        if let Event::Exited { .. } = process.next(Duration::from_secs(9)) {
            return began.elapsed();
        }
    }
}

fn report(name: &str, took: &mut [Duration]) {
    took.sort();
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize];
    println!("{name:40} median {:>9.2?}, p95 {:>9.2?}, worst {:>9.2?}", at(0.5), at(0.95), at(1.0));
}

fn make_tree(tree: &Path, files: usize) {
    for number in 0..files {
        let folder = tree.join(format!("d{}/e{}", number / 1000, number / 50 % 20));
        if number % 50 == 0 {
            std::fs::create_dir_all(&folder).unwrap();
        }
        std::fs::write(folder.join(format!("file-{number}.rs")), "fn main() {}\n").unwrap();
    }
    std::fs::write(tree.join(".env"), "SECRET=1").unwrap();
}

fn plan(folder: &Path, tree: &str, state: &Path) -> Plan {
    Plan {
        tree: folder.join(tree),
        state: state.to_owned(),
        visible: Vec::new(),
        let_through: Vec::new(),
        environments: Vec::new(),
        door: None,
        variables: Vec::new(),
        home: folder.join("home"),
        limits: Limits::default(),
    }
}

/// Of this process and of all its ended children.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let ticks: u64 = stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(4).map(|n| n.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

fn order(deed: Deed) -> Countersigned<Intent> {
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
