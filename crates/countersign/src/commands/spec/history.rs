//! What git knows of a spec: commits that name it in a trailer, the files as they were then, and the files as committed now.
//!
//! A commit names a spec with `Spec: NAME` in its message, tasks with `Task: 2.1, 2.2` and criteria with
//! `Requirements: 1.1`. Git runs as the service's own, with nothing of the repository's configuration that could start a program.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use sandbox::{Input, Trusted, spawn_trusted};
use spec::drift::Made;
use spec::folder::Spec;
use spec::reference::Referred;
use spec::trace::{Commit, Evidence, tests_in, trace};

use super::folders::Folder;
use super::sources::is_source;

/// Git is quick; what is not is stuck.
const LIMIT: Duration = Duration::from_secs(60);
/// Commits that are looked at.
const MOST_COMMITS: &str = "5000";
/// Files whose earlier text is read.
const MOST_THEN: usize = 2_000;
/// Documents of a spec.
const DOCUMENTS: [&str; 4] = ["requirements.md", "bugfix.md", "design.md", "tasks.md"];

/// A repository, from the folder that the specs are in.
pub(super) struct History<'r> {
    root: &'r Path,
    prefix: String,
}

/// A commit with what it changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub commit: Commit,
    /// Paths with the blob that each has from then on; nothing for one that went.
    pub blobs: Vec<(String, Option<String>)>,
}

impl<'r> History<'r> {
    /// Nothing where there is no repository, or one without a commit.
    pub(super) fn open(root: &'r Path) -> Option<Self> {
        agent::head(root)?;
        let prefix = text(root, &["rev-parse", "--show-prefix"], b"")?.trim_end().to_owned();
        Some(Self { root, prefix })
    }

    /// Commits that name the spec, newest first.
    pub(super) fn changes(&self, name: &str) -> Vec<Change> {
        let grep = format!("--grep=Spec: {name}");
        let arguments = [
            "log", "-z", "--raw", "--no-abbrev", "--no-renames", "--relative", "--no-ext-diff", "--no-textconv", "--fixed-strings",
            "--regexp-ignore-case", &grep, "-n", MOST_COMMITS, "--format=%H%x00%s%x00%B%x00",
        ];
        read_log(&text(self.root, &arguments, b"").unwrap_or_default(), name)
    }

    /// The blobs of all files as they are committed now.
    pub(super) fn now(&self) -> BTreeMap<String, String> {
        let listed = text(self.root, &["ls-tree", "-r", "-z", "HEAD"], b"").unwrap_or_default();
        let line = |line: &str| {
            let (about, path) = line.split_once('\t')?;
            Some((path.to_owned(), about.split(' ').nth(2)?.to_owned()))
        };
        listed.split('\0').filter_map(line).collect()
    }

