//! Manifests of every kind: templates, change sets, objects, compose files, diffs.
#![no_main]

use countersign_fuzz::{choose, facts, fits, input, stays};
use effects::manifest::{Action, Compose, ComposeAct, Kind, Target, compose, read, read_at};
use libfuzzer_sys::fuzz_target;

const KINDS: [Option<Kind>; 8] = [
    None,
    Some(Kind::ChangeSet),
    Some(Kind::Template),
    Some(Kind::CdkDiff),
    Some(Kind::Kubernetes),
    Some(Kind::KubernetesDiff),
    Some(Kind::Helm),
    Some(Kind::Compose),
];

/// An object before which, and behind which, another document is put.
const OBJECT: &str = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\n  namespace: shop\n";

fuzz_target!(|data: &[u8]| {
    let Some((mut choice, text)) = input(data) else { return };
    let kind = choose(&mut choice, &KINDS);
    let action = choose(&mut choice, &[Action::Apply, Action::Delete]);
    let facts = facts();
    let reading = read(&text, kind, action, facts);
    fits(&text, &reading);
    assert_eq!(reading, read(&text, kind, action, facts), "read twice");
    match kind {
        None => stays(&read(OBJECT, None, action, facts), &read(&format!("{OBJECT}\n---\n{text}"), None, action, facts)),
        Some(Kind::Compose) => {
            let command = Compose { act: ComposeAct::Down, volumes: true, ..Compose::default() };
            fits(&text, &compose(&text, &command, &Target::default(), facts));
        }
        Some(_) => {
            let target = Target { identity: Some("aws:111122223333/eu-west-1"), context: Some("prod"), namespace: Some("shop"), name: Some("shop"), ..Target::default() };
            fits(&text, &read_at(&text, kind, action, &target, facts));
        }
    }
});
