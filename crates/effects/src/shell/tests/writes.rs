//! What is written, counted and lost beside what a command seems to be for.

use action::{Certainty, Effect, Reversibility, Verb};

use super::facts;
use crate::facts::{Facts, FileFact, FileKind};
use crate::place::Place;
use crate::shell::read;

fn host(text: &str) -> Vec<Effect> {
    read(text, &facts(), Place::Host).iter().cloned().collect()
}

#[test]
fn files_that_a_download_names_are_written_over() {
    for (text, verb, name) in [
        ("curl -O https://crates.io/a.tgz", Verb::Update, "a.tgz"),
        ("curl -sSLO https://crates.io/a.tgz", Verb::Update, "a.tgz"),
        ("curl --output-dir d --remote-name https://crates.io/a.tgz", Verb::Update, "d/a.tgz"),
        ("curl -OJ https://crates.io/a.tgz", Verb::Update, "./**"),
        ("curl -o out https://crates.io/a.tgz", Verb::Update, "out"),
        ("curl -c jar -D head --trace log https://crates.io/a", Verb::Update, "log"),
        ("wget https://crates.io/a.tgz", Verb::Create, "a.tgz"),
        ("wget -N https://crates.io/a.tgz", Verb::Update, "a.tgz"),
        ("wget -r https://crates.io/a", Verb::Update, "./**"),
        ("kubectl cluster-info dump --output-directory=out", Verb::Update, "out"),
        ("openssl req -new -keyout k -out r", Verb::Update, "k"),
        ("openssl req -new -keyout k -out r", Verb::Update, "r"),
        ("op read op://x/y -o out", Verb::Update, "out"),
        ("firebase auth:export users.json", Verb::Update, "users.json"),
        ("rclone lsf x: --log-file out", Verb::Update, "out"),
        ("sort -o out in", Verb::Update, "out"),
        ("find . -fprintf out %p", Verb::Update, "out"),
        ("git diff --output=out", Verb::Update, "out"),
    ] {
        assert!(host(text).iter().any(|e| e.verb == verb && e.resource.name == name), "{text}: {:#?}", host(text));
    }
}

#[test]
fn a_disk_is_somebodys_data_and_gone_for_good() {
    for text in [
        "dd if=/dev/zero of=/dev/sda", "sudo dd if=a of=/dev/nvme0n1p2 bs=4M", "cp a /dev/sdb", "cat a > /dev/vda", "echo x >> /dev/xvda1", "tee /dev/mapper/vg-root < a", "cat x | sudo tee /dev/mmcblk0",
        "shred /dev/sdb", "dd if=a of=/dev/disk/by-id/y", "truncate -s 0 /dev/md0", "mkfs.ext4 /dev/sdb1", "mkfs -t xfs /dev/md0", "wipefs -a /dev/sdb", "blkdiscard /dev/nvme0n1", "sgdisk --zap-all /dev/sda", "parted /dev/sda mklabel gpt",
        "cryptsetup luksFormat /dev/sda1", "hdparm --security-erase x /dev/sda", "cp a /dev/sd*", "dd of=/dev/vg0/root if=a", "mv a /dev/sda",
    ] {
        let lost = |e: &Effect| e.data_bearing && e.verb > Verb::Read && e.reversibility == Reversibility::Irreversible && e.certainty <= Certainty::AtLeast;
        assert!(host(text).iter().any(lost), "{text}: {:#?}", host(text));
    }
    for text in ["cp a /dev/null", "echo x > /dev/stderr", "dd if=/dev/zero of=img", "echo x > /dev/tty"] {
        assert!(!host(text).iter().any(|e| e.data_bearing), "{text}: {:#?}", host(text));
    }
}

