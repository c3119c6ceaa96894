//! Git where it does more than its subcommand's name says: patches that write anywhere, other people's repositories below the
//! tree, options that are shortened or taken back, files that options name.

use action::Verb;

use super::Git;
use super::table::{Deed, OUTPUT, Subcommand, asked};
use crate::path::below;
use crate::place::{Place, Target, Touch};
use crate::shell::{Reader, Scope, Text};

impl Git<'_> {
    /// Whether a long option may be a shortened one of those that the reading asks for.
    pub(super) fn is_shortened(&self, deed: Deed) -> bool {
        let asked: Vec<&str> = asked(deed).split_whitespace().collect();
        let begins = |given: &str| asked.iter().any(|whole| whole.len() > given.len() && whole.starts_with(given));
        self.long_options().any(|given| !asked.contains(&given) && !WHOLE.contains(&given) && begins(given))
    }

    /// Whether some option takes back another one: `--no-dry-run`, however short.
    pub(super) fn takes_back(&self) -> bool {
        self.arguments.options_begin("--n")
    }

    /// Whether what is read as an option's value may be an option: some take a value only where it is joined to them.
    pub(super) fn hides_options(&self, row: &Subcommand) -> bool {
        let dashed = |value: &Text| value.text.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c == '-' || c.is_ascii_alphabetic()));
        [row.valued, row.writes, row.reads].iter().any(|names| self.arguments.values(names).any(dashed))
    }

    /// Whether it would open an editor or a reader of manuals where it has a terminal. What an agent types there runs commands.
    pub(super) fn opens_editor(&self) -> bool {
        let has = |names: &str| self.arguments.has(names);
        match self.name {
            "commit" => !has("-m --message -F --file -C --reuse-message --fixup --no-edit --dry-run --short --porcelain"),
            "tag" => has("-e --edit") || (has("-a --annotate") && !has("-m --message -F --file")),
            "merge" => has("-e --edit --continue") || !has("--no-edit -m --message -F --file --no-commit --ff-only --squash --abort --quit"),
            "revert" => has("-e --edit --continue") || !has("--no-edit -n --no-commit --abort --quit --skip"),
            "cherry-pick" => has("-e --edit --continue"),
            "rebase" => has("-i --interactive --continue --edit-todo"),
            "notes" => self.arguments.operands().first().and_then(Text::exact) == Some("add") && !has("-m --message -F --file"),
            "help" => true,
            _ => false,
        }
    }

    /// Words that are no options, values of options among them.
    fn plain_words(&self) -> impl Iterator<Item = &Text> {
        self.words.iter().filter(|word| !word.known_prefix().starts_with('-'))
    }

    fn long_options(&self) -> impl Iterator<Item = &str> {
        let before = self.words.iter().take_while(|word| word.exact() != Some("--"));
        before.map(|word| word.known_prefix().split('=').next().unwrap_or_default()).filter(|name| name.len() > 2 && name.starts_with("--"))
    }

    /// Whether every option is one of these.
    fn has_only(&self, allowed: &[&str]) -> bool {
        let short = |word: &Text| word.known_prefix().starts_with('-') && !word.known_prefix().starts_with("--");
        let shorts = self.words.iter().filter(|word| short(word)).all(|word| word.exact().is_some_and(|text| allowed.contains(&text)));
        shorts && self.long_options().all(|name| allowed.contains(&name))
    }
}

/// Whole names of options that others begin with.
const WHOLE: [&str; 4] = ["--index", "--exclude", "--get-color", "--no-pager"];

