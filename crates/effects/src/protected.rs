//! Paths that decide what runs outside the box, or what an agent may do: git hooks, the settings of agents and editors, shell
//! start-up files. A change of one is taking a safeguard away, however small the file. Absent files count too: making one
//! is the trick.

/// What a protected path is, in a few words; nothing for other paths. `path` is relative to a work tree or to a home.
pub fn protected(path: &str) -> Option<&'static str> {
    let lower = path.to_lowercase();
    let parts: Vec<&str> = lower.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    let mut rest = parts.as_slice();
    while let Some((first, after)) = rest.split_first() {
        if let Some(what) = begins(first, after) {
            return Some(what);
        }
        rest = after;
    }
    None
}

/// The same for an agent that acts with its own hands: there, what the person's own tools run or read by themselves counts too.
/// In the box a change of it is ordinary work.
pub(crate) fn protected_by_hand(path: &str) -> Option<&'static str> {
    let makes_repository = path.rsplit('/').next() == Some("HEAD") && !path.split('/').any(|part| part.eq_ignore_ascii_case(".git"));
    let repository = makes_repository.then_some("what makes its folder a git repository, whose settings run programs");
    protected(path).or(repository).or_else(|| {
        let lower = path.to_lowercase();
        let parts: Vec<&str> = lower.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
        (0..parts.len()).find_map(|at| steers_tools(parts.get(at..)?))
    })
}

fn steers_tools(parts: &[&str]) -> Option<&'static str> {
    match parts {
        [".cargo"] | [".cargo", "config" | "config.toml", ..] => Some("settings of a tool, which can run programs"),
        [
            "rust-toolchain" | "rust-toolchain.toml" | ".yarnrc" | ".yarnrc.yml" | ".yarnrc.yaml" | ".pnpmfile.cjs" | ".pnpmfile.js" | ".npmrc" | "ansible.cfg"
            | ".ansible.cfg" | ".bazelrc" | "pip.conf" | "pip.ini",
        ] => Some("settings of a tool, which can run programs"),
        [".roo" | ".roomodes" | ".clinerules" | ".amazonq" | ".trae" | ".fleet" | ".vs", ..] => Some("configuration of an agent or an editor"),
        [".dir-locals.el" | ".dir-locals-2.el" | ".nvim.lua" | ".exrc"] => Some("configuration of an editor"),
        [name] if name.ends_with(".code-workspace") => Some("configuration of an editor"),
        [".husky", ..] => Some("a git hook, which runs outside the box"),
        [name] if [".pre-commit-config.yaml", ".pre-commit-config.yml"].contains(name) => Some("a git hook, which runs outside the box"),
        [name] if [".lintstagedrc", "lint-staged.config.", "lefthook.", ".lefthook.", "lefthook-local.", ".lefthook-local."].iter().any(|start| name.starts_with(start)) => {
            Some("a git hook, which runs outside the box")
        }
        _ => None,
    }
}

fn begins(first: &str, after: &[&str]) -> Option<&'static str> {
    let next = after.first().copied();
    match first {
        ".git" => match next {
            None => Some("the repository itself"),
            Some("hooks") => Some("a git hook, which runs outside the box"),
            Some("config" | "config.worktree" | "modules" | "worktrees" | "commondir" | "gitdir") => {
                Some("git's configuration, which can run programs")
            }
            Some("info") if after.get(1).is_some_and(|f| *f == "attributes") => Some("git's configuration, which can run programs"),
            Some(_) => None,
        },
        ".kiro" => match next {
            None | Some("settings" | "hooks" | "agents") => Some("configuration of an agent"),
            Some(_) => None,
        },
        ".claude" | ".cursor" | ".codex" | ".gemini" | ".mcp.json" | ".aider.conf.yml" | ".continue" | ".windsurf" | ".countersign" | ".qwen" | ".opencode"
        | ".goose" | ".agents" | "opencode.json" | "opencode.jsonc" => Some("configuration of an agent"),
        ".config" if next.is_some_and(|name| ["opencode", "goose"].contains(&name)) => Some("configuration of an agent"),
        ".vscode" | ".idea" | ".devcontainer" | ".devcontainer.json" | ".zed" | ".vimrc" | ".exrc" | ".nvimrc" => {
            Some("configuration of an editor")
        }
        ".husky" => Some("a git hook, which runs outside the box"),
        ".gitconfig" | ".gitmodules" => Some("git's configuration, which can run programs"),
        ".envrc" | ".bashrc" | ".bash_profile" | ".bash_login" | ".bash_logout" | ".profile" | ".zshrc" | ".zshenv" | ".zprofile"
        | ".inputrc" => Some("a file that shells run when they start"),
        ".ssh" | ".aws" | ".gnupg" | ".netrc" | ".npmrc" | ".pypirc" => Some("keys or credentials"),
        _ => None,
    }
}

/// Files that a forge runs on the next push: shown apart, but ordinary work.
pub(crate) fn runs_in_ci(path: &str) -> bool {
    [".github/workflows/", ".github/actions/", ".circleci/"].iter().any(|p| path.starts_with(p))
        || [".gitlab-ci.yml", "Jenkinsfile", ".travis.yml", "azure-pipelines.yml", "buildspec.yml"].contains(&path)
}

/// Whether a file's name says that it holds data: a database, a dump of one, or one of its side files.
pub(crate) fn looks_like_data(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    const ENDINGS: [&str; 17] = [
        ".db", ".db3", ".sqlite", ".sqlite3", ".s3db", ".duckdb", ".mdb", ".accdb", ".rdb", ".aof", ".ldb", ".sst", ".dump", ".parquet",
        ".ibd", ".frm", ".tfstate",
    ];
    ENDINGS.iter().any(|e| name.ends_with(e)) || side_file(&name).is_some_and(looks_like_data)
}

/// The database that a write-ahead log, journal or shared-memory file belongs to.
pub(crate) fn side_file(path: &str) -> Option<&str> {
    ["-wal", "-shm", "-journal"].iter().find_map(|e| path.strip_suffix(e)).filter(|p| !p.is_empty())
}

#[cfg(test)]
mod tests;
