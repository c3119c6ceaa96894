use super::*;

fn role(name: &str, used: &[(Verb, Tier)]) -> Role {
    Role { name: AgentName::new(name), decisions: 30, used: used.iter().copied().collect() }
}

fn ids(policies: &str) -> Vec<String> {
    guard::check(&PolicySource { policies, ..built_in() }).unwrap().into_iter().map(|rule| rule.rule).collect()
}

#[test]
fn what_was_never_used_is_taken_away_tier_by_tier_and_the_rest_stays() {
    let all: Vec<(Verb, Tier)> = VERBS.into_iter().map(|verb| (verb, Tier::Workspace)).collect();
    let but_one: Vec<(Verb, Tier)> = VERBS.into_iter().filter(|verb| *verb != Verb::Grant).map(|verb| (verb, Tier::Host)).collect();
    let narrower = Narrower::of(built_in().policies, 90, &[role("engineer", &[all, but_one, vec![(Verb::Read, Tier::Staging)]].concat())]).unwrap();
    assert!(narrower.policies.starts_with(built_in().policies.trim_end()), "the present policy is in it word for word");
    let new: Vec<String> = ids(&narrower.policies).into_iter().filter(|id| id.starts_with("unused-")).collect();
    assert_eq!(new, ["unused-engineer-host", "unused-engineer-development", "unused-engineer-staging", "unused-engineer-production", "unused-engineer-unknown"]);
    assert!(narrower.policies.contains("forbid (principal, action == Action::\"grant\", resource)\nwhen { principal.role == \"engineer\" && resource.tier == Tier::\"host\" };"));
    assert!(narrower.policies.contains("forbid (principal, action, resource)\nwhen { principal.role == \"engineer\" && resource.tier == Tier::\"production\" };"));
    assert_eq!(narrower.lines()[1..4], ["  workspace: used everything", "  host: used read, create, update, execute, spend, disable-protection, expose, replace, delete, opaque; never grant", "  development: nothing was ever used"]);
    ids(&narrower.with_comment("a line"));
}

/// Names come from repositories: whatever is in one, the policy is one that is taken, or the role is left out and named.
#[test]
fn a_role_may_have_any_name() {
    let names = ["a\"; permit (principal, action, resource); //", "rev\u{456}ewer", "b\\", "\u{202e}evil", "two\nlines", "", "engineer", "engineer", "a*b"];
    let narrower = Narrower::of(built_in().policies, 7, &names.map(|name| role(name, &[]))).unwrap();
    let (ids, before) = (ids(&narrower.policies), ids(built_in().policies));
    assert_eq!(ids.len() - before.len(), (names.len() - narrower.left_out.len()) * TIERS.len());
    assert!(ids.contains(&"unused-engineer-host-2".to_owned()), "two with one name: {ids:?}");
    assert!(narrower.policies.chars().skip(built_in().policies.chars().count()).all(|c| c == '\n' || (' '..='~').contains(&c)), "everything in it shows");
    assert!(!narrower.policies.get(narrower.present..).unwrap().lines().any(|line| line.starts_with("permit")), "no name becomes a rule");
    let shown = narrower.with_comment("x");
    assert!(!shown.contains('\u{202e}') && self::ids(&shown).len() == ids.len());
}
