//! What the configuration in a plan says: where providers point, what resources run when they are made, which attributes are set in it,
//! and what needs what.
//!
//! References in a module are followed through its call's arguments and other modules' outputs, each value once. A reference that
//! leads nowhere is no edge.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::document::Key;

/// More edges than this nobody draws.
const MOST_EDGES: usize = 200_000;
/// An expression that refers to more than this is followed no further.
const MOST_REFERENCES: usize = 2_000;
/// Names of nested modules are repeated before each name in them: all of that together has a bound.
const MOST_BYTES: usize = 128 << 20;

/// The configuration, as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    /// Whether there was one that could be read.
    pub(super) known: bool,
    /// Whether it was too large to be read to its end.
    pub(super) cut: bool,
    /// By the key that resources name: `aws`, `aws.eu`, `module.app:aws`.
    pub(super) providers: HashMap<String, Provider>,
    /// By address, without indexes of modules or resources.
    resources: HashMap<String, Resource>,
    /// Pairs of addresses without indexes, where the first needs the second.
    pub(super) needs: Vec<(String, String)>,
}

/// Where a provider points, as far as constants say it.
#[derive(Debug, Default)]
pub(super) struct Provider {
    pub(super) region: Option<String>,
    pub(super) account: Option<String>,
    pub(super) project: Option<String>,
    pub(super) subscription: Option<String>,
    pub(super) host: Option<String>,
}

/// What the configuration says about one resource.
#[derive(Debug, Default)]
pub(super) struct Resource {
    /// The key of its provider.
    pub(super) provider: String,
    /// `local-exec`, `remote-exec`, `file`, in their order.
    pub(super) provisioners: Vec<String>,
    /// The attributes that are set here: what else is unknown before the apply is the provider's to say.
    pub(super) set: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Root<'t> {
    #[serde(borrow, default)]
    provider_config: HashMap<String, ProviderShape<'t>>,
    #[serde(default)]
    root_module: Module,
}

#[derive(Deserialize)]
struct ProviderShape<'t> {
    #[serde(borrow, default)]
    expressions: Option<&'t RawValue>,
}

#[derive(Default, Deserialize)]
struct Module {
    #[serde(default)]
    outputs: BTreeMap<String, OutputShape>,
    #[serde(default)]
    resources: Vec<ResourceShape>,
    #[serde(default)]
    module_calls: BTreeMap<String, Call>,
}

#[derive(Deserialize)]
struct OutputShape {
    #[serde(default)]
    expression: References,
    #[serde(default)]
    depends_on: Vec<String>,
}

#[derive(Deserialize)]
struct ResourceShape {
    address: String,
    #[serde(default)]
    provider_config_key: String,
    #[serde(default)]
    provisioners: Vec<ProvisionerShape>,
    #[serde(default)]
    expressions: BTreeMap<String, References>,
    #[serde(default)]
    count_expression: References,
    #[serde(default)]
    for_each_expression: References,
    #[serde(default)]
    depends_on: Vec<String>,
}

#[derive(Deserialize)]
struct ProvisionerShape {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Call {
    #[serde(default)]
    expressions: BTreeMap<String, References>,
    #[serde(default)]
    depends_on: Vec<String>,
    #[serde(default)]
    module: Module,
}

impl Configuration {
    /// Reads the section `configuration`.
    pub(super) fn read(raw: &RawValue) -> Result<Self, serde_json::Error> {
        let root: Root<'_> = serde_json::from_str(raw.get())?;
        let providers = root.provider_config.iter().map(|(key, shape)| (key.clone(), Provider::of(shape))).collect();
        let mut configuration = Self { known: true, providers, ..Self::default() };
        let mut graph = Graph::default();
        graph.module("", &root.root_module);
        let mut left = MOST_BYTES;
        configuration.add("", root.root_module, &mut left);
        configuration.needs = graph.edges();
        Ok(configuration)
    }

