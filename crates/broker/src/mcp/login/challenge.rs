//! What a server says when it wants somebody else: `WWW-Authenticate` (RFC 9110, 6750, 9728).

use ureq::http::HeaderMap;

/// What its `Bearer` challenge names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::mcp) struct Challenge {
    /// Where the server describes itself.
    pub metadata: Option<String>,
    /// What it wants a token to be for.
    pub scopes: Vec<String>,
    /// Why a token was not enough.
    pub error: Option<String>,
}

const LONGEST: usize = 8_192;
const MOST_SCOPES: usize = 64;

impl Challenge {
    /// The first challenge of this kind; none where there is none, or where it is too long to be one.
    pub(in crate::mcp) fn of(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        for value in headers.get_all("www-authenticate").iter().filter_map(|value| value.to_str().ok()).filter(|value| value.len() <= LONGEST) {
            found.read(value);
        }
        found
    }

    /// Whether a token is good, but not for this.
    pub(in crate::mcp) fn wants_more(&self) -> bool {
        self.error.as_deref() == Some("insufficient_scope")
    }

    fn read(&mut self, header: &str) {
        let mut is_bearer = false;
        for element in elements(header) {
            let (before, value) = element.split_once('=').unwrap_or((&element, ""));
            let mut words = before.split_whitespace().rev();
            let name = words.next().unwrap_or_default().to_ascii_lowercase();
            let scheme = words.next().or((value.is_empty() && !name.is_empty()).then_some(before));
            is_bearer = scheme.map_or(is_bearer, |scheme| scheme.trim().eq_ignore_ascii_case("bearer"));
            if is_bearer {
                self.note(&name, unquoted(value.trim()));
            }
        }
    }

    fn note(&mut self, name: &str, value: String) {
        match name {
            "resource_metadata" if self.metadata.is_none() => self.metadata = Some(value),
            "error" if self.error.is_none() => self.error = Some(value),
            "scope" if self.scopes.is_empty() => {
                let scopes: Vec<String> = value.split_whitespace().map(str::to_owned).collect();
                self.scopes = if are_scopes(&scopes) { scopes } else { Vec::new() };
            }
            _ => {}
        }
    }
}

/// Whether each is a scope (RFC 6749, 3.3) of a sane length, and there are not too many.
pub(in crate::mcp) fn are_scopes(scopes: &[String]) -> bool {
    let is_one = |scope: &String| (1..=256).contains(&scope.len()) && scope.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    scopes.len() <= MOST_SCOPES && scopes.iter().all(is_one)
}

/// Split at commas that stand outside of quotes.
fn elements(header: &str) -> Vec<String> {
    let (mut all, mut one, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for c in header.chars() {
        match c {
            ',' if !quoted => all.push(std::mem::take(&mut one)),
            _ => {
                quoted ^= c == '"' && !escaped;
                escaped = quoted && c == '\\' && !escaped;
                one.push(c);
            }
        }
    }
    all.push(one);
    all
}

fn unquoted(value: &str) -> String {
    let Some(inside) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return value.to_owned() };
    let (mut text, mut escaped) = (String::new(), false);
    for c in inside.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            c => {
                text.push(c);
                escaped = false;
            }
        }
    }
    text
}

#[cfg(test)]
mod tests;
