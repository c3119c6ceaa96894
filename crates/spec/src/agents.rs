//! Custom agents: a role with a prompt, tools and permissions, as Markdown with front matter or as JSON.
//!
//! Its permissions can only narrow what policy allows: what it allows is a wish, what it asks for or denies holds. A profile
//! with an error is not usable; nobody runs it with what could be read of it. Nothing here knows what a tool does.

mod permissions;

use crate::finding::{Finding, Severity};
use crate::front_matter::{self, FrontMatter};
use crate::steering;
use crate::text::Span;
use crate::tree::{self, Node};

pub use permissions::{Effect, Permissions, Rule};

/// One custom agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agent {
    /// Its name; else that of its file.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it is told: the body of a Markdown file, `prompt` of a JSON file.
    pub prompt: Option<String>,
    /// Which tools it has. `None` is not said; an empty list is none.
    pub tools: Option<Vec<Tool>>,
    /// Which it has not, although the list above names them.
    pub excluded: Vec<Tool>,
    /// The model that it asks for.
    pub model: Option<String>,
    /// How much it should think.
    pub effort: Option<String>,
    /// The names of the MCP servers that it defines.
    pub servers: Vec<String>,
    /// Whether it also has the project's MCP servers.
    pub include_servers: bool,
    /// What it reads at the start.
    pub resources: Vec<Resource>,
    /// Its permissions.
    pub permissions: Option<Permissions>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// What a word in `tools` stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tool {
    /// `*`: all.
    All,
    /// `read`, `write`, `shell`, `web`, `subagent`, `spec`, `context`: a kind.
    Kind(String),
    /// `@builtin`, `@mcp`, `@powers`: all of that origin.
    Origin(String),
    /// `@server` or `@server/tool`.
    Server(String, Option<String>),
    /// A tool by its own name.
    Name(String),
}

/// What an agent reads at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `file://…`, a path or a pattern.
    File(String),
    /// `skill://…`.
    Skill(String),
    /// A knowledge base, by its source.
    Knowledge(String),
}

const KEYS: [&str; 20] = [
    "name", "description", "prompt", "tools", "excludedTools", "model", "effortLevel", "mcpServers", "includeMcpJson", "includePowers", "resources",
    "permissions", "hooks", "toolAliases", "allowedTools", "toolsSettings", "keyboardShortcut", "welcomeMessage", "dispatchKind", "$schema",
];
const KINDS: [&str; 7] = ["read", "write", "shell", "web", "subagent", "spec", "context"];
/// Tags that look like kinds and match nothing in newer tools.
const EMPTY_KINDS: [&str; 2] = ["knowledge", "todo_list"];

impl Agent {
    /// Reads a profile. `file` is its name, which tells the form: `.md` or `.json`.
    pub fn read(file: &str, text: &str) -> Self {
        let stem = file.rsplit('/').next().unwrap_or(file);
        let (stem, is_json) = match stem.strip_suffix(".json") {
            Some(stem) => (stem, true),
            None => (stem.strip_suffix(".md").unwrap_or(stem), false),
        };
        let mut agent = Self { name: stem.to_owned(), ..Self::default() };
        let mut reader = Reader { file, findings: Vec::new() };
        let (keys, body) = if is_json { reader.json(text) } else { reader.markdown(text) };
        if let Some(keys) = keys {
            agent.take(&mut reader, &keys, is_json);
        }
        if !is_json {
            agent.prompt = text.get(body..).map(str::trim).filter(|body| !body.is_empty()).map(str::to_owned);
        }
        agent.findings = reader.findings;
        agent
    }

    /// Whether it may be run.
    pub fn is_usable(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity < Severity::Error)
    }

    fn take(&mut self, reader: &mut Reader<'_>, keys: &Node, is_json: bool) {
        let unknown = keys.entries().iter().filter(|entry| !KEYS.contains(&entry.key.as_str()));
        unknown.for_each(|entry| reader.say(Finding::error("agent-key", reader.file, entry.at.clone(), format!("`{}` is no key of an agent", entry.key))));
        if let Some(name) = reader.text(keys, "name") {
            self.name = name;
        }
        self.description = reader.text(keys, "description");
        self.prompt = reader.text(keys, "prompt");
        if !is_json && self.prompt.is_some() {
            reader.odd(keys, "prompt", "in a Markdown profile the body is the prompt", "move it into the body");
        }
        self.model = reader.text(keys, "model");
        self.effort = reader.text(keys, "effortLevel");
        self.tools = keys.get("tools").map(|_| reader.tools(keys, "tools"));
        self.excluded = reader.tools(keys, "excludedTools");
        self.include_servers = reader.flag(keys, "includeMcpJson");
        reader.flag(keys, "includePowers");
        self.servers = reader.servers(keys);
        self.resources = reader.resources(keys);
        self.permissions = keys.get("permissions").map(|node| permissions::read(reader, node));
        reader.widening(keys, is_json);
        if keys.get("hooks").is_some() {
            reader.odd(keys, "hooks", "hooks inside a profile are not run", "put them into `.kiro/hooks`");
        }
    }
}

