//! The word that makes a criterion a requirement.

use super::super::Modal;
use crate::prose::{self, Word};
use crate::text::Span;

/// SHALL, and what other languages write in its place.
const STRONG: [&str; 19] = [
    "shall", "deve", "devem", "deverá", "deverão", "debe", "deben", "deberá", "deberán", "должен", "должна", "должно", "должны", "doit",
    "doivent", "muss", "müssen", "harus", "wajib",
];
const WEAK: [&str; 9] = ["must", "should", "will", "would", "can", "could", "may", "might", "needs"];
/// The same without spaces; longer ones first.
const UNSPACED: [&str; 8] = ["应当", "应该", "應當", "應該", "必须", "必須", "应", "應"];

/// The first strong one; else the first weak one behind the conditions.
pub(super) fn find(text: &str, words: &[Word<'_>]) -> Option<Modal> {
    let spaced = words.iter().position(|word| is_one_of(word.says, &STRONG));
    let at = spaced.and_then(|index| words.get(index)).map_or(text.len(), |word| word.start);
    if let Some(modal) = unspaced(text, at) {
        return Some(modal);
    }
    let weak = || {
        let border = border(text, words);
        words.iter().position(|word| word.start >= border && is_one_of(word.says, &WEAK))
    };
    let (index, weak) = spaced.map(|index| (index, false)).or_else(|| Some((weak()?, true)))?;
    Some(widened(text, words, index, weak))
}

/// Where conditions end at the earliest: nobody looks for a weak modal in `WHEN a user can pay, …`.
fn border(text: &str, words: &[Word<'_>]) -> usize {
    let opens = words.first().is_some_and(|word| super::Keyword::of(word.says).is_some());
    let then = words.iter().find(|word| word.says.eq_ignore_ascii_case("then")).map(|word| word.start);
    then.or_else(|| text.find([',', '，'])).filter(|_| opens).unwrap_or(0)
}

/// With the NOT and the CONTINUE TO that follow.
fn widened(text: &str, words: &[Word<'_>], index: usize, weak: bool) -> Modal {
    let start = words.get(index).map_or(0, |word| word.start);
    let mut end = words.get(index).map_or(start, |word| word.span().end);
    let mut next = index + 1;
    let mut take = |said: &str| {
        let follows = words.get(next).filter(|word| word.says.eq_ignore_ascii_case(said) && is_gap(text, end..word.start));
        if let Some(word) = follows {
            end = word.span().end;
            next += 1;
        }
        follows.is_some()
    };
    let negated = take("not");
    let continues = take("continue") && take("to");
    Modal { span: start..end, negated, continues, weak }
}

fn is_gap(text: &str, span: Span) -> bool {
    text.get(span).is_some_and(|gap| gap.chars().all(|c| c.is_whitespace() || c == '*'))
}

/// 应 and its likes before a place, outside of quotes and not as part of another word.
fn unspaced(text: &str, before: usize) -> Option<Modal> {
    if !text.contains(['应', '應', '必']) {
        return None;
    }
    let quoted = prose::quoted(text);
    let starts = text.match_indices(['应', '應', '必']).map(|(at, _)| at).take_while(|at| *at < before);
    starts.filter(|at| !prose::is_inside(&quoted, *at)).find_map(|at| unspaced_at(text, at))
}

fn unspaced_at(text: &str, at: usize) -> Option<Modal> {
    let (left, right) = (text.get(..at)?, text.get(at..)?);
    let word = UNSPACED.into_iter().find(|word| right.starts_with(word))?;
    let (last, next) = (left.chars().next_back(), right.get(word.len()..)?.chars().next());
    let is_other = last.is_some_and(|c| "响響对對适適反相供效感呼顺順接照".contains(c)) || next.is_some_and(|c| "用答急聘付对對".contains(c));
    if is_other {
        return None;
    }
    let negated_before = last.filter(|c| matches!(c, '不' | '禁'));
    let start = at - negated_before.map_or(0, char::len_utf8);
    let rest = right.get(word.len()..)?;
    let not = ["不得", "不能", "不"].into_iter().find(|not| rest.starts_with(not)).unwrap_or_default();
    let goes_on = rest.get(not.len()..)?;
    let on = ["继续", "繼續"].into_iter().find(|on| goes_on.starts_with(on)).unwrap_or_default();
    let end = at + word.len() + not.len() + on.len();
    Some(Modal { span: start..end, negated: negated_before.is_some() || !not.is_empty(), continues: !on.is_empty(), weak: false })
}

fn is_one_of(word: &str, table: &[&str]) -> bool {
    table.iter().any(|other| word.eq_ignore_ascii_case(other)) || (!word.is_ascii() && table.contains(&word.to_lowercase().as_str()))
}
