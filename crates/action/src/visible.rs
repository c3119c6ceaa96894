//! Text of strangers, made fit to be shown in one line.
//!
//! File names, commands and hosts are chosen by the agent or by what it read. On a screen they could start a new line, move the
//! cursor, or turn the reading order around, and a person would sign what is not there. Digests are over the text as it is;
//! only what is *shown* goes through here.

use std::borrow::Cow;

/// The same text on one line, with every character that would not show as itself written `\n`, `\t`, `\r` or `\u{…}`:
/// control characters, line and paragraph separators, direction marks and zero-width characters.
///
/// Done twice it is the same as done once.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(hides) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if hides(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// The same, and after `most` characters of it `…` instead of the rest.
pub fn visible_line(text: &str, most: usize) -> String {
    let line = visible(text);
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.into_owned(),
    }
}

/// Whether the character changes the line without showing as itself (Unicode categories Cc, Zl, Zp and the format characters
/// that reorder or vanish; UTS 39 and UAX 9).
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests;
