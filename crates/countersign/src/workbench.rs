//! Opens all that a session needs (model, door, box, who is asked) and does something in it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use action::{AgentName, Event, SessionId};
use agent::{Bounds, Card, Crew, Desk, Happening, Limit, Nobody, Options, Reaching, Office, Session, SessionError, Story};
use anyhow::{Context, bail};
use model::Model;
use sandbox::{Limits, Place, Plan, Sandbox};

use crate::door;
use crate::home::{Home, launcher, user_home, variables};
use crate::screen::{Live, Misuse, Outside};
use crate::terminal_desk::TerminalDesk;
use crate::toolchains;

/// What a prompt needs beside the service.
pub(crate) struct Job<'a> {
    pub home: &'a Home,
    pub service: Arc<Office>,
    pub model: Option<Box<dyn Model>>,
    pub options: Options,
    pub let_through: Vec<String>,
    pub headless: bool,
    pub json: bool,
    /// Whether the session begins here.
    pub new: bool,
    /// Which of several that work at once, for live output.
    pub label: Option<String>,
    /// The sessions that this one works for, each with the ledger index from which its stops count: they reach here.
    pub above: Vec<(SessionId, u64)>,
    /// Where its subagents are had from, where it may have some.
    pub crew: Option<&'a dyn Crew>,
    /// The lock of its folder, where it is one command of another maker's agent: its copy begins as the tree is, and only what the
    /// command prints is shown.
    pub boxed: Option<std::fs::File>,
}

/// A new session's card, with what it may spend; its folder is made. Its opening is written when its box is open.
pub(crate) fn open_card(home: &Home, service: &Office, root: &Path, agent: Option<&str>, about: &str, limit: Limit) -> anyhow::Result<Card> {
    let person = home.person(service)?;
    if let Some(name) = agent {
        agent::Role::is_fit(root, name).map_err(|why| Misuse(format!("{why}\nhint: `countersign guidance check` says what is wrong with agents")))?;
    }
    let agent = AgentName::new(agent.unwrap_or(agent::ENGINEER));
    let session = service.session_id();
    let folder = service.session_folder(&session);
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let since = service.book.ledger().len();
    let about = about.lines().next().unwrap_or_default().chars().take(80).collect();
    let unusable = || format!("the session's folder {} cannot be written", folder.display());
    let agreed = agent::agreed_now(&folder).with_context(unusable)?;
    let (parent, bounds) = (None, Bounds::default());
    let card = Card { session, person, agent, root: root.to_path_buf(), base: agent::head(root), about, since, agreed, turn: 0, dropped: 0, limit, context: None, parent, bounds };
    card.save(&folder).with_context(unusable)?;
    Ok(card)
}

/// Opens the session, does something with it, and closes the box.
pub(crate) fn with_session<T>(
    mut job: Job<'_>,
    card: Card,
    what: impl FnOnce(&mut Session<'_>, &mut dyn Desk, &mut dyn FnMut(Happening<'_>)) -> Result<T, SessionError>,
) -> anyhow::Result<T> {
    let stop = Arc::new(AtomicBool::new(false));
    let _signals = Signals::raise(&stop, !job.above.is_empty())?;
    whose(job.home, &job.service, &card)?;
    is_sensible(&job, &card)?;
    let folder = job.service.session_folder(&card.session);
    let is_boxed = job.boxed.is_some();
    let _lock = job.boxed.take().map_or_else(|| lock(&folder), Ok)?;
    let unknown = recovered(&job.service, &card.session)?;

    let (tell, told) = mpsc::channel();
    let socket = folder.join("door");
    let reaching = Reaching::new(Arc::clone(&job.service), card.session.clone(), card.person.clone(), card.agent.clone(), card.bounds.within.clone(), card.since);
    let door = door::open(&socket, door::rules(job.home)?, reaching, move |host, open| {
        tell.send((host.to_owned(), open)).ok(); // nobody listens any more: the session is over
    })?;
    let plan = plan(&job, &card, &folder, &socket)?;
    if is_boxed {
        agent::renew(&card.root, &plan.state)?;
    }
    let (hands, level) = hands(plan)?;
    let voice = Voice::of(is_boxed, job.json);
    if job.new {
        job.service.book.write(&[opening(&card, job.model.as_deref(), &level)?])?;
    }
    if !hands.boxed() && !job.json && !is_boxed {
        crate::screen::say_in(crate::screen::WARN, "‖ no box can be made on this machine (countersign doctor): every step is held, nothing runs");
    }

    let watching = Watch::start(&job.service, std::iter::once((card.session.clone(), card.since)).chain(job.above.clone()).collect(), &stop);
    let (wanted, notes) = job.home.mcp_servers(&card.root);
    let servers = agent::mcp::Servers::of(&job.service.book, &card.root.to_string_lossy(), wanted, notes)?;
    let mut session = Session::open(&job.service, card, job.model, hands, job.options, Arc::clone(&stop))?;
    session.offer(servers);
    if let Some(crew) = job.crew {
        session.hire(crew);
    }
    let mut live = Live::labelled(job.label.clone());
    let label = job.label.as_deref();
    let mut watch = |happening: Happening<'_>| {
        while let Ok((host, open)) = told.try_recv() {
            report(voice, label, &mut live, &Happening::Passage { host: &host, open });
        }
        report(voice, label, &mut live, &happening);
    };
    let mut desk: Box<dyn Desk> = match TerminalDesk::at(job.home, &job.service).filter(|_| !job.headless) {
        Some(desk) => Box::new(desk),
        None => Box::new(Nobody),
    };
    let ended = session.recovered(&unknown, desk.as_mut(), &mut watch).and_then(|()| what(&mut session, desk.as_mut(), &mut watch));
    let how = if ended.is_ok() { "done" } else { "failed" };
    session.close(how)?;
    watching.end();
    door.close();
    ended.map_err(|e| match e {
        SessionError::Model(e) => Outside(e.into()).into(),
        other => other.into(),
    })
}

