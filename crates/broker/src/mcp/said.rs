//! What a server answered, as bounded text for a model and for people. It is a stranger's: every character that would not show
//! as itself is spelled out, and what is no text is named, not carried.

use action::visible;
use rmcp::model::{CallToolResult, ContentBlock, GetPromptResult, Prompt, ReadResourceResult, Resource, ResourceContents};

use crate::plain::plain;
pub(super) use crate::plain::short;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its text, at most about 1 MB, lines and tabs kept.
    pub text: String,
    /// Whether the server says that it did what was asked.
    pub ok: bool,
}

impl Said {
    pub(super) fn of_call(result: CallToolResult) -> Self {
        let mut text: Vec<String> = result.content.iter().map(block).collect();
        if let (true, Some(value)) = (text.is_empty(), &result.structured_content) {
            text.push(value.to_string());
        }
        Self::new(&text.join("\n"), !result.is_error.unwrap_or(false))
    }

    pub(super) fn of_resources(list: Vec<Resource>) -> Self {
        let line = |r: &Resource| {
            let about = r.description.as_deref().or(r.title.as_deref()).map(|about| format!(": {}", short(about))).unwrap_or_default();
            format!("{} ({}){about}", visible(&r.uri), visible(&r.name))
        };
        Self::new(&listed(list.iter().map(line).collect(), "it has no resources"), true)
    }

    pub(super) fn of_resource(result: ReadResourceResult) -> Self {
        let texts: Vec<String> = result.contents.iter().map(contents).collect();
        Self::new(&texts.join("\n"), true)
    }

    pub(super) fn of_prompts(list: Vec<Prompt>) -> Self {
        let line = |p: &Prompt| {
            let arguments: Vec<String> = p.arguments.iter().flatten().map(|a| visible(&a.name).into_owned()).collect();
            let about = p.description.as_deref().map(|about| format!(": {}", short(about))).unwrap_or_default();
            format!("{} ({}){about}", visible(&p.name), arguments.join(", "))
        };
        Self::new(&listed(list.iter().map(line).collect(), "it has no prompts"), true)
    }

    pub(super) fn of_prompt(result: GetPromptResult) -> Self {
        let message = |m: &rmcp::model::PromptMessage| format!("[{}]\n{}", visible(&format!("{:?}", m.role)), block(&m.content));
        Self::new(&result.messages.iter().map(message).collect::<Vec<_>>().join("\n"), true)
    }

    pub(super) fn refused(code: i32, message: &str) -> Self {
        Self::new(&format!("error {code}: {message}"), false)
    }

    fn new(text: &str, ok: bool) -> Self {
        Self { text: plain(text), ok }
    }
}

fn listed(lines: Vec<String>, none: &str) -> String {
    if lines.is_empty() { none.to_owned() } else { lines.join("\n") }
}

fn block(block: &ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text.clone(),
        ContentBlock::Image(image) => unshown("image", &image.mime_type, image.data.len()),
        ContentBlock::Audio(audio) => unshown("audio", &audio.mime_type, audio.data.len()),
        ContentBlock::Resource(embedded) => contents(&embedded.resource),
        ContentBlock::ResourceLink(resource) => format!("[resource {}]", resource.uri),
        _ => "[something that is not shown]".to_owned(),
    }
}

fn contents(contents: &ResourceContents) -> String {
    match contents {
        ResourceContents::TextResourceContents { uri, text, .. } => format!("[resource {uri}]\n{text}"),
        ResourceContents::BlobResourceContents { mime_type, blob, .. } => {
            unshown("resource", mime_type.as_deref().unwrap_or("bytes"), blob.len())
        }
        _ => "[something that is not shown]".to_owned(),
    }
}

fn unshown(what: &str, kind: &str, encoded: usize) -> String {
    format!("[{what}, {kind}, {} bytes, not shown]", encoded / 4 * 3)
}

#[cfg(test)]
mod tests;
