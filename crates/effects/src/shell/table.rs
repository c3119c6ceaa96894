//! Which programs are known, and what their arguments mean: rows in `data/programs`, one a program or subcommand. What has no
//! row is opaque. The format is told in `data/programs/README.md`.
//!
//! A row is a promise about *arguments*: options that write, that run something or that make it graver must be in it. Files
//! are sorted by program, so that a look at one reads only that one: nothing is parsed at the start.

use super::expand::Text;

mod row;

pub(super) use row::{Class, Condition, Deed, Names, Program, When};

/// The files, each sorted by its rows' first words.
static FILES: [(&str, &str); 15] = [
    ("archives.txt", include_str!("../../data/programs/archives.txt")),
    ("build.txt", include_str!("../../data/programs/build.txt")),
    ("clouds.txt", include_str!("../../data/programs/clouds.txt")),
    ("containers.txt", include_str!("../../data/programs/containers.txt")),
    ("coreutils.txt", include_str!("../../data/programs/coreutils.txt")),
    ("databases.txt", include_str!("../../data/programs/databases.txt")),
    ("frameworks.txt", include_str!("../../data/programs/frameworks.txt")),
    ("git-hosting.txt", include_str!("../../data/programs/git-hosting.txt")),
    ("gtfobins.txt", include_str!("../../data/programs/gtfobins.txt")),
    ("infrastructure.txt", include_str!("../../data/programs/infrastructure.txt")),
    ("kubernetes.txt", include_str!("../../data/programs/kubernetes.txt")),
    ("network.txt", include_str!("../../data/programs/network.txt")),
    ("packages.txt", include_str!("../../data/programs/packages.txt")),
    ("system.txt", include_str!("../../data/programs/system.txt")),
    ("text.txt", include_str!("../../data/programs/text.txt")),
];

/// What the table says of a command.
#[derive(Debug)]
pub(super) struct Found {
    /// The row that fits.
    pub(super) program: Program,
    /// The row of the program alone: its options count everywhere.
    pub(super) top: Program,
    /// Options in front of the subcommand, with their values: `-f x.yml` of `docker compose -f x.yml down`.
    pub(super) before: Vec<Text>,
    /// Options that take a value there: those of every row on the way.
    pub(super) before_valued: String,
    /// What follows the subcommand.
    pub(super) words: Vec<Text>,
    /// The subcommand's words, `compute instances delete`.
    pub(super) path: Vec<String>,
    /// Before or instead of the subcommand stands something that no row knows: it may be another one.
    pub(super) hidden: bool,
}

/// The row of a program, or of its subcommand.
pub(super) fn find(name: &str, words: &[Text]) -> Option<Found> {
    let (rows, given) = rows_of(name)?;
    let top = Program::parse(rows.first().filter(|row| row.words.len() == 1)?.text)?;
    if rows.len() == 1 {
        let (before, before_valued, path) = (Vec::new(), String::new(), Vec::new());
        return Some(Found { program: top, top, before, before_valued, words: words.to_vec(), path, hidden: false });
    }
    let path = given.iter().map(|w| (*w).to_owned()).collect();
    Search { rows: &rows, top, path, before: Vec::new(), before_valued: String::new(), hidden: false }.run(words)
}

/// Where the text of a row begins, by its words.
#[derive(Clone, Debug)]
struct Line {
    words: Vec<&'static str>,
    text: &'static str,
}

/// All rows of a program; of one that is `as` another, the other's, and the words that it already says.
fn rows_of(name: &str) -> Option<(Vec<Line>, Vec<&'static str>)> {
    let rows = own_rows(name)?;
    let Some(other) = rows.first().and_then(|row| row.text.split('|').nth(1)).and_then(|does| does.trim().strip_prefix("as ")) else {
        return Some((rows, Vec::new()));
    };
    let mut words = other.split_whitespace();
    let mut all = own_rows(words.next()?)?;
    // Rows that the program has beside the other's.
    let base = all.first()?.words.first().copied()?;
    for mut row in rows.into_iter().skip(1) {
        if let Some(first) = row.words.first_mut() {
            *first = base;
        }
        all.retain(|r| r.words != row.words);
        all.push(row);
    }
    Some((all, words.collect()))
}

fn own_rows(name: &str) -> Option<Vec<Line>> {
    let found = FILES.iter().find_map(|(_, text)| Some((text, first_row(text, name)?)));
    let (text, start) = found?;
    let lines = std::iter::successors(Some(start), |at| next_row(text, at + 1)).map_while(|at| {
        let line = line_at(text, at)?;
        (line.words.first() == Some(&name)).then_some(line)
    });
    Some(lines.collect())
}

/// Where the first row of a program begins, by halving.
fn first_row(text: &'static str, name: &str) -> Option<usize> {
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = low.midpoint(high);
        match next_row(text, middle).filter(|at| *at < high) {
            Some(at) if first_word(text, at) < name => low = at + 1,
            _ => high = middle,
        }
    }
    next_row(text, low).filter(|at| first_word(text, *at) == name)
}

/// The beginning of the first row at or after a byte.
fn next_row(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let starts_line = at == 0 || bytes.get(at - 1) == Some(&b'\n');
        let byte = bytes.get(at)?;
        if starts_line && !b"# \t\n\r".contains(byte) {
            return Some(at);
        }
        at = bytes.get(at..)?.iter().position(|b| *b == b'\n').map(|n| at + n + 1)?;
    }
}

