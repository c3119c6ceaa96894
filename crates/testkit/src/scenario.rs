//! Stories as data: a folder with a `scenario.toml` and the recorded turns of a model, played through the real program.
//!
//! Reading is strict: an unknown field, a person nobody enrolled or a file that is not there is an error that names the
//! scenario and the step, before anything is started. In texts `{{tree}}` is the project, `{{home}}` the person's home,
//! `{{world}}` the folder of it all, `{{scenario}}` the scenario's own, `{{id NAME}}` an intent that a step remembered, and `{{production/eu}}` the place of that environment.
//! Nothing outside a temporary folder is touched; every scenario ends with the ledger verified, in place and as an export.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Table;

mod ledger;
mod play;
mod stage;

pub(crate) use stage::copy;

/// A story that has been read and can be played, any number of times.
#[derive(Debug)]
pub struct Scenario {
    name: String,
    folder: PathBuf,
    setting: Setting,
    steps: Vec<Step>,
}

/// Why a scenario cannot be read or did not hold. Its text names the scenario and the step.
#[derive(Debug)]
pub struct Failure {
    scenario: String,
    place: String,
    why: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "scenario `{}`, {}: {}", self.scenario, self.place, self.why)
    }
}

impl std::error::Error for Failure {}

/// The name of the file that makes a folder a scenario.
pub const FILE: &str = "scenario.toml";

impl Scenario {
    /// Reads the scenario in a folder.
    ///
    /// # Errors
    /// If there is none, or anything in it is not understood.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let failure = |place: &str, why: String| Failure { scenario: name.clone(), place: place.to_owned(), why };
        let text = fs::read_to_string(folder.join(FILE)).map_err(|e| failure(FILE, e.to_string()))?;
        let mut table: Table = text.parse().map_err(|e: toml::de::Error| failure(FILE, e.to_string()))?;
        let steps = table.remove("step").unwrap_or_else(|| toml::Value::Array(Vec::new()));
        let setting: Setting = table.try_into().map_err(|e: toml::de::Error| failure(FILE, e.to_string()))?;
        let tables: Vec<Table> = steps.try_into().map_err(|e: toml::de::Error| failure(FILE, e.to_string()))?;
        let mut read = Vec::new();
        for (number, table) in (1..).zip(tables) {
            let step = Step::read(number, table).map_err(|(place, why)| failure(&place, why))?;
            setting.check(folder, &step.deed).map_err(|why| failure(&step.place(), why))?;
            read.push(step);
        }
        setting.check_itself(folder, &read).map_err(|why| failure(FILE, why))?;
        Ok(Self { name, folder: folder.to_path_buf(), setting, steps: read })
    }

    /// The folder's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Plays it with this program, in a world of its own.
    ///
    /// # Errors
    /// The first thing that did not hold, with the step.
    pub fn play(&self, program: &Path) -> Result<(), Failure> {
        play::play(self, program).map_err(|(place, why)| Failure { scenario: self.name.clone(), place, why })
    }
}

/// Everything but the steps.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    /// What happens, in two sentences.
    story: String,
    /// The row of the incident table or of the bypass table that it comes from.
    from: String,
    /// Whether the project is under git.
    #[serde(default = "yes")]
    git: bool,
    /// Programs of the machine that the story needs.
    #[serde(default)]
    needs: Vec<String>,
    /// Who is enrolled beside ana, who founds every world and is engineer, owner and admin.
    #[serde(default)]
    people: BTreeMap<String, Vec<String>>,
    /// Further keys, nobody's yet: `{{world}}/NAME.key` and `NAME.key.pub`.
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    project: Project,
    /// Files of the person's home.
    #[serde(default)]
    home: BTreeMap<String, String>,
    #[serde(default)]
    environment: Vec<Place>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Project {
    /// A folder of the scenario whose files the project begins with.
    folder: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Symbolic links: name to target.
    #[serde(default)]
    links: BTreeMap<String, String>,
    /// Packages of Node that are there as if they had been installed.
    #[serde(default)]
    packages: Vec<String>,
}

