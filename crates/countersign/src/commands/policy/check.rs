//! `countersign policy check`

use std::path::PathBuf;

use action::Reason;
use guard::{BadPolicy, Finding, Flaw, PolicySource, lint};
use serde_json::{Value, json};

use super::{Logic, in_force, json_of_witness, not_taken, safe_lines, shown, text};
use crate::args::Common;
use crate::home::built_in;
use crate::screen::{self, BAD, Ending, GOOD, WARN};
use crate::solver::Asking;
use crate::words;

/// Which policy, and how strictly.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign policy check\n  countersign policy check ours.cedar\n  countersign policy check ours.cedar --strict --json\n\nExit code 1: it would not be taken, a rule can fail to be evaluated, matches nothing or is ruled out, or the solver gave no answer. With --strict also where a\nrule is shadowed, and where no solver is installed.")]
pub(super) struct Args {
    /// Cedar policies; those in force by default.
    file: Option<PathBuf>,
    /// Fail also where a rule is shadowed by others, and where no solver is installed to look.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    logic: Logic,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let policies = args.file.as_deref().map_or_else(|| in_force(common), text)?;
    let told = match looked(&PolicySource { policies: &policies, ..built_in() }, &args.logic.asking()?, args.strict) {
        Ok(told) => told,
        Err(bad) => return Ok(not_taken(common, "it", &bad)),
    };
    match common.json {
        true => screen::json(&told.json()),
        false => told.tell(),
    }
    Ok(if told.ok() { Ending::Done } else { Ending::NotDone })
}

/// Checks it, and looks for rules that decide nothing.
pub(super) fn looked(source: &PolicySource<'_>, asking: &Asking, strict: bool) -> Result<Told, BadPolicy> {
    let rules = guard::check(source)?;
    let findings = lint(source, &|script| asking.answer(script))?;
    Ok(Told { rules, findings, absent: asking.is_absent(), strict })
}

/// What was found.
pub(super) struct Told {
    rules: Vec<Reason>,
    findings: Vec<Finding>,
    /// No solver is installed, and none was named.
    absent: bool,
    strict: bool,
}

/// So many rules of which nothing is known are named; the rest is counted.
const NAMED: usize = 20;

impl Told {
    pub(super) fn ok(&self) -> bool {
        !self.findings.iter().any(|finding| self.fails(&finding.flaw))
    }

    fn fails(&self, flaw: &Flaw) -> bool {
        match flaw {
            Flaw::Errs(_) | Flaw::Dead | Flaw::Contradicted { .. } => true,
            Flaw::Shadowed(_) => self.strict,
            Flaw::Unproved(_) => self.strict || !self.absent,
        }
    }

    /// Why rules are not known, each once.
    fn unknown(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for finding in &self.findings {
            match &finding.flaw {
                Flaw::Unproved(why) if !all.contains(&why.as_str()) => all.push(why),
                _ => {}
            }
        }
        all
    }

