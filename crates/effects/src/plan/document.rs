//! The shape of a plan as `terraform show -json` and `tofu show -json` write it (format 1.x), as far as it is read.
//!
//! The sections are kept as they stand in the text: each change is read by itself, so that one that cannot be read is one opaque
//! effect at its place. Attribute values are parsed where a rule asks for them, and by no other road shown.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use serde_json::value::RawValue;

/// A plan, in sections.
#[derive(Debug, Default)]
pub(super) struct Document<'t> {
    pub(super) format_version: Option<String>,
    pub(super) changes: Option<Vec<&'t RawValue>>,
    pub(super) drift: Vec<&'t RawValue>,
    pub(super) deferred: Vec<&'t RawValue>,
    pub(super) invocations: Vec<&'t RawValue>,
    pub(super) outputs: Option<&'t RawValue>,
    pub(super) prior_state: Option<&'t RawValue>,
    pub(super) configuration: Option<&'t RawValue>,
    pub(super) checks: Option<&'t RawValue>,
    /// Whether there are planned values: a plan without any change has nothing but them.
    pub(super) plans: bool,
    pub(super) errored: bool,
    pub(super) incomplete: bool,
    /// Sections that no version known here has.
    pub(super) unknown: Vec<(String, &'t RawValue)>,
}

impl<'de> Deserialize<'de> for Document<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Sections)
    }
}

struct Sections;

impl<'de> Visitor<'de> for Sections {
    type Value = Document<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plan")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut document = Document::default();
        let mut seen: Vec<String> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            // Two of one name: which of them counts is the reader's choice, and so nobody's.
            if seen.len() > 1_000 || seen.contains(&key) {
                return Err(A::Error::custom("a section that is there twice"));
            }
            document.section(&key, &mut map)?;
            seen.push(key);
        }
        Ok(document)
    }
}

impl<'de> Document<'de> {
    fn section<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "format_version" => self.format_version = map.next_value()?,
            "resource_changes" => self.changes = map.next_value()?,
            "resource_drift" => self.drift = rows(map)?,
            "deferred_changes" => self.deferred = rows(map)?,
            "action_invocations" | "deferred_action_invocations" => self.invocations.extend(rows(map)?),
            "output_changes" => self.outputs = map.next_value()?,
            "prior_state" => self.prior_state = map.next_value()?,
            "configuration" => self.configuration = map.next_value()?,
            "checks" => self.checks = map.next_value()?,
            "errored" => self.errored = map.next_value::<Option<bool>>()?.unwrap_or_default(),
            "complete" => self.incomplete = !map.next_value::<Option<bool>>()?.unwrap_or(true),
            "planned_values" => self.plans = map.next_value::<Option<IgnoredAny>>()?.is_some(),
            "terraform_version" | "variables" | "relevant_attributes" | "timestamp" | "applyable" | "proposed_unknown" => {
                map.next_value::<IgnoredAny>()?;
            }
            _ => self.unknown.push((key.to_owned(), map.next_value()?)),
        }
        Ok(())
    }
}

fn rows<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<&'de RawValue>, A::Error> {
    Ok(map.next_value::<Option<Vec<&'de RawValue>>>()?.unwrap_or_default())
}

/// One element of `resource_changes`.
#[derive(Debug, Deserialize)]
pub(super) struct Row<'t> {
    pub(super) address: String,
    #[serde(default)]
    pub(super) previous_address: Option<String>,
    #[serde(default)]
    pub(super) mode: Option<String>,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    /// The key of an object that an interrupted replacement left behind.
    #[serde(default)]
    pub(super) deposed: Option<String>,
    #[serde(default)]
    pub(super) action_reason: Option<String>,
    #[serde(borrow)]
    pub(super) change: Change<'t>,
}

