//! Libraries for tests from properties ("for any …"): how a test that uses one looks. By its text only; nothing is run.
//!
//! What is not recognised is no property-based test. A test that reaches its library through a helper of the project is not
//! recognised: the source of the test itself must show it.

/// One library, as sources of tests show it.
struct Library {
    name: &'static str,
    extensions: &'static [&'static str],
    /// What a file that uses it names.
    named: &'static [&'static str],
    /// What stands in or directly above a test that uses it.
    used: &'static [&'static str],
}

const JS: &[&str] = &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"];
const JVM: &[&str] = &["java", "kt", "groovy", "scala"];

const LIBRARIES: &[Library] = &[
    Library { name: "proptest", extensions: &["rs"], named: &["proptest"], used: &["proptest!", "#[proptest", "prop_assert", "TestRunner::", "(IN)"] },
    Library { name: "quickcheck", extensions: &["rs"], named: &["quickcheck"], used: &["#[quickcheck", "quickcheck!", "quickcheck(", "QuickCheck::"] },
    Library { name: "bolero", extensions: &["rs"], named: &["bolero"], used: &["check!("] },
    Library { name: "fast-check", extensions: JS, named: &["fast-check"], used: &["fc.assert(", "fc.property(", "fc.asyncProperty(", ".prop(", "asyncProperty(", "property("] },
    Library { name: "jsverify", extensions: JS, named: &["jsverify"], used: &["jsc.property(", "jsc.assert(", "jsc.check", "jsc.forall("] },
    Library { name: "Hypothesis", extensions: &["py"], named: &["hypothesis"], used: &["@given(", "@hypothesis.given(", "RuleBasedStateMachine", "given("] },
    Library { name: "rapid", extensions: &["go"], named: &["pgregory.net/rapid"], used: &["rapid.Check(", "rapid.MakeCheck("] },
    Library { name: "gopter", extensions: &["go"], named: &["leanovate/gopter"], used: &["prop.ForAll", "gopter.NewProperties("] },
    Library { name: "testing/quick", extensions: &["go"], named: &["\"testing/quick\""], used: &["quick.Check(", "quick.CheckEqual("] },
    Library { name: "jqwik", extensions: JVM, named: &["net.jqwik"], used: &["@Property", "@ForAll"] },
    Library { name: "junit-quickcheck", extensions: JVM, named: &["com.pholser.junit.quickcheck"], used: &["@Property"] },
    Library { name: "Kotest", extensions: &["kt"], named: &["io.kotest.property"], used: &["checkAll", "forAll"] },
    Library { name: "ScalaCheck", extensions: &["scala"], named: &["org.scalacheck"], used: &["forAll"] },
    Library { name: "FsCheck", extensions: &["cs", "fs"], named: &["FsCheck"], used: &["[Property", "Prop.ForAll"] },
    Library { name: "CsCheck", extensions: &["cs"], named: &["CsCheck"], used: &[".Sample("] },
];

/// The libraries that a file names.
pub struct PropertyLibraries(Vec<&'static Library>);

impl PropertyLibraries {
    /// By the file's name and its text.
    pub fn named_in(path: &str, text: &str) -> Self {
        let extension = super::paths::extension(path);
        let fits = |library: &&Library| library.extensions.contains(&extension) && library.named.iter().any(|word| text.contains(word));
        Self(LIBRARIES.iter().filter(fits).collect())
    }

    /// The one with which a test of the file is written, by the test's own lines, with what stands directly above it.
    pub fn of(&self, test: &str) -> Option<&'static str> {
        let used = |library: &&&Library| library.used.iter().any(|mark| if *mark == "(IN)" { draws(test) } else { stands(test, mark) });
        self.0.iter().find(used).map(|library| library.name)
    }
}

/// The libraries of the language that a file is in.
pub fn property_libraries_for(path: &str) -> Vec<&'static str> {
    let extension = super::paths::extension(path);
    LIBRARIES.iter().filter(|library| library.extensions.contains(&extension)).map(|library| library.name).collect()
}

/// Whether code has the mark; a comment does not count.
fn stands(test: &str, mark: &str) -> bool {
    test.lines().map(str::trim_start).filter(|line| !["//", "* ", "/*"].iter().any(|sign| line.starts_with(sign))).filter(|line| !line.starts_with('#') || line.starts_with("#[")).any(|line| {
        line.match_indices(mark).any(|(at, _)| {
            let before = line.get(..at).unwrap_or_default();
            // `property(` is no part of `isProperty(`, and nothing behind a comment's mark is code.
            let part = mark.starts_with(char::is_alphabetic) && before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            !part && !before.contains("//")
        })
    })
}

/// Whether a function of Rust draws a parameter from a strategy: `fn sums(a in any::<u32>())`.
fn draws(test: &str) -> bool {
    test.split_once("fn ").and_then(|(_, rest)| rest.split_once('(')).is_some_and(|(_, rest)| {
        let head = rest.split('{').next().unwrap_or(rest);
        head.split_whitespace().nth(1) == Some("in") || head.contains(" in ")
    })
}

#[cfg(test)]
mod tests;
