//! The desk at a terminal: shows what was computed, takes a `y`, signs with the person's key.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use action::{Deed, Landing, McpPlace, McpServer, Reply};
use agent::{Desk, Said, Office, Story};
use broker::mcp::{Field, Kind, Question, Reply as McpReply};

use crate::home::Home;
use crate::screen::{self, BOLD, DIM, Misuse, WARN};
use crate::words;

/// A person at a terminal.
pub(crate) struct TerminalDesk<'a> {
    home: &'a Home,
    service: &'a Office,
}

impl<'a> TerminalDesk<'a> {
    /// For the person of `home`; `None` where there is no terminal to ask at.
    pub(crate) fn at(home: &'a Home, service: &'a Office) -> Option<Self> {
        is_there().then_some(Self { home, service })
    }

    fn answer(&self, story: &Story, reply: Reply, why: &str) -> Said {
        let signed = crate::commands::sign::question(self.home, self.service, story, reply, why).and_then(|answer| Ok(self.home.signer()?.sign(&answer)?));
        match signed {
            Ok(signed) => Said::Answer(signed),
            Err(e) => {
                screen::complain(&format!("not signed: {}", screen::complaint(&e)));
                Said::Later
            }
        }
    }

    fn show(&self, story: &Story) {
        screen::say("");
        words::story_lines(story).iter().for_each(|line| screen::say(line));
        if let Ok(Some(change)) = crate::commands::show::change_of(self.service, story) {
            words::file_lines(&self.service.book, &change).iter().for_each(|line| screen::say(&format!("  {line}")));
        }
        if matches!(story.intent.deed, Deed::McpTrust { .. } | Deed::McpCall { .. } | Deed::Publish { .. }) {
            words::inner_lines(&self.service.book, &story.intent.deed).iter().for_each(|line| screen::say(line));
        }
    }

    fn diff(&self, story: &Story) {
        if let Ok(Some(change)) = crate::commands::show::change_of(self.service, story) {
            words::diff_lines(&self.service.book, &change).iter().for_each(|line| screen::say(line));
        }
        words::inner_lines(&self.service.book, &story.intent.deed).iter().for_each(|line| screen::say(line));
    }
}

impl Desk for TerminalDesk<'_> {
    fn question(&mut self, server: &McpServer, question: &Question) -> McpReply {
        let name = words::safe(&server.name);
        screen::say("");
        screen::say_in(WARN, &format!("‖ MCP server `{name}` asks you, in its own words: {}", question.message));
        if let McpPlace::At { url, .. } = &server.at {
            screen::say_in(WARN, &format!("  it is outside the box: what you type is sent to {}", words::safe(url)));
        }
        if line(&format!("{BOLD}Answer it?{BOLD:#} [y]es, [n]o: ")).is_none_or(|word| !matches!(word.as_str(), "y" | "yes")) {
            return McpReply::Decline;
        }
        let mut given = serde_json::Map::new();
        for field in &question.fields {
            match value(field) {
                Typed::Value(value) => drop(given.insert(field.name.clone(), value)),
                Typed::Nothing => {}
                Typed::End => return McpReply::Decline,
            }
        }
        McpReply::Accept(given)
    }

    fn ask(&mut self, story: &Story) -> Said {
        self.show(story);
        let person = match self.home.person(self.service) {
            Ok(person) => person,
            Err(e) => {
                screen::complain(&screen::complaint(&e));
                return Said::Later;
            }
        };
        let others = story.quorum().is_some_and(|quorum| quorum.peers > 0) && person == story.intent.asked_by;
        if others {
            let short = words::short(&story.intent.id);
            screen::say_in(WARN, &format!("  you asked for this, so others must sign it: countersign sign {short}"));
            return Said::Later;
        }
        let landing = matches!(story.intent.deed, Deed::Land { landing: Landing::Worktree, .. });
        loop {
            let branch = if landing { ", [b]ranch instead" } else { "" };
            match line(&format!("{BOLD}Sign it?{BOLD:#} [y]es, [n]o, [d]iff{branch}, [l]ater: ")).as_deref() {
                Some("y" | "yes") => return self.answer(story, Reply::Yes, ""),
                Some("n" | "no") => {
                    let why = line("Why not? ").unwrap_or_default();
                    let why = if why.is_empty() { "no reason given".to_owned() } else { why };
                    return self.answer(story, Reply::No, &why);
                }
                Some("d" | "diff") => self.diff(story),
                Some("b" | "branch") if landing => {
                    let name = format!("countersign/{}", story.intent.session);
                    return Said::Instead(Landing::Branch { name, base: String::new() });
                }
                Some("l" | "later") | None => return Said::Later,
                Some(_) => screen::say_in(DIM, &format!("  please answer y, n, d{} or l", if landing { ", b" } else { "" })),
            }
        }
    }
}

