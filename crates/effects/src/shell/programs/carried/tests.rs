use std::collections::BTreeMap;

use action::{Certainty, Effects, Environment, EnvironmentName, Generation, Reversibility, Tier, Verb};

use crate::facts::{Facts, FileFact};
use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::{facts, has};

const PLAN: &str = r#"{"format_version":"1.2","terraform_version":"1.9.0","resource_changes":[{"address":"aws_db_instance.main","mode":"managed",
    "type":"aws_db_instance","name":"main","provider_name":"registry.terraform.io/hashicorp/aws","change":{"actions":["delete"],"before":{},"after":null}}]}"#;

fn environment(name: &str, tier: Tier, paths: &[&str], hosts: &[&str]) -> (Environment, Generation) {
    let strings = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    let environment = Environment {
        name: EnvironmentName::new(name),
        tier,
        paths: strings(paths),
        hosts: strings(hosts),
        remotes: vec![],
        recovery: vec![],
        owners: Vec::new(),
        terms: Default::default(),
        identities: vec![],
    };
    (environment, Generation(1))
}

fn world() -> Facts {
    let files = [
        ("ask.sql", "select 1;\n"),
        ("wipe.sql", "delete from orders;\n"),
        ("ops/drop.sql", "drop table staging;\n"),
        ("web.yaml", "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n"),
        ("web.yml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"),
        ("docker-compose.yml", "services:\n  db:\n    image: postgres\nvolumes:\n  pg: {}\n"),
        ("other.yml", "services:\n  app:\n    image: app\nvolumes:\n  files: {}\n"),
    ];
    Facts {
        environments: vec![
            environment("production", Tier::Production, &["/srv/prod"], &["db.example.com", "10.0.0.1"]),
            environment("dev", Tier::Development, &[], &["db.dev.example.com", "10.0.0.2"]),
        ],
        scripts: files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        clusters: [("", "https://10.0.0.2:6443"), ("dev", "https://10.0.0.2:6443"), ("live", "https://10.0.0.1:6443")]
            .iter()
            .map(|(name, server)| ((*name).to_owned(), (*server).to_owned()))
            .collect(),
        plans: BTreeMap::from([("tf.plan".to_owned(), PLAN.to_owned())]),
        ..facts()
    }
}

fn host(text: &str) -> Effects {
    read(text, &world(), Place::Host)
}

fn opaque(effects: &Effects) -> bool {
    effects.iter().any(|e| e.certainty == Certainty::Opaque)
}

#[track_caller]
fn is_read(text: &str) -> Effects {
    let effects = host(text);
    assert!(!opaque(&effects), "{text}: {:#?}", effects.lines());
    effects
}

#[track_caller]
fn is_opaque(text: &str) {
    let effects = host(text);
    assert!(opaque(&effects), "{text}: {:#?}", effects.lines());
}

#[test]
fn statements_are_read_wherever_a_client_gets_them() {
    for text in [
        "psql -h db.example.com -c 'delete from orders'",
        "psql postgres://u:p@db.example.com/app -Atc 'delete from orders'",
        "psql 'host=db.example.com dbname=app' -c 'delete from orders'",
        "URL=postgres://u:p@db.example.com/app; psql \"$URL\" -c 'delete from orders'",
        "psql -h db.example.com -f wipe.sql",
        "psql -h db.example.com < wipe.sql",
        "git status; rm -f a.log; psql -h db.example.com < wipe.sql",
        "cat wipe.sql | psql -h db.example.com",
        "psql -h db.example.com <<'E'\ndelete from orders;\nE",
        "mysql -h db.example.com -uroot -psecret app -e 'delete from orders'",
        "mariadb -h db.example.com app < wipe.sql",
        "echo 'delete from orders' | mysql -h db.example.com app",
        "sqlcmd -S db.example.com -Q 'delete from orders'",
        "sqlcmd -S db.example.com -i wipe.sql",
    ] {
        let effects = is_read(text);
        let lost = effects.iter().find(|e| e.verb == Verb::Delete && e.resource.name.contains("orders"));
        let lost = lost.unwrap_or_else(|| panic!("{text}: {:#?}", effects.lines()));
        assert!(lost.data_bearing && lost.environment.as_str() == "production", "{text}: {}", lost.line());
        assert!(!effects.lines().join("\n").contains("secret"), "{text}");
    }
}

