//! Changes of who may do what, at the terminal: what `people`, `team`, `env`, `access` and `break-glass` share. The change is proposed, its lines are shown, and whoever typed it
//! signs them at once with their key; what needs others as well waits in the inbox like everything else.

use action::{Concern, Decision, Deed, IntentId, Moment, Governance, PersonId, Quorum, Reply, Role, Verdict};
use agent::people::{NotChanged, propose};
use agent::{Answered, BookError, Office, SettleError};
use anyhow::Context;
use serde_json::{Value, json};

use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, BAD, DIM, Ending, GOOD, Misuse, WARN};
use crate::words;

/// Asks for a change in the name of whoever typed it, signs, and says what came of it.
pub(crate) fn change(common: &Common, home: &Home, service: &Office, change: Governance) -> anyhow::Result<Ending> {
    let asker = home.person(service)?;
    let (id, verdict) = propose(service, &asker, change).map_err(not_changed)?;
    if verdict.decision == Decision::Refuse {
        return Ok(refused(common, &id, &verdict));
    }
    let story = crate::named::intent(service, id.as_str())?;
    if !common.json {
        story.effects.lines().iter().for_each(|line| screen::say(&format!("  {}", words::safe(line))));
    }
    let answer = crate::commands::sign::question(home, service, &story, Reply::Yes, "")?;
    let signed = home.signer().and_then(|signer| Ok(signer.sign(&answer)?)).with_context(|| format!("it is held as {} and not signed", words::short(&id)))?;
    match agent::sign(service, &id, signed) {
        Ok((_, Some(settled))) => {
            tell_settled(common, service, &id, &settled, &asker)?;
            crate::alarm::tell(home, service);
            Ok(if settled.ok { Ending::Done } else { Ending::NotDone })
        }
        Ok((Answered::Waits(quorum), None)) => Ok(held(common, &id, &asker, Some(quorum))),
        Ok((_, None)) => Ok(held(common, &id, &asker, None)),
        // A service account, or somebody without a role that signs: others may agree all the same.
        Err(SettleError::Answer(e @ (guard::BadAnswer::ServiceAccount { .. } | guard::BadAnswer::MayNotSign { .. }))) => {
            if !common.json {
                screen::say_in(DIM, &format!("  not signed: {e}"));
            }
            Ok(held(common, &id, &asker, story.quorum()))
        }
        Err(SettleError::Book(e @ BookError::PeopleMoved)) => Err(anyhow::Error::from(e).context(format!("it is held as {} and not signed", words::short(&id)))),
        Err(e) => Err(e.into()),
    }
}

fn tell_settled(common: &Common, service: &Office, id: &IntentId, settled: &agent::Settled, asker: &PersonId) -> anyhow::Result<()> {
    let line = words::safe(&settled.receipt.outcome.line);
    if common.json {
        screen::json(&json!({"event": "people", "intent": id, "ok": settled.ok, "line": line, "receipt": settled.receipt}));
        return Ok(());
    }
    match settled.ok {
        true => screen::say_in(GOOD, &format!("✓ {line} (receipt: entry {})", settled.receipt.index)),
        false => screen::say_in(BAD, &format!("✗ {line}")),
    }
    let roster = service.book.roster()?;
    let deed = service.book.story(id)?.map(|story| story.intent.deed);
    let administers = matches!(deed, Some(Deed::Govern { change }) if change.concern() == Concern::Administration);
    let voices = roster.people().filter(|person| roster.may_sign(person) || roster.holds(person, Role::Admin)).count();
    if settled.ok && administers && voices < 2 && !roster.is_founding() {
        screen::say_in(WARN, "  nobody is left who could agree to give rights: from now on they can only be taken here; to begin anew, found another service with --home");
    }
    if settled.ok && administers && roster.is_founding() {
        screen::say_in(DIM, &format!("  {asker} is the only admin so far, so one signature does; from the second admin on nobody gives rights alone"));
    }
    Ok(())
}

fn held(common: &Common, id: &IntentId, asker: &PersonId, quorum: Option<Quorum>) -> Ending {
    let needs = quorum.map(|quorum| quorum.words());
    match common.json {
        true => screen::json(&json!({"event": "people", "intent": id, "ok": false, "held": true, "needs": needs})),
        false => {
            let needs = needs.map(|words| format!("; it needs {words}")).unwrap_or_default();
            screen::say_in(WARN, &format!("‖ held as {0}, asked by {asker}{needs}: countersign show {0} · countersign sign {0} · countersign refuse {0} --why …", words::short(id)));
        }
    }
    Ending::NotDone
}

fn refused(common: &Common, id: &IntentId, verdict: &Verdict) -> Ending {
    match common.json {
        true => screen::json(&json!({"event": "people", "intent": id, "ok": false, "refused": verdict.reasons})),
        false => verdict.reasons.iter().for_each(|reason| screen::say_in(WARN, &format!("✗ refused: {} [{}]", words::safe(&reason.text), reason.rule))),
    }
    Ending::NotDone
}

fn not_changed(why: NotChanged) -> anyhow::Error {
    match why {
        NotChanged::Book(e) => e.into(),
        other => anyhow::anyhow!("{other}"),
    }
}

/// A span of time as it is typed: `30m`, `1h`, `2d`; a day is 24 hours.
pub(crate) fn seconds(text: &str) -> anyhow::Result<u64> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u64>().ok()).and_then(|days| days.checked_mul(24 * 3600));
    let span = || text.parse::<jiff::SignedDuration>().ok().and_then(|span| u64::try_from(span.as_secs()).ok());
    days.or_else(span).filter(|seconds| *seconds > 0).with_context(|| Misuse(format!("`{}` is no span of time\nhint: write it as 30m, 1h or 2d", words::safe(text))))
}

/// A moment as it is typed: RFC 3339, `now` where nothing was.
pub(crate) fn moment(text: Option<&str>) -> anyhow::Result<Moment> {
    let Some(text) = text.filter(|text| *text != "now") else { return Ok(crate::clock::now()) };
    let time: jiff::Timestamp = text.parse().map_err(|_| Misuse(format!("`{}` is no moment\nhint: write it as 2026-11-23T15:00:00Z, or as now", words::safe(text))))?;
    Ok(Moment(u64::try_from(time.as_millisecond()).unwrap_or_default()))
}

/// The key in a public key file, in the one spelling in which it is kept: without its comment.
pub(crate) fn spelled(key: &ssh_key::PublicKey) -> anyhow::Result<String> {
    ssh_key::PublicKey::new(key.key_data().clone(), "").to_openssh().context("the key has no OpenSSH form")
}

/// What a key is, behind its fingerprint: nothing where it is an SSH key in a file or an agent.
pub(crate) fn kind(key: &ssh_key::PublicKey) -> String {
    match action::relying_party_of(key) {
        Some(party) => format!(" (passkey of {})", words::safe(party)),
        None if action::is_hardware(key) => " (security key)".to_owned(),
        None => String::new(),
    }
}

/// A key for scripts.
pub(crate) fn key_json(key: &ssh_key::PublicKey, known: &guard::EnrolledKey) -> Value {
    json!({"key": key.fingerprint(ssh_key::HashAlg::Sha256).to_string(), "hardware": action::is_hardware(key), "passkey_of": action::relying_party_of(key), "since": known.since, "revoked": known.revoked})
}
