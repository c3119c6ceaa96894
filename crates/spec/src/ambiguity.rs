//! Words that two people read differently, by word list, with the reason and what to say instead.
//!
//! Not inside quotes or code, and not where a number right behind says what is meant (`quickly, within 200 ms`). The list is
//! the usual one of requirements engineering (ISO/IEC/IEEE 29148, 5.2.7), a small one for Chinese, Portuguese and Russian.
//! Nothing here knows what is meant.

mod list;

use crate::prose::{self, Word};
use crate::text::Span;

/// One ambiguous word or phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vague {
    /// Where it is in the text that was given.
    pub span: Span,
    /// As it is written.
    pub says: String,
    /// What is wrong with it.
    pub why: Why,
    /// What to say instead.
    pub instead: &'static str,
}

/// What is wrong with a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A quality that nobody can measure.
    Quality,
    /// An amount without a number.
    Amount,
    /// A time without a number.
    Time,
    /// A way out of the duty.
    Escape,
    /// A list without an end.
    Open,
    /// Not decided yet.
    Undecided,
}

/// An entry of the list: a phrase in lower case, what is wrong, what to say.
struct Entry(&'static str, Why, &'static str);

/// The ambiguous words of a text, in order.
pub fn vague(text: &str) -> Vec<Vague> {
    let words = prose::words(text);
    let small: Vec<String> = words.iter().map(|word| word.says.to_lowercase()).collect();
    let mut found = Vec::new();
    let mut index = 0;
    while index < words.len() {
        let is_clear = |count: usize, entry| is_meant_well(&small, index, count) || is_measured(text, &words, index + count, entry);
        index += match entry(text, &words, &small, index).filter(|(entry, count)| !is_clear(*count, entry)) {
            Some((entry, count)) => {
                found.extend(said(text, &words, index, count, entry));
                count
            }
            None => 1,
        };
    }
    found.extend(unspaced(text));
    found.sort_by_key(|vague| vague.span.start);
    found
}

fn said(text: &str, words: &[Word<'_>], index: usize, count: usize, entry: &Entry) -> Option<Vague> {
    let (first, last) = (words.get(index)?, words.get(index + count - 1)?);
    let span = first.start..last.span().end;
    Some(Vague { says: text.get(span.clone())?.to_owned(), span, why: entry.1, instead: entry.2 })
}

/// The longest entry that begins with this word, and how many words it has.
fn entry(text: &str, words: &[Word<'_>], small: &[String], index: usize) -> Option<(&'static Entry, usize)> {
    let first = small.get(index)?;
    let from = list::WORDS.partition_point(|entry| entry.0 < first.as_str());
    let begins = list::WORDS.iter().skip(from).take_while(|entry| entry.0.split(' ').next() == Some(first));
    let fits = begins.filter(|entry| is_at(small, index, entry.0));
    let counted = fits.map(|entry| (entry, entry.0.split(' ').count())).filter(|(_, count)| is_together(text, words, index, *count));
    counted.max_by_key(|(_, count)| *count)
}

/// Whether nothing but white space stands between the words of a phrase.
fn is_together(text: &str, words: &[Word<'_>], index: usize, count: usize) -> bool {
    let phrase = words.get(index..index + count).unwrap_or_default();
    phrase.windows(2).all(|pair| match pair {
        [one, next] => text.get(one.span().end..next.start).is_some_and(|gap| gap.trim().is_empty()),
        _ => true,
    })
}

fn is_at(small: &[String], index: usize, phrase: &str) -> bool {
    phrase.split(' ').enumerate().all(|(nth, word)| small.get(index + nth).is_some_and(|said| said == word))
}

/// Whether the words are part of a phrase that is clear: `how many`, `at most`.
fn is_meant_well(small: &[String], index: usize, count: usize) -> bool {
    let mut around = index.saturating_sub(2)..=index;
    around.any(|start| {
        let Some(first) = small.get(start) else { return false };
        let from = list::CLEAR.partition_point(|phrase| *phrase < first.as_str());
        let mut begins = list::CLEAR.iter().skip(from).take_while(|phrase| phrase.split(' ').next() == Some(first));
        begins.any(|phrase| start + phrase.split(' ').count() >= index + count && is_at(small, start, phrase))
    })
}

/// Units in which a duration is given.
const OF_TIME: [&str; 25] = [
    "ms", "s", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "h", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "µs",
    "us", "ns", "milliseconds", "millisecond", "times",
];
/// How words begin that say how long something takes.
const OF_SPEED: [&str; 8] = ["quick", "fast", "rapid", "prompt", "responsive", "slow", "swift", "speed"];

/// Whether a number stands close behind, in the same sentence, for what a number can mend: a duration says what `quickly` means, and
/// nothing of what `user-friendly` does.
fn is_measured(text: &str, words: &[Word<'_>], next: usize, entry: &Entry) -> bool {
    let Entry(phrase, why, _) = entry;
    if !matches!(why, Why::Time | Why::Amount | Why::Quality) {
        return false;
    }
    let Some(from) = next.checked_sub(1).and_then(|last| words.get(last)).map(|word| word.span().end) else { return false };
    let is_number = |word: &Word<'_>| word.says.starts_with(|c: char| c.is_ascii_digit());
    let Some(word) = words.iter().skip(next).take(4).find(|word| is_number(word)) else { return false };
    let is_close = text.get(from..word.start).is_some_and(|between| !between.contains([';', '。']) && !between.contains(". "));
    let after = text.get(word.start..).unwrap_or_default().trim_start_matches(|c: char| c.is_ascii_digit() || ".,- ".contains(c));
    let unit: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
    let is_time = OF_TIME.contains(&unit.to_lowercase().as_str());
    is_close
        && match why {
            Why::Amount => true,
            Why::Time => is_time,
            _ if OF_SPEED.iter().any(|start| phrase.starts_with(start)) => is_time,
            _ => !is_time && (!unit.is_empty() || after.starts_with('%')), // of what, a bare number does not say
        }
}

/// Entries of scripts without spaces.
fn unspaced(text: &str) -> Vec<Vague> {
    if !text.contains(prose::is_unspaced) {
        return Vec::new();
    }
    let quoted = prose::quoted(text);
    let of = |entry: &'static Entry| {
        let places = text.match_indices(entry.0).map(|(at, _)| at).filter(|at| !prose::is_inside(&quoted, *at));
        places.map(|at| Vague { span: at..at + entry.0.len(), says: entry.0.to_owned(), why: entry.1, instead: entry.2 }).collect::<Vec<_>>()
    };
    list::UNSPACED.iter().flat_map(of).collect()
}

impl Why {
    /// In a few words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Quality => "nobody can measure it",
            Self::Amount => "it names no number",
            Self::Time => "it names no time",
            Self::Escape => "it leaves a way out",
            Self::Open => "the list has no end",
            Self::Undecided => "it is not decided yet",
        }
    }
}

#[cfg(test)]
mod tests;
