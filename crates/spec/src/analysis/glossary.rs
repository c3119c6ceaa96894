//! States that a glossary lists: `Account_State: one of active, suspended or closed`.

use super::Definition;
use super::formula::Variables;
use super::phrase::normal;
use crate::ears::Keyword;

/// Where a list of states begins.
const LISTING: [&str; 6] = ["one of", "either", "can be", "may be", "states:", "values:"];

/// Learns the states of a thing, where the term is about a state and lists them.
pub(super) fn learn(definition: &Definition, variables: &mut Variables) {
    let name: Vec<String> = definition.name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let Some((last, subject)) = name.split_last() else { return };
    if !matches!(last.as_str(), "state" | "status") || subject.is_empty() {
        return;
    }
    let says = definition.says.to_lowercase();
    let Some(list) = LISTING.iter().find_map(|listing| says.split_once(listing).map(|(_, list)| list)) else { return };
    let values = values(list);
    if values.len() > 1 {
        for value in values {
            let (subject, value) = variables.state(&normal(subject).join(" "), &value, false);
            variables.said(subject, value, Keyword::While);
        }
    }
}

/// The states of a list up to the first full stop; none where one of them is more than two words.
fn values(list: &str) -> Vec<String> {
    let sentence = list.split(['.', ';', '(']).next().unwrap_or_default().replace(" or ", ",").replace(" and ", ",");
    let parts = sentence.split(',').map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty()).map(str::to_owned).collect());
    let values: Vec<Vec<String>> = parts.map(|words: Vec<String>| normal(&words)).filter(|words| !words.is_empty()).collect();
    match values.iter().all(|words| words.len() <= 2) {
        true => values.iter().map(|words| words.join(" ")).collect(),
        false => Vec::new(),
    }
}

