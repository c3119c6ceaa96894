//! `countersign sign`

use action::{Answer, Deed, Reply};
use agent::{Answered, Office, Story};

use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, BAD, Ending, GOOD, WARN};
use crate::words;

/// Countersign a held intent with your SSH key.
///
/// When that completes the quorum, it is executed, here and at once; what is done in a box, when its session goes on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign sign 3f2a\n  countersign sign 3f2a --key ~/.ssh/id_ed25519")]
pub(crate) struct Args {
    /// The intent; the first digits are enough.
    id: String,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let story = crate::named::intent(&service, &args.id)?;
    if !common.json {
        words::story_lines(&story).iter().for_each(|line| screen::say(line));
    }
    let answer = question(&home, &service, &story, Reply::Yes, "")?;
    let signed = home.signer()?.sign(&answer)?;
    let (answered, settled) = agent::sign(&service, &story.intent.id, signed)?;
    if common.json {
        screen::json(&super::show::json_of(&crate::named::intent(&service, story.intent.id.as_str())?));
    }
    match (answered, settled) {
        (Answered::Waits(quorum), _) => {
            if !common.json {
                screen::say_in(WARN, &format!("✓ signed by {}; it still needs {}", answer.person, quorum.words()));
            }
            Ok(Ending::Done)
        }
        (Answered::Complete(_), Some(settled)) => {
            let (style, mark) = if settled.ok { (GOOD, '✓') } else { (BAD, '✗') };
            if !common.json {
                screen::say_in(style, &format!("{mark} signed by {}; {}", answer.person, settled.receipt.outcome.line));
                screen::say(&format!("  receipt: entry {} · countersign ledger prove {}", settled.receipt.index, words::short(&story.intent.id)));
            }
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
    let person = home.person(service)?;
    let policy = story.verdict.as_ref().map_or_else(|| service.guard.policy_digest(), |verdict| verdict.policy);
    Ok(guard::question(&story.intent, &story.effects, policy, story.generation, story.expires, person, reply, why.to_owned())?)
}
