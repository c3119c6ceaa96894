//! How a runner is told to run only some files.

use std::collections::BTreeSet;

use super::cargo::Package;
use super::paths::{folder, stem};
use super::project::{quoted_file, quoted_files};

/// Each kind of runner's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Narrow {
    /// It cannot.
    Nothing,
    /// The files stand behind a command.
    Files(String),
    /// One run for each file, one after the other, all must pass.
    Each(String),
    /// The folders of the files stand behind it, as Go's packages.
    Folders(String),
    /// Packages and targets of a Cargo workspace.
    Cargo(Vec<Package>),
    /// Names of classes: what is before, between and after them.
    Classes { before: String, between: &'static str, after: &'static str },
    /// `python3 -m unittest` and the modules' names; what the first part of a path is, that no module name has.
    Modules(String, String),
}

impl Narrow {
    /// The command for files that are given relative to the runner's folder, in order, each once.
    pub(super) fn command(&self, files: &[&str]) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Files(command) => Some(format!("{command}{}", quoted_files(files))),
            Self::Each(command) => Some(files.iter().map(|file| format!("{command} {}", quoted_file(file))).collect::<Vec<_>>().join(" && ")),
            Self::Folders(command) => {
                let folders: BTreeSet<String> = files.iter().map(|file| dotted(folder(file))).collect();
                Some(format!("{command}{}", quoted_files(&folders.iter().map(String::as_str).collect::<Vec<_>>())))
            }
            Self::Cargo(packages) => super::cargo::only(packages, files),
            Self::Classes { before, between, after } => classes(files).map(|names| format!("{before}{}{after}", names.join(between))),
            Self::Modules(command, top) => {
                let names = files.iter().map(|file| module(file, top)).collect::<Option<Vec<_>>>()?;
                Some(format!("{command} {}", names.join(" ")))
            }
        }
    }
}

/// `./a/b`: without the dot, Go looks among the packages of its own library.
fn dotted(folder: &str) -> String {
    match folder {
        "." => ".".to_owned(),
        _ => format!("./{folder}"),
    }
}

/// The names of the files' classes, if all are names.
fn classes(files: &[&str]) -> Option<Vec<String>> {
    let names: BTreeSet<&str> = files.iter().map(|file| stem(file)).collect();
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    names.iter().all(is_name).then(|| names.iter().map(|name| (*name).to_owned()).collect())
}

/// `tests.unit.test_a` of `tests/unit/test_a.py`.
fn module(file: &str, top: &str) -> Option<String> {
    let path = super::paths::within(top, file)?.strip_suffix(".py")?;
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    path.split('/').all(is_name).then(|| path.replace('/', "."))
}
