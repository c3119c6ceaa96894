use action::{EnvironmentName, Glass, Governance, Reply, Tier};

use super::*;
use crate::samples::Sample;

fn channels(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn after(sample: &Sample, id: &IntentId, seconds: u64) -> Moment {
    sample.book().story(id).unwrap().unwrap().at.plus_seconds(seconds)
}

#[test]
fn what_waits_is_told_after_four_hours_and_then_once_a_day_until_it_is_void() {
    let sample = Sample::new();
    let id = sample.held_change(Tier::Production);
    let (one, hour) = (channels(&["on-call"]), 3600);
    let due = |seconds: u64| reminders(&sample.office, &one, after(&sample, &id, seconds)).unwrap();
    assert_eq!(due(4 * hour - 1), []);
    let first = due(4 * hour);
    assert_eq!((first.len(), first[0].notice), (1, Notice::Waiting { time: 1 }));
    assert!(first[0].text.contains("ana asked for something in eu, and it waits for one of ben, olga (it needs one person"), "{}", first[0].text);
    assert_eq!((first[0].json["text"].as_str(), first[0].json["voters"][0].as_str()), (Some(first[0].text.as_str()), Some("ben")));
    was_told(&sample.office, &first[0]).unwrap();
    was_told(&sample.office, &first[0]).unwrap(); // by two processes at once
    assert_eq!(sample.book().subject("notices").unwrap().len(), 1);
    assert_eq!(due(24 * hour - 1), []);
    assert_eq!(due(24 * hour).iter().map(|owed| owed.notice).collect::<Vec<_>>(), [Notice::Waiting { time: 2 }]);
    assert_eq!(due(3 * 24 * hour), [], "it is void by then");
    let other = reminders(&sample.office, &channels(&["on-call", "mail"]), after(&sample, &id, 5 * hour)).unwrap();
    assert_eq!(other.iter().map(|owed| owed.channel.as_str()).collect::<Vec<_>>(), ["mail"]);
}

#[test]
fn who_signed_is_not_waited_for_and_what_is_over_waits_for_nobody() {
    let sample = Sample::new();
    sample.put("a.txt", "one");
    let landing = sample.held_landing();
    let due = |id: &IntentId| reminders(&sample.office, &channels(&["c"]), after(&sample, id, 5 * 3600)).unwrap();
    assert!(due(&landing)[0].text.contains("one of ana, ben, olga"), "who asked may sign this one: {}", due(&landing)[0].text);
    crate::settle::answer(&sample.office, &landing, sample.said(&landing, "ben", Reply::No, "no")).unwrap();
    assert_eq!(due(&landing), []);
    assert_eq!(sample.audited().findings, []);
}

#[test]
fn broken_glass_is_told_at_once_to_each_channel_and_once() {
    let sample = Sample::new();
    sample.map(Tier::Production, 1);
    assert_eq!(alarms(&sample.office, &channels(&["a"])).unwrap(), []);
    let glass = Glass { person: PersonId::new("ana"), environment: EnvironmentName::new("eu"), seconds: 60, why: "incident 812 <!channel> [x](https://evil)".into() };
    let (id, _) = crate::people::propose(&sample.office, &PersonId::new("ana"), Governance::BreakGlass { glass }).unwrap();
    for name in ["ana", "olga"] {
        crate::settle::sign(&sample.office, &id, sample.yes(&id, name)).unwrap();
    }
    let owed = alarms(&sample.office, &channels(&["a", "b"])).unwrap();
    assert_eq!(owed.iter().map(|owed| owed.channel.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert!(owed[0].text.starts_with("The glass of eu is broken for ana until ") && owed[0].text.ends_with(": incident 812  !channel   x (https://evil)"), "{}", owed[0].text);
    was_told(&sample.office, &owed[0]).unwrap();
    assert_eq!(alarms(&sample.office, &channels(&["a", "b"])).unwrap(), owed[1..]);
    assert_eq!(alarms(&sample.office, &[]).unwrap(), []);
    assert_eq!(sample.audited().findings, []);
}
