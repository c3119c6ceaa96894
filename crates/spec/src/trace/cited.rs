//! Which criteria a reference reaches. Ranges go along the order of the file; a property passes on what it validates.

use std::collections::BTreeMap;

use crate::folder::Spec;
use crate::reference::Referred;

/// The criteria of a specification, in their order, with the ways to them.
pub(super) struct Ids<'s> {
    all: Vec<&'s str>,
    first: BTreeMap<&'s str, usize>,
    requirements: BTreeMap<&'s str, (usize, usize)>,
    properties: BTreeMap<&'s str, Vec<&'s str>>,
}

impl<'s> Ids<'s> {
    pub(super) fn of(spec: &'s Spec) -> Self {
        let all: Vec<&str> = spec.criteria().map(|criterion| criterion.id.as_str()).collect();
        let mut ids = Self { all, first: BTreeMap::new(), requirements: BTreeMap::new(), properties: BTreeMap::new() };
        for (index, id) in ids.all.iter().enumerate() {
            ids.first.entry(id).or_insert(index);
            let requirement = id.rsplit_once('.').map_or(*id, |(requirement, _)| requirement);
            ids.requirements.entry(requirement).and_modify(|(_, end)| *end = index + 1).or_insert((index, index + 1));
        }
        for property in spec.design.iter().flat_map(|design| &design.properties) {
            let reached = property.validates.iter().filter_map(|reference| ids.direct(&reference.to)).flatten().copied().collect();
            ids.properties.entry(property.number.as_str()).or_insert(reached);
        }
        ids
    }

    /// The criteria that it reaches; nothing where it points at what is not there.
    pub(super) fn reach(&self, to: &Referred) -> Option<&[&'s str]> {
        match to {
            Referred::Property(number) => self.properties.get(number.as_str()).map(Vec::as_slice),
            Referred::Design(_) => Some(&[]),
            other => self.direct(other),
        }
    }

    fn direct(&self, to: &Referred) -> Option<&[&'s str]> {
        let (begin, end) = match to {
            Referred::Criterion(id) => self.place(id)?,
            Referred::Requirement(number) => self.place(number)?,
            Referred::Range(from, to) => (self.place(from)?.0, self.place(to)?.1),
            Referred::All => (0, self.all.len()),
            Referred::Property(_) | Referred::Design(_) => return None,
        };
        self.all.get(begin..end)
    }

    fn place(&self, id: &str) -> Option<(usize, usize)> {
        let criterion = self.first.get(id).map(|index| (*index, index + 1));
        criterion.or_else(|| self.requirements.get(id).copied())
    }

    /// Those of these ids that are there.
    pub(super) fn known(&self, ids: &[String]) -> Vec<&'s str> {
        ids.iter().filter_map(|id| self.all.get(*self.first.get(id.as_str())?).copied()).collect()
    }
}

/// A reference in words.
pub(super) fn words(to: &Referred) -> String {
    match to {
        Referred::Criterion(id) => format!("criterion {id}"),
        Referred::Requirement(number) => format!("requirement {number}"),
        Referred::Range(from, to) => format!("criteria {from} to {to}"),
        Referred::All => "all requirements".to_owned(),
        Referred::Property(number) => format!("property {number}"),
        Referred::Design(part) => format!("design {part}"),
    }
}
