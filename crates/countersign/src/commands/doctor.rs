//! `countersign doctor`

use crate::args::Common;
use crate::home::{Home, launcher, variables};
use crate::screen::{self, BAD, Ending, GOOD, WARN};

/// Say what this machine offers, and what that means.
///
/// The kernel's parts are tried, not looked up; git, the service and the model are looked for.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code 1 when agents cannot work here.")]
pub(crate) struct Args {}

pub(crate) fn run(common: &Common, _: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let level = sandbox::level(&launcher());
    let git = agent::git_version();
    let settings = model::Settings { variables: variables(), probe_local: true, ..model::Settings::default() };
    let model = model::find(&settings).map(|model| model.name().to_owned()).map_err(|e| e.to_string());
    let enough = level.is_enough();
    let registries = crate::door::reachable(&home)?;
    let key = home.key_line();
    if common.json {
        screen::json(&serde_json::json!({"box": level, "enough": enough, "git": git, "founded": home.is_founded(), "home": home.folder, "key": key.as_ref().ok(), "registries": registries, "model": model.as_ref().ok()}));
        return Ok(if enough { Ending::Done } else { Ending::NotDone });
    }
    let verdict = |ok: bool, line: &str| screen::say_in(if ok { GOOD } else { BAD }, &format!("{} {line}", if ok { '✓' } else { '✗' }));
    level.lines().iter().for_each(|line| screen::say(&format!("  {line}")));
    verdict(enough, if enough { "the box can be made: agents work freely inside it" } else { "the box cannot be made: whatever an agent asks for is held, and nothing is run here" });
    verdict(git.is_some(), &git.map_or_else(|| "git was not found: folders are copied, changes land without commits".into(), |v| format!("{v}: change sets can land as commits")));
    match home.is_founded() {
        true => verdict(true, &format!("the service is in {}; {} sits here", home.folder.display(), home.config.person.as_deref().unwrap_or("nobody"))),
        false => screen::say_in(WARN, "‖ no service yet: run `countersign init`"),
    }
    match key {
        Ok(line) if home.is_founded() && home.service().and_then(|service| home.person(&service)).is_err() => {
            verdict(false, &format!("you would sign with {line}, which belongs to nobody who is enrolled"));
        }
        Ok(line) => verdict(true, &format!("you sign with {line}")),
        Err(why) => screen::say_in(WARN, &format!("‖ {}", screen::complaint(&why))),
    }
    verdict(true, &format!("the dependency door opens to {}", registries.join(", ")));
    crate::door::notes()?.iter().for_each(|note| screen::say_in(WARN, &format!("‖ {}", crate::words::safe(note))));
    match model {
        Ok(name) => verdict(true, &format!("model {name}")),
        Err(why) => screen::say_in(WARN, &format!("‖ {why}")),
    }
    Ok(if enough { Ending::Done } else { Ending::NotDone })
}
