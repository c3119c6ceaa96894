//! Where the conditions end and the system begins.

use super::{Keyword, Mark, after_comma};
use crate::prose::{self, Word};
use crate::text::Span;

/// The place between conditions and system.
pub(super) struct Border {
    /// Where the conditions end.
    pub before: usize,
    /// Where the system begins; `None` if nothing shows it.
    pub after: Option<usize>,
    /// Whether it is a THEN.
    pub is_then: bool,
}

impl Border {
    fn at(place: usize) -> Self {
        Self { before: place, after: Some(place), is_then: false }
    }
}

pub(super) fn find(text: &str, words: &[Word<'_>], marks: &[Mark], head: usize) -> Border {
    let Some(last) = marks.last() else {
        return Border { before: 0, after: Some(0), is_then: false };
    };
    let first = words.partition_point(|word| word.start < last.span.end);
    let count = words.iter().skip(first).take_while(|word| word.start < head).count();
    let inner = words.get(first..first + count).unwrap_or_default();
    let region = last.span.end..head;
    then(text, inner)
        .or_else(|| unspaced_then(text, last, &region))
        .or_else(|| article(text, inner).map(Border::at))
        .or_else(|| last_of(text, &region, &[",", "，"]).map(Border::at))
        .or_else(|| unspaced_time(text, last, &region))
        .or_else(|| small_article(inner).map(Border::at))
        .unwrap_or(Border { before: head, after: None, is_then: false })
}

/// The last THEN in capitals; else a small one behind a comma or before an article.
fn then(text: &str, inner: &[Word<'_>]) -> Option<Border> {
    let capital = inner.iter().rposition(|word| word.says == "THEN");
    let is_border = |index: usize| {
        let next = inner.get(index + 1).is_some_and(|next| next.says.eq_ignore_ascii_case("the"));
        inner.get(index).is_some_and(|word| word.says.eq_ignore_ascii_case("then") && (next || after_comma(text, word.start)))
    };
    let index = capital.or_else(|| (0..inner.len()).rev().find(|index| is_border(*index)))?;
    let span = inner.get(index)?.span();
    Some(Border { before: span.start, after: Some(span.end), is_then: true })
}

/// 则 and its likes, behind 如果.
fn unspaced_then(text: &str, last: &Mark, region: &Span) -> Option<Border> {
    if last.kind != Some(Keyword::If) {
        return None;
    }
    let after = last_of(text, region, &["则", "則", "那么", "那麼"])?;
    let before = text.get(..after)?.trim_end_matches(['则', '則', '那', '么', '麼']).len();
    Some(Border { before, after: Some(after), is_then: true })
}

/// The first `THE` behind a comma; else the last that something stands before.
fn article(text: &str, inner: &[Word<'_>]) -> Option<usize> {
    let mut capital = inner.iter().enumerate().filter(|(_, word)| word.says == "THE");
    let behind = capital.clone().find(|(_, word)| after_comma(text, word.start));
    let found = behind.or_else(|| capital.rfind(|(index, _)| *index > 0));
    found.map(|(_, word)| word.start)
}

/// The last `the`, where enough stands before it to be a condition and little behind it.
fn small_article(inner: &[Word<'_>]) -> Option<usize> {
    let index = inner.iter().rposition(|word| word.says.eq_ignore_ascii_case("the"))?;
    let is_system = index >= 2 && inner.len() - index <= 6;
    inner.get(index).filter(|_| is_system).map(|word| word.start)
}

/// 当用户登录时系统…: the condition ends with 时.
fn unspaced_time(text: &str, last: &Mark, region: &Span) -> Option<Border> {
    if !last.unspaced {
        return None;
    }
    last_of(text, region, &["时", "時", "后", "後"]).map(Border::at)
}

/// The end of the last of these marks in a region, outside of quotes.
fn last_of(text: &str, region: &Span, marks: &[&'static str]) -> Option<usize> {
    let quoted = prose::quoted(text);
    let says = text.get(region.clone())?;
    let places = |mark| says.rmatch_indices(mark).map(|(at, _)| region.start + at);
    let of = |mark: &'static str| places(mark).find(|at| !prose::is_inside(&quoted, *at)).map(|at| at + mark.len());
    marks.iter().filter_map(|mark| of(mark)).max()
}
