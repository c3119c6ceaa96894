//! The launcher of this crate's tests: becomes a box and serves the smallest set of file operations.
//!
//! A request is an operation, a NUL, a path, a NUL and bytes; a reply is `ok` or `no`, a space, and bytes or a reason.
#![allow(clippy::disallowed_methods, reason = "a program of the tests, not of the product")]

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

fn main() {
    match std::env::args_os().nth(1) {
        None => sandbox::inside(serve),
        Some(_) => hold(),
    }
}

/// Opens a box as a service would and waits to be killed: `hold TREE STATE HOME`.
fn hold() {
    let mut paths = std::env::args_os().skip(2).map(std::path::PathBuf::from);
    let mut next = || paths.next().unwrap_or_default();
    let plan = sandbox::Plan {
        tree: next(),
        state: next(),
        home: next(),
        visible: Vec::new(),
        let_through: Vec::new(),
        environments: Vec::new(),
        door: None,
        variables: Vec::new(),
        limits: sandbox::Limits::default(),
    };
    let launcher = std::env::args_os().next().into_iter().collect::<Vec<_>>();
    match sandbox::Sandbox::open(plan, &launcher) {
        Ok(_open) => {
            println!("open");
            std::io::stdin().read_line(&mut String::new()).ok();
        }
        Err(error) => println!("{error:?}"),
    }
}

fn serve(request: &[u8]) -> Vec<u8> {
    match operate(request) {
        Ok(bytes) => [b"ok ".as_slice(), &bytes].concat(),
        Err(error) => format!("no {error}").into_bytes(),
    }
}

fn operate(request: &[u8]) -> io::Result<Vec<u8>> {
    let mut parts = request.splitn(3, |b| *b == 0);
    let (operation, path, bytes) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let path = Path::new(OsStr::from_bytes(path));
    match operation {
        b"read" => fs::read(path),
        b"write" => fs::write(path, bytes).map(|()| Vec::new()),
        b"write-many" => write_many(path, bytes),
        b"delete" => fs::remove_file(path).map(|()| Vec::new()),
        b"list" => list(path),
        b"run" => std::process::Command::new(path).output().map(|output| output.stdout),
        b"echo" => Ok(bytes.to_vec()),
        b"die" => std::process::abort(),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn list(path: &Path) -> io::Result<Vec<u8>> {
    let mut names = fs::read_dir(path)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names.iter().flat_map(|name| [name.as_bytes(), b"\n"].concat()).collect())
}

/// Writes again and again through a path that others replace meanwhile.
fn write_many(path: &Path, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let (began, mut written, mut failed) = (std::time::Instant::now(), 0, 0);
    while (written < 100 || failed < 100) && began.elapsed().as_secs() < 20 {
        *(if fs::write(path, bytes).is_ok() { &mut written } else { &mut failed }) += 1;
    }
    Ok(format!("{} {}", written.min(100), failed.min(100)).into_bytes())
}
