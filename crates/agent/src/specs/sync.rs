//! Brings documents and code together again where they drifted apart, in the direction that the person chose.

use super::brief::Brief;
use super::draft::unusable;
use super::part::{Part, Toward};
use super::trouble::SpecTrouble;
use super::words;
use crate::desk::Desk;
use crate::happening::Happening;
use crate::session::{Ended, Session};

/// Has the one follow the other, and proposes it. Documents are read again before they are proposed.
pub fn sync(
    session: &mut Session<'_>,
    brief: &Brief,
    toward: Toward,
    drift: &[String],
    desk: &mut dyn Desk,
    watch: &mut dyn FnMut(Happening<'_>),
) -> Result<Ended, SpecTrouble> {
    let mut course = session.work(&words::sync(brief, toward, drift), desk, watch)?;
    if toward == Toward::Documents {
        let parts: Vec<Part> = brief.workflow.stages().iter().flat_map(|stage| stage.iter().copied()).collect();
        if let Some((part, why)) = unusable(session, brief, &parts)? {
            course = session.work(&words::mend(&brief.path(part.file()), &why), desk, watch)?;
            if let Some((part, why)) = unusable(session, brief, &parts)? {
                return Err(SpecTrouble::NoDocument { file: brief.path(part.file()), why });
            }
        }
    }
    Ok(session.land(course, desk, watch)?)
}
