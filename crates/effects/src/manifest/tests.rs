use action::{Environment, EnvironmentName, Generation, Tier};
use proptest::prelude::*;

use super::*;

/// A service that maps one account in two regions, two clusters and a folder.
pub(super) fn facts() -> Facts {
    let environment = |name: &str, tier, hosts: &[&str], identities: &[&str], paths: &[&str]| Environment {
        name: EnvironmentName::new(name),
        tier,
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        remotes: vec![],
        recovery: vec![],
        owners: Vec::new(),
        terms: Default::default(),
        identities: identities.iter().map(|identity| (*identity).to_owned()).collect(),
    };
    let environments = vec![
        environment("production", Tier::Production, &["k8s.example.com:6443"], &["aws:111122223333/eu-west-1"], &["/srv/live"]),
        environment("dev", Tier::Development, &["10.0.0.9", "build.example.com"], &["aws:111122223333/eu-north-1"], &[]),
    ];
    Facts {
        tree: "/code/shop".into(),
        home: "/home/ana".into(),
        environments: environments.into_iter().map(|environment| (environment, Generation(1))).collect(),
        clusters: [("", "https://10.0.0.9:6443"), ("prod", "https://k8s.example.com:6443"), ("other", "https://192.0.2.1:6443")]
            .map(|(context, server)| (context.to_owned(), server.to_owned()))
            .into(),
        ..Facts::default()
    }
}

/// One effect in short: `production delete database shop/Db ! data whole ?`, where `!` is irreversible, `~` recoverable, `+` at
/// least, `?` opaque.
pub(super) fn short(effect: &Effect) -> String {
    let mut words = vec![effect.environment.to_string(), effect.verb.to_string(), effect.resource.kind.clone(), effect.resource.name.clone()];
    let marks = [
        (effect.reversibility == Reversibility::Irreversible, "!"),
        (effect.reversibility == Reversibility::Recoverable, "~"),
        (effect.certainty == Certainty::AtLeast, "+"),
        (effect.certainty == Certainty::Opaque, "?"),
        (effect.data_bearing, "data"),
        (effect.whole_environment, "whole"),
    ];
    words.extend(marks.iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| (*mark).to_owned()));
    words.join(" ")
}

pub(super) fn shorts(reading: &Reading) -> Vec<String> {
    reading.sightings().iter().map(|sighting| short(&sighting.effect)).collect()
}

/// Each of the lines is among what is seen, and nothing else is.
#[track_caller]
pub(super) fn check(reading: &Reading, lines: &[&str]) {
    let (mut seen, mut wanted): (Vec<String>, Vec<String>) = (shorts(reading), lines.iter().map(|line| (*line).to_owned()).collect());
    seen.sort();
    seen.dedup();
    wanted.sort();
    assert_eq!(seen, wanted, "\n{}", reading.effects().lines().join("\n"));
}

/// The notes of the first effect whose short line begins so.
pub(super) fn notes(reading: &Reading, begins: &str) -> String {
    let found = reading.sightings().iter().find(|sighting| short(&sighting.effect).starts_with(begins));
    found.unwrap_or_else(|| panic!("no {begins} in {:?}", shorts(reading))).effect.notes.join("; ")
}

/// The text that an effect was read from.
pub(super) fn says<'t>(reading: &Reading, text: &'t str, begins: &str) -> &'t str {
    let found = reading.sightings().iter().find(|sighting| short(&sighting.effect).starts_with(begins));
    let span = found.unwrap_or_else(|| panic!("no {begins} in {:?}", shorts(reading))).span;
    &text[span.start..span.end]
}

const CHANGE_SET: &str = r#"{"StackName": "shop", "ChangeSetName": "c", "Changes": [{"Type": "Resource", "ResourceChange":
  {"Action": "Remove", "LogicalResourceId": "Db", "ResourceType": "AWS::RDS::DBInstance"}}]}"#;
