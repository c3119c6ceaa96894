//! One rule of a custom agent that asks or denies, and which deeds it is about.
//!
//! A search goes through all that is below where it begins, so a rule is about it if anything there could be meant.

use action::{Deed, McpAsk, PageUrl};
use spec::agents::{self, Effect};

use crate::called;
use crate::patterns::{Patterns, begins};

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Read,
    Write,
    Shell,
    Mcp,
    Subagent,
    Web,
    /// What nothing here can do, so that a rule on it is always kept.
    Nothing,
}

/// A rule that narrows.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) effect: Effect,
    about: About,
    texts: Vec<String>,
    matches: Patterns,
    except: Vec<String>,
    excludes: Patterns,
}

impl Rule {
    pub(super) fn of(rule: &agents::Rule) -> Result<Self, String> {
        let about = match rule.capability.as_str() {
            "fs_read" | "read" | "filesystem_read" => About::Read,
            "fs_write" | "write" | "filesystem_write" => About::Write,
            "shell" | "execute_bash" => About::Shell,
            "mcp" => About::Mcp,
            "subagent" => About::Subagent,
            "web" | "web_fetch" => About::Web,
            "web_search" | "powers" | "computer" => About::Nothing,
            other => return Err(format!("it has a rule on `{other}`, which nothing here could keep")),
        };
        let is_of_paths = matches!(about, About::Read | About::Write);
        let (matches, excludes) = (compiled(&rule.matches, is_of_paths)?, compiled(&rule.excludes, is_of_paths)?);
        Ok(Self { effect: rule.effect, about, texts: rule.matches.clone(), matches, except: rule.excludes.clone(), excludes })
    }

    pub(super) fn is_about(&self, deed: &Deed) -> bool {
        match (self.about, deed) {
            // An edit that does not fit is told the lines that are there.
            (About::Read, Deed::Read { .. } | Deed::List { .. } | Deed::Edit { .. }) | (About::Write, Deed::Write { .. } | Deed::Edit { .. }) => {
                called::paths(deed).iter().any(|path| self.is_about_path(path))
            }
            (About::Read, Deed::Glob { .. } | Deed::Grep { .. } | Deed::Outline { .. } | Deed::Map { .. } | Deed::FindSymbol { .. }) | (About::Write, Deed::Delete { .. } | Deed::Move { .. }) => {
                called::paths(deed).iter().any(|path| self.is_about_path(path) || self.is_about_below(path))
            }
            (About::Read, Deed::Move { from, .. }) => self.is_about_path(from) || self.is_about_below(from),
            (About::Shell, Deed::Shell { command, .. } | Deed::LanguageStart { command, .. } | Deed::Change { command, .. }) => self.is_about_text(command),
            (About::Subagent, Deed::Delegate { agent, .. }) => self.is_about_text(agent.as_str()),
            (About::Web, Deed::Fetch { url, .. }) => {
                self.is_about_text(url) || PageUrl::parse(url).is_ok_and(|url| self.is_about_text(url.host()))
            }
            (About::Mcp, Deed::McpCall { server, asks, .. }) => match asks {
                McpAsk::Tool { name } => self.is_about_text(&format!("{}/{name}", server.name)) || self.is_about_text(&format!("@{}/{name}", server.name)),
                _ => true,
            },
            _ => false,
        }
    }

    fn is_about_path(&self, path: &str) -> bool {
        (self.texts.is_empty() || self.matches.matches(path)) && !self.excludes.matches(path)
    }

    /// Whether something below a path could be meant.
    fn is_about_below(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        let related = |start: &str| path.is_empty() || path == "." || start.is_empty() || is_below(start, path) || is_below(path, start);
        self.texts.is_empty() || self.texts.iter().any(|text| related(begins(text)))
    }

    fn is_about_text(&self, text: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| is_like(pattern, text));
        (self.texts.is_empty() || any(&self.texts)) && !any(&self.except)
    }
}

/// A name without anything wild also stands for what is below it.
fn compiled(texts: &[String], is_of_paths: bool) -> Result<Patterns, String> {
    if !is_of_paths {
        return Ok(Patterns::default()); // only `*` is wild in commands and names
    }
    let below = texts.iter().filter(|text| !text.contains(['*', '?', '[', '{'])).map(|text| format!("{}/**", text.trim_end_matches('/')));
    let all: Vec<String> = texts.iter().map(|text| text.trim_end_matches('/').to_owned()).chain(below).collect();
    match Patterns::of(&all) {
        (patterns, bad) if bad.is_empty() => Ok(patterns),
        (_, bad) => Err(format!("`{}` is no pattern, so nothing could keep its rule", bad.join("`, `"))),
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a text is like a pattern in which only `*` is wild, and stands for anything.
pub(super) fn is_like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = left.get(at + part.len()..).unwrap_or_default();
    }
    left.ends_with(last)
}
