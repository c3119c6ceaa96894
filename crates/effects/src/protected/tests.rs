use super::{looks_like_data, protected, runs_in_ci, side_file};

#[test]
fn what_runs_outside_is_protected_wherever_it_lies() {
    for path in [
        ".git",
        ".git/hooks/pre-commit",
        "vendor/lib/.git/config",
        ".GIT/hooks/post-merge",
        ".claude/settings.json",
        "sub/.cursor/rules",
        ".kiro/settings/mcp.json",
        ".vscode/tasks.json",
        ".mcp.json",
        ".envrc",
        "./.codex/config.toml",
        ".gemini/settings.json",
        ".bashrc",
    ] {
        assert!(protected(path).is_some(), "{path}");
    }
}

#[test]
fn ordinary_work_is_not() {
    for path in ["Makefile", "src/git/hooks.rs", ".gitignore", ".kiro/specs/a/tasks.md", "git/hooks/x", ".github/workflows/ci.yml", ".env"] {
        assert_eq!(protected(path), None, "{path}");
    }
    assert!(runs_in_ci(".github/workflows/ci.yml"));
    assert!(!runs_in_ci("docs/.github/workflows"));
}

#[test]
fn databases_are_known_by_name() {
    for path in ["data/costs.db", "X.SQLITE3", "a/costs.db-wal", "terraform.tfstate", "dump.rdb"] {
        assert!(looks_like_data(path), "{path}");
    }
    for path in ["data/costs.dbx", "a.rs", "-wal", "notes-journal"] {
        assert!(!looks_like_data(path), "{path}");
    }
    assert_eq!(side_file("a.db-shm"), Some("a.db"));
}
