use action::{Certainty, Effects, Reversibility, Tier, Verb};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::read;
use super::sample::{Sample, arn, facts};
use crate::facts::Facts;

/// A plan that terraform 1.11.4 made of a small configuration of `terraform_data`, with its planned values left out.
const RECORDED: &str = include_str!("tests/recorded.json");

fn lines(text: &str) -> Vec<String> {
    read(text, &facts()).effects().lines()
}

/// A text that is no plan that can be read: one effect, opaque, of unknown reach.
fn check_unreadable(text: &str, why: &str) {
    let reading = read(text, &facts());
    assert_eq!(reading.sightings().len(), 1, "{text}");
    let effect = &reading.sightings()[0].effect;
    assert_eq!((effect.verb, effect.certainty, effect.tier), (Verb::Opaque, Certainty::Opaque, Tier::Unknown), "{text}");
    assert!(effect.data_bearing && effect.reversibility == Reversibility::Irreversible);
    assert!(effect.line().contains(why), "{}", effect.line());
}

#[test]
fn an_error_inside_a_character_is_at_that_character() {
    for text in ["{\"a\" é", "é", "\u{feff}[é", "{\"", ""] {
        let span = read(text, &facts()).sightings()[0].span;
        assert!(text.get(span.start..span.end).is_some(), "{span:?} in {text:?}");
    }
}

#[test]
fn a_recorded_plan_is_read_to_its_end() {
    let told: Vec<String> = lines(RECORDED).iter().map(|line| line.replace(" in unknown", "")).collect();
    assert_eq!(told, [
        "deletes state-value `terraform_data.gone`: no longer in the configuration, irreversible",
        "deletes state-value `terraform_data.many[2]`: its index is beyond `count`, irreversible",
        "replaces state-value `terraform_data.again`: because `triggers_replace` cannot be changed in place, irreversible",
        "updates output `o`",
        "updates output `s`",
        "updates state-entry `terraform_data.forgotten`: no longer managed, and left as it is",
        "updates state-entry `terraform_data.imported`: taken into the state as it is",
        "updates state-entry `terraform_data.new_name`: moved from `terraform_data.old_name`",
        "updates state-value `module.m.terraform_data.inner`",
        "updates state-value `terraform_data.imported`",
        "updates state-value `terraform_data.many[0]`: `input` not known before the apply, perhaps more",
        "updates state-value `terraform_data.many[1]`: `input` not known before the apply, perhaps more",
        "updates state-value `terraform_data.secret`",
        "creates state-value `terraform_data.gone_again`",
        "reads check `check.c`: it fails",
        "reads state-value `data.terraform_remote_state.r`: not known before the apply",
    ]);
}

#[test]
fn a_recorded_plan_keeps_places_and_needs_and_tells_no_secret() {
    let reading = read(RECORDED, &facts());
    for sighting in reading.sightings().iter().filter(|s| s.effect.resource.kind == "state-value") {
        let part = &RECORDED[sighting.span.start..sighting.span.end];
        let row: Value = serde_json::from_str(part).unwrap();
        assert_eq!(row["address"], json!(sighting.effect.resource.name));
    }
    let needs: Vec<String> = reading.needs().iter().map(|(one, other)| format!("{one} {other}")).collect();
    assert!(needs.contains(&"module.m.terraform_data.inner terraform_data.new_name".to_owned()), "{needs:?}");
    assert!(needs.contains(&"terraform_data.imported module.m.terraform_data.inner".to_owned()), "{needs:?}");
    assert!(RECORDED.contains("hunter2") && !lines(RECORDED).join("\n").contains("hunter"));
}

#[test]
fn a_plan_that_changes_nothing_touches_nothing() {
    let empty = json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {}}, "applyable": false,
        "configuration": {"root_module": {}}, "timestamp": "2026-11-30T01:27:20Z", "complete": true, "errored": false,
    });
    let empty = empty.to_string();
    assert_eq!(lines(&empty), [""; 0]);
    assert_eq!(lines(&format!("\u{feff}{empty}")), [""; 0]);
}

