//! Files that programs outside the box would obey: git hooks and configuration, settings of agents and editors. They are
//! read-only in the box; those that do not exist are an empty read-only folder there, so that none can be made.
//!
//! A folder stands for an absent file too: git does not see empty folders, and nothing can be written into a name that is
//! a folder. The table is for the top of the tree; [`found_below`] adds what lies deeper and exists.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What is read-only at the top of every tree, also when absent.
pub const PROTECTED: [&str; 30] = [
    ".aider.conf.yml",
    ".amazonq",
    ".claude",
    ".clinerules",
    ".codeium",
    ".codex",
    ".continue",
    ".countersign",
    ".cursor",
    ".cursorrules",
    ".devcontainer",
    ".direnv",
    ".envrc",
    ".gemini",
    ".goose",
    ".goosehints",
    ".idea",
    ".kiro/agents",
    ".kiro/hooks",
    ".kiro/settings",
    ".mcp.json",
    ".opencode",
    ".qwen",
    ".roo",
    ".roomodes",
    ".vscode",
    ".windsurf",
    ".windsurfrules",
    ".zed",
    "opencode.json",
];

/// What is read-only in every git folder, also when absent.
pub(crate) const IN_GIT: [&str; 3] = ["config", "config.worktree", "hooks"];

/// Names that are read-only wherever they exist below the top.
const ANYWHERE: [&str; 10] =
    [".claude", ".codex", ".cursor", ".envrc", ".gemini", ".idea", ".mcp.json", ".qwen", ".vscode", ".zed"];

/// Whether an existing file or folder of this name is read-only below the top as well.
pub(crate) fn found_below(name: &[u8]) -> bool {
    ANYWHERE.iter().any(|known| known.as_bytes() == name)
}

/// Makes the placeholders of one overlay: for each path that is absent in `real`, an empty folder in `mask`. Paths whose
/// parent is not a folder are left out: nothing can be made there.
pub(crate) fn hold_places(real: &Path, mask: &Path, paths: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut held = Vec::new();
    for relative in paths.iter().map(Path::new) {
        let parents_are_folders = relative
            .ancestors()
            .skip(1)
            .filter(|parent| !parent.as_os_str().is_empty())
            .all(|parent| [real, mask].iter().all(|at| fs::symlink_metadata(at.join(parent)).map_or(true, |metadata| metadata.is_dir())));
        if !parents_are_folders {
            continue;
        }
        if fs::symlink_metadata(real.join(relative)).is_err() && fs::symlink_metadata(mask.join(relative)).is_err() {
            fs::create_dir_all(mask.join(relative))?;
        }
        held.push(relative.to_owned());
    }
    Ok(held)
}

#[cfg(test)]
mod tests;
