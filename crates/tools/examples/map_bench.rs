//! How long a map of a source tree takes, cold and warm, with how much memory, and a search beside ripgrep on the same tree:
//! `cargo run --release -p tools --example map_bench -- [FILES]`.
//!
//! The tree is generated: files of about 6 KB in six languages, each with some twenty definitions and mentioning
//! names of others. Prints a table; asserts
//! nothing. Beside the map stands reading the same files once, beside the search the programs: how many times as long it took.
//! Cold means that nothing is known to the process; the files are in the kernel's cache, since they were just
//! written. ripgrep (`rg`) and GNU grep are measured where they are installed, and it is said where they are not; they print
//! all matches, the hands' search ends after the first 500.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement for people, not a part of the product")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use action::Deed;
use tools::code::{Map, Outlines, Wish};

const RUNS: usize = 5;
const LONG: Duration = Duration::from_secs(600);

fn main() {
    let files: usize = std::env::args().nth(1).map_or(10_000, |files| files.parse().unwrap());
    let folder = tempfile::Builder::new().prefix("map-bench-").tempdir().unwrap();
    let bytes: usize = (0..files).map(|n| write(folder.path(), n, files)).sum();
    println!("{files} files, {:.1} MB, {} threads", bytes as f64 / 1e6, std::thread::available_parallelism().map_or(1, usize::from));
    maps(folder.path());
    searches(folder.path());
}

fn maps(tree: &Path) {
    let mut once: Vec<Duration> = (0..RUNS).map(|_| timed(|| assert!(read_all(tree) > 0))).collect();
    report("reading the files once", &mut once);
    let wish = Wish { budget: 2_000, about: "basket total".to_owned(), near: Vec::new() };
    let before = memory();
    let mut outlines = Outlines::default();
    let mut cold = Vec::new();
    for _ in 0..RUNS {
        outlines = Outlines::default();
        cold.push(timed(|| drop(Map::of(&outlines.survey(tree, LONG), &wish))));
    }
    report("map, cold", &mut cold);
    beside("reading", &cold, &once);
    let mut warm: Vec<Duration> = (0..RUNS).map(|_| timed(|| drop(Map::of(&outlines.survey(tree, LONG), &wish)))).collect();
    report("map, warm", &mut warm);
    beside("reading", &warm, &once);
    let survey = outlines.survey(tree, LONG);
    report("  of which the ranking", &mut (0..RUNS).map(|_| timed(|| drop(Map::of(&survey, &wish)))).collect::<Vec<_>>());
    let map = Map::of(&survey, &wish);
    println!("  {} of {} files and {} definitions in {} tokens; {} not read", map.files.len(), map.read[0], map.read[1], map.tokens, map.unread.len());
    println!("  at most {:.0} MB resident ({before:.0} MB before)", memory());
}

/// The hands' search, in this process, beside the programs.
fn searches(tree: &Path) {
    for (name, pattern) in [("a rare name", "name_of_4711\\b"), ("a frequent word", "basket_[0-9]+7 "), ("nothing", "NothingHasThis[A-Z]")] {
        let deed = Deed::Grep { pattern: pattern.into(), path: ".".into(), glob: String::new(), case_sensitive: true };
        let request = serde_json::json!({"tree": tree, "deed": deed}).to_string();
        let mut own: Vec<Duration> = (0..RUNS).map(|_| timed(|| drop(tools::inside(request.as_bytes())))).collect();
        report(&format!("grep, {name}"), &mut own);
        let programs = [("rg", &["--line-number", "--no-config"][..]), ("rg", &["--line-number", "--no-config", "--threads=1"]), ("grep", &["-rnE"])];
        for (program, arguments) in programs {
            let what = format!("{program} {}", arguments.last().unwrap());
            match by(program, arguments, pattern, tree) {
                Some(mut times) => {
                    report(&format!("  {what}"), &mut times);
                    beside(&what, &own, &times);
                }
                None => println!("  {what}: not measured, {program} is not installed"),
            }
        }
    }
}

fn by(program: &str, arguments: &[&str], pattern: &str, tree: &Path) -> Option<Vec<Duration>> {
    let run = || {
        let began = Instant::now();
        Command::new(program).args(arguments).args(["--", pattern, "."]).current_dir(tree).stdout(Stdio::null()).status().ok()?;
        Some(began.elapsed())
    };
    (0..RUNS).map(|_| run()).collect()
}

