use super::*;

fn library_in(path: &str, file: &str, test: &str) -> Option<&'static str> {
    PropertyLibraries::named_in(path, file).of(test)
}

#[test]
fn each_library_is_recognised_by_the_test_and_not_by_the_file_alone() {
    let rows: &[(&str, &str, &str, &str)] = &[
        ("proptest", "tests/a.rs", "use proptest::prelude::*;", "#[test]\nfn sums(a in any::<u32>(), b in 0..9u8) {\n"),
        ("proptest", "tests/a.rs", "use proptest::prelude::*;", "#[test]\nfn sums() {\n    proptest!(|(a in 0..9)| {});\n"),
        ("quickcheck", "tests/a.rs", "use quickcheck_macros::quickcheck;", "#[quickcheck]\nfn sums(a: u32) -> bool {\n"),
        ("fast-check", "test/a.test.mjs", "import fc from 'fast-check';", "test('sums', () => {\n  fc.assert(fc.property(fc.nat(), (n) => n >= 0));\n"),
        ("fast-check", "test/a.test.ts", "import { test, fc } from '@fast-check/vitest'", "test.prop([fc.nat()])('sums', (n) => n >= 0)\n"),
        ("Hypothesis", "tests/test_a.py", "from hypothesis import given", "@given(st.integers())\ndef test_sums(n):\n"),
        ("testing/quick", "a_test.go", "import \"testing/quick\"", "func TestSums(t *testing.T) {\n\tif err := quick.Check(f, nil); err != nil {\n"),
        ("rapid", "a_test.go", "import \"pgregory.net/rapid\"", "func TestSums(t *testing.T) {\n\trapid.Check(t, func(t *rapid.T) {\n"),
        ("jqwik", "src/test/java/ATest.java", "import net.jqwik.api.*;", "@Property\nvoid sums(@ForAll int a) {\n"),
        ("FsCheck", "ATests.cs", "using FsCheck.Xunit;", "[Property]\npublic void Sums(int a) {\n"),
    ];
    for (library, path, head, test) in rows {
        assert_eq!(library_in(path, &format!("{head}\n{test}"), test), Some(*library), "{test}");
        assert_eq!(library_in(path, "// nothing is named", test), None, "{library} is not named in the file");
        assert_eq!(library_in("a.lua", &format!("{head}\n{test}"), test), None, "another language");
        assert!(property_libraries_for(path).contains(library));
    }
}

#[test]
fn a_test_beside_one_and_a_word_in_a_comment_are_none() {
    let file = "import fc from 'fast-check';\n";
    for test in ["test('sums', () => { assert(1) })", "// fc.assert( would be better\ntest('sums', () => {})", "test('sums', () => { hasproperty(1) })"] {
        assert_eq!(library_in("a.test.js", file, test), None, "{test}");
    }
    assert_eq!(library_in("a.rs", "use proptest::prelude::*;", "fn sums() { for a in 0..9 {} }"), None);
    assert_eq!(library_in("test_a.py", "from hypothesis import given", "def test_sums():\n    # @given(st.integers())\n    pass"), None);
}
