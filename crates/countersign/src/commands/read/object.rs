//! What was read, as one JSON object. `docs/reference/read.schema.json` describes it, and a test holds both together.

use std::collections::BTreeMap;

use effects::{Sighting, Span};
use serde_json::{Value, json};
use spec::places::{Place, Places};

use super::{PlaceWord, Report, Seen};

/// The version of the shape: it grows when something is taken away or means something else.
const VERSION: u32 = 1;

pub(super) fn of(report: &Report) -> Value {
    json!({
        "version": VERSION,
        "place": match report.place { PlaceWord::Host => "host", PlaceWord::Box => "box" },
        "service": report.service,
        "summary": report.radius.lines(),
        "radius": report.radius,
        "inputs": report.inputs.iter().map(input).collect::<Vec<Value>>(),
    })
}

fn input(seen: &Seen) -> Value {
    let located = Located::of(seen);
    json!({
        "name": seen.input.name(),
        "kind": seen.input.kind.word(),
        "bytes": seen.input.bytes(),
        "effects": seen.reading.sightings().iter().map(|sighting| effect(sighting, &located)).collect::<Vec<Value>>(),
        "needs": seen.reading.needs().iter().map(|(who, what)| json!({"resource": who, "needs": what})).collect::<Vec<Value>>(),
    })
}

fn effect(sighting: &Sighting, located: &Located) -> Value {
    let (start, end) = located.span(sighting.span);
    let mut value = json!(sighting.effect);
    value["line"] = sighting.effect.line().into();
    value["span"] = json!({
        "start": sighting.span.start, "end": sighting.span.end,
        "line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column,
    });
    value
}

/// Lines and columns of all spans of one input, found in one pass over it: sightings come by weight, not by place.
pub(super) struct Located(BTreeMap<usize, Place>);

impl Located {
    pub(super) fn of(seen: &Seen) -> Self {
        let mut offsets: Vec<usize> = seen.reading.sightings().iter().flat_map(|sighting| [sighting.span.start, sighting.span.end]).collect();
        offsets.sort_unstable();
        offsets.dedup();
        let mut places = Places::of(seen.input.text());
        Self(offsets.into_iter().map(|at| (at, places.place(at))).collect())
    }

    /// The places where a span of this input begins and ends.
    pub(super) fn span(&self, span: Span) -> (Place, Place) {
        let place = |at| self.0.get(&at).copied().unwrap_or(Place { line: 1, column: 1 });
        (place(span.start), place(span.end))
    }
}

#[cfg(test)]
mod schema;
#[cfg(test)]
mod tests;
