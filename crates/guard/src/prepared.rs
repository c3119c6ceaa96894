//! A policy set as Cedar's own JSON, for a process that asks one question and ends: it is read without making Cedar's grammar first.
//!
//! Cedar reads each expression of such JSON as often as it is deep. So chains are flat here: `a && b && c` of a clause is three
//! clauses, and inside of one `&&` and `||` are trees as shallow as can be. Both are evaluated in the order of the text and end
//! where it would, so they say the same, also where one of them errs; a test proves it.

use cedar_policy::Policy;
use serde_json::{Value, json};

use crate::policy::{BadPolicy, chain, named, parsed, place};

/// The rules, one a line, in the order of the text.
pub fn prepared(policies: &str) -> Result<String, BadPolicy> {
    let read = parsed(policies)?;
    named(&read)?;
    let mut rules: Vec<&Policy> = read.policies().collect();
    rules.sort_by_key(|policy| place(policy.id()));
    let lines = rules.into_iter().map(|policy| policy.to_json().map(|rule| flat_rule(rule).to_string()).map_err(|e| BadPolicy::Unreadable { why: chain(&e) }));
    Ok(format!("[\n{}\n]\n", lines.collect::<Result<Vec<_>, _>>()?.join(",\n")))
}

fn flat_rule(mut rule: Value) -> Value {
    if let Some(clauses) = rule.get_mut("conditions").and_then(Value::as_array_mut) {
        *clauses = clauses.drain(..).flat_map(flat_clause).collect();
    }
    rule
}

/// `when { a && b }` is `when { a } when { b }`, and `unless { a || b }` is `unless { a } unless { b }`.
fn flat_clause(clause: Value) -> Vec<Value> {
    let (kind, body) = (clause["kind"].clone(), clause["body"].clone());
    let operator = if kind == "when" { "&&" } else { "||" };
    operands(&body, operator).into_iter().map(|part| json!({"kind": kind, "body": flat(part)})).collect()
}

fn flat(expression: &Value) -> Value {
    match expression {
        Value::Object(fields) => match ["&&", "||"].into_iter().find(|operator| fields.contains_key(*operator)) {
            Some(operator) => tree(operator, &operands(expression, operator).into_iter().map(flat).collect::<Vec<_>>()),
            None => Value::Object(fields.iter().map(|(name, value)| (name.clone(), flat(value))).collect()),
        },
        Value::Array(parts) => parts.iter().map(flat).collect(),
        other => other.clone(),
    }
}

/// What a chain of one operator joins, in order.
fn operands<'v>(expression: &'v Value, operator: &str) -> Vec<&'v Value> {
    match expression.get(operator).and_then(|pair| Some((pair.get("left")?, pair.get("right")?))) {
        Some((left, right)) => [operands(left, operator), operands(right, operator)].concat(),
        None => vec![expression],
    }
}

fn tree(operator: &str, parts: &[Value]) -> Value {
    match parts {
        [] => Value::Null,
        [one] => one.clone(),
        several => {
            let (left, right) = several.split_at(several.len().div_ceil(2));
            json!({operator: {"left": tree(operator, left), "right": tree(operator, right)}})
        }
    }
}

#[cfg(test)]
mod tests;
