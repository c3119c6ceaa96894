//! `countersign team`

use std::collections::BTreeSet;

use action::{Governance, PersonId};
use anyhow::bail;
use clap::Subcommand;

use crate::args::Common;
use crate::governing::change;
use crate::home::Home;
use crate::screen::{self, DIM, Ending};
use crate::words;

/// List the teams, or change who is in one.
///
/// Who is in a team is a right like a role: each change is an intent that you sign, and others where it needs them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign team list\n  countersign team add payments --member ben --member olga\n  countersign team remove payments --member ben\n  countersign team remove payments\n\nExit code 1: it was refused, or others must sign it too; its id is printed.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Put people in a team; it is made if there is none of that name.
    Add {
        /// The team.
        name: String,
        /// Who joins it.
        #[arg(long = "member", required = true, value_name = "PERSON")]
        members: Vec<String>,
    },
    /// Take people out of a team; a team with nobody in it is gone.
    Remove {
        /// The team.
        name: String,
        /// Who leaves it; everybody by default.
        #[arg(long = "member", value_name = "PERSON")]
        members: Vec<String>,
    },
    /// Print the teams and who is in them.
    List,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let roster = service.book.roster()?;
    let wanted = match &args.what {
        None | Some(What::List) => return Ok(list(common, &roster)),
        Some(What::Add { name, members }) => {
            super::init::check_name(name)?;
            Governance::SetTeam { team: name.clone(), joined: named(members), left: Vec::new() }
        }
        Some(What::Remove { name, members }) => {
            let Some(people) = roster.teams().get(name) else {
                bail!("there is no team `{}`\nhint: `countersign team list` lists them", words::safe(name));
            };
            let left = if members.is_empty() { people.iter().cloned().collect() } else { named(members) };
            Governance::SetTeam { team: name.clone(), joined: Vec::new(), left }
        }
    };
    change(common, &home, &service, wanted)
}

fn list(common: &Common, roster: &guard::Roster) -> Ending {
    for (team, people) in roster.teams() {
        match common.json {
            true => screen::json(&serde_json::json!({"team": team, "people": people})),
            false => screen::say(&format!("{:<16} {}", words::safe(team), people.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", "))),
        }
    }
    if roster.teams().is_empty() && !common.json {
        screen::say_in(DIM, "there is no team; `countersign team add NAME --member PERSON` makes one");
    }
    Ending::Done
}

/// Each once, sorted: the same people are the same change.
fn named(members: &[String]) -> Vec<PersonId> {
    members.iter().map(PersonId::new).collect::<BTreeSet<_>>().into_iter().collect()
}
