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

#[test]
fn a_report_nested_without_end_is_refused() {
    let nested = |depth: usize| format!("{}<testcase name=\"a\"/>{}", "<testsuite>".repeat(depth), "</testsuite>".repeat(depth));
    assert_eq!(read(&nested(100)).unwrap().len(), 1);
    assert!(matches!(read(&nested(200_000)), Err(BadReport::TooDeep)));
}

#[test]
fn a_report_that_was_cut_or_lies_about_its_elements_is_refused() {
    for text in ["<testsuite><testcase name=\"a\"/>", "<testsuite><testcase name=\"a\"></testsuite>", "<testsuite><testcase name=\"a", "<a></b>", "<testcase name=\"&x;\"/>"] {
        assert!(read(text).is_err(), "{text}");
    }
    for end in 1..REPORT.trim_end().len() {
        if let Some(part) = REPORT.get(..end) {
            assert!(read(part).is_err(), "cut at {end}");
        }
    }
}

#[test]
fn names_are_read_as_xml_means_them_and_only_what_is_in_a_case_itself_says_how_it_went() {
    let cases = read("\u{feff}<r xmlns:x='y'><x:testcase name='a &lt;b&gt; &#233;' classname=\"c\"><properties><failure/></properties></x:testcase></r>").unwrap();
    assert_eq!(cases, [Case { name: "a <b> é".into(), within: "c".into(), result: TestResult::Passed, when: String::new() }]);
}
