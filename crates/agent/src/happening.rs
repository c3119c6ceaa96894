//! What a watcher is told while an agent works. Told after it is decided; never part of the decision.

use action::{Effects, Intent, IntentId, Outcome, Quorum, Reason, Verdict};

use crate::fullness::Fullness;

/// Whether a person should know how full the context is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// No need to.
    Quiet,
    /// It came to be so full that they may want to shorten it, or to begin another session.
    Much,
    /// The older messages are about to be summarized.
    Full,
}

/// Something that happened. Borrowed: a screen copies what it wants to keep.
#[derive(Debug)]
pub enum Happening<'a> {
    /// The model is asked.
    Turn {
        /// Round, from 1.
        turn: u32,
    },
    /// The model says something. A claim, never evidence.
    Text {
        /// A piece of it.
        text: &'a str,
    },
    /// The model lets us wait before we may ask again.
    Waiting {
        /// Seconds.
        seconds: u64,
        /// Its words.
        why: &'a str,
    },
    /// A call could not be read; it goes back to the model.
    BadCall {
        /// Why.
        text: &'a str,
    },
    /// An intent was judged.
    Assessed {
        /// What.
        intent: &'a Intent,
        /// What it would touch.
        effects: &'a Effects,
        /// What the guard says.
        verdict: &'a Verdict,
    },
    /// People are needed.
    Held {
        /// For this.
        intent: &'a IntentId,
        /// These.
        quorum: Quorum,
    },
    /// A hook of the project is run.
    Hook {
        /// Its name.
        name: &'a str,
        /// What it is run for.
        trigger: &'a str,
    },
    /// Output of a command, as it comes.
    Output {
        /// Raw bytes.
        bytes: &'a [u8],
    },
    /// Something was executed.
    Done {
        /// Which.
        intent: &'a IntentId,
        /// What came of it.
        outcome: &'a Outcome,
        /// Whether it ended well.
        ok: bool,
    },
    /// Something will not be done.
    Refused {
        /// Which.
        intent: &'a IntentId,
        /// Why.
        reasons: &'a [Reason],
    },
    /// The dependency door was used.
    Passage {
        /// Host and port.
        host: &'a str,
        /// Whether it was open.
        open: bool,
    },
    /// How full the model's context is after a reply.
    Context {
        /// Of what it consists.
        context: &'a Fullness,
        /// Whether a person should know.
        filling: Filling,
    },
    /// The conversation was shortened.
    Compacted {
        /// Messages left out.
        messages: usize,
        /// Whether the model summarized them; what is carried over word for word is there in any case.
        summarized: bool,
    },
    /// The command that decides a goal has run, or could not.
    Goal {
        /// Which run, from 1.
        run: usize,
        /// What is to be reached.
        until: &'a str,
        /// What came of it.
        line: &'a str,
        /// How it decides.
        result: crate::goal::GoalResult,
    },
    /// Something went wrong that the person should know.
    Complaint {
        /// What, and what to do.
        text: &'a str,
    },
}
