//! How much each definition matters: a walk of somebody who reads a file and goes on to what it mentions (PageRank), begun
//! more often at what the wish is about.
//!
//! ```text
//! file ─mentions a name─▶ the definitions of that name in other files
//! ```
//!
//! A name that many files define says nothing about any of them and makes no edge. Names are not resolved: `open` in one
//! file may not be the `open` that another defines; rare names, which carry most of the weight, seldom have this doubt. All
//! sums are made in the order of files and names, so that the same input gives the same bits.

use std::collections::HashMap;
use std::sync::Arc;

use super::identifier::Identifier;
use super::map::Wish;
use super::outline::{Definition, Outline};
use crate::runner::is_test_file;

/// A name with more definers than this makes no edge.
const MOST_DEFINERS: usize = 12;
/// How often the reader goes on instead of beginning anew.
const DAMPING: f64 = 0.85;
/// After so many steps the order does not change any more: 0.85³² is less than 1 %.
const STEPS: usize = 32;
/// How much less often a reader begins at a test.
const TEST: f64 = 0.2;

/// What matters how much; the greater, the more.
pub(super) struct Rank {
    /// By the number of the file.
    pub(super) files: Vec<f64>,
    /// By the number of the file, then of the definition.
    pub(super) definitions: Vec<Vec<f64>>,
}

pub(super) fn rank(files: &[(String, Arc<Outline>)], wish: &Wish) -> Rank {
    let words = wish.words();
    let starts = starts(files, wish, &words);
    let graph = Graph::of(files, &words);
    let ranks = graph.walk(&starts);
    let flows = graph.flows(&ranks);
    let definitions = files.iter().enumerate().map(|(file, (_, outline))| {
        let own = ranks.get(file).copied().unwrap_or(0.0) * (1.0 - DAMPING) / outline.definitions.len().max(1) as f64;
        let targets = graph.own.get(file).into_iter().flatten();
        let score = |(one, target): (&Definition, &Option<u32>)| {
            let flow = target.and_then(|target| flows.get(target as usize)).copied().unwrap_or(0.0);
            (flow + own) * (1.0 + 4.0 * matched(&words, &one.name))
        };
        outline.definitions.iter().zip(targets).map(score).collect()
    });
    Rank { definitions: definitions.collect(), files: ranks }
}

/// Where the reader begins, how often; all together once.
fn starts(files: &[(String, Arc<Outline>)], wish: &Wish, words: &[String]) -> Vec<f64> {
    let start = |(path, outline): &(String, Arc<Outline>)| {
        let near = if wish.is_near(path) { 100.0 } else { 0.0 };
        let by_path = 10.0 * matched(words, path);
        let by_names: f64 = outline.definitions.iter().map(|one| matched(words, &one.name)).sum();
        let kind = if is_test_file(path) && near == 0.0 { TEST } else { 1.0 };
        kind * (1.0 + near + by_path + 3.0 * by_names.min(8.0))
    };
    let starts: Vec<f64> = files.iter().map(start).collect();
    let all: f64 = starts.iter().sum();
    starts.into_iter().map(|start| start / all.max(f64::MIN_POSITIVE)).collect()
}

/// How many of the words are in a name; `monthTotal`, `month_total` and `month/total.rs` have `month` and `total`.
fn matched(words: &[String], name: &str) -> f64 {
    if !words.iter().any(|word| may_have(name, word)) {
        return 0.0;
    }
    let parts = super::map::parts(name);
    words.iter().filter(|word| parts.contains(word)).count() as f64
}

