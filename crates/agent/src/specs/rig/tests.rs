use action::{Change, Content};

use super::Rig;
use crate::samples::Sample;

fn steered(path: &str, before: Option<&str>, after: Option<&str>) -> bool {
    let sample = Sample::new();
    let change = Change { path: path.into(), before: before.map(|text| sample.file(text)), after: after.map(|text| sample.file(text)) };
    steers(&sample, &[], change)
}

/// Whether this change of a project with these files counts.
fn steers(sample: &Sample, files: &[(&str, &str)], change: Change) -> bool {
    let paths: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let runners = tools::runners(&paths, &|path| files.iter().find(|(known, _)| *known == path).map(|(_, text)| (*text).to_owned()));
    assert_eq!(runners.is_empty(), files.is_empty());
    !Rig { book: sample.book(), root: &sample.root(), runners: &runners }.changed(&[], &[change]).is_empty()
}

fn added(path: &str, after: Content) -> Change {
    Change { path: path.into(), before: None, after: Some(after) }
}

#[test]
fn what_says_how_tests_run_is_told_from_the_rest_of_a_manifest() {
    let package = |test: &str, dependency: &str| format!("{{\"scripts\":{{\"test\":\"{test}\"}},\"dependencies\":{{\"x\":\"{dependency}\"}}}}");
    assert!(steered("package.json", Some(&package("node --test", "1")), Some(&package("true", "1"))));
    assert!(!steered("package.json", Some(&package("node --test", "1")), Some(&package("node --test", "2"))));
    assert!(steered("web/package.json", Some(&package("node --test", "1")), Some("{ broken")));
    assert!(steered("Cargo.toml", Some("[package]\nname = \"x\"\n"), Some("[package]\nname = \"x\"\n[[test]]\nharness = false\n")));
    assert!(!steered("Cargo.toml", Some("[package]\nname = \"x\"\n"), Some("[package]\nname = \"x\"\n[dependencies]\ny = \"1\"\n")));
    let composer = |tests: &str, needs: &str| format!("{{\"scripts\":{{\"test\":\"{tests}\"}},\"require\":{{\"x\":\"{needs}\"}}}}");
    assert!(steered("composer.json", Some(&composer("phpunit", "1")), Some(&composer("true", "1"))));
    assert!(!steered("composer.json", Some(&composer("phpunit", "1")), Some(&composer("phpunit", "2"))));
    assert!(steered("deno.json", Some(r#"{"tasks":{"test":"deno test"}}"#), Some(r#"{"tasks":{"test":"true"}}"#)));
    assert!(steered("deno.json", Some(r#"{"imports":{"@std/assert":"jsr:@std/assert"}}"#), Some(r#"{"imports":{"@std/assert":"./src/always.ts"}}"#)));
    assert!(!steered("deno.json", Some(r#"{"fmt":{"lineWidth":80}}"#), Some(r#"{"fmt":{"lineWidth":100}}"#)));
    assert!(steered("deno.jsonc", Some("{} // as it was"), Some("{} // as it is")), "what cannot be read counts whole");
    assert!(steered("pyproject.toml", Some("[tool.pytest.ini_options]\naddopts = \"\"\n"), Some("[tool.pytest.ini_options]\naddopts = \"-k none\"\n")));
}

#[test]
fn settings_of_runners_count_whenever_they_appear_change_or_go() {
    let sample = Sample::new();
    let file = |text: Option<&str>| text.map(|text| sample.file(text));
    let counts = |path: &str, before, after| steers(&sample, &[], Change { path: path.into(), before: file(before), after: file(after) });
    for (before, after) in [(None, Some("x")), (Some("x"), Some("y")), (Some("x"), None)] {
        for path in [
            "tests/conftest.py", "pytest.ini", "vitest.config.ts", "Makefile", "node_modules/.bin/node", "web/node_modules/x/index.js", ".venv/bin/python3",
            "venv/x", "lib/site-packages/x.py", "pytest.py", "pytest/__init__.py", "_pytest.so", ".pytest.ini", ".cargo/config.toml", "a/.cargo/config", "build.rs",
            "a/build.rs", "build.gradle", "app/build.gradle.kts", "settings.gradle", "gradle.properties", "gradlew", "gradle/wrapper/gradle-wrapper.jar", "mvnw",
            ".npmrc", "bunfig.toml", ".yarnrc.yml", ".yarn/releases/yarn.cjs", "tests/sitecustomize.py", "build.sbt", "GNUmakefile", ".justfile", "Taskfile.yml", "uv.toml", "mix.exs", "build.zig", "CMakeLists.txt",
            "src/meson.build", "Package.swift", ".pytest.toml", "x-1.dist-info/entry_points.txt", "lib/y.egg-info/entry_points.txt", "project/plugins.sbt", "Rakefile",
        ] {
            assert!(counts(path, before, after), "{path} {before:?} {after:?}");
        }
        for path in ["src/config.ts", "src/build.ts", "tests/pytest.py.md", "docs/venv.md", ".yarn/cache/x.zip", "src/taskfile.rs", "packaging/deb.sh", "packaging.md", "py/a.rs", "pluggy.py"] {
            assert!(!counts(path, before, after), "{path}");
        }
    }
}

#[test]
fn a_program_counts_whatever_it_is_made_of() {
    let sample = Sample::new();
    let binary = Content::File { digest: sample.book().put(&[0x7f, 0xff, 0]).unwrap(), size: 3, executable: true };
    for content in [binary, Content::Symlink { target: "../../src/x".into() }] {
        assert!(steers(&sample, &[], added("node_modules/.bin/node", content)));
    }
    assert!(steers(&sample, &[], added("node_modules", Content::Symlink { target: "src".into() })));
    assert!(!steers(&sample, &[], added("venv", Content::Directory)), "an empty folder is nothing to run");
}

#[test]
fn what_stands_in_the_place_of_a_runner_s_program_or_module_counts() {
    let sample = Sample::new();
    let (unittest, django, maven) = ("import unittest\n", "print()\n", "<project></project>");
    let python: &[(&str, &str)] = &[("web/setup.py", ""), ("web/tests/test_a.py", unittest)];
    let site: &[(&str, &str)] = &[("setup.py", ""), ("manage.py", django), ("a/test_a.py", unittest)];
    let java: &[(&str, &str)] = &[("pom.xml", maven), ("src/test/java/ATest.java", "")];
    let node: &[(&str, &str)] = &[("package.json", r#"{"scripts":{"test":"node --test"}}"#), ("test/a.test.js", "")];
    for (files, path, counts) in [
        (python, "web/unittest.py", true),
        (python, "unittest/__init__.py", true),
        (python, "web/tests/unittest.py", true),
        (python, "web/unit.py", false),
        (site, "manage.py", true),
        (site, "a/views.py", false),
        (java, "src/main/java/A.java", false),
    ] {
        assert_eq!(steers(&sample, files, added(path, sample.file("x"))), counts, "{path}");
    }
    let program = |path: &str, executable| added(path, Content::File { digest: sample.book().put(b"x").unwrap(), size: 1, executable });
    assert!(steers(&sample, node, program("npm", true)));
    assert!(!steers(&sample, node, program("npm", false)) && !steers(&sample, node, program("npm/a.js", true)));
}

fn pom(dependencies: &str, rest: &str) -> String {
    format!("<project>\n  <modelVersion>4.0.0</modelVersion>{dependencies}\n  <build><plugins><plugin><artifactId>maven-surefire-plugin</artifactId>{rest}</plugin></plugins></build>\n</project>\n")
}

#[test]
fn a_dependency_of_maven_may_come_and_nothing_else_of_its_build() {
    let one = "\n    <dependency>\n      <groupId>g</groupId><artifactId>a</artifactId><version>1</version>\n    </dependency>";
    let listed = |all: &str| format!("\n  <dependencies>{all}\n  </dependencies>");
    let before = pom(&listed(one), "");
    let counts = |after: &str| steered("pom.xml", Some(&before), Some(after));
    assert!(!counts(&pom(&listed(&one.repeat(2)), "")) && !counts(&pom("", "")) && !counts(&pom(&listed(&one.replace('1', "2")), "")));
    assert!(counts(&pom(&listed(one), "<configuration><skipTests>true</skipTests></configuration>")));
    assert!(counts(&pom(&listed(one), &listed(one))), "what a plugin depends on runs the tests");
    for hidden in ["</dependency ></dependencies><x/><dependencies><dependency>", "<!-- --><x/><!-- -->", "<![CDATA[", "<?x?>"] {
        let odd = one.replace("<version>1</version>", hidden);
        assert!(counts(&pom(&listed(&odd), "")), "{hidden}");
    }
    assert!(counts("") && steered("pom.xml", Some(&before), None) && !steered("pom.xml", None, Some(&before)));
}

#[test]
fn a_manifest_that_cannot_be_told_apart_counts_as_a_whole() {
    let (one, other) = ("\u{feff}{\"scripts\":{\"test\":\"node --test\"}}", "\u{feff}{\"scripts\":{\"test\":\"true\"}}");
    assert!(steered("package.json", Some(one), Some(other)));
    assert!(steered("package.json", Some("{ // one"), Some("{ // two")));
    let cargo = "[package]\nname = \"x\"\n";
    assert!(steered("Cargo.toml", Some(cargo), Some(&format!("{cargo}build = \"src/make.rs\"\n"))));
    assert!(!steered("Cargo.toml", Some(cargo), Some(&format!("{cargo}[build-dependencies]\ncc = \"1\"\n"))));
    assert!(steered("pyproject.toml", Some("[tool.poe.tasks]\ntest = \"pytest\"\n"), Some("[tool.poe.tasks]\ntest = \"true\"\n")));
    let sample = Sample::new();
    let link = |target: &str| Content::Symlink { target: target.into() };
    assert!(steers(&sample, &[], Change { path: "package.json".into(), before: Some(link("a")), after: Some(link("b")) }));
}

#[test]
fn tables_of_toml_count_however_they_are_written() {
    for (path, after) in [
        ("pyproject.toml", "[ tool.pytest.ini_options ]\naddopts = \"-p rig\"\n"),
        ("pyproject.toml", "[tool]\npytest.ini_options = { addopts = \"-p rig\" }\n"),
        ("pyproject.toml", "tool.\"pytest\".ini_options.addopts = \"-p rig\"\n"),
        ("pyproject.toml", "[project.entry-points.pytest11]\nrig = \"rig\"\n"),
        ("Cargo.toml", "[ lib ]\nharness = false\n"),
        ("Cargo.toml", "lib = { harness = false }\n"),
        ("Cargo.toml", "package.autotests = false\n"),
        ("Cargo.toml", "[patch.crates-io]\nproptest = { path = \"rig\" }\n"),
        ("Cargo.toml", "not toml"),
    ] {
        assert!(steered(path, Some(""), Some(after)), "{path}: {after}");
    }
    let reordered = ("[project]\nname = \"x\"\n[tool.pytest.ini_options]\na = 1\n", "# more\n[tool.pytest.ini_options]\na = 1\n[project]\nname = \"x\"\nversion = \"1\"\n");
    assert!(!steered("pyproject.toml", Some(reordered.0), Some(reordered.1)));
}

#[test]
fn a_new_manifest_counts_where_a_runner_looks_for_it() {
    let sample = Sample::new();
    let python: &[(&str, &str)] = &[("setup.py", ""), ("tests/test_a.py", "import pytest\n")];
    let node: &[(&str, &str)] = &[("web/package.json", r#"{"scripts":{"test":"node --test"}}"#), ("web/test/a.test.js", "")];
    let pytest = "[tool.pytest.ini_options]\naddopts = \"-p rig\"\n";
    for (files, path, text, counts) in [
        (python, "pyproject.toml", pytest, true),
        (python, "tests/pyproject.toml", pytest, true),
        (python, "pyproject.toml", "[project]\nname = \"x\"\n", false),
        (python, "setup.cfg", "[tool:pytest]\naddopts = -p rig\n", true),
        (node, "package.json", r#"{"type":"commonjs"}"#, true),
        (node, "web/lib/package.json", r#"{"type":"commonjs"}"#, false),
        (node, "package.json", r#"{"name":"x"}"#, false),
    ] {
        assert_eq!(steers(&sample, files, added(path, sample.file(text))), counts, "{path}: {text}");
    }
}

#[test]
fn what_python_takes_for_its_own_library_counts() {
    let sample = Sample::new();
    let python: &[(&str, &str)] = &[("web/setup.py", ""), ("web/tests/test_a.py", "import unittest\n")];
    for (path, counts) in [("web/json.py", true), ("web/re/__init__.py", true), ("web/calendar/page.py", false), ("web/app/json.py", false), ("web/tests/decimal.py", true), ("web/hypothesis/__init__.py", true), ("web/pluggy.py", true), ("web/packaging/deb.py", false), ("json.py", false), ("web/json.md", false), ("web/test/__init__.py", false)] {
        assert_eq!(steers(&sample, python, added(path, sample.file("x"))), counts, "{path}");
    }
}

#[test]
fn a_library_whose_word_is_believed_is_not_the_project_s_own() {
    for (path, after) in [
        ("Cargo.toml", "[dev-dependencies]\nproptest = { path = \"rig\" }\n"),
        ("Cargo.toml", "[dev-dependencies.quickcheck]\npackage = \"mine\"\nversion = \"1\"\n"),
        ("Cargo.toml", "[workspace.dependencies]\nproptest = { git = \"https://example.com/x\" }\n"),
        ("Cargo.toml", "[target.'cfg(all())'.dev-dependencies]\nproptest = { path = \"rig\" }\n"),
        ("Cargo.toml", "[dev_dependencies]\nproptest = { path = \"rig\" }\n"),
        ("Cargo.toml", "[dev-dependencies]\nproptest = { version = \"1\", registry = \"mine\" }\n"),
        ("pyproject.toml", "[tool.uv.sources]\nhypothesis = { path = \"rig\" }\n"),
        ("pyproject.toml", "[project]\ndependencies = [\"mine @ file:rig\"]\n"),
        ("pyproject.toml", "[dependency-groups]\ndev = [\"pytest@./rig\"]\n"),
        ("go.mod", "module x\n\nreplace pgregory.net/rapid => ./rapid\n"),
        ("package.json", r#"{"devDependencies":{"fast-check":"file:./rig"}}"#),
        ("package.json", r#"{"devDependencies":{"fast-check":"npm:mine@1"}}"#),
        ("package.json", r#"{"overrides":{"pure-rand":"npm:mine@1"}}"#),
    ] {
        let before = match path {
            "package.json" => "{}",
            "go.mod" => "module x\n",
            _ => "",
        };
        assert!(steered(path, Some(before), Some(after)), "{path}: {after}");
    }
    assert!(!steered("Cargo.toml", Some(""), Some("[dev-dependencies]\nproptest = \"1\"\nmine = { path = \"mine\" }\n")));
    assert!(!steered("pyproject.toml", Some(""), Some("[project]\nauthors = [{ email = \"a@example.com\" }]\ndependencies = [\"hypothesis>=6\"]\n")));
    assert!(!steered("package.json", Some("{}"), Some(r#"{"devDependencies":{"fast-check":"^4.0.0","mine":"file:./mine"}}"#)));
    assert!(!steered("go.mod", Some("module x\n"), Some("module x\n\nrequire pgregory.net/rapid v1.1.0\n")));
}
