//! How much a mention of a name says about the definition of that name, before anything is counted.
//!
//! Names are not resolved, so this is where doubt goes in: `len` in a file is seldom the `len` that another file defines,
//! `MonthTotal` nearly always is.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::language::Language;
use super::outline::Definition;

/// The weight of a definition's name for files that mention it.
pub(super) fn weight(one: &Definition, language: Language) -> f64 {
    telling(last(&one.name)) * kind(one) * reach(one, language)
}

/// The name that others mention: of `ledger::Entry` it is `Entry`.
pub(super) fn last(name: &str) -> &str {
    name.rsplit([':', '.']).next().unwrap_or(name)
}

/// Whether two languages are written together: a mention across others is most likely of something else.
pub(super) fn together(one: Language, other: Language) -> bool {
    family(one) == family(other)
}

fn family(language: Language) -> Language {
    match language {
        Language::TypeScript | Language::Tsx => Language::JavaScript,
        Language::Cpp => Language::C,
        other => other,
    }
}

/// Names that standard libraries have too, and names that say nothing.
const COMMON: &[&str] = &[
    "add", "append", "args", "as_bytes", "as_mut", "as_path", "as_ref", "as_slice", "as_str", "assert", "assert_eq", "assert_ne", "bytes", "cfg",
    "check", "clear", "clone", "close", "collect", "contains", "contains_key", "count", "data", "default", "delete", "deref", "drop", "else", "entry",
    "error", "equals", "exists", "extend", "filter", "find", "first", "flush", "forEach", "format", "from", "from_str", "get", "get_mut", "hash", "hashCode",
    "index", "init", "insert", "into", "into_iter", "is_empty", "iter", "iter_mut", "join", "keys", "last", "len", "length", "line", "lines", "list",
    "load", "lock", "log", "main", "map", "name", "new", "next", "number", "open", "parse", "path", "pop", "print", "println", "push", "push_str",
    "put", "read", "remove", "replace", "reset", "result", "run", "save", "send", "set", "setUp", "size", "skip", "sort", "split", "start", "starts_with",
    "state", "stop", "take", "test", "text", "then", "toString", "to_owned", "to_string", "to_vec", "trim", "try_from", "try_into", "type", "update",
    "value", "values", "with", "write", "Arc", "Array", "Boolean", "Box", "Clone", "Command", "Copy", "Date", "Debug", "Default", "Display", "Duration", "Eq",
    "Error", "Exception", "File", "Hash", "Instant", "Integer", "Item", "Iterator", "List", "Map", "Mutex", "None", "Number", "Object", "Option", "Ord", "Output",
    "Path", "Promise", "Result", "Set", "Some", "String", "Thread", "Value", "Vec",
];

/// Several words are seldom another thing of the same name.
fn telling(name: &str) -> f64 {
    static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON.iter().copied().collect());
    let name_of_type = name.starts_with(char::is_uppercase);
    let several = name.trim_start_matches('_').contains('_') || name.chars().skip(1).any(char::is_uppercase);
    match () {
        () if KNOWN.contains(name) => 0.02,
        () if several && name.len() >= 8 => 1.5,
        () if several || name_of_type => 1.0,
        () => 0.15,
    }
}

/// A type holds more together than a function, a function more than what is inside of something else.
fn kind(one: &Definition) -> f64 {
    match one.kind {
        "struct" | "enum" | "union" | "trait" | "interface" | "class" | "record" => 2.0,
        "type" if one.depth == 0 => 1.5,
        "type" | "constant" | "variable" if one.depth > 0 => 0.1,
        "constant" | "variable" => 0.5,
        _ if one.depth > 0 => 0.5,
        _ => 1.0,
    }
}

/// What its own words say about who may use it.
fn reach(one: &Definition, language: Language) -> f64 {
    let first = |word: &str| one.signature.split(' ').next() == Some(word);
    let visible = match language {
        // Methods of traits have no word of their own.
        Language::Rust => first("pub") || one.signature.starts_with("pub(") || one.depth > 0 || one.kind == "macro",
        Language::JavaScript | Language::TypeScript | Language::Tsx => first("export") || one.depth > 0,
        Language::Java => !first("private"),
        Language::C | Language::Cpp => !first("static"),
        Language::Go | Language::Python | Language::Ruby => true,
    };
    let hidden = one.name.starts_with('_');
    if visible && !hidden { 1.0 } else { 0.1 }
}
