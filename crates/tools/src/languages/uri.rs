//! Paths as `file` URIs (RFC 8089) and back.

use std::path::{Component, Path, PathBuf};

/// The URI of an absolute path.
pub(super) fn of(path: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// The path of a URI that a server gave; nothing for what is no plain path of this machine.
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = PathBuf::from(String::from_utf8(decoded(rest.as_bytes())?).ok()?);
    let is_plain = path.is_absolute() && !path.to_str()?.contains('\0') && path.components().all(|part| part != Component::ParentDir);
    is_plain.then_some(path)
}

fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, more)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = more;
            continue;
        }
        let (hex, more) = more.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?);
        rest = more;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_plain_paths_of_this_machine_are_paths() {
        let table = [
            ("file:///a/b%20c.py", Some("/a/b c.py")),
            ("file://localhost/a", Some("/a")),
            ("file:///a/%2e%2e/b", None),
            ("file:///a/../b", None),
            ("file:///a%00", None),
            ("file:///a%ff", None),
            ("file:///a%4", None),
            ("file:///a%zz", None),
            ("file://host/a", None),
            ("https://host/a", None),
            ("/a", None),
            ("", None),
        ];
        for (uri, expected) in table {
            assert_eq!(path(uri), expected.map(PathBuf::from), "{uri}");
        }
    }

    proptest! {
        #[test]
        fn a_path_comes_back(parts in prop::collection::vec("[^/\u{0}]{1,8}", 1..4)) {
            let whole = PathBuf::from(format!("/{}", parts.join("/")));
            let expected = (!parts.iter().any(|part| part == "..")).then(|| whole.clone());
            prop_assert_eq!(path(&of(&whole)), expected);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            drop(path(&text));
            drop(path(&format!("file:///{text}")));
        }
    }
}
