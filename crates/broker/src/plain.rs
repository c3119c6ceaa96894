//! Strangers' text, bounded, with every character that would not show as itself spelled out.

use action::{visible, visible_line};

/// Bytes of one text that are kept.
pub(crate) const MOST: usize = 1_000_000;
/// Characters of one line that is put into a line of ours.
pub(crate) const LONGEST_LINE: usize = 300;

/// Bounded text in which only lines and tabs are left of what does not show.
pub(crate) fn plain(text: &str) -> String {
    let mut kept = text.len().min(MOST);
    while !text.is_char_boundary(kept) {
        kept -= 1;
    }
    let (text, rest) = text.split_at_checked(kept).unwrap_or((text, ""));
    let line = |line: &str| line.split('\t').map(visible).collect::<Vec<_>>().join("\t");
    let mut shown = text.split('\n').map(|l| line(l.strip_suffix('\r').unwrap_or(l))).collect::<Vec<_>>().join("\n");
    if !rest.is_empty() {
        shown.push_str(&format!("\n[… {} more bytes …]", rest.len()));
    }
    shown
}

/// One visible, bounded line.
pub(crate) fn short(text: &str) -> String {
    visible_line(text, LONGEST_LINE)
}
