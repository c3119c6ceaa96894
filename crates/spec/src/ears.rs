//! Reads one acceptance criterion into its EARS form (Easy Approach to Requirements Syntax, Mavin et al. 2009):
//! `[WHERE feature] [WHILE state] [WHEN event | IF trouble THEN] THE system SHALL response`.
//!
//! Both ways of writing it are read, `WHEN x, THE system SHALL y` and `WHEN x THEN the system SHALL y`; the English keywords
//! also inside other languages, the Chinese ones (当, 如果, 应) and some modals of other languages. What is missing is said
//! exactly. Nothing here knows what a criterion is about. All spans are in the text that was given.

mod cut;

use serde::Serialize;

use crate::prose::{self, Word};
use crate::text::Span;

/// A criterion, taken apart as far as it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ears {
    /// Which of the forms its conditions make it.
    pub form: Form,
    /// `FOR ALL …`, `FOR ANY …`: over what it is said, without the keyword.
    pub for_all: Option<Span>,
    /// In the order in which they are written.
    pub conditions: Vec<Condition>,
    /// Who shall, with its article.
    pub system: Option<Span>,
    /// The word that makes it a requirement.
    pub modal: Option<Modal>,
    /// What shall be; for a defect, what happens today.
    pub response: Option<Span>,
    /// What keeps it from being EARS; nothing if it is.
    pub missing: Vec<Missing>,
}

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// No condition.
    Ubiquitous,
    /// WHEN.
    Event,
    /// WHILE.
    State,
    /// IF … THEN.
    Unwanted,
    /// WHERE.
    Optional,
    /// Conditions of several kinds.
    Complex,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Its keyword.
    pub kind: Keyword,
    /// Where the keyword is.
    pub keyword: Span,
    /// What it says, without keyword and separators.
    pub says: Span,
    /// Whether it stands behind the response: `… SHALL retry WHILE it is offline`.
    pub trails: bool,
}

/// The keywords of conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Keyword {
    /// An event.
    When,
    /// A state.
    While,
    /// Trouble.
    If,
    /// A feature that may be left out.
    Where,
}

/// The word that makes it a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modal {
    /// Where it is, with `NOT` and `CONTINUE TO`.
    pub span: Span,
    /// `SHALL NOT`.
    pub negated: bool,
    /// `SHALL CONTINUE TO`.
    pub continues: bool,
    /// `must`, `should`, `will`, …: words that EARS does not have.
    pub weak: bool,
}

/// What the text is meant to be; `bugfix.md` has three kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// What shall be.
    Requirement,
    /// What happens today and should not: `WHEN x THEN the system crashes`. No modal.
    Defect,
    /// What shall stay: `SHALL CONTINUE TO`.
    Unchanged,
}

/// One thing that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// No SHALL at all, or the word that stands in its place.
    Shall(Option<String>),
    /// Nothing says who shall.
    System,
    /// Nothing follows SHALL.
    Response,
    /// A keyword without its condition.
    Condition(Keyword),
    /// IF without THEN.
    Then,
    /// Nothing shows where the condition ends: neither a comma nor THEN.
    Border,
    /// It begins with a word that EARS does not have: what is said, and what to say.
    Opening(String, &'static str),
    /// Unchanged behaviour without CONTINUE TO.
    Continue,
    /// A defect without a condition.
    Trigger,
}

impl Ears {
    /// Takes a criterion apart.
    pub fn read(text: &str) -> Self {
        Self::read_as(text, Meant::Requirement)
    }

    /// The same for a text of which is known what it is meant to be.
    pub fn read_as(text: &str, meant: Meant) -> Self {
        let words = prose::words(text);
        let mut ears = cut::cut(text, &words, meant);
        ears.form = form(&ears.conditions);
        let missing = missing(text, &words, &ears, meant);
        ears.missing.extend(missing);
        ears
    }

    /// Whether it is EARS.
    pub fn holds(&self) -> bool {
        self.missing.is_empty()
    }
}

fn form(conditions: &[Condition]) -> Form {
    let Some(first) = conditions.first() else { return Form::Ubiquitous };
    if conditions.iter().any(|other| other.kind != first.kind) {
        return Form::Complex;
    }
    match first.kind {
        Keyword::When => Form::Event,
        Keyword::While => Form::State,
        Keyword::If => Form::Unwanted,
        Keyword::Where => Form::Optional,
    }
}

