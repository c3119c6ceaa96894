//! What the model is told before the person's words: short, the same in every session, so that providers can cache it.

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

/// The person's words, with the environments that exist and the project's guidance in front, marked as such.
pub(crate) fn opening(environments: &[(Environment, Generation)], guidance: &str, words: &str) -> String {
    let mut text = String::new();
    if !environments.is_empty() {
        let lines = environments.iter().map(|(e, _)| format!("{} ({}) {}", e.name, e.tier, e.paths.join(" ")));
        text.push_str(&format!("<environments>\n{}\n</environments>\n\n", lines.collect::<Vec<_>>().join("\n")));
    }
    text.push_str(guidance);
    text.push_str(words);
    text
}

#[cfg(test)]
mod tests;
