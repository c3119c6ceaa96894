//! All that a server offers, in a form that people can pin: equal sets have equal canonical bytes, whatever order the server
//! lists them in. What it says of pictures or of itself is left out; nothing of that reaches a model.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a server offers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolSet {
    /// Version of this shape: 1.
    pub v: u8,
    /// The tools, by name.
    pub tools: Vec<Tool>,
    /// Whether it has resources to read.
    pub resources: bool,
    /// Whether it has prompts to get.
    pub prompts: bool,
}

/// One tool, in the server's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// The name that it is called by.
    pub name: String,
    /// A title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it says that it does.
    #[serde(default)]
    pub description: String,
    /// JSON schema of its arguments.
    pub schema: Map<String, Value>,
    /// JSON schema of its structured answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Map<String, Value>>,
    /// What it says of its own effects: hints, never believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hints: Option<Value>,
}

/// More tools than this are no tool set.
const MOST_TOOLS: usize = 256;
const LONGEST_NAME: usize = 128;
/// Bytes of a whole set as JSON.
const LARGEST: usize = 1_000_000;

impl ToolSet {
    pub(super) fn of(listed: Vec<rmcp::model::Tool>, resources: bool, prompts: bool) -> Result<Self, Unfit> {
        if listed.len() > MOST_TOOLS {
            return Err(Unfit::TooMany { found: listed.len(), most: MOST_TOOLS });
        }
        let mut tools: Vec<Tool> = listed.into_iter().map(Tool::of).collect();
        tools.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(tool) = tools.iter().find(|tool| tool.name.is_empty() || tool.name.len() > LONGEST_NAME) {
            return Err(Unfit::Name { name: super::said::short(&tool.name), longest: LONGEST_NAME });
        }
        if let Some((one, _)) = tools.iter().zip(tools.iter().skip(1)).find(|(one, other)| one.name == other.name) {
            return Err(Unfit::Twice { name: super::said::short(&one.name) });
        }
        let set = Self { v: 1, tools, resources, prompts };
        match serde_json::to_vec(&set).map_or(usize::MAX, |bytes| bytes.len()) {
            bytes if bytes > LARGEST => Err(Unfit::TooLarge { most: LARGEST }),
            _ => Ok(set),
        }
    }

    /// The tool of that name.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }
}

impl Tool {
    fn of(listed: rmcp::model::Tool) -> Self {
        Self {
            name: listed.name.into_owned(),
            title: listed.title,
            description: listed.description.map(|text| text.into_owned()).unwrap_or_default(),
            schema: (*listed.input_schema).clone(),
            answers: listed.output_schema.map(|schema| (*schema).clone()),
            hints: listed.annotations.and_then(|hints| serde_json::to_value(hints).ok()),
        }
    }
}

/// Why a set is offered to nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// More than anybody would read.
    #[error("the server offers {found} tools, more than {most}")]
    TooMany {
        /// How many.
        found: usize,
        /// How many at most.
        most: usize,
    },
    /// A name that cannot be one.
    #[error("the server names a tool `{name}`; a name has 1 to {longest} bytes")]
    Name {
        /// Its beginning.
        name: String,
        /// How long it may be.
        longest: usize,
    },
    /// Which of them would be called?
    #[error("the server offers two tools named `{name}`")]
    Twice {
        /// The name.
        name: String,
    },
    /// Schemas or descriptions without end.
    #[error("the server's tools take more than {most} bytes to describe")]
    TooLarge {
        /// How many bytes they may take.
        most: usize,
    },
}

#[cfg(test)]
mod tests;
