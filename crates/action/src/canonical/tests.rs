use std::collections::BTreeMap;

use super::*;

fn text<T: Serialize + ?Sized>(value: &T) -> String {
    String::from_utf8(canonical(value).unwrap()).unwrap()
}

fn reads_as(json: &str, expected: &str) {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(text(&value), expected, "canonical form of {json}");
}

/// RFC 8785, 3.2.2 and 3.2.4.
#[test]
fn the_sample_of_the_rfc() {
    reads_as(
        r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#,
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}",
    );
}

/// RFC 8785, 3.2.3: by UTF-16 code units, where the emoji (a surrogate pair) comes before U+FB33.
#[test]
fn keys_are_sorted_by_utf_16() {
    reads_as(
        r#"{
            "\u20ac": "Euro Sign",
            "\r": "Carriage Return",
            "\ufb33": "Hebrew Letter Dalet With Dagesh",
            "1": "One",
            "\ud83d\ude00": "Emoji: Grinning Face",
            "\u0080": "Control",
            "\u00f6": "Latin Small Letter O With Diaeresis"
        }"#,
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\
         \"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
    );
}

#[test]
fn keys_are_sorted_at_every_depth() {
    reads_as(r#"{"b":[{"d":1,"c":{"f":2,"e":3}}],"a":{},"":[]}"#, r#"{"":[],"a":{},"b":[{"c":{"e":3,"f":2},"d":1}]}"#);
    reads_as(r#"{"a\nb":1,"a b":2}"#, r#"{"a\nb":1,"a b":2}"#);
}

#[test]
fn only_what_must_be_escaped_is() {
    let controls: String = ('\0'..='\u{1f}').collect();
    let expected = "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f\
        \\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f\"";
    assert_eq!(text(&controls), expected);
    assert_eq!(text("\"\\/<>&'\u{7f}\u{2028}é😀"), "\"\\\"\\\\/<>&'\u{7f}\u{2028}é😀\"");
}

/// RFC 8785, appendix B.
#[test]
fn numbers_are_written_as_ecmascript_does() {
    let table: [(u64, &str); 23] = [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ];
    for (bits, expected) in table {
        assert_eq!(text(&f64::from_bits(bits)), expected, "{bits:016x}");
    }
}

#[test]
fn what_is_no_json_has_no_canonical_form() {
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        canonical(&float).unwrap_err();
    }
    canonical(&BTreeMap::from([(vec![1], 1)])).unwrap_err();
}

#[test]
fn integers_are_exact_or_refused() {
    const LARGEST: u64 = 9_007_199_254_740_991;
    assert_eq!(text(&LARGEST), "9007199254740991");
    assert_eq!(text(&-9_007_199_254_740_991_i64), "-9007199254740991");
    assert_eq!(text(&u128::from(LARGEST)), "9007199254740991");
    for value in [LARGEST + 1, LARGEST + 2, u64::MAX] {
        let error = canonical(&value).unwrap_err().to_string();
        assert!(error.contains("not exact"), "{value}: {error}");
        canonical(&i128::from(value)).unwrap_err();
        canonical(&u128::from(value)).unwrap_err();
        canonical(&serde_json::json!({"a": [{"b": value}]})).unwrap_err();
    }
    canonical(&i64::MIN).unwrap_err();
    canonical(&-9_007_199_254_740_992_i64).unwrap_err();
}

#[test]
fn a_digest_is_sha_256_of_the_canonical_bytes() {
    // The two sums are of the empty text (FIPS 180-4 examples) and of `{}` (sha256sum).
    let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Digest::of_bytes(b"").to_string(), empty);
    let braces = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert_eq!(Digest::of(&BTreeMap::<String, u8>::new()).unwrap().to_string(), braces);
    Digest::of(&f64::NAN).unwrap_err();
}

#[test]
fn the_faces_of_a_digest_agree() {
    let digest = Digest::of_bytes(b"abc");
    assert_eq!(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(digest.short(), "ba7816bf8f01");
    assert_eq!(digest.to_string(), format!("sha256:{}", digest.hex()));
    assert_eq!(format!("{digest:?}"), digest.to_string());
    assert_eq!(Digest::from_raw(*digest.raw()), digest);
    assert_eq!(text(&digest), format!("\"{digest}\""));
    assert_eq!(serde_json::from_str::<Digest>(&text(&digest)).unwrap(), digest);
    assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
}

#[test]
fn a_digest_has_one_spelling() {
    let good = Digest::of_bytes(b"abc").to_string();
    let hex = &good["sha256:".len()..];
    let bad = [
        String::new(),
        "sha256:".into(),
        hex.to_owned(),
        format!("SHA256:{hex}"),
        format!("sha256:{}", hex.to_uppercase()),
        format!("sha256:{}B", &hex[..63]),
        format!("sha512:{hex}"),
        format!("sha256: {hex}"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\n"),
        format!("{good}0"),
        good[..good.len() - 1].to_owned(),
        format!("sha256:{}g", &hex[..63]),
        format!("sha256:0x{}", &hex[..62]),
        format!("sha256:{}é", &hex[..62]),
    ];
    for text in bad {
        let error = text.parse::<Digest>().unwrap_err();
        let shown: String = text.chars().take(80).collect();
        assert_eq!(error.to_string(), format!("`{shown}` is not a digest (expected `sha256:` and 64 lower-case hex digits)"));
        serde_json::from_str::<Digest>(&serde_json::to_string(&text).unwrap()).unwrap_err();
    }
    serde_json::from_str::<Digest>("7").unwrap_err();
    serde_json::from_str::<Digest>("null").unwrap_err();
}

#[test]
fn a_huge_bad_digest_makes_a_small_message() {
    let error = "x".repeat(1_000_000).parse::<Digest>().unwrap_err().to_string();
    assert!(error.len() < 200, "{} bytes", error.len());
}
