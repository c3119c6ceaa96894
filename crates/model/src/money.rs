//! Money as whole numbers: a price is in millionths of a unit for a million tokens, an amount in millionths of a millionth, so that
//! tokens times price is exact and sums never drift.
//!
//! Amounts of different currencies are never added and never converted: nothing here knows a rate of exchange.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Three capital letters, as in ISO 4217.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// An amount of one currency. Written `2.50 USD`; the blank may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money {
    currency: Currency,
    parts: u128,
}

/// Decimals of an amount.
const DECIMALS: usize = 12;
/// Decimals that a person is shown; what is beyond them is rounded up.
const SHOWN: usize = 6;

impl Money {
    /// An amount in millionths of a millionth.
    pub fn of(currency: Currency, parts: u128) -> Self {
        Self { currency, parts }
    }

    /// Which currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The amount in millionths of a millionth.
    pub fn parts(&self) -> u128 {
        self.parts
    }

    /// For people: at most six decimals, rounded up, so that nothing that was spent reads as zero.
    pub fn short(&self) -> String {
        let step = 10_u128.pow((DECIMALS - SHOWN) as u32);
        let rounded = self.parts.div_ceil(step).saturating_mul(step);
        Self { currency: self.currency, parts: rounded }.to_string()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u128.pow(DECIMALS as u32);
        let decimals = format!("{:0width$}", self.parts % unit, width = DECIMALS);
        let kept = decimals.trim_end_matches('0').len().max(2);
        write!(f, "{}.{} {}", self.parts / unit, decimals.get(..kept).unwrap_or(&decimals), self.currency)
    }
}

impl FromStr for Money {
    type Err = BadMoney;

    fn from_str(text: &str) -> Result<Self, BadMoney> {
        let bad = || BadMoney::Amount { given: text.to_owned() };
        let at = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
        let (amount, currency) = text.split_at(at);
        Ok(Self { currency: currency.parse()?, parts: decimal(amount.trim(), DECIMALS).ok_or_else(bad)? })
    }
}

impl FromStr for Currency {
    type Err = BadMoney;

    fn from_str(text: &str) -> Result<Self, BadMoney> {
        let bytes: Option<[u8; 3]> = text.trim().as_bytes().try_into().ok();
        let letters = bytes.filter(|bytes| bytes.iter().all(u8::is_ascii_uppercase));
        letters.map(Self).ok_or_else(|| BadMoney::Currency { given: text.to_owned() })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl TryFrom<String> for Money {
    type Error = BadMoney;

    fn try_from(text: String) -> Result<Self, BadMoney> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> Self {
        money.to_string()
    }
}

impl TryFrom<String> for Currency {
    type Error = BadMoney;

    fn try_from(text: String) -> Result<Self, BadMoney> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.to_string()
    }
}

/// Amounts of several currencies, each on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<Currency, u128>);

impl Sums {
    /// Adds one amount. A sum that no number holds stays at the largest.
    pub fn add(&mut self, money: Money) {
        let sum = self.0.entry(money.currency).or_default();
        *sum = sum.saturating_add(money.parts);
    }

    /// The sum in this currency; nothing was spent in one that is not in it.
    pub fn of(&self, currency: Currency) -> Money {
        Money::of(currency, self.0.get(&currency).copied().unwrap_or(0))
    }

    /// All of them, by currency.
    pub fn all(&self) -> impl Iterator<Item = Money> + '_ {
        self.0.iter().map(|(currency, parts)| Money::of(*currency, *parts))
    }
}

/// Reads `12`, `0.125`, `2.50` as a whole number of the last of so many decimals. No sign, no exponent, nothing dropped.
pub(crate) fn decimal(text: &str, decimals: usize) -> Option<u128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let dangling = text.ends_with('.') || whole.is_empty();
    if dangling || !digits(whole) || !digits(fraction) || fraction.len() > decimals {
        return None;
    }
    format!("{whole}{fraction:0<decimals$}").parse().ok()
}

/// Why a text is not money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMoney {
    /// No amount.
    #[error("`{given}` is not an amount of money: write it like `2.50 USD`, with at most twelve decimals")]
    Amount {
        /// What was given.
        given: String,
    },
    /// No currency.
    #[error("`{given}` is not a currency: three capital letters, as in `2.50 USD`")]
    Currency {
        /// What was given.
        given: String,
    },
}

#[cfg(test)]
mod tests;
