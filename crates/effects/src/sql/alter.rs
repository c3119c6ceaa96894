//! `ALTER`: which changes of a table lose data or take a protection away, and which only rename and add.

use action::{Certainty, Effect, Verb};
use sqlparser::ast::{
    AlterColumnOperation, AlterSchemaOperation, AlterTable, AlterTableOperation, AlterTableType, AlterViewOperation, ColumnOption, DataType,
    RenameTableNameKind, Statement,
};

use super::Site;

/// What it changes; nothing where the statement is no such one.
pub(super) fn effects(statement: &Statement, site: &Site<'_>) -> Option<Vec<Effect>> {
    let changes = |kind: &str, name: &str| vec![site.effect(Verb::Update, kind, name)];
    Some(match statement {
        Statement::AlterTable(alter) => table(alter, site),
        Statement::AlterView(alter) => match alter.operation {
            AlterViewOperation::OwnerTo(_) => vec![site.effect(Verb::Grant, "view", &site.named(&alter.name)).noted("another owner")],
            _ => changes("view", &site.named(&alter.name)),
        },
        Statement::AlterIndex { name, .. } => changes("index", &site.named(name)),
        Statement::AlterSchema(alter) => {
            let name = site.named(&alter.name);
            let owner = alter.operations.iter().any(|operation| matches!(operation, AlterSchemaOperation::OwnerTo { .. }));
            if owner { vec![site.effect(Verb::Grant, "schema", &name).noted("another owner")] } else { changes("schema", &name) }
        }
        Statement::AlterType(alter) => changes("type", &site.named(&alter.name)),
        Statement::AlterCollation(alter) => changes("collation", &site.named(&alter.name)),
        Statement::AlterTrigger(alter) => changes("trigger", &site.folded(&alter.name)),
        Statement::AlterPolicy(alter) => {
            let name = format!("{} on {}", site.folded(&alter.name), site.named(&alter.table_name));
            vec![site.effect(Verb::DisableProtection, "row policy", &name).noted("changed")]
        }
        Statement::AlterFunction(alter) => {
            let effect = site.effect(Verb::Update, "function", &site.named(&alter.function.name));
            vec![effect.with_certainty(Certainty::AtLeast)]
        }
        Statement::AlterOperator(_) | Statement::AlterOperatorFamily(_) | Statement::AlterOperatorClass(_) | Statement::AlterTextSearch(_) => {
            changes("operator", &site.name)
        }
        _ => return None,
    })
}

fn table(alter: &AlterTable, site: &Site<'_>) -> Vec<Effect> {
    let name = site.named(&alter.name);
    let kind = match alter.table_type {
        Some(AlterTableType::Foreign) => "foreign table",
        _ => "table",
    };
    let on = Table { site, name: &name, kind };
    let effects: Vec<Effect> = alter.operations.iter().flat_map(|operation| on.operation(operation)).collect();
    if effects.is_empty() { vec![on.changed("")] } else { effects }
}

struct Table<'s, 'f> {
    site: &'s Site<'f>,
    name: &'s str,
    kind: &'s str,
}

