//! The configuration of `kubectl`: the server of each context. Nothing else of it is looked at; users and their tokens stay there.

use std::collections::BTreeMap;

use super::tree::{self, Node};

/// The server of each context, and under the empty name that of the current one. `configs` are the files in the order in which
/// `KUBECONFIG` names them: what an earlier one says counts. A file that cannot be read surely leaves nothing known.
pub fn clusters(configs: &[String]) -> BTreeMap<String, String> {
    let mut servers: BTreeMap<String, String> = BTreeMap::new();
    let mut contexts: BTreeMap<String, String> = BTreeMap::new();
    let mut current: Option<String> = None;
    for config in configs {
        if config.len() > tree::MOST_BYTES {
            return BTreeMap::new();
        }
        for document in tree::documents(config) {
            if !document.faults.is_empty() {
                return BTreeMap::new();
            }
            for root in &document.roots {
                add(&mut servers, root, "clusters", &["cluster", "server"]);
                add(&mut contexts, root, "contexts", &["context", "cluster"]);
                let named = root.text_at(&["current-context"]).filter(|name| !name.is_empty());
                current = current.or_else(|| named.map(str::to_owned));
            }
        }
    }
    let mut found: BTreeMap<String, String> = contexts.iter().filter_map(|(name, cluster)| Some((name.clone(), servers.get(cluster)?.clone()))).collect();
    found.remove("");
    if let Some(server) = current.and_then(|name| found.get(&name).cloned()) {
        found.insert(String::new(), server);
    }
    found
}

/// One value of each named item of a list.
fn add(to: &mut BTreeMap<String, String>, root: &Node, list: &str, path: &[&str]) {
    for item in root.get(list).map(Node::items).unwrap_or_default() {
        if let (Some(name), Some(value)) = (item.text_at(&["name"]), item.text_at(path)) {
            to.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
