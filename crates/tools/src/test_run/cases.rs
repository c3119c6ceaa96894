//! Names of single tests in what a runner printed, with how each went.
//!
//! Like the counts, this is what was printed: a test that writes such lines itself cannot be told from its runner. What a
//! runner does not name is not here, and nobody may conclude anything from that.

use serde::{Deserialize, Serialize};

/// Cases that are kept of one run.
const MOST: usize = 20_000;
/// A longer name is none.
const LONGEST: usize = 400;

/// One test that a runner named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Case {
    /// As the runner names it: with its module, its groups or its parameters.
    pub name: String,
    /// The file, package or target that the runner says it is in; empty where it says none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub within: String,
    /// How it went.
    pub went: Went,
}

/// How a test went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Went {
    /// It passed.
    Passed,
    /// It failed, or was broken off.
    Failed,
    /// It was left out.
    Skipped,
}

/// Whether what a runner calls `told` is a run of the test that the source calls `name`: with its module before it, with
/// parameters behind it, or with the titles of its groups before it.
pub fn is_run_of(told: &str, name: &str) -> bool {
    let bare = told.split_once(['[', '(']).map_or(told, |(bare, _)| bare).trim_end();
    let parted = |before: &str| before.is_empty() || ["::", ".", "#", "/", " "].iter().any(|part| before.ends_with(part));
    !name.is_empty() && [told, bare].iter().any(|text| text.strip_suffix(name).is_some_and(parted))
}

/// Reads what cargo test, nextest, pytest, node --test (TAP and spec), go test, vitest and jest print of single tests. Each
/// once, in their order; the same name in the same place failed if it ever did.
pub fn cases(output: &str) -> Vec<Case> {
    const READERS: &[fn(&str) -> Vec<Case>] = &[cargo, nextest, pytest, node_spec, tap, go, vitest, jest];
    let output = crate::plain::plain(output.as_bytes());
    let found = READERS.iter().flat_map(|reader| reader(&output));
    let mut kept = std::collections::BTreeMap::<(String, String), Went>::new();
    for case in found.filter(|case| !case.name.is_empty() && case.name.len() <= LONGEST && case.within.len() <= LONGEST) {
        if kept.len() < MOST {
            let went = kept.entry((case.within, case.name)).or_insert(case.went);
            *went = worse(*went, case.went);
        }
    }
    kept.into_iter().map(|((within, name), went)| Case { name, within, went }).collect()
}

/// A failure outweighs all, and what was left out once was not all run.
fn worse(a: Went, b: Went) -> Went {
    match (a, b) {
        (Went::Failed, _) | (_, Went::Failed) => Went::Failed,
        (Went::Skipped, _) | (_, Went::Skipped) => Went::Skipped,
        (Went::Passed, Went::Passed) => Went::Passed,
    }
}

fn case(within: &str, name: &str, went: Went) -> Case {
    Case { name: name.trim().to_owned(), within: within.trim().to_owned(), went }
}

/// `     Running tests/it/main.rs (target/…)`, then `test shop::sums ... ok`.
fn cargo(output: &str) -> Vec<Case> {
    let mut within = "";
    let mut found = Vec::new();
    for line in output.lines() {
        if let Some(target) = line.trim_start().strip_prefix("Running ") {
            within = target.split(" (").next().unwrap_or_default().trim_start_matches("unittests ");
        } else if let Some((name, word)) = line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... ")) {
            let went = match word.split([' ', ',']).next() {
                Some("ok") => Went::Passed,
                Some("FAILED") => Went::Failed,
                Some("ignored") => Went::Skipped,
                _ => continue,
            };
            found.push(case(within, name.trim_end_matches(" - should panic"), went));
        }
    }
    found
}

/// `        PASS [   0.005s] ( 1/12) shop::it totals::sums`
fn nextest(output: &str) -> Vec<Case> {
    let read = |line: &str| {
        let (word, rest) = line.trim_start().split_once(" [")?;
        let went = match word.trim_end() {
            "PASS" => Went::Passed,
            "FAIL" | "TIMEOUT" | "SIGABRT" | "SIGSEGV" => Went::Failed,
            _ => return None,
        };
        let mut words = rest.split_once("s] ")?.1.split_whitespace().rev();
        let (name, within) = (words.next()?, words.next()?);
        Some(case(within, name, went))
    };
    output.lines().filter_map(read).collect()
}

