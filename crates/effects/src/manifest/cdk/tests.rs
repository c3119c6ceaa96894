use crate::manifest::tests::{check, facts, notes, says, shorts};
use crate::manifest::{Action, Kind, Target, read, read_at};
use crate::sighting::Reading;

fn reading(text: &str) -> Reading {
    let target = Target { identity: Some("aws:111122223333/eu-west-1"), ..Target::default() };
    read_at(text, Some(Kind::CdkDiff), Action::Apply, &target, &facts())
}

fn of_resources(lines: &str) -> Reading {
    reading(&format!("Stack shop (shop-live)\nResources\n{lines}"))
}

#[test]
fn a_mark_and_an_impact_are_a_verb() {
    for (line, wanted) in [
        ("[+] AWS::S3::Bucket Logs Logs6819BB44 ", "production create bucket shop/Logs6819BB44 data"),
        ("[+] AWS::S3::Bucket Logs Logs6819BB44 import", "production update bucket shop/Logs6819BB44 ~ data"),
        ("[←] AWS::S3::Bucket Logs Logs6819BB44 import", "production update bucket shop/Logs6819BB44 ~ data"),
        ("[~] AWS::S3::Bucket Logs Logs6819BB44 (requires replacement)", "production replace bucket shop/Logs6819BB44 ! data"),
        ("[~] AWS::S3::Bucket Logs Logs6819BB44", "production update bucket shop/Logs6819BB44 ~ data"),
        ("[~] AWS::S3::Bucket Logs Logs6819BB44 replace", "production replace bucket shop/Logs6819BB44 ! data"),
        ("[~] AWS::S3::Bucket Logs Logs6819BB44 may be replaced", "production replace bucket shop/Logs6819BB44 ! + data"),
        ("[-] AWS::S3::Bucket Logs Logs6819BB44 destroy", "production delete bucket shop/Logs6819BB44 ! data"),
        ("[-] AWS::S3::Bucket Logs Logs6819BB44", "production delete bucket shop/Logs6819BB44 ! data"),
        ("[-] AWS::S3::Bucket Logs Logs6819BB44 orphan", "production update bucket shop/Logs6819BB44 ~ data"),
        ("\u{1b}[31m[-]\u{1b}[39m \u{1b}[36mAWS::SQS::Queue\u{1b}[39m Q \u{1b}[90mQ1\u{1b}[39m \u{1b}[3m\u{1b}[1;31mdestroy\u{1b}[0m", "production delete queue shop/Q1 ! data"),
    ] {
        check(&of_resources(&format!("{line}\n")), &[wanted]);
    }
}

#[test]
fn a_property_below_a_resource_may_make_it_anew() {
    let lines = |word: &str| format!("[~] AWS::RDS::DBInstance Db Db1 \n ├─ [~] AllocatedStorage\n │   ├─ [-] 20\n │   └─ [+] 40\n └─ [~] StorageEncrypted{word}\n     ├─ [-] false\n     └─ [+] true\n");
    check(&of_resources(&lines("")), &["production update database shop/Db1 ~ data"]);
    check(&of_resources(&lines(" (requires replacement)")), &["production replace database shop/Db1 ! data"]);
    check(&of_resources(&lines(" (may cause replacement)")), &["production replace database shop/Db1 ! + data"]);
    let text = format!("Stack shop\nResources\n{}Outputs\n[+] Output O O: {{}}\n", lines(""));
    let seen = reading(&text);
    assert!(says(&seen, &text, "production update database").ends_with("[+] true"));
}

#[test]
fn protection_that_changes_is_seen() {
    let off = "production disable-protection database shop/Db1 ! + data";
    for field in ["DeletionProtection", "BackupRetentionPeriod", ".DeletionPolicy"] {
        let seen = of_resources(&format!("[~] AWS::RDS::DBInstance Db Db1\n └─ [~] {field}\n     ├─ [-] true\n     └─ [+] false\n"));
        check(&seen, &["production update database shop/Db1 ~ data", off]);
    }
}

#[test]
fn a_stack_that_loses_all_that_is_named_is_the_whole_environment() {
    let text = "Stack a\nResources\n[-] AWS::SQS::Queue Q Q1 destroy\n[~] AWS::Lambda::Function F F1 replace\n\nStack b\nResources\n[-] AWS::SQS::Queue Q Q2 destroy\n[+] AWS::SQS::Queue R R2\n";
    check(&reading(text), &[
        "production delete queue a/Q1 ! data whole",
        "production replace cloud-resource a/F1 ! whole",
        "production delete queue b/Q2 ! data",
        "production create queue b/R2 data",
    ]);
}

