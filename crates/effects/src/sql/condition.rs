//! How many rows a condition lets through: all, as many as happen to fit, or those that are named.
//!
//! Nothing is known about the rows. What is always true, whatever they hold, is every row; so is a test that a column is not
//! null, which in most columns nothing is.

use sqlparser::ast::{BinaryOperator, Expr, InTarget, UnaryOperator, Value};

/// Values of a list that still name rows one by one.
const MOST_NAMED: usize = 100;

/// What a condition comes to, from narrow to wide.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Breadth {
    /// No row: it is never true.
    Nothing,
    /// Rows named by values of these columns.
    Named(Vec<String>),
    /// As many rows as fit, and why they are not named.
    Wide(&'static str),
    /// Every row, and why.
    Every(&'static str),
}

impl Breadth {
    /// In words.
    pub(super) fn note(&self) -> String {
        match self {
            Self::Nothing => "its condition is never true".into(),
            Self::Named(columns) => format!("rows named by {}", columns.iter().map(|c| crate::path::quoted(c)).collect::<Vec<_>>().join(", ")),
            Self::Wide(why) => format!("every row that fits: {why}"),
            Self::Every(why) => format!("every row: {why}"),
        }
    }
}

/// Of a statement's condition; without one, every row.
pub(super) fn breadth(condition: Option<&Expr>) -> Breadth {
    condition.map_or(Breadth::Every("it has no condition"), of)
}

fn of(expr: &Expr) -> Breadth {
    match constant(expr).map(|value| value.is_true()) {
        Some(true) => return Breadth::Every("its condition is always true"),
        Some(false) => return Breadth::Nothing,
        None => {}
    }
    match expr {
        Expr::Nested(inner) | Expr::IsTrue(inner) | Expr::IsNotFalse(inner) => of(inner),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => narrower(of(left), of(right)),
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => match (of(left), of(right)) {
            (Breadth::Nothing, other) | (other, Breadth::Nothing) => other,
            (Breadth::Every(why), _) | (_, Breadth::Every(why)) => Breadth::Every(why),
            _ => Breadth::Wide("one condition or another"),
        },
        Expr::BinaryOp { left, op: BinaryOperator::Eq | BinaryOperator::Spaceship, right } => equality(left, right),
        Expr::BinaryOp { left, op, right } => comparison(left, op, right),
        Expr::IsNotDistinctFrom(left, right) if left == right => Breadth::Every("its condition is always true"),
        Expr::IsNotDistinctFrom(left, right) => equality(left, right),
        Expr::In { expr, target, negated, .. } => membership(expr, target, *negated),
        Expr::Like { negated, expr, pattern, any: false, .. } | Expr::ILike { negated, expr, pattern, any: false, .. } => {
            likeness(*negated, expr, pattern)
        }
        Expr::IsNotNull(inner) if column(inner).is_some() => Breadth::Every("it only asks that a column is not null"),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => match of(expr) {
            Breadth::Nothing => Breadth::Every("its condition is always true"),
            Breadth::Every(_) => Breadth::Wide("a negation"),
            _ => negation(expr),
        },
        Expr::Between { .. } => Breadth::Wide("a range"),
        Expr::Exists { .. } | Expr::Subquery(_) => Breadth::Wide("another query"),
        Expr::Function(_) => Breadth::Wide("a function"),
        _ => Breadth::Wide("not a comparison with a value"),
    }
}

/// Both must hold: the rows of the narrower one at most.
fn narrower(left: Breadth, right: Breadth) -> Breadth {
    match (left, right) {
        (Breadth::Named(mut columns), Breadth::Named(more)) => {
            columns.extend(more);
            columns.sort();
            columns.dedup();
            columns.truncate(8);
            Breadth::Named(columns)
        }
        (left, right) => left.min(right),
    }
}

fn negation(inner: &Expr) -> Breadth {
    match bare(inner) {
        Expr::IsNull(column_of) if column(column_of).is_some() => Breadth::Every("it only asks that a column is not null"),
        _ => Breadth::Wide("a negation"),
    }
}

fn equality(left: &Expr, right: &Expr) -> Breadth {
    let (left, right) = (bare(left), bare(right));
    if left == right && is_plain(left) {
        return Breadth::Every("its condition is always true");
    }
    match (column(left), column(right)) {
        (Some(name), None) if is_value(right) => Breadth::Named(vec![name]),
        (None, Some(name)) if is_value(left) => Breadth::Named(vec![name]),
        (Some(_), Some(_)) => Breadth::Wide("a comparison of two columns"),
        _ => pairs(left, right).unwrap_or(match (left, right) {
            (Expr::Subquery(_), _) | (_, Expr::Subquery(_)) => Breadth::Wide("another query"),
            _ => Breadth::Wide("not a comparison with a value"),
        }),
    }
}

/// `(a, b) = (1, 2)`.
fn pairs(left: &Expr, right: &Expr) -> Option<Breadth> {
    let (Expr::Tuple(columns), Expr::Tuple(values)) = (left, right) else { return None };
    let names: Vec<String> = columns.iter().filter_map(column).collect();
    (names.len() == columns.len() && values.len() == names.len() && values.iter().all(is_value)).then_some(Breadth::Named(names))
}

fn comparison(left: &Expr, op: &BinaryOperator, right: &Expr) -> Breadth {
    let same = bare(left) == bare(right) && is_plain(bare(left));
    match op {
        BinaryOperator::LtEq | BinaryOperator::GtEq if same => Breadth::Every("its condition is always true"),
        BinaryOperator::Lt | BinaryOperator::Gt | BinaryOperator::NotEq if same => Breadth::Nothing,
        BinaryOperator::NotEq => Breadth::Wide("an inequality"),
        BinaryOperator::Lt | BinaryOperator::Gt | BinaryOperator::LtEq | BinaryOperator::GtEq => Breadth::Wide("a range"),
        _ => Breadth::Wide("not a comparison with a value"),
    }
}

fn membership(expr: &Expr, target: &InTarget, negated: bool) -> Breadth {
    let InTarget::List(values) = target else { return Breadth::Wide("another query") };
    let itself = values.iter().any(|value| bare(value) == bare(expr)) && is_plain(bare(expr));
    match bare(expr) {
        _ if itself && !negated => Breadth::Every("its condition is always true"),
        _ if itself => Breadth::Nothing,
        _ if negated => Breadth::Wide("a negation"),
        _ if values.len() > MOST_NAMED => Breadth::Wide("a long list"),
        Expr::Tuple(columns) => {
            let names: Vec<String> = columns.iter().filter_map(column).collect();
            let known = values.iter().all(|value| matches!(value, Expr::Tuple(parts) if parts.iter().all(is_value)));
            if names.len() == columns.len() && known { Breadth::Named(names) } else { Breadth::Wide("a list of what is computed") }
        }
        single => match column(single) {
            Some(name) if values.iter().all(is_value) => Breadth::Named(vec![name]),
            _ => Breadth::Wide("a list of what is computed"),
        },
    }
}

fn likeness(negated: bool, expr: &Expr, pattern: &Expr) -> Breadth {
    let Some(Constant::Text(text)) = constant(pattern) else {
        let itself = bare(pattern) == bare(expr) && is_plain(bare(expr)) && !negated;
        return if itself { Breadth::Every("its condition is always true") } else { Breadth::Wide("a pattern") };
    };
    let anything = !text.is_empty() && text.chars().all(|c| c == '%');
    match (anything, negated, column(expr)) {
        (true, false, _) => Breadth::Every("its pattern fits everything"),
        (true, true, _) => Breadth::Nothing,
        (false, false, Some(name)) if !text.contains(['%', '_']) => Breadth::Named(vec![name]),
        _ => Breadth::Wide("a pattern"),
    }
}

/// Without parentheses.
fn bare(expr: &Expr) -> &Expr {
    let mut expr = expr;
    while let Expr::Nested(inner) = expr {
        expr = inner;
    }
    expr
}

/// The name of a column, where that is all there is.
fn column(expr: &Expr) -> Option<String> {
    match bare(expr) {
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.clone()),
        _ => None,
    }
}

