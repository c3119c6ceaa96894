//! Reads the world, so that effects can be computed from facts: files, scripts, git, environments, databases.
//!
//! Only reads. What cannot be read is an error, and an error on the way to effects is a refusal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use action::{ByHand, ChangeSet, Deed, Effects, Environment, Intent, Landing, McpPlace};
use sandbox::{Differing, Now};

use effects::{Facts, FileFact, FileKind, GitFact};

use crate::book::BookError;
use crate::copy::Ignored;
use crate::databases;
use crate::git;
use crate::mcp;
use crate::memory;
use crate::office::Office;

mod asked;
mod by_hand;

/// Where the facts of one session are read: the person's tree and the copy's own layer over it.
#[derive(Debug, Default)]
pub struct Survey {
    root: Option<PathBuf>,
    /// Where the copy differs: path to where its bytes are, or nothing there.
    copy: BTreeMap<PathBuf, Option<PathBuf>>,
    /// Links that were made in the copy, and where they point.
    links: BTreeMap<PathBuf, PathBuf>,
    ignored: Ignored,
}

/// A script larger than this is not read; the shell reader then calls it opaque.
const SCRIPT_LIMIT: u64 = 64 * 1024;
/// Scripts that one command may name, directly or through another script.
const SCRIPTS: usize = 16;
/// Words of one text that are looked at for names of scripts.
const WORDS: usize = 100_000;

impl Survey {
    /// For a session over `root`.
    pub fn of_session(root: &Path) -> Self {
        Self { root: Some(root.to_path_buf()), ..Self::default() }
    }

    /// Takes note of how the copy differs from the tree now.
    pub(crate) fn saw(&mut self, found: &[Differing]) {
        let place = |now: &Now| match now {
            Now::File { at, .. } => Some(at.clone()),
            Now::Symlink(_) | Now::Directory { .. } | Now::Gone => None,
        };
        self.copy = found.iter().map(|differing| (differing.path.clone(), place(&differing.now))).collect();
        let link = |differing: &Differing| match &differing.now {
            Now::Symlink(target) => Some((differing.path.clone(), target.clone())),
            Now::File { .. } | Now::Directory { .. } | Now::Gone => None,
        };
        self.links = found.iter().filter_map(link).collect();
    }

