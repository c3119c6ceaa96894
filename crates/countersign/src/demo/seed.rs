//! Thirteen months of costs for one region, the same rows on every machine, and the page that shows them.
//!
//! The database is written beside its place and renamed when it is whole and durable: a crash leaves none, or all of it.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use jiff::civil::{Date, date};
use rusqlite::{Connection, params};

/// How many rows a region begins with.
pub(crate) const ROWS: u64 = 48_211;

/// The first day; the last one is 2025-12-31.
const FIRST_DAY: Date = date(2024, 12, 1);
const DAYS: u64 = 396;

/// What is paid for, and what a row of it costs on average, in micro-dollars.
const SERVICES: [(&str, u64); 9] = [
    ("compute", 41_300_000),
    ("container-cluster", 12_750_000),
    ("database", 27_900_000),
    ("functions", 1_940_000),
    ("load-balancing", 3_260_000),
    ("log-storage", 2_480_000),
    ("network-transfer", 8_115_000),
    ("object-storage", 6_620_000),
    ("queues", 735_000),
];
const REGIONS: [&str; 2] = ["region-1", "region-2"];

const SCHEMA: &str = "
    CREATE TABLE cost (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,               -- YYYY-MM-DD
        service TEXT NOT NULL,
        region TEXT NOT NULL,
        amount_micros INTEGER NOT NULL   -- millionths of a dollar
    );
    CREATE INDEX cost_by_day ON cost (day, service);";

/// Makes `data/costs.db` with [`ROWS`] rows in an environment's folder and lays the project's `app/` into it.
///
/// Gives the number of rows that are really there. An environment that has data already is left as it is, with an error.
pub(crate) fn seed(env_dir: &Path, project_dir: &Path) -> anyhow::Result<u64> {
    let data = env_dir.join("data");
    let store = data.join("costs.db");
    anyhow::ensure!(!store.exists(), "`{}` is there already", store.display());
    fs::create_dir_all(&data).with_context(|| format!("cannot make `{}`", data.display()))?;
    copy(&project_dir.join("app"), &env_dir.join("app"))?;
    let unfinished = data.join(".costs.db.unfinished");
    if unfinished.exists() {
        fs::remove_file(&unfinished).context("what an earlier try left cannot be removed")?;
    }
    let rows = fill(&unfinished).with_context(|| format!("cannot fill `{}`", unfinished.display()))?;
    fs::rename(&unfinished, &store).with_context(|| format!("cannot make `{}`", store.display()))?;
    fs::File::open(&data).and_then(|folder| folder.sync_all()).context("the new database may not be durable")?;
    Ok(rows)
}

fn fill(path: &Path) -> rusqlite::Result<u64> {
    let mut store = Connection::open(path)?;
    store.execute_batch(SCHEMA)?;
    let transaction = store.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO cost (day, service, region, amount_micros) VALUES (?1, ?2, ?3, ?4)")?;
        let mut dice = Dice(20_251_201);
        let mut day = (0, FIRST_DAY);
        for i in 0..ROWS {
            let number = i * DAYS / ROWS; // days in order, each with its share of the rows
            if number != day.0 {
                day = (number, day.1.tomorrow().unwrap_or(day.1));
            }
            let (service, region, amount) = dice.row();
            insert.execute(params![day.1.to_string(), service, region, amount])?;
        }
    }
    transaction.commit()?;
    let rows: i64 = store.query_row("SELECT count(*) FROM cost", [], |row| row.get(0))?;
    store.close().map_err(|(_, e)| e)?;
    Ok(u64::try_from(rows).unwrap_or(0))
}

/// A linear congruential generator (Knuth, MMIX): the same rows everywhere, for ever.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<T: Copy, const N: usize>(&mut self, of: [T; N]) -> Option<T> {
        let at = self.throw(N as u64);
        of.get(usize::try_from(at).ok()?).copied()
    }

    fn row(&mut self) -> (&'static str, &'static str, i64) {
        let (service, usual) = self.pick(SERVICES).unwrap_or(("compute", 1));
        let region = self.pick(REGIONS).unwrap_or("region-1");
        let amount = usual / 2 + self.throw(usual); // between half and one and a half of what is usual
        (service, region, i64::try_from(amount).unwrap_or(i64::MAX))
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make `{}`", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read `{}`", from.display()))? {
        let entry = entry.with_context(|| format!("cannot read `{}`", from.display()))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().with_context(|| format!("cannot read `{}`", source.display()))?.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target).with_context(|| format!("cannot copy `{}`", source.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
