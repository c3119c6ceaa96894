use super::*;

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn found(files: &[(&str, &str)]) -> Option<(String, String)> {
    find(project(files).path()).map(|runner| (runner.folder, runner.all))
}

const MAKEFILE: &str = "test:\n\ttrue\n";

#[test]
fn the_outermost_folders_runner_is_the_projects() {
    let (outer, inner) = (("Makefile", MAKEFILE), ("sub/Makefile", MAKEFILE));
    assert_eq!(found(&[inner, outer]).unwrap(), (".".into(), "make test".into()));
    assert_eq!(found(&[inner]).unwrap().0, "sub");
    assert_eq!(found(&[("README.md", "hello")]), None);
}

#[test]
fn what_others_wrote_is_passed_over() {
    for folder in ["node_modules/x", "target/x", ".hidden", "a/b/c/d/e"] {
        assert_eq!(found(&[(&format!("{folder}/Makefile"), MAKEFILE)]), None, "{folder}");
    }
}

#[test]
fn a_link_is_not_followed() {
    let (outside, project) = (project(&[("Makefile", MAKEFILE)]), project(&[]));
    std::os::unix::fs::symlink(outside.path(), project.path().join("linked")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("Makefile"), project.path().join("Makefile")).unwrap();
    assert_eq!(find(project.path()).map(|runner| runner.all), None);
}
