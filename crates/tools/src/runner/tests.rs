use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn found(files: &[(&str, &str)]) -> Vec<Runner> {
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    let paths: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    runners(&paths, &|path| texts.get(path).map(|text| (*text).to_owned()))
}

/// Language, name, folder and command of all that is found.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[[&str; 4]]) -> Vec<Runner> {
    let runners = found(files);
    let rows: Vec<[&str; 4]> = runners.iter().map(|r| [r.language, r.name, r.folder.as_str(), r.all.as_str()]).collect();
    assert_eq!(rows, expected);
    for runner in &runners {
        assert!(crate::looks_like_tests(&runner.all), "what `{}` printed would not be read", runner.all);
    }
    runners
}

#[track_caller]
fn only(runner: &Runner, files: &[&str], expected: Option<&str>) {
    let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
    let command = runner.only(&files);
    assert_eq!(command.as_deref(), expected);
    assert!(command.is_none_or(|command| crate::looks_like_tests(&command)), "what {expected:?} printed would not be read");
}

const WORKSPACE: &[(&str, &str)] = &[
    ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"fuzz\"]\n"),
    ("crates/a/Cargo.toml", "[package]\nname = \"alpha\"\n[dev-dependencies]\nproptest = \"1\"\n"),
    ("crates/a/src/lib.rs", ""),
    ("crates/a/src/parse/tests.rs", ""),
    ("crates/a/tests/one.rs", ""),
    ("crates/a/tests/it/main.rs", ""),
    ("crates/a/tests/it/deep.rs", ""),
    ("crates/a/tests/common/mod.rs", ""),
    ("crates/b/Cargo.toml", "[package]\nname = \"beta\"\nautotests = false\n[[test]]\nname = \"all\"\npath = \"tests/it/main.rs\"\n"),
    ("crates/b/tests/it/x.rs", ""),
    ("fuzz/Cargo.toml", "[package]\nname = \"fuzz\"\n"),
];

#[test]
fn a_cargo_workspace_is_one_runner_and_what_it_excludes_another() {
    let runners = check(WORKSPACE, &[["rust", "cargo", ".", "cargo test --workspace"], ["rust", "cargo", "fuzz", "cargo test"]]);
    assert_eq!((runners[0].property_library, runners[0].property_ready), (Some("proptest"), true));
    assert_eq!((runners[1].property_library, runners[1].property_ready), (Some("proptest"), false));
    assert!(runners[0].inline_tests);
}

#[test]
fn cargo_runs_targets_where_it_can_and_packages_where_it_must() {
    let runners = found(WORKSPACE);
    let top = &runners[0];
    only(top, &["crates/a/tests/one.rs"], Some("cargo test -p alpha --test one"));
    only(top, &["crates/a/tests/it/deep.rs", "crates/b/tests/it/x.rs"], Some("cargo test -p alpha -p beta --test all --test it"));
    only(top, &["crates/a/tests/one.rs", "crates/a/src/parse/tests.rs"], Some("cargo test -p alpha"));
    only(top, &["crates/a/tests/common/mod.rs"], Some("cargo test -p alpha"));
    only(top, &["crates/a/src/lib.rs"], Some("cargo test -p alpha"));
    only(top, &["crates/a/README.md"], None);
    only(top, &[], None);
    assert_eq!(runner_of(&runners, "fuzz/src/lib.rs").map(|r| r.folder.as_str()), Some("fuzz"));
}

#[test]
fn nextest_is_used_where_it_is_set_up() {
    check(&[("Cargo.toml", "[package]\nname = \"x\"\n"), (".config/nextest.toml", "")], &[["rust", "cargo", ".", "cargo nextest run"]]);
}

#[test]
fn a_test_script_of_the_project_comes_first() {
    for (file, text, name, all) in [
        ("Makefile", ".PHONY: test\nall: x\ntest: all\n\tgo test\n", "make", "make test"),
        ("GNUmakefile", "check test: all\n", "make", "make test"),
        ("justfile", "build:\n  x\n@test *args: build\n  y\n", "just", "just test"),
        ("Taskfile.yml", "version: '3'\ntasks:\n  test:\n    cmds: [x]\n", "task", "task test"),
    ] {
        check(&[(file, text), ("go.mod", "module x")], &[["any", name, ".", all], ["go", "go", ".", "go test ./..."]]);
    }
}

