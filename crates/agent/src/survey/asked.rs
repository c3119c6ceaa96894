//! What is known about a text that a person asks about: their own tree as it is now, and what the service maps. No session has
//! the text, and nothing of it is run.
//!
//! Which files a text names is for the readers to say, so it goes back and forth: read, look at what was named, read again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use action::{Environment, Generation};
use effects::{Facts, FileFact, FileKind};

use super::{Survey, SurveyError, recovery_points};
use crate::git;

/// More names than this are not looked at for one text.
const NAMES: usize = 512;
/// A folder with more entries than this, at any depth, is not counted.
const ENTRIES: u64 = 200_000;

impl Survey {
    /// The facts about a text that would run in `directory`, relative to the tree. What it names is looked at by [`Survey::look_at`].
    pub fn facts_of_text(&self, text: &str, directory: &str, home: &Path, environments: Vec<(Environment, Generation)>) -> Result<Facts, SurveyError> {
        let directory = directory.trim_matches('/');
        let meant = |word: &str| match directory {
            "" => vec![word.to_owned()],
            directory if word.is_empty() => vec![directory.to_owned()],
            directory => vec![format!("{directory}/{word}"), word.to_owned()],
        };
        Ok(Facts {
            tree: self.root_text(),
            home: home.to_string_lossy().into_owned(),
            scripts: self.scripts_named(text, meant),
            files: self.compose_files(text, directory),
            git: self.git(text)?,
            recovery_points: environments.iter().flat_map(|(environment, _)| recovery_points(environment)).collect(),
            environments,
            ..Facts::default()
        })
    }

    /// Adds what is at these paths of the tree, as effects name them. Says whether that was anything new.
    pub fn look_at<'n>(&self, names: impl Iterator<Item = &'n str>, facts: &mut Facts) -> Result<bool, SurveyError> {
        let mut found = BTreeMap::new();
        for name in names.take(NAMES).map(|name| if name == "." { "" } else { name }) {
            if facts.files.contains_key(name) || found.contains_key(name) {
                continue;
            }
            found.extend(self.file(name).map(|fact| (name.to_owned(), self.counted(name, fact))));
            found.extend(self.links_above(name).into_iter().filter(|(link, _)| !facts.files.contains_key(link)));
        }
        self.compare_with_git(&mut found)?;
        let new = !found.is_empty();
        facts.files.extend(found);
        Ok(new)
    }

    /// A folder, with the number of files below it; 0 where there are too many to count.
    fn counted(&self, name: &str, fact: FileFact) -> FileFact {
        match (&fact.kind, self.place(name)) {
            (FileKind::Directory, Some(place)) => FileFact { size: files_below(place).unwrap_or(0), ..fact },
            _ => fact,
        }
    }

    /// Which of the files git has, and which differ from what it has. Without a repository, or where asking would run programs of the
    /// repository's, it stays unknown.
    fn compare_with_git(&self, found: &mut BTreeMap<String, FileFact>) -> Result<(), SurveyError> {
        let Some(root) = self.root.as_ref().filter(|root| root.join(".git").exists() && !git::has_filters(root)) else { return Ok(()) };
        let files = || found.iter().filter(|(_, fact)| fact.kind == FileKind::File);
        let specs: Vec<String> = files().map(|(name, _)| format!(":(top,literal){name}")).collect();
        if specs.is_empty() {
            return Ok(());
        }
        let tracked = listed(root, &["ls-files", "-z", "--"], &specs)?;
        let changed = listed(root, &["diff", "--name-only", "-z", "--no-ext-diff", "--no-textconv", "--no-renames", "--ignore-submodules=all", "HEAD", "--"], &specs);
        for (name, fact) in found.iter_mut().filter(|(_, fact)| fact.kind == FileKind::File) {
            fact.tracked = Some(tracked.iter().any(|path| path == name));
            // Without a first commit nothing is kept of a file that git has.
            fact.changed = changed.as_ref().map_or(true, |changed| changed.iter().any(|path| path == name));
        }
        Ok(())
    }
}

/// The paths that git answers with.
fn listed(root: &Path, command: &[&str], specs: &[String]) -> Result<Vec<String>, SurveyError> {
    let arguments: Vec<&str> = command.iter().copied().chain(specs.iter().map(String::as_str)).collect();
    let answer = git::answer(root, &arguments, b"", &[]).map_err(|e| SurveyError::Git(e.to_string()))?;
    Ok(answer.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// How many things that are no folders are below a folder; links are not followed.
fn files_below(folder: PathBuf) -> Option<u64> {
    let (mut files, mut seen, mut waiting) = (0, 0, vec![folder]);
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            seen += 1;
            if seen > ENTRIES {
                return None;
            }
            match entry.file_type().ok()?.is_dir() {
                true => waiting.push(entry.path()),
                false => files += 1,
            }
        }
    }
    Some(files)
}

#[cfg(test)]
mod tests;