const TEMPLATE: &str = "Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    UpdateReplacePolicy: Snapshot\n";
const OBJECT: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: db\n  namespace: shop\nspec:\n  replicas: 1\n";
const COMPOSE: &str = "services:\n  db:\n    image: postgres:17\n    volumes: [\"data:/var/lib/postgresql/data\"]\nvolumes:\n  data:\n";
const CDK: &str = "Stack shop\nResources\n[-] AWS::DynamoDB::Table Costs CostsCD117FA1 destroy\n";
const DIFF: &str = "diff -u -N /tmp/LIVE-1/apps.v1.Deployment.shop.web /tmp/MERGED-2/apps.v1.Deployment.shop.web\n--- /tmp/LIVE-1/apps.v1.Deployment.shop.web\t2026\n+++ /tmp/MERGED-2/apps.v1.Deployment.shop.web\t2026\n@@ -1,2 +1,2 @@\n spec:\n-  replicas: 2\n+  replicas: 0\n";

#[test]
fn each_kind_is_recognised_by_its_content() {
    for (text, begins) in [
        (CHANGE_SET, "unknown delete database shop/Db"),
        (TEMPLATE, "unknown update database Db"),
        (OBJECT, "dev update statefulset shop/db"),
        (COMPOSE, "host update container db"),
        (CDK, "unknown delete table shop/CostsCD117FA1"),
        (DIFF, "dev update deployment shop/web"),
    ] {
        let reading = read(text, None, Action::Apply, &facts());
        assert!(shorts(&reading).iter().any(|line| line.starts_with(begins)), "{begins}: {:?}", shorts(&reading));
    }
}

#[test]
fn what_is_of_no_kind_is_opaque_with_its_place() {
    for text in ["", " \n", "# words\n", "just words\n", "[1, 2]", "a: 1\n", "services: {}\n", "apiVersion: v1\n", "Changes: []\n"] {
        check(&read(text, None, Action::Apply, &facts()), &["unknown opaque manifest a part of it ! ?"]);
    }
    let text = format!("{OBJECT}---\nodd: 1\n");
    let reading = read(&text, None, Action::Apply, &facts());
    assert_eq!(says(&reading, &text, "unknown opaque"), "odd: 1");
}

#[test]
fn a_kind_that_is_given_is_the_kind_that_is_read() {
    check(&read(OBJECT, Some(Kind::Template), Action::Apply, &facts()), &["unknown opaque manifest a part of it ! ?"]);
    check(&read(COMPOSE, Some(Kind::Kubernetes), Action::Apply, &facts()), &["dev opaque manifest a part of it ! ?"]);
    check(&read(OBJECT, Some(Kind::KubernetesDiff), Action::Apply, &facts()), &["dev opaque manifest a part of it ! ?"]);
    check(&read(CDK, Some(Kind::Compose), Action::Apply, &facts()), &["host opaque manifest a part of it ! ?"]);
}

#[test]
fn a_document_that_fits_two_kinds_is_read_as_both() {
    let text = format!("{OBJECT}Resources:\n  Db: {{Type: AWS::RDS::DBInstance}}\n");
    let seen = shorts(&read(&text, None, Action::Delete, &facts()));
    for begins in ["dev delete statefulset shop/db", "unknown delete database Db"] {
        assert!(seen.iter().any(|line| line.starts_with(begins)), "{begins}: {seen:?}");
    }
}

#[test]
fn a_cluster_is_the_host_of_its_server_and_no_name() {
    let at = |context| Target { context, ..Target::default() };
    for (context, environment) in [(None, "dev"), (Some("prod"), "production"), (Some("other"), "unknown"), (Some("dev"), "unknown")] {
        let reading = read_at(OBJECT, None, Action::Delete, &at(context), &facts());
        check(&reading, &[&format!("{environment} delete statefulset shop/db ~ data")]);
    }
    check(&read(OBJECT, None, Action::Delete, &Facts::default()), &["unknown delete statefulset shop/db ~ data"]);
}

