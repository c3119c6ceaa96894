//! `countersign inbox`

use crate::args::Common;
use crate::clock;
use crate::home::Home;
use crate::screen::{self, DIM, Ending};
use crate::words;

/// List what waits for a signature, and what was signed and waits for its session.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign inbox\n  countersign inbox --all --json")]
pub(crate) struct Args {
    /// Also what was held and is over.
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    crate::alarm::sound(common, &home, &service)?;
    let now = clock::now();
    let mut stories = Vec::new();
    for story in service.book.held()? {
        let before = story.stage;
        let story = agent::look_after(&service, story)?;
        if args.all || story.waits(now) || story.stage != before {
            stories.push(story); // what was just found without an end is told once
        }
    }
    if stories.is_empty() && !common.json {
        screen::say_in(DIM, "nothing waits for a signature");
    }
    for story in &stories {
        match common.json {
            true => screen::json(&super::show::json_of(story)),
            false => {
                screen::say(&words::list_line(story));
                if agent::waits_for_its_session(&service, story)? {
                    screen::say_in(DIM, &format!("              signed; it is carried out when its session goes on: countersign resume {}", story.intent.session));
                } else if let Some(quorum) = story.quorum().filter(|_| story.waits(now)) {
                    let signed: Vec<&str> = story.answers.iter().map(|(person, _)| person.as_str()).collect();
                    let so_far = if signed.is_empty() { "nobody yet".into() } else { signed.join(", ") };
                    screen::say_in(DIM, &format!("              needs {}; signed by {so_far}", quorum.words()));
                }
            }
        }
    }
    Ok(Ending::Done)
}
