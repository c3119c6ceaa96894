use super::*;

fn messages(texts: &[&str]) -> Vec<Message> {
    texts.iter().map(|text| Message::user(*text)).collect()
}

/// What comes out, and how many messages had to be rendered for it.
fn render(history: &mut History, texts: &[&str]) -> (String, usize) {
    let mut count = 0;
    let json = history.rendered(&messages(texts), |message, out| {
        count += 1;
        out.extend_from_slice(message.text().as_bytes());
    });
    (String::from_utf8(json.to_vec()).unwrap(), count)
}

#[test]
fn only_what_is_new_is_rendered() {
    let mut history = History::default();
    assert_eq!(render(&mut history, &["a", "b"]), ("ab".into(), 2));
    assert_eq!(render(&mut history, &["a", "b", "c"]), ("abc".into(), 1));
    assert_eq!(render(&mut history, &["a", "b", "c"]), ("abc".into(), 0));
}

#[test]
fn a_changed_history_is_rendered_from_the_change_on() {
    let mut history = History::default();
    render(&mut history, &["a", "b", "c"]);
    assert_eq!(render(&mut history, &["a", "x", "c"]), ("axc".into(), 2));
    assert_eq!(render(&mut history, &["a"]), ("a".into(), 0));
    assert_eq!(render(&mut history, &[]), (String::new(), 0));
    assert_eq!(render(&mut history, &["z", "b"]), ("zb".into(), 2));
}
