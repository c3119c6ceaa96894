//! How stories look to a person: rendered from computed effects, with the agent's words kept apart.

use action::{ChangeSet, Content, Deed, Landing, Stage};
pub(crate) use agent::counted;
use agent::Story;
use similar::TextDiff;

use crate::clock;

/// After this two texts are compared less closely.
const LONGEST_COMPARISON: std::time::Duration = std::time::Duration::from_millis(500);

/// The first digits of an id: enough to type.
pub(crate) fn short(id: &action::IntentId) -> String {
    id.as_str().chars().take(12).collect()
}

/// One line of a list: id, stage, who asked, the worst effect.
pub(crate) fn list_line(story: &Story) -> String {
    let worst = story.effects.iter().next().map_or_else(|| "touches nothing".to_owned(), action::Effect::line);
    let more = match story.effects.len() {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    format!("{}  {:<9}  {:<10}  {}{}", short(&story.intent.id), story.stage.word(), story.intent.asked_by.to_string(), safe(&worst), more)
}

/// Everything about one intent but its diff.
pub(crate) fn story_lines(story: &Story) -> Vec<String> {
    let mut lines = vec![
        format!("intent     {}", story.intent.id),
        format!("asked by   {} (agent `{}`, session {}, turn {})", story.intent.asked_by, story.intent.agent, story.intent.session, story.intent.turn),
        format!("at         {}", clock::text(story.at)),
        format!("would      {}", what(&story.intent.deed)),
        "effects    computed by us from the bytes:".to_owned(),
    ];
    lines.extend(story.effects.iter().map(|effect| format!("  - {}", safe(&effect.line()))));
    if story.effects.is_empty() {
        lines.push("  - none".into());
    }
    if let Some(verdict) = &story.verdict {
        lines.push(format!("verdict    {}", decision(&verdict.decision)));
        lines.extend(verdict.reasons.iter().map(|reason| format!("  - {} [{}]", safe(&reason.text), reason.rule)));
    }
    lines.extend(ending(story));
    lines
}

fn ending(story: &Story) -> Vec<String> {
    let mut lines: Vec<String> = story.answers.iter().map(answer_line).collect();
    lines.push(format!("stage      {}", story.stage.word()));
    if let Some((_, reasons)) = &story.refused {
        lines.extend(reasons.iter().map(|reason| format!("  - {} [{}]", safe(&reason.text), reason.rule)));
    }
    if let Some((index, outcome)) = &story.outcome {
        lines.push(format!("receipt    entry {index}: {}", safe(&outcome.line)));
    }
    if let Some(why) = &story.unknown {
        lines.push(format!("unknown    {}", safe(why)));
    }
    if matches!(story.stage, Stage::Held { .. }) {
        lines.push(format!("void from  {}", clock::text(story.expires)));
    }
    lines
}

fn answer_line((person, signed): &(action::PersonId, action::Signed)) -> String {
    match said_no(signed) {
        true => format!("said no    {person}"),
        false => format!("signed     {person}"),
    }
}

/// Whether a person's answer is a no. For showing: it was verified before it was written.
pub(crate) fn said_no(signed: &action::Signed) -> bool {
    action::Answer::read(&signed.text).is_ok_and(|answer| answer.reply == action::Reply::No)
}

/// What a verdict says, in a few words.
pub(crate) fn decision(decision: &action::Decision) -> String {
    match decision {
        action::Decision::Permit => "permitted by policy".into(),
        action::Decision::Hold { quorum } => format!("held: needs {}", quorum.words()),
        action::Decision::Refuse => "refused: no signature permits it".into(),
    }
}

/// What is to be done, from the intent's own fields.
pub(crate) fn what(deed: &Deed) -> String {
    match deed {
        Deed::Land { root, landing: Landing::Worktree | Landing::ByHand, .. } => format!("land a change set in {root} as uncommitted changes"),
        Deed::Land { root, landing: Landing::Branch { name, .. }, .. } => format!("land a change set in {root} as a commit on branch {name}"),
        Deed::Change { environment, command, .. } if deed.is_rehearsal() => {
            format!("rehearse `{}` on a copy of {environment}", safe(command))
        }
        Deed::Change { environment, command, .. } => format!("change {environment}: what `{}` did to a copy of it", safe(command)),
        Deed::Shell { command, .. } => format!("run {} in the box", safe(command)),
        Deed::Hand { cwd, .. } => format!("{}, in {}", safe(&deed.line()), safe(cwd)),
        other => safe(&other.line()),
    }
}

/// Text with control characters made visible: nothing that an agent wrote moves the cursor or colours a screen.
pub(crate) fn safe(text: &str) -> String {
    action::visible(text).into_owned()
}

/// The paths of a change set: `M app/x.mjs  +3 -1`.
pub(crate) fn file_lines(book: &agent::Book, change: &ChangeSet) -> Vec<String> {
    change
        .changes
        .iter()
        .map(|one| {
            let mark = match (&one.before, &one.after) {
                (None, _) => "A",
                (_, None) => "D",
                _ => "M",
            };
            let (added, removed) = counts(book, change, one);
            format!("{mark} {}  +{added} -{removed}", safe(&one.path))
        })
        .collect()
}

/// Line by line; what is hard to compare is compared less closely, so that nobody waits at a desk for it.
fn compared<'t>(then: &'t str, now: &'t str) -> TextDiff<'t, 't, 't, str> {
    TextDiff::configure().timeout(LONGEST_COMPARISON).diff_lines(then, now)
}

fn counts(book: &agent::Book, set: &ChangeSet, change: &action::Change) -> (usize, usize) {
    let (old, new) = texts(book, set, change);
    let diff = compared(&old, &new);
    let of = |tag| diff.iter_all_changes().filter(|c| c.tag() == tag).count();
    (of(similar::ChangeTag::Insert), of(similar::ChangeTag::Delete))
}

/// A unified diff of a change set, line by line.
pub(crate) fn diff_lines(book: &agent::Book, set: &ChangeSet) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &set.changes {
        let (old, new) = texts(book, set, change);
        let name = |present: bool, side: &str| if present { format!("{side}/{}", safe(&change.path)) } else { "/dev/null".into() };
        let diff = compared(&old, &new);
        let text = diff.unified_diff().header(&name(change.before.is_some(), "a"), &name(change.after.is_some(), "b")).to_string();
        match text.is_empty() {
            true => lines.push(format!("{} ({})", safe(&change.path), kind(change))),
            false => lines.extend(text.lines().map(safe)),
        }
    }
    lines
}

