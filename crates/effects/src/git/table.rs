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
    Notes,
    Configures,
    WorkTrees,
    Applies,
    /// `format-patch`: writes commits as files.
    Formats,
    /// `read-tree`: the index, and with `-u` the files.
    ReadsTree,
    /// `update-index`: whatever mode and content at whatever path.
    IndexDirectly,
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
    /// Options that read the file which they name.
    pub(super) reads: &'static str,
    pub(super) runs: &'static str,
    /// Whether it runs the repository's hooks, filters or merge drivers.
    pub(super) hooks: bool,
}

impl Subcommand {
    pub(super) fn arguments(&self, words: &[Text]) -> Arguments {
        Arguments::with(words, &[self.valued, self.writes, self.reads, OUTPUT], self.runs, false)
    }

    const fn valued(self, valued: &'static str) -> Self {
        Self { valued, ..self }
    }

    const fn writes(self, writes: &'static str) -> Self {
        Self { writes, ..self }
    }

    const fn reads(self, reads: &'static str) -> Self {
        Self { reads, ..self }
    }

    const fn runs(self, runs: &'static str) -> Self {
        Self { runs, ..self }
    }

    const fn hooks(self) -> Self {
        Self { hooks: true, ..self }
    }
}

const fn row(name: &'static str, deed: Deed) -> Subcommand {
    Subcommand { name, deed, valued: "", writes: "", reads: "", runs: "", hooks: false }
}

/// The row of a subcommand.
pub(super) fn find(name: &str) -> Option<&'static Subcommand> {
    SUBCOMMANDS.iter().find(|row| row.name == name)
}

/// Whatever prints differences prints them to this file.
pub(super) const OUTPUT: &str = "--output";

/// Options of a deed that its reading asks for by their whole names: a shortened one of these is not read.
pub(super) fn asked(deed: Deed) -> &'static str {
    match deed {
        Deed::Looks => "--no-index --output",
        Deed::Commits => "--amend",
        Deed::Resets => "--hard --merge --keep",
        Deed::Cleans | Deed::Removes => "--dry-run --cached --force",
        Deed::ChecksOut => "--force --discard-changes --orphan --track --create --force-create --detach",
        Deed::Restores => "--staged --worktree",
        Deed::Moves => "--force --dry-run",
        Deed::Merges => "--abort --quit --skip",
        Deed::Branches | Deed::Tags => "--delete --force --move --copy --list --contains --merged --no-merged --remotes",
        Deed::Forgets => "--prune --aggressive --dry-run --expire",
        Deed::Refs => "--stdin --delete",
        Deed::Configures => "--get --get-all --get-regexp --list --get-urlmatch --show-origin --global --system --file --unset --add --replace-all --edit",
        Deed::Pushes => "--mirror --all --branches --prune --tags --follow-tags --force --force-with-lease --delete --dry-run --repo",
        Deed::Contacts => "--all --multiple --force --prune",
        Deed::Formats => "--stdout --output-directory --suffix",
        Deed::ReadsTree => "--reset --index-output --prefix",
        _ => "",
    }
}

const LOG: &str = "-n --max-count -S -G --since --until --after --before --author --grep --format --pretty -L -U --diff-filter --skip --date";