/// Gives what a process that is gone left without an end its end: of this session, whose lock is ours, and of those that work for it.
fn recovered(service: &Office, session: &SessionId) -> anyhow::Result<Vec<Story>> {
    let mut unknown = agent::recover(service, session)?;
    for one in service.book.with_workers(session)?.into_iter().filter(|one| one != session) {
        if let Ok(_lock) = lock(&service.session_folder(&one)) { // otherwise another process has it
            unknown.extend(agent::recover(service, &one)?);
        }
    }
    Ok(unknown)
}

/// A session acts for who asked for it: what it proposes counts as theirs, so nobody else may give it its words.
pub(crate) fn whose(home: &Home, service: &Office, card: &Card) -> anyhow::Result<()> {
    let person = home.person(service)?;
    if person != card.person {
        bail!("the session `{}` is {}'s, and you are {person}: what it proposes would count as theirs\nhint: begin one of your own with `countersign run`", card.session, card.person);
    }
    Ok(())
}

/// Names that were typed mean something, before anything begins.
fn is_sensible(job: &Job<'_>, card: &Card) -> anyhow::Result<()> {
    if let agent::Wish::Branch(name) = &job.options.landing
        && !agent::is_branch_name(name)
    {
        bail!(Misuse(format!("`{}` is no name that git takes for a branch", crate::words::safe(name))));
    }
    let is_there = |path: &&String| Path::new(path).is_relative() && card.root.join(path).symlink_metadata().is_ok();
    if let Some(gone) = job.let_through.iter().find(|path| !is_there(path)) {
        bail!(Misuse(format!("there is no `{}` in the project to let into the box\nhint: name it from the project's folder, {}", crate::words::safe(gone), card.root.display())));
    }
    Ok(())
}

/// The session's first entry, with what the box really offers.
fn opening(card: &Card, model: Option<&dyn Model>, level: &sandbox::Level) -> anyhow::Result<Event> {
    Ok(Event::Opened {
        session: card.session.clone(),
        person: card.person.clone(),
        agent: card.agent.clone(),
        root: card.root.to_str().context("the path of the work tree is not UTF-8")?.to_owned(),
        model: model.map_or_else(String::new, |model| model.name().to_owned()),
        level: level.lines().join("; "),
        parent: card.parent.clone(),
    })
}

/// Who listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    /// A person.
    Person,
    /// A program.
    Events,
    /// Whoever called a command: it hears that command and nothing else.
    Command,
}

impl Voice {
    fn of(boxed: bool, json: bool) -> Self {
        match (boxed, json) {
            (true, _) => Self::Command,
            (false, true) => Self::Events,
            (false, false) => Self::Person,
        }
    }
}

fn report(voice: Voice, label: Option<&str>, live: &mut Live, happening: &Happening<'_>) {
    match (voice, happening) {
        (Voice::Events, _) => crate::events::print(happening, label),
        (Voice::Person, _) => live.show(happening),
        (Voice::Command, Happening::Output { bytes }) => {
            let mut out = std::io::stdout();
            out.write_all(bytes).and_then(|()| out.flush()).ok(); // whoever listened has gone
        }
        (Voice::Command, Happening::Complaint { text }) => crate::screen::complain(text),
        (Voice::Command, Happening::Passage { host, open: false }) => crate::screen::complain(&format!("{host} is closed from inside the box")),
        (Voice::Command, _) => {}
    }
}

