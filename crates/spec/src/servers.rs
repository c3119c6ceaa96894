//! Servers of the Model Context Protocol that a project asks for: `.kiro/settings/mcp.json` and `.mcp.json`.
//!
//! `{"mcpServers": {NAME: {command, args?, env?, cwd?} | {url, headers?}, type?, timeout?, disabled?, disabledTools?}}`. They
//! are requests. What such a file says to allow (`autoApprove` and its kin) allows nothing, and is a finding; what it says to
//! leave out is left out. A server with an error is none; the others of its file are read.

use crate::finding::{Finding, Severity};
use crate::text::Span;
use crate::tree::{self, Entry, Node};

/// The files that are read, relative to the project. Where both name a server, the first counts.
pub const FILES: [&str; 2] = [".kiro/settings/mcp.json", ".mcp.json"];

/// What one file asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Servers {
    /// In the order of the file.
    pub servers: Vec<Server>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// One server that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Its name in the project.
    pub name: String,
    /// Where it is to be found.
    pub at: At,
    /// Milliseconds that a call may take, where the project wants fewer than usual.
    pub timeout: Option<u64>,
    /// Whether it is to be used at all.
    pub enabled: bool,
    /// Tools that are not to be used.
    pub left_out: Vec<String>,
    /// Where it stands in the file.
    pub span: Span,
}

/// Where a server is. Texts are as they were written, with `${NAME}` in them.
#[derive(Clone, Debug, PartialEq)]
pub enum At {
    /// A program that is started.
    Program {
        /// The program.
        command: String,
        /// Its arguments.
        arguments: Vec<String>,
        /// Its variables.
        variables: Vec<(String, String)>,
        /// Where it starts, relative to the project.
        folder: Option<String>,
    },
    /// An address.
    Url {
        /// `https://…`
        url: String,
        /// Headers of each request.
        headers: Vec<(String, String)>,
    },
}

/// Keys by which other programs would allow calls without asking.
const WIDENING: [&str; 6] = ["autoApprove", "alwaysAllow", "autoApproveTools", "allowedTools", "trust", "autoStart"];
const KEYS: [&str; 13] =
    ["command", "args", "env", "cwd", "url", "headers", "type", "transport", "timeout", "disabled", "disabledTools", "description", "name"];
/// A name is shown, signed, and part of what a model calls.
const LONGEST_NAME: usize = 100;

impl Servers {
    /// Reads a file. `file` is its name in findings.
    pub fn read(file: &str, text: &str) -> Self {
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        let mut servers = Self::default();
        let root = match tree::json(text.get(mark..).unwrap_or_default(), mark) {
            Ok(root) => root,
            Err(why) => {
                servers.findings.push(Finding::error("mcp-form", file, why.span.clone(), format!("the file cannot be read: {why}")));
                return servers;
            }
        };
        let Some(map) = root.get("mcpServers").filter(|map| map.is_map()) else {
            let finding = Finding::error("mcp-form", file, root.span.clone(), "there is no map `mcpServers`");
            servers.findings.push(finding.hinted("write `{\"mcpServers\": {\"name\": {\"command\": \"…\"}}}`"));
            return servers;
        };
        for entry in map.entries() {
            let mut reader = Reader { file, name: &entry.key, findings: Vec::new() };
            let server = reader.server(entry, servers.servers.iter().any(|server| server.name == entry.key));
            let whole = reader.findings.iter().all(|finding| finding.severity < Severity::Error);
            servers.findings.extend(reader.findings);
            servers.servers.extend(server.filter(|_| whole));
        }
        servers
    }
}

