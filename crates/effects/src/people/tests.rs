use action::{AgentName, Deed, Effects, Intent, IntentId, SessionId};

use super::*;
use crate::Facts;

const ONE: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const TWO: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDs7CPLMbeLZlqbRoEHHUkNYpmtXMNSsRUd1NKzBgBvR";

fn effects(change: Governance) -> Effects {
    let (asked_by, agent) = (PersonId::new("ana"), AgentName::new("nobody"));
    let intent = Intent { v: 1, id: IntentId::new("i"), session: SessionId::new("desk"), turn: 0, asked_by, agent, deed: Deed::Govern { change } };
    crate::of(&intent, &Facts::default())
}

fn ben() -> PersonId {
    PersonId::new("ben")
}

/// Each line is what a person is shown and signs.
#[test]
fn what_is_given_and_what_is_taken_as_lines() {
    let (one, two) = (fingerprint(ONE), fingerprint(TWO));
    let from = Moment(1_765_000_000_000);
    let table = [
        (
            Governance::Enrol { person: ben(), key: ONE.into(), roles: vec![Role::Engineer, Role::Owner] },
            vec![format!("grants rights on person `ben` in service: as engineer, owner, with key {one}")],
        ),
        (
            Governance::Enrol { person: ben(), key: ONE.into(), roles: vec![Role::Service] },
            vec![format!("grants rights on person `ben` in service: as a service account, which may ask and never countersigns, with key {one}")],
        ),
        (Governance::AddKey { person: ben(), key: ONE.into() }, vec![format!("grants rights on key `{one}` in service: to ben")]),
        (
            Governance::RotateKey { person: ben(), key: ONE.into(), old: TWO.into(), from },
            vec![
                format!("deletes key `{two}` in service: of ben, it signs nothing from 2025-12-06 05:46:40Z on, irreversible"),
                format!("grants rights on key `{one}` in service: to ben"),
            ],
        ),
        (
            Governance::SetRoles { person: ben(), given: vec![Role::Owner], taken: vec![Role::Engineer] },
            vec!["deletes role `engineer` in service: of ben".into(), "grants rights on role `owner` in service: to ben".into()],
        ),
        (
            Governance::Remove { person: ben() },
            vec!["deletes person `ben` in service: their keys sign nothing any more, and nothing goes on for them".into()],
        ),
        (
            Governance::SetTeam { team: "web".into(), joined: vec![ben()], left: vec![PersonId::new("eve")] },
            vec!["deletes team `web` in service: eve leaves it".into(), "grants rights on team `web` in service: ben joins it".into()],
        ),
    ];
    for (change, lines) in table {
        assert_eq!(effects(change.clone()).lines(), lines, "{change:?}");
    }
}

#[test]
fn every_change_leaves_the_box_and_lands_in_the_service() {
    let effects = effects(Governance::RevokeKey { person: ben(), key: ONE.into(), from: Moment(0) });
    assert!(!effects.stay_in_the_box());
    assert_eq!(effects.environment(), EnvironmentName::service());
    assert!(effects.iter().all(|effect| effect.tier == Tier::Host && effect.verb == Verb::Delete));
}
