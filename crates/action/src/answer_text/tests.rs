use super::*;

fn answer(reply: Reply, why: &str) -> Answer {
    Answer {
        v: 1,
        reply,
        person: PersonId::new("ben"),
        intent: Digest::of_bytes(b"intent"),
        effects: Digest::of_bytes(b"effects"),
        policy: Digest::of_bytes(b"policy"),
        environment: EnvironmentName::new("production/eu"),
        generation: Generation(3),
        expires: Moment(1_765_000_000_123),
        shown: vec!["updates file `app/total.py` in production/eu".into(), "deletes file `old` in production/eu: irreversible".into()],
        why: why.into(),
    }
}

#[test]
fn the_page_of_an_answer_is_this() {
    let page = answer(Reply::No, "billing still reads it").to_page().unwrap();
    let lines: Vec<&str> = page.lines().collect();
    assert_eq!(
        lines[..11],
        [
            "countersign: an answer to one intent, version 1",
            "My signature over this page, byte for byte, says NO and ends it.",
            "",
            "reply        no",
            "person       ben",
            "it would",
            "  - updates file `app/total.py` in production/eu",
            "  - deletes file `old` in production/eu: irreversible",
            "because      billing still reads it",
            "environment  production/eu",
            "generation   3",
        ]
    );
    assert_eq!(lines[11], "void from    2025-12-06 05:46:40Z (1765000000123 ms since 1970)");
    assert!(page.ends_with(&format!("policy       {}\n", Digest::of_bytes(b"policy"))));
}

#[test]
fn both_spellings_are_read_back_as_they_were() {
    for one in [answer(Reply::Yes, ""), answer(Reply::No, "not now"), Answer { shown: vec![], ..answer(Reply::Yes, " spaced ") }] {
        assert_eq!(Answer::read(&one.to_page().unwrap()).unwrap(), one);
        let json = String::from_utf8(canonical(&one).unwrap()).unwrap();
        assert_eq!(Answer::read(&json).unwrap(), one);
    }
}

/// Whatever is changed, left out, doubled or added is another answer or none, never the same one in other bytes.
#[test]
fn a_page_with_one_byte_otherwise_is_not_that_page() {
    let one = answer(Reply::Yes, "");
    let page = one.to_page().unwrap();
    let mut bent = vec![format!("{page}\n"), format!(" {page}"), page.replace('\n', "\r\n"), page.trim_end().to_owned(), page.replace("YES", "NO")];
    let lines: Vec<&str> = page.lines().collect();
    for at in 0..lines.len() {
        let (mut without, mut twice) = (lines.clone(), lines.clone());
        without.remove(at);
        twice.insert(at, lines[at]);
        bent.extend([without.join("\n") + "\n", twice.join("\n") + "\n"]);
    }
    bent.push(page.replace("05:46:40", "05:46:41"));
    for text in bent {
        assert!(Answer::read(&text).map_or(true, |other| other != one), "{text}");
    }
    let json = String::from_utf8(canonical(&one).unwrap()).unwrap();
    assert_eq!(Answer::read(&format!("{json} ")), Err(BadText::OtherSpelling));
    assert!(matches!(Answer::read("{}"), Err(BadText::Content { .. })));
}

#[test]
fn what_could_be_read_as_another_line_has_no_page() {
    let two_lines = answer(Reply::No, "no\nreply        yes").to_page().unwrap_err();
    assert_eq!(two_lines.what, "reason");
    let turned = Answer { shown: vec!["a\u{202e}b".into()], ..answer(Reply::Yes, "") };
    assert_eq!(turned.to_page().unwrap_err().what, "line");
}
