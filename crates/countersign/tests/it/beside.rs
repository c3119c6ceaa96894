//! A ledger file that somebody wrote in: the rows beside the entries, and what `ledger verify` says of it.

use testkit::World;

use super::{done, shell, turn, world, write};

fn worked() -> World {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.enrol("ben", &["engineer"]);
    world.run(&[turn("", &[write("a.txt", "two\n"), shell("true")]), done()], &[]).must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    world.call("ana", &["stop", "--all"]).must_succeed();
    world
}

fn tampered(world: &World, sql: &str) {
    rusqlite::Connection::open(world.service().join("ledger.sqlite")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn the_rows_beside_an_honest_ledger_are_as_its_entries_say() {
    let world = worked();
    world.call("ana", &["ledger", "verify"]).must_succeed().must_say("every hash, permit and signature holds");
}

/// Each row is one that some reader goes by: a stop, an answer, what comes once.
#[test]
fn a_hidden_or_planted_row_is_named_with_its_place() {
    let table = [
        ("DELETE FROM subject WHERE name = 'stops'", "table `subject`, `stops`: the row is missing"),
        ("DELETE FROM subject WHERE name = 'people' AND idx = (SELECT max(idx) FROM subject WHERE name = 'people')", "table `subject`, `people`: the row is missing"),
        ("DELETE FROM once WHERE key = (SELECT max(key) FROM once WHERE key LIKE 'begun:%')", "table `once`, `begun:"),
        ("DELETE FROM once WHERE key = 'governed:1'", "table `once`, `governed:1`: the row is missing"),
        ("UPDATE once SET idx = 0 WHERE key = 'governed:1'", "the row leads to entry 0"),
        ("INSERT INTO subject VALUES ('mcp-trusts', 1)", "beside entry 1, table `subject`, `mcp-trusts`: the row should not be there"),
        ("INSERT INTO once VALUES ('governed:9', 1)", "table `once`, `governed:9`: the row should not be there"),
    ];
    let world = worked();
    let file = world.service().join("ledger.sqlite");
    tampered(&world, "PRAGMA wal_checkpoint(TRUNCATE)");
    let good = std::fs::read(&file).unwrap();
    for (sql, named) in table {
        tampered(&world, sql);
        let said = world.call("ana", &["ledger", "verify"]);
        said.must_end_with(1).must_say(named).must_say("rows beside them 1 are astray").must_say("hint: put the ledger back from a copy");
        tampered(&world, "PRAGMA wal_checkpoint(TRUNCATE)");
        std::fs::write(&file, &good).unwrap();
    }
    world.call("ana", &["ledger", "verify"]).must_succeed();
}
