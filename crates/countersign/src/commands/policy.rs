//! `countersign policy`

mod backtest;
mod check;
mod diff;
mod observe;
mod prove;
mod set;
mod suggest;
mod try_out;

use std::path::Path;
use std::time::Duration;

use action::{Decision, Reason};
use agent::Office;
use anyhow::Context;
use clap::Subcommand;
use guard::{BadPolicy, Explanation, Guard, GuardKey, Outcome, PolicySource, Witness};
use serde_json::json;

use crate::args::Common;
use crate::clock;
use crate::home::{Home, built_in};
use crate::screen::{self, BAD, DIM, Ending, Misuse, WARN};
use crate::solver::{Asking, Solver};
use crate::words;

/// Check a policy, prove it, compare or try it, or tell why a verdict is as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign policy check ours.cedar\n  countersign policy prove\n  countersign policy prove ours.cedar --invariants our-invariants.cedar\n  countersign policy diff old.cedar new.cedar\n  countersign policy try --command 'terraform destroy'\n  countersign policy backtest new.cedar --since 14d\n  countersign policy suggest --days 90 --out narrower.cedar\n  countersign policy observe ours.cedar\n  countersign policy observed\n  countersign policy set ours.cedar\n  countersign policy explain 3f2a\n\nExit code 1: the policy would not be taken, a rule decides nothing, an invariant fails or is not proved, the new policy permits more or decides otherwise, or what is tried would be held.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check a policy as the guard does before it takes one, and find rules that decide nothing.
    ///
    /// It parses, every rule has an id and a reason, and all of it fits the schema. With logic (cvc5) it is looked whether a rule can fail to
    /// be evaluated, matches no request at all (dead), permits nothing because others forbid all of it (ruled out), or changes no decision
    /// beside the others (shadowed).
    Check(check::Args),
    /// Prove with logic (cvc5) that a policy permits nothing that an invariant rules out.
    ///
    /// It holds whatever is asked and whoever signs. What fails is told with a request that shows it; what the solver does not decide is not proved and counts as failed.
    Prove(prove::Args),
    /// Tell with logic (cvc5) what one policy permits that another does not, action by action.
    ///
    /// Exit code 0: the new policy provably permits nothing that the old one does not.
    Diff(diff::Args),
    /// Try a command, a plan, SQL or an effect: what would be said of it, and who could sign.
    ///
    /// It is read as `countersign read` reads it and judged as if it were asked for now, with the environments and people of the service
    /// where there is one. Nothing is run, and nothing is recorded.
    Try(try_out::Args),
    /// Judge decisions again under another policy, and list those that would be others.
    ///
    /// Each decision of the ledger is judged under the policy in force first: one that does not come out as it is recorded is counted and
    /// named, and nothing else is told of it.
    Backtest(backtest::Args),
    /// Suggest a narrower policy: without the rights that no agent has used.
    ///
    /// It is the present policy and further `forbid` rules. That it permits nothing more is proved (cvc5), and that everything that was
    /// asked for would be decided as it was is seen by judging all of it again.
    Suggest(suggest::Args),
    /// Put another policy in force, by signatures; it must be checked and proved.
    ///
    /// It is checked as by `check` and proved as by `prove`; where either fails nothing is asked of anybody. What was found is kept on the ledger beside
    /// it, and it is signed like a giving of rights. What was held under the old policy is void.
    Set(set::Args),
    /// Observe another policy by a signature: what it would say is recorded, and decides nothing.
    ///
    /// From then on each decision has beside it what that policy would have decided, with the facts of that moment. `policy observed` lists
    /// what would flip; `policy set` puts it in force. It takes one admin. What is observed never lets anything pass.
    Observe(observe::Args),
    /// List what the observed policy would have decided otherwise.
    Observed(observe::Listing),
    /// Print the policy in force.
    Show,
    /// Tell what each rule says of each effect of an intent, signature by signature.
    Explain {
        /// The intent; the first digits are enough.
        id: String,
    },
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    match &args.what {
        What::Check(args) => check::run(common, args),
        What::Prove(args) => prove::run(common, args),
        What::Diff(args) => diff::run(common, args),
        What::Try(args) => try_out::run(common, args),
        What::Backtest(args) => backtest::run(common, args),
        What::Suggest(args) => suggest::run(common, args),
        What::Set(args) => set::run(common, args),
        What::Observe(args) => observe::run(common, args),
        What::Observed(args) => observe::list(common, args),
        What::Show => {
            let policies = in_force(common)?;
            policies.lines().for_each(|line| screen::say(&words::safe(line)));
            Ok(Ending::Done)
        }
        What::Explain { id } => explain(common, id),
    }
}

/// The text of the policy in force: the one that people signed, else the one in this program.
fn in_force(common: &Common) -> anyhow::Result<String> {
    let home = Home::find(common)?;
    match home.is_founded() {
        true => crate::home::policy_of(&home.service()?.book),
        false => Ok(built_in().policies.to_owned()),
    }
}

/// More is no policy that anybody reads.
const LONGEST: u64 = 4 * 1024 * 1024;

fn text(file: &Path) -> anyhow::Result<String> {
    use std::io::Read as _;
    let shown = || format!("`{}` cannot be read", words::safe(&file.display().to_string()));
    let found = std::fs::metadata(file).with_context(shown)?;
    if !found.is_file() || found.len() > LONGEST {
        anyhow::bail!(Misuse(format!("`{}` is no file of up to 4 MiB", words::safe(&file.display().to_string()))));
    }
    let mut text = String::new();
    std::fs::File::open(file).and_then(|file| file.take(LONGEST).read_to_string(&mut text)).with_context(shown)?;
    Ok(text)
}

