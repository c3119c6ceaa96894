//! Python: pytest where anything says so, Django's own runner, else unittest; tox and nox after them, since they make
//! environments for several Pythons.

use super::narrow::Narrow;
use super::paths::{is_test_file, join, within};
use super::project::{Project, at, toml_of};
use super::{Naming, Runner};

const MANIFESTS: &[&str] = &["pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini", "noxfile.py", "manage.py", "Pipfile", "requirements.txt"];
const EXTENSIONS: &[&str] = &["py"];
/// pytest reads this wherever it is begun, and says at the end how each test went; what tests print is not among it.
pub(super) const NAMING: &str = "PYTEST_ADDOPTS=-rfEsxXp";
/// So many test files are read to see what they import.
const MOST_READ: usize = 20;

pub(super) fn find(project: &Project<'_>) -> Vec<Runner> {
    let mut folders = project.folders_with(MANIFESTS);
    let is_python = |path: &str| path.ends_with(".py");
    if folders.is_empty() && project.below(".").any(|path| is_python(path) && is_test_file(path)) {
        folders.push(".");
    }
    // A manifest without Python beside or below it is something else's.
    folders.retain(|folder| project.below(folder).any(is_python));
    folders.iter().flat_map(|folder| runners(&Package::read(project, folder))).collect()
}

struct Package<'a> {
    project: &'a Project<'a>,
    folder: &'a str,
    pyproject: Option<toml::Table>,
    /// Everything that may name a dependency.
    texts: String,
}

impl<'a> Package<'a> {
    fn read(project: &'a Project<'a>, folder: &'a str) -> Self {
        const TEXTS: &[&str] = &[
            "pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "noxfile.py", "Pipfile", "requirements.txt", "requirements-dev.txt",
            "requirements_dev.txt", "dev-requirements.txt", "requirements-test.txt", "test-requirements.txt",
        ];
        let texts = TEXTS.iter().filter_map(|name| project.text(folder, name)).collect::<Vec<_>>().join("\n");
        let pyproject = project.text(folder, "pyproject.toml").and_then(|text| toml_of(&text));
        Self { project, folder, pyproject, texts }
    }

    /// What goes before `python`, so that it is the project's.
    fn through(&self) -> &'static str {
        const LOCKS: &[(&str, &str)] = &[("uv.lock", "uv run "), ("poetry.lock", "poetry run "), ("pdm.lock", "pdm run "), ("Pipfile", "pipenv run ")];
        LOCKS.iter().find(|(lock, _)| self.project.has(self.folder, lock)).map_or("", |(_, through)| through)
    }

    fn uses_pytest(&self) -> bool {
        self.project.has_any(self.folder, &["pytest.ini", "conftest.py", "tests/conftest.py", ".pytest.ini"])
            || mentions(&self.texts, "pytest")
            || self.test_texts().iter().any(|text| imports(text, "pytest"))
    }

    fn uses_unittest(&self) -> bool {
        self.test_texts().iter().any(|text| imports(text, "unittest"))
    }

    fn tests(&self) -> impl Iterator<Item = &'a str> {
        self.project.below(self.folder).filter(|path| path.ends_with(".py") && is_test_file(path))
    }

    fn test_texts(&self) -> Vec<String> {
        self.tests().take(MOST_READ).filter_map(|path| self.project.text_at(path)).collect()
    }

    fn runner(&self, name: &'static str, all: impl Into<String>) -> Runner {
        let ready = mentions(&self.texts, "hypothesis");
        Runner::new("python", name, self.folder, all).with_properties("Hypothesis", ready).naming(if name == "unittest" || name == "django" { Naming::Nothing } else { Naming::Before(NAMING) })
    }
}

fn runners(package: &Package<'_>) -> Vec<Runner> {
    let mut found: Vec<Runner> = script(package).into_iter().collect();
    found.push(direct(package));
    for (file, name, table) in [("tox.ini", "tox", &["tool", "tox"]), ("noxfile.py", "nox", &["tool", "nox"])] {
        let told = package.pyproject.as_ref().is_some_and(|table_of| at(table_of, table).is_some());
        if told || package.project.has(package.folder, file) {
            found.push(package.runner(name, name));
        }
    }
    found
}

/// A `test` script of the project's own, in the tables that task runners read.
fn script(package: &Package<'_>) -> Option<Runner> {
    const SCRIPTS: &[(&[&str], &str, &str)] = &[
        (&["tool", "poe", "tasks", "test"], "poe", "poe test"),
        (&["tool", "pdm", "scripts", "test"], "pdm", "pdm run test"),
        (&["tool", "hatch", "envs", "default", "scripts", "test"], "hatch", "hatch run test"),
        (&["tool", "rye", "scripts", "test"], "rye", "rye run test"),
    ];
    let table = package.pyproject.as_ref()?;
    let (_, name, command) = SCRIPTS.iter().find(|(way, _, _)| at(table, way).is_some())?;
    let through = if *name == "poe" { package.through() } else { "" };
    Some(package.runner(name, format!("{through}{command}")))
}

fn direct(package: &Package<'_>) -> Runner {
    let through = package.through();
    if package.uses_pytest() {
        let command = if through.is_empty() { "python3 -m pytest".to_owned() } else { format!("{through}pytest") };
        return package.runner("pytest", command.clone()).narrowed(EXTENSIONS, Narrow::Files(command));
    }
    let python = if through.is_empty() { "python3".to_owned() } else { format!("{through}python") };
    if package.project.has(package.folder, "manage.py") {
        let command = format!("{python} manage.py test");
        return package.runner("django", command.clone()).narrowed(EXTENSIONS, Narrow::Modules(command, ".".to_owned()));
    }
    if package.tests().next().is_some() && !package.uses_unittest() {
        // Plain functions with `assert`: unittest would find nothing and say OK.
        let command = format!("{python} -m pytest");
        return package.runner("pytest", command.clone()).narrowed(EXTENSIONS, Narrow::Files(command));
    }
    unittest(package, &python)
}

/// A folder of tests that is no package is not found from above it: it is where the search begins, with the project's
/// folder on the path all the same, because `-m` puts it there.
fn unittest(package: &Package<'_>, python: &str) -> Runner {
    let apart = ["tests", "test"].into_iter().find(|name| {
        let place = join(package.folder, name);
        !package.project.has(&place, "__init__.py") && package.tests().all(|path| within(&place, path).is_some()) && package.tests().next().is_some()
    });
    let all = match apart {
        Some(folder) => format!("{python} -m unittest discover -s {folder}"),
        None => format!("{python} -m unittest discover"),
    };
    let one = match apart {
        Some(folder) => format!("PYTHONPATH={folder}:. {python} -m unittest"),
        None => format!("{python} -m unittest"),
    };
    package.runner("unittest", all).narrowed(EXTENSIONS, Narrow::Modules(one, apart.unwrap_or(".").to_owned()))
}

/// Whether a manifest names a package: `pytest`, `"pytest>=8"`, `pytest-cov`, `[tool.pytest.ini_options]`.
fn mentions(text: &str, name: &str) -> bool {
    text.lines().filter(|line| !line.trim_start().starts_with('#')).any(|line| {
        line.match_indices(name).any(|(at, _)| {
            let before = line.get(..at).and_then(|front| front.chars().next_back());
            before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
        })
    })
}

/// Whether a source imports a module, at the start of a line.
fn imports(text: &str, module: &str) -> bool {
    text.lines().any(|line| {
        let rest = line.strip_prefix("import ").or_else(|| line.strip_prefix("from "));
        rest.is_some_and(|rest| rest.split([' ', '.', ',']).next() == Some(module))
    })
}