/// Collects what is wrong.
struct Reader<'f> {
    file: &'f str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn say(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn error(&mut self, span: &Span, text: String, hint: &str) {
        self.say(Finding::error("agent-value", self.file, span.clone(), text).hinted(hint));
    }

    fn odd(&mut self, keys: &Node, key: &str, text: &str, hint: &str) {
        let at = keys.entries().iter().find(|entry| entry.key == key).map_or(keys.span.clone(), |entry| entry.at.clone());
        self.say(Finding::warning("agent-key", self.file, at, format!("`{key}`: {text}")).hinted(hint));
    }

    fn json(&mut self, text: &str) -> (Option<Node>, usize) {
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        match tree::json(text.get(mark..).unwrap_or_default(), mark) {
            Ok(node) if node.is_map() => return (Some(node), 0),
            Ok(node) => self.say(Finding::error("agent-form", self.file, node.span.clone(), format!("the profile is {}", node.kind()))),
            Err(why) => self.say(Finding::error("agent-form", self.file, why.span.clone(), format!("the profile cannot be read: {why}"))),
        }
        (None, 0)
    }

    fn markdown(&mut self, text: &str) -> (Option<Node>, usize) {
        match front_matter::read(text) {
            (FrontMatter::Some { keys, .. }, body) => (Some(keys), body),
            (FrontMatter::None, body) => {
                let text = "the file has no front matter: other tools do not see an agent in it";
                self.say(Finding::error("agent-form", self.file, body..body, text).hinted("begin it with `---`, `name: …`, `---`"));
                (None, body)
            }
            (front, body) => {
                self.findings.extend(steering::misplaced(self.file, &front));
                (None, body)
            }
        }
    }

    fn text(&mut self, keys: &Node, key: &str) -> Option<String> {
        let node = keys.get(key)?;
        let text = node.text().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.error(&node.span, format!("`{key}` is not text"), "write text");
        }
        text.map(str::to_owned)
    }

    fn flag(&mut self, keys: &Node, key: &str) -> bool {
        let Some(node) = keys.get(key) else { return false };
        if node.flag().is_none() {
            self.error(&node.span, format!("`{key}` is neither true nor false"), "write `true` or `false`");
        }
        node.flag().unwrap_or(false)
    }

    fn tools(&mut self, keys: &Node, key: &str) -> Vec<Tool> {
        let Some(node) = keys.get(key) else { return Vec::new() };
        let Some(items) = node.list() else {
            self.error(&node.span, format!("`{key}` is {}, not a list", node.kind()), "write `[\"read\", \"shell\"]`");
            return Vec::new();
        };
        let mut tools = Vec::new();
        for item in items {
            match item.text().and_then(Tool::of) {
                Some(tool) => tools.push(tool),
                None => self.error(&item.span, format!("`{}` is no tool", item.text().unwrap_or(item.kind())), "name a tool or a tag"),
            }
            if let Some(tag) = item.text().filter(|tag| EMPTY_KINDS.contains(tag)) {
                self.say(Finding::warning("agent-tool", self.file, item.span.clone(), format!("`{tag}` matches no tool")).hinted("take it out"));
            }
        }
        tools
    }

    fn servers(&mut self, keys: &Node) -> Vec<String> {
        let Some(node) = keys.get("mcpServers") else { return Vec::new() };
        if !node.is_map() {
            self.error(&node.span, format!("`mcpServers` is {}", node.kind()), "write `name: {command: …}`");
        }
        node.entries().iter().map(|entry| entry.key.clone()).collect()
    }

    fn resources(&mut self, keys: &Node) -> Vec<Resource> {
        let Some(node) = keys.get("resources") else { return Vec::new() };
        let Some(items) = node.list() else {
            self.error(&node.span, format!("`resources` is {}, not a list", node.kind()), "write `[\"file://README.md\"]`");
            return Vec::new();
        };
        let mut resources = Vec::new();
        for item in items {
            match Resource::of(item) {
                Some(resource) => resources.push(resource),
                None => self.error(&item.span, "this is no resource".into(), "write `file://path` or `skill://path`"),
            }
        }
        resources
    }

    /// What would let it do more elsewhere, and does not here.
    fn widening(&mut self, keys: &Node, is_json: bool) {
        let trusts: Vec<&str> = ["allowedTools", "toolsSettings"].into_iter().filter(|key| keys.get(key).is_some()).collect();
        for key in &trusts {
            self.odd(keys, key, "a profile cannot allow itself anything; policy decides", "take it out, or say in `permissions` what it must not do");
        }
        if is_json && !trusts.is_empty() && keys.get("permissions").is_none() {
            let text = "other tools skip this profile without a word: it has `allowedTools` or `toolsSettings` and no `permissions`";
            self.say(Finding::warning("agent-skipped", self.file, keys.span.clone(), text).hinted("write `permissions`"));
        }
    }
}

impl Tool {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.strip_prefix('@') {
            _ if text == "*" => Some(Self::All),
            Some("builtin" | "mcp" | "powers") => Some(Self::Origin(text.to_owned())),
            Some(server) => match server.split_once('/') {
                Some((server, tool)) if !server.is_empty() && !tool.is_empty() => Some(Self::Server(server.to_owned(), Some(tool.to_owned()))),
                None if !server.is_empty() => Some(Self::Server(server.to_owned(), None)),
                _ => None,
            },
            None if text.is_empty() || text.contains(char::is_whitespace) => None,
            None if KINDS.contains(&text) => Some(Self::Kind(text.to_owned())),
            None => Some(Self::Name(text.to_owned())),
        }
    }
}

impl Resource {
    fn of(node: &Node) -> Option<Self> {
        if node.get("type").and_then(Node::text) == Some("knowledgeBase") {
            return node.get("source").and_then(Node::text).map(|source| Self::Knowledge(source.to_owned()));
        }
        let text = node.text()?;
        let path = |scheme: &str| text.strip_prefix(scheme).filter(|path| !path.is_empty()).map(str::to_owned);
        path("file://").map(Self::File).or_else(|| path("skill://").map(Self::Skill))
    }
}

#[cfg(test)]
mod tests;