#[test]
fn the_graver_of_the_arn_and_the_credentials_is_where_a_stack_is() {
    let text = CHANGE_SET.replace("\"StackName\"", "\"StackId\": \"arn:aws:cloudformation:eu-north-1:111122223333:stack/shop/1\", \"StackName\"");
    let at = |identity| Target { identity, ..Target::default() };
    for (identity, environment) in [(None, "dev"), (Some("aws:111122223333/eu-west-1"), "production"), (Some("aws:444455556666/eu-west-1"), "unknown")] {
        let reading = read_at(&text, None, Action::Apply, &at(identity), &facts());
        check(&reading, &[&format!("{environment} delete database shop/Db ! data")]);
    }
}

#[test]
fn a_text_that_is_too_long_is_opaque() {
    let text = "#".repeat(tree::MOST_BYTES + 1);
    for kind in [None, Some(Kind::Compose), Some(Kind::CdkDiff)] {
        check(&read(&text, kind, Action::Apply, &facts()), &["unknown opaque manifest a part of it ! ?"]);
    }
    check(&compose(&text, &Compose::default(), &Target::default(), &facts()), &["host opaque manifest a part of it ! ?"]);
}

const TEXTS: [&str; 6] = [CHANGE_SET, TEMPLATE, OBJECT, COMPOSE, CDK, DIFF];

fn kinds() -> impl Strategy<Value = Option<Kind>> {
    use Kind::*;
    prop::sample::select(vec![None, Some(ChangeSet), Some(Template), Some(CdkDiff), Some(Kubernetes), Some(KubernetesDiff), Some(Helm), Some(Compose)])
}

fn actions() -> impl Strategy<Value = Action> {
    prop::sample::select(vec![Action::Apply, Action::Delete])
}

/// One of the texts, or a text with a few places cut out, doubled, or overwritten with something hostile.
fn mutated() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec!["\0", "&a [*a]", "{{", "---\n", "é", "[", "\"", "<<: *b\n", "@@ -1 +1 @@\n", "[-] AWS::S3::Bucket a b\n", "\t", ": ", "\u{1b}[31m", "}"]);
    let edit = (any::<prop::sample::Index>(), 0usize..40, odd, any::<bool>());
    (prop::sample::select(TEXTS.to_vec()), prop::collection::vec(edit, 0..6)).prop_map(|(text, edits)| {
        let mut text = text.to_owned();
        for (at, length, odd, keeps) in edits {
            let from = (0..=at.index(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let to = (from + length..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            text.replace_range(from..if keeps { from } else { to }, odd);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic_alike_twice_and_with_places_of_its_own(text in mutated(), kind in kinds(), action in actions()) {
        let reading = read(&text, kind, action, &facts());
        prop_assert_eq!(&reading, &read(&text, kind, action, &facts()));
        for sighting in reading.sightings() {
            prop_assert!(text.get(sighting.span.start..sighting.span.end).is_some(), "{:?} in {:?}", sighting, text);
        }
        compose(&text, &Compose { act: ComposeAct::Down, volumes: true, ..Compose::default() }, &Target::default(), &facts());
    }

    #[test]
    fn random_text_is_read_without_panic(text in any::<String>(), kind in kinds(), action in actions()) {
        prop_assert!(!read(&text, kind, action, &facts()).sightings().is_empty());
    }

    #[test]
    fn adding_documents_takes_no_effect_away(first in prop::sample::select(TEXTS[..4].to_vec()), before in mutated(), after in mutated(), action in actions()) {
        let alone = read(first, None, action, &facts());
        for text in [format!("{first}\n---\n{after}"), format!("{first}\n---\n{before}\n---\n{after}")] {
            let together = shorts(&read(&text, None, action, &facts()));
            for line in shorts(&alone) {
                prop_assert!(together.contains(&line), "{line} is not in {together:?} of {text}");
            }
        }
    }
}
