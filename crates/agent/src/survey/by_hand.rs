//! Facts for what an agent of another maker would do with its own hands: what is at the paths that it names, which links lead
//! out of the tree, whether git has what would be deleted. Bounded, and without a walk of the tree.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use action::{ByHand, Certainty, Deed, Effect, Effects, EnvironmentName, Intent, Landing, Verb};
use effects::{Facts, FileFact, FileKind};

use super::{Survey, SurveyError};
use crate::git;
use crate::office::Office;

/// Words of a command that are looked at as paths.
const WORDS: usize = 512;
/// Entries of folders that a pattern may match, over one command.
const ENTRIES: usize = 4096;
/// Files whose contents are looked at, over one command.
const FILES: usize = 16;
/// Folders in which the files that a command names are looked for.
const FOLDERS: usize = 8;
/// Words behind which the name of a folder stands in which something is done.
const ENTERS: [&str; 5] = ["cd", "pushd", "-C", "--directory", "--chdir"];
/// Bytes of a file up to which its digest says what it is; beyond that, its size and its times do.
const DIGESTED: u64 = 8 * 1024 * 1024;
/// Entries below the tree, and below other folders that a command names, that are looked at for one command.
const BELOW: usize = 50_000;
/// Paths that git is asked about.
const DELETED: usize = 64;
/// The same for what a command left in our box: what is beyond counts as if git did not have it.
const LANDED: usize = 1_000;

impl Survey {
    /// What is known before anything is read of the deed.
    pub(super) fn by_hand(&self, service: &Office, root: &str, cwd: &str, acts: &[ByHand], facts: &mut Facts) -> Result<(), SurveyError> {
        facts.tree = root.to_owned();
        facts.by_hand = true;
        facts.guarded = guarded(service);
        facts.environments = service.book.environments()?;
        let ground = Ground { root, cwd };
        ground.look(cwd, facts); // from a folder that is no link, `..` is what it seems to be
        for act in acts {
            match act {
                ByHand::Run { command } => {
                    ground.words(command, facts);
                    let written = ground.written_out(command, &service.home);
                    ground.scripts(&written, facts);
                    if may_follow_links(command) && !root.is_empty() {
                        ground.links_below(Path::new(root), usize::MAX, &mut BELOW.clone(), facts);
                    }
                    if command.contains("compose") {
                        // Those that are there and were not read must not be passed over for another one.
                        effects::manifest::COMPOSE_FILES.iter().for_each(|name| ground.look(name, facts));
                    }
                    facts.git = self.git(command)?;
                    facts.git_hooks = facts.git.as_ref().and_then(|_| hooks(Path::new(root), &service.home));
                }
                ByHand::Read { path } | ByHand::Look { path } | ByHand::Write { path } | ByHand::Edit { path } | ByHand::Delete { path } => {
                    ground.look(path, facts);
                }
                ByHand::Move { from, to } => [from, to].into_iter().for_each(|path| ground.look(path, facts)),
                ByHand::Fetch { .. } | ByHand::Call { .. } | ByHand::Note | ByHand::Unreadable { .. } => {}
            }
        }
        Ok(())
    }
}

/// What the first reading says would be touched, looked at: links that it did not know, and whether git has what would be
/// deleted. Returns whether there is anything new to read by.
pub(super) fn ask_git(intent: &Intent, found: &Effects, facts: &mut Facts) -> bool {
    let (root, bound) = match &intent.deed {
        Deed::Hand { root, cwd, acts, .. } => {
            let opaque = found.iter().any(|effect| effect.certainty == Certainty::Opaque);
            (root, opaque && bind_unnamed(intent, root, cwd, acts, facts))
        }
        Deed::Land { root, landing: Landing::ByHand, .. } => return ask_git_of_change(root, facts),
        _ => return false,
    };
    if root.is_empty() {
        return bound;
    }
    let before = facts.files.clone();
    let ground = Ground { root, cwd: root };
    let inside = |effect: &&Effect| effect.environment == EnvironmentName::worktree() && effect.certainty == Certainty::Exact;
    for effect in found.iter().filter(inside) {
        ground.look(&effect.resource.name, facts);
    }
    let ends = |effect: &&Effect| matches!(effect.verb, Verb::Delete | Verb::Replace);
    let named: BTreeSet<&str> = found.iter().filter(inside).filter(ends).map(|effect| effect.resource.name.as_str()).collect();
    let asked: Vec<&str> = named.into_iter().filter(|path| facts.files.contains_key(*path)).take(DELETED).collect();
    kept_by_git(Path::new(root), &asked, facts);
    bound || facts.files != before
}

