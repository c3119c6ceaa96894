//! What a turn costs: a session of 100 calls against the scripted server, which runs as a process of its own.
//!
//! `cargo run --release -p model --example turn_bench` prints, for each protocol, how long finding the model took, when the
//! first piece of the first reply was there (counted from before finding, connecting included), and wall and CPU time a turn.
//! Another base URL and model can be given to it: `turn_bench URL CHOICE`. Nothing is asserted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench is not part of the product; it stops where something is wrong"
)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use model::{Delta, Message, Part, Request, Settings, ToolShape, find};
use serde_json::json;
use testkit::model_server::{ModelServer, Script, Turn};

const TURNS: usize = 100;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["serve"] {
        return serve();
    }
    println!("{:<32} {:>10} {:>12} {:>12} {:>12} {:>10}", "model", "find", "first piece", "wall/turn", "CPU/turn", "last body");
    if let [url, choice] = &arguments[..] {
        return measure(choice, url);
    }
    for choice in ["anthropic/claude-opus-5-5", "openai/gpt-6.1-sol", "chat/local"] {
        let mut server = Server::start();
        measure(choice, &server.url);
        server.child.kill().unwrap();
        server.child.wait().unwrap();
    }
}

fn measure(choice: &str, url: &str) {
    let settings = Settings { choice: Some(choice.into()), base_url: Some(url.into()), ..Settings::default() };
    let begun = Instant::now();
    let mut model = find(&settings).unwrap();
    let found = begun.elapsed();
    let mut request = Request { system: "x".repeat(2000), messages: vec![Message::user("go")], tools: tools(), max_output: 8000 };
    let mut first = None;
    let (wall, cpu) = (Instant::now(), cpu());
    for turn in 0..=TURNS {
        let mut note = |_: Delta| {
            first.get_or_insert_with(|| begun.elapsed());
        };
        let reply = model.ask(&request, &mut note, &AtomicBool::new(false)).unwrap();
        let answers: Vec<Part> = reply
            .message
            .calls()
            .map(|(id, _, _)| Part::Result { call: id.into(), content: format!("result {turn} {}", "y".repeat(200)), is_error: false })
            .collect();
        request.messages.extend([reply.message, Message::results(answers)]);
    }
    let turns = u32::try_from(TURNS + 1).unwrap();
    let (wall, cpu) = (wall.elapsed() / turns, (self::cpu() - cpu) / turns);
    let size = serde_json::to_vec(&request).unwrap().len() / 1024;
    println!("{choice:<32} {found:>10.1?} {:>12.1?} {wall:>12.1?} {cpu:>12.1?} {size:>7} KB", first.unwrap());
}

fn tools() -> Vec<ToolShape> {
    let parameters = json!({
        "type": "object", "required": ["command"],
        "properties": {"command": {"type": "string", "description": "d".repeat(80)}, "seconds": {"type": "integer"}},
    });
    let tool = |n| ToolShape { name: format!("tool{n}"), description: "d".repeat(200), parameters: parameters.clone() };
    (0..10).map(tool).collect()
}

/// CPU time of this process, to the nanosecond, as the kernel's scheduler counts it over all threads.
fn cpu() -> Duration {
    let mut total = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let text = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
        total += text.split(' ').next().unwrap().parse::<u64>().unwrap();
    }
    Duration::from_nanos(total)
}

fn serve() {
    let calls = (0..TURNS).map(|turn| Turn::call("tool1", &json!({"command": format!("true {turn}")})));
    let server = ModelServer::start(Script::from(calls.chain([Turn::say("done")]).collect::<Vec<_>>()));
    println!("{}", server.url());
    // Ends when the parent closes the pipe.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

struct Server {
    child: Child,
    url: String,
    _out: BufReader<ChildStdout>,
}

impl Server {
    fn start() -> Self {
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut url = String::new();
        out.read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned(), _out: out }
    }
}
