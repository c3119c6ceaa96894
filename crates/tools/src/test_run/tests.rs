use super::*;

mod further;

#[test]
fn commands_that_run_tests_are_recognised() {
    for command in [
        "cargo test", "cargo +nightly test --workspace", "cargo nextest run", "RUST_BACKTRACE=1 cargo t -p x",
        "cd sub && cargo test 2>&1 | tail -20", "npm test", "npm run test:unit", "npm t", "pnpm test", "pnpm exec vitest run",
        "yarn test", "node --test", "node --test --test-reporter=spec test/", "npx jest", "npx --yes vitest", "pytest -q",
        "python -m pytest tests/", "python3 -m unittest", "uv run pytest", "poetry run pytest -x", "go test ./...",
        "make test", "make -j2 check", "mvn -q test", "./mvnw verify", "./gradlew :app:test", "timeout 60 cargo test",
        "time make test", "(cd a; go test ./...)", "./node_modules/.bin/jest", "true; pytest", "coverage run -m pytest",
        "if cargo test; then echo ok; fi", "cargo build\ncargo test", "sudo -E make test", "bundle exec rspec", "'cargo' \"test\"",
        "python3 manage.py test app", "bin/rails test", "composer test", "vendor/bin/phpunit tests", "vendor/bin/pest", "sbt test",
        "sbt 'testOnly *.ATest'", "stack test", "cabal test all", "dune test", "dune runtest", "rebar3 eunit", "meson test -C build",
        "zig build test", "prove -lr", "poe test", "hatch run test", "pdm run test", "deno task test", "ruby -Itest test/a_test.rb",
        "gotestsum ./...", "yarn run vitest run a.ts", "react-scripts test", "CI=true npm test", "bats test", "mix test",
        "PYTHONPATH=tests:. python3 -m unittest test_a", "npx playwright test",
    ] {
        assert!(looks_like_tests(command), "{command}");
    }
}

#[test]
fn other_commands_are_not() {
    for command in [
        "cargo build", "cargo check --tests", "echo cargo test", "grep -rn 'npm test' .", "git commit -m 'make test pass'",
        "cat test.py", "node test.js", "ls tests", "make", "npm install jest", "go build ./...", "test -f x", "", "   ", "'",
        "pip install pytest", "cargo nextest list", "rm -rf test",
        "python3 manage.py migrate", "bin/rails server", "composer install", "sbt compile", "ruby -v test", "zig build", "hatch build",
        "yarn run build", "meson setup build", "pdm run serve",
    ] {
        assert!(!looks_like_tests(command), "{command}");
    }
}

#[track_caller]
fn check(output: &str, exit: i32, passed: Option<u64>, failed: Option<u64>, ok: bool) {
    let run = parse_test_result("cmd", output, Some(exit));
    assert_eq!((run.passed, run.failed, run.ok), (passed, failed, ok), "{output}");
}

#[test]
fn cargo_sums_all_binaries() {
    let output = "\
running 2 tests
test a ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/it.rs
test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";
    check(output, 101, Some(5), Some(1), false);
    check("error[E0425]: cannot find value `x`\nerror: could not compile `a`\n", 101, None, None, false);
}

#[test]
fn a_printed_failure_is_a_failure_also_behind_a_pipe() {
    check("test result: FAILED. 3 passed; 1 failed; 0 ignored\n", 0, Some(3), Some(1), false);
    check("FAIL\texample.org/a [build failed]\nok  \texample.org/b\t0.01s\n", 0, None, None, false);
}

#[test]
fn nextest_counts_timeouts_as_failures() {
    check("     Summary [   0.512s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 3 skipped\n", 100, Some(10), Some(2), false);
    check("     Summary [   0.100s] 2 tests run: 2 passed, 0 skipped\n", 0, Some(2), Some(0), true);
}

