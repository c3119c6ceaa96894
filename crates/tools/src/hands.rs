//! What executes: one box, and the commands that run in its background.
//!
//! Hands know no session. Dropping them ends every job and the box with it. Where no box can be made there are no hands:
//! everything that would be done with them fails, and nothing is done without them.

use std::collections::BTreeMap;

use action::{Countersigned, Deed, Intent};
use sandbox::{ChangesError, Differing, Sandbox, Served};

use crate::execute::ExecuteError;
use crate::job::Job;
use crate::languages::Languages;

/// A box and its background jobs.
#[derive(Debug)]
pub struct Hands {
    // Before the box: jobs end first.
    pub(crate) jobs: BTreeMap<u64, Job>,
    pub(crate) last_job: u64,
    /// Also before it.
    pub(crate) languages: Languages,
    sandbox: Option<Sandbox>,
}

/// This machine makes no box. Nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the kernel offers too little for a box here, so nothing is run")]
pub struct NoBox;

impl Hands {
    /// Hands in an open box.
    pub fn new(sandbox: Sandbox) -> Self {
        Self { jobs: BTreeMap::new(), last_job: 0, languages: Languages::default(), sandbox: Some(sandbox) }
    }

    /// None, on a machine that makes no box.
    pub fn tied() -> Self {
        Self { jobs: BTreeMap::new(), last_job: 0, languages: Languages::default(), sandbox: None }
    }

    /// Starts a server in the box, with the values of the variables that its order names.
    pub fn serve(&self, order: &Countersigned<Intent>, variables: Vec<(String, String)>) -> Result<Served, ExecuteError> {
        Ok(self.sandbox()?.serve(order, variables)?)
    }

    /// The order for the language server that is to be started before the last symbol can be found by what it means.
    pub fn wanted_language(&self) -> Option<Deed> {
        self.languages.wanted()
    }

    /// That server is not to be started: symbols of its language are found by name.
    pub fn renounce_language(&mut self, language: &str, why: &str) {
        self.languages.renounce(language, why);
    }

    /// Ends every language server; the next symbol that needs one starts it again.
    pub fn end_languages(&mut self) {
        self.languages.end_all();
    }

    /// Whether the kernel's bounds are in force.
    pub fn boxed(&self) -> bool {
        self.sandbox.as_ref().is_some_and(|sandbox| sandbox.level().is_enough())
    }

    /// Whether `.kiroignore` names this path of the tree; without a box there is nothing that could reach it.
    pub fn keeps_out(&self, path: &str) -> bool {
        let path = std::path::Path::new(path);
        self.sandbox.as_ref().is_some_and(|sandbox| sandbox.kept_out().names(path.strip_prefix(".").unwrap_or(path)))
    }

    /// The box.
    pub(crate) fn sandbox(&self) -> Result<&Sandbox, NoBox> {
        self.sandbox.as_ref().ok_or(NoBox)
    }

    /// How the copy differs from the person's tree as it is now; nothing where there is no copy.
    pub fn changes(&self) -> Result<Vec<Differing>, ChangesError> {
        self.sandbox.as_ref().map_or_else(|| Ok(Vec::new()), Sandbox::changes)
    }

    /// The jobs that run: number and command.
    pub fn running_jobs(&self) -> Vec<(u64, &str)> {
        self.jobs.iter().filter(|(_, job)| job.runs()).map(|(number, job)| (*number, job.command.as_str())).collect()
    }

    /// Ends every background job; returns when nothing of them runs.
    pub fn stop_jobs(&mut self) {
        self.jobs.clear();
    }
}
