//! Servers of the Model Context Protocol as intents name them: which one, where it runs, what is asked of it.
//!
//! A server is the pair of its name and its place. Another command line, another variable or another address is another
//! server, which nobody has approved yet.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct McpServer {
    /// The name that the project gives it.
    pub name: String,
    /// Where it is.
    pub at: McpPlace,
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum McpPlace {
    /// A process in the box of the session, spoken to over its standard input and output.
    InBox {
        /// The text for `bash -c`.
        command: String,
        /// Names of the variables of the service that it sees; their values are in no ledger.
        variables: Vec<String>,
    },
    /// An address outside the box.
    At {
        /// `https://host[:port]/path`.
        url: String,
        /// Headers as the project writes them; `${NAME}` stands for a variable of the service.
        headers: BTreeMap<String, String>,
    },
}

/// What is asked of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum McpAsk {
    /// Call a tool.
    Tool {
        /// Its name, as the server gave it.
        name: String,
    },
    /// List the resources.
    Resources,
    /// Read a resource.
    Resource {
        /// Its address; only the server knows what it means.
        uri: String,
    },
    /// List the prompts.
    Prompts,
    /// Get a prompt.
    Prompt {
        /// Its name, as the server gave it.
        name: String,
    },
}

impl McpAsk {
    /// In a few words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Tool { name } => format!("tool {name}"),
            Self::Resources => "its list of resources".into(),
            Self::Resource { uri } => format!("resource {uri}"),
            Self::Prompts => "its list of prompts".into(),
            Self::Prompt { name } => format!("prompt {name}"),
        }
    }
}
