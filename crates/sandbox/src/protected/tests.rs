use super::*;

#[test]
fn absent_paths_get_a_folder_and_present_ones_none() {
    let folder = tempfile::tempdir().unwrap();
    let (real, mask) = (folder.path().join("real"), folder.path().join("mask"));
    fs::create_dir_all(real.join(".kiro")).unwrap();
    fs::create_dir_all(&mask).unwrap();
    fs::write(real.join(".mcp.json"), "{}").unwrap();
    let held = hold_places(&real, &mask, &[".mcp.json", ".claude", ".kiro/settings"]).unwrap();
    assert_eq!(held.len(), 3);
    assert!(mask.join(".claude").is_dir() && mask.join(".kiro/settings").is_dir());
    assert!(!mask.join(".mcp.json").exists());
}

#[test]
fn nothing_is_held_below_what_is_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (real, mask) = (folder.path().join("real"), folder.path().join("mask"));
    fs::create_dir_all(&real).unwrap();
    fs::create_dir_all(&mask).unwrap();
    fs::write(real.join(".kiro"), "").unwrap();
    assert_eq!(hold_places(&real, &mask, &[".kiro/settings"]).unwrap(), Vec::<PathBuf>::new());
    assert_eq!(fs::read_dir(&mask).unwrap().count(), 0);
}

#[test]
fn names_are_held_at_any_depth_where_they_exist() {
    assert!(found_below(b".claude") && found_below(b".vscode"));
    assert!(!found_below(b".github") && !found_below(b"claude"));
    assert!(PROTECTED.is_sorted());
}
