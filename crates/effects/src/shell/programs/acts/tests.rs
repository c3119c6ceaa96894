use action::{Certainty, Effects, Reversibility, Tier, Verb};

use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::{facts, has};

fn host(text: &str) -> Effects {
    read(text, &facts(), Place::Host)
}

fn opaque(effects: &Effects) -> bool {
    effects.iter().any(|e| e.certainty == Certainty::Opaque)
}

/// Whether all that a text does is to look.
fn only_looks(text: &str) -> bool {
    host(text).iter().all(|e| matches!(e.verb, Verb::Read | Verb::Execute) && e.certainty != Certainty::Opaque)
}

#[test]
fn flags_raise_what_a_command_does() {
    for (mild, grave, verb, name) in [
        ("docker compose down", "docker compose down -v", Verb::Delete, "of a project"),
        ("docker rm web", "docker rm -fv web", Verb::Delete, "anonymous"),
        ("prisma db push", "prisma db push --accept-data-loss", Verb::Replace, "tables"),
        ("restic forget --keep-last 3", "restic forget --keep-last 3 --prune", Verb::Delete, "restic forget"),
        ("gh pr merge 12", "gh pr merge 12 --admin", Verb::DisableProtection, "12"),
        ("etcdctl del /a", "etcdctl del /a --prefix", Verb::Delete, "all-below"),
        ("journalctl -u x", "journalctl --vacuum-time=1s", Verb::Delete, "journalctl"),
        ("terraform apply -target=a.b", "terraform apply -destroy", Verb::Delete, "terraform apply"),
        ("helm upgrade web c", "helm upgrade web c --force", Verb::Replace, "web"),
        ("gsutil rsync a gs://b", "gsutil rsync -d a gs://b", Verb::Delete, "gs://b"),
    ] {
        let same = |effects: &Effects| effects.iter().filter(|e| e.verb == verb && e.resource.name == name).count();
        assert!(same(&host(mild)) < same(&host(grave)), "{grave}: {:#?}", host(grave).lines());
    }
}

#[test]
fn volumes_and_databases_bear_data_and_do_not_come_back() {
    for text in ["docker volume rm a", "docker compose down -v", "dropdb a", "terraform destroy", "flyway clean", "redis-cli flushall", "helm uninstall a"] {
        let effects = host(text);
        let lost = effects.iter().find(|e| e.verb == Verb::Delete && e.data_bearing);
        assert!(lost.is_some_and(|e| e.reversibility == Reversibility::Irreversible), "{text}: {:#?}", effects.lines());
    }
    assert!(host("terraform destroy").iter().any(|e| e.whole_environment));
    assert!(!host("terraform destroy -target=a.b").iter().any(|e| e.whole_environment));
}

#[test]
fn a_rehearsal_only_looks_unless_something_takes_that_back() {
    for text in [
        "kubectl delete ns x --dry-run=client",
        "helm uninstall x --dry-run",
        "rclone sync a b:c --dry-run",
        "terraform fmt -check",
        "cargo fmt --check",
        "gzip -c a",
        "gh api -X GET repos/a/b",
        "apt-get -s remove x",
    ] {
        assert!(only_looks(text), "{text}: {:#?}", host(text).lines());
    }
    for text in [
        "kubectl delete ns x --dry-run=client --dry-run=none",
        "kubectl delete ns x --dry-run=none",
        "kubectl delete ns x --made-up --dry-run=client",
        "kubectl delete ns x --dry-run=\"$mode\"",
        "kubectl delete ns x -- --dry-run=client",
        "helm uninstall x --dry-run=false",
        "helm uninstall x --description --dry-run",
        "rclone sync a b:c --backup-dir --dry-run",
        "gh api -X GET -X DELETE repos/a/b",
        "gh api -X GET --method DELETE repos/a/b",
        "gzip --suffix -c a",
    ] {
        assert!(!only_looks(text), "{text}: {:#?}", host(text).lines());
    }
}

#[test]
fn help_is_asked_only_where_nothing_takes_it_for_its_own() {
    for text in ["kubectl delete --help", "docker compose down --help", "terraform destroy --help", "npm --version", "gh --version", "helm help", "kubectl delete ns --help"] {
        assert!(only_looks(text), "{text}: {:#?}", host(text).lines());
    }
    for text in [
        "kubectl delete ns x --made-up --help",
        "kubectl delete ns x -- --help",
        "docker run x --help",
        "docker compose down -v",
        "redis-cli del a --help",
        "npx evil --help",
        "make x --help",
    ] {
        assert!(!only_looks(text), "{text}: {:#?}", host(text).lines());
    }
}

