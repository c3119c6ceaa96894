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
use super::weight::{last, together, weight};
use crate::runner::is_test_file;

/// A name with more definers than this makes no edge.
const MOST_DEFINERS: usize = 12;
/// The files after so many edges lead nowhere; a hundred thousand ordinary files have about as many.
const MOST_EDGES: usize = 8_000_000;
/// How often the reader goes on instead of beginning anew. The usual 0.85 gathers everything at the few types that the rest
/// is built on; somebody who looks for their way wants what is one or two steps from where they are.
const DAMPING: f64 = 0.6;
/// After so many steps the order does not change any more: 0.6¹⁶ is 0.03 %.
const STEPS: usize = 16;
/// How much less often a reader begins at a test, and how much less its definitions matter to others.
const TEST: f64 = 0.2;
/// What a mention in another language is worth.
const STRANGER: f64 = 0.02;
/// Mentions that weigh less than this together do not make up a whole way on.
const LITTLE: f64 = 0.5;

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
    let definitions = files.iter().enumerate().map(|(file, (path, outline))| {
        let test = if is_test_file(path) && !wish.is_near(path) { TEST } else { 1.0 };
        let place = test * (1.0 + 3.0 * matched(&words, path).min(2.0));
        let own = ranks.get(file).copied().unwrap_or(0.0) * (1.0 - DAMPING) / outline.definitions.len().max(1) as f64;
        let targets = graph.own.get(file).into_iter().flatten();
        let score = |(one, target): (&Definition, &Option<u32>)| {
            let flow = target.and_then(|target| flows.get(target as usize)).copied().unwrap_or(0.0);
            place * (flow + own) * (1.0 + 4.0 * matched(&words, &one.name))
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
        (kind, kind * (near + by_path + 3.0 * by_names.min(8.0)))
    };
    let starts: Vec<(f64, f64)> = files.iter().map(start).collect();
    // Who knows what they look for begins elsewhere only one time in ten.
    let (anywhere, meant) = starts.iter().fold((0.0, 0.0), |(a, b), (kind, meant)| (a + kind, b + meant));
    let elsewhere = if meant > 0.0 { 0.1 * meant / f64::max(anywhere, f64::MIN_POSITIVE) } else { 1.0 };
    let starts: Vec<f64> = starts.into_iter().map(|(kind, meant)| kind * elsewhere + meant).collect();
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
    /// What a mention of a target is worth.
    weights: Vec<f64>,
    /// The target of each definition, file by file.
    own: Vec<Vec<Option<u32>>>,
}

/// What is known of each name that is defined.
type Definers = HashMap<Identifier, Definer>;

#[derive(Default)]
struct Definer {
    targets: Vec<u32>,
    /// How many files mention it.
    mentioned: u32,
}

impl Graph {
    fn of(files: &[(String, Arc<Outline>)], words: &[String]) -> Self {
        let mut graph = Self { edges: Vec::new(), files_of: Vec::new(), shared: Vec::new(), weights: Vec::new(), own: Vec::new() };
        let mut definers = Definers::new();
        for (file, (_, outline)) in files.iter().enumerate() {
            let mut seen = HashMap::new();
            let own = outline.definitions.iter().map(|one| {
                let weight = weight(one, outline.language) * (1.0 + 4.0 * matched(words, &one.name));
                graph.define(number(file), one, weight, &mut seen, &mut definers)
            });
            let own = own.collect();
            graph.own.push(own);
        }
        for (name, _) in files.iter().flat_map(|(_, outline)| &outline.mentions) {
            definers.get_mut(name).into_iter().for_each(|definer| definer.mentioned += 1);
        }
        for (file, (_, outline)) in files.iter().enumerate() {
            graph.mention(number(file), outline, &definers, files);
        }
        graph
    }

    /// The target of a definition: its name in its file.
    fn define(&mut self, file: u32, one: &Definition, weight: f64, seen: &mut HashMap<Identifier, u32>, definers: &mut Definers) -> Option<u32> {
        let name = key(one)?;
        let target = *seen.entry(name).or_insert_with(|| {
            let new = number(self.files_of.len());
            self.files_of.push(file);
            self.shared.push(0);
            self.weights.push(0.0);
            definers.entry(name).or_default().targets.push(new);
            new
        });
        self.shared.get_mut(target as usize).into_iter().for_each(|shared| *shared += 1);
        self.weights.get_mut(target as usize).into_iter().for_each(|known| *known = known.max(weight));
        Some(target)
    }

    /// The edges that leave a file; their shares are together at most one.
    fn mention(&mut self, file: u32, outline: &Outline, definers: &Definers, files: &[(String, Arc<Outline>)]) {
        let begin = self.edges.len();
        if begin >= MOST_EDGES {
            return;
        }
        for (name, count) in &outline.mentions {
            let Some(definer) = definers.get(name).filter(|definer| definer.targets.len() <= MOST_DEFINERS) else { continue };
            // What the file defines itself is not looked for elsewhere.
            if definer.targets.iter().any(|target| self.files_of.get(*target as usize) == Some(&file)) {
                continue;
            }
            // What everybody mentions says less about each of them.
            let everybody = f64::from(definer.mentioned.max(1)).sqrt().sqrt();
            let each = f64::from(*count).sqrt() / everybody / definer.targets.len() as f64;
            for target in &definer.targets {
                let language = self.files_of.get(*target as usize).and_then(|of| files.get(*of as usize)).map(|(_, outline)| outline.language);
                let near = if language.is_some_and(|language| together(language, outline.language)) { 1.0 } else { STRANGER };
                let weight = self.weights.get(*target as usize).copied().unwrap_or(0.0);
                self.edges.push((file, *target, each * weight * near));
            }
        }
        let new = self.edges.get_mut(begin..).unwrap_or(&mut []);
        let all: f64 = new.iter().map(|(_, _, share)| share).sum();
        new.iter_mut().for_each(|(_, _, share)| *share /= all.max(LITTLE));
    }

    /// How often the reader is at each file.
    fn walk(&self, starts: &[f64]) -> Vec<f64> {
        // Who reads a file that mentions nothing, or hardly anything for sure, begins anew.
        let mut stuck = vec![1.0; self.own.len()];
        for (from, _, share) in &self.edges {
            stuck.get_mut(*from as usize).into_iter().for_each(|stuck: &mut f64| *stuck -= share);
        }
        let mut ranks = starts.to_vec();
        for _ in 0..STEPS {
            let stuck: f64 = ranks.iter().zip(&stuck).map(|(rank, stuck)| rank * stuck).sum();
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

/// The name that others mention; an `impl` has none of its own.
fn key(one: &Definition) -> Option<Identifier> {
    (one.kind != "impl" && one.kind != "module").then(|| Identifier::of(last(&one.name).as_bytes())).flatten()
}
