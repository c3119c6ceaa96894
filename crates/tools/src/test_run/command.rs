//! Whether a shell command runs tests. By its words only: it lists evidence, it does not judge.

/// Whether a command runs a test runner that is known: cargo test and nextest, npm and its kin, node --test, pytest, go,
/// make, Maven, Gradle, and others.
pub fn looks_like_tests(command: &str) -> bool {
    simple_commands(command).iter().any(|words| runs_tests(words))
}

fn runs_tests(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = unwrapped(&words);
    let Some((program, rest)) = words.split_first() else { return false };
    let program = program.rsplit('/').next().unwrap_or(program);
    let plain: Vec<&str> = rest.iter().copied().filter(|word| !word.starts_with(['-', '+'])).collect();
    let first = plain.first().copied().unwrap_or("");
    let second = plain.get(1).copied().unwrap_or("");
    match program {
        "cargo" => matches!(first, "test" | "t") || (first == "nextest" && matches!(second, "run" | "r")),
        "npm" | "pnpm" | "yarn" | "bun" => is_test_script(first) || (first == "run" && (is_test_script(second) || RUNNERS.contains(&second))),
        "node" => rest.contains(&"--test") || RUNNERS.contains(&first.rsplit('/').next().unwrap_or(first)),
        "deno" | "zig" => first == "test" || (matches!(first, "task" | "build") && second == "test"),
        "dotnet" | "mix" | "swift" | "bazel" | "dart" | "flutter" | "rails" | "composer" | "stack" | "cabal" | "meson" | "react-scripts"
        | "playwright" | "poe" => first == "test",
        "hatch" | "pdm" | "rye" => first == "test" || (first == "run" && second == "test"),
        "sbt" => plain.iter().any(|task| task.split([' ', '/']).any(|word| matches!(word, "test" | "testOnly" | "testQuick"))),
        "dune" => matches!(first, "test" | "runtest"),
        "rebar3" => matches!(first, "eunit" | "ct" | "proper"),
        "ruby" => plain.iter().any(|file| crate::runner::is_test_file(file)),
        "python" | "python3" => is_python_module(rest) || (first == "manage.py" && second == "test"),
        program if RUNNERS.contains(&program) => true,
        "go" => first == "test",
        "make" | "gmake" | "just" | "task" | "ninja" | "rake" => plain.iter().any(|target| is_test_script(target)),
        "mvn" | "mvnw" => plain.iter().any(|goal| matches!(*goal, "test" | "verify" | "install" | "package")),
        "gradle" | "gradlew" => plain.iter().any(|task| matches!(task.rsplit(':').next(), Some("test" | "check"))),
        _ => false,
    }
}

/// Programs that do nothing else.
const RUNNERS: &[&str] = &[
    "pytest", "py.test", "tox", "nox", "jest", "vitest", "mocha", "ava", "tap", "rspec", "phpunit", "pest", "ctest", "bats", "prove", "gotestsum",
];

fn is_test_script(word: &str) -> bool {
    matches!(word, "test" | "tests" | "check" | "t") || word.starts_with("test:") || word.starts_with("test-")
}

fn is_python_module(rest: &[&str]) -> bool {
    rest.windows(2).any(|pair| matches!(pair, ["-m", "pytest" | "unittest" | "nose2" | "tox"]))
}

/// Without assignments and the programs that run another one.
fn unwrapped<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    let mut words = words;
    while let Some((first, rest)) = words.split_first() {
        let skipped = match *first {
            word if is_assignment(word) => 0,
            "env" | "time" | "nice" | "nohup" | "exec" | "command" | "npx" | "bunx" | "xvfb-run" | "!" | "(" | "{" | "if" | "then" => 0,
            "sudo" | "timeout" | "ionice" | "stdbuf" | "taskset" => wrapper_arguments(first, rest),
            "hatch" | "rye" | "pdm" if rest.first() == Some(&"run") && rest.get(1) != Some(&"test") => 1,
            "uv" | "poetry" | "pipenv" if rest.first() == Some(&"run") => 1,
            "coverage" if rest.get(..2) == Some(&["run", "-m"]) => 2,
            "pnpm" | "npm" | "yarn" | "bundle" if rest.first() == Some(&"exec") => 1,
            _ => break,
        };
        words = rest.get(skipped..).unwrap_or(&[]);
        while words.first().is_some_and(|word| word.starts_with('-')) {
            words = words.get(1..).unwrap_or(&[]);
        }
    }
    words
}

/// Options of a wrapper, and the one argument that `timeout` takes.
fn wrapper_arguments(wrapper: &str, rest: &[&str]) -> usize {
    let options = rest.iter().take_while(|word| word.starts_with('-')).count();
    options + usize::from(wrapper == "timeout")
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// The words of each simple command, quotes removed; `;`, `&`, `|`, parentheses and line ends part them.
fn simple_commands(command: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut rest = command.chars();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"'), '\\') | (None, '\\') => word.get_or_insert_default().extend(rest.next().filter(|c| *c != '\n')),
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() && c != '\n' => finish_word(&mut commands, &mut word),
            (None, '\n' | ';' | '&' | '|' | '(' | ')') => {
                finish_word(&mut commands, &mut word);
                commands.push(Vec::new());
            }
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    finish_word(&mut commands, &mut word);
    commands
}

fn finish_word(commands: &mut [Vec<String>], word: &mut Option<String>) {
    if let (Some(command), Some(word)) = (commands.last_mut(), word.take()) {
        command.push(word);
    }
}

/// The words of the only command of a line, for tests of what writes such lines.
#[cfg(test)]
pub(crate) fn words_of(line: &str) -> Vec<String> {
    simple_commands(line).concat()
}