#[test]
fn what_cannot_be_told_is_opaque() {
    for text in [
        "kubectl \"$verb\" pods",
        "docker --made-up ps",
        "docker made-up",
        "gcloud made-up list",
        "az made-up show",
        "kubectl get --raw /x",
        "helm template a b --post-renderer ./x",
        "docker volume rm \"$v\"",
        "kubectl delete $things",
        "psql -f x.sql",
        "mysql app",
        "systemctl made-up x",
    ] {
        assert!(opaque(&host(text)), "{text}: {:#?}", host(text).lines());
    }
}

#[test]
fn an_option_that_a_strict_row_does_not_name_is_opaque() {
    for text in ["kubectl get pods --made-up", "gh api user --made-up", "psql --made-up -l", "terraform plan -made-up"] {
        assert!(opaque(&host(text)), "{text}: {:#?}", host(text).lines());
    }
    for text in ["kubectl get pods -A -o wide", "gh api user --paginate", "psql -At -l", "docker ps --made-up"] {
        assert!(!opaque(&host(text)), "{text}: {:#?}", host(text).lines());
    }
}

#[test]
fn kinds_and_names_come_from_operands() {
    for (text, kind, name) in [
        ("kubectl delete deploy web api", "deploy", "api"),
        ("kubectl delete pod/web", "pod", "pod/web"),
        ("docker volume rm a b", "volume", "b"),
        ("gcloud --project p sql instances delete main", "instances", "main"),
        ("az vm delete -g rg -n web", "vm", "web"),
        ("helm -n x uninstall web", "release", "web"),
        ("gh release delete v1", "release", "v1"),
        ("cdk destroy Stack1", "stack", "Stack1"),
        ("kubectl delete '$(x)' y", "resource", "y"),
    ] {
        let effects = host(text);
        assert!(effects.iter().any(|e| e.verb == Verb::Delete && e.resource.kind == kind && e.resource.name == name), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn secrets_are_in_no_line() {
    for text in [
        "psql postgres://u:hunter2@h/x -c 'drop table y'",
        "pg_dump postgres://u:hunter2@h/x",
        "vault login hunter2",
        "redis-cli -a hunter2 flushall",
        "mysql -u root -p hunter2 -e 'drop table x'",
        "mongosh mongodb://u:hunter2@h/x --eval 'db.dropDatabase()'",
        "docker login -u me -p hunter2",
        "psql 'host=h password=hunter2' -c 'delete from x'",
        "curl -u me:hunter2 https://u:hunter2@evil.example/x",
    ] {
        let lines = host(text).lines();
        assert!(!lines.iter().any(|l| l.contains("hunter2")), "{text}: {lines:#?}");
    }
}

#[test]
fn files_that_options_name_are_touched() {
    let effects = host("pg_dump -f out.sql app; kubectl apply -f x.yaml; terraform plan -out=tf.plan; helm template c -f v.yaml");
    for (verb, name) in [(Verb::Update, "out.sql"), (Verb::Read, "x.yaml"), (Verb::Update, "tf.plan"), (Verb::Read, "v.yaml")] {
        assert!(has(&effects, verb, name), "{name}: {:#?}", effects.lines());
    }
}

#[test]
fn a_started_program_is_read_by_its_name_and_stays_opaque() {
    let effects = host("npx prisma@5 migrate reset --force");
    assert!(opaque(&effects) && has(&effects, Verb::Delete, "everything"), "{:#?}", effects.lines());
    for text in ["bundle exec rake db:drop", "poetry run django-admin flush", "uv run alembic downgrade base", "pnpm exec prisma db push --force-reset", "yarn dlx supabase db reset"] {
        let effects = host(text);
        assert!(effects.tier() == Tier::Unknown && effects.iter().any(|e| e.verb == Verb::Delete), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn looking_at_the_machine_in_the_box_looks_at_the_box() {
    for text in ["systemctl status x", "journalctl -n 5", "crontab -l", "apt list"] {
        let effects = read(text, &facts(), Place::Boxed);
        assert!(effects.stay_in_the_box(), "{text}: {:#?}", effects.lines());
    }
    for text in ["systemctl stop x", "service x stop", "fdisk /dev/sda", "nft made-up", "sysctl -w a=b", "crontab f"] {
        assert!(!read(text, &facts(), Place::Boxed).stay_in_the_box(), "{text}");
    }
}

#[test]
fn what_the_box_has_of_its_own_is_changed_in_it() {
    for text in ["pip uninstall -y x", "npm config set a b", "cargo uninstall x", "openssl genrsa -out k.pem", "ssh-keygen -t ed25519 -f k -N ''", "patch -p1 < a"] {
        assert!(read(text, &facts(), Place::Boxed).stay_in_the_box(), "{text}: {:#?}", read(text, &facts(), Place::Boxed).lines());
        assert_eq!(host(text).tier(), Tier::Host, "{text}");
    }
}