/// `-v` says `tests/test_a.py::test_sums PASSED  [ 50%]`, the summary `PASSED tests/test_a.py::test_sums`.
fn pytest(output: &str) -> Vec<Case> {
    let summary = output.rfind(" short test summary info ").unwrap_or(output.len());
    let verbose = output.get(..summary).unwrap_or_default().lines().filter_map(|line| {
        let line = line.trim_end();
        let line = line.strip_suffix("%]").and_then(|line| line.rsplit_once('[')).map_or(line, |(line, _)| line.trim_end());
        PYTEST_WORDS.iter().find_map(|(word, _)| {
            let (id, rest) = line.split_once(word)?;
            (id.ends_with(' ') && (rest.is_empty() || rest.starts_with(" ("))).then(|| pytest_case(id.trim_end(), word))?
        })
    });
    let told = output.get(summary..).unwrap_or_default().lines().skip(1).filter_map(|line| {
        let (word, id) = line.split_once(' ')?;
        let id = if word == "PASSED" { id } else { id.split(" - ").next()? };
        pytest_case(id, word)
    });
    verbose.chain(told).collect()
}

fn pytest_case(id: &str, word: &str) -> Option<Case> {
    let (within, name) = id.split_once("::")?;
    let (_, went) = PYTEST_WORDS.iter().find(|(known, _)| *known == word)?;
    (within.ends_with(".py") || within.ends_with(".txt") || within.ends_with(".md")).then(|| case(within, name, *went))
}

const PYTEST_WORDS: [(&str, Went); 6] = [
    ("PASSED", Went::Passed),
    ("XPASS", Went::Passed),
    ("FAILED", Went::Failed),
    ("ERROR", Went::Failed),
    ("SKIPPED", Went::Skipped),
    ("XFAIL", Went::Skipped),
];

/// `  ✔ sums (0.5ms)`, `  ✖ sums (1ms)`, `﹣ sums (0.1ms) # SKIP`. What has no time is no test.
fn node_spec(output: &str) -> Vec<Case> {
    let read = |line: &str| {
        let line = line.trim();
        let (mark, rest) = line.split_once(' ')?;
        let (front, behind) = rest.rsplit_once("ms)")?;
        let (name, time) = front.rsplit_once(" (")?;
        time.parse::<f64>().ok()?;
        let left_out = behind.starts_with(" # SKIP") || behind.starts_with(" # TODO");
        match mark {
            "✔" | "✖" | "﹣" if left_out => Some(case("", name, Went::Skipped)),
            "✔" => Some(case("", name, Went::Passed)),
            "✖" => Some(case("", name, Went::Failed)),
            _ => None,
        }
    };
    output.lines().filter_map(read).collect()
}

/// `ok 1 - sums`, `    not ok 2 - takes # SKIP`, where the output is TAP.
fn tap(output: &str) -> Vec<Case> {
    if !output.lines().any(|line| line.starts_with("TAP version ") || line.starts_with("1..")) {
        return Vec::new();
    }
    let read = |line: &str| {
        let line = line.trim_start();
        let (went, rest) = match (line.strip_prefix("ok "), line.strip_prefix("not ok ")) {
            (Some(rest), _) => (Went::Passed, rest),
            (_, Some(rest)) => (Went::Failed, rest),
            _ => return None,
        };
        let (number, name) = rest.split_once(' ')?;
        number.parse::<u64>().ok()?;
        let name = name.strip_prefix("- ").unwrap_or(name);
        let upper = name.to_ascii_uppercase();
        let went = if upper.contains(" # SKIP") || upper.contains(" # TODO") { Went::Skipped } else { went };
        let name = name.split(" # ").next().unwrap_or(name).replace("\\#", "#").replace("\\\\", "\\");
        Some(case("", &name, went))
    };
    output.lines().filter_map(read).collect()
}