#[test]
fn tables_of_rights_and_security_groups_are_grants_and_entrances() {
    let text = "Stack shop
IAM Statement Changes
┌───┬─────────────┬────────┬────────┬──────────────┬───────────┐
│   │ Resource    │ Effect │ Action │ Principal    │ Condition │
├───┼─────────────┼────────┼────────┼──────────────┼───────────┤
│ + │ ${Logs.Arn} │ Allow  │ s3:*   │ *            │           │
│   │             │        │ s3:Get │              │           │
├───┼─────────────┼────────┼────────┼──────────────┼───────────┤
│ - │ ${Old.Arn}  │ Allow  │ s3:*   │ AWS:${Role}  │           │
└───┴─────────────┴────────┴────────┴──────────────┴───────────┘
Security Group Changes
┌───┬───────────────┬─────┬──────────┬─────────────────┐
│   │ Group         │ Dir │ Protocol │ Peer            │
├───┼───────────────┼─────┼──────────┼─────────────────┤
│ + │ ${Sg.GroupId} │ In  │ TCP 22   │ Everyone (IPv4) │
└───┴───────────────┴─────┴──────────┴─────────────────┘
(NOTE: There may be security-related changes not in this list. See https://github.com/aws/aws-cdk/issues/1299)
";
    let seen = reading(text);
    check(&seen, &["production grant right shop/${Logs.Arn} ! +", "production update right shop/${Old.Arn} ~ +", "production expose entrance shop/${Sg.GroupId} ! +"]);
    assert_eq!(notes(&seen, "production expose"), "for everybody or everything");
}

#[test]
fn types_that_give_rights_or_run_say_so_beside() {
    check(&of_resources("[~] AWS::IAM::Policy P P1\n"), &["production update right shop/P1 ~", "production grant right shop/P1 !"]);
    check(&of_resources("[-] AWS::IAM::Policy P P1 destroy\n"), &["production delete right shop/P1 !"]);
    check(&of_resources("[-] Custom::Seed S S1 destroy\n"), &["production delete cloud-resource shop/S1 !", "production opaque cloud-resource shop/S1 ! ?"]);
    check(&of_resources("[+] AWS::CloudFormation::Stack S S1\n"), &["production create stack shop/S1 data", "production opaque stack shop/S1 ! ? data"]);
}

#[test]
fn its_own_words_are_the_stack_and_progress_is_nothing() {
    let text = "start: Building asset\nshop: start: Publishing shop/Code\nshop: success: Published asset\nStack shop\nHold on while we create a read-only change set to get a diff with accurate replacement information\nParameters\n[+] Parameter B B: {\"Type\":\"String\"}\nOutputs\n[~] Output O O: {}\n └─ [~] .Value\n\n✨  Number of stacks with differences: 1\n";
    check(&reading(text), &["production update stack shop ~"]);
    check(&reading("Stack shop\nThere were no differences\n"), &[]);
}

#[test]
fn a_line_that_is_not_known_is_opaque_with_its_place() {
    for odd in ["Omitted 3 changes because they are likely mangled", "[+] Odd", "[?] AWS::S3::Bucket B B1", "rm -rf /", "Other Changes\n[+] Unknown Rules: {}", " [-] AWS::S3::Bucket B B1"] {
        let text = format!("Stack shop\n{odd}\n");
        let seen = reading(&text);
        check(&seen, &["production opaque manifest a part of it ! ?"]);
        assert!(odd.ends_with(says(&seen, &text, "production opaque").trim_start()), "{odd}");
    }
    check(&reading(""), &["production opaque manifest a part of it ! ?"]);
}

#[test]
fn a_diff_among_documents_hides_none_of_them() {
    let text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n[-] AWS::SQS::Queue Q Q1 destroy\n";
    let seen = shorts(&read(text, None, Action::Delete, &facts()));
    for line in ["dev delete namespace shop ! + data whole", "unknown delete queue a stack/Q1 ! data"] {
        assert!(seen.iter().any(|seen| seen == line), "{seen:?}");
    }
}
