use serde_json::{Value, json};

use super::{gives_everything, opened, opened_without};

fn check(type_name: &str, before: Value, after: Value, expected: &[&str]) {
    assert_eq!(opened(type_name, &before, &after), expected, "{type_name} {before} {after}");
}

fn ingress(networks: &[&str]) -> Value {
    json!({"name": "web", "ingress": [{"from_port": 443, "cidr_blocks": networks, "ipv6_cidr_blocks": []}], "egress": [{"cidr_blocks": ["0.0.0.0/0"]}]})
}

#[test]
fn rules_that_let_the_internet_in_are_seen_and_rules_about_going_out_are_not() {
    let open = &["`ingress` is open to the whole internet"];
    check("aws_security_group", Value::Null, ingress(&["0.0.0.0/0"]), open);
    check("aws_security_group", ingress(&["10.0.0.0/8"]), ingress(&["10.0.0.0/8", "0.0.0.0/0"]), open);
    check("aws_security_group", Value::Null, ingress(&["0.0.0.0/1", "128.0.0.0/1"]), open);
    check("aws_security_group", Value::Null, ingress(&["10.0.0.0/8", "192.0.2.1/32", "text/0"]), &[]);
    check("aws_security_group", Value::Null, json!({"ingress": [{"ipv6_cidr_blocks": ["::/0"]}]}), open);
    check("aws_security_group", Value::Null, json!({"ingress": [{"ipv6_cidr_blocks": ["fd00::/8"]}]}), &[]);
    let rule = |direction: &str| json!({"type": direction, "cidr_blocks": ["0.0.0.0/0"]});
    check("aws_security_group_rule", Value::Null, rule("ingress"), &["`cidr_blocks` is open to the whole internet"]);
    check("aws_security_group_rule", Value::Null, rule("egress"), &[]);
    check("aws_vpc_security_group_egress_rule", Value::Null, json!({"cidr_ipv4": "0.0.0.0/0"}), &[]);
    check("aws_vpc_security_group_ingress_rule", Value::Null, json!({"cidr_ipv4": "0.0.0.0/0"}), &["`cidr_ipv4` is open to the whole internet"]);
    check("aws_route", Value::Null, json!({"destination_cidr_block": "0.0.0.0/0"}), &[]);
    check("aws_route_table", Value::Null, json!({"route": [{"cidr_block": "0.0.0.0/0"}]}), &[]);
    let wall = |key: &str| json!({"direction": "INGRESS", "source_ranges": ["0.0.0.0/0"], key: [{"protocol": "tcp"}]});
    check("google_compute_firewall", Value::Null, wall("allow"), &["`source_ranges` is open to the whole internet"]);
    check("google_compute_firewall", Value::Null, wall("deny"), &[]);
    let azure = |access: &str| json!({"direction": "Inbound", "access": access, "source_address_prefix": "*", "destination_address_prefix": "*"});
    check("azurerm_network_security_rule", Value::Null, azure("Allow"), &["`source_address_prefix` is open to the whole internet"]);
    check("azurerm_network_security_rule", Value::Null, azure("Deny"), &[]);
}

#[test]
fn an_opening_that_was_there_is_none_unless_another_is_made() {
    let wide = ingress(&["0.0.0.0/0"]);
    let mut renamed = wide.clone();
    renamed["name"] = json!("other");
    check("aws_security_group", wide.clone(), renamed, &[]);
    let mut another = wide.clone();
    let rule = json!({"from_port": 22, "cidr_blocks": ["10.0.0.0/8"], "ipv6_cidr_blocks": []});
    another["ingress"].as_array_mut().unwrap().push(rule);
    check("aws_security_group", wide.clone(), another.clone(), &[]);
    another["ingress"][1]["cidr_blocks"] = json!(["0.0.0.0/0"]);
    check("aws_security_group", wide, another, &["`ingress` is open to the whole internet"]);
}