    pub(super) fn tell(&self) {
        self.rules.iter().for_each(|rule| screen::say(&format!("{:<28} {}", words::safe(&rule.rule), words::safe(&rule.text))));
        screen::say_in(GOOD, &format!("✓ {}; each has a reason, and all of it fits the schema", words::counted(self.rules.len(), "rule")));
        let (known, open): (Vec<&Finding>, Vec<&Finding>) = self.findings.iter().partition(|finding| !matches!(finding.flaw, Flaw::Unproved(_)));
        known.into_iter().chain(open.iter().take(NAMED).copied()).for_each(|finding| self.tell_one(finding));
        if open.len() > NAMED && !self.absent {
            screen::say_in(BAD, &format!("✗ not known   and {} more, of {} in all of which it is not known; --json names each", open.len() - NAMED, words::counted(open.len(), "rule")));
        }
        let unknown = self.unknown();
        if !unknown.is_empty() {
            screen::say_in(WARN, "whether a rule is dead, ruled out or shadowed, and whether one can fail, was not looked at, or not to the end:");
            unknown.iter().for_each(|why| screen::say_in(WARN, &safe_lines(why)));
        }
        let failing = self.findings.iter().filter(|finding| self.fails(&finding.flaw)).count();
        let shadowed = self.findings.iter().filter(|finding| matches!(finding.flaw, Flaw::Shadowed(_))).count();
        match (failing, shadowed) {
            (0, _) if !unknown.is_empty() => {}
            (0, 0) => screen::say_in(GOOD, "✓ none can fail to be evaluated, and each decides something"),
            (0, n) => screen::say_in(GOOD, &format!("✓ none can fail to be evaluated, is dead or is ruled out; {n} shadowed, which may be meant as a second lock")),
            (n, _) => screen::say_in(BAD, &format!("✗ something is wrong with {} of {}, or is not known of them", n, words::counted(self.rules.len(), "rule"))),
        }
    }

    fn tell_one(&self, finding: &Finding) {
        let style = if self.fails(&finding.flaw) { BAD } else { WARN };
        let mark = if self.fails(&finding.flaw) { "✗" } else { "·" };
        let name = words::safe(&finding.rule.rule);
        match &finding.flaw {
            Flaw::Unproved(_) if self.absent => {}
            flaw => screen::say_in(style, &format!("{mark} {:<11} [{name}] {}", word(flaw), sentence(flaw))),
        }
        match &finding.flaw {
            Flaw::Errs(witness) => shown(witness).iter().for_each(|line| screen::say(line)),
            Flaw::Shadowed(witness) => {
                screen::say(&format!("    {}", words::safe(&witness.story())));
                witness.rules.iter().for_each(|rule| screen::say(&format!("      decided all the same by [{}] {}", words::safe(&rule.rule), words::safe(&rule.text))));
                if witness.rules.is_empty() {
                    screen::say("      no other rule permits it either");
                }
            }
            Flaw::Dead | Flaw::Contradicted { .. } | Flaw::Unproved(_) => {}
        }
    }

    pub(super) fn json(&self) -> Value {
        let findings: Vec<Value> = self.findings.iter().map(|finding| self.json_of(finding)).collect();
        json!({"ok": self.ok(), "rules": self.rules, "looked": self.unknown().is_empty(), "findings": findings})
    }

    fn json_of(&self, finding: &Finding) -> Value {
        let mut json = json!({"rule": finding.rule.rule, "is": word(&finding.flaw), "says": sentence(&finding.flaw), "fails": self.fails(&finding.flaw)});
        match &finding.flaw {
            Flaw::Errs(witness) | Flaw::Shadowed(witness) => json["witness"] = json_of_witness(witness),
            Flaw::Contradicted { by } => json["by"] = json!(by),
            Flaw::Unproved(why) => json["why"] = json!(why),
            Flaw::Dead => {}
        }
        json
    }
}

fn word(flaw: &Flaw) -> &'static str {
    match flaw {
        Flaw::Errs(_) => "can fail",
        Flaw::Dead => "dead",
        Flaw::Contradicted { .. } => "ruled out",
        Flaw::Shadowed(_) => "shadowed",
        Flaw::Unproved(_) => "not known",
    }
}

fn sentence(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Errs(_) => "it cannot be evaluated on some requests, and Cedar would go on without it".into(),
        Flaw::Dead => "it matches no request that the schema can make".into(),
        Flaw::Contradicted { by } => {
            let names: Vec<String> = by.iter().map(|rule| format!("[{}]", words::safe(&rule.rule))).collect();
            format!("all that it permits is forbidden by {}, whoever signs: it never decides anything", names.join(" and "))
        }
        Flaw::Shadowed(_) => "without it every decision is the same; for example".into(),
        Flaw::Unproved(_) => "whether it decides anything is not known".into(),
    }
}
