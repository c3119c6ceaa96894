use super::*;

fn production() -> EnvironmentName {
    EnvironmentName::new("production/region-1")
}

fn replacement() -> Effect {
    Effect::in_workspace(Verb::Replace, Resource::new("environment", "production/region-1"))
        .at(production(), Tier::Production)
        .counted(48_211, "rows")
        .noted("1 database")
        .noted("no recovery point outside it")
        .that_is(Reversibility::Irreversible)
}

#[test]
fn the_line_that_had_to_be_shown_in_december() {
    assert_eq!(
        replacement().line(),
        "replaces environment `production/region-1`: 48,211 rows, 1 database, no recovery point outside it, irreversible"
    );
}

#[test]
fn lines_are_these_texts() {
    let file = |verb| Effect::in_workspace(verb, Resource::new("file", "src/lib.rs"));
    let host = |effect: Effect| effect.at(EnvironmentName::host(), Tier::Host);
    let table = [
        (file(Verb::Read), "reads file `src/lib.rs` in workspace"),
        (host(file(Verb::Update)), "updates file `src/lib.rs` in host"),
        (file(Verb::Create).counted(1, "bytes"), "creates file `src/lib.rs` in workspace: 1 byte"),
        (host(file(Verb::Delete)).noted("not tracked by git"), "deletes file `src/lib.rs` in host: not tracked by git"),
        (
            host(file(Verb::Delete)).that_is(Reversibility::Irreversible),
            "deletes file `src/lib.rs` in host: irreversible",
        ),
        (
            host(file(Verb::Delete)).counted(1200, "files").with_certainty(Certainty::AtLeast),
            "deletes file `src/lib.rs` in host: 1,200 files, perhaps more",
        ),
        (
            Effect::in_workspace(Verb::Opaque, Resource::new("program", "./run"))
                .at(EnvironmentName::unknown(), Tier::Unknown)
                .with_certainty(Certainty::Opaque)
                .that_is(Reversibility::Irreversible),
            "does something unreadable to program `./run` in unknown: irreversible, could not be read",
        ),
        (file(Verb::Update).that_is(Reversibility::Recoverable), "updates file `src/lib.rs` in workspace"),
    ];
    for (effect, line) in table {
        assert_eq!(effect.line(), line);
    }
}

/// A file name may hold anything. None of it may look like a second line, another place, or nothing.
#[test]
fn a_name_cannot_forge_the_line() {
    let line = |name: &str| {
        Effect::in_workspace(Verb::Delete, Resource::new("file", name)).at(production(), Tier::Production).line()
    };
    assert_eq!(line("a\nreads file `b`"), r"deletes file `a\nreads file \u{60}b\u{60}` in production/region-1");
    let quoted = r"deletes file `x\u{60} in workspace: 0 bytes, \u{60}y` in production/region-1";
    assert_eq!(line("x` in workspace: 0 bytes, `y"), quoted);
    assert_eq!(line("\u{1b}[1K\u{202e}"), r"deletes file `\u{1b}[1K\u{202e}` in production/region-1");
    let noted = Effect::in_workspace(Verb::Read, Resource::new("file", "a")).noted("first\nsecond").line();
    assert_eq!(noted, r"reads file `a` in workspace: first\nsecond");
}

#[test]
fn counts_read_like_prose() {
    let table = [
        (0, "rows", "0 rows"),
        (1, "rows", "1 row"),
        (2, "rows", "2 rows"),
        (999, "files", "999 files"),
        (1_000, "files", "1,000 files"),
        (48_211, "rows", "48,211 rows"),
        (100_000, "bytes", "100,000 bytes"),
        (1_234_567, "bytes", "1,234,567 bytes"),
        (u64::MAX, "bytes", "18,446,744,073,709,551,615 bytes"),
        (1, "databases", "1 database"),
        (1, "entries", "1 entry"),
        (1, "directories", "1 directory"),
        (1, "branches", "1 branch"),
        (1, "matches", "1 match"),
        (1, "caches", "1 cache"),
        (1, "releases", "1 release"),
        (1, "data", "1 data"),
    ];
    for (n, unit, text) in table {
        assert_eq!(Count::new(n, unit).to_string(), text);
    }
}

