//! Where people are told what must not be overlooked: `[[channels]]` of `config.toml`.

use agent::notices::{self, Owed};
use agent::Office;
use serde::{Deserialize, Serialize};

use crate::screen::{self, Misuse};
use crate::words;

/// One of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Channel {
    /// Its name, under which the ledger says that it was told.
    pub name: String,
    /// An address that takes a JSON text by POST, as Slack, Teams and others offer it. Often a secret.
    pub webhook: String,
}

/// Their names; two of one name could not be told apart in the ledger.
pub(crate) fn names(channels: &[Channel]) -> anyhow::Result<Vec<String>> {
    let names: Vec<String> = channels.iter().map(|channel| channel.name.clone()).collect();
    for (at, name) in names.iter().enumerate() {
        super::commands::init::check_name(name)?;
        if names.iter().take(at).any(|other| other == name) {
            return Err(Misuse(format!("two [[channels]] of config.toml are named `{name}`\nhint: give each a name of its own")).into());
        }
    }
    Ok(names)
}

/// Tells each what it is owed and writes down that it took it. What one does not take stays owed, and is said here; whether all was told.
pub(crate) fn tell(service: &Office, channels: &[Channel], owed: &[Owed]) -> anyhow::Result<bool> {
    let mut silent: Vec<&str> = Vec::new();
    for one in owed {
        let Some(channel) = channels.iter().find(|channel| channel.name == one.channel) else { continue };
        if silent.contains(&channel.name.as_str()) {
            continue; // one that hangs is waited for once
        }
        match broker::tell_as_named_here(&channel.webhook, &one.json.to_string()) {
            Ok(()) => notices::was_told(service, one)?,
            Err(e) => {
                silent.push(&channel.name);
                screen::complain(&format!("channel `{}` was not told: {e}; it is tried again. What it was to be told: {}", words::safe(&channel.name), words::safe(&one.text)));
            }
        }
    }
    Ok(silent.is_empty())
}
