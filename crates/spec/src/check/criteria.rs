//! The wording of each criterion.

use std::collections::HashSet;

use super::{BUGFIX, Found, REQUIREMENTS};
use crate::ambiguity;
use crate::ears::{Ears, Meant, Missing};
use crate::folder::Spec;
use crate::prose;
use crate::requirements::Criterion;

/// Every criterion with its file and what it is meant to be.
fn all(spec: &Spec) -> impl Iterator<Item = (&'static str, Meant, &Criterion)> {
    let required = spec.requirements.iter().flat_map(|read| read.criteria()).map(|one| (REQUIREMENTS, Meant::Requirement, one));
    let clauses = spec.bugfix.iter().flat_map(|read| {
        let current = read.current.iter().map(|one| (Meant::Defect, one));
        let expected = read.expected.iter().map(|one| (Meant::Requirement, one));
        let unchanged = read.unchanged.iter().map(|one| (Meant::Unchanged, one));
        current.chain(expected).chain(unchanged).map(|(meant, one)| (BUGFIX, meant, one))
    });
    required.chain(clauses)
}

pub(super) fn ears(spec: &Spec) -> Vec<Found> {
    let of = |(file, meant, one): (&'static str, Meant, &Criterion)| {
        let missing = Ears::read_as(&one.text, meant).missing;
        let hint = missing.first().map(Missing::hint)?;
        let gaps: Vec<String> = missing.iter().map(Missing::text).collect();
        Some(Found::new(file, one.wording.clone(), format!("criterion {} is not in EARS form: {}", one.id, gaps.join("; "))).hinted(hint))
    };
    all(spec).filter_map(of).collect()
}

pub(super) fn ambiguous(spec: &Spec) -> Vec<Found> {
    let mut found = Vec::new();
    for (file, _, one) in all(spec).filter(|(_, meant, _)| *meant != Meant::Defect) {
        let Some(wording) = spec.text(file).and_then(|text| text.get(one.wording.clone())) else { continue };
        for vague in ambiguity::vague(wording) {
            let span = one.wording.start + vague.span.start..one.wording.start + vague.span.end;
            let said = vague.says.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = format!("criterion {} says `{said}`: {}", one.id, vague.why.text());
            found.push(Found::new(file, span, text).hinted(format!("say {}", vague.instead)));
        }
    }
    found
}

/// `Term_Name`s that the glossary has not, each once. Without a glossary nobody defines anything.
pub(super) fn undefined(spec: &Spec) -> Vec<Found> {
    let glossary = spec.requirements.iter().flat_map(|read| &read.glossary);
    let defined: HashSet<String> = glossary.map(|term| plain(&term.name)).collect();
    if defined.is_empty() {
        return Vec::new();
    }
    let mut told: HashSet<String> = HashSet::new();
    let mut found = Vec::new();
    for (file, _, one) in all(spec) {
        let wording = spec.text(file).and_then(|text| text.get(one.wording.clone())).unwrap_or_default();
        for word in prose::words(wording).into_iter().filter(|word| is_term(word.says)) {
            let name = plain(word.says);
            let is_defined = defined.contains(&name) || name.strip_suffix('s').is_some_and(|one| defined.contains(one));
            if !is_defined && told.insert(name) {
                let span = one.wording.start + word.start..one.wording.start + word.span().end;
                let text = format!("`{}` is not in the glossary", word.says);
                found.push(Found::new(file, span, text).hinted(format!("add `- **{}**: …` to the glossary", word.says)));
            }
        }
    }
    found
}

/// `Payment_Service`: parts that begin with a capital, joined by underscores; not `MAX_SIZE`.
fn is_term(word: &str) -> bool {
    let begins = |part: &str| part.starts_with(char::is_uppercase) && part.chars().skip(1).any(char::is_lowercase);
    word.contains('_') && word.split('_').all(begins)
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | ' ' | '-' | '`')).flat_map(char::to_lowercase).collect()
}
