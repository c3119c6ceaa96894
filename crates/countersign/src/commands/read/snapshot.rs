//! What is known of places that are not here: the rows of a database, the head of a state file. Given by a person, read once; no value
//! of either is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use effects::StateFact;
use effects::sql::{Database, Dialect};
use serde::Deserialize;

use super::Args;
use crate::screen::{Misuse, Outside};
use crate::words;

/// Bytes of a state file or of a list of rows that are read.
const MOST_BYTES: u64 = 256 << 20;

/// The snapshots that were named.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    pub dialect: Option<Dialect>,
    pub database: Database,
    /// Rows by table.
    pub tables: BTreeMap<String, u64>,
    pub state: Option<StateFact>,
    pub recorded: Option<StateFact>,
    /// What is said of plan files, by what they are called where a command would run.
    pub plans: Vec<(PathBuf, String)>,
}

impl Snapshot {
    pub(super) fn read(args: &Args) -> anyhow::Result<Self> {
        let mut snapshot = Self { dialect: args.dialect.map(super::DialectWord::dialect), ..Self::default() };
        if let Some(database) = &args.database {
            snapshot.of_database(database)?;
        }
        if let Some(path) = &args.rows {
            let rows = serde_json::from_str(&text(path)?).map_err(|e| not(path, "a JSON object of numbers by table", &e))?;
            snapshot.tables.extend::<BTreeMap<String, u64>>(rows);
        }
        snapshot.state = args.state.as_deref().map(state).transpose()?;
        snapshot.recorded = args.recorded_state.as_deref().map(state).transpose()?;
        for (plan, file) in &args.shown {
            snapshot.plans.push((plan.clone(), text(file)?));
        }
        Ok(snapshot)
    }

    /// An SQLite file is counted; of a server only its address is taken.
    fn of_database(&mut self, database: &str) -> anyhow::Result<()> {
        let path = Path::new(database);
        if path.symlink_metadata().is_err() {
            let Some((found, dialect)) = Database::of_url(database) else {
                bail!(Misuse(format!("`{}` is no file and no address of a database", words::safe(database.split('@').next_back().unwrap_or_default()))));
            };
            (self.database, self.dialect) = (found, self.dialect.or(dialect));
            return Ok(());
        }
        let path = path.canonicalize().with_context(|| format!("`{}` cannot be read", words::safe(database))).map_err(Outside)?;
        let scratch = tempfile::tempdir().context("a scratch folder cannot be made").map_err(Outside)?;
        self.tables = agent::rows_by_table(&path, scratch.path()).map_err(|e| Misuse(e.to_string()))?;
        self.database = Database::in_file(&path.to_string_lossy());
        self.dialect = self.dialect.or(Some(Dialect::Sqlite));
        Ok(())
    }
}

/// A state file of Terraform or OpenTofu, format 4, as far as it is taken.
#[derive(Deserialize)]
struct State {
    version: u64,
    lineage: String,
    serial: u64,
    #[serde(default)]
    resources: Vec<StateResource>,
}

#[derive(Deserialize)]
struct StateResource {
    module: Option<String>,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(default)]
    instances: Vec<serde::de::IgnoredAny>,
}

fn state(path: &Path) -> anyhow::Result<StateFact> {
    let state: State = serde_json::from_str(&text(path)?).map_err(|e| not(path, "a state file of Terraform or OpenTofu", &e))?;
    if state.version != 4 {
        bail!(Misuse(format!("`{}` is a state file of version {}, and only version 4 is known", words::safe(&path.display().to_string()), state.version)));
    }
    let mut resources = BTreeMap::new();
    for resource in state.resources.iter().filter(|resource| resource.mode == "managed") {
        let module = resource.module.as_deref().map(|module| format!("{}.", effects::without_instances(module))).unwrap_or_default();
        *resources.entry(format!("{module}{}.{}", resource.kind, resource.name)).or_insert(0) += resource.instances.len() as u64;
    }
    Ok(StateFact { lineage: state.lineage, serial: state.serial, resources })
}

fn text(path: &Path) -> anyhow::Result<String> {
    let shown = words::safe(&path.display().to_string());
    let unread = |why: String| Misuse(format!("`{shown}` cannot be read: {why}"));
    let size = std::fs::metadata(path).map_err(|e| unread(e.to_string()))?.len();
    if size > MOST_BYTES {
        bail!(unread(format!("it is larger than {} MiB", MOST_BYTES >> 20)));
    }
    Ok(std::fs::read_to_string(path).map_err(|e| unread(e.to_string()))?)
}

/// Where a file is not what it should be; the parser's place is told, the text there is not.
fn not(path: &Path, what: &str, error: &serde_json::Error) -> Misuse {
    Misuse(format!("`{}` is not {what} (line {}, column {})", words::safe(&path.display().to_string()), error.line(), error.column()))
}

#[cfg(test)]
mod tests;
