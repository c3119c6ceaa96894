//! What is to be read: texts from the command line, from files, from standard input.
//!
//! A file that is too large, or no text, is not refused: its reading is opaque, and says why. One that is not there is misuse.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::Path;

use anyhow::bail;

use super::Args;
use super::kind::{self, Kind, KindWord};
use crate::screen::Misuse;
use crate::words;

/// Bytes of one input that are read.
const MOST_BYTES: u64 = 64 << 20;

/// One text, and what it is.
pub(super) struct Input {
    pub source: Source,
    pub kind: Kind,
    /// The text; or why it is none.
    pub text: Result<String, Unread>,
}

/// Where it comes from.
pub(super) enum Source {
    /// Typed as a command line.
    Command,
    /// A file, as it was typed.
    File(String),
    /// Standard input.
    Stdin,
}

/// An input that is no text.
pub(super) struct Unread {
    pub why: String,
    /// Bytes that were read of it.
    pub bytes: usize,
}

impl Input {
    /// Where it comes from, as a person would say it; a typed command has no name.
    pub(super) fn name(&self) -> Option<&str> {
        match &self.source {
            Source::Command => None,
            Source::File(name) => Some(name),
            Source::Stdin => Some("standard input"),
        }
    }

    /// Name and kind in a line.
    pub(super) fn title(&self) -> String {
        match (self.name(), &self.text) {
            (Some(name), _) => format!("{} ({})", words::safe(name), self.kind.word()),
            (None, Ok(text)) => format!("command `{}`", action::visible_line(text, 100)),
            (None, Err(_)) => "command".to_owned(),
        }
    }

    /// The text, empty where it is none.
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// How many bytes there are.
    pub(super) fn bytes(&self) -> usize {
        match &self.text {
            Ok(text) => text.len(),
            Err(unread) => unread.bytes,
        }
    }
}

/// Everything that was named, in the order in which it was.
pub(super) fn all(args: &Args) -> anyhow::Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for operand in &args.operands {
        inputs.push(one(args, operand)?);
    }
    let said = [(&args.plans, KindWord::Plan), (&args.sql, KindWord::Sql), (&args.manifests, KindWord::Manifest)];
    for (file, kind) in said.iter().flat_map(|(files, kind)| files.iter().map(move |file| (file, *kind))) {
        inputs.push(if file == "-" { stdin(Some(kind))? } else { self::file(Path::new(file), Some(kind))? });
    }
    for command in &args.commands {
        inputs.push(typed(command)?);
    }
    if inputs.is_empty() {
        if std::io::stdin().is_terminal() {
            bail!(Misuse("there is nothing to read\nhint: give a command in quotes, a file, or a text on standard input".into()));
        }
        inputs.push(stdin(args.kind)?);
    }
    Ok(inputs)
}

fn one(args: &Args, operand: &OsStr) -> anyhow::Result<Input> {
    let path = Path::new(operand);
    if operand == "-" {
        return stdin(args.kind);
    }
    if path.symlink_metadata().is_ok() {
        return file(path, args.kind);
    }
    match operand.to_str() {
        Some(command) => typed(command),
        None => bail!(Misuse(format!("`{}` is no text and no file", words::safe(&operand.to_string_lossy())))),
    }
}

fn typed(command: &str) -> anyhow::Result<Input> {
    if command.trim().is_empty() {
        bail!(Misuse("the command is empty".into()));
    }
    Ok(Input { source: Source::Command, kind: Kind::bash(), text: Ok(command.to_owned()) })
}

fn file(path: &Path, said: Option<KindWord>) -> anyhow::Result<Input> {
    let name = path.to_string_lossy().into_owned();
    let shown = words::safe(&name);
    let unread = |why: String| Misuse(format!("`{shown}` cannot be read: {why}"));
    if path.is_dir() {
        bail!(Misuse(format!("`{shown}` is a folder\nhint: name a file; with -c it is a command line")));
    }
    let opened = File::open(path).map_err(|e| unread(e.to_string()))?;
    let text = text(opened).map_err(|e| unread(e.to_string()))?;
    let Some(kind) = kind::of_file(path, text.as_deref().unwrap_or_default(), said) else {
        bail!(Misuse(format!("it cannot be told what `{shown}` is\nhint: say it with --kind")));
    };
    Ok(Input { source: Source::File(name), kind, text })
}

fn stdin(said: Option<KindWord>) -> anyhow::Result<Input> {
    let text = text(std::io::stdin()).map_err(|e| Misuse(format!("standard input cannot be read: {e}")))?;
    if text.as_ref().is_ok_and(|text| text.trim().is_empty()) {
        bail!(Misuse("standard input is empty".into()));
    }
    let kind = kind::of_stdin(text.as_deref().unwrap_or_default(), said);
    Ok(Input { source: Source::Stdin, kind, text })
}

/// The bytes as text. A NUL is no text: shells drop it, and what they read then is not what is seen here.
fn text(from: impl Read) -> std::io::Result<Result<String, Unread>> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    let length = bytes.len();
    let unread = |why: String| Err(Unread { why, bytes: length });
    if length as u64 > MOST_BYTES {
        return Ok(unread(format!("it is larger than {} MiB", MOST_BYTES >> 20)));
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Ok(unread(format!("it has a NUL at byte {at}")));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(e) => unread(format!("it is not UTF-8 from byte {} on", e.utf8_error().valid_up_to())),
    })
}

#[cfg(test)]
mod tests;
