//! What there was before the plan: the managed resources of its `prior_state`, where they are and what they hang on.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::identity::Whereabouts;

/// A managed resource that exists.
#[derive(Debug)]
pub(super) struct Existing {
    pub(super) address: String,
    pub(super) kind: String,
    pub(super) says: Whereabouts,
    /// Addresses without indexes.
    pub(super) needs: Vec<String>,
}

#[derive(Deserialize)]
struct Shape {
    #[serde(default)]
    values: Option<ValuesShape>,
}

#[derive(Deserialize)]
struct ValuesShape {
    #[serde(default)]
    root_module: Option<Module>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(default)]
    resources: Vec<ResourceShape>,
    #[serde(default)]
    child_modules: Vec<Module>,
}

#[derive(Deserialize)]
struct ResourceShape {
    address: String,
    #[serde(default)]
    mode: Option<String>,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    values: Option<Whereabouts>,
    #[serde(default)]
    depends_on: Vec<String>,
}

/// Reads the section `prior_state`.
pub(super) fn read(raw: &RawValue) -> Result<Vec<Existing>, serde_json::Error> {
    let shape: Shape = serde_json::from_str(raw.get())?;
    let mut existing = Vec::new();
    let mut waiting: Vec<Module> = shape.values.and_then(|values| values.root_module).into_iter().collect();
    while let Some(module) = waiting.pop() {
        waiting.extend(module.child_modules);
        for resource in module.resources.into_iter().filter(|resource| resource.mode.as_deref() != Some("data")) {
            let says = resource.values.unwrap_or_default().of_existing();
            existing.push(Existing { address: resource.address, kind: resource.kind, says, needs: resource.depends_on });
        }
    }
    Ok(existing)
}
