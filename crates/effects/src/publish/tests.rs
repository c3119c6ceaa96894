use action::{Certainty, Environment, Generation};

use super::*;

fn issue(number: Option<u64>, title: &str, body: &str) -> Issue {
    Issue { subject: "task 1".into(), number, title: title.into(), body: body.into(), labels: vec!["spec".into()] }
}

fn facts(issues: Vec<Issue>, visibility: &str) -> Facts {
    Facts { issues: Some(IssueSet { v: 1, spec: "cart".into(), visibility: visibility.into(), issues }), ..Facts::default() }
}

fn mapped(facts: Facts, name: &str, tier: Tier, hosts: &[&str], remotes: &[&str]) -> Facts {
    let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    let environment = Environment { name: EnvironmentName::new(name), tier, paths: Vec::new(), hosts: texts(hosts), remotes: texts(remotes), recovery: Vec::new(), owners: Vec::new(), terms: Default::default(), identities: Vec::new() };
    let mut environments = facts.environments.clone();
    environments.push((environment, Generation(1)));
    Facts { environments, ..facts }
}

fn lines(effects: &[Effect]) -> Vec<String> {
    effects.iter().map(Effect::line).collect()
}

#[test]
fn what_leaves_is_told_with_titles_labels_readers_and_who_is_named() {
    let facts = facts(vec![issue(None, "cart 1: Keep", "for @ana, a@b.example"), issue(Some(7), "cart 2: Forget", "@acme/web")], "public");
    let effects = of("github.com", "acme/app", &facts);
    let said = lines(&effects).join("\n");
    for wanted in ["exposes repository `github.com/acme/app`", "everybody can read it there", "it names @acme/web @ana, who may be told", "`cart 1: Keep` labelled `spec`", "#7 `cart 2: Forget`", "title and text are replaced", "1 issue, ", "irreversible"] {
        assert!(said.contains(wanted), "{wanted}\n{said}");
    }
    assert_eq!(effects.iter().map(|effect| effect.verb).collect::<Vec<_>>(), [Verb::Expose, Verb::Create, Verb::Update]);
    assert!(effects.iter().all(|effect| effect.tier == Tier::Unknown && effect.certainty == Certainty::Exact), "{said}");
}

#[test]
fn the_graver_of_the_mappings_of_host_and_repository_counts() {
    let bare = || facts(vec![issue(None, "t", "b")], "private");
    let tier = |facts: &Facts| of("git.example", "acme/app", facts).iter().map(|effect| effect.tier).collect::<Vec<_>>();
    let host = mapped(bare(), "dev/git", Tier::Development, &["git.example"], &[]);
    assert_eq!(tier(&host), [Tier::Development; 2]);
    let both = mapped(host, "production/app", Tier::Production, &[], &["git@git.example:acme/app.git#main"]);
    assert_eq!(tier(&both), [Tier::Production; 2]);
    let other = mapped(bare(), "dev/other", Tier::Development, &["other.example"], &["https://git.example/acme/other"]);
    assert_eq!(tier(&other), [Tier::Unknown; 2]);
}

#[test]
fn issues_that_are_not_at_hand_are_opaque() {
    let effects = of("github.com", "acme/app", &Facts::default());
    assert!(effects.iter().all(|effect| effect.verb == Verb::Opaque && effect.tier == Tier::Unknown));
}

#[test]
fn a_title_cannot_draw_on_the_screen() {
    let said = lines(&of("github.com", "acme/app", &facts(vec![issue(None, "a\u{1b}[2J\u{202e}", "b")], "public"))).join("\n");
    assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'), "{said}");
}
