//! One service in memory: the shipped policy, four people with keys, an agent that acts for Ana.

use std::sync::LazyLock;

use action::{
    AgentName, Answer, Deed, Effect, Effects, EnvironmentName, Event, Generation, Intent, IntentId, Moment, PersonId, Reply, Resource,
    Role, SessionId, Signed, Tier, Verb, Verdict,
};
use guard::{Circumstances, Guard, GuardKey, NotPermitted, PolicySource, Recorded, Roster, Signer};

pub(crate) const POLICIES: &str = include_str!("../../../../policies/default.cedar");
pub(crate) const SCHEMA: &str = include_str!("../../../../policies/schema.cedarschema");
pub(crate) const NOW: Moment = Moment(1_765_000_000_000);
pub(crate) const LATER: Moment = Moment(1_765_000_900_000);
pub(crate) const REGISTRY: &str = "index.crates.io";
pub(crate) const DOCUMENTATION: &str = "docs.rs";

pub(crate) struct World {
    pub(crate) guard: &'static Guard,
    pub(crate) roster: Roster,
    pub(crate) circumstances: Circumstances,
}

/// Loading the policy is the slow part, and a guard remembers nothing.
static GUARD: LazyLock<Guard> = LazyLock::new(|| {
    let source = PolicySource { policies: POLICIES, schema: SCHEMA };
    Guard::with_registries(source, [REGISTRY], GuardKey::generate([9; 32])).unwrap().naming_documentation([DOCUMENTATION]).unwrap()
});

/// Ana asks. Ben is an engineer, Cleo an owner, Dora an engineer. Ana founded the service and is an owner too.
impl World {
    pub(crate) fn new() -> Self {
        let mut roster = Roster::new();
        for event in enrolments() {
            roster.apply(&event, NOW).unwrap();
        }
        let circumstances = Circumstances {
            asked_by: PersonId::new("ana"),
            agent: AgentName::new("engineer"),
            boxed: true,
            in_force: Default::default(),
            generation: Generation(3),
            stopped: false,
            electorate: guard::Electorate::default(),
            terms: action::Terms::default(),
        };
        Self { guard: &GUARD, roster, circumstances }
    }

    pub(crate) fn assess(&self, effects: &Effects) -> Verdict {
        self.guard.assess(&intent("i-1"), effects, &self.circumstances)
    }

    /// What `name` would sign for intent `i-1`.
    pub(crate) fn answer(&self, name: &str, effects: &Effects, reply: Reply) -> Answer {
        let why = if reply == Reply::No { "not today" } else { "" };
        let person = PersonId::new(name);
        let (policy, generation) = (self.guard.policy_digest(), self.circumstances.generation);
        guard::question(&intent("i-1"), effects, policy, generation, LATER, person, reply, why.into()).unwrap()
    }

    pub(crate) fn yes(&self, name: &str, effects: &Effects) -> Signed {
        signer(name).sign(&self.answer(name, effects, Reply::Yes)).unwrap()
    }

    pub(crate) fn no(&self, name: &str, effects: &Effects) -> Signed {
        signer(name).sign(&self.answer(name, effects, Reply::No)).unwrap()
    }

    pub(crate) fn permit(&self, effects: &Effects, answers: &[Signed]) -> Result<Signed, NotPermitted> {
        self.permit_at(effects, answers, NOW)
    }

    pub(crate) fn permit_at(&self, effects: &Effects, answers: &[Signed], now: Moment) -> Result<Signed, NotPermitted> {
        let verdict = self.assess(effects);
        self.guard.permit(&intent("i-1"), effects, &verdict, &self.circumstances, &self.roster, &recorded(answers), now, 60)
    }
}

/// Answers that all came in just now.
pub(crate) fn recorded(answers: &[Signed]) -> Vec<Recorded> {
    answers.iter().map(|answer| Recorded { at: NOW, answer: answer.clone() }).collect()
}

pub(crate) fn enrolments() -> Vec<Event> {
    vec![
        enrolled("ana", &signer("ana"), &[Role::Engineer, Role::Owner, Role::Admin], "ana"),
        enrolled("ben", &signer("ben"), &[Role::Engineer], "ana"),
        enrolled("cleo", &signer("cleo"), &[Role::Owner], "ana"),
        enrolled("dora", &signer("dora"), &[Role::Engineer], "ana"),
    ]
}

pub(crate) fn enrolled(name: &str, signer: &Signer, roles: &[Role], by: &str) -> Event {
    Event::Enrolled {
        person: PersonId::new(name),
        key: signer.public_key().to_openssh().unwrap(),
        roles: roles.to_vec(),
        by: PersonId::new(by),
    }
}

/// The key of a name: always the same one.
pub(crate) fn signer(name: &str) -> Signer {
    let mut seed = [7; 32];
    seed.iter_mut().zip(name.bytes()).for_each(|(s, b)| *s = b);
    Signer::from_key_file(guard::generate_person_key(seed, name).unwrap().as_bytes(), None).unwrap()
}

pub(crate) fn intent(id: &str) -> Intent {
    Intent {
        v: 1,
        id: IntentId::new(id),
        session: SessionId::new("s-1"),
        turn: 1,
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        deed: Deed::Shell { command: "./deploy.sh".into(), cwd: ".".into(), seconds: 60, background: false },
    }
}

pub(crate) fn intent_to(deed: Deed) -> Intent {
    Intent { deed, ..intent("i-1") }
}

pub(crate) fn effect(verb: Verb, tier: Tier) -> Effect {
    let place = match tier {
        Tier::Workspace => EnvironmentName::workspace(),
        Tier::Host => EnvironmentName::host(),
        Tier::Unknown => EnvironmentName::unknown(),
        Tier::Development | Tier::Staging | Tier::Production => EnvironmentName::new(format!("{tier}/region-1")),
    };
    Effect::in_workspace(verb, Resource::new("service", "cost-explorer")).at(place, tier)
}

pub(crate) fn one(effect: Effect) -> Effects {
    Effects::new(vec![effect])
}

/// A production update: one peer.
pub(crate) fn peer_work() -> Effects {
    one(effect(Verb::Update, Tier::Production))
}

/// A production delete of data that has a recovery point: two peers, one an owner.
pub(crate) fn grave_work() -> Effects {
    let mut delete = effect(Verb::Delete, Tier::Production).that_is(action::Reversibility::Recoverable);
    delete.data_bearing = true;
    one(delete)
}

/// All places of [`effect`].
pub(crate) fn everywhere() -> Vec<EnvironmentName> {
    ["workspace", "worktree", "host", "unknown", "development", "staging", "production"].map(EnvironmentName::new).to_vec()
}