static SUBCOMMANDS: &[Subcommand] = &[
    row("status", Deed::Looks),
    row("log", Deed::Looks).valued(LOG).writes("--output").runs("--ext-diff --textconv").reads("-O"),
    row("diff", Deed::Looks).valued(LOG).writes("--output").runs("--ext-diff --textconv").reads("-O"),
    row("show", Deed::Looks).valued(LOG).writes("--output").runs("--ext-diff --textconv").reads("-O"),
    row("shortlog", Deed::Looks).valued(LOG).writes("--output").reads("-O"),
    row("whatchanged", Deed::Looks).valued(LOG).writes("--output").runs("--ext-diff --textconv").reads("-O"),
    row("blame", Deed::Looks).valued("-L").reads("-S --contents --ignore-revs-file"),
    row("annotate", Deed::Looks).valued("-L").reads("-S --contents --ignore-revs-file"),
    row("grep", Deed::Looks).valued("-e -A -B -C -m --max-depth").reads("-f").runs("-O --open-files-in-pager --textconv"),
    row("ls-files", Deed::Looks).valued("-x --exclude --exclude-per-directory --with-tree").reads("-X --exclude-from"),
    row("ls-tree", Deed::Looks),
    row("cat-file", Deed::Looks).runs("--textconv --filters"),
    row("rev-parse", Deed::Looks),
    row("rev-list", Deed::Looks).valued(LOG).reads("-O"),
    row("merge-base", Deed::Looks),
    row("name-rev", Deed::Looks),
    row("describe", Deed::Looks),
    row("show-ref", Deed::Looks),
    row("show-branch", Deed::Looks),
    row("for-each-ref", Deed::Looks).valued("--format --sort --count"),
    row("diff-tree", Deed::Looks).writes("--output").runs("--ext-diff --textconv").reads("-O"),
    row("diff-index", Deed::Looks).writes("--output").runs("--ext-diff --textconv").reads("-O"),
    row("diff-files", Deed::Looks).writes("--output").runs("--ext-diff --textconv").reads("-O"),
    row("check-ignore", Deed::Looks),
    row("check-attr", Deed::Looks),
    row("count-objects", Deed::Looks),
    row("fsck", Deed::Looks).runs("--lost-found"),
    row("verify-commit", Deed::Runs),
    row("var", Deed::Looks),
    row("version", Deed::Looks),
    row("help", Deed::Looks),
    row("format-patch", Deed::Formats)
        .valued("-o --output-directory --signature --start-number --subject-prefix --cover-from-description --in-reply-to --to --cc --base")
        .reads("-O --signature-file --description-file")
        .runs("--suffix --ext-diff --textconv"),
    row("archive", Deed::Looks).valued("--format --prefix").reads("--add-file").writes("-o --output").runs("--remote --exec"),
    row("bundle", Deed::Runs),
    row("add", Deed::Index).valued("--pathspec-from-file").runs("--pathspec-from-file -e --edit -i --interactive -p --patch").hooks(),
    row("update-index", Deed::IndexDirectly),
    row("read-tree", Deed::ReadsTree).valued("--index-output --prefix --exclude-per-directory").runs("--index-output --prefix").hooks(),
    row("write-tree", Deed::Index),
    row("hash-object", Deed::Index).valued("-t --path").runs("--stdin-paths"),
    row("commit", Deed::Commits)
        .valued("-m -C -c --message --author --date --fixup --squash --cleanup --trailer --pathspec-from-file")
        .reads("-F --file -t --template")
        .runs("--pathspec-from-file -p --patch --interactive -e --edit -c --reedit-message")
        .hooks(),
    row("commit-tree", Deed::Commits).valued("-m -p").reads("-F"),
    row("reset", Deed::Resets).valued("--pathspec-from-file").runs("--pathspec-from-file -p --patch").hooks(),
    row("clean", Deed::Cleans).valued("-e --exclude"),
    row("checkout", Deed::ChecksOut).valued("-b -B --orphan --conflict --pathspec-from-file").runs("--pathspec-from-file -p --patch").hooks(),
    row("switch", Deed::ChecksOut).valued("-c -C --orphan --conflict --pathspec-from-file").runs("--pathspec-from-file").hooks(),
    row("restore", Deed::Restores).valued("-s --source --conflict --pathspec-from-file").runs("--pathspec-from-file -p --patch").hooks(),
    row("rm", Deed::Removes).valued("--pathspec-from-file").runs("--pathspec-from-file"),
    row("mv", Deed::Moves),
    row("merge", Deed::Merges).valued("-m -s -X --strategy --strategy-option").reads("-F --file").hooks(),
    row("cherry-pick", Deed::Merges).valued("-m -s -X --strategy --mainline").hooks(),
    row("revert", Deed::Merges).valued("-m --mainline -s -X").hooks(),
    row("rebase", Deed::Rewrites).valued("--onto -s -X -x --exec -C").runs("-x --exec").hooks(),
    row("am", Deed::Applies).valued("-p -C --directory --patch-format").hooks(),
    row("filter-branch", Deed::Rewrites).runs("--tree-filter --index-filter --msg-filter --env-filter --commit-filter --parent-filter -f").hooks(),
    row("filter-repo", Deed::Rewrites).hooks(),
    row("replace", Deed::Rewrites),
    row("branch", Deed::Branches).valued("-u --set-upstream-to --sort --format --contains --merged --no-merged").runs("--edit-description"),
    row("tag", Deed::Tags).valued("-m -u --message --local-user --sort --format --contains").reads("-F --file").runs("-s -u -v"),
    row("stash", Deed::Stashes).valued("-m --message --pathspec-from-file").runs("--pathspec-from-file -p --patch").hooks(),
    row("reflog", Deed::Forgets).valued("--expire --expire-unreachable"),
    row("gc", Deed::Forgets),
    row("prune", Deed::Forgets).valued("--expire"),
    row("repack", Deed::Forgets),
    row("maintenance", Deed::Runs),
    row("notes", Deed::Notes).valued("-m -C -c --ref --message").runs("-c --edit --reedit-message --ref").reads("-F --file"),
    row("update-ref", Deed::Refs).valued("-m"),
    row("symbolic-ref", Deed::Refs).valued("-m"),
    row("config", Deed::Configures).valued("-f --file --blob --type --default --comment --value --url --get --get-all --get-regexp --unset --unset-all --add --replace-all"),
    row("worktree", Deed::WorkTrees).valued("-b -B --reason").hooks(),
    row("apply", Deed::Applies).valued("-p -C --directory --exclude --include --build-fake-ancestor --whitespace"),
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