/// An environment that is a folder of the world.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    name: String,
    tier: String,
    /// Below the world.
    path: String,
    /// Folders below the world that hold recovery points; each begins with a copy of the environment.
    #[serde(default)]
    recovery: Vec<String>,
    /// A folder of the scenario whose files it begins with.
    folder: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// SQLite databases, each made from this SQL.
    #[serde(default)]
    databases: BTreeMap<String, String>,
}

impl Setting {
    fn check_itself(&self, folder: &Path, steps: &[Step]) -> Result<(), String> {
        let sentences = self.story.trim().split_terminator(". ").count();
        if !(1..=4).contains(&sentences) || self.story.trim().is_empty() {
            return Err("`story` is to be about two sentences".to_owned());
        }
        if self.from.trim().is_empty() {
            return Err("`from` is to name the row that the story comes from".to_owned());
        }
        if self.people.contains_key("ana") {
            return Err("`people.ana`: ana founds every world; name the others only".to_owned());
        }
        let folders = self.project.folder.iter().chain(self.environment.iter().filter_map(|place| place.folder.as_ref()));
        for name in folders {
            if !folder.join(name).is_dir() {
                return Err(format!("there is no folder `{name}`"));
            }
        }
        if !steps.iter().any(|step| matches!(step.deed, Deed::Run(_))) {
            return Err("no step runs an agent, so there is no story".to_owned());
        }
        if !steps.iter().any(|step| matches!(step.deed, Deed::Judged(_) | Deed::Expect(_))) {
            return Err("no step expects anything, so the story cannot fail".to_owned());
        }
        Ok(())
    }

    /// What a step names has to exist.
    fn check(&self, folder: &Path, deed: &Deed) -> Result<(), String> {
        let person = match deed {
            Deed::Run(run) => {
                if !folder.join(&run.model).is_file() {
                    return Err(format!("there is no recording `{}`", run.model));
                }
                Some(&run.person)
            }
            Deed::Sign(at) | Deed::Refuse(at) | Deed::Show(at) | Deed::Stop(at) => Some(&at.person),
            Deed::Call(call) => Some(&call.person),
            Deed::Edit(_) | Deed::Git(_) | Deed::Sql(_) | Deed::Judged(_) | Deed::Expect(_) => None,
        };
        match person {
            Some(person) if person != "ana" && !self.people.contains_key(person) => Err(format!("nobody has enrolled `{person}`")),
            Some(_) | None => Ok(()),
        }
    }
}

/// One step: its number, and what is done.
#[derive(Debug)]
struct Step {
    number: usize,
    word: String,
    deed: Deed,
}

#[derive(Debug)]
enum Deed {
    Run(Run),
    Sign(At),
    Refuse(At),
    Show(At),
    Stop(At),
    Call(Call),
    Edit(Edit),
    Git(Git),
    Sql(Sql),
    Judged(Judged),
    Expect(Box<Expect>),
}

impl Step {
    fn read(number: usize, mut table: Table) -> Result<Self, (String, String)> {
        let here = format!("step {number}");
        let Some(toml::Value::String(word)) = table.remove("do") else {
            return Err((here, "`do` says what is done, and is missing".to_owned()));
        };
        let deed = match word.as_str() {
            "run" => rest(table).map(Deed::Run),
            "sign" => rest(table).map(Deed::Sign),
            "refuse" => rest(table).map(Deed::Refuse),
            "show" => rest(table).map(Deed::Show),
            "stop" => rest(table).map(Deed::Stop),
            "call" => rest(table).map(Deed::Call),
            "edit" => rest(table).map(Deed::Edit),
            "git" => rest(table).map(Deed::Git),
            "sql" => rest(table).map(Deed::Sql),
            "judged" => rest(table).map(Deed::Judged),
            "expect" => rest(table).map(|expect| Deed::Expect(Box::new(expect))),
            _ => Err("a step does one of run, sign, refuse, show, stop, call, edit, git, sql, judged, expect".to_owned()),
        };
        let step = |deed| Self { number, word: word.clone(), deed };
        deed.map(step).map_err(|why| (format!("{here} ({word})"), why))
    }

