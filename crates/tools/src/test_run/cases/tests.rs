use super::*;

/// `✓ name @ within` of each case, sorted as they are kept.
#[track_caller]
fn check(output: &str, expected: &[&str]) {
    let told = |case: &Case| {
        let mark = match case.went {
            Went::Passed => '+',
            Went::Failed => '-',
            Went::Skipped => '~',
        };
        if case.within.is_empty() { format!("{mark} {}", case.name) } else { format!("{mark} {} @ {}", case.name, case.within) }
    };
    assert_eq!(cases(output).iter().map(told).collect::<Vec<_>>(), expected);
}

#[test]
fn cargo_names_each_test_and_its_target() {
    let output = "   Compiling shop v0.1.0\n     Running unittests src/lib.rs (target/debug/deps/shop-1)\n\nrunning 3 tests\ntest tests::adds ... ok\ntest tests::late ... ignored, slow\ntest tests::takes ... FAILED\n\n\
        test result: FAILED. 1 passed; 1 failed\n     Running tests/it.rs (target/debug/deps/it-2)\ntest sums - should panic ... ok\n   Doc-tests shop\ntest src/lib.rs - add (line 3) ... ok\n";
    check(output, &["+ tests::adds @ src/lib.rs", "~ tests::late @ src/lib.rs", "- tests::takes @ src/lib.rs", "+ src/lib.rs - add (line 3) @ tests/it.rs", "+ sums @ tests/it.rs"]);
}

#[test]
fn nextest_says_the_binary() {
    check("        PASS [   0.012s] (1/2) shop::it totals::sums\n        FAIL [   0.1s] shop tests::adds\n     Summary [   0.5s] 2 tests run: 1 passed\n", &["- tests::adds @ shop", "+ totals::sums @ shop::it"]);
}

#[test]
fn pytest_names_tests_in_both_of_its_forms() {
    let summary = "py/test_a.py ...sF   [100%]\nPASSED py/test_a.py::test_printed\n=== short test summary info ===\nFAILED py/test_a.py::TestX::test_breaks - AssertionError: a - b\n\
        SKIPPED [1] py/test_a.py:5: unconditional skip\nPASSED py/test_a.py::test_many[x y]\n=== 1 failed, 1 passed in 2.24s ===\n";
    check(summary, &["- TestX::test_breaks @ py/test_a.py", "+ test_many[x y] @ py/test_a.py"]);
    let verbose = "py/test_a.py::test_adds PASSED            [ 20%]\npy/test_a.py::test_left SKIPPED (reason)  [ 80%]\npy/test_a.py::TestX::test_breaks FAILED  [100%]\n";
    check(verbose, &["- TestX::test_breaks @ py/test_a.py", "+ test_adds @ py/test_a.py", "~ test_left @ py/test_a.py"]);
}

#[test]
fn node_names_tests_as_tap_and_as_a_tree() {
    let tap = "TAP version 13\n# Subtest: sums\n    # Subtest: adds (all) \\# of them\n    ok 1 - adds (all) \\# of them\n      ---\n      duration_ms: 17.4\n      ...\n    ok 2 - takes # SKIP\n    not ok 3 - breaks\n    1..3\nnot ok 1 - sums\n1..1\n# pass 1\n";
    check(tap, &["+ adds (all) # of them", "- breaks", "- sums", "~ takes"]);
    let spec = "▶ sums\n  ✔ adds (all) # of them (1.36ms)\n  ﹣ takes (0.24ms) # SKIP\n  ✖ breaks (1.73ms)\n✖ sums (5.3ms)\nℹ pass 1\n✖ failing tests:\n✖ breaks (1.73ms)\n✔ said by a program\n";
    check(spec, &["+ adds (all) # of them", "- breaks", "- sums", "~ takes"]);
    check("ok 1 - no plan, no TAP\n", &[]);
}

