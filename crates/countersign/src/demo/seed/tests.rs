#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use super::*;

fn seeded() -> (tempfile::TempDir, u64) {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    fs::create_dir_all(project.join("app/deep")).unwrap();
    fs::write(project.join("app/index.html"), "<p>hi").unwrap();
    fs::write(project.join("app/deep/a.mjs"), "export {}").unwrap();
    let rows = seed(&folder.path().join("env"), &project).unwrap();
    (folder, rows)
}

fn one<T: rusqlite::types::FromSql>(folder: &tempfile::TempDir, sql: &str) -> T {
    let store = Connection::open(folder.path().join("env/data/costs.db")).unwrap();
    store.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn it_has_exactly_so_many_rows_over_thirteen_whole_months() {
    let (folder, rows) = seeded();
    assert_eq!(rows, 48_211);
    assert_eq!(one::<i64>(&folder, "SELECT count(*) FROM cost"), 48_211);
    assert_eq!(one::<i64>(&folder, "SELECT count(DISTINCT day) FROM cost"), 396);
    assert_eq!(one::<i64>(&folder, "SELECT count(DISTINCT substr(day, 1, 7)) FROM cost"), 13);
    assert_eq!(one::<String>(&folder, "SELECT min(day) || ' ' || max(day) FROM cost"), "2024-12-01 2025-12-31");
    assert_eq!(one::<i64>(&folder, "SELECT count(*) FROM (SELECT DISTINCT service, region FROM cost)"), 18);
    assert!(one::<i64>(&folder, "SELECT min(amount_micros) FROM cost") > 0);
    assert_eq!(one::<String>(&folder, "PRAGMA integrity_check"), "ok");
}

#[test]
fn it_is_the_same_everywhere() {
    let (one_folder, _) = seeded();
    let (other, _) = seeded();
    let sum = "SELECT sum(amount_micros * (id % 1009 + 1)) FROM cost";
    assert_eq!(one::<i64>(&one_folder, sum), one::<i64>(&other, sum));
    assert_eq!(one::<i64>(&one_folder, "SELECT sum(amount_micros) FROM cost"), TOTAL);
}

/// Computed once; another number means that the demo shows other costs than its documentation.
const TOTAL: i64 = 562_262_168_354;

#[test]
fn the_page_is_laid_with_its_folders() {
    let (folder, _) = seeded();
    assert_eq!(fs::read(folder.path().join("env/app/deep/a.mjs")).unwrap(), b"export {}");
    assert_eq!(fs::read(folder.path().join("env/app/index.html")).unwrap(), b"<p>hi");
    let names: Vec<_> = fs::read_dir(folder.path().join("env/data")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["costs.db"], "nothing half is left");
}

#[test]
fn data_that_is_there_is_never_written_over() {
    let (folder, _) = seeded();
    let store = folder.path().join("env/data/costs.db");
    let before = fs::read(&store).unwrap();
    let error = seed(&folder.path().join("env"), &folder.path().join("project")).unwrap_err();
    assert!(error.to_string().contains("there already"), "{error}");
    assert_eq!(fs::read(&store).unwrap(), before);
}

#[test]
fn what_a_crash_left_is_replaced_and_a_missing_project_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    assert!(seed(&folder.path().join("env"), &project).unwrap_err().to_string().contains("app"));
    fs::create_dir_all(project.join("app")).unwrap();
    fs::create_dir_all(folder.path().join("env/data")).unwrap();
    fs::write(folder.path().join("env/data/.costs.db.unfinished"), "half").unwrap();
    assert_eq!(seed(&folder.path().join("env"), &project).unwrap(), ROWS);
}
