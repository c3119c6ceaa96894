//! The one place that reads the clock and makes random names.

use std::time::{SystemTime, UNIX_EPOCH};

use action::Moment;

/// Now, by the system's clock. A clock before 1970 reads as 0.
#[expect(clippy::disallowed_methods, reason = "the one home of the clock")]
pub(crate) fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Now, as a document has it.
pub(crate) fn date() -> paper::Date {
    let seconds = i64::try_from(now().0 / 1000).unwrap_or_default();
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    let small = |n: i8| n.unsigned_abs();
    paper::Date { year: time.year().unsigned_abs(), month: small(time.month()), day: small(time.day()), hour: small(time.hour()), minute: small(time.minute()), second: small(time.second()) }
}

/// 32 random bytes from the kernel.
pub(crate) fn seed() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("the system gives no randomness: {e}"))?;
    Ok(bytes)
}

/// 128 random bits in hex. Without randomness there can be no unique intents, so the program ends.
#[expect(clippy::panic, reason = "a service without randomness must not go on; nothing has been started")]
pub(crate) fn id() -> String {
    match seed() {
        Ok(bytes) => bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect(),
        Err(e) => panic!("{e}"),
    }
}

/// A random UUID (version 4).
pub(crate) fn uuid() -> String {
    let id: Vec<char> = id().chars().collect();
    let part = |range: std::ops::Range<usize>| id.get(range).map(|chars| chars.iter().collect::<String>()).unwrap_or_default();
    format!("{}-{}-4{}-a{}-{}", part(0..8), part(8..12), part(13..16), part(17..20), part(20..32))
}

/// RFC 3339 in UTC, to the second.
pub(crate) fn text(moment: Moment) -> String {
    let milliseconds = i64::try_from(moment.0).unwrap_or(i64::MAX);
    match jiff::Timestamp::from_millisecond(milliseconds) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
        Err(_) => format!("{} ms", moment.0),
    }
}
