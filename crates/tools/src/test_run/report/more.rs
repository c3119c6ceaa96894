//! The summaries of further runners: Gradle, .NET, RSpec, minitest, PHPUnit, Pest, ExUnit, Swift, Deno, Bun, CTest, TAP, AVA,
//! Dart, sbt, Meson, prove, Zig, EUnit.

use super::{Report, all, before, exactly_before, number};

/// All of them, in no order.
pub(super) const READERS: &[fn(&str) -> Report] =
    &[tally, gradle, dotnet, phpunit, pest, swift, deno, bun, ctest, tap, ava, dart, sbt, meson, prove, zig, eunit];

/// Counts with commas between them, as RSpec, hspec, minitest, test-unit, ExUnit and bats write them: `5 examples, 1 failure`,
/// `5 runs, 7 assertions, 1 failures, 0 errors, 0 skips`, `1 property, 3 tests, 0 failures`.
fn tally(output: &str) -> Report {
    const RAN: &[&str] = &["example", "test", "doctest", "property", "run"];
    const FAILED: &[&str] = &["failure", "error", "error occurred outside of example", "invalid"];
    const NOT_RUN: &[&str] = &["skip", "skipped", "pending", "omission", "excluded"];
    const OTHER: &[&str] = &["assertion", "notification"];
    all(output, |line| {
        let parts: Vec<(u64, String)> = line.trim().trim_end_matches('.').split(", ").map(counted).collect::<Option<_>>()?;
        let sum = |words: &[&str]| parts.iter().filter(|(_, word)| words.contains(&word.as_str())).map(|(n, _)| *n).fold(0, u64::saturating_add);
        let has = |words: &[&str]| parts.iter().any(|(_, word)| words.contains(&word.as_str()));
        let known = parts.iter().all(|(_, word)| [RAN, FAILED, NOT_RUN, OTHER].iter().any(|words| words.contains(&word.as_str())));
        let failed = sum(FAILED);
        let passed = sum(RAN).saturating_sub(failed.saturating_add(sum(NOT_RUN)));
        (known && has(RAN) && has(FAILED)).then(|| Report::counted(passed, failed))
    })
}

/// `5 examples` as 5 and `example`.
fn counted(part: &str) -> Option<(u64, String)> {
    let (count, word) = part.split_once(' ')?;
    let word = word.replace("errors occurred", "error occurred");
    let word = match word.as_str() {
        "properties" => "property",
        word => word.strip_suffix('s').unwrap_or(word),
    };
    Some((count.parse().ok()?, word.to_owned()))
}

/// `5 tests completed, 1 failed, 1 skipped`; a build that succeeds counts nothing.
fn gradle(output: &str) -> Report {
    all(output, |line| {
        if line.starts_with("BUILD FAILED") {
            return Some(Report::broken());
        }
        let (ran, rest) = line.trim().split_once(" tests completed").or_else(|| line.trim().split_once(" test completed"))?;
        let ran: u64 = ran.parse().ok()?;
        let (failed, skipped) = (exactly_before(rest, "failed").unwrap_or(0), exactly_before(rest, "skipped").unwrap_or(0));
        Some(Report::counted(ran.saturating_sub(failed.saturating_add(skipped)), failed))
    })
}

/// `Failed!  - Failed:     1, Passed:     4, Skipped:     0, Total:     5`, and newer `Test summary: total: 5, failed: 1, succeeded: 4`.
fn dotnet(output: &str) -> Report {
    all(output, |line| {
        let line = line.trim();
        let (counts, passed) = match line.strip_prefix("Test summary:") {
            Some(counts) => (counts.to_owned(), "succeeded:"),
            None if line.starts_with("Passed!") || line.starts_with("Failed!") => (line.to_lowercase(), "passed:"),
            None => return None,
        };
        Some(Report::counted(behind(&counts, passed)?, behind(&counts, "failed:")?))
    })
}

