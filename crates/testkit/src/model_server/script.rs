//! What the scripted model says, and what goes wrong meanwhile.

use std::time::Duration;

use serde_json::Value;

/// All turns of a server.
#[derive(Clone, Debug)]
pub struct Script {
    /// Each answers one request.
    pub turns: Vec<Turn>,
    /// How long the model "thinks" before each answer.
    pub think: Duration,
    /// The model that the list of models names.
    pub model: String,
}

/// One answer.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// Thinking, shown and signed as the vendor does it.
    pub thought: Option<String>,
    /// Text.
    pub say: String,
    /// Calls, all in this one reply.
    pub calls: Vec<Call>,
    /// How it ends, if not as usual.
    pub stop: Stop,
    /// What it "costs".
    pub tokens: Tokens,
    /// What goes wrong.
    pub fault: Option<Fault>,
}

/// A call in a turn.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which tool.
    pub name: String,
    /// JSON text as the model emits it; it may be broken.
    pub arguments: String,
}

/// How a turn ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// With calls if there are any, else at the end of the turn.
    #[default]
    Usual,
    /// At the bound on the reply.
    MaxOutput,
    /// With a refusal.
    Refusal,
}

/// Counts, in the sense that the prompt includes what was cached.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    /// The whole prompt.
    pub input: u64,
    /// Of it, read from the cache.
    pub cached: u64,
    /// Of it, written to the cache.
    pub cache_written: u64,
    /// The reply.
    pub output: u64,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Another status than 200, with these headers and this message.
    Status {
        /// The status.
        code: u16,
        /// Extra headers.
        headers: Vec<(String, String)>,
        /// The message in the error.
        message: String,
    },
    /// The request is read and the connection closed without an answer.
    Unanswered,
    /// The connection is closed before the event with this number.
    Cut {
        /// How many events are sent before.
        after: usize,
    },
    /// Silence before the event with this number, until the client goes away.
    Stall {
        /// How many events are sent before.
        after: usize,
    },
    /// Nothing before the test lets it go on.
    Held,
    /// All events, but the body never ends.
    Unended,
    /// This text stands in the stream before the event with this number.
    Raw {
        /// How many events are sent before.
        after: usize,
        /// The text, line ends included.
        text: String,
    },
    /// A pause before each event.
    Slow {
        /// How long.
        each: Duration,
    },
    /// 200 with another body than asked for.
    Body {
        /// Its content type.
        mime: String,
        /// Its bytes.
        body: Vec<u8>,
    },
}

impl Default for Script {
    fn default() -> Self {
        Self { turns: Vec::new(), think: Duration::ZERO, model: "scripted".into() }
    }
}

impl Default for Tokens {
    fn default() -> Self {
        Self { input: 100, cached: 0, cache_written: 0, output: 10 }
    }
}

impl From<Vec<Turn>> for Script {
    fn from(turns: Vec<Turn>) -> Self {
        Self { turns, ..Self::default() }
    }
}

impl<const N: usize> From<[Turn; N]> for Script {
    fn from(turns: [Turn; N]) -> Self {
        Vec::from(turns).into()
    }
}

impl Turn {
    /// A turn that says something.
    #[must_use]
    pub fn say(text: impl Into<String>) -> Self {
        Self { say: text.into(), ..Self::default() }
    }

    /// A turn that calls a tool.
    #[must_use]
    pub fn call(name: &str, arguments: &Value) -> Self {
        Self::default().and_call(name, arguments)
    }

    /// A turn that only goes wrong.
    #[must_use]
    pub fn fault(fault: Fault) -> Self {
        Self::say("never whole").with(fault)
    }

    /// A turn that is turned away with a status.
    #[must_use]
    pub fn status(code: u16, message: &str) -> Self {
        Self::fault(Fault::Status { code, headers: Vec::new(), message: message.into() })
    }

    /// One more call in the same reply.
    #[must_use]
    pub fn and_call(self, name: &str, arguments: &Value) -> Self {
        self.and_raw_call(name, &arguments.to_string())
    }

    /// One more call, with arguments that need not be JSON.
    #[must_use]
    pub fn and_raw_call(mut self, name: &str, arguments: &str) -> Self {
        self.calls.push(Call { name: name.into(), arguments: arguments.into() });
        self
    }

    /// With thinking before.
    #[must_use]
    pub fn thinking(mut self, thought: &str) -> Self {
        self.thought = Some(thought.into());
        self
    }

    /// With these counts.
    #[must_use]
    pub fn costing(mut self, tokens: Tokens) -> Self {
        self.tokens = tokens;
        self
    }

    /// Ending otherwise than usual.
    #[must_use]
    pub fn ending(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Going wrong.
    #[must_use]
    pub fn with(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }
}
