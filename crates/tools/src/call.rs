//! Reads what a model emitted into a [`Deed`], strictly: what is not understood goes back to the model and nothing happened.
//!
//! A call that is read is not yet allowed: paths that leave the tree are kept as they were asked for, so that the effects
//! name them and the guard judges them; the hands refuse them anyway. Nothing here touches the disk.

use action::{Deed, Digest};
use serde_json::{Map, Value};

use crate::shape::{Field, Kind, TOOLS, Tool};

pub(crate) mod deeds;
mod path;

pub use deeds::LONGEST_MEMORY;

/// Reads one call.
///
/// `arguments` is the JSON text that the model emitted (empty text counts as `{}`); `tree` is the absolute path of the work
/// tree, so that absolute paths inside it can be written relative; `keep` keeps bytes that are too large for a ledger
/// entry (file contents, replacements, plans).
pub fn read_call(
    name: &str,
    arguments: &str,
    tree: &str,
    keep: &mut dyn FnMut(&[u8]) -> Digest,
) -> Result<Deed, BadCall> {
    let tool = TOOLS.iter().find(|tool| tool.name == name).ok_or_else(|| unknown_tool(name))?;
    let given = Given::parse(tool, arguments, tree)?;
    (tool.deed)(&given, keep)
}

/// The arguments of one call, known to have no field that the tool does not have and all that it needs.
pub(crate) struct Given<'a> {
    tool: &'static Tool,
    fields: Map<String, Value>,
    tree: &'a str,
}

impl<'a> Given<'a> {
    fn parse(tool: &'static Tool, arguments: &str, tree: &'a str) -> Result<Self, BadCall> {
        let mut fields = object(tool, arguments)?;
        if let Some(field) = fields.keys().find(|key| tool.fields.iter().all(|f| f.name != key.as_str())) {
            let known: Vec<&str> = tool.fields.iter().map(|f| f.name).collect();
            let nearest = nearest(field, &known).map(str::to_owned);
            return Err(BadCall::UnknownField { tool: tool.name, field: short(field), nearest, expected: tool.expected() });
        }
        // Models that are made to emit every field write `null` for "left out".
        fields.retain(|name, value| !value.is_null() || tool.fields.iter().any(|f| f.name == name && f.needed));
        if let Some(field) = tool.fields.iter().find(|f| f.needed && !fields.contains_key(f.name)) {
            return Err(BadCall::MissingField { tool: tool.name, field: field.name, expected: tool.expected() });
        }
        Ok(Self { tool, fields, tree })
    }

    fn text(&self, name: &'static str) -> Result<&str, BadCall> {
        self.optional_text(name)?.ok_or_else(|| BadCall::MissingField {
            tool: self.tool.name,
            field: name,
            expected: self.tool.expected(),
        })
    }

    fn optional_text(&self, name: &'static str) -> Result<Option<&str>, BadCall> {
        match self.fields.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.mistyped(name, other)),
        }
    }

    fn number(&self, name: &'static str, default: u64) -> Result<u64, BadCall> {
        let Some(value) = self.fields.get(name) else { return Ok(default) };
        let (least, most) = match self.field(name).map(|f| f.kind) {
            Some(Kind::Number { least, most }) => (least, most),
            _ => (0, u64::MAX),
        };
        value.as_u64().filter(|n| (least..=most).contains(n)).ok_or_else(|| self.mistyped(name, value))
    }

    fn flag(&self, name: &'static str, default: bool) -> Result<bool, BadCall> {
        match self.fields.get(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.mistyped(name, other)),
        }
    }

    fn list(&self, name: &'static str) -> Result<&[Value], BadCall> {
        match self.fields.get(name) {
            Some(Value::Array(list)) => Ok(list),
            other => Err(self.mistyped(name, other.unwrap_or(&Value::Null))),
        }
    }

    /// A path, relative to the tree where it is inside it.
    fn path(&self, name: &'static str) -> Result<String, BadCall> {
        self.text(name).and_then(|text| self.normal(name, text))
    }

    /// A path, or the tree itself when it is left out.
    fn path_or_tree(&self, name: &'static str) -> Result<String, BadCall> {
        self.optional_text(name)?.map_or_else(|| Ok(".".to_owned()), |text| self.normal(name, text))
    }

    fn normal(&self, name: &'static str, text: &str) -> Result<String, BadCall> {
        path::normal(text, self.tree).map_err(|why| self.unfit(name, why))
    }

    fn mistyped(&self, name: &'static str, found: &Value) -> BadCall {
        let expected = self.field(name).map_or_else(String::new, |f| f.kind.words());
        BadCall::Mistyped { tool: self.tool.name, field: name, found: said(found), expected }
    }

    fn unfit(&self, field: &'static str, why: impl Into<String>) -> BadCall {
        BadCall::Unfit { tool: self.tool.name, field, why: why.into() }
    }

    fn field(&self, name: &str) -> Option<&'static Field> {
        self.tool.fields.iter().find(|f| f.name == name)
    }
}

