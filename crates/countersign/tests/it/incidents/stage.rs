//! What an incident needs, and the world in which it is played.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};
use testkit::{Called, World};

use super::gate::{ask, claude, in_each, must_pass};
use super::world;

/// One row: what happened, and what must hold. `{{world}}` in texts is the folder of the world.
pub(super) struct Incident {
    pub(super) number: u8,
    /// In whose words the direct command is asked for.
    pub(super) agent: &'static str,
    /// Committed files of the project.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// Files below the world that are in no git: of the project, of the home, of production.
    pub(super) loose: &'static [(&'static str, &'static str)],
    /// A SQLite file below the world, and what is in it.
    pub(super) database: Option<(&'static str, &'static str)>,
    /// The words of each `env add`.
    pub(super) mapped: &'static [&'static [&'static str]],
    /// The deed as a command.
    pub(super) direct: &'static str,
    /// Verb, a part of kind and name, and environment of an effect that must be seen in it.
    pub(super) touches: (&'static str, &'static str, &'static str),
    /// What is said of the command: the same to a subagent, and of the same command in a script.
    pub(super) verdict: Said,
    /// The deed as a program of Python.
    pub(super) sdk: (&'static str, Said),
    /// The deed as a tool of an MCP server.
    pub(super) server: (&'static str, Said),
    /// Commands that go on in silence.
    pub(super) harmless: &'static [&'static str],
    /// A file of the project that is changed in silence: the work that was wanted.
    pub(super) fix: &'static str,
    /// A look at what is in the place itself, which needs one signature: of whoever asked, or where somebody's data is seen of a peer.
    pub(super) look: Option<(&'static str, Said)>,
}

/// What the gate says of something that may not go on, from mild to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    /// One signature, which the person who asked may give.
    Own,
    /// One person who did not ask.
    Peer,
    /// Two who did not ask, one of them an owner.
    Two,
    /// No signature permits it.
    Refused,
}

/// Programs that would reach something. Here each leaves a mark where it is run.
const REACHING: [&str; 9] = ["aws", "cdk", "curl", "docker", "gcloud", "npx", "psql", "supabase", "terraform"];

/// The world of one incident.
pub(super) struct Stage {
    pub(super) world: World,
    incident: &'static Incident,
    /// Every id that was not let go on.
    stopped: BTreeSet<String>,
}

impl Stage {
    pub(super) fn of(incident: &'static Incident) -> Self {
        let mut world = world();
        marking(&mut world);
        let filled = |text: &str| text.replace("{{world}}", world.path("").to_str().unwrap().trim_end_matches('/'));
        let files: Vec<(&str, String)> = incident.files.iter().map(|(name, text)| (*name, filled(text))).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        world.project(&files);
        for (name, text) in incident.loose {
            world.write(name, filled(text));
        }
        if let Some((name, sql)) = incident.database {
            let file = world.write(name, "");
            rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap();
        }
        world.enrol("ben", &["engineer"]);
        for words in incident.mapped {
            let words: Vec<String> = words.iter().map(|word| filled(word)).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            world.call("ana", &[&["env", "add"], words.as_slice()].concat()).must_succeed();
        }
        Self { world, incident, stopped: BTreeSet::new() }
    }

    pub(super) fn filled(&self, text: &str) -> String {
        text.replace("{{world}}", self.world.path("").to_str().unwrap().trim_end_matches('/'))
    }

    /// A command in the words of the incident's agent.
    pub(super) fn direct(&self, command: &str) -> Called {
        let said = in_each(&self.world, command).into_iter().find(|(agent, _)| *agent == self.incident.agent).unwrap().1;
        ask(&self.world, &[], said.to_string())
    }

    /// A command of an agent that Claude Code's agent has begun.
    pub(super) fn subagent(&self, command: &str) -> Called {
        let mut said = claude(&self.world, "Bash", &json!({"command": command}));
        said["agent_id"] = json!("a-17");
        said["agent_type"] = json!("general-purpose");
        ask(&self.world, &[], said.to_string())
    }

    /// A tool of Claude Code.
    pub(super) fn tool(&self, name: &str, input: &Value) -> Called {
        ask(&self.world, &[], claude(&self.world, name, input).to_string())
    }

    /// What an agent does with its file tool: it goes on, and so the file is written.
    pub(super) fn writes(&self, name: &str, text: &str) {
        must_pass(&self.tool("Write", &json!({"file_path": self.world.path("project").join(name), "content": text})));
        self.world.write(&format!("project/{name}"), text);
    }

    /// That this was not let go on, and what was said; it is remembered.
    #[track_caller]
    pub(super) fn stopped(&mut self, called: &Called, how: &str) -> Said {
        let number = self.incident.number;
        assert_eq!(called.code, 2, "incident {number}, {how}: {}{}", called.out, called.err);
        assert_eq!(called.err.lines().count(), 1, "incident {number}, {how}: {:?}", called.err);
        let (said, id) = verdict(&called.err);
        self.stopped.insert(id);
        said
    }

    /// The effects that the ledger has for what was said in this answer.
    pub(super) fn effects(&self, called: &Called) -> Vec<String> {
        let (_, id) = verdict(&called.err);
        let events = self.events();
        let proposed = events.iter().find(|event| event["is"] == "proposed" && text(&event["intent"]["id"]).starts_with(&id));
        let effects = proposed.unwrap_or_else(|| panic!("nothing on the ledger for {}", called.err))["effects"].as_array().unwrap().clone();
        let line = |effect: &Value| {
            let (kind, name) = (text(&effect["resource"]["kind"]), text(&effect["resource"]["name"]));
            format!("{} {kind} {name} in {} {}", text(&effect["verb"]), text(&effect["environment"]), effect["count"]["n"])
        };
        effects.iter().map(line).collect()
    }

    pub(super) fn events(&self) -> Vec<Value> {
        let shown = self.world.call("ana", &["ledger", "show", "--json"]);
        shown.must_succeed().out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"]["event"].clone()).collect()
    }

    /// All files but git's own and the service's, so that what was not done can be seen.
    pub(super) fn everything(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        for folder in ["home", "production", "project"] {
            collect(&self.world.path(folder), &mut found);
        }
        found
    }

    /// Nothing that was stopped was handed to anybody, all of it is on the ledger, and that is whole.
    pub(super) fn settled(&self) {
        let number = self.incident.number;
        assert!(!self.world.path("mark").exists(), "incident {number}: something was run: {}", self.world.read("mark"));
        let events = self.events();
        for id in &self.stopped {
            let of_it = events.iter().filter(|event| event["intent"].as_str().is_some_and(|intent| intent.starts_with(id.as_str())));
            let became: Vec<(&str, &str)> = of_it.map(|event| (text(&event["is"]), text(&event["verdict"]["decision"]["is"]))).collect();
            assert!(matches!(became.as_slice(), [("assessed", "hold")] | [("assessed", "refuse"), ("refused", "")]), "incident {number}, {id}: {became:?}");
        }
        self.world.call("ana", &["ledger", "verify"]).must_succeed();
    }
}

/// What the line on standard error says, and the beginning of the id.
pub(super) fn verdict(line: &str) -> (Said, String) {
    let id = |before: &str, until: char| line.split_once(before).and_then(|(_, rest)| rest.split_once(until)).map(|(id, _)| id.to_owned());
    if let Some(id) = id("refused (", ')') {
        return (Said::Refused, id);
    }
    let id = id("held as ", ',').unwrap_or_else(|| panic!("no verdict: {line}"));
    let needs = [
        ("one signature, which the person who asked may give", Said::Own),
        ("two people who did not ask for it, one of them an owner. A", Said::Two),
        ("one person who did not ask for it", Said::Peer),
    ];
    let found = needs.into_iter().find(|(words, _)| line.contains(&format!("It needs {words}")));
    (found.unwrap_or_else(|| panic!("no such quorum: {line}")).1, id)
}

fn marking(world: &mut World) {
    let mark = world.path("mark");
    for name in REACHING {
        let program = world.write(&format!("programs/{name}"), format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\n", mark.display()));
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", world.path("programs").display(), std::env::var("PATH").unwrap());
    world.set("PATH", &path);
}

fn collect(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.map(Result::unwrap) {
        let path = entry.path();
        match entry.file_type().unwrap() {
            kind if kind.is_dir() && entry.file_name() == ".git" => {}
            kind if kind.is_dir() => collect(&path, found),
            kind if kind.is_file() => drop(found.insert(path.display().to_string(), fs::read(&path).unwrap())),
            _ => drop(found.insert(path.display().to_string(), Vec::new())),
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
