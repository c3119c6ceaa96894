//! The dependency door of a session: the hosts that this machine's package managers are configured for, and who is asked
//! for others.

use std::path::Path;
use std::sync::Arc;

use agent::{Doorway, Reaching};
use broker::{Answer, Door, DoorRules, HostRule, Registries};

use crate::home::{Home, user_home, variables};
use crate::screen::Misuse;

/// The registries that this machine's clients use, and those that `config.toml` adds.
pub(crate) fn rules(home: &Home) -> anyhow::Result<DoorRules> {
    let mut rules = Registries::read(&user_home()?, &variables()).rules();
    for text in &home.config.registries {
        let (host, port) = text.rsplit_once(':').unwrap_or((text, "443"));
        let port = port.parse().map_err(|_| Misuse(format!("`{text}` in config.toml is not HOST:PORT")))?;
        rules.open.push(HostRule::new(host, port)?);
    }
    Ok(rules)
}

/// What was left out of the machine's configuration, and why.
pub(crate) fn notes() -> anyhow::Result<Vec<String>> {
    Ok(Registries::read(&user_home()?, &variables()).notes)
}

/// Those hosts as policy names them: `name` for port 443, else `name:port`.
pub(crate) fn reachable(home: &Home) -> anyhow::Result<Vec<String>> {
    Ok(rules(home)?.open.iter().map(ToString::to_string).collect())
}

/// Opens the door. Every host is an intent; what policy does not name is held, with its id in the answer.
pub(crate) fn open(socket: &Path, rules: DoorRules, reaching: Reaching, passed: impl Fn(&str, bool) + Send + Sync + 'static) -> anyhow::Result<Door> {
    let passed = Arc::new(passed);
    let told = Arc::clone(&passed);
    let ask = move |reach: &broker::Reach| match reaching.ask(&reach.host, reach.port) {
        Doorway::Open => Answer::Open,
        Doorway::Held(id) => {
            told(&reach.to_string(), false);
            let short = crate::words::short(&id);
            Answer::Held { text: format!("held as {short}: a person must countersign it (countersign sign {short}), then try again") }
        }
        Doorway::Refused(text) => {
            told(&reach.to_string(), false);
            Answer::Refused { text }
        }
    };
    let seen = move |passage: &broker::Passage| {
        if let (Some(reach), broker::End::Passed | broker::End::Cut { .. }) = (&passage.reach, &passage.end) {
            passed(&reach.to_string(), true);
        }
    };
    Ok(Door::open(socket, rules, Box::new(ask), Box::new(seen))?)
}
