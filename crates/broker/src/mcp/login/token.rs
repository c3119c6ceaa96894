//! Asking an issuer for tokens, and giving them back (RFC 6749, 7009).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::LoginError;
use super::challenge::are_scopes;
use super::client::Registered;
use super::web::{Came, Web};
use crate::mcp::said::short;

/// For what tokens were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Grant {
    /// A person came back with a code.
    Code,
    /// The client itself is enough.
    Credentials,
}

impl Grant {
    /// The `grant_type` by which there are more.
    pub(super) fn renewal(self) -> &'static str {
        match self {
            Self::Code => "refresh_token",
            Self::Credentials => "client_credentials",
        }
    }
}

/// What an issuer gives.
pub(super) struct Answer {
    pub access: String,
    pub refresh: Option<String>,
    /// How long it is good for.
    pub seconds: Option<u64>,
    /// What it is for, where that is not what was asked for.
    pub scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
    token_type: String,
    refresh_token: Option<String>,
    expires_in: Option<Value>,
    scope: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct No {
    error: Option<String>,
    error_description: Option<String>,
}

/// Who is told what an issuer says where it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The person at the terminal of a login: its words, without what it was just sent.
    Person,
    /// Models and the ledger too: a word of the standards, or that it says none.
    Anybody,
}

/// Words of RFC 6749 (4.1.2.1, 5.2), 6750, 7009, 7591 and 8707.
const CODES: [&str; 18] = [
    "access_denied",
    "insufficient_scope",
    "invalid_client",
    "invalid_client_metadata",
    "invalid_grant",
    "invalid_redirect_uri",
    "invalid_request",
    "invalid_scope",
    "invalid_software_statement",
    "invalid_target",
    "invalid_token",
    "server_error",
    "temporarily_unavailable",
    "unapproved_software_statement",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "unsupported_token_type",
];
/// What of a form is nobody else's.
const SECRET: [&str; 4] = ["code", "code_verifier", "refresh_token", "token"];
const LONGEST: usize = 16_384;
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn ask(web: &Web, at: &Url, client: &Registered, asks: &[(&str, &str)], told: Told) -> Result<Answer, LoginError> {
    let came = send(web, at, client, asks)?;
    match (came.status.is_success(), told) {
        (true, _) => {}
        (false, Told::Person) => return Err(refused(&came, &sent(client, asks))),
        (false, Told::Anybody) => return Err(refused_in_a_word(&came)),
    }
    let given: Given = came.json()?;
    let wrong = |why: &str| LoginError::Hostile { why: format!("the issuer gives {why}") };
    if !given.token_type.eq_ignore_ascii_case("bearer") {
        return Err(wrong("a token of a kind that is not known here"));
    }
    if !is_token(&given.access_token) || !given.refresh_token.as_deref().is_none_or(is_token) {
        return Err(wrong("a token that is none"));
    }
    let scopes = given.scope.map(|scope| scope.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    if !scopes.as_deref().is_none_or(are_scopes) {
        return Err(wrong("scopes that are none"));
    }
    let seconds = given.expires_in.and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
    Ok(Answer { access: given.access_token, refresh: given.refresh_token, seconds, scopes })
}

pub(super) fn give_back(web: &Web, at: &Url, client: &Registered, token: &str, kind: &str) -> Result<(), LoginError> {
    let came = send(web, at, client, &[("token", token), ("token_type_hint", kind)])?;
    if came.status.is_success() { Ok(()) } else { Err(refused_in_a_word(&came)) }
}

fn send(web: &Web, at: &Url, client: &Registered, asks: &[(&str, &str)]) -> Result<Came, LoginError> {
    let (authorization, more) = client.shown();
    let form = Serializer::new(String::new()).extend_pairs(asks.iter().chain(&more)).finish();
    web.post(at, FORM, authorization.as_deref(), &form)
}

/// What can stand in a header (RFC 6750, 2.1, and what issuers make of it).
fn is_token(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What it was sent and may bring back to nobody, as it is and as a form spells it.
fn sent(client: &Registered, asks: &[(&str, &str)]) -> Vec<String> {
    let of_form = asks.iter().filter(|(name, _)| SECRET.contains(name)).map(|(_, value)| (*value).to_owned());
    let plain: Vec<String> = of_form.chain(client.secrets()).filter(|value| !value.is_empty()).collect();
    let spelled = plain.iter().map(|value| byte_serialize(value.as_bytes()).collect());
    spelled.chain(plain.iter().cloned()).collect()
}

/// An issuer's no, in one line, without any of `sent`. Anything but a no in its own form is only counted.
pub(super) fn refused(came: &Came, sent: &[String]) -> LoginError {
    let no: No = serde_json::from_slice(&came.body).unwrap_or_default();
    // Before it is cut: half of a secret is one too.
    let blank = |text: String| short(&sent.iter().fold(text, |text, value| text.replace(value, "[sent]")));
    let why = match (no.error.map(blank), no.error_description.map(blank)) {
        (Some(error), Some(more)) => format!("{error}: {more}"),
        (Some(error), None) => error,
        (None, _) => answers(came),
    };
    LoginError::Refused { why }
}

/// The same where others than the person at the terminal read it: nothing that the issuer chose freely.
fn refused_in_a_word(came: &Came) -> LoginError {
    let no: No = serde_json::from_slice(&came.body).unwrap_or_default();
    let code = CODES.into_iter().find(|code| no.error.as_deref() == Some(code));
    LoginError::Refused { why: code.map_or_else(|| answers(came), str::to_owned) }
}

fn answers(came: &Came) -> String {
    format!("it answers with HTTP {}", came.status.as_u16())
}
