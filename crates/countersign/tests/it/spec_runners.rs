//! Tasks that are judged by runners of other languages, each for real: what they print of single tests is what is believed.

use serde_json::Value;
use testkit::{Called, World};

use super::spec_work::{README, TASKS, edit, recorded, run_all, specified_as};
use super::{done, shell, turn, world, write};

/// A project with these files and the specification `totals`, whose task 1.1 is done by these turns.
fn worked(files: &[(&str, &str)], property: &str, turns: &[Value]) -> (World, Called) {
    let mut world = world();
    world.set("PATH", "/usr/local/bin:/usr/bin:/bin"); // Debian's own Python and Go, whatever else somebody installed
    world.project(&[files, &[("README.md", README)]].concat());
    let model = specified_as(&world, &TASKS.replace("    - `sum` in `src/sum.mjs`\n", property));
    recorded(&world, "task-1.1", turns);
    let run = run_all(&world, &model, &["--task", "1.1"]);
    (world, run)
}

fn documented() -> (&'static str, Value) {
    edit("README.md", "## Sums\nNothing yet.", "## Sums\nThe sum of prices.")
}

#[test]
fn pytest_with_hypothesis() {
    let files = [
        ("pyproject.toml", "[project]\nname = \"calculator\"\nversion = \"1\"\n\n[tool.pytest.ini_options]\ntestpaths = [\"tests\"]\n"),
        (".gitignore", "__pycache__/\n.pytest_cache/\n.hypothesis/\n"),
        ("calculator/__init__.py", ""),
        ("calculator/currency.py", "CENTS = 100\n"),
        ("tests/test_currency.py", "from calculator.currency import CENTS\n\n\ndef test_cents():\n    assert CENTS == 100\n"),
    ];
    let tests = "from hypothesis import given, strategies as st\n\nfrom calculator.prices import total\n\n\n# Validates: Requirements 1.1, 1.2\ndef test_prices_are_summed():\n    assert total([1, 2]) == 3\n    assert total([]) == 0\n\n\n\
                 # Feature: totals, Property 1: Additive\n@given(st.lists(st.integers()), st.lists(st.integers()))\ndef test_both_together(a, b):\n    assert total(a + b) == total(a) + total(b)\n";
    let code = [write("calculator/prices.py", "def total(prices):\n    return sum(prices)\n"), documented(), shell("python3 -m pytest -q")];
    let (world, run) = worked(&files, "    - **Property 1: Additive**\n", &[turn("", &[write("tests/test_prices.py", tests), shell("python3 -m pytest -q")]), turn("", &code), done()]);
    run.must_end_with(1).must_say("✓ tests exist: tests/test_prices.py").must_say("✓ failed before: `PYTEST_ADDOPTS=-rfEsxXp python3 -m pytest tests/test_prices.py`");
    run.must_say("✓ criteria covered: 1.1, 1.2").must_say("✓ property 1 tested: `test_both_together` in tests/test_prices.py with Hypothesis").must_say("✓ pass now").must_not_say("not done");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    world.call("ana", &["spec", "trace", "totals"]).must_succeed().must_say("the test `test_prices_are_summed` passed (our run for task 1.1");
}

#[test]
fn a_skipped_test_of_pytest_covers_nothing() {
    let files = [("pytest.ini", "[pytest]\n"), (".gitignore", "__pycache__/\n.pytest_cache/\n"), ("prices.py", "CENTS = 100\n"), ("test_cents.py", "from prices import CENTS\n\n\ndef test_cents():\n    assert CENTS == 100\n")];
    let tests = "import pytest\nfrom prices import total\n\n\n# Validates: Requirements 1.1, 1.2\n@pytest.mark.skip\ndef test_prices_are_summed():\n    assert total([1, 2]) == 4\n\n\ndef test_something():\n    assert total([]) == 0\n";
    let code = [write("prices.py", "CENTS = 100\n\n\ndef total(prices):\n    return sum(prices)\n"), documented()];
    let (_, run) = worked(&files, "", &[turn("", &[write("test_prices.py", tests)]), turn("", &code), done(), done(), done()]);
    run.must_end_with(1).must_say("not done").must_say("✗ criteria covered: 1.1: `test_prices_are_summed` in test_prices.py: no run names it");
}

