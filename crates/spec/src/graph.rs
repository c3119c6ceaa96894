//! The order in which tasks can be done: the graph that tasks.md carries, and waves out of it or out of what tasks say
//! themselves.
//!
//! The graph is a block of JSON whose shape nobody has written down; all shapes that occur are read. It lists leaf tasks and
//! leaves checkpoints out, so each task that it does not name comes one wave after those before it in the file.

mod json;
mod waves;

use serde::Serialize;
use thiserror::Error;

pub use waves::waves;

use crate::markup::heading;
use crate::text::{Line, Span};
use crate::words;
use crate::work::steps;

#[cfg(test)]
mod tests;

/// The dependency graph of a tasks.md.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// In the order of the file.
    pub waves: Vec<Wave>,
    /// The JSON, without its fence.
    pub span: Span,
}

/// Tasks that can be done beside each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wave {
    /// As the graph has it: `0`.
    pub id: Option<String>,
    /// Its name or description.
    pub name: Option<String>,
    /// The numbers of its tasks.
    pub tasks: Vec<String>,
    /// The ids of the waves that it says come first.
    pub depends_on: Vec<String>,
    /// Where.
    pub span: Span,
}

/// What stands where a graph should.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) graph: Option<Graph>,
    /// A block that cannot be read as one, and why.
    pub(crate) odd: Option<(Span, String)>,
}

/// Tasks that wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("these wait for each other: {}", .names.join(" → "))]
pub struct Cycle {
    /// Where they are among the tasks, each waiting for the next and the last for the first. Empty when it is waves that do.
    pub tasks: Vec<usize>,
    /// Their names, the first again at the end.
    pub names: Vec<String>,
}

/// The graph among these lines.
pub(crate) fn find(text: &str, lines: &[Line<'_>]) -> Found {
    let mut found = Found::default();
    let mut named = false;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if let Some(head) = heading(line) {
            named = words::starts(head.title, words::GRAPH).is_some();
        }
        if !line.fenced {
            at += 1;
            continue;
        }
        let (block, next) = block(text, lines, at);
        let tag = line.says.trim().trim_start_matches(['`', '~']).trim().to_lowercase();
        read(&mut found, text, block, &tag, named);
        if found.graph.is_some() {
            found.odd = None;
            break;
        }
        at = next;
    }
    found
}

/// The inside of the code block that opens at this line, and the line after it.
fn block(text: &str, lines: &[Line<'_>], at: usize) -> (Span, usize) {
    let fence = lines.get(at).map(|line| line.says.trim()).unwrap_or_default();
    let mark = fence.chars().next().unwrap_or('`');
    let length = fence.chars().take_while(|c| *c == mark).count();
    let closes = |line: &&Line<'_>| {
        let inner = line.says.trim();
        inner.chars().all(|c| c == mark) && inner.chars().count() >= length
    };
    let inside = lines.get(at + 1..).unwrap_or_default();
    let count = inside.iter().take_while(|line| line.fenced).position(|line| closes(&line));
    steps(count.unwrap_or(inside.len()));
    let start = inside.first().map_or(text.len(), |line| line.start);
    match count {
        Some(count) => (start..inside.get(count).map_or(text.len(), |line| line.start), at + count + 2),
        None => (start..text.len(), lines.len()),
    }
}

/// Reads one block. Only one under the graph's heading, or one that has waves, is meant.
fn read(found: &mut Found, text: &str, span: Span, tag: &str, named: bool) {
    let Some(inside) = text.get(span.clone()) else { return };
    if tag.starts_with("mermaid") {
        if named {
            found.odd = Some((span, "the dependency graph is a drawing (mermaid), which says no order that can be relied on".to_owned()));
        }
        return;
    }
    if !(tag.starts_with("json") || tag.is_empty()) || !(named || inside.contains("\"waves\"")) {
        return;
    }
    let start = span.start + (inside.len() - inside.trim_start().len());
    match json::graph(inside.trim(), start) {
        Ok(graph) => found.graph = Some(graph),
        Err(why) if named || tag.starts_with("json") => found.odd = Some((span, why)),
        Err(_) => {}
    }
}
