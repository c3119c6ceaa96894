//! Tables of tools: which of its arguments say what a tool does.

use action::ByHand;
use serde_json::{Map, Value};

use super::patch;

/// A tool, or several that do the same.
pub(super) struct Tool {
    /// What it is called.
    pub(super) names: &'static [&'static str],
    /// What it does, by its arguments.
    pub(super) does: Does,
    /// Arguments that change nothing about that.
    pub(super) besides: &'static [&'static str],
}

/// What a tool does. Each argument is given with all its names; one of them must be there.
pub(super) enum Does {
    /// Runs a command, in a folder.
    Runs { command: &'static [&'static str], cwd: &'static [&'static str] },
    Reads(&'static [&'static str]),
    /// Lists or searches a folder, which may be left out, by a pattern that may lead elsewhere.
    Looks { path: &'static [&'static str], pattern: &'static [&'static str] },
    Writes(&'static [&'static str]),
    Edits(&'static [&'static str]),
    Deletes(&'static [&'static str]),
    /// A patch in the format of Codex.
    Patches(&'static [&'static str]),
    Fetches(&'static [&'static str]),
    /// Touches nothing but the agent itself.
    Notes,
    /// What cannot be known, for this reason.
    Unreadable(&'static str),
}

/// What a tool call means.
pub(super) struct Meaning {
    pub(super) acts: Vec<ByHand>,
    /// Where it is done.
    pub(super) cwd: String,
}

/// What a call of a tool would do when the session is in `folder`.
pub(super) fn meaning(tables: &[&[Tool]], name: &str, input: &Map<String, Value>, folder: &str) -> Meaning {
    let unreadable = |why: String| Meaning { acts: vec![ByHand::Unreadable { why }], cwd: folder.to_owned() };
    let Some(tool) = tables.iter().flat_map(|table| table.iter()).find(|tool| tool.names.contains(&name)) else {
        return unreadable("this tool is not known here".into());
    };
    if let Some(stranger) = input.keys().find(|key| !tool.knows(key)) {
        return unreadable(format!("its argument `{stranger}` is not known here"));
    }
    tool.meaning(input, folder).unwrap_or_else(unreadable)
}

impl Tool {
    fn knows(&self, key: &str) -> bool {
        let own: &[&[&str]] = match &self.does {
            Does::Runs { command, cwd } => &[command, cwd],
            Does::Looks { path, pattern } => &[path, pattern],
            Does::Reads(path) | Does::Writes(path) | Does::Edits(path) | Does::Deletes(path) | Does::Patches(path) | Does::Fetches(path) => &[path],
            Does::Notes | Does::Unreadable(_) => return true,
        };
        own.iter().any(|names| names.contains(&key)) || self.besides.contains(&key)
    }

    fn meaning(&self, input: &Map<String, Value>, folder: &str) -> Result<Meaning, String> {
        let path = |names: &[&str]| clean(folder, &text(input, names)?);
        let here = |act: ByHand| Ok(Meaning { acts: vec![act], cwd: folder.to_owned() });
        match &self.does {
            Does::Runs { command, cwd } => {
                let cwd = text_if_any(input, cwd)?.map_or_else(|| Ok(folder.to_owned()), |cwd| clean(folder, &cwd))?;
                Ok(Meaning { acts: vec![ByHand::Run { command: text(input, command)? }], cwd })
            }
            Does::Looks { path, pattern } => here(look(text_if_any(input, path)?, text_if_any(input, pattern)?, folder)?),
            Does::Reads(names) => here(ByHand::Read { path: path(names)? }),
            Does::Writes(names) => here(ByHand::Write { path: path(names)? }),
            Does::Edits(names) => here(ByHand::Edit { path: path(names)? }),
            Does::Deletes(names) => here(ByHand::Delete { path: path(names)? }),
            Does::Patches(names) => Ok(Meaning { acts: patch::acts(&text(input, names)?, folder)?, cwd: folder.to_owned() }),
            Does::Fetches(names) => here(ByHand::Fetch { url: text(input, names)? }),
            Does::Notes => here(ByHand::Note),
            Does::Unreadable(why) => Err((*why).to_owned()),
        }
    }
}

/// A pattern with a folder in front looks there, and one that climbs may look anywhere.
fn look(path: Option<String>, pattern: Option<String>, folder: &str) -> Result<ByHand, String> {
    let base = clean(folder, path.as_deref().unwrap_or("."))?;
    let Some(pattern) = pattern else { return Ok(ByHand::Look { path: base }) };
    if pattern.split('/').any(|part| part.contains("..")) || pattern.starts_with(['~', '$']) || pattern.contains(['{', '\\']) && pattern.contains('/') {
        return Err("its pattern may lead anywhere".into());
    }
    let fixed = pattern.find(['*', '?', '[']).and_then(|at| pattern.get(..at)).unwrap_or(&pattern);
    let start = fixed.rsplit_once('/').map_or("", |(start, _)| start);
    let start = if pattern.starts_with('/') { format!("/{start}") } else { start.to_owned() };
    Ok(ByHand::Look { path: clean(&base, &start)? })
}

fn text(input: &Map<String, Value>, names: &[&str]) -> Result<String, String> {
    text_if_any(input, names)?.ok_or_else(|| format!("it has no `{}`", names.first().copied().unwrap_or_default()))
}

/// Where an argument has several names, at most one may be there.
fn text_if_any(input: &Map<String, Value>, names: &[&str]) -> Result<Option<String>, String> {
    let mut found = names.iter().filter_map(|name| input.get(*name).filter(|value| !value.is_null()).map(|value| (name, value)));
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some((_, Value::String(text))), None) if !text.contains('\0') => Ok(Some(text.clone())),
        (Some((name, _)), None) => Err(format!("its `{name}` is not a text")),
        (Some((one, _)), Some((other, _))) => Err(format!("it has both `{one}` and `{other}`")),
    }
}

/// The absolute path without `.` and `..`, as text: links are followed where facts are known. An error, in words, where an agent
/// may understand the text as another path than it seems to be.
pub(crate) fn clean(folder: &str, path: &str) -> Result<String, String> {
    if path.starts_with(['~', '$', '@', '"', '\'', '`']) || path.contains("://") || path.starts_with("file:") {
        return Err("its path may be understood as another one".into());
    }
    if path.trim() != path || path.chars().any(char::is_control) {
        return Err("its path has spaces around it or characters that are no letters".into());
    }
    let from = if path.starts_with('/') { "" } else { folder };
    let (mut parts, mut named): (Vec<&str>, bool) = (Vec::new(), false);
    for part in from.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            // The name before it may be a link, and then it leads elsewhere.
            ".." if named => return Err("its path has `..` after a name".into()),
            ".." => drop(parts.pop()),
            part => {
                named = true;
                parts.push(part);
            }
        }
    }
    Ok(format!("/{}", parts.join("/")))
}

/// `mcp__server__tool`, as most agents name the tools of MCP servers.
pub(super) fn of_server(name: &str) -> Option<ByHand> {
    let (server, tool) = name.strip_prefix("mcp__")?.split_once("__")?;
    Some(ByHand::Call { server: server.to_owned(), tool: tool.to_owned() })
}
