use super::*;

#[test]
fn a_configuration_loses_its_credentials_and_nothing_else() {
    let text = "[core]\n\tbare = false\n[http \"https://h.example/\"]\n\textraheader = AUTHORIZATION: \\\n\t  basic S3CRET\n\
        [http] extraHeader = S3CRET\n[credential]\n\thelper = store --file S3CRET\n[remote \"helper\"]\n\
        \turl = https://ana:S3CRET@h.example/a/helper.git\n\tpushurl = https://S3CRET@h.example/a\n\
        [remote \"b\"]\n\turl = ssh://git@h.example/b\n\turl = git@h.example:c\n[sendemail]\n\tsmtpPass = S3CRET\n\
        [url \"https://x:S3CRET@h.example/\"]\n\tinsteadOf = h:\n";
    let clean = String::from_utf8(without_credentials(text.as_bytes())).unwrap();
    assert!(!clean.contains("S3CRET"), "{clean}");
    for kept in ["bare = false", "[remote \"helper\"]", "url = https://h.example/a/helper.git\n", "ssh://git@h.example/b\n", "git@h.example:c\n", "[url \"https://h.example/\"]\n\tinsteadOf = h:\n"] {
        assert!(clean.contains(kept), "{kept} is not in {clean}");
    }
    let harmless = b"[core]\n\tbare = false\n[remote \"o\"]\n\turl = https://h.example/a@b\n";
    assert_eq!(without_credentials(harmless), harmless);
}

#[test]
fn submodules_are_cleaned_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().canonicalize().unwrap();
    let module = base.join("git/modules/a/b");
    fs::create_dir_all(&module).unwrap();
    for (path, text) in [("git/HEAD", ""), ("git/config", "[core]\n"), ("git/modules/a/b/HEAD", ""), ("git/modules/a/b/config", "[http]\n\textraheader = x\n")] {
        fs::write(base.join(path), text).unwrap();
    }
    lay_clean(&base.join("git"), &base.join("mask")).unwrap();
    assert!(!base.join("mask/config").exists(), "what holds none is not copied");
    assert_eq!(fs::read_to_string(base.join("mask/modules/a/b/config")).unwrap(), "[http]\n\n");
}

#[test]
fn a_work_tree_is_named_in_core_only() {
    let text = b"[core]\n\tworktree = \"../../../sub\"\n[other]\n\tworktree = /no\n";
    assert_eq!(named_in(text), [PathBuf::from("../../../sub")]);
}
