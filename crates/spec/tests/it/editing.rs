//! An edit changes what it says and no other byte, and read again only that is different.

use proptest::prelude::*;

use crate::grammar::{Folder, Tape, folder, tape};
use spec::design::{Design, NewSection, insert_section};
use spec::reference::Referred;
use spec::requirements::Requirements;
use spec::tasks::{NewTask, State, Tasks};
use spec::text::{Edit, apply};
use spec::tree::{self, Node, Value};

/// What a task says, without places.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    number: Option<String>,
    text: String,
    state: State,
    optional: bool,
    parent: Option<usize>,
    details: Vec<String>,
    references: Vec<Referred>,
}

fn said(tasks: &Tasks) -> Vec<Said> {
    let of = |task: &spec::tasks::Task| Said {
        number: task.number.clone(),
        text: task.text.clone(),
        state: task.state,
        optional: task.optional,
        parent: task.parent,
        details: task.details.iter().map(|detail| detail.text.clone()).collect(),
        references: task.references.iter().map(|one| one.to.clone()).collect(),
    };
    tasks.tasks.iter().map(of).collect()
}

/// The text with the edit, whose line ends are the file's own and which leaves all around it alone.
fn edited(text: &str, edit: &Edit) -> String {
    let made = apply(text, std::slice::from_ref(edit)).unwrap();
    assert_eq!(made.get(..edit.span.start), text.get(..edit.span.start));
    assert_eq!(made.get(edit.span.start + edit.with.len()..), text.get(edit.span.end..));
    let bare = edit.with.matches('\n').count() != edit.with.matches("\r\n").count();
    assert!(edit.with.is_empty() || bare != text.contains("\r\n") || !edit.with.contains('\n'), "{edit:?}");
    made
}

/// A folder with tasks, its tasks.md, and one of the tasks.
fn any_task(tape: &[u32]) -> Option<(String, Tasks, usize)> {
    let mut tape = Tape::new(tape);
    let at = tape.below(20);
    let folder = folder("basket", &mut tape);
    let text = folder.text("tasks.md")?.to_owned();
    let tasks = Tasks::read(&text);
    let at = at % tasks.tasks.len();
    Some((text, tasks, at))
}


