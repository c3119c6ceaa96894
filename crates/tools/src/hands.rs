//! What executes: one box, and the commands that run in its background.
//!
//! Hands know no session. Dropping them ends every job and the box with it.

use std::collections::BTreeMap;

use sandbox::{ChangesError, Differing, Sandbox};

use crate::job::Job;

/// A box and its background jobs.
#[derive(Debug)]
pub struct Hands {
    // Before the box: jobs end first.
    pub(crate) jobs: BTreeMap<u64, Job>,
    pub(crate) last_job: u64,
    pub(crate) sandbox: Sandbox,
}

impl Hands {
    /// Hands in an open box.
    pub fn new(sandbox: Sandbox) -> Self {
        Self { jobs: BTreeMap::new(), last_job: 0, sandbox }
    }

    /// Whether the kernel's bounds are in force.
    pub fn boxed(&self) -> bool {
        self.sandbox.level().is_enough()
    }

    /// The box.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// How the copy differs from the person's tree as it is now.
    pub fn changes(&self) -> Result<Vec<Differing>, ChangesError> {
        self.sandbox.changes()
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
