//! The words of a criterion as the analysis reads them: lower-case words, numbers, comparisons and joints.
//!
//! Comparisons of several words ("no more than", "greater than or equal to") are one item, so that their "or" joins
//! nothing. What is in quotes or code marks is one word, whatever is in it.

/// One item of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A word, lower case.
    Word(String),
    /// A number.
    Number(Number),
    /// A comparison.
    Compare(Compare),
    /// `between A and B`, with the `and` still to come.
    Between,
    /// The comma.
    Comma,
}

/// A decimal number as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Its digits without the point.
    pub(super) digits: i64,
    /// How many of them stand after the point.
    pub(super) decimals: u32,
}

/// How a quantity and a number are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Exactly,
}

impl Item {
    /// The word, where it is one.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// Comparisons in words, the longer before the shorter that they begin with.
const COMPARISONS: [(&str, Compare); 55] = [
    ("greater than or equal to", Compare::AtLeast),
    ("more than or equal to", Compare::AtLeast),
    ("less than or equal to", Compare::AtMost),
    ("does not exceed", Compare::AtMost),
    ("do not exceed", Compare::AtMost),
    ("did not exceed", Compare::AtMost),
    ("not exceeding", Compare::AtMost),
    ("is not more than", Compare::AtMost),
    ("is not greater than", Compare::AtMost),
    ("is not less than", Compare::AtLeast),
    ("is not above", Compare::AtMost),
    ("is not below", Compare::AtLeast),
    ("no more than", Compare::AtMost),
    ("not more than", Compare::AtMost),
    ("no greater than", Compare::AtMost),
    ("no longer than", Compare::AtMost),
    ("no less than", Compare::AtLeast),
    ("not less than", Compare::AtLeast),
    ("no fewer than", Compare::AtLeast),
    ("not fewer than", Compare::AtLeast),
    ("more than", Compare::More),
    ("greater than", Compare::More),
    ("larger than", Compare::More),
    ("higher than", Compare::More),
    ("longer than", Compare::More),
    ("older than", Compare::More),
    ("less than", Compare::Less),
    ("fewer than", Compare::Less),
    ("smaller than", Compare::Less),
    ("lower than", Compare::Less),
    ("shorter than", Compare::Less),
    ("younger than", Compare::Less),
    ("at least", Compare::AtLeast),
    ("a minimum of", Compare::AtLeast),
    ("at most", Compare::AtMost),
    ("a maximum of", Compare::AtMost),
    ("up to", Compare::AtMost),
    ("equal to", Compare::Exactly),
    ("exactly", Compare::Exactly),
    ("equals", Compare::Exactly),
    ("reaches", Compare::AtLeast),
    ("reach", Compare::AtLeast),
    ("reached", Compare::AtLeast),
    ("exceeds", Compare::More),
    ("exceed", Compare::More),
    ("exceeded", Compare::More),
    ("exceeding", Compare::More),
    ("above", Compare::More),
    ("over", Compare::More),
    ("below", Compare::Less),
    ("under", Compare::Less),
    (">=", Compare::AtLeast),
    ("<=", Compare::AtMost),
    (">", Compare::More),
    ("<", Compare::Less),
];

/// Small numbers in words.
const NUMBERS: [&str; 13] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// The items of a text.
pub(super) fn items(text: &str) -> Vec<Item> {
    let mut items = joined(&raw(text));
    put_first(&mut items);
    items
}

/// `100 EUR or more` becomes `at least 100 EUR`.
fn put_first(items: &mut Vec<Item>) {
    let mut at = 0;
    while at < items.len() {
        if !matches!(items.get(at), Some(Item::Number(_))) || at.checked_sub(1).is_some_and(|before| matches!(items.get(before), Some(Item::Compare(_)))) {
            at += 1;
            continue;
        }
        let tail = [1, 2].into_iter().find_map(|after| match (items.get(at + after)?.word()?, items.get(at + after + 1)?.word()?) {
            ("or", "more" | "greater" | "higher" | "above" | "over") => Some((at + after, Compare::AtLeast)),
            ("or", "less" | "fewer" | "lower" | "below" | "under") => Some((at + after, Compare::AtMost)),
            _ => None,
        });
        if let Some((tail, compare)) = tail {
            items.drain(tail..tail + 2);
            items.insert(at, Item::Compare(compare));
        }
        at += 1;
    }
}

/// Puts comparisons together and reads number words after them.
fn joined(raw: &[Item]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(item) = raw.get(at) {
        let rest = raw.get(at..).unwrap_or_default();
        if let Some((compare, length)) = comparison(rest) {
            items.push(Item::Compare(compare));
            at += length;
            continue;
        }
        let after_compare = matches!(items.last(), Some(Item::Compare(_) | Item::Between));
        let item = match item.word() {
            Some("between") => Item::Between,
            Some(word) if after_compare => number_word(word).map_or_else(|| item.clone(), Item::Number),
            _ => item.clone(),
        };
        items.push(item);
        at += 1;
    }
    items
}

/// A comparison at the beginning, with how many items it takes. `over` and the like count only before a number.
fn comparison(rest: &[Item]) -> Option<(Compare, usize)> {
    let first = rest.first()?.word()?;
    COMPARISONS.iter().filter(|(words, _)| words.starts_with(first)).find_map(|(words, compare)| {
        let length = words.split(' ').count();
        let found = words.split(' ').zip(rest).filter(|(word, item)| item.word() == Some(word)).count() == length;
        (found && is_number(rest.get(length..).unwrap_or_default())).then_some((*compare, length))
    })
}

/// Whether a number comes next, with or without a currency sign.
fn is_number(rest: &[Item]) -> bool {
    let sign = rest.first().and_then(Item::word).is_some_and(is_currency_sign);
    match rest.get(usize::from(sign)) {
        Some(Item::Number(_)) => true,
        Some(Item::Word(word)) => number_word(word).is_some(),
        _ => false,
    }
}

/// Whether a word is the sign of a currency.
pub(super) fn is_currency_sign(word: &str) -> bool {
    matches!(word, "$" | "€" | "£")
}

fn number_word(word: &str) -> Option<Number> {
    let digits = NUMBERS.iter().position(|name| *name == word)?;
    Some(Number { digits: i64::try_from(digits).ok()?, decimals: 0 })
}

fn raw(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '"' | '`' | '“' => quoted(rest, first, &mut items),
            ',' | ';' => pushed(&mut items, Item::Comma, first),
            '$' | '€' | '£' | '%' => pushed(&mut items, Item::Word(first.to_string()), first),
            '≥' => pushed(&mut items, Item::Word(">=".to_owned()), first),
            '≤' => pushed(&mut items, Item::Word("<=".to_owned()), first),
            '>' | '<' => sign(rest, first, &mut items),
            first if first.is_ascii_digit() => number(rest, &mut items),
            first if first.is_alphanumeric() => word(rest, &mut items),
            first => first.len_utf8(),
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    items
}

fn pushed(items: &mut Vec<Item>, item: Item, first: char) -> usize {
    items.push(item);
    first.len_utf8()
}

fn sign(rest: &str, first: char, items: &mut Vec<Item>) -> usize {
    let equal = rest.get(1..).is_some_and(|rest| rest.starts_with('='));
    items.push(Item::Word(if equal { format!("{first}=") } else { first.to_string() }));
    if equal { 2 } else { 1 }
}

/// What is in quotes, as one word; a quote that never closes is a sign like any other.
fn quoted(rest: &str, first: char, items: &mut Vec<Item>) -> usize {
    let close = if first == '“' { '”' } else { first };
    let inner = rest.get(first.len_utf8()..).unwrap_or_default();
    let Some(length) = inner.find(close) else { return first.len_utf8() };
    let says: String = inner.get(..length).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    items.push(Item::Word(format!("\"{says}\"")));
    first.len_utf8() + length + close.len_utf8()
}

/// A number with thousands commas and a point; a unit that touches it is the next word.
fn number(rest: &str, items: &mut Vec<Item>) -> usize {
    let length = rest.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(rest.len());
    let says = rest.get(..length).unwrap_or_default().trim_end_matches([',', '.']);
    match read_number(says) {
        Some(read) => items.push(Item::Number(read)),
        None => items.push(Item::Word(says.to_owned())),
    }
    says.len().max(1)
}

/// `1,000.5`; commas only as thousands, and one point. Dates, versions and addresses are none.
fn read_number(says: &str) -> Option<Number> {
    let (whole, part) = says.split_once('.').unwrap_or((says, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    let fits = groups.all(|group| group.len() == 3) && (!grouped || first.len() <= 3) && !part.contains(['.', ',']);
    let digits: String = whole.chars().chain(part.chars()).filter(char::is_ascii_digit).collect();
    let decimals = u32::try_from(part.len()).ok().filter(|decimals| *decimals <= 6)?;
    (fits && digits.len() <= 15).then_some(())?;
    Some(Number { digits: digits.parse().ok()?, decimals })
}

/// A word: letters and digits with `-` inside; `_` parts words, and a possessive ends one.
fn word(rest: &str, items: &mut Vec<Item>) -> usize {
    let length = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\'' | '’' | '/')).unwrap_or(rest.len());
    let says = rest.get(..length).unwrap_or_default().trim_end_matches(['-', '\'', '’', '/']);
    let bare = says.strip_suffix("'s").or_else(|| says.strip_suffix("’s")).unwrap_or(says);
    match bare {
        "isn't" | "isn’t" => items.extend(["is", "not"].map(|word| Item::Word(word.to_owned()))),
        "doesn't" | "doesn’t" => items.extend(["does", "not"].map(|word| Item::Word(word.to_owned()))),
        bare => items.push(Item::Word(bare.to_lowercase())),
    }
    says.len().max(1)
}

#[cfg(test)]
mod tests;
