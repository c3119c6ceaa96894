//! What a long history costs: `cargo run --release -p agent --example history_bench [ENTRIES] [GRANTS]`.
//!
//! A store with so many entries of sessions and so many signed grants of access. Then the roster as a new process finds it, with nothing
//! kept and with what the last one kept; what the gate does for one call of another maker's agent (facts, effects, verdict, permit, one
//! durable write), in a process that stays and with the book opened anew for each; and memory.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement, run by hand")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use action::{
    Access, AgentName, ByHand, Deed, Digest, Effect, Effects, Environment, EnvironmentName, Event, Generation, Governance, Intent, IntentId, Moment, Outcome, PersonId,
    Reply, Resource, Role, SessionId, Signed, Tier, Verb,
};
use agent::hand::{Asking, Told, ask};
use agent::{Book, Budget, Office, Teams, sign};
use guard::{Guard, GuardKey, PolicySource, Signer};
use ledger::LogKey;

const POLICIES: &str = include_str!("../../../policies/default.cedar");
const SCHEMA: &str = include_str!("../../../policies/schema.cedarschema");
const NOW: Moment = Moment(1_765_000_000_000);
const CALLS: usize = 300;
static NEXT: AtomicU64 = AtomicU64::new(1);

fn main() {
    let number = |place: usize, usual: u64| std::env::args().nth(place).map_or(usual, |number| number.parse().unwrap());
    let (entries, grants) = (number(1, 1_000_000), number(2, 400));
    let (folder, tree) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let built = Instant::now();
    fill(folder.path(), entries, grants);
    let office = office(folder.path(), true);
    println!("{} entries, {grants} of them grants, written in {:.0} s; memory then {} MB", office.book.ledger().len(), built.elapsed().as_secs_f64(), memory("VmRSS"));
    let kept = folder.path().join("roster");
    std::fs::remove_file(&kept).ok();
    once("roster of a new process, nothing kept", || drop(self::office(folder.path(), true).book.roster().unwrap()));
    println!("{:<52} {:>8} KB", "what is kept", std::fs::metadata(&kept).unwrap().len() / 1000);
    many("roster of a new process, kept", 50, || drop(book(folder.path(), true).roster().unwrap()));
    let mut calls = 0;
    let mut call = |office: &Office| {
        calls += 1;
        let told = ask(office, &asking(tree.path(), calls)).unwrap();
        assert!(matches!(told, Told::GoOn(_) | Told::Held { .. }), "{told:?}");
    };
    many("one call of the gate, in a process that stays", CALLS, || call(&office));
    let office = std::cell::RefCell::new(office);
    many("one call of the gate, the book opened anew", CALLS / 3, || {
        let fresh = book(folder.path(), true);
        office.borrow_mut().book = fresh;
        call(&office.borrow());
    });
    println!("{:<52} {:>8} MB resident, {} MB at most", "memory", memory("VmRSS"), memory("VmHWM"));
}

fn once(what: &str, run: impl FnOnce()) {
    let begun = Instant::now();
    run();
    println!("{what:<52} {:>8.2} ms", begun.elapsed().as_secs_f64() * 1e3);
}

fn many(what: &str, times: usize, mut run: impl FnMut()) {
    let mut took: Vec<Duration> = (0..times)
        .map(|_| {
            let begun = Instant::now();
            run();
            begun.elapsed()
        })
        .collect();
    took.sort_unstable();
    let at = |share: usize| took[(times - 1) * share / 100].as_secs_f64() * 1e3;
    println!("{what:<52} p50 {:>8.2} ms   p99 {:>8.2} ms", at(50), at(99));
}

/// Of this process, in 10^6 bytes.
fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024 / 1_000_000
}

fn book(folder: &Path, keeping: bool) -> Book {
    let book = Book::open(folder, LogKey::generate("bench", [1; 32]), Box::new(|| NOW)).unwrap();
    if keeping { book.keeping(folder.join("roster"), key()) } else { book }
}

fn key() -> GuardKey {
    GuardKey::generate([2; 32])
}

fn office(folder: &Path, keeping: bool) -> Office {
    let guard = Guard::new(PolicySource { policies: POLICIES, schema: SCHEMA }, key()).unwrap();
    Office {
        passkeys: Default::default(),
        book: book(folder, keeping),
        guard,
        observed: None,
        folder: folder.to_owned(),
        home: PathBuf::from("/home/ana"),
        reachable: Vec::new(),
        documentation: Vec::new(),
        gh: Vec::new(),
        gh_host: None,
        budget: Budget::default(),
        teams: Teams::default(),
        prices: model::Prices::published().unwrap(),
        ids: Box::new(|| format!("{:032x}", NEXT.fetch_add(1, Ordering::SeqCst))),
    }
}