#[test]
fn what_only_looks_like_a_test_target_is_none() {
    for text in [".PHONY: test\n", "test := 1\n", "test ::= 1\n", "\ttest: x\n", "# test: x\n", "tests: x\n", "X = a:test\n", "build: test\n"] {
        check(&[("Makefile", text)], &[]);
    }
    check(&[("justfile", "build test:\n")], &[]);
    check(&[("Taskfile.yml", "test: x\n")], &[]);
}

#[test]
fn a_package_json_is_run_by_its_own_script() {
    for (script, name, all, one) in [
        ("vitest", "vitest", "CI=true npm test", Some("npx vitest run 'a b.test.ts'")),
        ("vitest run --config v.config.ts", "vitest", "CI=true npm test", Some("npx vitest run --config v.config.ts 'a b.test.ts'")),
        ("jest --coverage src", "jest", "npm test", Some("npx jest --coverage 'a b.test.ts'")),
        ("jest --watchAll", "jest", "CI=true npm test", Some("npx jest 'a b.test.ts'")),
        ("NODE_OPTIONS=--experimental-vm-modules jest", "jest", "npm test", Some("NODE_OPTIONS=--experimental-vm-modules npx jest 'a b.test.ts'")),
        ("node --experimental-vm-modules node_modules/.bin/jest", "jest", "npm test", Some("node --experimental-vm-modules node_modules/.bin/jest 'a b.test.ts'")),
        ("eslint . && jest", "jest", "npm test", Some("npx jest 'a b.test.ts'")),
        ("mocha -r ts-node/register 'test/**/*.ts'", "mocha", "npm test", Some("npx mocha -r ts-node/register 'a b.test.ts'")),
        ("node --test", "node", "npm test", Some("node --test 'a b.test.ts'")),
        ("node --import tsx --test \"test/**/*.ts\"", "node", "npm test", Some("node --import tsx --test 'a b.test.ts'")),
        ("tsc && node --test dist", "node", "npm test", None),
        ("./run-tests.sh", "npm", "npm test", None),
        ("react-scripts test", "react-scripts", "CI=true npm test", Some("npx react-scripts test 'a b.test.ts'")),
    ] {
        let manifest = serde_json::json!({"scripts": {"test": script}}).to_string();
        let runners = check(&[("package.json", &manifest)], &[["javascript", name, ".", all]]);
        only(&runners[0], &["a b.test.ts"], one);
    }
}

#[test]
fn without_a_script_the_dependencies_tell() {
    let vitest = r#"{"devDependencies":{"vitest":"3","fast-check":"4","typescript":"5"},"scripts":{"test":"echo \"Error: no test specified\" && exit 1"}}"#;
    let runners = check(&[("package.json", vitest), ("pnpm-lock.yaml", "")], &[["typescript", "vitest", ".", "pnpm exec vitest run"]]);
    assert_eq!((runners[0].property_library, runners[0].property_ready), (Some("fast-check"), true));
    check(&[("package.json", "{}"), ("tsconfig.json", "")], &[["typescript", "node", ".", "node --test"]]);
    check(&[("package.json", "{}"), ("bun.lock", ""), ("a.test.ts", "")], &[["javascript", "bun", ".", "bun test"]]);
    check(&[("package.json", "not JSON")], &[]);
}

