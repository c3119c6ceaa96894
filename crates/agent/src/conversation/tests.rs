use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use model::{Message, Part, Role};

use super::{Beside, Conversation, Line};

fn user(text: &str) -> Message {
    Message::user(text)
}

fn says(text: &str) -> Message {
    Message { role: Role::Assistant, parts: vec![Part::Text { text: text.into() }] }
}

fn calls(id: &str) -> Message {
    Message { role: Role::Assistant, parts: vec![Part::Call { id: id.into(), name: "read".into(), arguments: "{}".into() }] }
}

fn results(id: &str) -> Message {
    Message { role: Role::User, parts: vec![Part::Result { call: id.into(), content: "one\ntwo".into(), is_error: false }] }
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("conversation.jsonl");
    (folder, path)
}

fn with(path: &Path, messages: &[Message]) {
    let mut conversation = Conversation::open(path).unwrap();
    messages.iter().for_each(|message| conversation.push(message.clone()).unwrap());
}

fn read(path: &Path) -> Vec<Message> {
    Conversation::open(path).unwrap().messages().to_vec()
}

#[test]
fn it_comes_back_as_it_was() {
    let (_folder, path) = place();
    let messages = [user("Fix\nit. \u{1f980}"), calls("1"), results("1"), says("Done.")];
    with(&path, &messages);
    assert_eq!(read(&path), messages);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 4, "one line a message");
}

#[test]
fn it_grows_after_it_was_opened_again() {
    let (_folder, path) = place();
    with(&path, &[user("a"), says("b")]);
    with(&path, &[user("c")]);
    assert_eq!(read(&path), [user("a"), says("b"), user("c")]);
}

#[test]
fn a_line_that_a_crash_cut_is_dropped_and_what_follows_is_whole() {
    let (_folder, path) = place();
    with(&path, &[user("a"), says("b")]);
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"role\": \"user\", \"par").unwrap();
    with(&path, &[user("c")]);
    assert_eq!(read(&path), [user("a"), says("b"), user("c")]);
}

#[test]
fn calls_that_nobody_answered_are_not_sent_again() {
    let (_folder, path) = place();
    with(&path, &[user("a"), calls("1"), results("1"), calls("2")]);
    assert_eq!(read(&path), [user("a"), calls("1"), results("1")]);
}

#[test]
fn a_reply_without_calls_stays() {
    let (_folder, path) = place();
    with(&path, &[user("a"), says("b")]);
    assert_eq!(read(&path).len(), 2);
}

#[test]
fn calls_that_are_being_answered_count_with_their_results() {
    let (_folder, path) = place();
    let mut conversation = Conversation::open(&path).unwrap();
    assert_eq!(conversation.with_results(), 0);
    for (message, expected) in [(user("a"), 1), (calls("1"), 3), (results("1"), 3), (says("b"), 4)] {
        conversation.push(message).unwrap();
        assert_eq!(conversation.with_results(), expected);
    }
}

#[test]
fn other_messages_take_the_place_of_all_and_it_goes_on_from_there() {
    let (_folder, path) = place();
    with(&path, &[user("a"), says("b"), user("c")]);
    let mut conversation = Conversation::open(&path).unwrap();
    conversation.replace(vec![Line::plain(user("short"))]).unwrap();
    conversation.push(says("yes")).unwrap();
    assert_eq!(read(&path), [user("short"), says("yes")]);
    assert!(!path.with_extension("new").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let (folder, _) = place();
    assert!(Conversation::open(&folder.path().join("absent/conversation.jsonl")).is_err());
}

#[test]
fn what_a_person_said_stands_beside_the_message_that_held_it() {
    let (_folder, path) = place();
    let asked = |words: &[&str]| Beside { asked: words.iter().map(|word| (*word).to_owned()).collect(), ..Beside::default() };
    let mut conversation = Conversation::open(&path).unwrap();
    conversation.add(Line { message: user("guidance Fix\nit."), beside: asked(&["Fix\nit."]) }).unwrap();
    conversation.push(says("Done.")).unwrap();
    conversation.add(Line { message: user("More."), beside: asked(&["More."]) }).unwrap();
    let lines = Conversation::open(&path).unwrap().lines();
    assert_eq!(lines, conversation.lines());
    assert_eq!(lines.iter().flat_map(|line| line.beside.asked.clone()).collect::<Vec<_>>(), ["Fix\nit.", "More."]);
    assert_eq!(Conversation::read(&path).unwrap(), lines);
}

#[test]
fn a_file_of_an_older_version_is_read() {
    let (_folder, path) = place();
    let old = [user("a"), calls("1"), results("1")];
    let lines: String = old.iter().map(|message| serde_json::to_string(message).unwrap() + "\n").collect();
    fs::write(&path, &lines).unwrap();
    assert_eq!(read(&path), old);
    assert_eq!(fs::read_to_string(&path).unwrap(), lines, "and what nothing stands beside is written as before");
}