/// Ana runs a command by the hands of another maker's agent; each is another one.
fn asking(folder: &Path, number: usize) -> Asking {
    let place = folder.to_str().unwrap().to_owned();
    let acts = vec![ByHand::Run { command: format!("ls part{number}") }];
    Asking {
        agent: "codex".into(),
        session: "bench".into(),
        person: PersonId::new("ana"),
        folder: place.clone(),
        cwd: place,
        tool: "Bash".into(),
        acts,
        input: format!("{number}").into_bytes(),
        boxable: false,
        confirms: false,
    }
}

fn signer(name: &str) -> Signer {
    let seed = *Digest::of_bytes(name.as_bytes()).raw();
    Signer::from_key_file(guard::generate_person_key(seed, name).unwrap().as_bytes(), None).unwrap()
}

/// Founded by ana, with ben as a peer; the sessions, then the grants, each asked for by ana and agreed to by ben.
fn fill(folder: &Path, entries: u64, grants: u64) {
    let office = office(folder, false);
    let ana = PersonId::new("ana");
    office.book.write(&[Event::Founded { guard: key().public().to_openssh().unwrap(), log: "bench".into(), governed: false, places: false }]).unwrap();
    for (name, roles) in [("ana", vec![Role::Engineer, Role::Owner, Role::Admin]), ("ben", vec![Role::Engineer])] {
        let key = signer(name).public_key().to_openssh().unwrap();
        office.book.write(&[Event::Enrolled { person: PersonId::new(name), key, roles, by: ana.clone() }]).unwrap();
    }
    let production = Environment {
        name: EnvironmentName::new("production"),
        tier: Tier::Production,
        paths: Vec::new(),
        hosts: vec!["db.example".into()],
        remotes: Vec::new(),
        recovery: Vec::new(),
        identities: Vec::new(),
        owners: Vec::new(),
        terms: Default::default(),
    };
    office.book.write(&[Event::Mapped { environment: production, generation: Generation(1), by: ana.clone() }]).unwrap();
    sessions(&office, entries);
    for number in 0..grants {
        let access = Access {
            person: ana.clone(),
            agent: None,
            environment: EnvironmentName::new("production"),
            verbs: BTreeSet::from([Verb::Update]),
            resources: vec!["database".into()],
            seconds: 3600,
            why: format!("order {number}"),
        };
        let (id, _) = agent::people::propose(&office, &ana, Governance::GrantAccess { access }).unwrap();
        let ended = ["ana", "ben"].map(|name| sign(&office, &id, yes(&office, &id, name)).unwrap());
        assert!(ended[1].1.as_ref().unwrap().ok);
    }
}

fn yes(office: &Office, id: &IntentId, name: &str) -> Signed {
    let story = office.book.story(id).unwrap().unwrap();
    let policy = office.guard.policy_digest();
    let answer = guard::question(&story.intent, &story.effects, policy, story.generation, story.expires, PersonId::new(name), Reply::Yes, String::new()).unwrap();
    signer(name).sign(&answer).unwrap()
}

/// As sessions write them: the proposal and the verdict, the permit, the beginning, the end.
fn sessions(office: &Office, entries: u64) {
    let ana = PersonId::new("ana");
    let permit = Signed { text: "x".repeat(700), signature: "y".repeat(300) };
    let mut events = Vec::new();
    for number in 0..entries / 5 {
        let effects = Effects::new(vec![Effect::in_workspace(Verb::Update, Resource::new("file", format!("src/part{}/file{number}.rs", number % 50)))]);
        let deed = Deed::Shell { command: format!("cargo test --workspace -- case_{number}"), cwd: ".".into(), seconds: 60, background: false };
        let (id, session) = (IntentId::new(format!("a{number:031x}")), SessionId::new(format!("{:012x}", number / 40)));
        let intent = Intent { v: 1, id: id.clone(), session, turn: 1, asked_by: ana.clone(), agent: AgentName::new("engineer"), deed };
        let digest = Digest::of(&effects).unwrap();
        let verdict = action::Verdict { decision: action::Decision::Permit, reasons: Vec::new(), policy: office.guard.policy_digest() };
        events.extend([
            Event::Proposed { intent, effects, digest },
            Event::Assessed { intent: id.clone(), verdict, generation: Generation(0), expires: Moment(0) },
            Event::Countersigned { intent: id.clone(), permit: permit.clone() },
            Event::Started { intent: id.clone(), permit: digest },
            Event::Finished { intent: id, outcome: Outcome { line: "done".into(), exit: Some(0), output: Some(digest), ms: 12 } },
        ]);
        if events.len() >= 5000 {
            office.book.write(&std::mem::take(&mut events)).unwrap();
        }
    }
    office.book.write(&events).unwrap();
}