    fn place(&self) -> String {
        format!("step {} ({})", self.number, self.word)
    }
}

fn rest<T: DeserializeOwned>(table: Table) -> Result<T, String> {
    table.try_into().map_err(|e: toml::de::Error| e.message().to_owned())
}

/// What a call of the program is to end with and to say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Said {
    code: i32,
    says: Vec<String>,
    never: Vec<String>,
}

/// A headless run of a prompt. Exit code 1: something is held.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    #[serde(rename = "as", default = "ana")]
    person: String,
    prompt: String,
    #[serde(default = "model")]
    model: String,
    #[serde(default)]
    flags: Vec<String>,
    /// Where it is called, below the world; the project by default.
    #[serde(default = "project")]
    folder: String,
    #[serde(default)]
    expect: Said,
}

/// A person at an intent: the one held of a kind of deed, or one that was remembered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    #[serde(rename = "as", default = "ana")]
    person: String,
    held: Option<String>,
    id: Option<String>,
    /// Keeps the held one's id under this name.
    remember: Option<String>,
    /// Only for `refuse`.
    #[serde(default = "no_reason")]
    why: String,
    /// Only for `show`: texts of the agent, which may stand below the claims line only.
    #[serde(default)]
    claims: Vec<String>,
    #[serde(default)]
    expect: Said,
}

/// Any other command of the program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    #[serde(rename = "as", default = "ana")]
    person: String,
    arguments: Vec<String>,
    #[serde(default)]
    expect: Said,
}

/// A person edits by hand; exactly one of the three.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// Below the world.
    path: String,
    write: Option<String>,
    link: Option<String>,
    #[serde(default)]
    delete: bool,
}

/// Git in the project, as the person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Git {
    arguments: Vec<String>,
    /// All that it is to print, without white space around it.
    prints: Option<String>,
}

/// Somebody else changes a database meanwhile.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sql {
    /// Below the world.
    database: String,
    run: String,
}

/// What the ledger says of the intents of a kind: each that fits has to be as told, and there have to be `times` of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Judged {
    /// `land`, `shell`, `write`, …; `rehearse` for a command on a copy of an environment, `change` for what would land there.
    deed: String,
    /// Only those whose deed contains this text.
    about: Option<String>,
    /// Only those at this stage.
    stage: Option<String>,
    #[serde(default = "one")]
    times: usize,
    /// `permit`, `hold` or `refuse`.
    decision: Option<String>,
    /// Who must sign: people, peers, owners.
    quorum: Option<(u64, u64, u64)>,
    /// Rules that spoke.
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    not_rules: Vec<String>,
    /// Texts that an effect line contains.
    #[serde(default)]
    lines: Vec<String>,
    /// Texts that none does.
    #[serde(default)]
    not_lines: Vec<String>,
    /// Who has signed, in order.
    signed_by: Option<Vec<String>>,
}

/// How the world is. Paths are below the world.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Expect {
    /// Exactly these contents.
    files: BTreeMap<String, String>,
    /// Files and folders as they were when the scenario began.
    unchanged: Vec<String>,
    absent: Vec<String>,
    rows: Vec<Rows>,
    /// Kinds of what waits for a signature, in any order.
    inbox: Option<Vec<String>>,
    /// Texts that are nowhere in the ledger's blobs.
    not_kept: Vec<String>,
}

/// The one number that a query gives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    database: String,
    query: String,
    is: i64,
}

fn yes() -> bool {
    true
}

fn one() -> usize {
    1
}

fn ana() -> String {
    "ana".to_owned()
}

fn model() -> String {
    "model.jsonl".to_owned()
}

fn project() -> String {
    "project".to_owned()
}

fn no_reason() -> String {
    "not like this".to_owned()
}

#[cfg(test)]
mod tests;
