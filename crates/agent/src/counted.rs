//! How many of what, as people say it.

use std::fmt::Display;

/// `1 path`, `2 paths`.
pub fn counted<N: Display + PartialEq + From<u8>>(n: N, noun: &str) -> String {
    let ending = if n == N::from(1_u8) { "" } else { "s" };
    format!("{n} {noun}{ending}")
}
