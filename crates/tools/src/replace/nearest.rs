//! What to show a model whose text was not found: the lines of the file that are most like it.

/// A text that is longer than this is not compared by likeness, only by equal lines.
const MOST_COMPARED: usize = 5_000;
const MOST_SHOWN: usize = 12;
const WIDEST: usize = 200;

/// The window of the text that is most like `old`, with line numbers.
pub(super) fn lines(text: &str, old: &str) -> String {
    let wanted: Vec<&str> = old.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let Some(longest) = wanted.iter().max_by_key(|line| line.len()) else { return around(text, 1, 2) };
    let there: Vec<&str> = text.lines().map(str::trim).collect();
    let best = equal_lines(&there, &wanted).or_else(|| likest(&there, longest));
    match best {
        Some(index) => around(text, index + 1, old.lines().count().clamp(2, MOST_SHOWN / 2)),
        None => "  (none is like it)\n".to_owned(),
    }
}

/// The line around which most lines of `wanted` are, if any is.
fn equal_lines(there: &[&str], wanted: &[&str]) -> Option<usize> {
    let is_wanted: Vec<bool> = there.iter().map(|line| line.len() > 3 && wanted.contains(line)).collect();
    let mut best = None;
    let mut count = 0_usize;
    for (index, _) in is_wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
        let here = is_wanted.iter().skip(index).take(wanted.len()).filter(|wanted| **wanted).count();
        if here > count {
            count = here;
            best = Some(index);
        }
    }
    best
}

/// The line that is most like one line, if one is like it at all.
fn likest(there: &[&str], line: &str) -> Option<usize> {
    let line = cut(line);
    let close = |candidate: &&str| {
        let (a, b) = (candidate.len().min(WIDEST), line.len());
        a * 2 >= b && b * 2 >= a
    };
    let scored = there.iter().take(MOST_COMPARED).enumerate().filter(|(_, candidate)| close(candidate)).map(
        |(index, candidate)| (similar::TextDiff::from_chars(cut(candidate), line).ratio(), index),
    );
    scored.filter(|(ratio, _)| *ratio > 0.5).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, index)| index)
}

/// Lines about line `number` (from 1), numbered, `margin` of them after it and one before it.
pub(super) fn around(text: &str, number: usize, margin: usize) -> String {
    let first = number.saturating_sub(1).max(1);
    let shown = text.lines().enumerate().skip(first - 1).take(margin + 2).take(MOST_SHOWN);
    shown.map(|(index, line)| format!("{:>5}\t{}\n", index + 1, cut(line))).collect()
}

/// Whether every line begins with a number and a tab, as `read` shows them.
pub(super) fn has_numbers(old: &str) -> bool {
    let numbered = |line: &str| {
        let text = line.trim_start();
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < text.len() && rest.starts_with('\t')
    };
    !old.is_empty() && old.lines().filter(|line| !line.trim().is_empty()).all(numbered)
}

fn cut(line: &str) -> &str {
    line.char_indices().nth(WIDEST).and_then(|(at, _)| line.get(..at)).unwrap_or(line)
}
