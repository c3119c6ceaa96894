use super::*;

fn read_in_pieces(stream: &[u8], size: usize) -> Result<Vec<String>, BadStream> {
    let mut events = Events::new(1000);
    let mut got = Vec::new();
    for piece in stream.chunks(size) {
        events.take::<BadStream>(piece, &mut |data| {
            got.push(data.to_owned());
            Ok(true)
        })?;
    }
    Ok(got)
}

/// However the stream is cut, the events are the same.
fn check(stream: &str, expected: &[&str]) {
    for size in 1..=stream.len().max(1) {
        assert_eq!(read_in_pieces(stream.as_bytes(), size).unwrap(), expected, "in pieces of {size}: {stream:?}");
    }
}

#[test]
fn lines_end_three_ways() {
    check("data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\n\r\n", &["a", "b", "c", "d"]);
}

#[test]
fn data_lines_are_joined() {
    check("data: a\ndata:b\ndata:  c\ndata\n\n", &["a\nb\n c\n"]);
}

#[test]
fn comments_and_other_fields_are_skipped() {
    check(": keep-alive\n\nevent: x\nid: 1\nretry: 5\ndatabase: no\ndata: yes\n\n", &["yes"]);
}

#[test]
fn one_byte_order_mark_may_lead() {
    check("\u{feff}data: a\n\n\u{feff}data: b\n\n", &["a"]);
}

#[test]
fn an_empty_data_line_is_an_event_and_no_data_is_none() {
    check("data:\n\nevent: ping\n\n\n\ndata: x\n\n", &["", "x"]);
}

#[test]
fn a_cut_stream_yields_no_half_event() {
    check("data: a\n\ndata: {\"type\":\"message_st", &["a"]);
    check("data: a\n\ndata: whole line, no empty line\n", &["a"]);
}

#[test]
fn many_bytes_in_one_character_survive_any_cut() {
    check("data: é€𝄞\n\n", &["é€𝄞"]);
}

#[test]
fn lines_and_events_are_bounded() {
    let long_line = format!("data: {}", "x".repeat(2000));
    assert_eq!(read_in_pieces(long_line.as_bytes(), 64), Err(BadStream::TooBig(1000)));
    let many_lines = "data: 0123456789\n".repeat(200);
    assert_eq!(read_in_pieces(many_lines.as_bytes(), 64), Err(BadStream::TooBig(1000)));
    let many_events = "data: 0123456789\n\n".repeat(200);
    assert_eq!(read_in_pieces(many_events.as_bytes(), 64).unwrap().len(), 200);
}

#[test]
fn what_is_not_text_is_an_error() {
    assert_eq!(read_in_pieces(b"data: \xff\n\n", 100), Err(BadStream::NotText));
}

#[test]
fn reading_stops_when_told_to() {
    let mut events = Events::new(1000);
    let mut seen = 0;
    let go_on = events.take::<BadStream>(b"data: 1\n\ndata: 2\n\n", &mut |_| {
        seen += 1;
        Ok(false)
    });
    assert_eq!((go_on, seen), (Ok(false), 1));
}