#[test]
fn a_question_only_reads_though_its_host_is_production() {
    for text in ["psql -h db.example.com -c 'select 1'", "psql -h db.example.com -f ask.sql", "bq query 'select 1'", "mysql -h db.example.com -e 'select 1'"] {
        assert!(is_read(text).iter().all(|e| e.verb == Verb::Read), "{text}: {:#?}", host(text).lines());
    }
}

#[test]
fn statements_that_are_not_all_known_stay_opaque() {
    for text in [
        "psql -h localhost",
        "psql -h localhost -c \"$q\"",
        "psql -h localhost -c \"select 1; $q\"",
        "psql -h localhost -f missing.sql",
        "psql -h localhost -c 'select 1' -f missing.sql",
        "psql -h localhost -v x=1 -f ask.sql",
        "psql -h localhost -f -",
        "psql -h localhost -c '\\! id'",
        "psql -h localhost -c 'call x()'",
        "echo 'drop table x' > ask.sql; psql -h localhost -f ask.sql",
        "make gen; psql -h localhost -f ask.sql",
        "tar -xf new.tar; psql -h localhost -f ask.sql",
        "git checkout other; psql -h localhost -f ask.sql",
        "trap 'psql -h localhost -f ask.sql' EXIT",
        "sqlite3 x.db '.output ask.sql' 'select 1'; psql -h localhost -f ask.sql",
        "for i in 1 2; do psql -h localhost -f ask.sql; make; done",
        "echo '\\set x 1' > ~/.psqlrc; psql -h localhost -f ask.sql",
        "mysql -h localhost --delimiter=// -e 'select 1'",
        "mysql -h localhost --made-up -e 'select 1'",
        "mysql -h localhost -pe 'select 1'",
        "sqlcmd -S localhost -q 'select 1'",
        "bq query \"$q\"",
        "PGOPTIONS=x psql -h localhost -c 'select 1'",
        "HOME=/tmp/x psql -h localhost -f ask.sql",
        "dump | psql -h localhost",
    ] {
        is_opaque(text);
    }
}

#[test]
fn what_is_asked_of_several_texts_is_all_read() {
    let effects = is_read("psql -h db.example.com -c 'select 1' -c 'drop table poc_staging' -f wipe.sql");
    assert!(has(&effects, Verb::Delete, "poc_staging"), "{:#?}", effects.lines());
    assert!(effects.iter().any(|e| e.resource.name.contains("orders")), "{:#?}", effects.lines());
}

#[test]
fn a_host_in_a_variable_says_where_and_is_itself_opaque() {
    for text in [
        "PGHOST=db.example.com PGPORT=5432 psql -c 'delete from orders'",
        "export DATABASE_URL=postgres://u:p@db.example.com/app; psql \"$DATABASE_URL\" -c 'delete from orders'",
        "DATABASE_URL=postgres://u:p@db.example.com/app; psql \"$DATABASE_URL\" -c 'delete from orders'",
    ] {
        let effects = host(text);
        let lost = effects.iter().find(|e| e.verb == Verb::Delete);
        assert!(lost.is_some_and(|e| e.environment.as_str() == "production"), "{text}: {:#?}", effects.lines());
    }
    assert!(opaque(&host("PGHOST=db.example.com psql -c 'delete from orders'")));
}

#[test]
fn a_client_of_another_host_than_the_text_shows_is_unknown() {
    for text in [
        "psql -c 'drop table x'",
        "PGHOST=db.dev.example.com; psql -c 'drop table x'",
        "PGHOSTADDR=1.2.3.4 psql -h db.dev.example.com -c 'drop table x'",
        "psql 'host=db.dev.example.com hostaddr=1.2.3.4' -c 'drop table x'",
        "psql 'postgres://db.dev.example.com/x?host=other' -c 'drop table x'",
        "psql 'postgres://db.dev.example.com,other/x' -c 'drop table x'",
        "psql -h db.dev.example.com 'host = other' -c 'drop table x'",
        "psql -h db.dev.example.com service=other -c 'drop table x'",
    ] {
        assert!(host(text).tier() == Tier::Unknown || opaque(&host(text)), "{text}: {:#?}", host(text).lines());
    }
    assert_eq!(host("psql -h db.dev.example.com -c 'drop table x'").tier(), Tier::Development);
}