/// `--- PASS: TestSums (0.00s)` with `-v`, and the events of `-json`.
fn go(output: &str) -> Vec<Case> {
    let read = |line: &str| {
        if line.starts_with("{\"") {
            return go_event(line);
        }
        let (word, rest) = line.trim_start().strip_prefix("--- ")?.split_once(": ")?;
        let went = match word {
            "PASS" => Went::Passed,
            "FAIL" => Went::Failed,
            "SKIP" => Went::Skipped,
            _ => return None,
        };
        Some(case("", rest.rsplit_once(" (")?.0, went))
    };
    output.lines().filter_map(read).collect()
}

fn go_event(line: &str) -> Option<Case> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Told {
        action: String,
        #[serde(default)]
        package: String,
        test: String,
    }
    let told: Told = serde_json::from_str(line).ok()?;
    let went = match told.action.as_str() {
        "pass" => Went::Passed,
        "fail" => Went::Failed,
        "skip" => Went::Skipped,
        _ => return None,
    };
    Some(case(&told.package, &told.test, went))
}

/// ` ✓ test/a.test.ts > sums > adds 1ms`, with `×` and `↓`. Without the verbose reporter only files are named.
fn vitest(output: &str) -> Vec<Case> {
    let read = |line: &str| {
        let (mark, rest) = line.trim_start().split_once(' ')?;
        let went = match mark {
            "✓" => Went::Passed,
            "×" | "✗" => Went::Failed,
            "↓" => Went::Skipped,
            _ => return None,
        };
        let (file, title) = rest.split_once(" > ")?;
        let file = file.trim().rsplit(' ').next()?;
        let is_file = file.rsplit('/').next().is_some_and(|name| name.contains('.'));
        let timed = |last: &str| last.strip_suffix("ms").or_else(|| last.strip_suffix('s')).is_some_and(|number| number.parse::<f64>().is_ok());
        let title = title.rsplit_once(' ').filter(|(_, last)| timed(last)).map_or(title, |(title, _)| title);
        is_file.then(|| case(file, &title.replace(" > ", " "), went))
    };
    output.lines().filter_map(read).collect()
}

/// `PASS test/a.test.js`, then `    ✓ adds (2 ms)`, `✕`, `○ skipped takes`.
fn jest(output: &str) -> Vec<Case> {
    let mut within = None;
    let mut found = Vec::new();
    for line in output.lines() {
        if let Some(file) = line.strip_prefix("PASS ").or_else(|| line.strip_prefix("FAIL ")) {
            within = Some(file.split(" (").next().unwrap_or(file));
            continue;
        }
        let (Some(file), Some((mark, title))) = (within, line.trim_start().split_once(' ')) else { continue };
        let went = match mark {
            "✓" => Went::Passed,
            "✕" => Went::Failed,
            "○" | "✎" => Went::Skipped,
            _ => continue,
        };
        let timed = title.strip_suffix("s)").and_then(|rest| rest.rsplit_once(" ("));
        let title = timed.map_or(title, |(title, _)| title);
        found.push(case(file, title.trim_start_matches("skipped ").trim_start_matches("todo "), went));
    }
    found
}

/// What a run says that it could not find: a package, a module.
pub fn absent_in(output: &str) -> Option<String> {
    const SAID: [(&str, &[char]); 8] = [
        ("Cannot find package '", &['\'']),
        ("Cannot find module '", &['\'']),
        ("No module named '", &['\'']),
        ("no matching package named `", &['`']),
        ("use of unresolved module or unlinked crate `", &['`']),
        ("failed to get `", &['`']),
        ("no required module provides package ", &[';', ':', ' ']),
        ("error: package ", &[' ', ';']),
    ];
    let output = crate::plain::plain(output.as_bytes());
    let found = SAID.iter().filter_map(|(before, end)| {
        let (_, rest) = output.split_once(before)?;
        let name = rest.split(|c| end.contains(&c) || c == '\n').next()?;
        (!name.is_empty() && name.len() <= LONGEST).then(|| name.to_owned())
    });
    found.take(1).next()
}

#[cfg(test)]
mod tests;
