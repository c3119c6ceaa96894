//! Statements that put, change and take rows, and queries that write what they find.

use action::{Certainty, Effect, Verb};
use sqlparser::ast::{
    CopySource, CopyTarget, Delete, Expr, FromTable, Ident, Insert, Merge, MergeAction, ObjectName,
    ObjectNamePart, OnConflictAction, OnInsert, Query, SelectInto, SetExpr, SqliteOnConflict, TableFactor, TableObject, TableWithJoins, Truncate,
    Update, UpdateTableFromKind,
};

use super::condition::{Breadth, breadth};
use super::{Dialect, Site};

impl Site<'_> {
    /// How the engine knows a name: what is not quoted is in lower case, but where case counts.
    pub(super) fn folded(&self, ident: &Ident) -> String {
        let keeps = self.sure && matches!(self.dialect, Dialect::Mysql | Dialect::Bigquery);
        let quoted = ident.quote_style.is_some() && !matches!(self.dialect, Dialect::Sqlite | Dialect::Mssql);
        if keeps || quoted { ident.value.clone() } else { ident.value.to_lowercase() }
    }

    /// The same for a name with its schema.
    pub(super) fn named(&self, name: &ObjectName) -> String {
        let parts = name.0.iter().map(|part| match part {
            ObjectNamePart::Identifier(ident) => self.folded(ident),
            ObjectNamePart::Function(_) => "(computed)".into(),
        });
        parts.collect::<Vec<_>>().join(".")
    }

    /// Rows of a table, as many as a condition lets through.
    fn some_rows(&self, verb: Verb, table: &str, breadth: &Breadth) -> Effect {
        let effect = self.effect(verb, "rows", table).noted(breadth.note());
        let effect = Effect { data_bearing: verb != Verb::Update || !matches!(breadth, Breadth::Named(_)), ..effect };
        match (breadth, self.rows(table)) {
            (Breadth::Every(_), Some(rows)) => effect.counted(rows, "rows"),
            (Breadth::Every(_), None) => effect,
            _ => effect.with_certainty(Certainty::AtLeast),
        }
    }
}

/// `DELETE`.
pub(super) fn delete(delete: &Delete, site: &Site<'_>) -> Vec<Effect> {
    let from = match &delete.from {
        FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables) => tables,
    };
    let joined = delete.using.iter().flatten().chain(from);
    let aliases = Aliases::of(joined, site);
    let targets: Vec<String> = if delete.tables.is_empty() {
        let only_first = delete.using.is_none() && from.len() == 1;
        let tables = from.iter().flat_map(|table| if only_first { first(table, site) } else { all(table, site) });
        tables.collect()
    } else {
        delete.tables.iter().map(|name| aliases.resolved(&site.named(name))).collect()
    };
    let joins = from.len() > 1 || delete.using.is_some() || from.iter().any(|table| !table.joins.is_empty());
    let breadth = limited(breadth(delete.selection.as_ref()), delete.limit.as_ref(), joins);
    unknown_if_none(targets, site).iter().map(|table| site.some_rows(Verb::Delete, table, &breadth)).collect()
}

/// `UPDATE`; with joins, any of the tables may be the one.
pub(super) fn update(update: &Update, site: &Site<'_>) -> Vec<Effect> {
    let from = match &update.from {
        Some(UpdateTableFromKind::BeforeSet(tables) | UpdateTableFromKind::AfterSet(tables)) => tables.as_slice(),
        None => &[],
    };
    let aliases = Aliases::of(from.iter(), site);
    let targets: Vec<String> = all(&update.table, site).iter().map(|name| aliases.resolved(name)).collect();
    let joined = !from.is_empty() || !update.table.joins.is_empty();
    let breadth = limited(breadth(update.selection.as_ref()), update.limit.as_ref(), joined);
    let verb = if update.or == Some(SqliteOnConflict::Replace) { Verb::Replace } else { Verb::Update };
    unknown_if_none(targets, site).iter().map(|table| site.some_rows(verb, table, &breadth)).collect()
}

