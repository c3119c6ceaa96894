//! Where names are defined and used: language servers of a session's box, and the tree by name where there is none.
//!
//! ```text
//! find ─▶ inside: where it stands, which server ─┬─ it runs ─▶ asked ─▶ inside: what stands there
//!                                                ├─ it does not: it is wanted; whoever has the session starts it, and asks again
//!                                                └─ there is none, or it failed ─▶ inside: by name, and that it is so
//! ```
//!
//! A server is started by an order of its own ([`start`]), at most three times in a session, on the copy, and has no network. It
//! runs what the project says (build scripts, macros, plugins), so nothing of it is believed: its answers are bounded, and of
//! what they name only files of the tree are shown. Servers end with the hands.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use action::{Countersigned, Deed, Intent, Seeks};

use crate::done::Done;
use crate::execute::{ExecuteError, ask_inside};
use crate::hands::Hands;
use crate::inside::{Answered, Located, Request, Step, Text};

mod family;
mod server;
mod talk;
mod uri;
mod warden;
mod wire;

pub(crate) use family::Family;
use server::{Server, Start, program};
use talk::TalkError;

/// One that fails is started again so often.
const MOST_RESTARTS: u32 = 2;

/// The servers of one session.
#[derive(Default)]
pub(crate) struct Languages {
    known: BTreeMap<Family, State>,
    wanted: Option<Wanted>,
}

/// What is known of one server.
#[derive(Default)]
struct State {
    server: Option<Server>,
    /// How often one that ran had to be ended.
    failed: u32,
    /// Why there is none, and will be none.
    given_up: Option<String>,
}

/// A server that is to be started.
struct Wanted {
    family: Family,
    command: String,
    stamps: BTreeMap<String, u64>,
}

impl std::fmt::Debug for Languages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let running = self.known.iter().filter(|(_, state)| state.server.is_some()).map(|(family, _)| family);
        f.debug_list().entries(running).finish()
    }
}

impl Languages {
    /// The order that would start what is wanted.
    pub(crate) fn wanted(&self) -> Option<Deed> {
        let wanted = self.wanted.as_ref()?;
        Some(Deed::LanguageStart { language: wanted.family.name().to_owned(), command: wanted.command.clone() })
    }

    pub(crate) fn renounce(&mut self, language: &str, why: &str) {
        self.wanted = None;
        if let Some(family) = Family::named(language) {
            self.known.entry(family).or_default().given_up = Some(why.to_owned());
        }
    }

    pub(crate) fn end_all(&mut self) {
        self.wanted = None;
        self.known.values_mut().for_each(|state| state.server = None);
    }
}

/// Finds a symbol, by a server that runs or by name.
pub(crate) fn find(order: &Countersigned<Intent>, hands: &mut Hands, stop: &AtomicBool) -> Result<Done, ExecuteError> {
    hands.languages.wanted = None;
    let programs = hands.sandbox()?.program_folders().map(str::to_owned).collect();
    let answered = step(order, hands, Step::Locate { programs })?;
    let Some(located) = &answered.located else { return Ok(Done::answered(answered)) };
    let why = match standing(&mut hands.languages, located) {
        Standing::Without(why) => why,
        Standing::Wanted => {
            let line = format!("the language server `{}` is to be started first", located.command.as_deref().map(program).unwrap_or_default());
            return Ok(Done::said(true, &line, format!("{line}; nothing was looked up yet")));
        }
        Standing::Runs(server) => match asked(order, hands, located, *server, stop)? {
            Ok(done) => return Ok(done),
            Err(why) => why,
        },
    };
    step(order, hands, Step::ByName { why }).map(Done::answered)
}

