//! What one statement does by itself. Those within it, its queries and the functions it calls are walked to on their own.

use action::{Certainty, Effect, Reversibility, Verb};
use sqlparser::ast::{CreateFunction, CreateTable, DiscardObject, DropBehavior, FlushType, ObjectName, ObjectType, Statement};

use super::{Site, alter, data, rights, settings};

/// Whether it explains a statement without running it.
pub(super) fn only_explains(statement: &Statement) -> bool {
    match statement {
        Statement::Explain { analyze, options, .. } => {
            !analyze && !options.iter().flatten().any(|option| option.name.value.eq_ignore_ascii_case("analyze"))
        }
        _ => false,
    }
}

/// What it does.
pub(super) fn effects(statement: &Statement, site: &Site<'_>) -> Vec<Effect> {
    match statement {
        // Their tables and functions are walked to.
        Statement::Query(_)
        | Statement::Explain { .. }
        | Statement::ExplainTable { .. }
        | Statement::If(_)
        | Statement::While(_)
        | Statement::Case(_)
        | Statement::Print(_)
        | Statement::Return(_)
        | Statement::Assert { .. } => Vec::new(),
        Statement::Insert(insert) => data::insert(insert, site),
        Statement::Update(update) => data::update(update, site),
        Statement::Delete(delete) => data::delete(delete, site),
        Statement::Merge(merge) => data::merge(merge, site),
        Statement::Truncate(truncate) => data::truncate(truncate, site),
        Statement::Copy { source, to, target, .. } => data::copy(source, *to, target, site),
        Statement::LoadData { table_name, overwrite, .. } => {
            let rows = site.named(table_name);
            let read = site.effect(Verb::Read, "file of the database's host", &site.name);
            let replaced = overwrite.then(|| site.data(Verb::Replace, "rows", &rows));
            [site.effect(Verb::Create, "rows", &rows).with_certainty(Certainty::AtLeast), read].into_iter().chain(replaced).collect()
        }
        Statement::ExportData(_) | Statement::Unload { .. } => {
            vec![site.data(Verb::Expose, "data", &site.name).noted("exported to a place outside of the database")]
        }
        _ => drops(statement, site).or_else(|| creates(statement, site)).or_else(|| runs(statement, site)).unwrap_or_else(|| rest(statement, site)),
    }
}

/// Statements that end things.
fn drops(statement: &Statement, site: &Site<'_>) -> Option<Vec<Effect>> {
    let cascades = |behavior: &Option<DropBehavior>| *behavior == Some(DropBehavior::Cascade);
    Some(match statement {
        Statement::Drop { object_type, names, cascade, table, .. } => {
            let on = table.as_ref().map(|table| site.named(table));
            names.iter().flat_map(|name| drop(*object_type, name, on.as_deref(), *cascade, site)).collect()
        }
        Statement::DropFunction(drop) => {
            let names = drop.func_desc.iter().map(|desc| site.named(&desc.name));
            names.map(|name| gone("function", &name, cascades(&drop.drop_behavior), site)).collect()
        }
        Statement::DropProcedure { proc_desc, drop_behavior, .. } => {
            proc_desc.iter().map(|desc| gone("procedure", &site.named(&desc.name), cascades(drop_behavior), site)).collect()
        }
        Statement::DropTrigger(drop) => {
            let name = site.named(&drop.trigger_name);
            vec![site.effect(Verb::DisableProtection, "trigger", &name).noted("dropped: what it kept or checked is not any more")]
        }
        Statement::DropPolicy(drop) => {
            let name = format!("{} on {}", site.folded(&drop.name), site.named(&drop.table_name));
            vec![site.effect(Verb::DisableProtection, "row policy", &name).noted("dropped")]
        }
        Statement::DropRule(drop) => vec![site.effect(Verb::DisableProtection, "rule", &site.folded(&drop.name)).noted("dropped")],
        Statement::DropExtension(drop) => {
            let cascade = drop.cascade_or_restrict == Some(sqlparser::ast::ReferentialAction::Cascade);
            drop.names.iter().map(|name| gone("extension", &site.folded(name), cascade, site)).collect()
        }
        Statement::DropDomain(drop) => vec![gone("domain", &site.named(&drop.name), cascades(&drop.drop_behavior), site)],
        Statement::DropConnector { name, .. } => vec![gone("connector", &site.folded(name), false, site)],
        Statement::DropSecret { name, .. } => vec![gone("secret", &site.folded(name), false, site)],
        Statement::DropOperator(_) | Statement::DropOperatorFamily(_) | Statement::DropOperatorClass(_) => {
            vec![gone("operator", &site.name, true, site)]
        }
        _ => return None,
    })
}

