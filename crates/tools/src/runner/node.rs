//! JavaScript and TypeScript: the `test` script of a package.json, else the runner that is among its dependencies.

use serde_json::Value;

use super::narrow::Narrow;
use super::paths::is_test_file;
use super::project::{Project, quoted};
use super::{Naming, Runner};

const EXTENSIONS: &[&str] = &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte"];

/// Programs that run tests: the word in a script, and what stands before files when there is no script to go by.
const PROGRAMS: &[(&str, &str)] = &[
    ("vitest", "vitest run"),
    ("jest", "jest"),
    ("mocha", "mocha"),
    ("ava", "ava"),
    ("tap", "tap"),
    ("playwright", "playwright test"),
    ("react-scripts", "react-scripts test --watchAll=false"),
];

pub(super) fn find(project: &Project<'_>) -> Vec<Runner> {
    let packages = project.folders_with(&["package.json"]);
    let runners = packages.iter().filter_map(|folder| {
        let text = project.text(folder, "package.json")?;
        let manifest: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        Package { project, folder, manifest: &manifest, tool: tool(project, folder, &manifest) }.runner()
    });
    runners.collect()
}

/// What installs the packages, and so runs scripts and programs: `npm test`, and `npx` before a program.
#[derive(Clone, Copy)]
struct Tool {
    test: &'static str,
    program: &'static str,
}

const TOOLS: &[(&str, &[&str], Tool)] = &[
    ("pnpm", &["pnpm-lock.yaml", "pnpm-workspace.yaml"], Tool { test: "pnpm test", program: "pnpm exec " }),
    ("yarn", &["yarn.lock"], Tool { test: "yarn test", program: "yarn run " }),
    ("bun", &["bun.lock", "bun.lockb"], Tool { test: "bun run test", program: "bunx " }),
];
const NPM: Tool = Tool { test: "npm test", program: "npx " };

/// By the lock file or the word of this folder, or of one above.
fn tool(project: &Project<'_>, folder: &str, manifest: &Value) -> Tool {
    let named = manifest.get("packageManager").and_then(Value::as_str).unwrap_or("");
    if let Some((_, _, tool)) = TOOLS.iter().find(|(name, _, _)| named.strip_prefix(name).is_some_and(|rest| rest.starts_with('@'))) {
        return *tool;
    }
    let mut place = folder;
    loop {
        if let Some((_, _, tool)) = TOOLS.iter().find(|(_, locks, _)| project.has_any(place, locks)) {
            return *tool;
        }
        if place == "." || project.has(place, "package-lock.json") {
            return NPM;
        }
        place = super::paths::folder(place);
    }
}

struct Package<'a> {
    project: &'a Project<'a>,
    folder: &'a str,
    manifest: &'a Value,
    tool: Tool,
}

