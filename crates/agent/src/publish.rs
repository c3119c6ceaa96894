//! Issues in a repository of a GitHub host: looked at, proposed, and, once people have signed, made and updated through `gh`.
//!
//! ```text
//! look ─ what is there, by the mark in each text ─▶ propose ─▶ people sign ─▶ ready? ─ Started ─ look again ─▶ send, one by one
//! ```
//!
//! What is sent is the blob that was signed. Whether an issue is made or updated is part of it: if the repository tells
//! otherwise by then, nothing is sent. Nothing is sent twice by itself; a request without a clear answer ends it, and what was
//! made until then is named. If the power goes in the middle, the intent ends as unknown, and the marks tell a later export
//! what is there.

use std::collections::BTreeMap;

use action::{Deed, Digest, Issue, IssueSet, PersonId, Verdict};
use serde_json::{Value, json};

pub use crate::gh::GhError;

use crate::book::{Book, BookError};
use crate::gh::{Gh, Stopped};
use crate::office::Office;

/// Issues of a page of answers, and pages that are looked at.
const A_PAGE: usize = 100;
const MOST_PAGES: usize = 100;
/// Issues that one intent may have: each is a request.
pub const MOST_ISSUES: usize = 100;
/// What GitHub takes, in characters.
pub const MOST_TITLE: usize = 256;
/// What GitHub takes, in characters.
pub const MOST_BODY: usize = 65_536;

/// What is in a repository now.
#[derive(Debug, Default)]
pub struct Repository {
    /// Who can read it, in the host's word.
    pub visibility: String,
    /// The issues that bear a mark, by the mark.
    pub marked: BTreeMap<String, u64>,
    /// Marks of issues that strangers opened; they count for nothing.
    pub strangers: Vec<u64>,
}

/// Whether this is a host and a repository that can be named to `gh`: no port, no path, nothing that is an option.
pub fn is_place(host: &str, repository: &str) -> bool {
    let plain = |text: &str| !text.is_empty() && text.len() <= 100 && !text.starts_with(['-', '.']) && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    let named = repository.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name));
    plain(host) && host == host.to_ascii_lowercase() && named
}

/// Reads what is there. Nothing is changed.
pub fn look(service: &Office, host: &str, repository: &str) -> Result<Repository, NotPublished> {
    look_through(&Gh::at(service, host, &|| false), host, repository)
}

fn look_through(gh: &Gh<'_>, host: &str, repository: &str) -> Result<Repository, NotPublished> {
    if !is_place(host, repository) {
        return Err(NotPublished::NoPlace);
    }
    let visibility = standing(gh, repository)?;
    let mut found = Repository { visibility, ..Repository::default() };
    for page in 1..=MOST_PAGES {
        let path = format!("repos/{repository}/issues?state=all&sort=created&direction=asc&per_page={A_PAGE}&page={page}");
        let answer = gh.get(&path)?;
        let issues = answer.as_array().ok_or(NotPublished::Odd { what: "its list of issues" })?;
        for issue in issues {
            found.take(issue)?;
        }
        if issues.len() < A_PAGE {
            return Ok(found);
        }
    }
    Err(NotPublished::TooMany)
}

/// Asks for it: held until people have signed.
pub fn propose(service: &Office, person: &PersonId, host: &str, repository: &str, set: &IssueSet) -> Result<(action::IntentId, Verdict), BookError> {
    let issues = service.book.put_value(set)?;
    crate::proposal::propose(service, person, Deed::Publish { host: host.to_owned(), repository: repository.to_owned(), issues })
}

/// Whether it could begin: `gh` is there and logged in, the repository is the one that was named and takes issues.
pub(crate) fn ready(service: &Office, deed: &Deed) -> Result<(), NotPublished> {
    match deed {
        Deed::Publish { host, repository, .. } if is_place(host, repository) => standing(&Gh::at(service, host, &|| false), repository).map(drop),
        Deed::Publish { .. } => Err(NotPublished::NoPlace),
        _ => Ok(()),
    }
}

