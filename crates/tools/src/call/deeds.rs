//! One function a tool: its arguments, read, as a deed.

use action::{AgentName, Deed, Digest, EnvironmentName, PageUrl, Seeks, SessionId, canonical};
use serde_json::{Map, Value};

use super::{BadCall, Given, said};
use crate::inside::{Glob, matcher};
use crate::replace::Replacement;
use crate::shape::{DEFAULT_BUDGET, DEFAULT_LINES, DEFAULT_SECONDS, Keep};
use crate::step::{Status, Step};

/// A command is part of a ledger entry, which has at most 65,535 bytes; so it is bounded as JSON.
const LONGEST_COMMAND: usize = 20_000;
const LONGEST_PATTERN: usize = 2_000;
/// Of a name in a source.
const LONGEST_NAME: usize = 200;
const LONGEST_TASK: usize = 100_000;
/// Of the name of an agent.
const LONGEST_AGENT: usize = 64;
const MOST_EDITS: usize = 200;
const MOST_STEPS: usize = 100;
/// A person has to read it at a glance, and every later session carries it.
pub const LONGEST_MEMORY: usize = 2_048;
/// More is for a program, not for a tool call.
const LARGEST_CONTENT: usize = 10_000_000;

pub(crate) fn read(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    Ok(Deed::Read {
        path: given.path("path")?,
        offset: given.number("offset", 1)?,
        limit: given.number("limit", DEFAULT_LINES)?,
    })
}

pub(crate) fn write(given: &Given<'_>, keep: Keep<'_>) -> Result<Deed, BadCall> {
    let content = given.text("content")?;
    if content.len() > LARGEST_CONTENT {
        return Err(given.unfit("content", format!("it has {} bytes; at most {LARGEST_CONTENT} are taken", content.len())));
    }
    Ok(Deed::Write { path: file(given, "path")?, content: keep(content.as_bytes()) })
}

pub(crate) fn edit(given: &Given<'_>, keep: Keep<'_>) -> Result<Deed, BadCall> {
    let list = given.list("edits")?;
    bounded(given, "edits", list.len(), MOST_EDITS)?;
    let edits = list.iter().map(|item| replacement(given, item)).collect::<Result<Vec<_>, _>>()?;
    Ok(Deed::Edit { path: file(given, "path")?, edits: kept(given, "edits", &edits, keep)? })
}

pub(crate) fn delete(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    Ok(Deed::Delete { path: file(given, "path")? })
}

pub(crate) fn relocate(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    Ok(Deed::Move { from: file(given, "from")?, to: file(given, "to")? })
}

pub(crate) fn list(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    Ok(Deed::List { path: given.path_or_tree("path")? })
}

pub(crate) fn glob(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    let pattern = pattern(given, "pattern")?;
    Glob::new(&pattern).map_err(|why| given.unfit("pattern", why))?;
    Ok(Deed::Glob { pattern, path: given.path_or_tree("path")? })
}

pub(crate) fn grep(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    let pattern = pattern(given, "pattern")?;
    let case_sensitive = given.flag("case_sensitive", true)?;
    matcher(&pattern, case_sensitive).map_err(|why| given.unfit("pattern", why))?;
    let glob = given.optional_text("glob")?.unwrap_or("").to_owned();
    if !glob.is_empty() {
        Glob::new(&glob).map_err(|why| given.unfit("glob", why))?;
    }
    Ok(Deed::Grep { pattern, path: given.path_or_tree("path")?, glob, case_sensitive })
}

pub(crate) fn outline(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    Ok(Deed::Outline { path: given.path("path")? })
}

pub(crate) fn map(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    let about = given.optional_text("about")?.unwrap_or("").to_owned();
    if about.len() > LONGEST_PATTERN {
        return Err(given.unfit("about", format!("it has {} bytes; at most {LONGEST_PATTERN} are taken", about.len())));
    }
    Ok(Deed::Map { path: given.path_or_tree("path")?, budget: given.number("budget", DEFAULT_BUDGET)?, about })
}

