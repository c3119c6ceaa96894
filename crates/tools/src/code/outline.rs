//! The definitions of one file and the names that it mentions, in one walk over its tree.
//!
//! Bounded in every direction: bytes, steps of the parser (its own work, not a clock, so that the same bytes always give
//! the same answer), definitions, names. Half a file, or no code at all, gives what can be seen in it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde::Serialize;
use tree_sitter::{Node, ParseOptions, Parser, Tree, TreeCursor};

use super::identifier::Identifier;
use super::language::Language;
use super::rules::{Compiled, Named, Rule};
use super::text::{Place, signature};

/// A larger file is generated, or data.
pub(super) const LARGEST: usize = 1 << 20;
/// More definitions of one file are not told.
const MOST_DEFINITIONS: usize = 2_000;
/// More different names of one file are not counted.
const MOST_NAMES: usize = 4_000;
/// The parser asks after each hundred of its steps whether to go on; ordinary code needs about one question for 500 bytes.
const LEAST_QUESTIONS: usize = 10_000;
/// Chains of declarators are followed so far.
const LONGEST_CHAIN: usize = 32;

/// What a file defines and mentions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outline {
    /// What it is written in.
    pub language: Language,
    /// In the order of the file.
    pub definitions: Vec<Definition>,
    /// Whether there are more definitions than are told.
    pub cut: bool,
    /// Whether some of it is no code of the language, as far as the parser knows.
    pub broken: bool,
    /// How often each name is mentioned, in the order of their numbers.
    #[serde(skip)]
    pub(super) mentions: Vec<(Identifier, u32)>,
}

impl Outline {
    /// Whether the file may mention a name: no for what it surely does not.
    pub(crate) fn may_mention(&self, name: &str) -> bool {
        let Some(number) = Identifier::of(name.as_bytes()) else { return true };
        self.mentions.len() >= MOST_NAMES || self.mentions.binary_search_by_key(&number, |(known, _)| *known).is_ok()
    }
}

/// One defined thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// What it is, in a word: `function`, `method`, `struct`, `class`, ….
    pub kind: &'static str,
    /// First line, from 1.
    pub line: u32,
    /// Last line.
    pub end: u32,
    /// How many of the definitions that are told it is inside of.
    pub depth: u8,
    /// Its first words, in one line.
    pub signature: String,
}

/// Reads a source.
pub fn outline(language: Language, source: &[u8]) -> Result<Outline, NoOutline> {
    if source.len() > LARGEST {
        return Err(NoOutline::TooLarge { bytes: source.len() as u64 });
    }
    if source.contains(&0) {
        return Err(NoOutline::NotText);
    }
    let rules = language.rules();
    let tree = parse(rules, source, LEAST_QUESTIONS + source.len() / 16)?;
    let mut walk = Walk { rules, source, found: Vec::new(), names: BTreeMap::new(), cut: false };
    walk.all(&mut tree.walk());
    let Walk { found, names, cut, .. } = walk;
    let broken = tree.root_node().has_error();
    Ok(Outline { language, definitions: found, cut, broken, mentions: names.into_iter().collect() })
}

/// At most so many hundreds of steps.
pub(super) fn parse(rules: &Compiled, source: &[u8], mut left: usize) -> Result<Tree, NoOutline> {
    let mut parser = Parser::new();
    parser.set_language(&rules.grammar).map_err(|error| NoOutline::Grammar { why: error.to_string() })?;
    let mut question = |_: &tree_sitter::ParseState| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut question);
    let mut read = |at: usize, _| source.get(at..).unwrap_or(&[]);
    parser.parse_with_options(&mut read, None, Some(options)).ok_or(NoOutline::TooHard)
}

struct Walk<'a> {
    rules: &'a Compiled,
    source: &'a [u8],
    found: Vec<Definition>,
    names: BTreeMap<Identifier, u32>,
    cut: bool,
}

/// A definition that the walk is inside of.
struct Open {
    /// How deep the walk was at its node.
    level: usize,
    function: bool,
}

