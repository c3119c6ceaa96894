//! How long it takes to read and to check 600 specifications, on one thread.
//!
//! `cargo run --release -p spec --example spec_bench -- [FOLDERS]`. The folders are written in memory, from the same grammar
//! as those of the tests; what counts is reading and checking them. Nothing touches a disk.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a measurement ends when something fails")]

#[path = "../tests/it/grammar.rs"]
mod grammar;

use std::time::{Duration, Instant};

use spec::check::check;
use spec::folder::Spec;

/// How many paragraphs of plain prose a design has besides what the grammar writes; real ones are mostly prose.
const PARAGRAPHS: usize = 60;
const PARAGRAPH: &str = "\nThe basket asks the store for what is in it, and the store answers with lines and sums. A line has a name, a count and a \
price in the smallest unit of its currency. Nothing is rounded before the last sum is made.\n";

fn main() {
    let count = std::env::args().nth(1).map_or(600, |count| count.parse().unwrap());
    let folders: Vec<_> = (0..count).map(folder).collect();
    let bytes: usize = folders.iter().flat_map(|(_, files)| files).map(|(_, bytes)| bytes.len()).sum();
    let times: Vec<_> = (0..7).map(|_| measure(&folders)).collect();
    let (specs, _) = times.first().unwrap();
    println!("{count} folders, {:.1} MB, {} criteria, {} tasks", bytes as f64 / 1e6, specs.criteria, specs.tasks);
    report("read", times.iter().map(|(_, time)| time.read).collect());
    report("check", times.iter().map(|(_, time)| time.check).collect());
    let both = report("both", times.iter().map(|(_, time)| time.read + time.check).collect());
    println!("  {:.2} times the aim, which is 1 s; at most {:.0} MB resident, the folders' bytes among them", both.as_secs_f64(), memory());
}

/// The most that this process had resident, in MB.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse::<f64>().ok());
    kilobytes.unwrap() * 1024.0 / 1e6
}

type Files = Vec<(String, Vec<u8>)>;

fn folder(seed: u64) -> (String, Files) {
    let numbers = grammar::numbers(seed + 1, 3000);
    let mut folder = grammar::folder(&format!("spec-{seed}"), &mut grammar::Tape::new(&numbers));
    for (name, bytes) in &mut folder.files {
        if name == "design.md" {
            bytes.extend(PARAGRAPH.repeat(PARAGRAPHS).as_bytes());
        }
    }
    (folder.name, folder.files)
}

struct Counted {
    criteria: usize,
    tasks: usize,
}

struct Times {
    read: Duration,
    check: Duration,
}

fn measure(folders: &[(String, Files)]) -> (Counted, Times) {
    let mut copies: Vec<_> = folders.to_vec();
    let begin = Instant::now();
    let specs: Vec<Spec> = copies.drain(..).map(|(name, files)| Spec::read(&name, files)).collect();
    let read = begin.elapsed();
    let begin = Instant::now();
    let findings: usize = specs.iter().map(|spec| check(spec).len()).sum();
    let check = begin.elapsed();
    assert!(findings > 0, "a grammar that writes all that occurs gives a check something to say");
    let criteria = specs.iter().map(|spec| spec.criteria().count()).sum();
    let tasks = specs.iter().flat_map(|spec| &spec.tasks).map(|tasks| tasks.tasks.len()).sum();
    (Counted { criteria, tasks }, Times { read, check })
}

fn report(what: &str, mut times: Vec<Duration>) -> Duration {
    times.sort();
    println!("{what:8} median {:>9.3?}  best {:>9.3?}", times[times.len() / 2], times[0]);
    times[times.len() / 2]
}
