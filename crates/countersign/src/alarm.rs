//! What must not be overlooked: broken glass, and reviews that are owed. It is said wherever people look at what waits or what is where.

use agent::Office;
use guard::Broken;

use crate::args::Common;
use crate::channels;
use crate::clock;
use crate::home::Home;
use crate::screen::{self, BAD, WARN};
use crate::words;

/// Tells the channels of the settings of broken glass that they do not know of. What was done before is done: where nobody can be told that
/// is said, and is no failure of it.
pub(crate) fn tell(home: &Home, service: &Office) {
    let known = &home.config.channels;
    let told = || channels::tell(service, known, &agent::notices::alarms(service, &channels::names(known)?)?);
    if let Err(e) = told() {
        screen::complain(&format!("no channel was told of broken glass: {e:#}"));
    }
}

/// The same, and says it on standard error, so that it is seen beside any output; in JSON there are fields of their own.
pub(crate) fn sound(common: &Common, home: &Home, service: &Office) -> anyhow::Result<()> {
    tell(home, service);
    if common.json {
        return Ok(());
    }
    for broken in service.book.roster()?.standing().glasses().iter().filter(|broken| broken.finding.is_none()) {
        let (style, line) = line(broken);
        screen::warn_in(style, &line);
    }
    Ok(())
}

fn line(broken: &Broken) -> (anstyle::Style, String) {
    let (place, person, id) = (words::safe(broken.glass.environment.as_str()), words::safe(broken.glass.person.as_str()), words::short(&broken.intent));
    match clock::now() < broken.until {
        true => (BAD, format!("!! the glass of {place} is BROKEN for {person} until {}: {} [{id}]", broken.until.text(), words::safe(&broken.glass.why))),
        false => {
            let hint = format!("countersign break-glass review {id} --found …");
            (WARN, format!("!! the glass of {place} was broken for {person} until {}, and a review is owed: {hint}", broken.until.text()))
        }
    }
}
