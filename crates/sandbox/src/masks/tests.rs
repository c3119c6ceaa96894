use super::*;

#[test]
fn names() {
    for secret in [
        ".env", ".env.local", "prod.env", "id_rsa", "id_ed25519_work", "server.key", ".netrc", "client_secret_12.json", "service-account.json",
        "x.tfstate", "store.jks", "credentials.json", ".envrc",
    ] {
        assert!(is_secret_name(secret.as_bytes()), "{secret}");
    }
    for open in [
        ".env.example", ".env.sample", "id_rsa.pub", "environment.ts", "key.rs", "credentials.rs", ".environment", "README.md", "keys", ".key",
        "client_secret.py", "config.json", "cert.pem", "package.json", "env",
    ] {
        assert!(!is_secret_name(open.as_bytes()), "{open}");
    }
}

#[test]
fn some_are_told_by_what_they_hold() {
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path();
    fs::write(tree.join("public.pem"), "-----BEGIN CERTIFICATE-----").unwrap();
    fs::write(tree.join("private.pem"), "x\n-----BEGIN RSA PRIVATE KEY-----").unwrap();
    fs::write(tree.join(".npmrc"), "registry=https://example.com").unwrap();
    fs::create_dir(tree.join("sub")).unwrap();
    fs::write(tree.join("sub/.npmrc"), "//example.com/:_authToken=x").unwrap();
    let found = find(tree, &[]).unwrap();
    assert_eq!(found.secrets, ["private.pem", "sub/.npmrc"].map(PathBuf::from).into());
}

#[test]
fn folders_made_by_tools_are_skipped_and_links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path();
    for path in ["node_modules/a/.env", "target/x.key", ".venv/lib/y.key", "src/.env", ".env/bin/python"] {
        fs::create_dir_all(tree.join(path).parent().unwrap()).unwrap();
        fs::write(tree.join(path), "").unwrap();
    }
    std::os::unix::fs::symlink("/etc", tree.join("etc")).unwrap();
    std::os::unix::fs::symlink("src/.env", tree.join(".env.link")).unwrap();
    let found = find(tree, &[]).unwrap();
    assert_eq!(found.secrets, ["src/.env", ".env.link"].map(PathBuf::from).into());
}

#[test]
fn what_a_person_names_is_let_through_and_only_that() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    fs::write(folder.path().join(".env"), "").unwrap();
    fs::write(folder.path().join("a/.env"), "").unwrap();
    let found = find(folder.path(), &["a/.env".into(), "b".into()]).unwrap();
    assert_eq!(found.secrets, [PathBuf::from(".env")].into());
}

#[test]
fn settings_are_found_below_the_top() {
    let folder = tempfile::tempdir().unwrap();
    for path in [".vscode", "a/.vscode", "a/b/.claude", "node_modules/x/.vscode"] {
        fs::create_dir_all(folder.path().join(path)).unwrap();
    }
    assert_eq!(find(folder.path(), &[]).unwrap().settings, ["a/.vscode", "a/b/.claude"].map(PathBuf::from).into());
}

#[test]
fn the_layer_has_placeholders_and_the_folders_modes() {
    let folder = tempfile::tempdir().unwrap();
    let (tree, mask) = (folder.path().join("tree"), folder.path().join("mask"));
    fs::create_dir_all(tree.join("conf/deep")).unwrap();
    fs::create_dir(&mask).unwrap();
    fs::write(tree.join("conf/deep/.env"), "SECRET").unwrap();
    fs::set_permissions(tree.join("conf"), fs::Permissions::from_mode(0o710)).unwrap();
    lay(&mask, &find(&tree, &[]).unwrap().secrets, PLACEHOLDER).unwrap();
    copy_modes(&tree, &mask).unwrap();
    assert_eq!(fs::read_to_string(mask.join("conf/deep/.env")).unwrap(), PLACEHOLDER);
    assert_eq!(fs::metadata(mask.join("conf")).unwrap().permissions().mode() & 0o777, 0o710);
}

#[test]
fn a_folder_that_is_only_on_the_way_to_a_held_place_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let (tree, mask) = (folder.path().join("tree"), folder.path().join("mask"));
    fs::create_dir_all(&tree).unwrap();
    fs::create_dir_all(mask.join(".kiro/hooks")).unwrap();
    copy_modes(&tree, &mask).unwrap();
    let mode = |path: &str| fs::metadata(mask.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(".kiro"), mode(".kiro/hooks")), (0o755, 0o555));
}

#[test]
fn a_tree_that_is_gone_is_an_error() {
    assert!(find(Path::new("/no/such/tree"), &[]).is_ok_and(|found| found == Found::default()), "an absent tree holds no secrets");
}
