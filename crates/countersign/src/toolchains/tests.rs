use std::path::{Path, PathBuf};

use super::{passed_on, visible};

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn seen(home: &Path, pairs: &[(&str, &str)]) -> Vec<PathBuf> {
    visible(home, Path::new("/project/app"), Path::new("/srv/state"), &variables(pairs))
}

#[test]
fn toolchains_that_variables_name_are_seen() {
    let found = seen(Path::new("/home/ana"), &[("RUSTUP_HOME", "/tools/rustup"), ("CARGO_HOME", "/tools/cargo"), ("SSL_CERT_FILE", "/tools/ca.pem")]);
    for path in ["/tools/rustup", "/tools/cargo/bin", "/tools/ca.pem", "/home/ana/.cargo/bin"] {
        assert!(found.contains(&PathBuf::from(path)), "{path}: {found:?}");
    }
    assert!(!found.contains(&PathBuf::from("/tools/cargo")), "its credentials file is not a program");
}

#[test]
fn folders_of_path_are_seen_and_below_opt_with_their_package() {
    let found = seen(Path::new("/home/ana"), &[("PATH", "/opt/node/bin:/home/ana/bin:/tools/x/shims:/usr/bin:relative:/srv/data")]);
    for path in ["/opt/node", "/home/ana/bin", "/tools/x/shims"] {
        assert!(found.contains(&PathBuf::from(path)), "{path}: {found:?}");
    }
    for path in ["/usr/bin", "relative", "/srv/data"] {
        assert!(!found.contains(&PathBuf::from(path)), "{path}: {found:?}");
    }
}

#[test]
fn nothing_wide_and_nothing_of_the_tree_is_seen() {
    let found = seen(Path::new("/home/ana"), &[("RUSTUP_HOME", "/"), ("JAVA_HOME", "/home/ana"), ("NVM_DIR", "/srv"), ("PATH", "/project/app/node_modules/.bin:/project")]);
    for path in ["/", "/home/ana", "/srv", "/project/app/node_modules/.bin", "/project"] {
        assert!(!found.contains(&PathBuf::from(path)), "{path}: {found:?}");
    }
}

#[test]
fn settings_with_a_credential_are_not_seen() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".cargo")).unwrap();
    let (cargo, npm) = (home.path().join(".cargo/config.toml"), home.path().join(".npmrc"));
    std::fs::write(&cargo, "[http]\nproxy = \"http://proxy:3128\"\n").unwrap();
    std::fs::write(&npm, "@ana:registry=https://npm.example/\nfund=false\n").unwrap();
    let found = seen(home.path(), &[]);
    assert!(found.contains(&cargo) && found.contains(&npm), "{found:?}");
    std::fs::write(&cargo, "[registries.x]\ntoken = \"abc\"\n").unwrap();
    std::fs::write(&npm, "registry=https://ana:pw@npm.example/\n").unwrap();
    let found = seen(home.path(), &[]);
    assert!(!found.contains(&cargo) && !found.contains(&npm), "{found:?}");
}

#[test]
fn variables_are_passed_on_by_name_and_never_with_a_user_in_a_url() {
    let given = variables(&[
        ("PATH", "/opt/node@20/bin:/usr/bin"),
        ("ANTHROPIC_API_KEY", "sk"),
        ("LD_PRELOAD", "/x.so"),
        ("PIP_INDEX_URL", "https://ana:pw@pypi.example/simple"),
        ("GOPROXY", "https://go.example"),
    ]);
    let names: Vec<String> = passed_on(Path::new("/home/ana"), Path::new("/project/app"), &given).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["PATH", "GOPROXY", "TERM", "NO_COLOR"]);
}

#[test]
fn the_chosen_python_stands_before_pyenvs_shims() {
    let (home, tree) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let root = home.path().join(".pyenv");
    for version in ["3.11.7", "3.12.1"] {
        std::fs::create_dir_all(root.join("versions").join(version).join("bin")).unwrap();
    }
    std::fs::write(root.join("version"), "3.11.7\n").unwrap();
    let shims = root.join("shims").display().to_string();
    let path = || {
        let given = variables(&[("PATH", &format!("/usr/bin:{shims}"))]);
        passed_on(home.path(), tree.path(), &given)[0].1.clone()
    };
    let expected = |version: &str| format!("/usr/bin:{}:{shims}", root.join("versions").join(version).join("bin").display());
    assert_eq!(path(), expected("3.11.7"));
    std::fs::write(tree.path().join(".python-version"), "3.12.1\n").unwrap();
    assert_eq!(path(), expected("3.12.1"));
    for odd in ["system\n", "../../../project/app\n", "9.9.9\n", ".."] {
        std::fs::write(tree.path().join(".python-version"), odd).unwrap();
        assert_eq!(path(), format!("/usr/bin:{shims}"), "{odd}");
    }
}
