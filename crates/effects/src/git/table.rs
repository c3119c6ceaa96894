//! Git's subcommands: data, one row each. What is not here may be an alias or a program of its own, and is opaque.

use crate::shell::{Arguments, Text};

/// What a subcommand does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Looks,
    Index,
    Commits,
    Resets,
    Cleans,
    ChecksOut,
    Restores,
    Removes,
    Moves,
    Merges,
    Rewrites,
    Branches,
    Tags,
    Stashes,
    /// Takes away what nothing names: reflogs, unreachable commits.
    Forgets,
    Refs,
    Configures,
    WorkTrees,
    Applies,
    /// `init`: makes a repository.
    Starts,
    Pushes,
    /// Talks to another repository and only takes.
    Contacts,
    Submodules,
    Remotes,
    Runs,
}

/// One row.
pub(super) struct Subcommand {
    pub(super) name: &'static str,
    pub(super) deed: Deed,
    pub(super) valued: &'static str,
    pub(super) writes: &'static str,
    pub(super) runs: &'static str,
    /// Whether it runs the repository's hooks, filters or merge drivers.
    pub(super) hooks: bool,
}

impl Subcommand {
    pub(super) fn arguments(&self, words: &[Text]) -> Arguments {
        Arguments::with(words, &[self.valued, self.writes], self.runs, false)
    }

    const fn valued(self, valued: &'static str) -> Self {
        Self { valued, ..self }
    }

    const fn writes(self, writes: &'static str) -> Self {
        Self { writes, ..self }
    }

    const fn runs(self, runs: &'static str) -> Self {
        Self { runs, ..self }
    }

    const fn hooks(self) -> Self {
        Self { hooks: true, ..self }
    }
}

const fn row(name: &'static str, deed: Deed) -> Subcommand {
    Subcommand { name, deed, valued: "", writes: "", runs: "", hooks: false }
}

/// The row of a subcommand.
pub(super) fn find(name: &str) -> Option<&'static Subcommand> {
    SUBCOMMANDS.iter().find(|row| row.name == name)
}

const LOG: &str = "-n --max-count -S -G --since --until --after --before --author --grep --format --pretty -L -U --diff-filter --skip --date";

