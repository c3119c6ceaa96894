//! The AWS command line: its grammar, its arguments, the account that is meant.
#![no_main]

use action::{Certainty, Verb};
use countersign_fuzz::{choose, facts, fits, input};
use effects::{Place, Reading, shell};
use libfuzzer_sys::fuzz_target;

/// Options that make a command ask instead of act, by how they begin.
const ASKS: [&str; 4] = ["--d", "--g", "--v", "--h"];

fuzz_target!(|data: &[u8]| {
    let Some((mut choice, text)) = input(data) else { return };
    let facts = facts();
    let reading = |text: &str| shell::reading(text, "", facts, Place::Host);
    let words: Vec<&str> = text.split_ascii_whitespace().filter(|word| !word.contains('\'')).collect();
    let quoted: String = words.iter().map(|word| format!(" '{word}'")).collect();
    match choose(&mut choice, &[Command::Written, Command::Words, Command::Ends]) {
        Command::Written => {
            let command = format!("aws {text}");
            let seen = reading(&command);
            fits(&command, &seen);
            assert_eq!(seen, reading(&command), "read twice");
        }
        Command::Words => {
            let command = format!("aws{quoted}");
            let seen = reading(&command);
            fits(&command, &seen);
            assert!(!seen.sightings().is_empty(), "`{command}` touches nothing");
        }
        Command::Ends => {
            let seen = reading(&format!("aws ec2 terminate-instances --instance-ids i-1{quoted}"));
            let acts = !words.iter().any(|word| ASKS.iter().any(|asks| word.starts_with(asks)));
            assert!(!acts || ends(&seen), "{:#?}", seen.effects().lines());
        }
    }
});

#[derive(Clone, Copy)]
enum Command {
    /// As it stands, behind `aws`.
    Written,
    /// Its words, whatever they hold.
    Words,
    /// Words behind a command that ends something.
    Ends,
}

fn ends(reading: &Reading) -> bool {
    reading.sightings().iter().any(|seen| seen.effect.verb == Verb::Delete || seen.effect.certainty == Certainty::Opaque)
}
