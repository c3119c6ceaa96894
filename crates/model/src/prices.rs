//! What tokens cost: dated rows, each with where it was read, in `prices.toml`, and the rows that a person adds.
//!
//! A row holds from its day until a later row of the same model. What no row covers has no price: that is `None`, never zero. A
//! vendor that counts cached or written tokens without a row's price for them is not guessed at either. Prices are list prices
//! of the vendor's own address; discounts, batches and other tiers are not known here. This module reads no file and no clock.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::message::Usage;
use crate::money::{BadMoney, Currency, Money, decimal};

/// The rows that ship.
const PUBLISHED: &str = include_str!("prices.toml");

/// All rows that are known: the published ones, and those that a person added, which go first.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    rows: Vec<Price>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Whether a person added it.
    own: bool,
    provider: String,
    model: String,
    from: Day,
    currency: Currency,
    rates: Rates,
    long: Option<(u64, Rates)>,
    source: String,
}

/// Millionths of a unit for a million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rates {
    input: u128,
    cached: Option<u128>,
    written: Option<u128>,
    output: u128,
}

/// A day of the calendar in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(jiff::civil::Date);

/// Tokens by what they cost. No token is in two of the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Of the prompt, neither read from the cache nor written to it.
    pub input: u64,
    /// Of the prompt, read from the cache.
    pub cached: u64,
    /// Of the prompt, written to the cache.
    pub written: u64,
    /// The reply, thinking included.
    pub output: u64,
}

impl Prices {
    /// The rows that ship with the program.
    ///
    /// # Errors
    /// Where they are not rows, which a test excludes.
    pub fn published() -> Result<Self, BadPrices> {
        Ok(Self { rows: read(PUBLISHED, Whose::Published)? })
    }

    /// With a person's rows, which go before the published ones of the same model.
    ///
    /// # Errors
    /// Where the text is no table of rows: then nothing of it counts.
    pub fn with(mut self, text: &str) -> Result<Self, BadPrices> {
        self.rows.extend(read(text, Whose::Own)?);
        Ok(self)
    }

    /// The row for a model (`provider/name`) on a day. A person's own row goes first, then the closer name, then the later day.
    pub fn of(&self, model: &str, day: Day) -> Option<&Price> {
        let (provider, name) = model.split_once('/')?;
        let found = self.rows.iter().filter(|row| row.provider == vendor(provider) && row.names(name) && row.from <= day);
        found.max_by_key(|row| (row.own, row.model.len(), row.from))
    }

    /// What these tokens cost; `None` where no row covers all of them.
    pub fn cost(&self, model: &str, day: Day, tokens: &Tokens) -> Option<Money> {
        self.of(model, day)?.cost(tokens)
    }
}

/// One vendor may be reached in two protocols.
fn vendor(provider: &str) -> &str {
    match provider {
        "openai-chat" => "openai",
        other => other,
    }
}

impl Price {
    /// Which currency it is in.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Where it was read, and when.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// From which day on it holds.
    pub fn from(&self) -> Day {
        self.from
    }

    /// Whether nothing it is about costs anything.
    pub fn is_free(&self) -> bool {
        self.tiers().all(|rates| rates.dearest_input() == 0 && rates.output == 0)
    }

    /// What these tokens cost; `None` where it has no price for one of the kinds.
    pub fn cost(&self, tokens: &Tokens) -> Option<Money> {
        let rates = self.rates_for(tokens.prompt());
        let priced = |count: u64, rate: Option<u128>| if count == 0 { Some(0) } else { Some(u128::from(count) * rate?) };
        let parts = [
            priced(tokens.input, Some(rates.input))?,
            priced(tokens.cached, rates.cached)?,
            priced(tokens.written, rates.written)?,
            priced(tokens.output, Some(rates.output))?,
        ];
        Some(Money::of(self.currency, parts.iter().sum()))
    }

    /// The most that a prompt and a reply of these sizes can cost.
    pub fn at_most(&self, input: u64, output: u64) -> Money {
        let rates = self.rates_for(input);
        let parts = u128::from(input) * rates.dearest_input() + u128::from(output) * rates.output;
        Money::of(self.currency, parts)
    }

    /// The longest reply that keeps [`Self::at_most`] within these parts of a unit; `None` where the prompt alone is beyond them.
    pub fn output_within(&self, input: u64, parts: u128) -> Option<u64> {
        let left = parts.checked_sub(self.at_most(input, 0).parts())?;
        match self.rates_for(input).output {
            0 => Some(u64::MAX),
            rate => Some(u64::try_from(left / rate).unwrap_or(u64::MAX)),
        }
    }

    /// A longer prompt may be dearer, and a vendor's own count may differ from ours by little: never the milder of both.
    fn rates_for(&self, prompt: u64) -> Rates {
        match self.long {
            Some((above, rates)) if prompt > above => rates,
            _ => self.rates,
        }
    }

    fn tiers(&self) -> impl Iterator<Item = Rates> {
        [Some(self.rates), self.long.map(|(_, rates)| rates)].into_iter().flatten()
    }

