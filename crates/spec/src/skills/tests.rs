use super::*;

fn check(text: &str, usable: bool, rules: &[&str]) {
    let skill = Skill::read("make-charts", "SKILL.md", text);
    assert_eq!(skill.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), rules, "{text}: {:?}", skill.findings);
    assert_eq!(skill.is_usable(), usable, "{text}");
    assert!(skill.findings.iter().all(|finding| text.get(finding.span.clone()).is_some()));
}

#[test]
fn a_whole_skill_is_read() {
    let text = "---\nname: make-charts\ndescription: Draws charts.\nlicense: MIT\nmetadata:\n  author: ana\n---\nDraw.\n";
    check(text, true, &[]);
    let skill = Skill::read("make-charts", "SKILL.md", text);
    assert_eq!((skill.name.as_deref(), skill.description.as_deref(), text.get(skill.body..)), (Some("make-charts"), Some("Draws charts."), Some("Draw.\n")));
}

#[test]
fn what_is_missing_or_odd_is_a_finding() {
    check("Draw.\n", false, &["skill-key"]);
    check("\n---\nname: make-charts\n---\n", false, &["front-matter-place"]);
    check("---\nname: make-charts\n---\nDraw.\n", false, &["skill-key"]);
    check("---\nname: make-charts\ndescription: ''\n---\nDraw.\n", false, &["skill-key"]);
    check("---\nname: [a]\ndescription: x\n---\nDraw.\n", false, &["skill-key"]);
    check("---\nname: other\ndescription: x\n---\nDraw.\n", true, &["skill-name"]);
    check("---\nname: Make Charts\ndescription: x\n---\nDraw.\n", true, &["skill-name"]);
    check("---\nname: make-charts\ndescription: x\nauthor: ana\nmetadata: no\n---\n", true, &["skill-key", "skill-key", "skill-body"]);
    check(&format!("---\nname: make-charts\ndescription: {}\n---\nDraw.\n", "x".repeat(1025)), true, &["skill-key"]);
}
