use super::*;

fn plan(folder: &Path) -> Plan {
    for name in ["tree", "home"] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
    }
    Plan {
        tree: folder.join("tree"),
        state: folder.join("deep/state"),
        visible: vec![],
        let_through: vec![],
        environments: vec![],
        door: None,
        variables: vec![],
        home: folder.join("home"),
        limits: Limits::default(),
    }
}

#[test]
fn a_settled_plan_has_real_paths_and_a_private_state_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mut given = plan(folder.path());
    std::os::unix::fs::symlink("tree", folder.path().join("link")).unwrap();
    given.tree = folder.path().join("link");
    given.visible = vec!["/usr".into(), "/no/such/toolchain".into()];
    let settled = given.settled().unwrap();
    assert_eq!(settled.tree, folder.path().join("tree").canonicalize().unwrap());
    assert_eq!(settled.visible, [PathBuf::from("/usr")]);
    assert_eq!(std::fs::metadata(&settled.state).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn an_environment_may_not_hold_the_tree_or_the_state() {
    let folder = tempfile::tempdir().unwrap();
    for held in ["tree", "deep"] {
        let mut given = plan(folder.path());
        std::fs::create_dir_all(folder.path().join(held)).unwrap();
        given.environments = vec![Place { name: EnvironmentName::new("production"), path: folder.path().join(held) }];
        assert!(matches!(given.settled(), Err(BadPlan::PlaceHoldsTree { .. })), "{held}");
    }
}

#[test]
fn a_tree_of_another_user_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut given = plan(folder.path());
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&given.tree, Some(12345), None).unwrap();
    } else {
        given.tree = "/usr/share".into();
    }
    assert!(matches!(given.settled(), Err(BadPlan::OtherOwner { .. })));
}

#[test]
fn an_environment_that_is_no_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut given = plan(folder.path());
    std::fs::write(folder.path().join("file"), "").unwrap();
    given.environments = vec![Place { name: EnvironmentName::new("production"), path: folder.path().join("file") }];
    assert!(matches!(given.settled(), Err(BadPlan::NotAFolder { .. })));
}
