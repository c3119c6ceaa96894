//! Git: what a subcommand does to the work tree, to refs and commits, and to other repositories.
//!
//! In the box `.git` is the copy's, so all but a push can be undone; on the host, what no commit holds is lost. Settings on
//! the command line, other git directories and names that are no subcommand (aliases) are opaque.

use action::{Certainty, Effect, Resource, Verb};

use crate::environment::Spot;
use crate::path::{below, shown};
use crate::place::{Place, Target, Touch, lasting};
use crate::shell::Reader;
use crate::shell::{Scope, Text};

mod careful;
mod remote;
mod table;

use table::Deed;

impl Reader<'_> {
    /// Runs git. Returns what it surely prints.
    pub(crate) fn git(&mut self, words: &[Text], scope: &mut Scope) -> Option<String> {
        let mut there = scope.clone();
        let (subcommand, rest) = self.git_options(words, &mut there)?;
        let Some(name) = subcommand.exact() else {
            self.runs_opaque("git");
            self.mentions(words, scope);
            return None;
        };
        let Some(row) = table::find(name) else {
            self.runs_opaque(&format!("git {name}"));
            self.mentions(rest, scope);
            return None;
        };
        let git = Git { name: row.name, arguments: row.arguments(rest), words: rest };
        if git.arguments.has(row.runs) || git.arguments.is_doubtful() || git.is_shortened(row.deed) || (self.by_hand() && (git.hides_options(row) || git.opens_editor())) {
            self.runs_opaque(&format!("git {name}"));
        }
        let elsewhere = self.may_be_elsewhere(&git, &there);
        if elsewhere {
            let why = "the folder may be a repository of its own, whose settings run programs";
            self.find(self.ground.opaque("program", &format!("git {name}"), why));
        }
        self.reads_elsewhere(&git, &there);
        self.files_of_options(row, &git, &there);
        self.files_outside(&git, &there);
        let hookless = self.ground.facts.git_hooks == Some(false);
        if row.hooks && self.ground.place == Place::Host && !hookless {
            self.runs_opaque("git hooks");
        }
        self.deed(row.deed, &git, &there);
        let toplevel = name == "rev-parse" && rest.len() == 1 && git.arguments.has("--show-toplevel");
        let inside = || there.directory().is_some_and(|d| below(d, &self.ground.facts.tree).is_some());
        (toplevel && !elsewhere && self.ground.facts.git.is_some() && inside()).then(|| format!("{}\n", self.ground.facts.tree))
    }

    /// Options in front of the subcommand. Nothing when there is no subcommand.
    fn git_options<'w>(&mut self, words: &'w [Text], there: &mut Scope) -> Option<(&'w Text, &'w [Text])> {
        const HARMLESS: [&str; 9] = [
            "--no-pager", "-P", "--no-replace-objects", "--literal-pathspecs", "--no-optional-locks", "--version", "--help", "-v", "-h",
        ];
        let mut rest = words;
        loop {
            let (first, after) = rest.split_first()?;
            let Some(option) = first.exact().filter(|o| o.starts_with('-')) else { return Some((first, after)) };
            rest = after;
            match option {
                "-C" => {
                    let (directory, after) = rest.split_first()?;
                    let places = self.directories_of(directory, there);
                    let inside = |p: &String| below(p, &self.ground.facts.tree).is_some();
                    // Git follows links before `..`, other than the shell.
                    let climbs = self.by_hand() && directory.text.split('/').any(|part| part == "..");
                    if climbs || !places.as_ref().is_some_and(|p| p.iter().all(inside)) {
                        self.touch(Touch::new(Verb::Opaque).opaque(), directory, there);
                    }
                    there.enter(places, false);
                    rest = after;
                }
                "-c" => {
                    let (setting, after) = rest.split_first()?;
                    if !setting.exact().is_some_and(is_harmless_setting) {
                        self.runs_opaque(&format!("git -c {}", setting.text));
                    }
                    rest = after;
                }
                option if HARMLESS.contains(&option) => {}
                option => {
                    self.runs_opaque(&format!("git {option}"));
                    if ["--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env"].contains(&option) {
                        rest = rest.split_first()?.1;
                    }
                }
            }
        }
    }

    fn deed(&mut self, deed: Deed, git: &Git<'_>, scope: &Scope) {
        match deed {
            Deed::Looks => self.find(self.git_effect(Verb::Read, "repository", ".")),
            Deed::Index => self.find(self.git_effect(Verb::Update, "git-index", ".")),
            Deed::Commits => self.commits(git),
            Deed::Resets => self.resets(git),
            Deed::Cleans => self.cleans(git, scope),
            Deed::ChecksOut => self.checks_out(git, scope),
            Deed::Restores => self.restores(git, scope),
            Deed::Removes => self.removes(git, scope),
            Deed::Moves => {
                let onto = if git.arguments.has("-f --force") { Verb::Replace } else { Verb::Update };
                for (n, path) in git.arguments.operands().iter().rev().enumerate() {
                    let verb = if n == 0 { onto } else { Verb::Delete };
                    self.touch(Touch::new(verb).recursive(), path, scope);
                }
            }
            Deed::Merges => {
                self.find(self.git_effect(Verb::Update, "work-tree", "."));
                self.find(self.git_effect(Verb::Create, "commits", self.branch()));
                if git.arguments.has("--abort --quit --skip") {
                    self.discards();
                }
            }
            Deed::Rewrites => {
                self.find(self.git_effect(Verb::Replace, "commits", self.branch()));
                self.find(self.git_effect(Verb::Update, "work-tree", "."));
            }
            Deed::Branches => self.refs(git, "-d -D --delete", "-m -M -c -C -f --force --move --copy"),
            Deed::Tags => self.refs(git, "-d --delete", "-f --force"),
            Deed::Stashes => self.stashes(git),
            Deed::Forgets => self.forgets(git),
            Deed::Refs if git.name == "symbolic-ref" && git.arguments.operands().len() == 1 && !git.arguments.has("-d --delete") => {
                self.find(self.git_effect(Verb::Read, "repository", "."));
            }
            Deed::Notes => self.notes(git),
            Deed::Refs => match git.arguments.has("-d --delete --stdin") {
                true => self.names_deleted(git),
                false => self.names(git, Verb::Update),
            },
            Deed::Configures => self.configures(git, scope),
            Deed::WorkTrees => self.work_trees(git, scope),
            Deed::Applies => self.applies(git, scope),
            Deed::Formats => self.formats(git, scope),
            Deed::ReadsTree => self.reads_tree(git),
            Deed::IndexDirectly => self.index_directly(git),
            Deed::Starts => {
                let operands = git.arguments.operands();
                let here = [Text::known(".")];
                let directory = operands.last().or(here.first()).cloned().unwrap_or_else(|| Text::known("."));
                self.touch(Touch::new(Verb::Create).recursive(), &directory, scope);
            }
            Deed::Pushes => self.pushes(git, scope),
            Deed::Contacts => self.contacts(git, scope),
            Deed::Submodules => self.submodules(git),
            Deed::Remotes => self.remotes(git),
            Deed::Runs => {
                // The helper is the person's own program, and what it knows is printed.
                if git.name == "credential" && self.ground.place == Place::Host {
                    let effect = self.git_effect(Verb::Read, "secret", "credentials for another repository");
                    self.find(Effect { data_bearing: true, ..effect });
                }
                self.runs_opaque(&format!("git {}", git.name));
            }
        }
    }

    /// Notes hang on commits, and their own history has no reflog.
    fn notes(&mut self, git: &Git<'_>) {
        let over = git.arguments.has("-f --force");
        let verb = match git.arguments.operands().first().and_then(Text::exact) {
            None | Some("list" | "show" | "get-ref") => Verb::Read,
            Some("remove" | "prune") => Verb::Delete,
            Some("add" | "append" | "copy") if !over => Verb::Update,
            Some("add" | "append" | "copy") => Verb::Replace,
            Some(_) => return self.runs_opaque("git notes"), // `edit` opens an editor, `merge` may
        };
        let kind = if verb == Verb::Read { "repository" } else { "notes" };
        self.find(self.git_effect(verb, kind, if verb == Verb::Read { "." } else { "of commits" }));
    }

    /// An effect on the repository itself, which is where the tree is.
    fn git_effect(&self, verb: Verb, kind: &str, name: impl AsRef<str>) -> Effect {
        let effect = Effect::in_workspace(verb, Resource::new(kind, shown(name.as_ref())));
        let spot = self.ground.spot(&self.ground.facts.tree, false);
        match spot == Spot::workspace() {
            true => effect,
            false => effect.at(spot.environment, spot.tier).that_is(if verb == Verb::Update { lasting(Verb::Create) } else { lasting(verb) }),
        }
    }

    fn branch(&self) -> String {
        match &self.ground.facts.git {
            Some(git) if !git.branch.is_empty() => git.branch.clone(),
            _ => "HEAD".into(),
        }
    }

    fn commits(&mut self, git: &Git<'_>) {
        let verb = if git.arguments.has("--amend") { Verb::Replace } else { Verb::Create };
        self.find(self.git_effect(verb, "commits", self.branch()).counted(1, "commits"));
    }

    /// Changes that no commit holds are gone (incident 18).
    fn discards(&mut self) {
        let git = self.ground.facts.git.as_ref();
        let mut effect = self.git_effect(Verb::Delete, "changes", "not committed");
        match git.map(|g| g.dirty) {
            Some(0) => return,
            Some(dirty) => effect = effect.counted(dirty, "files"),
            None => effect.certainty = Certainty::Opaque,
        }
        self.find(effect);
    }

    fn resets(&mut self, git: &Git<'_>) {
        let whole = git.arguments.has("--hard --merge --keep");
        if whole {
            self.discards();
            self.find(self.git_effect(Verb::Update, "work-tree", "."));
        } else {
            self.find(self.git_effect(Verb::Update, "git-index", "."));
        }
        let to = git.arguments.operands().first().and_then(Text::exact);
        if let Some(to) = to.filter(|to| whole && *to != "HEAD") {
            self.leaves_behind(to);
        }
        if !git.arguments.operands().is_empty() && to != Some("HEAD") {
            self.find(self.git_effect(Verb::Update, "git-ref", self.branch()));
        }
    }

    /// Commits after the one that a branch is set to: no branch names them any more.
    fn leaves_behind(&mut self, to: &str) {
        let effect = self.git_effect(Verb::Delete, "commits", format!("after {to}"));
        let effect = if effect.tier == action::Tier::Workspace { effect } else { effect.that_is(action::Reversibility::Recoverable) };
        let effect = effect.with_certainty(Certainty::AtLeast).noted("git's reflog has them for a while");
        self.find(match steps_back(to) {
            Some(steps) => effect.counted(steps, "commits"),
            None => effect,
        });
    }

    fn cleans(&mut self, git: &Git<'_>, scope: &Scope) {
        if git.arguments.has("-n --dry-run") && !git.takes_back() {
            self.find(self.git_effect(Verb::Read, "repository", "."));
            return;
        }
        let paths = git.arguments.operands();
        if !paths.is_empty() {
            for path in paths {
                self.touch(Touch::new(Verb::Delete).recursive(), path, scope);
            }
            return;
        }
        let ignored = git.arguments.has("-x -X");
        let name = if ignored { "untracked and ignored" } else { "untracked" };
        let mut effect = self.git_effect(Verb::Delete, "files", name);
        match self.ground.facts.git.as_ref().map(|g| g.untracked) {
            Some(untracked) => effect = effect.counted(untracked, "files"),
            None => effect.certainty = Certainty::Opaque,
        }
        if ignored {
            effect.certainty = effect.certainty.max(Certainty::AtLeast);
        }
        self.find(effect);
    }

    /// `git checkout`: a switch of branches, or old content over files. Only `--`, or what is surely a path, tells.
    fn checks_out(&mut self, git: &Git<'_>, scope: &Scope) {
        let dashes = git.words.iter().position(|w| w.exact() == Some("--"));
        let operands = git.arguments.operands();
        if git.arguments.has("-f --force --discard-changes") {
            self.discards();
        }
        match dashes.and_then(|at| git.words.get(at + 1..)) {
            Some(paths) => self.overwritten(paths, scope),
            None => {
                let is_path = |w: &&Text| {
                    let known = w.exact().is_some_and(|t| t == "." || t.ends_with('/') || is_pathspec(t) || self.is_file(t, scope));
                    known || w.glob.is_some() || w.exact().is_none()
                };
                let paths: Vec<Text> = operands.iter().filter(is_path).cloned().collect();
                let ambiguous = operands.len() > 1 && paths.is_empty() && !git.arguments.has("-b -B --orphan --track -t -c -C");
                self.overwritten(&paths, scope);
                if ambiguous {
                    self.overwritten(operands.get(1..).unwrap_or_default(), scope);
                }
            }
        }
        self.find(self.git_effect(Verb::Update, "work-tree", "."));
        for name in git.arguments.values("-b -c --orphan") {
            self.find(self.git_effect(Verb::Create, "git-ref", &name.text));
        }
        for name in git.arguments.values("-B -C") {
            self.find(self.git_effect(Verb::Replace, "git-ref", &name.text));
        }
    }

    fn is_file(&self, text: &str, scope: &Scope) -> bool {
        scope.targets(&Text::known(text)).iter().any(|t| matches!(t, Target::Path(p) if self.ground.file(p).is_some()))
    }

    /// Old content over these paths: changes of theirs that are not committed are gone.
    fn overwritten(&mut self, paths: &[Text], scope: &Scope) {
        for path in paths {
            let anywhere = path.known_prefix().starts_with(':').then(|| Text::below(&Text::known(self.ground.facts.tree.clone())));
            self.touch(Touch::new(Verb::Update).recursive(), anywhere.as_ref().unwrap_or(path), scope);
        }
        if !paths.is_empty() {
            self.discards();
        }
    }

    fn restores(&mut self, git: &Git<'_>, scope: &Scope) {
        let only_index = git.arguments.has("-S --staged") && !git.takes_back() && !git.arguments.has("-W --worktree");
        match only_index {
            true => self.find(self.git_effect(Verb::Update, "git-index", ".")),
            false => self.overwritten(git.arguments.operands(), scope),
        }
    }

    fn removes(&mut self, git: &Git<'_>, scope: &Scope) {
        self.find(self.git_effect(Verb::Update, "git-index", "."));
        if git.arguments.has("--cached -n --dry-run") && !git.takes_back() {
            return;
        }
        let touch = Touch::new(Verb::Delete);
        let touch = if git.arguments.has("-r") { touch.recursive() } else { touch };
        for path in git.arguments.operands() {
            self.touch(touch, path, scope);
        }
    }

    fn refs(&mut self, git: &Git<'_>, deleting: &str, moving: &str) {
        if git.arguments.has(deleting) {
            self.names_deleted(git);
        } else if git.arguments.has(moving) {
            self.names(git, Verb::Replace);
        } else if git.arguments.operands().is_empty() || git.arguments.has("-l --list -a -r -v --contains --merged --no-merged") {
            self.find(self.git_effect(Verb::Read, "repository", "."));
        } else {
            self.names(git, Verb::Create);
        }
    }

    fn names_deleted(&mut self, git: &Git<'_>) {
        self.names(git, Verb::Delete);
    }

    fn names(&mut self, git: &Git<'_>, verb: Verb) {
        for name in git.arguments.operands() {
            let mut effect = self.git_effect(verb, "git-ref", &name.text);
            if name.exact().is_none() {
                effect.certainty = Certainty::Opaque;
            }
            self.find(effect);
        }
        if git.arguments.operands().is_empty() {
            self.find(self.git_effect(verb, "git-ref", "?").with_certainty(Certainty::Opaque));
        }
    }

    fn stashes(&mut self, git: &Git<'_>) {
        let stashes = self.ground.facts.git.as_ref().map(|g| g.stashes);
        let effect = match git.arguments.operands().first().and_then(Text::exact) {
            Some("drop") => self.git_effect(Verb::Delete, "stash", "one").counted(1, "entries"),
            Some("clear") => match stashes {
                Some(n) => self.git_effect(Verb::Delete, "stash", "all").counted(n, "entries"),
                None => self.git_effect(Verb::Delete, "stash", "all").with_certainty(Certainty::AtLeast),
            },
            Some("list" | "show") => self.git_effect(Verb::Read, "repository", "."),
            Some("apply" | "branch") => self.git_effect(Verb::Update, "work-tree", "."),
            Some("pop") => {
                self.find(self.git_effect(Verb::Delete, "stash", "one").counted(1, "entries"));
                self.git_effect(Verb::Update, "work-tree", ".")
            }
            Some("push" | "save" | "create" | "store") | None => {
                self.find(self.git_effect(Verb::Create, "stash", "one"));
                self.git_effect(Verb::Update, "work-tree", ".")
            }
            Some(_) => {
                self.runs_opaque("git stash");
                return;
            }
        };
        self.find(effect);
    }

    /// Commits that nothing names any more are how a mistake is mended.
    fn forgets(&mut self, git: &Git<'_>) {
        let first = git.arguments.operands().first().and_then(Text::exact);
        let keeps = match git.name {
            "reflog" => !matches!(first, Some("expire" | "delete" | "drop")),
            "gc" => !git.arguments.has("--prune --aggressive") && !git.arguments.options_begin("--prune"),
            "prune" => git.arguments.has("-n --dry-run") && !git.takes_back(),
            _ => false,
        };
        let verb = if keeps { Verb::Read } else { Verb::Delete };
        let effect = self.git_effect(verb, "commits", "that no ref names").with_certainty(Certainty::AtLeast);
        self.find(effect);
    }

    fn configures(&mut self, git: &Git<'_>, scope: &Scope) {
        let operands = git.arguments.operands();
        let first = operands.first().and_then(Text::exact);
        let asks = git.arguments.has("--get --get-all --get-regexp --list -l --get-urlmatch --show-origin");
        let changes = matches!(first, Some("set" | "unset" | "edit" | "rename-section" | "remove-section")) || git.arguments.has("--comment --value");
        let reads = asks || matches!(first, Some("get" | "list"));
        let plain_read = operands.len() == 1 && git.arguments.options_are_empty();
        if (reads || plain_read) && !changes {
            let keys = || operands.iter().chain(git.arguments.values("--get --get-all --get-regexp --get-urlmatch"));
            let opens = |key: &Text| ["extraheader", "token", "passw", "secret", "cookie"].iter().any(|word| key.text.to_lowercase().contains(word));
            if keys().any(opens) && self.ground.place == Place::Host {
                let effect = self.git_effect(Verb::Read, "secret", "a setting of git");
                self.find(Effect { data_bearing: true, ..effect });
            }
            self.find(self.git_effect(Verb::Read, "repository", "."));
            for file in git.arguments.values("-f --file") {
                self.touch(Touch::new(Verb::Read), file, scope);
            }
            return;
        }
        let file = if git.arguments.has("--global") {
            format!("{}/.gitconfig", self.ground.facts.home)
        } else if git.arguments.has("--system") {
            "/etc/gitconfig".into()
        } else {
            format!("{}/.git/config", self.ground.facts.tree)
        };
        self.touch(Touch::new(Verb::Update), &Text::known(file), scope);
        for file in git.arguments.values("-f --file") {
            self.touch(Touch::new(Verb::Update), file, scope);
        }
    }

    fn work_trees(&mut self, git: &Git<'_>, scope: &Scope) {
        let operands = git.arguments.operands();
        match (operands.first().and_then(Text::exact), operands.get(1)) {
            (Some("list"), _) => self.find(self.git_effect(Verb::Read, "repository", ".")),
            (Some("add"), Some(path)) => self.touch(Touch::new(Verb::Create).recursive(), path, scope),
            (Some("remove" | "move"), Some(path)) => {
                self.touch(Touch::new(Verb::Delete).recursive(), path, scope);
                if let Some(to) = operands.get(2) {
                    self.touch(Touch::new(Verb::Create).recursive(), to, scope);
                }
            }
            (Some("prune" | "lock" | "unlock" | "repair"), _) => self.find(self.git_effect(Verb::Update, "repository", ".")),
            _ => self.runs_opaque("git worktree"),
        }
    }
}

