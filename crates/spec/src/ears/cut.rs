//! Where the parts of a criterion begin and end.
//!
//! First the modal, which ends the head; then the keywords in the head; then the border between conditions and system, which
//! is THEN, or `, THE`, or the last comma, or the last `the`. Quoted passages and code are never looked into.

mod border;
mod modal;

use super::{Condition, Ears, Form, Keyword, Meant, Missing};
use crate::prose::Word;
use crate::text::Span;

/// A keyword of the head, found.
struct Mark {
    /// `None` is FOR ALL.
    kind: Option<Keyword>,
    span: Span,
    /// 当, 如果: nobody writes a THEN to these.
    unspaced: bool,
}

pub(super) fn cut(text: &str, words: &[Word<'_>], meant: Meant) -> Ears {
    let modal = if meant == Meant::Defect { None } else { modal::find(text, words) };
    let head = modal.as_ref().map_or(text.len(), |modal| modal.span.start);
    let marks = marks(text, words, head);
    let border = border::find(text, words, &marks, head);
    let missing = broken(&marks, &border, modal.is_some());
    let (for_all, mut conditions) = conditions(text, words, &marks, border.before);
    let (mut system, mut response) = (None, None);
    match &modal {
        Some(modal) => {
            system = border.after.and_then(|from| filled(text, from..head));
            let (end, trailing) = trailing(text, words, modal.span.end);
            conditions.extend(trailing);
            response = filled(text, modal.span.end..end);
        }
        None if meant == Meant::Defect => response = border.after.and_then(|from| filled(text, from..text.len())),
        None => {}
    }
    Ears { form: Form::Ubiquitous, for_all, conditions, system, modal, response, missing }
}

fn broken(marks: &[Mark], border: &border::Border, has_modal: bool) -> Vec<Missing> {
    let mut missing = Vec::new();
    if has_modal && border.after.is_none() {
        missing.push(Missing::Border);
    }
    if !border.is_then && marks.iter().any(|mark| mark.kind == Some(Keyword::If) && !mark.unspaced) {
        missing.push(Missing::Then);
    }
    missing
}

/// The keywords before the modal. The first may be written in any case; the others as the first is.
fn marks(text: &str, words: &[Word<'_>], head: usize) -> Vec<Mark> {
    let mut marks: Vec<Mark> = unspaced(text).into_iter().collect();
    let mut small = false;
    for (index, word) in words.iter().enumerate().take_while(|(_, word)| word.start < head) {
        let leads = marks.is_empty() && text.get(..word.start).is_some_and(|before| !before.chars().any(char::is_alphanumeric));
        let written = is_capital(word.says) || leads || (small && after_comma(text, word.start));
        let Some((kind, end)) = keyword(words, index).filter(|_| written && !is_limited(words, index)) else { continue };
        small = small || (leads && !is_capital(word.says));
        marks.push(Mark { kind, span: word.start..end, unspaced: false });
    }
    marks
}

/// A keyword, or FOR ALL and its likes, and where it ends.
fn keyword(words: &[Word<'_>], index: usize) -> Option<(Option<Keyword>, usize)> {
    let word = words.get(index)?;
    if let Some(kind) = Keyword::of(word.says) {
        return Some((Some(kind), word.span().end));
    }
    let next = words.get(index + 1).filter(|_| word.says.eq_ignore_ascii_case("for"))?;
    let is_all = ["all", "any", "each", "every"].iter().any(|all| next.says.eq_ignore_ascii_case(all));
    is_all.then_some((None, next.span().end))
}

/// `ONLY IF`, `EVEN WHEN`: part of what is said, not a condition of its own.
fn is_limited(words: &[Word<'_>], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| words.get(before));
    before.is_some_and(|word| ["only", "even", "except", "regardless"].iter().any(|limit| word.says.eq_ignore_ascii_case(limit)))
}

/// The keyword at the beginning of a Chinese text.
fn unspaced(text: &str) -> Option<Mark> {
    let begin = text.find(|c: char| c.is_alphanumeric())?;
    let rest = text.get(begin..)?;
    let table = [("当", Keyword::When), ("當", Keyword::When), ("如果", Keyword::If), ("假如", Keyword::If), ("若", Keyword::If)];
    let (word, kind) = table.into_iter().find(|(word, _)| rest.starts_with(word))?;
    Some(Mark { kind: Some(kind), span: begin..begin + word.len(), unspaced: true })
}

fn conditions(text: &str, words: &[Word<'_>], marks: &[Mark], end: usize) -> (Option<Span>, Vec<Condition>) {
    let (mut for_all, mut conditions) = (None, Vec::new());
    for (index, mark) in marks.iter().enumerate() {
        let until = marks.get(index + 1).map_or(end, |next| before_and(words, next.span.start));
        let says = trimmed(text, mark.span.end..until.max(mark.span.end));
        match mark.kind {
            Some(kind) => conditions.push(Condition { kind, keyword: mark.span.clone(), says, trails: false }),
            None => for_all = for_all.or(Some(says)),
        }
    }
    (for_all, conditions)
}

/// The place before an AND that stands right before this one.
fn before_and(words: &[Word<'_>], start: usize) -> usize {
    let index = words.partition_point(|word| word.start < start);
    let before = index.checked_sub(1).and_then(|before| words.get(before));
    before.filter(|word| ["and", "or", "but"].iter().any(|and| word.says.eq_ignore_ascii_case(and))).map_or(start, |word| word.start)
}

/// Conditions behind the response, in capitals, and where the response ends. A nested `IF … THEN` is part of the response.
fn trailing(text: &str, words: &[Word<'_>], from: usize) -> (usize, Vec<Condition>) {
    let first = words.partition_point(|word| word.start < from);
    let nested = words.iter().skip(first).any(|word| word.says == "THEN");
    let is_keyword = |index: &usize| words.get(*index).is_some_and(|word| is_capital(word.says) && Keyword::of(word.says).is_some());
    let found: Vec<usize> = (first..words.len()).filter(|index| !nested && is_keyword(index) && !is_limited(words, *index)).collect();
    let mut conditions = Vec::new();
    for (nth, index) in found.iter().enumerate() {
        let Some((word, kind)) = words.get(*index).and_then(|word| Some((word, Keyword::of(word.says)?))) else { continue };
        let next = found.get(nth + 1).and_then(|next| words.get(*next));
        let end = next.map_or(text.len(), |next| before_and(words, next.start));
        let says = trimmed(text, word.span().end..end.max(word.span().end));
        conditions.push(Condition { kind, keyword: word.span(), says, trails: true });
    }
    let end = conditions.first().map_or(text.len(), |condition| before_and(words, condition.keyword.start).max(from));
    (end, conditions)
}

fn is_capital(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_uppercase())
}

fn after_comma(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.trim_end().ends_with([',', '，']))
}

/// A span without white space, commas and marks of emphasis at its ends, and without a full stop.
fn trimmed(text: &str, span: Span) -> Span {
    let says = text.get(span.clone()).unwrap_or_default();
    let is_edge = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '*' | ';' | '；' | ':' | '：');
    let front = says.trim_start_matches(is_edge);
    let start = span.end - front.len();
    start..start + front.trim_end_matches(|c: char| is_edge(c) || matches!(c, '.' | '。')).len()
}

fn filled(text: &str, span: Span) -> Option<Span> {
    Some(trimmed(text, span)).filter(|span| !span.is_empty())
}
