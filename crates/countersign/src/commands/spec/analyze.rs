//! `countersign spec analyze`

use std::time::{Duration, Instant};

use sandbox::SolverError;
use spec::analysis::{Analysis, Conclusions, CriterionText, Definition, Kind, QueryId, Told, conclude, plan};
use spec::folder::Spec;

use super::Which;
use super::folders::Project;
use crate::args::Common;
use crate::screen::{self, BAD, BOLD, DIM, Ending, GOOD, Outside, WARN};
use crate::solver::{self, Solver};
use crate::words;

/// What to analyze, and with what.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    solver: Solver,
    /// Also list what was put into logic, and why the rest was not.
    #[arg(long)]
    verbose: bool,
}

/// What one question may take.
const ONE: Duration = Duration::from_secs(5);
/// What all questions about one spec may take; what is not asked by then is not decided.
const ALL: Duration = Duration::from_secs(120);

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let project = Project::open(&args.which.place)?;
    let solver = args.solver.program()?;
    let mut ending = Ending::Done;
    for folder in project.chosen(&args.which)? {
        let analysis = analysis(&project.read(&folder));
        let answers = answers(&analysis, solver.as_deref())?;
        let conclusions = conclude(&analysis, &answers);
        if conclusions.told.iter().any(|told| matches!(told.kind, Kind::Contradiction | Kind::Impossible)) {
            ending = Ending::NotDone;
        }
        match common.json {
            true => screen::json(&serde_json::json!({"name": folder.name, "folder": folder.path, "analysis": conclusions})),
            false => tell(&folder.name, &conclusions, args.verbose),
        }
    }
    Ok(ending)
}

fn analysis(found: &Spec) -> Analysis {
    let expected = found.bugfix.iter().flat_map(|bugfix| bugfix.expected.iter().chain(&bugfix.unchanged));
    let required = found.requirements.iter().flat_map(|requirements| requirements.criteria());
    let criteria: Vec<CriterionText> = required.chain(expected).map(|criterion| CriterionText { id: criterion.id.clone(), text: criterion.text.clone() }).collect();
    let terms = found.requirements.iter().flat_map(|requirements| &requirements.glossary);
    let glossary: Vec<Definition> = terms.map(|term| Definition { name: term.name.clone(), says: term.says.clone() }).collect();
    plan(&criteria, &glossary)
}

/// Asks one after the other. A question without an answer stays without one; a missing solver ends it all.
fn answers(analysis: &Analysis, solver: Option<&std::path::Path>) -> anyhow::Result<Vec<(QueryId, String)>> {
    let (begun, mut answers) = (Instant::now(), Vec::new());
    for query in &analysis.queries {
        if begun.elapsed() > ALL {
            break;
        }
        match sandbox::solve(solver, query.smt.as_bytes(), ONE) {
            Ok(output) => answers.push((query.id.clone(), String::from_utf8_lossy(&output.stdout).into_owned())),
            Err(SolverError::NoAnswer(_)) => {}
            Err(e @ (SolverError::Missing | SolverError::Spawn(_))) => {
                let hint = format!("nothing was analyzed: {}", solver::missing(solver));
                return Err(Outside(anyhow::Error::new(e).context(hint)).into());
            }
        }
    }
    Ok(answers)
}

fn tell(name: &str, conclusions: &Conclusions, verbose: bool) {
    screen::say_in(BOLD, &words::safe(name));
    for told in &conclusions.told {
        let (style, mark) = look(told);
        screen::say_in(style, &format!("  {mark}: {}", words::safe(&told.text)));
    }
    if conclusions.told.is_empty() && !conclusions.formalized.is_empty() {
        screen::say_in(GOOD, "  ✓ nothing found among what was put into logic");
    }
    let (read, unread) = (conclusions.formalized.len(), conclusions.unformalized.len());
    screen::say_in(DIM, &format!("  {read} of {} put into logic{}", words::counted(read + unread, "criterion").replace("criterions", "criteria"), if verbose || unread == 0 { "" } else { "; --verbose says why not the rest" }));
    if verbose {
        conclusions.formalized.iter().for_each(|id| screen::say_in(DIM, &format!("    {} formalized", words::safe(id))));
        conclusions.unformalized.iter().for_each(|not| screen::say_in(DIM, &format!("    {} not formalized: {}", words::safe(&not.criterion), words::safe(&not.why))));
    }
}

fn look(told: &Told) -> (anstyle::Style, &'static str) {
    match told.kind {
        Kind::Contradiction => (BAD, "contradiction"),
        Kind::Impossible => (BAD, "impossible"),
        Kind::Gap => (WARN, "gap"),
        Kind::Overlap => (WARN, "overlap"),
        Kind::Undecided => (DIM, "not decided"),
    }
}
