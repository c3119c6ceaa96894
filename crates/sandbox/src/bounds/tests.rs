use action::Digest;

use super::*;

fn shell(command: &str, cwd: &str) -> Deed {
    Deed::Shell { command: command.into(), cwd: cwd.into(), seconds: 1, background: false }
}

fn command(line: &str, cwd: &str, rehearse: Option<&str>) -> Command {
    Command { line: line.into(), cwd: cwd.into(), rehearse: rehearse.map(EnvironmentName::new) }
}

#[test]
fn a_shell_deed_is_this_command_in_this_folder_and_rehearses_nothing() {
    let deed = shell("make", "sub");
    assert_eq!(check_start(&deed, &command("make", "sub", None)), Ok(()));
    for other in [command("make ", "sub", None), command("make", "", None), command("make", "sub", Some("production"))] {
        assert!(matches!(check_start(&deed, &other), Err(Mismatch::Other { .. })), "{other:?}");
    }
}

#[test]
fn a_change_rehearses_its_own_environment() {
    let environment = EnvironmentName::new("staging");
    let deed = Deed::Change { environment, command: "make".into(), change: Digest::of_bytes(b"") };
    assert_eq!(check_start(&deed, &command("make", "", Some("staging"))), Ok(()));
    for other in [command("make", "", None), command("make", "", Some("production")), command("rm", "", Some("staging"))] {
        assert!(check_start(&deed, &other).is_err(), "{other:?}");
    }
}

#[test]
fn reading_deeds_read_and_changing_deeds_write() {
    let text = || "a".to_owned();
    let digest = Digest::of_bytes(b"");
    for deed in [
        Deed::List { path: text() },
        Deed::Glob { pattern: text(), path: text() },
        Deed::Outline { path: text() },
        Deed::Map { path: text(), budget: 100, about: text() },
        Deed::FindSymbol { symbol: text(), path: text(), line: 1, seeks: action::Seeks::References },
    ] {
        assert_eq!(reach_of(&deed), Ok(Reach::Read));
    }
    for deed in [
        Deed::Write { path: text(), content: digest },
        Deed::Edit { path: text(), edits: digest },
        Deed::Delete { path: text() },
        Deed::Move { from: text(), to: text() },
    ] {
        assert_eq!(reach_of(&deed), Ok(Reach::Write));
    }
    for deed in [shell("a", ""), Deed::Output { job: 1 }, Deed::Plan { steps: digest }, Deed::Reach { host: text(), port: 443 }] {
        assert!(check_call(&deed).is_err(), "{deed:?}");
    }
    assert!(matches!(check_start(&Deed::List { path: text() }, &command("a", "", None)), Err(Mismatch::NotACommand { .. })));
}

fn server(variables: &[&str]) -> Deed {
    let variables = variables.iter().map(|name| (*name).to_owned()).collect();
    Deed::McpStart { server: McpServer { name: "s".into(), at: McpPlace::InBox { command: "node s.js".into(), variables } } }
}

#[test]
fn a_server_is_the_command_of_its_order_and_sees_what_the_order_names() {
    let value = |name: &str| vec![(name.to_owned(), "secret".to_owned())];
    let serving = Ok(Serving { line: "node s.js", network: true });
    assert_eq!(server_of(&server(&["TOKEN"]), &value("TOKEN")), serving);
    assert_eq!(server_of(&server(&["TOKEN"]), &[]), serving);
    assert!(matches!(server_of(&server(&["TOKEN"]), &value("OTHER")), Err(Mismatch::Other { .. })));
    assert!(matches!(server_of(&server(&[]), &value("")), Err(Mismatch::Other { .. })));
    assert!(matches!(server_of(&server(&["A", "B"]), &value("A B")), Err(Mismatch::Other { .. })));
    assert!(matches!(server_of(&shell("node s.js", ""), &[]), Err(Mismatch::NotAServer { .. })));
    let outside = McpServer { name: "s".into(), at: McpPlace::At { url: "https://a".into(), headers: Default::default() } };
    assert!(matches!(server_of(&Deed::McpStart { server: outside }, &[]), Err(Mismatch::NotAServer { .. })));
    assert!(check_start(&server(&[]), &command("node s.js", "", None)).is_err(), "a server is not started as a command");
}

#[test]
fn a_language_server_has_no_network_and_no_values() {
    let deed = Deed::LanguageStart { language: "go".into(), command: "gopls".into() };
    assert_eq!(server_of(&deed, &[]), Ok(Serving { line: "gopls", network: false }));
    assert!(matches!(server_of(&deed, &[("TOKEN".to_owned(), "secret".to_owned())]), Err(Mismatch::Other { .. })));
    assert!(check_start(&deed, &command("gopls", "", None)).is_err(), "a server is not started as a command");
    assert!(check_call(&deed).is_err());
}