/// What becomes of one object.
#[derive(Debug, Deserialize)]
pub(super) struct Change<'t> {
    pub(super) actions: Vec<String>,
    #[serde(borrow, default)]
    pub(super) before: Option<&'t RawValue>,
    #[serde(borrow, default)]
    pub(super) after: Option<&'t RawValue>,
    #[serde(borrow, default)]
    pub(super) after_unknown: Option<&'t RawValue>,
    #[serde(borrow, default)]
    pub(super) before_sensitive: Option<&'t RawValue>,
    #[serde(borrow, default)]
    pub(super) after_sensitive: Option<&'t RawValue>,
    #[serde(borrow, default)]
    pub(super) replace_paths: Option<&'t RawValue>,
    #[serde(default)]
    pub(super) importing: Option<IgnoredAny>,
}

/// The values of a change, parsed as far as a rule asks for them: what names the thing, and what differs. Most of a plan is values that
/// stay as they are.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) before: Value,
    pub(super) after: Value,
    pub(super) unknown: Value,
    pub(super) before_sensitive: Value,
    pub(super) after_sensitive: Value,
}

/// The attributes of an object, as they stand in the text.
type Attributes<'t> = BTreeMap<Key<'t>, &'t RawValue>;

/// The name of a field, borrowed from the text where it has no escapes in it. (A bare `Cow` is always copied.)
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) struct Key<'t>(#[serde(borrow)] pub(super) Cow<'t, str>);

impl Borrow<str> for Key<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Change<'_> {
    /// The values, with the attributes in `always` and those that differ. Of what only ends, nothing else matters. An error where one
    /// is nested deeper than any provider writes.
    pub(super) fn values(&self, always: impl Fn(&str) -> bool) -> Result<Values, serde_json::Error> {
        let (before, after) = (attributes(self.before)?, attributes(self.after)?);
        let none = Attributes::new();
        let (was, now) = (before.as_ref().unwrap_or(&none), after.as_ref().unwrap_or(&none));
        let differs = |key: &str| after.is_some() && was.get(key).map(|raw| raw.get()) != now.get(key).map(|raw| raw.get());
        let wanted = |key: &str| always(key) || differs(key);
        Ok(Values {
            before: object(before.as_ref(), wanted)?,
            after: object(after.as_ref(), wanted)?,
            unknown: parsed(self.after_unknown)?,
            before_sensitive: parsed(self.before_sensitive)?,
            after_sensitive: parsed(self.after_sensitive)?,
        })
    }
}

fn attributes<'t>(raw: Option<&'t RawValue>) -> Result<Option<Attributes<'t>>, serde_json::Error> {
    raw.map(|raw| serde_json::from_str(raw.get())).transpose()
}

fn object(attributes: Option<&Attributes<'_>>, wanted: impl Fn(&str) -> bool) -> Result<Value, serde_json::Error> {
    let Some(attributes) = attributes else { return Ok(Value::Null) };
    let kept = attributes.iter().filter(|(key, _)| wanted(&key.0));
    let fields: Result<Map<String, Value>, _> = kept.map(|(key, raw)| Ok((key.0.to_string(), serde_json::from_str(raw.get())?))).collect();
    fields.map(Value::Object)
}

impl Values {
    /// A text at the top of the values, where it is known and not sensitive: after the change, or before it.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let shown = |values, marks| open(values, marks, key).and_then(Value::as_str).filter(|text| !text.is_empty());
        shown(&self.after, &self.after_sensitive).or_else(|| shown(&self.before, &self.before_sensitive))
    }
}

/// A value at the top of an object, unless a mark says that it is sensitive, it or a part of it.
pub(super) fn open<'v>(values: &'v Value, marks: &Value, key: &str) -> Option<&'v Value> {
    (!any_true(marks.get(key).unwrap_or(&Value::Null)) && marks != &Value::Bool(true)).then(|| values.get(key))?
}

/// Whether a mark is anywhere in a tree of marks. The parser has bounded its depth.
pub(super) fn any_true(marks: &Value) -> bool {
    match marks {
        Value::Bool(mark) => *mark,
        Value::Array(items) => items.iter().any(any_true),
        Value::Object(fields) => fields.values().any(any_true),
        Value::Null | Value::Number(_) | Value::String(_) => false,
    }
}

fn parsed(raw: Option<&RawValue>) -> Result<Value, serde_json::Error> {
    raw.map_or(Ok(Value::Null), |raw| serde_json::from_str(raw.get()))
}
