//! opencode, which has no hook that runs a command: what our own plugin for it says (`"opencode": 1`), before each tool.

use serde_json::{Map, Value};

use super::tool::{Does, Tool, meaning};
use super::{Asked, Fields, NotUnderstood, Phase};

const FIELDS: [&str; 6] = ["opencode", "session", "cwd", "tool", "call", "args"];

pub(super) fn read(said: &Map<String, Value>) -> Result<Asked, NotUnderstood> {
    let fields = Fields::known(said, &FIELDS)?;
    if said.get("opencode") != Some(&Value::from(1)) {
        return Err(NotUnderstood::Value { field: "opencode".into(), wanted: "version 1 of what our plugin says" });
    }
    let (tool, folder, input) = (fields.text("tool")?, fields.text("cwd")?, fields.object("args")?);
    let read = meaning(&[TOOLS], &tool, input, &folder);
    let input = Value::Object(input.clone());
    Ok(Asked { session: fields.text("session")?, folder, cwd: read.cwd, tool, acts: read.acts, input, phase: Phase::Tool })
}

const TOOLS: &[Tool] = &[
    Tool { names: &["bash"], does: Does::Runs { command: &["command"], cwd: &["workdir"] }, besides: &["description", "timeout"] },
    Tool { names: &["read"], does: Does::Reads(&["filePath"]), besides: &["offset", "limit"] },
    Tool { names: &["write"], does: Does::Writes(&["filePath"]), besides: &["content"] },
    Tool { names: &["edit"], does: Does::Edits(&["filePath"]), besides: &["oldString", "newString", "replaceAll"] },
    Tool { names: &["multiedit"], does: Does::Edits(&["filePath"]), besides: &["edits"] },
    Tool { names: &["apply_patch", "patch"], does: Does::Patches(&["patchText"]), besides: &[] },
    Tool { names: &["list"], does: Does::Looks { path: &["path"], pattern: &[] }, besides: &["ignore"] },
    Tool { names: &["glob"], does: Does::Looks { path: &["path"], pattern: &["pattern"] }, besides: &[] },
    Tool { names: &["grep"], does: Does::Looks { path: &["path"], pattern: &["include"] }, besides: &["pattern"] },
    Tool { names: &["todowrite", "todoread", "question", "plan_enter", "plan_exit", "invalid"], does: Does::Notes, besides: &[] },
    Tool { names: &["webfetch"], does: Does::Fetches(&["url"]), besides: &["format", "timeout"] },
    Tool { names: &["websearch", "codesearch"], does: Does::Unreadable("it asks a search engine, which hears the words"), besides: &[] },
    Tool { names: &["task"], does: Does::Unreadable("it starts another agent"), besides: &[] },
    Tool { names: &["skill"], does: Does::Unreadable("it follows instructions that are not in its words"), besides: &[] },
];
