use super::*;

#[test]
fn a_chunk_size_is_hex_digits_and_nothing_else() {
    assert_eq!(chunk_size(b"1a"), Some(26));
    assert_eq!(chunk_size(b"1A;name=value"), Some(26));
    assert_eq!(chunk_size(b"0 \t;x"), Some(0));
    for odd in ["", ";x", "0x1a", "+1", "-1", " 1", "1 2", "g", "11111111111111111"] {
        assert_eq!(chunk_size(odd.as_bytes()), None, "{odd:?}");
    }
}
