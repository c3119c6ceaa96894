//! Picks the model to speak to from what the face was given.
//!
//! What a person chose goes first; then a key in the environment; then a server on this machine, if it may be looked for.
//! Nothing is sent over the network here but that one question to loopback. A key goes only to its own vendor, and never
//! over plain HTTP to another machine.

use std::fmt;
use std::time::Duration;

use crate::anthropic::Anthropic;
use crate::local::{self, Found, Offered};
use crate::openai_chat::Chat;
use crate::openai_responses::Responses;
use crate::provider::{self, PROVIDERS, Provider, Speaks};
use crate::proxy::{BadProxy, Place};
use crate::recorded::{BadRecording, Recorded};
use crate::remote::Remote;
use crate::retry::{Pause, real_pause};
use crate::wire::{Line, Patience, Secret, Way};
use crate::{Model, limits, trust};

const PATIENCE: Patience = Patience { connect: Duration::from_secs(15), idle: Duration::from_secs(300) };

/// What the face knows. Its `Debug` shows no values of variables.
#[derive(Clone, Default)]
pub struct Settings {
    /// The environment.
    pub variables: Vec<(String, String)>,
    /// What was given to `--model`: `provider/name`, `provider`, or `recorded:FILE`.
    pub choice: Option<String>,
    /// Another base URL than the provider's own; needs `choice`.
    pub base_url: Option<String>,
    /// Whether a server on this machine may be looked for.
    pub probe_local: bool,
    /// What `{{name}}` stands for in a recording.
    pub fill: Vec<(String, String)>,
    /// Tokens that fit, where the person knows better.
    pub context_limit: Option<u64>,
}

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum NoModel {
    /// Nothing was chosen and nothing was found.
    #[error(
        "no model to speak to; there are three ways to one:\n\
         \x20 1. a key in the environment: ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENROUTER_API_KEY\n\
         \x20 2. a local server on its usual port: Ollama 11434, LM Studio 1234, vLLM 8000 or llama.cpp 8080\n\
         \x20 3. a recording: --model recorded:FILE"
    )]
    Nothing,
    /// The word before the slash is not known.
    #[error("`{given}` does not name a model; write provider/name, with a provider out of {}", provider::words())]
    UnknownProvider {
        /// What was given.
        given: String,
    },
    /// The provider wants a key.
    #[error("{provider} needs a key in the environment: {variable}")]
    NoKey {
        /// Which provider.
        provider: &'static str,
        /// Which variable.
        variable: &'static str,
    },
    /// The server was to be asked which model it has, and gave no answer.
    #[error("no server with a model answers at `{url}`; start it, or name the model as {provider}/name")]
    NoServer {
        /// Which provider.
        provider: &'static str,
        /// Where it was looked for.
        url: String,
    },
    /// A base URL alone does not say which protocol.
    #[error("a base URL needs a choice of what is there: --model provider/name, or chat/name for any other server")]
    BaseWithoutChoice,
    /// The provider has no place of its own.
    #[error("{provider}/name needs a base URL")]
    NoBase {
        /// Which provider.
        provider: &'static str,
    },
    /// Not a usable URL.
    #[error("`{url}` is not a base URL: http or https, a host, no credentials and no query")]
    BadUrl {
        /// What was given, without what stands before an `@`.
        url: String,
    },
    /// The key would travel in the clear.
    #[error("the key in {variable} would travel unencrypted to `{url}`; use https")]
    KeyInClear {
        /// Which variable.
        variable: &'static str,
        /// Where to.
        url: String,
    },
    /// The key cannot be a header.
    #[error("the value of {variable} has characters that a key cannot have")]
    BadKey {
        /// Which variable.
        variable: &'static str,
    },
    /// The proxy cannot be used.
    #[error(transparent)]
    Proxy(#[from] BadProxy),
    /// The recording cannot be played.
    #[error(transparent)]
    Recording(#[from] BadRecording),
}

/// Picks a model.
///
/// # Errors
/// [`NoModel`], which says what is missing.
pub fn find(settings: &Settings) -> Result<Box<dyn Model>, NoModel> {
    find_with(settings, real_pause())
}

/// Picks a model that waits between tries by `pause`.
///
/// # Errors
/// [`NoModel`], which says what is missing.
pub fn find_with(settings: &Settings, pause: Pause) -> Result<Box<dyn Model>, NoModel> {
    let usual = PROVIDERS.iter().filter(|provider| provider.local && !provider.base.is_empty());
    let places: Vec<_> = usual.map(|provider| (provider, provider.base.to_owned())).collect();
    find_among(settings, pause, &places)
}

/// As [`find_with`], looking for local servers at given places.
fn find_among(
    settings: &Settings,
    pause: Pause,
    places: &[(&'static Provider, String)],
) -> Result<Box<dyn Model>, NoModel> {
    let choice = settings.choice.as_deref().map(str::trim).filter(|choice| !choice.is_empty());
    if let Some(choice) = choice {
        return chosen(settings, choice, pause);
    }
    if settings.base_url.is_some() {
        return Err(NoModel::BaseWithoutChoice);
    }
    let keyed = PROVIDERS.iter().find(|provider| !provider.local && settings.key(provider).is_some());
    if let Some(provider) = keyed {
        return open(settings, provider, &settings.base(provider)?, None, pause);
    }
    let found = if settings.probe_local { local::first(places) } else { None };
    let Some(Found { provider, base, model }) = found else {
        return Err(NoModel::Nothing);
    };
    open(settings, provider, &base, Some(model), pause)
}

fn chosen(settings: &Settings, choice: &str, pause: Pause) -> Result<Box<dyn Model>, NoModel> {
    if let Some(file) = choice.strip_prefix("recorded:") {
        let recorded = Recorded::open(file.as_ref(), &settings.fill)?;
        return Ok(Box::new(recorded.with_context_limit(settings.context_limit)));
    }
    let (word, name) = choice.split_once('/').unwrap_or((choice, ""));
    let Some(provider) = provider::by_word(word) else {
        return Err(NoModel::UnknownProvider { given: choice.to_owned() });
    };
    let base = settings.base(provider)?;
    let named = (!name.is_empty()).then(|| Offered { name: name.to_owned(), context: None });
    open(settings, provider, &base, named, pause)
}

fn open(
    settings: &Settings,
    provider: &'static Provider,
    base: &str,
    model: Option<Offered>,
    pause: Pause,
) -> Result<Box<dyn Model>, NoModel> {
    let Some(place) = Place::of(base) else {
        return Err(NoModel::BadUrl { url: base.rsplit('@').next().unwrap_or_default().to_owned() });
    };
    let key = settings.key_for(provider, base, &place)?;
    let model = match model {
        Some(model) => model,
        None if !provider.model.is_empty() => Offered { name: provider.model.to_owned(), context: None },
        None => local::offered(&provider.list(base))
            .ok_or_else(|| NoModel::NoServer { provider: provider.word, url: base.to_owned() })?,
    };
    let guess = || if provider.local { limits::context_of_local() } else { limits::context_of(&model.name) };
    let context = settings.context_limit.or(model.context).unwrap_or_else(guess);
    let headers = headers(provider.speaks, key.as_ref());
    let proxy = place.proxy(&settings.variables)?;
    let way = Way { proxy, roots: trust::roots(&settings.variables), patience: PATIENCE };
    let line = Line::new(provider.method(base), headers, way);
    Ok(speak(provider, model.name, context, line, key, pause))
}

fn speak(provider: &Provider, model: String, context: u64, line: Line, key: Option<Secret>, pause: Pause) -> Box<dyn Model> {
    let name = format!("{}/{model}", provider.word);
    match provider.speaks {
        Speaks::Anthropic => {
            let protocol = Anthropic { model, name: name.clone() };
            Box::new(Remote::new(name, context, protocol, line, key, pause))
        }
        Speaks::Responses => {
            let protocol = Responses { model, name: name.clone() };
            Box::new(Remote::new(name, context, protocol, line, key, pause))
        }
        Speaks::Chat => {
            let mark_cache = provider.word == "openrouter" && model.starts_with("anthropic/");
            let max_field = if provider.word == "openai-chat" { "max_completion_tokens" } else { "max_tokens" };
            let protocol = Chat { model, name: name.clone(), max_field, mark_cache };
            Box::new(Remote::new(name, context, protocol, line, key, pause))
        }
    }
}

fn headers(speaks: Speaks, key: Option<&Secret>) -> Vec<(&'static str, Secret)> {
    let mut headers = Vec::new();
    if speaks == Speaks::Anthropic {
        headers.push(("anthropic-version", Secret("2023-06-01".into())));
    }
    if let Some(Secret(key)) = key {
        headers.push(match speaks {
            Speaks::Anthropic => ("x-api-key", Secret(key.clone())),
            Speaks::Responses | Speaks::Chat => ("authorization", Secret(format!("Bearer {key}"))),
        });
    }
    headers
}

impl Settings {
    fn variable(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty() && !name.is_empty())
    }

    fn key(&self, provider: &Provider) -> Option<&str> {
        self.variable(provider.key_variable)
    }

    fn base(&self, provider: &Provider) -> Result<String, NoModel> {
        let given = self.base_url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let base = given.or_else(|| self.variable(provider.base_variable)).unwrap_or(provider.base);
        if base.is_empty() {
            return Err(NoModel::NoBase { provider: provider.word });
        }
        Ok(base.trim_end_matches('/').to_owned())
    }

    /// The key to send there: none where none is set and none is needed.
    fn key_for(&self, provider: &Provider, base: &str, place: &Place) -> Result<Option<Secret>, NoModel> {
        let variable = provider.key_variable;
        let Some(key) = self.key(provider) else {
            let needed = !provider.local && !place.is_loopback();
            return if needed { Err(NoModel::NoKey { provider: provider.word, variable }) } else { Ok(None) };
        };
        if !place.https && !place.is_loopback() {
            return Err(NoModel::KeyInClear { variable, url: base.to_owned() });
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NoModel::BadKey { variable });
        }
        Ok(Some(Secret(key.to_owned())))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.variables.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Settings")
            .field("variables", &names)
            .field("choice", &self.choice)
            .field("base_url", &self.base_url.as_ref().map(|url| url.rsplit('@').next().unwrap_or_default().to_owned()))
            .field("probe_local", &self.probe_local)
            .field("fill", &self.fill)
            .field("context_limit", &self.context_limit)
            .finish()
    }
}

#[cfg(test)]
mod tests;