/// The same for what a command left in our box: whether git has what it takes away or writes over.
fn ask_git_of_change(root: &str, facts: &mut Facts) -> bool {
    let before = facts.files.clone();
    let there = facts.change.iter().flat_map(|set| &set.changes).filter(|change| change.before.as_ref().is_some_and(|before| *before != action::Content::Directory));
    let paths: Vec<String> = there.map(|change| change.path.clone()).filter(|path| facts.files.contains_key(path)).take(LANDED).collect();
    let asked: Vec<&str> = paths.iter().map(String::as_str).collect();
    kept_by_git(Path::new(root), &asked, facts);
    facts.files != before
}

/// Where the words of a command do not say which files it runs or reads, a signature is for all that may be meant as it is now:
/// the state of the tree and of the folders that it names. Where that is too much to look at, for this one ask and no later one.
fn bind_unnamed(intent: &Intent, root: &str, cwd: &str, acts: &[ByHand], facts: &mut Facts) -> bool {
    let mut commands = acts.iter().filter_map(|act| match act {
        ByHand::Run { command } if !is_plain(command) => Some(command.as_str()),
        _ => None,
    });
    let Some(first) = commands.next() else { return false };
    let commands: Vec<&str> = std::iter::once(first).chain(commands).collect();
    // A name that no path has: none ends in a slash once it is normal.
    facts.scripts.insert("./".into(), state_of(root, cwd, &commands).unwrap_or_else(|| never_again(intent)));
    true
}

/// Whether each file that a command names is named by a plain word, from the folder that it starts in.
fn is_plain(command: &str) -> bool {
    let moves = ["cd", "pushd", "popd", "chdir", "-C", "env", "find", "xargs", "source", "."];
    let words: Vec<&str> = command.split(|c: char| c.is_whitespace() || "\"'`;|&()<>{},=".contains(c)).filter(|word| !word.is_empty()).collect();
    let odd = |c: char| "$`*?[{~\\\"'".contains(c);
    !command.contains(odd) && words.len() <= FILES && !words.iter().any(|word| moves.contains(word) || word.split('/').any(|part| part == ".."))
}

/// A digest of what is in the tree (but for git's own files) and in other folders that the commands name: names, sizes, times.
fn state_of(root: &str, cwd: &str, commands: &[&str]) -> Option<String> {
    let ground = Ground { root, cwd };
    let split = |c: char| c.is_whitespace() || "\"'`;|&()<>${}=,*?[".contains(c);
    let named = commands.iter().flat_map(|command| command.split(split)).filter(|word| word.contains('/') || word.starts_with('.'));
    let outside = |path: &PathBuf| (root.is_empty() || !path.starts_with(root)) && !is_of_system(path) && path.parent().is_some();
    let folders: BTreeSet<PathBuf> = named.map(|word| ground.absolute(word)).filter(outside).filter(|path| path.is_dir()).take(FILES).collect();
    let start = if root.is_empty() { cwd } else { root };
    let mut waiting: Vec<PathBuf> = std::iter::once(PathBuf::from(start)).chain(folders).collect();
    let (mut left, mut lines) = (BELOW, BTreeSet::new());
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).ok()? {
            left = left.checked_sub(1)?;
            let entry = entry.ok()?;
            let (path, data) = (entry.path(), entry.metadata().ok()?);
            if entry.file_name() == ".git" && data.is_dir() {
                continue; // looking at its state writes there
            }
            if data.is_dir() {
                waiting.push(path);
            } else {
                lines.insert(format!("{}\0{}\0{}\0{}.{}", path.to_string_lossy(), data.ino(), data.len(), data.ctime(), data.ctime_nsec()));
            }
        }
    }
    action::Digest::of(&lines).ok().map(|digest| digest.to_string())
}

