//! Quantities: what is compared with a number, in which unit.
//!
//! Units are converted where they are the same everywhere (times); amounts in other units are compared only with amounts
//! in the same one. A number whose meaning is qualified ("in one day") is compared only with equally qualified ones.

use super::items::{Compare, Item, Number, is_currency_sign};
use super::phrase::{PRONOUNS, normal, stem};

/// A comparison as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// The event that it is part of, in words; empty when it stands alone.
    pub(super) event: Vec<String>,
    /// The thing that is compared, or that holds what is counted.
    pub(super) thing: String,
    /// What is compared: the thing, and what of it is counted.
    pub(super) name: String,
    /// In what.
    pub(super) unit: Unit,
    /// How, and with which number; two for a range.
    pub(super) bounds: Vec<(Compare, Number)>,
}

/// The unit of a quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    kind: Kind,
    name: String,
    factor: i128,
    qualifier: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Counted,
    Time,
    Other,
}

/// A number in base amounts has this many of them for one unit of factor one.
const FINE: i128 = 1_000_000;

impl Unit {
    /// The unit that the words after a number name.
    pub(super) fn of(after: &[String]) -> Result<Self, String> {
        unit(None, after).map(|(unit, _)| unit)
    }

    /// How it is written.
    pub(super) fn name(&self) -> &str {
        match self.name.as_str() {
            "" => "no unit",
            name => name,
        }
    }

    /// Whether it counts things, so that there are whole numbers only.
    pub(super) fn is_counted(&self) -> bool {
        self.kind == Kind::Counted
    }

    /// Whether numbers in both can be compared.
    pub(super) fn is_comparable(&self, other: &Self) -> bool {
        let same = match (self.kind, other.kind) {
            (Kind::Time, Kind::Time) => true,
            (Kind::Plain | Kind::Counted, Kind::Plain | Kind::Counted) => true,
            (Kind::Other, Kind::Other) => self.name == other.name,
            _ => false,
        };
        same && self.qualifier == other.qualifier
    }

    /// The base amount of a number in this unit.
    pub(super) fn base(&self, number: Number) -> i128 {
        i128::from(number.digits).saturating_mul(self.step(number))
    }

    /// The base amount of one in the last place of a number.
    pub(super) fn step(&self, number: Number) -> i128 {
        self.factor.saturating_mul(10_i128.saturating_pow(6_u32.saturating_sub(number.decimals)))
    }

    /// A base amount in words: `150 EUR`.
    pub(super) fn words(&self, base: i128) -> String {
        let one = self.factor.saturating_mul(FINE).max(1);
        let whole = base.checked_div(one).unwrap_or(0);
        let part = base.checked_rem(one).unwrap_or(0).abs().saturating_mul(FINE).checked_div(one).unwrap_or(0);
        let part = format!("{part:06}");
        let mut says = whole.to_string();
        if !part.trim_end_matches('0').is_empty() {
            says.push('.');
            says.push_str(part.trim_end_matches('0'));
        }
        if self.kind == Kind::Time || self.kind == Kind::Other {
            says.push(' ');
            says.push_str(&self.name);
        }
        says
    }

    /// What two settings must have in common to be compared.
    pub(super) fn dimension(&self) -> String {
        match self.kind {
            Kind::Time => "time".to_owned(),
            _ => format!("{} {}", self.name, self.qualifier),
        }
    }
}

