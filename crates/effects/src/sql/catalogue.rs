//! What it is to read a table: rows that somebody keeps, the engine's own lists of what there is, or what opens its doors.
//!
//! Names are facts from the manuals of PostgreSQL 18, MySQL 9, SQLite 3.50, BigQuery and SQL Server 2022, read in 2026.

use action::{Effect, Verb};

use super::{Dialect, Site};

/// Lists of PostgreSQL that hold no rows of anybody's and no text that somebody wrote in a query. They are found before a person's tables.
const OF_POSTGRES: &str = "pg_class pg_tables pg_namespace pg_database pg_roles pg_user pg_group pg_indexes pg_views pg_matviews pg_locks pg_settings pg_type pg_attribute \
    pg_constraint pg_proc pg_extension pg_index pg_sequence pg_sequences pg_available_extensions pg_replication_slots pg_publication pg_publication_tables \
    pg_description pg_trigger pg_policies pg_policy pg_enum pg_am pg_cast pg_collation pg_depend pg_inherits pg_tablespace pg_stat_user_tables pg_stat_all_tables \
    pg_stat_user_indexes pg_stat_all_indexes pg_stat_database pg_stat_bgwriter pg_stat_replication pg_statio_user_tables pg_timezone_names";
/// Those of SQLite, with or without the schema.
const OF_SQLITE: &str = "sqlite_master sqlite_schema sqlite_sequence sqlite_temp_master sqlite_temp_schema sqlite_stat1 dbstat";
/// Passwords, as the server keeps them, and those of other servers.
const SECRET: &str = "pg_shadow pg_authid pg_user_mapping pg_user_mappings pg_subscription sql_logins syslogins sysxlogins";
/// The same in MySQL's schema of that name.
const SECRET_OF_MYSQL: &str = "user global_priv password_history servers slave_master_info proxies_priv";

/// A table is read, whose name is as the engine knows it.
pub(super) fn read(table: &str, site: &Site<'_>) -> Effect {
    let lower = table.to_lowercase();
    let (schema, name) = lower.rsplit_once('.').map_or(("", lower.as_str()), |(schema, name)| (schema.rsplit('.').next().unwrap_or(schema), name));
    let among = |list: &str| list.split_whitespace().any(|known| known == name);
    if among(SECRET) || (schema == "mysql" && among(SECRET_OF_MYSQL)) {
        return site.data(Verb::Read, "secret", table);
    }
    let known = site.sure.then_some(site.dialect);
    let of_engine = match (schema, known) {
        ("information_schema", Some(dialect)) => dialect != Dialect::Sqlite,
        ("pg_catalog" | "", Some(Dialect::Postgres)) => among(OF_POSTGRES),
        ("main" | "temp" | "", Some(Dialect::Sqlite)) => among(OF_SQLITE),
        _ => false,
    };
    if of_engine { site.effect(Verb::Read, "table", table) } else { site.data(Verb::Read, "table", table) }
}

#[cfg(test)]
mod tests;
