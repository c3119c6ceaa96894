use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use testkit::Authority;

use super::*;
use crate::mcp::login::{Client, Found};

fn login(authority: &Authority) -> Login {
    let pending = Found::of(&authority.server(), None).unwrap().begin(&Client::Anybody, &[], "http://127.0.0.1:9/callback", [[1; 32], [2; 32]]).unwrap();
    pending.finish(&authority.agree(pending.address()), Moment(0)).unwrap()
}

fn server(name: &str, url: &str, headers: &[(&str, &str)]) -> McpServer {
    let headers: BTreeMap<String, String> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    McpServer { name: name.into(), at: McpPlace::At { url: url.into(), headers } }
}

#[test]
fn a_login_is_for_one_project_and_one_server_as_it_is_asked_for() {
    let (authority, folder) = (Authority::start(), tempfile::tempdir().unwrap());
    let logins = Logins::of(&folder.path().join("mcp"), || Moment(0));
    let url = authority.server();
    let ours = logins.slot("/a", &server("far", &url, &[])).unwrap();
    assert!(ours.login().unwrap().is_none());
    ours.keep(&login(&authority)).unwrap();
    assert_eq!(ours.login().unwrap().unwrap().issuer(), authority.url());
    for (project, other) in [
        ("/b", server("far", &url, &[])),
        ("/a", server("other", &url, &[])),
        ("/a", server("far", "https://evil.example/mcp", &[])),
        ("/a", server("far", &url, &[("x", "y")])),
    ] {
        let other = logins.slot(project, &other).unwrap();
        assert!(other.login().unwrap().is_none());
        std::fs::copy(ours.file(), other.file()).unwrap();
        assert!(other.login().is_err(), "also where the file was put there");
    }
}

#[test]
fn files_are_for_their_owner_alone_and_replaced_whole() {
    let (authority, folder) = (Authority::start(), tempfile::tempdir().unwrap());
    let logins = Logins::of(&folder.path().join("mcp"), || Moment(0));
    let slot = logins.slot("/a", &server("far", &authority.server(), &[])).unwrap();
    let first = login(&authority);
    std::fs::create_dir_all(folder.path().join("mcp")).unwrap();
    std::fs::write(slot.folder.join(format!("{}.new", slot.name)), "half of one").unwrap(); // a crash left it
    slot.keep(&first).unwrap();
    slot.keep(&login(&authority)).unwrap();
    assert_ne!(slot.login().unwrap().unwrap().access, first.access);
    for file in std::fs::read_dir(&slot.folder).unwrap().map(Result::unwrap) {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
        assert!(!file.file_name().to_str().unwrap().ends_with(".new"));
    }
    let (all, broken) = logins.all().unwrap();
    assert_eq!((all.len(), broken.len()), (1, 0));
}

#[test]
fn a_file_that_cannot_be_read_is_named_without_its_words_and_can_be_forgotten() {
    let (authority, folder) = (Authority::start(), tempfile::tempdir().unwrap());
    let slot = Logins::of(folder.path(), || Moment(0)).slot("/a", &server("far", &authority.server(), &[])).unwrap();
    slot.keep(&login(&authority)).unwrap();
    let text = std::fs::read_to_string(slot.file()).unwrap();
    std::fs::write(slot.file(), text.replace("\"access\":", "\"secret-token-9\":")).unwrap();
    let error = slot.login().unwrap_err().to_string();
    assert!(error.contains("log out and in again") && !error.contains("secret"), "{error}");
    let (all, broken) = Logins::of(folder.path(), || Moment(0)).all().unwrap();
    assert_eq!((all.len(), broken.len()), (0, 1));
    assert!(slot.forget().unwrap().is_none());
    assert!(slot.login().unwrap().is_none());
}

#[test]
fn two_that_renew_at_once_use_a_refresh_token_once() {
    let (authority, folder) = (Authority::start(), tempfile::tempdir().unwrap());
    let slot = Logins::of(folder.path(), || Moment(0)).slot("/a", &server("far", &authority.server(), &[])).unwrap();
    slot.keep(&login(&authority)).unwrap();
    let stale = slot.login().unwrap().unwrap().access;
    let tokens = std::thread::scope(|scope| {
        let renewing: Vec<_> = (0..4).map(|_| scope.spawn(|| slot.renew(&stale).unwrap().access)).collect();
        renewing.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(tokens.iter().all(|token| token == "secret-token-2"), "{tokens:?}");
    assert_eq!(authority.heard("/token").len(), 2);
}

#[test]
fn a_login_that_was_forgotten_is_not_brought_back_by_a_renewal() {
    let (authority, folder) = (Authority::start(), tempfile::tempdir().unwrap());
    let slot = Logins::of(folder.path(), || Moment(0)).slot("/a", &server("far", &authority.server(), &[])).unwrap();
    let login = login(&authority);
    slot.keep(&login).unwrap();
    let stopped = std::thread::scope(|scope| {
        let files = slot.lock("files").unwrap();
        let renewing = scope.spawn(|| slot.renew(&login.access));
        while authority.heard("/token").len() < 2 {
            std::thread::yield_now(); // the issuer has given a new token, and it cannot be written yet
        }
        std::fs::remove_file(slot.file()).unwrap();
        drop(files);
        renewing.join().unwrap()
    });
    assert!(matches!(stopped, Err(LoginError::Over)) && slot.login().unwrap().is_none());
    assert!(slot.forget().unwrap().is_none());
    assert!(matches!(slot.renew(&login.access), Err(LoginError::Over)));
    assert!(slot.login().unwrap().is_none());
}

#[test]
fn forgetting_leaves_nothing_that_a_crash_left_and_goes_on_after_what_cannot_go() {
    let (authority, folder) = (Authority::start(), tempfile::tempdir().unwrap());
    let logins = Logins::of(folder.path(), || Moment(0));
    let slot = |name: &str| logins.slot("/a", &server(name, &authority.server(), &[])).unwrap();
    std::fs::write(slot("half").beside(), "secret-token").unwrap();
    assert!(slot("half").forget().unwrap().is_none() && !slot("half").beside().exists());
    slot("one").keep(&login(&authority)).unwrap();
    std::fs::write(slot("half").beside(), "secret-token").unwrap();
    std::fs::write(slot("broken").file(), "secret-token").unwrap();
    std::fs::create_dir(folder.path().join("0.json")).unwrap(); // nothing can remove it like a file
    let Forgotten { gone, left } = logins.forget_all();
    assert_eq!((gone.len(), left.len()), (1, 1), "{left:?}");
    let ends = |file: std::fs::DirEntry| file.file_name().to_str().unwrap().ends_with(".lock") || file.file_name() == "0.json";
    assert!(std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).all(ends));
}