/// Words for the same unit, with its name, kind and size.
const UNITS: [(&[&str], &str, Kind, i128); 21] = [
    (&["ms", "millisecond", "milliseconds"], "ms", Kind::Time, 1),
    (&["s", "sec", "secs", "second", "seconds"], "s", Kind::Time, 1_000),
    (&["min", "mins", "minute", "minutes"], "min", Kind::Time, 60_000),
    (&["h", "hr", "hrs", "hour", "hours"], "h", Kind::Time, 3_600_000),
    (&["day", "days"], "days", Kind::Time, 86_400_000),
    (&["week", "weeks"], "weeks", Kind::Time, 604_800_000),
    (&["month", "months"], "months", Kind::Other, 1),
    (&["year", "years"], "years", Kind::Other, 1),
    (&["%", "percent"], "%", Kind::Other, 1),
    (&["eur", "euro", "euros", "€"], "EUR", Kind::Other, 1),
    (&["usd", "dollar", "dollars", "$"], "USD", Kind::Other, 1),
    (&["gbp", "pound", "pounds", "£"], "GBP", Kind::Other, 1),
    (&["byte", "bytes", "b"], "bytes", Kind::Other, 1),
    (&["kb", "kilobyte", "kilobytes"], "KB", Kind::Other, 1),
    (&["mb", "megabyte", "megabytes"], "MB", Kind::Other, 1),
    (&["gb", "gigabyte", "gigabytes"], "GB", Kind::Other, 1),
    (&["kib"], "KiB", Kind::Other, 1),
    (&["mib"], "MiB", Kind::Other, 1),
    (&["gib"], "GiB", Kind::Other, 1),
    (&["px", "pixel", "pixels"], "px", Kind::Other, 1),
    (&["degrees", "degree", "°c"], "degrees", Kind::Other, 1),
];

/// Verbs between a thing and what it has.
const HOLDING: [&str; 12] = ["has", "have", "had", "having", "contains", "contain", "containing", "includes", "include", "with", "makes", "make"];
/// Words between a thing and its measure.
const MEASURING: [&str; 9] = ["is", "are", "was", "were", "be", "being", "becomes", "of", "has been"];
/// What may follow a count without changing it.
const OCCURRING: [&str; 17] = [
    "occur", "occurs", "happen", "happens", "exist", "exists", "are", "is", "have", "been", "made", "recorded", "present", "were",
    "detected", "selected", "found",
];
/// Words with which a qualification of a number begins.
const QUALIFYING: [&str; 15] =
    ["in", "within", "for", "per", "from", "to", "on", "at", "by", "during", "after", "before", "since", "with", "each"];

/// Reads a clause with one comparison in it.
pub(super) fn read(clause: &[Item]) -> Result<Reading, String> {
    let at = clause.iter().position(|item| matches!(item, Item::Compare(_) | Item::Between)).ok_or("no comparison")?;
    let (left, right) = (words(clause.get(..at).unwrap_or_default())?, clause.get(at..).unwrap_or_default());
    let (bounds, sign, after) = bounds(right)?;
    let after = words_and_numbers(after)?;
    let (event, thing) = parted(&left);
    let thing = thing_name(&thing)?;
    let (unit, noun) = unit(sign, &after)?;
    let name = name_of(&thing, &noun)?;
    Ok(Reading { event, thing: thing.join(" "), name, unit, bounds })
}

/// The words of items; anything else in their place is too much for one comparison.
fn words(items: &[Item]) -> Result<Vec<String>, String> {
    let word = |item: &Item| match item {
        Item::Word(word) => Ok(word.clone()),
        Item::Comma => Err("a comma inside a comparison".to_owned()),
        Item::Number(_) | Item::Compare(_) | Item::Between => Err("several numbers in one comparison".to_owned()),
    };
    items.iter().map(word).collect()
}

/// The same where a number may qualify another: `3 attempts within 5 minutes`.
fn words_and_numbers(items: &[Item]) -> Result<Vec<String>, String> {
    let mut said = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Item::Number(number) => said.push(format!("{}e-{}", number.digits, number.decimals)),
            other => said.extend(words(std::slice::from_ref(other))?),
        }
    }
    Ok(said)
}

/// Bounds, a currency sign before the number, and what follows.
type Bounds<'i> = (Vec<(Compare, Number)>, Option<String>, &'i [Item]);

fn bounds(right: &[Item]) -> Result<Bounds<'_>, String> {
    let (first, rest) = right.split_first().ok_or("no number")?;
    let sign = rest.first().and_then(Item::word).filter(|word| is_currency_sign(word)).map(str::to_owned);
    let rest = rest.get(usize::from(sign.is_some())..).unwrap_or_default();
    match (first, rest) {
        (Item::Compare(compare), [Item::Number(number), after @ ..]) => Ok((vec![(*compare, *number)], sign, after)),
        (Item::Between, [Item::Number(low), Item::Word(and), Item::Number(high), after @ ..]) if and == "and" => {
            Ok((vec![(Compare::AtLeast, *low), (Compare::AtMost, *high)], sign, after))
        }
        _ => Err("a comparison without a number that can be read".to_owned()),
    }
}

