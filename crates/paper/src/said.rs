//! A Markdown text as what is shown of it: the events of CommonMark with tables and check boxes, and nothing in them that a
//! reader's program would run or load.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

/// The extensions that specifications use.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// What is said of a diagram.
const DIAGRAM: &str = "A diagram, shown as its source:";

/// The events of a text. HTML is text, pictures are their source, links lead to the web or nowhere.
pub(crate) fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let mut pictures: Vec<CowStr<'_>> = Vec::new();
    let mut open_links = Vec::new();
    Parser::new_ext(markdown, options()).flat_map(move |event| match event {
        Event::Html(text) => vec![Event::Code(text.trim_end().to_owned().into()), Event::HardBreak],
        Event::InlineHtml(text) if is_break(&text) => vec![Event::HardBreak],
        Event::InlineHtml(text) => vec![Event::Code(text)],
        Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
        Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
        Event::Start(Tag::Image { dest_url, .. }) => {
            pictures.push(dest_url);
            vec![Event::Text("![".into())]
        }
        Event::End(TagEnd::Image) => {
            let at = pictures.pop().unwrap_or_else(|| "".into());
            vec![Event::Text(format!("]({at}) (a picture, not shown)").into())]
        }
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            open_links.push(leads_to_the_web(dest_url));
            if open_links.last() == Some(&true) { vec![event] } else { Vec::new() }
        }
        Event::End(TagEnd::Link) => if open_links.pop() == Some(true) { vec![event] } else { Vec::new() },
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(ref language))) if is_diagram(language) => {
            let note = [Event::Start(Tag::Paragraph), Event::Start(Tag::Emphasis), Event::Text(DIAGRAM.into()), Event::End(TagEnd::Emphasis), Event::End(TagEnd::Paragraph)];
            note.into_iter().chain([event]).collect()
        }
        other => vec![other],
    })
}

fn is_break(html: &str) -> bool {
    matches!(html.trim().to_ascii_lowercase().as_str(), "<br>" | "<br/>" | "<br />")
}

fn is_diagram(language: &str) -> bool {
    let word = language.split_whitespace().next().unwrap_or_default();
    ["mermaid", "plantuml", "dot", "graphviz", "d2"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// What a reader may follow. A path of the repository leads nowhere from a printed page.
fn leads_to_the_web(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https" | "mailto"))
}

/// Text in which nothing moves or hides other text: control characters and those that turn the direction are spelled out.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push(c),
            '\r' => {}
            '\t' => shown.push_str("    "),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => shown.extend(c.escape_unicode()),
            c if c.is_control() => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}