#[test]
fn go_test() {
    let files = [
        ("go.mod", "module example.com/calculator\n\ngo 1.19\n"),
        ("currency.go", "package calculator\n\nconst Cents = 100\n"),
        ("currency_test.go", "package calculator\n\nimport \"testing\"\n\nfunc TestCents(t *testing.T) {\n\tif Cents != 100 {\n\t\tt.Fatal(Cents)\n\t}\n}\n"),
    ];
    let tests = "package calculator\n\nimport \"testing\"\n\n// Validates: Requirements 1.1, 1.2\nfunc TestSum(t *testing.T) {\n\tif Sum([]int{1, 2}) != 3 || Sum(nil) != 0 {\n\t\tt.Fatal(\"no sum\")\n\t}\n}\n";
    let code = [write("sum.go", "package calculator\n\n// Sum adds prices.\nfunc Sum(prices []int) int {\n\ttotal := 0\n\tfor _, price := range prices {\n\t\ttotal += price\n\t}\n\treturn total\n}\n"), documented()];
    let (world, run) = worked(&files, "", &[turn("", &[write("sum_test.go", tests), shell("go test ./...")]), turn("", &code), done()]);
    run.must_end_with(1).must_say("✓ tests exist: sum_test.go").must_say("✓ failed before: `go test").must_say("✓ criteria covered: 1.1, 1.2").must_say("✓ pass now").must_not_say("not done");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert!(world.read("project/sum.go").contains("func Sum"));
}

/// Tests inside the sources of a crate: run on the code from before, which only a real build can say anything of.
#[test]
fn cargo_with_tests_inside_the_sources() {
    let body = |code: &str, tests: &str| format!("/// Adds.\npub fn sum(prices: &[u64]) -> u64 {{\n    {code}\n}}\n\n#[cfg(test)]\nmod tests {{\n    use super::sum;\n{tests}}}\n");
    let old = body("prices.first().copied().unwrap_or_default()", "\n    #[test]\n    fn one() {\n        assert_eq!(sum(&[1]), 1);\n    }\n");
    let tests = "\n    #[test]\n    fn one() {\n        assert_eq!(sum(&[1]), 1);\n    }\n\n    // Validates: Requirements 1.1, 1.2\n    #[test]\n    fn all() {\n        assert_eq!((sum(&[1, 2]), sum(&[])), (3, 0));\n    }\n";
    let files = [("Cargo.toml", "[package]\nname = \"calculator\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"), (".gitignore", "target/\nCargo.lock\n"), ("src/lib.rs", old.as_str())];
    let new = body("prices.iter().sum()", tests);
    let with_tools = |turns: &[Value]| {
        let mut world = world();
        super::installs::toolchains(&mut world);
        world.project(&[&files[..], &[("README.md", README)]].concat());
        let model = specified_as(&world, &TASKS.replace("    - `sum` in `src/sum.mjs`\n", ""));
        recorded(&world, "task-1.1", turns);
        run_all(&world, &model, &["--task", "1.1"])
    };
    let run = with_tools(&[turn("", &[write("src/lib.rs", &new), documented()]), done()]);
    run.must_end_with(1).must_say("✓ tests exist: inside the source files: tests::all").must_say("✓ failed before: `cargo test` on the code from before").must_say("✓ criteria covered: 1.1, 1.2").must_not_say("not done");

    // A test that the code from before passes as well shows nothing, however often something failed meanwhile.
    let empty = new.replace("(sum(&[1, 2]), sum(&[])), (3, 0)", "(sum(&[1]), sum(&[])), (1, 0)");
    let run = with_tools(&[turn("", &[write("src/lib.rs", "typo"), shell("cargo test"), write("src/lib.rs", &empty), documented()]), done(), done(), done()]);
    run.must_end_with(1).must_say("not done").must_say("✗ failed before: `cargo test` on the code from before");
}
