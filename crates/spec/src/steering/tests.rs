use super::*;

fn check(front: &str, inclusion: Inclusion, rules: &[&str]) {
    let text = format!("---\n{front}\n---\n# Body\n");
    let steering = Steering::read("a.md", &text);
    assert_eq!(steering.inclusion, inclusion, "{front}");
    assert_eq!(steering.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), rules, "{front}");
    assert!(steering.findings.iter().all(|finding| text.get(finding.span.clone()).is_some()));
}

fn matching(patterns: &[&str]) -> Inclusion {
    Inclusion::FileMatch(patterns.iter().map(|pattern| (*pattern).to_owned()).collect())
}

#[test]
fn each_inclusion_is_read() {
    check("inclusion: always", Inclusion::Always, &[]);
    check("inclusion: \"manual\"", Inclusion::Manual, &[]);
    check("inclusion: auto\nname: x\ndescription: when tests are written", Inclusion::Auto, &[]);
    check("inclusion: fileMatch\nfileMatchPattern: \"**/*.ts\"", matching(&["**/*.ts"]), &[]);
    check("inclusion: fileMatch\nfileMatchPattern: [\"a/*\", b.rs]", matching(&["a/*", "b.rs"]), &[]);
    check("inclusion: fileMatch\nfileMatchPattern:\n  - a/*\n  - b.rs", matching(&["a/*", "b.rs"]), &[]);
    check("inclusion: fileMatch\nfileMatchPattern: \"**/*.ts,**/*.{js,jsx}\"", matching(&["**/*.ts", "**/*.{js,jsx}"]), &[]);
    check("name: x\ndescription: y", Inclusion::Always, &[]);
}

#[test]
fn a_wrong_key_or_value_is_a_finding_and_never_always_on() {
    use Inclusion::Unclear;
    for key in ["include: always", "filePatterns: x", "pattern: x", "title: X", "contextKey: x", "Inclusion: always", "inclusion-mode: manual"] {
        check(key, Unclear, &["steering-key"]);
    }
    check("inclusion: never", Unclear, &["steering-value"]);
    check("inclusion: Always", Unclear, &["steering-value"]);
    check("inclusion: [always]", Unclear, &["steering-value"]);
    check("inclusion:", Unclear, &["steering-value"]);
    check("inclusion: fileMatch", Unclear, &["steering-value"]);
    check("fileMatchPattern: a", Unclear, &["steering-value"]);
    check("inclusion: always\nfileMatchPattern: a", Unclear, &["steering-value"]);
    check("inclusion: fileMatch\nfileMatchPattern: /etc/*", Unclear, &["steering-pattern", "steering-pattern"]);
    check("inclusion: fileMatch\nfileMatchPattern: {a: b}", Unclear, &["steering-pattern", "steering-pattern"]);
    check("inclusion: fileMatch\nfileMatchPattern: [\"../x\", ok]", matching(&["ok"]), &["steering-pattern"]);
    check("inclusion: [", Unclear, &["front-matter-form"]);
    check("inclusion: manual\ntags: [x]", Inclusion::Manual, &["steering-key"]);
    check("inclusion: auto", Inclusion::Auto, &["steering-value"]);
    check("inclusion: always\nname: [x]", Inclusion::Always, &["steering-value"]);
}

#[test]
fn a_hint_names_the_key_that_was_meant() {
    let hint = |front: &str| Steering::read("a.md", &format!("---\n{front}: x\n---\n")).findings[0].hint.clone().unwrap();
    assert_eq!(hint("include"), "write `inclusion`");
    assert_eq!(hint("globs"), "write `fileMatchPattern`");
    assert!(hint("weather").contains("`description`"));
}

#[test]
fn front_matter_that_is_not_first_is_unclear_and_none_is_always() {
    assert_eq!(Steering::read("a.md", "# Words\n").inclusion, Inclusion::Always);
    for text in ["\n---\ninclusion: manual\n---\n", "---\ninclusion: manual\n", "# T\n---\ninclusion: manual\n---\n"] {
        let steering = Steering::read("a.md", text);
        assert_eq!((steering.inclusion, steering.findings[0].rule), (Inclusion::Unclear, "front-matter-place"), "{text}");
    }
    let marked = Steering::read("a.md", "\u{feff}---\ninclusion: manual\n---\n");
    assert_eq!((marked.inclusion, marked.findings[0].rule), (Inclusion::Manual, "front-matter-place"));
}

#[test]
fn references_are_found_in_the_body_and_not_in_code() {
    let text = "---\ninclusion: always\n---\nSee #[[file:docs/api.md]] and #[[file: a/b.rs ]].\n```\n#[[file:no.md]]\n```\n#[[file:../x]] #[[file:open\n";
    let steering = Steering::read("a.md", text);
    assert_eq!(steering.references.iter().map(|reference| reference.path.as_str()).collect::<Vec<_>>(), ["docs/api.md", "a/b.rs"]);
    assert_eq!(text.get(steering.references[0].span.clone()), Some("#[[file:docs/api.md]]"));
    assert_eq!(steering.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["steering-reference"; 2]);
}

#[test]
fn name_description_and_body_are_kept() {
    let text = "---\ninclusion: manual\nname: api\ndescription: >\n  how we\n  write it\n---\nBody";
    let steering = Steering::read("a.md", text);
    assert_eq!((steering.name.as_deref(), steering.description.as_deref()), (Some("api"), Some("how we write it\n")));
    assert_eq!(text.get(steering.body..), Some("Body"));
}