#[test]
fn verbs_have_one_name_everywhere() {
    let verbs = [
        (Verb::Read, "read", "reads"),
        (Verb::Create, "create", "creates"),
        (Verb::Update, "update", "updates"),
        (Verb::Execute, "execute", "runs"),
        (Verb::Spend, "spend", "spends"),
        (Verb::DisableProtection, "disable-protection", "takes protection from"),
        (Verb::Grant, "grant", "grants rights on"),
        (Verb::Expose, "expose", "exposes"),
        (Verb::Replace, "replace", "replaces"),
        (Verb::Delete, "delete", "deletes"),
        (Verb::Opaque, "opaque", "does something unreadable to"),
    ];
    for (verb, name, third_person) in verbs {
        assert_eq!(verb.as_str(), name);
        assert_eq!(verb.to_string(), name);
        assert_eq!(serde_json::to_value(verb).unwrap(), name);
        assert_eq!(verb.third_person(), third_person);
    }
    assert!(verbs.is_sorted_by_key(|(verb, _, _)| *verb), "from harmless to grave");
}

#[test]
fn the_worst_effect_comes_first_and_once() {
    let read = Effect::in_workspace(Verb::Read, Resource::new("file", "a"));
    let host = Effect::in_workspace(Verb::Create, Resource::new("file", "a")).at(EnvironmentName::host(), Tier::Host);
    let unknown = read.clone().at(EnvironmentName::unknown(), Tier::Unknown);
    let effects = Effects::new(vec![read.clone(), host.clone(), replacement(), read.clone(), unknown.clone()]);
    assert_eq!(effects.iter().collect::<Vec<_>>(), [&unknown, &replacement(), &host, &read]);
    assert_eq!(effects.len(), 4);
    assert_eq!(effects.tier(), Tier::Unknown);
    assert_eq!(effects.environment(), EnvironmentName::unknown());
    assert!(!effects.stay_in_the_box());
    assert_eq!(effects.lines().len(), 4);
    assert_eq!((&effects).into_iter().count(), 4);
}

#[test]
fn in_one_place_the_graver_verb_comes_first() {
    let file = |verb| Effect::in_workspace(verb, Resource::new("file", "a"));
    let effects = Effects::new(vec![file(Verb::Read), file(Verb::Opaque), file(Verb::Delete)]);
    let verbs: Vec<Verb> = effects.iter().map(|effect| effect.verb).collect();
    assert_eq!(verbs, [Verb::Opaque, Verb::Delete, Verb::Read]);
}

#[test]
fn nothing_touched_stays_in_the_box() {
    let none = Effects::default();
    assert!(none.is_empty() && none.stay_in_the_box());
    assert_eq!((none.len(), none.tier(), none.environment()), (0, Tier::Workspace, EnvironmentName::workspace()));
    assert_eq!(none.lines(), Vec::<String>::new());
    assert_eq!(serde_json::to_string(&none).unwrap(), "[]");
}

#[test]
fn the_json_of_an_effect_is_this() {
    let plain = Effect::in_workspace(Verb::Read, Resource::new("file", "a"));
    let json = r#"{"certainty":"exact","data_bearing":false,"environment":"workspace","resource":{"kind":"file","name":"a"},"reversibility":"reversible","tier":"workspace","verb":"read","whole_environment":false}"#;
    assert_eq!(String::from_utf8(crate::canonical(&plain).unwrap()).unwrap(), json);
    assert_eq!(serde_json::from_str::<Effect>(json).unwrap(), plain);
}

#[test]
fn places_are_ordered_by_how_much_they_matter() {
    let tiers = [Tier::Workspace, Tier::Host, Tier::Development, Tier::Staging, Tier::Production, Tier::Unknown];
    assert!(tiers.is_sorted());
    for tier in tiers {
        assert_eq!(serde_json::to_value(tier).unwrap(), tier.to_string());
    }
}