/// The event before, and the thing.
fn parted(left: &[String]) -> (Vec<String>, Vec<String>) {
    let mut left = left.to_vec();
    while left.last().is_some_and(|last| HOLDING.contains(&last.as_str()) || MEASURING.contains(&last.as_str())) {
        left.pop();
    }
    let within = left.iter().rposition(|word| matches!(word.as_str(), "with" | "whose" | "having"));
    match within {
        Some(at) if at > 0 => (left.get(..at).unwrap_or_default().to_vec(), left.get(at + 1..).unwrap_or_default().to_vec()),
        _ => (Vec::new(), left),
    }
}

/// The name of the thing without articles, "number of" and "length"; refused where it is more than a name.
fn thing_name(thing: &[String]) -> Result<Vec<String>, String> {
    if let Some(word) = thing.iter().find(|word| PRONOUNS.contains(&word.as_str()) || matches!(word.as_str(), "not" | "no" | "never" | "and" | "or" | "without")) {
        return Err(format!("`{word}` before a number"));
    }
    let mut name = normal(thing);
    let measures = [&["total", "number", "of"][..], &["number", "of"], &["count", "of"], &["amount", "of"], &["value", "of"], &["length", "of"]];
    for counting in measures {
        if name.starts_with(&counting.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()) {
            name.drain(..counting.len());
        }
    }
    if name.len() > 1 && name.last().is_some_and(|last| last == "length") {
        name.pop();
    }
    match name.len() {
        0..=5 => Ok(name),
        _ => Err(format!("`{}` is too much to be one quantity", thing.join(" "))),
    }
}

/// The unit, and the noun where things are counted.
fn unit(sign: Option<String>, after: &[String]) -> Result<(Unit, Vec<String>), String> {
    let first = sign.as_deref().or_else(|| after.first().map(String::as_str)).unwrap_or_default();
    if let Some((_, name, kind, factor)) = UNITS.iter().find(|(words, ..)| words.contains(&first)) {
        let rest = after.get(usize::from(sign.is_none())..).unwrap_or_default();
        let rest: Vec<String> = rest.iter().filter(|word| !matches!(word.as_str(), "long" | "old" | "ago")).cloned().collect();
        return Ok((Unit { kind: *kind, name: (*name).to_owned(), factor: *factor, qualifier: qualifier(&rest)? }, Vec::new()));
    }
    let ends = after.iter().position(|word| QUALIFYING.contains(&word.as_str()) || OCCURRING.contains(&word.as_str())).unwrap_or(after.len());
    let noun = normal(after.get(..ends).unwrap_or_default());
    let qualifier = qualifier(after.get(ends..).unwrap_or_default())?;
    if noun.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
        return Err("several numbers in one comparison".to_owned());
    }
    if noun.len() > 4 {
        return Err(format!("`{}` is too much to be one noun", after.join(" ")));
    }
    let kind = if noun.is_empty() { Kind::Plain } else { Kind::Counted };
    Ok((Unit { kind, name: noun.join(" "), factor: 1, qualifier }, noun))
}

/// What qualifies a number; words that only say that it is so are none.
fn qualifier(rest: &[String]) -> Result<String, String> {
    let rest: Vec<&String> = rest.iter().skip_while(|word| OCCURRING.contains(&word.as_str())).collect();
    match rest.first() {
        None => Ok(String::new()),
        Some(first) if QUALIFYING.contains(&first.as_str()) => Ok(rest.iter().map(|word| stem(word)).collect::<Vec<_>>().join(" ")),
        Some(first) => Err(format!("`{first}` after a number")),
    }
}

/// The name of the quantity.
fn name_of(thing: &[String], noun: &[String]) -> Result<String, String> {
    let name: Vec<&str> = thing.iter().chain(noun).map(String::as_str).collect();
    match name.is_empty() {
        true => Err("what is compared is not named".to_owned()),
        false => Ok(name.join(" ")),
    }
}

#[cfg(test)]
mod tests;