    /// Files that git tracks or would, relative to the folder: what landed is not always committed yet.
    pub(super) fn files(&self) -> Vec<String> {
        let listed = text(self.root, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"], b"").unwrap_or_default();
        listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect()
    }

    /// What was made for each task that a commit names: with the files as the last commit of the spec left them.
    pub(super) fn made(&self, folder: &Folder, changes: &[Change]) -> Vec<Made> {
        let mut last: BTreeMap<&str, &Option<String>> = BTreeMap::new();
        let mut tasks: BTreeMap<&str, (&str, BTreeSet<&str>)> = BTreeMap::new();
        for change in changes {
            for (path, blob) in &change.blobs {
                last.entry(path).or_insert(blob);
            }
            for task in &change.commit.tasks {
                let (_, paths) = tasks.entry(task).or_insert((&change.commit.sha, BTreeSet::new()));
                paths.extend(change.blobs.iter().map(|(path, _)| path.as_str()));
            }
        }
        let shas: BTreeSet<&str> = tasks.values().map(|(sha, _)| *sha).collect();
        let specs: BTreeMap<&str, Spec> = shas.into_iter().map(|sha| (sha, self.spec_at(folder, sha))).collect();
        let made = |(task, (sha, paths)): (&str, (&str, BTreeSet<&str>))| {
            let own = |path: &&str| !path.contains(".kiro/");
            let files: Vec<(String, String)> = paths.into_iter().filter(own).filter_map(|path| Some((path.to_owned(), last.get(path)?.as_ref()?.clone()))).collect();
            let tests = self.tests_at(&folder.name, &files);
            let (criteria, properties, sections) = specs.get(sha).map(|spec| cited(spec, task)).unwrap_or_default();
            Made { task: task.to_owned(), criteria, properties, sections, files, tests }
        };
        tasks.into_iter().map(made).collect()
    }

    fn spec_at(&self, folder: &Folder, sha: &str) -> Spec {
        let wanted: Vec<String> = DOCUMENTS.iter().map(|file| format!("{sha}:{}{}/{file}", self.prefix, folder.path)).collect();
        let files = DOCUMENTS.iter().zip(self.blobs(&wanted)).filter_map(|(file, bytes)| Some(((*file).to_owned(), bytes?)));
        Spec::read(&folder.name, files.collect())
    }

    /// Names of the tests for the spec in these files as they were.
    fn tests_at(&self, name: &str, files: &[(String, String)]) -> Vec<String> {
        let wanted: Vec<String> = files.iter().filter(|(path, _)| is_source(path)).take(MOST_THEN).map(|(_, blob)| blob.clone()).collect();
        test_names(name, self.blobs(&wanted).into_iter().flatten())
    }

    /// The bytes of objects, in order; a name that could be two lines is not asked for.
    fn blobs(&self, wanted: &[String]) -> Vec<Option<Vec<u8>>> {
        if wanted.is_empty() || wanted.iter().any(|name| name.contains(char::is_control)) {
            return wanted.iter().map(|_| None).collect();
        }
        let said = git(self.root, &["cat-file", "--batch"], (wanted.join("\n") + "\n").as_bytes()).unwrap_or_default();
        let mut rest = said.as_slice();
        wanted.iter().map(|_| next_blob(&mut rest)).collect()
    }
}

/// Names of the tests for a spec in these sources.
pub(super) fn test_names(spec: &str, sources: impl Iterator<Item = Vec<u8>>) -> Vec<String> {
    let of_spec = |test: &spec::trace::Tagged| !test.name.is_empty() && test.tags.iter().any(|tag| tag.spec.as_deref().is_none_or(|named| named == spec));
    let texts = sources.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let names: BTreeSet<String> = texts.flat_map(|text| tests_in(&text)).filter(of_spec).map(|test| test.name).collect();
    names.into_iter().collect()
}

/// One answer of `cat-file --batch`: `<id> blob <size>`, the bytes and a line end; anything else is no blob.
fn next_blob(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(rest.get(..end)?).ok()?.to_owned();
    *rest = rest.get(end + 1..)?;
    let mut words = line.rsplitn(3, ' ');
    let (size, kind) = (words.next()?.parse::<usize>().ok()?, words.next()?);
    let bytes = rest.get(..size)?.to_vec();
    *rest = rest.get(size + 1..).unwrap_or_default();
    (kind == "blob").then_some(bytes)
}

/// Parts of a spec with their words.
type Parts = Vec<(String, String)>;

/// What a task cited: criteria, properties and sections of the design.
pub(super) fn cited(spec: &Spec, task: &str) -> (Parts, Parts, Parts) {
    let traced = trace(spec, &Evidence::default());
    let criteria = traced.criteria().filter(|criterion| criterion.tasks.iter().any(|done| done.id == task));
    let found = spec.tasks.as_ref().and_then(|tasks| tasks.tasks.get(tasks.find(task)?));
    let properties = found.iter().flat_map(|task| &task.references).filter_map(|reference| match &reference.to {
        Referred::Property(number) => spec.design.as_ref()?.property(number).map(|property| (property.number.clone(), property.text.clone())),
        _ => None,
    });
    let sections = found.iter().flat_map(|task| &task.references).filter_map(|reference| match &reference.to {
        Referred::Design(part) => spec.design_section(part).map(|(title, text)| (title.to_owned(), text.to_owned())),
        _ => None,
    });
    (criteria.map(|criterion| (criterion.id.clone(), criterion.text.clone())).collect(), properties.collect(), sections.collect())
}

/// Reads a log of id, subject, message and raw changes, each ended by a zero byte, which none of them can have inside.
fn read_log(log: &str, name: &str) -> Vec<Change> {
    let mut parts = log.split('\0').peekable();
    let mut changes = Vec::new();
    while let (Some(sha), Some(subject), Some(message)) = (parts.next(), parts.next(), parts.next()) {
        parts.next_if(|part| part.is_empty());
        let mut blobs = Vec::new();
        while let Some(about) = parts.next_if(|part| part.trim_start().starts_with(':')) {
            let blob = about.split(' ').nth(3).filter(|blob| blob.bytes().any(|byte| byte != b'0'));
            let path = parts.next().unwrap_or_default().to_owned();
            blobs.push((path, blob.map(str::to_owned)));
        }
        let specs = trailer(message, "spec");
        if specs.iter().any(|spec| spec == name) {
            let commit = Commit {
                sha: sha.to_owned(),
                subject: subject.to_owned(),
                files: blobs.iter().map(|(path, _)| path.clone()).collect(),
                tasks: trailer(message, "task").into_iter().chain(trailer(message, "tasks")).collect(),
                criteria: trailer(message, "requirements"),
            };
            changes.push(Change { commit, blobs });
        }
    }
    changes
}

/// The values of a trailer: in the last paragraph, parted by commas.
fn trailer(message: &str, key: &str) -> Vec<String> {
    let last = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
    let values = last.lines().filter_map(|line| line.split_once(':')).filter(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value);
    values.flat_map(|value| value.split(',')).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
}

fn text(root: &Path, arguments: &[&str], input: &[u8]) -> Option<String> {
    git(root, arguments, input).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn git(root: &Path, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    let input = Input { arguments: &arguments, folder: root, stdin: input, variables: &[], limit: LIMIT };
    spawn_trusted(Trusted::Git, &input).ok().filter(|output| output.code == 0).map(|output| output.stdout)
}

#[cfg(test)]
mod tests;
