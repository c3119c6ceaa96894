//! `countersign spec list`

use serde_json::json;
use spec::folder::{Kind, Spec};
use spec::tasks::State;

use super::Place;
use super::folders::Project;
use crate::args::Common;
use crate::screen::{self, DIM, Ending};
use crate::words;

/// Where to look.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let project = Project::open(&args.place)?;
    let folders = project.folders()?;
    for folder in &folders {
        let spec = project.read(folder);
        let documents: Vec<&str> = spec.files.iter().map(|file| file.name.as_str()).filter(|name| name.ends_with(".md")).collect();
        let (done, all) = tasks(&spec);
        match common.json {
            true => screen::json(&json!({
                "name": folder.name, "folder": folder.path, "kind": spec.kind, "documents": documents,
                "criteria": spec.criteria().count(), "tasks": all, "done": done,
            })),
            false => {
                let kind = match spec.kind {
                    Kind::Feature => "feature",
                    Kind::Bugfix => "bugfix",
                };
                let criteria = match spec.criteria().count() {
                    1 => "1 criterion".to_owned(),
                    n => format!("{n} criteria"),
                };
                let line = format!("{:<32} {kind:<8} {criteria:<13} {done} of {} done", words::safe(&folder.name), words::counted(all, "task"));
                screen::say(&line);
                screen::say_in(DIM, &format!("  {}: {}", words::safe(&project.shown(&folder.path)), documents.join(", ")));
            }
        }
    }
    if folders.is_empty() && !common.json {
        screen::say_in(DIM, "there is no specification here: a folder in `.kiro/specs` is one");
    }
    Ok(Ending::Done)
}

/// How many of the tasks that must be done are, and how many there are. Parts count, and what has parts does not.
fn tasks(spec: &Spec) -> (usize, usize) {
    let Some(read) = &spec.tasks else { return (0, 0) };
    let required: Vec<_> = read.leaves().filter_map(|at| read.tasks.get(at)).filter(|task| !task.optional).collect();
    (required.iter().filter(|task| task.state == State::Completed).count(), required.len())
}
