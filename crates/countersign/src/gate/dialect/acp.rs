//! `session/request_permission` of the Agent Client Protocol (version 1), for editors that hand it on. Only what an agent chooses
//! to ask about comes this way. A title is for people: what is not in the raw input or the locations has no reading.

use action::ByHand;
use serde_json::{Map, Value, json};

use super::tool::{Does, Tool, clean, meaning};
use super::{Asked, Fields, NotUnderstood, Phase};

/// What can be chosen, and the request that it answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    id: Value,
    once: Option<String>,
    never: Option<String>,
}

impl Choice {
    /// The answer that lets it go on, this once; nothing where no option is of that kind.
    pub(crate) fn go_on(&self) -> Option<Value> {
        self.once.as_ref().map(|option| self.answer(Some(option)))
    }

    /// The answer that does not.
    pub(crate) fn block(&self) -> Value {
        self.answer(self.never.as_ref())
    }

    fn answer(&self, option: Option<&String>) -> Value {
        let outcome = match option {
            Some(option) => json!({"outcome": "selected", "optionId": option}),
            None => json!({"outcome": "cancelled"}),
        };
        json!({"jsonrpc": "2.0", "id": self.id, "result": {"outcome": outcome}})
    }
}

pub(super) fn read(said: &Map<String, Value>, folder: &str) -> Result<Asked, NotUnderstood> {
    let fields = Fields::known(said, &["jsonrpc", "id", "method", "params"])?;
    fields.event("method", &["session/request_permission"])?;
    let id = said.get("id").filter(|id| id.is_u64() || id.is_i64() || id.is_string()).ok_or_else(|| NotUnderstood::Missing { field: "id".into() })?;
    let params = Fields::known(fields.object("params")?, &["sessionId", "toolCall", "options", "_meta"])?;
    let call = params.object("toolCall")?;
    let known = ["toolCallId", "title", "kind", "status", "locations", "rawInput", "rawOutput", "content", "_meta"];
    let call = Fields::known(call, &known).map(|fields| (fields, call))?;
    let (fields, call) = call;
    let kind = fields.text_if_any("kind")?.unwrap_or_else(|| "other".into());
    let tool = fields.text_if_any("title")?.unwrap_or_else(|| kind.clone());
    let input = call.get("rawInput").filter(|input| !input.is_null());
    let (acts, cwd) = acts(&kind, input, &locations(call, folder)?, folder);
    let choice = Choice { id: id.clone(), once: option(said, "allow_once")?, never: option(said, "reject_once")? };
    let input = json!({"kind": kind, "rawInput": input, "locations": call.get("locations")});
    let session = params.text("sessionId")?;
    Ok(Asked { session, folder: folder.to_owned(), cwd, tool, acts, input, phase: Phase::Choice(choice) })
}

fn acts(kind: &str, input: Option<&Value>, locations: &[String], folder: &str) -> (Vec<ByHand>, String) {
    let unreadable = |why: &str| (vec![ByHand::Unreadable { why: why.to_owned() }], folder.to_owned());
    let each = |act: fn(String) -> ByHand| (locations.iter().cloned().map(act).collect(), folder.to_owned());
    match (kind, input, locations) {
        // Whatever kind it says: a command is a command.
        (_, Some(Value::Object(input)), _) if input.contains_key("command") => {
            let read = meaning(&[TOOLS], "execute", input, folder);
            (read.acts, read.cwd)
        }
        (_, _, []) => unreadable("only its title says what it would do"),
        ("read", ..) => each(|path| ByHand::Read { path }),
        ("edit", ..) => each(|path| ByHand::Edit { path }),
        ("delete", ..) => each(|path| ByHand::Delete { path }),
        _ => unreadable("this kind of tool call is not known here"),
    }
}

const TOOLS: &[Tool] = &[Tool {
    names: &["execute"],
    does: Does::Runs { command: &["command"], cwd: &["workdir", "directory", "cwd"] },
    besides: &["description", "timeout", "is_background", "timeout_secs"],
}];

fn locations(call: &Map<String, Value>, folder: &str) -> Result<Vec<String>, NotUnderstood> {
    let wrong = || NotUnderstood::Value { field: "locations".into(), wanted: "a list of paths" };
    match call.get("locations") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(places)) => {
            places.iter().map(|place| place.get("path").and_then(Value::as_str).and_then(|path| clean(folder, path).ok()).ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

/// The id of the one option of a kind. Ids say nothing, and of two of a kind nobody knows which is meant.
fn option(said: &Map<String, Value>, kind: &str) -> Result<Option<String>, NotUnderstood> {
    let wrong = || NotUnderstood::Value { field: "options".into(), wanted: "a list of options" };
    let options = said.get("params").and_then(|params| params.get("options")).and_then(Value::as_array).ok_or_else(wrong)?;
    let mut of_kind = options.iter().filter(|option| option.get("kind").and_then(Value::as_str) == Some(kind));
    match (of_kind.next(), of_kind.next()) {
        (Some(option), None) => option.get("optionId").and_then(Value::as_str).map(|id| Some(id.to_owned())).ok_or_else(wrong),
        _ => Ok(None),
    }
}