/// What a write or an edit inside the box would put there: these have no change set.
pub(crate) fn inner_lines(book: &agent::Book, deed: &Deed) -> Vec<String> {
    let lines = match deed {
        Deed::Write { content, .. } => book.get(content).map(|bytes| marked('+', &readable(bytes, content))),
        Deed::Edit { edits, .. } => book.get_value::<Vec<Replacement>>(edits).map(|edits| edits.iter().flat_map(Replacement::lines).collect()),
        Deed::Accept { text, .. } | Deed::Remember { text, .. } => book.get(text).map(|bytes| marked('+', &readable(bytes, text))),
        Deed::McpTrust { tools, .. } => book.get_value(tools).map(|set| crate::commands::mcp::tool_lines(&set)),
        Deed::Publish { issues, .. } => book.get_value(issues).map(|set| issue_lines(&set)),
        Deed::Hand { input, .. } => Ok(book.get(input).map(|bytes| marked(' ', &readable(bytes, input))).unwrap_or_default()), // kept where people are asked
        Deed::McpCall { arguments, .. } => book.get(arguments).map(|bytes| marked(' ', &readable(bytes, arguments))),
        Deed::Govern { change: action::Governance::SetPolicy { policies, before, .. } } => policy_lines(book, *policies, *before),
        _ => Ok(Vec::new()),
    };
    lines.unwrap_or_else(|e| vec![format!("  what it would write cannot be shown: {e}")])
}