struct Reader<'f> {
    file: &'f str,
    name: &'f str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn server(&mut self, entry: &Entry, known: bool) -> Option<Server> {
        let node = &entry.value;
        let unfit = self.name.is_empty() || self.name.len() > LONGEST_NAME || self.name.chars().any(|c| c.is_control() || c == '`');
        if unfit || known || !node.is_map() {
            let why = if known { "stands twice" } else if unfit { "cannot be a name" } else { "is no map" };
            self.error(&entry.at, why, "write `\"name\": {\"command\": \"…\"}`");
            return None;
        }
        self.keys(node);
        let enabled = !self.flag(node, "disabled");
        let timeout = self.timeout(node);
        let left_out = self.texts(node, "disabledTools");
        let at = self.at(node)?;
        Some(Server { name: self.name.to_owned(), at, timeout, enabled, left_out, span: node.span.clone() })
    }

    fn keys(&mut self, node: &Node) {
        for entry in node.entries() {
            let key = entry.key.as_str();
            if WIDENING.contains(&key) {
                self.warn("mcp-widens", &entry.at, format!("`{key}` allows nothing here: every call is judged by the service's own policy"));
            } else if key.starts_with("oauth") {
                self.warn("mcp-oauth", &entry.at, format!("`{key}` does nothing: a person logs in with `countersign mcp login`, as whoever the service says"));
            } else if !KEYS.contains(&key) {
                self.warn("mcp-key", &entry.at, format!("`{key}` is no key of a server, and does nothing"));
            }
        }
    }

    fn at(&mut self, node: &Node) -> Option<At> {
        let kind = node.get("type").or_else(|| node.get("transport")).and_then(Node::text).unwrap_or("");
        let (command, url) = (self.text(node, "command"), self.text(node, "url"));
        match (command, url, kind) {
            (Some(command), None, "" | "stdio") => Some(At::Program {
                command,
                arguments: self.texts(node, "args"),
                variables: self.pairs(node, "env"),
                folder: self.text(node, "cwd"),
            }),
            (None, Some(url), "" | "http" | "streamable-http" | "streamableHttp" | "streamable_http") => {
                Some(At::Url { url, headers: self.pairs(node, "headers") })
            }
            (_, _, "sse") => {
                self.error(&node.span, "is of the type `sse`, which is not spoken here", "use the server's streamable HTTP address");
                None
            }
            _ => {
                self.error(&node.span, "has not exactly one of `command` and `url`, or a `type` that does not fit it", "write one of them");
                None
            }
        }
    }

    fn text(&mut self, node: &Node, key: &str) -> Option<String> {
        let value = node.get(key)?;
        let text = value.text().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.error(&value.span, &format!("has a `{key}` that is no text"), "write text in quotes");
        }
        text.map(str::to_owned)
    }

    fn flag(&mut self, node: &Node, key: &str) -> bool {
        let Some(value) = node.get(key) else { return false };
        if value.flag().is_none() {
            self.error(&value.span, &format!("has a `{key}` that is neither true nor false"), "write `true` or `false`");
        }
        value.flag().unwrap_or(true)
    }

    fn timeout(&mut self, node: &Node) -> Option<u64> {
        let value = node.get("timeout")?;
        let whole = value.number().filter(|n| (1.0..=9e9).contains(n)).map(|n| n as u64);
        if whole.is_none() {
            self.error(&value.span, "has a `timeout` that is no number of milliseconds", "write whole milliseconds");
        }
        whole
    }

    fn texts(&mut self, node: &Node, key: &str) -> Vec<String> {
        let Some(value) = node.get(key) else { return Vec::new() };
        let texts: Option<Vec<String>> = value.list().and_then(|items| items.iter().map(|item| item.text().map(str::to_owned)).collect());
        if texts.is_none() {
            self.error(&value.span, &format!("has `{key}` that are no list of texts"), "write `[\"…\"]`");
        }
        texts.unwrap_or_default()
    }

    fn pairs(&mut self, node: &Node, key: &str) -> Vec<(String, String)> {
        let Some(value) = node.get(key) else { return Vec::new() };
        let pair = |entry: &Entry| Some((entry.key.clone(), entry.value.text()?.to_owned()));
        let pairs: Option<Vec<_>> = value.entries().iter().map(pair).collect();
        if pairs.is_none() || !value.is_map() {
            self.error(&value.span, &format!("has `{key}` that are no map of texts"), "write `{\"NAME\": \"…\"}`");
        }
        pairs.unwrap_or_default()
    }

    fn error(&mut self, span: &Span, what: &str, hint: &str) {
        let text = format!("server `{}` {what}, and is not used", self.name);
        self.findings.push(Finding::error("mcp-server", self.file, span.clone(), text).hinted(hint));
    }

    fn warn(&mut self, rule: &'static str, span: &Span, what: String) {
        let text = format!("server `{}`: {what}", self.name);
        self.findings.push(Finding::warning(rule, self.file, span.clone(), text));
    }
}

#[cfg(test)]
mod tests;
