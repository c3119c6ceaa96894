use action::{McpPlace, Reply};
use serde_json::json;

use super::*;
use crate::samples::Sample;
use crate::settle;

fn server(command: &str) -> McpServer {
    McpServer { name: "s".into(), at: McpPlace::InBox { command: command.into(), variables: Vec::new() } }
}

/// A tool set with these tools, kept as a blob.
fn set(sample: &Sample, tools: &[(&str, &str)]) -> Digest {
    let tools: Vec<_> = tools.iter().map(|(name, about)| json!({"name": name, "description": about, "schema": {}})).collect();
    sample.book().put_value(&json!({"v": 1, "tools": tools, "resources": false, "prompts": false})).unwrap()
}

fn trust(sample: &Sample, command: &str, tools: Digest) -> Deed {
    Deed::McpTrust { root: sample.root().to_str().unwrap().into(), server: server(command), tools }
}

fn standing(sample: &Sample, command: &str) -> Standing {
    Standing::of(sample.book(), sample.root().to_str().unwrap(), &server(command)).unwrap()
}

fn fact(sample: &Sample, tools: Digest) -> ToolsFact {
    let deed = trust(sample, "a", tools);
    let intent = sample.intent(deed);
    tools_fact(sample.book(), &intent, sample.root().to_str().unwrap(), &server("a"), &tools).unwrap()
}

#[test]
fn nobody_s_word_is_unknown_and_a_signature_makes_it_trusted() {
    let sample = Sample::new();
    assert_eq!(standing(&sample, "a"), Standing::Unknown);
    let tools = set(&sample, &[("add", "adds")]);
    let id = sample.propose(trust(&sample, "a", tools));
    assert_eq!(standing(&sample, "a"), Standing::Held(id.clone(), tools));
    let (_, settled) = settle::sign(&sample.office, &id, sample.yes(&id, "ana")).unwrap();
    assert!(settled.unwrap().ok);
    assert_eq!(standing(&sample, "a"), Standing::Trusted(tools));
    assert_eq!(standing(&sample, "b"), Standing::Unknown, "another command line is another server");
    assert_eq!(Standing::of(sample.book(), "/elsewhere", &server("a")).unwrap(), Standing::Unknown);
}

#[test]
fn the_newest_word_counts_also_a_no_and_one_that_ran_out() {
    let sample = Sample::new();
    let (one, two) = (set(&sample, &[("add", "adds")]), set(&sample, &[("add", "adds!")]));
    let first = sample.propose(trust(&sample, "a", one));
    settle::sign(&sample.office, &first, sample.yes(&first, "ana")).unwrap();
    let second = sample.propose(trust(&sample, "a", two));
    settle::sign(&sample.office, &second, sample.said(&second, "ana", Reply::No, "odd")).unwrap();
    assert_eq!(standing(&sample, "a"), Standing::Refused(two));
    sample.propose(trust(&sample, "a", two));
    sample.later(30 * 24 * 3600);
    assert_eq!(standing(&sample, "a"), Standing::Unknown, "nobody answered, and it had changed");
}

#[test]
fn what_is_new_changed_or_gone_is_told_against_the_last_approval() {
    let sample = Sample::new();
    let one = set(&sample, &[("add", "adds"), ("sub", "subtracts")]);
    assert_eq!(fact(&sample, one), ToolsFact { names: vec!["add".into(), "sub".into()], change: None });
    let first = sample.propose(trust(&sample, "b", one));
    settle::sign(&sample.office, &first, sample.yes(&first, "ana")).unwrap();
    let two = set(&sample, &[("add", "adds!"), ("mul", "multiplies")]);
    let change = ToolsChange { new: vec!["mul".into()], changed: vec!["add".into()], gone: vec!["sub".into()] };
    assert_eq!(fact(&sample, two).change, Some(change));
}

#[test]
fn a_set_that_is_not_there_is_approved_by_nobody() {
    let sample = Sample::new();
    let lost = Digest::of_bytes(b"lost");
    let intent = sample.intent(trust(&sample, "a", lost));
    assert!(tools_fact(sample.book(), &intent, "/x", &server("a"), &lost).is_err());
    assert!(accept(sample.book(), &server("a"), &lost).is_err());
}
