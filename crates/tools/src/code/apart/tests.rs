use super::{Apart, apart};

fn parts(source: &str) -> (String, String) {
    let Apart { code, tests } = apart(source).unwrap();
    (code, tests)
}

#[test]
fn what_is_for_tests_is_told_from_the_rest() {
    let source = "//! A.\nuse std::fs;\n\n/// Adds.\npub fn add(a: u8) -> u8 { a }\n\n#[cfg(test)]\n// why\n#[allow(clippy::all)]\nmod tests {\n    use super::*;\n    #[test]\n    fn adds() {}\n}\n\n#[inline]\nfn last() {}\n";
    let (code, tests) = parts(source);
    assert_eq!(code, "//! A.\nuse std::fs;\n\n/// Adds.\npub fn add(a: u8) -> u8 { a }\n\n\n\n#[inline]\nfn last() {}\n");
    assert!(tests.starts_with("#[cfg(test)]\n// why\n#[allow(clippy::all)]\nmod tests {") && tests.ends_with("fn adds() {}\n}\n"), "{tests}");
}

#[test]
fn each_form_of_a_test_is_one_and_what_looks_like_it_is_none() {
    for item in ["#[test]\nfn a() {}", "#[tokio::test]\nasync fn a() {}", "#[cfg(test)]\nmod tests;", "#[ cfg( test ) ]\nuse x::y;", "#[cfg(all(test, unix))]\nmod t {}"] {
        assert_eq!(parts(&format!("fn b() {{}}\n{item}\n")), ("fn b() {}\n\n".to_owned(), format!("{item}\n")), "{item}");
    }
    for item in ["#[cfg(not(test))]\nfn a() {}", "#[cfg(any(test, unix))]\nfn a() {}", "#[testing]\nfn a() {}", "#[doc = \"#[test]\"]\nfn a() {}", "// #[test]\nfn a() {}"] {
        assert_eq!(parts(item), (item.to_owned(), String::new()), "{item}");
    }
}

#[test]
fn what_is_no_rust_is_not_taken_apart() {
    for source in ["fn (", "def a():\n    pass\n", "#[test]\nfn a() {"] {
        assert_eq!(apart(source), None, "{source}");
    }
    assert_eq!(parts(""), (String::new(), String::new()));
}

#[test]
fn what_documents_a_test_goes_with_it() {
    let (code, tests) = parts("fn a() {}\n\n// plain\n\n/// Of tests.\n/// More.\n#[cfg(test)]\nmod tests {}\n\n/// Of b.\nfn b() {}\n");
    assert_eq!(code, "fn a() {}\n\n// plain\n\n\n\n/// Of b.\nfn b() {}\n");
    assert!(tests.starts_with("/// Of tests.\n/// More.\n#[cfg(test)]"), "{tests}");
}
