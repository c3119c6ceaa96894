//! Specifications and what stands beside them: every file is read as far as it goes, every place is in its text, edits take hold.
#![no_main]

use std::slice;

use countersign_fuzz::{choose, input};
use libfuzzer_sys::fuzz_target;
use spec::agents::Agent;
use spec::check::check;
use spec::fmt::mends;
use spec::folder::Spec;
use spec::hooks::Hooks;
use spec::ignored::Ignored;
use spec::servers::Servers;
use spec::skills::Skill;
use spec::steering::Steering;
use spec::tasks::{NewTask, State, Tasks};
use spec::text::apply;
use spec::trace::{Evidence, to_html, to_markdown, trace};
use spec::{front_matter, tree};

const FILES: [&str; 8] = ["tasks.md", "requirements.md", "design.md", "bugfix.md", ".config.kiro", "spec.json", "all", "beside"];

fuzz_target!(|data: &[u8]| {
    let Some((mut choice, text)) = input(data) else { return };
    let bytes = &data[1..];
    match choose(&mut choice, &FILES) {
        "beside" => beside(&text),
        "all" => folder(&FILES[..6], bytes),
        "tasks.md" => {
            edits(&text);
            folder(&["tasks.md"], bytes);
        }
        name => folder(&[name], bytes),
    }
});

/// A specification in which each of these files has these bytes is read, checked, mended and traced.
fn folder(names: &[&str], bytes: &[u8]) {
    let files: Vec<(String, Vec<u8>)> = names.iter().map(|name| ((*name).to_owned(), bytes.to_vec())).collect();
    let spec = Spec::read("x", files.clone());
    for file in &spec.files {
        assert_eq!(file.bytes(), bytes);
        assert_eq!(file.apply(&[]).as_deref(), Some(bytes), "nothing is changed by changing nothing");
    }
    for finding in spec.findings.iter().chain(&check(&spec)) {
        let inside = spec.text(&finding.file).is_none_or(|text| text.get(finding.span.clone()).is_some());
        assert!(inside, "{finding:?}");
    }
    let mut mended = files;
    for (name, edits) in mends(&spec) {
        let made = spec.file(&name).and_then(|file| file.apply(&edits)).expect("a mend applies");
        mended.iter_mut().filter(|(file, _)| *file == name).for_each(|(_, bytes)| bytes.clone_from(&made));
    }
    assert_eq!(mends(&Spec::read("x", mended)), [], "a second time there is nothing to mend");
    let traced = trace(&spec, &Evidence::default());
    assert!(!to_html(&traced, &[]).is_empty() && !to_markdown(&traced, &[]).is_empty());
}

/// Every edit of these tasks applies, and a state that was set is read back.
fn edits(text: &str) {
    let tasks = Tasks::read(text);
    let new = NewTask { number: None, text: "new".to_owned(), optional: false };
    for at in 0..tasks.tasks.len().min(8) {
        let state = tasks.set_state(at, State::Completed).expect("a task has a state");
        let others = [tasks.append_detail(text, at, "more"), tasks.insert_after(text, at, &new), tasks.set_references(text, at, &["1.1"])];
        for edit in others.iter().flatten() {
            assert!(apply(text, slice::from_ref(edit)).is_some(), "{edit:?}");
        }
        let done = apply(text, &[state]).expect("a state is set");
        assert_eq!(Tasks::read(&done).tasks[at].state, State::Completed);
    }
}

/// Every other reader.
fn beside(text: &str) {
    let _ = front_matter::read(text);
    let _ = Steering::read("steering.md", text);
    let _ = Skill::read("skill", "SKILL.md", text);
    let _ = Agent::read("agent.md", text);
    let _ = Agent::read("agent.json", text);
    let _ = Hooks::read("hooks.json", text);
    let _ = Hooks::read("old.kiro.hook", text);
    let _ = Servers::read("mcp.json", text);
    let _ = Ignored::read(".kiroignore", text);
    let _ = tree::json(text, 0);
}
