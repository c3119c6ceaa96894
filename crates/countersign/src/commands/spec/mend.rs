//! `countersign spec fmt`

use serde_json::json;
use similar::TextDiff;
use spec::fmt;

use super::Which;
use super::folders::{Folder, Project};
use crate::args::Common;
use crate::screen::{self, Ending, GOOD, WARN};
use crate::words;

/// What to mend.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Write nothing; show what would change, and end with 1 if anything would.
    #[arg(long)]
    check: bool,
    /// Write what was mended (the default).
    #[arg(long, conflicts_with = "check")]
    write: bool,
}

/// One file with something to mend.
struct Mended {
    folder: Folder,
    file: String,
    old: Vec<u8>,
    new: Vec<u8>,
    places: usize,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let project = Project::open(&args.which.place)?;
    // All is read before anything is written.
    let folders = project.chosen(&args.which)?;
    let mended: Vec<Mended> = folders.iter().flat_map(|folder| mended(&project, folder)).collect();
    for one in &mended {
        if !args.check {
            project.replace(&one.folder, &one.file, &one.old, &one.new)?;
        }
        match common.json {
            true => screen::json(&json!({"folder": one.folder.path, "file": one.file, "places": one.places, "written": !args.check})),
            false => tell(&project, one, args.check),
        }
    }
    if !common.json && mended.is_empty() {
        screen::say_in(GOOD, &format!("✓ {}: nothing to mend", words::counted(folders.len(), "specification")));
    }
    Ok(if args.check && !mended.is_empty() { Ending::NotDone } else { Ending::Done })
}

fn mended(project: &Project, folder: &Folder) -> Vec<Mended> {
    let spec = project.read(folder);
    for finding in spec.findings.iter().filter(|finding| finding.rule == "unread-file") {
        screen::complain(&format!("{}: {}", words::safe(&project.shown(&folder.path)), words::safe(&finding.text)));
    }
    let mut mended = Vec::new();
    for (file, edits) in fmt::mends(&spec) {
        let Some(source) = spec.file(&file) else { continue };
        let Some(new) = source.apply(&edits) else { continue };
        mended.push(Mended { folder: folder.clone(), file, old: source.bytes().to_vec(), new, places: edits.len() });
    }
    mended
}

fn tell(project: &Project, one: &Mended, only_shown: bool) {
    let path = words::safe(&project.shown(&format!("{}/{}", one.folder.path, one.file)));
    let (old, new) = (String::from_utf8_lossy(&one.old), String::from_utf8_lossy(&one.new));
    let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
    let text = diff.unified_diff().context_radius(1).header(&format!("a/{path}"), &format!("b/{path}")).to_string();
    text.lines().for_each(|line| screen::say(&words::safe(line)));
    let places = words::counted(one.places, "place");
    match only_shown {
        true => screen::say_in(WARN, &format!("‖ {path}: {places} to mend")),
        false => screen::say_in(GOOD, &format!("✓ {path}: {places} mended")),
    }
}
