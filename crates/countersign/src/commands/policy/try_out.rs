//! `countersign policy try`

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use action::{AgentName, Decision, Deed, Effects, Intent, PersonId, Quorum, Verdict};
use agent::Office;
use anyhow::bail;
use guard::{Circumstances, Explanation, Voter};
use serde_json::json;

use super::{guard_under, json_of, lines, not_taken, text};
use crate::args::Common;
use crate::commands::read::{DialectWord, PlaceWord, Supposed};
use crate::home::Home;
use crate::screen::{self, BAD, BOLD, DIM, Ending, GOOD, Misuse, WARN};
use crate::words;

mod effect;

/// What is supposed, and of whom.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["commands", "plans", "sql", "manifests", "effects"]), after_help = EXAMPLES)]
pub(super) struct Args {
    /// A command line, read as `countersign read` reads it.
    #[arg(long = "command", short = 'c', value_name = "COMMAND")]
    commands: Vec<String>,
    /// A plan of Terraform or OpenTofu, as `terraform show -json` writes it; `-` is standard input here and below.
    #[arg(long = "plan", value_name = "FILE")]
    plans: Vec<OsString>,
    /// SQL.
    #[arg(long = "sql", value_name = "FILE")]
    sql: Vec<OsString>,
    /// A manifest.
    #[arg(long = "manifest", value_name = "FILE")]
    manifests: Vec<OsString>,
    /// An effect in words: `VERB KIND [NAME] in PLACE [irreversible] [data-bearing] [whole-environment] [opaque] …`.
    #[arg(long = "effect", value_name = "EFFECT")]
    effects: Vec<String>,
    /// The folder where it would be done; this one by default.
    #[arg(long = "cwd", short = 'C', value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Where texts would run (default: host); an effect in words is judged as bounded by the box, unless this says host.
    #[arg(long, value_enum, conflicts_with = "by_hand")]
    place: Option<PlaceWord>,
    /// As an agent of another maker, with its own hands, outside every box.
    #[arg(long)]
    by_hand: bool,
    /// The agent's role.
    #[arg(long, value_name = "ROLE", default_value = agent::ENGINEER)]
    agent: String,
    /// The language of SQL.
    #[arg(long, value_enum)]
    dialect: Option<DialectWord>,
    /// Under these Cedar policies instead of those in force.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Suppose that this enrolled person signed it; may be given several times.
    #[arg(long = "signed-by", value_name = "PERSON")]
    signed_by: Vec<String>,
}

const EXAMPLES: &str = "Examples:
  countersign policy try --command 'terraform destroy'
  countersign policy try --command 'rm -rf build' --by-hand --cwd ~/app
  countersign policy try --plan plan.json --as ana --signed-by ben --signed-by olga
  countersign policy try --sql migration.sql --dialect postgres
  countersign policy try --effect 'delete database orders in production irreversible data-bearing'
  countersign policy try --effect 'update file in staging' --policy ours.cedar --json

Exit codes: 0 it would pass (as it is, or with the signatures that are supposed), 1 it would be held or refused, 2 misuse. Nothing is recorded.";

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let policies = args.policy.as_deref().map(text).transpose()?;
    if let Some(bad) = policies.as_deref().and_then(|policies| guard::check(&guard::PolicySource { policies, ..crate::home::built_in() }).err()) {
        return Ok(not_taken(common, "it", &bad));
    }
    let home = Home::find(common)?;
    let scratch = tempfile::tempdir()?;
    let mut desk = Desk::open(common, &home, scratch.path())?;
    if let Some(policies) = &policies {
        desk.service.guard = guard_under(&desk.service, policies)?;
    }
    let tried = desk.tries(common, args)?;
    match common.json {
        true => tried.json(&desk),
        false => tried.tell(&desk, args),
    }
    Ok(if tried.passes() { Ending::Done } else { Ending::NotDone })
}

/// Where it is tried: the service, or one that has nobody in it.
struct Desk {
    service: Office,
    /// There is a service.
    founded: bool,
    person: PersonId,
}

impl Desk {
    fn open(common: &Common, home: &Home, scratch: &Path) -> anyhow::Result<Self> {
        if !home.is_founded() {
            let person = PersonId::new(common.person.as_deref().unwrap_or("somebody"));
            return Ok(Self { service: home.scratch(scratch)?, founded: false, person });
        }
        let service = home.service()?;
        let person = match &common.person {
            Some(name) => enrolled(&service, name)?, // nothing is signed, so no key of theirs is asked for
            None => home.person(&service)?,
        };
        Ok(Self { service, founded: true, person })
    }

