//! Summaries of further runners, in the words of their programs.

use proptest::prelude::*;

use super::{check, parse_test_result};

#[test]
fn lines_with_several_counts() {
    for (line, exit, passed, failed) in [
        ("5 examples, 0 failures", 0, 5, 0),
        ("5 examples, 1 failure, 1 pending", 1, 3, 1),
        ("1 example, 0 failures, 1 error occurred outside of examples", 1, 0, 1),
        ("5 runs, 7 assertions, 1 failures, 1 errors, 1 skips", 1, 2, 2),
        ("4 tests, 9 assertions, 0 failures, 0 errors, 1 pendings, 0 omissions, 0 notifications", 0, 3, 0),
        ("5 tests, 0 failures", 0, 5, 0),
        ("2 doctests, 1 property, 5 tests, 1 failure, 1 excluded", 2, 6, 1),
        ("4 tests, 1 failure, 1 skipped", 1, 2, 1),
    ] {
        check(&format!("Finished in 0.1 seconds\n{line}\n"), exit, Some(passed), Some(failed), exit == 0);
    }
    for line in ["5 tests", "3 examples, see below", "5 apples, 1 failure", "0 failures"] {
        check(line, 0, None, None, true);
    }
}

#[test]
fn builds_of_the_jvm_and_dotnet() {
    check("> Task :test FAILED\n\n5 tests completed, 1 failed, 1 skipped\n\nBUILD FAILED in 3s\n", 1, Some(3), Some(1), false);
    check("BUILD SUCCESSFUL in 3s\n", 0, None, None, true);
    check("[info] Tests: succeeded 5, failed 1\n[error] Failed: Total 6, Failed 1, Errors 0, Passed 5\n", 1, Some(5), Some(1), false);
    check("[info] Passed: Total 5, Failed 0, Errors 0, Passed 4, Ignored 1\n", 0, Some(4), Some(0), true);
    let two = "Passed!  - Failed:     0, Passed:     5, Skipped:     1, Total:     6, Duration: 10 ms - a.dll (net8.0)\n\
               Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 8 ms - b.dll (net8.0)\n";
    check(two, 1, Some(7), Some(1), false);
    check("Test summary: total: 5, failed: 1, succeeded: 4, skipped: 0, duration: 1.2s\n", 1, Some(4), Some(1), false);
}

#[test]
fn php_swift_and_dart() {
    check("OK (5 tests, 10 assertions)\n", 0, Some(5), Some(0), true);
    check("FAILURES!\nTests: 5, Assertions: 9, Failures: 1, Errors: 1, Skipped: 1.\n", 1, Some(2), Some(2), false);
    check("  Tests:    1 failed, 4 passed (10 assertions)\n  Duration: 0.1s\n", 1, Some(4), Some(1), false);
    let executed = "Test Suite 'A' failed\n\t Executed 2 tests, with 1 failure (0 unexpected) in 0.1 (0.1) seconds\n\
                    Test Suite 'All tests' failed\n\t Executed 5 tests, with 1 failure (0 unexpected) in 0.2 (0.3) seconds\n";
    check(executed, 1, Some(4), Some(1), false);
    check("✔ Test run with 3 tests passed after 0.1 seconds.\n", 0, Some(3), None, true);
    check("✘ Test run with 3 tests failed after 0.1 seconds with 1 issue.\n", 0, None, None, false);
    check("00:00 +0: a\n00:00 +1: b\n00:01 +5 ~1 -2: Some tests failed.\n", 1, Some(5), Some(2), false);
    check("00:01 +5: All tests passed!\n", 0, Some(5), Some(0), true);
}

#[test]
fn other_runners_of_javascript() {
    check("ok | 5 passed (2 steps) | 0 failed | 1 ignored (10ms)\n", 0, Some(5), Some(0), true);
    check("FAILED | 4 passed | 1 failed (9ms)\n", 1, Some(4), Some(1), false);
    check(" 5 pass\n 1 fail\n 9 expect() calls\nRan 6 tests across 1 files. [10.00ms]\n", 1, Some(5), Some(1), false);
    check("  ─\n\n  1 test failed\n  1 test todo\n", 1, None, Some(1), false);
    check("  5 tests passed\n", 0, Some(5), None, true);
    check(" 5 pass\n", 0, None, None, true);
}

