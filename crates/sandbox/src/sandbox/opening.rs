//! How a box is opened: the launcher runs while the tree is searched for secrets, then gets the plan and becomes the box.

use super::*;

use std::collections::BTreeSet;

use crate::kept_out::{KEPT_OUT, KeptOut};
use crate::{git, kept_out, masks, protected};

/// A box is made within this or not at all.
const LONGEST_SETUP: Duration = Duration::from_secs(30);

/// Starts the launcher with a control socket as its standard input and an empty environment.
#[expect(clippy::disallowed_methods, reason = "our own program, on its way to become a box")]
pub(crate) fn launch(launcher: &[OsString]) -> io::Result<(Child, UnixStream)> {
    let (program, arguments) = launcher.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_read_timeout(Some(LONGEST_SETUP))?;
    let child = std::process::Command::new(program)
        .args(arguments)
        .env_clear()
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok((child, ours))
}

pub(super) fn open(plan: Plan, launcher: &[OsString]) -> Result<Shared, OpenError> {
    let plan = plan.settled()?;
    let state = StateFolder::take(&plan.state).map_err(OpenError::State)?;
    let state = state.ok_or_else(|| OpenError::InUse { state: plan.state.clone() })?;
    let (mut child, control) = match launch(launcher) {
        Ok(launched) => launched,
        Err(error) => {
            state.release().map_err(OpenError::State)?;
            return Err(OpenError::Launch(error));
        }
    };
    let prepared = prepare(&plan, &state);
    let (setup, copy, masked) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            drop(control); // the launched process reads the end of its socket and goes
            child.wait().map_err(OpenError::Launch)?;
            state.release().map_err(OpenError::State)?;
            return Err(error);
        }
    };
    let settled = match settle(&mut child, &control, &setup) {
        Ok(settled) => settled,
        Err(error) => {
            state.release().map_err(OpenError::State)?;
            return Err(error);
        }
    };
    Ok(Shared {
        control: Mutex::new(control),
        reader: Mutex::new(settled.reader),
        writer: Mutex::new(settled.writer),
        first: settled.first,
        level: settled.level,
        cgroups: settled.cgroups.into_iter().map(|folder| folder.0).collect(),
        copy,
        places: plan.environments,
        path: plan.variables.into_iter().find(|(name, _)| name == "PATH").map(|(_, value)| value).unwrap_or_default(),
        state,
        disk_bytes: plan.limits.disk_bytes,
        masked: masked.paths,
        kept_out: masked.kept_out,
        next: AtomicU64::new(1),
        running: Mutex::default(),
        closed: AtomicBool::new(false),
        watcher: OnceLock::new(),
    })
}

/// What has a placeholder, and what says so of names that are not there yet.
struct Masked {
    paths: Vec<PathBuf>,
    kept_out: KeptOut,
}

struct Ready {
    first: OwnedFd,
    level: Level,
    cgroups: Vec<Coded>,
    reader: UnixStream,
    writer: UnixStream,
}

/// Sends the plan and waits for the box; on any failure nothing of it remains.
fn settle(child: &mut Child, control: &UnixStream, setup: &Setup) -> Result<Ready, OpenError> {
    let (reader, in_reader) = servant_socket().map_err(OpenError::Launch)?;
    let (writer, in_writer) = servant_socket().map_err(OpenError::Launch)?;
    let sent = wire::send_value(control, setup, &[in_reader.as_fd(), in_writer.as_fd()]);
    drop((in_reader, in_writer));
    let mut first = None;
    let settled = sent.and_then(|()| {
        loop {
            match wire::receive_value::<Settled>(control)?.0 {
                Settled::Born { pid } => first = Some(adopt(pid)?),
                settled => return Ok(settled),
            }
        }
    });
    if settled.is_err() {
        child.kill().ok(); // it may be something else than our program, and wait for more
    }
    child.wait().map_err(OpenError::Launch)?;
    match (settled, first) {
        (Ok(Settled::Ready { level, cgroups }), Some(first)) if level.is_enough() => {
            control.set_read_timeout(None).map_err(OpenError::Launch)?;
            Ok(Ready { first, level, cgroups, reader, writer })
        }
        (settled, first) => {
            if let Some(first) = first {
                end(&first).map_err(OpenError::Launch)?;
            }
            Err(not_open(settled))
        }
    }
}

