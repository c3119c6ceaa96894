//! What is known where an input would run: the work tree, and the environments that the service maps.

use std::path::{Path, PathBuf};

use action::{Environment, Generation};
use agent::Survey;
use anyhow::Context;
use effects::manifest::Action;
use effects::{Place, Reading};

use super::Args;
use super::input::Input;
use super::kind::Kind;
use super::readers::{self, Spot};
use super::snapshot::Snapshot;
use crate::args::Common;
use crate::home::{self, Home};
use crate::screen::{Misuse, Outside};

/// A reader names paths, they are looked at, and it reads again: links lead on, though not for ever.
const LOOKS: usize = 4;

/// A place, looked at just now.
pub(super) struct Scene {
    survey: Survey,
    /// Where it would run, absolute, and from the tree's root.
    directory: String,
    root: PathBuf,
    within: String,
    home: PathBuf,
    environments: Option<Vec<(Environment, Generation)>>,
    place: Place,
    action: Action,
    snapshot: Snapshot,
}

impl Scene {
    /// Looks at the folder and opens the service, where there is one.
    pub(super) fn look(common: &Common, args: &Args) -> anyhow::Result<Self> {
        let typed = args.directory.as_deref().unwrap_or(Path::new("."));
        let directory = typed.canonicalize().map_err(|e| Misuse(format!("`{}` cannot be read: {e}", typed.display())))?;
        if !directory.is_dir() {
            anyhow::bail!(Misuse(format!("`{}` is no folder", typed.display())));
        }
        let root = agent::top(&directory).filter(|root| directory.starts_with(root)).unwrap_or_else(|| directory.clone());
        let within = directory.strip_prefix(&root).unwrap_or(Path::new("")).to_string_lossy().into_owned();
        Ok(Self {
            survey: Survey::of_session(&root),
            root: root.clone(),
            directory: directory.to_string_lossy().into_owned(),
            within,
            home: home::user_home().unwrap_or_default(),
            environments: if args.no_service { None } else { environments(common)? },
            place: args.place.place(),
            action: if args.delete { Action::Delete } else { Action::Apply },
            snapshot: Snapshot::read(args)?,
        })
    }

    /// Whether the environments of a service are known.
    pub(super) fn has_service(&self) -> bool {
        self.environments.is_some()
    }

    /// A file as the tree has it, from how it is called where a command would run.
    fn in_tree(&self, file: &Path) -> Option<String> {
        let folder = Path::new(&self.directory).join(file.parent()?).canonicalize().ok()?;
        let whole = folder.join(file.file_name()?);
        Some(whole.strip_prefix(&self.root).ok()?.to_str()?.to_owned())
    }

    /// Reads one input.
    pub(super) fn read(&self, input: &Input) -> anyhow::Result<Reading> {
        let Snapshot { dialect, database, tables, state, recorded, plans } = &self.snapshot;
        let spot = Spot { directory: &self.directory, place: self.place, action: self.action, dialect: *dialect, database };
        let environments = self.environments.clone().unwrap_or_default();
        let mut facts = self.survey.facts_of_text(input.text(), &self.within, &self.home, environments)?;
        (facts.tables, facts.state, facts.recorded_state) = (tables.clone(), state.clone(), recorded.clone());
        facts.plans = plans.iter().filter_map(|(plan, text)| Some((self.in_tree(plan)?, text.clone()))).collect();
        if self.place == Place::Host {
            agent::clients::add_settings(input.text(), &self.home, &crate::home::variables(), &mut facts);
        }
        let mut reading = readers::read(input, spot, &facts);
        for _ in 0..LOOKS {
            let names = reading.sightings().iter().map(|sighting| sighting.effect.resource.name.as_str());
            if !matches!(input.kind, Kind::Shell { .. }) || !self.survey.look_at(names, &mut facts)? {
                break;
            }
            reading = readers::read(input, spot, &facts);
        }
        Ok(reading)
    }
}

/// The environments of the service; `None` where there is no service. One that is there and cannot be read is no reason to be milder.
fn environments(common: &Common) -> anyhow::Result<Option<Vec<(Environment, Generation)>>> {
    let home = Home::find(common)?;
    if !home.is_founded() {
        return Ok(None);
    }
    let known = home.service().and_then(|service| Ok(service.book.environments()?));
    let known = known.context("the environments cannot be read\nhint: with --no-service every place but this machine is unknown");
    Ok(Some(known.map_err(Outside)?))
}
