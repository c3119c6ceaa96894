//! Work on specifications: documents drafted one after the other and authorized by a person, tasks done in copies of their
//! own and judged by evidence.
//!
//! ```text
//! draft ─ requirements ─▶ design ─▶ tasks      each held for the person; what was signed is the digest of its text
//! run   ─ wave by wave: a session for each task ─▶ evidence ─▶ merged, in order ─▶ one change set, held
//! ```
//!
//! What a document says and where it stands is read by the crate `spec`; this module asks the model, runs the tests and writes
//! down what was seen. A task is done only when evidence says so.

mod accept;
mod ask;
mod bench;
mod brief;
mod draft;
mod evidence;
mod inline;
pub(crate) mod merge;
mod part;
mod rig;
mod run;
mod standing;
mod sync;
mod tagged;
mod task;
mod trailers;
mod trial;
mod trouble;
mod words;

pub use accept::{Accepted, accept, accepted};
pub use ask::ask;
pub use bench::{Bench, Sitter, Work};
pub use brief::{Brief, TEST_SECONDS};
pub use draft::draft;
pub use evidence::{Judgement, Line, Tested};
pub use part::{Part, Toward, Workflow};
pub use run::{Outcome, Report, Tasks, run, take_as_it_is};
pub use standing::{Authorized, Standing, standings};
pub use sync::{Agreed, Drift, sync};
pub(crate) use trailers::trailers;
pub use trouble::SpecTrouble;
