use action::{Certainty, Verb};

use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::{facts, has};

fn host(text: &str) -> action::Effects {
    read(text, &facts(), Place::Host)
}

#[test]
fn each_operation_of_ar_names_what_it_writes() {
    for (text, written, read) in [
        ("ar t a.a", None, Some("a.a")),
        ("ar p a.a x.o", None, Some("a.a")),
        ("ar tv a.a", None, Some("a.a")),
        ("ar x a.a", Some("./**"), Some("a.a")),
        ("ar -x a.a", Some("./**"), Some("a.a")),
        ("ar xv a.a x.o", Some("x.o"), Some("a.a")),
        ("ar --output out x a.a x.o", Some("out/x.o"), Some("a.a")),
        ("ar --output=out x a.a", Some("out/**"), Some("a.a")),
        ("ar x a.a --output=out", Some("out/**"), Some("a.a")),
        ("ar xN 2 a.a x.o", Some("x.o"), Some("a.a")),
        ("ar rcs a.a x.o", Some("a.a"), Some("x.o")),
        ("ar q a.a x.o", Some("a.a"), Some("x.o")),
        ("ar rb before.o a.a x.o", Some("a.a"), Some("x.o")),
        ("ar d a.a x.o", Some("a.a"), None),
        ("ar s a.a", Some("a.a"), None),
    ] {
        let effects = host(text);
        let writes: Vec<&str> = effects.iter().filter(|e| e.verb == Verb::Update).map(|e| e.resource.name.as_str()).collect();
        assert_eq!(writes, written.into_iter().collect::<Vec<_>>(), "{text}: {:#?}", effects.lines());
        assert!(read.is_none_or(|name| has(&effects, Verb::Read, name)), "{text}: {:#?}", effects.lines());
        assert!(effects.iter().all(|e| e.certainty != Certainty::Opaque), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn what_ar_takes_from_elsewhere_is_opaque() {
    for text in ["ar", "ar -M", "ar \"$X\" a.a", "ar --plugin evil.so t a.a", "ar z a.a", "ar x", "ar t a.a --plugin evil.so"] {
        assert!(host(text).iter().any(|e| e.certainty == Certainty::Opaque), "{text}: {:#?}", host(text).lines());
    }
}
