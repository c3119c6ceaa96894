//! Brings documents and code together again where they drifted apart, in the direction that the person chose.

use std::collections::BTreeMap;

use action::{Digest, Event};
use serde::{Deserialize, Serialize};

use super::brief::Brief;
use super::draft::unusable;
use super::part::{Part, Toward};
use super::trouble::SpecTrouble;
use super::words;
use crate::desk::Desk;
use crate::happening::Happening;
use crate::office::Office;
use crate::session::{Ended, Session};

/// What was there when documents and code were brought together: they agree from where that landed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// Version of this shape: 1.
    pub v: u8,
    /// Documents of the specification, by file; the ledger has their texts as blobs.
    pub documents: BTreeMap<String, Digest>,
    /// Files that were made for its tasks, by path, likewise; those that were gone are not in it.
    pub files: BTreeMap<String, Digest>,
}

/// What drifted, and the files that were made.
pub struct Drift<'a> {
    /// A line for each part.
    pub lines: &'a [String],
    /// Every file that was made for a task.
    pub files: &'a [String],
}

/// Has the one follow the other, and proposes it. Documents are read again before they are proposed.
pub fn sync(
    service: &Office,
    session: &mut Session<'_>,
    brief: &Brief,
    toward: Toward,
    drift: &Drift<'_>,
    desk: &mut dyn Desk,
    watch: &mut dyn FnMut(Happening<'_>),
) -> Result<Ended, SpecTrouble> {
    let mut course = session.work(&words::sync(brief, toward, drift.lines), desk, watch)?;
    if toward == Toward::Documents {
        let parts: Vec<Part> = brief.workflow.stages().iter().flat_map(|stage| stage.iter().copied()).collect();
        if let Some((part, why)) = unusable(session, brief, &parts)? {
            course = session.work(&words::mend(&brief.path(part.file()), &why), desk, watch)?;
            if let Some((part, why)) = unusable(session, brief, &parts)? {
                return Err(SpecTrouble::NoDocument { file: brief.path(part.file()), why });
            }
        }
    }
    note(service, session, brief, drift.files)?;
    Ok(session.land(course, desk, watch)?)
}

/// What the copy has now is what will agree, once it has landed.
fn note(service: &Office, session: &mut Session<'_>, brief: &Brief, files: &[String]) -> Result<(), SpecTrouble> {
    let mut agreed = Agreed { v: 1, ..Agreed::default() };
    for file in Part::ALL.map(Part::file) {
        if let Some(bytes) = session.file(&brief.path(file))? {
            agreed.documents.insert(file.to_owned(), service.book.put(&bytes)?);
        }
    }
    for path in files {
        if let Some(bytes) = session.file(path)? {
            agreed.files.insert(path.clone(), service.book.put(&bytes)?);
        }
    }
    let seen = service.book.put_value(&agreed)?;
    service.book.write(&[Event::Synced { session: session.card().session.clone(), spec: brief.folder.clone(), seen }])?;
    Ok(())
}
