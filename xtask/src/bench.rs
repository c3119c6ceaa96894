//! `cargo run --release -p xtask -- bench`: speed and memory of the release build, printed as tables beside the bare machine
//! and what other agents need for the same. It measures and says; it asserts nothing and keeps nothing.
//!
//! What is measured and how stands in docs/bench.md. Sessions run in the real program, box and ledger on, each in a fresh
//! repository, against a scripted model server on loopback that is a process of its own.

mod floor;
mod gate;
mod peers;
mod running;
mod session;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use session::{Session, World};

/// Sessions that are measured: calls, and how often.
const SESSIONS: [(usize, usize); 4] = [(1, 7), (20, 5), (100, 5), (1000, 1)];

/// What runs beside the sessions: what, its crate, its example, its arguments.
const PARTS: [(&str, &str, &str, &[&str]); 10] = [
    ("readers: silent passes, needless holds, and what they take", "effects", "read_bench", &[]),
    ("effects, verdict and permit", "agent", "verdict_bench", &[]),
    ("the guard: rules, signatures, proofs", "guard", "guard_bench", &[]),
    ("a million decisions judged again (aim: 10 s)", "agent", "backtest_bench", &["1000000"]),
    ("a million entries and 400 grants of history", "agent", "history_bench", &["1000000", "400"]),
    ("the ledger on this disk, with durability, and 1,000,000 entries verified", "ledger", "ledger_bench", &[]),
    ("reading and checking 600 specifications, one thread", "spec", "spec_bench", &[]),
    ("opening a box over a repository of 100,000 files", "sandbox", "open_bench", &[]),
    ("a map of 10,000 source files, cold and warm, and a search beside ripgrep", "tools", "map_bench", &["10000"]),
    ("definitions by pyright in a box over 200 files, first and warm", "tools", "language_bench", &["200"]),
];

/// Which tables are wanted: all, or those of one word.
pub(crate) fn run(root: &Path, which: &str) -> Result<()> {
    ensure!(["all", "sessions", "parts"].contains(&which), "`{which}` is no table; write sessions or parts");
    if cfg!(debug_assertions) {
        println!("a debug build: numbers mean nothing; use --release");
    }
    println!("{}", machine());
    let folder = std::env::temp_dir().join(format!("countersign-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = tables(root, which, &folder);
    std::fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    done
}

fn tables(root: &Path, which: &str, folder: &Path) -> Result<()> {
    println!("\nbare machine, in {}", folder.display());
    floor::print(folder)?;
    if which != "parts" {
        sessions(root, folder)?;
    }
    if which != "sessions" {
        parts(root)?;
    }
    Ok(())
}

fn sessions(root: &Path, folder: &Path) -> Result<()> {
    let release = release_folder()?;
    let program = release.join("countersign");
    ensure!(program.exists(), "{} is not there: `cargo build --release -p countersign` makes it", program.display());
    build(root, &["build", "--release", "--quiet", "-p", "xtask", "--example", "model_server"])?;
    let world = World::make(folder, program, release.join("examples/model_server"))?;
    println!("\nthe gate, a process for each call of another maker's agent (aim: 2 ms of its own beside `true` and one append)");
    gate::print(&world, &world.program)?;
    println!("\nsessions of shell calls (`true N`) against a scripted model; medians\n{}", session::HEAD);
    let mut measured = Vec::new();
    for (calls, times) in SESSIONS {
        let runs = (0..times).map(|_| world.session(calls)).collect::<Result<Vec<_>>>()?;
        let session = Session::median(runs).context("no run")?;
        println!("{session}");
        measured.push(session);
    }
    let large = large(&world)?;
    println!("{large}\n{}", peers::ROWS);
    if let Some(small) = measured.first() {
        println!("{}", large.beside(small));
    }
    for session in &measured {
        println!("{}", session.growth());
    }
    Ok(())
}

/// Sessions of one call in one repository of many files: what they take is their start.
fn large(world: &World) -> Result<Session> {
    let project = world.large(100_000)?;
    let runs = (0..5).map(|_| world.session_in(&project, session::LARGE, 1)).collect::<Result<Vec<_>>>()?;
    Session::median(runs).context("no run")
}

/// Each part's own measurement, from its crate.
fn parts(root: &Path) -> Result<()> {
    for (what, house, example, arguments) in PARTS {
        if !root.join(format!("crates/{house}/examples/{example}.rs")).exists() {
            println!("\n{what}: not measured, there is no crates/{house}/examples/{example}.rs");
            continue;
        }
        println!("\n{what}");
        let mut words = vec!["run", "--release", "--quiet", "-p", house, "--example", example, "--"];
        words.extend(arguments);
        build(root, &words)?;
    }
    Ok(())
}

/// Where cargo put this program, and with it the release build.
fn release_folder() -> Result<PathBuf> {
    let here = std::env::current_exe().context("this program's own file cannot be found")?;
    Ok(here.parent().context("a program without a folder")?.to_path_buf())
}

#[expect(clippy::disallowed_methods, reason = "cargo builds and runs the parts; xtask never ships")]
fn build(root: &Path, words: &[&str]) -> Result<()> {
    let status = Command::new(env!("CARGO")).args(words).current_dir(root).status().context("cargo cannot be run")?;
    ensure!(status.success(), "cargo {} failed", words.join(" "));
    Ok(())
}

/// Processor, cores, kernel.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let (processors, release) = (read("/proc/cpuinfo"), read("/proc/sys/kernel/osrelease"));
    let name = processors.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let busy = read("/proc/loadavg");
    let busy = busy.split(' ').next().unwrap_or_default();
    format!("{}, {cores} cores, Linux {}, load {busy} at the start", name.trim_start_matches([' ', '\t', ':']), release.trim())
}