fn plan(job: &Job<'_>, card: &Card, folder: &Path, socket: &Path) -> anyhow::Result<Plan> {
    let home = user_home()?;
    let environments = job.service.book.environments()?;
    let places = places(&environments)?;
    Ok(Plan {
        tree: card.root.clone(),
        state: folder.join("box"),
        visible: toolchains::visible(&home, &card.root, folder, &variables()),
        let_through: job.let_through.clone(),
        environments: places.into_iter().filter(|place| !card.root.starts_with(&place.path)).collect(),
        door: Some(socket.to_path_buf()),
        variables: toolchains::passed_on(&home, &card.root, &variables()),
        home,
        limits: Limits::default(),
    })
}

/// Every folder that is an environment: none of them is in the box. The first of an environment is the one that is rehearsed.
fn places(environments: &[(action::Environment, action::Generation)]) -> anyhow::Result<Vec<Place>> {
    let mut places = Vec::new();
    for (environment, _) in environments {
        for path in environment.paths.iter().map(PathBuf::from) {
            match std::fs::metadata(&path) {
                Ok(found) if found.is_dir() => places.push(Place { name: environment.name.clone(), path }),
                Ok(_) => bail!("`{}` of environment {} is a file, and a box cannot hide a single file\nhint: map its folder", path.display(), environment.name),
                Err(_) => {} // not there: nothing to hide
            }
        }
    }
    Ok(places)
}

/// Hands in a box; tied ones where the kernel offers too little, so that every step is held.
fn hands(plan: Plan) -> anyhow::Result<(tools::Hands, sandbox::Level)> {
    match Sandbox::open(plan, &launcher()) {
        Ok(sandbox) => {
            let level = sandbox.level().clone();
            Ok((tools::Hands::new(sandbox), level))
        }
        Err(sandbox::OpenError::NotEnough { level, .. }) if !level.is_enough() => Ok((tools::Hands::tied(), *level)),
        Err(other) => Err(no_box(other)),
    }
}

/// A folder that cannot be boxed is misuse; everything else is trouble outside.
fn no_box(why: sandbox::OpenError) -> anyhow::Error {
    match why {
        sandbox::OpenError::Plan(plan) if !matches!(plan, sandbox::BadPlan::Unreadable { .. }) => Misuse(format!("no box, so nothing runs: {plan}")).into(),
        other => Outside(anyhow::Error::new(other).context("no box, so nothing runs")).into(),
    }
}

/// One process a session: the copy has one writer.
pub(crate) fn lock(folder: &Path) -> anyhow::Result<std::fs::File> {
    let file = std::fs::File::create(folder.join("lock")).with_context(|| format!("the session's folder {} cannot be written", folder.display()))?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| anyhow::anyhow!("the session is running in another process\nhint: `countersign stop` ends it"))?;
    Ok(file)
}

/// Ctrl-C raises the flag; where it is raised already, the program ends. The flag of one that works for another session goes
/// with it: raised by a stop of that one alone, it would make the next Ctrl-C the last.
struct Signals(Vec<signal_hook::SigId>);

impl Signals {
    fn raise(stop: &Arc<AtomicBool>, for_a_while: bool) -> anyhow::Result<Self> {
        let mut ids = Vec::new();
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            ids.push(signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(stop))?);
            ids.push(signal_hook::flag::register(signal, Arc::clone(stop))?);
        }
        Ok(Self(if for_a_while { ids } else { Vec::new() }))
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.0.drain(..) {
            signal_hook::low_level::unregister(id);
        }
    }
}

/// Looks for stops on the ledger ten times a second, and raises the flag.
struct Watch {
    over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Watch {
    fn start(service: &Arc<Office>, sessions: Vec<(SessionId, u64)>, stop: &Arc<AtomicBool>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (service, stop, ended) = (Arc::clone(service), Arc::clone(stop), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            let mut version = None;
            while !ended.load(Ordering::Relaxed) {
                let now = service.book.ledger().data_version().ok();
                if now.is_none() || now != version {
                    version = now;
                    let goes_on = |(session, since): &(SessionId, u64)| matches!(service.book.stopped(*since, session, None), Ok(None));
                    if !sessions.iter().all(goes_on) {
                        stop.store(true, Ordering::Relaxed); // stopped, or a ledger that cannot say
                        return;
                    }
                }
                std::thread::park_timeout(Duration::from_millis(100));
            }
        });
        Self { over, thread: Some(thread) }
    }

    fn end(mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            thread.join().ok();
        }
    }
}
