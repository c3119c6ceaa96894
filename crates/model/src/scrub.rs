//! Takes secrets out of text before it is kept.
//!
//! Two ways: the values of variables whose names say that they are secret, wherever they occur; and tokens that show by
//! their form what they are (vendor prefixes, JSON web tokens, bearer headers, passwords in URLs, private keys in PEM).
//! It cannot know a secret that has neither name nor form; a recording is to be read before it is given away.

use std::borrow::Cow;

use serde_json::Value;

const REMOVED: &str = "[removed]";
/// Shorter values would be found everywhere.
const SHORTEST: usize = 6;

/// What is to be taken out. Its `Debug` shows no values.
#[derive(Clone, Default)]
pub struct Scrub {
    /// Longest first, so that a value within another does not leave a rest.
    values: Vec<(String, String)>,
}

/// Prefix of a token, and how long the whole token is at least.
const FORMS: [(&str, usize); 26] = [
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("AKIA", 20),
    ("ASIA", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("gldt-", 20),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("xoxa-", 16),
    ("xoxs-", 16),
    ("xapp-", 16),
    ("AIza", 35),
    ("npm_", 30),
    ("hf_", 30),
    ("pypi-", 40),
    ("dop_v1_", 30),
    ("dckr_pat_", 20),
    ("eyJ", 20),
];

impl Scrub {
    /// Learns the secrets among these variables.
    pub fn new(variables: &[(String, String)]) -> Self {
        let secret = |(name, value): &&(String, String)| is_secret(name) && value.trim().len() >= SHORTEST;
        let mut values: Vec<_> =
            variables.iter().filter(secret).map(|(name, value)| (name.clone(), value.trim().to_owned())).collect();
        values.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        Self { values }
    }

    /// The text without secrets.
    pub fn text(&self, text: &str) -> String {
        let mut out = Cow::Borrowed(text);
        for (name, value) in &self.values {
            if out.contains(value.as_str()) {
                out = Cow::Owned(out.replace(value.as_str(), &format!("[removed:{name}]")));
            }
        }
        without_tokens(&without_passwords(&without_private_keys(&out)))
    }

    /// Scrubs every text in a tree, the names of fields too.
    pub fn value(&self, value: &mut Value) {
        each_text(value, &|text| self.text(text), &|name| self.text(name));
    }
}

/// Replaces every text and every name of a field in a tree.
pub(crate) fn each_text(value: &mut Value, text: &dyn Fn(&str) -> String, name: &dyn Fn(&str) -> String) {
    match value {
        Value::String(found) => *found = text(found),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, text, name)),
        Value::Object(map) => {
            let fields = std::mem::take(map).into_iter();
            *map = fields
                .map(|(field, mut item)| {
                    each_text(&mut item, text, name);
                    (name(&field), item)
                })
                .collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether a variable's name says that its value is secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let whole = ["KEY", "APIKEY", "AUTH", "PAT", "PWD", "PASS", "DSN", "COOKIE", "PIN", "OTP"];
    let within = ["TOKEN", "SECRET", "PASSW", "CREDENTIAL", "PRIVATE", "APIKEY"];
    let by_word = name.split('_').any(|word| whole.contains(&word));
    name != "PWD" && (by_word || within.iter().any(|part| name.contains(part)))
}

fn without_private_keys(text: &str) -> Cow<'_, str> {
    let Some((before, rest)) = text.split_once("-----BEGIN ") else {
        return Cow::Borrowed(text);
    };
    let (label, body) = rest.split_once("-----").unwrap_or((rest, ""));
    if !label.contains("PRIVATE KEY") {
        return Cow::Owned(format!("{before}-----BEGIN {}", without_private_keys(rest)));
    }
    // Without an end the rest of the text belongs to it.
    let after = body.split_once("-----END ").and_then(|(_, end)| end.split_once("-----")).map_or("", |(_, after)| after);
    Cow::Owned(format!("{before}{REMOVED}{}", without_private_keys(after)))
}

/// `scheme://user:password@host` keeps its user and host.
fn without_passwords(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        out.extend([before, "://"]);
        let end = after.find(|c: char| c.is_whitespace() || "/\"'`<>".contains(c)).unwrap_or(after.len());
        let (authority, left) = after.split_at(end);
        match authority.rsplit_once('@').and_then(|(user, host)| Some((user.split_once(':')?.0, host))) {
            Some((user, host)) => out.extend([user, ":", REMOVED, "@", host]),
            None => out.push_str(authority),
        }
        rest = left;
    }
    out.push_str(rest);
    out
}

fn without_tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut bearer = false;
    while !rest.is_empty() {
        let size = rest.find(|c| !in_token(c)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(size);
        let secret = (bearer && token.len() >= 16) || FORMS.iter().any(|(form, least)| token.starts_with(form) && token.len() >= *least);
        out.push_str(if secret { REMOVED } else { token });
        let gap = after.find(in_token).unwrap_or(after.len());
        let (between, next) = after.split_at(gap);
        out.push_str(between);
        bearer = token.eq_ignore_ascii_case("bearer") && between.chars().all(|c| c == ' ');
        rest = next;
    }
    out
}

/// The dot belongs to a token only for the sake of JSON web tokens; a secret at the end of a sentence goes with its stop.
fn in_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.'
}

impl std::fmt::Debug for Scrub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Scrub").field("variables", &names).finish()
    }
}

#[cfg(test)]
mod tests;
