//! `countersign gate install` and `uninstall`: an agent's hook set to our script, at the level that holds best.
//!
//! What would change is shown first. What was there is kept in a record beside the script before anything is written; each
//! file is written whole or not at all. A crash in between leaves some files written, and installing or uninstalling again
//! ends it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::home::{Home, launcher};
use crate::screen::{self, BOLD, DIM, Ending, GOOD, Misuse, WARN};
use crate::words;

mod agents;
mod merge;
mod script;

use agents::{Ground, Wanted, What};
use script::Script;
pub(crate) use script::quoted;

/// Agents whose hooks can be set; in lower case, the words of `--for`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Agent {
    Claude,
    Codex,
    Gemini,
    Qwen,
    Goose,
    Opencode,
    Cursor,
    Kiro,
}

/// Where a hook is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// For everybody on the machine, above all other settings.
    Managed,
    /// For one person.
    User,
    /// For one folder.
    Project,
}

/// What is to be done, and where.
pub(crate) struct Request {
    pub(crate) agent: Agent,
    /// The level; the best that the agent has where nobody says.
    pub(crate) level: Option<Level>,
    /// Written below this folder instead of `/`.
    pub(crate) root: Option<PathBuf>,
    pub(crate) service: Home,
    pub(crate) home: PathBuf,
    pub(crate) project: PathBuf,
    pub(crate) dry_run: bool,
    pub(crate) yes: bool,
    pub(crate) json: bool,
}

/// What was there before, kept beside the script until it is put back.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    /// By path without the root: what was there, and what we wrote.
    files: BTreeMap<PathBuf, Kept>,
    wait: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    before: Option<String>,
    after: String,
}

/// One file as it would become; `None`: it would be gone.
struct Step {
    path: PathBuf,
    now: Option<String>,
    then: Option<String>,
}

/// Sets the hook.
pub(crate) fn install(request: &Request, program: &Path, wait: u64, boxed: bool) -> anyhow::Result<Ending> {
    let level = request.level()?;
    if !request.service.is_founded() {
        bail!(Misuse(format!("there is no service in {}\nhint: run `countersign init` first, or name another folder with --home", request.service.folder.display())));
    }
    if boxed && !sandbox::level(&launcher()).is_enough() {
        bail!("this machine can make no box, so --box would let nothing run\nhint: `countersign doctor` says what it lacks; without --box such commands are held");
    }
    let boxed = boxed.then(|| request.agent.way(level));
    let script = request.script(level);
    let old = request.record(&script)?;
    let home = request.owner_home()?;
    let text = Script { agent: request.agent.name(), program, service: &request.service.folder, home: &home, wait, boxed }.text();
    let mut wanted = request.agent.wanted(level, &request.ground(&script, wait));
    wanted.push(Wanted { path: script.clone(), what: What::Whole(text) });
    let (mut steps, mut record) = (Vec::new(), Record { files: BTreeMap::new(), wait });
    for one in &wanted {
        let now = request.read(&one.path)?;
        let then = merge::with_ours(now.as_deref(), &one.what).with_context(|| format!("{} was left as it is", one.path.display()))?;
        // Of what we wrote ourselves, what was there before that counts.
        let before = match old.files.get(&one.path) {
            Some(kept) if now.as_deref() == Some(kept.after.as_str()) => kept.before.clone(),
            Some(kept) if now == kept.before => kept.before.clone(),
            // Rewritten since, ours with it: ours is never what was there before.
            Some(kept) => match &now {
                Some(now) => merge::without_ours(now, kept.before.as_deref(), &one.what).with_context(|| format!("{} was left as it is", one.path.display()))?,
                None => None,
            },
            None => now.clone(),
        };
        record.files.insert(one.path.clone(), Kept { before, after: then.clone() });
        steps.push(Step { path: one.path.clone(), now, then: Some(then) });
    }
    steps.retain(|step| step.now != step.then);
    let done = request.carry_out(&steps, "install", || request.keep(&script, &record))?;
    if done {
        request.tell(level);
    }
    Ok(if done { Ending::Done } else { Ending::NotDone })
}

