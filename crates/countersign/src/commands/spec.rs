//! `countersign spec`

mod accept;
mod analyze;
mod ask;
mod authoring;
mod check;
mod export;
mod folders;
mod history;
mod junit;
mod list;
mod made;
mod mend;
mod new;
mod next;
mod own_runs;
mod receipts;
mod replacement;
mod run;
mod sources;
mod status;
mod sync;
mod trace;

use clap::Subcommand;

use crate::args::Common;
use crate::screen::Ending;

/// Write, check, trace and carry out the specifications of a project.
///
/// A specification is a folder below `.kiro/specs`, also in the sub-projects. Checking, mending, listing and analyzing need nothing of the service.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign spec new \"totals by month, with taxes\"\n  countersign spec status totals\n  countersign spec run totals --all\n  countersign spec list\n  countersign spec check cart\n  countersign spec check --all --strict\n  countersign spec check --all --format sarif > specs.sarif\n  countersign spec fmt cart\n  countersign spec fmt --all --check\n  countersign spec trace cart --results junit.xml --format html --out cart.html\n  countersign spec export cart --format pdf --out cart.pdf\n  countersign spec analyze --all")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Draft a specification from what you want: requirements, design, tasks, each held until you sign it.
    New(new::Args),
    /// Draft the next document of a specification, once you have signed the ones before it.
    Next(next::Args),
    /// Say which documents are authorized, and what was edited since.
    Status(status::Args),
    /// Take documents as they are, or a task without the evidence for it. Only a person can; it is signed and recorded.
    Accept(accept::Args),
    /// Work on tasks: each in a copy of its own, judged by tests that we run, merged in order into one change set that is held.
    Run(run::Args),
    /// Say what contradicts itself, points at nothing, or will be read in two ways. Ends with 1 if there is an error.
    Check(check::Args),
    /// Mend what is safe to mend, and show it: spaces at line ends, list numbers, `[X]`, a missing last line end.
    Fmt(mend::Args),
    /// Say for every criterion what was done about it: design, tasks, commits, tests with their results, receipts.
    ///
    /// A criterion is proved only where its tasks are done and a test that names it passed. What is said to be done without
    /// that is shown as claimed. Results come from JUnit files; what a runner did not report counts as not run.
    Trace(trace::Args),
    /// Make one document of a specification: Markdown, HTML, PDF; or issues on GitHub, held until people have signed.
    Export(export::Args),
    /// Ask about a specification and its code; nothing is changed.
    Ask(ask::Args),
    /// Bring a specification and its code together again, in either direction, as a proposal.
    Sync(sync::Args),
    /// Look for contradictions, gaps and overlaps between criteria, with logic (cvc5) and no model.
    ///
    /// Each finding comes with an example, and what could not be put into logic is said with the reason. Ends with 1 if two
    /// criteria contradict each other or a condition can never hold.
    Analyze(analyze::Args),
    /// Print every specification, its documents and how many of its tasks are done.
    List(list::Args),
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    match &args.what {
        What::New(args) => new::run(common, args),
        What::Next(args) => next::run(common, args),
        What::Status(args) => status::run(common, args),
        What::Accept(args) => accept::run(common, args),
        What::Run(args) => run::run(common, args),
        What::Check(args) => check::run(common, args),
        What::Fmt(args) => mend::run(common, args),
        What::Trace(args) => trace::run(common, args),
        What::Export(args) => export::run(common, args),
        What::Ask(args) => ask::run(common, args),
        What::Sync(args) => sync::run(common, args),
        What::Analyze(args) => analyze::run(common, args),
        What::List(args) => list::run(common, args),
    }
}

/// Which specifications.
#[derive(Debug, clap::Args)]
struct Which {
    /// Their names, or their folders from the project's root.
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "NAME")]
    names: Vec<String>,
    /// All of the project.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    place: Place,
}

/// Where the project is.
#[derive(Debug, clap::Args)]
struct Place {
    /// The project's folder; by default the one of this repository.
    #[arg(long, short = 'C', value_name = "DIR")]
    directory: Option<std::path::PathBuf>,
}
