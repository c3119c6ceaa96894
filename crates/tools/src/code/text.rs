//! The words of a definition: one line, as it is written, up to its body.

/// No definition takes more of a map than this many bytes.
const WIDEST: usize = 160;
/// So many bytes before a name are shown at most: in a file of one line there is no beginning.
const MOST_BEFORE: usize = 80;

/// Where a definition is in its source, in bytes.
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) name: usize,
    pub(super) body: Option<usize>,
    pub(super) end: usize,
    /// Whether no other definition begins on its line before it.
    pub(super) alone: bool,
}

/// The source from the line of the name (or only from the definition, where other things stand on the line) up to the body,
/// or to the end of the line where there is none; spaces made one, cut.
pub(super) fn signature(source: &[u8], place: &Place) -> String {
    let Place { start, name, body, end, alone } = *place;
    let line = source.get(..name).and_then(|front| front.iter().rposition(|byte| *byte == b'\n')).map_or(0, |at| at + 1);
    let from = if alone && name - line.min(name) <= MOST_BEFORE { line } else { start.min(name) };
    let to = match body {
        Some(body) if body > name => body.min(end),
        _ => end,
    };
    // Enough for the widest line, whatever the bytes.
    let to = to.min(from.saturating_add(8 * WIDEST));
    let text = String::from_utf8_lossy(source.get(from..to).unwrap_or(&[])).into_owned();
    let text = if body.is_some() { text.as_str() } else { text.trim_start().lines().next().unwrap_or("") };
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = words.trim_end_matches(['{', ':', '=', ' ', '(']).trim_end_matches(" =>").trim_end_matches([' ', '=']);
    let bare = if bare.is_empty() { words.as_str() } else { bare };
    action::visible(&cut(bare)).into_owned()
}

fn cut(text: &str) -> String {
    match text.char_indices().find(|(at, c)| at + c.len_utf8() > WIDEST - '…'.len_utf8()) {
        Some((at, _)) if text.len() > WIDEST => format!("{}…", text.get(..at).unwrap_or("")),
        _ => text.to_owned(),
    }
}