/// Puts back what was there.
pub(crate) fn uninstall(request: &Request) -> anyhow::Result<Ending> {
    let level = request.level()?;
    let script = request.script(level);
    let record = request.record(&script)?;
    if record.files.is_empty() {
        request.note(DIM, &format!("nothing of ours is installed for {} there", request.agent.name()));
        return Ok(Ending::Done);
    }
    let wanted = request.agent.wanted(level, &request.ground(&script, record.wait));
    let mut steps = Vec::new();
    for (path, kept) in &record.files {
        let now = request.read(path)?;
        let what = wanted.iter().find(|one| one.path == *path).map_or_else(|| What::Whole(kept.after.clone()), |one| one.what.clone());
        let then = match &now {
            Some(now) if *now != kept.after => {
                merge::without_ours(now, kept.before.as_deref(), &what).with_context(|| format!("{} was left as it is", path.display()))?
            }
            Some(_) => kept.before.clone(),
            None => None, // somebody took it away
        };
        steps.push(Step { path: path.clone(), now, then });
    }
    // The script last: until then a hook that is still set finds it.
    steps.sort_by_key(|step| step.path == script);
    steps.retain(|step| step.now != step.then);
    let done = request.carry_out(&steps, "uninstall", || Ok(()))?;
    if done {
        fs::remove_file(request.under_root(&record_path(&script))).ok();
        request.note(GOOD, &format!("✓ {} is asked by nobody here any more at this level", request.agent.name()));
    }
    Ok(if done { Ending::Done } else { Ending::NotDone })
}

fn record_path(script: &Path) -> PathBuf {
    script.with_extension("before.json")
}

impl Request {
    fn level(&self) -> anyhow::Result<Level> {
        let levels = self.agent.levels();
        match self.level {
            None => levels.first().copied().context("an agent without a level"),
            Some(level) if levels.contains(&level) => Ok(level),
            Some(_) => {
                let words: Vec<&str> = levels.iter().map(|level| level.word()).collect();
                bail!(Misuse(format!("{} runs no hook at that level; it has: {}", self.agent.name(), words.join(", "))))
            }
        }
    }

    /// Where the script is; one for each agent and level, so that each can be taken away by itself.
    fn script(&self, level: Level) -> PathBuf {
        match level {
            Level::Managed => PathBuf::from(format!("/opt/countersign/gate-{}", self.agent.name())),
            Level::User => self.service.folder.join(format!("gate/{}-user", self.agent.name())),
            Level::Project => {
                let name = action::Digest::of_bytes(self.project.as_os_str().as_encoded_bytes()).short();
                let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
                self.service.folder.join(format!("gate/{}-{name}", self.agent.name()))
            }
        }
    }

    fn ground<'a>(&'a self, script: &'a Path, wait: u64) -> Ground<'a> {
        Ground { home: &self.home, project: &self.project, script, wait }
    }

