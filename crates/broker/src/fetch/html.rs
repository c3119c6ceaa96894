//! HTML as text for a model: what a reader would see, in lines, and where its links lead.
//!
//! One pass over tokens (WHATWG, 13.2.5) and no tree: what is nested a million deep costs as much as a million paragraphs.
//! No script runs, no style counts, so what a page hides from people may be among it: it is a stranger's text either way.

use std::collections::BTreeMap;

use action::PageUrl;
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use crate::plain::MOST;

/// Addresses that are listed.
const MOST_LINKS: usize = 200;
/// What is in these is not for readers.
const UNREAD: [&[u8]; 8] = [b"script", b"style", b"template", b"noscript", b"svg", b"iframe", b"object", b"select"];
/// These begin and end a paragraph.
const BLOCKS: [&[u8]; 26] = [
    b"address", b"article", b"aside", b"blockquote", b"dd", b"details", b"div", b"dl", b"dt", b"fieldset", b"figure", b"figcaption", b"footer", b"form",
    b"header", b"main", b"nav", b"ol", b"p", b"section", b"summary", b"table", b"title", b"ul", b"body", b"caption",
];

/// What a page says, and its links, as far as they fit.
pub(super) fn text(html: &str, at: &PageUrl) -> String {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut writer = Writer { at, out: String::new(), gap: Gap::None, pre: 0, unread: None, links: Vec::new(), known: BTreeMap::new(), open: None };
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => writer.begin(&tag),
            Token::EndTag(tag) => writer.end(&tag.name),
            Token::String(text) => writer.say(&String::from_utf8_lossy(&text.value)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
        if writer.out.len() > MOST {
            break;
        }
    }
    writer.with_links()
}

/// What stands between the last word and the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
    Paragraph,
}

struct Writer<'a> {
    at: &'a PageUrl,
    out: String,
    gap: Gap,
    /// How many `pre` are open.
    pre: u32,
    /// The element that is not read, and how often it is open.
    unread: Option<(Vec<u8>, u32)>,
    links: Vec<String>,
    known: BTreeMap<String, usize>,
    /// The link that is open, by its number.
    open: Option<usize>,
}

impl Writer<'_> {
    fn begin(&mut self, tag: &StartTag<()>) {
        let name = tag.name.as_slice();
        if let Some((unread, depth)) = &mut self.unread {
            *depth += u32::from(unread.as_slice() == name && !tag.self_closing);
            return;
        }
        match name {
            name if UNREAD.contains(&name) && !tag.self_closing => self.unread = Some((name.to_vec(), 1)),
            b"br" => self.widen(Gap::Line),
            b"hr" => self.line_of("---"),
            b"pre" => {
                self.widen(Gap::Paragraph);
                self.pre = self.pre.saturating_add(1);
            }
            b"li" => self.mark(Gap::Line, "- "),
            b"tr" => self.widen(Gap::Line),
            b"td" | b"th" if self.gap < Gap::Line && !self.out.is_empty() => self.say(" | "),
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => {
                let level = usize::from(name.get(1).copied().unwrap_or(b'1').saturating_sub(b'0'));
                self.mark(Gap::Paragraph, &format!("{} ", "#".repeat(level)));
            }
            b"a" => self.open = attribute(tag, b"href").and_then(|href| self.number(&href)),
            b"img" => {
                if let Some(alt) = attribute(tag, b"alt").filter(|alt| !alt.trim().is_empty()) {
                    self.say(&format!(" [image: {}] ", alt.trim()));
                }
            }
            name if BLOCKS.contains(&name) => self.widen(Gap::Paragraph),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if let Some((unread, depth)) = &mut self.unread {
            *depth -= u32::from(unread.as_slice() == name);
            if *depth == 0 {
                self.unread = None;
            }
            return;
        }
        match name {
            b"pre" => {
                self.pre = self.pre.saturating_sub(1);
                self.widen(Gap::Paragraph);
            }
            b"a" => {
                if let Some(number) = self.open.take() {
                    self.say(&format!("[{number}]"));
                }
            }
            b"li" | b"tr" => self.widen(Gap::Line),
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => self.widen(Gap::Paragraph),
            name if BLOCKS.contains(&name) => self.widen(Gap::Paragraph),
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        if self.unread.is_some() {
            return;
        }
        if self.pre > 0 && !text.is_empty() {
            self.fill();
            self.out.push_str(text);
            return;
        }
        let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        if text.starts_with(blank) {
            self.widen(Gap::Space);
        }
        for word in text.split(blank).filter(|word| !word.is_empty()) {
            self.fill();
            self.out.push_str(word);
            self.gap = Gap::Space;
        }
        if !text.ends_with(blank) && self.gap == Gap::Space {
            self.gap = Gap::None;
        }
    }

    fn widen(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// A mark at the beginning of a line, before its words.
    fn mark(&mut self, gap: Gap, mark: &str) {
        self.widen(gap);
        self.fill();
        self.out.push_str(mark);
    }

    fn line_of(&mut self, text: &str) {
        self.widen(Gap::Paragraph);
        self.say(text);
        self.widen(Gap::Paragraph);
    }

    /// Writes what stands before the next word.
    fn fill(&mut self) {
        let gap = match std::mem::replace(&mut self.gap, Gap::None) {
            _ if self.out.is_empty() => "",
            Gap::None => "",
            Gap::Space if self.out.ends_with([' ', '\n']) => "",
            Gap::Space => " ",
            Gap::Line => "\n",
            Gap::Paragraph => "\n\n",
        };
        self.out.push_str(gap);
    }

    /// The number of a link, if it is one that could be fetched.
    fn number(&mut self, href: &str) -> Option<usize> {
        let url = self.at.leads_to(href.trim()).ok()?.to_string();
        if let Some(number) = self.known.get(&url) {
            return Some(*number);
        }
        if self.links.len() >= MOST_LINKS {
            return None;
        }
        self.links.push(url.clone());
        self.known.insert(url, self.links.len());
        Some(self.links.len())
    }

    fn with_links(mut self) -> String {
        if !self.links.is_empty() {
            self.out.push_str("\n\nLinks:");
        }
        for (index, url) in self.links.iter().enumerate() {
            self.out.push_str(&format!("\n[{}] {url}", index + 1));
        }
        self.out
    }
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(&value.value).into_owned())
}

#[cfg(test)]
mod tests;
