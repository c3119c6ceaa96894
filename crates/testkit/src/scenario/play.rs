//! Plays the steps one after another. Every step is checked at once; the first that does not hold ends the scenario.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::ledger::Told;
use super::stage::Stage;
use super::{At, Call, Deed, Edit, Expect, Git, Judged, Rows, Run, Said, Scenario, Sql, Step};
use crate::{Called, World};

/// A place in the scenario, and what did not hold there.
type Broken = (String, String);

pub(super) fn play(scenario: &Scenario, program: &Path) -> Result<(), Broken> {
    let mut stage = Stage::set(scenario, program).map_err(|why| ("at the start".to_owned(), why))?;
    for step in &scenario.steps {
        act(scenario, &mut stage, step).map_err(|why| (step.place(), why))?;
    }
    verify(&stage.world).map_err(|why| ("at the end".to_owned(), why))
}

fn act(scenario: &Scenario, stage: &mut Stage, step: &Step) -> Result<(), String> {
    match &step.deed {
        Deed::Run(run) => run_agent(scenario, stage, run),
        Deed::Sign(at) => answer(stage, at, &["sign"]),
        Deed::Refuse(at) => answer(stage, at, &["refuse", "--why", &at.why]),
        Deed::Show(at) => answer(stage, at, &["show"]),
        Deed::Stop(at) => answer(stage, at, &["stop"]),
        Deed::Call(call) => call_program(stage, call),
        Deed::Edit(edit) => edit_by_hand(stage, edit),
        Deed::Git(git) => run_git(stage, git),
        Deed::Sql(sql) => change_rows(stage, sql),
        Deed::Judged(judged) => judge(stage, judged),
        Deed::Expect(expect) => look(stage, expect),
    }
}

fn run_agent(scenario: &Scenario, stage: &Stage, run: &Run) -> Result<(), String> {
    let recording = fs::read_to_string(scenario.folder.join(&run.model)).map_err(|e| format!("`{}`: {e}", run.model))?;
    let mut turns = recording;
    for name in ["world", "home"] {
        let value = stage.fill.get(name).map(String::as_str).unwrap_or_default();
        turns = turns.replace(&format!("{{{{{name}}}}}"), value);
    }
    let place = stage.world.write(&run.model, turns);
    let model = format!("recorded:{}", place.display());
    let flags = run.flags.iter().map(|flag| stage.filled(flag)).collect::<Result<Vec<_>, _>>()?;
    let mut arguments = vec!["run", "--headless", "--model", &model, &run.prompt];
    arguments.extend(flags.iter().map(String::as_str));
    let mut command = stage.world.command(&run.person, &arguments);
    command.current_dir(stage.world.path(&run.folder));
    heard(stage, &Called::of(command), &run.expect)
}

/// A person signs, refuses or looks.
fn answer(stage: &mut Stage, at: &At, words: &[&str]) -> Result<(), String> {
    let id = intent(stage, at)?;
    if let Some(name) = &at.remember {
        stage.fill.insert(format!("id {name}"), id.clone());
    }
    let mut arguments = words.to_vec();
    arguments.push(&id);
    let called = stage.world.call(&at.person, &arguments);
    heard(stage, &called, &at.expect)?;
    apart(&called.out, &at.claims)
}

fn intent(stage: &Stage, at: &At) -> Result<String, String> {
    match (&at.held, &at.id) {
        (None, Some(name)) => stage.filled(&format!("{{{{id {name}}}}}")),
        (Some(deed), None) => {
            let inbox = Told::inbox(&stage.world)?;
            let found: Vec<&Told> = inbox.iter().filter(|told| told.deed() == deed).collect();
            match found.as_slice() {
                [one] => Ok(one.id().to_owned()),
                [] => Err(format!("no `{deed}` is held; held are:{}", list(&inbox))),
                _ => Err(format!("several `{deed}` are held:{}", list(&inbox))),
            }
        }
        _ => Err("give either `held`, a kind of deed, or `id`, a remembered name".to_owned()),
    }
}