    /// The home of whoever owns the service: who installs for everybody is often somebody else.
    fn owner_home(&self) -> anyhow::Result<PathBuf> {
        let owner = fs::metadata(&self.service.folder)?.uid();
        if owner == rustix::process::getuid().as_raw() {
            return Ok(self.home.clone());
        }
        let users = fs::read_to_string("/etc/passwd").context("/etc/passwd cannot be read")?;
        let found = users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields.get(2).is_some_and(|uid| *uid == owner.to_string()));
        let home = found.and_then(|fields| fields.get(5).map(PathBuf::from));
        home.with_context(|| format!("the home of user {owner}, who owns {}, is not known", self.service.folder.display()))
    }

    fn under_root(&self, path: &Path) -> PathBuf {
        match &self.root {
            Some(root) => root.join(path.strip_prefix("/").unwrap_or(path)),
            None => path.to_path_buf(),
        }
    }

    fn read(&self, path: &Path) -> anyhow::Result<Option<String>> {
        let place = self.under_root(path);
        match fs::read(&place) {
            Ok(bytes) => Ok(Some(String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8 and was left as it is", place.display()))?)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e).with_context(|| format!("{} cannot be read", place.display())),
        }
    }

    fn record(&self, script: &Path) -> anyhow::Result<Record> {
        let path = record_path(script);
        match self.read(&path)? {
            Some(text) => serde_json::from_str(&text).with_context(|| format!("{} cannot be read, so what was there before is not known", path.display())),
            None => Ok(Record::default()),
        }
    }

    /// Durable before the first file is written: what was there before can be put back from here on.
    fn keep(&self, script: &Path, record: &Record) -> anyhow::Result<()> {
        self.write(&record_path(script), &serde_json::to_string_pretty(record)?, 0o600)
    }

    /// Shows the steps, asks, and takes them. False where nobody said yes.
    fn carry_out(&self, steps: &[Step], word: &str, first: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<bool> {
        if steps.is_empty() {
            self.note(DIM, "nothing would change: it is so already");
            return Ok(true);
        }
        for step in steps.iter().filter(|_| self.json) {
            screen::json(&json!({"event": word, "path": self.under_root(&step.path), "before": step.now, "after": step.then, "dry_run": self.dry_run}));
        }
        for step in steps.iter().filter(|_| !self.json) {
            screen::say_in(BOLD, &format!("{}{}", self.under_root(&step.path).display(), if step.then.is_none() { "  (taken away)" } else { "" }));
            let (now, then) = (step.now.as_deref().unwrap_or_default(), step.then.as_deref().unwrap_or_default());
            words::unified(now, then).iter().for_each(|line| screen::say(&format!("  {line}")));
        }
        if self.dry_run {
            self.note(DIM, "a dry run: nothing was changed");
            return Ok(true);
        }
        let yes = || !self.json && crate::terminal_desk::is_there() && matches!(crate::terminal_desk::line(&format!("{word} this? [y]es, [n]o: ")).as_deref(), Some("y" | "yes"));
        if !self.yes && !yes() {
            self.note(WARN, "‖ nothing was changed; `--yes` says yes where there is no terminal");
            return Ok(false);
        }
        first()?;
        for step in steps {
            match &step.then {
                Some(text) => self.write(&step.path, text, if text.starts_with("#!") { 0o755 } else { 0o644 })?,
                None => fs::remove_file(self.under_root(&step.path)).with_context(|| format!("{} cannot be taken away", step.path.display()))?,
            }
        }
        Ok(true)
    }

    /// A line for a person.
    fn note(&self, style: anstyle::Style, line: &str) {
        if !self.json {
            screen::say_in(style, line);
        }
    }

    /// Whole or not at all; through a link to where the file really is, with the mode that it had.
    fn write(&self, path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
        let place = self.under_root(path);
        let place = place.canonicalize().unwrap_or(place);
        let folder = place.parent().context("a file without a folder")?;
        let cannot = || format!("{} cannot be written{}", place.display(), if self.root.is_none() { "\nhint: for everybody on this machine it takes root; `--user` sets it for you" } else { "" });
        fs::create_dir_all(folder).with_context(cannot)?;
        let mode = fs::metadata(&place).map_or(mode, |found| found.mode() & 0o7777);
        let mut file = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
        file.write_all(text.as_bytes()).with_context(cannot)?;
        file.as_file().set_permissions(fs::Permissions::from_mode(mode)).with_context(cannot)?;
        file.as_file().sync_all().with_context(cannot)?;
        file.persist(&place).with_context(cannot)?;
        Ok(())
    }

    /// What it is worth. There is no word for "safe" here: each of these lines is a way round it.
    fn tell(&self, level: Level) {
        if self.dry_run {
            return;
        }
        if self.json {
            return screen::json(&json!({"event": "installed", "agent": self.agent.name(), "level": level.word(), "switches": self.agent.switches(level)}));
        }
        screen::say_in(GOOD, &format!("✓ {} asks countersign before each tool ({} level)", self.agent.name(), level.word()));
        screen::say("what can still switch it off:");
        self.agent.switches(level).iter().for_each(|switch| screen::say(&format!("  - {switch}")));
        if self.agent.levels().contains(&Level::Managed) && level != Level::Managed {
            screen::say_in(WARN, "‖ at this level it informs more than it holds: `--managed` holds better");
        }
    }
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::User => "user",
            Self::Project => "project",
        }
    }
}

#[cfg(test)]
mod tests;
