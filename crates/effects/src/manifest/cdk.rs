//! What `cdk diff` prints: for each stack the resources that come, change and go, and tables of rights and of security groups.
//!
//! It is made for people, and nothing in it says where a stack is: that is known from whose credentials are at hand. A line that
//! is of no kind that is known is opaque, one by one.

use action::{Certainty, Effect, Resource, Verb};

use super::change_set::PROTECTIONS;
use super::stateful::{Made, meaning};
use super::{Seen, touching};
use crate::environment::Spot;
use crate::path::shown;
use crate::sighting::{Sighting, Span};

/// Lines that tell how it went and touch nothing, by how they begin.
const PROGRESS: [&str; 12] = [
    "There were no differences", "✨", "start: ", "success: ", "Hold on while we create a read-only change set", "Number of stacks with differences",
    "Could not create a change set, will base the diff on template differences", "Including dependency stacks", "Bundling asset", "(NOTE: There may be security-related changes",
    "Including depending stacks", "Creating a change set, this may take a while",
];

/// Whether a text has lines as only `cdk diff` prints them.
pub(super) fn is_one(text: &str) -> bool {
    let is_change = |line: &str| marked(line).is_some_and(|(_, rest)| rest.split(' ').next().is_some_and(|kind| kind.contains("::")));
    let first = text.lines().map(plain).find(|line| !line.trim().is_empty()).unwrap_or_default();
    first.starts_with("Stack ") || text.lines().any(|line| is_change(&plain(line)))
}

/// The part of a stack that lines are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Rights,
    Network,
    Resources,
    /// What changes the stack's own words and no resource.
    Words,
    Other,
}

fn section(line: &str) -> Option<Section> {
    match line.trim_end() {
        "IAM Statement Changes" | "IAM Policy Changes" => Some(Section::Rights),
        "Security Group Changes" => Some(Section::Network),
        line if line.starts_with("Single Sign-On ") || line.starts_with("IAM Identity Center ") => Some(Section::Rights),
        "Resources" => Some(Section::Resources),
        "Parameters" | "Conditions" | "Mappings" | "Metadata" | "Outputs" | "Description" | "Template" | "Template format version" => Some(Section::Words),
        "Other Changes" | "Transform" | "Rules" => Some(Section::Other),
        _ => None,
    }
}

/// A resource line with what stands below it.
struct Change {
    mark: char,
    kind: String,
    id: String,
    impact: Impact,
    loses_protection: bool,
    span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Impact {
    None,
    Imported,
    MayReplace,
    Replaced,
    Destroyed,
    Orphaned,
}

struct Reader<'r, 's> {
    seen: &'r mut Seen<'s>,
    spot: Spot,
    stack: String,
    section: Option<Section>,
    changes: Vec<Change>,
}

pub(super) fn read(seen: &mut Seen<'_>) {
    let (text, spot) = (seen.text, seen.cloud(None));
    let stack = seen.target.name.unwrap_or("a stack").to_owned();
    let mut reader = Reader { seen, spot, stack, section: None, changes: Vec::new() };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(at, at + line.trim_end().len());
        at += line.len();
        let line = plain(line);
        if !line.trim().is_empty() {
            reader.line(line.trim_end(), span);
        }
    }
    reader.ends_stack();
    if text.trim().is_empty() {
        reader.cannot(Span::whole(text), "there is nothing in it");
    }
}

impl Reader<'_, '_> {
    fn cannot(&mut self, span: Span, why: &str) {
        self.seen.cannot(span, why, self.spot.clone());
    }

    fn line(&mut self, line: &str, span: Span) {
        if let Some(name) = line.strip_prefix("Stack ") {
            self.ends_stack();
            self.stack = name.split(' ').next().unwrap_or(name).to_owned();
            self.section = None;
        } else if let Some(section) = section(line) {
            self.section = Some(section);
        } else if let Some((mark, rest)) = marked(line) {
            self.marked(mark, rest, span);
        } else if line.starts_with(['│', '┌', '├', '└', '|']) && matches!(self.section, Some(Section::Rights | Section::Network)) {
            self.row(line, span);
        } else if line.starts_with([' ', '\t', '│', '├', '└']) && self.section.is_some() {
            self.detail(line, span);
        } else if !is_progress(line) {
            self.cannot(span, "a line that `cdk diff` is not known to print");
        }
    }

    /// A line that begins with `[+]`, `[-]`, `[~]` or, for what a stack takes over, `[←]`.
    fn marked(&mut self, mark: char, rest: &str, span: Span) {
        if self.section == Some(Section::Words) {
            let effect = touching(Verb::Update, Resource::new("stack", shown(&self.stack)), &self.spot);
            return self.seen.sees(span, effect.noted("its parameters, conditions, outputs or words"));
        }
        let (rest, impact) = impact(rest);
        let impact = if mark == '←' { impact.max(Impact::Imported) } else { impact };
        let (kind, names) = rest.split_once(' ').unwrap_or((rest, ""));
        match names.split_whitespace().last() {
            Some(id) if kind.contains("::") && self.section != Some(Section::Other) => {
                self.changes.push(Change { mark, kind: kind.to_owned(), id: id.to_owned(), impact, loses_protection: false, span });
            }
            _ => self.cannot(span, "a change of no resource that is known"),
        }
    }

