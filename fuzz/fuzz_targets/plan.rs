//! Plans of Terraform and OpenTofu.
#![no_main]

use action::Certainty;
use countersign_fuzz::{choose, facts, fits, input};
use effects::{Facts, plan};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;

fuzz_target!(|data: &[u8]| {
    let Some((mut choice, text)) = input(data) else { return };
    let nothing = Facts::default();
    let facts = choose(&mut choice, &[facts(), &nothing]);
    let reading = plan::read(&text, facts);
    fits(&text, &reading);
    assert_eq!(reading, plan::read(&text, facts), "read twice");
    let is_json = serde_json::from_str::<IgnoredAny>(text.trim_start_matches('\u{feff}')).is_ok();
    let is_opaque = reading.sightings().iter().any(|seen| seen.effect.certainty == Certainty::Opaque);
    assert!(is_json || is_opaque, "what is no JSON passes");
});
