use action::{Environment, EnvironmentName, Generation, Tier};

use crate::facts::Facts;
use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::facts;

fn mapped() -> Facts {
    let environment = |name: &str, tier, hosts: &[&str], identities: &[&str]| {
        let strings = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
        let environment = Environment {
            name: EnvironmentName::new(name),
            tier,
            paths: vec![],
            hosts: strings(hosts),
            remotes: vec![],
            recovery: vec![],
            owners: Vec::new(),
            terms: Default::default(),
            identities: strings(identities),
        };
        (environment, Generation(1))
    };
    let environments = vec![
        environment("production", Tier::Production, &["db.example.com"], &["gcp:shop-1", "kubernetes:prod", "azure:sub-1", "docker:prod"]),
        environment("dev", Tier::Development, &["db.dev.example.com"], &["gcp:dev-1", "kubernetes:dev"]),
    ];
    Facts { environments, ..facts() }
}

/// The gravest tier that a text reaches, outside the box.
fn tier(text: &str) -> Tier {
    read(text, &mapped(), Place::Host).tier()
}

#[test]
fn a_mapped_name_says_where_it_lands() {
    for (text, expected) in [
        ("kubectl --context dev delete pod x", Tier::Development),
        ("kubectl delete pod x --context=dev", Tier::Development),
        ("kubectl --context prod delete pod x", Tier::Production),
        ("kubectl --context prod get pods", Tier::Production),
        ("helm --kube-context dev uninstall x", Tier::Development),
        ("gcloud compute instances delete x --project shop-1", Tier::Production),
        ("gcloud --project dev-1 compute instances delete x", Tier::Development),
        ("az vm delete -n x -g y --subscription sub-1", Tier::Production),
        ("docker --context prod volume rm x", Tier::Production),
        ("dropdb -h db.dev.example.com x", Tier::Development),
        ("dropdb --host=db.example.com x", Tier::Production),
        ("psql postgres://u@db.example.com/x -c 'drop table y'", Tier::Production),
        ("psql -d 'host=db.dev.example.com' -c 'drop table y'", Tier::Development),
        ("mysql -h db.example.com -e 'drop table x'", Tier::Production),
        ("redis-cli -h db.example.com flushall", Tier::Production),
        ("DATABASE_URL=postgres://u@db.example.com/x npx prisma db push", Tier::Production),
        ("export DATABASE_URL=postgres://u@db.dev.example.com/x; prisma db push", Tier::Development),
        ("DOCKER_HOST=tcp://db.example.com:2375 docker volume rm x", Tier::Production),
        ("flyway -url=jdbc:postgresql://db.example.com/x clean", Tier::Production),
    ] {
        assert_eq!(tier(text), expected, "{text}: {:#?}", read(text, &mapped(), Place::Host).lines());
    }
}

#[test]
fn the_gravest_of_several_names_counts_and_an_unknown_one_is_unknown() {
    for (text, expected) in [
        ("kubectl --context dev --context prod delete pod x", Tier::Production),
        ("kubectl --context \"$c\" delete pod x", Tier::Unknown),
        ("kubectl --context nobody delete pod x", Tier::Unknown),
        ("kubectl delete pod x", Tier::Unknown),
        ("kubectl --context dev --server https://1.2.3.4 delete pod x", Tier::Unknown),
        ("dropdb x", Tier::Unknown),
        ("dropdb -h \"$h\" x", Tier::Unknown),
    ] {
        assert_eq!(tier(text), expected, "{text}");
    }
}

#[test]
fn settings_that_the_agent_chose_make_a_name_unknown() {
    for text in [
        "kubectl --kubeconfig ./mine --context dev delete pod x",
        "DATABASE_URL=\"$u\" prisma db push",
        "KUBECONFIG=./mine kubectl --context dev delete pod x",
        "export KUBECONFIG=./mine; kubectl --context dev delete pod x",
        "CLOUDSDK_CONFIG=./mine gcloud --project dev-1 compute instances delete x",
        "gcloud --configuration mine --project dev-1 compute instances delete x",
    ] {
        assert_eq!(tier(text), Tier::Unknown, "{text}");
    }
}

#[test]
fn this_machine_is_the_box_in_the_box_and_the_host_outside() {
    for text in ["redis-cli set a b", "psql -h localhost -c 'insert into x values (1)'", "dropdb -h 127.0.0.1 x"] {
        assert_eq!(tier(text), Tier::Host, "{text}");
        assert!(read(text, &mapped(), Place::Boxed).stay_in_the_box(), "{text}: {:#?}", read(text, &mapped(), Place::Boxed).lines());
    }
}