/// Whether the letters of a word are in a name at all; most names need no closer look.
fn may_have(name: &str, word: &str) -> bool {
    !name.is_ascii() || name.as_bytes().windows(word.len().max(1)).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Files, and the names that lead from one to another.
struct Graph {
    /// From a file to a target, with its share of what leaves the file.
    edges: Vec<(u32, u32, f64)>,
    /// The file of each target.
    files_of: Vec<u32>,
    /// How many definitions of the file share a target's name.
    shared: Vec<u32>,
    /// The target of each definition, file by file.
    own: Vec<Vec<Option<u32>>>,
}

/// The weight of each name, and its targets.
type Definers = HashMap<Identifier, (f64, Vec<u32>)>;

impl Graph {
    fn of(files: &[(String, Arc<Outline>)], words: &[String]) -> Self {
        let mut graph = Self { edges: Vec::new(), files_of: Vec::new(), shared: Vec::new(), own: Vec::new() };
        let mut definers = Definers::new();
        for (file, (_, outline)) in files.iter().enumerate() {
            let mut seen = HashMap::new();
            let own = outline.definitions.iter().map(|one| graph.define(number(file), one, &mut seen, &mut definers, words)).collect();
            graph.own.push(own);
        }
        for (file, (_, outline)) in files.iter().enumerate() {
            graph.mention(number(file), outline, &definers);
        }
        graph
    }

    /// The target of a definition: its name in its file.
    fn define(&mut self, file: u32, one: &Definition, seen: &mut HashMap<Identifier, u32>, definers: &mut Definers, words: &[String]) -> Option<u32> {
        let name = key(one)?;
        let target = *seen.entry(name).or_insert_with(|| {
            let new = number(self.files_of.len());
            self.files_of.push(file);
            self.shared.push(0);
            definers.entry(name).or_insert_with(|| (weight(&one.name, words), Vec::new())).1.push(new);
            new
        });
        self.shared.get_mut(target as usize).into_iter().for_each(|shared| *shared += 1);
        Some(target)
    }

    /// The edges that leave a file, their weights together one.
    fn mention(&mut self, file: u32, outline: &Outline, definers: &Definers) {
        let begin = self.edges.len();
        for (name, count) in &outline.mentions {
            let Some((weight, targets)) = definers.get(name).filter(|(_, targets)| targets.len() <= MOST_DEFINERS) else { continue };
            // What the file defines itself is not looked for elsewhere.
            if !targets.iter().any(|target| self.files_of.get(*target as usize) == Some(&file)) {
                let share = weight * f64::from(*count).sqrt() / targets.len() as f64;
                self.edges.extend(targets.iter().map(|target| (file, *target, share)));
            }
        }
        let new = self.edges.get_mut(begin..).unwrap_or(&mut []);
        let all: f64 = new.iter().map(|(_, _, share)| share).sum();
        new.iter_mut().for_each(|(_, _, share)| *share /= all);
    }

    /// How often the reader is at each file.
    fn walk(&self, starts: &[f64]) -> Vec<f64> {
        let mut leaves = vec![false; self.own.len()];
        for (from, _, _) in &self.edges {
            leaves.get_mut(*from as usize).into_iter().for_each(|leaves| *leaves = true);
        }
        let mut ranks = starts.to_vec();
        for _ in 0..STEPS {
            // Who reads a file that mentions nothing begins anew.
            let stuck: f64 = ranks.iter().zip(&leaves).filter(|(_, leaves)| !**leaves).map(|(rank, _)| rank).sum();
            let mut next: Vec<f64> = starts.iter().map(|start| start * (1.0 - DAMPING + DAMPING * stuck)).collect();
            for (from, target, share) in &self.edges {
                let to = self.files_of.get(*target as usize).and_then(|file| next.get_mut(*file as usize));
                if let (Some(to), Some(rank)) = (to, ranks.get(*from as usize)) {
                    *to += DAMPING * rank * share;
                }
            }
            ranks = next;
        }
        ranks
    }

    /// How much of that comes by each target, for one definition.
    fn flows(&self, ranks: &[f64]) -> Vec<f64> {
        let mut flows = vec![0.0; self.files_of.len()];
        for (from, target, share) in &self.edges {
            if let (Some(flow), Some(rank)) = (flows.get_mut(*target as usize), ranks.get(*from as usize)) {
                *flow += rank * share;
            }
        }
        flows.iter().zip(&self.shared).map(|(flow, shared)| flow / f64::from((*shared).max(1))).collect()
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The name that others mention: of `ledger::Entry` it is `Entry`; an `impl` has none of its own.
fn key(one: &Definition) -> Option<Identifier> {
    let last = one.name.rsplit([':', '.']).next().unwrap_or(&one.name);
    (one.kind != "impl" && one.kind != "module").then(|| Identifier::of(last.as_bytes())).flatten()
}

/// A long name of several words is seldom another thing of the same name; one that begins with `_` is not for others.
fn weight(name: &str, words: &[String]) -> f64 {
    let several = name.contains('_') || name.chars().skip(1).any(char::is_uppercase);
    let telling = if several && name.len() >= 8 { 3.0 } else { 1.0 };
    let private = if name.starts_with('_') { 0.1 } else { 1.0 };
    telling * private * (1.0 + 4.0 * matched(words, name))
}
