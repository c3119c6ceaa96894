//! What models see of servers: names that every provider takes, bounded descriptions, marked as a stranger's words.

use std::collections::BTreeSet;

use action::{Deed, Digest, McpAsk, McpServer, visible};
use broker::mcp::{Tool, ToolSet};
use serde_json::{Map, Value, json};

use super::{PREFIX, Servers, Wanted};

/// One thing that a model may ask of a server.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offered {
    name: String,
    server: McpServer,
    kind: Kind,
    about: String,
    schema: Value,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Tool(String),
    Resources,
    Resource,
    Prompts,
    Prompt,
}

/// What OpenAI's and Anthropic's interfaces both take.
const LONGEST_NAME: usize = 64;
const LONGEST_ABOUT: usize = 1_000;
/// Bytes of one schema; a longer one is left out, and the server says what it misses.
const LARGEST_SCHEMA: usize = 16_000;
/// Over all servers, what models are told of.
const MOST_TOOLS: usize = 128;
const MOST_BYTES: usize = 200_000;
/// A resource's address or a prompt's name, which is part of an intent.
const LONGEST_WORD: usize = 2_000;
/// Bytes that one call sends.
const LARGEST_ARGUMENTS: usize = 1_000_000;

/// What is offered of these sets, and what is left out, in words.
pub(super) fn of(sets: &[(&Wanted, ToolSet)]) -> (Vec<Offered>, Vec<String>) {
    let all: Vec<Offered> = sets.iter().flat_map(|(wanted, set)| of_server(wanted, set)).collect();
    let (mut offered, mut notes, mut bytes) = (Vec::new(), Vec::new(), 0);
    for mut one in all {
        one.name = unique(&one, &offered);
        bytes += one.about.len() + one.schema.to_string().len();
        match offered.len() < MOST_TOOLS && bytes <= MOST_BYTES {
            true => offered.push(one),
            false => {
                notes.push(format!("MCP tools are too many for a model: from `{}` on they are left out", one.name));
                break;
            }
        }
    }
    (offered, notes)
}

fn of_server(wanted: &Wanted, set: &ToolSet) -> Vec<Offered> {
    let server = &wanted.server;
    let one = |name: &str, kind: Kind, about: &str, schema: Value| Offered {
        name: name_of(&server.name, name),
        server: server.clone(),
        kind,
        about: bounded(&format!("[MCP server `{}`] {about}", visible(&server.name))),
        schema,
    };
    let used = set.tools.iter().filter(|tool| !wanted.left_out.contains(&tool.name));
    let mut offered: Vec<Offered> = used.map(|tool| one(&tool.name, Kind::Tool(tool.name.clone()), &tool.description, schema_of(tool))).collect();
    if set.resources {
        offered.push(one("list_resources", Kind::Resources, "List what it has to read.", json!({"type": "object", "properties": {}})));
        offered.push(one("read_resource", Kind::Resource, "Read a resource.", words(&["uri"], Map::new())));
    }
    if set.prompts {
        let arguments = Map::from_iter([("arguments".to_owned(), json!({"type": "object"}))]);
        offered.push(one("list_prompts", Kind::Prompts, "List its prompts.", json!({"type": "object", "properties": {}})));
        offered.push(one("get_prompt", Kind::Prompt, "Get a prompt's text.", words(&["name"], arguments)));
    }
    offered
}

fn words(needed: &[&str], mut properties: Map<String, Value>) -> Value {
    properties.extend(needed.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))));
    json!({"type": "object", "properties": properties, "required": needed})
}

fn schema_of(tool: &Tool) -> Value {
    let mut schema = tool.schema.clone();
    schema.insert("type".to_owned(), "object".into());
    let mut schema = Value::Object(schema);
    show(&mut schema);
    match schema {
        schema if schema.to_string().len() <= LARGEST_SCHEMA => schema,
        _ => json!({"type": "object"}),
    }
}

