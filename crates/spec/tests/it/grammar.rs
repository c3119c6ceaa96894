//! Writes specifications as teams write them, in all the variants and languages that occur and about as often, and knows
//! what each says.
//!
//! All choices come from a tape of numbers. An empty tape gives the plainest form, so that what proptest shrinks to is plain.
#![allow(dead_code, reason = "the tests and the measurement use different parts")]

#[path = "grammar/bugfixes.rs"]
mod bugfixes;
#[path = "grammar/designs.rs"]
mod designs;
#[path = "grammar/prose.rs"]
mod prose;
#[path = "grammar/references.rs"]
mod references;
#[path = "grammar/requirements.rs"]
mod requirements;
#[path = "grammar/tasks.rs"]
mod tasks;

pub(crate) use designs::WantedProperty;
pub(crate) use references::References;
pub(crate) use requirements::{WantedCriterion, WantedRequirement};
pub(crate) use tasks::WantedTask;

use proptest::prelude::*;
use spec::folder::Kind;

/// Where choices come from.
pub(crate) struct Tape<'t> {
    numbers: &'t [u32],
    at: usize,
}

impl<'t> Tape<'t> {
    pub(crate) fn new(numbers: &'t [u32]) -> Self {
        Self { numbers, at: 0 }
    }

    /// A number below this one; nought when the tape is at its end.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let number = self.numbers.get(self.at).copied().unwrap_or(0) as usize;
        self.at += 1;
        number % bound.max(1)
    }

    /// So many times of a hundred, and never when the tape is at its end.
    pub(crate) fn odds(&mut self, of_hundred: usize) -> bool {
        self.below(100) + of_hundred >= 100
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// One of these, each as often as it is heavy.
    pub(crate) fn weighed<T: Copy>(&mut self, from: &[(usize, T)]) -> T {
        let mut number = self.below(from.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in from {
            if number < *weight {
                return *choice;
            }
            number -= weight;
        }
        from[0].1
    }
}

/// Numbers for a tape, the same for the same seed (splitmix64).
pub(crate) fn numbers(seed: u64, count: usize) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 16) as u32
    };
    (0..count).map(|_| next()).collect()
}

/// Tapes that are long enough for a folder, and shorter ones whose ends are plain.
pub(crate) fn tape() -> impl Strategy<Value = Vec<u32>> {
    (any::<u64>(), 0usize..2500).prop_map(|(seed, count)| numbers(seed, count))
}

/// A folder, and what reading it must find.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) name: String,
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) kind: Kind,
    pub(crate) requirements: Vec<WantedRequirement>,
    pub(crate) terms: Vec<(String, String)>,
    /// The clauses of a bugfix.md.
    pub(crate) clauses: Vec<WantedCriterion>,
    pub(crate) properties: Vec<WantedProperty>,
    pub(crate) tasks: Vec<WantedTask>,
    pub(crate) waves: Option<Vec<Vec<String>>>,
}

impl Folder {
    pub(crate) fn criteria(&self) -> impl Iterator<Item = &WantedCriterion> {
        self.requirements.iter().flat_map(|requirement| &requirement.criteria).chain(&self.clauses)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let (_, bytes) = self.files.iter().find(|(file, _)| file == name)?;
        Some(std::str::from_utf8(bytes).unwrap())
    }
}

/// A document that is being written.
pub(crate) struct Page {
    text: String,
    end: &'static str,
}

impl Page {
    fn new(tape: &mut Tape<'_>) -> Self {
        let end = if tape.odds(4) { "\r\n" } else { "\n" };
        let text = if tape.odds(3) { "\u{feff}".to_owned() } else { String::new() };
        Self { text, end }
    }

    pub(crate) fn line(&mut self, says: impl AsRef<str>) {
        self.text.push_str(says.as_ref());
        self.text.push_str(self.end);
    }

    pub(crate) fn gap(&mut self) {
        self.line("");
    }

    /// Now and then a block of code with lines that look like those around it and must not count.
    pub(crate) fn code(&mut self, tape: &mut Tape<'_>, margin: &str) {
        if !tape.odds(6) {
            return;
        }
        let fence = tape.pick(&["```", "~~~", "````"]);
        self.line(format!("{margin}{fence}{}", tape.pick(&["", "markdown", "rust"])));
        let decoys = ["- [ ] 9.9 Not a task", "### Requirement 99: Not one", "9. WHEN this is code, THE reader SHALL pass it by", "_Requirements: 99.9_", "### Property 99: None", ""];
        for _ in 0..=tape.below(3) {
            self.line(format!("{margin}{}", tape.pick(&decoys)));
        }
        self.line(format!("{margin}{fence}"));
    }

    fn done(mut self, tape: &mut Tape<'_>) -> Vec<u8> {
        if tape.odds(10) {
            self.text.truncate(self.text.trim_end_matches(['\r', '\n']).len());
        }
        self.text.into_bytes()
    }
}

/// Writes one folder.
pub(crate) fn folder(name: &str, tape: &mut Tape<'_>) -> Folder {
    let mut folder = Folder { name: name.to_owned(), ..Folder::default() };
    let bugfix = tape.odds(10);
    folder.kind = if bugfix { Kind::Bugfix } else { Kind::Feature };
    let language = prose::Language::any(tape);
    if bugfix {
        bugfixes::write(&mut folder, tape);
    } else {
        requirements::write(&mut folder, language, tape);
    }
    if !tape.odds(5) {
        designs::write(&mut folder, language, tape);
        tasks::write(&mut folder, language, tape);
    }
    config(&mut folder, tape);
    folder
}

fn config(folder: &mut Folder, tape: &mut Tape<'_>) {
    let kind = if folder.kind == Kind::Bugfix { "bugfix" } else { "feature" };
    let workflow = tape.weighed(&[(307, "requirements-first"), (23, "fast-task"), (7, "design-first")]);
    let bom = if tape.odds(2) { "\u{feff}" } else { "" };
    let json = format!("{bom}{{\"specId\":\"a1b2c3d4-0000-4000-8000-000000000000\",\"workflowType\":\"{workflow}\",\"specType\":\"{kind}\"}}");
    let spec_json = "{\"feature_name\":\"x\",\"language\":\"ja\",\"phase\":\"tasks-generated\",\"approvals\":{\"tasks\":{\"generated\":true,\"approved\":false}},\"ready_for_implementation\":false}";
    match tape.weighed(&[(310, 0), (265, 1), (21, 2)]) {
        0 => folder.files.push((".config.kiro".to_owned(), json.into_bytes())),
        1 => {}
        _ => folder.files.push(("spec.json".to_owned(), spec_json.as_bytes().to_vec())),
    }
}