/// What an agent says may stand below the line that calls it claims, and nowhere above.
fn apart(shown: &str, claims: &[String]) -> Result<(), String> {
    let (above, below) = shown.split_once("\nclaims ").unwrap_or((shown, ""));
    for claim in claims {
        if !below.contains(claim) {
            return Err(format!("`{claim}` is not shown as a claim:\n{shown}"));
        }
        if above.contains(claim) {
            return Err(format!("`{claim}` is shown above the claims:\n{shown}"));
        }
    }
    Ok(())
}

fn call_program(stage: &Stage, call: &Call) -> Result<(), String> {
    let arguments = call.arguments.iter().map(|argument| stage.filled(argument)).collect::<Result<Vec<_>, _>>()?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    heard(stage, &stage.world.call(&call.person, &arguments), &call.expect)
}

fn heard(stage: &Stage, called: &Called, said: &Said) -> Result<(), String> {
    let all = format!("\n--- out\n{}\n--- err\n{}", called.out, called.err);
    if called.code != said.code {
        return Err(format!("it ended with {}, not with {}{all}", called.code, said.code));
    }
    let both = format!("{}\n{}", called.out, called.err);
    for text in &said.says {
        let text = stage.filled(text)?;
        if !both.contains(&text) {
            return Err(format!("`{text}` was not said{all}"));
        }
    }
    for text in &said.never {
        let text = stage.filled(text)?;
        if both.contains(&text) {
            return Err(format!("`{text}` was said{all}"));
        }
    }
    Ok(())
}

fn edit_by_hand(stage: &Stage, edit: &Edit) -> Result<(), String> {
    let path = stage.world.path(&edit.path);
    let gone = || if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
    let done = match (&edit.write, &edit.link, edit.delete) {
        (Some(content), None, false) => {
            stage.world.write(&edit.path, stage.filled(content)?);
            Ok(())
        }
        (None, Some(target), false) => symlink(stage.filled(target)?, &path),
        (None, None, true) => gone(),
        _ => return Err("an edit is one of `write`, `link` or `delete`".to_owned()),
    };
    done.map_err(|e| format!("`{}`: {e}", edit.path))
}

fn run_git(stage: &Stage, git: &Git) -> Result<(), String> {
    let mut command = stage.world.bare("git");
    let arguments = git.arguments.iter().map(|argument| stage.filled(argument)).collect::<Result<Vec<_>, _>>()?;
    command.args(["-c", "user.name=ana", "-c", "user.email=ana@localhost"]).args(arguments);
    command.current_dir(stage.world.path("project"));
    let called = Called::of(command);
    if called.code != 0 {
        return Err(format!("git ended with {}: {}", called.code, called.err));
    }
    match git.prints.as_ref().filter(|wanted| wanted.trim() != called.out.trim()) {
        Some(wanted) => Err(format!("git printed `{}`, not `{}`", called.out.trim(), wanted.trim())),
        None => Ok(()),
    }
}

fn change_rows(stage: &Stage, sql: &Sql) -> Result<(), String> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
    let open = rusqlite::Connection::open_with_flags(stage.world.path(&sql.database), flags);
    open.and_then(|connection| connection.execute_batch(&sql.run)).map_err(|e| format!("`{}`: {e}", sql.database))
}

fn judge(stage: &Stage, judged: &Judged) -> Result<(), String> {
    let about = judged.about.as_ref().map(|text| stage.filled(text)).transpose()?;
    let mut found = Told::all(&stage.world, Some(&judged.deed), about.as_deref())?;
    found.retain(|told| judged.stage.as_ref().is_none_or(|stage| told.stage() == stage));
    if found.len() != judged.times {
        return Err(format!("{} intents fit, not {}; the ledger has:{}", found.len(), judged.times, list(&Told::all(&stage.world, None, None)?)));
    }
    let fill = |texts: &[String]| texts.iter().map(|text| stage.filled(text)).collect::<Result<Vec<_>, _>>();
    let (lines, not_lines) = (fill(&judged.lines)?, fill(&judged.not_lines)?);
    for told in found {
        told.check(judged, &lines, &not_lines).map_err(|why| format!("{why}: {}", told.line()))?;
    }
    Ok(())
}

