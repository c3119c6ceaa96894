//! What the viewer sees, chapter by chapter. Exit code 0 only if all of it held.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, bail};

use super::poller::Polled;
use super::world::{REGION, World};
use crate::screen::{self, BAD, BOLD, DIM, Ending, GOOD, WARN};
use crate::terminal_desk::line;

const MODEL: &str = include_str!("../../../../scenarios/december/model.jsonl");
const PROMPT: &str = "The month total leaves out the last day of the month. Please fix it: a minor change.";

/// Tells the story. `play`: the viewer sits at the desk. `keep`: the folder stays.
pub(crate) fn tell(play: bool, keep: bool) -> anyhow::Result<Ending> {
    title("A cost explorer's front end, one production region, three people: ana asks, ben is a peer, olga owns production.");
    let mut world = World::make()?;
    say(&format!("{REGION}: a real HTTP service on port {}, a real SQLite database with {} rows, polled from now on.", world.port, grouped(world.rows)));
    let poller = world.poll();

    title(&format!("1 · ana asks an agent: “{PROMPT}”"));
    let held = the_agent_works(&world)?;
    title("2 · Who may let it out?");
    the_requester_cannot(&world, &held.deployment)?;
    let deployed = a_peer_signs(&world, &held.deployment, play)?;
    title("3 · The fix lands in ana's tree");
    land(&world, &held.landing)?;
    title("4 · Anybody can check it, without trusting this machine");
    let evidence = verify(&world)?;

    let polled = poller.finish();
    title("What held");
    let held = held.checks.into_iter().chain([deployed, evidence]).chain(measured(&world, &polled)).collect::<Vec<_>>();
    for (ok, what) in &held {
        screen::say_in(if *ok { GOOD } else { BAD }, &format!("{} {what}", if *ok { '✓' } else { '✗' }));
    }
    if keep {
        say(&format!("kept: {}", world.keep().display()));
    }
    goodbye();
    Ok(if held.iter().all(|(ok, _)| *ok) { Ending::Done } else { Ending::NotDone })
}

/// One claim of the demo, and whether it held.
type Check = (bool, String);

struct Held {
    deployment: String,
    landing: String,
    checks: Vec<Check>,
}

