//! Reads the summary lines of test runners. Each reader knows one format and adds up all summaries it finds.

mod more;

/// What was printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) passed: Option<u64>,
    pub(super) failed: Option<u64>,
    /// The runner said that it failed without saying how many tests did (a package that does not compile).
    pub(super) broken: bool,
}

impl Report {
    fn counted(passed: u64, failed: u64) -> Self {
        Self { passed: Some(passed), failed: Some(failed), broken: false }
    }

    /// It failed, and did not count.
    fn broken() -> Self {
        Self { broken: true, ..Self::default() }
    }

    fn said_something(&self) -> bool {
        self.passed.is_some() || self.failed.is_some() || self.broken
    }

    /// Both, added.
    fn and(self, other: Self) -> Self {
        let sum = |a: Option<u64>, b: Option<u64>| match (a, b) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
        };
        Self { passed: sum(self.passed, other.passed), failed: sum(self.failed, other.failed), broken: self.broken || other.broken }
    }
}

/// All that any runner said. One command may run several (`cargo test && npm test`).
pub(super) fn read(output: &str) -> Report {
    const READERS: &[fn(&str) -> Report] = &[cargo, nextest, node, pytest, unittest, go, jest_or_vitest, mocha, maven];
    let readers = READERS.iter().chain(more::READERS);
    readers.map(|reader| reader(output)).filter(Report::said_something).fold(Report::default(), Report::and)
}

fn all(output: &str, reader: impl Fn(&str) -> Option<Report>) -> Report {
    output.lines().filter_map(reader).fold(Report::default(), Report::and)
}

/// `test result: FAILED. 5 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s`
fn cargo(output: &str) -> Report {
    all(output, |line| {
        if line.starts_with("error: could not compile ") {
            return Some(Report::broken());
        }
        let rest = line.trim_start().strip_prefix("test result: ")?;
        Some(Report::counted(before(rest, "passed")?, before(rest, "failed")?))
    })
}

/// `     Summary [   0.512s] 12 tests run: 11 passed (1 slow), 1 failed, 3 skipped`
fn nextest(output: &str) -> Report {
    all(output, |line| {
        let (_, counts) = line.trim_start().strip_prefix("Summary [")?.split_once("run:")?;
        let sum = |words: &[&str]| words.iter().filter_map(|word| before(counts, word)).sum();
        Some(Report::counted(sum(&["passed"]), sum(&["failed", "timed out", "exec failed"])))
    })
}

/// TAP `# pass 5` and `# fail 0`, spec `ℹ pass 5` and `ℹ fail 0`; cancelled tests did not pass.
fn node(output: &str) -> Report {
    all(output, |line| {
        let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
        let (word, count) = rest.trim_end().split_once(' ')?;
        let count = count.parse().ok()?;
        match word {
            "pass" => Some(Report { passed: Some(count), ..Report::default() }),
            "fail" | "cancelled" => Some(Report { failed: Some(count), ..Report::default() }),
            _ => None,
        }
    })
}

/// `=== 1 failed, 3 passed, 2 errors in 0.12s ===`, and the same without `=` when quiet.
fn pytest(output: &str) -> Report {
    all(output, |line| {
        let line = line.trim_matches(['=', ' ']);
        let (counts, time) = line.rsplit_once(" in ")?;
        let timed = time.split([' ', '(']).next()?.strip_suffix('s')?.parse::<f64>().is_ok();
        let known = counts.split(", ").all(|part| {
            let word = part.split_once(' ').filter(|(n, _)| n.parse::<u64>().is_ok()).map(|(_, word)| word);
            word.is_some_and(|word| PYTEST_WORDS.contains(&word))
        });
        let sum = |words: &[&str]| words.iter().filter_map(|word| exactly_before(counts, word)).sum();
        (timed && known).then(|| Report::counted(sum(&["passed"]), sum(&["failed", "error", "errors"])))
    })
}

const PYTEST_WORDS: &[&str] = &[
    "passed", "failed", "error", "errors", "skipped", "xfailed", "xpassed", "deselected", "warning", "warnings", "rerun",
];