impl Table<'_, '_> {
    fn operation(&self, operation: &AlterTableOperation) -> Vec<Effect> {
        use AlterTableOperation as Op;
        match operation {
            Op::DropColumn { column_names, drop_behavior, .. } => {
                let cascade = *drop_behavior == Some(sqlparser::ast::DropBehavior::Cascade);
                column_names.iter().map(|column| self.column_lost(&self.site.folded(column), cascade)).collect()
            }
            Op::DropPartitions { .. } => vec![self.lost("its partitions are dropped")],
            Op::ClearProjection { .. } | Op::DropProjection { .. } => vec![self.lost("a projection is dropped")],
            Op::ModifyColumn { col_name, data_type, .. } => vec![self.retyped(&self.site.folded(col_name), data_type)],
            Op::ChangeColumn { old_name, data_type, .. } => vec![self.retyped(&self.site.folded(old_name), data_type)],
            Op::AlterColumn { column_name, op } => vec![self.column(&self.site.folded(column_name), op)],
            Op::DropConstraint { name, .. } => vec![self.unprotected(&format!("constraint {} is dropped", self.quoted(&name.value)))],
            Op::DropForeignKey { name, .. } => vec![self.unprotected(&format!("foreign key {} is dropped", self.quoted(&name.value)))],
            Op::DropPrimaryKey { .. } => vec![self.unprotected("its primary key is dropped")],
            Op::DropIndex { name } => vec![self.unprotected(&format!("index {} is dropped, and what it kept unique", self.quoted(&name.value)))],
            Op::DisableRowLevelSecurity | Op::NoForceRowLevelSecurity => vec![self.unprotected("row level security is switched off")],
            Op::DisableTrigger { name } => vec![self.unprotected(&format!("trigger {} is switched off", self.quoted(&name.value)))],
            Op::DisableRule { name } => vec![self.unprotected(&format!("rule {} is switched off", self.quoted(&name.value)))],
            Op::EnableReplicaTrigger { .. } | Op::EnableReplicaRule { .. } => vec![self.unprotected("fires for replicas only")],
            Op::SetUnlogged => vec![self.unprotected("its rows are lost when the server crashes")],
            Op::ReplicaIdentity { .. } => vec![self.changed("what replicas are told")],
            Op::OwnerTo { .. } => vec![self.site.effect(Verb::Grant, self.kind, self.name).noted("another owner")],
            Op::RenameTable { table_name } => {
                let (RenameTableNameKind::As(new) | RenameTableNameKind::To(new)) = table_name;
                vec![self.changed(&format!("its name becomes {}", self.quoted(&self.site.named(new))))]
            }
            Op::RenameColumn { old_column_name, .. } => {
                vec![self.changed(&format!("column {} gets another name", self.quoted(&old_column_name.value)))]
            }
            Op::SwapWith { table_name } => {
                let other = Table { name: &self.site.named(table_name), ..*self };
                vec![self.changed("exchanged with another"), other.changed("exchanged with another")]
            }
            Op::DetachPartition { .. } | Op::DetachPartitionOf { .. } => vec![self.lost("a partition is no part of it any more")],
            Op::AddColumn { column_def, .. } => {
                let volatile = column_def.options.iter().any(|option| matches!(option.option, ColumnOption::DialectSpecific(_)));
                let effect = self.changed(&format!("a new column {}", self.quoted(&self.site.folded(&column_def.name))));
                vec![if volatile { effect.with_certainty(Certainty::AtLeast) } else { effect }]
            }
            Op::AddConstraint { .. } => vec![self.changed("a new constraint")],
            _ => vec![self.changed("")],
        }
    }

    fn column(&self, column: &str, operation: &AlterColumnOperation) -> Effect {
        match operation {
            AlterColumnOperation::SetDataType { data_type, using, .. } => {
                let effect = self.retyped(column, data_type);
                if using.is_some() { effect.noted("by an expression") } else { effect }
            }
            AlterColumnOperation::DropNotNull => self.unprotected(&format!("column {} may be null", self.quoted(column))),
            AlterColumnOperation::SetNotNull
            | AlterColumnOperation::SetDefault { .. }
            | AlterColumnOperation::DropDefault
            | AlterColumnOperation::AddGenerated { .. }
            | AlterColumnOperation::GenericOptions { .. } => self.changed(&format!("column {}", self.quoted(column))),
        }
    }

    fn quoted(&self, name: &str) -> String {
        crate::path::quoted(name)
    }

    fn changed(&self, how: &str) -> Effect {
        let effect = self.site.effect(Verb::Update, self.kind, self.name);
        // The opposite statement brings it back.
        let effect = effect.that_is(action::Reversibility::Reversible);
        if how.is_empty() { effect } else { effect.noted(how) }
    }

    fn lost(&self, how: &str) -> Effect {
        self.site.data(Verb::Delete, self.kind, self.name).with_certainty(Certainty::AtLeast).noted(how)
    }

    fn unprotected(&self, how: &str) -> Effect {
        self.site.effect(Verb::DisableProtection, self.kind, self.name).noted(how)
    }

    fn column_lost(&self, column: &str, cascade: bool) -> Effect {
        let effect = self.site.data(Verb::Delete, "column", &format!("{}.{column}", self.name));
        let effect = match self.site.rows(self.name) {
            Some(rows) => effect.counted(rows, "rows"),
            None => effect,
        };
        if cascade { effect.with_certainty(Certainty::AtLeast).noted("and whatever depends on it") } else { effect }
    }

    /// What the column had been is not in the text: only types that hold every text take nothing away.
    fn retyped(&self, column: &str, to: &DataType) -> Effect {
        let widest = matches!(to, DataType::Text | DataType::LongText | DataType::JSONB | DataType::String(None)) || matches!(to, DataType::Varchar(None));
        let note = format!("column {} gets another type", self.quoted(column));
        if widest {
            return self.changed(&note);
        }
        let effect = self.site.data(Verb::Update, self.kind, self.name).with_certainty(Certainty::AtLeast);
        effect.noted(note).noted("values that do not fit are cut or lost")
    }
}

#[cfg(test)]
mod tests;