#[test]
fn native_runners() {
    check("90% tests passed, 1 tests failed out of 10\n", 8, Some(9), Some(1), false);
    check("100% tests passed, 0 tests failed out of 3\n", 0, Some(3), Some(0), true);
    check("1..3\nok 1 adds\nnot ok 2 subtracts\nok 3 later # skip no disk\n", 1, Some(1), Some(1), false);
    check("Ok:                 3   \nExpected Fail:      0   \nFail:               1   \nUnexpected Pass:    0   \nSkipped:            0   \nTimeout:            1   \n", 1, Some(3), Some(2), false);
    check("t/a.t .. Failed 1/5 subtests\n  Failed 1/5 subtests\nFiles=2, Tests=10,  0 wallclock secs\nResult: FAIL\n", 1, Some(9), Some(1), false);
    check("Files=2, Tests=10,  0 wallclock secs\nResult: PASS\n", 0, Some(10), Some(0), true);
    check("Build Summary: 2/4 steps succeeded; 1 failed; 4/5 tests passed; 1 failed\n", 1, Some(4), Some(1), false);
    check("  All 5 tests passed.\n", 0, Some(5), Some(0), true);
    check("  Failed: 1.  Skipped: 0.  Passed: 4.\n", 1, Some(4), Some(1), false);
}

#[test]
fn a_build_that_failed_is_a_failure_also_behind_a_pipe() {
    for line in ["[INFO] BUILD FAILURE", "BUILD FAILED in 3s", "error: could not compile `x` (lib test) due to 1 previous error"] {
        check(&format!("{line}\n"), 0, None, None, false);
    }
}

/// Printed by the programs themselves.
#[test]
fn what_the_runners_print_today() {
    // vitest 4: one test that fails, one that passes, one skipped, one to do.
    let vitest = "\u{1b}[2m Test Files \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m\u{1b}[90m (1)\u{1b}[39m\n\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m\u{1b}[2m | \u{1b}[22m\u{1b}[1m\u{1b}[32m1 passed\u{1b}[39m\u{1b}[22m\u{1b}[2m | \u{1b}[22m\u{1b}[33m1 skipped\u{1b}[39m\u{1b}[2m | \u{1b}[22m\u{1b}[90m1 todo\u{1b}[39m\u{1b}[90m (4)\u{1b}[39m\n";
    check(vitest, 1, Some(1), Some(1), false);
    // A file that cannot be read has no tests to count, and the run failed all the same.
    let unread = " Test Files  1 failed | 1 passed (2)\n      Tests  1 passed (1)\n";
    check(unread, 0, Some(1), Some(0), false);
    check("Test Suites: 1 failed, 1 passed, 2 total\nTests:       1 failed, 1 skipped, 1 todo, 1 passed, 4 total\n", 1, Some(1), Some(1), false);
    check("Test Suites: 1 failed, 1 passed, 2 total\nTests:       2 passed, 2 total\n", 0, Some(2), Some(0), false);
    check("\n  1 passing (59ms)\n  1 pending\n  1 failing\n", 1, Some(1), Some(1), false);
    // node 20, with a suite; the same in its two reporters.
    check("1..4\n# tests 4\n# suites 1\n# pass 2\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0\n", 1, Some(2), Some(1), false);
    // pytest 9 and unittest of Python 3.11.
    check("============== 1 failed, 1 passed, 1 skipped, 1 xfailed in 0.06s ===============\n", 1, Some(1), Some(1), false);
    check("============================ 4 deselected in 0.02s =============================\n", 5, Some(0), Some(0), false);
    check("Ran 4 tests in 0.001s\n\nFAILED (failures=1, skipped=1, expected failures=1)\n", 1, Some(2), Some(1), false);
    check("Ran 2 tests in 0.001s\n\nOK (expected failures=1)\n", 0, Some(2), Some(0), true);
    check("Ran 2 tests in 0.001s\n\nFAILED (unexpected successes=1)\n", 1, Some(1), Some(1), false);
}

proptest! {
    /// Pieces of all formats in any order: nothing panics, and a failure that is printed is one.
    #[test]
    fn any_output_is_read(pieces in prop::collection::vec(prop::sample::select(vec![
        "Tests:", " 5 ", "failed", "passed", ", ", "99999999999999999999", "\n", "1..", "not ok ", "ok ", "Ran ", "tests", " in ", "examples", "OK (", "+5", "-1",
        ": ", "Failed: ", "Total ", "|", "% tests passed, ", "out of ", "Build Summary: ", "/", ";", "Executed ", "with ", "failure", "é", "(", "=",
    ]), 0..40)) {
        let output = pieces.concat();
        let run = parse_test_result("x", &output, Some(0));
        prop_assert_eq!(&run, &parse_test_result("x", &output, Some(0)));
        prop_assert!(!run.ok || run.failed.unwrap_or(0) == 0);
        prop_assert!(!parse_test_result("x", &output, Some(1)).ok);
    }
}