#[test]
fn go_names_tests_when_it_is_told_to() {
    check("=== RUN   TestSums\n--- PASS: TestSums (0.00s)\n    --- FAIL: TestTakes/empty (0.01s)\n--- SKIP: TestLate (0.00s)\nok  \tshop\t0.01s\n", &["~ TestLate", "+ TestSums", "- TestTakes/empty"]);
    check("{\"Time\":\"x\",\"Action\":\"pass\",\"Package\":\"shop\",\"Test\":\"TestSums\",\"Elapsed\":0}\n{\"Action\":\"pass\",\"Package\":\"shop\"}\n{\"broken\n", &["+ TestSums @ shop"]);
}

#[test]
fn vitest_and_jest_name_tests_when_they_are_verbose() {
    let vitest = " \u{1b}[32m✓\u{1b}[39m a.test.mjs\u{1b}[2m > \u{1b}[22msums\u{1b}[2m > \u{1b}[22madds\u{1b}[32m 2\u{1b}[2mms\u{1b}[22m\n ↓ a.test.mjs > sums > takes\n × a.test.mjs > sums > breaks 15ms\n ✓ b.test.mjs (3 tests) 2ms\n";
    check(vitest, &["+ sums adds @ a.test.mjs", "- sums breaks @ a.test.mjs", "~ sums takes @ a.test.mjs"]);
    let jest = "FAIL ./a.test.js (5.2 s)\n  sums\n    ✓ adds (36 ms)\n    ✕ breaks (15 ms)\n    ○ skipped takes\n\n  ● sums › breaks\n";
    check(jest, &["+ adds @ ./a.test.js", "- breaks @ ./a.test.js", "~ takes @ ./a.test.js"]);
}

#[test]
fn a_name_that_failed_once_failed() {
    check("test a ... ok\ntest a ... FAILED\ntest a ... ok\n", &["- a"]);
    check("test b ... ok\ntest b ... ignored\n", &["~ b"]);
}

#[test]
fn what_grows_has_a_bound() {
    let many: String = (0..MOST + 10).map(|n| format!("test t{n} ... ok\n")).collect();
    assert_eq!(cases(&many).len(), MOST);
    check(&format!("test {} ... ok\n", "x".repeat(LONGEST + 1)), &[]);
}

#[test]
fn a_case_is_one_of_a_test_by_its_last_name() {
    let is_of = is_run_of;
    assert!(is_of("totals::sums", "sums") && is_of("test_many[x y]", "test_many") && is_of("sums adds", "adds") && is_of("TestX::test_a", "test_a"));
    assert!(is_of("adds (all)", "adds (all)") && is_of("sums(int)", "sums"));
    assert!(!is_of("resums", "sums") && !is_of("sums", "totals::sums") && !is_of("sums", "") && !is_of("sums more", "sums"));
}

#[test]
fn what_could_not_be_found_is_named() {
    let rows = [
        ("Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'fast-check' imported from /x/a.test.mjs", "fast-check"),
        ("E   ModuleNotFoundError: No module named 'hypothesis'", "hypothesis"),
        ("error: no matching package named `proptest` found", "proptest"),
        ("a_test.go:3:2: no required module provides package pgregory.net/rapid; to add it:", "pgregory.net/rapid"),
    ];
    for (output, name) in rows {
        assert_eq!(absent_in(&format!("said\n{output}\nmore")).as_deref(), Some(name));
    }
    assert_eq!(absent_in("3 passed"), None);
}

proptest::proptest! {
    #[test]
    fn any_output_is_read(pieces in proptest::collection::vec(proptest::sample::select(vec!["test ", " ... ", "ok", "::", "PASSED", " [", "%]", "✔ ", "ms)", " (", "{\"", "--- ", ": ", "\n", "1..", "ok 1 - ", "x.py", " > ", "é", "short test summary info "]), 0..60)) {
        cases(&pieces.concat());
        absent_in(&pieces.concat());
    }
}