/// Sends what was signed, until a person has stopped it. The returned line says what is now true.
pub(crate) fn publish(service: &Office, host: &str, repository: &str, issues: &Digest, stopped: &Stopped<'_>) -> Result<String, NotPublished> {
    let set = signed(&service.book, issues)?;
    let gh = Gh::at(service, host, stopped);
    let there = look_through(&gh, host, repository)?;
    as_signed(&set, &there)?;
    let mut sent = Sent::default();
    for issue in &set.issues {
        if let Err(why) = sent.send(&gh, repository, issue) {
            return Err(sent.stopped(issue, why));
        }
    }
    Ok(format!("{} in {host}/{repository}", sent.line()))
}

fn signed(book: &Book, issues: &Digest) -> Result<IssueSet, NotPublished> {
    let set: IssueSet = book.get_value(issues).map_err(|e| NotPublished::Store { why: e.to_string() })?;
    if set.v != 1 || set.issues.len() > MOST_ISSUES {
        return Err(NotPublished::Odd { what: "what was signed" });
    }
    Ok(set)
}

/// Who can read the repository; an error where it is another one, or takes no issues.
fn standing(gh: &Gh<'_>, repository: &str) -> Result<String, NotPublished> {
    let found = gh.get(&format!("repos/{repository}"))?;
    let said = |key: &str| found.get(key).and_then(Value::as_bool);
    let name = found.get("full_name").and_then(Value::as_str).ok_or(NotPublished::Odd { what: "the repository" })?;
    if !name.eq_ignore_ascii_case(repository) {
        return Err(NotPublished::Renamed { to: action::visible(name).into_owned() });
    }
    if said("has_issues") != Some(true) || said("archived") == Some(true) {
        return Err(NotPublished::NoIssues);
    }
    let visibility = found.get("visibility").and_then(Value::as_str);
    let by_flag = match said("private") {
        Some(true) => Some("private"),
        Some(false) => Some("public"),
        None => None,
    };
    visibility.or(by_flag).map(str::to_owned).ok_or(NotPublished::Odd { what: "who can read the repository" })
}

/// Everything is as it was when people signed: the same issues are there, and no others may read them.
fn as_signed(set: &IssueSet, there: &Repository) -> Result<(), NotPublished> {
    if set.visibility != there.visibility {
        return Err(NotPublished::Moved { what: format!("the repository is {} now", action::visible(&there.visibility)) });
    }
    for issue in &set.issues {
        let mark = IssueSet::mark(&set.spec, &issue.subject).filter(|mark| issue.body.lines().next() == Some(mark));
        let mark = mark.ok_or(NotPublished::Odd { what: "a mark in what was signed" })?;
        let now = there.marked.get(&mark).copied();
        if now != issue.number {
            let now = now.map_or_else(|| "is not there any more".to_owned(), |number| format!("is there as #{number} now"));
            return Err(NotPublished::Moved { what: format!("the issue of {} {now}", action::visible(&issue.subject)) });
        }
    }
    Ok(())
}

impl Repository {
    /// Takes note of an issue if it bears a mark. Only a mark by somebody who belongs to the repository counts: a stranger's
    /// would make their issue one of ours.
    fn take(&mut self, issue: &Value) -> Result<(), NotPublished> {
        let text = issue.get("body").and_then(Value::as_str).unwrap_or_default();
        let first = text.lines().next().unwrap_or_default().trim_end();
        if !first.starts_with("<!-- countersign: ") || issue.get("pull_request").is_some() {
            return Ok(());
        }
        let number = issue.get("number").and_then(Value::as_u64).ok_or(NotPublished::Odd { what: "an issue" })?;
        let belongs = matches!(issue.get("author_association").and_then(Value::as_str), Some("OWNER" | "MEMBER" | "COLLABORATOR"));
        let is_app = issue.pointer("/user/type").and_then(Value::as_str) == Some("Bot"); // its owner let it in
        if !belongs && !is_app {
            self.strangers.push(number);
            return Ok(());
        }
        match self.marked.insert(first.to_owned(), number) {
            Some(other) => Err(NotPublished::Twice { one: other, other: number }),
            None => Ok(()),
        }
    }
}

/// What was done so far.
#[derive(Default)]
struct Sent {
    made: Vec<(String, u64)>,
    updated: Vec<u64>,
}