const STATES: [State; 4] = [State::NotStarted, State::InProgress, State::Queued, State::Completed];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_state_is_one_character(tape in tape(), state in proptest::sample::select(&STATES)) {
        let Some((text, tasks, at)) = any_task(&tape) else { return Ok(()) };
        let edit = tasks.set_state(at, state).unwrap();
        prop_assert_eq!((edit.span.len(), edit.with.len()), (1, 1));
        let mut wanted = said(&tasks);
        wanted[at].state = state;
        prop_assert_eq!(said(&Tasks::read(&edited(&text, &edit))), wanted);
    }

    #[test]
    fn a_detail_stands_behind_those_that_were_there(tape in tape()) {
        let Some((text, tasks, at)) = any_task(&tape) else { return Ok(()) };
        let edit = tasks.append_detail(&text, at, "Say in the guide\nwhat is new").unwrap();
        let mut wanted = said(&tasks);
        wanted[at].details.push("Say in the guide what is new".to_owned());
        prop_assert_eq!(said(&Tasks::read(&edited(&text, &edit))), wanted);
    }

    #[test]
    fn a_task_is_put_behind_another_and_its_parts(tape in tape(), optional in any::<bool>()) {
        let Some((text, tasks, at)) = any_task(&tape) else { return Ok(()) };
        let number = tasks.tasks[at].number.as_ref().map(|number| match number.rsplit_once('.') {
            Some((front, _)) => format!("{front}.77"),
            None => "77".to_owned(),
        });
        let new = NewTask { number: number.clone(), text: "Carry the rest over".to_owned(), optional };
        let edit = tasks.insert_after(&text, at, &new).unwrap();
        let mut wanted = said(&tasks);
        let behind = last_part(&tasks, at) + 1;
        for task in &mut wanted {
            task.parent = task.parent.map(|parent| if parent >= behind { parent + 1 } else { parent });
        }
        let one = Said { number, text: new.text, state: State::NotStarted, optional, parent: tasks.tasks[at].parent, details: vec![], references: vec![] };
        wanted.insert(behind, one);
        prop_assert_eq!(said(&Tasks::read(&edited(&text, &edit))), wanted);
    }

    #[test]
    fn a_list_of_references_is_replaced_or_put_in(tape in tape()) {
        let Some((text, tasks, at)) = any_task(&tape) else { return Ok(()) };
        let edit = tasks.set_references(&text, at, &["7.1", "7.2"]).unwrap();
        let read = Tasks::read(&edited(&text, &edit));
        let list = read.tasks[at].reference_list.clone().unwrap();
        prop_assert_eq!(&edited(&text, &edit)[list], "7.1, 7.2");
        let new = [Referred::Criterion("7.1".to_owned()), Referred::Criterion("7.2".to_owned())];
        prop_assert!(new.iter().all(|one| read.tasks[at].references.iter().any(|found| found.to == *one)));
        let (mut before, mut after) = (said(&tasks), said(&read));
        for tasks in [&mut before, &mut after] {
            tasks[at].references.clear();
            tasks[at].details.clear();
        }
        prop_assert_eq!(before, after);
    }

    #[test]
    fn one_criterion_says_something_else(tape in tape(), nth in 0usize..50) {
        let folder = folder("basket", &mut Tape::new(&tape));
        let Some(text) = folder.text("requirements.md") else { return Ok(()) };
        let read = Requirements::read(text);
        let all: Vec<_> = read.criteria().cloned().collect();
        let nth = nth % all.len();
        let edit = all[nth].reword("WHEN it rains, THE Roof\n SHALL hold");
        let again = Requirements::read(&edited(text, &edit));
        let found: Vec<_> = again.criteria().map(|one| (one.id.clone(), one.text.clone())).collect();
        let mut wanted: Vec<_> = all.iter().map(|one| (one.id.clone(), one.text.clone())).collect();
        wanted[nth].1 = "WHEN it rains, THE Roof SHALL hold".to_owned();
        prop_assert_eq!(found, wanted);
        prop_assert_eq!(again.glossary.len(), read.glossary.len());
    }

    #[test]
    fn a_section_is_put_behind_another(tape in tape(), nth in 0usize..20) {
        let folder = folder("basket", &mut Tape::new(&tape));
        let Some(text) = folder.text("design.md") else { return Ok(()) };
        let before = Design::read(text);
        let nth = nth % before.sections.len();
        let level = before.sections[nth].level;
        let new = NewSection { level, title: "Rollout", body: "First here,\nthen there." };
        let edit = insert_section(text, Some(nth), &new).unwrap();
        let after = Design::read(&edited(text, &edit));
        let titles = |design: &Design| design.sections.iter().map(|section| (section.level, section.title.clone())).collect::<Vec<_>>();
        let inside = before.sections.iter().skip(nth + 1).take_while(|section| section.level > level).count();
        let mut wanted = titles(&before);
        wanted.insert(nth + inside + 1, (level, "Rollout".to_owned()));
        prop_assert_eq!(titles(&after), wanted);
        let says = |design: &Design| design.properties.iter().map(|property| (property.number.clone(), property.text.clone())).collect::<Vec<_>>();
        prop_assert_eq!(says(&after), says(&before));
    }
}

fn last_part(tasks: &Tasks, at: usize) -> usize {
    tasks.tasks[at].children.iter().map(|child| last_part(tasks, *child)).max().unwrap_or(at)
}

