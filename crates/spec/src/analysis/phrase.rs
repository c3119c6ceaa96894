//! Words made comparable: without articles, in the singular, and which of them the analysis does not dare to read.

/// Words that stand for something said elsewhere.
pub(super) const PRONOUNS: [&str; 13] = ["it", "they", "them", "he", "she", "this", "that", "these", "those", "its", "their", "such", "both"];
/// Words that turn a meaning in ways that are not put into logic.
const TURNING: [&str; 18] = [
    "unless", "until", "except", "only", "otherwise", "neither", "nor", "either", "and/or", "respectively", "than", "exceed", "exceeds",
    "exceeding", "if", "when", "while", "where",
];
/// Words that are left out of names.
const ARTICLES: [&str; 12] = ["a", "an", "the", "any", "some", "each", "every", "given", "his", "her", "currently", "already"];

/// Names with the articles left out, in the singular.
pub(super) fn normal(words: &[String]) -> Vec<String> {
    words.iter().filter(|word| !ARTICLES.contains(&word.as_str())).map(|word| stem(word)).collect()
}

/// The singular of a noun and the plain form of a verb, as far as the ending tells. What is quoted stays.
pub(super) fn stem(word: &str) -> String {
    let keeps = word.starts_with('"') || word.len() <= 3 || ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    if keeps {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for end in ["sses", "xes", "ches", "shes"] {
        if word.ends_with(end) {
            return word.strip_suffix("es").unwrap_or(word).to_owned();
        }
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// The first word that the analysis does not read, with why.
pub(super) fn refused<'w>(words: impl Iterator<Item = &'w str>) -> Option<String> {
    words.enumerate().find_map(|(at, word)| match word {
        "than" | "exceed" | "exceeds" | "exceeding" => Some("a comparison without a number".to_owned()),
        word if TURNING.contains(&word) => Some(format!("`{word}` is not put into logic")),
        word if PRONOUNS.contains(&word) && at == 0 => Some(format!("`{word}` could be anything")),
        word if word.chars().any(is_other_script) && !word.starts_with('"') => Some(format!("`{word}` is not English")),
        _ => None,
    })
}

/// Letters that English does not have at all.
fn is_other_script(c: char) -> bool {
    c.is_alphabetic() && c > '\u{24f}'
}

