//! What an input is: told by a person, by its first line, or by its name; never guessed where that would make it milder.

use std::path::Path;

use clap::ValueEnum;

/// What a person may say that an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum KindWord {
    /// Commands of a shell.
    Shell,
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
}

/// Shells that the reader reads as they do.
const READ: [&str; 4] = ["bash", "sh", "dash", "ash"];
/// Shells whose language is near enough to be read, and still not the same.
const NEAR: [&str; 4] = ["zsh", "ksh", "mksh", "ksh93"];

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
    let told = interpreter(text).map(|name| Kind::run_by(&name)).or_else(|| by_name(path));
    match said {
        Some(KindWord::Shell) => Some(told.filter(|kind| matches!(kind, Kind::Shell { .. })).unwrap_or_else(Kind::bash)),
        None => told,
    }
}

/// What comes on standard input.
pub(super) fn of_stdin(text: &str, said: Option<KindWord>) -> Kind {
    of_file(Path::new("standard-input"), text, said).unwrap_or_else(Kind::bash)
}

fn by_name(path: &Path) -> Option<Kind> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    match name.trim_start_matches('.').rsplit_once('.') {
        Some((_, ending)) => ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, interpreter)| Kind::run_by(interpreter)),
        None if NO_SCRIPTS.contains(&name.as_str()) => None,
        None => Some(Kind::bash()), // a shell runs a script without a first line itself
    }
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
