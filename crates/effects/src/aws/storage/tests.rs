use action::{Certainty, Tier, Verb};

use super::parts;
use crate::aws::tests::{effects, only};

/// Each command touches these, among others.
#[track_caller]
fn touches(text: &str, expected: &[(Verb, &str)]) {
    let all = effects(text);
    for (verb, name) in expected {
        assert!(all.iter().any(|e| e.verb == *verb && e.resource.name == *name), "{text}: no {verb} {name}: {:#?}", all.lines());
    }
}

#[test]
fn both_sides_of_a_transfer_are_told() {
    touches("aws s3 cp a.txt s3://b/k", &[(Verb::Read, "a.txt"), (Verb::Update, "b/k")]);
    touches("aws s3 cp s3://b/k a.txt", &[(Verb::Read, "b/k"), (Verb::Update, "a.txt")]);
    touches("aws s3 cp s3://b/k /etc/", &[(Verb::Update, "/etc/**")]);
    touches("aws s3 cp s3://a/k s3://b/l", &[(Verb::Read, "a/k"), (Verb::Update, "b/l")]);
    touches("aws s3 mv s3://a/k s3://b/l", &[(Verb::Delete, "a/k"), (Verb::Update, "b/l")]);
    touches("aws s3 mv a.txt s3://b/l", &[(Verb::Delete, "a.txt"), (Verb::Update, "b/l")]);
    touches("aws s3 sync site s3://b --delete", &[(Verb::Read, "site"), (Verb::Update, "b"), (Verb::Delete, "b")]);
    touches("aws s3 sync site s3://b --del", &[(Verb::Delete, "b")]);
    touches("aws s3 sync s3://b site --delete", &[(Verb::Read, "b"), (Verb::Delete, "site")]);
    touches("aws s3 cp s3://b/p d --recursive", &[(Verb::Read, "b/p*"), (Verb::Update, "d/**")]);
    touches("echo x | aws s3 cp - s3://b/k", &[(Verb::Update, "b/k")]);
}

#[test]
fn deletions_say_how_deep_they_go() {
    assert_eq!(only("aws s3 rm s3://b/k").resource.to_string(), "s3 object `b/k`");
    assert_eq!(only("aws s3 rm s3://b/p --recursive").resource.to_string(), "s3 object `b/p*`");
    let all = only("aws s3 rm s3://b --recursive");
    assert_eq!(all.resource.to_string(), "s3 bucket `b`");
    assert!(all.notes.contains(&"all objects in it".to_owned()) && all.data_bearing);
    assert!(!only("aws s3 rb s3://b").notes.contains(&"all objects in it".to_owned()));
    assert_eq!(only("aws s3 rm s3://b/p --recursive --exclude *.txt").certainty, Certainty::AtLeast);
}

#[test]
fn a_dry_run_changes_nothing_on_either_side() {
    for text in [
        "aws s3 rm s3://b --recursive --dryrun",
        "aws s3 sync . s3://b --delete --dryrun",
        "aws s3 sync s3://b . --delete --dryrun",
        "aws s3 mv a s3://b/a --dryrun",
    ] {
        assert!(effects(text).iter().all(|e| e.verb == Verb::Read), "{text}: {:#?}", effects(text).lines());
    }
    for text in ["aws s3 rm s3://b --recursive --dryr", "aws s3 rm s3://b --dry-run", "aws s3 rm s3://b --dryrun $x", "aws s3 rb s3://b --dryrun"] {
        assert!(effects(text).iter().any(|e| matches!(e.verb, Verb::Delete | Verb::Opaque)), "{text}");
    }
}

#[test]
fn what_others_may_see_is_exposed() {
    touches("aws s3 cp a s3://b/a --acl public-read", &[(Verb::Expose, "b/a")]);
    touches("aws s3 cp a s3://b/a --acl \"$x\"", &[(Verb::Expose, "b/a")]);
    touches("aws s3 sync a s3://b --grants read=uri=x", &[(Verb::Expose, "b")]);
    touches("aws s3 presign s3://b/k", &[(Verb::Expose, "b/k")]);
    assert!(!effects("aws s3 cp a s3://b/a --acl private").iter().any(|e| e.verb == Verb::Expose));
    let to_strangers = effects("aws s3 cp a s3://b/a --profile lost");
    assert!(to_strangers.iter().any(|e| e.verb == Verb::Expose && e.tier == Tier::Unknown), "{:#?}", to_strangers.lines());
}

#[test]
fn what_is_not_known_is_opaque_or_more() {
    let opaque = |text: &str| effects(text).iter().any(|e| e.verb != Verb::Read && e.certainty == Certainty::Opaque);
    assert!(opaque("aws s3 rm \"s3://$b/x\"") && opaque("aws s3 rm $x --recursive") && opaque("aws s3 cp a \"$x\""));
}

#[test]
fn a_path_is_bucket_and_key() {
    for (text, bucket, key) in [
        ("s3://b", "b", ""),
        ("s3://b/", "b", ""),
        ("s3://b/a/c", "b", "a/c"),
        ("b/a", "b", "a"),
        ("s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/p/k", "arn:aws:s3:eu-west-1:111122223333:accesspoint/p", "k"),
        ("s3://", "", ""),
    ] {
        let stored = parts(text);
        assert_eq!((stored.bucket.as_str(), stored.key.as_str()), (bucket, key), "{text}");
    }
}