    fn tries(&self, common: &Common, args: &Args) -> anyhow::Result<Tried> {
        let signers = args.signed_by.iter().map(|name| self.signer(name)).collect::<anyhow::Result<Vec<_>>>()?;
        let (intent, effects) = self.supposed(common, args)?;
        let has_text = !(args.commands.is_empty() && args.plans.is_empty() && args.sql.is_empty() && args.manifests.is_empty());
        let boxed = !args.by_hand && args.place.map_or(!has_text, |place| place == PlaceWord::Box);
        let circumstances = self.service.circumstances_now(&intent, &effects, boxed)?;
        let guard = &self.service.guard;
        // Where there is no service nobody is enrolled, and the policy is asked by itself.
        let verdict = if self.founded { self.service.would_say(&intent, &effects, boxed) } else { guard.assess(&intent, &effects, &circumstances) };
        let explained = guard.explain(&intent, &effects, &circumstances).map_err(|why| anyhow::anyhow!("the policy could not be asked: {why}"))?;
        let roster = self.service.book.roster()?;
        let quorum = if let Decision::Hold { quorum } = verdict.decision { Some(quorum) } else { None };
        let could_be_met = quorum.is_none_or(|quorum| roster.ballot(&intent, &effects.places()).could_meet(quorum, &roster, crate::clock::now()));
        let voters = roster.voters(&intent, &effects.places(), crate::clock::now());
        let signed = (!signers.is_empty()).then(|| self.signed(&intent, &effects, &circumstances, &verdict, &signers)).transpose()?;
        Ok(Tried { intent, effects, verdict, explained, voters, could_be_met, quorum, signed })
    }

    /// The intent that is supposed, and what it would touch.
    fn supposed(&self, common: &Common, args: &Args) -> anyhow::Result<(Intent, Effects)> {
        let agent = AgentName::new(&args.agent);
        let places = self.service.book.environments()?;
        let mut effects = args.effects.iter().map(|text| effect::read(text, &places)).collect::<anyhow::Result<Vec<_>>>()?;
        let by_hand: &[String] = if args.by_hand { &args.commands } else { &[] };
        let read = Supposed {
            commands: if args.by_hand { &[] } else { &args.commands },
            plans: &args.plans,
            sql: &args.sql,
            manifests: &args.manifests,
            place: args.place.unwrap_or(PlaceWord::Host),
            directory: args.directory.as_deref(),
            dialect: args.dialect,
        };
        effects.extend(read.effects(common)?);
        if !args.by_hand {
            let deed = Deed::Shell { command: args.commands.join("; "), cwd: ".".into(), seconds: 1, background: false };
            return Ok((Office::supposed(&self.person, &agent, deed), Effects::new(effects)));
        }
        let typed = args.directory.as_deref().unwrap_or(Path::new("."));
        let folder = typed.canonicalize().map_err(|e| Misuse(format!("`{}` cannot be read: {e}", words::safe(&typed.display().to_string()))))?;
        let (intent, found) = self.service.supposed_by_hand(&self.person, &agent, &folder, by_hand)?;
        effects.extend(found.iter().cloned());
        Ok((intent, Effects::new(effects)))
    }

    fn signer(&self, name: &str) -> anyhow::Result<PersonId> {
        if !self.founded {
            bail!(Misuse(format!("there is no service, so `{}` is not enrolled and could sign nothing\nhint: run `countersign init` first, or name its folder with --home", words::safe(name))));
        }
        enrolled(&self.service, name)
    }

    fn signed(&self, intent: &Intent, effects: &Effects, circumstances: &Circumstances, verdict: &Verdict, people: &[PersonId]) -> anyhow::Result<Signed> {
        let roster = self.service.book.roster()?;
        let why = match verdict.decision {
            Decision::Refuse => Some("no signature permits it".to_owned()),
            Decision::Permit => None,
            Decision::Hold { quorum } => self.service.guard.if_signed_by(intent, effects, circumstances, &roster, Some(quorum), people, crate::clock::now()).err().map(|e| e.to_string()),
        };
        Ok(Signed { by: people.to_vec(), why })
    }
}

/// Somebody who is enrolled, by name.
fn enrolled(service: &Office, name: &str) -> anyhow::Result<PersonId> {
    let person = PersonId::new(name);
    match service.book.roster()?.is_enrolled(&person) {
        true => Ok(person),
        false => bail!(Misuse(format!("`{}` is not enrolled\nhint: `countersign people` lists who is", words::safe(name)))),
    }
}

