//! What is known of models by name, so that a first request needs no question before it.
//!
//! Context windows are those that the vendors publish (platform.claude.com model overviews, developers.openai.com/api/docs/models,
//! November 2026). A name that is not known gets a cautious one; a setting overrides all of it.

use crate::attachment::Medium;

const CAUTIOUS: u64 = 128_000;
const LOCAL: u64 = 32_768;

/// Tokens that fit into a model reached over the network, by its bare name.
pub(crate) fn context_of(name: &str) -> u64 {
    let name = name.rsplit('/').next().unwrap_or(name);
    if let Some(version) = claude(name) {
        return if version >= (4, 6) && !name.contains("haiku") { 1_000_000 } else { 200_000 };
    }
    if let Some(version) = gpt(name) {
        return match version {
            (5, 4..) | (6.., _) => 1_050_000,
            (5, _) => 400_000,
            (4, 1) => 1_047_576,
            _ => CAUTIOUS,
        };
    }
    if name.starts_with("o1") || name.starts_with("o3") || name.starts_with("o4") {
        return 200_000;
    }
    CAUTIOUS
}

/// Tokens that fit into a local model whose server does not say: prompts beyond a local server's window are cut
/// silently by some, so the guess is low.
pub(crate) fn context_of_local() -> u64 {
    LOCAL
}

/// Whether a Claude model decides by itself how much to think (4.6 and later).
pub(crate) fn thinks_adaptively(name: &str) -> bool {
    claude(name).is_some_and(|version| version >= (4, 6))
}

/// Whether an OpenAI model may have reasoning that must be carried along.
pub(crate) fn reasons(name: &str) -> bool {
    !(name.starts_with("gpt-4") || name.starts_with("gpt-3") || name.contains("chat-latest"))
}

/// Whether a model is known to take these, by its bare name.
pub(crate) fn takes(name: &str, medium: Medium) -> bool {
    match medium {
        Medium::Images => sees(name),
        Medium::Pdfs => reads_pdfs(name),
    }
}

/// Whether a model is known to take PDF documents: Claude since 3.5 (platform.claude.com/docs/en/build-with-claude/pdf-support), and
/// those of OpenAI's that take images (developers.openai.com/api/docs/guides/pdf-files).
fn reads_pdfs(name: &str) -> bool {
    let bare = name.rsplit('/').next().unwrap_or(name);
    sees(name) && claude(bare).is_none_or(|version| version >= (3, 5))
}

/// Whether a model is known to take images, by its bare name: every Claude since 3; of OpenAI's, GPT-4o, 4.1 and all since 5, o1,
/// o3 and o4-mini (the model pages of both vendors, November 2026). Nothing is known of local ones. GPT-4o mini takes them and is
/// left out: it bills up to 48,000 tokens for one, seven times what budgets count.
fn sees(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let others = ["o1-mini", "o1-preview", "o3-mini"];
    let reasoning = ["o1", "o3", "o4-mini"].iter().any(|known| name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')));
    claude(name).is_some_and(|version| version >= (3, 0))
        || name.starts_with("gpt-4o") && !["mini", "audio", "realtime"].iter().any(|other| name.contains(other))
        || gpt(name).is_some_and(|version| version >= (4, 1))
        || reasoning && !others.iter().any(|other| name.starts_with(other))
}

/// Whether a vendor's words mean that the prompt does not fit.
pub(crate) fn says_too_long(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    [
        "prompt is too long",
        "context length",
        "context_length",
        "context window",
        "maximum context",
        "context size",
        "too many tokens",
        "exceeds the available context",
    ]
    .iter()
    .any(|sign| said.contains(sign))
}

/// Whether a vendor's words mean that waiting will not help, whatever the status says.
pub(crate) fn is_hopeless(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    said.contains("exceeded your current quota") || said.contains("insufficient_quota") || says_too_long(&said)
}

/// `claude-opus-4-6-20260101` → (4, 6); `claude-sonnet-5` → (5, 0); OpenRouter's `claude-opus-4.6` too.
fn claude(name: &str) -> Option<(u32, u32)> {
    let rest = name.strip_prefix("claude-")?;
    let mut numbers = rest.split(['-', '.']).filter(|part| part.len() <= 2).filter_map(|part| part.parse().ok());
    Some((numbers.next()?, numbers.next().unwrap_or(0)))
}

/// `gpt-5.4-mini` → (5, 4); `gpt-4o` → (4, 0).
fn gpt(name: &str) -> Option<(u32, u32)> {
    let version = name.strip_prefix("gpt-")?.split('-').next()?;
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    let major = major.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    Some((major, minor.parse().unwrap_or(0)))
}

#[cfg(test)]
mod tests;
