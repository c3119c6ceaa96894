//! Where the sessions of subagents are had from: each has a box, a door and a model of its own, like every session, and
//! nobody at its desk.

use std::path::Path;
use std::sync::Arc;

use agent::{Office, Options, Subagent, Wish};
use anyhow::bail;
use model::Model;
use serde_json::json;

use crate::commands::run::{self, WorkArgs};
use crate::home::Home;
use crate::screen::{self, DIM};
use crate::words;
use crate::workbench::{self, Job};

/// What the sessions of one command's subagents have in common with the session that begins them.
pub(crate) struct Crew<'a> {
    pub home: &'a Home,
    pub service: &'a Arc<Office>,
    pub args: &'a WorkArgs,
    pub json: bool,
    pub at_once: usize,
}

/// How many subagents may work at the same time.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CrewArgs {
    /// Subagents that the agent may let work at the same time; 0 for none at all.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=8))]
    pub subagents: u8,
}

impl agent::Crew for Crew<'_> {
    fn at_once(&self) -> usize {
        self.at_once
    }

    fn sit(&self, subagent: &Subagent, work: &mut agent::SubagentWork<'_>) -> Result<(), String> {
        self.seat(subagent, work).map_err(|e| screen::complaint(&e))
    }
}

impl Crew<'_> {
    fn seat(&self, subagent: &Subagent, work: &mut agent::SubagentWork<'_>) -> anyhow::Result<()> {
        let model = model(self.args, self.service, &subagent.card.root, &format!("subagent-{}", subagent.label))?;
        self.tell(subagent, model.name());
        let options = Options { landing: Wish::Worktree, supervise: self.args.supervise, max_turns: self.args.max_turns, max_output: 32_000, goal: None };
        let job = Job {
            home: self.home,
            service: Arc::clone(self.service),
            model: Some(model),
            options,
            let_through: self.args.secrets.clone(),
            headless: true,
            json: self.json,
            new: true,
            label: Some(subagent.label.clone()),
            above: subagent.above.clone(),
            crew: Some(self),
            boxed: None,
        };
        workbench::with_session(job, subagent.card.clone(), |session, desk, watch| work(session, desk, watch))
    }

    /// Which session the label stands for.
    fn tell(&self, subagent: &Subagent, model: &str) {
        let (card, label) = (&subagent.card, &subagent.label);
        match self.json {
            true => screen::json(&json!({"event": "subagent", "of": label, "session": card.session, "agent": card.agent, "about": card.about, "parent": card.parent})),
            false => screen::say_in(DIM, &format!("{label} │ subagent {} · {} · {model} · {}", card.session, words::safe(card.agent.as_str()), words::safe(&card.about))),
        }
    }
}

/// The chosen model. A folder of recordings has a file for each who works: `main.jsonl`, `subagent-1.jsonl`. What a subagent's model says is
/// not recorded.
pub(crate) fn model(args: &WorkArgs, service: &Office, root: &Path, whose: &str) -> anyhow::Result<Box<dyn Model>> {
    let record = args.record.clone().filter(|_| whose == MAIN);
    let recording = args.model.as_deref().and_then(|chosen| chosen.strip_prefix("recorded:"));
    let model = match recording {
        Some(folder) if Path::new(folder).is_dir() => Some(format!("recorded:{folder}/{whose}.jsonl")),
        Some(file) if whose != MAIN => bail!("the recording `{}` has the turns of one agent\nhint: a folder has main.jsonl and {whose}.jsonl", words::safe(file)),
        _ => args.model.clone(),
    };
    run::model(&WorkArgs { model, record, ..args.clone() }, service, root)
}

/// Whose turns the first file of a folder of recordings has.
pub(crate) const MAIN: &str = "main";
