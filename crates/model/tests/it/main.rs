//! Every protocol against the scripted server: what is said, what goes wrong, and what the wire sees of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests fail by panicking"
)]

mod cancelling;
mod faults;
mod proxies;
mod retries;
mod talking;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::{Delta, Message, Model, ModelError, Part, Pause, Reply, Request, Settings, ToolShape, find_with};
use serde_json::json;
use testkit::model_server::ModelServer;

/// What is given to `--model`, and the variable of its key.
const ALL: [(&str, &str); 3] = [
    ("anthropic/claude-opus-5-5", "ANTHROPIC_API_KEY"),
    ("openai/gpt-6.1-sol", "OPENAI_API_KEY"),
    ("chat/local", "COUNTERSIGN_MODEL_KEY"),
];
const KEY: &str = "sk-test-0123456789abcdef";

/// The waits that were asked for instead of waited.
type Waits = Arc<Mutex<Vec<Duration>>>;

fn open(server: &ModelServer, (choice, key): (&str, &str)) -> (Box<dyn Model>, Waits) {
    let waits = Waits::default();
    let noted = Arc::clone(&waits);
    let pause: Pause = Box::new(move |wait, _| noted.lock().unwrap().push(wait));
    let settings = Settings {
        variables: vec![(key.to_owned(), KEY.to_owned())],
        choice: Some(choice.to_owned()),
        base_url: Some(server.url().to_owned()),
        ..Settings::default()
    };
    (find_with(&settings, pause).unwrap(), waits)
}

fn request(messages: Vec<Message>) -> Request {
    let path = json!({"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]});
    let tool = |name: &str| ToolShape { name: name.into(), description: format!("{name}s"), parameters: path.clone() };
    Request { system: "be brief".into(), messages, tools: vec![tool("read"), tool("write")], max_output: 4096 }
}

fn ask(model: &mut dyn Model, messages: Vec<Message>) -> Result<(Reply, Vec<Delta>), ModelError> {
    let mut live = Vec::new();
    let reply = model.ask(&request(messages), &mut |delta| live.push(delta), &AtomicBool::new(false))?;
    Ok((reply, live))
}

fn ask_once(model: &mut dyn Model) -> Result<(Reply, Vec<Delta>), ModelError> {
    ask(model, vec![Message::user("go")])
}

fn result(call: &str, content: &str, is_error: bool) -> Part {
    Part::Result { call: call.into(), content: content.into(), is_error }
}

/// Texts of one kind of delta, joined.
fn shown(live: &[Delta], reasoning: bool) -> String {
    let texts = live.iter().filter_map(|delta| match delta {
        Delta::Text(text) if !reasoning => Some(text.as_str()),
        Delta::Reasoning(text) if reasoning => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}