impl Package<'_> {
    fn runner(&self) -> Option<Runner> {
        let script = self.script();
        let (name, all, narrow) = match script {
            Some(script) => self.by_script(script),
            None => self.by_dependencies()?,
        };
        let language = match self.depends("typescript") || self.project.has(self.folder, "tsconfig.json") {
            true => "typescript",
            false => "javascript",
        };
        let runner = Runner::new(language, name, self.folder, all).with_properties("fast-check", self.depends("fast-check")).naming(self.naming(name, script));
        Some(match narrow {
            Some(command) => runner.narrowed(EXTENSIONS, Narrow::Files(command)),
            None => runner.narrowed(EXTENSIONS, Narrow::Nothing),
        })
    }

    /// Behind a script of one command the options are its runner's; npm wants to be told where they begin.
    fn naming(&self, name: &str, script: Option<&str>) -> Naming {
        let through_npm = script.is_some() && self.tool.test == NPM.test;
        match name {
            _ if script.is_some_and(|script| plain_words(script).is_none()) => Naming::Nothing,
            "vitest" if through_npm => Naming::Behind(" -- --reporter=verbose", " --reporter=verbose"),
            "vitest" => Naming::Behind(" --reporter=verbose", " --reporter=verbose"),
            "jest" | "react-scripts" if through_npm => Naming::Behind(" -- --verbose", " --verbose"),
            "jest" | "react-scripts" => Naming::Behind(" --verbose", " --verbose"),
            _ => Naming::Nothing,
        }
    }

    /// The project's own script; what `npm init` writes is none.
    fn script(&self) -> Option<&str> {
        let script = self.manifest.get("scripts")?.get("test")?.as_str()?;
        (!script.trim().is_empty() && !script.contains("no test specified")).then_some(script)
    }

    fn by_script(&self, script: &str) -> (&'static str, String, Option<String>) {
        let words: Vec<&str> = script.split_whitespace().collect();
        let is = |word: &str, program: &str| word == program || word.strip_suffix(program).is_some_and(|path| path.ends_with(".bin/"));
        let program = PROGRAMS.iter().find(|(program, _)| words.iter().any(|word| is(word, program)));
        // A script that watches would never end.
        let watches = matches!(program, Some(("react-scripts" | "vitest", _))) || words.iter().any(|word| word.starts_with("--watch"));
        let all = format!("{}{}", if watches { "CI=true " } else { "" }, self.tool.test);
        match program {
            Some((name, usual)) => {
                let own = plain_words(script).and_then(|words| before_files(&words, name)).map(|own| self.own_program(name, &own));
                (name, all, Some(own.unwrap_or_else(|| format!("{}{usual}", self.tool.program))))
            }
            None if words.contains(&"node") && words.contains(&"--test") => {
                ("node", all, plain_words(script).and_then(|words| before_files(&words, "node")))
            }
            None if words.first() == Some(&"bun") && words.get(1) == Some(&"test") => ("bun", all, Some("bun test".to_owned())),
            None => ("npm", all, None),
        }
    }

    /// The script's own words, with what finds its program before it.
    fn own_program(&self, name: &str, own: &str) -> String {
        let vitest_watches = name == "vitest" && !own.contains(" run") && !own.contains(" --run");
        let run = if vitest_watches { " run" } else { "" };
        let (front, back) = own.split_at(own.find(name).unwrap_or(0));
        match front.contains("node ") || front.ends_with('/') {
            true => format!("{own}{run}"),
            false => format!("{front}{}{back}{run}", self.tool.program),
        }
    }

    /// Without a script: what is depended on, or the runner that every Node has, if there are tests.
    fn by_dependencies(&self) -> Option<(&'static str, String, Option<String>)> {
        if let Some((name, usual)) = PROGRAMS.iter().find(|(name, _)| self.depends(name) || *name == "playwright" && self.depends("@playwright/test")) {
            let command = format!("{}{usual}", self.tool.program);
            return Some((name, command.clone(), Some(command)));
        }
        let has_tests = self.project.below(self.folder).any(|path| is_test_file(path) && EXTENSIONS.contains(&super::paths::extension(path)));
        if self.tool.test == "bun run test" && has_tests {
            return Some(("bun", "bun test".to_owned(), Some("bun test".to_owned())));
        }
        // The top of several packages has no tests of its own.
        let is_top = self.manifest.get("workspaces").is_some() || self.project.has(self.folder, "pnpm-workspace.yaml");
        (!is_top || has_tests).then(|| ("node", "node --test".to_owned(), Some("node --test".to_owned())))
    }

    fn depends(&self, name: &str) -> bool {
        ["dependencies", "devDependencies", "peerDependencies"].iter().any(|kind| self.manifest.get(kind).is_some_and(|all| all.get(name).is_some()))
    }
}

/// The words of a script that is one simple command; nothing where a shell would do more with it than part it.
fn plain_words(script: &str) -> Option<Vec<&str>> {
    script.split_whitespace().map(unquoted).collect()
}

fn unquoted(word: &str) -> Option<&str> {
    let bare = ['"', '\''].into_iter().find_map(|quote| word.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(word);
    (!bare.contains([';', '&', '|', '<', '>', '$', '`', '(', ')', '\\', '~', '#', '\'', '"'])).then_some(bare)
}

/// What stands before the files: assignments, the program, its options; the script's own files are left out.
fn before_files(words: &[&str], program: &str) -> Option<String> {
    const WITH_VALUE: &[&str] = &[
        "--config", "-c", "--import", "--require", "-r", "--loader", "--experimental-loader", "--test-reporter", "--reporter", "-R",
        "--test-concurrency", "--test-timeout", "--timeout", "-t", "--project", "--projects", "--root", "--environment", "--env",
        "--pool", "--ui", "-u", "--extension", "--conditions", "-C", "--env-file", "--maxWorkers", "-w", "--testTimeout",
        "--test-reporter-destination", "--preset", "--setupFiles", "--dir",
    ];
    const SUBCOMMANDS: &[(&str, &str)] = &[("vitest", "run"), ("playwright", "test"), ("react-scripts", "test")];
    let at = words.iter().position(|word| *word == program || word.ends_with(&format!("/{program}")))?;
    let mut kept: Vec<String> = words.get(..at)?.iter().map(|word| assignment_or_word(word)).collect();
    let mut value_follows = false;
    for (n, word) in words.get(at..)?.iter().enumerate() {
        let is_option = word.starts_with('-') && *word != "-";
        let own = if is_option { !word.starts_with("--watch") } else { value_follows };
        if n == 0 || own || n == 1 && SUBCOMMANDS.contains(&(program, word)) {
            kept.push(quoted(word));
        }
        value_follows = is_option && WITH_VALUE.contains(word);
    }
    Some(kept.join(" "))
}

/// The name of an assignment stays bare, or it would be none.
fn assignment_or_word(word: &str) -> String {
    match word.split_once('=') {
        Some((name, value)) => format!("{}={}", quoted(name), if value.is_empty() { String::new() } else { quoted(value) }),
        None => quoted(word),
    }
}