#[test]
fn node_in_both_reporters() {
    check("# tests 3\n# suites 0\n# pass 2\n# fail 1\n# cancelled 0\n# skipped 0\n", 1, Some(2), Some(1), false);
    check("✔ adds (1ms)\nℹ tests 1\nℹ pass 1\nℹ fail 0\nℹ cancelled 0\n", 0, Some(1), Some(0), true);
    check("\u{1b}[34mℹ pass 4\u{1b}[39m\n\u{1b}[34mℹ fail 0\u{1b}[39m\n", 0, Some(4), Some(0), true);
}

#[test]
fn pytest_loud_and_quiet() {
    check("==== 1 failed, 3 passed, 2 warnings in 0.12s ====\n", 1, Some(3), Some(1), false);
    check("3 passed in 0.01s\n", 0, Some(3), Some(0), true);
    check("===== 2 errors in 1.50s =====\n", 2, Some(0), Some(2), false);
    check("=== 5 passed, 1 skipped in 75.20s (0:01:15) ===\n", 0, Some(5), Some(0), true);
    check("3 files changed in 2 commits\n", 0, None, None, true);
}

#[test]
fn unittest_with_failures_and_skips() {
    check("Ran 5 tests in 0.001s\n\nOK (skipped=1)\n", 0, Some(4), Some(0), true);
    check("Ran 5 tests in 0.001s\n\nFAILED (failures=1, errors=1)\n", 1, Some(3), Some(2), false);
}

#[test]
fn go_names_failures_and_with_v_all() {
    check("ok  \texample.org/a\t0.005s\n", 0, None, Some(0), true);
    check("=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/sub (0.00s)\nPASS\nok  \texample.org/a\t0.0s\n", 0, Some(1), Some(0), true);
    check("--- FAIL: TestB (0.00s)\n    b_test.go:5: no\nFAIL\nFAIL\texample.org/b\t0.01s\n", 1, None, Some(1), false);
}

#[test]
fn jest_vitest_mocha_and_maven() {
    check("Tests:       1 failed, 1 skipped, 2 passed, 4 total\n", 1, Some(2), Some(1), false);
    check("Test Suites: 2 passed, 2 total\nTests:       7 passed, 7 total\n", 0, Some(7), Some(0), true);
    check(" Test Files  1 failed | 1 passed (2)\n      Tests  1 failed | 5 passed (6)\n", 1, Some(5), Some(1), false);
    check("\n  5 passing (10ms)\n  1 failing\n", 1, Some(5), Some(1), false);
    let maven = "[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in A\n[ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 1\n";
    check(maven, 1, Some(2), Some(2), false);
}

#[test]
fn several_runners_in_one_command_add_up() {
    check("test result: ok. 2 passed; 0 failed; 0 ignored\n# pass 3\n# fail 1\n", 1, Some(5), Some(1), false);
}

#[test]
fn a_run_that_was_stopped_is_not_ok() {
    let run = parse_test_result("pytest", "3 passed in 0.1s", None);
    assert!(!run.ok);
    assert_eq!(run.line(), "pytest: failed, 3 passed, 0 failed");
}

#[test]
fn a_line_says_what_is_known() {
    let line = |passed, failed, ok| TestRun { command: "x\ny".into(), passed, failed, ok }.line();
    assert_eq!(line(Some(3), Some(0), true), "x\\ny: 3 passed, 0 failed");
    assert_eq!(line(None, None, true), "x\\ny: ok");
    assert_eq!(line(None, Some(1), false), "x\\ny: failed, 1 failed");
}

#[test]
fn absurd_numbers_do_not_overflow() {
    let huge = format!("test result: ok. {} passed; {} failed;\n", u64::MAX, u64::MAX).repeat(3);
    check(&huge, 0, Some(u64::MAX), Some(u64::MAX), false);
    check("Ran 1 tests in 0s\n\nFAILED (failures=99999999999999999999)\n", 1, Some(1), Some(0), false);
}
