//! `countersign sign`

use action::{Answer, Deed, PersonId, Reply};
use agent::{Answered, Office, Story};
use anyhow::bail;

use crate::args::Common;
use crate::home::Home;
use crate::offline::{self, Import};
use crate::screen::{self, BAD, Ending, GOOD, Misuse, WARN};
use crate::words;

/// Countersign a held intent with your SSH key.
///
/// When that completes the quorum, it is executed, here and at once; what is done in a box, when its session goes on. A key on another
/// machine signs the page that `countersign show --export` writes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign sign 3f2a\n  countersign sign 3f2a --key ~/.ssh/id_ed25519\n  countersign sign 3f2a --import yes.txt.sig\n  countersign sign 3f2a --import yes.txt.json")]
pub(crate) struct Args {
    /// The intent; the first digits are enough.
    id: String,
    #[command(flatten)]
    import: Import,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let story = crate::named::intent(&service, &args.id)?;
    if !common.json {
        words::story_lines(&story).iter().for_each(|line| screen::say(line));
    }
    let (signed, answer) = match &args.import.file {
        Some(file) => offline::import(&service, &story, file)?,
        None => {
            let answer = question(&home, &service, &story, Reply::Yes, "")?;
            (home.signer()?.sign(&answer)?, answer)
        }
    };
    if answer.reply == Reply::No {
        bail!(Misuse(format!("this says no, and nothing was recorded\nhint: countersign refuse {} --import FILE.sig", words::short(&story.intent.id))));
    }
    let (answered, settled) = agent::sign(&service, &story.intent.id, signed).map_err(offline::with_hint)?;
    if common.json {
        screen::json(&super::show::json_of(&crate::named::intent(&service, story.intent.id.as_str())?));
    }
    match (answered, settled) {
        (Answered::Waits(quorum), _) => {
            if !common.json {
                screen::say_in(WARN, &format!("✓ signed by {}; it still needs {}", answer.person, quorum.words()));
                let ballot = service.book.roster()?.ballot(&story.intent, &story.effects.places());
                if let Some(why) = ballot.apart(&answer.person).filter(|_| quorum.peers > 0) {
                    screen::say_in(WARN, &format!("  {} {why}: what they sign is recorded, and they are nobody's peer in it", answer.person));
                }
                let asker = &story.intent.asked_by;
                let asker_signed = answer.person == *asker || story.answers.iter().any(|(person, _)| person == asker);
                if matches!(story.intent.deed, Deed::Govern { .. }) && !asker_signed {
                    screen::say_in(WARN, &format!("  {asker}, who asked for it, has not signed it; without that nothing is given"));
                }
            }
            Ok(Ending::Done)
        }
        (Answered::Complete(_), Some(settled)) => {
            let (style, mark) = if settled.ok { (GOOD, '✓') } else { (BAD, '✗') };
            if !common.json {
                screen::say_in(style, &format!("{mark} signed by {}; {}", answer.person, words::safe(&settled.receipt.outcome.line)));
                screen::say(&format!("  receipt: entry {} · countersign ledger prove {}", settled.receipt.index, words::short(&story.intent.id)));
            }
            crate::alarm::tell(&home, &service);
            Ok(if settled.ok { Ending::Done } else { Ending::NotDone })
        }
        (Answered::Complete(_), None) | (Answered::Agreed, _) => {
            if !common.json {
                screen::say_in(GOOD, &format!("✓ signed by {}; {}", answer.person, what_now(&story)));
            }
            Ok(Ending::Done)
        }
        (Answered::Refused(_), _) => Ok(Ending::NotDone),
    }
}

/// What a signature does for an intent that is not executed by whoever signs.
fn what_now(story: &Story) -> String {
    match story.intent.deed {
        Deed::Hand { .. } => format!("it passes once, when `{}` asks for it again", words::safe(story.intent.agent.as_str())),
        Deed::Reach { .. } => "the host is open to its session for an hour".to_owned(),
        Deed::McpStart { ref server } => format!("it starts when its session goes on: countersign resume {} · countersign mcp approve {}", story.intent.session, words::safe(&server.name)),
        _ => format!("it is carried out when its session goes on: countersign resume {}", story.intent.session),
    }
}

/// The text that the person's key signs: exactly what was shown.
pub(crate) fn question(home: &Home, service: &Office, story: &Story, reply: Reply, why: &str) -> anyhow::Result<Answer> {
    answer_of(service, story, home.person(service)?, reply, why)
}

/// The same for another person, who signs elsewhere.
pub(crate) fn answer_of(service: &Office, story: &Story, person: PersonId, reply: Reply, why: &str) -> anyhow::Result<Answer> {
    let policy = story.verdict.as_ref().map_or_else(|| service.guard.policy_digest(), |verdict| verdict.policy);
    Ok(guard::question(&story.intent, &story.effects, policy, story.generation, story.expires, person, reply, why.to_owned())?)
}
