//! What a terminal shows, and how the program ends. Colours honour NO_COLOR and pipes (anstream).

use std::io::Write;
use std::process::ExitCode;

use agent::{Filling, Happening};
use anstyle::{AnsiColor, Style};

use crate::words;

/// How a command ended, when nothing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Done.
    Done,
    /// Held, refused or failed, as was asked.
    NotDone,
    /// As a command ended that was run for somebody.
    Status(u8),
}

/// Trouble that is not ours and not the person's: a model, a disk, a network. Exit code 3.
#[derive(Debug)]
pub(crate) struct Outside(pub anyhow::Error);

impl std::fmt::Display for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&complaint(&self.0))
    }
}

impl std::error::Error for Outside {}

/// Wrong use of the program. Exit code 2.
#[derive(Debug)]
pub(crate) struct Misuse(pub String);

impl std::fmt::Display for Misuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// Prints the complaint, if there is one, and gives the exit code.
pub(crate) fn exit(outcome: anyhow::Result<Ending>) -> ExitCode {
    match outcome {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::NotDone) => ExitCode::from(1),
        Ok(Ending::Status(code)) => ExitCode::from(code),
        Err(e) => {
            complain(&complaint(&e));
            ExitCode::from(status(&e))
        }
    }
}

/// Whose trouble it is: misuse, a defect of ours, the disk's or the ledger's; else it failed as it may.
fn status(error: &anyhow::Error) -> u8 {
    let is_outside = |cause: &(dyn std::error::Error + 'static)| cause.is::<std::io::Error>() || of_the_ledger(cause).is_some_and(|e| !matches!(e, agent::BookError::AlreadyDone { .. } | agent::BookError::PeopleMoved | agent::BookError::Expired { .. }));
    match error {
        e if e.is::<Misuse>() => 2,
        e if e.is::<Outside>() => 3,
        e if e.is::<crate::defects::Defect>() => 70,
        e if e.chain().any(is_outside) => 3,
        _ => 1,
    }
}

/// The ledger's own error: what passes it on hides it from the chain of causes.
fn of_the_ledger<'e>(cause: &'e (dyn std::error::Error + 'static)) -> Option<&'e agent::BookError> {
    use agent::specs::SpecTrouble as Spec;
    use agent::{SessionError as Session, SettleError as Settle};
    match (cause.downcast_ref::<Session>(), cause.downcast_ref::<Settle>(), cause.downcast_ref::<Spec>()) {
        (Some(Session::Book(e)), ..) | (_, Some(Settle::Book(e)), _) | (.., Some(Spec::Book(e) | Spec::Session(Session::Book(e)) | Spec::Settle(Settle::Book(e)))) => Some(e),
        _ => cause.downcast_ref(),
    }
}

/// What went wrong, cause by cause; what to do comes last, on lines of its own.
pub(crate) fn complaint(error: &anyhow::Error) -> String {
    let (mut text, mut hints) = (String::new(), String::new());
    for cause in error.chain().map(ToString::to_string) {
        let (what, hint) = cause.split_once("\nhint: ").map_or((cause.as_str(), None), |(what, hint)| (what, Some(hint)));
        if !text.ends_with(what) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(what);
        }
        hints.extend(hint.map(|hint| format!("\nhint: {hint}")));
    }
    text + &hints
}

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();

/// One line to standard output. A closed pipe is not a failure of ours.
pub(crate) fn say(line: &str) {
    let mut out = anstream::stdout();
    writeln!(out, "{line}").ok();
}

/// The same in a style.
pub(crate) fn say_in(style: Style, line: &str) {
    say(&format!("{style}{line}{style:#}"));
}

/// One line to standard error.
pub(crate) fn complain(line: &str) {
    let mut out = anstream::stderr();
    writeln!(out, "{BAD}countersign:{BAD:#} {line}").ok();
}

/// A line to standard error that is no complaint about what was typed.
pub(crate) fn warn_in(style: Style, line: &str) {
    let mut out = anstream::stderr();
    writeln!(out, "{style}{line}{style:#}").ok();
}

/// A JSON value on one line.
pub(crate) fn json(value: &serde_json::Value) {
    say(&value.to_string());
}

/// Shows what happens in a session as a person wants to see it.
#[derive(Default)]
pub(crate) struct Live {
    mid_line: bool,
    /// Which of several that work at once: its lines say so, and what the model says and commands print is left out.
    label: Option<String>,
}

impl Live {
    /// For one of several that work at once.
    pub(crate) fn labelled(label: Option<String>) -> Self {
        Self { mid_line: false, label }
    }

    /// One happening.
    pub(crate) fn show(&mut self, happening: &Happening<'_>) {
        match happening {
            Happening::Text { .. } | Happening::Output { .. } if self.label.is_some() => {}
            Happening::Turn { .. } => self.end_line(),
            Happening::Text { text } => self.piece(text),
            Happening::Waiting { seconds, why } => {
                let long = if *seconds == 0 { "a moment".to_owned() } else { format!("{seconds} s") };
                self.line(DIM, &format!("  · the model asks us to wait {long}: {}", words::safe(why)));
            },
            Happening::BadCall { text } => self.line(DIM, &format!("  ? the model's call could not be read: {}", words::safe(text))),
            Happening::Assessed { intent, effects, verdict } => self.assessed(intent, effects, verdict),
            Happening::Held { intent, quorum } => self.line(WARN, &format!("  ‖ held {}: needs {}", words::short(intent), quorum.words())),
            Happening::Hook { name, trigger } => self.line(DIM, &format!("  · hook `{}` ({trigger})", words::safe(name))),
            Happening::Output { bytes } => self.output(bytes),
            Happening::Done { outcome, ok, .. } => {
                let (style, mark) = if *ok { (GOOD, '✓') } else { (WARN, '✗') };
                self.line(style, &format!("  {mark} {}", words::safe(&outcome.line)));
            }
            Happening::Refused { reasons, .. } => {
                for reason in *reasons {
                    self.line(BAD, &format!("  ✗ refused: {} [{}]", words::safe(&reason.text), reason.rule));
                }
            }
            Happening::Passage { host, open } => {
                let word = if *open { "through the door to" } else { "held at the door:" };
                self.line(DIM, &format!("  · {word} {}", words::safe(host)));
            }
            Happening::Context { filling: Filling::Quiet, .. } => {}
            Happening::Context { context, filling: Filling::Much } => {
                self.line(WARN, &format!("  · the context fills up: {}; `countersign resume SESSION --compact` shortens it", context.line()));
            }
            Happening::Context { context, filling: Filling::Full } => self.line(WARN, &format!("  · the context is nearly full and is shortened now: {}", context.line())),
            Happening::Compacted { messages, summarized } => {
                let how = if *summarized { "were summarized" } else { "were left out without a summary" };
                self.line(DIM, &format!("  · {messages} older messages {how}; what was asked, held and decided is carried over word for word"));
            }
            Happening::Goal { run, until, line, result } => {
                let (style, mark) = if *result == agent::GoalResult::Reached { (GOOD, '✓') } else { (WARN, '✗') };
                self.line(style, &format!("  {mark} goal `{}`, run {run}: {} ({})", words::safe(until), result.word(), words::safe(line)));
            }
            Happening::Complaint { text } => self.line(BAD, &format!("  ! {}", words::safe(text))),
        }
    }

    fn assessed(&mut self, intent: &action::Intent, effects: &action::Effects, verdict: &action::Verdict) {
        self.line(BOLD, &format!("▸ {}", words::what(&intent.deed)));
        if !effects.stay_in_the_box() {
            for effect in effects {
                self.line(WARN, &format!("  effect: {}", words::safe(&effect.line())));
            }
            self.line(WARN, &format!("  verdict: {}", words::decision(&verdict.decision)));
        }
    }

    fn piece(&mut self, text: &str) {
        let mut out = anstream::stdout();
        let shown: String = text.split('\n').map(words::safe).collect::<Vec<_>>().join("\n");
        write!(out, "{shown}").and_then(|()| out.flush()).ok();
        self.mid_line = !text.ends_with('\n');
    }

    fn output(&mut self, bytes: &[u8]) {
        self.end_line();
        for line in String::from_utf8_lossy(bytes).lines() {
            say(&format!("{DIM}  │ {}{DIM:#}", words::safe(line)));
        }
    }

    fn line(&mut self, style: Style, text: &str) {
        self.end_line();
        match &self.label {
            Some(label) => say_in(style, &format!("{label} │ {text}")),
            None => say_in(style, text),
        }
    }

    /// Ends a line that the model did not.
    fn end_line(&mut self) {
        if std::mem::take(&mut self.mid_line) {
            say("");
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.end_line();
    }
}