/// A limit or a join leaves of every row some.
fn limited(breadth: Breadth, limit: Option<&Expr>, joined: bool) -> Breadth {
    match breadth {
        Breadth::Every(_) if limit.is_some() => Breadth::Wide("up to a limit"),
        Breadth::Every(_) if joined => Breadth::Wide("every row that is joined"),
        other => other,
    }
}

fn unknown_if_none(tables: Vec<String>, site: &Site<'_>) -> Vec<String> {
    if tables.is_empty() { vec![format!("unknown tables of {}", site.name)] } else { tables }
}

/// `INSERT`, `REPLACE`, with what they do where the row is there already.
pub(super) fn insert(insert: &Insert, site: &Site<'_>) -> Vec<Effect> {
    let mut tables: Vec<String> = match &insert.table {
        TableObject::TableName(name) => vec![site.named(name)],
        TableObject::TableFunction(function) => vec![site.named(&function.name)],
        TableObject::TableQuery(_) => vec!["a query".into()],
    };
    let clauses = insert.multi_table_when_clauses.iter().flat_map(|when| &when.into_clauses);
    let clauses = clauses.chain(&insert.multi_table_into_clauses).chain(insert.multi_table_else_clause.iter().flatten());
    tables.extend(clauses.map(|clause| site.named(&clause.table_name)));
    let count = insert.source.as_deref().and_then(rows_written).or((!insert.assignments.is_empty()).then_some(1));
    let mut effects = Vec::new();
    for table in &tables {
        let mut rows = site.effect(Verb::Create, "rows", table);
        if let Some(count) = count.filter(|_| tables.len() == 1) {
            rows = rows.counted(count, "rows");
        }
        effects.push(rows);
        effects.extend(on_conflict(insert, table, site));
    }
    effects
}

fn on_conflict(insert: &Insert, table: &str, site: &Site<'_>) -> Option<Effect> {
    if insert.overwrite {
        return Some(site.some_rows(Verb::Replace, table, &Breadth::Every("it is written over")));
    }
    if insert.replace_into || insert.or == Some(SqliteOnConflict::Replace) {
        let effect = site.data(Verb::Replace, "rows", table).with_certainty(Certainty::AtLeast);
        return Some(effect.noted("rows of the same key are deleted first"));
    }
    let updates = match insert.on.as_ref()? {
        OnInsert::DuplicateKeyUpdate(_) => true,
        OnInsert::OnConflict(conflict) => matches!(conflict.action, OnConflictAction::DoUpdate(_)),
        _ => true, // the parser's list may grow
    };
    let effect = site.effect(Verb::Update, "rows", table).with_certainty(Certainty::AtLeast);
    updates.then(|| effect.noted("rows of the same key"))
}

/// Rows that are written out.
fn rows_written(query: &Query) -> Option<u64> {
    match query.body.as_ref() {
        SetExpr::Values(values) => u64::try_from(values.rows.len()).ok(),
        _ => None,
    }
}

/// `MERGE`.
pub(super) fn merge(merge: &Merge, site: &Site<'_>) -> Vec<Effect> {
    let table = factor_names(&merge.table, site).into_iter().next().unwrap_or_else(|| "unknown".into());
    let fits = Breadth::Wide("what the merge finds");
    let mut effects = Vec::new();
    for clause in &merge.clauses {
        match &clause.action {
            MergeAction::Insert(_) => effects.push(site.effect(Verb::Create, "rows", &table)),
            MergeAction::Update(update) => {
                effects.push(site.some_rows(Verb::Update, &table, &fits));
                effects.extend(update.delete_predicate.as_ref().map(|_| site.some_rows(Verb::Delete, &table, &fits)));
            }
            MergeAction::Delete { .. } => effects.push(site.some_rows(Verb::Delete, &table, &fits)),
            MergeAction::DoNothing { .. } => {}
        }
    }
    effects
}

