//! Looks for a model server on this machine, at the ports where they usually are.
//!
//! A port where nobody listens answers at once; one that does not speak within a second is passed over. Only loopback
//! is asked, without a key and without a proxy.

use std::time::Duration;

use serde::Deserialize;
use ureq::Agent;

use crate::provider::Provider;

/// A server that answered.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) provider: &'static Provider,
    pub(crate) base: String,
    pub(crate) model: Offered,
}

/// A model that a server has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Offered {
    pub(crate) name: String,
    /// As far as the server says.
    pub(crate) context: Option<u64>,
}

/// The first of these servers that has a model to offer.
pub(crate) fn first(places: &[(&'static Provider, String)]) -> Option<Found> {
    places.iter().find_map(|(provider, base)| {
        let model = offered(&provider.list(base))?;
        Some(Found { provider, base: base.clone(), model })
    })
}

/// The first model that a server lists and that can talk.
pub(crate) fn offered(list: &str) -> Option<Offered> {
    let agent: Agent = Agent::config_builder()
        .timeout_connect(Some(Duration::from_millis(150)))
        .timeout_global(Some(Duration::from_secs(1)))
        .max_redirects(0)
        .proxy(None)
        .build()
        .new_agent();
    let mut response = agent.get(list).call().ok()?;
    let body = response.body_mut().with_config().limit(4 * 1024 * 1024).read_to_vec().ok()?;
    pick(&body)
}

fn pick(body: &[u8]) -> Option<Offered> {
    let list: List = serde_json::from_slice(body).ok()?;
    let entry = list.data.into_iter().find(|entry| !entry.id.to_ascii_lowercase().contains("embed"))?;
    let context = entry.max_model_len.or(entry.context_length).or(entry.meta.and_then(|meta| meta.n_ctx));
    Some(Offered { name: entry.id, context })
}

#[derive(Deserialize)]
struct List {
    data: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    /// vLLM.
    max_model_len: Option<u64>,
    /// Brokers and LM Studio.
    context_length: Option<u64>,
    /// llama.cpp.
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    n_ctx: Option<u64>,
}

#[cfg(test)]
mod tests;
