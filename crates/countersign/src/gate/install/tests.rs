use std::path::Path;

use super::agents::{Ground, What};
use super::{Agent, Level};

const AGENTS: [Agent; 8] = [Agent::Claude, Agent::Codex, Agent::Gemini, Agent::Qwen, Agent::Goose, Agent::Opencode, Agent::Cursor, Agent::Kiro];

#[test]
fn every_level_of_every_agent_names_the_script_and_what_switches_it_off() {
    let ground = Ground { home: Path::new("/home/ana"), project: Path::new("/work"), script: Path::new("/opt/countersign/gate-x"), wait: 0 };
    for agent in AGENTS {
        for level in agent.levels() {
            let files = agent.wanted(*level, &ground);
            let named = |what: &What| match what {
                What::Whole(text) => text.contains("/opt/countersign/gate-x"),
                What::Json { entry, .. } => entry.to_string().contains("/opt/countersign/gate-x"),
                What::Toml { tables, .. } => tables.contains("/opt/countersign/gate-x"),
            };
            assert!(files.iter().any(|file| named(&file.what)), "{agent:?} {level:?}");
            let inside = |path: &Path| match level {
                Level::Managed => path.starts_with("/etc"),
                Level::User => path.starts_with("/home/ana"),
                Level::Project => path.starts_with("/work"),
            };
            assert!(files.iter().all(|file| inside(&file.path)), "{agent:?} {level:?}");
            assert!(!agent.switches(*level).is_empty(), "none is without one");
        }
    }
}
