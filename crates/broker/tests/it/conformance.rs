//! The protocol's own conformance suite against our client. It judges; we only start it.
//!
//! Not among the scenarios is the one of what we do not have: a client that signs for itself (`auth/client-credentials-jwt`, an
//! extension of the protocol).

use std::path::PathBuf;
use std::process::Command;

/// Where `make needs` installs it.
fn suite() -> PathBuf {
    let folder = std::env::var_os("COUNTERSIGN_TEST_MCP").map(PathBuf::from).unwrap_or_else(|| {
        PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/countersign/mcp")
    });
    let installed = folder.join("node_modules/@modelcontextprotocol/conformance/dist/index.js");
    assert!(installed.is_file(), "`make needs` installs @modelcontextprotocol/conformance there: {}", installed.display());
    installed
}

/// On a machine that is busy the suite takes our own stream, which begins late, for the one that it wants to time, and says so.
const NOT_JUDGED: &str = "Could not measure timing";

fn check(scenario: &str) {
    let said = (0..3).map(|_| judged(scenario)).find(|said| !said.contains(NOT_JUDGED));
    let said = said.unwrap_or_else(|| panic!("{scenario}: the suite could not measure it three times"));
    assert!(said.contains(" 0 failed") && said.contains(" 0 warnings"), "{scenario}: {said}");
}

/// What the suite says of us.
fn judged(scenario: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("node");
    command.arg(suite()).args(["client", "--scenario", scenario, "--command", env!("CARGO_BIN_EXE_broker-mcp-client")]).current_dir(folder.path());
    let judged = command.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&judged.stdout), String::from_utf8_lossy(&judged.stderr));
    assert!(judged.status.success(), "{scenario}: {said}");
    said
}

#[test]
fn it_begins_a_conversation() {
    check("initialize");
}

#[test]
fn it_calls_a_tool() {
    check("tools_call");
}

#[test]
fn it_goes_on_with_a_stream_that_was_closed() {
    check("sse-retry");
}

#[test]
fn what_is_left_out_of_an_answer_has_its_default() {
    check("elicitation-sep1034-client-defaults");
}

/// Every scenario of logging in that the suite has for the protocol that we speak, and those of its predecessor.
#[test]
fn it_logs_in_as_the_specification_says() {
    for scenario in [
        "metadata-default",
        "metadata-var1",
        "metadata-var2",
        "metadata-var3",
        "basic-cimd",
        "scope-from-www-authenticate",
        "scope-from-scopes-supported",
        "scope-omitted-when-undefined",
        "scope-step-up",
        "scope-retry-limit",
        "token-endpoint-auth-basic",
        "token-endpoint-auth-post",
        "token-endpoint-auth-none",
        "resource-mismatch",
        "pre-registration",
        "2025-03-26-oauth-metadata-backcompat",
        "2025-03-26-oauth-endpoint-fallback",
        "client-credentials-basic",
    ] {
        check(&format!("auth/{scenario}"));
    }
}