fn drop(kind: ObjectType, name: &ObjectName, on: Option<&str>, cascade: bool, site: &Site<'_>) -> Vec<Effect> {
    let name = site.named(name);
    let lost = |kind: &str| site.data(Verb::Delete, kind, &name);
    let effect = match kind {
        ObjectType::Table => match site.rows(&name) {
            Some(rows) => lost("table").counted(rows, "rows"),
            None => lost("table"),
        },
        ObjectType::Database => lost("database").noted("with all that is in it"),
        ObjectType::Schema => lost("schema"),
        ObjectType::MaterializedView => gone("materialized view", &name, false, site),
        ObjectType::View => gone("view", &name, false, site),
        ObjectType::Index => {
            let name = on.map_or_else(|| name.clone(), |table| format!("{name} on {table}"));
            gone("index", &name, false, site).noted("what it kept unique is not any more")
        }
        ObjectType::Role | ObjectType::User | ObjectType::Group => gone("role", &name, false, site),
        ObjectType::Sequence => lost("sequence"),
        ObjectType::ForeignTable => gone("foreign table", &name, false, site),
        ObjectType::Stage => lost("stage"),
        ObjectType::Type => gone("type", &name, false, site),
        ObjectType::Collation => gone("collation", &name, false, site),
        ObjectType::Stream | ObjectType::Warehouse => gone("warehouse", &name, false, site),
    };
    if !cascade {
        return vec![effect];
    }
    vec![cascading(Effect { data_bearing: true, ..effect })]
}

fn cascading(effect: Effect) -> Effect {
    effect.with_certainty(Certainty::AtLeast).noted("and whatever depends on it")
}

/// The end of something that holds no rows itself.
fn gone(kind: &str, name: &str, cascade: bool, site: &Site<'_>) -> Effect {
    let effect = site.effect(Verb::Delete, kind, name);
    // What goes along may be tables.
    if cascade { cascading(Effect { data_bearing: true, ..effect }) } else { effect }
}

/// Statements that make things.
fn creates(statement: &Statement, site: &Site<'_>) -> Option<Vec<Effect>> {
    let new = |kind: &str, name: &str| vec![site.effect(Verb::Create, kind, name)];
    Some(match statement {
        Statement::CreateTable(create) => table(create, site),
        Statement::CreateView(create) => {
            let name = site.named(&create.name);
            let verb = if create.or_replace || create.or_alter { Verb::Replace } else { Verb::Create };
            vec![site.effect(verb, if create.materialized { "materialized view" } else { "view" }, &name)]
        }
        Statement::CreateIndex(create) => new("index", &create.name.as_ref().map_or_else(|| site.named(&create.table_name), |name| site.named(name))),
        Statement::CreateVirtualTable { name, .. } => new("table", &site.named(name)),
        Statement::CreateSchema { schema_name, or_replace, .. } => {
            let name = schema_name.to_string();
            let lost = or_replace.then(|| site.data(Verb::Delete, "schema", &name).noted("replaced"));
            new("schema", &name).into_iter().chain(lost).collect()
        }
        Statement::CreateDatabase { db_name, or_replace, .. } => {
            let name = site.named(db_name);
            let lost = or_replace.then(|| site.data(Verb::Delete, "database", &name).noted("replaced"));
            new("database", &name).into_iter().chain(lost).collect()
        }
        Statement::CreateSequence { name, .. } => new("sequence", &site.named(name)),
        Statement::CreateType { name, .. } => new("type", &site.named(name)),
        Statement::CreateDomain(create) => new("domain", &site.named(&create.name)),
        Statement::CreateCollation(create) => new("collation", &site.named(&create.name)),
        Statement::CreatePolicy(create) => {
            let name = format!("{} on {}", site.folded(&create.name), site.named(&create.table_name));
            vec![site.effect(Verb::Grant, "row policy", &name).noted("lets roles see or change rows")]
        }
        Statement::CreateFunction(create) => function(create, site),
        Statement::CreateProcedure { name, or_alter, .. } => vec![routine("procedure", &site.named(name), *or_alter, site)],
        Statement::CreateTrigger(create) => {
            let name = format!("{} on {}", site.named(&create.name), site.named(&create.table_name));
            vec![routine("trigger", &name, create.or_replace || create.or_alter, site)]
        }
        Statement::CreateRule(create) => vec![routine("rule", &site.folded(&create.name), create.or_replace, site)],
        Statement::CreateMacro { name, or_replace, .. } => vec![routine("macro", &site.named(name), *or_replace, site)],
        Statement::CreateExtension(create) => {
            let effect = site.effect(Verb::Create, "extension", &site.folded(&create.name));
            vec![effect.with_certainty(Certainty::AtLeast).noted("its code runs in the server")]
        }
        Statement::CreateServer(create) => vec![site.effect(Verb::Create, "foreign server", &site.named(&create.name))],
        Statement::CreateForeignTable(create) => new("foreign table", &site.named(&create.name)),
        Statement::CreateUserMapping(create) => vec![site.effect(Verb::Grant, "foreign server", &site.folded(&create.server_name))],
        Statement::CreateForeignDataWrapper(create) => {
            vec![site.hidden(Verb::Execute, "foreign data wrapper", &site.folded(&create.name)).noted("code that runs in the server")]
        }
        Statement::CreateOperator(_)
        | Statement::CreateOperatorFamily(_)
        | Statement::CreateOperatorClass(_)
        | Statement::CreateAggregate(_)
        | Statement::CreateTextSearch(_) => vec![site.effect(Verb::Create, "operator or aggregate", &site.name).with_certainty(Certainty::AtLeast)],
        _ => return None,
    })
}

