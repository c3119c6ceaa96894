//! Lists of references.

use spec::reference::Referred;

use super::{Folder, Tape};

/// A list, and what it points at.
#[derive(Clone, Debug)]
pub(crate) struct References {
    pub(crate) text: String,
    pub(crate) wanted: Vec<Referred>,
}

impl References {
    /// A list of criteria that are there; sometimes ranges, whole requirements, and where it is allowed other things.
    pub(crate) fn of(folder: &Folder, tape: &mut Tape<'_>, rich: bool) -> Self {
        let ids: Vec<&str> = folder.criteria().map(|criterion| criterion.id.as_str()).collect();
        if rich && tape.odds(4) {
            let text = tape.pick(&["All", "All requirements", "all (infrastructure for everything)", "全部", "Все"]);
            return Self { text: text.to_owned(), wanted: vec![Referred::All] };
        }
        let (mut parts, mut wanted) = (Vec::new(), Vec::new());
        for _ in 0..=tape.below(4) {
            let (part, to) = entry(&ids, tape, rich);
            parts.push(part);
            wanted.extend(to);
        }
        let separator = tape.weighed(&[(90, ", "), (4, "; "), (3, "、"), (3, ",")]);
        Self { text: parts.join(separator), wanted }
    }
}

fn entry(ids: &[&str], tape: &mut Tape<'_>, rich: bool) -> (String, Option<Referred>) {
    let id = ids[tape.below(ids.len())].to_owned();
    let (major, _) = id.rsplit_once('.').unwrap();
    match tape.weighed(&[(90, 0), (4, 1), (3, 2), (if rich { 3 } else { 0 }, 3)]) {
        0 => (id.clone(), Some(Referred::Criterion(id))),
        1 => {
            let sign = tape.pick(&["-", " - ", "–", " to ", "~"]);
            let last = format!("{major}.99");
            (format!("{id}{sign}{last}"), Some(Referred::Range(id, last)))
        }
        2 => (major.to_owned(), Some(Referred::Requirement(major.to_owned()))),
        _ => match tape.below(5) {
            0 => ("WCAG 2.1 Level AA compliance".to_owned(), None),
            1 => (format!("Req {id}"), Some(Referred::Criterion(id))),
            2 => ("Property 2 (Fix-Checking)".to_owned(), Some(Referred::Property("2".to_owned()))),
            3 => ("design §Store item 1".to_owned(), Some(Referred::Design("§Store item 1".to_owned()))),
            _ => (format!("{id} (in part)"), Some(Referred::Criterion(id))),
        },
    }
}
