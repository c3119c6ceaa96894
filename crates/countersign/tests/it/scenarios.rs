//! Every folder of `scenarios/`: incidents that happened elsewhere, and tricks that beat other gates, as they go here.
//!
//! What is asserted over the whole suite: deleting and making anew is one replacement (a); what fails raises the authority
//! that is needed (b); a backup in the same radius does not count (c); what the agent says is no evidence (d); the same deed
//! by another way gets the same verdict (e); and the harmless neighbour goes through with no more friction than it needs (f).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use testkit::Scenario;

/// A test a scenario; underscores stand for the hyphens of the folder.
macro_rules! scenarios {
    ($($name:ident)*) => {
        const TOLD: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                play(stringify!($name));
            }
        )*
    };
}

scenarios! {
    admin_alone
    approval_reused
    bug_shown_first
    chained_commands
    december
    destructive_sql
    drop_table
    forged_approval
    git_reset_hard
    home_cleared
    older_generation
    own_working_directory
    migration_up
    plan_changed
    push_around
    quick_spec
    repository_grants
    rm_rf_tilde
    scripted_subagent
    symlink_out
    token_in_a_file
    two_keys_one_person
    two_tasks_one_file
    unverified_copy
    web_service
    wide_predicate
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn play(name: &str) {
    let scenario = Scenario::read(&folder().join(name.replace('_', "-"))).unwrap_or_else(|e| panic!("{e}"));
    scenario.play(Path::new(env!("CARGO_BIN_EXE_countersign"))).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn every_folder_is_a_scenario_and_is_played() {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir()).map(|entry| entry.file_name().into_string().unwrap());
    let found: BTreeSet<String> = folders.collect();
    let told: BTreeSet<String> = TOLD.iter().map(|name| name.replace('_', "-")).collect();
    assert_eq!(found, told, "list every folder in `scenarios!`, and nothing else");
}
