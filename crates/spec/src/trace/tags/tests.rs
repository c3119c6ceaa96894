use super::*;

/// Name, line and what its tags point at, of each test.
fn check(source: &str, expected: &[(&str, usize, &[&str])]) {
    let found: Vec<(String, usize, Vec<String>)> = tests_in(source).into_iter().map(|test| {
        let tags = test.tags.iter().map(|tag| format!("{} {}", tag.spec.as_deref().unwrap_or("-"), tag.to.iter().map(super::super::cited::words).collect::<Vec<_>>().join(", ")));
        (test.name, test.line, tags.collect())
    }).collect();
    let expected: Vec<(String, usize, Vec<String>)> = expected.iter().map(|(name, line, tags)| ((*name).to_owned(), *line, tags.iter().map(|tag| (*tag).to_owned()).collect())).collect();
    assert_eq!(found, expected, "{source}");
}

#[test]
fn a_comment_before_a_test_is_its_tag() {
    check(
        "// Feature: shop, Property 3: items are never lost\n// **Validates: Requirements 1.1, 1.2**\n#[test]\nfn keeps_items() {\n}\n",
        &[("keeps_items", 4, &["shop property 3", "shop criterion 1.1, criterion 1.2"])],
    );
    check("# Requirements 2.1\ndef test_books(self):\n    pass\n", &[("test_books", 2, &["- criterion 2.1"])]);
    check("/**\n * Validates: Requirement 4\n */\n@Test\npublic void totals() {\n", &[("totals", 5, &["- requirement 4"])]);
    check("// Requirements: 1.1\nfunc TestCart(t *testing.T) {\n", &[("TestCart", 2, &["- criterion 1.1"])]);
}

#[test]
fn a_title_carries_its_own_tag() {
    check(
        "it('Feature: shop, Property 2: once', () => {\n  expect(1)\n})\ntest(\"adds\", () => {\n  // Validates: Requirements 1.4\n})\n",
        &[("Feature: shop, Property 2: once", 1, &["shop property 2"]), ("adds", 4, &["shop criterion 1.4"])],
    );
}

#[test]
fn a_tag_in_a_body_belongs_to_the_test_around_it() {
    check("def test_one():\n    \"\"\"Validates: Requirements 1.1\"\"\"\n    assert one()\n\ndef test_two():\n    pass\n", &[("test_one", 1, &["- criterion 1.1"])]);
    check("proptest! {\n    // Feature: shop, Property 1: x\n    #[test]\n    fn holds(n in 0..9) {\n", &[("holds", 4, &["shop property 1"])]);
}

#[test]
fn a_tag_with_no_test_stands_for_the_file() {
    check("// Validates: Requirements 1.1\nconst x = 1;\n", &[("", 1, &["- criterion 1.1"])]);
}

#[test]
fn prose_and_code_are_no_tags() {
    for source in [
        "let requirements = 1.1;\n", "// the requirements are met in 2.1 of them\n", "# Requirements 2 items\n", "// WCAG 2.1 applies\n",
        "validate(1.1)\n", "print(\"Feature: shop\")\n", "// Feature: , Property 1\n", "",
    ] {
        check(source, &[]);
    }
}

#[test]
fn hostile_sources_end() {
    let source = format!("{}\n{}", "// Feature: ".repeat(50_000), "Requirements: _Validates: ((((1.1".repeat(20_000));
    assert!(tests_in(&source).len() < 3);
    let many = "// Requirements 1.1\nfn a() {\n".repeat(50_000);
    assert_eq!(tests_in(&many).len(), 50_000);
}

#[test]
fn the_lines_of_a_test_are_its_own_and_those_directly_above() {
    let check = |source: &str, line: usize, expected: &str| assert_eq!(Lines::of(source).of_test(line), expected, "{source}");
    let python = "import x\n\n# Property\n@given(\n    st.integers(),\n)\ndef test_a(n):\n    pass\n\n@given(st.text())\ndef test_b(n):\n    pass\n";
    check(python, 7, "# Property\n@given(\n    st.integers(),\n)\ndef test_a(n):\n    pass\n");
    check(python, 11, "@given(st.text())\ndef test_b(n):\n    pass");
    let rust = "proptest! {\n    #[test]\n    fn a(n in 0..9) {\n    }\n    #[test]\n    fn b() {\n    }\n}\n";
    check(rust, 3, "proptest! {\n    #[test]\n    fn a(n in 0..9) {\n    }");
    check(rust, 6, "    #[test]\n    fn b() {\n    }\n}");
    check("", 1, "");
    check("fn a() {}", 7, "");
}