/// What came of asking for one field.
enum Typed {
    Value(serde_json::Value),
    /// An empty line: the default, or nothing.
    Nothing,
    End,
}

/// Asks until what is typed fits the field. End of input is never an answer.
fn value(field: &Field) -> Typed {
    let kind = match &field.kind {
        Kind::Text => "a text".to_owned(),
        Kind::Choice(choices) => format!("one of {}", words::safe(&choices.join(", "))),
        Kind::Number => "a number".to_owned(),
        Kind::Integer => "a whole number".to_owned(),
        Kind::Flag => "yes or no".to_owned(),
    };
    let default = field.default.as_ref().map(|value| format!(", else {}", words::safe(&value.to_string()))).unwrap_or_default();
    let about = if field.about.is_empty() { String::new() } else { format!(" ({})", field.about) };
    loop {
        let Some(text) = line(&format!("  {}{about}, {kind}{default}: ", words::safe(&field.name))) else { return Typed::End };
        if text.is_empty() && (field.default.is_some() || !field.needed) {
            return Typed::Nothing;
        }
        match field.parse(&text).filter(|_| !text.is_empty()) {
            Some(value) => return Typed::Value(value),
            None => screen::say_in(DIM, &format!("  that is not {kind}")),
        }
    }
}

/// Whether somebody can read what is said, and answer.
pub(crate) fn is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// One line from the terminal, without its end; `None` at its end. End of input is never a yes, and what was typed before the question
/// was there is no answer to it.
pub(crate) fn line(question: &str) -> Option<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        rustix::termios::tcflush(&stdin, rustix::termios::QueueSelector::IFlush).ok()?;
    }
    let mut out = anstream::stdout();
    write!(out, "{question}").and_then(|()| out.flush()).ok()?;
    if stdin.is_terminal() && interrupted() {
        return None;
    }
    let mut text = String::new();
    match stdin.lock().read_line(&mut text) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(text.trim().to_owned()),
    }
}

/// Waits until something was typed; true if Ctrl-C came first. A read would be taken up again after it, unseen.
fn interrupted() -> bool {
    use rustix::event::{PollFd, PollFlags, poll};
    let stdin = std::io::stdin();
    matches!(poll(&mut [PollFd::new(&stdin, PollFlags::IN)], None), Err(rustix::io::Errno::INTR))
}

/// A passphrase, typed without being shown.
pub(crate) fn passphrase(key: &Path) -> anyhow::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(|_| {
        Misuse(format!("the key {0} has a passphrase, and there is no terminal to ask for it at\nhint: `ssh-add {0}` gives it to an ssh-agent, which is asked first", key.display()))
    })?;
    let before = tcgetattr(&terminal)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Flush, &silent)?;
    let mut text = String::new();
    let read = write!(&terminal, "passphrase of {}: ", key.display())
        .and_then(|()| std::io::BufReader::new(&terminal).read_line(&mut text));
    tcsetattr(&terminal, OptionalActions::Flush, &before)?;
    read?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}
