//! What the machine itself takes: starting a process, and waiting for the disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Measures and prints.
pub(crate) fn print(folder: &Path) -> Result<()> {
    line("fork, exec and reap of `true`", times(300, start_one)?);
    let path = folder.join("synced");
    let mut file = File::create(&path)?;
    line("append 4 KB and fdatasync", times(500, || append(&mut file, &[7; 4096]))?);
    line("append 20 KB and fdatasync (about one commit)", times(500, || append(&mut file, &[7; 20_480]))?);
    let mut count = 0;
    let whole = times(300, || {
        count += 1;
        whole_file(folder, count)
    })?;
    line("new file, fsync, rename, fsync of its folder", whole);
    Ok(fs::remove_file(path)?)
}

#[expect(clippy::disallowed_methods, reason = "a process is what is measured; xtask never ships")]
fn start_one() -> Result<()> {
    let status = Command::new("/bin/true").stdin(Stdio::null()).status().context("`true` cannot be run")?;
    anyhow::ensure!(status.success(), "`true` failed");
    Ok(())
}

fn append(file: &mut File, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes)?;
    Ok(file.sync_data()?)
}

fn whole_file(folder: &Path, count: u32) -> Result<()> {
    let (new, name) = (folder.join("new"), folder.join(format!("whole-{count}")));
    let mut file = File::create(&new)?;
    file.write_all(&[7; 300])?;
    file.sync_all()?;
    fs::rename(&new, name)?;
    Ok(File::open(folder)?.sync_all()?)
}

fn times(count: usize, mut what: impl FnMut() -> Result<()>) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let begun = Instant::now();
        what()?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

fn line(what: &str, times: Vec<Duration>) {
    let at = |share: usize| times.get(times.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    println!("  {what:<48} p50 {:>7.3} ms   p99 {:>7.3} ms", at(50), at(99));
}
