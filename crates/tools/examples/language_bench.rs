//! How long the first and a warm definition take by pyright in a box: `cargo run --release -p tools --example language_bench -- [FILES]`.
//!
//! The project is generated; pyright is the one that `make needs` installs. Where it is not there, that is said. Prints; asserts
//! nothing. The first answer contains the start of the server and its reading of the project.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement for people, not a part of the product")]

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use action::{Deed, Seeks};
use order::order;
use sandbox::{Limits, Plan, Sandbox};
use tools::{Done, Hands, execute};

#[path = "../tests/it/order.rs"]
mod order;

const WARM: usize = 20;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("box") {
        sandbox::inside(tools::inside);
    }
    let files: usize = std::env::args().nth(1).map_or(200, |files| files.parse().unwrap());
    let servers = Path::new(&std::env::var("HOME").unwrap()).join(".cache/countersign/languages/node_modules");
    if !servers.join(".bin/pyright-langserver").exists() {
        return println!("  not measured: `make needs` installs pyright");
    }
    let folder = tempfile::Builder::new().prefix("language-bench-").tempdir().unwrap();
    let tree = project(folder.path(), files);
    let plan = plan(folder.path(), &tree, servers);
    let launcher: [std::ffi::OsString; 2] = [std::env::current_exe().unwrap().into(), "box".into()];
    let mut hands = Hands::new(Sandbox::open(plan, &launcher).unwrap());
    let begun = Instant::now();
    find(&mut hands, 0, files);
    let start = hands.wanted_language().unwrap();
    carry_out(&mut hands, start);
    let first = find(&mut hands, 0, files);
    println!("  first answer {:.2} s: {}", begun.elapsed().as_secs_f64(), first.line);
    let mut warm: Vec<f64> = (1..=WARM).map(|n| timed(|| drop(find(&mut hands, n % files, files)))).collect();
    warm.sort_by(f64::total_cmp);
    println!("  warm answer {:.1} ms (median of {WARM})", warm.get(WARM / 2).unwrap() * 1e3);
}

/// Files in a ring, each of which uses what the next one defines.
fn project(folder: &Path, files: usize) -> PathBuf {
    let tree = folder.join("tree");
    std::fs::create_dir_all(&tree).unwrap();
    std::fs::create_dir(folder.join("home")).unwrap();
    for n in 0..files {
        let next = (n + 1) % files;
        let body: String = (0..20).map(|k| format!("def step_{k}(x: int) -> int:\n    return x + {k}\n\n\n")).collect();
        std::fs::write(tree.join(format!("m{n}.py")), format!("from m{next} import total_{next}\n\n\ndef total_{n}() -> int:\n    return total_{next}()\n\n\n{body}")).unwrap();
    }
    tree
}

fn plan(folder: &Path, tree: &Path, servers: PathBuf) -> Plan {
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", servers.join(".bin").display());
    Plan {
        tree: tree.to_owned(),
        state: folder.join("state"),
        visible: vec![servers],
        let_through: Vec::new(),
        environments: Vec::new(),
        door: None,
        variables: vec![("PATH".to_owned(), path)],
        home: folder.join("home"),
        limits: Limits::default(),
    }
}

fn find(hands: &mut Hands, n: usize, files: usize) -> Done {
    let symbol = format!("total_{}", (n + 1) % files);
    carry_out(hands, Deed::FindSymbol { symbol, path: format!("m{n}.py"), line: 5, seeks: Seeks::Definition })
}

fn carry_out(hands: &mut Hands, deed: Deed) -> Done {
    execute(&order(deed), &|_| None, hands, &mut |_| {}, &AtomicBool::new(false)).unwrap()
}

fn timed(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}