fn list(told: &[Told]) -> String {
    told.iter().map(|told| format!("\n  {}", told.line())).collect()
}

fn look(stage: &Stage, expect: &Expect) -> Result<(), String> {
    for (name, content) in &expect.files {
        let wanted = stage.filled(content)?;
        let found = fs::read(stage.world.path(name)).map_err(|e| format!("`{name}` cannot be read: {e}"))?;
        if found != wanted.as_bytes() {
            return Err(format!("`{name}` holds `{}`, not `{wanted}`", String::from_utf8_lossy(&found)));
        }
    }
    expect.unchanged.iter().try_for_each(|name| stage.is_unchanged(name))?;
    if let Some(name) = expect.absent.iter().find(|name| fs::symlink_metadata(stage.world.path(name)).is_ok()) {
        return Err(format!("`{name}` is there"));
    }
    expect.rows.iter().try_for_each(|rows| count(&stage.world, rows))?;
    if let Some(wanted) = &expect.inbox {
        let inbox = Told::inbox(&stage.world)?;
        let (mut held, mut wanted): (Vec<&str>, Vec<&str>) = (inbox.iter().map(Told::deed).collect(), wanted.iter().map(String::as_str).collect());
        held.sort_unstable();
        wanted.sort_unstable();
        if held != wanted {
            return Err(format!("{held:?} wait for a signature, not {wanted:?}"));
        }
    }
    expect.not_kept.iter().try_for_each(|text| is_nowhere(&stage.world.service(), text))
}

fn count(world: &World, rows: &Rows) -> Result<(), String> {
    let open = rusqlite::Connection::open_with_flags(world.path(&rows.database), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
    let found = open.and_then(|connection| connection.query_row(&rows.query, [], |row| row.get::<_, i64>(0)));
    match found {
        Ok(found) if found == rows.is => Ok(()),
        Ok(found) => Err(format!("`{}` on `{}` gives {found}, not {}", rows.query, rows.database, rows.is)),
        Err(e) => Err(format!("`{}` on `{}`: {e}", rows.query, rows.database)),
    }
}

/// No file of the service holds the text: not the ledger, not a blob, not a conversation.
fn is_nowhere(folder: &Path, text: &str) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|e| e.to_string())?.path();
        let kind = fs::symlink_metadata(&path).map_err(|e| e.to_string())?.file_type();
        if kind.is_dir() {
            is_nowhere(&path, text)?;
        } else if kind.is_file() {
            let bytes = fs::read(&path).map_err(|e| e.to_string())?;
            if bytes.windows(text.len().max(1)).any(|part| part == text.as_bytes()) {
                return Err(format!("`{text}` is kept in {}", path.display()));
            }
        }
    }
    Ok(())
}

/// The ledger verifies in place, and as an export that is checked with the key alone.
fn verify(world: &World) -> Result<(), String> {
    let export = world.path("evidence").display().to_string();
    must(world, &["ledger", "verify"])?;
    must(world, &["ledger", "export", &export])?;
    let key = fs::read_to_string(world.path("evidence/vkey")).map_err(|e| format!("the export has no key: {e}"))?;
    must(world, &["ledger", "verify", &export, "--log-key", key.trim()])
}

fn must(world: &World, arguments: &[&str]) -> Result<(), String> {
    let called = world.call("ana", arguments);
    match called.code {
        0 => Ok(()),
        code => Err(format!("`countersign {}` ended with {code}\n{}\n{}", arguments.join(" "), called.out, called.err)),
    }
}
