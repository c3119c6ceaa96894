//! The client of `broker::mcp` alone, for the protocol's own conformance suite: it connects to the address that it is given,
//! lists the tools, calls each once, and answers what it is asked with the defaults. Where the server wants somebody who is logged in,
//! it logs in as a person would, with a browser that agrees to everything; twice at most for one question.

use std::sync::atomic::AtomicBool;

use action::{McpAsk, McpPlace, McpServer, Moment};
use broker::mcp::login::{Client, Found, LoginError, Logins, Slot};
use broker::mcp::{Limits, McpError, Reply, Server};
use serde_json::{Value, json};

type Trouble = Box<dyn std::error::Error>;

const TIMES: u32 = 2;

fn main() -> Result<(), Trouble> {
    let url = std::env::args().nth(1).ok_or("an address is missing")?;
    let place = McpServer { name: "tested".into(), at: McpPlace::At { url: url.clone(), headers: Default::default() } };
    let slot = Logins::of(&std::env::current_dir()?.join("logins"), || Moment(0)).slot("tests", &place)?;
    let still = AtomicBool::new(false);
    let mut spoken = Spoken { url, slot, server: None };
    for tool in spoken.ask(|server| server.tools(&still))?.tools {
        let Value::Object(arguments) = json!({"a": 2, "b": 3}) else { continue };
        let asks = McpAsk::Tool { name: tool.name.clone() };
        let said = spoken.ask(|server| server.ask(&asks, arguments.clone(), &still, &mut |_| Reply::Accept(Default::default())))?;
        eprintln!("{}: {}", tool.name, said.text);
    }
    Ok(())
}

/// One conversation, begun anew after each login.
struct Spoken {
    url: String,
    slot: Slot,
    server: Option<Server>,
}

impl Spoken {
    fn ask<T>(&mut self, what: impl Fn(&mut Server) -> Result<T, McpError>) -> Result<T, Trouble> {
        for _ in 0..TIMES {
            match self.try_to(&what) {
                Err(McpError::LogIn { scopes, .. }) => {
                    self.server = None;
                    log_in(&self.url, &self.slot, &scopes)?;
                }
                other => return Ok(other?),
            }
        }
        Ok(self.try_to(&what)?)
    }

    fn try_to<T>(&mut self, what: impl Fn(&mut Server) -> Result<T, McpError>) -> Result<T, McpError> {
        let mut server = match self.server.take() {
            Some(server) => server,
            None => Server::at(&self.url, Vec::new(), Some(&self.slot), &[], Limits::default(), &AtomicBool::new(false))?,
        };
        let answer = what(&mut server);
        self.server = Some(server);
        answer
    }
}

#[expect(clippy::disallowed_methods, reason = "the suite says in the environment which scenario this is")]
fn log_in(url: &str, slot: &Slot, scopes: &[String]) -> Result<(), Trouble> {
    let issuer = Found::of(url, None)?.issuer().to_owned(); // the suite's secrets are for whoever its server names
    let found = Found::of(url, Some(&issuer))?;
    if std::env::var("MCP_CONFORMANCE_SCENARIO").is_ok_and(|scenario| scenario.starts_with("auth/client-credentials")) {
        return Ok(slot.keep(&found.by_credentials(&client()?, scopes, Moment(0))?)?);
    }
    let redirect = "http://127.0.0.1:9/callback"; // nobody has to be there: the address is what counts
    let pending = found.begin(&client()?, scopes, redirect, [[7; 32], [8; 32]])?;
    let browser = ureq::Agent::new_with_config(ureq::Agent::config_builder().max_redirects(0).max_redirects_will_error(false).build());
    let agreed = browser.get(pending.address()).call()?;
    let back = agreed.headers().get("location").and_then(|back| back.to_str().ok()).ok_or(LoginError::NotOurs)?;
    Ok(slot.keep(&pending.finish(back, Moment(0))?)?)
}

/// What the scenario says that we are known as.
#[expect(clippy::disallowed_methods, reason = "the suite says it in the environment")]
fn client() -> Result<Client, Trouble> {
    let context: Value = std::env::var("MCP_CONFORMANCE_CONTEXT").map_or(Ok(Value::Null), |text| serde_json::from_str(&text))?;
    Ok(match context["client_id"].as_str() {
        Some(id) => Client::Known { id: id.to_owned(), secret: context["client_secret"].as_str().map(str::to_owned) },
        None => Client::Document { url: "https://conformance-test.local/client-metadata.json".into() },
    })
}
