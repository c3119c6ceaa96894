//! The gate as agents start it: a whole process for each call, with its entries on the disk before it answers.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::session::World;

const CALLS: usize = 200;

/// Measures and prints, beside the machine's own figures above.
pub(crate) fn print(world: &World, program: &Path) -> Result<()> {
    let project = world.project()?;
    let hook = |n: usize| hook(&project, &format!("ls src/file{n}.py"));
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
    memory(world, program, &project, &hook(CALLS))?;
    needless(world, program, &world.project_with(&NAMED)?)
}

/// What the everyday commands move and delete; git has it.
const NAMED: [&str; 6] = ["README.md", "src/main.rs", "src/old.rs", "src/unused.rs", "docs/guide.md", "docs/index.md"];

/// Harmless commands, one a line, in sections.
const EVERYDAY: &str = include_str!("../../../crates/effects/data/corpora/everyday.txt");
/// The section of those that run code of the project or of strangers.
const RUNS_CODE: &str = "builds, tests, installs and what else runs code";
/// The section of those that policy asks about by intent.
const BRINGS: &str = "bring data, variables or secrets, or carry words out";

/// How the gate answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Pass,
    /// It runs in our box instead.
    Boxed,
    /// A person has to sign.
    Held,
}

/// How many everyday commands the gate stops in a project that has what they move and delete, without and with `--box`.
fn needless(world: &World, program: &Path, project: &Path) -> Result<()> {
    let (mut commands, mut section) = (Vec::new(), "");
    for line in EVERYDAY.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("== ") {
            Some(name) => section = name,
            None => commands.push((section, line)),
        }
    }
    for (more, title) in [(&[][..], "everyday commands that are held"), (&["--box", "tell"][..], "the same with --box")] {
        for (note, apart) in [("", None), (", of those that run code", Some(RUNS_CODE)), (", of those that bring data or carry words out", Some(BRINGS))] {
            let of_kind = commands.iter().filter(|(section, _)| apart.map_or(![RUNS_CODE, BRINGS].contains(section), |apart| *section == apart));
            let answers = of_kind.map(|(_, text)| answer(world, program, project, more, text)).collect::<Result<Vec<_>>>()?;
            let count = |wanted: Answer| answers.iter().filter(|answer| **answer == wanted).count();
            let (held, all) = (count(Answer::Held), answers.len());
            println!("  {:<80} {held:>4} of {all} ({:.1} %), {} into the box", format!("{title}{note}"), 100.0 * held as f64 / all.max(1) as f64, count(Answer::Boxed));
        }
    }
    Ok(())
}

fn answer(world: &World, program: &Path, project: &Path, more: &[&str], text: &str) -> Result<Answer> {
    let mut command = world.command(program, project);
    command.args(["gate", "--as", "claude"]).args(more);
    let output = answered(command, &hook(project, text))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Ok(match output.status.success() && output.stdout.is_empty() {
        true => Answer::Pass,
        false if said.contains("gate box") => Answer::Boxed,
        false => Answer::Held,
    })
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

fn ask(command: Command, hook: &str) -> Result<()> {
    let output = answered(command, hook)?;
    ensure!(output.status.success(), "the gate blocked ordinary work: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// What Claude Code says before it runs a command.
fn hook(project: &Path, command: &str) -> String {
    format!(
        "{{\"session_id\":\"bench\",\"transcript_path\":\"/t.jsonl\",\"cwd\":{:?},\"permission_mode\":\"bypassPermissions\",\"hook_event_name\":\"PreToolUse\",\"tool_name\":\"Bash\",\"tool_input\":{{\"command\":{command:?}}},\"tool_use_id\":\"toolu_bench\"}}",
        project.display().to_string()
    )
}

fn answered(mut command: Command, hook: &str) -> Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("the gate cannot be started")?;
    child.stdin.take().context("no input")?.write_all(hook.as_bytes())?;
    Ok(child.wait_with_output()?)
}