/// Whether two of it are the same: no function, which may give something else each time.
fn is_plain(expr: &Expr) -> bool {
    let in_double_quotes = matches!(expr, Expr::Value(value) if matches!(value.value, Value::DoubleQuotedString(_)));
    in_double_quotes || column(expr).is_some() || constant(expr).is_some()
}

/// Whether it is one value, written down or given beside the text.
fn is_value(expr: &Expr) -> bool {
    match bare(expr) {
        Expr::Value(_) | Expr::TypedString(_) => true,
        Expr::Cast { expr, .. } | Expr::Prefixed { value: expr, .. } | Expr::Convert { expr, .. } => is_value(expr),
        Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr } => is_value(expr),
        _ => false,
    }
}

/// A value that does not depend on any row.
#[derive(Clone, Debug, PartialEq)]
enum Constant {
    Truth(bool),
    Number(f64),
    Text(String),
    Null,
}

impl Constant {
    fn is_true(&self) -> bool {
        match self {
            Self::Truth(truth) => *truth,
            Self::Number(number) => *number != 0.0,
            // As MySQL and SQLite take it, and PostgreSQL some of it.
            Self::Text(text) => {
                let number = text.trim().parse::<f64>().ok();
                number.map_or_else(|| ["t", "true", "yes", "y", "on"].contains(&text.to_lowercase().as_str()), |n| n != 0.0)
            }
            Self::Null => false,
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Truth(truth) => Some(f64::from(u8::from(*truth))),
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Null => None,
        }
    }
}

