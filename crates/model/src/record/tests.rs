use super::*;
use crate::message::Message;
use crate::recorded::Recorded;

fn played(turns: &str) -> Box<dyn Model> {
    Box::new(Recorded::read("live.jsonl", turns, &[]).unwrap())
}

fn ask(model: &mut dyn Model) -> Result<Reply, ModelError> {
    let request = Request { messages: vec![Message::user("my password is hunter22")], ..Request::default() };
    model.ask(&request, &mut |_| {}, &AtomicBool::new(false))
}

fn begin(folder: &Path, turns: &str) -> (Recorder, PathBuf) {
    let path = folder.join("new.jsonl");
    let scrub = Scrub::new(&[("DB_PASSWORD".into(), "hunter22".into())]);
    let names = [("tree".to_owned(), "/srv/app".to_owned()), ("home".to_owned(), "/srv".to_owned())];
    (Recorder::begin(played(turns), &path, scrub, &names).unwrap(), path)
}

#[test]
fn what_is_recorded_plays_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let turns = concat!(
        r#"{"say": "look", "calls": [{"name": "shell", "arguments": {"command": "ls /srv/app /srv '{{!x}}' {{.Name}}"}}, {"name": "odd", "arguments": "{\"cut"}], "usage": {"input": 5, "cached": 3, "output": 7}}"#,
        "\n",
        r#"{"stop": "max_output", "say": "{{ ! }} {{!!y}}"}"#,
    );
    let (mut recorder, path) = begin(folder.path(), turns);
    let live = [ask(&mut recorder).unwrap(), ask(&mut recorder).unwrap()];
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(r#"{"note":"recorded from recorded/live"}"#), "{text}");
    assert!(text.contains("ls {{tree}} {{home}} '{{!x}}' {{.Name}}"), "{text}");
    let mut again = Recorded::open(&path, &[("tree".into(), "/srv/app".into()), ("home".into(), "/srv".into())]).unwrap();
    for reply in live {
        assert_eq!(ask(&mut again).unwrap(), reply);
    }
}

#[test]
fn secrets_and_what_people_said_are_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let key = concat!("sk-", "abcdefghijklmnopqrstuvwxyz");
    let turns = serde_json::json!({
        "say": format!("hunter22 and {key}"),
        "calls": [{"name": "shell", "arguments": {"hunter22": ["psql -p hunter22"]}}, {"name": "odd", "arguments": "{hunter22"}],
    });
    let (mut recorder, path) = begin(folder.path(), &turns.to_string());
    let reply = ask(&mut recorder).unwrap();
    assert!(reply.message.text().contains("hunter22"), "the live reply is untouched");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("hunter22") && !text.contains(key) && !text.contains("my password"), "{text}");
    assert_eq!(text.matches("[removed:DB_PASSWORD]").count(), 4, "{text}");
}

#[test]
fn an_existing_file_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.jsonl");
    std::fs::write(&path, "mine").unwrap();
    let refused = Recorder::begin(played(r#"{"say": "x"}"#), &path, Scrub::default(), &[]);
    assert!(matches!(refused, Err(RecordError::NotBegun { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn a_reply_that_cannot_be_kept_is_not_handed_out() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut recorder = Recorder {
        inner: played(r#"{"say": "x"}"#),
        path: "/dev/full".into(),
        file: full,
        scrub: Scrub::default(),
        names: Vec::new(),
    };
    let error = ask(&mut recorder).unwrap_err();
    assert_eq!(error.code(), "recording-not-kept");
    assert!(error.to_string().contains("/dev/full"), "{error}");
}
