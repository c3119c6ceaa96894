//! Layers made by hand; what real overlays leave is in `tests/it/changes.rs`.

use std::fs;

use super::*;

struct Layers {
    _folder: tempfile::TempDir,
    copy: CopyOf,
}

fn layers(kept_back: &[&str]) -> Layers {
    let folder = tempfile::tempdir().unwrap();
    let (real, upper) = (folder.path().join("real"), folder.path().join("upper"));
    fs::create_dir_all(real.join("dir/sub")).unwrap();
    fs::create_dir(&upper).unwrap();
    fs::write(real.join("dir/a"), "a").unwrap();
    fs::write(real.join("dir/sub/b"), "b").unwrap();
    let copy = CopyOf::of_tree(real, upper, kept_back.iter().map(PathBuf::from).collect());
    Layers { _folder: folder, copy }
}

fn whiteout(layers: &Layers, path: &str) {
    let at = layers.copy.upper.join(path);
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &at, rustix::fs::FileType::CharacterDevice, rustix::fs::Mode::empty(), 0).unwrap();
}

fn gone(layers: &Layers) -> Vec<String> {
    let changes = layers.copy.changes().unwrap();
    assert!(changes.iter().all(|differing| differing.now == Now::Gone), "{changes:?}");
    changes.into_iter().map(|differing| differing.path.display().to_string()).collect()
}

#[test]
fn a_whiteout_over_nothing_is_nothing() {
    let layers = layers(&[]);
    whiteout(&layers, "never-there");
    assert_eq!(gone(&layers), Vec::<String>::new());
}

#[test]
fn a_whiteout_over_a_folder_names_all_of_it() {
    let layers = layers(&[]);
    whiteout(&layers, "dir");
    assert_eq!(gone(&layers), ["dir", "dir/a", "dir/sub", "dir/sub/b"]);
}

#[test]
fn a_folder_that_holds_something_kept_back_stays() {
    let layers = layers(&["dir/sub/b"]);
    whiteout(&layers, "dir");
    assert_eq!(gone(&layers), ["dir/a"]);
}

#[test]
fn a_file_cannot_take_the_place_of_a_folder_that_stays() {
    let layers = layers(&["dir/sub/b"]);
    fs::write(layers.copy.upper.join("dir"), "now a file").unwrap();
    assert_eq!(gone(&layers), ["dir/a"]);
}

#[test]
fn an_opaque_folder_hides_all_below_it() {
    let layers = layers(&[]);
    let dir = layers.copy.upper.join("dir");
    fs::create_dir_all(dir.join("sub")).unwrap();
    rustix::fs::setxattr(&dir, "user.overlay.opaque", b"y", rustix::fs::XattrFlags::empty()).unwrap();
    fs::write(dir.join("a"), "a").unwrap();
    let changes = layers.copy.changes().unwrap();
    let found: Vec<_> = changes.iter().map(|differing| (differing.path.to_str().unwrap(), &differing.now)).collect();
    let again = Now::Directory { opaque: true };
    assert_eq!(found, [("dir", &again), ("dir/sub", &again), ("dir/sub/b", &Now::Gone)]);
}

#[test]
fn git_counts_in_an_environment_and_not_in_a_tree() {
    let layers = layers(&[]);
    fs::create_dir_all(layers.copy.upper.join("x/.git")).unwrap();
    fs::write(layers.copy.upper.join("x/.git/config"), "").unwrap();
    let paths = |copy: &CopyOf| copy.changes().unwrap().into_iter().map(|d| d.path).collect::<Vec<_>>();
    assert_eq!(paths(&layers.copy), [Path::new("x")]);
    let place = CopyOf::of_place(layers.copy.real.clone(), layers.copy.upper.clone());
    assert_eq!(paths(&place), ["x", "x/.git", "x/.git/config"].map(PathBuf::from));
}

#[test]
fn large_files_that_differ_in_the_last_byte_differ() {
    let layers = layers(&[]);
    let mut bytes = vec![7; 200_000];
    fs::write(layers.copy.real.join("large"), &bytes).unwrap();
    fs::write(layers.copy.upper.join("large"), &bytes).unwrap();
    assert_eq!(layers.copy.changes().unwrap(), []);
    *bytes.last_mut().unwrap() = 8;
    fs::write(layers.copy.upper.join("large"), &bytes).unwrap();
    assert_eq!(layers.copy.changes().unwrap().len(), 1);
}

#[test]
fn a_folder_in_place_of_a_link_is_not_compared_with_where_the_link_led() {
    let layers = layers(&[]);
    std::os::unix::fs::symlink("dir", layers.copy.real.join("link")).unwrap();
    fs::create_dir(layers.copy.upper.join("link")).unwrap();
    fs::write(layers.copy.upper.join("link/a"), "a").unwrap();
    let paths: Vec<_> = layers.copy.changes().unwrap().into_iter().map(|d| d.path).collect();
    assert_eq!(paths, ["link", "link/a"].map(PathBuf::from));
}

#[test]
fn a_layer_folder_that_became_a_link_is_an_error_and_not_followed() {
    let layers = layers(&[]);
    std::os::unix::fs::symlink("/etc", layers.copy.upper.join("dir")).unwrap();
    let upper = Root::open(&layers.copy.upper).unwrap();
    assert!(upper::entries(&upper, Path::new("dir")).is_err());
    assert!(open(&upper, Path::new("dir/passwd")).is_err());
}

#[test]
fn a_file_that_became_a_pipe_is_an_error_and_not_a_wait() {
    let layers = layers(&[]);
    let pipe = layers.copy.upper.join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    fs::write(layers.copy.upper.join("file"), "x").unwrap();
    std::os::unix::fs::symlink("file", layers.copy.upper.join("link")).unwrap();
    let upper = Root::open(&layers.copy.upper).unwrap();
    assert!(open(&upper, Path::new("pipe")).is_err() && open(&upper, Path::new("link")).is_err());
    assert!(open(&upper, Path::new("file")).is_ok());
}