fn missing(text: &str, words: &[Word<'_>], ears: &Ears, meant: Meant) -> Vec<Missing> {
    let mut missing: Vec<Missing> = opening(words).into_iter().collect();
    let empty = ears.conditions.iter().filter(|condition| condition.says.is_empty());
    missing.extend(empty.map(|condition| Missing::Condition(condition.kind)));
    if meant == Meant::Defect {
        if ears.conditions.is_empty() {
            missing.push(Missing::Trigger);
        }
        return missing;
    }
    match &ears.modal {
        None => missing.push(Missing::Shall(None)),
        Some(modal) if modal.weak => missing.push(Missing::Shall(text.get(modal.span.clone()).map(str::to_lowercase))),
        Some(modal) if meant == Meant::Unchanged && !modal.continues => missing.push(Missing::Continue),
        Some(_) => {}
    }
    if ears.modal.is_some() && ears.system.is_none() && !ears.missing.contains(&Missing::Border) {
        missing.push(Missing::System);
    }
    if ears.modal.is_some() && ears.response.is_none() {
        missing.push(Missing::Response);
    }
    missing
}

/// Words that open conditions elsewhere, and what EARS has for them.
const STRANGE: [(&str, &str); 12] = [
    ("after", "WHEN … has happened"),
    ("as", "WHILE for a state, WHEN for an event"),
    ("before", "WHEN, with the event that comes first"),
    ("during", "WHILE"),
    ("given", "WHILE for the state, WHEN for the event"),
    ("in", "WHILE for a state, WHEN for an event"),
    ("once", "WHEN"),
    ("unless", "IF with the opposite, THEN"),
    ("until", "WHILE with the opposite"),
    ("upon", "WHEN"),
    ("whenever", "WHEN"),
    ("on", "WHEN"),
];

fn opening(words: &[Word<'_>]) -> Option<Missing> {
    let first = words.first()?;
    let (_, instead) = STRANGE.iter().find(|(word, _)| first.says.eq_ignore_ascii_case(word))?;
    Some(Missing::Opening(first.says.to_uppercase(), instead))
}

impl Keyword {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::When => "WHEN",
            Self::While => "WHILE",
            Self::If => "IF",
            Self::Where => "WHERE",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::When, Self::While, Self::If, Self::Where].into_iter().find(|keyword| word.eq_ignore_ascii_case(keyword.word()))
    }
}

impl Missing {
    /// What is wrong, in a few words.
    pub fn text(&self) -> String {
        match self {
            Self::Shall(None) => "there is no SHALL".into(),
            Self::Shall(Some(weak)) => format!("it says `{weak}`, not SHALL"),
            Self::System => "nothing says who SHALL".into(),
            Self::Response => "nothing follows SHALL".into(),
            Self::Condition(keyword) => format!("{} has no condition", keyword.word()),
            Self::Then => "IF has no THEN".into(),
            Self::Border => "nothing shows where the condition ends".into(),
            Self::Opening(word, _) => format!("it begins with {word}, which is no EARS keyword"),
            Self::Continue => "unchanged behaviour has no SHALL CONTINUE TO".into(),
            Self::Trigger => "a defect needs the WHEN in which it shows".into(),
        }
    }

    /// What to write.
    pub fn hint(&self) -> String {
        match self {
            Self::Shall(_) => "write `THE system SHALL response`".into(),
            Self::System => "name the system before SHALL: `THE system SHALL`".into(),
            Self::Response => "say what the system does".into(),
            Self::Condition(keyword) => format!("say it after {}, or leave the keyword out", keyword.word()),
            Self::Then => "write `IF trouble, THEN THE system SHALL response`".into(),
            Self::Border => "put a comma or THEN before the system".into(),
            Self::Opening(_, instead) => format!("use {instead}"),
            Self::Continue => "write `THE system SHALL CONTINUE TO`".into(),
            Self::Trigger => "write `WHEN condition THEN the system does wrong`".into(),
        }
    }
}

#[cfg(test)]
mod tests;
