use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;
use tools::{Done, ExecuteError};

use crate::harness::World;

fn start(world: &mut World, command: &str) -> u64 {
    let done = world.ask("shell", json!({"command": command, "background": true}));
    assert!(done.ok && done.exit.is_none(), "{}", done.line);
    done.line.strip_prefix("started job ").unwrap().parse().unwrap()
}

fn output(world: &mut World, job: u64) -> Done {
    world.ask("output", json!({ "job": job }))
}

/// Reads until the text comes or the job ends.
fn read_until(world: &mut World, job: u64, text: &str) -> String {
    let mut all = String::new();
    loop {
        let done = output(world, job);
        all.push_str(&done.text_for_model);
        if all.contains(text) || done.exit.is_some() {
            return all;
        }
    }
}

#[test]
fn a_job_is_read_piece_by_piece_and_ends() {
    let mut world = World::new();
    let begun = Instant::now();
    let job = start(&mut world, "echo one; until [ -e go ]; do sleep 0.01; done; echo two; exit 4");
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(read_until(&mut world, job, "one").ends_with("one\n[job 1 still runs]"));
    assert_eq!(world.hands.running_jobs().len(), 1);
    world.shell("touch go");
    let rest = read_until(&mut world, job, "has ended");
    assert!(rest.contains("two\n") && !rest.contains("one"), "{rest}");
    let again = output(&mut world, job);
    assert_eq!((again.ok, again.exit), (false, Some(4)));
    assert_eq!(again.text_for_model, "(no output)\n[job 1 has ended] [exit 4]");
    assert!(world.hands.running_jobs().is_empty());
}

#[test]
fn a_job_ends_when_told_with_all_that_it_started() {
    let mut world = World::new();
    // A lock is held until the last process that shares it is gone.
    let job = start(&mut world, "exec 9> lock; flock 9; trap '' TERM; (setsid sleep 300 &); echo begun; wait; sleep 300");
    read_until(&mut world, job, "begun");
    assert_eq!(world.shell("flock -n lock true").exit, Some(1));
    let done = world.ask("stop", json!({ "job": job }));
    assert!(done.ok && done.line.starts_with("job 1: stopped after"), "{}", done.line);
    assert_eq!(world.shell("flock -n lock true").exit, Some(0));
}

#[test]
fn a_job_that_nobody_reads_does_not_wait_for_a_reader() {
    let mut world = World::new();
    let job = start(&mut world, "head -c 20000000 /dev/zero | tr '\\0' 'x' | fold -w 99; echo; echo last; touch written");
    assert!(world.shell("until [ -e written ]; do sleep 0.01; done").ok);
    let mut done = output(&mut world, job);
    let mut size = done.output.len();
    while done.exit.is_none() {
        done = output(&mut world, job);
        size += done.output.len();
    }
    assert!(size < 2_100_000, "{size}");
}

#[test]
fn waiting_for_output_ends_when_somebody_says_stop() {
    let mut world = World::new();
    let job = start(&mut world, "sleep 300");
    world.stop.store(true, Ordering::Release);
    let begun = Instant::now();
    assert!(output(&mut world, job).text_for_model.contains("still runs"));
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[test]
fn jobs_that_are_not_there_are_named_so() {
    let mut world = World::new();
    let none = world.try_ask("output", json!({"job": 7})).unwrap_err();
    assert_eq!(none.to_string(), "there is no job 7; there are no jobs");
    start(&mut world, "true");
    let none = world.try_ask("stop", json!({"job": 7})).unwrap_err();
    assert_eq!(none.to_string(), "there is no job 7; the jobs are 1");
}

#[test]
fn there_is_an_end_to_how_many_run_at_once() {
    let mut world = World::new();
    let started = (0..40).find_map(|_| world.try_ask("shell", json!({"command": "sleep 300", "background": true})).err());
    assert!(matches!(started, Some(ExecuteError::TooManyJobs { running: 32 })), "{started:?}");
    let begun = Instant::now();
    world.hands.stop_jobs();
    assert!(world.hands.running_jobs().is_empty());
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}
