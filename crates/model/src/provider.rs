//! Who offers models, where, in which protocol, and which variable holds the key.

/// One place that offers models.
#[derive(Debug)]
pub(crate) struct Provider {
    /// The word before the slash in `provider/name`.
    pub(crate) word: &'static str,
    pub(crate) speaks: Speaks,
    /// Where it is, unless a setting says otherwise. Empty: it has to be said.
    pub(crate) base: &'static str,
    /// Variable with another base URL.
    pub(crate) base_variable: &'static str,
    pub(crate) key_variable: &'static str,
    /// Which model, if none is named. Empty: ask the server which it has.
    pub(crate) model: &'static str,
    pub(crate) local: bool,
}

/// Which protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    Anthropic,
    Responses,
    Chat,
}

const fn remote(
    word: &'static str,
    speaks: Speaks,
    [base, base_variable, key_variable, model]: [&'static str; 4],
) -> Provider {
    Provider { word, speaks, base, base_variable, key_variable, model, local: false }
}

const fn local(word: &'static str, base: &'static str, key_variable: &'static str) -> Provider {
    Provider { word, speaks: Speaks::Chat, base, base_variable: "", key_variable, model: "", local: true }
}

/// All of them; those with a key in the environment are taken in this order.
pub(crate) static PROVIDERS: [Provider; 9] = [
    remote(
        "anthropic",
        Speaks::Anthropic,
        ["https://api.anthropic.com", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "claude-opus-5-5"],
    ),
    remote(
        "openai",
        Speaks::Responses,
        ["https://api.openai.com/v1", "OPENAI_BASE_URL", "OPENAI_API_KEY", "gpt-6.1-sol"],
    ),
    remote(
        "openrouter",
        Speaks::Chat,
        ["https://openrouter.ai/api/v1", "OPENROUTER_BASE_URL", "OPENROUTER_API_KEY", "openrouter/auto"],
    ),
    remote(
        "openai-chat",
        Speaks::Chat,
        ["https://api.openai.com/v1", "OPENAI_BASE_URL", "OPENAI_API_KEY", "gpt-4.1"],
    ),
    local("ollama", "http://127.0.0.1:11434/v1", "OLLAMA_API_KEY"),
    local("lmstudio", "http://127.0.0.1:1234/v1", "LM_API_TOKEN"),
    local("vllm", "http://127.0.0.1:8000/v1", "VLLM_API_KEY"),
    local("llamacpp", "http://127.0.0.1:8080/v1", "LLAMA_API_KEY"),
    // Anything else that speaks Chat Completions, at the base URL that is given.
    local("chat", "", "COUNTERSIGN_MODEL_KEY"),
];

/// Finds a provider by its word; `llama.cpp` and `lm-studio` are taken too.
pub(crate) fn by_word(word: &str) -> Option<&'static Provider> {
    let plain = word.to_ascii_lowercase().replace("llama.cpp", "llamacpp").replace("lm-studio", "lmstudio");
    PROVIDERS.iter().find(|provider| provider.word == plain)
}

/// All words, for a message.
pub(crate) fn words() -> String {
    PROVIDERS.iter().map(|provider| provider.word).collect::<Vec<_>>().join(", ")
}

impl Provider {
    /// The full address of the protocol's one method below a base URL.
    pub(crate) fn method(&self, base: &str) -> String {
        let has_path = base.splitn(4, '/').nth(3).is_some_and(|path| !path.is_empty());
        match self.speaks {
            Speaks::Anthropic if base.ends_with("/v1") => format!("{base}/messages"),
            Speaks::Anthropic => format!("{base}/v1/messages"),
            Speaks::Responses => format!("{}/responses", versioned(base, has_path)),
            Speaks::Chat => format!("{}/chat/completions", versioned(base, has_path)),
        }
    }

    /// Where the server lists its models.
    pub(crate) fn list(&self, base: &str) -> String {
        let method = self.method(base);
        let root = method.strip_suffix("/chat/completions").or_else(|| method.strip_suffix("/responses"));
        format!("{}/models", root.or_else(|| method.strip_suffix("/messages")).unwrap_or(base))
    }
}

/// People leave out the `/v1`; where there is no path at all, it is meant.
fn versioned(base: &str, has_path: bool) -> String {
    if has_path { base.to_owned() } else { format!("{base}/v1") }
}

#[cfg(test)]
mod tests;