/// Starts the server that the last symbol wants. A program that does not say what it can do is no server.
pub(crate) fn start(order: &Countersigned<Intent>, hands: &mut Hands, language: &str, command: &str, stop: &AtomicBool) -> Result<Done, ExecuteError> {
    let wanted = hands.languages.wanted.take().filter(|wanted| wanted.family.name() == language && wanted.command == command);
    let Some(Wanted { family, stamps, .. }) = wanted else {
        return Ok(Done::failed("no symbol wants this language server; nothing was started"));
    };
    let tree = hands.sandbox()?.tree();
    let began = match hands.sandbox()?.serve(order, Vec::new()) {
        Ok(served) => Server::over(served, Start { family, command, tree, stamps }, stop),
        Err(error) => Err(error.to_string()),
    };
    let state = hands.languages.known.entry(family).or_default();
    match began {
        Ok(server) => {
            let line = format!("the language server `{}` runs", server.name());
            state.server = Some(server);
            Ok(Done::said(true, &line, line.clone()))
        }
        Err(why) => {
            let why = format!("`{}` is no language server here: {why}", program(command));
            state.given_up = Some(why.clone());
            Ok(Done::failed(&why))
        }
    }
}

fn step(order: &Countersigned<Intent>, hands: &Hands, step: Step) -> Result<Answered, ExecuteError> {
    let request = Request { step, ..Request::new(order.value().deed.clone(), BTreeMap::new()) };
    ask_inside(order, hands, &request)
}

/// How a symbol is to be found.
enum Standing {
    /// By this server, taken out of the hands while it is asked.
    Runs(Box<Server>),
    /// By one that is to be started.
    Wanted,
    /// By name, for this reason.
    Without(String),
}

fn standing(languages: &mut Languages, located: &Located) -> Standing {
    let state = languages.known.entry(located.family).or_default();
    if let Some(why) = &state.given_up {
        return Standing::Without(why.clone());
    }
    let Some(command) = &located.command else {
        return Standing::Without(format!("no language server for {} is in the project or in the box", located.family.name()));
    };
    let Some(stamps) = &located.stamps else {
        return Standing::Without("the project has more files than a language server can be kept in step with".to_owned());
    };
    match state.server.take().filter(|server| server.runs() && !server.is_outdated(stamps)) {
        Some(server) => Standing::Runs(Box::new(server)),
        None => {
            languages.wanted = Some(Wanted { family: located.family, command: command.clone(), stamps: stamps.clone() });
            Standing::Wanted
        }
    }
}

/// What it says, or why it says nothing. One that is in no known state is ended.
fn asked(order: &Countersigned<Intent>, hands: &mut Hands, located: &Located, mut server: Server, stop: &AtomicBool) -> Result<Result<Done, String>, ExecuteError> {
    let Deed::FindSymbol { seeks, .. } = order.value().deed else {
        return Err(ExecuteError::NotHere { deed: order.value().deed.line() });
    };
    let nothing = BTreeMap::new();
    let stamps = located.stamps.as_ref().unwrap_or(&nothing);
    let mut texts = |paths: Vec<String>| -> Option<Vec<Text>> { step(order, hands, Step::Texts { paths }).ok().map(|answered| answered.texts) };
    match server.find(seeks, located, stamps, &mut texts, stop) {
        Ok(places) if places.inside.is_empty() && places.outside.is_empty() && seeks == Seeks::Definition && places.more == 0 => {
            let why = format!("`{}` knows no definition of it", server.name());
            hands.languages.known.entry(located.family).or_default().server = Some(server);
            Ok(Err(why))
        }
        Ok(places) => {
            hands.languages.known.entry(located.family).or_default().server = Some(server);
            step(order, hands, Step::Places(places)).map(|answered| Ok(Done::answered(answered)))
        }
        Err(error) => Ok(Err(failed(&mut hands.languages, located.family, server, &error))),
    }
}

fn failed(languages: &mut Languages, family: Family, server: Server, error: &TalkError) -> String {
    let why = format!("`{}`: {}", server.name(), server.why(error));
    let state = languages.known.entry(family).or_default();
    match error {
        TalkError::Refused { .. } => state.server = Some(server),
        TalkError::Stopped => {}
        _ => {
            state.failed += 1;
            if state.failed > MOST_RESTARTS {
                state.given_up = Some(format!("{why}; it is not started again"));
            }
        }
    }
    why
}
