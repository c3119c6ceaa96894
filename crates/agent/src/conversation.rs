//! The conversation as it is sent to the model, kept as one JSON line a message so that a session can be resumed.
//!
//! The file is a convenience: prompts and replies are on the ledger as blobs. A line cut by a crash is dropped.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use model::{Message, Part, Role};

/// Messages, oldest first, and the file that they are kept in.
#[derive(Debug)]
pub(crate) struct Conversation {
    path: PathBuf,
    file: File,
    messages: Vec<Message>,
}

impl Conversation {
    /// Opens the file and reads what is whole; a session that is new has an empty one.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut messages = Vec::new();
        if let Ok(file) = File::open(path) {
            for line in BufReader::new(file).lines() {
                match serde_json::from_str(&line?) {
                    Ok(message) => messages.push(message),
                    Err(_) => break,
                }
            }
        }
        drop_unanswered(&mut messages);
        rewrite(path, &messages)?;
        let file = OpenOptions::new().append(true).open(path)?;
        Ok(Self { path: path.to_path_buf(), file, messages })
    }

    /// The messages, oldest first.
    pub(crate) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// How many there are once the calls that are being answered have their results.
    pub(crate) fn with_results(&self) -> usize {
        self.messages.len() + usize::from(self.messages.last().is_some_and(is_unanswered))
    }

    /// Lends the messages to a request without copying them; [`Self::returned`] takes them back.
    pub(crate) fn lent(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.messages)
    }

    /// Takes back what was lent.
    pub(crate) fn returned(&mut self, messages: Vec<Message>) {
        self.messages = messages;
    }

    /// Adds one.
    pub(crate) fn push(&mut self, message: Message) -> io::Result<()> {
        let mut line = serde_json::to_vec(&message)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.messages.push(message);
        Ok(())
    }

    /// Puts other messages in the place of all (compaction, rewind).
    pub(crate) fn replace(&mut self, messages: Vec<Message>) -> io::Result<()> {
        rewrite(&self.path, &messages)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        self.messages = messages;
        Ok(())
    }
}

/// Calls that nobody answered (the process ended in between) cannot be sent again: the reply that made them goes.
pub(crate) fn drop_unanswered(messages: &mut Vec<Message>) {
    while messages.last().is_some_and(is_unanswered) {
        messages.pop();
    }
}

fn is_unanswered(message: &Message) -> bool {
    message.role == Role::Assistant && message.parts.iter().any(|part| matches!(part, Part::Call { .. }))
}

fn rewrite(path: &Path, messages: &[Message]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = File::create(&temporary)?;
    for message in messages {
        serde_json::to_writer(&mut file, message)?;
        file.write_all(b"\n")?;
    }
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

#[cfg(test)]
mod tests;
