//! Java, Kotlin, Scala and C#: builds that choose tests by the names of classes.

use super::narrow::Narrow;
use super::project::Project;
use super::Runner;

pub(super) fn find(project: &Project<'_>) -> Vec<Runner> {
    [maven(project), gradle(project), sbt(project), dotnet(project)].concat()
}

/// The project's own wrapper where it has one.
fn program(project: &Project<'_>, folder: &str, wrapper: &str, usual: &str) -> String {
    if project.has(folder, wrapper) { format!("./{wrapper}") } else { usual.to_owned() }
}

fn language(project: &Project<'_>, folder: &str) -> &'static str {
    let has = |ending: &str| project.below(folder).any(|path| path.ends_with(ending));
    match has(".kt") && !has(".java") {
        true => "kotlin",
        false => "java",
    }
}

fn depends(project: &Project<'_>, folder: &str, files: &[&str], name: &str) -> bool {
    files.iter().filter_map(|file| project.text(folder, file)).any(|text| text.contains(name))
}

fn maven(project: &Project<'_>) -> Vec<Runner> {
    let runner = |folder: &str| {
        let program = program(project, folder, "mvnw", "mvn");
        let before = format!("{program} -B -Dsurefire.failIfNoSpecifiedTests=false -Dtest=");
        Runner::new(language(project, folder), "maven", folder, format!("{program} -B test"))
            .with_properties("jqwik", depends(project, folder, &["pom.xml"], "jqwik"))
            .narrowed(&["java", "kt", "groovy"], Narrow::Classes { before, between: ",", after: " test" })
    };
    project.outermost_with(&["pom.xml"]).into_iter().map(runner).collect()
}

fn gradle(project: &Project<'_>) -> Vec<Runner> {
    const FILES: &[&str] = &["settings.gradle", "settings.gradle.kts", "build.gradle", "build.gradle.kts"];
    let runner = |folder: &str| {
        let program = program(project, folder, "gradlew", "gradle");
        let before = format!("{program} test --tests ");
        Runner::new(language(project, folder), "gradle", folder, format!("{program} test"))
            .with_properties("jqwik", depends(project, folder, FILES, "jqwik"))
            .narrowed(&["java", "kt", "groovy"], Narrow::Classes { before, between: " --tests ", after: "" })
    };
    project.outermost_with(FILES).into_iter().map(runner).collect()
}

fn sbt(project: &Project<'_>) -> Vec<Runner> {
    let runner = |folder: &str| {
        let narrow = Narrow::Classes { before: "sbt 'testOnly *.".to_owned(), between: " *.", after: "'" };
        Runner::new("scala", "sbt", folder, "sbt test")
            .with_properties("ScalaCheck", depends(project, folder, &["build.sbt"], "scalacheck"))
            .narrowed(&["scala", "java"], narrow)
    };
    project.outermost_with(&["build.sbt"]).into_iter().map(runner).collect()
}

/// A solution, or projects that are in none.
fn dotnet(project: &Project<'_>) -> Vec<Runner> {
    let ends = |path: &str, endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
    let all: Vec<&str> = project.below(".").filter(|path| ends(path, &[".sln", ".slnx", ".csproj", ".fsproj"])).collect();
    let solutions: Vec<&str> = all.iter().copied().filter(|path| ends(path, &[".sln", ".slnx"])).collect();
    let mut folders: Vec<&str> = if solutions.is_empty() { all.clone() } else { solutions }.iter().map(|path| super::paths::folder(path)).collect();
    folders.sort_by_key(|folder| super::paths::depth(folder));
    let mut outer: Vec<&str> = Vec::new();
    for folder in folders {
        if !outer.iter().any(|above| super::paths::within(above, folder).is_some()) {
            outer.push(folder);
        }
    }
    let depends = all.iter().filter_map(|path| project.text_at(path)).any(|text| text.contains("FsCheck"));
    let language = if all.iter().any(|path| path.ends_with(".csproj")) { "csharp" } else { "fsharp" };
    let runner = |folder: &&str| {
        let before = "dotnet test --filter 'FullyQualifiedName~".to_owned();
        Runner::new(language, "dotnet", folder, "dotnet test")
            .with_properties("FsCheck", depends)
            .narrowed(&["cs", "fs", "vb"], Narrow::Classes { before, between: "|FullyQualifiedName~", after: "'" })
    };
    outer.iter().map(runner).collect()
}
