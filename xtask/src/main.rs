//! The house's own chores: `cargo run -p xtask -- tidy`, `house` and `bench`.
//!
//! `tidy` says no where a rule of STYLE.md or an arrow of ARCHITECTURE.md is broken and a machine can see it. `house` prints
//! the measures that STYLE.md aims at, `bench` those of speed and memory; they never say no. None changes a file here.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")
)]

mod bench;
mod house;
mod rust;
mod tidy;
mod tree;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::tree::Tree;

const USAGE: &str = "usage: cargo run -p xtask -- <tidy | house | bench [sessions | parts]>
  tidy    checks edges, sizes, names, locks, tests and papers; exit code 1 with each finding as path:line: what: hint
  house   prints lines, lengths, doc share and edges of each crate
  bench   measures the release build: sessions beside the bare machine and other agents, and the parts; with --release";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(complaint) => {
            eprintln!("xtask: {complaint:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether all is well.
fn run() -> Result<bool> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => {
            let report = tidy::check(&Tree::read(root)?)?;
            print!("{report}");
            Ok(report.is_clean())
        }
        ["house"] => {
            print!("{}", house::measure(&Tree::read(root)?)?);
            Ok(true)
        }
        ["bench", rest @ ..] => {
            bench::run(root, rest.first().copied().unwrap_or("all"))?;
            Ok(true)
        }
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(true)
        }
        _ => bail!("`{}` is no chore\n{USAGE}", words.join(" ")),
    }
}