/// `OK (5 tests, 10 assertions)`, or `Tests: 5, Assertions: 10, Failures: 1, Errors: 1, Skipped: 1.`
fn phpunit(output: &str) -> Report {
    all(output, |line| {
        let line = line.trim();
        if let Some(counts) = line.strip_prefix("OK (").filter(|counts| counts.contains("assertion")) {
            return number(counts).map(|passed| Report::counted(passed, 0));
        }
        let counts = line.strip_prefix("Tests: ").filter(|counts| counts.contains("Assertions:"))?;
        let of = |word: &str| behind(counts, word).unwrap_or(0);
        let failed = of("Failures:").saturating_add(of("Errors:"));
        let not_run = of("Skipped:").saturating_add(of("Incomplete:"));
        Some(Report::counted(number(counts)?.saturating_sub(failed.saturating_add(not_run)), failed))
    })
}

/// `  Tests:    1 failed, 4 passed (10 assertions)`
fn pest(output: &str) -> Report {
    all(output, |line| {
        let counts = line.trim().strip_prefix("Tests:").filter(|counts| counts.contains("assertions)"))?;
        Some(Report::counted(exactly_before(counts, "passed").unwrap_or(0), exactly_before(counts, "failed").unwrap_or(0)))
    })
}

/// XCTest says `Executed 5 tests, with 1 failure` for each suite and then for all; Swift Testing says
/// `Test run with 5 tests passed`, or `… failed after 0.1 seconds with 1 issue`.
fn swift(output: &str) -> Report {
    let executed = output.lines().rev().find_map(|line| {
        let rest = line.trim().strip_prefix("Executed ")?;
        let ran = number(rest)?;
        let failed = before(rest, "failure")?;
        (ran > 0).then(|| Report::counted(ran.saturating_sub(failed), failed))
    });
    let run = output.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once("Test run with ")?;
        match (rest.contains(" passed after"), rest.contains(" failed after")) {
            (true, _) => Some(Report { passed: number(rest), ..Report::default() }),
            (_, true) => Some(Report::broken()),
            _ => None,
        }
    });
    executed.unwrap_or_default().and(run.unwrap_or_default())
}

/// `ok | 5 passed | 0 failed (10ms)`, `FAILED | 4 passed (2 steps) | 1 failed (9ms)`
fn deno(output: &str) -> Report {
    all(output, |line| {
        let counts = line.trim().strip_prefix("ok | ").or_else(|| line.trim().strip_prefix("FAILED | "))?;
        Some(Report::counted(exactly_before(counts, "passed")?, exactly_before(counts, "failed")?))
    })
}

/// ` 5 pass` and ` 1 fail`, then `Ran 6 tests across 1 files.`
fn bun(output: &str) -> Report {
    if !output.lines().any(|line| line.starts_with("Ran ") && line.contains(" across ")) {
        return Report::default();
    }
    all(output, |line| match line.trim().split_once(' ')? {
        (count, "pass") => Some(Report { passed: Some(count.parse().ok()?), ..Report::default() }),
        (count, "fail") => Some(Report { failed: Some(count.parse().ok()?), ..Report::default() }),
        _ => None,
    })
}

/// `90% tests passed, 1 tests failed out of 10`
fn ctest(output: &str) -> Report {
    all(output, |line| {
        let (_, counts) = line.split_once("% tests passed, ")?;
        let (failed, ran) = (number(counts)?, number(counts.split_once("out of ")?.1)?);
        Some(Report::counted(ran.saturating_sub(failed), failed))
    })
}

/// TAP without a summary, as bats and tap write it: `1..2`, `ok 1 adds`, `not ok 2 subtracts`. With `# pass` it is node's.
fn tap(output: &str) -> Report {
    let is_plan = |line: &str| line.strip_prefix("1..").is_some_and(|rest| number(rest).is_some());
    if !output.lines().any(is_plan) || output.lines().any(|line| line.starts_with("# pass ")) {
        return Report::default();
    }
    all(output, |line| {
        let upper = line.to_ascii_uppercase();
        let not_run = upper.contains("# SKIP") || upper.contains("# TODO");
        match (line.strip_prefix("ok "), line.strip_prefix("not ok ")) {
            _ if not_run => Some(Report::counted(0, 0)),
            (Some(rest), _) if number(rest).is_some() => Some(Report::counted(1, 0)),
            (_, Some(rest)) if number(rest).is_some() => Some(Report::counted(0, 1)),
            _ => None,
        }
    })
}

