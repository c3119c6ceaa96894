//! The repository's files as git sees them: tracked, or new and not ignored. Read once, never written.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::rust::Rust;

/// All text files, sorted by path.
pub(crate) struct Tree {
    files: Vec<File>,
}

/// One text file.
pub(crate) struct File {
    /// From the root, with `/`.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
    /// Taken apart, where it is Rust.
    pub(crate) rust: Option<Rust>,
}

impl Tree {
    /// Asks git what is there, and reads what is text.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        for path in listed(root)? {
            // A path that is listed and gone was deleted; bytes that are not UTF-8 are no text of ours.
            if let Some(text) = std::fs::read(root.join(&path)).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
                files.push(File::new(path, text));
            }
        }
        Ok(Self { files })
    }

    /// A tree that is nowhere.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| File::new((*path).to_owned(), (*text).to_owned())).collect() }
    }

    /// Every file.
    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// Every Rust file, taken apart.
    pub(crate) fn rust(&self) -> impl Iterator<Item = (&File, &Rust)> {
        self.files.iter().filter_map(|file| file.rust.as_ref().map(|rust| (file, rust)))
    }

    /// The Rust files that ship.
    pub(crate) fn production(&self) -> impl Iterator<Item = (&File, &Rust)> {
        self.rust().filter(|(file, _)| !self.is_test(file))
    }

    /// The file at a path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The file that must declare this one as a module; nothing for the root of a crate, or where no such file is.
    pub(crate) fn parent(&self, file: &File) -> Option<&File> {
        let parents = if file.is_root() { Vec::new() } else { parents(&file.path) };
        parents.iter().find_map(|path| self.file(path))
    }

    /// Whether a file is there for tests only: by its place, by its name, or because its parent says `#[cfg(test)]`.
    pub(crate) fn is_test(&self, file: &File) -> bool {
        let inside = file.path.split('/').skip(1);
        if inside.into_iter().any(|folder| matches!(folder, "tests" | "benches" | "examples")) || file.path.ends_with("/tests.rs") {
            return true;
        }
        self.parent(file).is_some_and(|parent| {
            self.is_test(parent) || parent.rust.as_ref().is_some_and(|rust| rust.declares_for_tests(file.module()))
        })
    }
}

impl File {
    fn new(path: String, text: String) -> Self {
        let rust = path.ends_with(".rs").then(|| Rust::read(&text));
        Self { path, text, rust }
    }

    /// The crate that it is of: `action`, `xtask`; nothing for files of no crate.
    pub(crate) fn house(&self) -> Option<&str> {
        match self.path.split('/').collect::<Vec<_>>().as_slice() {
            ["crates", house, _, ..] => Some(house),
            ["xtask", _, ..] => Some("xtask"),
            _ => None,
        }
    }

    /// The file's name without its folder and ending.
    pub(crate) fn module(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.strip_suffix(".rs").unwrap_or(name)
    }

    /// Whether Cargo starts here: the file is named by no other.
    pub(crate) fn is_root(&self) -> bool {
        let inside = self.path.strip_prefix("crates/").and_then(|path| path.split_once('/')).map_or(self.path.as_str(), |(_, path)| path);
        let inside = inside.strip_prefix("xtask/").unwrap_or(inside);
        matches!(
            inside.split('/').collect::<Vec<_>>().as_slice(),
            ["build.rs"]
                | ["src", "lib.rs" | "main.rs"]
                | ["src", "bin", _]
                | ["src", "bin", _, "main.rs"]
                | ["tests" | "benches" | "examples", _]
                | ["tests" | "benches" | "examples", _, "main.rs"]
        )
    }

    /// The line, from 1, of the first line that starts with `start`; 1 where none does.
    pub(crate) fn line_starting(&self, start: &str) -> usize {
        self.text.lines().position(|line| line.trim_start().starts_with(start)).map_or(1, |i| i + 1)
    }
}

/// Where the declaration of a module may stand: `src/a/b.rs` is declared in `src/a.rs`, `src/a.rs` in `src/lib.rs`.
fn parents(path: &str) -> Vec<String> {
    let Some((folder, _)) = path.rsplit_once('/') else {
        return Vec::new();
    };
    [format!("{folder}.rs"), format!("{folder}/lib.rs"), format!("{folder}/main.rs")].into_iter().filter(|parent| parent != path).collect()
}

#[expect(clippy::disallowed_methods, reason = "git alone knows what is tracked; xtask never ships")]
fn listed(root: &Path) -> Result<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(arguments).current_dir(root).output().context("git could not be started")?;
    ensure!(output.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    let mut paths: Vec<String> = String::from_utf8(output.stdout)?.split_terminator('\0').map(str::to_owned).collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

#[cfg(test)]
mod tests;
