//! What writing and carrying out a specification share: the project, the service, the person, and sessions to work in.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use action::{ChangeSet, Deed, Parent, SessionId};

use agent::specs::{Bench, Brief, Part, Sitter, SpecTrouble, Standing, Work, Workflow, standings};
use agent::{Card, Ended, Landed, Office, Options};
use anyhow::bail;
use spec::folder::Spec;
use spec::tasks::Tasks;

use super::Place;
use super::folders::{Folder, Project};
use crate::args::Common;
use crate::commands::attach::AttachArgs;
use crate::commands::run::{self, WorkArgs};
use crate::home::Home;
use crate::own_tests;
use crate::screen::{self, DIM, GOOD, Misuse, Outside, WARN};
use crate::words;
use crate::workbench::{self, Job};

/// Everything that work on one specification needs.
pub(super) struct Authoring<'a> {
    pub common: &'a Common,
    pub args: &'a WorkArgs,
    pub home: Home,
    pub service: Arc<Office>,
    pub root: PathBuf,
    pub brief: Brief,
    /// The session that the others work for, once it is open.
    main: Mutex<Option<(SessionId, u64)>>,
}

impl<'a> Authoring<'a> {
    /// For a specification that is to be written.
    pub(super) fn new(common: &'a Common, args: &'a WorkArgs, name: &str, wish: &str, workflow: Workflow) -> anyhow::Result<Self> {
        let (home, root) = (Home::find(common)?, run::root(args)?);
        let service = Arc::new(home.service()?);
        let brief = brief(&root, name, &format!(".kiro/specs/{name}"), wish, workflow);
        Ok(Self { common, args, home, service, root, brief, main: Mutex::default() })
    }

    /// For one that is there.
    pub(super) fn of(common: &'a Common, args: &'a WorkArgs, name: &str, wish: &str) -> anyhow::Result<Self> {
        let (home, root) = (Home::find(common)?, run::root(args)?);
        let service = Arc::new(home.service()?);
        let (folder, spec) = found(&service, &root, name)?;
        let brief = brief(&root, &folder.name, &folder.path, wish, Workflow::of(&spec));
        Ok(Self { common, args, home, service, root, brief, main: Mutex::default() })
    }

    /// The tasks that the person's own tasks.md has, where it can be read.
    pub(super) fn tasks(&self) -> Option<Tasks> {
        let read = sandbox::read_still(&self.root.join(self.brief.path("tasks.md")), 64 << 20);
        read.ok().map(|(bytes, _)| Tasks::read(&String::from_utf8_lossy(&bytes)))
    }

    /// How each document of the workflow stands.
    pub(super) fn standings(&self) -> anyhow::Result<Vec<Standing>> {
        standings_of(&self.service, &self.root, &self.brief)
    }

    /// A session with the person at the desk, where there is one; its turns are those of `model` in a folder of recordings. What is
    /// attached goes with the first words.
    pub(super) fn at_the_desk<T>(
        &self,
        about: &str,
        turns: &str,
        attach: Option<&AttachArgs>,
        what: impl FnOnce(&mut agent::Session<'_>, &mut dyn agent::Desk, &mut dyn FnMut(agent::Happening<'_>)) -> Result<T, SpecTrouble>,
    ) -> anyhow::Result<(Card, T)> {
        let model = self.model(turns)?;
        let files = attach.map(|attach| attach.files(model.as_ref())).transpose()?.unwrap_or_default();
        let card = workbench::open_card(&self.home, &self.service, &self.root, self.args.agent.as_deref(), about, self.args.limits.limit())?;
        if !self.common.json {
            screen::say_in(DIM, &format!("session {} · {} · {about}", card.session, model.name()));
        }
        let job = Job { model: Some(model), headless: self.args.headless, label: None, ..self.job() };
        let mut made = None;
        workbench::with_session(job, card.clone(), |session, desk, watch| {
            session.attach(files)?;
            made = Some(what(session, desk, watch));
            Ok(())
        })?;
        match made {
            Some(made) => Ok((card, made.map_err(trouble)?)),
            None => bail!("the session did nothing; this is a defect, please report it"),
        }
    }

    /// A session that goes on without a model, with the person at the desk where there is one.
    pub(super) fn at_hand(&self) -> Job<'_> {
        Job { headless: self.args.headless, new: false, ..self.job() }
    }

    fn job(&self) -> Job<'_> {
        let options = Options { landing: self.args.land.clone(), supervise: self.args.supervise, max_turns: self.args.max_turns, max_output: 32_000, goal: None };
        let (service, let_through) = (Arc::clone(&self.service), self.args.secrets.clone());
        Job { home: &self.home, service, model: None, options, let_through, headless: true, json: self.common.json, new: true, label: None, above: Vec::new(), crew: None, boxed: None }
    }

    /// The chosen model. A folder of recordings has one file for each who works: `requirements.jsonl`, `task-2.1.jsonl`.
    fn model(&self, turns: &str) -> anyhow::Result<Box<dyn model::Model>> {
        let folder = self.args.model.as_deref().and_then(|chosen| chosen.strip_prefix("recorded:")).filter(|path| Path::new(path).is_dir());
        let Some(folder) = folder else { return run::model(self.args, &self.service, &self.root) };
        let chosen = WorkArgs { model: Some(format!("recorded:{folder}/{turns}.jsonl")), ..self.args.clone() };
        run::model(&chosen, &self.service, &self.root)
    }

    /// Says how a proposal ended; whether it landed.
    pub(super) fn tell(&self, card: &Card, ended: &Ended) -> bool {
        match self.common.json {
            true => screen::json(&serde_json::json!({"event": "proposed", "session": card.session, "change": change_json(ended)})),
            false => run::tell(&self.service, &card.session, ended),
        }
        matches!(&ended.change, Landed::Done(_, _, settled) if settled.ok)
    }
}