impl Walk<'_> {
    /// Every node once, without recursion: a source can be nested as deep as it is long.
    fn all(&mut self, cursor: &mut TreeCursor<'_>) {
        let mut open: Vec<Open> = Vec::new();
        let mut level = 0;
        loop {
            self.node(cursor.node(), level, &mut open);
            if cursor.goto_first_child() {
                level += 1;
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
                level -= 1;
            }
            while open.last().is_some_and(|last| last.level >= level) {
                open.pop();
            }
        }
    }

    fn node(&mut self, node: Node<'_>, level: usize, open: &mut Vec<Open>) {
        let kind = node.kind_id();
        if self.rules.is_name(kind) && node.child_count() == 0 {
            self.mention(node);
        }
        let Some(rule) = self.rules.rule(kind) else { return };
        let inside_function = open.iter().any(|open| open.function);
        let Some(definition) = self.definition(node, rule, inside_function, open.len()) else { return };
        if self.found.len() >= MOST_DEFINITIONS {
            self.cut = true;
            return;
        }
        open.push(Open { level, function: rule.function || definition.kind == "function" });
        self.found.push(definition);
    }

    fn mention(&mut self, node: Node<'_>) {
        let Some(name) = self.source.get(node.byte_range()).and_then(Identifier::of) else { return };
        if self.names.len() < MOST_NAMES || self.names.contains_key(&name) {
            let count = self.names.entry(name).or_default();
            *count = count.saturating_add(1);
        }
    }

    fn definition(&self, node: Node<'_>, rule: Rule, inside_function: bool, depth: usize) -> Option<Definition> {
        if inside_function && rule.global {
            return None;
        }
        let (at, name) = self.name(node, rule.named)?;
        let value = node.child_by_field_name("value");
        let is_function = rule.named == Named::Value && value.is_some_and(|value| FUNCTION_VALUES.contains(&value.kind()));
        let body = match is_function {
            true => value.and_then(|value| value.child_by_field_name("body")),
            false => node.child_by_field_name("body"),
        };
        let line = |row: usize| u32::try_from(row + 1).unwrap_or(u32::MAX);
        let alone = self.found.last().is_none_or(|last| last.line != line(at.start_position().row));
        let place = Place { start: node.start_byte(), name: at.start_byte(), body: body.map(|body| body.start_byte()), end: node.end_byte(), alone };
        Some(Definition {
            name: action::visible(&name).into_owned(),
            kind: if is_function { "function" } else { rule.word },
            line: line(at.start_position().row),
            end: line(node.end_position().row),
            depth: u8::try_from(depth).unwrap_or(u8::MAX),
            signature: signature(self.source, &place),
        })
    }

    /// The node of the name, and the name.
    fn name<'t>(&self, node: Node<'t>, named: Named) -> Option<(Node<'t>, String)> {
        let at = match named {
            Named::Name | Named::Value => node.child_by_field_name("name")?,
            Named::NameWithBody => node.child_by_field_name("body").and_then(|_| node.child_by_field_name("name"))?,
            Named::Type => return self.implementation(node),
            Named::Left => node.child_by_field_name("left").filter(|left| NAMES_ON_THE_LEFT.contains(&left.kind()))?,
            Named::Declarator => declared(node, false)?,
            Named::Prototype => declared(node, true)?,
        };
        // `{ a, b } = x` defines several things without a name of their own.
        let one = !at.kind().ends_with("_pattern");
        one.then(|| self.words(at)).flatten().map(|name| (at, name))
    }

    /// `Display for Amount`.
    fn implementation<'t>(&self, node: Node<'t>) -> Option<(Node<'t>, String)> {
        let at = node.child_by_field_name("type")?;
        let name = self.words(at)?;
        match node.child_by_field_name("trait").and_then(|of| self.words(of)) {
            Some(of) => Some((at, format!("{of} for {name}"))),
            None => Some((at, name)),
        }
    }

    /// A name is short; what is longer is no name.
    fn words(&self, node: Node<'_>) -> Option<String> {
        let bytes = self.source.get(node.byte_range()).filter(|bytes| (1..=256).contains(&bytes.len()))?;
        Some(String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

const FUNCTION_VALUES: &[&str] = &["arrow_function", "function_expression", "generator_function"];
const NAMES_ON_THE_LEFT: &[&str] = &["identifier", "constant"];

/// The name at the end of a chain of declarators: `int *(*f)(void)` declares `f`.
fn declared(node: Node<'_>, only_functions: bool) -> Option<Node<'_>> {
    let mut at = node.child_by_field_name("declarator")?;
    let mut function = false;
    for _ in 0..LONGEST_CHAIN {
        function |= at.kind() == "function_declarator";
        let next = at.child_by_field_name("declarator").or_else(|| {
            let wraps = matches!(at.kind(), "reference_declarator" | "parenthesized_declarator" | "attributed_declarator");
            wraps.then(|| at.named_child(0)).flatten()
        });
        match next {
            Some(next) => at = next,
            None => return (function || !only_functions).then_some(at),
        }
    }
    None
}

/// Why a file has no outline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoOutline {
    /// Nobody writes such a file by hand.
    #[error("it has {bytes} bytes; at most {LARGEST} are read")]
    TooLarge {
        /// How many.
        bytes: u64,
    },
    /// It has a zero byte.
    #[error("it is not text")]
    NotText,
    /// The parser went on for longer than any code of this size needs.
    #[error("it is too hard to read")]
    TooHard,
    /// A grammar that does not fit the parser: a fault of ours.
    #[error("its grammar cannot be used: {why}")]
    Grammar {
        /// The parser's words.
        why: String,
    },
}

#[cfg(test)]
mod tests;
