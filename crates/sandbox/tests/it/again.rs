//! All tests once more, as a user who is nobody.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::harness::launcher;

/// `nobody`.
const USER: u32 = 65534;

#[test]
fn again_as_an_ordinary_user() {
    if !rustix::process::geteuid().is_root() {
        return; // that is what this run is
    }
    // What root builds may lie where nobody can look.
    let folder = tempfile::Builder::new().prefix("box-again-").tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (tests, program) = (folder.path().join("tests"), folder.path().join("box"));
    std::fs::copy(std::env::current_exe().unwrap(), &tests).unwrap();
    std::fs::copy(&launcher()[0], &program).unwrap();
    let files = folder.path().join("files");
    std::fs::create_dir(&files).unwrap();
    std::fs::set_permissions(&files, std::fs::Permissions::from_mode(0o777)).unwrap();
    let output = Command::new(&tests)
        .args(std::env::args().skip(1).filter(|argument| argument != "again_as_an_ordinary_user"))
        .uid(USER)
        .gid(USER)
        .current_dir("/")
        .env("SANDBOX_BOX", &program)
        .env("TMPDIR", &files)
        .env("HOME", &files)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "as an ordinary user:\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("test result: ok"), "{said}");
}