/// How many times as long as something else: medians of sorted times.
fn beside(what: &str, own: &[Duration], other: &[Duration]) {
    let middle = |times: &[Duration]| times[times.len() / 2].as_secs_f64();
    println!("    {:.2} times {what}", middle(own) / middle(other));
}

/// The bytes of all files below a folder.
fn read_all(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { read_all(&path) } else { std::fs::read(path).unwrap().len() }).sum()
}

fn timed(what: impl FnOnce()) -> Duration {
    let began = Instant::now();
    what();
    began.elapsed()
}

fn report(name: &str, times: &mut [Duration]) {
    times.sort();
    println!("{name:34} {:>9.1?} median, {:>9.1?} to {:>9.1?}", times[times.len() / 2], times[0], times[times.len() - 1]);
}

/// The most that this process had resident so far, in MB.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse::<f64>().ok());
    kilobytes.unwrap() * 1024.0 / 1e6
}

/// One file of about 120 lines; gives its size.
fn write(root: &Path, n: usize, files: usize) -> usize {
    let (ending, kind) = [("rs", 0), ("py", 1), ("ts", 2), ("go", 3), ("java", 4), ("c", 5)][n % 6];
    let mut text = if ending == "go" { "package basket\n\n".to_owned() } else { String::new() };
    text.push_str(&function(kind, &format!("name_of_{n}"), "", n));
    for part in 0..9 {
        // Some files are mentioned much more often than others.
        let other = (n * 31 + part * part * 7) % files.max(1) / (1 + part % 5);
        text.push_str(&function(kind, &format!("basket_{}", n * 100 + part), &format!("name_of_{other}"), part));
    }
    let place = root.join(format!("part{:02}/unit{:02}", n % 40, n / 40 % 25));
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join(format!("file{n}.{ending}")), &text).unwrap();
    text.len()
}

/// Heads and statements of a function in each language, and a type beside it.
const HEADS: [&str; 6] = [
    "pub struct Line_OWN {\n    sum: u64,\n}\n\n/// Adds what is in the basket.\npub fn OWN(sum: u64, lines: &[Line]) -> u64 {\n",
    "class Line_OWN:\n    total = 0\n\n\ndef OWN(sum, lines):\n    \"\"\"Adds what is in the basket.\"\"\"\n",
    "export interface Line_OWN { sum: number }\n\n/** Adds what is in the basket. */\nexport function OWN(sum: number, lines: Line[]): number {\n",
    "type Line_OWN struct {\n\tSum int\n}\n\n// Adds what is in the basket.\nfunc OWN(sum int, lines []Line) int {\n",
    "class Line_OWN {\n    /** Adds what is in the basket. */\n    static int OWN(int sum, Line[] lines) {\n",
    "struct line_OWN { int sum; };\n\n/* Adds what is in the basket. */\nint OWN(int sum, struct line *lines) {\n",
];
const LINES: [&str; 6] = [
    "    let value_@ = lines.get(@).map_or(sum, |line| line.sum + CALL(sum)); // line @\n",
    "    value_@ = lines[@].sum + CALL(sum) if len(lines) > @ else sum  # line @\n",
    "  const value_@ = lines[@] ? lines[@].sum + CALL(sum) : sum; // line @\n",
    "\tvalue_@ := lines[@].Sum + CALL(sum) // line @\n",
    "        int value_@ = lines[@].sum + Names.CALL(sum); // line @\n",
    "    int value_@ = lines[@].sum + CALL(sum); /* line @ */\n",
];
const ENDS: [&str; 6] = ["    sum\n}\n\n", "    return sum\n\n\n", "  return sum;\n}\n\n", "\treturn sum\n}\n\n", "        return sum;\n    }\n}\n\n", "    return sum;\n}\n\n"];

fn function(kind: usize, own: &str, call: &str, salt: usize) -> String {
    let call = if call.is_empty() { "min" } else { call };
    let lines: String = (0..8).map(|n| LINES[kind].replace("CALL", if n == 3 { call } else { "min" }).replace('@', &(n + salt % 7).to_string())).collect();
    HEADS[kind].replace("OWN", own) + &lines + ENDS[kind]
}
