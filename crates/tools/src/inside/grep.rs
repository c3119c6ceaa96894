//! Lines that match a regular expression, as `path:line:text`.

use std::io;
use std::path::Path;
use std::time::Instant;

use action::Count;
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder, Sink, SinkMatch};

use super::glob::{Glob, files, in_time};
use super::tree::Tree;
use super::walk::walk;
use super::{Answered, MOST_TEXT, Trouble};

const MOST_MATCHES: usize = 500;
/// A line is cut after so many characters.
const WIDEST: usize = 400;
/// A file whose one line needs more memory than this is passed over.
const MOST_LINE: usize = 32 << 20;

/// What is looked for.
pub(super) struct Wanted<'a> {
    pub(super) pattern: &'a str,
    pub(super) glob: &'a str,
    pub(super) case_sensitive: bool,
}

pub(super) fn grep(tree: &Tree, path: &str, wanted: &Wanted<'_>) -> Result<Answered, Trouble> {
    let start = tree.existing(path)?;
    let matcher = matcher(wanted.pattern, wanted.case_sensitive).map_err(|why| Trouble::Pattern { why })?;
    let glob = if wanted.glob.is_empty() { Glob::all() } else { Glob::new(wanted.glob) };
    let glob = glob.map_err(|why| Trouble::Pattern { why })?;
    let mut searcher = searcher();
    let mut found = Matches::default();
    let begun = Instant::now();
    let walk = walk(&start);
    for file in files(&walk, &glob, begun) {
        found.begin(tree.name(&file));
        found.search(&mut searcher, &matcher, &file);
        if found.full {
            break;
        }
    }
    in_time(path, begun)?;
    found.not_looked_into = walk.passed_over(tree);
    Ok(found.answered(wanted.pattern))
}

/// Reads a pattern; the error says what is wrong with it.
pub(crate) fn matcher(pattern: &str, case_sensitive: bool) -> Result<RegexMatcher, String> {
    let mut builder = RegexMatcherBuilder::new();
    builder.case_insensitive(!case_sensitive).line_terminator(Some(b'\n'));
    builder.build(pattern).map_err(|e| e.to_string())
}

fn searcher() -> Searcher {
    SearcherBuilder::new()
        .line_number(true)
        .binary_detection(BinaryDetection::quit(0))
        .heap_limit(Some(MOST_LINE))
        .build()
}

#[derive(Default)]
struct Matches {
    text: String,
    count: u64,
    files: u64,
    /// Files that could not be searched.
    passed_over: u64,
    /// Lines about folders that were not looked into.
    not_looked_into: String,
    full: bool,
    path: String,
    hit: bool,
}

impl Matches {
    fn begin(&mut self, path: String) {
        self.path = path;
        self.hit = false;
    }

    fn search(&mut self, searcher: &mut Searcher, matcher: &RegexMatcher, file: &Path) {
        if searcher.search_path(matcher, file, &mut *self).is_err() {
            self.passed_over += 1;
        }
        self.files += u64::from(self.hit);
    }

    fn answered(mut self, pattern: &str) -> Answered {
        let pattern = action::visible(pattern);
        if self.full {
            self.text.push_str("[there are more matches; narrow the pattern, the path or the glob]\n");
        }
        if self.passed_over > 0 {
            let files = Count::new(self.passed_over, "files");
            self.text.push_str(&format!("[{files} could not be searched]\n"));
        }
        self.text.push_str(&self.not_looked_into);
        if self.count == 0 {
            self.text.push_str("no line matches (ignored and binary files are left out)\n");
            return Answered::done(format!("no match for `{pattern}`"), self.text);
        }
        let more = if self.full { "more than " } else { "" };
        let lines = Count::new(self.count, "lines");
        let line = format!("{more}{lines} in {} match `{pattern}`", Count::new(self.files, "files"));
        Answered::done(line, self.text)
    }
}

impl Sink for Matches {
    type Error = io::Error;

    fn matched(&mut self, _: &Searcher, found: &SinkMatch<'_>) -> Result<bool, io::Error> {
        let text = String::from_utf8_lossy(found.bytes());
        let text = text.trim_end_matches(['\n', '\r']);
        let text = match text.char_indices().nth(WIDEST) {
            Some((at, _)) => format!("{}… [line cut]", text.get(..at).unwrap_or("")),
            None => text.to_owned(),
        };
        let row = format!("{}:{}:{text}\n", self.path, found.line_number().unwrap_or(0));
        if self.count >= MOST_MATCHES as u64 || self.text.len() + row.len() > MOST_TEXT {
            self.full = true;
            return Ok(false);
        }
        self.text.push_str(&row);
        self.count += 1;
        self.hit = true;
        Ok(true)
    }
}