/// The names of all files stay as they came, whatever was read out of them.
#[test]
fn bytes_that_nobody_edits_are_kept() {
    for seed in 0..40 {
        let numbers = crate::grammar::numbers(seed, 800);
        let wanted: Folder = folder("basket", &mut Tape::new(&numbers));
        let spec = spec::folder::Spec::read("basket", wanted.files.clone());
        for (file, (name, bytes)) in spec.files.iter().zip(&wanted.files) {
            assert_eq!((&file.name, file.bytes()), (name, bytes.as_slice()));
            assert_eq!(file.apply(&[]).as_deref(), Some(bytes.as_slice()));
        }
    }
}

/// Files that are JSON or begin with YAML, as tools write them.
const KEYED: [(&str, &str); 4] = [
    (".config.kiro", "{\"specId\": \"5d\\\\7\", \"workflowType\":\"requirements-first\",\n\t\"specType\" : \"feature\"}\n"),
    ("spec.json", "{\n  \"feature_name\": \"größe\",\n  \"approvals\": {\n    \"design\": { \"generated\": true, \"approved\": false }\n  },\n  \"ready_for_implementation\": false,\n  \"n\": [1, -2.5, null]\n}"),
    ("product.md", "---\ninclusion: fileMatch   # when\nfileMatchPattern: [\"**/*.ts\", 'it''s', \u{fc}ber]\nname : \"a # b\"\n---\n\n# Title\n\ninclusion: always\n"),
    ("hook.json", "{\"version\": \"v1\", \"hooks\": [\n  {\"name\": \"lint\", \"trigger\": \"PostFileSave\", \"matcher\": \".*\\\\.rs$\", \"timeout\": 60, \"enabled\": true,\n   \"action\": {\"type\": \"command\", \"command\": \"echo \\\"x\\\"\"}}\n]}\n"),
];

fn keyed(name: &str, text: &str) -> Node {
    if name.ends_with(".md") {
        let (spec::front_matter::FrontMatter::Some { keys, .. }, _) = spec::front_matter::read(text) else { panic!("no front matter: {text:?}") };
        return keys;
    }
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    tree::json(&text[mark..], mark).unwrap()
}

/// Every single value with the way to it.
fn values(node: &Node, way: &str, all: &mut Vec<(String, Node)>) {
    match &node.value {
        Value::Map(entries) => entries.iter().for_each(|entry| values(&entry.value, &format!("{way}/{}", entry.key), all)),
        Value::List(items) => items.iter().enumerate().for_each(|(at, item)| values(item, &format!("{way}/{at}"), all)),
        Value::Nothing | Value::Text(_) | Value::Plain(_) => all.push((way.to_owned(), node.clone())),
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let plain = proptest::sample::select(vec!["true", "false", "7", "-0.5"]).prop_map(|plain| Value::Plain(plain.to_owned()));
    prop_oneof![any::<String>().prop_map(Value::Text), "[ -~\n\r\t\u{80}-\u{9f}\u{2028}\u{feff}]{0,12}".prop_map(Value::Text), plain, Just(Value::Nothing)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Settings, steering and hooks, with and without a byte-order mark, with both line ends.
    #[test]
    fn a_value_takes_the_place_of_another_and_of_nothing_else(file in proptest::sample::select(&KEYED), mark in any::<bool>(), crlf in any::<bool>(), at in any::<usize>(), with in any_value()) {
        let (name, text) = file;
        let text = if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
        let text = format!("{}{text}", if mark { "\u{feff}" } else { "" });
        let mut all = Vec::new();
        values(&keyed(name, &text), "", &mut all);
        let at = at % all.len();
        let edit = all[at].1.replaced(&text, &with).unwrap();
        let made = edited(&text, &edit);
        let (mut read, mut wanted) = (Vec::new(), all.into_iter().map(|(way, node)| (way, node.value)).collect::<Vec<_>>());
        values(&keyed(name, &made), "", &mut read);
        wanted[at].1 = with;
        prop_assert_eq!(read.into_iter().map(|(way, node)| (way, node.value)).collect::<Vec<_>>(), wanted, "{:?}", made);
    }
}