/// What a schema says of itself is spelled out; names and values stay, or calls would miss them.
fn show(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "description" || key == "title" => *text = bounded(text),
                    value => show(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(show),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn bounded(text: &str) -> String {
    let text = visible(text);
    match text.char_indices().nth(LONGEST_ABOUT) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.into_owned(),
    }
}

/// `mcp__server__tool`, in the letters that providers take.
fn name_of(server: &str, tool: &str) -> String {
    let clean = |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect::<String>();
    format!("{PREFIX}{}__{}", clean(server), clean(tool))
}

/// A name that is too long or taken ends in a digest of what it stands for.
fn unique(one: &Offered, taken: &[Offered]) -> String {
    let taken: BTreeSet<&str> = taken.iter().map(|other| other.name.as_str()).collect();
    if one.name.len() <= LONGEST_NAME && !taken.contains(one.name.as_str()) {
        return one.name.clone();
    }
    let digest = Digest::of_bytes(format!("{}\0{:?}", one.server.name, one.kind).as_bytes()).to_string();
    let hex: String = digest.rsplit(':').next().unwrap_or_default().chars().take(12).collect();
    let head: String = one.name.chars().take(LONGEST_NAME - 13).collect();
    format!("{head}_{hex}")
}

impl Offered {
    pub(super) fn shape(&self) -> model::ToolShape {
        model::ToolShape { name: self.name.clone(), description: self.about.clone(), parameters: self.schema.clone() }
    }

    fn deed(&self, mut arguments: Map<String, Value>, keep: &mut dyn FnMut(&[u8]) -> Digest) -> Result<Deed, String> {
        let asks = match &self.kind {
            Kind::Tool(name) => McpAsk::Tool { name: name.clone() },
            Kind::Resources => McpAsk::Resources,
            Kind::Prompts => McpAsk::Prompts,
            Kind::Resource => McpAsk::Resource { uri: word(&mut arguments, "uri")? },
            Kind::Prompt => {
                let name = word(&mut arguments, "name")?;
                arguments = match arguments.remove("arguments") {
                    Some(Value::Object(inner)) => inner,
                    None | Some(Value::Null) => Map::new(),
                    Some(_) => return Err("`arguments` must be an object".to_owned()),
                };
                McpAsk::Prompt { name }
            }
        };
        let bytes = serde_json::to_vec(&arguments).map_err(|e| e.to_string())?;
        if bytes.len() > LARGEST_ARGUMENTS {
            return Err(format!("the arguments have {} bytes; at most {LARGEST_ARGUMENTS} are sent", bytes.len()));
        }
        Ok(Deed::McpCall { server: self.server.clone(), asks, arguments: keep(&bytes) })
    }
}

fn word(arguments: &mut Map<String, Value>, name: &str) -> Result<String, String> {
    match arguments.remove(name) {
        Some(Value::String(text)) if text.len() <= LONGEST_WORD => Ok(text),
        _ => Err(format!("`{name}` must be a text of at most {LONGEST_WORD} bytes")),
    }
}

/// What the tool is called, for projects' files, with which a server is asked so.
pub(crate) fn tool_of(asks: &McpAsk) -> &str {
    match asks {
        McpAsk::Tool { name } => name,
        McpAsk::Resources => "list_resources",
        McpAsk::Resource { .. } => "read_resource",
        McpAsk::Prompts => "list_prompts",
        McpAsk::Prompt { .. } => "get_prompt",
    }
}

impl Servers {
    /// Reads a call of a model; what cannot be read goes back to it, and nothing happened.
    pub(crate) fn read_call(&self, name: &str, arguments: &str, keep: &mut dyn FnMut(&[u8]) -> Digest) -> Result<Deed, String> {
        let Some(offered) = self.offered.iter().find(|offered| offered.name == name) else {
            let known: Vec<&str> = self.offered.iter().map(|offered| offered.name.as_str()).collect();
            let known = if known.is_empty() { "none is offered".to_owned() } else { format!("those offered are {}", known.join(", ")) };
            return Err(bounded(&format!("there is no MCP tool `{}`; {known}", name.chars().take(100).collect::<String>())));
        };
        let text = if arguments.trim().is_empty() { "{}" } else { arguments };
        match serde_json::from_str(text) {
            Ok(Value::Object(arguments)) => offered.deed(arguments, keep),
            Ok(_) => Err(format!("the arguments of `{}` must be an object", offered.name)),
            Err(e) => Err(format!("the arguments of `{}` are not valid JSON: {e}", offered.name)),
        }
    }
}

#[cfg(test)]
mod tests;
