//! What arguments of an operation hold for another reader: statements of a database, a template of CloudFormation.

use action::Effect;

use super::Command;
use super::call::Told;
use super::grammar::Operation;
use crate::environment::Spot;
use crate::manifest::{Action, Kind, Target};
use crate::shell::{Reader, Scope, Text};
use crate::sql::{Database, Dialect};

/// Services that run statements, and the arguments that hold them. Of `rds-data` the engine is not said; what Athena speaks is read
/// as each of the dialects. PartiQL of DynamoDB is none of them.
const STATEMENTS: [(&str, &str, Option<Dialect>); 5] = [
    ("rds-data", "sql", None),
    ("rds-data", "sql-statements", None),
    ("redshift-data", "sql", Some(Dialect::Postgres)),
    ("redshift-data", "sqls", Some(Dialect::Postgres)),
    ("athena", "query-string", None),
];

impl Reader<'_> {
    /// Reads what the operation is given, there where its own effect is. Says whether all of it was read.
    pub(super) fn aws_carried(&mut self, operation: &Operation, told: &Told, effect: &Effect, command: &Command<'_>, scope: &Scope) -> bool {
        if told.unread || command.call.doubtful {
            return false;
        }
        let spot = Spot { environment: effect.environment.clone(), tier: effect.tier };
        match operation.service {
            "cloudformation" => self.aws_template(operation, told, &spot, scope),
            _ if operation.runs_unseen() => self.aws_statements(operation, told, &spot, scope),
            _ => false,
        }
    }

    fn aws_statements(&mut self, operation: &Operation, told: &Told, spot: &Spot, scope: &Scope) -> bool {
        let of_service = STATEMENTS.iter().filter(|(service, ..)| *service == operation.service);
        let values: Vec<(&Text, Option<Dialect>)> =
            of_service.filter(|(_, argument, _)| told.has(argument)).flat_map(|(_, argument, dialect)| told.values(argument).into_iter().map(|v| (v, *dialect))).collect();
        let name = told.values("database").first().and_then(|word| word.exact()).map(str::to_owned);
        let database = Database { name, ..Database::default() };
        let mut all_known = !values.is_empty();
        for (value, dialect) in values {
            let Some(text) = self.aws_text(value, scope) else {
                all_known = false;
                continue;
            };
            let reading = crate::sql::read_where(&text, dialect, &database, spot, self.ground.facts, self.ground.place);
            reading.sightings().iter().for_each(|seen| self.find(seen.effect.clone()));
        }
        all_known
    }

    fn aws_template(&mut self, operation: &Operation, told: &Told, spot: &Spot, scope: &Scope) -> bool {
        let name = operation.name();
        let template = match name.as_str() {
            "deploy" => told.values("template-file").first().and_then(|file| self.text_of(file, scope)),
            "create-stack" | "update-stack" => told.values("template-body").first().and_then(|body| self.aws_text(body, scope)),
            _ => None,
        };
        let Some(template) = template else { return false };
        let stack = told.values("stack-name").first().and_then(|word| word.exact()).map(str::to_owned);
        let target = Target { name: stack.as_deref(), ..Target::default() };
        let reading = crate::manifest::read_where(&template, Kind::Template, Action::Apply, &target, spot, self.ground.facts);
        reading.sightings().iter().for_each(|seen| self.find(seen.effect.clone()));
        true
    }

    /// A value, or the text of the file that it names.
    fn aws_text(&mut self, value: &Text, scope: &Scope) -> Option<String> {
        let text = value.exact()?;
        match text.strip_prefix("file://") {
            Some(_) => self.text_of(&value.after("file://".len()), scope),
            None if text.starts_with("fileb://") => None,
            None => self.affords(text).then(|| text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