    /// The person's tree as intents name it; empty for a survey of no session.
    pub(crate) fn root_text(&self) -> String {
        self.root.as_ref().map(|root| root.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// For intents that land outside the box; no copy is needed.
    pub fn outside() -> Self {
        Self::default()
    }

    /// Which paths are build outputs.
    pub fn ignored(&mut self) -> &mut Ignored {
        &mut self.ignored
    }

    /// The effects of an intent, from facts read just now.
    pub fn effects(&mut self, service: &Office, intent: &Intent) -> Result<Effects, SurveyError> {
        let mut facts = self.facts(service, intent)?;
        let found = effects::of(intent, &facts);
        match by_hand::ask_git(intent, &found, &mut facts) {
            true => Ok(effects::of(intent, &facts)),
            false => Ok(found),
        }
    }

    fn facts(&self, service: &Office, intent: &Intent) -> Result<Facts, SurveyError> {
        let mut facts = Facts {
            tree: self.root.as_ref().map(|root| root.to_string_lossy().into_owned()).unwrap_or_default(),
            home: service.home.to_string_lossy().into_owned(),
            reachable_hosts: service.reachable.clone(),
            documentation_hosts: service.documentation.clone(),
            ..Facts::default()
        };
        match &intent.deed {
            Deed::Read { path, .. } | Deed::List { path } | Deed::Write { path, .. } | Deed::Edit { path, .. } | Deed::Delete { path } => {
                self.named(service, &[path], &mut facts)?;
            }
            Deed::Move { from, to } => self.named(service, &[from, to], &mut facts)?,
            Deed::Glob { path, .. } | Deed::Grep { path, .. } | Deed::Outline { path } | Deed::Map { path, .. } | Deed::FindSymbol { path, .. } => {
                self.named(service, &[path], &mut facts)?;
            }
            Deed::Output { .. } | Deed::StopJob { .. } | Deed::Plan { .. } | Deed::Delegate { .. } | Deed::Accept { .. } => {}
            Deed::Govern { .. } => {} // it says all that it does by itself
            Deed::Take { change, .. } => facts.change = Some(service.book.get_value(change)?),
            Deed::Remember { root, text, instead } => facts.memory = Some(memory::fact(&service.book, root, Some(text), instead.as_ref())?),
            Deed::Forget { root, memory } => facts.memory = Some(memory::fact(&service.book, root, None, Some(memory))?),
            Deed::Shell { command, cwd, .. } => {
                facts.environments = service.book.environments()?;
                let directory = self.in_tree(cwd);
                facts.scripts = self.scripts(command, &directory);
                facts.files = self.compose_files(command, &directory);
                facts.git = self.git(command)?;
            }
            Deed::LanguageStart { command, .. } => {
                facts.environments = service.book.environments()?;
                facts.scripts = self.scripts(command, "");
                facts.git = self.git(command)?;
            }
            Deed::Publish { issues, .. } => {
                facts.environments = service.book.environments()?;
                facts.issues = Some(service.book.get_value(issues)?);
            }
            Deed::Reach { .. } | Deed::Fetch { .. } => facts.environments = service.book.environments()?,
            Deed::McpCall { server, .. } => {
                facts.environments = service.book.environments()?;
                facts.login = mcp::login_fact(&service.book, &self.root_text(), server)?;
            }
            Deed::McpStart { server } => {
                facts.environments = service.book.environments()?;
                facts.login = mcp::login_fact(&service.book, &self.root_text(), server)?;
                if let McpPlace::InBox { command, .. } = &server.at {
                    facts.scripts = self.scripts(command, "");
                    facts.git = self.git(command)?;
                }
            }
            Deed::McpTrust { root, server, tools } => {
                facts.tools = Some(mcp::tools_fact(&service.book, intent, root, server, tools)?);
            }
            Deed::Hand { root, cwd, acts, .. } => self.by_hand(service, root, cwd, acts, &mut facts)?,
            Deed::Land { root, change, landing: Landing::ByHand } => {
                self.change(service, change, &mut facts)?;
                let acts = facts.change.as_ref().map(ByHand::all_of).unwrap_or_default();
                self.by_hand(service, root, root, &acts, &mut facts)?;
            }
            deed @ Deed::Change { .. } if deed.is_rehearsal() => facts.environments = service.book.environments()?,
            Deed::Change { change, .. } | Deed::Land { change, .. } => {
                facts.environments = service.book.environments()?;
                self.change(service, change, &mut facts)?;
                if let (Deed::Change { .. }, Some(set)) = (&intent.deed, &facts.change) {
                    facts.databases = databases::facts(service, set)?; // landing in a tree is judged file by file
                }
            }
        }
        Ok(facts)
    }

    fn change(&self, service: &Office, digest: &action::Digest, facts: &mut Facts) -> Result<(), SurveyError> {
        let change: ChangeSet = service.book.get_value(digest)?;
        facts.top_level = top_level(&change.root);
        facts.recovery_points = facts.environments.iter().flat_map(|(e, _)| recovery_points(e)).collect();
        facts.change = Some(change);
        Ok(())
    }

    /// Facts about paths that a deed names. What leads out of the tree may lead into an environment.
    fn named(&self, service: &Office, paths: &[&String], facts: &mut Facts) -> Result<(), SurveyError> {
        for path in paths {
            facts.files.extend(self.file(path).map(|fact| ((*path).clone(), fact)));
            facts.files.extend(self.links_above(path));
        }
        let leads_out = |path: &&String| self.place(path).is_none() && !self.copy.contains_key(Path::new(path.as_str()));
        if facts.files.values().any(|fact| matches!(fact.kind, FileKind::Symlink { .. })) || paths.iter().any(leads_out) {
            facts.environments = service.book.environments()?;
        }
        Ok(())
    }

    fn file(&self, path: &str) -> Option<FileFact> {
        let relative = Path::new(path);
        if let Some(target) = self.links.get(relative) {
            return Some(link_to(target));
        }
        let place = self.place(path)?;
        let data = fs::symlink_metadata(&place).ok()?;
        let kind = match fs::read_link(&place) {
            Ok(target) => return Some(link_to(&target)),
            Err(_) if data.is_dir() => FileKind::Directory,
            Err(_) => FileKind::File,
        };
        Some(FileFact { kind, size: data.len(), ..FileFact::default() })
    }

    /// Folders of a path that are links in truth, which the deed would go through.
    fn links_above(&self, path: &str) -> Vec<(String, FileFact)> {
        let above = Path::new(path).ancestors().skip(1).filter_map(Path::to_str).filter(|above| !above.is_empty());
        let facts = above.filter_map(|above| Some((above.to_owned(), self.file(above)?)));
        facts.filter(|(_, fact)| matches!(fact.kind, FileKind::Symlink { .. })).collect()
    }

    /// Where a path of the copy really is: in the copy's own layer, or in the person's tree under it.
    pub(crate) fn place(&self, path: &str) -> Option<PathBuf> {
        let relative = Path::new(path);
        if relative.components().any(|part| !matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir)) {
            return None;
        }
        match self.copy.get(relative) {
            Some(place) => place.clone(),
            None => self.root.as_ref().map(|root| root.join(relative)),
        }
    }

    /// A directory of the tree as its paths are named: relative to the root, and the root itself empty.
    fn in_tree(&self, directory: &str) -> String {
        let path = Path::new(directory);
        let relative = self.root.as_ref().and_then(|root| path.strip_prefix(root).ok()).unwrap_or(path);
        let parts = relative.components().filter(|part| !matches!(part, std::path::Component::CurDir));
        parts.collect::<PathBuf>().to_string_lossy().into_owned()
    }

    /// Texts of the files that a command names from a directory of the tree, and that those name: scripts, statements, manifests.
    fn scripts(&self, command: &str, directory: &str) -> BTreeMap<String, String> {
        self.scripts_named(command, |word| match directory {
            "" => vec![word.to_owned()],
            directory => vec![word.to_owned(), format!("{directory}/{word}")],
        })
    }

    /// The same, where a word may mean these paths.
    fn scripts_named(&self, command: &str, meant: impl Fn(&str) -> Vec<String>) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let root = format!("{}/", self.root_text());
        let mut waiting = vec![command.to_owned()];
        while let Some(text) = waiting.pop() {
            let words = text.split(|c: char| c.is_whitespace() || "\"'`;|&()<>$={},".contains(c));
            let mut seen = BTreeSet::new();
            let words = words.take(WORDS).filter(|word| seen.insert(*word)).map(|word| word.strip_prefix("file://").unwrap_or(word));
            let named = words.map(|word| word.strip_prefix("./").or_else(|| word.strip_prefix(root.as_str())).unwrap_or(word));
            for name in named.flat_map(&meant) {
                self.add_script(&name, &mut found, &mut waiting);
            }
        }
        if command.contains("compose") {
            for name in effects::manifest::COMPOSE_FILES.iter().flat_map(|name| meant(name)) {
                self.add_script(&name, &mut found, &mut Vec::new());
            }
        }
        found
    }