    /// A name stands for its dated snapshots too; `name*` for all that begin so.
    fn names(&self, name: &str) -> bool {
        match self.model.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name.strip_prefix(self.model.as_str()).is_some_and(|rest| rest.is_empty() || is_date(rest)),
        }
    }
}

/// `-20250929` or `-2026-09-29`.
fn is_date(rest: &str) -> bool {
    let Some(date) = rest.strip_prefix('-') else { return false };
    let digits = date.bytes().filter(u8::is_ascii_digit).count();
    digits == 8 && (date.len() == 8 || (date.len() == 10 && date.parse::<jiff::civil::Date>().is_ok()))
}

impl Rates {
    fn dearest_input(&self) -> u128 {
        self.input.max(self.cached.unwrap_or(0)).max(self.written.unwrap_or(0))
    }
}

impl Tokens {
    /// The whole prompt.
    pub fn prompt(&self) -> u64 {
        self.input.saturating_add(self.cached).saturating_add(self.written)
    }

    /// All of them.
    pub fn all(&self) -> u64 {
        self.prompt().saturating_add(self.output)
    }

    /// Adds others, kind by kind.
    pub fn add(&mut self, other: &Self) {
        self.input = self.input.saturating_add(other.input);
        self.cached = self.cached.saturating_add(other.cached);
        self.written = self.written.saturating_add(other.written);
        self.output = self.output.saturating_add(other.output);
    }
}

impl From<Usage> for Tokens {
    /// A vendor's `input` is the whole prompt.
    fn from(usage: Usage) -> Self {
        let fresh = usage.input.saturating_sub(usage.cached).saturating_sub(usage.cache_written);
        Self { input: fresh, cached: usage.cached, written: usage.cache_written, output: usage.output }
    }
}

impl Day {
    /// The day of a moment, in milliseconds since 1970 by UTC.
    pub fn of_milliseconds(milliseconds: u64) -> Self {
        let seconds = i64::try_from(milliseconds / 1000).unwrap_or(i64::MAX);
        let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
        Self(time.to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

impl FromStr for Day {
    type Err = BadDay;

    fn from_str(text: &str) -> Result<Self, BadDay> {
        let bad = || BadDay { given: text.to_owned() };
        let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if !plain {
            return Err(bad());
        }
        text.parse().map(Self).map_err(|_| bad())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Published,
    Own,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    price: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    provider: String,
    model: String,
    from: String,
    currency: String,
    input: String,
    cached_input: Option<String>,
    cache_write: Option<String>,
    output: String,
    long: Option<WrittenLong>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLong {
    above: u64,
    input: String,
    cached_input: Option<String>,
    cache_write: Option<String>,
    output: String,
}

fn read(text: &str, whose: Whose) -> Result<Vec<Price>, BadPrices> {
    let table: Table = toml::from_str(text).map_err(|e| BadPrices::NotATable { why: e.to_string() })?;
    table.price.into_iter().map(|row| price(row, whose)).collect()
}

fn price(row: Written, whose: Whose) -> Result<Price, BadPrices> {
    let name = format!("{}/{}", row.provider, row.model);
    let bad = |why: String| BadPrices::BadRow { row: name.clone(), why };
    if row.provider.is_empty() || row.model.is_empty() || row.source.trim().is_empty() {
        return Err(bad("provider, model and source cannot be empty".into()));
    }
    let currency = row.currency.parse().map_err(|e: BadMoney| bad(e.to_string()))?;
    let from = row.from.parse().map_err(|e: BadDay| bad(e.to_string()))?;
    let rates = rates(&row.input, row.cached_input.as_deref(), row.cache_write.as_deref(), &row.output).map_err(&bad)?;
    let long = match &row.long {
        Some(long) => Some((long.above, self::rates(&long.input, long.cached_input.as_deref(), long.cache_write.as_deref(), &long.output).map_err(&bad)?)),
        None => None,
    };
    Ok(Price { own: whose == Whose::Own, provider: row.provider, model: row.model, from, currency, rates, long, source: row.source })
}

fn rates(input: &str, cached: Option<&str>, written: Option<&str>, output: &str) -> Result<Rates, String> {
    let rate = |text: &str| match decimal(text, 6) {
        // A unit for each single token is beyond every price, and keeps all products within a number.
        Some(rate) if rate <= 1_000_000_000_000 => Ok(rate),
        _ => Err(format!("`{text}` is not a price for a million tokens, like \"2.50\"")),
    };
    Ok(Rates { input: rate(input)?, cached: cached.map(rate).transpose()?, written: written.map(rate).transpose()?, output: rate(output)? })
}

/// Why a text is no table of prices.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPrices {
    /// Not TOML, or not of this shape.
    #[error("this is no table of prices: {why}")]
    NotATable {
        /// What the reader said.
        why: String,
    },
    /// A row that cannot be used.
    #[error("the price of `{row}` cannot be used: {why}")]
    BadRow {
        /// `provider/model`.
        row: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Why a text is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a day: write it like 2026-11-23")]
pub struct BadDay {
    given: String,
}

#[cfg(test)]
mod tests;
