//! The world that a scenario begins in, and how it was then.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::{Place, Scenario};
use crate::World;

/// A world that has been set up.
pub(super) struct Stage {
    pub(super) world: World,
    /// Placeholder to text.
    pub(super) fill: BTreeMap<String, String>,
    /// Every file of the project, the home and the environments, as it was at first.
    before: BTreeMap<PathBuf, Vec<u8>>,
}

impl Stage {
    pub(super) fn set(scenario: &Scenario, program: &Path) -> Result<Self, String> {
        let setting = &scenario.setting;
        for need in &setting.needs {
            if !is_there(need) {
                return Err(format!("this machine has no `{need}`, which the story needs"));
            }
        }
        let mut world = World::founded(program);
        world.set("PATH", &path());
        for (person, roles) in &setting.people {
            let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
            world.enrol(person, &roles);
        }
        setting.keys.iter().for_each(|name| world.make_key(name));
        let mut fill = BTreeMap::from([
            ("world".to_owned(), text(&world.path(""))),
            ("home".to_owned(), text(&world.path("home"))),
            ("tree".to_owned(), text(&world.path("project"))),
            ("scenario".to_owned(), text(&scenario.folder)),
        ]);
        for place in &setting.environment {
            fill.insert(place.name.clone(), text(&world.path(&place.path)));
        }
        let mut stage = Self { world, fill, before: BTreeMap::new() };
        stage.furnish(scenario).map_err(|e| format!("the world cannot be set up: {e}"))?;
        for place in &setting.environment {
            stage.map(place)?;
        }
        stage.before = stage.all(scenario).map_err(|e| format!("the world cannot be read: {e}"))?;
        Ok(stage)
    }

    /// The text with its placeholders filled in; one that nobody knows is an error.
    pub(super) fn filled(&self, text: &str) -> Result<String, String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or_else(|| format!("`{{{{` without an end in `{text}`"))?;
            let value = self.fill.get(name).ok_or_else(|| format!("nothing is known as `{{{{{name}}}}}`"))?;
            out.push_str(before);
            out.push_str(value);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// Whether a file, or all in a folder, is as it was at first; else what differs.
    pub(super) fn is_unchanged(&self, name: &str) -> Result<(), String> {
        let path = self.world.path(name);
        let mut now = BTreeMap::new();
        read_into(&path, &mut now).map_err(|e| format!("`{name}` cannot be read: {e}"))?;
        let before: BTreeMap<_, _> = self.before.iter().filter(|(place, _)| place.starts_with(&path)).collect();
        if before.is_empty() {
            return Err(format!("`{name}` was empty when the scenario began, so it cannot have stayed as it was"));
        }
        for (place, bytes) in &before {
            match now.get(*place) {
                None => return Err(format!("`{}` is gone", self.named(place))),
                Some(found) if found != *bytes => return Err(format!("`{}` has changed: {}", self.named(place), String::from_utf8_lossy(found))),
                Some(_) => {}
            }
        }
        match now.keys().find(|place| !before.contains_key(place)) {
            Some(new) => Err(format!("`{}` is new", self.named(new))),
            None => Ok(()),
        }
    }

    fn named(&self, path: &Path) -> String {
        path.strip_prefix(self.world.path("")).unwrap_or(path).display().to_string()
    }

    fn furnish(&self, scenario: &Scenario) -> io::Result<()> {
        let (setting, world) = (&scenario.setting, &self.world);
        let project = world.path("project");
        fs::create_dir_all(&project)?;
        if let Some(folder) = &setting.project.folder {
            copy(&scenario.folder.join(folder), &project)?;
        }
        self.lay("project", &setting.project.files)?;
        world.packages(&setting.project.packages.iter().map(String::as_str).collect::<Vec<_>>());
        for (name, target) in &setting.project.links {
            let target = self.filled(target).map_err(io::Error::other)?;
            let place = project.join(name);
            fs::create_dir_all(place.parent().unwrap_or(&project))?;
            symlink(target, place)?;
        }
        self.lay("home", &setting.home)?;
        if setting.git {
            world.project(&[]);
        }
        for place in &setting.environment {
            self.build(scenario, place)?;
        }
        Ok(())
    }

    fn lay(&self, below: &str, files: &BTreeMap<String, String>) -> io::Result<()> {
        for (name, content) in files {
            let content = self.filled(content).map_err(io::Error::other)?;
            self.world.write(&format!("{below}/{name}"), content);
        }
        Ok(())
    }

    fn build(&self, scenario: &Scenario, place: &Place) -> io::Result<()> {
        let root = self.world.path(&place.path);
        fs::create_dir_all(&root)?;
        if let Some(folder) = &place.folder {
            copy(&scenario.folder.join(folder), &root)?;
        }
        self.lay(&place.path, &place.files)?;
        for (name, sql) in &place.databases {
            let file = root.join(name);
            fs::create_dir_all(file.parent().unwrap_or(&root))?;
            let made = rusqlite::Connection::open(&file).and_then(|connection| connection.execute_batch(sql));
            made.map_err(|e| io::Error::other(format!("the SQL of `{name}`: {e}")))?;
        }
        for point in &place.recovery {
            copy(&root, &self.world.path(point))?;
        }
        Ok(())
    }

    fn map(&self, place: &Place) -> Result<(), String> {
        let root = text(&self.world.path(&place.path));
        let points: Vec<String> = place.recovery.iter().map(|point| text(&self.world.path(point))).collect();
        let mut arguments = vec!["env", "add", &place.name, "--tier", &place.tier, "--path", &root];
        for point in &points {
            arguments.extend(["--recovery", point]);
        }
        let called = self.world.call("ana", &arguments);
        match called.code {
            0 => Ok(()),
            _ => Err(format!("environment `{}` cannot be mapped: {}", place.name, called.err)),
        }
    }

    fn all(&self, scenario: &Scenario) -> io::Result<BTreeMap<PathBuf, Vec<u8>>> {
        let mut found = BTreeMap::new();
        let environments = scenario.setting.environment.iter();
        let names = environments.flat_map(|place| place.recovery.iter().chain([&place.path])).map(String::as_str);
        for name in names.chain(["project", "home"]) {
            read_into(&self.world.path(name), &mut found)?;
        }
        Ok(found)
    }
}

/// Contents of all files below a path, and targets of links. What git keeps for itself is left out.
fn read_into(path: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) -> io::Result<()> {
    let kind = match fs::symlink_metadata(path) {
        Ok(data) => data.file_type(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e),
    };
    if kind.is_symlink() {
        found.insert(path.to_owned(), text(&fs::read_link(path)?).into_bytes());
    } else if kind.is_file() {
        found.insert(path.to_owned(), fs::read(path)?);
    } else if kind.is_dir() && path.file_name().is_none_or(|name| name != ".git") {
        for entry in fs::read_dir(path)? {
            read_into(&entry?.path(), found)?;
        }
    }
    Ok(())
}

/// A folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => {
                fs::copy(entry.path(), target)?;
            }
        }
    }
    Ok(())
}

/// The path of the tests without what lies in somebody's home, which the box of this world does not know.
fn path() -> String {
    let (path, home) = (std::env::var_os("PATH").unwrap_or_default(), std::env::home_dir());
    let folders = std::env::split_paths(&path).filter(|folder| home.as_ref().is_none_or(|home| !folder.starts_with(home)));
    folders.map(|folder| text(&folder)).collect::<Vec<_>>().join(":")
}

/// Whether the world has a program.
fn is_there(program: &str) -> bool {
    path().split(':').any(|folder| Path::new(folder).join(program).is_file())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().trim_end_matches('/').to_owned()
}
