//! What a project's files ask for, made into servers that can be started: one command line each, with the service's variables
//! named in it and never written into it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use action::{McpPlace, McpServer, visible};
use broker::mcp::Limits;
use broker::mcp::login::{Logins, Slot};
use spec::finding::Severity;
use spec::servers::{At, FILES, Server, Servers};

/// One server that the project wants, and what it may have.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which.
    pub server: McpServer,
    /// Whether the project wants it used.
    pub enabled: bool,
    /// The file that asks for it.
    pub file: &'static str,
    /// Tools that the project leaves out.
    pub(crate) left_out: Vec<String>,
    pub(crate) limits: Limits,
    /// Values of the variables that it may see.
    pub(crate) values: Vec<(String, String)>,
    /// Where a login to it is kept, for a server at an address.
    pub login: Option<Slot>,
    /// Hosts on private networks that the service's settings name for servers.
    pub private: Vec<String>,
}

/// What the service lets a server have: the value of a variable, by the server's name, its address where it has one, and the variable's name.
pub type Allowed<'a> = &'a dyn Fn(&str, Option<&str>, &str) -> Option<String>;

/// A settings file of a sane size.
const LARGEST: u64 = 1 << 20;
/// A command line is part of a ledger entry.
const LONGEST: usize = 16_000;
/// More servers are not read.
const MOST: usize = 32;

impl Wanted {
    /// Reads the files of a project. What is wrong is told in words; a server with an error is none.
    pub fn read(root: &Path, allowed: Allowed<'_>, logins: &Logins) -> (Vec<Self>, Vec<String>) {
        let (mut wanted, mut notes): (Vec<Self>, Vec<String>) = (Vec::new(), Vec::new());
        for file in FILES {
            let Some(text) = text_of(&root.join(file), file, &mut notes) else { continue };
            let read = Servers::read(file, &text);
            notes.extend(read.findings.iter().filter(|finding| finding.severity > Severity::Note).map(|f| format!("{file}: {}", f.text)));
            for server in read.servers {
                if wanted.iter().any(|known| known.server.name == server.name) {
                    notes.push(format!("{file}: server `{}` stands in an earlier file, which counts", server.name));
                } else if wanted.len() >= MOST {
                    notes.push(format!("{file}: server `{}` is one more than {MOST}, and is not used", server.name));
                } else {
                    match Self::of(server, file, allowed).and_then(|one| one.kept_in(root, logins)) {
                        Ok(one) => wanted.push(one),
                        Err(why) => notes.push(format!("{file}: {why}")),
                    }
                }
            }
        }
        (wanted, notes.iter().map(|note| visible(note).into_owned()).collect())
    }

    fn of(asked: Server, file: &'static str, allowed: Allowed<'_>) -> Result<Self, String> {
        let address = match &asked.at {
            At::Url { url, .. } => Some(url.as_str()),
            At::Program { .. } => None,
        };
        let mut filled = Filled { server: &asked.name, address, allowed, values: BTreeMap::new() };
        let at = match &asked.at {
            At::Program { command, arguments, variables, folder } => {
                let command = filled.line(command, arguments, variables, folder.as_deref())?;
                McpPlace::InBox { command, variables: filled.values.keys().cloned().collect() }
            }
            At::Url { url, headers } => {
                if !is_plain(url) {
                    return Err(format!("server `{}` has an address that names no one host plainly, and is not used", asked.name));
                }
                for (_, value) in headers {
                    filled.shell(value)?; // what it names must be there
                }
                McpPlace::At { url: url.clone(), headers: headers.iter().cloned().collect() }
            }
        };
        let values = filled.values.into_iter().collect();
        let usual = Limits::default();
        let call = asked.timeout.map_or(usual.call, |ms| usual.call.min(Duration::from_millis(ms)));
        let limits = Limits { call, ..usual };
        let server = McpServer { name: asked.name, at };
        if serde_json::to_vec(&server).map_or(usize::MAX, |bytes| bytes.len()) > LONGEST {
            return Err(format!("server `{}` takes more than {LONGEST} bytes to name, and is not used", server.name));
        }
        Ok(Self { server, enabled: asked.enabled, file, left_out: asked.left_out, limits, values, login: None, private: Vec::new() })
    }