pub(crate) fn find_symbol(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    let symbol = given.text("symbol")?;
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '?' | '!');
    if symbol.is_empty() || symbol.len() > LONGEST_NAME || !symbol.chars().all(is_part) {
        return Err(given.unfit("symbol", "it is one name, as `add`; not `Cart.add` or `cart::add`"));
    }
    let line = given.number("line", 0)?;
    if line > 0 && given.optional_text("path")?.is_none() {
        return Err(given.unfit("line", "it is a line of `path`; name the file"));
    }
    let seeks = match given.optional_text("what")?.unwrap_or("definition") {
        "references" => Seeks::References,
        "definition" => Seeks::Definition,
        other => return Err(given.mistyped("what", &Value::String(other.to_owned()))),
    };
    Ok(Deed::FindSymbol { symbol: symbol.to_owned(), path: given.path_or_tree("path")?, line, seeks })
}

pub(crate) fn shell(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    Ok(Deed::Shell {
        command: command(given)?,
        cwd: given.path_or_tree("cwd")?,
        seconds: given.number("seconds", DEFAULT_SECONDS)?,
        background: given.flag("background", false)?,
    })
}

/// An address has one spelling from here on.
pub(crate) fn fetch(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    let url = PageUrl::parse(given.text("url")?).map_err(|why| given.unfit("url", why.to_string()))?;
    Ok(Deed::Fetch { url: url.to_string(), offset: given.number("offset", 0)? })
}

pub(crate) fn output(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    Ok(Deed::Output { job: given.number("job", 0)? })
}

pub(crate) fn stop(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    Ok(Deed::StopJob { job: given.number("job", 0)? })
}

pub(crate) fn plan(given: &Given<'_>, keep: Keep<'_>) -> Result<Deed, BadCall> {
    let list = given.list("steps")?;
    bounded(given, "steps", list.len(), MOST_STEPS)?;
    let steps = list.iter().map(|item| step(given, item)).collect::<Result<Vec<_>, _>>()?;
    Ok(Deed::Plan { steps: kept(given, "steps", &steps, keep)? })
}

/// Where it is kept is the project that the session is in; that it takes another's place is for people to say.
pub(crate) fn remember(given: &Given<'_>, keep: Keep<'_>) -> Result<Deed, BadCall> {
    let text = given.text("text")?.trim();
    match text.len() {
        0 => Err(given.unfit("text", "it is empty")),
        1..=LONGEST_MEMORY => Ok(Deed::Remember { root: given.tree.to_owned(), text: keep(text.as_bytes()), instead: None }),
        long => Err(given.unfit("text", format!("it has {long} bytes; at most {LONGEST_MEMORY} are taken"))),
    }
}

/// Which one it is, what it begins with and whose rights bound it is the session's to say; an agent that is not named is its own.
pub(crate) fn delegate(given: &Given<'_>, keep: Keep<'_>) -> Result<Deed, BadCall> {
    let task = given.text("task")?;
    if task.trim().is_empty() {
        return Err(given.unfit("task", "it is empty"));
    }
    if task.len() > LONGEST_TASK {
        return Err(given.unfit("task", format!("it has {} bytes; at most {LONGEST_TASK} are taken; write it to a file and name that", task.len())));
    }
    let agent = given.optional_text("agent")?.unwrap_or("");
    if agent.len() > LONGEST_AGENT {
        return Err(given.unfit("agent", "it is no name of an agent"));
    }
    let about = task.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().chars().take(80).collect();
    let reads_only = given.flag("read_only", false)?;
    Ok(Deed::Delegate { number: 0, agent: AgentName::new(agent), within: Vec::new(), reads_only, about, task: keep(task.as_bytes()), from: Digest::of_bytes(b"") })
}

/// Which session it has and what it changed is the session's to say.
pub(crate) fn take(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    Ok(Deed::Take { number: given.number("subagent", 0)?, session: SessionId::new(""), change: Digest::of_bytes(b"") })
}

/// A rehearsal order: what it did is not known yet, so its change set is the digest of nothing.
pub(crate) fn change(given: &Given<'_>, _: Keep<'_>) -> Result<Deed, BadCall> {
    let name = given.text("environment")?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if name.is_empty() || name.len() > 128 || !name.chars().all(fits) {
        return Err(given.unfit("environment", "a name is 1 to 128 letters, digits, `-`, `_`, `.` and `/`"));
    }
    Ok(Deed::Change {
        environment: EnvironmentName::new(name),
        command: command(given)?,
        change: Digest::of_bytes(b""),
    })
}