/// Says why something would not be taken.
fn not_taken(common: &Common, what: &str, bad: &BadPolicy) -> Ending {
    match common.json {
        true => screen::json(&json!({"ok": false, "why": bad.to_string()})),
        false => screen::say_in(BAD, &format!("✗ {} would not be taken: {}", words::safe(what), words::safe(&bad.to_string()))),
    }
    Ending::NotDone
}

/// What all questions together may take.
const ALL: Duration = Duration::from_secs(120);

/// With what it is proved.
#[derive(Debug, clap::Args)]
struct Logic {
    #[command(flatten)]
    solver: Solver,
    /// How long the solver may take for one question; what it does not answer by then is not proved.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    seconds: u16,
}

impl Logic {
    fn asking(&self) -> anyhow::Result<Asking> {
        Ok(Asking::new(self.solver.program()?, Duration::from_secs(self.seconds.into()), ALL))
    }
}

/// What a request shows, in lines: the request, and which rules decide it.
fn shown(witness: &Witness) -> Vec<String> {
    let each = |label: &str, rules: &[Reason]| rules.iter().map(|rule| format!("      {label} [{}] {}", words::safe(&rule.rule), words::safe(&rule.text))).collect::<Vec<_>>();
    let mut lines = vec![format!("    {}", words::safe(&witness.story()))];
    lines.extend(each(if witness.errs { "cannot be evaluated:" } else { "permitted by" }, &witness.rules));
    lines
}

/// Why something is not proved, with a hint on a line of its own; a solver's own words may be in it.
fn safe_lines(why: &str) -> String {
    why.lines().map(words::safe).collect::<Vec<_>>().join("\n")
}

fn json_of_outcome(outcome: &Outcome) -> serde_json::Value {
    match outcome {
        Outcome::Holds => json!({"outcome": "holds"}),
        Outcome::Unproved(why) => json!({"outcome": "unknown", "why": why}),
        Outcome::Fails(witness) => json!({"outcome": "fails", "witness": json_of_witness(witness)}),
    }
}

fn json_of_witness(witness: &Witness) -> serde_json::Value {
    json!({
        "story": witness.story(), "action": witness.action, "tier": witness.tier, "kind": witness.kind, "role": witness.role, "facts": witness.facts,
        "signatures": witness.signatures, "rules": witness.rules, "against": witness.against, "errs": witness.errs,
    })
}

/// A guard as the service's, with other policies in the place of those in force. Its key signs nothing that anybody believes.
fn guard_under(service: &Office, policies: &str) -> anyhow::Result<Guard> {
    let source = PolicySource { policies, ..built_in() };
    let guard = Guard::with_registries(source, service.reachable.iter().map(String::as_str), GuardKey::generate(clock::seed()?))?;
    Ok(guard.naming_documentation(service.documentation.iter().map(String::as_str))?)
}

fn explain(common: &Common, id: &str) -> anyhow::Result<Ending> {
    let service = Home::find(common)?.service()?;
    let story = crate::named::intent(&service, id)?;
    let explained = service.explain(&story)?;
    let other = story.verdict.as_ref().is_some_and(|verdict| verdict.policy != service.guard.policy_digest());
    if common.json {
        let effects: Vec<serde_json::Value> = explained.iter().map(json_of).collect();
        screen::json(&json!({"intent": story.intent.id, "verdict": story.verdict, "other_policy": other, "effects": effects}));
        return Ok(Ending::Done);
    }
    screen::say(&format!("would      {}", words::what(&story.intent.deed)));
    if let Some(verdict) = &story.verdict {
        screen::say(&format!("verdict    {}", words::decision(&verdict.decision)));
    }
    if other {
        screen::say_in(WARN, "it was judged under another policy; this is what the one in force says now");
    }
    explained.iter().flat_map(lines).for_each(|line| screen::say(&line));
    screen::say_in(DIM, "as things stand now; of several effects the gravest counts, and what the service asks for beside the policy is in `countersign show`");
    Ok(Ending::Done)
}

fn lines(one: &Explanation) -> Vec<String> {
    const MOST: usize = 5;
    let mut lines: Vec<String> = one.lines.iter().take(MOST).map(|line| format!("effect     {}", words::safe(line))).collect();
    if one.lines.len() > MOST {
        lines.push(format!("           and {} more of the same kind", one.lines.len() - MOST));
    }
    for rung in &one.rungs {
        lines.push(format!("  {} {}", if rung.allowed { "✓ passes" } else { "✗ stops " }, with(&rung.with)));
        lines.extend(rung.rules.iter().map(|rule| format!("      [{}] {}", rule.rule, words::safe(&rule.text))));
        if rung.rules.is_empty() {
            lines.push("      no rule permits it".into());
        }
    }
    let change = match one.rungs.last() {
        Some(rung) if rung.allowed && rung.with == Decision::Permit => "nothing has to: the policy permits it".to_owned(),
        Some(rung) if rung.allowed => format!("it passes {}", with(&rung.with)),
        _ => "no signature does: only another effect, another place or another policy".to_owned(),
    };
    lines.push(format!("  what changes it: {change}"));
    lines
}

fn with(decision: &Decision) -> String {
    match decision {
        Decision::Permit => "with nobody's signature".into(),
        Decision::Hold { quorum } => format!("with {}", quorum.words()),
        Decision::Refuse => "with no signature".into(),
    }
}

fn json_of(one: &Explanation) -> serde_json::Value {
    let rungs: Vec<serde_json::Value> = one.rungs.iter().map(|rung| json!({"with": rung.with, "allowed": rung.allowed, "rules": rung.rules})).collect();
    json!({"lines": one.lines, "rungs": rungs})
}
