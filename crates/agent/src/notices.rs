//! What people are to be told outside the service, so that it is not overlooked: broken glass at once, and what waits for signatures.
//!
//! What is owed is a fold over the ledger: all that is to be told, without what was. It is told first and written down then, so that a
//! crash between tells it twice and never not at all.

use std::collections::BTreeSet;

use action::{Event, IntentId, Moment, Notice, PersonId};
use guard::Voter;
use serde_json::{Value, json};

use crate::book::BookError;
use crate::office::Office;
use crate::story::Story;

/// Something that a channel is still to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Owed {
    /// The intent that it is about.
    pub about: IntentId,
    /// What of it.
    pub notice: Notice,
    /// Which channel.
    pub channel: String,
    /// A line for people.
    pub text: String,
    /// The same as JSON, with the line under `text`, where the chat programs that take such a thing look for it.
    pub json: Value,
}

/// So long something waits before anybody is reminded of it; from then on once a day.
pub const REMIND_AFTER_SECONDS: u64 = 4 * 3600;
const DAY_SECONDS: u64 = 24 * 3600;

/// Broken glass that these channels were not told of yet.
pub fn alarms(service: &Office, channels: &[String]) -> Result<Vec<Owed>, BookError> {
    let roster = service.book.roster()?;
    let glasses = roster.standing().glasses();
    if channels.is_empty() || glasses.is_empty() {
        return Ok(Vec::new());
    }
    let told = told(service)?;
    let owed = glasses.iter().flat_map(|broken| {
        let glass = &broken.glass;
        let text = format!("The glass of {} is broken for {} until {}: {}", glass.environment, glass.person, broken.until.text(), glass.why);
        let json = json!({"event": "break-glass", "intent": broken.intent, "environment": glass.environment, "person": glass.person, "until": broken.until, "why": glass.why});
        for_each(channels, &told, &broken.intent, Notice::Glass, &text, &json)
    });
    Ok(owed.collect())
}

/// What has waited for signatures for so long that somebody is to be reminded, where they were not in this day of its waiting.
pub fn reminders(service: &Office, channels: &[String], now: Moment) -> Result<Vec<Owed>, BookError> {
    let mut owed = Vec::new();
    let told = told(service)?;
    for story in service.book.held()?.into_iter().filter(|story| story.waits(now)) {
        let Some(time) = time(&story, now) else { continue };
        let voters = waited_for(service, &story, now)?;
        let names: Vec<&str> = voters.iter().map(|voter| voter.person.as_str()).collect();
        let whom = if names.is_empty() { "nobody who could sign it is left".to_owned() } else { format!("it waits for one of {}", names.join(", ")) };
        let needs = story.quorum().map(|quorum| quorum.words()).unwrap_or_default();
        // No word that an agent chose: what is told here looks as if the service said it.
        let text = format!("{} asked for something in {}, and {whom} (it needs {needs}; void from {}). See it with: countersign show {}", story.intent.asked_by, story.effects.environment(), story.expires.text(), story.intent.id);
        let json = json!({"event": "waiting", "intent": story.intent.id, "asked_by": story.intent.asked_by, "needs": story.quorum(), "voters": names, "expires": story.expires, "time": time});
        owed.extend(for_each(channels, &told, &story.intent.id, Notice::Waiting { time }, &text, &json));
    }
    Ok(owed)
}

/// That a channel took it.
pub fn was_told(service: &Office, owed: &Owed) -> Result<(), BookError> {
    let notified = Event::Notified { about: owed.about.clone(), notice: owed.notice, channel: owed.channel.clone() };
    match service.book.write(&[notified]) {
        Ok(_) | Err(BookError::AlreadyDone { .. }) => Ok(()), // another process told it as well
        Err(e) => Err(e),
    }
}

/// Whose yes would count and is not there yet. Whoever asked is nobody's peer, and is left out where only peers are asked for.
fn waited_for(service: &Office, story: &Story, now: Moment) -> Result<Vec<Voter>, BookError> {
    let signed: BTreeSet<&PersonId> = story.answers.iter().map(|(person, _)| person).collect();
    let only_peers = story.quorum().is_some_and(|quorum| quorum.peers >= quorum.people);
    let voters = service.book.roster()?.voters(&story.intent, &story.effects.places(), now);
    Ok(voters.into_iter().filter(|voter| !signed.contains(&voter.person) && (voter.peer || !only_peers)).collect())
}

/// The how-manieth reminder is due, from 1.
fn time(story: &Story, now: Moment) -> Option<u32> {
    let waited = now.0.saturating_sub(story.at.0) / 1000;
    (waited >= REMIND_AFTER_SECONDS).then(|| u32::try_from(waited / DAY_SECONDS).unwrap_or(u32::MAX).saturating_add(1))
}

type Told = BTreeSet<(IntentId, Notice, String)>;

fn told(service: &Office) -> Result<Told, BookError> {
    let entries = service.book.subject("notices")?.into_iter();
    Ok(entries
        .filter_map(|(_, entry)| match entry.event {
            Event::Notified { about, notice, channel } => Some((about, notice, channel)),
            _ => None,
        })
        .collect())
}

fn for_each(channels: &[String], told: &Told, about: &IntentId, notice: Notice, text: &str, json: &Value) -> Vec<Owed> {
    let mut json = json.clone();
    let text = tame(text);
    json["text"] = json!(text);
    let owed = channels.iter().filter(|channel| !told.contains(&(about.clone(), notice, (*channel).clone())));
    owed.map(|channel| Owed { about: about.clone(), notice, channel: channel.clone(), text: text.clone(), json: json.clone() }).collect()
}

/// As chat programs show it as it is: nothing in it is a link, a mention or a format to them.
fn tame(text: &str) -> String {
    let plain = |c: char| if c.is_control() || "<>&@[]`*_|".contains(c) { ' ' } else { c };
    text.chars().map(plain).take(LONGEST).collect()
}

/// Characters of a line.
const LONGEST: usize = 600;

#[cfg(test)]
mod tests;
