//! What the model is told before the person's words: short, the same in every session, so that providers can cache it.

use std::path::Path;

use action::{Environment, Generation};

/// The system prompt. Facts about the box and how work ends; nothing here is relied on for safety.
pub(crate) const SYSTEM: &str = "\
You are a software engineer working through Countersign. You work in a private copy of the person's project, inside a box: \
file tools and shell commands change only the copy, freely and without asking. There is no network in the box except the package \
registries that policy names. Credentials are masked; do not look for them.\n\
When you end your turn, what you changed is shown to the person as one change set; it lands only if they sign it. \
An environment (staging, production) is reached only with change_environment: the command is rehearsed on a copy, its effects are computed, \
and they land only when the people whose signature that needs have countersigned. If something is refused, do not look for another way round: \
say what you wanted, and go on with what is possible.\n\
Make the smallest change that does what was asked. Add or adapt unit tests and documentation with it, run the project's own tests, \
and end with two or three sentences: what you changed, what you ran, what you saw.";

/// Files of guidance that a project may carry, first found first. They inform; they are never policy.
const GUIDANCE: [&str; 3] = ["AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md"];
/// Guidance beyond this many bytes is left out, and the model is told.
const GUIDANCE_LIMIT: usize = 16 * 1024;

/// A file larger than this is no guidance.
const LARGEST: u64 = 1024 * 1024;

/// The person's words, with the environments that exist and the project's guidance in front, marked as such.
pub(crate) fn opening(root: &Path, environments: &[(Environment, Generation)], words: &str) -> String {
    let mut text = String::new();
    if !environments.is_empty() {
        let lines = environments.iter().map(|(e, _)| format!("{} ({}) {}", e.name, e.tier, e.paths.join(" ")));
        text.push_str(&format!("<environments>\n{}\n</environments>\n\n", lines.collect::<Vec<_>>().join("\n")));
    }
    if let Some((name, guidance)) = guidance(root) {
        text.push_str(&format!("<guidance from=\"{name}\">\n{guidance}\n</guidance>\n\n"));
    }
    text.push_str(words);
    text
}

fn guidance(root: &Path) -> Option<(&'static str, String)> {
    GUIDANCE.iter().find_map(|name| {
        let mut text = inside(root, name)?;
        if text.len() > GUIDANCE_LIMIT {
            let cut = (0..=GUIDANCE_LIMIT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.truncate(cut);
            text.push_str("\n(the rest is left out; read the file for it)");
        }
        Some((*name, text))
    })
}

/// A file of the project, also behind a link that stays in it. A link that leads out of it, or to a secret, would hand the
/// model what the box would never show it.
fn inside(root: &Path, name: &str) -> Option<String> {
    let root = root.canonicalize().ok()?;
    let real = root.join(name).canonicalize().ok()?;
    let within = real.strip_prefix(&root).ok()?;
    if within.components().any(|part| sandbox::is_secret_name(part.as_os_str().as_encoded_bytes())) {
        return None;
    }
    let (bytes, _) = sandbox::read_still(&real, LARGEST).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
