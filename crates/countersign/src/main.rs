//! Countersign: nothing that an agent does takes effect until the people whose signature that needs have countersigned it.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, reason = "tests fail by panicking")
)]

mod alarm;
mod args;
mod channels;
mod clock;
mod commands;
mod crew;
mod defects;
mod demo;
mod door;
mod events;
mod evidence;
mod gate;
mod goals;
mod governing;
mod home;
mod limits;
mod mcp_settings;
mod named;
mod offline;
mod own_tests;
mod passkeys;
mod screen;
mod solver;
mod table;
mod terminal_desk;
mod toolchains;
mod words;
mod workbench;

use std::process::ExitCode;

use args::Command;

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|word| word == home::BOX_WORD) {
        sandbox::inside(tools::inside);
    }
    let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(("gate", rest)) = words.split_first().map(|(first, rest)| (first.as_str(), rest))
        && let Some(options) = gate::Options::of(rest)
    {
        return gate::hook(options); // before the grammar of all commands is built: it is asked for often
    }
    let cli = args::parse();
    screen::exit(defects::caught(|| run(cli)))
}

/// The table of contents of the product.
fn run(cli: args::Cli) -> anyhow::Result<screen::Ending> {
    match cli.command {
        Command::Demo(args) => commands::demo::run(&cli.common, &args),
        Command::Init(args) => commands::init::run(&cli.common, &args),
        Command::People(args) => commands::people::run(&cli.common, &args),
        Command::Team(args) => commands::team::run(&cli.common, &args),
        Command::Env(args) => commands::env::run(&cli.common, &args),
        Command::Access(args) => commands::access::run(&cli.common, &args),
        Command::BreakGlass(args) => commands::break_glass::run(&cli.common, &args),
        Command::Run(args) => commands::run::run(&cli.common, &args),
        Command::Record(args) => commands::record::run(&cli.common, args),
        Command::Remind(args) => commands::remind::run(&cli.common, &args),
        Command::Inbox(args) => commands::inbox::run(&cli.common, &args),
        Command::Show(args) => commands::show::run(&cli.common, &args),
        Command::Sign(args) => commands::sign::run(&cli.common, &args),
        Command::Refuse(args) => commands::refuse::run(&cli.common, &args),
        Command::Sessions(args) => commands::sessions::run(&cli.common, &args),
        Command::Resume(args) => commands::resume::run(&cli.common, &args),
        Command::Rewind(args) => commands::rewind::run(&cli.common, &args),
        Command::Fork(args) => commands::fork::run(&cli.common, &args),
        Command::Stop(args) => commands::stop::run(&cli.common, &args),
        Command::Read(args) => commands::read::run(&cli.common, &args),
        Command::Map(args) => commands::map::run(&cli.common, &args),
        Command::Mcp(args) => commands::mcp::run(&cli.common, &args),
        Command::Memory(args) => commands::memory::run(&cli.common, &args),
        Command::Guidance(args) => commands::guidance::run(&cli.common, &args),
        Command::Gate(args) => commands::gate::run(&cli.common, &args),
        Command::Hook(args) => commands::hook::run(&cli.common, &args),
        Command::Policy(args) => commands::policy::run(&cli.common, &args),
        Command::Ledger(args) => commands::ledger::run(&cli.common, &args),
        Command::Usage(args) => commands::usage::run(&cli.common, &args),
        Command::Spec(args) => commands::spec::run(&cli.common, &args),
        Command::Doctor(args) => commands::doctor::run(&cli.common, &args),
        Command::Completions(args) => commands::completions::run(&args),
        Command::Man(args) => commands::man::run(&args),
        Command::Region(args) => commands::demo::region(&args),
    }
}