    /// What it says about the resource at an address, whatever its indexes.
    pub(super) fn resource(&self, address: &str) -> Option<&Resource> {
        self.resources.get(bare(address).as_str())
    }

    fn add(&mut self, prefix: &str, module: Module, left: &mut usize) {
        for shape in module.resources {
            let provisioners = shape.provisioners.into_iter().map(|provisioner| provisioner.kind).collect();
            let set = shape.expressions.into_keys().collect();
            let resource = Resource { provider: shape.provider_config_key, provisioners, set };
            let Some(rest) = left.checked_sub(prefix.len() + shape.address.len()) else {
                self.cut = true;
                return;
            };
            *left = rest;
            self.resources.insert(format!("{prefix}{}", shape.address), resource);
        }
        for (name, call) in module.module_calls {
            let Some(rest) = left.checked_sub(prefix.len() + name.len()) else {
                self.cut = true;
                return;
            };
            *left = rest;
            self.add(&format!("{prefix}module.{name}."), call.module, left);
        }
    }
}

impl Provider {
    fn of(shape: &ProviderShape<'_>) -> Self {
        let Some(Ok(expressions)) = shape.expressions.map(|raw| serde_json::from_str::<Value>(raw.get())) else { return Self::default() };
        let constant = |value: &Value| value.get("constant_value").and_then(Value::as_str).map(str::to_owned);
        let text = |key: &str| expressions.get(key).and_then(constant);
        let role = expressions.pointer("/assume_role/0/role_arn").and_then(constant);
        let of_role = role.and_then(|arn| arn.split(':').nth(4).map(str::to_owned));
        let allowed = expressions.pointer("/allowed_account_ids/constant_value").and_then(Value::as_array);
        let only = allowed.filter(|ids| ids.len() == 1).and_then(|ids| ids.first()?.as_str().map(str::to_owned));
        Self {
            region: text("region"),
            account: of_role.or(only).filter(|account| super::identity::is_account(account)),
            project: text("project"),
            subscription: text("subscription_id"),
            host: ["host", "url", "endpoint", "address", "base_url", "api_url"].iter().find_map(|key| text(key)),
        }
    }
}

/// An address without its indexes: `module.app["a.b"].x.y[0]` is `module.app.x.y`.
pub(super) fn bare(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if depth > 0 && !quoted => depth -= 1,
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// References, by what refers: `r:ADDRESS` of a resource, `v:MODULE.NAME` of a variable, `o:MODULE.NAME` of an output, `m:MODULE` of all
/// that is in one.
#[derive(Default)]
struct Graph {
    points: BTreeMap<String, BTreeSet<String>>,
    bytes: usize,
}

impl Graph {
    fn module(&mut self, prefix: &str, module: &Module) {
        for resource in &module.resources {
            let repeated = [&resource.count_expression, &resource.for_each_expression];
            let names = resource.expressions.values().chain(repeated).flat_map(|expression| &expression.0);
            let from = format!("r:{prefix}{}", resource.address);
            self.point(&from, prefix, names);
            self.awaits(&from, prefix, &resource.depends_on);
            self.join(format!("m:{prefix}"), from);
        }
        for (name, output) in &module.outputs {
            let from = format!("o:{prefix}{name}");
            self.point(&from, prefix, &output.expression.0);
            self.awaits(&from, prefix, &output.depends_on);
        }
        for (name, call) in &module.module_calls {
            self.call(prefix, &format!("{prefix}module.{name}."), call);
        }
    }

    fn call(&mut self, prefix: &str, inner: &str, call: &Call) {
        for (argument, value) in &call.expressions {
            self.point(&format!("v:{inner}{argument}"), prefix, &value.0);
        }
        if self.bytes > MOST_BYTES {
            return;
        }
        self.module(inner, &call.module);
        self.join(format!("m:{prefix}"), format!("m:{inner}"));
        for resource in &call.module.resources {
            self.awaits(&format!("r:{inner}{}", resource.address), prefix, &call.depends_on);
        }
    }

    fn point<'n>(&mut self, from: &str, prefix: &str, names: impl IntoIterator<Item = &'n String>) {
        for to in names.into_iter().take(MOST_REFERENCES).filter_map(|name| target(prefix, name)) {
            self.join(from.to_owned(), to);
        }
    }

    /// What `depends_on` names: resources, and modules as a whole.
    fn awaits(&mut self, from: &str, prefix: &str, names: &[String]) {
        for name in names.iter().take(MOST_REFERENCES) {
            let module = name.strip_prefix("module.").filter(|module| !module.contains('.'));
            let to = module.map(|module| format!("m:{prefix}module.{module}.")).or_else(|| target(prefix, name));
            to.into_iter().for_each(|to| self.join(from.to_owned(), to));
        }
    }

    fn join(&mut self, from: String, to: String) {
        self.bytes += from.len() + to.len();
        if self.bytes <= MOST_BYTES {
            self.points.entry(from).or_default().insert(to);
        }
    }

    /// Pairs of resources, through variables and outputs.
    fn edges(&self) -> Vec<(String, String)> {
        let mut edges = Vec::new();
        let mut steps = 0;
        for (from, to) in &self.points {
            let Some(resource) = from.strip_prefix("r:") else { continue };
            let mut waiting: Vec<&str> = to.iter().map(String::as_str).collect();
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            while let Some(next) = waiting.pop() {
                steps += 1;
                if edges.len() >= MOST_EDGES || steps >= 5 * MOST_EDGES {
                    return edges;
                }
                if !seen.insert(next) {
                    continue;
                }
                match next.strip_prefix("r:") {
                    Some(needed) if needed == resource => {}
                    Some(needed) => edges.push((resource.to_owned(), needed.to_owned())),
                    None => waiting.extend(self.points.get(next).into_iter().flatten().map(String::as_str)),
                }
            }
        }
        edges
    }
}

/// What a reference in a module leads to.
fn target(prefix: &str, name: &str) -> Option<String> {
    let name = bare(name);
    let mut parts = name.split('.');
    match (parts.next()?, parts.next()?, parts.next()) {
        ("var", variable, _) => Some(format!("v:{prefix}{variable}")),
        ("module", module, Some(output)) => Some(format!("o:{prefix}module.{module}.{output}")),
        ("module" | "each" | "count" | "path" | "self" | "terraform" | "local", ..) => None,
        ("data", kind, Some(resource)) => Some(format!("r:{prefix}data.{kind}.{resource}")),
        (kind, resource, _) => Some(format!("r:{prefix}{kind}.{resource}")),
    }
}

/// All `references` in an expression, whatever blocks it is in. Constants are passed over.
#[derive(Debug, Default)]
struct References(Vec<String>);

impl<'de> Deserialize<'de> for References {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Expression)
    }
}

struct Expression;

impl<'de> Visitor<'de> for Expression {
    type Value = References;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an expression")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<References, A::Error> {
        let mut names = Vec::new();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            match key.0.as_ref() {
                "references" => names.extend(map.next_value::<Vec<String>>()?),
                "constant_value" => drop(map.next_value::<IgnoredAny>()?),
                _ => names.extend(map.next_value::<References>()?.0),
            }
        }
        Ok(References(names))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<References, A::Error> {
        let mut names = Vec::new();
        while let Some(item) = items.next_element::<References>()? {
            names.extend(item.0);
        }
        Ok(References(names))
    }

    fn visit_unit<E>(self) -> Result<References, E> {
        Ok(References::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<References, E> {
        Ok(References::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<References, E> {
        Ok(References::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<References, E> {
        Ok(References::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<References, E> {
        Ok(References::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<References, E> {
        Ok(References::default())
    }
}

#[cfg(test)]
mod tests;