#[test]
fn a_database_file_is_where_it_lies() {
    let inside = read("sqlite3 app.db 'delete from orders'", &world(), Place::Boxed);
    assert!(inside.stay_in_the_box() && !opaque(&inside) && inside.iter().any(|e| e.verb == Verb::Delete), "{:#?}", inside.lines());
    for text in ["sqlite3 /srv/prod/costs.db 'delete from costs'", "cd /srv/prod && sqlite3 costs.db < /home/ana/app/wipe.sql"] {
        for place in [Place::Boxed, Place::Host] {
            let effects = read(text, &world(), place);
            assert!(effects.iter().any(|e| e.verb == Verb::Delete && e.tier == Tier::Production), "{text}: {:#?}", effects.lines());
        }
    }
    assert!(is_read("sqlite3 :memory: 'create table x (y)'").stay_in_the_box());
    for text in ["sqlite3 app.db", "sqlite3 \"$f\" 'select 1'", "sqlite3 file:app.db 'select 1'", "sqlite3 -cmd 'drop table x' app.db 'select 1'", "sqlite3 app.db \"$q\"", "duckdb app.db 'drop table x'"] {
        is_opaque(text);
    }
}

#[test]
fn incident_11_a_predicate_that_a_person_can_count_is_named() {
    let facts = Facts { tables: BTreeMap::from([("messages".to_owned(), 35_254)]), ..world() };
    let effects = read("psql -h db.example.com -c \"delete from messages where true\"", &facts, Place::Host);
    let all = effects.iter().find(|e| e.verb == Verb::Delete).unwrap();
    assert!(all.count.as_ref().is_some_and(|count| count.n == 35_254) && all.tier == Tier::Production, "{}", all.line());
    let some = is_read("psql -h db.example.com -c \"delete from messages where name like 'ZT-%'\"");
    let some = some.iter().find(|e| e.verb == Verb::Delete && e.resource.name.contains("messages")).unwrap();
    assert!(some.count.is_none() && some.line().contains("a pattern"), "{}", some.line());
}