impl Sent {
    fn send(&mut self, gh: &Gh<'_>, repository: &str, issue: &Issue) -> Result<(), GhError> {
        let (method, path, body) = match issue.number {
            Some(number) => ("PATCH", format!("repos/{repository}/issues/{number}"), json!({"title": issue.title, "body": issue.body})),
            None => ("POST", format!("repos/{repository}/issues"), json!({"title": issue.title, "body": issue.body, "labels": issue.labels})),
        };
        let answer = gh.send(method, &path, &body)?;
        let number = answer.get("number").and_then(Value::as_u64);
        match (number, issue.number) {
            (Some(made), None) => self.made.push((issue.subject.clone(), made)),
            (Some(number), Some(wanted)) if number == wanted => self.updated.push(number),
            _ => return Err(GhError::Unclear { why: "the answer names no issue, or another one".into() }),
        }
        Ok(())
    }

    fn line(&self) -> String {
        let made: Vec<String> = self.made.iter().map(|(subject, number)| format!("#{number} ({})", action::visible(subject))).collect();
        let updated: Vec<String> = self.updated.iter().map(|number| format!("#{number}")).collect();
        match (made.is_empty(), updated.is_empty()) {
            (true, true) => "sent nothing".to_owned(),
            (false, true) => format!("made {}", made.join(", ")),
            (true, false) => format!("updated {}", updated.join(", ")),
            (false, false) => format!("made {}; updated {}", made.join(", "), updated.join(", ")),
        }
    }

    /// Why it goes no further, and what is there now.
    fn stopped(&self, at: &Issue, why: GhError) -> NotPublished {
        let nothing = self.made.is_empty() && self.updated.is_empty();
        let certain = !matches!(why, GhError::Unclear { .. });
        match (nothing, certain) {
            (true, true) => NotPublished::Gh(why),
            (_, certain) => {
                let may = if certain { "was not sent" } else { "may or may not have been" };
                let state = format!("{}; {} {may}; nothing after it was sent", self.line(), action::visible(&at.subject));
                NotPublished::Partly { state, why: why.to_string() }
            }
        }
    }
}

/// Why issues were not published, or not all.
#[derive(Debug, thiserror::Error)]
pub enum NotPublished {
    /// What was named cannot be. Nothing happened.
    #[error("a host is named like `github.com`, a repository like `owner/name`")]
    NoPlace,
    /// `gh`, or the host. Nothing was changed.
    #[error(transparent)]
    Gh(#[from] GhError),
    /// The name leads elsewhere. Nothing was changed.
    #[error("the repository is called `{to}` now; name it so")]
    Renamed {
        /// What it is called.
        to: String,
    },
    /// It is archived, or issues are off. Nothing was changed.
    #[error("the repository takes no issues")]
    NoIssues,
    /// There is a bound. Nothing was changed.
    #[error("the repository has more than {} issues, and all must be looked at to make none twice", A_PAGE * MOST_PAGES)]
    TooMany,
    /// Two issues bear one mark. Nothing was changed.
    #[error("#{one} and #{other} both say that they are for the same thing; take the first line out of one of them")]
    Twice {
        /// One.
        one: u64,
        /// The other.
        other: u64,
    },
    /// It is not as it was when people signed. Nothing was changed.
    #[error("{what}, and people signed otherwise; nothing was sent; export it again")]
    Moved {
        /// What.
        what: String,
    },
    /// Not of the shape that it must have. Nothing was changed.
    #[error("{what} cannot be read")]
    Odd {
        /// What.
        what: &'static str,
    },
    /// A blob. Nothing was changed.
    #[error("{why}")]
    Store {
        /// Why.
        why: String,
    },
    /// It stopped in the middle.
    #[error("{state} ({why}); export it again: what is there is found by its first line")]
    Partly {
        /// What is there now.
        state: String,
        /// Why it stopped.
        why: String,
    },
}

impl NotPublished {
    /// Whether the repository is certainly as before.
    pub(crate) fn nothing_happened(&self) -> bool {
        !matches!(self, Self::Partly { .. })
    }
}

#[cfg(test)]
mod tests;
