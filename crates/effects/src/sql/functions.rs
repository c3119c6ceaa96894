//! Functions that statements call: those that only compute, those that do something, and all others, of which the text does not
//! say what they do.
//!
//! Names and what they do are facts from the manuals of PostgreSQL 18, MySQL 9, SQLite 3.50, BigQuery and SQL Server 2022, read in 2026.

use action::{Certainty, Effect, Verb};

use super::Site;

mod pure;

/// What a call touches; nothing where it only computes.
pub(super) fn call(written: &str, site: &Site<'_>) -> Vec<Effect> {
    let lower = written.to_lowercase();
    let (schema, name) = lower.rsplit_once('.').map_or(("", lower.as_str()), |(schema, name)| (schema, name));
    let builtin = matches!(schema, "" | "pg_catalog" | "sys" | "safe" | "information_schema");
    if builtin && pure::is_pure(name) {
        return Vec::new();
    }
    if schema_is_pure(schema, name) {
        return Vec::new();
    }
    // Some of them are extensions, which people install in schemas of their own.
    if let Some(effect) = known(schema, name, site) {
        return vec![effect];
    }
    let effect = site.effect(Verb::Execute, "function", written).with_certainty(Certainty::AtLeast);
    vec![effect.noted("what it does is not in the text")]
}

/// Functions of BigQuery that stand in families.
fn schema_is_pure(schema: &str, name: &str) -> bool {
    let names = match schema {
        "net" => "host ip_from_string ip_net_mask ip_to_string ip_trunc ipv4_from_int64 ipv4_to_int64 public_suffix reg_domain safe_ip_from_string",
        "keys" => "keyset_length keyset_to_json keyset_from_json",
        "hll_count" => "init merge merge_partial extract",
        _ => return false,
    };
    names.split_whitespace().any(|known| known == name)
}

fn known(schema: &str, name: &str, site: &Site<'_>) -> Option<Effect> {
    let database = site.name.as_str();
    let opaque = |verb: Verb, kind: &str, why: &str| Some(site.hidden(verb, kind, name).noted(why));
    let plain = |verb: Verb, kind: &str, why: &str| Some(site.effect(verb, kind, database).noted(format!("by the function {name}: {why}")));
    let losing = |verb: Verb, kind: &str, why: &str| Some(site.data(verb, kind, database).noted(format!("by the function {name}: {why}")));
    match (schema, name) {
        ("cron", _) => opaque(Verb::Execute, "function", "a statement is run later"),
        ("net" | "http", _) => opaque(Verb::Expose, "function", "sends a request"),
        ("aws_s3" | "aws_lambda" | "azure_storage", _) => opaque(Verb::Expose, "function", "moves data to or from a cloud"),
        (_, "pg_terminate_backend" | "pg_cancel_backend") => plain(Verb::Delete, "session", "ends what somebody runs"),
        (_, "pg_read_file" | "pg_read_binary_file" | "load_file" | "readfile" | "pg_file_read" | "lo_import" | "fsdir" | "zipfile") => {
            opaque(Verb::Read, "file of the database's host", "reads a file, whose name may be computed")
        }
        (_, "pg_ls_dir" | "pg_stat_file" | "pg_ls_logdir" | "pg_ls_waldir" | "pg_ls_tmpdir" | "pg_ls_archive_statusdir" | "pg_current_logfile") => {
            plain(Verb::Read, "file of the database's host", "looks at files")
        }
        (_, "lo_export" | "writefile" | "pg_file_write" | "pg_file_rename" | "pg_file_sync") => {
            losing(Verb::Update, "file of the database's host", "writes a file")
        }
        (_, "pg_file_unlink") => losing(Verb::Delete, "file of the database's host", "deletes a file"),
        (_, "lo_unlink") => losing(Verb::Delete, "large object", "deletes it"),
        (_, "lo_put" | "lowrite" | "lo_truncate" | "lo_truncate64") => losing(Verb::Update, "large object", "writes over it"),
        (_, "lo_create" | "lo_creat" | "lo_from_bytea") => plain(Verb::Create, "large object", "makes one"),
        (_, "pg_reload_conf" | "pg_rotate_logfile" | "pg_switch_wal" | "pg_promote" | "pg_wal_replay_pause" | "pg_wal_replay_resume") => {
            plain(Verb::Update, "server", "steers the server")
        }
        (_, "pg_drop_replication_slot") => losing(Verb::Delete, "replication slot", "drops it"),
        (_, "pg_replication_slot_advance" | "pg_logical_slot_get_changes" | "pg_logical_slot_get_binary_changes") => {
            losing(Verb::Update, "replication slot", "takes changes from it")
        }
        (_, "setval") => losing(Verb::Update, "sequence", "sets it"),
        (_, "nextval") => Some(site.kept(Verb::Update, "sequence", database).noted("takes the next number")),
        (_, "pg_notify" | "pg_logical_emit_message") => plain(Verb::Update, "channel", "tells those who listen"),
        (_, "pg_stat_reset" | "pg_stat_reset_shared" | "pg_stat_statements_reset" | "pg_stat_reset_single_table_counters") => {
            plain(Verb::Delete, "statistics", "resets them")
        }
        (_, "heap_force_kill" | "heap_force_freeze" | "pg_truncate_visibility_map" | "drop_chunks") => losing(Verb::Delete, "rows", "takes rows away"),
        (_, "load_extension" | "fts3_tokenizer") => opaque(Verb::Execute, "function", "loads code"),
        (_, "sys_exec" | "sys_eval" | "sys_set" | "edit") => opaque(Verb::Execute, "function", "runs a program"),
        (_, "openrowset" | "openquery" | "opendatasource" | "external_query") => opaque(Verb::Opaque, "function", "reaches another server"),
        _ if name.starts_with("dblink") => opaque(Verb::Opaque, "function", "reaches another database"),
        _ if name.starts_with("xp_") => opaque(Verb::Execute, "function", "reaches out of the database"),
        _ if name.starts_with("http_") || name.starts_with("lo_") || runs_a_query(name) => opaque(Verb::Opaque, "function", "runs what it is given"),
        _ => None,
    }
}

/// Functions that run a text as a query.
fn runs_a_query(name: &str) -> bool {
    let names = "query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml ts_stat ts_rewrite crosstab crosstab2 crosstab3 crosstab4 \
                 crosstabn connectby xpath_table eval run_command_on_workers run_command_on_all_nodes run_command_on_shards pg_background_launch \
                 http exec_sql execute_sql sp_executesql";
    names.split_whitespace().any(|known| known == name)
}

#[cfg(test)]
mod tests;
