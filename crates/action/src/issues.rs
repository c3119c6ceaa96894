//! Issues to be made or updated in a repository: exactly what is shown, signed and sent.
//!
//! Each issue begins with a line that says which part of which specification it is for. By that line a later export finds it
//! again, so nothing is made twice.

use serde::{Deserialize, Serialize};

/// Issues of one specification, for one repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueSet {
    /// The version of this shape: 1.
    pub v: u8,
    /// What they are issues of: `cart`.
    pub spec: String,
    /// Who can read the repository, in the host's word: `public`, `private`, `internal`.
    pub visibility: String,
    /// In the order in which they are sent.
    pub issues: Vec<Issue>,
}

/// One issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// What it is for: `task 2.1`.
    pub subject: String,
    /// The issue that is there and is updated; absent where a new one is made.
    pub number: Option<u64>,
    /// Its title.
    pub title: String,
    /// Its text in Markdown; the first line is the mark.
    pub body: String,
    /// Labels that a new one gets; those of one that is there are left alone.
    pub labels: Vec<String>,
}

impl IssueSet {
    /// The first line of the issue for this subject of this specification. `None` where a name would end the comment or the
    /// line.
    pub fn mark(spec: &str, subject: &str) -> Option<String> {
        let plain = |text: &str| !text.is_empty() && !text.contains("--") && !text.contains(['<', '>']) && text.chars().all(|c| !c.is_control());
        (plain(spec) && plain(subject)).then(|| format!("<!-- countersign: {spec} {subject} -->"))
    }

    /// Those that are made.
    pub fn new_ones(&self) -> impl Iterator<Item = &Issue> {
        self.issues.iter().filter(|issue| issue.number.is_none())
    }

    /// Those that are updated, with their numbers.
    pub fn updated(&self) -> impl Iterator<Item = (u64, &Issue)> {
        self.issues.iter().filter_map(|issue| Some((issue.number?, issue)))
    }
}

#[cfg(test)]
mod tests {
    use super::IssueSet;

    #[test]
    fn a_mark_is_one_comment_on_one_line() {
        assert_eq!(IssueSet::mark("cart", "task 2.1").as_deref(), Some("<!-- countersign: cart task 2.1 -->"));
        for (spec, subject) in [("a--b", "task 1"), ("a", "task -->"), ("a\nb", "task 1"), ("", "task 1"), ("a", ""), ("a>", "t")] {
            assert_eq!(IssueSet::mark(spec, subject), None, "{spec:?} {subject:?}");
        }
    }
}
