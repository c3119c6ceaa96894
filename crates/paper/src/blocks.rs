//! A Markdown text as a flat list of blocks, each with what stands before it and how far in it stands.

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use crate::said::{events, visible};

/// How a piece of text looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) bold: bool,
    pub(crate) slanted: bool,
    pub(crate) code: bool,
    pub(crate) struck: bool,
    pub(crate) link: Option<String>,
}

/// Text and how its pieces look: the end of each, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rich {
    pub(crate) text: String,
    pub(crate) pieces: Vec<(usize, Look)>,
}

impl Rich {
    /// All of it in one look.
    pub(crate) fn plain(text: &str, look: Look) -> Self {
        let mut rich = Self::default();
        rich.push(text, look);
        rich
    }

    fn push(&mut self, text: &str, look: Look) {
        self.text.push_str(&visible(text));
        match self.pieces.last_mut() {
            Some((end, last)) if *last == look => *end = self.text.len(),
            _ => self.pieces.push((self.text.len(), look)),
        }
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) what: What,
    /// Lists that it stands in.
    pub(crate) depth: usize,
    /// Quotations that it stands in.
    pub(crate) quoted: usize,
    /// What stands before its first line: a bullet, a number, a box.
    pub(crate) marker: Option<String>,
}

/// Kinds of blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A heading, from one.
    Heading(usize, Rich),
    /// A paragraph.
    Text(Rich),
    /// Text as it was typed.
    Code(Rich),
    /// Rows of cells; the first is the head.
    Table(Vec<Vec<Rich>>),
    /// A line across.
    Rule,
}

/// The blocks of a text.
pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut reading = Reading::default();
    events(markdown).for_each(|event| reading.event(event));
    reading.flush();
    reading.blocks
}

/// Blocks, while the events go by.
#[derive(Default)]
struct Reading {
    blocks: Vec<Block>,
    rich: Rich,
    bold: usize,
    slanted: usize,
    struck: usize,
    links: Vec<String>,
    /// The number of the next item of each open list; none for bullets.
    lists: Vec<Option<u64>>,
    quoted: usize,
    marker: Option<String>,
    in_code: bool,
    rows: Vec<Vec<Rich>>,
    in_table: bool,
}

impl Reading {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.push(&text, self.in_code),
            Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.push(&text, true),
            Event::FootnoteReference(name) => self.push(&format!("[{name}]"), false),
            Event::SoftBreak => self.push(" ", false),
            Event::HardBreak => self.push("\n", false),
            Event::Rule => self.block(What::Rule),
            Event::TaskListMarker(done) => self.marker = Some(if done { "☑" } else { "☐" }.to_owned()),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.slanted += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.struck += 1,
            Tag::Link { dest_url, .. } => self.links.push(dest_url.into_string()),
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            Tag::TableCell => {}
            Tag::Table(_) => {
                self.flush();
                self.in_table = true;
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::BlockQuote(_) => {
                self.flush();
                self.quoted += 1;
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.in_code = true;
            }
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis => self.slanted = self.slanted.saturating_sub(1),
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Strikethrough => self.struck = self.struck.saturating_sub(1),
            TagEnd::Link => drop(self.links.pop()),
            TagEnd::TableHead | TagEnd::TableRow => {}
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.rich);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.in_table = false;
                self.block(What::Table(rows));
            }
            TagEnd::Heading(level) => {
                let rich = std::mem::take(&mut self.rich);
                self.block(What::Heading(depth_of(level), rich));
            }
            TagEnd::CodeBlock => {
                self.in_code = false;
                let text = std::mem::take(&mut self.rich).text;
                let text = text.strip_suffix('\n').unwrap_or(&text);
                self.block(What::Code(Rich::plain(text, Look { code: true, ..Look::default() })));
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quoted = self.quoted.saturating_sub(1);
            }
            TagEnd::Item if self.marker.is_some() => {
                let rich = std::mem::take(&mut self.rich);
                self.block(What::Text(rich));
            }
            _ => self.flush(),
        }
    }

    fn item(&mut self) {
        self.flush();
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}.", *number - 1)
            }
            _ => "•".to_owned(),
        };
        self.marker = Some(marker);
    }

    fn push(&mut self, text: &str, code: bool) {
        let look = Look { bold: self.bold > 0, slanted: self.slanted > 0, code, struck: self.struck > 0, link: self.links.last().cloned() };
        self.rich.push(text, look);
    }

    /// What was said so far is a paragraph.
    fn flush(&mut self) {
        if self.in_table {
            return; // cells are taken one by one
        }
        let rich = std::mem::take(&mut self.rich);
        if !rich.is_blank() {
            self.block(What::Text(rich));
        }
    }

    fn block(&mut self, what: What) {
        self.blocks.push(Block { what, depth: self.lists.len(), quoted: self.quoted, marker: self.marker.take() });
    }
}

fn depth_of(level: HeadingLevel) -> usize {
    level as usize
}

#[cfg(test)]
mod tests;