    fn kept_in(self, root: &Path, logins: &Logins) -> Result<Self, String> {
        let login = match &self.server.at {
            McpPlace::At { .. } => Some(logins.slot(&root.to_string_lossy(), &self.server).map_err(|e| e.to_string())?),
            McpPlace::InBox { .. } => None,
        };
        Ok(Self { login, ..self })
    }
}

fn text_of(path: &Path, file: &str, notes: &mut Vec<String>) -> Option<String> {
    match sandbox::read_still(path, LARGEST) {
        Ok((bytes, _)) => match String::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(_) => {
                notes.push(format!("{file} is not UTF-8, and asks for nothing"));
                None
            }
        },
        Err(e) if path.symlink_metadata().is_ok() => {
            notes.push(format!("{file} cannot be read, and asks for nothing: {e}"));
            None
        }
        Err(_) => None, // there is none
    }
}

/// Fills `${NAME}` and `${NAME:-instead}`.
struct Filled<'a> {
    server: &'a str,
    address: Option<&'a str>,
    allowed: Allowed<'a>,
    values: BTreeMap<String, String>,
}

impl Filled<'_> {
    /// The text for `bash -c`, in which nothing is special but what we put there.
    fn line(&mut self, command: &str, arguments: &[String], variables: &[(String, String)], folder: Option<&str>) -> Result<String, String> {
        let mut words = Vec::new();
        for (name, value) in variables {
            if !is_name(name) {
                return Err(format!("server `{}` sets `{name}`, which is no name of a variable, and is not used", self.server));
            }
            words.push(format!("{name}={}", self.shell(value)?));
        }
        for word in std::iter::once(command).chain(arguments.iter().map(String::as_str)) {
            words.push(self.shell(word)?);
        }
        let line = words.join(" ");
        Ok(match folder {
            Some(folder) => format!("cd -- {} && {line}", self.shell(folder)?),
            None => line,
        })
    }

    /// One word of the shell; variables of the service stay names.
    fn shell(&mut self, text: &str) -> Result<String, String> {
        let mut word = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((inside, after)) = after.split_once('}') else { break };
            word.push_str(&quoted(before));
            word.push_str(&self.variable(inside)?);
            rest = after;
        }
        word.push_str(&quoted(rest));
        Ok(if word.is_empty() { "''".to_owned() } else { word })
    }

    fn variable(&mut self, inside: &str) -> Result<String, String> {
        let (name, instead) = inside.split_once(":-").map_or((inside, None), |(name, instead)| (name, Some(instead)));
        match (self.allowed)(self.server, self.address, name).filter(|_| is_name(name)) {
            Some(value) => {
                self.values.insert(name.to_owned(), value);
                Ok(format!("\"${{{name}}}\""))
            }
            None => instead.map(quoted).ok_or_else(|| {
                format!(
                    "server `{}` wants the variable `{name}`, which is not set or not among those that `mcp_variables` of config.toml names for it, and is not used",
                    self.server
                )
            }),
        }
    }
}

/// A header with its variables filled in.
pub(super) fn filled(text: &str, values: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inside, after)) = after.split_once('}') else { break };
        let (name, instead) = inside.split_once(":-").unwrap_or((inside, ""));
        out.push_str(before);
        out.push_str(values.iter().find(|(known, _)| known == name).map_or(instead, |(_, value)| value));
        rest = after;
    }
    out + rest
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `http[s]://host[:port][/…]` in letters that every reader of addresses takes for the same.
fn is_plain(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else { return false };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "443"));
    let named = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
    named && port.parse::<u16>().is_ok() && path.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/?&=%:+,".contains(c))
}

/// As it is, where the shell would take it so; else in single quotes.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,".contains(c);
    match text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests;
