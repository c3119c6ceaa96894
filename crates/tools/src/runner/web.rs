//! Ruby and PHP: the framework's own runner, else what the manifest names.

use super::narrow::Narrow;
use super::project::Project;
use super::Runner;

pub(super) fn find(project: &Project<'_>) -> Vec<Runner> {
    [ruby(project), php(project)].concat()
}

fn ruby(project: &Project<'_>) -> Vec<Runner> {
    let folders = project.outermost_with(&["Gemfile", "Rakefile", ".rspec"]);
    folders.into_iter().flat_map(|folder| ruby_in(project, folder)).collect()
}

fn ruby_in(project: &Project<'_>, folder: &str) -> Vec<Runner> {
    let gemfile = project.text(folder, "Gemfile").unwrap_or_default();
    let bundled = if project.has(folder, "Gemfile") { "bundle exec " } else { "" };
    let has = |ending: &str| project.below(folder).any(|path| path.ends_with(ending));
    let mut found = Vec::new();
    let mut push = |name, command: String, narrow: Narrow| {
        let ready = gemfile.contains("prop_check") || gemfile.contains("rantly");
        let library = if gemfile.contains("rantly") { "rantly" } else { "prop_check" };
        found.push(Runner::new("ruby", name, folder, command).with_properties(library, ready).narrowed(&["rb"], narrow));
    };
    if project.has(folder, ".rspec") || gemfile.contains("rspec") || has("_spec.rb") {
        let command = format!("{bundled}rspec");
        push("rspec", command.clone(), Narrow::Files(command));
    }
    if project.has(folder, "bin/rails") && has("_test.rb") {
        push("rails", "bin/rails test".to_owned(), Narrow::Files("bin/rails test".to_owned()));
    } else if project.has(folder, "Rakefile") && (has("_test.rb") || project.text(folder, "Rakefile").is_some_and(|text| text.contains("TestTask"))) {
        push("rake", format!("{bundled}rake test"), Narrow::Each(format!("{bundled}ruby -Ilib -Itest")));
    }
    found
}

fn php(project: &Project<'_>) -> Vec<Runner> {
    let folders = project.folders_with(&["composer.json", "phpunit.xml", "phpunit.xml.dist"]);
    folders.into_iter().filter_map(|folder| php_in(project, folder)).collect()
}

fn php_in(project: &Project<'_>, folder: &str) -> Option<Runner> {
    let text = project.text(folder, "composer.json").unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let depends = |name: &str| ["require", "require-dev"].iter().any(|kind| manifest.get(kind).is_some_and(|all| all.get(name).is_some()));
    let (name, program) = match depends("pestphp/pest") {
        true => ("pest", "vendor/bin/pest"),
        false if depends("phpunit/phpunit") || project.has_any(folder, &["phpunit.xml", "phpunit.xml.dist"]) => ("phpunit", "vendor/bin/phpunit"),
        false => ("composer", ""),
    };
    let script = manifest.get("scripts").and_then(|scripts| scripts.get("test")).is_some();
    let all = match (script, program) {
        (true, _) => "composer test",
        (false, "") => return None,
        (false, program) => program,
    };
    // Each file in a run of its own: not all versions take several.
    let narrow = if program.is_empty() { Narrow::Nothing } else { Narrow::Each(program.to_owned()) };
    Some(Runner::new("php", name, folder, all).with_properties("eris", depends("giorgiosironi/eris")).narrowed(&["php"], narrow))
}