/// A text that no other ask has.
fn never_again(intent: &Intent) -> String {
    format!("only this ask: {}", intent.id)
}

/// Whether a command may go through a tree along its links: by an option for that, or as some programs always do.
fn may_follow_links(command: &str) -> bool {
    let words = command.split(|c: char| c.is_whitespace() || "\"'`;|&()<>".contains(c)).filter(|word| !word.is_empty());
    let programs = ["tar", "bsdtar", "zip", "scp", "rsync", "diff", "7z", "ditto", "tree"];
    words.into_iter().any(|word| {
        let long = ["--deref", "--follow", "--copy-links", "--copy-unsafe", "-follow"].iter().any(|option| word.starts_with(option));
        let short = word.strip_prefix('-').is_some_and(|rest| !rest.starts_with('-') && rest.contains(['R', 'L', 'H', 'S']));
        long || short || word.contains('$') || programs.contains(&word.rsplit('/').next().unwrap_or_default())
    })
}

fn is_of_system(path: &Path) -> bool {
    ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/proc", "/sys", "/dev"].iter().any(|system| path.starts_with(system))
}

/// Takes note which of the paths git has as they are. Any doubt leaves a path unknown, which is judged strictly.
fn kept_by_git(root: &Path, paths: &[&str], facts: &mut Facts) {
    if paths.is_empty() || !root.join(".git").exists() || git::has_filters(root) {
        return;
    }
    let ask = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["--literal-pathspecs"].into_iter().chain(arguments.iter().copied()).chain(["--"]).chain(paths.iter().copied()).collect();
        let output = git::run(root, &arguments, b"").ok().filter(|output| output.code == 0)?;
        String::from_utf8(output.stdout).ok()
    };
    let Some(listed) = ask(&["ls-files", "-z", "-s", "-v"]) else { return };
    let Some(status) = ask(&["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored=matching"]) else { return };
    let listed: Vec<(&str, &str)> = listed.split('\0').filter_map(|line| line.split_once('\t')).collect();
    let changed: Vec<&str> = status.split('\0').filter_map(|line| line.get(3..)).map(|path| path.trim_end_matches('/')).collect();
    for path in paths {
        let of_it = |other: &str| other == *path || other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')) || *path == ".";
        let mut below = listed.iter().filter(|(_, name)| of_it(name)).peekable();
        // `H` is an ordinary entry: git was not told to look away. 160000 is a repository of its own, which this one does not have.
        let tracked = below.peek().is_some() && below.all(|(how, _)| how.starts_with("H ") && !how.starts_with("H 160000"));
        let differs = changed.iter().any(|other| of_it(other) || path.strip_prefix(other).is_some_and(|rest| rest.starts_with('/')));
        if let Some(fact) = facts.files.get_mut(*path) {
            fact.tracked = Some(tracked);
            fact.changed = differs;
        }
    }
}

/// The tree, and where in it the agent is.
struct Ground<'a> {
    root: &'a str,
    cwd: &'a str,
}

