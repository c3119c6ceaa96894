//! An answer as a page that a person reads, signs with any tool that makes SSH signatures, and sends back.
//!
//! What is read, what is signed and what is kept are the same bytes: there is one page for an answer, and a page that is not
//! exactly the one of the answer that is read from it is no answer. Answers that are signed where they are shown are canonical JSON
//! instead; both spellings say the same and are believed alike.

use crate::canonical::{Digest, canonical};
use crate::countersigned::{Answer, Reply};
use crate::environment::{EnvironmentName, Generation};
use crate::id::{Moment, PersonId};
use crate::visible::visible;

const HEAD: &str = "countersign: an answer to one intent, version ";

impl Answer {
    /// The page. Names and reasons that could not be read as they stand (line ends, control characters) have none.
    pub fn to_page(&self) -> Result<String, NoPage> {
        let texts = [("person", self.person.as_str()), ("environment", self.environment.as_str()), ("reason", self.why.as_str())];
        let texts = texts.into_iter().chain(self.shown.iter().map(|line| ("line", line.as_str())));
        if let Some((what, text)) = texts.into_iter().find(|(_, text)| visible(text) != *text) {
            return Err(NoPage { what, text: visible(text).into_owned() });
        }
        let (word, does) = match self.reply {
            Reply::Yes => ("yes", "lets exactly this be done"),
            Reply::No => ("no", "ends it"),
        };
        let mut lines = vec![
            format!("{HEAD}{}", self.v),
            format!("My signature over this page, byte for byte, says {} and {does}.", word.to_uppercase()),
            String::new(),
            format!("reply        {word}"),
            format!("person       {}", self.person),
            "it would".to_owned(),
        ];
        lines.extend(self.shown.iter().map(|line| format!("  - {line}")));
        if !self.why.is_empty() {
            lines.push(format!("because      {}", self.why));
        }
        lines.push(format!("environment  {}", self.environment));
        lines.push(format!("generation   {}", self.generation.0));
        lines.push(format!("void from    {} ({} ms since 1970)", self.expires.text(), self.expires.0));
        lines.push(format!("intent       {}", self.intent));
        lines.push(format!("effects      {}", self.effects));
        lines.push(format!("policy       {}", self.policy));
        Ok(lines.join("\n") + "\n")
    }

    /// Reads what was signed, in either spelling, and only if it is exactly that spelling of what it says.
    pub fn read(text: &str) -> Result<Self, BadText> {
        let is_page = text.starts_with(HEAD);
        let answer = match is_page {
            true => from_page(text).ok_or(BadText::Content { why: "the page is not whole, or is no page of ours".into() })?,
            false => serde_json::from_str(text).map_err(|e| BadText::Content { why: e.to_string() })?,
        };
        let same = match is_page {
            true => answer.to_page().is_ok_and(|page| page == text),
            false => canonical(&answer).is_ok_and(|bytes| bytes == text.as_bytes()),
        };
        if same { Ok(answer) } else { Err(BadText::OtherSpelling) }
    }
}

fn from_page(text: &str) -> Option<Answer> {
    let mut lines = text.lines();
    let v = lines.next()?.strip_prefix(HEAD)?.parse().ok()?;
    let mut lines = lines.skip(2).peekable();
    let reply = match value(lines.next()?, "reply        ")? {
        "yes" => Reply::Yes,
        "no" => Reply::No,
        _ => return None,
    };
    let person = PersonId::new(value(lines.next()?, "person       ")?);
    (lines.next()? == "it would").then_some(())?;
    let mut shown = Vec::new();
    while let Some(line) = lines.next_if(|line| line.starts_with("  - ")) {
        shown.push(line.strip_prefix("  - ")?.to_owned());
    }
    let why = lines.next_if(|line| line.starts_with("because      ")).and_then(|line| value(line, "because      ")).unwrap_or_default();
    let environment = EnvironmentName::new(value(lines.next()?, "environment  ")?);
    let generation = Generation(value(lines.next()?, "generation   ")?.parse().ok()?);
    let void = value(lines.next()?, "void from    ")?;
    let expires = Moment(void.split_once(" (")?.1.strip_suffix(" ms since 1970)")?.parse().ok()?);
    let mut digest = |name: &str| -> Option<Digest> { value(lines.next()?, name)?.parse().ok() };
    let (intent, effects, policy) = (digest("intent       ")?, digest("effects      ")?, digest("policy       ")?);
    Some(Answer { v, reply, person, intent, effects, policy, environment, generation, expires, shown, why: why.to_owned() })
}

fn value<'t>(line: &'t str, name: &str) -> Option<&'t str> {
    line.strip_prefix(name)
}

/// There is no page of this answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {what} `{text}` cannot stand on a page that is signed: it has to be one line without control characters")]
pub struct NoPage {
    /// Which part.
    pub what: &'static str,
    /// As it would be shown.
    pub text: String,
}

/// Why a text that was signed is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// Not of that shape.
    #[error("{why}")]
    Content {
        /// What is wrong.
        why: String,
    },
    /// The same meaning in other bytes.
    #[error("it is not spelled as it was shown")]
    OtherSpelling,
}

#[cfg(test)]
mod tests;
