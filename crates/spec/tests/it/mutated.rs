//! Valid documents that were damaged: cut anywhere as by a write that did not end, and with pieces lost, doubled, swapped or
//! overwritten. Every reader reads every one: nothing panics, no byte is lost, every place is in the text.

use proptest::prelude::*;

use spec::agents::Agent;
use spec::check::check;
use spec::fmt::mends;
use spec::folder::Spec;
use spec::front_matter;
use spec::hooks::Hooks;
use spec::ignored::Ignored;
use spec::servers::Servers;
use spec::skills::Skill;
use spec::steering::Steering;
use spec::trace::{Evidence, to_html, to_markdown, trace};

use super::grammar::{Folder, Tape, folder, numbers, tape};

/// The other files that are read, each in a form that is right.
const OTHERS: [(&str, &str); 6] = [
    ("steering.md", "---\ninclusion: fileMatch\nfileMatchPattern: [\"**/*.ts\", 'src/{a,b}/*.rs']\n---\n# Rules\n\nSee #[[file:docs/a.md]].\n"),
    ("SKILL.md", "---\nname: releases\ndescription: How a release is made\n---\nFirst, test.\n"),
    ("agent.md", "---\nname: reader\ndescription: reads\ntools: [read, \"@docs/search\"]\n---\nYou read.\n"),
    ("hooks.json", "{\"version\":\"v1\",\"hooks\":[{\"name\":\"lint\",\"trigger\":\"PostToolUse\",\"matcher\":\"write\",\"action\":{\"type\":\"command\",\"command\":\"npm run lint\"},\"timeout\":30}]}"),
    ("mcp.json", "{\"mcpServers\":{\"docs\":{\"command\":\"node\",\"args\":[\"a.js\"],\"env\":{\"A\":\"b\"},\"disabledTools\":[\"x\"]}}}"),
    (".kiroignore", "# keys\n*.pem\n!test.pem\n/secrets/\n"),
];

/// Every reader of the crate, on these bytes under each name.
fn read_as_anything(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    front_matter::read(&text);
    Steering::read("steering.md", &text);
    Skill::read("skill", "SKILL.md", &text);
    Agent::read("agent.md", &text);
    Agent::read("agent.json", &text);
    Hooks::read("hooks.json", &text);
    Hooks::read("old.kiro.hook", &text);
    Servers::read("mcp.json", &text);
    Ignored::read(".kiroignore", &text);
}

/// A specification of these files is read, checked, mended and traced.
fn holds(files: Vec<(String, Vec<u8>)>) {
    let spec = Spec::read("x", files.clone());
    for (name, bytes) in &files {
        let file = spec.file(name).unwrap();
        assert_eq!(file.bytes(), bytes);
        assert_eq!(file.apply(&[]).as_deref(), Some(&bytes[..]), "nothing is changed by changing nothing");
    }
    for finding in check(&spec) {
        assert!(finding.file.is_empty() || spec.text(&finding.file).is_none_or(|text| text.get(finding.span.clone()).is_some()), "{finding:?}");
    }
    let mut mended = files;
    for (name, edits) in mends(&spec) {
        let bytes = spec.file(&name).unwrap().apply(&edits).unwrap();
        mended.iter_mut().find(|(file, _)| *file == name).unwrap().1 = bytes;
    }
    assert_eq!(mends(&Spec::read("x", mended)), [], "a second time there is nothing to mend");
    let traced = trace(&spec, &Evidence::default());
    assert!(!to_html(&traced, &[]).is_empty() && !to_markdown(&traced, &[]).is_empty());
}

/// One damage: where, how far, what.
#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index),
    Lose(prop::sample::Index, usize),
    Double(prop::sample::Index, usize),
    Overwrite(prop::sample::Index, Vec<u8>),
    Swap(prop::sample::Index, prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        at().prop_map(Damage::Cut),
        (at(), 1usize..80).prop_map(|(at, length)| Damage::Lose(at, length)),
        (at(), 1usize..200).prop_map(|(at, length)| Damage::Double(at, length)),
        (at(), proptest::collection::vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Damage::Overwrite(at, bytes)),
        (at(), at()).prop_map(|(one, other)| Damage::Swap(one, other)),
    ]
}

impl Damage {
    fn to(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        let range = |at: &prop::sample::Index, far: usize| at.index(length)..(at.index(length) + far).min(length);
        match self {
            _ if length == 0 => {}
            Self::Cut(at) => bytes.truncate(at.index(length)),
            Self::Lose(at, far) => drop(bytes.drain(range(at, *far))),
            Self::Double(at, far) => {
                let again = bytes[range(at, *far)].to_vec();
                bytes.splice(at.index(length)..at.index(length), again);
            }
            Self::Overwrite(at, with) => drop(bytes.splice(range(at, with.len()), with.iter().copied())),
            Self::Swap(one, other) => {
                let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
                let count = lines.len();
                lines.swap(one.index(count), other.index(count));
                *bytes = lines.concat();
            }
        }
    }
}

/// The grammar's folder of a seed.
fn written(seed: u64, count: usize) -> Folder {
    folder("x", &mut Tape::new(&numbers(seed, count)))
}

#[test]
fn documents_are_read_cut_at_every_byte_of_their_beginning() {
    for (seed, count) in [(0, 0), (1, 80), (7, 120)] {
        let whole = written(seed, count).files;
        for at in 0..whole.len() {
            for cut in (0..whole[at].1.len().min(700)).rev() {
                let mut files = whole.clone();
                files[at].1.truncate(cut);
                let spec = Spec::read("x", files);
                check(&spec);
                assert_eq!(spec.file(&whole[at].0).unwrap().bytes(), &whole[at].1[..cut]);
            }
        }
    }
    for (_, text) in OTHERS {
        (0..text.len()).for_each(|cut| read_as_anything(&text.as_bytes()[..cut]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_documents_are_read_checked_mended_and_traced(tape in tape(), damages in proptest::collection::vec((any::<prop::sample::Index>(), damage()), 1..6)) {
        let mut files = folder("x", &mut Tape::new(&tape)).files;
        for (at, damage) in damages {
            let at = at.index(files.len());
            damage.to(&mut files[at].1);
        }
        holds(files);
    }

    #[test]
    fn other_files_are_read_however_damaged(which in 0..OTHERS.len(), damages in proptest::collection::vec(damage(), 1..5)) {
        let mut bytes = OTHERS[which].1.as_bytes().to_vec();
        damages.iter().for_each(|damage| damage.to(&mut bytes));
        read_as_anything(&bytes);
    }

    #[test]
    fn every_reader_reads_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_as_anything(&bytes);
        let names = ["requirements.md", "bugfix.md", "design.md", "tasks.md", ".config.kiro", "spec.json"];
        holds(names.iter().map(|name| ((*name).to_owned(), bytes.clone())).collect());
    }
}
