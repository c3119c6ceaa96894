//! Who vouches for a server, in the order that the specification asks in: the server's own description (RFC 9728), then its
//! issuer's (RFC 8414, OpenID Connect Discovery); for a server of the protocol of 2025-03-26, its own host.

use action::Moment;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::challenge::{Challenge, are_scopes};
use super::client::{self, Client, Registered};
use super::token::{self, Answer, Grant, Told};
use super::web::Web;
use super::{Login, LoginError, Pending, Seeds, VERSION, is_same_issuer};
use crate::mcp::said::short;

/// A server and its issuer, as both describe themselves and as far as they agree.
#[derive(Clone)]
pub struct Found {
    pub(super) web: Web,
    server: String,
    pub(super) resource: String,
    pub(super) issuer: String,
    pub(super) authorize: Option<Url>,
    pub(super) token: Url,
    register: Option<Url>,
    revoke: Option<Url>,
    /// What the server asks for.
    scopes: Vec<String>,
    /// How clients may show who they are; nothing where the issuer does not say.
    methods: Option<Vec<String>>,
    takes_documents: bool,
    /// Whether each answer must name its issuer (RFC 9207).
    pub(super) says_issuer: bool,
}

/// What a server says of itself.
#[derive(Deserialize)]
struct Protected {
    resource: String,
    #[serde(default)]
    authorization_servers: Vec<String>,
    scopes_supported: Option<Vec<String>>,
}

