//! Over the statements of a piece, with those that stand within others, their queries and the functions they call.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use action::{Certainty, Effect, Verb};
use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, InTarget, PipeOperator, Query, Select, SetExpr, Statement, TableFactor,
    TableObject, Value, Visit, Visitor,
};
use sqlparser::tokenizer::Location;

use super::{Site, catalogue, data, functions, settings, statement};

/// What the statements touch.
pub(super) fn effects(statements: &[Statement], sql: &str, site: &Site<'_>) -> Vec<Effect> {
    let mut walk = Walk { site, effects: Vec::new(), reads: BTreeSet::new(), scopes: Vec::new(), explained: 0 };
    for statement in statements {
        let ControlFlow::Continue(()) = statement.visit(&mut walk);
    }
    walk.finish(sql)
}

struct Walk<'s, 'f> {
    site: &'s Site<'f>,
    effects: Vec<Effect>,
    /// Tables that are read.
    reads: BTreeSet<String>,
    /// Names that the queries around this place give to queries of their own.
    scopes: Vec<Vec<Named>>,
    /// Explanations around this place that do not run what they explain.
    explained: usize,
}

/// `WITH name AS (…)`.
struct Named {
    name: String,
    /// From where on the name means it: its end, or its beginning where it may name itself.
    from: Location,
}

impl Walk<'_, '_> {
    fn finish(mut self, sql: &str) -> Vec<Effect> {
        let changed: BTreeSet<&str> = self.effects.iter().filter(|e| e.verb != Verb::Read).map(|e| e.resource.name.as_str()).collect();
        let reads: Vec<Effect> =
            self.reads.iter().filter(|table| !changed.contains(table.as_str())).map(|table| catalogue::read(table, self.site)).collect();
        self.effects.extend(reads);
        if self.effects.is_empty() && !sql.trim().is_empty() {
            self.effects.push(self.site.looks());
        }
        self.effects
    }

    /// Notes that a table is read, unless the name is a query's own.
    fn reads(&mut self, name: &sqlparser::ast::ObjectName) {
        let written = self.site.named(name);
        let place = name.0.first().and_then(|part| part.as_ident()).map_or(Location::new(0, 0), |ident| ident.span.start);
        let lower = written.to_lowercase();
        let own = self.scopes.iter().flatten().any(|named| named.name == lower && place > named.from);
        if !own {
            self.reads.insert(written);
        }
    }

    /// Rows of a query's own name are rows of the tables behind it.
    fn through_names(&self, effect: Effect) -> Effect {
        let own = effect.resource.kind == "rows" && self.scopes.iter().flatten().any(|named| named.name == effect.resource.name.to_lowercase());
        if own { effect.with_certainty(Certainty::AtLeast).noted("of the tables behind that name") } else { effect }
    }

    fn call(&mut self, name: &sqlparser::ast::ObjectName, arguments: &[FunctionArg]) {
        let written = self.site.named(name);
        if written.to_lowercase().rsplit('.').next() == Some("set_config") {
            let setting = literal(arguments, 0).unwrap_or_default();
            self.effects.extend(settings::assign(&setting, literal(arguments, 1).as_deref(), settings::Reach::Session, self.site));
            return;
        }
        self.effects.extend(functions::call(&written, self.site));
    }

    fn function(&mut self, function: &Function) {
        let arguments = match &function.args {
            FunctionArguments::List(list) => list.args.as_slice(),
            FunctionArguments::None | FunctionArguments::Subquery(_) => &[],
        };
        self.call(&function.name, arguments);
    }

    /// `TABLE name`, alone or among united queries.
    fn whole_tables(&mut self, body: &SetExpr) {
        let mut parts = vec![body];
        while let Some(part) = parts.pop() {
            match part {
                SetExpr::SetOperation { left, right, .. } => parts.extend([left.as_ref(), right.as_ref()]),
                SetExpr::Table(table) => {
                    let names = table.schema_name.iter().chain(&table.table_name).map(|ident| self.site.folded(ident));
                    self.reads.insert(names.collect::<Vec<_>>().join("."));
                }
                _ => {}
            }
        }
    }

    fn own_names(&mut self, query: &Query) {
        let names = query.with.iter().flat_map(|with| {
            with.cte_tables.iter().map(|table| Named {
                name: self.site.folded(&table.alias.name).to_lowercase(),
                from: if with.recursive { table.alias.name.span.start } else { table.closing_paren_token.0.span.start },
            })
        });
        let names = names.collect();
        self.scopes.push(names);
    }
}

impl Visitor for Walk<'_, '_> {
    type Break = std::convert::Infallible;

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Self::Break> {
        if self.explained == 0 {
            let touched = statement::effects(statement, self.site).into_iter().map(|effect| self.through_names(effect));
            let touched: Vec<Effect> = touched.collect();
            self.effects.extend(touched);
        }
        if statement::only_explains(statement) {
            self.explained += 1;
            self.effects.push(self.site.looks());
        }
        if let Statement::Insert(insert) = statement
            && let TableObject::TableFunction(function) = &insert.table
        {
            self.function(function);
        }
        ControlFlow::Continue(())
    }

    fn post_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Self::Break> {
        if statement::only_explains(statement) {
            self.explained = self.explained.saturating_sub(1);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        self.own_names(query);
        self.whole_tables(&query.body);
        if !query.locks.is_empty() {
            self.effects.push(self.site.kept(Verb::Update, "lock", &self.site.name).noted("locks the rows it reads"));
        }
        for operator in &query.pipe_operators {
            if let PipeOperator::Call { function, .. } = operator {
                self.function(function);
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Self::Break> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Self::Break> {
        if self.explained == 0 {
            self.effects.extend(select.into.iter().flat_map(|into| data::into(into, self.site)));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Self::Break> {
        match factor {
            TableFactor::Table { name, args: None, .. } => self.reads(name),
            TableFactor::Table { name, args: Some(arguments), .. } => self.call(name, &arguments.args),
            TableFactor::Function { name, args, .. } => self.call(name, args),
            TableFactor::SemanticView { name, .. } => self.reads(name),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_value(&mut self, value: &sqlparser::ast::ValueWithSpan) -> ControlFlow<Self::Break> {
        if is_filled_in(&value.value, self.site) {
            self.effects.push(self.site.opaque("psql fills a part in"));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Self::Break> {
        match expr {
            Expr::Function(function) => self.function(function),
            Expr::In { target: InTarget::Table { name, args: None }, .. } => self.reads(name),
            Expr::In { target: InTarget::Table { name, args: Some(arguments) }, .. } => self.call(name, arguments),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// `:name` is a value to a driver and a piece of text to psql, which puts in whatever the name holds.
fn is_filled_in(value: &Value, site: &Site<'_>) -> bool {
    site.dialect == super::Dialect::Postgres && matches!(value, Value::Placeholder(name) if name.starts_with(':'))
}

/// The argument at a place, where it is a text or a word.
fn literal(arguments: &[FunctionArg], at: usize) -> Option<String> {
    match arguments.get(at)? {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value))) => match &value.value {
            Value::SingleQuotedString(text) => Some(text.clone()),
            Value::Boolean(truth) => Some(truth.to_string()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