/// The real program, headless, with the recorded model; its output goes to the viewer as it comes.
fn the_agent_works(world: &World) -> anyhow::Result<Held> {
    let recording = world.path("model.jsonl");
    std::fs::write(&recording, MODEL)?;
    let model = format!("recorded:{}", recording.display());
    let mut run = world.call("ana", &["run", "--headless", "--model", &model, PROMPT]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let out = run.stdout.take().context("the run has no output")?;
    let mut seen = String::new();
    for text in BufReader::new(out).lines() {
        let text = text?;
        say(&text);
        seen.push_str(&text);
        seen.push('\n');
    }
    let status = run.wait()?;
    let expected = format!("replaces environment `{REGION}`: {} rows", grouped(world.rows));
    let inbox = inbox(world)?;
    let find = |deed: &str| inbox.iter().find(|(_, word)| word == deed).map(|(id, _)| id.clone());
    let checks = vec![
        (seen.contains(&expected), "the replacement of the region was computed before anything ran, and refused".to_owned()),
        (seen.contains("refused"), "the refusal was told with its reasons".to_owned()),
        (status.code() == Some(1), "the run ended with work held, exit code 1".to_owned()),
    ];
    let (Some(deployment), Some(landing)) = (find("change"), find("land")) else {
        bail!("the agent's work was not held as expected; the inbox holds {inbox:?}");
    };
    Ok(Held { deployment, landing, checks })
}

/// What waits, as (id, kind of deed).
fn inbox(world: &World) -> anyhow::Result<Vec<(String, String)>> {
    let listed = world.ask("ana", &["inbox", "--json"])?;
    String::from_utf8(listed.stdout)?
        .lines()
        .map(|text| {
            let value: serde_json::Value = serde_json::from_str(text)?;
            let word = |path: &str| value.pointer(path).and_then(serde_json::Value::as_str).map(str::to_owned);
            Ok((word("/intent/id").context("no id")?, word("/intent/deed/do").context("no deed")?))
        })
        .collect()
}

fn the_requester_cannot(world: &World, id: &str) -> anyhow::Result<()> {
    say("ana tries to sign her own deployment:");
    let tried = world.ask("ana", &["sign", id])?;
    let text = String::from_utf8_lossy(&tried.stdout);
    let last = text.lines().rev().find(|text| !text.trim().is_empty()).unwrap_or_default().to_owned();
    screen::say_in(WARN, &format!("  {last}{}", String::from_utf8_lossy(&tried.stderr).trim_end()));
    Ok(())
}

fn a_peer_signs(world: &World, id: &str, play: bool) -> anyhow::Result<Check> {
    let short: String = id.chars().take(12).collect();
    say(&format!("ben, who did not ask for it, looks (countersign show {short}) and signs with his SSH key:"));
    if play && !the_viewer_agrees(world, &short)? {
        let refused = world.ask("ben", &["refuse", id, "--why", "the viewer at the desk said no"])?;
        print_indented(&refused.stdout);
        let untouched = served(world)? == super::project::EXPLORER;
        return Ok((refused.status.success() && untouched, "the viewer said no, and nothing was deployed".to_owned()));
    }
    let signed = world.ask("ben", &["sign", id])?;
    print_indented(&signed.stdout);
    print_indented(&signed.stderr);
    let source = std::fs::read_to_string(world.region().join("app/explorer.mjs"))?;
    let new = served(world)? == source && source != super::project::EXPLORER;
    Ok((signed.status.success() && new, "ben's signature deployed the fix; the region serves the new file".to_owned()))
}

fn the_viewer_agrees(world: &World, short: &str) -> anyhow::Result<bool> {
    print_indented(&world.ask("ben", &["show", short])?.stdout);
    loop {
        match line(&format!("{BOLD}You are ben. Sign it?{BOLD:#} [y]es, [n]o: ")).as_deref() {
            Some("y" | "yes") => return Ok(true),
            Some("n" | "no") | None => return Ok(false),
            Some(_) => say("  please answer y or n"),
        }
    }
}

/// The front end as the region serves it now.
fn served(world: &World) -> anyhow::Result<String> {
    super::poller::get(world.port, "/app/explorer.mjs").context("the region does not serve its front end")
}

fn land(world: &World, id: &str) -> anyhow::Result<()> {
    let signed = world.ask("ana", &["sign", id])?;
    print_indented(&signed.stdout);
    if !signed.status.success() {
        bail!("the fix did not land: {}", String::from_utf8_lossy(&signed.stderr));
    }
    Ok(())
}

fn verify(world: &World) -> anyhow::Result<Check> {
    let export = world.path("evidence").display().to_string();
    print_indented(&world.ask("ana", &["ledger", "export", &export])?.stdout);
    let key = std::fs::read_to_string(world.path("evidence").join("vkey"))?;
    let verified = world.ask("ben", &["ledger", "verify", &export, "--log-key", key.trim()])?;
    print_indented(&verified.stdout);
    Ok((verified.status.success(), "the exported ledger verifies offline: hashes, permits, people's signatures".to_owned()))
}

fn measured(world: &World, polled: &Polled) -> Vec<Check> {
    let bug_fixed = std::fs::read_to_string(world.project().join("app/explorer.mjs")).is_ok_and(|now| now != super::project::EXPLORER);
    vec![
        (bug_fixed, "the fix is in ana's tree".to_owned()),
        (polled.requests > 0 && polled.failed == 0, format!("the region was asked {} times meanwhile: {} requests failed", grouped(polled.requests), polled.failed)),
        (polled.rows_lost == 0, format!("{} of {} rows lost", polled.rows_lost, grouped(world.rows))),
    ]
}

fn goodbye() {
    say("");
    screen::say_in(BOLD, "Try next:");
    say("  countersign init                          enrol yourself with your SSH key");
    say("  countersign run \"…\"                       in a project of yours, with a model of yours");
    say("  countersign demo --play                   sit at the desk yourself");
}

fn title(text: &str) {
    say("");
    screen::say_in(BOLD, text);
}

fn say(text: &str) {
    screen::say(text);
}

fn print_indented(bytes: &[u8]) {
    String::from_utf8_lossy(bytes).lines().for_each(|text| screen::say_in(DIM, &format!("  {text}")));
}

/// `48,211`.
fn grouped(n: u64) -> String {
    action::Count::new(n, "").to_string().trim_end().to_owned()
}