fn table(create: &CreateTable, site: &Site<'_>) -> Vec<Effect> {
    let name = site.named(&create.name);
    if create.or_replace {
        let effect = site.data(Verb::Replace, "table", &name).noted("the one that is there is dropped");
        return vec![match site.rows(&name) {
            Some(rows) => effect.counted(rows, "rows"),
            None => effect,
        }];
    }
    let effect = site.effect(Verb::Create, "table", &name);
    vec![if create.temporary { effect.noted("temporary") } else { effect }]
}

fn function(create: &CreateFunction, site: &Site<'_>) -> Vec<Effect> {
    let name = site.named(&create.name);
    let language = create.language.as_ref().map(|language| language.value.to_lowercase()).unwrap_or_default();
    let sandboxed = ["", "sql", "plpgsql", "js", "tsql"].contains(&language.as_str());
    if !sandboxed || create.remote_connection.is_some() || create.using.is_some() {
        return vec![site.hidden(Verb::Execute, "function", &name).noted("code outside of the database's own language")];
    }
    let definer = matches!(create.security, Some(sqlparser::ast::FunctionSecurity::Definer));
    let made = routine("function", &name, create.or_replace || create.or_alter, site);
    let grant = definer.then(|| site.effect(Verb::Grant, "function", &name).noted("whoever calls it has its owner's rights"));
    std::iter::once(made).chain(grant).collect()
}

/// Something that is run later, by others.
fn routine(kind: &str, name: &str, replaces: bool, site: &Site<'_>) -> Effect {
    let verb = if replaces { Verb::Replace } else { Verb::Create };
    site.effect(verb, kind, name).with_certainty(Certainty::AtLeast).noted("what it does when it is run is not all in the text")
}

/// Statements that run what the text does not have.
fn runs(statement: &Statement, site: &Site<'_>) -> Option<Vec<Effect>> {
    let hidden = |kind: &str, name: &str, why: &str| vec![site.hidden(Verb::Execute, kind, name).noted(why)];
    Some(match statement {
        Statement::Call(function) => hidden("procedure", &site.named(&function.name), "what it does is not in the text"),
        Statement::Execute { name: Some(name), immediate: false, .. } => {
            let written = site.named(name);
            if written.contains("xp_cmdshell") {
                return Some(hidden("program", "of the database's host", "run by the server"));
            }
            hidden("procedure", &written, "what it does is not in the text")
        }
        Statement::Execute { .. } => hidden("statement", &site.name, "a text that is put together when it runs"),
        Statement::Load { .. } | Statement::Install { .. } => hidden("extension", &site.name, "loads code"),
        Statement::AttachDatabase { schema_name, .. } => hidden("database", &site.folded(schema_name), "another database is attached"),
        Statement::AttachDuckDBDatabase { .. } => hidden("database", &site.name, "another database is attached"),
        Statement::Kill { .. } => vec![site.effect(Verb::Delete, "session", &site.name).noted("ends what somebody runs")],
        Statement::RaisError { .. } | Statement::Raise(_) | Statement::Throw(_) | Statement::WaitFor(_) => vec![site.looks()],
        Statement::Declare { .. } | Statement::Open(_) | Statement::Close { .. } | Statement::Fetch { .. } => vec![site.looks()],
        Statement::Prepare { .. } => vec![site.looks()],
        _ => return None,
    })
}

