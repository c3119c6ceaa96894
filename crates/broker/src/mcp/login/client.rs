//! Who we are to an issuer: known before, described by a document, or registered now (RFC 7591).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::LoginError;
use super::token::refused;
use super::web::Web;

/// What the person's own settings say of who we are to an issuer.
#[derive(Clone)]
pub enum Client {
    /// Whoever the issuer registers.
    Anybody,
    /// A client that was registered by hand.
    Known {
        /// Its `client_id`.
        id: String,
        /// Its secret, where it has one.
        secret: Option<String>,
    },
    /// A client that describes itself at this address.
    Document {
        /// `https://…`, which is also its `client_id`.
        url: String,
    },
}

/// A client as an issuer knows it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Registered {
    id: String,
    secret: Option<String>,
    method: Method,
}

/// How it shows who it is (RFC 6749, 2.3; RFC 7591, 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    None,
    ClientSecretBasic,
    ClientSecretPost,
}

/// What a registration gives.
#[derive(Deserialize)]
struct Registration {
    client_id: String,
    client_secret: Option<String>,
    token_endpoint_auth_method: Option<String>,
}

const LONGEST: usize = 4_096;

impl Registered {
    pub(super) fn known(id: &str, secret: Option<&str>, methods: Option<&[String]>) -> Result<Self, LoginError> {
        let method = Method::among(methods, secret.is_some())?;
        Ok(Self { id: id.to_owned(), secret: secret.map(str::to_owned), method })
    }

    pub(super) fn public(id: &str) -> Self {
        Self { id: id.to_owned(), secret: None, method: Method::None }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// All that is nobody else's, in every form in which it is shown.
    pub(super) fn secrets(&self) -> Vec<String> {
        let basic = self.shown().0.and_then(|header| header.strip_prefix("Basic ").map(str::to_owned));
        self.secret.iter().cloned().chain(basic).collect()
    }

    /// The header, or what is added to the form.
    pub(super) fn shown(&self) -> (Option<String>, Vec<(&str, &str)>) {
        match (self.method, &self.secret) {
            (Method::ClientSecretBasic, Some(secret)) => {
                let coded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                (Some(format!("Basic {}", STANDARD.encode(format!("{}:{}", coded(&self.id), coded(secret))))), Vec::new())
            }
            (Method::ClientSecretPost, Some(secret)) => (None, vec![("client_id", &self.id), ("client_secret", secret)]),
            (_, _) => (None, vec![("client_id", &self.id)]),
        }
    }
}

impl Method {
    /// The best of those that the issuer takes; where it does not say, what RFC 8414 says for it.
    fn among(methods: Option<&[String]>, has_secret: bool) -> Result<Self, LoginError> {
        let takes = |method: &str| methods.is_none_or(|all| all.iter().any(|one| one == method));
        match has_secret {
            true if takes("client_secret_basic") => Ok(Self::ClientSecretBasic),
            true if takes("client_secret_post") => Ok(Self::ClientSecretPost),
            false => Ok(Self::None),
            true if takes("none") => Ok(Self::None),
            true => Err(LoginError::Lacks { what: "way to show a client's secret that is known here" }),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
        }
    }
}

/// Registers a client for this one address to come back to.
pub(super) fn register(web: &Web, at: &Url, redirect: &str, methods: Option<&[String]>) -> Result<Registered, LoginError> {
    let public = methods.is_none_or(|all| all.iter().any(|one| one == "none"));
    let method = Method::among(methods, !public)?;
    let asks = json!({
        "client_name": "Countersign",
        "redirect_uris": [redirect],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": method.word(),
        "application_type": "native",
    });
    let came = web.post(at, "application/json", None, &asks.to_string())?;
    if !came.status.is_success() {
        return Err(refused(&came, &[]));
    }
    let given: Registration = came.json()?;
    let is_sane = |text: &str| (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control);
    if !is_sane(&given.client_id) || !given.client_secret.as_deref().is_none_or(is_sane) {
        return Err(LoginError::Hostile { why: "the issuer registers a client under no usable name".into() });
    }
    let secret = given.client_secret;
    let method = match (given.token_endpoint_auth_method.as_deref(), &secret) {
        (Some("client_secret_basic"), Some(_)) => Method::ClientSecretBasic,
        (Some("client_secret_post"), Some(_)) => Method::ClientSecretPost,
        (Some("none"), _) => Method::None,
        (None, _) => Method::among(methods, secret.is_some())?,
        (Some(_), _) => return Err(LoginError::Lacks { what: "way to show who we are that is known here" }),
    };
    Ok(Registered { id: given.client_id, secret, method })
}
