//! Settings: which of them take a protection away, which change what the rest of the text means, which only concern the session.

use action::{Certainty, Effect, Verb};
use sqlparser::ast::{ContextModifier, Expr, ObjectName, Set, SetSessionParamKind, Value};

use super::Site;

/// What setting something does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// Takes a protection away where the value is one of these.
    Guards(&'static str),
    /// Gives a protection up with any value but these.
    GuardsUnless(&'static str),
    /// What follows is read otherwise.
    Reading,
    /// Code is loaded, or run later.
    Code,
    /// Concerns the session alone.
    Session,
}

const OFF: &str = "0 off false no n f";
const ON: &str = "1 on true yes y t";

/// By name, in lower case. `SET x = @old` and whatever else is no plain value counts as taking away.
fn weight(name: &str) -> Weight {
    match name {
        "foreign_keys" | "foreign_key_checks" | "unique_checks" | "row_security" | "sql_safe_updates" | "sql_log_bin" | "super_read_only"
        | "read_only" | "transaction_read_only" | "default_transaction_read_only" | "session_read_only" | "query_only" | "cell_size_check" | "fsync"
        | "full_page_writes" | "synchronous_commit" | "check_function_bodies" | "require_secure_transport" | "ssl" | "log_bin" | "innodb_flush_log_at_trx_commit"
        | "sync_binlog" | "autovacuum" | "archive_mode" | "require_partition_filter" => Weight::GuardsUnless(ON),
        "ignore_check_constraints" | "writable_schema" | "trusted_schema" | "allow_system_table_mods" | "zero_damaged_pages" | "ignore_system_indexes"
        | "ignore_checksum_failure" | "local_infile" | "log_bin_trust_function_creators" | "legacy_alter_table" | "reverse_unordered_selects"
        | "ignore_invalid_pages" | "skip_grant_tables" | "old_passwords" => Weight::GuardsUnless(OFF),
        "session_replication_role" => Weight::GuardsUnless("origin default"),
        "synchronous" => Weight::Guards("0 off"),
        "journal_mode" => Weight::Guards("off memory"),
        "log_statement" | "log_connections" | "log_disconnections" | "pgaudit.log" | "audit_log_policy" | "general_log" | "slow_query_log" => {
            Weight::GuardsUnless("1 on all mod ddl true")
        }
        "general_log_file" | "slow_query_log_file" | "log_directory" | "log_filename" | "log_error" | "archive_command" | "restore_command" | "init_connect"
        | "init_file" | "event_scheduler" | "local_preload_libraries" | "session_preload_libraries" | "shared_preload_libraries"
        | "dynamic_library_path" | "ssl_passphrase_command" | "archive_cleanup_command" | "recovery_end_command" | "archive_library" => Weight::Code,
        "sql_mode" | "standard_conforming_strings" | "backslash_quote" | "quoted_identifier" | "parseonly" | "noexec" => Weight::Reading,
        _ => Weight::Session,
    }
}

/// How far a setting reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// This session.
    Session,
    /// Everybody on the server.
    Server,
}

/// What setting `name` to `value` touches; `value` is absent where it is no plain one.
pub(super) fn assign(name: &str, value: Option<&str>, reach: Reach, site: &Site<'_>) -> Vec<Effect> {
    let lower = name.trim_start_matches('@').to_lowercase();
    let short = lower.strip_prefix("session.").or(lower.strip_prefix("global.")).or(lower.strip_prefix("persist.")).unwrap_or(&lower);
    let among = |list: &str| value.is_some_and(|value| list.split_whitespace().any(|one| value.trim().eq_ignore_ascii_case(one)));
    let setting = |verb: Verb| site.effect(verb, "setting", short);
    let effect = match weight(short) {
        Weight::Guards(off) if among(off) || value.is_none() => setting(Verb::DisableProtection),
        Weight::GuardsUnless(on) if !among(on) => setting(Verb::DisableProtection),
        Weight::Code => site.hidden(Verb::Execute, "setting", short).noted("names code to run, or a file to write"),
        Weight::Reading => site.opaque("changes how the statements after it are read"),
        Weight::Guards(_) | Weight::GuardsUnless(_) | Weight::Session if reach == Reach::Server => setting(Verb::Update).noted("for everybody"),
        Weight::Guards(_) | Weight::GuardsUnless(_) | Weight::Session => site.looks(),
    };
    vec![effect]
}

