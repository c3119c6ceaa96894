//! A question of a server to the person, in the middle of a call: a form of simple fields.
//!
//! The server chooses every word of it. It is shown as a stranger's; nothing is filled in that the person did not see, and
//! whoever is not there has declined. What cannot be shown as lines of a form is not asked.

use action::visible;
use serde_json::{Map, Number, Value};

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What it says, one visible line.
    pub message: String,
    /// What it wants to know, in the order of their names.
    pub fields: Vec<Field>,
}

/// One field of the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in the answer.
    pub name: String,
    /// What it says of it, one visible line; may be empty.
    pub about: String,
    /// What it takes.
    pub kind: Kind,
    /// Whether there is no answer without it.
    pub needed: bool,
    /// What it is when nothing is typed.
    pub default: Option<Value>,
}

/// What a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// One of these.
    Choice(Vec<String>),
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// Yes or no.
    Flag,
}

/// What the person says.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// These values; what is left out has its default.
    Accept(Map<String, Value>),
    /// No.
    Decline,
}

/// More fields than this are no question.
const MOST_FIELDS: usize = 20;
const MOST_CHOICES: usize = 50;

impl Question {
    /// Reads what a server asks; `None` where it cannot be shown to a person as it is meant.
    pub(super) fn read(message: &str, schema: &Value) -> Option<Self> {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        if properties.len() > MOST_FIELDS {
            return None;
        }
        let needed: Vec<&str> = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let fields = properties.iter().map(|(name, about)| Field::read(name, about, needed.contains(&name.as_str())));
        Some(Self { message: super::said::short(message), fields: fields.collect::<Option<_>>()? })
    }

    /// The values to send; `None` where one that is needed is missing or does not fit.
    pub(super) fn filled(&self, mut given: Map<String, Value>) -> Option<Map<String, Value>> {
        let mut values = Map::new();
        for field in &self.fields {
            match given.remove(&field.name).or_else(|| field.default.clone()) {
                Some(value) if field.fits(&value) => drop(values.insert(field.name.clone(), value)),
                None if !field.needed => {}
                _ => return None,
            }
        }
        given.is_empty().then_some(values)
    }
}

impl Field {
    fn read(name: &str, about: &Value, needed: bool) -> Option<Self> {
        let text = |key: &str| about.get(key).and_then(Value::as_str);
        let chosen = about.get("enum").is_some() || about.get("oneOf").is_some();
        let kind = match (text("type")?, chosen) {
            ("string", true) => Kind::Choice(choices(about).filter(|choices| choices.len() <= MOST_CHOICES)?),
            ("string", false) => Kind::Text,
            ("number", false) => Kind::Number,
            ("integer", false) => Kind::Integer,
            ("boolean", false) => Kind::Flag,
            _ => return None,
        };
        if name.is_empty() || visible(name) != name {
            return None;
        }
        let about_it = text("description").or_else(|| text("title")).map(super::said::short).unwrap_or_default();
        let mut field = Self { name: name.to_owned(), about: about_it, kind, needed, default: None };
        field.default = about.get("default").filter(|value| field.fits(value)).cloned();
        Some(field)
    }

    /// A typed line as this field's value.
    pub fn parse(&self, line: &str) -> Option<Value> {
        let value = match &self.kind {
            Kind::Text | Kind::Choice(_) => Value::from(line),
            Kind::Number => Value::Number(line.parse::<f64>().ok().and_then(Number::from_f64)?),
            Kind::Integer => Value::from(line.parse::<i64>().ok()?),
            Kind::Flag => match line.to_ascii_lowercase().as_str() {
                "y" | "yes" | "true" => Value::Bool(true),
                "n" | "no" | "false" => Value::Bool(false),
                _ => return None,
            },
        };
        self.fits(&value).then_some(value)
    }

    fn fits(&self, value: &Value) -> bool {
        match &self.kind {
            Kind::Text => value.is_string(),
            Kind::Choice(choices) => value.as_str().is_some_and(|text| choices.iter().any(|choice| choice == text)),
            Kind::Number => value.is_number(),
            Kind::Integer => value.is_i64() || value.is_u64(),
            Kind::Flag => value.is_boolean(),
        }
    }
}

/// `enum`, or `oneOf` with constants.
fn choices(about: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(list) = about.get("enum") {
        return list.as_array()?.iter().map(text).collect();
    }
    about.get("oneOf")?.as_array()?.iter().map(|one| one.get("const").and_then(text)).collect()
}

#[cfg(test)]
mod tests;
