//! Commands, as each shell reads them, in the box and on the host.
#![no_main]

use action::{Certainty, Resource};
use countersign_fuzz::{choose, facts, fits, input, stays};
use effects::shell::{Dialect, read_at, reading_as};
use effects::{Place, Reading};
use libfuzzer_sys::fuzz_target;

/// So many effects are judged one by one; of more, the gravest.
const JUDGED: usize = 64;

fuzz_target!(|data: &[u8]| {
    let Some((mut choice, text)) = input(data) else { return };
    let dialect = choose(&mut choice, &[Dialect::Bash, Dialect::Zsh, Dialect::Sh]);
    let place = choose(&mut choice, &[Place::Host, Place::Boxed]);
    let facts = facts();
    let reading = |text: &str| reading_as(dialect, text, "src", facts, place);
    let whole = reading(&text);
    fits(&text, &whole);
    assert_eq!(whole, reading(&text), "read twice");
    if dialect == Dialect::Bash {
        let judged = read_at(&text, "src", facts, place);
        assert!(whole.sightings().len() > JUDGED || whole.effects() == judged, "seen, not judged: {:#?}\n{:#?}", whole.effects().lines(), judged.lines());
    }
    if let Some((first, _)) = text.split_once('\n').filter(|(first, _)| stands_alone(first)) {
        let before = reading(first);
        if is_read(&before) && !is_refused(&whole) {
            stays(&before, &whole);
        }
    }
});

/// Whether a line means the same whatever line follows: it is not continued, awaits no text, and leaves nothing to run later.
fn stands_alone(line: &str) -> bool {
    !line.ends_with('\\') && !["<<", "trap", "eval", "alias"].iter().any(|word| line.contains(word))
}

/// Whether all of a line could be read.
fn is_read(reading: &Reading) -> bool {
    reading.sightings().iter().all(|sighting| sighting.effect.certainty != Certainty::Opaque)
}

/// Whether a text as a whole cannot be read.
fn is_refused(reading: &Reading) -> bool {
    let whole = |resource: &Resource| resource.kind == "command" && resource.name == "command";
    reading.sightings().iter().any(|sighting| whole(&sighting.effect.resource))
}
