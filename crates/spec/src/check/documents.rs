//! Which documents are there.

use super::{BUGFIX, DESIGN, Found, REQUIREMENTS, TASKS};
use crate::folder::{Kind, Spec};

pub(super) fn missing(spec: &Spec) -> Vec<Found> {
    let workflow = spec.config.as_ref().and_then(|config| config.workflow.as_deref());
    let first = if spec.kind == Kind::Bugfix { BUGFIX } else { REQUIREMENTS };
    let order = match workflow {
        Some("design-first") => [DESIGN, first, TASKS],
        _ => [first, DESIGN, TASKS],
    };
    // A quick specification is its tasks; the rest may come or not.
    if workflow == Some("fast-task") {
        return Vec::new();
    }
    let is_there = |file: &str| spec.text(file).is_some_and(|text| !text.trim().is_empty()) || (file == first && has_requirements(spec));
    let Some(last) = order.iter().rposition(|file| is_there(file)) else { return Vec::new() };
    let later = order.get(last).copied().unwrap_or(TASKS);
    let lost = order.iter().take(last).filter(|file| !is_there(file));
    lost.map(|file| Found::new(later, 0..0, format!("there is a {later} and no {file}")).hinted(format!("write {file}, or say in `.config.kiro` how this is worked on"))).collect()
}

/// Either of the two will do: a folder may be a feature that says it is a bug fix.
fn has_requirements(spec: &Spec) -> bool {
    spec.requirements.is_some() || spec.bugfix.is_some()
}

pub(super) fn none(spec: &Spec) -> Vec<Found> {
    let is_any = [REQUIREMENTS, BUGFIX, DESIGN, TASKS].iter().any(|file| spec.text(file).is_some());
    let file = if spec.kind == Kind::Bugfix { BUGFIX } else { REQUIREMENTS };
    let text = "the folder has neither requirements.md, bugfix.md, design.md nor tasks.md";
    if is_any { Vec::new() } else { vec![Found::new(file, 0..0, text).hinted("write one, or take the folder away")] }
}
