//! What the guard costs: `cargo run --release -p guard --example guard_bench`. cvc5 is asked where it is installed.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement, run by hand")]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use action::{AgentName, Deed, Effect, Effects, Generation, Intent, IntentId, Moment, PersonId, Reply, Resource, Role, SessionId, Tier, Verb};
use guard::{Circumstances, Guard, GuardKey, Invariants, PolicySource, Recorded, Roster, Signer, lint, prove};

const POLICIES: &str = include_str!("../../../policies/default.cedar");
const INVARIANTS: &str = include_str!("../../../policies/invariants.cedar");
const SCHEMA: &str = include_str!("../../../policies/schema.cedarschema");
const ROUNDS: usize = 2000;

fn main() {
    let shipped = POLICIES.matches("@id(").count();
    verdict(&format!("verdict, the {shipped} shipped rules"), POLICIES);
    for more in [10, 100, 1000] {
        verdict(&format!("verdict, {more} rules more"), &with_more(more));
    }
    signatures();
    proofs(&format!("check and prove, the {shipped} shipped rules"), POLICIES);
    proofs(&format!("check and prove, {} rules", shipped + 500), &with_more(500));
}

/// Rules that a team could have: each about one kind of thing.
fn with_more(count: usize) -> String {
    let rule = |n: usize| format!("\n@id(\"ours-{n}\") @reason(\"kind {n}\") forbid (principal, action == Action::\"delete\", resource) when {{ context.kind == \"kind-{n}\" && resource.tier == Tier::\"staging\" }} unless {{ context.signedByTwoPeers }};");
    format!("{POLICIES}{}", (0..count).map(rule).collect::<String>())
}

fn guard(policies: &str) -> Guard {
    Guard::new(PolicySource { policies, schema: SCHEMA }, GuardKey::generate([2; 32])).unwrap()
}

fn asked() -> (Intent, Effects, Circumstances) {
    let (asked_by, agent) = (PersonId::new("ana"), AgentName::new("engineer"));
    let deed = Deed::Shell { command: "make".into(), cwd: ".".into(), seconds: 60, background: false };
    let effect = Effect::in_workspace(Verb::Delete, Resource::new("database", "orders")).at(action::EnvironmentName::new("production"), Tier::Production);
    let circumstances = Circumstances { asked_by: asked_by.clone(), agent: agent.clone(), boxed: true, in_force: Default::default(), generation: Generation(1), stopped: false, electorate: Default::default(), terms: Default::default() };
    (Intent { v: 1, id: IntentId::new("i"), session: SessionId::new("s"), turn: 1, asked_by, agent, deed }, Effects::new(vec![effect]), circumstances)
}

/// The gravest: every rung of the ladder is asked.
fn verdict(what: &str, policies: &str) {
    let (guard, (intent, effects, circumstances)) = (guard(policies), asked());
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| timed(|| drop(guard.assess(&intent, &effects, &circumstances)))).collect();
    times.sort_unstable();
    println!("{what:<44} p50 {:>8.1} us   p99 {:>8.1} us", micros(times[ROUNDS / 2]), micros(times[ROUNDS * 99 / 100]));
}

/// Answers that are verified and counted, and a permit that is signed for them.
fn signatures() {
    let (guard, (intent, effects, circumstances)) = (guard(POLICIES), asked());
    let mut roster = Roster::new();
    let people = ["ana", "ben", "olga"].map(PersonId::new);
    let signers: Vec<Signer> = (1..=3).map(|seed| Signer::from_key_file(guard::generate_person_key([seed; 32], "x").unwrap().as_bytes(), None).unwrap()).collect();
    for (person, signer) in people.iter().zip(&signers) {
        let roles = vec![Role::Engineer, Role::Owner, Role::Admin];
        roster.apply(&action::Event::Enrolled { person: person.clone(), key: signer.public_key().to_openssh().unwrap(), roles, by: people[0].clone() }, Moment(0)).unwrap();
    }
    let answer = |person: &PersonId, signer: &Signer| {
        let question = guard::question(&intent, &effects, guard.policy_digest(), Generation(1), Moment(9_000_000), person.clone(), Reply::Yes, String::new()).unwrap();
        Recorded { at: Moment(1), answer: signer.sign(&question).unwrap() }
    };
    let answers: Vec<Recorded> = people.iter().zip(&signers).map(|(person, signer)| answer(person, signer)).collect();
    let verdict = guard.assess(&intent, &effects, &circumstances);
    let once = || drop(guard.permit(&intent, &effects, &verdict, &circumstances, &roster, &answers, Moment(2), 60).unwrap());
    let took = timed(|| (0..300).for_each(|_| once()));
    println!("{:<44} {:>8.0} a second, three answers verified each", "permits", 300.0 / took.as_secs_f64());
    let matter = guard::Matter::of(&intent, &effects, guard.policy_digest(), Generation(1)).unwrap();
    let took = timed(|| (0..3000).for_each(|n| drop(matter.hear(&answers[n % 3], &roster, Moment(2)).unwrap())));
    println!("{:<44} {:>8.0} a second (ed25519)", "answers verified", 3000.0 / took.as_secs_f64());
}

fn proofs(what: &str, policies: &str) {
    if Command::new("cvc5").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        println!("{what:<44} not measured: cvc5 is not installed");
        return;
    }
    let source = PolicySource { policies, schema: SCHEMA };
    let invariants = Invariants::load(&PolicySource { policies: INVARIANTS, schema: SCHEMA }).unwrap();
    let checked = timed(|| drop(lint(&source, &solve).unwrap()));
    let proved = timed(|| assert!(prove(&source, &invariants, &solve).unwrap().iter().all(|proof| proof.outcome.holds())));
    println!("{what:<44} check {:>7.2} s   prove {:>7.2} s   (aim: 2 s together for the shipped ones)", checked.as_secs_f64(), proved.as_secs_f64());
}

fn solve(script: &[u8]) -> Result<String, String> {
    let started = Command::new("cvc5").args(["--lang=smt2", "--tlimit=60000", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.map_err(|e| e.to_string())?;
    let (mut stdin, script) = (child.stdin.take().unwrap(), script.to_vec());
    let writer = std::thread::spawn(move || stdin.write_all(&script));
    let output = child.wait_with_output().map_err(|e| e.to_string())?;
    writer.join().unwrap().ok();
    String::from_utf8(output.stdout).map_err(|e| e.to_string())
}

fn timed(what: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    what();
    begun.elapsed()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
