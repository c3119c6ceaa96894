use super::*;

#[test]
fn patterns_are_kept_as_they_are() {
    let text = "\u{feff}# secrets\r\n*.pem\r\n\r\n/keys/\n!keys2\nname\\ \n```\n*.x";
    let ignored = Ignored::read(".kiroignore", text);
    assert_eq!(ignored.patterns, ["*.pem", "/keys/", "!keys2", "name\\ ", "```", "*.x"]);
    assert_eq!(ignored.findings, []);
}

#[test]
fn lines_that_do_nothing_or_something_else_are_told() {
    for (line, words) in [
        ("!", "matches nothing"),
        ("/", "matches nothing"),
        ("  a", "begins with a space"),
        ("C:\\x", "one machine"),
        ("~/x", "one machine"),
        ("/home/ana/x", "one machine"),
        ("./a", "neither"),
        ("a/../b", "neither"),
        ("a\\b", "backslash"),
        ("*.pem # keys", "comment"),
        ("[ab", "bracket"),
        ("secrets/\n!secrets/a.txt", "stays closed"),
    ] {
        let ignored = Ignored::read(".kiroignore", line);
        assert_eq!(ignored.findings.len(), 1, "{line}: {:?}", ignored.findings);
        assert!(ignored.findings[0].text.contains(words), "{line}: {:?}", ignored.findings);
        assert!(line.get(ignored.findings[0].span.clone()).is_some());
    }
    assert_eq!(Ignored::read(".kiroignore", "secrets/*\n!secrets/a\n#note #x\n\\#a\n[a-c]\n").findings, []);
}

#[test]
fn a_megabyte_of_slashes_takes_no_time() {
    let begun = std::time::Instant::now();
    Ignored::read(".kiroignore", &format!("a/\n!{}\n{}", "/a".repeat(500_000), "b/\n!b/c/d\n".repeat(50_000)));
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
