//! The conversation as it is sent to the model, kept as one JSON line a message so that a session can be resumed.
//!
//! Beside a message stands what must outlive it verbatim: the words in it that a person said. The file is a convenience:
//! prompts and replies are on the ledger as blobs. A line cut by a crash is dropped.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use model::{Message, Part, Role};
use serde::{Deserialize, Serialize};

/// A message, and what stands beside it in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// As it is sent.
    #[serde(flatten)]
    pub(crate) message: Message,
    /// What of it, and of what it took the place of, outlives it.
    #[serde(default, skip_serializing_if = "Beside::is_nothing")]
    pub(crate) beside: Beside,
}

/// What the service carries on from message to message, never sent by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Beside {
    /// Words that a person said, or that the service asked in their name, each verbatim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) asked: Vec<String>,
    /// The task of a subagent, as the agent that it works for gave it: nobody's words but that agent's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) task: Option<String>,
    /// The last plan that older messages held, as the model wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<String>,
    /// The model's summary of older messages. Where it is, even an empty one, the message stands for those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<String>,
}

impl Beside {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Line {
    /// A message that holds nothing which must outlive it.
    pub(crate) fn plain(message: Message) -> Self {
        Self { message, beside: Beside::default() }
    }
}

/// Messages, oldest first, and the file that they are kept in.
#[derive(Debug)]
pub(crate) struct Conversation {
    path: PathBuf,
    file: File,
    messages: Vec<Message>,
    beside: Vec<Beside>,
}

impl Conversation {
    /// Opens the file and reads what is whole; a session that is new has an empty one.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut lines = Self::read(path)?;
        drop_unanswered(&mut lines);
        rewrite(path, &lines)?;
        let file = OpenOptions::new().append(true).open(path)?;
        let (messages, beside) = apart(lines);
        Ok(Self { path: path.to_path_buf(), file, messages, beside })
    }

    /// What is whole of a file that another process may be writing.
    pub(crate) fn read(path: &Path) -> io::Result<Vec<Line>> {
        let mut lines = Vec::new();
        if let Ok(file) = File::open(path) {
            for line in BufReader::new(file).lines() {
                match serde_json::from_str(&line?) {
                    Ok(line) => lines.push(line),
                    Err(_) => break,
                }
            }
        }
        Ok(lines)
    }

    /// The messages, oldest first.
    pub(crate) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The messages with what stands beside them.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let together = self.messages.iter().cloned().zip(self.beside.iter().cloned());
        together.map(|(message, beside)| Line { message, beside }).collect()
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

    /// Adds one that nothing stands beside.
    pub(crate) fn push(&mut self, message: Message) -> io::Result<()> {
        self.add(Line::plain(message))
    }

    /// Adds one.
    pub(crate) fn add(&mut self, line: Line) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        self.file.write_all(&bytes)?;
        self.messages.push(line.message);
        self.beside.push(line.beside);
        Ok(())
    }

    /// Puts other messages in the place of all (compaction, rewind).
    pub(crate) fn replace(&mut self, lines: Vec<Line>) -> io::Result<()> {
        rewrite(&self.path, &lines)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        (self.messages, self.beside) = apart(lines);
        Ok(())
    }
}

fn apart(lines: Vec<Line>) -> (Vec<Message>, Vec<Beside>) {
    lines.into_iter().map(|line| (line.message, line.beside)).unzip()
}

/// Calls that nobody answered (the process ended in between) cannot be sent again: the reply that made them goes.
pub(crate) fn drop_unanswered(lines: &mut Vec<Line>) {
    while lines.last().is_some_and(|line| is_unanswered(&line.message)) {
        lines.pop();
    }
}

fn is_unanswered(message: &Message) -> bool {
    message.role == Role::Assistant && message.parts.iter().any(|part| matches!(part, Part::Call { .. }))
}

fn rewrite(path: &Path, lines: &[Line]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = File::create(&temporary)?;
    for line in lines {
        serde_json::to_writer(&mut file, line)?;
        file.write_all(b"\n")?;
    }
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

#[cfg(test)]
mod tests;
