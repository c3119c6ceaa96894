use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::*;

#[test]
fn every_byte_but_nul_comes_back() {
    let all: Vec<u8> = (1..=255).collect();
    let path = Path::new(OsStr::from_bytes(&all));
    assert_eq!(path_of(&text_of(path)).unwrap(), path);
}

#[test]
fn utf8_stays_readable_and_the_rest_is_coded() {
    assert_eq!(text_of(Path::new("src/größe.rs")), "src/größe.rs");
    assert_eq!(text_of(Path::new("100%")), "100%25");
    assert_eq!(text_of(Path::new("a\nb")), "a%0Ab");
    assert_eq!(text_of(Path::new(OsStr::from_bytes(b"\xff/x"))), "%FF/x");
}

#[test]
fn half_a_code_or_a_nul_is_no_path() {
    for bad in ["%", "a%4", "%zz", "%00"] {
        assert_eq!(path_of(bad), None, "{bad}");
    }
}