/// What an issuer says of itself.
#[derive(Deserialize)]
struct Authority {
    issuer: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    registration_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    client_id_metadata_document_supported: bool,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Found {
    /// Asks the server at this address who vouches for it. Where the person's own settings name an issuer, it is that one or nobody.
    pub fn of(server: &str, named: Option<&str>) -> Result<Self, LoginError> {
        let web = Web::beside(server, named)?;
        let address = web.address("the server's address", server)?;
        let challenge = challenged(&web, &address)?;
        match protected(&web, &address, challenge.as_ref())? {
            Some(own) => Self::vouched(web, server, challenge.unwrap_or_default(), own),
            None if challenge.is_some() => Self::by_itself(web, server, &address, challenge.unwrap_or_default()),
            None => Err(LoginError::NotAsked),
        }
    }

    /// The host that the person will be at.
    pub fn host(&self) -> String {
        let at = self.authorize.as_ref().unwrap_or(&self.token);
        at.host_str().map(short).unwrap_or_default()
    }

    /// Who vouches for it.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What is asked for: what the person typed, or what the server wants.
    pub fn wanted(&self, typed: &[String]) -> Vec<String> {
        if typed.is_empty() { self.scopes.clone() } else { typed.to_vec() }
    }

    /// Begins a login in which a person comes back to `redirect`.
    pub fn begin(self, client: &Client, scopes: &[String], redirect: &str, seeds: Seeds) -> Result<Pending, LoginError> {
        let scopes = self.wanted(scopes);
        let registered = self.registered(client, redirect)?;
        Pending::new(self, registered, scopes, redirect, seeds)
    }

    /// A client as the person's own settings have it. Its secret is for the issuer that they name, and the server does not choose
    /// who gets it.
    fn known(&self, id: &str, secret: Option<&str>) -> Result<Registered, LoginError> {
        let named = self.web.named().is_some_and(|named| is_same_issuer(named, &self.issuer));
        if secret.is_some() && !named {
            return Err(LoginError::Lacks { what: "`issuer` under `mcp_logins` in config.toml that the client's secret is for" });
        }
        Registered::known(id, secret, self.methods.as_deref())
    }

    /// A login of the client itself, with nobody at a browser (`client_credentials`).
    pub fn by_credentials(self, client: &Client, scopes: &[String], now: Moment) -> Result<Login, LoginError> {
        let Client::Known { id, secret: Some(secret) } = client else { return Err(LoginError::NoClient) };
        let registered = self.known(id, Some(secret))?;
        let scopes = self.wanted(scopes);
        let scope = scopes.join(" ");
        let mut asks = vec![("grant_type", Grant::Credentials.renewal()), ("resource", self.resource.as_str())];
        if !scope.is_empty() {
            asks.push(("scope", &scope));
        }
        let answer = token::ask(&self.web, &self.token, &registered, &asks, Told::Person)?;
        Ok(self.login(&registered, Grant::Credentials, &scopes, answer, now))
    }

    pub(super) fn login(&self, client: &Registered, grant: Grant, scopes: &[String], answer: Answer, now: Moment) -> Login {
        Login {
            v: VERSION,
            server: self.server.clone(),
            resource: self.resource.clone(),
            issuer: self.issuer.clone(),
            named: self.web.named().is_some(),
            token_endpoint: self.token.clone(),
            revocation_endpoint: self.revoke.clone(),
            client: client.clone(),
            grant,
            scopes: answer.scopes.unwrap_or_else(|| scopes.to_vec()),
            access: answer.access,
            refresh: answer.refresh,
            expires: answer.seconds.map(|seconds| now.plus_seconds(seconds)),
        }
    }

    /// What the person's own settings name comes first, then a document of theirs, then a registration.
    fn registered(&self, client: &Client, redirect: &str) -> Result<Registered, LoginError> {
        match (client, &self.register) {
            (Client::Known { id, secret }, _) => self.known(id, secret.as_deref()),
            (Client::Document { url }, _) if self.takes_documents => Ok(Registered::public(url)),
            (_, Some(register)) => client::register(&self.web, register, redirect, self.methods.as_deref()),
            (_, None) => Err(LoginError::NoClient),
        }
    }

    /// By the issuer that the server's description names.
    fn vouched(web: Web, server: &str, challenge: Challenge, own: Protected) -> Result<Self, LoginError> {
        let issuer = own.authorization_servers.first().ok_or(LoginError::Lacks { what: "issuer that vouches for it" })?;
        let issuer = match web.named() {
            Some(named) => own.authorization_servers.iter().find(|one| is_same_issuer(one, named)).ok_or_else(|| another(issuer, named))?,
            None => issuer,
        };
        let at = web.address("the issuer", issuer)?;
        let authority = authority(&web, &at)?.ok_or(LoginError::Lacks { what: "description of itself" })?;
        let scopes = if challenge.scopes.is_empty() { own.scopes_supported.unwrap_or_default() } else { challenge.scopes };
        Self::described(web, server, own.resource, issuer, scopes, authority)
    }

    /// As the protocol of 2025-03-26 had it: the server's host vouches for itself, at addresses that need not be described.
    fn by_itself(web: Web, server: &str, address: &Url, challenge: Challenge) -> Result<Self, LoginError> {
        let host = with_path(address, "/");
        if let Some(named) = web.named().filter(|named| !is_same_issuer(host.as_str(), named)) {
            return Err(another(host.as_str(), named));
        }
        if let Some(authority) = authority(&web, &host)? {
            return Self::described(web, server, server.to_owned(), host.as_str(), challenge.scopes, authority);
        }
        Ok(Self {
            web,
            server: server.to_owned(),
            resource: server.to_owned(),
            issuer: host.as_str().to_owned(),
            authorize: Some(with_path(&host, "/authorize")),
            token: with_path(&host, "/token"),
            register: Some(with_path(&host, "/register")),
            revoke: None,
            scopes: challenge.scopes,
            methods: None,
            takes_documents: false,
            says_issuer: false,
        })
    }

    fn described(web: Web, server: &str, resource: String, issuer: &str, scopes: Vec<String>, authority: Authority) -> Result<Self, LoginError> {
        if !speaks_for(&authority.issuer, issuer) {
            return Err(LoginError::Hostile { why: format!("{} describes another issuer: {}", short(issuer), short(&authority.issuer)) });
        }
        if !are_scopes(&scopes) {
            return Err(LoginError::Hostile { why: "the server names scopes that are none".into() });
        }
        let challenges = authority.code_challenge_methods_supported.unwrap_or_default();
        if authority.authorization_endpoint.is_some() && !challenges.iter().any(|method| method == "S256") {
            return Err(LoginError::Lacks { what: "protection of the code (PKCE with S256)" });
        }
        let token = authority.token_endpoint.as_deref().ok_or(LoginError::Lacks { what: "address for tokens" })?;
        let optional = |what: &str, text: Option<&str>| text.map(|text| web.address(what, text)).transpose();
        Ok(Self {
            server: server.to_owned(),
            resource,
            issuer: issuer.to_owned(),
            authorize: optional("the address to log in at", authority.authorization_endpoint.as_deref())?,
            token: web.address("the address for tokens", token)?,
            register: optional("the address to register at", authority.registration_endpoint.as_deref())?,
            revoke: optional("the address to give tokens back", authority.revocation_endpoint.as_deref())?,
            scopes,
            methods: authority.token_endpoint_auth_methods_supported,
            takes_documents: authority.client_id_metadata_document_supported,
            says_issuer: authority.authorization_response_iss_parameter_supported,
            web,
        })
    }
}

/// Nobody of those whom the server names is asked anything then.
fn another(issuer: &str, named: &str) -> LoginError {
    LoginError::Hostile { why: format!("the server says {} vouches for it, and `mcp_logins` in config.toml names {}", short(issuer), short(named)) }
}

/// What the server says to somebody who is not logged in. Some let anybody begin, and ask at the first question.
fn challenged(web: &Web, server: &Url) -> Result<Option<Challenge>, LoginError> {
    let begin = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "countersign", "version": env!("CARGO_PKG_VERSION")}});
    for (method, params) in [("initialize", begin), ("tools/list", json!({}))] {
        let asks = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let came = web.post(server, "application/json", None, &asks)?;
        if came.status.as_u16() == 401 {
            return Ok(Some(Challenge::of(&came.headers)));
        }
    }
    Ok(None)
}