fn first_word(text: &str, at: usize) -> &str {
    text.get(at..).and_then(|rest| rest.split([' ', '|', '\n']).next()).unwrap_or_default()
}

/// The row that begins there: its line, and the indented lines below it.
fn line_at(text: &'static str, at: usize) -> Option<Line> {
    let rest = text.get(at..)?;
    let ends = |(n, _): &(usize, &str)| rest.as_bytes().get(n + 1).is_none_or(|b| *b != b' ');
    let end = rest.match_indices('\n').find(ends).map_or(rest.len(), |(n, _)| n);
    let text = rest.get(..end)?;
    Some(Line { words: text.split('|').next()?.split_whitespace().collect(), text })
}

/// The search for the row of a subcommand.
struct Search<'r> {
    rows: &'r [Line],
    top: Program,
    path: Vec<String>,
    before: Vec<Text>,
    before_valued: String,
    hidden: bool,
}

impl Search<'_> {
    fn run(mut self, words: &[Text]) -> Option<Found> {
        let mut words = words.iter();
        let mut verb = None;
        let mut rest = Vec::new();
        while self.leads_on() {
            let Some(word) = words.next() else { break };
            let Some(known) = word.exact() else {
                // It may be any subcommand, or an option and then one.
                self.hidden = true;
                rest.push(word.clone());
                break;
            };
            // `+nightly` in front of a subcommand chooses a toolchain.
            if known.starts_with('+') {
                self.before.push(word.clone());
                continue;
            }
            if known.starts_with('-') && known.len() > 1 && !self.enters(known) {
                self.option(known, word, &mut words);
                continue;
            }
            let spelled = if self.top.nocase { known.to_lowercase() } else { known.to_owned() };
            if !self.enters(&spelled) {
                verb = self.any_group(&spelled);
                match verb {
                    Some(_) => self.path.push(spelled),
                    None => rest.push(word.clone()),
                }
                break;
            }
            self.path.push(spelled);
        }
        rest.extend(words.cloned());
        let program = match verb {
            Some(text) => Program::parse(text)?,
            None => self.nearest()?,
        };
        let Self { top, path, before, before_valued, hidden, .. } = self;
        Some(Found { program, top, before, before_valued, words: rest, path, hidden })
    }

    /// Whether some row or group goes on from here.
    fn leads_on(&self) -> bool {
        let depth = self.path.len() + 1;
        let deeper = |row: &Line| row.words.len() > depth && row.words.get(1..depth).is_some_and(|w| w == self.path);
        self.rows.iter().any(deeper) || self.all_groups()
    }

    fn enters(&self, word: &str) -> bool {
        let at = self.path.len() + 1;
        let fits = |row: &Line| row.words.get(1..at).is_some_and(|w| w == self.path) && row.words.get(at) == Some(&word);
        self.rows.iter().any(fits) || (self.all_groups() && self.is_group(word, self.path.len()))
    }

    fn is_group(&self, word: &str, depth: usize) -> bool {
        let list = if depth == 0 { self.top.groups } else { self.top.subgroups };
        list.split_whitespace().any(|g| g == word)
    }

    fn all_groups(&self) -> bool {
        !self.top.groups.is_empty() && self.path.iter().enumerate().all(|(depth, word)| self.is_group(word, depth))
    }

    /// The row `program ** verb`: the verb after any group.
    fn any_group(&self, verb: &str) -> Option<&'static str> {
        let fits = |row: &&Line| matches!(row.words.as_slice(), [_, "**", last] if *last == verb);
        (self.all_groups() && !self.path.is_empty()).then(|| self.rows.iter().find(fits)).flatten().map(|row| row.text)
    }

    /// An option in front of a subcommand, with its value.
    fn option<'w>(&mut self, known: &str, word: &Text, words: &mut impl Iterator<Item = &'w Text>) {
        self.before.push(word.clone());
        let here = self.nearest().unwrap_or(self.top);
        let takes = |name: &str| self.top.takes_value(name) || here.takes_value(name);
        let dashed = format!("-{known}");
        if takes(known) || (self.top.dash && takes(&dashed)) {
            self.before.extend(words.next().cloned());
            self.before_valued.push_str(&format!(" {known} {dashed}"));
            return;
        }
        let joined = known.contains('=') || known.get(..2).is_some_and(|short| !known.starts_with("--") && takes(short));
        let flag = |name: &str| self.top.is_flag(name) || here.is_flag(name);
        self.hidden |= known == "--" || !(joined || flag(known) || (self.top.dash && flag(&dashed)) || self.top.is_help(known));
    }

    /// The longest row that the path begins with.
    fn nearest(&self) -> Option<Program> {
        let begins = |words: &[&str]| words.len() <= self.path.len() && self.path.iter().zip(words).all(|(a, b)| a == b);
        let fits = |row: &&Line| row.words.get(1..).is_some_and(begins);
        self.rows.iter().filter(fits).max_by_key(|row| row.words.len()).and_then(|row| Program::parse(row.text))
    }
}

#[cfg(test)]
mod tests;
