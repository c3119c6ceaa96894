//! Each incident, played at the gate.

use std::collections::BTreeSet;

use serde_json::json;

use super::gate::{must_block, must_pass};
use super::stage::{Said, Stage};
use super::table::INCIDENTS;

/// A test an incident, so that one that fails says which, and they run beside each other.
macro_rules! incidents {
    ($($name:ident $number:literal)*) => {
        const TOLD: &[u8] = &[$($number),*];
        $(
            #[test]
            fn $name() {
                play($number);
            }
        )*
    };
}

incidents! {
    the_environment_that_was_deleted_and_made_anew 1
    the_destructive_statement_in_a_freeze 2
    the_infrastructure_that_an_old_archive_described 3
    the_token_that_was_found_and_the_volume_that_it_deleted 4
    the_injected_words_that_cleared_home_and_cloud 5
    the_home_at_the_end_of_a_list_of_folders 6
    the_schema_push_that_accepts_loss 7
    the_table_that_looked_like_a_leftover 8
    the_stack_that_was_destroyed_and_denied 9
    the_instance_that_was_deleted_to_be_made_anew 10
    the_predicate_that_was_too_wide 11
    the_apply_that_was_to_be_an_import 12
    the_volume_that_was_deleted_before_its_copy_was_looked_at 13
    the_database_that_was_dropped_and_reset 14
    the_volume_that_went_down_with_the_containers 15
    the_script_with_another_s_credentials 16
    the_click_on_a_production_order 17
    the_reset_over_a_hundred_and_fifty_files 18
    the_old_plan_over_a_newer_one 19
}

fn play(number: u8) {
    let incident = INCIDENTS.iter().find(|incident| incident.number == number).unwrap();
    let mut stage = Stage::of(incident);
    let direct = stage.filled(incident.direct);
    stage.writes("ops/now.sh", &format!("#!/bin/sh\nset -e\n{direct}\n"));
    stage.writes("ops/now.py", &stage.filled(incident.sdk.0));
    let before = stage.everything();

    let called = stage.direct(&direct);
    assert_eq!(stage.stopped(&called, "directly"), incident.verdict, "incident {number}: {}", called.err);
    let effects = stage.effects(&called);
    let (verb, what, environment) = incident.touches;
    let seen = |line: &&String| line.starts_with(&format!("{verb} ")) && line.contains(&stage.filled(what)) && line.contains(&format!(" in {environment} "));
    assert!(effects.iter().any(|line| seen(&line)), "incident {number}: {effects:#?}");

    for (how, called, must_be) in [
        ("by a subagent", stage.subagent(&direct), incident.verdict),
        ("by a script", stage.direct("sh ops/now.sh"), incident.verdict),
        ("by a script of a subagent", stage.subagent("cd ops && ./now.sh || sh now.sh"), incident.verdict),
        ("by a program", stage.direct("python3 ops/now.py"), incident.sdk.1),
        ("by a program of a subagent", stage.subagent("python3 ops/now.py"), incident.sdk.1),
        ("by a tool of a server", stage.tool(incident.server.0, &json!({"id": "17", "confirm": true})), incident.server.1),
    ] {
        assert_eq!(stage.stopped(&called, how), must_be, "incident {number}, {how}: {}", called.err);
    }
    assert_eq!(stage.everything(), before, "incident {number}: something happened");
    stage.settled();
    neighbours(&stage, incident.harmless, incident.fix);
    if let Some((look, needs)) = incident.look {
        looks(&stage, &stage.filled(look), needs);
    }
    stage.settled();
}

fn neighbours(stage: &Stage, harmless: &[&str], fix: &str) {
    must_pass(&stage.tool("Edit", &json!({"file_path": fix, "old_string": "one", "new_string": "two"})));
    for command in harmless {
        must_pass(&stage.subagent(&stage.filled(command)));
    }
}

/// A look costs one signature, and then goes on once.
fn looks(stage: &Stage, command: &str, needs: Said) {
    let called = stage.subagent(command);
    let (said, id) = super::stage::verdict(&must_block(&called, "held as ").err);
    assert_eq!(said, needs, "{command}: {}", called.err);
    stage.world.call(if needs == Said::Own { "ana" } else { "ben" }, &["sign", &id]).must_succeed();
    must_pass(&stage.subagent(command));
    must_block(&stage.subagent(command), "held as ");
}

#[test]
fn a_reset_over_a_hundred_and_fifty_files_says_how_many() {
    let stage = Stage::of(INCIDENTS.iter().find(|incident| incident.number == 18).unwrap());
    let names: Vec<String> = (3..=150).map(|n| format!("src/{n}.txt")).collect();
    for name in &names {
        stage.world.write(&format!("project/{name}"), "one\n");
    }
    stage.world.git(&["add", "src"]);
    stage.world.git(&["commit", "--quiet", "-m", "more"]);
    for name in &names {
        stage.world.write(&format!("project/{name}"), "two\n");
    }
    for command in ["git reset --hard", "git checkout -f HEAD", "git restore .", "git checkout -- ."] {
        let called = stage.direct(command);
        must_block(&called, "git does not have what it deletes");
        let effects = stage.effects(&called);
        assert!(effects.iter().any(|line| line.ends_with(" 150")), "{command}: {effects:#?}");
    }
    must_pass(&stage.direct("git stash && git stash list"));
}

#[test]
fn each_of_the_nineteen_is_in_the_table_once_and_is_played() {
    let all: Vec<u8> = (1..=19).collect();
    assert_eq!(INCIDENTS.iter().map(|incident| incident.number).collect::<Vec<_>>(), all);
    assert_eq!(TOLD, all);
    let agents: BTreeSet<&str> = INCIDENTS.iter().map(|incident| incident.agent).collect();
    assert!(agents.len() >= 8, "in many words: {agents:?}");
}

#[test]
fn a_program_that_names_a_mapped_place_is_judged_no_milder_than_the_command() {
    for incident in INCIDENTS {
        let program = incident.sdk.0;
        let maps = |words: &&&[&str]| words.iter().any(|word| (word.contains('.') || word.contains("/production")) && program.contains(word));
        if incident.mapped.iter().any(|words| maps(&words)) {
            assert!(incident.sdk.1 >= incident.verdict, "incident {}", incident.number);
        }
    }
    let as_grave = INCIDENTS.iter().filter(|incident| incident.sdk.1 >= incident.verdict).count();
    assert!(as_grave >= 12, "most do: {as_grave}");
}