    fn add_script(&self, name: &str, found: &mut BTreeMap<String, String>, waiting: &mut Vec<String>) {
        if name.is_empty() || found.len() >= SCRIPTS || found.contains_key(name) {
            return;
        }
        if let Some(script) = self.script(name) {
            waiting.push(script.clone());
            found.insert(name.to_owned(), script);
        }
    }

    /// Compose files that a command takes without naming them: that they are there, whether or not their texts are known.
    fn compose_files(&self, command: &str, directory: &str) -> BTreeMap<String, FileFact> {
        let names = compose_names(directory).filter(|_| command.contains("compose"));
        names.filter_map(|name| Some((name.clone(), self.file(&name)?))).collect()
    }

    fn script(&self, name: &str) -> Option<String> {
        if Path::new(name).file_name().is_some_and(|file| sandbox::is_secret_name(file.as_encoded_bytes())) {
            return None; // the box sees a placeholder there, and so does everybody who is shown effects
        }
        let place = self.place(name)?;
        let (bytes, _) = sandbox::read_still(&place, SCRIPT_LIMIT).ok()?;
        String::from_utf8(bytes).ok()
    }

    fn git(&self, command: &str) -> Result<Option<GitFact>, SurveyError> {
        let Some(root) = self.root.as_ref().filter(|root| command.contains("git") && root.join(".git").exists()) else {
            return Ok(None);
        };
        if git::has_filters(root) {
            return Ok(None); // looking for changes would run the repository's programs; unknown is judged strictly
        }
        let branch = git::answer(root, &["symbolic-ref", "--quiet", "--short", "HEAD"], b"", &[]).unwrap_or_default();
        let status = git::answer(root, &["status", "--porcelain", "-z", "--ignore-submodules=all"], b"", &[]).map_err(|e| SurveyError::Git(e.to_string()))?;
        let (untracked, dirty): (Vec<&str>, Vec<&str>) = status.split('\0').filter(|line| !line.is_empty()).partition(|line| line.starts_with("??"));
        let remotes = git::answer(root, &["remote", "-v"], b"", &[]).map_err(|e| SurveyError::Git(e.to_string()))?;
        Ok(Some(GitFact {
            branch,
            dirty: dirty.len() as u64,
            untracked: untracked.len() as u64,
            remotes: remotes.lines().filter_map(remote).collect(),
            ..GitFact::default()
        }))
    }
}

