//! `countersign read`

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ValueEnum;
use effects::sql::Dialect;
use effects::{Place, Radius, Reading};

use crate::args::Common;
use crate::screen::{self, Ending};

mod input;
mod kind;
mod listing;
mod log;
mod markdown;
mod object;
mod readers;
#[cfg(test)]
mod samples;
mod scene;
mod snapshot;

use input::Input;
use kind::KindWord;
use scene::Scene;

/// Say what a command, a script, a plan, SQL or a manifest would touch. Nothing of it is run.
///
/// An operand that is an existing file is read as what its first line and its name say; every other operand is a command line. The work
/// tree here, the environments of the service, a state file and the rows of a database sharpen what is said; what cannot be read is
/// called opaque.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A command line in quotes, a file, or `-` for standard input; standard input by default.
    #[arg(value_name = "COMMAND|FILE")]
    operands: Vec<OsString>,
    /// A command line, also where a file has that name.
    #[arg(long = "command", short = 'c', value_name = "COMMAND")]
    commands: Vec<String>,
    /// A plan of Terraform or OpenTofu, as `terraform show -json` writes it; `-` is standard input here and below.
    #[arg(long = "plan", value_name = "FILE")]
    plans: Vec<OsString>,
    /// SQL.
    #[arg(long = "sql", value_name = "FILE")]
    sql: Vec<OsString>,
    /// A manifest: CloudFormation, `cdk diff`, Kubernetes, `kubectl diff`, Docker compose.
    #[arg(long = "manifest", value_name = "FILE")]
    manifests: Vec<OsString>,
    /// What files and standard input are; by default it is told from the first line, the name or the content.
    #[arg(long, value_enum)]
    kind: Option<KindWord>,
    /// How to say it; `--json` is `--format json`.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Where it would run.
    #[arg(long, value_enum, default_value = "host")]
    place: PlaceWord,
    /// The folder where it would run; this one by default.
    #[arg(long, short = 'C', value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Manifests are taken away, not applied.
    #[arg(long)]
    delete: bool,
    /// The language of SQL; where it is not said, a text is all that it is in any of them.
    #[arg(long, value_enum)]
    dialect: Option<DialectWord>,
    /// The database that SQL would run on: an SQLite file, whose rows are counted, or an address.
    #[arg(long, value_name = "FILE|URL")]
    database: Option<String>,
    /// Rows by table, `{"orders": 120}`, where the database itself is not at hand.
    #[arg(long, value_name = "FILE")]
    rows: Option<PathBuf>,
    /// The state file that plans were made against.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// The state file that was last recorded for the same place: that `--state` is an older or another one is told.
    #[arg(long, value_name = "FILE")]
    recorded_state: Option<PathBuf>,
    /// What `terraform show -json` says of a plan file that a command applies: `tfplan=plan.json`. Whoever gives it vouches for it.
    #[arg(long, value_name = "PLANFILE=FILE", value_parser = shown)]
    shown: Vec<(PathBuf, PathBuf)>,
    /// Do without the environments of the service: every place but this machine is unknown.
    #[arg(long)]
    no_service: bool,
    /// End with 1 if anything is opaque.
    #[arg(long)]
    exit_code: bool,
}

const EXAMPLES: &str = "Examples:
  countersign read 'cd build && rm -rf *'
  countersign read deploy.sh rollback.sh
  countersign read --exit-code --format markdown deploy.sh > comment.md
  countersign read --format sarif deploy.sh > read.sarif
  terraform show -json plan.out | countersign read --plan - --state terraform.tfstate
  terraform show -json tfplan > p.json; countersign read --shown tfplan=p.json 'terraform apply tfplan'
  countersign read --sql migration.sql --dialect sqlite --database data.db
  countersign read --manifest deployment.yaml --delete
  git show HEAD:deploy.sh | countersign read --kind shell --json -
  countersign read --place box -c 'make clean'

Exit codes: 0 it was read, 1 something is opaque (with --exit-code), 2 misuse, 3 the service cannot be read.
The JSON is described by docs/reference/read.schema.json.";

