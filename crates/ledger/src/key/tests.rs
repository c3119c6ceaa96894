use super::*;

fn key() -> LogKey {
    LogKey::generate("countersign.example/log", [7; 32])
}

#[test]
fn a_key_survives_its_text() {
    let again = LogKey::from_text(&format!(" {}\n", key().to_text())).unwrap();
    assert_eq!(again.to_text(), key().to_text());
    assert_eq!(again.vkey(), key().vkey());
    assert_eq!(again.checkpoint(1, Hash::EMPTY).unwrap(), key().checkpoint(1, Hash::EMPTY).unwrap());
}

/// The example of the signed-note specification, whose key is public.
#[test]
fn the_text_is_the_one_of_the_specification() {
    let text = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let key = LogKey::from_text(text).unwrap();
    assert_eq!(key.to_text(), text);
    assert_eq!(key.vkey(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}

#[test]
fn names_become_legal() {
    for (given, is) in [("a b+c\nd", "a-b-c-d"), ("", "log"), ("héllo", "héllo")] {
        let key = LogKey::generate(given, [1; 32]);
        assert!(key.vkey().starts_with(&format!("{is}+")), "{}", key.vkey());
        assert!(LogVerifier::new(&key.vkey()).is_ok());
        assert!(key.checkpoint(0, Hash::EMPTY).unwrap().starts_with(&format!("{is}\n0\n")));
    }
}

#[test]
fn the_secret_is_not_shown() {
    let shown = format!("{:?}", key());
    let secret = key().to_text();
    let secret = secret.rsplit('+').next().unwrap();
    assert!(!shown.contains(secret), "{shown}");
}

#[test]
fn no_changed_byte_of_a_public_key_is_accepted_as_the_same_log() {
    let vkey = key().vkey();
    for at in 0..vkey.len() {
        for flip in [0x01_u8, 0x20] {
            let mut bytes = vkey.clone().into_bytes();
            bytes[at] ^= flip;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let read = LogVerifier::new(&changed);
            assert!(matches!(read, Err(BadKey::Public(_))), "`{changed}` was read");
        }
    }
}

#[test]
fn bad_secrets_are_named_and_not_repeated() {
    let error = LogKey::from_text("PRIVATE+KEY+hunter2").unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
}