static SUBCOMMANDS: &[Subcommand] = &[
    row("status", Deed::Looks),
    row("log", Deed::Looks).valued(LOG).writes("--output").runs("--ext-diff --textconv"),
    row("diff", Deed::Looks).valued(LOG).writes("--output").runs("--ext-diff --textconv"),
    row("show", Deed::Looks).valued(LOG).writes("--output").runs("--ext-diff --textconv"),
    row("shortlog", Deed::Looks).valued(LOG).writes("--output"),
    row("whatchanged", Deed::Looks).valued(LOG).writes("--output").runs("--ext-diff --textconv"),
    row("blame", Deed::Looks).valued("-L -S").writes("--contents"),
    row("annotate", Deed::Looks),
    row("grep", Deed::Looks).valued("-e -f -A -B -C -m --max-depth").runs("-O --open-files-in-pager --textconv"),
    row("ls-files", Deed::Looks).valued("-x -X"),
    row("ls-tree", Deed::Looks),
    row("cat-file", Deed::Looks).runs("--textconv --filters"),
    row("rev-parse", Deed::Looks),
    row("rev-list", Deed::Looks).valued(LOG),
    row("merge-base", Deed::Looks),
    row("name-rev", Deed::Looks),
    row("describe", Deed::Looks),
    row("show-ref", Deed::Looks),
    row("show-branch", Deed::Looks),
    row("for-each-ref", Deed::Looks).valued("--format --sort --count"),
    row("diff-tree", Deed::Looks).writes("--output").runs("--ext-diff --textconv"),
    row("diff-index", Deed::Looks).writes("--output").runs("--ext-diff --textconv"),
    row("diff-files", Deed::Looks).writes("--output").runs("--ext-diff --textconv"),
    row("check-ignore", Deed::Looks),
    row("check-attr", Deed::Looks),
    row("count-objects", Deed::Looks),
    row("fsck", Deed::Looks).runs("--lost-found"),
    row("verify-commit", Deed::Runs),
    row("var", Deed::Looks),
    row("version", Deed::Looks),
    row("help", Deed::Looks),
    row("format-patch", Deed::Applies).valued("-n -o").writes("-o --output-directory --output"),
    row("archive", Deed::Looks).valued("--format --prefix").writes("-o --output").runs("--remote --exec"),
    row("bundle", Deed::Runs),
    row("add", Deed::Index).runs("-e --edit -i --interactive -p --patch").hooks(),
    row("update-index", Deed::Index),
    row("read-tree", Deed::Merges),
    row("write-tree", Deed::Index),
    row("hash-object", Deed::Index),
    row("commit", Deed::Commits).valued("-m -F -C -c --message --file --author --date --template -t --fixup --squash --cleanup --trailer").hooks(),
    row("commit-tree", Deed::Commits).valued("-m -p -F"),
    row("reset", Deed::Resets).hooks(),
    row("clean", Deed::Cleans).valued("-e --exclude"),
    row("checkout", Deed::ChecksOut).valued("-b -B --orphan --conflict").hooks(),
    row("switch", Deed::ChecksOut).valued("-c -C --orphan --conflict").hooks(),
    row("restore", Deed::Restores).valued("-s --source --conflict").hooks(),
    row("rm", Deed::Removes),
    row("mv", Deed::Moves),
    row("merge", Deed::Merges).valued("-m -s -X --strategy --strategy-option -F").hooks(),
    row("cherry-pick", Deed::Merges).valued("-m -s -X --strategy --mainline").hooks(),
    row("revert", Deed::Merges).valued("-m --mainline -s -X").hooks(),
    row("rebase", Deed::Rewrites).valued("--onto -s -X -x --exec -C").runs("-x --exec").hooks(),
    row("am", Deed::Merges).valued("-p -C --directory --patch-format").hooks(),
    row("filter-branch", Deed::Rewrites).runs("--tree-filter --index-filter --msg-filter --env-filter --commit-filter --parent-filter -f").hooks(),
    row("filter-repo", Deed::Rewrites).hooks(),
    row("replace", Deed::Rewrites),
    row("branch", Deed::Branches).valued("-u --set-upstream-to --sort --format --contains --merged --no-merged").runs("--edit-description"),
    row("tag", Deed::Tags).valued("-m -F -u --message --file --local-user --sort --format --contains").runs("-s -u -v"),
    row("stash", Deed::Stashes).valued("-m --message").hooks(),
    row("reflog", Deed::Forgets).valued("--expire --expire-unreachable"),
    row("gc", Deed::Forgets),
    row("prune", Deed::Forgets).valued("--expire"),
    row("repack", Deed::Forgets),
    row("maintenance", Deed::Runs),
    row("notes", Deed::Commits).valued("-m -F -C -c"),
    row("update-ref", Deed::Refs).valued("-m"),
    row("symbolic-ref", Deed::Refs).valued("-m"),
    row("config", Deed::Configures).valued("-f --file --blob --type --default --get --get-all --get-regexp --unset --unset-all --add --replace-all"),
    row("worktree", Deed::WorkTrees).valued("-b -B --reason").hooks(),
    row("apply", Deed::Applies).valued("-p -C --directory --exclude --include --build-fake-ancestor"),
    row("sparse-checkout", Deed::Merges),
    row("init", Deed::Starts).valued("-b --initial-branch --object-format").runs("--template --separate-git-dir"),
    row("push", Deed::Pushes).valued("-o --push-option --repo --recurse-submodules").runs("--receive-pack --exec"),
    row("fetch", Deed::Contacts).valued("-j --depth --deepen --shallow-since -o --refmap").runs("--upload-pack -u"),
    row("pull", Deed::Contacts).valued("-s -X --depth -j").runs("--upload-pack").hooks(),
    row("clone", Deed::Contacts)
        .valued("-b --branch --depth -o --origin -j --reference --filter -c --config -u --upload-pack")
        .runs("--upload-pack -u -c --config --template --separate-git-dir")
        .hooks(),
    row("ls-remote", Deed::Contacts).valued("--sort").runs("--upload-pack --exec"),
    row("remote", Deed::Remotes).valued("-t -m"),
    row("submodule", Deed::Submodules),
    row("bisect", Deed::Runs),
    row("difftool", Deed::Runs),
    row("mergetool", Deed::Runs),
    row("gui", Deed::Runs),
    row("daemon", Deed::Runs),
    row("send-email", Deed::Runs),
    row("lfs", Deed::Runs),
    row("credential", Deed::Runs),
];