fn not_open(settled: io::Result<Settled>) -> OpenError {
    match settled {
        Ok(Settled::Failed { step, why, level }) => OpenError::NotEnough { level: Box::new(level), step, why },
        Ok(Settled::Ready { level, .. }) => {
            let (step, why) = ("reach the least level".to_owned(), "a part is missing".to_owned());
            OpenError::NotEnough { level: Box::new(level), step, why }
        }
        Ok(Settled::Born { .. }) => OpenError::Launch(io::ErrorKind::InvalidData.into()),
        Err(error) => OpenError::Launch(error),
    }
}

/// The box's first process is our own child: the launched process gave birth to it in our name and went.
fn adopt(pid: i32) -> io::Result<OwnedFd> {
    let pid = rustix::process::Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidData)?;
    Ok(rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())?)
}

/// Kills the first process and waits until the kernel has ended all that it held.
pub(super) fn end(first: &OwnedFd) -> io::Result<()> {
    match rustix::process::pidfd_send_signal(first, rustix::process::Signal::KILL) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => {}
        Err(error) => return Err(error.into()),
    }
    let wait = || rustix::process::waitid(rustix::process::WaitId::PidFd(first.as_fd()), rustix::process::WaitIdOptions::EXITED);
    match rustix::io::retry_on_intr(wait) {
        Ok(_) | Err(rustix::io::Errno::CHILD) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Makes the layers on disk and the plan as the box needs it.
fn prepare(plan: &Plan, state: &StateFolder) -> Result<(Setup, CopyOf, Masked), OpenError> {
    let mut found = masks::find(&plan.tree, &plan.let_through).map_err(OpenError::Search)?;
    let kept_out = KeptOut::read(&plan.tree, &found.ignoring).map_err(OpenError::Search)?;
    let out = kept_out.existing().map_err(OpenError::Search)?.into_iter().filter(|path| !path.ancestors().any(|above| found.secrets.contains(above))).collect();
    found.without(&out);
    let masked: BTreeSet<PathBuf> = found.secrets.union(&out).cloned().collect();
    if masked.len() > masks::MOST_SECRETS {
        return Err(OpenError::TooManySecrets { found: masked.len(), most: masks::MOST_SECRETS });
    }
    let git = git::GitFolders::of(&plan.tree, &git::OffLimits::of(plan));
    let folders = state.layer(0).map_err(OpenError::State)?;
    let protected = hold_back(&plan.tree, &folders.mask, &found, &out).map_err(OpenError::State)?;
    let mut absolute: Vec<Coded> = protected.iter().map(|path| Coded::new(plan.tree.join(path))).collect();
    let mut layers = vec![layer_of(&plan.tree, &folders).map_err(OpenError::State)?];
    for (number, folder) in git.outside.iter().enumerate() {
        let folders = state.layer(number + 1).map_err(OpenError::State)?;
        git::config::lay_clean(folder, &folders.mask).map_err(OpenError::State)?;
        kept_out::lay_attributes(folder, &folders.mask, masked.iter()).map_err(OpenError::State)?;
        let held = protected::hold_places(folder, &folders.mask, &protected::IN_GIT).map_err(OpenError::State)?;
        absolute.extend(held.iter().map(|path| Coded::new(folder.join(path))));
        layers.push(layer_of(folder, &folders).map_err(OpenError::State)?);
    }
    let places_in_tree = plan.environments.iter().filter_map(|place| place.path.strip_prefix(&plan.tree).ok()).map(Path::to_owned);
    let kept_back = masked.iter().cloned().chain(protected).chain(places_in_tree).collect();
    let copy = CopyOf::of_tree(plan.tree.clone(), folders.upper, kept_back);
    let setup = BoxPlan {
        tree: Coded::new(&plan.tree),
        home: Coded::new(&plan.home),
        stage: Coded::new(state.stage()),
        rehearsals: Coded::new(state.rehearsals()),
        layers,
        visible: plan.visible.iter().chain(&git.borrowed).map(Coded::new).collect(),
        covered: secrets_in(plan.visible.iter().chain(&git.outside).chain(&git.borrowed)),
        protected: absolute,
        places: plan.environments.iter().map(|place| Coded::new(&place.path)).collect(),
        door: plan.door.as_ref().map(Coded::new),
        variables: [own_names(), plan.variables.clone()].concat(),
        limits: plan.limits.clone(),
        etc: etc(&plan.home),
    };
    Ok((Setup::Box(Box::new(setup)), copy, Masked { paths: masked.into_iter().collect(), kept_out }))
}

/// Fills the mask layer of the tree; returns what is read-only in it, relative.
fn hold_back(tree: &Path, mask: &Path, found: &masks::Found, out: &BTreeSet<PathBuf>) -> io::Result<Vec<PathBuf>> {
    masks::lay(mask, &found.secrets, masks::PLACEHOLDER)?;
    masks::lay(mask, out, KEPT_OUT)?;
    let mut protected = protected::hold_places(tree, mask, &protected::PROTECTED)?;
    let dot_git = tree.join(".git");
    match std::fs::symlink_metadata(&dot_git) {
        Ok(metadata) if metadata.is_dir() => {
            git::config::lay_clean(&dot_git, &mask.join(".git"))?;
            kept_out::lay_attributes(&dot_git, &mask.join(".git"), found.secrets.union(out))?;
            let in_git = protected::IN_GIT.map(|name| format!(".git/{name}"));
            protected.extend(protected::hold_places(tree, mask, &in_git.each_ref().map(String::as_str))?);
        }
        Ok(metadata) if metadata.is_file() => protected.push(".git".into()),
        _ => {}
    }
    protected.extend(found.settings.iter().chain(&found.ignoring).filter(|path| !found.secrets.contains(*path)).cloned());
    masks::copy_modes(tree, mask)?;
    Ok(protected)
}

fn layer_of(at: &Path, folders: &crate::state::LayerFolders) -> io::Result<wire::Layer> {
    // The upper-most layer's own folder gives the merged root its mode.
    std::fs::set_permissions(&folders.upper, std::fs::metadata(at)?.permissions())?;
    Ok(wire::Layer {
        at: Coded::new(at),
        mask: Coded::new(&folders.mask),
        upper: Coded::new(&folders.upper),
        work: Coded::new(&folders.work),
    })
}

/// Secrets at the top of folders that are made visible or laid beside the tree.
fn secrets_in<'a>(visible: impl Iterator<Item = &'a PathBuf>) -> Vec<Coded> {
    let entries = visible.filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().filter_map(Result::ok);
    let secret = entries.filter(|entry| masks::is_secret_path(&entry.path()));
    secret.map(|entry| Coded::new(entry.path())).collect()
}

/// The name that the person has in the box.
fn own_name() -> &'static str {
    if rustix::process::geteuid().is_root() { "root" } else { "person" }
}

fn own_names() -> Vec<(String, String)> {
    ["USER", "LOGNAME"].map(|name| (name.to_owned(), own_name().to_owned())).into()
}

/// The files of the box's `/etc` that say who and where one is.
fn etc(home: &Path) -> Vec<(String, String)> {
    let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    let home = home.display();
    let own = format!("{}:x:{user}:{group}::{home}:/bin/bash\n", own_name());
    let (root, nobody) = ("root:x:0:0::/root:/bin/sh\n", "nobody:x:65534:65534::/:/bin/false\n");
    let passwd = if user == 0 { own + nobody } else { format!("{own}{root}{nobody}") };
    let groups = if group == 0 { "root:x:0:\n".to_owned() } else { format!("person:x:{group}:\nroot:x:0:\n") };
    [
        ("passwd", passwd),
        ("group", groups + "nogroup:x:65534:\n"),
        ("hosts", "127.0.0.1 localhost box\n::1 localhost\n".to_owned()),
        ("hostname", "box\n".to_owned()),
        ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n".to_owned()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}