/// `Ran 5 tests in 0.001s`, then `OK` or `FAILED (failures=1, errors=1)`.
fn unittest(output: &str) -> Report {
    let mut lines = output.lines();
    let mut report = Report::default();
    while let Some(line) = lines.next() {
        let Some(ran) = line.strip_prefix("Ran ").and_then(|rest| before(rest, "tests in").or_else(|| before(rest, "test in"))) else { continue };
        let verdict = lines.clone().find(|line| !line.trim().is_empty()).unwrap_or("");
        // `expected failures` are none.
        let of = |word: &str| verdict.split(['(', ',', ')']).filter_map(|part| part.trim().strip_prefix(word)?.strip_prefix('=')?.parse().ok()).fold(0, u64::saturating_add);
        let failed = ["failures", "errors", "unexpected successes"].into_iter().map(of).fold(0, u64::saturating_add);
        report = report.and(Report::counted(ran.saturating_sub(failed.saturating_add(of("skipped"))), failed));
    }
    report
}

/// `--- PASS: TestX (0.00s)` with -v, `--- FAIL: TestX`, `ok  \tpkg\t0.1s`, `FAIL\tpkg [build failed]`.
fn go(output: &str) -> Report {
    let (mut seen, mut passed, mut failed, mut broken) = (false, 0, 0, false);
    for line in output.lines() {
        seen |= line.starts_with("ok  \t") || line.starts_with("FAIL\t");
        broken |= line.starts_with("FAIL\t");
        passed += u64::from(line.starts_with("--- PASS: "));
        failed += u64::from(line.starts_with("--- FAIL: "));
    }
    match seen || passed + failed > 0 {
        false => Report::default(),
        // Without -v only failures are named.
        true => Report { passed: (passed > 0).then_some(passed), failed: (!broken || failed > 0).then_some(failed), broken },
    }
}

/// jest `Tests:       1 failed, 1 skipped, 2 passed, 4 total`; vitest `      Tests  1 failed | 5 passed (6)`.
fn jest_or_vitest(output: &str) -> Report {
    all(output, |line| {
        let line = line.trim();
        // A file that cannot be loaded fails without a test of its own.
        if let Some(files) = line.strip_prefix("Test Suites:").or_else(|| line.strip_prefix("Test Files ")) {
            return exactly_before(files, "failed").map(|_| Report::broken());
        }
        let counts = match line.strip_prefix("Tests:") {
            Some(jest) => jest.trim().ends_with(" total").then_some(jest)?,
            None => line.strip_prefix("Tests ").filter(|rest| rest.trim_end().ends_with(')'))?,
        };
        let (passed, failed) = (exactly_before(counts, "passed"), exactly_before(counts, "failed"));
        Some(Report::counted(passed.unwrap_or(0), failed.unwrap_or(0)))
    })
}

/// `  5 passing (10ms)`, then perhaps `  1 failing`.
fn mocha(output: &str) -> Report {
    let count = |line: &str, word: &str| line.trim().split_once(' ').filter(|(_, rest)| *rest == word || rest.starts_with(&format!("{word} ("))).and_then(|(n, _)| n.parse().ok());
    let Some(passed) = output.lines().find_map(|line| count(line, "passing")) else { return Report::default() };
    Report::counted(passed, output.lines().find_map(|line| count(line, "failing")).unwrap_or(0))
}

/// `[INFO] Tests run: 5, Failures: 1, Errors: 0, Skipped: 0`; lines with a time are about one class and not added.
fn maven(output: &str) -> Report {
    all(output, |line| {
        if line.ends_with(" BUILD FAILURE") {
            return Some(Report::broken());
        }
        let (_, counts) = line.split_once("Tests run: ")?;
        if counts.contains("Time elapsed") {
            return None;
        }
        let ran: u64 = counts.split(',').next()?.trim().parse().ok()?;
        let of = |word: &str| counts.split_once(word).and_then(|(_, rest)| number(rest)).unwrap_or(0);
        let (failed, skipped) = (of("Failures: ").saturating_add(of("Errors: ")), of("Skipped: "));
        Some(Report::counted(ran.saturating_sub(failed.saturating_add(skipped)), failed))
    })
}

/// The number right before a word: 5 in `5 passed; 1 failed`.
fn before(text: &str, word: &str) -> Option<u64> {
    let (front, _) = text.split_once(&format!(" {word}"))?;
    front.rsplit([' ', ',', ';']).next()?.parse().ok()
}

/// The same, for a whole word: `error` is not `errors`.
fn exactly_before(text: &str, word: &str) -> Option<u64> {
    let words: Vec<&str> = text.split([' ', ',', '|']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair.last() == Some(&word)).and_then(|pair| pair.first()?.parse().ok())
}

/// The number that a text begins with.
fn number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}