/// MySQL's own, which no other database has as a setting's name.
fn resets_the_server(text: &str) -> bool {
    let what = text.split_whitespace().nth(1).unwrap_or_default().to_ascii_uppercase();
    ["MASTER", "REPLICA", "SLAVE", "BINARY", "PERSIST", "QUERY"].contains(&what.trim_end_matches(';'))
}

/// Changes of what is there, rights, the session, care.
fn rest(statement: &Statement, site: &Site<'_>) -> Vec<Effect> {
    let cares = |kind: &str, name: &str| vec![site.kept(Verb::Update, kind, name).noted("its storage or its statistics, not its data")];
    let whole = |name: &Option<ObjectName>| if name.is_some() { "table" } else { "database" };
    let named = |name: &Option<ObjectName>| name.as_ref().map_or_else(|| site.name.clone(), |name| site.named(name));
    match statement {
        Statement::Set(set) => settings::set(set, site),
        Statement::Pragma { name, value, .. } => {
            let value = value.as_ref().map(|value| settings::text(&value.value));
            settings::pragma(&name.to_string(), value.as_deref(), site)
        },
        Statement::Reset(_) if resets_the_server(&statement.to_string()) => {
            let mut effect = site.effect(Verb::Delete, "binary logs", &site.name).that_is(Reversibility::Irreversible);
            effect.data_bearing = true;
            vec![effect.noted("the way back in time, and where replicas are")]
        }
        Statement::Reset(_) => vec![site.looks().noted("settings as the server has them")],
        Statement::Use(_) => vec![site.looks().noted("what follows is about another one")],
        Statement::StartTransaction { .. } | Statement::Commit { .. } | Statement::Savepoint { .. } | Statement::ReleaseSavepoint { .. } => {
            vec![site.looks()]
        }
        Statement::Rollback { .. } => vec![site.looks().noted("what is rolled back is judged as if it stayed")],
        Statement::Analyze(analyze) => cares(whole(&analyze.table_name), &named(&analyze.table_name)),
        Statement::Vacuum(vacuum) => cares(whole(&vacuum.table_name), &named(&vacuum.table_name)),
        Statement::OptimizeTable { name, .. } => cares("table", &site.named(name)),
        Statement::RefreshMaterializedView(refresh) => cares("materialized view", &site.named(&refresh.name)),
        Statement::Comment { object_name, .. } => vec![site.kept(Verb::Update, "comment", &site.named(object_name))],
        Statement::Lock(lock) => lock.tables.iter().map(|target| locked(&site.named(&target.name), site)).collect(),
        Statement::LockTables { tables } => tables.iter().map(|target| locked(&site.folded(&target.table), site)).collect(),
        Statement::UnlockTables | Statement::Deallocate { .. } | Statement::LISTEN { .. } | Statement::UNLISTEN { .. } => vec![site.looks()],
        Statement::NOTIFY { channel, .. } => vec![site.kept(Verb::Update, "channel", &site.folded(channel))],
        Statement::Discard { object_type } => match object_type {
            DiscardObject::TEMP | DiscardObject::ALL => vec![site.data(Verb::Delete, "table", "temporary tables of the session")],
            DiscardObject::PLANS | DiscardObject::SEQUENCES => vec![site.looks()],
        },
        Statement::Flush { object_type, .. } => match object_type {
            FlushType::Privileges => vec![site.effect(Verb::Grant, "role", &site.name).noted("rights are read anew")],
            _ => cares("server", &site.name),
        },
        Statement::RenameTable(tables) => {
            tables.iter().map(|one| site.kept(Verb::Update, "table", &site.named(&one.old_name)).noted("another name")).collect()
        }
        _ if shows(statement) => vec![site.looks()],
        _ => alter::effects(statement, site).or_else(|| rights::effects(statement, site)).unwrap_or_else(|| vec![site.opaque("an unusual statement")]),
    }
}

fn locked(table: &str, site: &Site<'_>) -> Effect {
    site.kept(Verb::Update, "lock", table).noted("others wait")
}

fn shows(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::ShowFunctions { .. }
            | Statement::ShowVariable { .. }
            | Statement::ShowStatus { .. }
            | Statement::ShowVariables { .. }
            | Statement::ShowCreate { .. }
            | Statement::ShowColumns { .. }
            | Statement::ShowCatalogs { .. }
            | Statement::ShowDatabases { .. }
            | Statement::ShowProcessList { .. }
            | Statement::ShowSchemas { .. }
            | Statement::ShowCharset(_)
            | Statement::ShowObjects(_)
            | Statement::ShowTables { .. }
            | Statement::ShowViews { .. }
            | Statement::ShowCollation { .. }
    )
}

#[cfg(test)]
mod tests;
