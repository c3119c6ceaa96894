use super::*;

#[test]
fn answers_of_browsers_are_told_from_signatures() {
    assert!(is_response("\n{\"id\":\"x\"}") && !is_response("-----BEGIN SSH SIGNATURE-----"));
}

#[test]
fn an_answer_is_read_whole_or_not_at_all() {
    let good = r#"{"id":"x","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AAA","signature":"MAA","userHandle":null}}"#;
    let read = assertion(good).unwrap();
    assert_eq!((read.client.as_slice(), read.authenticator.as_slice()), (&b"{}"[..], &[0, 0][..]));
    let cases = [
        (good.replace("public-key", "password"), "its type is `password`"),
        (good.replace("e30", "e30="), "`clientDataJSON` is no base64url"),
        (good.replace("AAA", "A+A"), "`authenticatorData` is no base64url"),
        (good.replace("\"signature\":\"MAA\",", ""), "missing field `signature`"),
        (good.replace("\"signature\":\"MAA\",", "\"signature\":\"MAA\",\"signature\":\"MAB\","), "duplicate field `signature`"),
        ("{".into(), "EOF"),
    ];
    for (text, why) in cases {
        let said = assertion(&text).unwrap_err().to_string();
        assert!(said.contains(why), "{text}: {said}");
    }
}

#[test]
fn nothing_set_is_this_machine() {
    let config = PasskeysConfig::default();
    assert!(config.is_none());
    assert_eq!(config.party().unwrap(), RelyingParty::default());
    let set: PasskeysConfig = toml::from_str("rp = \"example.com\"").unwrap();
    assert!(!set.is_none() && set.party().unwrap().has_origin("https://example.com"));
    assert!(toml::from_str::<PasskeysConfig>("orgins = []").is_err(), "a setting under a name that nobody reads would not hold");
}