fn shown(word: &str) -> Result<(PathBuf, PathBuf), String> {
    match word.split_once('=') {
        Some((plan, text)) if !plan.is_empty() && !text.is_empty() => Ok((plan.into(), text.into())),
        _ => Err("expected `PLANFILE=FILE`, as in `tfplan=plan.json`".into()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A summary and a table, for people.
    Table,
    /// One JSON object.
    Json,
    /// A summary with the list folded away, for a comment on a pull request.
    Markdown,
    /// For code hosts: SARIF 2.1.0.
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DialectWord {
    Postgres,
    Mysql,
    Sqlite,
    Bigquery,
    Mssql,
}

impl DialectWord {
    fn dialect(self) -> Dialect {
        match self {
            Self::Postgres => Dialect::Postgres,
            Self::Mysql => Dialect::Mysql,
            Self::Sqlite => Dialect::Sqlite,
            Self::Bigquery => Dialect::Bigquery,
            Self::Mssql => Dialect::Mssql,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlaceWord {
    /// On this machine, with nothing in between.
    Host,
    /// In the box, as an agent's commands run.
    Box,
}

impl PlaceWord {
    fn place(self) -> Place {
        match self {
            Self::Host => Place::Host,
            Self::Box => Place::Boxed,
        }
    }
}

/// What `policy try` supposes: read exactly as what is typed here.
pub(crate) struct Supposed<'a> {
    pub(crate) commands: &'a [String],
    pub(crate) plans: &'a [OsString],
    pub(crate) sql: &'a [OsString],
    pub(crate) manifests: &'a [OsString],
    pub(crate) place: PlaceWord,
    pub(crate) directory: Option<&'a std::path::Path>,
    pub(crate) dialect: Option<DialectWord>,
}

impl Supposed<'_> {
    /// All effects together, as they are judged. Nothing that was named has none.
    pub(crate) fn effects(&self, common: &Common) -> anyhow::Result<Vec<action::Effect>> {
        if self.commands.is_empty() && self.plans.is_empty() && self.sql.is_empty() && self.manifests.is_empty() {
            return Ok(Vec::new()); // and standard input is not asked
        }
        let args = Args {
            operands: Vec::new(),
            commands: self.commands.to_vec(),
            plans: self.plans.to_vec(),
            sql: self.sql.to_vec(),
            manifests: self.manifests.to_vec(),
            kind: None,
            format: Format::Table,
            place: self.place,
            directory: self.directory.map(PathBuf::from),
            delete: false,
            dialect: self.dialect,
            database: None,
            rows: None,
            state: None,
            recorded_state: None,
            shown: Vec::new(),
            no_service: false,
            exit_code: false,
        };
        let (inputs, scene) = (input::all(&args)?, Scene::look(common, &args)?);
        let mut effects = Vec::new();
        for input in inputs {
            effects.extend(scene.read(&input)?.effects().iter().cloned());
        }
        Ok(effects)
    }
}

/// One input, and what was seen in it.
struct Seen {
    input: Input,
    reading: Reading,
}

/// All that was read.
struct Report {
    place: PlaceWord,
    /// Whether the environments of a service were known.
    service: bool,
    inputs: Vec<Seen>,
    /// Of all inputs together.
    radius: Radius,
}

impl Report {
    fn new(place: PlaceWord, service: bool, inputs: Vec<Seen>) -> Self {
        let sightings = inputs.iter().flat_map(|seen| seen.reading.sightings().iter().cloned()).collect();
        let needs = inputs.iter().flat_map(|seen| seen.reading.needs().iter().cloned()).collect();
        let radius = Radius::of(&Reading::new(sightings).with_needs(needs));
        Self { place, service, inputs, radius }
    }
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let inputs = input::all(args)?;
    let scene = Scene::look(common, args)?;
    let read = |input: Input| Ok(Seen { reading: scene.read(&input)?, input });
    let inputs = inputs.into_iter().map(read).collect::<anyhow::Result<Vec<Seen>>>()?;
    let report = Report::new(args.place, scene.has_service(), inputs);
    match if common.json { Format::Json } else { args.format } {
        Format::Table => listing::tell(&report),
        Format::Json => screen::json(&object::of(&report)),
        Format::Markdown => screen::say(markdown::of(&report).trim_end()),
        Format::Sarif => screen::say(&format!("{:#}", log::of(&report))),
    }
    let fails = args.exit_code && !report.radius.opaque.is_empty();
    Ok(if fails { Ending::NotDone } else { Ending::Done })
}