impl Reader<'_> {
    /// Whether an agent of another maker does it with its own hands: then only what is surely mild is read as such.
    pub(super) fn by_hand(&self) -> bool {
        self.ground.facts.by_hand && self.ground.place == Place::Host
    }

    /// Whether git may find another repository than the tree's. A folder with `HEAD`, `objects` and `refs`, or with a `.git`, is
    /// one, and its settings run programs; no fact says what folders hold, so only the tree's root is sure.
    pub(super) fn may_be_elsewhere(&self, git: &Git<'_>, there: &Scope) -> bool {
        let facts = self.ground.facts;
        let asks_none = ["clone", "init", "version"].contains(&git.name);
        let at_root = there.directory() == Some(facts.tree.as_str()) && facts.git.is_some();
        // The root of a tree inside another repository becomes one by a file or two.
        let made = |name: &str| self.has_written_below(&format!("{}/{name}", facts.tree));
        let at_root = at_root && !facts.files.contains_key("HEAD") && ![".git", "HEAD"].iter().any(|name| made(name));
        self.by_hand() && !asks_none && !at_root
    }

    /// Files that options name, to read or to write.
    pub(super) fn files_of_options(&mut self, row: &Subcommand, git: &Git<'_>, there: &Scope) {
        for file in git.arguments.values(row.reads) {
            self.reads_file(file, there);
        }
        for writes in [row.writes, OUTPUT] {
            for file in git.arguments.values(writes) {
                self.touch(Touch::new(Verb::Update), file, there);
            }
        }
    }

    /// Files that git compares, searches or keeps though no commit has them.
    pub(super) fn files_outside(&mut self, git: &Git<'_>, there: &Scope) {
        let loose = git.arguments.has("--no-index");
        match git.name {
            "hash-object" => git.arguments.operands().iter().for_each(|file| self.reads_file(file, there)),
            "diff" | "grep" if loose => git.plain_words().for_each(|path| self.touch(Touch::new(Verb::Read).recursive(), path, there)),
            // Two paths of which one is outside are compared without a repository.
            "diff" => {
                let several = git.plain_words().nth(1).is_some();
                for path in git.plain_words() {
                    let outside = |target: &Target| match target {
                        Target::Path(path) => below(&self.ground.resolved(path), &self.ground.facts.tree).is_none(),
                        Target::Below { base, .. } => below(base, &self.ground.facts.tree).is_none(),
                        Target::Unknown { .. } => self.by_hand() && several,
                    };
                    if there.targets(path).iter().any(outside) {
                        self.touch(Touch::new(Verb::Read).recursive(), path, there);
                    }
                }
            }
            _ => {}
        }
    }

    /// Words that lead out of the tree, whatever option they belong to: `diff --no-index`, `commit -F`, `config -f` show what is in them.
    pub(super) fn reads_elsewhere(&mut self, git: &Git<'_>, scope: &Scope) {
        if !self.by_hand() {
            return;
        }
        let deep = ["clone", "diff", "fetch", "grep", "pull"].contains(&git.name);
        let mut before = "";
        for word in git.words.iter().filter_map(Text::exact) {
            let says = |option: &str| option == "--message" || (option.starts_with('-') && !option.starts_with("--") && option.ends_with('m'));
            let words_only = says(std::mem::replace(&mut before, word));
            let value = match word.strip_prefix("--") {
                Some(long) => long.split_once('=').filter(|(name, _)| *name != "message").map(|(_, value)| value),
                None if word.starts_with('-') => word.get(2..).filter(|_| !word.starts_with("-m")),
                None => Some(word),
            };
            let leads_out = |path: &&str| path.starts_with(['/', '~']) || path.split('/').any(|part| part == "..");
            if let Some(path) = value.filter(leads_out).filter(|_| !words_only) {
                let touch = Touch::new(Verb::Read);
                self.touch(if deep { touch.recursive() } else { touch }, &Text::known(path), scope);
            }
        }
    }

    fn reads_file(&mut self, file: &Text, there: &Scope) {
        if file.exact() != Some("-") {
            self.touch(Touch::new(Verb::Read), file, there);
        }
    }

    /// `apply` and `am`: a patch names the files that it writes, links and `.envrc` among them.
    pub(super) fn applies(&mut self, git: &Git<'_>, scope: &Scope) {
        const SHOWS: [&str; 4] = ["--check", "--stat", "--numstat", "--summary"];
        const BESIDE: [&str; 15] = [
            "--check", "--stat", "--numstat", "--summary", "-v", "--verbose", "-q", "--quiet", "-R", "--reverse", "--index", "--cached", "--recount",
            "-p0", "-p1",
        ];
        if git.name == "apply" && git.arguments.has(&SHOWS.join(" ")) && git.has_only(&BESIDE) {
            self.find(self.git_effect(Verb::Read, "repository", "."));
            git.arguments.operands().iter().for_each(|patch| self.reads_file(patch, scope));
            return;
        }
        if self.by_hand() {
            self.runs_opaque(&format!("git {}", git.name));
        }
        self.touch(Touch::new(Verb::Update), &Text::below(&Text::known(".")), scope);
        if git.name == "am" {
            self.find(self.git_effect(Verb::Create, "commits", self.branch()));
            if git.arguments.has("--abort --quit --skip") {
                self.discards();
            }
        }
    }

    /// `format-patch`: a file for each commit, in a folder.
    pub(super) fn formats(&mut self, git: &Git<'_>, scope: &Scope) {
        if git.arguments.has("--stdout") && !git.takes_back() {
            self.find(self.git_effect(Verb::Read, "repository", "."));
            return;
        }
        let folders: Vec<&Text> = git.arguments.values("-o --output-directory").collect();
        for folder in &folders {
            self.touch(Touch::new(Verb::Update), &Text::below(folder), scope);
        }
        if folders.is_empty() {
            self.touch(Touch::new(Verb::Update), &Text::below(&Text::known(".")), scope);
        }
    }

    pub(super) fn reads_tree(&mut self, git: &Git<'_>) {
        self.find(self.git_effect(Verb::Update, "git-index", "."));
        if git.arguments.has("-u --reset") {
            self.discards();
            self.find(self.git_effect(Verb::Update, "work-tree", "."));
            if self.by_hand() {
                self.runs_opaque("git read-tree"); // any file, settings of agents among them
            }
        }
    }

    /// `update-index`: only looking again at what is there is read.
    pub(super) fn index_directly(&mut self, git: &Git<'_>) {
        const REFRESHES: [&str; 6] = ["--refresh", "--really-refresh", "-q", "--ignore-missing", "--ignore-submodules", "--unmerged"];
        let refreshes = git.has_only(&REFRESHES) && git.arguments.operands().is_empty();
        if self.by_hand() && !refreshes {
            self.runs_opaque("git update-index");
        }
        self.find(self.git_effect(Verb::Update, "git-index", "."));
    }
}

#[cfg(test)]
mod tests;
