//! How long a ledger is judged again: `cargo run --release -p agent --example backtest_bench [DECISIONS]`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement, run by hand")]

use std::time::Instant;

use action::{
    AgentName, Deed, Digest, Effect, Effects, Event, Generation, Intent, IntentId, Moment, Outcome, PersonId, Resource, Role, SessionId, Signed, Verb,
};
use agent::Book;
use agent::replay::{Backtest, Replayed, past};
use guard::{Circumstances, Guard, GuardKey, PolicySource};
use ledger::LogKey;

const POLICIES: &str = include_str!("../../../policies/default.cedar");
const SCHEMA: &str = include_str!("../../../policies/schema.cedarschema");

fn main() {
    let decisions: u64 = std::env::args().nth(1).map_or(100_000, |number| number.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let book = Book::open(folder.path(), LogKey::generate("bench", [1; 32]), Box::new(|| Moment(1_765_000_000_000))).unwrap();
    let force = guard(POLICIES);
    let new = guard(&format!("{POLICIES}\n@id(\"ours\") @reason(\"x\") forbid (principal, action == Action::\"delete\", resource) unless {{ context.signed }};"));
    fill(&book, &force, decisions);
    let begun = Instant::now();
    let (mut backtest, mut flips, mut not) = (Backtest::new(&force, &new), 0_u64, 0_u64);
    past(&book, Moment(0), &mut |past| {
        match backtest.replay(&past) {
            Replayed::Same => {}
            Replayed::Flipped { .. } => flips += 1,
            Replayed::Not(_) => not += 1,
        }
        Ok(())
    })
    .unwrap();
    let (took, entries) = (begun.elapsed().as_secs_f64(), book.ledger().len());
    println!("{decisions} decisions in {entries} entries judged again in {took:.2} s: {:.2} s a million; {flips} flips, {not} not replayed, {} questions", took * 1e6 / decisions as f64, backtest.asked());
}

fn guard(policies: &str) -> Guard {
    Guard::new(PolicySource { policies, schema: SCHEMA }, GuardKey::generate([2; 32])).unwrap()
}

/// As a session writes them: the proposal and the verdict, the permit, the beginning, the end.
fn fill(book: &Book, guard: &Guard, decisions: u64) {
    let key = ssh_key(1);
    let ana = PersonId::new("ana");
    book.write(&[Event::Enrolled { person: ana.clone(), key, roles: vec![Role::Engineer, Role::Admin], by: ana.clone() }]).unwrap();
    let permit = Signed { text: "x".repeat(700), signature: "y".repeat(300) };
    let mut events = Vec::new();
    for number in 0..decisions {
        let verb = if number % 10 == 0 { Verb::Delete } else { Verb::Update };
        let effects = Effects::new((0..=number % 3).map(|file| Effect::in_workspace(verb, Resource::new("file", format!("src/part{}/file{number}-{file}.rs", number % 50)))).collect());
        let deed = Deed::Shell { command: format!("cargo test --workspace -- case_{number}"), cwd: ".".into(), seconds: 60, background: false };
        let (id, session) = (IntentId::new(format!("{number:032x}")), SessionId::new(format!("{:012x}", number / 40)));
        let intent = Intent { v: 1, id: id.clone(), session, turn: 1, asked_by: ana.clone(), agent: AgentName::new("engineer"), deed };
        let circumstances = Circumstances {
            asked_by: ana.clone(),
            agent: intent.agent.clone(),
            boxed: true,
            in_force: Default::default(),
            generation: Generation(0),
            stopped: false,
            electorate: guard::Electorate::default(),
            terms: action::Terms::default(),
        };
        let verdict = guard.assess(&intent, &effects, &circumstances);
        let digest = Digest::of(&effects).unwrap();
        events.extend([
            Event::Proposed { intent, effects, digest },
            Event::Assessed { intent: id.clone(), verdict, generation: Generation(0), expires: Moment(0) },
            Event::Countersigned { intent: id.clone(), permit: permit.clone() },
            Event::Started { intent: id.clone(), permit: digest },
            Event::Finished { intent: id, outcome: Outcome { line: "done".into(), exit: Some(0), output: Some(digest), ms: 12 } },
        ]);
        if events.len() >= 5000 || number + 1 == decisions {
            book.write(&std::mem::take(&mut events)).unwrap();
        }
    }
}

fn ssh_key(seed: u8) -> String {
    let signer = guard::Signer::from_key_file(guard::generate_person_key([seed; 32], "ana").unwrap().as_bytes(), None).unwrap();
    signer.public_key().to_openssh().unwrap()
}