/// `  5 tests passed`, `  1 test failed`
fn ava(output: &str) -> Report {
    all(output, |line| {
        let (count, word) = line.strip_prefix("  ")?.split_once(' ')?;
        let count = count.parse().ok()?;
        match word {
            "test passed" | "tests passed" => Some(Report { passed: Some(count), ..Report::default() }),
            "test failed" | "tests failed" => Some(Report { failed: Some(count), ..Report::default() }),
            "uncaught exception" | "uncaught exceptions" | "unhandled rejection" => Some(Report::broken()),
            _ => None,
        }
    })
}

/// `00:01 +5 ~1 -2: Some tests failed.`, `00:01 +5: All tests passed!`; the lines before count up to it.
fn dart(output: &str) -> Report {
    all(output, |line| {
        let (front, said) = line.trim().rsplit_once(": ")?;
        let last = matches!(said, "Some tests failed." | "All tests passed!" | "All other tests passed!");
        let (_, counts) = front.split_once(" +")?;
        let failed = counts.split_once('-').and_then(|(_, rest)| number(rest)).unwrap_or(0);
        last.then(|| number(counts).map(|passed| Report::counted(passed, failed))).flatten()
    })
}

/// `[info] Passed: Total 6, Failed 0, Errors 0, Passed 5, Ignored 1`, with `[error] Failed:` where some did.
fn sbt(output: &str) -> Report {
    all(output, |line| {
        let (_, counts) = line.split_once("Passed: Total ").or_else(|| line.split_once("Failed: Total ")).or_else(|| line.split_once("Error: Total "))?;
        let of = |word: &str| behind(counts, word).unwrap_or(0);
        Some(Report::counted(of(", Passed"), of(", Failed").saturating_add(of(", Errors"))))
    })
}

/// `Ok:                 3`, `Fail:               1`, `Timeout:            0`
fn meson(output: &str) -> Report {
    if !output.lines().any(|line| line.starts_with("Expected Fail:")) {
        return Report::default();
    }
    all(output, |line| {
        let (word, count) = line.split_once(':')?;
        let count = count.trim().parse().ok()?;
        match word {
            "Ok" => Some(Report { passed: Some(count), ..Report::default() }),
            "Fail" | "Timeout" | "Unexpected Pass" => Some(Report { failed: Some(count), ..Report::default() }),
            _ => None,
        }
    })
}

/// `Files=2, Tests=10, …`, and `Failed 1/5 subtests` for each file with failures.
fn prove(output: &str) -> Report {
    let ran = output.lines().find_map(|line| line.strip_prefix("Files=")?.split_once("Tests=").and_then(|(_, rest)| number(rest)));
    let Some(ran) = ran else { return Report::default() };
    let failed = output.lines().filter_map(|line| line.trim().strip_prefix("Failed ").filter(|rest| rest.contains("subtests"))).filter_map(number);
    let failed = failed.fold(0, u64::saturating_add);
    let broken = output.lines().any(|line| line == "Result: FAIL");
    Report { broken, ..Report::counted(ran.saturating_sub(failed), failed) }
}

/// `Build Summary: 2/4 steps succeeded; 1 failed; 4/5 tests passed; 1 failed`, `All 5 tests passed.`
fn zig(output: &str) -> Report {
    all(output, |line| {
        let rest = line.trim().strip_prefix("Build Summary: ")?;
        let part = rest.split("; ").find(|part| part.ends_with(" tests passed"))?;
        let (passed, ran) = part.split_once('/')?;
        let (passed, ran): (u64, u64) = (passed.parse().ok()?, number(ran)?);
        Some(Report::counted(passed, ran.saturating_sub(passed)))
    })
}

/// `  All 5 tests passed.`, `  Failed: 1.  Skipped: 0.  Passed: 4.`; also zig's own test runner.
fn eunit(output: &str) -> Report {
    all(output, |line| {
        let line = line.trim();
        if let Some(count) = line.strip_prefix("All ").and_then(|rest| rest.strip_suffix(" tests passed.")) {
            return Some(Report::counted(count.parse().ok()?, 0));
        }
        let counts = line.strip_prefix("Failed: ")?;
        Some(Report::counted(behind(counts, "Passed:")?, number(counts)?))
    })
}

/// The number behind a word: 5 in `Passed:     5, Skipped`.
fn behind(text: &str, word: &str) -> Option<u64> {
    text.split_once(word).and_then(|(_, rest)| number(rest.trim_start()))
}
