//! Makes a whole Markdown text a part of a longer one: its headings stand deeper, and nothing in it stays open. No other
//! byte changes.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::said::options;

/// The deepest heading that Markdown has.
const DEEPEST: usize = 6;

/// The text with its headings `deeper` levels down (six at most), without a byte order mark, with a line end at its end, and
/// with a fence or a comment closed that would swallow what follows. A heading that is underlined with dashes has no deeper
/// form and stays.
pub fn fitted(markdown: &str, deeper: usize) -> String {
    let text = markdown.strip_prefix('\u{feff}').unwrap_or(markdown);
    let mut made = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for (place, with) in edits(text, deeper) {
        made.push_str(text.get(at..place.start).unwrap_or_default());
        made.push_str(&with);
        at = place.end.max(at);
    }
    made.push_str(text.get(at..).unwrap_or_default());
    if !made.is_empty() && !made.ends_with('\n') {
        made.push('\n');
    }
    close(&mut made);
    made
}

fn edits(text: &str, deeper: usize) -> Vec<(std::ops::Range<usize>, String)> {
    let heading = |(event, range): (Event<'_>, std::ops::Range<usize>)| match event {
        Event::Start(Tag::Heading { level, .. }) => {
            let source = text.get(range.clone())?;
            if source.starts_with('#') {
                let more = deeper.min(DEEPEST.saturating_sub(level as usize));
                return Some((range.start..range.start, "#".repeat(more)));
            }
            let line = source.trim_end().rfind('\n').map_or(0, |at| at + 1);
            let underline = source.get(line..)?;
            let begin = line + underline.find('=')?;
            let end = begin + source.get(begin..)?.chars().take_while(|c| *c == '=').count();
            // Two at least: one dash alone would be read as an item of a list.
            (deeper > 0).then(|| (range.start + begin..range.start + end, "-".repeat((end - begin).max(2))))
        }
        _ => None,
    };
    Parser::new_ext(text, options()).into_offset_iter().filter_map(heading).collect()
}

/// Closes what is open at the end, if a heading after it would not be read as one.
fn close(text: &mut String) {
    const PROBE: &str = "\n# x\n";
    let probed = format!("{text}{PROBE}");
    let from = text.len();
    let is_free = |text: &str| Parser::new_ext(text, options()).into_offset_iter().any(|(event, range)| matches!(event, Event::Start(Tag::Heading { .. })) && range.start >= from);
    if is_free(&probed) {
        return;
    }
    let last = Parser::new_ext(&probed, options()).into_offset_iter().filter_map(|(event, range)| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => Some(fence(probed.get(range)?)),
        Event::Start(Tag::HtmlBlock) => Some("-->".to_owned()),
        _ => None,
    });
    if let Some(end) = last.last() {
        text.push_str(&end);
        text.push('\n');
    }
}

/// What closes the fence that this block begins with.
fn fence(block: &str) -> String {
    let mark = block.chars().next().unwrap_or('`');
    let mark = if mark == '~' { '~' } else { '`' };
    mark.to_string().repeat(block.chars().take_while(|c| *c == mark).count().max(3))
}

#[cfg(test)]
mod tests;