/// `TRUNCATE`.
pub(super) fn truncate(truncate: &Truncate, site: &Site<'_>) -> Vec<Effect> {
    let cascade = matches!(truncate.cascade, Some(sqlparser::ast::CascadeOption::Cascade));
    let breadth = if truncate.partitions.is_some() { Breadth::Wide("those of partitions") } else { Breadth::Every("the table is truncated") };
    let effects = truncate.table_names.iter().map(|target| {
        let effect = site.some_rows(Verb::Delete, &site.named(&target.name), &breadth);
        if cascade { effect.with_certainty(Certainty::AtLeast).noted("and of tables that refer to it") } else { effect }
    });
    effects.collect()
}

/// `SELECT … INTO`: a table, or a variable. Into a file no dialect of the parser writes: `unparsed` knows that.
pub(super) fn into(into: &SelectInto, site: &Site<'_>) -> Vec<Effect> {
    let made = into.targets.iter().filter_map(|target| match target {
        Expr::Identifier(name) if name.value.starts_with('@') => None,
        Expr::Identifier(name) => Some(site.folded(name)),
        Expr::CompoundIdentifier(names) => Some(names.iter().map(|name| site.folded(name)).collect::<Vec<_>>().join(".")),
        _ => Some("what is computed".into()),
    });
    made.map(|table| site.effect(Verb::Create, "table", &table).noted("from what a query finds")).collect()
}

/// `COPY`.
pub(super) fn copy(source: &CopySource, to: bool, target: &CopyTarget, site: &Site<'_>) -> Vec<Effect> {
    let table = match source {
        CopySource::Table { table_name, .. } => Some(site.named(table_name)),
        CopySource::Query(_) => None,
    };
    let host = "file of the database's host";
    let mut effects = Vec::new();
    match (to, &table) {
        (true, Some(table)) => effects.push(super::catalogue::read(table, site)),
        (false, Some(table)) => effects.push(site.effect(Verb::Create, "rows", table).with_certainty(Certainty::AtLeast)),
        (_, None) => {}
    }
    match target {
        CopyTarget::Program { command } => {
            let program = command.split_whitespace().next().unwrap_or_default();
            effects.push(site.hidden(Verb::Execute, "program", program).noted("run by the database's host"));
        }
        CopyTarget::File { filename } if to => {
            effects.push(site.data(Verb::Expose, host, filename).noted("written by the server"));
        }
        CopyTarget::File { filename } => effects.push(site.effect(Verb::Read, host, filename)),
        CopyTarget::Stdin | CopyTarget::Stdout => {}
    }
    effects
}

/// The names of a `FROM` and what they stand for.
struct Aliases(Vec<(String, String)>);

impl Aliases {
    fn of<'t>(tables: impl Iterator<Item = &'t TableWithJoins>, site: &Site<'_>) -> Self {
        let mut pairs = Vec::new();
        for table in tables {
            for factor in std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation)) {
                if let TableFactor::Table { name, alias: Some(alias), .. } = factor {
                    pairs.push((site.folded(&alias.name), site.named(name)));
                }
            }
        }
        Self(pairs)
    }

    fn resolved(&self, name: &str) -> String {
        let bare = name.strip_suffix(".*").unwrap_or(name);
        self.0.iter().find(|(alias, _)| alias == bare).map_or_else(|| bare.to_owned(), |(_, table)| table.clone())
    }
}

fn first(table: &TableWithJoins, site: &Site<'_>) -> Vec<String> {
    factor_names(&table.relation, site)
}

fn all(table: &TableWithJoins, site: &Site<'_>) -> Vec<String> {
    let factors = std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation));
    factors.flat_map(|factor| factor_names(factor, site)).collect()
}

fn factor_names(factor: &TableFactor, site: &Site<'_>) -> Vec<String> {
    match factor {
        TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => vec![site.named(name)],
        TableFactor::NestedJoin { table_with_joins, .. } => all(table_with_joins, site),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