#[test]
fn what_is_no_plan_of_a_known_version_is_opaque() {
    check_unreadable("", "it cannot be read at line 1");
    check_unreadable("[]", "it cannot be read");
    check_unreadable("{}", "it has no format version");
    check_unreadable(r#"{"format_version":"1.2"}"#, "neither changes nor planned values");
    check_unreadable(r#"{"format_version":"1.0","values":{"root_module":{}}}"#, "it is no plan");
    for version in ["2.0", "0.2", "10.1", "", "1x", "x"] {
        let text = json!({"format_version": version, "planned_values": {}, "resource_changes": []}).to_string();
        check_unreadable(&text, "is not known");
    }
    for version in ["1.0", "1.2", "1.99"] {
        assert_eq!(lines(&json!({"format_version": version, "resource_changes": []}).to_string()), [""; 0]);
    }
    check_unreadable(r#"{"format_version":"1.2","resource_changes":{}}"#, "it cannot be read");
    check_unreadable(r#"{"format_version":"1.2","resource_changes":[],"resource_changes":[]}"#, "it cannot be read");
}

#[test]
fn a_plan_that_is_cut_off_says_where() {
    let cut = &RECORDED[..RECORDED.len() - 400];
    let reading = read(cut, &facts());
    assert_eq!(reading.sightings().len(), 1);
    assert_eq!(reading.sightings()[0].span.end, cut.len());
    let broken = "{\"format_version\":\"1.2\",\n\"resource_changes\": oops}";
    let reading = read(broken, &facts());
    assert_eq!(reading.sightings()[0].span.position(broken), (2, 21));
    assert!(reading.sightings()[0].effect.line().contains("line 2, column 21"));
}

#[test]
fn one_change_that_cannot_be_read_is_opaque_at_its_place() {
    let good = json!({"address": "aws_lb.x", "type": "aws_lb", "change": {"actions": ["delete"], "before": {"arn": arn("elb", "x")}}});
    for bad in [json!(5), json!({}), json!({"address": "aws_lb.y"}), json!({"address": "aws_lb.y", "change": {"actions": "delete"}})] {
        let text = json!({"format_version": "1.2", "resource_changes": [bad, good]}).to_string();
        let reading = read(&text, &facts());
        assert_eq!(reading.sightings().len(), 2, "{bad}");
        assert_eq!(reading.sightings()[0].effect.certainty, Certainty::Opaque);
        assert_eq!(&text[reading.sightings()[0].span.start..reading.sightings()[0].span.end], bad.to_string());
        assert_eq!(reading.sightings()[1].effect.verb, Verb::Delete);
    }
}

#[test]
fn values_nested_without_end_are_opaque() {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let row = |before: &str| format!(r#"{{"address":"aws_lb.x","type":"aws_lb","change":{{"actions":["create"],"before":null,"after":{before}}}}}"#);
    let plan = |rows: &str, more: &str| format!(r#"{{"format_version":"1.2","resource_changes":[{rows}]{more}}}"#);
    let reading = read(&plan(&row(&format!(r#"{{"x":{deep}}}"#)), ""), &facts());
    let effect = &reading.sightings()[0].effect;
    assert_eq!((effect.verb, effect.certainty), (Verb::Create, Certainty::Opaque));
    for section in ["configuration", "prior_state"] {
        let mut nested = "{}".to_owned();
        for _ in 0..200 {
            nested = if section == "configuration" {
                format!(r#"{{"module_calls":{{"m":{{"module":{nested}}}}}}}"#)
            } else {
                format!(r#"{{"child_modules":[{nested}]}}"#)
            };
        }
        nested = format!(r#"{{"root_module":{nested}}}"#);
        let whole = if section == "configuration" { nested } else { format!(r#"{{"values":{nested}}}"#) };
        let told = lines(&plan("", &format!(r#","{section}":{whole}"#)));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("could not be read"), "{told:?}");
    }
}

#[test]
fn incident_3_a_destroy_of_production_is_its_end_with_all_data() {
    let one = |kind: &str, name: &str| json!({"arn": arn(kind, name)});
    let plan = Sample::new()
        .change("aws_vpc.main", "delete", one("ec2", "vpc/1"), Value::Null)
        .change("aws_db_instance.main", "delete", one("rds", "db:1"), Value::Null)
        .change("aws_ecs_cluster.main", "delete", one("ecs", "cluster/1"), Value::Null)
        .change("aws_db_snapshot.nightly", "delete", one("rds", "snapshot:1"), Value::Null);
    let reading = plan.reading(&facts());
    let whole = reading.sightings().iter().find(|s| s.effect.whole_environment).unwrap();
    assert_eq!((whole.effect.verb, whole.effect.tier), (Verb::Delete, Tier::Production));
    assert_eq!(whole.effect.line(), "deletes environment `production/region-1`: 4 resources, of 4, 3 with data, irreversible");
}

#[test]
fn incident_12_an_import_that_also_removes_something_says_both() {
    let alarm = json!({"arn": arn("cloudwatch", "alarm:x"), "alarm_name": "x"});
    let same = json!({"arn": arn("elb", "x")});
    let imported = json!({"change": {"actions": ["no-op"], "before": same, "after": same, "importing": {"id": "x"}}});
    let told = Sample::new().row("aws_lb.x", imported).change("aws_cloudwatch_metric_alarm.x", "delete", alarm, Value::Null).lines(&facts());
    assert_eq!(told, [
        "deletes safeguard `aws_cloudwatch_metric_alarm.x` in production/region-1",
        "takes protection from safeguard `aws_cloudwatch_metric_alarm.x` in production/region-1: it is gone",
        "updates state-entry `aws_lb.x` in production/region-1: taken into the state as it is",
    ]);
}

/// Whether each effect of `fewer` has one in `more` on the same thing that is as grave; a delete may have become a replacement.
fn keeps(fewer: &Effects, more: &Effects) -> Result<(), TestCaseError> {
    for effect in fewer.iter().filter(|effect| !effect.whole_environment) {
        let kept = more.iter().any(|other| {
            let verb = other.verb == effect.verb || (effect.verb == Verb::Delete && other.verb == Verb::Replace) || other.verb == Verb::Opaque;
            let same = other.resource == effect.resource && other.data_bearing == effect.data_bearing && other.reversibility == effect.reversibility;
            let made_anew = effect.verb == Verb::Create && other.verb == Verb::Replace;
            (verb && same && other.certainty >= effect.certainty) || made_anew
        });
        prop_assert!(kept, "{} is not in {:?}", effect.line(), more.lines());
    }
    Ok(())
}

fn row() -> impl Strategy<Value = (String, String, Value)> {
    let kind = prop::sample::select(vec!["aws_db_instance", "aws_lb", "aws_iam_role", "random_id", "acme_thing", "aws_s3_bucket"]);
    let actions = prop::sample::select(vec!["no-op", "create", "read", "update", "delete", "delete create", "create delete", "forget", "odd"]);
    let values = (prop::sample::select(vec!["a", "b"]), any::<bool>(), 0_u8..40).prop_map(|(name, flag, days)| {
        json!({"name": name, "arn": arn("x", name), "deletion_protection": flag, "publicly_accessible": !flag, "backup_retention_period": days})
    });
    (kind, actions, values).prop_map(|(kind, actions, values)| (kind.to_owned(), actions.to_owned(), values))
}

fn sample(rows: &[(String, String, Value)]) -> Sample {
    let add = |sample: Sample, (at, (kind, actions, values)): (usize, &(String, String, Value))| {
        let before = if actions == "create" { Value::Null } else { values.clone() };
        let after = if actions == "delete" { Value::Null } else { values.clone() };
        sample.change(&format!("{kind}.n{at}"), actions, before, after)
    };
    rows.iter().enumerate().fold(Sample::new(), add)
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>()) {
        prop_assert!(!read(&text, &Facts::default()).sightings().is_empty());
    }

    #[test]
    fn a_mutated_plan_is_read_without_a_panic(at in 0..RECORDED.len(), length in 0_usize..40, put in "[\\PC\"{}\\[\\],:0-9]{0,8}") {
        let start = (0..=at).rev().find(|at| RECORDED.is_char_boundary(*at)).unwrap();
        let end = (start + length..=RECORDED.len()).find(|at| RECORDED.is_char_boundary(*at)).unwrap_or(RECORDED.len());
        let text = format!("{}{put}{}", &RECORDED[..start], &RECORDED[end..]);
        let reading = read(&text, &facts());
        prop_assert!(reading.sightings().iter().all(|s| s.span.end <= text.len()));
        // What is no JSON any more never passes in silence.
        prop_assert!(serde_json::from_str::<Value>(&text).is_ok() || !reading.sightings().is_empty());
    }

    #[test]
    fn a_plan_cut_anywhere_is_opaque(at in 0..RECORDED.len() - 1) {
        prop_assume!(RECORDED.is_char_boundary(at));
        let reading = read(&RECORDED[..at], &facts());
        prop_assert_eq!(reading.sightings().len(), 1);
        prop_assert_eq!(reading.sightings()[0].effect.certainty, Certainty::Opaque);
    }

    #[test]
    fn more_changes_never_drop_an_effect(rows in prop::collection::vec(row(), 1..12), cut in 0_usize..12) {
        let fewer = sample(&rows[..cut.min(rows.len())]).reading(&facts()).effects();
        // State-only values are where the gravest of the others is: more of them can only make that graver.
        let more = sample(&rows).reading(&facts()).effects();
        keeps(&fewer, &more)?;
    }

    #[test]
    fn every_change_that_is_not_a_no_op_has_an_effect(rows in prop::collection::vec(row(), 0..12)) {
        let reading = sample(&rows).reading(&facts());
        for (at, (kind, actions, _)) in rows.iter().enumerate() {
            let name = format!("{kind}.n{at}");
            let names = |s: &crate::Sighting| s.effect.resource.name == name || s.effect.notes.iter().any(|note| note.contains(&name));
            let mentioned = reading.sightings().iter().any(names);
            prop_assert!(mentioned || actions == "no-op", "{name} {actions}");
        }
    }
}