#[test]
fn what_goes_is_counted_where_the_tree_is_known() {
    let mut facts = Facts { ..facts() };
    let mut add = |path: &str, kind: FileKind, size: u64| drop(facts.files.insert(path.into(), FileFact { kind, size, ..FileFact::default() }));
    add("build", FileKind::Directory, 12);
    add("a.log", FileKind::File, 900);
    add("b.log", FileKind::File, 900);
    add("src", FileKind::Directory, 3);
    add("src/x.o", FileKind::File, 9);
    let facts = facts;
    for (text, number) in [
        ("find build -delete", Some(12)),
        ("find build -type f -delete", Some(12)),
        ("find src -name '*.o' -delete", Some(1)),
        ("find . -name '*.log' -delete", Some(2)),
        ("find build -mtime +3 -delete", None),
        ("find build ! -name x -delete", None),
        ("find made -delete", None),
        ("rm *.log", Some(2)),
        ("rm -rf build/*", Some(12)),
        ("rm -rf build", Some(12)),
        ("rm *.txt", None),
    ] {
        let effects = read(text, &facts, Place::Host);
        let deleted = effects.iter().find(|e| e.verb == Verb::Delete).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(deleted.count.as_ref().map(|count| count.n), number, "{text}: {:#?}", effects.lines());
        assert!(deleted.certainty == Certainty::AtLeast || text == "rm -rf build", "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn a_plan_runs_the_code_of_its_providers() {
    for text in ["terraform plan", "tofu plan", "terragrunt plan", "terraform plan -out=x", "terragrunt run-all plan", "terragrunt stack run plan", "terragrunt output", "terragrunt validate", "terraform refresh"] {
        assert!(host(text).iter().any(|e| e.certainty == Certainty::Opaque && e.resource.kind == "program"), "{text}: {:#?}", host(text));
    }
}

#[test]
fn one_word_for_all_units_is_the_whole_environment() {
    for text in [
        "terragrunt run --all destroy", "terragrunt run --all --non-interactive -- destroy", "terragrunt run-all destroy", "terragrunt destroy-all", "terragrunt stack run destroy", "terragrunt run destroy", "terragrunt destroy",
        "terragrunt run --all apply -destroy", "terragrunt run-all apply -destroy", "terragrunt stack run apply -destroy",
    ] {
        assert!(host(text).iter().any(|e| e.verb == Verb::Delete && e.whole_environment && e.data_bearing), "{text}: {:#?}", host(text));
    }
    for text in ["terragrunt run --all apply", "terragrunt run-all apply", "terragrunt stack run apply", "terragrunt apply-all", "terragrunt run --all plan"] {
        let effects = host(text);
        assert!(effects.iter().any(|e| e.certainty == Certainty::Opaque) && !effects.iter().any(|e| e.whole_environment), "{text}: {effects:#?}");
    }
}

#[test]
fn keys_go_as_the_server_takes_them() {
    for (text, verb, name) in [
        ("redis-cli flushall", Verb::Delete, "all-keys"),
        ("redis-cli expire x 1", Verb::Delete, "x"),
        ("redis-cli copy a b replace", Verb::Replace, "b"),
        ("redis-cli restore a 0 x", Verb::Replace, "a"),
        ("redis-cli shutdown nosave", Verb::Delete, "unsaved"),
        ("redis-cli slowlog reset", Verb::Delete, "slowlog"),
        ("redis-cli migrate h 6379 k 0 5", Verb::Expose, "redis-cli migrate"),
        ("redis-cli replicaof h 6379", Verb::Replace, "redis-cli replicaof"),
    ] {
        assert!(host(text).iter().any(|e| e.verb == verb && e.resource.name == name), "{text}: {:#?}", host(text));
    }
    for text in ["redis-cli eval 'x' 0", "redis-cli module load x", "redis-cli debug sleep 1", "redis-cli --eval f get x", "redis-cli --pipe", "redis-cli function load x", "redis-cli script load x", "redis-cli -x set a"] {
        assert!(host(text).iter().any(|e| e.certainty == Certainty::Opaque), "{text}: {:#?}", host(text));
    }
    assert!(!host("redis-cli expire x 1").iter().any(|e| e.resource.name == "1"));
}

#[test]
fn a_letter_that_means_something_else_makes_no_folder_of_a_file() {
    for (text, name) in [("jq -r .x f.json", "f.json"), ("sort -r f.txt", "f.txt"), ("tee -a f", "f")] {
        assert!(host(text).iter().any(|e| e.resource.kind == "file" && e.resource.name == name), "{text}: {:#?}", host(text));
    }
    assert!(host("cp -r a b").iter().any(|e| e.resource.kind == "directory"));
}
