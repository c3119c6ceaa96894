//! What `config.toml` says of MCP servers: which variables they may see, and who we are where people log in. Both are the service's
//! own; a project only names servers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `mcp_variables`: names of variables of this machine that servers may see.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum McpVariables {
    /// Any server of any project.
    Any(Vec<String>),
    /// By a server's address, or by its name where it has none.
    Each(BTreeMap<String, Vec<String>>),
}

impl Default for McpVariables {
    fn default() -> Self {
        Self::Any(Vec::new())
    }
}

impl McpVariables {
    pub(crate) fn is_none(&self) -> bool {
        match self {
            Self::Any(names) => names.is_empty(),
            Self::Each(servers) => servers.is_empty(),
        }
    }

    /// Whether this server may see it. A name is the project's own choice, so a server at an address goes by that alone: another
    /// host under a known name gets nothing, and so does a program whose name is an address.
    pub(crate) fn allow(&self, server: &str, address: Option<&str>, variable: &str) -> bool {
        if address.is_none() && server.contains("://") {
            return false;
        }
        let names = match self {
            Self::Any(names) => Some(names),
            Self::Each(servers) => servers.get(address.unwrap_or(server)),
        };
        names.is_some_and(|names| names.iter().any(|known| known == variable))
    }
}

/// `[mcp_logins."https://…"]`: who we are to whoever vouches for the server at this address.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct McpClient {
    /// A client that was registered there by hand.
    pub client_id: Option<String>,
    /// Who has to vouch for the server, and nobody else: who gets the secret, and may be on a private network.
    pub issuer: Option<String>,
    /// The variable of this machine that has its secret.
    pub client_secret_variable: Option<String>,
    /// The address of a document that describes the client, where the issuer reads such.
    pub client_metadata_url: Option<String>,
    /// Log in as the client itself, with nobody at a browser (`client_credentials`).
    #[serde(default)]
    pub by_itself: bool,
}

#[cfg(test)]
mod tests;