#[test]
fn switches_that_make_public_are_seen() {
    check("aws_db_instance", json!({"publicly_accessible": false}), json!({"publicly_accessible": true}), &["`publicly_accessible` switched on"]);
    check("aws_db_instance", Value::Null, json!({"publicly_accessible": true}), &["`publicly_accessible` switched on"]);
    check("aws_db_instance", json!({"publicly_accessible": true}), json!({"publicly_accessible": false}), &[]);
    check("aws_s3_bucket_public_access_block", json!({"block_public_acls": true}), json!({"block_public_acls": false}), &["`block_public_acls` switched off"]);
    check("aws_s3_bucket_public_access_block", Value::Null, json!({"block_public_policy": false}), &["`block_public_policy` switched off"]);
    check("aws_s3_bucket_public_access_block", Value::Null, json!({"block_public_policy": true}), &[]);
    check("aws_s3_bucket_acl", Value::Null, json!({"acl": "public-read"}), &["`acl` is public"]);
    check("aws_s3_bucket_acl", Value::Null, json!({"acl": "private"}), &[]);
    check("github_repository", json!({"visibility": "private"}), json!({"visibility": "public"}), &["`visibility` is public"]);
    check("google_storage_bucket_iam_member", Value::Null, json!({"member": "allUsers"}), &["`member` names everybody"]);
    check("google_storage_bucket_acl", Value::Null, json!({"role_entity": ["READER:allUsers"]}), &["`role_entity` names everybody"]);
    check("azurerm_storage_container", json!({"container_access_type": "private"}), json!({"container_access_type": "blob"}), &["`container_access_type` is public"]);
    check("aws_lambda_function_url", Value::Null, json!({"authorization_type": "NONE"}), &["`authorization_type` asks nobody who they are"]);
    let sql = json!({"settings": [{"ip_configuration": [{"authorized_networks": [{"value": "0.0.0.0/0"}]}]}]});
    check("google_sql_database_instance", Value::Null, sql, &["`settings` is open to the whole internet"]);
    let address = |on: bool| json!({"settings": [{"ip_configuration": [{"ipv4_enabled": on}]}]});
    check("google_sql_database_instance", address(false), address(true), &["`ipv4_enabled` switched on"]);
    check("google_sql_database_instance", address(true), address(false), &[]);
    assert!(opened_without("aws_s3_bucket_public_access_block").is_some());
    assert!(opened_without("aws_s3_bucket").is_none());
}

#[test]
fn policies_are_read() {
    let policy = |principal: Value, effect: &str, condition: Value| {
        let statement = json!({"Effect": effect, "Principal": principal, "Action": "s3:GetObject", "Resource": "*", "Condition": condition});
        json!({"policy": json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()})
    };
    let check_policy = |principal: Value, effect: &str, condition: Value, expected: &[&str]| {
        check("aws_s3_bucket_policy", Value::Null, policy(principal, effect, condition), expected);
    };
    for principal in [json!("*"), json!({"AWS": "*"}), json!({"AWS": ["arn:aws:iam::1:root", "*"]})] {
        check_policy(principal.clone(), "Allow", Value::Null, &["`policy` lets everybody in"]);
        check_policy(principal.clone(), "Allow", json!({"Bool": {}}), &["`policy` lets everybody in, under conditions"]);
        check_policy(principal, "Deny", Value::Null, &[]);
    }
    check_policy(json!({"AWS": "arn:aws:iam::111122223333:root"}), "Allow", Value::Null, &[]);
    check("aws_s3_bucket_policy", Value::Null, json!({"policy": "{ no json"}), &[]);
    let all = |action: Value| json!({"policy": json!({"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}).to_string()});
    assert!(gives_everything(&all(json!(["*"]))));
    assert!(!gives_everything(&all(json!("s3:Get*"))));
}

#[test]
fn holes_at_every_depth_are_each_written_out_once() {
    let mut nested = json!({"cidr": "0.0.0.0/0", "pad": "x".repeat(10_000)});
    for at in 0..100 {
        nested = json!({"cidr": "0.0.0.0/0", "at": at, "inner": nested});
    }
    let mut found = std::collections::BTreeSet::new();
    super::holes("rules", &nested, &mut found);
    let written: usize = found.iter().map(|(_, own)| own.len()).sum();
    assert_eq!(found.len(), 101);
    assert!(written < 20_000, "{written}");
}
