//! Tokens and money as people and scripts read them. What is not known is called so, and never shown as zero.

use agent::Spent;
use model::{Money, Tokens};
use serde_json::{Value, json};

/// Lines of columns that stand below each other; the first `texts` of them begin at the left, all others end at the right.
pub(crate) fn lines(rows: &[Vec<String>], texts: usize) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let cell = |(column, text): (usize, &String)| {
        let width = widths.get(column).copied().unwrap_or(0);
        if column < texts { format!("{text:<width$}") } else { format!("{text:>width$}") }
    };
    rows.iter().map(|row| row.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ").trim_end().to_owned()).collect()
}

/// The four kinds, each in a cell of its own.
pub(crate) fn tokens(tokens: &Tokens) -> [String; 4] {
    [tokens.input, tokens.cached, tokens.written, tokens.output].map(|count| count.to_string())
}

/// What one request cost.
pub(crate) fn cost(cost: Option<Money>) -> String {
    cost.map_or_else(|| "unknown".to_owned(), |money| money.short())
}

/// What several requests cost: each currency, and how many have no price.
pub(crate) fn money(spent: &Spent) -> String {
    let mut parts: Vec<String> = spent.money.all().map(|money| money.short()).collect();
    match spent.unpriced.values().sum::<u64>() {
        0 => {}
        1 => parts.push("unknown for 1 request".to_owned()),
        n => parts.push(format!("unknown for {n} requests")),
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(" + ") }
}

/// A sum for scripts; amounts are exact.
pub(crate) fn json_of(spent: &Spent) -> Value {
    let money: Vec<Value> = spent.money.all().map(|money| amount(&money)).collect();
    json!({"requests": spent.requests, "tokens": json_of_tokens(&spent.tokens), "money": money, "unpriced": spent.unpriced})
}

/// Tokens by kind for scripts.
pub(crate) fn json_of_tokens(tokens: &Tokens) -> Value {
    json!({"input": tokens.input, "cached": tokens.cached, "written": tokens.written, "output": tokens.output})
}

/// An exact amount for scripts, as text, because a JSON number may be read as a fraction of two.
pub(crate) fn amount(money: &Money) -> Value {
    let text = money.to_string();
    let number = text.split(' ').next().unwrap_or_default();
    json!({"currency": money.currency().to_string(), "amount": number})
}

#[cfg(test)]
mod tests;
