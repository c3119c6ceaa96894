//! The client of `broker::mcp` alone, for the protocol's own conformance suite: it connects to the address that it is given,
//! lists the tools, calls each once, and answers what it is asked with the defaults.

use std::sync::atomic::AtomicBool;

use action::McpAsk;
use broker::mcp::{Limits, Reply, Server};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("an address is missing")?;
    let still = AtomicBool::new(false);
    let mut server = Server::at(&url, Vec::new(), Limits::default(), &still)?;
    for tool in server.tools(&still)?.tools {
        let Value::Object(arguments) = json!({"a": 2, "b": 3}) else { continue };
        let said = server.ask(&McpAsk::Tool { name: tool.name.clone() }, arguments, &still, &mut |_| Reply::Accept(Default::default()))?;
        eprintln!("{}: {}", tool.name, said.text);
    }
    Ok(())
}
