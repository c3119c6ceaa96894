use super::read_still;
use std::os::unix::fs::PermissionsExt;

fn folder() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().canonicalize().unwrap();
    (folder, real)
}

#[test]
fn a_file_is_read_with_its_execute_bit() {
    let (_kept, folder) = folder();
    std::fs::write(folder.join("a"), b"abc").unwrap();
    assert_eq!(read_still(&folder.join("a"), 3).unwrap(), (b"abc".to_vec(), false));
    std::fs::set_permissions(folder.join("a"), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(read_still(&folder.join("a"), 10).unwrap(), (b"abc".to_vec(), true));
}

#[test]
fn a_file_that_became_a_link_is_not_followed() {
    let (_kept, folder) = folder();
    std::fs::write(folder.join("secret"), b"secret").unwrap();
    std::os::unix::fs::symlink(folder.join("secret"), folder.join("a")).unwrap();
    assert!(read_still(&folder.join("a"), 100).is_err());
}

#[test]
fn a_folder_that_became_a_link_is_not_followed() {
    let (_kept, folder) = folder();
    std::fs::create_dir(folder.join("outside")).unwrap();
    std::fs::write(folder.join("outside/a"), b"secret").unwrap();
    std::os::unix::fs::symlink(folder.join("outside"), folder.join("inside")).unwrap();
    assert!(read_still(&folder.join("inside/a"), 100).is_err());
}

#[test]
fn a_pipe_is_an_error_and_not_a_wait() {
    let (_kept, folder) = folder();
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, folder.join("pipe"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    assert!(read_still(&folder.join("pipe"), 100).is_err());
}

#[test]
fn a_file_that_is_too_large_is_an_error_not_a_part() {
    let (_kept, folder) = folder();
    std::fs::write(folder.join("a"), b"abcd").unwrap();
    assert!(read_still(&folder.join("a"), 3).is_err());
}
