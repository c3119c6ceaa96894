//! How long effects, a verdict and a permit take: `cargo run --release -p agent --example verdict_bench`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement, run by hand")]

use std::time::{Duration, Instant};

use action::{
    AgentName, Deed, Effect, Effects, EnvironmentName, Generation, Intent, IntentId, Moment, PersonId, Resource, SessionId, Tier, Verb,
};
use effects::Facts;
use guard::{Circumstances, Guard, GuardKey, PolicySource, Roster};

const ROUNDS: usize = 20_000;

/// What agents run, from short to long.
const COMMANDS: [(&str, &str); 4] = [
    ("effects and assess: `cargo test --workspace`", "cargo test --workspace"),
    ("effects and assess: a pipeline of five", "cd src && grep -rn 'total' . | sort | uniq -c | sort -rn | head -20"),
    ("effects and assess: deletes behind a variable", "D=build; for f in a b c; do rm -rf \"$D/$f\"; done; git clean -fdx"),
    ("effects and assess: a script of sixty lines", LONG),
];

const LONG: &str = include_str!("script.sh");

fn main() {
    let source = PolicySource {
        policies: include_str!("../../../policies/default.cedar"),
        schema: include_str!("../../../policies/schema.cedarschema"),
    };
    let loading = Instant::now();
    let guard = Guard::new(source, GuardKey::generate([1; 32])).unwrap();
    println!("{:<44} {:>10.1} ms", "load and validate the policy", loading.elapsed().as_secs_f64() * 1e3);
    let (intent, hour, roster) = (intent(), hour(), Roster::new());

    let inside = Effects::new(vec![Effect::in_workspace(Verb::Update, Resource::new("file", "src/lib.rs"))]);
    let files = (0..1000).map(|i| Effect::in_workspace(Verb::Update, Resource::new("file", format!("src/{i}.rs")))).collect();
    let thousand = Effects::new(files);
    let production = EnvironmentName::new("production");
    let grave = Effects::new(vec![
        Effect::in_workspace(Verb::Delete, Resource::new("database", "costs")).at(production.clone(), Tier::Production),
        Effect::in_workspace(Verb::Update, Resource::new("service", "web")).at(production, Tier::Production),
        Effect::in_workspace(Verb::Update, Resource::new("file", "deploy.sh")),
    ]);

    measure("assess: one file in the box", || drop(guard.assess(&intent, &inside, &hour)));
    measure("assess: a thousand files in the box", || drop(guard.assess(&intent, &thousand, &hour)));
    measure("assess: three effects, two in production", || drop(guard.assess(&intent, &grave, &hour)));
    let verdict = guard.assess(&intent, &inside, &hour);
    for (what, command) in COMMANDS {
        let (intent, facts) = (shell(command), Facts { tree: "/home/ana/costs".into(), home: "/home/ana".into(), ..Facts::default() });
        measure(what, || drop(guard.assess(&intent, &effects::of(&intent, &facts), &hour)));
    }
    measure("permit: one file in the box, by the policy", || {
        guard.permit(&intent, &inside, &verdict, &hour, &roster, &[], Moment(1), 60).map(drop).unwrap();
    });
}

/// Wall time, and the processor time of this thread, which a busy machine does not blur.
fn measure(what: &str, mut once: impl FnMut()) {
    (0..ROUNDS / 10).for_each(|_| once());
    let (mut wall, mut cpu) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        let (start, begun) = (Instant::now(), processor_time());
        once();
        cpu.push(processor_time() - begun);
        wall.push(start.elapsed());
    }
    let at = |times: &mut Vec<Duration>, share: f64| {
        times.sort_unstable();
        times[((ROUNDS - 1) as f64 * share) as usize].as_secs_f64() * 1e6
    };
    let [w50, w99, c50, c99] = [at(&mut wall, 0.50), at(&mut wall, 0.99), at(&mut cpu, 0.50), at(&mut cpu, 0.99)];
    println!("{what:<44} wall p50 {w50:>7.1} us  p99 {w99:>7.1} us   cpu p50 {c50:>7.1} us  p99 {c99:>7.1} us");
}

fn processor_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
}

fn intent() -> Intent {
    shell("make")
}

fn shell(command: &str) -> Intent {
    Intent {
        v: 1,
        id: IntentId::new("i-1"),
        session: SessionId::new("s-1"),
        turn: 1,
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        deed: Deed::Shell { command: command.into(), cwd: String::new(), seconds: 60, background: false },
    }
}

fn hour() -> Circumstances {
    Circumstances {
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        boxed: true,
        in_force: Default::default(),
        generation: Generation(0),
        stopped: false,
        electorate: guard::Electorate::default(),
            terms: action::Terms::default(),
    }
}