/// A path that is not the tree itself: replacing or removing the tree is never meant.
fn file(given: &Given<'_>, name: &'static str) -> Result<String, BadCall> {
    let path = given.path(name)?;
    match path.as_str() {
        "." | "/" => Err(given.unfit(name, "it names the work tree itself; name something in it")),
        _ => Ok(path),
    }
}

fn command(given: &Given<'_>) -> Result<String, BadCall> {
    let text = given.text("command")?;
    if text.trim().is_empty() {
        return Err(given.unfit("command", "it is empty"));
    }
    if text.contains('\0') {
        return Err(given.unfit("command", "it holds a zero byte"));
    }
    let size = serde_json::to_string(text).map_or(usize::MAX, |json| json.len());
    if size > LONGEST_COMMAND {
        return Err(given.unfit("command", format!(
            "it has {size} bytes as JSON, at most {LONGEST_COMMAND} are taken; write it to a file and run that"
        )));
    }
    Ok(text.to_owned())
}

fn pattern(given: &Given<'_>, name: &'static str) -> Result<String, BadCall> {
    let text = given.text(name)?;
    match text.len() {
        0 => Err(given.unfit(name, "it is empty")),
        1..=LONGEST_PATTERN => Ok(text.to_owned()),
        long => Err(given.unfit(name, format!("it has {long} bytes; at most {LONGEST_PATTERN} are taken"))),
    }
}

fn bounded(given: &Given<'_>, name: &'static str, count: usize, most: usize) -> Result<(), BadCall> {
    match count {
        0 => Err(given.unfit(name, "the list is empty")),
        n if n > most => Err(given.unfit(name, format!("it has {n} items; at most {most} are taken"))),
        _ => Ok(()),
    }
}

fn replacement(given: &Given<'_>, item: &Value) -> Result<Replacement, BadCall> {
    let fields = members(given, "edits", item, &["old", "new", "all"])?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let all = match fields.get("all") {
        None | Some(Value::Null) => Some(false),
        Some(value) => value.as_bool(),
    };
    let (Some(old), Some(new), Some(all)) = (text("old"), text("new"), all) else {
        return Err(given.mistyped("edits", item));
    };
    if old.is_empty() {
        return Err(given.unfit("edits", "`old` is empty; use `write` for a new file, or give the text to replace"));
    }
    if old == new {
        return Err(given.unfit("edits", format!("`old` and `new` are the same: {}", said(&Value::String(old)))));
    }
    Ok(Replacement { old, new, all })
}

fn step(given: &Given<'_>, item: &Value) -> Result<Step, BadCall> {
    let fields = members(given, "steps", item, &["step", "status"])?;
    let status = match fields.get("status").and_then(Value::as_str) {
        Some("todo") => Some(Status::Todo),
        Some("doing") => Some(Status::Doing),
        Some("done") => Some(Status::Done),
        _ => None,
    };
    match (fields.get("step").and_then(Value::as_str), status) {
        (Some(step), Some(status)) => Ok(Step { step: step.to_owned(), status }),
        _ => Err(given.mistyped("steps", item)),
    }
}

/// The members of one list item, none but those known.
fn members<'a>(
    given: &Given<'_>,
    name: &'static str,
    item: &'a Value,
    known: &[&str],
) -> Result<&'a Map<String, Value>, BadCall> {
    let fields = item.as_object().ok_or_else(|| given.mistyped(name, item))?;
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        Some(_) => Err(given.mistyped(name, item)),
        None => Ok(fields),
    }
}

fn kept<T: serde::Serialize>(given: &Given<'_>, name: &'static str, value: &T, keep: Keep<'_>) -> Result<Digest, BadCall> {
    let bytes = canonical(value).map_err(|error| given.unfit(name, error.to_string()))?;
    if bytes.len() > LARGEST_CONTENT {
        return Err(given.unfit(name, format!("it has {} bytes; at most {LARGEST_CONTENT} are taken", bytes.len())));
    }
    Ok(keep(&bytes))
}
