use super::*;

const REPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="shop" timestamp="2026-03-01T10:00:00Z">
  <testcase name="cart::tests::shows_items" classname="shop"/>
  <testcase name="test_books[3-4]" classname="tests.test_pay"/>
  <testcase name="test_books[9-9]" classname="tests.test_pay"><failure message="no">trace</failure></testcase>
  <testcase name="cart keeps items" classname="cart"><skipped/></testcase>
  <testcase name="totals add up" classname="totals"><system-out>x</system-out></testcase>
  <testcase name="crashes" classname="totals"><error/></testcase>
</testsuite></testsuites>"#;

fn check(name: &str, declared: usize, expected: TestResult) {
    let (got, _) = result(&read(REPORT).unwrap(), name, declared);
    assert_eq!(got, expected, "{name}");
}

#[test]
fn cases_are_found_by_the_names_that_sources_have() {
    check("shows_items", 1, TestResult::Passed);
    check("test_books", 1, TestResult::Failed);
    check("keeps items", 1, TestResult::NotRun);
    check("totals add up", 1, TestResult::Passed);
    check("crashes", 1, TestResult::Failed);
}

#[test]
fn what_was_not_reported_was_not_run() {
    for name in ["", "items", "shows", "books", "add"] {
        check(name, 1, TestResult::NotRun);
    }
}

#[test]
fn a_name_that_two_tests_have_needs_two_runs() {
    check("shows_items", 2, TestResult::NotRun);
}

#[test]
fn a_report_that_is_none_is_refused() {
    for text in ["", "prose", "<testsuite>", "<!DOCTYPE x [<!ENTITY a \"b\">]><testsuite/>"] {
        assert!(read(text).is_err(), "{text}");
    }
    assert_eq!(read("<testsuites/>").unwrap(), []);
}

#[test]
fn the_time_is_the_suites() {
    assert_eq!(result(&read(REPORT).unwrap(), "shows_items", 1).1, "2026-03-01T10:00:00Z");
}