fn object(tool: &'static Tool, arguments: &str) -> Result<Map<String, Value>, BadCall> {
    if arguments.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(arguments) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(other) => Err(BadCall::NotAnObject { tool: tool.name, found: said(&other), expected: tool.expected() }),
        Err(error) => Err(BadCall::NotJson {
            tool: tool.name,
            near: near(arguments, error.line(), error.column()),
            why: error.to_string(),
        }),
    }
}

/// What stands just before the place where the JSON broke.
fn near(text: &str, line: usize, column: usize) -> String {
    let line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or("");
    let upto = String::from_utf8_lossy(line.as_bytes().get(..column.min(line.len())).unwrap_or(&[])).into_owned();
    let skip = upto.chars().count().saturating_sub(40);
    upto.chars().skip(skip).collect()
}

fn said(value: &Value) -> String {
    let text = short(&value.to_string());
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => text,
        Value::Number(_) => format!("the number {text}"),
        Value::String(_) => format!("the string {text}"),
        Value::Array(_) => format!("the list {text}"),
        Value::Object(_) => format!("the object {text}"),
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}

/// What other agents call the same things; only ever a hint.
const ALIASES: &[(&str, &str)] = &[
    ("bash", "shell"), ("run", "shell"), ("exec", "shell"), ("execute", "shell"), ("terminal", "shell"),
    ("ls", "list"), ("cat", "read"), ("view", "read"), ("open", "read"), ("create", "write"), ("rm", "delete"),
    ("remove", "delete"), ("mv", "move"), ("rename", "move"), ("find", "glob"), ("search", "grep"), ("definition", "find_symbol"), ("references", "find_symbol"), ("symbol", "find_symbol"), ("rg", "grep"),
    ("todo", "plan"), ("memory", "remember"), ("save_memory", "remember"), ("kill", "stop"), ("str_replace", "edit"), ("replace", "edit"), ("apply_patch", "edit"),
    ("task", "delegate"), ("agent", "delegate"), ("subagent", "delegate"), ("deploy", "change_environment"), ("apply", "change_environment"),
];

/// File names are no longer than this either.
const LONGEST_WORD: usize = 255;

fn unknown_tool(name: &str) -> BadCall {
    let known: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    let lower = name.to_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| *alias == lower).map(|(_, tool)| *tool);
    let nearest = alias.or_else(|| nearest(&lower, &known)).map(str::to_owned);
    BadCall::UnknownTool { name: short(name), nearest, known: known.join(", ") }
}

/// The candidate that is most like a word, if one is like it at all. A word of no sane length is like nothing.
pub(crate) fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    if word.len() > LONGEST_WORD {
        return None; // comparing takes quadratic time
    }
    let likeness = |candidate: &str| similar::TextDiff::from_chars(word, candidate).ratio();
    let scored = candidates.iter().map(|candidate| (likeness(candidate), *candidate));
    scored.filter(|(ratio, _)| *ratio >= 0.6).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}

/// Why a call could not be read. Nothing happened; the text goes back to the model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCall {
    /// No such tool.
    #[error("there is no tool `{name}`{}; the tools are: {known}", hint(nearest))]
    UnknownTool {
        /// What was called.
        name: String,
        /// What was perhaps meant.
        nearest: Option<String>,
        /// All names.
        known: String,
    },
    /// The arguments are not JSON.
    #[error("the arguments of `{tool}` are not valid JSON: {why}, after `{near}`")]
    NotJson {
        /// The tool.
        tool: &'static str,
        /// What stands before the broken place.
        near: String,
        /// The parser's words, with line and column.
        why: String,
    },
    /// The arguments are JSON, but not an object.
    #[error("the arguments of `{tool}` must be an object, not {found}; it takes {expected}")]
    NotAnObject {
        /// The tool.
        tool: &'static str,
        /// What was there.
        found: String,
        /// What it takes.
        expected: String,
    },
    /// A field that the tool does not have.
    #[error("`{tool}` has no field `{field}`{}; it takes {expected}", hint(nearest))]
    UnknownField {
        /// The tool.
        tool: &'static str,
        /// What was there.
        field: String,
        /// What was perhaps meant.
        nearest: Option<String>,
        /// What it takes.
        expected: String,
    },
    /// A field that the tool needs is not there.
    #[error("`{tool}` needs the field `{field}`; it takes {expected}")]
    MissingField {
        /// The tool.
        tool: &'static str,
        /// Which.
        field: &'static str,
        /// What it takes.
        expected: String,
    },
    /// A field of the wrong type or out of bounds.
    #[error("`{field}` of `{tool}` must be {expected}, not {found}")]
    Mistyped {
        /// The tool.
        tool: &'static str,
        /// Which.
        field: &'static str,
        /// What was there.
        found: String,
        /// What it must be.
        expected: String,
    },
    /// The type is right, the value cannot be meant.
    #[error("`{field}` of `{tool}` cannot be used: {why}")]
    Unfit {
        /// The tool.
        tool: &'static str,
        /// Which.
        field: &'static str,
        /// Why.
        why: String,
    },
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(String::new, |name| format!(" (did you mean `{name}`?)"))
}

#[cfg(test)]
mod tests;
