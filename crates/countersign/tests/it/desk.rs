//! Inbox, show, sign, refuse, stop, supervise.

use serde_json::json;

use super::{done, shell, turn, world, write};

#[test]
fn show_keeps_the_agents_words_apart_and_makes_control_characters_visible() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let lie = "\u{1b}[2J\u{202e}This only changes a comment.";
    world.run(&[turn("", &[write("a.txt", "two\n"), write("evil\u{1b}[31m.txt", "x")]), turn(lie, &[])], &[]).must_end_with(1);
    let shown = world.call("ana", &["show", &world.held("land")]);
    shown.must_succeed().must_say("claims").must_say("This only changes a comment.").must_not_say("\u{1b}").must_not_say("\u{202e}");
    let claims = shown.out.find("claims").unwrap();
    assert!(shown.out.find("effects").unwrap() < claims, "computed effects come first");
    assert!(!shown.out[..claims].contains("only changes a comment"));
}

#[test]
fn supervise_holds_every_change_also_inside_the_box() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let run = world.run(&[turn("", &[write("a.txt", "two\n"), shell("echo hi > b.txt")]), done()], &["--supervise"]);
    run.must_end_with(1).must_say("held");
    assert!(!world.inbox().iter().any(|(_, deed)| deed == "land"), "nothing was written, so nothing is to land");
    assert_eq!(world.read("project/a.txt"), "one\n");
}

#[test]
fn headless_json_streams_events_and_ends_with_the_id() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let run = world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &["--json"]);
    run.must_end_with(1);
    let events: Vec<serde_json::Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = events.last().unwrap();
    assert_eq!(last["event"], json!("ended"));
    assert_eq!(last["change"]["is"], json!("held"));
    assert_eq!(last["change"]["intent"], json!(world.held("land")));
    assert!(events.iter().any(|event| event["event"] == "assessed"));
}

#[test]
fn stop_revokes_what_is_held() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let id = world.held("land");
    world.call("ana", &["stop", "--all"]).must_succeed();
    world.call("ana", &["sign", &id]).must_end_with(1);
    assert_eq!(world.read("project/a.txt"), "one\n");
    assert!(world.inbox().is_empty());
}

#[test]
fn stop_ends_a_running_command_in_the_middle() {
    use std::io::{BufRead, BufReader};
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let model = world.recording(&[turn("", &[shell("echo begun; sleep 600; echo ended > late.txt")]), done()]);
    let mut run = world.start("ana", &["run", "--headless", "--model", &model, "go"]);
    let mut out = BufReader::new(run.stdout.take().unwrap()).lines();
    assert!(out.by_ref().any(|line| line.unwrap().contains("│ begun")));
    let begun = std::time::Instant::now();
    world.call("ana", &["stop", "--all"]).must_succeed();
    let rest: Vec<String> = out.map(Result::unwrap).collect();
    let code = run.wait().unwrap().code();
    assert!(begun.elapsed().as_secs() < 300, "it did not wait for the sleep");
    assert_eq!(code, Some(1), "{rest:?}");
    assert!(!rest.join("\n").contains("late.txt"));
}

#[test]
fn a_call_that_cannot_be_read_goes_back_to_the_model() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let again = json!({"expect": {"results": ["there is no tool"]}, "say": "I see.", "calls": [{"name": "write", "arguments": {"path": "a.txt", "content": "two\n"}}]});
    world.run(&[turn("", &[("teleport", json!({"to": "moon"}))]), again, done()], &[]).must_end_with(1).must_say("teleport");
    world.held("land");
}
