//! The measures of the house, as STYLE.md states its aims: lines, lengths, doc share and edges of each crate.
//!
//! Lines are those of an editor, blank ones too, without modules for tests; a function's length is from its `fn` to its
//! closing brace; the doc share is documentation lines by production lines.

use std::fmt;

use anyhow::Result;

use crate::tidy::Edges;
use crate::tidy::production_lines;
use crate::tree::Tree;

/// All crates, and all of them together.
pub(crate) struct House {
    crates: Vec<Measures>,
    edges: usize,
    chain: usize,
}

/// One crate, or all.
#[derive(Default)]
struct Measures {
    name: String,
    tests: usize,
    docs: usize,
    files: Vec<usize>,
    functions: Vec<usize>,
    uses: Vec<String>,
}

/// Measures every crate and xtask.
pub(crate) fn measure(tree: &Tree) -> Result<House> {
    let edges = Edges::of(tree)?;
    let mut crates: Vec<Measures> = Vec::new();
    for (file, rust) in tree.rust() {
        let Some(house) = file.house() else { continue };
        let index = crates.iter().position(|measures| measures.name == house).unwrap_or_else(|| {
            crates.push(Measures { name: house.to_owned(), uses: edges.from(house).to_vec(), ..Measures::default() });
            crates.len() - 1
        });
        let Some(measures) = crates.get_mut(index) else { continue };
        let lines = file.text.lines().count();
        if tree.is_test(file) {
            measures.tests += lines;
            continue;
        }
        let ours = production_lines(&file.text, rust);
        measures.tests += lines - ours;
        measures.files.push(ours);
        measures.docs += rust.doc_lines();
        let tests = rust.test_lines();
        let is_ours = |line: usize| !tests.iter().any(|region| region.contains(&line));
        measures.functions.extend(rust.functions().into_iter().filter(|f| is_ours(f.line)).map(|f| f.lines));
    }
    let chain = crates.iter().map(|measures| edges.depth(&measures.name)).max().unwrap_or(0);
    Ok(House { crates, edges: edges.len(), chain })
}

impl Measures {
    fn lines(&self) -> usize {
        self.files.iter().sum()
    }

    fn add(&mut self, other: &Self) {
        self.tests += other.tests;
        self.docs += other.docs;
        self.files.extend(&other.files);
        self.functions.extend(&other.functions);
    }
}

impl fmt::Display for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<12} {:>7} {:>7} {:>15} {:>14} {:>6}  uses", "crate", "lines", "tests", "file m/p90/max", "fn m/p90/max", "doc")?;
        let mut all = Measures { name: "all".into(), ..Measures::default() };
        for measures in &self.crates {
            all.add(measures);
            writeln!(f, "{measures}")?;
        }
        writeln!(f, "{all}")?;
        writeln!(f, "{:<12} {:>7} {:>7} {:>15} {:>14} {:>6}", "aim", "", "", "170/450/700", "9/30/80", "12-18%")?;
        writeln!(f, "{} crates, {} edges (30 at most), longest chain {} (6 at most)", self.crates.len(), self.edges, self.chain)
    }
}

impl fmt::Display for Measures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (files, functions) = (spread(&self.files), spread(&self.functions));
        let share = (100 * self.docs).checked_div(self.lines()).unwrap_or(0);
        let uses = self.uses.join(" ");
        let line = format!("{:<12} {:>7} {:>7} {files:>15} {functions:>14} {share:>5}%  {uses}", self.name, self.lines(), self.tests);
        f.write_str(line.trim_end())
    }
}

/// Median, 90th percentile (nearest rank) and largest.
fn spread(sizes: &[usize]) -> String {
    let mut sorted = sizes.to_vec();
    sorted.sort_unstable();
    let rank = |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0);
    format!("{}/{}/{}", rank(50), rank(90), rank(100))
}

#[cfg(test)]
mod tests;