/// How a policy differs from the one that it takes the place of.
fn policy_lines(book: &agent::Book, now: Option<action::Digest>, before: Option<action::Digest>) -> Result<Vec<String>, agent::BookError> {
    let text = |policy: Option<action::Digest>| match policy {
        Some(digest) => book.get(&digest).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        None => Ok(crate::home::built_in().policies.to_owned()),
    };
    let (before, now) = (text(before)?, text(now)?);
    Ok(compared(&before, &now).unified_diff().header("in force", "proposed").to_string().lines().map(safe).collect())
}

/// The very texts that would be sent, one after the other.
fn issue_lines(set: &action::IssueSet) -> Vec<String> {
    let lines = |issue: &action::Issue| {
        let head = issue.number.map_or_else(|| "new issue".to_owned(), |number| format!("issue #{number}"));
        let mut lines = vec![format!("@@ {head}: {} @@", safe(&issue.title))];
        if issue.number.is_none() && !issue.labels.is_empty() {
            lines.push(format!("labels {}", safe(&issue.labels.join(", "))));
        }
        lines.extend(marked('+', &issue.body));
        lines
    };
    set.issues.iter().flat_map(lines).collect()
}

#[derive(serde::Deserialize)]
struct Replacement {
    old: String,
    new: String,
    #[serde(default)]
    all: bool,
}

impl Replacement {
    fn lines(&self) -> Vec<String> {
        let head = if self.all { "@@ everywhere @@" } else { "@@ once @@" };
        [vec![head.to_owned()], marked('-', &self.old), marked('+', &self.new)].concat()
    }
}

fn marked(mark: char, text: &str) -> Vec<String> {
    text.lines().map(|line| format!("{mark}{}", safe(line))).collect()
}

fn kind(change: &action::Change) -> &'static str {
    match (&change.before, &change.after) {
        (_, Some(Content::Directory)) | (Some(Content::Directory), None) => "directory",
        (_, Some(Content::Symlink { .. })) => "symbolic link",
        _ => "mode or binary content",
    }
}

/// Both sides as text; what is not text is named by its digest.
fn texts(book: &agent::Book, set: &ChangeSet, change: &action::Change) -> (String, String) {
    let old = match &change.before {
        Some(Content::File { digest, size, .. }) => {
            let now = std::path::Path::new(&set.root).join(&change.path);
            let kept = book.get(digest).ok().or_else(|| std::fs::read(now).ok().filter(|b| action::Digest::of_bytes(b) == *digest));
            kept.map_or_else(|| named(digest, *size), |bytes| readable(bytes, digest))
        }
        other => link(other.as_ref()),
    };
    let new = match &change.after {
        Some(Content::File { digest, size, .. }) => book.get(digest).map_or_else(|_| named(digest, *size), |bytes| readable(bytes, digest)),
        other => link(other.as_ref()),
    };
    (old, new)
}

fn link(content: Option<&Content>) -> String {
    match content {
        Some(Content::Symlink { target }) => format!("-> {target}\n"),
        _ => String::new(),
    }
}

fn readable(bytes: Vec<u8>, digest: &action::Digest) -> String {
    let size = bytes.len() as u64;
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => text,
        _ => named(digest, size),
    }
}

fn named(digest: &action::Digest, size: u64) -> String {
    format!("(binary, {size} bytes, {})\n", digest.short())
}

/// How one text became another, as a unified diff; control characters are visible.
pub(crate) fn unified(then: &str, now: &str) -> Vec<String> {
    let diff = compared(then, now);
    let text = diff.unified_diff().context_radius(1).to_string();
    text.lines().map(safe).collect()
}