#[test]
fn packages_of_a_workspace_are_runners_of_their_own() {
    let runners = check(
        &[
            ("package.json", r#"{"workspaces":["packages/*"],"packageManager":"yarn@4.1.0"}"#),
            ("packages/a/package.json", r#"{"scripts":{"test":"vitest run"}}"#),
            ("packages/a/yarn.lock", ""),
            ("packages/a/x.test.js", ""),
            ("node_modules/z/package.json", r#"{"scripts":{"test":"jest"}}"#),
        ],
        &[["javascript", "node", ".", "node --test"], ["javascript", "vitest", "packages/a", "CI=true yarn test"]],
    );
    assert_eq!(runner_of(&runners, "packages/a/x.test.js").map(|r| r.name), Some("vitest"));
    only(&runners[1], &["packages/a/x.test.js"], Some("yarn run vitest run x.test.js"));
    only(&runners[1], &["packages/b/x.test.js"], None);
}

#[test]
fn python_is_run_by_what_the_project_uses() {
    let pytest = ("tests/test_a.py", "import pytest\n");
    check(&[("pyproject.toml", "[tool.pytest.ini_options]\n"), ("a.py", "")], &[["python", "pytest", ".", "python3 -m pytest"]]);
    check(&[("pyproject.toml", ""), ("uv.lock", ""), pytest], &[["python", "pytest", ".", "uv run pytest"]]);
    check(&[("test_a.py", "def test_a():\n    assert 1\n")], &[["python", "pytest", ".", "python3 -m pytest"]]);
    check(&[("setup.py", ""), ("manage.py", ""), ("app/tests.py", "from django.test import TestCase\n")], &[["python", "django", ".", "python3 manage.py test"]]);
    check(
        &[("pyproject.toml", "[tool.poe.tasks]\ntest = \"pytest -q\"\n"), ("tox.ini", "[tox]\n"), pytest],
        &[["python", "poe", ".", "poe test"], ["python", "pytest", ".", "python3 -m pytest"], ["python", "tox", ".", "tox"]],
    );
    check(&[("requirements.txt", "# pytest\nflask\n"), ("a.py", "")], &[["python", "unittest", ".", "python3 -m unittest discover"]]);
    check(&[("requirements.txt", "mkdocs\n")], &[]);
}

#[test]
fn unittest_finds_tests_that_are_in_no_package() {
    let test = "import unittest\n";
    let apart = check(&[("setup.py", ""), ("tests/test_a.py", test)], &[["python", "unittest", ".", "python3 -m unittest discover -s tests"]]);
    only(&apart[0], &["tests/test_a.py"], Some("PYTHONPATH=tests:. python3 -m unittest test_a"));
    let package = check(
        &[("setup.py", "hypothesis"), ("tests/__init__.py", ""), ("tests/test_a.py", test)],
        &[["python", "unittest", ".", "python3 -m unittest discover"]],
    );
    only(&package[0], &["tests/test_a.py"], Some("python3 -m unittest tests.test_a"));
    only(&package[0], &["tests/test-a.py"], None);
    assert!(package[0].property_ready);
    assert!(!apart[0].property_ready);
}

#[test]
fn builds_that_go_by_classes_get_classes() {
    for (files, row, one) in [
        (&["pom.xml", "mvnw", "m/pom.xml", "A.java"][..], ["java", "maven", ".", "./mvnw -B test"], "./mvnw -B -Dsurefire.failIfNoSpecifiedTests=false -Dtest=ATest,BTest test"),
        (&["build.gradle.kts", "app/build.gradle.kts", "A.kt"], ["kotlin", "gradle", ".", "gradle test"], "gradle test --tests ATest --tests BTest"),
        (&["build.sbt"], ["scala", "sbt", ".", "sbt test"], "sbt 'testOnly *.ATest *.BTest'"),
    ] {
        let files: Vec<(&str, &str)> = files.iter().map(|path| (*path, "jqwik scalacheck")).collect();
        let runners = check(&files, &[row]);
        only(&runners[0], &["src/test/java/BTest.java", "src/test/java/ATest.java", "other/ATest.java"], Some(one));
        assert!(runners[0].property_ready);
    }
    let dotnet = check(&[("x.sln", ""), ("a/a.csproj", ""), ("a.Tests/a.csproj", "")], &[["csharp", "dotnet", ".", "dotnet test"]]);
    only(&dotnet[0], &["a.Tests/ATests.cs"], Some("dotnet test --filter 'FullyQualifiedName~ATests'"));
    only(&dotnet[0], &["a.Tests/A'; rm -rf x; 'Tests.cs"], None);
}

#[test]
fn ruby_and_php_have_theirs() {
    let rspec = check(&[("Gemfile", "gem 'rspec'"), ("spec/a_spec.rb", "")], &[["ruby", "rspec", ".", "bundle exec rspec"]]);
    only(&rspec[0], &["spec/a_spec.rb"], Some("bundle exec rspec spec/a_spec.rb"));
    check(&[("Gemfile", ""), ("bin/rails", ""), ("test/a_test.rb", ""), ("Rakefile", "")], &[["ruby", "rails", ".", "bin/rails test"]]);
    let rake = check(&[("Rakefile", "Rake::TestTask.new"), ("x.rb", "")], &[["ruby", "rake", ".", "rake test"]]);
    only(&rake[0], &["test/a_test.rb", "test/b_test.rb"], Some("ruby -Ilib -Itest test/a_test.rb && ruby -Ilib -Itest test/b_test.rb"));
    let php = check(&[("composer.json", r#"{"require-dev":{"phpunit/phpunit":"^11"}}"#)], &[["php", "phpunit", ".", "vendor/bin/phpunit"]]);
    only(&php[0], &["tests/ATest.php"], Some("vendor/bin/phpunit tests/ATest.php"));
    check(&[("composer.json", r#"{"scripts":{"test":"pest"},"require-dev":{"pestphp/pest":"^3"}}"#)], &[["php", "pest", ".", "composer test"]]);
    check(&[("composer.json", "{}")], &[]);
}

#[test]
fn other_languages_have_one_way() {
    for (file, text, row) in [
        ("mix.exs", "{:stream_data, \"~> 1\"}", ["elixir", "mix", ".", "mix test"]),
        ("Package.swift", "", ["swift", "swift", ".", "swift test"]),
        ("deno.json", "{}", ["typescript", "deno", ".", "deno test"]),
        ("deno.json", r#"{"tasks": {"test": "deno test -A"}}"#, ["typescript", "deno", ".", "deno task test"]),
        ("pubspec.yaml", "dependencies:\n  flutter:\n    sdk: flutter\n", ["dart", "flutter", ".", "flutter test"]),
        ("build.zig", "", ["zig", "zig", ".", "zig build test"]),
        ("dune-project", "", ["ocaml", "dune", ".", "dune test"]),
        ("test/a.bats", "", ["shell", "bats", ".", "bats test"]),
        ("CMakeLists.txt", "enable_testing()", ["c++", "ctest", ".", "cmake -S . -B build && cmake --build build && ctest --test-dir build --output-on-failure"]),
    ] {
        check(&[(file, text)], &[row]);
    }
    check(&[("CMakeLists.txt", "project(x)")], &[]);
    let go = check(&[("svc/go.mod", "module x")], &[["go", "go", "svc", "go test ./..."]]);
    only(&go[0], &["svc/a/x_test.go", "svc/a/y_test.go", "svc/z_test.go"], Some("go test . ./a"));
    assert_eq!((go[0].property_library, go[0].property_ready), (Some("testing/quick"), true));
}

#[test]
fn tests_are_known_by_name_and_place() {
    for path in [
        "tests/it/main.rs", "src/parse/tests.rs", "a_test.go", "test_a.py", "a_test.py", "pkg/conftest.py", "src/a.test.ts", "a.spec.tsx",
        "src/__tests__/a.js", "src/test/java/x/Helper.java", "FooTest.java", "FooIT.java", "TestFoo.kt", "spec/a_spec.rb", "test/a_test.exs",
        "Tests/AppTests/AppTests.swift", "My.Tests/Thing.cs", "tests/ATest.php", "a.bats", "e2e/login.ts",
    ] {
        assert!(is_test_file(path), "{path}");
    }
    for path in [
        "src/lib.rs", "src/testing.rs", "latest.py", "contest.go", "src/test/resources/x.xml", "tests/fixtures/a.py", "tests/README.md",
        "EXIT.java", "Testament.java", "greatest.ts", "test", "tests", "", "/", "src/__snapshots__/a.test.ts", "test_a.go", "attest.rs",
    ] {
        assert!(!is_test_file(path), "{path}");
    }
}

#[test]
fn documentation_is_for_people() {
    for path in ["README", "README.md", "docs/api/x.html", "CHANGELOG.rst", "a/b/guide.adoc", "Changes.txt", "doc/x.1", "crates/a/README.md", "man/x.1"] {
        assert!(is_documentation(path), "{path}");
    }
    for path in [
        ".kiro/specs/x/tasks.md", ".github/PULL_REQUEST_TEMPLATE.md", "AGENTS.md", "CLAUDE.md", "src/docs.rs", "src/readme.rs", "tests/golden/x.md",
        "notes.txt", "LICENSE", "", "docs",
    ] {
        assert!(!is_documentation(path), "{path}");
    }
}

#[test]
fn no_more_runners_than_the_bound_and_the_outer_ones_stay() {
    let paths: Vec<String> = (0..500).map(|n| format!("m{n:03}/x/go.mod")).chain(["go.mod".to_owned()]).collect();
    let runners = runners(&paths, &|_| Some(String::new()));
    assert_eq!(runners.len(), MOST_RUNNERS);
    assert_eq!(runners[0].folder, ".");
}

/// Names that finders react to, with words that shells react to.
fn paths() -> impl Strategy<Value = Vec<String>> {
    let part = prop::sample::select(vec!["a", "tests", "test", "..", "", ".", "-x", "a b", "$(x)", "'", "ü", "node_modules", "src"]);
    let name = prop::sample::select(vec![
        "package.json", "Cargo.toml", "pyproject.toml", "go.mod", "pom.xml", "Makefile", "Gemfile", "composer.json", "a_test.go", "test_a.py",
        "x.test.ts", "ATest.java", "tests.rs", "x.csproj", "CMakeLists.txt", "deno.json", "-rf.test.js",
    ]);
    let path = (prop::collection::vec(part, 0..4), name).prop_map(|(parts, name)| parts.iter().map(|part| format!("{part}/")).collect::<String>() + name);
    prop::collection::vec(path, 0..12)
}

proptest! {
    #[test]
    fn any_project_gives_runners_and_never_a_panic(paths in paths(), text in ".{0,60}", which in 0usize..6) {
        let known = ["[workspace]", r#"{"scripts":{"test":"jest"}}"#, "[package]\nname='x'", "test: x", r#"{"workspaces":[]}"#, ""];
        let text = format!("{}{}", known[which], if which == 5 { text.as_str() } else { "" });
        let read = |_: &str| Some(text.clone());
        let found = runners(&paths, &read);
        prop_assert_eq!(&found, &runners(&paths, &read));
        for path in &paths {
            is_documentation(path);
            if let Some(runner) = runner_of(&found, path) {
                prop_assert!(runner.owns(path));
                runner.only(std::slice::from_ref(path));
            }
        }
    }

    /// A name is one word of the command, whatever is in it.
    #[test]
    fn a_file_is_one_word_of_the_command(name in "[ -.0-~äß]{1,20}") {
        let file = format!("{name}.test.js");
        let quoted = project::quoted_file(&file);
        let words: Vec<String> = crate::test_run::words_of(&quoted);
        let expected = if file.starts_with('-') { format!("./{file}") } else { file };
        prop_assert_eq!(words, vec![expected]);
    }
}

#[test]
fn a_runner_is_told_to_name_each_test_where_it_does_not_by_itself() {
    let named = |files: &[(&str, &str)], some: &[&str]| {
        let runners = found(files);
        let some: Vec<String> = some.iter().map(|file| (*file).to_owned()).collect();
        let commands = [Some(runners[0].all.clone()), runners[0].only(&some)];
        commands.map(|command| command.map_or_else(String::new, |command| {
            let named = runners[0].naming_each(&command);
            assert!(crate::looks_like_tests(&named), "what `{named}` printed would not be read");
            named
        }))
    };
    let jest = |script: &str| format!("{{\"scripts\":{{\"test\":\"{script}\"}}}}");
    let file = &["a.test.js"];
    assert_eq!(named(&[("package.json", &jest("jest"))], file), ["npm test -- --verbose", "npx jest a.test.js --verbose"]);
    assert_eq!(named(&[("package.json", &jest("jest && eslint ."))], file)[0], "npm test", "the option would be the linter's");
    assert_eq!(named(&[("package.json", &jest("vitest")), ("yarn.lock", "")], file)[0], "CI=true yarn test --reporter=verbose");
    assert_eq!(named(&[("package.json", &jest("node --test"))], file), ["npm test", "node --test a.test.js"]);
    assert_eq!(named(&[("go.mod", "module x\n"), ("a_test.go", "")], &["a_test.go"]), ["go test -v ./...", "go test -v ."]);
    assert_eq!(named(&[("pytest.ini", ""), ("test_a.py", "")], &["test_a.py"]), ["PYTEST_ADDOPTS=-rfEsxXp python3 -m pytest", "PYTEST_ADDOPTS=-rfEsxXp python3 -m pytest test_a.py"]);
    assert_eq!(named(&[("Makefile", "test:\n\tpytest\n")], &[])[0], "PYTEST_ADDOPTS=-rfEsxXp make test");
}

#[test]
fn a_change_concerns_the_project_s_own_word_and_the_runner_of_each_language() {
    let runners = found(&[
        ("package.json", "{\"scripts\":{\"test\":\"node --test\"}}"),
        ("src/a.mjs", ""),
        ("pytest.ini", ""),
        ("tests/test_a.py", ""),
        ("tools/go.mod", "module x\n"),
        ("tools/a_test.go", ""),
    ]);
    let concerned = |paths: &[&str]| {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        runners_for(&runners, &paths).into_iter().map(|runner| runner.name).collect::<Vec<_>>()
    };
    assert_eq!(concerned(&["README.md"]), ["node"]);
    assert_eq!(concerned(&["src/a.mjs"]), ["node"]);
    assert_eq!(concerned(&["app/a.py"]), ["node", "pytest"]);
    assert_eq!(concerned(&["tools/a.go", "tests/test_a.py"]), ["node", "pytest", "go"]);
    assert_eq!(runners_for(&[], &["a.py".to_owned()]), Vec::<&Runner>::new());
}
