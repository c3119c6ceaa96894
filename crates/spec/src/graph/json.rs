//! The shapes of a graph in JSON, with the place of each wave.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Graph, Wave};
use crate::markup::offset;

/// One wave that is an object.
#[derive(Deserialize)]
struct Shape<'t> {
    #[serde(borrow, default, alias = "wave")]
    id: Option<&'t RawValue>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(borrow, default)]
    tasks: Vec<&'t RawValue>,
    #[serde(borrow, default, rename = "dependsOn", alias = "depends_on")]
    depends_on: Option<&'t RawValue>,
}

#[derive(Deserialize)]
struct Whole<'t> {
    #[serde(borrow)]
    waves: Vec<&'t RawValue>,
}

/// Reads the graph in this JSON, which begins at `start` of its text; else says what is wrong.
pub(super) fn graph(json: &str, start: usize) -> Result<Graph, String> {
    let waves = if json.starts_with('[') { serde_json::from_str::<Vec<&RawValue>>(json) } else { serde_json::from_str::<Whole<'_>>(json).map(|whole| whole.waves) };
    let waves = waves.map_err(|error| format!("the dependency graph cannot be read: {error}"))?;
    let waves = waves.into_iter().map(|raw| wave(json, start, raw)).collect::<Result<_, _>>()?;
    Ok(Graph { waves, span: start..start + json.len() })
}

fn wave(json: &str, start: usize, raw: &RawValue) -> Result<Wave, String> {
    let at = start + offset(json, raw.get());
    let span = at..at + raw.get().len();
    let wrong = |error: serde_json::Error| format!("a wave of the dependency graph cannot be read: {error}");
    if raw.get().starts_with('[') {
        let tasks: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(wrong)?;
        return Ok(Wave { id: None, name: None, tasks: names(&tasks)?, depends_on: Vec::new(), span });
    }
    let shape: Shape<'_> = serde_json::from_str(raw.get()).map_err(wrong)?;
    let depends_on = match shape.depends_on.map(RawValue::get) {
        None | Some("null") => Vec::new(),
        Some(list) if list.starts_with('[') => names(&serde_json::from_str::<Vec<&RawValue>>(list).map_err(wrong)?)?,
        Some(one) => vec![name(one)?],
    };
    let id = shape.id.map(|raw| name(raw.get())).transpose()?;
    Ok(Wave { id, name: shape.name.or(shape.description), tasks: names(&shape.tasks)?, depends_on, span })
}

fn names(raw: &[&RawValue]) -> Result<Vec<String>, String> {
    raw.iter().map(|raw| name(raw.get())).collect()
}

/// A name as text or as a number, whose digits are kept: 1.10 is not 1.1. A task that is an object has it as `id`.
fn name(raw: &str) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Named<'t> {
        #[serde(borrow)]
        id: &'t RawValue,
    }
    match raw.chars().next() {
        Some('"') => serde_json::from_str::<String>(raw).map(|name| name.trim().trim_end_matches('.').to_owned()).map_err(|error| error.to_string()),
        Some('{') => match serde_json::from_str::<Named<'_>>(raw) {
            Ok(named) if !named.id.get().starts_with('{') => name(named.id.get()),
            _ => Err("a task of the dependency graph has no id".to_owned()),
        },
        Some('-' | '0'..='9') => Ok(raw.to_owned()),
        _ => Err(format!("`{raw}` in the dependency graph names no task")),
    }
}
