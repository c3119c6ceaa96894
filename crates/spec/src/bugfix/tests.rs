use super::*;

fn said(clauses: &[Criterion]) -> Vec<(&str, &str)> {
    clauses.iter().map(|clause| (clause.id.as_str(), clause.text.as_str())).collect()
}

#[test]
fn clauses_are_told_by_their_printed_ids_and_may_be_wrapped() {
    let bugfix = Bugfix::read(
        "# Bugfix Requirements Document\n\n## Bug Analysis\n\n### Current Behavior (Defect)\n\n1.1 WHEN a sum has cents THEN the system\ndrops them since\n1.0 was released\n\n1.2 WHEN it is late THEN the system hangs\n\n### Expected Behavior (Correct)\n\n2.1 WHEN a sum has cents THEN the system SHALL keep them\n2.2 WHEN it is late THEN the system SHALL answer\n\n### Unchanged Behavior (Regression Prevention)\n\n3.1 WHEN a sum is whole THEN the system SHALL CONTINUE TO show it\n\n## Bug Condition\n\n```\n1.3 not a clause\n```\n",
    );
    assert_eq!(said(&bugfix.current), [("1.1", "WHEN a sum has cents THEN the system drops them since 1.0 was released"), ("1.2", "WHEN it is late THEN the system hangs")]);
    assert_eq!(said(&bugfix.expected).len(), 2);
    assert_eq!(said(&bugfix.unchanged), [("3.1", "WHEN a sum is whole THEN the system SHALL CONTINUE TO show it")]);
    assert_eq!(bugfix.criteria().count(), 5);
}

#[test]
fn sections_in_a_language_that_is_not_known_are_told_by_their_numbers() {
    let bugfix = Bugfix::read("## Nykyinen\n\n- 1.1 A\n\n## Toivottu\n\n2.1 B\n\n## Ennallaan\n\n3.1 C\n\n## Muuta\n\n7.1 D\n");
    let ids: Vec<_> = bugfix.criteria().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["1.1", "2.1", "3.1"]);
}

#[test]
fn lists_without_ids_get_them_from_their_section() {
    let bugfix = Bugfix::read("### Expected Behavior\n\n1. WHEN a THEN b\n2. WHEN c THEN d\n");
    assert_eq!(said(&bugfix.expected), [("2.1", "WHEN a THEN b"), ("2.2", "WHEN c THEN d")]);
}