fn constant(expr: &Expr) -> Option<Constant> {
    match expr {
        Expr::Nested(inner) => constant(inner),
        Expr::Value(value) => literal(&value.value),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => match constant(expr)? {
            Constant::Null => Some(Constant::Null),
            other => Some(Constant::Truth(!other.is_true())),
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => Some(Constant::Number(-constant(expr)?.number()?)),
        Expr::UnaryOp { op: UnaryOperator::Plus, expr } => constant(expr),
        Expr::Cast { expr, .. } => constant(expr),
        Expr::IsTrue(inner) | Expr::IsNotFalse(inner) => Some(Constant::Truth(constant(inner)?.is_true())),
        Expr::IsFalse(inner) | Expr::IsNotTrue(inner) => Some(Constant::Truth(!constant(inner)?.is_true())),
        Expr::IsNull(inner) => Some(Constant::Truth(constant(inner)? == Constant::Null)),
        Expr::IsNotNull(inner) => Some(Constant::Truth(constant(inner)? != Constant::Null)),
        Expr::Between { expr, negated, low, high } => {
            let (value, low, high) = (constant(expr)?.number()?, constant(low)?.number()?, constant(high)?.number()?);
            Some(Constant::Truth((low <= value && value <= high) != *negated))
        }
        Expr::In { expr, target: InTarget::List(values), negated, .. } => {
            let value = constant(expr)?;
            let values = values.iter().map(constant).collect::<Option<Vec<_>>>()?;
            Some(Constant::Truth(values.iter().any(|other| compare(&value, other) == Some(std::cmp::Ordering::Equal)) != *negated))
        }
        Expr::Like { negated, expr, pattern, .. } | Expr::ILike { negated, expr, pattern, .. } => match (constant(expr)?, constant(pattern)?) {
            (Constant::Text(_), Constant::Text(pattern)) if !pattern.is_empty() && pattern.chars().all(|c| c == '%') => {
                Some(Constant::Truth(!negated))
            }
            (Constant::Text(text), Constant::Text(pattern)) if text == pattern => Some(Constant::Truth(!negated)),
            _ => None,
        },
        Expr::BinaryOp { left, op, right } => operation(left, op, right),
        _ => None,
    }
}

/// What stands in double quotes is left alone: it may be a column.
fn literal(value: &Value) -> Option<Constant> {
    Some(match value {
        Value::Boolean(truth) => Constant::Truth(*truth),
        Value::Number(digits, _) => Constant::Number(digits.parse().ok()?),
        Value::Null => Constant::Null,
        Value::SingleQuotedString(text)
        | Value::EscapedStringLiteral(text)
        | Value::NationalStringLiteral(text)
        | Value::TripleSingleQuotedString(text)
        | Value::TripleDoubleQuotedString(text) => Constant::Text(text.clone()),
        Value::DollarQuotedString(text) => Constant::Text(text.value.clone()),
        _ => return None,
    })
}

fn operation(left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<Constant> {
    let (one, other) = (constant(left), constant(right));
    let truth = |value: &Option<Constant>| value.as_ref().map(Constant::is_true);
    match op {
        BinaryOperator::And => match (truth(&one), truth(&other)) {
            (Some(false), _) | (_, Some(false)) => Some(Constant::Truth(false)),
            (Some(true), Some(true)) => Some(Constant::Truth(true)),
            _ => None,
        },
        BinaryOperator::Or => match (truth(&one), truth(&other)) {
            (Some(true), _) | (_, Some(true)) => Some(Constant::Truth(true)),
            (Some(false), Some(false)) => Some(Constant::Truth(false)),
            _ => None,
        },
        BinaryOperator::Xor => Some(Constant::Truth(truth(&one)? != truth(&other)?)),
        BinaryOperator::Plus => Some(Constant::Number(one?.number()? + other?.number()?)),
        BinaryOperator::Minus => Some(Constant::Number(one?.number()? - other?.number()?)),
        BinaryOperator::Multiply => Some(Constant::Number(one?.number()? * other?.number()?)),
        BinaryOperator::StringConcat => match (one?, other?) {
            (Constant::Text(one), Constant::Text(other)) if one.len() + other.len() < 4096 => Some(Constant::Text(one + &other)),
            _ => None,
        },
        _ => {
            let (one, other) = (one?, other?);
            if one == Constant::Null || other == Constant::Null {
                return Some(Constant::Null);
            }
            let order = compare(&one, &other)?;
            Some(Constant::Truth(match op {
                BinaryOperator::Eq | BinaryOperator::Spaceship => order.is_eq(),
                BinaryOperator::NotEq => order.is_ne(),
                BinaryOperator::Lt => order.is_lt(),
                BinaryOperator::Gt => order.is_gt(),
                BinaryOperator::LtEq => order.is_le(),
                BinaryOperator::GtEq => order.is_ge(),
                _ => return None,
            }))
        }
    }
}

/// Texts that differ only in case or in blanks may be equal, and their order is the collation's matter.
fn compare(one: &Constant, other: &Constant) -> Option<std::cmp::Ordering> {
    match (one, other) {
        (Constant::Text(one), Constant::Text(other)) if one == other => Some(std::cmp::Ordering::Equal),
        (Constant::Text(_), Constant::Text(_)) => None,
        _ => one.number()?.partial_cmp(&other.number()?),
    }
}

#[cfg(test)]
mod tests;
