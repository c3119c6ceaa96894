//! Speaks to language models and to nothing else.
//!
//! A [`Request`] goes out, [`Delta`]s come in while the model speaks, one whole [`Reply`] comes back or an error that
//! says whose fault it is. Three protocols are spoken (Anthropic Messages, OpenAI Responses, OpenAI Chat Completions),
//! and a recording can play the model's part. [`find`] picks one from [`Settings`].
//!
//! This crate refuses to know what an action, an agent or a session is: a call is a name and the text of its arguments.
//! It reads no environment, no home directory and no clock but the socket's; what it needs is given to it.
//! If the power goes, nothing is lost here: the only thing it keeps on disk is a recording, durable turn by turn.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::disallowed_methods,
        reason = "tests fail by panicking"
    )
)]

mod anthropic;
mod attachment;
mod error;
mod find;
mod history;
mod json;
mod limits;
mod local;
mod message;
mod money;
mod openai_chat;
mod openai_responses;
mod prices;
mod protocol;
mod provider;
mod proxy;
mod record;
mod recorded;
mod remote;
mod retry;
mod scrub;
mod sse;
mod trust;
mod wire;

pub use attachment::{Attachment, BadAttachment, Content, ImageKind, Medium, TooMuch};
pub use error::{Fault, ModelError};
pub use find::{NoModel, Settings, find, find_with};
pub use message::{Delta, Message, Part, Reply, Request, Role, StopReason, ToolShape, Usage};
pub use money::{BadMoney, Currency, Money, Sums};
pub use prices::{BadDay, BadPrices, Day, Price, Prices, Tokens};
pub use proxy::BadProxy;
pub use record::{RecordError, Recorder};
pub use recorded::{BadRecording, Recorded};
pub use retry::{Pause, real_pause};
pub use scrub::Scrub;

use std::sync::atomic::AtomicBool;

/// One language model, ready to be asked.
pub trait Model: Send {
    /// `provider/name`, as a person would give it to `--model`.
    fn name(&self) -> &str;

    /// Tokens of prompt and reply together that fit.
    fn context_limit(&self) -> u64;

    /// Whether it is known to take these. What is not known is not sent.
    fn takes(&self, _: Medium) -> bool {
        false
    }

    /// Asks once and waits for the whole reply.
    ///
    /// `live` hears what arrives, as it arrives; none of it may be acted on before the reply is returned. Setting
    /// `cancel` ends the wait within 100 ms and closes the connection.
    ///
    /// # Errors
    /// Every way in which there is no whole reply. Then nothing of it is to be used.
    fn ask(
        &mut self,
        request: &Request,
        live: &mut dyn FnMut(Delta),
        cancel: &AtomicBool,
    ) -> Result<Reply, ModelError>;
}