/// Whose signatures are supposed, and why they are not enough, where they are not.
struct Signed {
    by: Vec<PersonId>,
    why: Option<String>,
}

/// What would be said.
struct Tried {
    intent: Intent,
    effects: Effects,
    verdict: Verdict,
    explained: Vec<Explanation>,
    voters: Vec<Voter>,
    could_be_met: bool,
    quorum: Option<Quorum>,
    signed: Option<Signed>,
}

impl Tried {
    fn passes(&self) -> bool {
        match self.verdict.decision {
            Decision::Permit => true,
            Decision::Hold { .. } => self.signed.as_ref().is_some_and(|signed| signed.why.is_none()),
            Decision::Refuse => false,
        }
    }

    /// Whose yes brings the quorum nearer: of who asked only where not all have to be somebody else.
    fn helpers(&self) -> Vec<&Voter> {
        let all_peers = self.quorum.is_none_or(|quorum| quorum.people <= quorum.peers);
        self.voters.iter().filter(|voter| self.quorum.is_some() && (voter.peer || !all_peers)).collect()
    }

    fn tell(&self, desk: &Desk, args: &Args) {
        let how = if args.by_hand { ", with its own hands" } else { "" };
        screen::say(&format!("asked by   {} (agent `{}`{how})", words::safe(desk.person.as_str()), words::safe(&args.agent)));
        if !desk.founded {
            screen::say_in(WARN, "there is no service here: nobody is enrolled, and no place but this machine is mapped");
        }
        screen::say("effects    computed by us from what was typed:");
        self.effects.iter().for_each(|effect| screen::say(&format!("  - {}", words::safe(&effect.line()))));
        if self.effects.is_empty() {
            screen::say("  - none: judged as running a program");
        }
        screen::say_in(BOLD, &format!("verdict    {}", words::decision(&self.verdict.decision)));
        self.verdict.reasons.iter().for_each(|reason| screen::say(&format!("  - {} [{}]", words::safe(&reason.text), words::safe(&reason.rule))));
        self.explained.iter().flat_map(lines).for_each(|line| screen::say(&line));
        self.tell_people(desk);
        screen::say_in(DIM, "nothing was recorded, and nothing of it was run");
    }

    fn tell_people(&self, desk: &Desk) {
        if let Some(quorum) = self.quorum.filter(|_| desk.founded) {
            let names: Vec<String> = self.helpers().into_iter().map(named).collect();
            screen::say(&format!("could sign {}", if names.is_empty() { "nobody who is enrolled".to_owned() } else { names.join(", ") }));
            if !self.could_be_met {
                screen::say_in(BAD, &format!("           together they are not enough: it needs {}", quorum.words()));
            }
        }
        if let Some(signed) = &self.signed {
            let names: Vec<String> = signed.by.iter().map(|person| words::safe(person.as_str())).collect();
            match &signed.why {
                None => screen::say_in(GOOD, &format!("✓ signed by {}: it would pass", names.join(", "))),
                Some(why) => screen::say_in(BAD, &format!("✗ signed by {}: it would not pass: {}", names.join(", "), words::safe(why))),
            }
        }
    }

    fn json(&self, desk: &Desk) {
        let people = |voters: Vec<&Voter>| -> Vec<serde_json::Value> {
            voters.into_iter().map(|voter| json!({"person": voter.person, "did_not_ask": voter.peer, "owner": voter.owner, "admin": voter.admin})).collect()
        };
        screen::json(&json!({
            "asked_by": desk.person, "agent": self.intent.agent, "service": desk.founded, "effects": self.effects, "lines": self.effects.lines(),
            "verdict": self.verdict, "explained": self.explained.iter().map(json_of).collect::<Vec<_>>(), "could_sign": people(self.helpers()),
            "could_be_met": self.could_be_met && (desk.founded || self.quorum.is_none()), "passes": self.passes(),
            "signed": self.signed.as_ref().map(|signed| json!({"by": signed.by, "enough": signed.why.is_none(), "why": signed.why})),
        }));
    }
}

/// Somebody, and what counts of them.
fn named(voter: &Voter) -> String {
    let marks = [(!voter.peer, "asked for it"), (voter.owner, "owner"), (voter.admin, "admin")];
    let marks: Vec<&str> = marks.into_iter().filter(|(holds, _)| *holds).map(|(_, mark)| mark).collect();
    let name = words::safe(voter.person.as_str());
    if marks.is_empty() { name } else { format!("{name} ({})", marks.join(", ")) }
}
