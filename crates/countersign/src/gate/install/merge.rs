//! Our part put into an agent's file, and taken out of it, with everything else left as it is. A file that cannot be read for
//! certain is not touched.

use anyhow::{Context, bail};
use serde_json::{Map, Value};

use super::agents::{What, pretty};

/// The file with our part in it.
pub(super) fn with_ours(before: Option<&str>, what: &What) -> anyhow::Result<String> {
    match what {
        What::Whole(text) => Ok(text.clone()),
        What::Json { pins, list, entry } => {
            let mut file = object(before)?;
            for (keys, value) in pins {
                set(&mut file, keys, value.clone())?;
            }
            let entries = entries(&mut file, list)?;
            if entries.contains(entry) {
                // Nothing to add; the pins may be new.
            } else {
                entries.retain(|other| !is_ours(other, entry));
                entries.push(entry.clone());
            }
            match before {
                Some(before) if object(Some(before))? == file => Ok(before.to_owned()),
                _ => Ok(pretty(&Value::Object(file))),
            }
        }
        What::Toml { head, tables } => toml_with(before.unwrap_or_default(), head, tables),
    }
}

/// The file without our part, where others have changed it since; `None`: nothing of it is left. `original` is what was there
/// before us.
pub(super) fn without_ours(now: &str, original: Option<&str>, what: &What) -> anyhow::Result<Option<String>> {
    match what {
        What::Whole(_) => Ok(original.map(str::to_owned)),
        What::Json { pins, list, entry } => {
            let (mut file, was) = (object(Some(now))?, object(original)?);
            for (keys, value) in pins {
                if get(&file, keys) == Some(value) {
                    match get(&was, keys) {
                        Some(old) => set(&mut file, keys, old.clone())?,
                        None => drop(remove(&mut file, keys)),
                    }
                }
            }
            entries(&mut file, list)?.retain(|other| other != entry && !is_ours(other, entry));
            prune(&mut file, list);
            Ok((!file.is_empty() || original.is_some()).then(|| pretty(&Value::Object(file))))
        }
        What::Toml { head, tables } => {
            if !now.contains(tables.as_str()) {
                bail!("our tables in it were changed by hand, so they must be taken out by hand");
            }
            let rest = now.replacen(tables, "", 1);
            let had_head = original.is_some_and(|original| original.contains(head.trim()));
            let rest = if had_head { rest } else { rest.replacen(head, "", 1) };
            Ok((!rest.trim().is_empty() || original.is_some()).then_some(rest))
        }
    }
}

/// Tables cannot be put into others' tables without rewriting them, and then comments are lost: that is a person's to do.
fn toml_with(before: &str, head: &str, tables: &str) -> anyhow::Result<String> {
    let known: toml::Table = before.parse().context("it is not TOML")?;
    if before.contains(tables) {
        return Ok(before.to_owned());
    }
    for taken in ["features", "hooks"] {
        if known.contains_key(taken) {
            bail!("it has `[{taken}]` already, so this must be put in by hand:\n{head}{tables}");
        }
    }
    let key = head.split(" = ").next().unwrap_or_default();
    let head = match known.get(key) {
        None => head,
        Some(toml::Value::Boolean(true)) => "",
        Some(_) => bail!("it sets `{key}` otherwise, which a person must change first"),
    };
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let after = format!("{head}{before}{gap}{tables}");
    after.parse::<toml::Table>().context("it would not be TOML any more")?;
    Ok(after)
}

fn object(text: Option<&str>) -> anyhow::Result<Map<String, Value>> {
    match text.filter(|text| !text.trim().is_empty()) {
        None => Ok(Map::new()),
        Some(text) => Ok(super::super::wire::object(text.as_bytes()).context("it is not a JSON object without comments")?),
    }
}

/// The list at a path of keys, made where it is absent.
fn entries<'f>(file: &'f mut Map<String, Value>, keys: &[&str]) -> anyhow::Result<&'f mut Vec<Value>> {
    let (last, above) = keys.split_last().context("no key")?;
    let mut object = file;
    for key in above {
        let next = object.entry((*key).to_owned()).or_insert_with(|| Value::Object(Map::new()));
        object = next.as_object_mut().with_context(|| format!("its `{key}` is not an object"))?;
    }
    let list = object.entry((*last).to_owned()).or_insert_with(|| Value::Array(Vec::new()));
    list.as_array_mut().with_context(|| format!("its `{last}` is not a list"))
}

/// Takes what is empty away again, from the list upwards.
fn prune(file: &mut Map<String, Value>, keys: &[&str]) {
    let Some((first, rest)) = keys.split_first() else { return };
    let empty = match file.get_mut(*first) {
        Some(Value::Object(inner)) => {
            prune(inner, rest);
            inner.is_empty()
        }
        Some(Value::Array(list)) => list.is_empty(),
        _ => false,
    };
    if empty {
        file.remove(*first);
    }
}

/// An entry with the same command, whatever else it says: an older one of ours.
fn is_ours(other: &Value, entry: &Value) -> bool {
    let command = |value: &Value| value.get("command").or_else(|| value.get("hooks")?.get(0)?.get("command")).cloned();
    command(other).is_some() && command(other) == command(entry)
}

fn get<'f>(file: &'f Map<String, Value>, keys: &[&str]) -> Option<&'f Value> {
    let (first, rest) = keys.split_first()?;
    let mut value = file.get(*first)?;
    for key in rest {
        value = value.get(*key)?;
    }
    Some(value)
}

fn set(file: &mut Map<String, Value>, keys: &[&str], value: Value) -> anyhow::Result<()> {
    let (last, above) = keys.split_last().context("no key")?;
    let mut object = file;
    for key in above {
        let next = object.entry((*key).to_owned()).or_insert_with(|| Value::Object(Map::new()));
        object = next.as_object_mut().with_context(|| format!("its `{key}` is not an object"))?;
    }
    object.insert((*last).to_owned(), value);
    Ok(())
}

fn remove(file: &mut Map<String, Value>, keys: &[&str]) -> Option<Value> {
    let (last, above) = keys.split_last()?;
    let mut object = file;
    for key in above {
        object = object.get_mut(*key)?.as_object_mut()?;
    }
    object.remove(*last)
}

#[cfg(test)]
mod tests;
