//! The gate as agents start it: a whole process for each call, with its entries on the disk before it answers.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::session::World;

const CALLS: usize = 200;

/// Measures and prints, beside the machine's own figures above.
pub(crate) fn print(world: &World, program: &Path) -> Result<()> {
    let project = world.project()?;
    let hook = |n: usize| {
        format!(
            "{{\"session_id\":\"bench\",\"transcript_path\":\"/t.jsonl\",\"cwd\":{:?},\"permission_mode\":\"bypassPermissions\",\"hook_event_name\":\"PreToolUse\",\"tool_name\":\"Bash\",\"tool_input\":{{\"command\":\"ls src/file{n}.py\"}},\"tool_use_id\":\"toolu_{n}\"}}",
            project.display().to_string()
        )
    };
    let mut times = Vec::with_capacity(CALLS);
    for n in 0..CALLS {
        let mut command = world.command(program, &project);
        command.args(["gate", "--as", "claude"]);
        let begun = Instant::now();
        ask(command, &hook(n))?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).map_or(0.0, Duration::as_secs_f64) * 1e3;
    println!("  {:<48} p50 {:>7.3} ms   p99 {:>7.3} ms", "a call that passes, process and durable entries", at(50), at(99));
    memory(world, program, &project, &hook(CALLS))
}

/// What GNU time says of one more call.
fn memory(world: &World, program: &Path, project: &Path, hook: &str) -> Result<()> {
    let time = Path::new("/usr/bin/time");
    if !time.exists() {
        println!("  {:<48} not measured: {} is not there (Debian: time)", "its peak memory", time.display());
        return Ok(());
    }
    let told = project.with_extension("time");
    let mut command = world.command(time, project);
    command.args(["-f", "%M", "-o"]).arg(&told).arg(program).args(["gate", "--as", "claude"]);
    ask(command, hook)?;
    let kilobytes: f64 = std::fs::read_to_string(&told)?.trim().parse().context("GNU time said something else")?;
    println!("  {:<48} {:>7.1} MB", "its peak memory (aim: 25 MB)", kilobytes * 1024.0 / 1e6);
    Ok(())
}

fn ask(mut command: Command, hook: &str) -> Result<()> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("the gate cannot be started")?;
    child.stdin.take().context("no input")?.write_all(hook.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "the gate blocked ordinary work: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