/// The server's description of itself, which must be of itself. It stands on the server's own host.
fn protected(web: &Web, server: &Url, challenge: Option<&Challenge>) -> Result<Option<Protected>, LoginError> {
    const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
    let named = challenge.and_then(|challenge| challenge.metadata.as_deref());
    let places = match named {
        Some(named) => vec![web.address("the address of its description", named)?],
        None => vec![with_path(server, &format!("{WELL_KNOWN}{}", server.path().trim_end_matches('/'))), with_path(server, WELL_KNOWN)],
    };
    for place in places {
        if place.origin() != server.origin() {
            return Err(LoginError::Hostile { why: format!("the server is described on another host: {}", short(place.as_str())) });
        }
        if let Some(own) = web.document::<Protected>(&place)? {
            let resource = web.address("what its description is of", &own.resource)?;
            return match is_part_of(server, &resource) {
                true => Ok(Some(own)),
                false => Err(LoginError::Hostile { why: format!("its description is of another server: {}", short(resource.as_str())) }),
            };
        }
    }
    match named {
        Some(named) => Err(LoginError::Hostile { why: format!("there is no description at {}", short(named)) }),
        None => Ok(None),
    }
}

/// Whether a token for `whole` is one for `server`: the same host, and the same path or one above it.
fn is_part_of(server: &Url, whole: &Url) -> bool {
    let above = whole.path().trim_end_matches('/');
    let below = server.path().strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    server.origin() == whole.origin() && below
}

/// Whether a description is of the issuer that was named. RFC 8414 wants the very same; some hosts with an issuer a tenant describe
/// each as the host itself. That is let through, as what the person sees, what is kept and what an answer's `iss` must be is
/// the issuer that the server named, never the one that the description claims.
fn speaks_for(claimed: &str, named: &str) -> bool {
    let at = |text: &str| Url::parse(text).ok();
    is_same_issuer(claimed, named) || at(claimed).zip(at(named)).is_some_and(|(claimed, named)| is_part_of(&named, &claimed))
}

/// An issuer's description of itself, in the places and the order of the specification.
fn authority(web: &Web, issuer: &Url) -> Result<Option<Authority>, LoginError> {
    let path = issuer.path().trim_end_matches('/');
    let mut places = vec![format!("/.well-known/oauth-authorization-server{path}"), format!("/.well-known/openid-configuration{path}")];
    if !path.is_empty() {
        places.push(format!("{path}/.well-known/openid-configuration"));
    }
    for place in places {
        if let Some(found) = web.document(&with_path(issuer, &place))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn with_path(url: &Url, path: &str) -> Url {
    let mut other = url.clone();
    other.set_path(path);
    other.set_query(None);
    other
}