impl Bench for Authoring<'_> {
    fn sit(&self, sitter: &Sitter, work: &mut Work<'_>) -> Result<(), SpecTrouble> {
        let bench = |e: anyhow::Error| SpecTrouble::Bench(screen::complaint(&e));
        let model = sitter.model.as_deref().map(|turns| self.model(turns)).transpose().map_err(bench)?;
        let card = workbench::open_card(&self.home, &self.service, &self.root, self.args.agent.as_deref(), &sitter.about, self.args.limits.limit()).map_err(bench)?;
        let headless = self.args.headless || !sitter.at_the_desk;
        let label = (!sitter.at_the_desk).then(|| sitter.label.clone());
        let above = {
            let mut main = self.main.lock().unwrap_or_else(PoisonError::into_inner);
            if sitter.at_the_desk {
                *main = Some((card.session.clone(), card.since));
            }
            main.clone().filter(|_| !sitter.at_the_desk)
        };
        let parent = above.as_ref().map(|(session, _)| Parent::Part { session: session.clone() });
        let card = Card { parent, ..card };
        let job = Job { model, headless, label, above: above.into_iter().collect(), ..self.job() };
        let mut trouble = None;
        let sat = workbench::with_session(job, card, |session, desk, watch| {
            trouble = work(session, desk, watch).err();
            Ok(())
        });
        match trouble {
            Some(trouble) => Err(trouble),
            None => sat.map_err(bench),
        }
    }
}

/// The specification of this name, and its documents.
pub(super) fn find(root: Option<&Path>, name: &str) -> anyhow::Result<(Folder, Spec)> {
    let place = Place { directory: root.map(Path::to_owned) };
    let project = Project::open(&place)?;
    let which = super::Which { names: vec![name.to_owned()], all: false, place };
    match project.chosen(&which)?.into_iter().next() {
        Some(folder) => {
            let spec = project.read(&folder);
            Ok((folder, spec))
        }
        None => bail!(Misuse(format!("there is no specification `{}`", words::safe(name)))),
    }
}

/// The same, where its first document may still be held.
pub(super) fn found(service: &Office, root: &Path, name: &str) -> anyhow::Result<(Folder, Spec)> {
    let missed = match find(Some(root), name) {
        Err(missed) => missed,
        Ok((folder, _)) if words::safe(&folder.path) != folder.path => {
            bail!(Misuse(format!("the name of `{}` has characters that cannot be shown, so nothing is begun with it\nhint: rename the folder", words::safe(&folder.path))))
        }
        found => return found,
    };
    match held_document(service, root, name)? {
        Some((id, file)) => bail!(Misuse(format!("`{}` has nothing in your tree yet: its {file} is held as {id}\nhint: countersign show {id} · countersign sign {id}", words::safe(name)))),
        None => Err(missed),
    }
}

