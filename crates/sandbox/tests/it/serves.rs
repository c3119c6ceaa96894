//! Servers: spoken to over their input, bounded as commands are, gone when they are dropped.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::time::Duration;

use action::{Deed, McpPlace, McpServer};
use sandbox::{Event, Sandbox, Served, StartError, Why};

use crate::harness::*;

fn deed(line: &str, variables: &[&str]) -> Deed {
    let variables = variables.iter().map(|name| (*name).to_owned()).collect();
    Deed::McpStart { server: McpServer { name: "s".into(), at: McpPlace::InBox { command: line.into(), variables } } }
}

fn serve(sandbox: &Sandbox, line: &str) -> Served {
    sandbox.serve(&order(deed(line, &[])), Vec::new()).unwrap()
}

fn ask(server: &Served, text: &str) -> String {
    File::from(server.input.try_clone().unwrap()).write_all(text.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::with_capacity(1, File::from(server.output.try_clone().unwrap())).read_line(&mut line).unwrap();
    line
}

#[test]
fn a_server_answers_line_after_line_and_its_errors_are_apart() {
    let world = World::new();
    world.write("a.txt", "one\n");
    let sandbox = world.open();
    let mut server = serve(&sandbox, "echo trouble >&2; cat a.txt; while read line; do echo \"got $line\"; done");
    assert_eq!(ask(&server, ""), "one\n");
    assert_eq!(ask(&server, "hello\n"), "got hello\n");
    assert_eq!(ask(&server, "again\n"), "got again\n");
    assert_eq!(server.process.next(Duration::from_millis(10)), Event::Quiet);
    drop(server.input);
    assert_eq!(server.process.next(Duration::from_secs(20)), Event::Exited { code: 0, why: Why::Finished });
    let mut errors = String::new();
    File::from(server.errors).read_to_string(&mut errors).unwrap();
    assert_eq!(errors, "trouble\n");
}

#[test]
fn a_server_is_bounded_as_a_command_is() {
    let world = World::new();
    let sandbox = world.open();
    let outside = world.path("outside/marker");
    let probe = format!("cat {0} || echo unseen; echo x > {0}; touch kept; ls", outside.display());
    let server = serve(&sandbox, &probe);
    assert_eq!(ask(&server, ""), "unseen\n");
    assert_eq!(ask(&server, ""), "kept\n");
    world.assert_outside_untouched();
    assert!(!world.tree().join("kept").exists(), "it wrote to the copy");
}

#[test]
fn a_server_that_is_dropped_is_gone_with_all_that_it_started() {
    let world = World::new();
    let sandbox = world.open();
    let server = serve(&sandbox, "tail -f /dev/null & echo begun; wait");
    assert_eq!(ask(&server, ""), "begun\n");
    let mut output = File::from(server.output.try_clone().unwrap());
    drop(server);
    assert_eq!(output.read(&mut [0]).unwrap(), 0, "nobody holds the other end any more");
}

#[test]
fn a_server_sees_the_variables_of_its_order_and_a_later_command_does_not() {
    let world = World::new();
    let sandbox = world.open();
    let value = |name: &str| vec![(name.to_owned(), "secret".to_owned())];
    let line = "echo \"$TOKEN\"";
    let server = sandbox.serve(&order(deed(line, &["TOKEN"])), value("TOKEN")).unwrap();
    assert_eq!(ask(&server, ""), "secret\n");
    assert_eq!(ok(&sandbox, line), "\n");
    let refused = sandbox.serve(&order(deed(line, &["TOKEN"])), value("PATH")).unwrap_err();
    assert!(matches!(refused, StartError::Mismatch(_)), "{refused}");
}

#[test]
fn nothing_but_a_server_s_order_starts_one() {
    let world = World::new();
    let sandbox = world.open();
    assert!(matches!(sandbox.serve(&shell("echo hi"), Vec::new()), Err(StartError::Mismatch(_))));
    assert!(matches!(sandbox.serve(&order(deed("a\0b", &[])), Vec::new()), Err(StartError::Unfit { .. })));
}

#[test]
fn a_language_server_has_no_network_and_its_memory_is_counted() {
    let world = World::new();
    let sandbox = world.open();
    let line = "python3 -c 'import time; kept = bytearray(64 << 20); print(\"up\", flush=True); time.sleep(600)'";
    let network = "readlink /proc/self/ns/net";
    let language = |line: &str| sandbox.serve(&order(Deed::LanguageStart { language: "python".into(), command: line.into() }), Vec::new()).unwrap();
    assert_ne!(ask(&language(network), ""), ask(&serve(&sandbox, network), ""), "it has a network of its own");
    let server = language(line);
    ask(&server, "");
    assert!(server.process.memory() > 64 << 20, "{}", server.process.memory());
    let mut gone = server.process;
    gone.stop();
    assert_eq!(gone.memory(), 0);
}