/// `SET …`.
pub(super) fn set(set: &Set, site: &Site<'_>) -> Vec<Effect> {
    let reach = |scope: Option<ContextModifier>, name: &ObjectName| {
        let name = name.to_string().to_lowercase();
        let global = scope == Some(ContextModifier::Global) || name.contains("global.") || name.contains("persist");
        if global { Reach::Server } else { Reach::Session }
    };
    match set {
        Set::SingleAssignment { scope, variable, values, .. } => {
            let value = values.first().filter(|_| values.len() == 1).and_then(plain);
            assign(&variable.to_string(), value.as_deref(), reach(*scope, variable), site)
        }
        Set::MultipleAssignments { assignments } => assignments
            .iter()
            .flat_map(|one| assign(&one.name.to_string(), plain(&one.value).as_deref(), reach(one.scope, &one.name), site))
            .collect(),
        Set::ParenthesizedAssignments { variables, .. } => {
            variables.iter().flat_map(|name| assign(&name.to_string(), None, reach(None, name), site)).collect()
        }
        Set::SetSessionAuthorization(_) | Set::SetRole { .. } => {
            vec![site.effect(Verb::Grant, "session", &site.name).noted("goes on as somebody else")]
        }
        Set::SetSessionParam(SetSessionParamKind::Generic(generic)) => {
            generic.names.iter().flat_map(|name| assign(name, Some(&generic.value), Reach::Session, site)).collect()
        }
        Set::SetSessionParam(_) | Set::SetTimeZone { .. } | Set::SetNames { .. } | Set::SetNamesDefault {} => vec![site.looks()],
        Set::SetTransaction { .. } => vec![site.looks()],
    }
}

/// `PRAGMA name = value`, of SQLite.
pub(super) fn pragma(name: &ObjectName, value: Option<&Value>, site: &Site<'_>) -> Vec<Effect> {
    let written = name.to_string().to_lowercase();
    let short = written.rsplit('.').next().unwrap_or(&written);
    let text = value.map(text);
    match (short, &text) {
        ("incremental_vacuum" | "optimize" | "wal_checkpoint" | "shrink_memory", _) => {
            vec![site.effect(Verb::Update, "database", &site.name).noted("its storage, not its data")]
        }
        ("user_version" | "application_id" | "schema_version" | "data_store_directory" | "temp_store_directory" | "page_size" | "auto_vacuum", Some(_)) => {
            vec![site.effect(Verb::Update, "setting", short)]
        }
        ("key" | "rekey" | "hexkey" | "hexrekey", _) => vec![site.data(Verb::Update, "database", &site.name).noted("its key")],
        (_, Some(value)) => assign(short, Some(value), Reach::Session, site),
        (_, None) => vec![site.looks()],
    }
}

/// A server's settings: `ALTER SYSTEM SET …` and other texts of which only the name is known.
pub(super) fn server(name: &str, site: &Site<'_>) -> Vec<Effect> {
    assign(name, None, Reach::Server, site).into_iter().map(|effect| effect.with_certainty(Certainty::AtLeast)).collect()
}

/// A value as one word.
fn plain(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Value(value) => Some(text(&value.value)),
        Expr::Identifier(name) if !name.value.starts_with('@') => Some(name.value.clone()),
        Expr::Nested(inner) => plain(inner),
        _ => None,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Boolean(truth) => if *truth { "on" } else { "off" }.into(),
        Value::Number(digits, _) => digits.clone(),
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => text.clone(),
        Value::Placeholder(_) => String::new(),
        other => other.to_string(),
    }
}


#[cfg(test)]
mod tests;