/// One call of git: the subcommand and its arguments.
struct Git<'w> {
    name: &'static str,
    arguments: crate::shell::Arguments,
    words: &'w [Text],
}

/// How many commits back from here it is, at least: `HEAD~5`, `HEAD^`, `@~`. Nothing where that depends on the history.
fn steps_back(to: &str) -> Option<u64> {
    let rest = to.strip_prefix("HEAD").or_else(|| to.strip_prefix('@'))?;
    let carets = rest.bytes().take_while(|b| *b == b'^').count();
    match rest.get(carets..)? {
        "" => u64::try_from(carets).ok().filter(|steps| *steps > 0),
        "~" if carets == 0 => Some(1),
        number if carets == 0 => number.strip_prefix('~')?.parse().ok().filter(|steps| *steps > 0),
        _ => None,
    }
}

/// Whether a word can only be a pattern of paths: no ref has such a character.
fn is_pathspec(word: &str) -> bool {
    word.starts_with(':') || word.contains(['*', '?', '[', '\\'])
}

/// Settings that neither run a program nor lead elsewhere.
fn is_harmless_setting(setting: &str) -> bool {
    let key = setting.split('=').next().unwrap_or_default().to_lowercase();
    let value = setting.split_once('=').map_or("", |(_, v)| v);
    ["user.name", "user.email", "core.quotepath", "core.autocrlf", "init.defaultbranch", "merge.conflictstyle", "diff.algorithm"]
        .contains(&key.as_str())
        || key.starts_with("color.")
        || key.starts_with("advice.")
        || (key == "core.pager" && ["cat", ""].contains(&value))
        || (key == "commit.gpgsign" && value == "false")
}

#[cfg(test)]
mod tests;
