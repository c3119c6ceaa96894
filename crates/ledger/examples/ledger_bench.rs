//! How fast the ledger is on this disk, with durability, and what the disk alone would take.
//!
//! `cargo run --release -p ledger --example ledger_bench -- [FOLDER] [ENTRIES]`; by default a temporary folder and
//! 1,000,000 entries to verify.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a measurement ends when something fails")]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ledger::{Append, Ledger, LogKey, verify_export, verify_proof};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("ledger-bench"), PathBuf::from);
    let entries = arguments.next().map_or(1_000_000, |count| count.parse().unwrap());
    let _gone = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    println!("folder {}", folder.display());
    bare_sync(&folder);
    one_thread(&folder);
    eight_threads(&folder);
    many_entries(&folder, entries);
    fs::remove_dir_all(&folder).unwrap();
}

/// Appends 20 kB, as a commit of the ledger does, and waits for the disk.
fn bare_sync(folder: &Path) {
    let mut file = File::create(folder.join("bare")).unwrap();
    let times = measure(2_000, |_| {
        file.write_all(&[7; 20_480]).unwrap();
        file.sync_data().unwrap();
    });
    report("bare 20 kB + fdatasync", 1, &times);
}

fn one_thread(folder: &Path) {
    let ledger = open(&folder.join("one"));
    for (name, batch) in [("append of 1 entry", 1), ("append of 4 entries", 4), ("append of 100 entries", 100)] {
        let times = measure(2_000, |n| {
            ledger.append(appends(batch, n, name)).unwrap();
        });
        report(name, batch, &times);
    }
    let size = ledger.len();
    let times = measure(1_000, |n| {
        ledger.prove(size - 1 - n).unwrap();
    });
    report("proof of a late entry", 1, &times);
    let (text, entry) = (ledger.prove(7).unwrap(), ledger.entry(7).unwrap().unwrap());
    let times = measure(1_000, |_| {
        verify_proof(&text, &entry, ledger.vkey()).unwrap();
    });
    report("verify that proof", 1, &times);
    let times = measure(1_000, |_| {
        ledger.data_version().unwrap();
    });
    report("data_version", 1, &times);
    report("open", 1, &measure(200, |_| drop(open(&folder.join("one")))));
}

fn eight_threads(folder: &Path) {
    let ledger = open(&folder.join("eight"));
    let start = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let ledger = &ledger;
            scope.spawn(move || {
                for n in 0..500 {
                    ledger.append(appends(4, n, &format!("thread {thread}"))).unwrap();
                }
            });
        }
    });
    println!("8 threads, 4 entries an append: {:.0} entries/s", 16_000.0 / start.elapsed().as_secs_f64());
}

fn many_entries(folder: &Path, count: u64) {
    let ledger = open(&folder.join("many"));
    let start = Instant::now();
    while ledger.len() < count {
        let batch = (count - ledger.len()).min(5_000);
        ledger.append(appends(batch, ledger.len(), "many")).unwrap();
    }
    println!("filled with {count} entries in {:?}", start.elapsed());
    report(
        "append of 4 entries to many",
        4,
        &measure(1_000, |n| {
            ledger.append(appends(4, count + n, "to many")).unwrap();
        }),
    );
    report("open many", 1, &measure(100, |_| drop(open(&folder.join("many")))));
    let start = Instant::now();
    ledger.verify(&mut |_, _| Ok(())).unwrap();
    println!("verified in place in {:?}", start.elapsed());
    let start = Instant::now();
    let summary = ledger.export(&folder.join("export")).unwrap();
    println!("exported {} entries, {} MB in {:?}", summary.size, summary.bytes / 1_000_000, start.elapsed());
    let (start, used) = (Instant::now(), cpu());
    let verified = verify_export(&folder.join("export"), Some(ledger.vkey()), &mut |_, _| Ok(())).unwrap();
    let cpu = cpu().saturating_sub(used);
    println!("verified the export of {} entries in {:?}, CPU {cpu:?}", verified.checkpoint.size(), start.elapsed());
}

fn open(folder: &Path) -> Ledger {
    Ledger::open(folder, LogKey::generate("bench.example", [7; 32])).unwrap()
}

/// Entries of about 300 bytes, each with a subject, the first with a `once` key.
fn appends(count: u64, n: u64, name: &str) -> Vec<Append> {
    let entry = |place: u64| Append {
        bytes: format!("{{\"n\":{n},\"place\":{place},\"text\":\"{}\"}}", "x".repeat(260)).into_bytes(),
        once: (place == 0).then(|| format!("{name} {count} {n}")),
        subjects: vec![format!("intent-{n}")],
        ..Append::default()
    };
    (0..count).map(entry).collect()
}

struct Times {
    wall: Vec<Duration>,
    cpu: Duration,
}

fn measure(count: u64, mut what: impl FnMut(u64)) -> Times {
    let before = cpu();
    let mut wall = Vec::new();
    for n in 0..count {
        let start = Instant::now();
        what(n);
        wall.push(start.elapsed());
    }
    let cpu = cpu().saturating_sub(before) / u32::try_from(count).unwrap();
    wall.sort_unstable();
    Times { wall, cpu }
}

fn report(name: &str, each: u64, times: &Times) {
    let (median, p99) = (times.wall[times.wall.len() / 2], times.wall[times.wall.len() * 99 / 100]);
    let mean = times.wall.iter().sum::<Duration>() / u32::try_from(times.wall.len()).unwrap();
    #[allow(clippy::cast_precision_loss, reason = "a rate to look at")]
    let rate = each as f64 / mean.as_secs_f64();
    println!("{name:28} median {median:>10.1?}  p99 {p99:>10.1?}  CPU {:>10.1?}  {rate:>9.0}/s", times.cpu);
}

/// What all threads have used, from the kernel's accounting of each, in nanoseconds.
fn cpu() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let nanoseconds = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("schedstat")).ok());
    Duration::from_nanos(nanoseconds.filter_map(|text| text.split(' ').next()?.parse::<u64>().ok()).sum())
}