impl Ground<'_> {
    /// A command with the folders in it that everybody knows.
    fn written_out(&self, command: &str, home: &Path) -> String {
        let home = home.to_string_lossy();
        let known = [("${PWD}", self.cwd), ("$PWD", self.cwd), ("${HOME}", &home), ("$HOME", &home)];
        known.iter().fold(command.to_owned(), |text, (name, folder)| text.replace(name, folder))
    }

    /// Every word of a command that may be a path, and what a pattern may match.
    fn words(&self, command: &str, facts: &mut Facts) {
        let mut budget = ENTRIES;
        let split = |c: char| c.is_whitespace() || "\"'`;|&()<>$={},".contains(c);
        for word in command.split(split).filter(|word| !word.is_empty()).take(WORDS) {
            match word.find(['*', '?', '[']) {
                Some(at) => {
                    let (fixed, pattern) = word.split_at(at);
                    let base = fixed.rsplit_once('/').map_or(".", |(base, _)| if base.is_empty() { "/" } else { base });
                    self.links_below(&self.absolute(base), 1 + pattern.matches('/').count(), &mut budget, facts);
                }
                None => self.look(word, facts),
            }
        }
    }

    /// What is in the files that a command names, and that those name: texts of the tree, to be read as scripts; of all others
    /// what they are, so that a signature is for those and no others.
    fn scripts(&self, command: &str, facts: &mut Facts) {
        let mut waiting = vec![command.to_owned()];
        let mut left = FILES;
        let mut folders = vec![PathBuf::from(self.cwd)];
        while let Some(text) = waiting.pop() {
            let mut before = "";
            for word in text.split(|c: char| c.is_whitespace() || "\"'`;|&()<>$={}".contains(c)).filter(|word| !word.is_empty()) {
                if ENTERS.contains(&std::mem::replace(&mut before, word)) {
                    self.may_be_entered(word, &mut folders);
                }
                for path in folders.iter().map(|folder| cleaned(&folder.join(word))) {
                    let found = if left > 0 { self.script(&path) } else { return };
                    let Some((name, kept)) = found.filter(|(name, _)| !facts.scripts.contains_key(name)) else { continue };
                    left -= 1;
                    waiting.extend(path.starts_with(self.root).then(|| kept.clone()));
                    facts.scripts.insert(name, kept);
                }
            }
        }
    }

    /// A folder of the tree in which what follows may be done: `cd ops && sh now.sh`.
    fn may_be_entered(&self, word: &str, folders: &mut Vec<PathBuf>) {
        let inside = |path: &Path| !self.root.is_empty() && path.starts_with(self.root) && path.is_dir();
        let named: Vec<PathBuf> = folders.iter().map(|folder| cleaned(&folder.join(word))).filter(|path| inside(path) && !folders.contains(path)).collect();
        folders.extend(named);
        folders.truncate(FOLDERS);
    }

    /// The name of a file that may be run, and its text, or in a few words what it is.
    fn script(&self, path: &Path) -> Option<(String, String)> {
        let secret = path.file_name().is_none_or(|name| sandbox::is_secret_name(name.as_encoded_bytes()));
        if secret || is_of_system(path) || !path.is_file() {
            return None;
        }
        let inside = Some(self.root).filter(|root| !root.is_empty()).and_then(|root| path.strip_prefix(root).ok()?.to_str());
        let text = sandbox::read_still(path, super::SCRIPT_LIMIT).ok().and_then(|(bytes, _)| String::from_utf8(bytes).ok());
        Some(match (inside, text) {
            (Some(name), Some(text)) => (name.to_owned(), text),
            _ => (path.to_string_lossy().into_owned(), as_it_is(path)),
        })
    }

    /// What is at a path, and the links that lead to it.
    fn look(&self, path: &str, facts: &mut Facts) {
        let absolute = self.absolute(path);
        let Ok(relative) = absolute.strip_prefix(self.root) else { return };
        if self.root.is_empty() || relative.as_os_str().is_empty() {
            return;
        }
        let parts: Vec<&Path> = relative.ancestors().filter(|part| !part.as_os_str().is_empty()).collect();
        for part in parts.iter().rev() {
            let Some((name, fact)) = part.to_str().and_then(|name| Some((name, fact(&Path::new(self.root).join(part))?))) else { break };
            let is_link = matches!(fact.kind, FileKind::Symlink { .. });
            if is_link || *part == relative {
                facts.files.entry(name.to_owned()).or_insert(fact);
            }
        }
        self.look_around(&absolute, &parts, facts);
    }

    /// What a path leads to through links, and the `HEAD` that tells a repository beside its settings and hooks.
    fn look_around(&self, absolute: &Path, parts: &[&Path], facts: &mut Facts) {
        let heads = parts.iter().filter(|part| part.file_name().is_some_and(|name| ["config", "hooks"].iter().any(|other| name.eq_ignore_ascii_case(other))));
        let heads = heads.filter_map(|part| Some(Path::new(self.root).join(part).parent()?.join("HEAD")));
        let real = absolute.canonicalize().ok().filter(|real| real != absolute);
        for path in heads.chain(real) {
            let name = path.strip_prefix(self.root).ok().and_then(Path::to_str).filter(|name| !name.is_empty()).map(str::to_owned);
            if let Some((name, fact)) = name.zip(fact(&path)) {
                facts.files.entry(name).or_insert(fact);
            }
        }
    }

    /// Links that a pattern may match, so many folders deep. What is too much to look at counts as a link that leads anywhere.
    fn links_below(&self, folder: &Path, depth: usize, budget: &mut usize, facts: &mut Facts) {
        let Ok(relative) = folder.strip_prefix(self.root) else { return };
        let (Some(relative), Ok(entries)) = (relative.to_str(), fs::read_dir(folder)) else { return };
        for entry in entries.flatten() {
            let Some(left) = budget.checked_sub(1) else {
                let anywhere = FileFact { kind: FileKind::Symlink { target: "/".into() }, ..FileFact::default() };
                facts.files.insert(format!("{relative}/*").trim_start_matches('/').to_owned(), anywhere);
                return;
            };
            *budget = left;
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_symlink() || kind.is_file() && entry.metadata().is_ok_and(|data| data.nlink() > 1) {
                let name = path.strip_prefix(self.root).ok().and_then(Path::to_str).map(str::to_owned);
                facts.files.extend(name.zip(fact(&path)));
            } else if kind.is_dir() && depth > 1 {
                self.links_below(&path, depth - 1, budget, facts);
            }
        }
    }

    fn absolute(&self, path: &str) -> PathBuf {
        cleaned(&Path::new(self.cwd).join(path))
    }
}

