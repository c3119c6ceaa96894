//! What an input is: told by a person, by its first line, or by its name; never guessed where that would make it milder.

use std::path::Path;

use clap::ValueEnum;

/// What a person may say that an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum KindWord {
    /// Commands of a shell.
    Shell,
    /// A plan of Terraform or OpenTofu, as JSON.
    Plan,
    /// SQL.
    Sql,
    /// A manifest of CloudFormation, Kubernetes, Docker compose.
    Manifest,
}

/// What an input is read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Commands of this shell.
    Shell {
        /// `bash`, `sh`, `zsh`.
        shell: String,
    },
    /// A program for an interpreter whose language is not read.
    Program {
        /// `python3`, `node`.
        interpreter: String,
    },
    /// A plan of Terraform or OpenTofu.
    Plan,
    /// SQL.
    Sql,
    /// A manifest.
    Manifest,
}

/// Shells that the reader reads as they do.
const READ: [&str; 5] = ["bash", "sh", "dash", "ash", "zsh"];
/// Shells whose language is near enough to be read, and still not the same.
const NEAR: [&str; 3] = ["ksh", "mksh", "ksh93"];

/// What runs files with these endings.
const ENDINGS: [(&str, &str); 22] = [
    ("sh", "sh"),
    ("bash", "bash"),
    ("bats", "bash"),
    ("zsh", "zsh"),
    ("ksh", "ksh"),
    ("fish", "fish"),
    ("csh", "csh"),
    ("ps1", "pwsh"),
    ("py", "python"),
    ("rb", "ruby"),
    ("pl", "perl"),
    ("php", "php"),
    ("lua", "lua"),
    ("awk", "awk"),
    ("tcl", "tclsh"),
    ("r", "Rscript"),
    ("js", "node"),
    ("mjs", "node"),
    ("cjs", "node"),
    ("ts", "node"),
    ("mts", "node"),
    ("cts", "node"),
];

/// Names without an ending that are no scripts.
const NO_SCRIPTS: [&str; 10] =
    ["makefile", "gnumakefile", "bsdmakefile", "justfile", "dockerfile", "containerfile", "jenkinsfile", "vagrantfile", "rakefile", "gemfile"];

impl Kind {
    /// Commands as people type them.
    pub(super) fn bash() -> Self {
        Self::Shell { shell: "bash".into() }
    }

    /// One word for it.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Shell { .. } => "shell",
            Self::Program { .. } => "program",
            Self::Plan => "plan",
            Self::Sql => "sql",
            Self::Manifest => "manifest",
        }
    }

    /// The shell, where what it would do may differ from what is read.
    pub(super) fn only_near(&self) -> Option<&str> {
        match self {
            Self::Shell { shell } if NEAR.contains(&shell.as_str()) => Some(shell),
            _ => None,
        }
    }

    fn run_by(interpreter: &str) -> Self {
        match READ.contains(&interpreter) || NEAR.contains(&interpreter) {
            true => Self::Shell { shell: interpreter.to_owned() },
            false => Self::Program { interpreter: interpreter.to_owned() },
        }
    }
}

/// What a file is; `None`: nobody can tell.
pub(super) fn of_file(path: &Path, text: &str, said: Option<KindWord>) -> Option<Kind> {
    let told = interpreter(text).map(|name| Kind::run_by(&name)).or_else(|| by_name(path, text));
    match said {
        Some(KindWord::Shell) => Some(told.filter(|kind| matches!(kind, Kind::Shell { .. })).unwrap_or_else(Kind::bash)),
        Some(KindWord::Plan) => Some(Kind::Plan),
        Some(KindWord::Sql) => Some(Kind::Sql),
        Some(KindWord::Manifest) => Some(Kind::Manifest),
        None => told,
    }
}

/// What comes on standard input.
pub(super) fn of_stdin(text: &str, said: Option<KindWord>) -> Kind {
    let told = if said.is_none() && !text.starts_with("#!") { by_content(text) } else { None };
    told.or_else(|| of_file(Path::new("standard-input"), text, said)).unwrap_or_else(Kind::bash)
}

fn by_name(path: &Path, text: &str) -> Option<Kind> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    match name.trim_start_matches('.').rsplit_once('.') {
        Some((_, "sql")) => Some(Kind::Sql),
        Some((_, "json")) => Some(json(text)),
        Some((_, "yaml" | "yml")) => Some(Kind::Manifest),
        Some((_, ending)) => ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, interpreter)| Kind::run_by(interpreter)),
        None if NO_SCRIPTS.contains(&name.as_str()) => None,
        None => Some(Kind::bash()), // a shell runs a script without a first line itself
    }
}

/// JSON is a plan where it says its format, else a manifest; either reader calls opaque what is not its own.
fn json(text: &str) -> Kind {
    if text.contains("\"format_version\"") { Kind::Plan } else { Kind::Manifest }
}

/// What a text without a name looks like, where it does not look like commands.
fn by_content(text: &str) -> Option<Kind> {
    const KEYS: [&str; 6] = ["apiVersion:", "AWSTemplateFormatVersion:", "Resources:", "services:", "diff -u -N ", "Stack "];
    let start = text.trim_start();
    if start.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(start).is_ok() {
        return Some(json(start));
    }
    if start.lines().take(200).any(|line| KEYS.iter().any(|key| line.starts_with(key))) {
        return Some(Kind::Manifest);
    }
    let line = start.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("--"))?;
    let mut words = line.split_whitespace().map(str::to_uppercase);
    let is_sql = match (words.next()?.as_str(), words.next().as_deref()) {
        ("DELETE", Some("FROM")) | ("INSERT" | "REPLACE" | "MERGE", Some("INTO")) | ("BEGIN;", _) | ("START", Some("TRANSACTION;")) => true,
        ("DROP" | "ALTER" | "CREATE" | "TRUNCATE", Some("TABLE" | "DATABASE" | "SCHEMA" | "INDEX" | "VIEW" | "ROLE" | "USER" | "UNIQUE" | "OR")) => true,
        ("UPDATE", Some(_)) => words.next().as_deref() == Some("SET"),
        _ => false,
    };
    is_sql.then_some(Kind::Sql)
}

/// The program that a first line names, `#!/usr/bin/env -S python3 -u`, without its folder.
fn interpreter(text: &str) -> Option<String> {
    let line = text.strip_prefix("#!")?.lines().next()?;
    let mut words = line.split_ascii_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let first = words.next()?;
    let found = match first {
        "env" => words.find(|word| !word.starts_with('-') && !word.contains('=')),
        "busybox" => words.next(),
        first => Some(first),
    };
    Some(found.unwrap_or(first).to_owned())
}

#[cfg(test)]
mod tests;
