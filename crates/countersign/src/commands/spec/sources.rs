//! Tests in the tracked source files of a project: which there are, and what they say they test.

use std::collections::BTreeMap;

use spec::trace::{Tagged, names_in, tests_in};

use super::folders::Project;

/// Bytes of all source files together.
const MOST_TOGETHER: usize = 512 << 20;
/// Endings of files that have tests.
const ENDINGS: [&str; 24] = [
    "rs", "py", "js", "jsx", "mjs", "cjs", "ts", "tsx", "go", "java", "kt", "kts", "scala", "cs", "rb", "php", "swift", "c", "cc", "cpp",
    "ex", "exs", "dart", "clj",
];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// Tests that say what they test, with their files.
    pub tagged: Vec<(String, Tagged)>,
    /// How often each name of a test is declared.
    pub declared: BTreeMap<String, usize>,
    /// Whether there was more than is read.
    pub cut: bool,
}

/// Whether a path is one of a source file.
pub(super) fn is_source(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// Reads the source files among these paths. Links are not followed, and what is too large is left out.
pub(super) fn read(project: &Project, tracked: &[String]) -> Sources {
    let mut sources = Sources::default();
    let mut left = MOST_TOGETHER;
    for path in tracked.iter().filter(|path| is_source(path)) {
        let Ok(Some(bytes)) = project.bytes(path) else { continue };
        let Some(rest) = left.checked_sub(bytes.len()) else {
            sources.cut = true;
            break;
        };
        left = rest;
        let text = String::from_utf8_lossy(&bytes);
        for name in names_in(&text) {
            *sources.declared.entry(name.to_owned()).or_default() += 1;
        }
        sources.tagged.extend(tests_in(&text).into_iter().map(|test| (path.clone(), test)));
    }
    sources
}
