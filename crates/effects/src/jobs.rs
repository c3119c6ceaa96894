//! What stays in the box that it runs in: looking at what a background command printed, ending one, and rehearsing a command
//! on a copy of an environment.

use action::{Certainty, Effect, EnvironmentName, Resource, Verb};

pub(crate) fn output(job: u64) -> Vec<Effect> {
    vec![Effect::in_workspace(Verb::Read, process(job))]
}

pub(crate) fn stop(job: u64) -> Vec<Effect> {
    vec![Effect::in_workspace(Verb::Delete, process(job))]
}

fn process(job: u64) -> Resource {
    Resource::new("process", format!("job {job}"))
}

/// A command on a throw-away copy: nothing of it can land before what it did is known and judged.
pub(crate) fn rehearsal(environment: &EnvironmentName, command: &str) -> Vec<Effect> {
    vec![
        Effect::in_workspace(Verb::Execute, Resource::new("program", command))
            .with_certainty(Certainty::Opaque)
            .noted(format!("on a copy of {environment}, cut off from everything else")),
    ]
}