    /// What stands below a resource: its properties, and whether one of them makes it anew.
    fn detail(&mut self, line: &str, span: Span) {
        let Some(change) = self.changes.last_mut().filter(|_| self.section == Some(Section::Resources)) else { return };
        change.span.end = span.end;
        if line.contains("(requires replacement)") {
            change.impact = change.impact.max(Impact::Replaced);
        } else if line.contains("(may cause replacement)") || line.contains("may be replaced") {
            change.impact = change.impact.max(Impact::MayReplace);
        }
        let field = line.rsplit("] ").next().unwrap_or_default().trim_start_matches('.');
        let guards = PROTECTIONS.iter().chain(&["DeletionPolicy", "UpdateReplacePolicy"]);
        change.loses_protection |= line.contains('[') && guards.into_iter().any(|name| field.starts_with(name));
    }

    /// A row of a table: only those with a mark begin something.
    fn row(&mut self, line: &str, span: Span) {
        let mut cells = line.split(['│', '|']).map(str::trim).skip(1);
        let (mark, name) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let is_open = cells.any(|cell| cell.starts_with("Everyone") || cell == "*" || cell == "AWS:*");
        let (noun, verb) = match self.section {
            Some(Section::Network) => ("entrance", Verb::Expose),
            _ => ("right", Verb::Grant),
        };
        let resource = Resource::new(noun, shown(&format!("{}/{name}", self.stack)));
        let effect = match mark {
            "+" => touching(verb, resource, &self.spot),
            "-" => touching(Verb::Update, resource, &self.spot).noted("one fewer"),
            "" => return,
            _ => return self.cannot(span, "a row with a mark that is not known"),
        };
        let note = if is_open { Some("for everybody or everything") } else { None };
        self.seen.sees(span, note.into_iter().fold(effect.with_certainty(Certainty::AtLeast), Effect::noted));
    }

    fn ends_stack(&mut self) {
        let changes = std::mem::take(&mut self.changes);
        let ends = |change: &Change| change.verb() == Verb::Delete || change.impact == Impact::Replaced;
        let whole = changes.len() > 1 && changes.iter().all(ends);
        for change in changes {
            let sightings = change.sightings(&self.stack, whole, &self.spot);
            self.seen.sightings.extend(sightings);
        }
    }
}

impl Change {
    fn verb(&self) -> Verb {
        match (self.mark, self.impact) {
            (_, Impact::Orphaned | Impact::Imported) => Verb::Update,
            ('+', _) => Verb::Create,
            ('-', _) | (_, Impact::Destroyed) => Verb::Delete,
            (_, Impact::Replaced | Impact::MayReplace) => Verb::Replace,
            (_, Impact::None) => Verb::Update,
        }
    }

    fn sightings(&self, stack: &str, whole: bool, spot: &Spot) -> Vec<Sighting> {
        let meaning = meaning(&self.kind);
        let effect = |verb| {
            let mut effect = touching(verb, Resource::new(meaning.noun, shown(&format!("{stack}/{}", self.id))), spot);
            effect.data_bearing = meaning.is_stateful;
            effect.noted(shown(&self.kind))
        };
        let own = self.verb();
        let anew = match meaning.made {
            Made::Grants => Some(Verb::Grant),
            Made::Exposes => Some(Verb::Expose),
            Made::Runs | Made::Elsewhere => Some(Verb::Opaque),
            Made::Plain | Made::Foreign => None,
        };
        let mut first = effect(own);
        first.whole_environment = whole;
        match self.impact {
            Impact::MayReplace if own == Verb::Replace => first = first.with_certainty(Certainty::AtLeast).noted("perhaps only changed"),
            Impact::Orphaned => first = first.noted("kept, outside of the stack"),
            Impact::Imported => first = first.noted("the stack takes it over"),
            _ => {}
        }
        let mut effects = vec![first];
        effects.extend(anew.filter(|verb| own != Verb::Delete || *verb == Verb::Opaque).map(|verb| effect(verb).noted("by its type")));
        if self.loses_protection && own != Verb::Create {
            effects.push(effect(Verb::DisableProtection).with_certainty(Certainty::AtLeast));
        }
        effects.into_iter().map(|effect| Sighting { effect, span: self.span }).collect()
    }
}

/// Progress, also with the name of a stack before it: `shop: start: Publishing …`.
fn is_progress(line: &str) -> bool {
    let named = line.split_once(": ").filter(|(name, _)| !name.contains(' ')).map_or("", |(_, rest)| rest);
    PROGRESS.iter().any(|begins| line.starts_with(begins)) || ["start: ", "success: "].iter().any(|begins| named.starts_with(begins))
}

/// The impact at the end of a resource line, and what stands before it.
fn impact(rest: &str) -> (&str, Impact) {
    let words = [
        ("may be replaced", Impact::MayReplace),
        ("(may cause replacement)", Impact::MayReplace),
        ("(requires replacement)", Impact::Replaced),
        ("replace", Impact::Replaced),
        ("destroy", Impact::Destroyed),
        ("orphan", Impact::Orphaned),
        ("import", Impact::Imported),
    ];
    let rest = rest.trim_end();
    let found = words.into_iter().find_map(|(word, impact)| Some((rest.strip_suffix(word)?.strip_suffix(' ')?.trim_end(), impact)));
    found.unwrap_or((rest, Impact::None))
}

/// The mark of a line and what follows it.
fn marked(line: &str) -> Option<(char, &str)> {
    let (mark, rest) = line.strip_prefix('[')?.split_once("] ")?;
    let mut marks = mark.chars();
    let mark = marks.next().filter(|mark| "+-~←".contains(*mark))?;
    marks.next().is_none().then_some((mark, rest))
}

/// A line without the colours of a terminal.
fn plain(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';').filter(|end| part.get(*end..).is_some_and(|rest| rest.starts_with('m')));
        plain.push_str(end.and_then(|end| part.get(end + 1..)).unwrap_or(part));
    }
    plain
}

#[cfg(test)]
mod tests;
