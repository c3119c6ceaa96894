//! What bash really does is among the effects that were read. Random texts are run by a real bash in an empty directory;
//! every file that came to be must be named by an effect, or the reading must have said that it does not know.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use action::{Certainty, Effects, Verb};
use effects::{Facts, Place, shell};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::texts::text;

#[test]
fn files_that_bash_makes_were_named_or_the_text_was_called_opaque() {
    let mut runner = TestRunner::new(Config { cases: cases(), max_shrink_iters: 3000, failure_persistence: None, ..Config::default() });
    let (read, exact) = (&Cell::new(0_u32), &Cell::new(0_u32));
    let result = runner.run(&text(), |text| {
        let world = tempfile::tempdir().unwrap();
        let tree = world.path().canonicalize().unwrap().join("tree");
        for directory in ["d1", "d2"] {
            fs::create_dir_all(tree.join(directory)).unwrap();
        }
        let facts = Facts { tree: tree.display().to_string(), home: tree.display().to_string(), ..Facts::default() };
        let effects = shell::read(&text, &facts, Place::Host);
        let before = files(&tree, &tree);
        run(&text, &tree);
        let made: BTreeSet<String> = files(&tree, &tree).difference(&before).cloned().collect();
        read.set(read.get() + 1);
        exact.set(exact.get() + u32::from(!unsure(&effects)));
        for file in made {
            prop_assert!(unsure(&effects) || names(&effects, &file), "bash made `{file}`; read were {:#?}", effects.lines());
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let (read, exact) = (read.get(), exact.get());
    assert!(exact * 5 > read, "only {exact} of {read} texts were read exactly: this proves nothing");
    println!("{exact} of {read} texts were read exactly");
}

/// More at build time, for a long run: `EFFECTS_BASH_CASES=5000 cargo test -p effects --test it bash`.
fn cases() -> u32 {
    option_env!("EFFECTS_BASH_CASES").and_then(|n| n.parse().ok()).unwrap_or(80)
}

fn unsure(effects: &Effects) -> bool {
    effects.iter().any(|e| e.certainty != Certainty::Exact && e.verb != Verb::Read)
}

fn names(effects: &Effects, file: &str) -> bool {
    effects.iter().any(|e| matches!(e.verb, Verb::Create | Verb::Update | Verb::DisableProtection) && e.resource.name == file)
}

fn files(directory: &Path, root: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&entry.path(), root)),
            false => drop(found.insert(entry.path().strip_prefix(root).unwrap().to_string_lossy().into_owned())),
        }
    }
    found
}

fn run(text: &str, tree: &Path) {
    Command::new("timeout")
        .args(["5", "bash", "--norc", "--noprofile", "-c", text])
        .current_dir(tree)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", tree)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("bash and timeout are on this machine");
}
