//! What a path says by itself: whether it is a test, whether it is documentation. By names only; nothing is read.

/// Kinds of files that hold code, by their endings.
const CODE: &[&str] = &[
    "rs", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "py", "go", "java", "kt", "kts", "scala", "groovy",
    "cs", "fs", "vb", "rb", "php", "ex", "exs", "erl", "swift", "m", "c", "cc", "cpp", "cxx", "h", "hpp", "zig", "dart", "hs", "ml",
    "clj", "cljs", "lua", "pl", "t", "r", "jl", "nim", "d", "sh", "bash", "bats", "feature",
];

/// Folders whose code is tests.
const TEST_FOLDERS: &[&str] = &["test", "tests", "__tests__", "spec", "specs", "e2e", "Tests"];
/// Folders whose files are what tests read, not tests.
const TEST_DATA: &[&str] = &["fixtures", "__fixtures__", "testdata", "snapshots", "__snapshots__", "golden", "goldens"];

/// Whether a path is a test's: by its name (`parser_test.go`, `test_parser.py`, `parser.spec.ts`) or as code in a folder of
/// tests. What tests only read (fixtures, snapshots) is not. Rust also has tests inside other files: see
/// [`Runner::inline_tests`](super::Runner::inline_tests).
pub fn is_test_file(path: &str) -> bool {
    let (folders, name) = parts(path);
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    if !CODE.contains(&extension) || folders.iter().any(|folder| TEST_DATA.contains(folder)) {
        return false;
    }
    folders.iter().any(|folder| TEST_FOLDERS.contains(folder) || folder.ends_with(".Tests")) || names_a_test(stem, extension)
}

/// Each language's habit.
fn names_a_test(stem: &str, extension: &str) -> bool {
    match extension {
        "rs" => matches!(stem, "tests" | "test") || stem.ends_with("_test") || stem.ends_with("_tests"),
        "py" => stem.starts_with("test_") || stem.ends_with("_test") || matches!(stem, "tests" | "conftest"),
        "go" | "exs" | "dart" | "c" | "cc" | "cpp" | "cxx" | "zig" | "lua" | "ml" | "clj" | "jl" => {
            stem.ends_with("_test") || stem.starts_with("test_") && extension != "go"
        }
        "rb" => stem.ends_with("_spec") || stem.ends_with("_test") || stem.starts_with("test_"),
        "java" | "kt" | "groovy" | "scala" | "cs" | "fs" | "vb" | "swift" | "php" | "hs" => {
            ["Test", "Tests", "TestCase", "Spec"].iter().any(|end| stem.ends_with(end))
                || is_integration_test(stem)
                || stem.strip_prefix("Test").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
        }
        "bats" | "t" | "feature" => true,
        _ => [".test", ".spec", ".e2e", ".cy"].iter().any(|end| stem.ends_with(end)),
    }
}

/// `ParserIT`; not `EXIT`.
fn is_integration_test(stem: &str) -> bool {
    stem.strip_suffix("IT").is_some_and(|rest| rest.ends_with(|c: char| c.is_lowercase() || c.is_ascii_digit() || c == '_'))
}

/// Whether a path is documentation for people: a README, a changelog, Markdown and its kin, anything below `docs`.
///
/// What stands in a folder with a dot (`.github`, `.kiro`), in tests, or is guidance for agents is none: a changed list of
/// tasks is not a changed manual.
pub fn is_documentation(path: &str) -> bool {
    const ENDINGS: &[&str] = &["md", "mdx", "markdown", "rst", "adoc", "asciidoc"];
    const NAMES: &[&str] = &["readme", "changelog", "changes", "history", "contributing", "security", "architecture", "news"];
    const GUIDANCE: &[&str] = &["agents.md", "claude.md", "gemini.md", "skill.md"];
    let lower = path.to_ascii_lowercase();
    let (folders, name) = parts(&lower);
    let apart = |folder: &&str| folder.starts_with('.') && folder.len() > 1 || TEST_FOLDERS.contains(folder) || TEST_DATA.contains(folder);
    if folders.iter().any(apart) || GUIDANCE.contains(&name) {
        return false;
    }
    let stem = name.split('.').next().unwrap_or(name);
    let plain = extension(name).is_empty() || extension(name) == "txt";
    folders.iter().any(|folder| matches!(*folder, "docs" | "doc" | "documentation" | "man"))
        || ENDINGS.contains(&extension(name))
        || plain && NAMES.contains(&stem)
}

/// Whether a file says what changed from version to version, by its name.
pub fn is_changelog(path: &str) -> bool {
    let lower = path.to_lowercase();
    let (_, name) = parts(&lower);
    let plain = matches!(extension(name), "" | "md" | "rst" | "txt" | "adoc");
    plain && matches!(stem(name), "changelog" | "changes") && is_documentation(path)
}

/// The folders of a path and its last name.
pub(super) fn parts(path: &str) -> (Vec<&str>, &str) {
    let mut folders: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let name = folders.pop().unwrap_or("");
    (folders, name)
}

/// What follows the last dot of the last name; nothing for `.bashrc`.
pub(super) fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or("", |(_, extension)| extension)
}

/// The name without folders and without its last ending.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The folder of a path; `.` for none.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// What remains of a path below a folder.
pub(super) fn within<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    match folder {
        "." => Some(path),
        _ => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// A name below a folder.
pub(super) fn join(folder: &str, name: &str) -> String {
    match folder {
        "." => name.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}

/// How many folders deep.
pub(super) fn depth(folder: &str) -> usize {
    match folder {
        "." => 0,
        _ => 1 + folder.matches('/').count(),
    }
}