fn compose_names(directory: &str) -> impl Iterator<Item = String> {
    let within = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    effects::manifest::COMPOSE_FILES.into_iter().map(move |name| format!("{within}{name}"))
}

fn link_to(target: &Path) -> FileFact {
    FileFact { kind: FileKind::Symlink { target: target.to_string_lossy().into_owned() }, ..FileFact::default() }
}

/// `origin\tURL (push)`.
fn remote(line: &str) -> Option<(String, String)> {
    let (name, rest) = line.split_once('\t')?;
    let url = rest.strip_suffix(" (push)")?;
    Some((name.to_owned(), url.to_owned()))
}

/// Names of what is in the tree's root now; `None`: it cannot be listed.
fn top_level(root: &str) -> Option<Vec<String>> {
    let entries = fs::read_dir(root).ok()?;
    entries.map(|entry| Some(sandbox::text_of(Path::new(&entry.ok()?.file_name())))).collect()
}

/// Recovery points that exist and hold something.
fn recovery_points(environment: &Environment) -> Vec<String> {
    let holds = |path: &&String| match fs::metadata(path) {
        Ok(found) if found.is_dir() => fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()),
        Ok(found) => found.len() > 0,
        Err(_) => false,
    };
    environment.recovery.iter().filter(holds).cloned().collect()
}

/// Why the world could not be read. Nothing was done; the intent is refused.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The ledger or a blob.
    #[error(transparent)]
    Book(#[from] BookError),
    /// Git did not answer.
    #[error("{0}")]
    Git(String),
    /// A database could not be counted.
    #[error("the rows of `{}` cannot be counted: {why}", path.display())]
    Database {
        /// Which.
        path: PathBuf,
        /// Its words.
        why: String,
    },
    /// A scratch file could not be written.
    #[error("`{}` cannot be written: {why}", path.display())]
    Scratch {
        /// Which.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
}

#[cfg(test)]
mod tests;
