//! The project of the demo, embedded, so that `countersign demo` needs nothing but the program.

use std::fs;
use std::path::Path;

/// The front end's one module as it is before the fix.
pub(crate) const EXPLORER: &str = include_str!("../../../../scenarios/december/project/app/explorer.mjs");

const FILES: [(&str, &str); 9] = [
    (".gitignore", include_str!("../../../../scenarios/december/project/.gitignore")),
    ("AGENTS.md", include_str!("../../../../scenarios/december/project/AGENTS.md")),
    ("README.md", include_str!("../../../../scenarios/december/project/README.md")),
    ("app/explorer.mjs", include_str!("../../../../scenarios/december/project/app/explorer.mjs")),
    ("app/index.html", include_str!("../../../../scenarios/december/project/app/index.html")),
    ("ops/deploy.sh", include_str!("../../../../scenarios/december/project/ops/deploy.sh")),
    ("ops/fix-region.sh", include_str!("../../../../scenarios/december/project/ops/fix-region.sh")),
    ("package.json", include_str!("../../../../scenarios/december/project/package.json")),
    ("test/explorer.test.mjs", include_str!("../../../../scenarios/december/project/test/explorer.test.mjs")),
];

/// Writes the project's files below `folder`.
pub(crate) fn write(folder: &Path) -> anyhow::Result<()> {
    for (name, text) in FILES {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}