#[test]
fn incident_2_and_8_destructive_sql_is_named_in_every_dress() {
    for text in [
        "psql postgres://u:p@db.example.com/app -c 'DROP TABLE poc_staging'",
        "bash -c \"psql -h db.example.com -c 'DROP TABLE poc_staging'\"",
        "env PGPASSWORD=x timeout 5 psql -h db.example.com -c 'DROP TABLE poc_staging'",
        "for t in poc_staging; do psql -h db.example.com -c \"DROP TABLE $t\"; done",
        "xargs -I{} psql -h db.example.com -c 'DROP TABLE poc_staging' < names",
    ] {
        let effects = host(text);
        let lost = effects.iter().find(|e| e.verb == Verb::Delete && e.resource.name == "poc_staging");
        assert!(lost.is_some_and(|e| e.tier == Tier::Production && e.reversibility == Reversibility::Irreversible), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn manifests_are_read_where_the_cluster_is() {
    let effects = is_read("kubectl --context live delete -f web.yaml");
    let lost = effects.iter().find(|e| e.verb == Verb::Delete).unwrap();
    assert!(lost.tier == Tier::Production && lost.data_bearing && lost.resource.name.contains("data"), "{}", lost.line());
    for text in ["kubectl delete -f web.yaml", "cat web.yaml | kubectl delete -f -", "kubectl --context dev delete -f web.yml,web.yaml", "k delete -f web.yaml"] {
        assert!(is_read(text).iter().any(|e| e.verb == Verb::Delete && e.tier == Tier::Development), "{text}: {:#?}", host(text).lines());
    }
}

#[test]
fn manifests_that_are_not_all_known_stay_opaque() {
    for text in [
        "kubectl delete -f missing.yaml",
        "kubectl delete -f web.yaml -f missing.yaml",
        "kubectl delete -f web.yaml,missing.yaml",
        "kubectl delete -f https://example.com/x.yaml",
        "kubectl apply -k overlays",
        "kubectl apply --prune -f web.yml",
        "kubectl apply --made-up -f web.yml",
        "helm template x | kubectl apply -f -",
        "make; kubectl apply -f web.yml",
        "kubectl replace --force -f web.yml",
    ] {
        is_opaque(text);
    }
}

#[test]
fn a_cluster_that_the_text_may_have_changed_is_unknown() {
    for text in [
        "kubectl config use-context live; kubectl delete pod x",
        "aws eks update-kubeconfig --name x; kubectl delete pod x",
        "gcloud container clusters get-credentials x; kubectl delete pod x",
        "cp x ~/.kube/config; kubectl delete pod x",
        "HOME=/tmp/x kubectl delete pod x",
        "KUBECONFIG=x kubectl delete pod x",
        "sudo kubectl delete pod x",
        "su -c 'kubectl delete pod x' me",
        "kubectl --kubeconfig x delete pod x",
        "make; kubectl --context dev delete pod x",
        "kubectl --context nobody delete pod x",
    ] {
        let effects = host(text);
        assert!(effects.iter().any(|e| e.verb == Verb::Delete && e.tier == Tier::Unknown), "{text}: {:#?}", effects.lines());
    }
    assert_eq!(host("kubectl delete pod x").tier(), Tier::Development);
    assert_eq!(host("kubectl delete pod x; kubectl --context live delete pod y").tier(), Tier::Production);
}

#[test]
fn incident_15_volumes_of_a_compose_file_are_named() {
    for text in ["docker compose down -v", "docker-compose down --volumes", "docker compose -f docker-compose.yml down -v", "podman compose down -v"] {
        let effects = host(text);
        let lost = effects.iter().find(|e| e.verb == Verb::Delete && e.resource.kind == "volume" && e.resource.name == "pg");
        let lost = lost.unwrap_or_else(|| panic!("{text}: {:#?}", effects.lines()));
        assert!(lost.data_bearing && lost.reversibility == Reversibility::Irreversible, "{text}: {}", lost.line());
    }
    let kept = host("docker compose down");
    assert!(!kept.iter().any(|e| e.resource.kind == "volume"), "{:#?}", kept.lines());
    let other = host("docker compose -p shop -f other.yml down -v db app");
    assert!(has(&other, Verb::Delete, "shop_files") && !has(&other, Verb::Delete, "pg"), "{:#?}", other.lines());
}

#[test]
fn a_compose_file_that_is_not_at_hand_is_known_by_kind() {
    let gone = Facts { files: BTreeMap::from([("compose.yaml".to_owned(), FileFact::default())]), ..world() };
    let volumes = |effects: &Effects| effects.iter().any(|e| e.verb == Verb::Delete && e.resource.kind == "volume" && e.resource.name.starts_with("of "));
    assert!(volumes(&read("docker compose down -v", &gone, Place::Host)));
    for text in [
        "docker compose -f missing.yml down -v",
        "cd sub && docker compose down -v",
        "COMPOSE_FILE=x docker compose down -v",
        "make; docker compose down -v",
        "docker compose --project-directory x down -v",
        "cp x compose.yaml; docker compose down -v",
    ] {
        assert!(volumes(&host(text)), "{text}: {:#?}", host(text).lines());
    }
    is_opaque("cd sub && docker compose up -d");
    is_opaque("docker compose up --made-up");
}

#[test]
fn a_plan_file_is_read_where_its_text_is_known() {
    for text in ["terraform apply tf.plan", "tofu apply -auto-approve tf.plan", "cd sub && terraform -chdir=.. apply tf.plan"] {
        let effects = host(text);
        assert!(effects.iter().any(|e| e.verb == Verb::Delete && e.resource.name.contains("aws_db_instance.main")), "{text}: {:#?}", effects.lines());
        assert!(!effects.iter().any(|e| e.verb == Verb::Opaque), "{text}: {:#?}", effects.lines());
    }
    for text in [
        "terraform apply",
        "terraform apply other.plan",
        "terraform plan -out=tf.plan && terraform apply tf.plan",
        "make; terraform apply tf.plan",
        "terragrunt apply tf.plan",
        "TF_CLI_ARGS_apply=-destroy terraform apply tf.plan",
        "terraform apply -made-up tf.plan",
        "terraform apply -auto-approve",
    ] {
        is_opaque(text);
    }
}