/// A held change set that has a document of a specification of this name, and which.
fn held_document(service: &Office, root: &Path, name: &str) -> anyhow::Result<Option<(String, String)>> {
    let folder = format!(".kiro/specs/{}/", name.trim_end_matches('/').rsplit('/').next().unwrap_or(name));
    for story in service.book.held()?.into_iter().filter(|story| story.waits(service.book.now())) {
        let Deed::Land { root: of, change, .. } = &story.intent.deed else { continue };
        let change: ChangeSet = service.book.get_value(change)?;
        let file = change.changes.iter().find_map(|one| one.path.strip_prefix(&folder).filter(|file| file.ends_with(".md")));
        if let Some(file) = file.filter(|_| Path::new(of) == root) {
            return Ok(Some((words::short(&story.intent.id), words::safe(file))));
        }
    }
    Ok(None)
}

pub(super) fn brief(root: &Path, name: &str, folder: &str, wish: &str, workflow: Workflow) -> Brief {
    let own_tests::Found { runners, has_docs, changelog, tests } = own_tests::all(root);
    Brief { name: name.to_owned(), folder: folder.to_owned(), wish: wish.to_owned(), workflow, id: crate::clock::uuid(), runners, has_docs, changelog, tests, test_seconds: agent::specs::TEST_SECONDS }
}

/// How each document of the workflow stands, in its order, and then what else is there that says what is to be done.
pub(super) fn standings_of(service: &Office, root: &Path, brief: &Brief) -> anyhow::Result<Vec<Standing>> {
    let text = |path: &str| sandbox::read_still(&root.join(path), 64 << 20).ok().map(|(bytes, _)| bytes);
    let is_there = |part: &Part| text(&brief.path(part.file())).is_some();
    let of_workflow: Vec<Part> = brief.workflow.stages().iter().flat_map(|stage| stage.iter().copied()).collect();
    let others = Part::ALL.into_iter().filter(|part| !of_workflow.contains(part) && (*part == Part::Settings || is_there(part) && !(*part == Part::OldSettings && is_there(&Part::Settings))));
    let parts: Vec<Part> = of_workflow.iter().copied().chain(others).collect();
    Ok(standings(&service.book, &root.to_string_lossy(), &brief.folder, &parts, &text)?)
}

/// One line a document, and how the text differs from what was signed.
pub(super) fn tell_standing(service: &Office, root: &Path, brief: &Brief, standing: &Standing) {
    let now = sandbox::read_still(&root.join(brief.path(standing.part.file())), 64 << 20).map(|(bytes, _)| bytes);
    tell_text(service, standing, &now.unwrap_or_default());
}

/// The same with the bytes that are there.
pub(super) fn tell_text(service: &Office, standing: &Standing, now: &[u8]) {
    let file = standing.part.file();
    match (&standing.now, &standing.authorized) {
        (None, _) => screen::say_in(DIM, &format!("  {file:<16} not written")),
        (Some(_), Some(one)) if standing.is_authorized() => {
            let by: Vec<&str> = one.by.iter().map(action::PersonId::as_str).collect();
            screen::say_in(GOOD, &format!("✓ {file:<16} authorized by {} (entry {})", by.join(", "), one.index));
        }
        (Some(_), Some(one)) => {
            screen::say_in(WARN, &format!("‖ {file:<16} edited since it was authorized (entry {}):", one.index));
            let then = service.book.get(&one.text).unwrap_or_default();
            for line in words::unified(&String::from_utf8_lossy(&then), &String::from_utf8_lossy(now)) {
                screen::say(&format!("    {line}"));
            }
        }
        (Some(_), None) => screen::say_in(WARN, &format!("‖ {file:<16} not authorized")),
    }
}

/// Trouble with the model or the machine ends with 3, everything else with 1.
pub(super) fn trouble(e: SpecTrouble) -> anyhow::Error {
    match e {
        SpecTrouble::Session(agent::SessionError::Model(e)) => Outside(e.into()).into(),
        other => other.into(),
    }
}

pub(super) fn change_json(ended: &Ended) -> serde_json::Value {
    use serde_json::json;
    match &ended.change {
        Landed::Nothing => json!({"is": "nothing"}),
        Landed::Held(id, _) => json!({"is": "held", "intent": id}),
        Landed::Done(id, _, settled) => json!({"is": "landed", "intent": id, "receipt": settled.receipt, "ok": settled.ok}),
        Landed::Refused(id, _, reasons) => json!({"is": "refused", "intent": id, "reasons": reasons}),
        Landed::Conflict(paths) => json!({"is": "conflict", "paths": paths}),
    }
}