/// The path without `.` and `..`, as text.
fn cleaned(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(clean.pop()),
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean
}

/// A file in a few words that are others once it is another file.
fn as_it_is(path: &Path) -> String {
    match (sandbox::read_still(path, DIGESTED), fs::metadata(path)) {
        (Ok((bytes, _)), _) => action::Digest::of_bytes(&bytes).to_string(),
        (_, Ok(data)) => format!("{} bytes, inode {}, changed {}.{}", data.len(), data.ino(), data.ctime(), data.ctime_nsec()),
        (_, Err(e)) => e.to_string(),
    }
}

fn fact(path: &Path) -> Option<FileFact> {
    let data = fs::symlink_metadata(path).ok()?;
    let kind = match data.file_type() {
        kind if kind.is_symlink() => FileKind::Symlink { target: fs::read_link(path).ok()?.to_string_lossy().into_owned() },
        kind if kind.is_dir() => FileKind::Directory,
        _ => FileKind::File,
    };
    let size = if data.is_dir() { 0 } else { data.len() };
    let linked = data.is_file() && data.nlink() > 1;
    Some(FileFact { kind, size, linked, ..FileFact::default() })
}

/// What holds such an agent. Settings of agents in homes and trees are protected by their names already.
fn guarded(service: &Office) -> Vec<String> {
    let of_home = [".agents/plugins/countersign", ".config/opencode/plugin/countersign.js"].map(|path| service.home.join(path));
    let of_machine = ["/opt/countersign", "/etc/claude-code", "/etc/codex", "/etc/gemini-cli", "/etc/qwen-code"].map(PathBuf::from);
    let all = of_home.into_iter().chain(of_machine).chain([service.folder.clone()]);
    all.map(|path| path.to_string_lossy().into_owned()).collect()
}

/// Whether git would run a hook here: `Some(false)` only where all places that name one are plain and empty.
fn hooks(root: &Path, home: &Path) -> Option<bool> {
    let texts = [root.join(".git/config"), home.join(".gitconfig"), home.join(".config/git/config"), PathBuf::from("/etc/gitconfig")];
    for path in texts {
        match fs::read_to_string(&path) {
            Ok(text) if ["hookspath", "[include", "fsmonitor"].iter().any(|word| text.to_lowercase().contains(word)) => return None,
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(_) => return None,
        }
    }
    if !root.join(".git").is_dir() {
        return None; // a linked work tree has its hooks elsewhere
    }
    let entries = match fs::read_dir(root.join(".git/hooks")) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Some(false),
        Err(_) => return None,
    };
    for entry in entries {
        let entry = entry.ok()?;
        let runs = entry.metadata().ok()?.permissions().mode() & 0o111 != 0;
        if runs && Path::new(&entry.file_name()).extension().is_none_or(|end| end != "sample") {
            return Some(true);
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests;
