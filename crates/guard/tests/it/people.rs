//! Changes of people, from the proposal to the roster: with real signatures, by the live fold and by the audit, which must agree.

use action::{
    Answer, 
    AgentName, Decision, Deed, Digest, Effect, Effects, Entry, EnvironmentName, Event, Intent, IntentId, Moment, Outcome, Governance, PersonId, Quorum, Reply,
    Resource, Role, SessionId, Signed, Tier, Verb, canonical,
};
use guard::audit::{Audit, AuditReport, Wrong};
use guard::{Circumstances, Electorate, NotEnrolled, NotPermitted, Recorded, Roster};

use crate::world::{World, signer};

const FIRST: u64 = 1_765_000_000_000;

pub(crate) fn person(name: &str) -> PersonId {
    PersonId::new(name)
}

fn key(name: &str) -> String {
    signer(name).public_key().to_openssh().unwrap()
}

pub(crate) fn enrol(name: &str, roles: &[Role]) -> Governance {
    Governance::Enrol { person: person(name), key: key(name), roles: roles.to_vec() }
}

fn roles(name: &str, given: &[Role], taken: &[Role]) -> Governance {
    Governance::SetRoles { person: person(name), given: given.to_vec(), taken: taken.to_vec() }
}

/// A ledger of changes of people, each entry a second after the one before.
pub(crate) struct Ledger {
    pub(crate) world: World,
    pub(crate) roster: Roster,
    entries: Vec<Entry>,
}

impl Ledger {
    /// Founded by ana, who is the only admin.
    pub(crate) fn founded() -> Self {
        Self::founded_as(true)
    }

    pub(crate) fn founded_as(governed: bool) -> Self {
        let mut ledger = Self { world: World::new(), roster: Roster::new(), entries: Vec::new() };
        let guard = ledger.world.guard.public_key().to_openssh().unwrap();
        ledger.put(Event::Founded { guard, log: "log".into(), governed, places: governed });
        let (ana, all) = (person("ana"), vec![Role::Engineer, Role::Owner, Role::Admin]);
        ledger.put(Event::Enrolled { person: ana.clone(), key: key("ana"), roles: all, by: ana });
        ledger
    }

    /// Founded by ana, with ben the engineer, olga the owner and adam the admin.
    pub(crate) fn of_four() -> Self {
        let mut ledger = Self::founded();
        for change in [enrol("ben", &[Role::Engineer]), enrol("olga", &[Role::Engineer, Role::Owner]), enrol("adam", &[Role::Admin])] {
            ledger.done("ana", change, &["ana"]);
        }
        assert!(!ledger.roster.is_founding());
        ledger
    }

    pub(crate) fn now(&self) -> Moment {
        Moment(FIRST + 1000 * self.entries.len() as u64)
    }

    pub(crate) fn put(&mut self, event: Event) {
        self.roster.apply(&event, self.now()).ok();
        self.entries.push(Entry { v: 1, at: self.now(), event });
    }

    pub(crate) fn intent(&self, asked_by: &str, change: Governance) -> Intent {
        let (id, session) = (IntentId::new(format!("i{}", self.entries.len())), SessionId::new("desk"));
        Intent { v: 1, id, session, turn: 0, asked_by: person(asked_by), agent: AgentName::new("nobody"), deed: Deed::Govern { change } }
    }

    pub(crate) fn circumstances(&self, intent: &Intent) -> Circumstances {
        let electorate = Electorate::of(intent, &self.roster);
        let generation = action::Generation(0);
        let places = if let Deed::Govern { .. } = &intent.deed { effects_of(intent).places() } else { Default::default() };
        let terms = self.roster.ballot(intent, &places).terms().clone();
        Circumstances { asked_by: intent.asked_by.clone(), agent: intent.agent.clone(), boxed: true, in_force: Default::default(), generation, stopped: false, electorate, terms }
    }

    /// Proposed and assessed.
    pub(crate) fn asked(&mut self, asked_by: &str, change: Governance) -> (Intent, Decision) {
        let intent = self.intent(asked_by, change);
        let effects = effects_of(&intent);
        let verdict = self.world.guard.assess(&intent, &effects, &self.circumstances(&intent));
        let (decision, digest) = (verdict.decision, Digest::of(&effects).unwrap());
        self.put(Event::Proposed { intent: intent.clone(), effects, digest });
        let expires = Moment(FIRST + 1_000_000);
        self.put(Event::Assessed { intent: intent.id.clone(), verdict, generation: action::Generation(0), expires });
        (intent, decision)
    }

    pub(crate) fn answered(&mut self, intent: &Intent, name: &str) {
        let answer = self.yes(intent, name, name);
        self.put(Event::Answered { intent: intent.id.clone(), person: person(name), answer });
    }

    pub(crate) fn yes(&self, intent: &Intent, name: &str, with: &str) -> Signed {
        signer(with).sign(&self.question(intent, name)).unwrap()
    }

    pub(crate) fn question(&self, intent: &Intent, name: &str) -> Answer {
        let policy = self.world.guard.policy_digest();
        let expires = Moment(FIRST + 1_000_000);
        guard::question(intent, &effects_of(intent), policy, action::Generation(0), expires, person(name), Reply::Yes, String::new()).unwrap()
    }

    fn recorded(&self, intent: &Intent) -> Vec<Recorded> {
        let of = |entry: &Entry| match &entry.event {
            Event::Answered { intent: id, answer, .. } if *id == intent.id => Some(Recorded { at: entry.at, answer: answer.clone() }),
            _ => None,
        };
        self.entries.iter().filter_map(of).collect()
    }

    pub(crate) fn permit(&self, intent: &Intent) -> Result<Signed, NotPermitted> {
        let (effects, circumstances) = (effects_of(intent), self.circumstances(intent));
        let verdict = self.world.guard.assess(intent, &effects, &circumstances);
        self.world.guard.permit(intent, &effects, &verdict, &circumstances, &self.roster, &self.recorded(intent), self.now(), 60)
    }

    pub(crate) fn started(&mut self, intent: &Intent, permit: &Signed) {
        self.put(Event::Countersigned { intent: intent.id.clone(), permit: permit.clone() });
        self.put(Event::Started { intent: intent.id.clone(), permit: permit.digest() });
    }

    /// Writes the change and the end of its intent, and folds it as a book does.
    pub(crate) fn governed(&mut self, intent: &Intent, change: Governance) -> Result<(), NotEnrolled> {
        let governed = Event::Governed { intent: intent.id.clone(), number: self.roster.changes() + 1, change };
        self.entries.push(Entry { v: 1, at: self.now(), event: governed });
        let of_intent: Vec<Entry> = self.entries.iter().filter(|entry| entry.event.intent() == Some(&intent.id)).cloned().collect();
        let folded = self.roster.govern(&of_intent);
        let outcome = Outcome { line: "done".into(), exit: None, output: None, ms: 0 };
        self.put(Event::Finished { intent: intent.id.clone(), outcome });
        folded
    }

    /// The whole way; these people sign.
    #[track_caller]
    pub(crate) fn done(&mut self, asked_by: &str, change: Governance, signers: &[&str]) {
        self.roster.check(&change).unwrap();
        let (intent, _) = self.asked(asked_by, change.clone());
        signers.iter().for_each(|name| self.answered(&intent, name));
        let permit = self.permit(&intent).unwrap();
        self.started(&intent, &permit);
        self.governed(&intent, change).unwrap();
    }

    pub(crate) fn audited(&self) -> AuditReport {
        let mut audit = Audit::new();
        for (index, entry) in self.entries.iter().enumerate() {
            audit.entry(index as u64, &canonical(entry).unwrap()).ok();
        }
        audit.finish()
    }
}

/// As the service computes them: one effect for each right.
pub(crate) fn effects_of(intent: &Intent) -> Effects {
    let Deed::Govern { change } = &intent.deed else { panic!("{intent:?}") };
    let one = |verb, kind: &str, name: &str| Effect::in_workspace(verb, Resource::new(kind, name)).at(EnvironmentName::service(), Tier::Host);
    Effects::new(match change {
        Governance::Enrol { person, key, .. } => vec![one(Verb::Grant, "person", person.as_str()), one(Verb::Grant, "key", key)],
        Governance::AddKey { key, .. } => vec![one(Verb::Grant, "key", key)],
        Governance::RevokeKey { key, .. } => vec![one(Verb::Delete, "key", key)],
        Governance::RotateKey { key, old, .. } => vec![one(Verb::Grant, "key", key), one(Verb::Delete, "key", old)],
        Governance::SetRoles { given, taken, .. } => {
            let given = given.iter().map(|role| one(Verb::Grant, "role", role.as_str()));
            given.chain(taken.iter().map(|role| one(Verb::Delete, "role", role.as_str()))).collect()
        }
        Governance::Remove { person } => vec![one(Verb::Delete, "person", person.as_str())],
        Governance::SetTeam { team, joined, left } => {
            let joined = joined.iter().map(|_| one(Verb::Grant, "team", team));
            joined.chain(left.iter().map(|_| one(Verb::Delete, "team", team))).collect()
        }
        Governance::SetEnvironment { environment, .. } | Governance::RemoveEnvironment { environment, .. } => vec![one(Verb::Grant, "environment", environment.name.as_str())],
        Governance::Freeze { freeze } => vec![one(Verb::Create, "freeze", freeze.environment.as_str())],
        Governance::Thaw { freeze } => vec![one(Verb::Grant, "freeze", freeze.environment.as_str())],
        Governance::GrantAccess { access } => vec![one(Verb::Grant, if access.is_wide() { "wide-access" } else { "access" }, access.environment.as_str())],
        Governance::RevokeAccess { access, .. } => vec![one(Verb::Delete, "access", access.as_str())],
        Governance::BreakGlass { glass } => vec![one(Verb::Grant, "break-glass", glass.environment.as_str())],
        Governance::ReviewGlass { glass, .. } => vec![one(Verb::Create, "review", glass.as_str())],
        Governance::SetPolicy { .. } => vec![one(Verb::Grant, "policy", "ours")],
        Governance::Observe { .. } => vec![one(Verb::Create, "observed-policy", "theirs")],
        Governance::SetDeputy { deputy } => vec![one(Verb::Grant, "deputy", deputy.deputy.as_str())],
        Governance::EndDeputy { deputy } => vec![one(Verb::Delete, "deputy", deputy.deputy.as_str())],
    })
}

const ADMIN: Decision = Decision::Hold { quorum: Quorum::ADMIN };
const PEER: Decision = Decision::Hold { quorum: Quorum::ADMIN_AND_PEER };
const TWO: Decision = Decision::Hold { quorum: Quorum::OTHER_ADMIN };
const OWN: Decision = Decision::Hold { quorum: Quorum::ANYONE };
const REFUSE: Decision = Decision::Refuse;

/// Who asks for what, in the service of one admin and in that of two: verdict, and the rule that speaks first.
#[test]
fn who_must_agree_to_what_as_a_table() {
    let own_key = |name: &str| Governance::AddKey { person: person(name), key: key("spare") };
    let revoke = |name: &str| Governance::RevokeKey { person: person(name), key: key(name), from: Moment(FIRST) };
    let team = |joined: &[&str], left: &[&str]| Governance::SetTeam { team: "web".into(), joined: joined.iter().map(|n| person(n)).collect(), left: left.iter().map(|n| person(n)).collect() };
    let mut one = Ledger::founded();
    one.done("ana", enrol("ben", &[Role::Engineer]), &["ana"]);
    let two = Ledger::of_four();
    let mut left = Ledger::of_four();
    left.done("ana", Governance::Remove { person: person("adam") }, &["ana"]);
    #[rustfmt::skip]
    let table = [
        (&one, "ana", enrol("eve", &[Role::Engineer]), ADMIN, "people-admin"),
        (&one, "ana", enrol("eve", &[Role::Admin]), ADMIN, "people-admin"),
        (&one, "ana", own_key("ana"), ADMIN, "people-admin"),
        (&one, "ana", roles("ben", &[Role::Owner], &[]), ADMIN, "people-admin"),
        (&one, "ana", roles("ana", &[Role::Owner], &[]), PEER, "people-no-other-admin"),
        (&one, "ben", own_key("ben"), ADMIN, "people-admin"),
        (&one, "ben", revoke("ben"), OWN, "leaves-the-box"),
        (&one, "ben", enrol("eve", &[Role::Engineer]), REFUSE, "people-asked-by-admin"),
        (&one, "ben", roles("ben", &[Role::Owner], &[]), REFUSE, "people-asked-by-admin"),
        (&one, "ben", revoke("ana"), REFUSE, "people-asked-by-admin"),
        (&two, "ana", enrol("eve", &[Role::Engineer]), TWO, "people-two-admins"),
        (&two, "ana", own_key("ana"), TWO, "people-two-admins"),
        (&two, "ana", own_key("ben"), TWO, "people-two-admins"),
        (&two, "ben", own_key("ben"), TWO, "people-two-admins"),
        (&two, "ana", roles("ana", &[Role::Owner], &[]), TWO, "people-two-admins"),
        (&two, "ana", roles("ben", &[Role::Owner], &[Role::Engineer]), TWO, "people-two-admins"),
        (&two, "ana", roles("ben", &[], &[Role::Engineer]), ADMIN, "people-admin"),
        (&two, "adam", Governance::Remove { person: person("ana") }, ADMIN, "people-admin"),
        (&two, "ana", revoke("ben"), ADMIN, "people-admin"),
        (&two, "ben", revoke("ben"), OWN, "leaves-the-box"),
        (&two, "ana", team(&["ben"], &[]), TWO, "people-two-admins"),
        (&two, "ana", team(&[], &["ben"]), ADMIN, "people-admin"),
        (&two, "ben", team(&["ben"], &[]), REFUSE, "people-asked-by-admin"),
        (&left, "ana", enrol("eve", &[Role::Engineer]), PEER, "people-no-other-admin"),
        (&left, "ana", roles("ben", &[], &[Role::Engineer]), ADMIN, "people-admin"),
    ];
    for (ledger, asked_by, change, decision, rule) in &table {
        let intent = ledger.intent(asked_by, change.clone());
        let verdict = ledger.world.guard.assess(&intent, &effects_of(&intent), &ledger.circumstances(&intent));
        assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (*decision, *rule), "{asked_by}: {}", change.words());
        // The policy never asks for less than what counts whatever a policy says.
        let least = ledger.roster.ballot(&intent, &[EnvironmentName::service()].into()).least().unwrap();
        assert!(matches!(verdict.decision, Decision::Hold { quorum } if quorum.and(least) == quorum) || verdict.decision == REFUSE, "{}", change.words());
    }
    let policy = crate::world::POLICIES.lines().filter_map(|line| line.strip_prefix("@id(\"people-")?.strip_suffix("\")"));
    for rule in policy.filter(|rule| !["not-by-agents", "unreadable"].contains(rule)) {
        assert!(table.iter().any(|row| row.4 == format!("people-{rule}")), "no row for `people-{rule}`");
    }
}

#[test]
fn no_agent_changes_people_and_nothing_unreadable_does() {
    let ledger = Ledger::founded();
    let change = enrol("eve", &[Role::Engineer]);
    let intent = Intent { agent: AgentName::new("engineer"), ..ledger.intent("ana", change.clone()) };
    let verdict = ledger.world.guard.assess(&intent, &effects_of(&intent), &ledger.circumstances(&intent));
    assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (REFUSE, "people-not-by-agents"));
    let intent = ledger.intent("ana", change);
    let verdict = ledger.world.guard.assess(&intent, &Effects::default(), &ledger.circumstances(&intent));
    assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (REFUSE, "people-unreadable"));
}

/// Who signs, and whether that is enough: the same for the permit, the fold and the audit.
#[test]
fn whose_signatures_are_enough_as_a_table() {
    #[rustfmt::skip]
    let table: [(&str, Governance, &[&str], bool); 14] = [
        ("ana", enrol("eve", &[Role::Engineer]), &["ana"], false),
        ("ana", enrol("eve", &[Role::Engineer]), &["adam"], false),
        ("ana", enrol("eve", &[Role::Engineer]), &["ben", "olga"], false),
        ("ana", enrol("eve", &[Role::Engineer]), &["ana", "olga"], false),
        ("ana", enrol("eve", &[Role::Engineer]), &["ana", "adam"], true),
        ("ana", roles("adam", &[Role::Owner], &[]), &["ana", "adam"], false),
        ("adam", roles("adam", &[Role::Owner], &[]), &["adam", "olga"], false),
        ("adam", roles("adam", &[Role::Owner], &[]), &["adam", "ana"], true),
        ("ben", Governance::AddKey { person: person("ben"), key: key("spare") }, &["ben", "olga"], false),
        ("ben", Governance::AddKey { person: person("ben"), key: key("spare") }, &["ben", "adam"], true),
        ("ana", Governance::Remove { person: person("adam") }, &["olga"], false),
        ("ana", Governance::Remove { person: person("adam") }, &["ana"], true),
        // Asked in ben's name, and signed by somebody who is neither ben nor an admin.
        ("ben", Governance::RevokeKey { person: person("ben"), key: key("ben"), from: Moment(FIRST) }, &["olga"], false),
        ("ben", Governance::RevokeKey { person: person("ben"), key: key("ben"), from: Moment(FIRST) }, &["ben"], true),
    ];
    for (asked_by, change, signers, enough) in table {
        let mut ledger = Ledger::of_four();
        let (intent, _) = ledger.asked(asked_by, change.clone());
        signers.iter().for_each(|name| ledger.answered(&intent, name));
        let what = format!("{} asked by {asked_by}, signed by {signers:?}", change.words());
        match ledger.permit(&intent) {
            Ok(permit) => {
                assert!(enough, "{what}");
                ledger.started(&intent, &permit);
                ledger.governed(&intent, change).unwrap();
            }
            Err(refused) => assert!(!enough && matches!(refused, NotPermitted::QuorumNotMet { .. } | NotPermitted::StillHeld { .. }), "{what}: {refused}"),
        }
        assert_eq!(ledger.audited().findings, [], "{what}");
    }
}

#[test]
fn an_entry_that_nobody_signed_for_changes_nobody_and_is_found() {
    let eve = || Event::Enrolled { person: person("eve"), key: key("eve"), roles: vec![Role::Owner], by: person("ana") };
    let mut ledger = Ledger::founded();
    ledger.put(eve());
    let finding = ledger.audited().findings.remove(0);
    assert_eq!((finding.index, finding.wrong), (2, Wrong::Enrolment(NotEnrolled::Unsigned)));
    assert!(!ledger.roster.is_enrolled(&person("eve")));
    let mut ledger = Ledger::of_four();
    let before = ledger.roster.changes();
    let stray = Intent { id: IntentId::new("never"), ..ledger.intent("ana", enrol("eve", &[Role::Owner])) };
    assert!(ledger.governed(&stray, enrol("eve", &[Role::Owner])).is_err());
    assert!(!ledger.roster.is_enrolled(&person("eve")));
    // It takes its number and stops nobody: the next change that is rightly made counts, live and in the audit.
    assert_eq!(ledger.roster.changes(), before + 1);
    ledger.done("ana", enrol("eve", &[Role::Engineer]), &["ana", "adam"]);
    let never = Some(IntentId::new("never"));
    let report = ledger.audited();
    assert!(!report.findings.is_empty() && report.findings.iter().all(|finding| finding.intent == never), "{:?}", report.findings);
}

#[test]
fn a_clock_that_is_set_back_brings_no_revoked_key_back() {
    let mut ledger = Ledger::of_four();
    let (intent, _) = ledger.asked("ana", enrol("eve", &[Role::Engineer]));
    let (answer, early) = (ledger.yes(&intent, "adam", "adam"), ledger.now());
    let from = ledger.now();
    ledger.done("ana", Governance::RevokeKey { person: person("adam"), key: key("adam"), from }, &["ana"]);
    let answered = Event::Answered { intent: intent.id.clone(), person: person("adam"), answer };
    ledger.entries.push(Entry { v: 1, at: Moment(early.0 - 1), event: answered });
    let finding = ledger.audited().findings.remove(0);
    assert!(matches!(&finding.wrong, Wrong::Answer(bad) if matches!(**bad, guard::BadAnswer::RevokedKey { .. })), "{finding}");
}

/// Whoever holds the guard's key and the ledger, but no admin's key, can write a permit of their own. It moves nobody.
#[test]
fn a_permit_that_asks_for_nobody_moves_nobody() {
    let mut ledger = Ledger::of_four();
    let change = enrol("eve", &[Role::Admin]);
    let (intent, _) = ledger.asked("ana", change.clone());
    let effects = effects_of(&intent);
    for quorum in [None, Some(Quorum::ANYONE)] {
        let mut bent = Ledger { world: World::new(), roster: ledger.roster.clone(), entries: ledger.entries.clone() };
        let permit = action::Permit {
            v: 1,
            intent: Digest::of(&intent).unwrap(),
            effects: Digest::of(&effects).unwrap(),
            policy: bent.world.guard.policy_digest(),
            environment: EnvironmentName::service(),
            generation: action::Generation(0),
            quorum,
            people: vec![],
            answers: vec![],
            issued: bent.now(),
            expires: Moment(FIRST + 1_000_000),
        };
        // The verdict is bent with it, so that nothing but the people's signatures is missing.
        for entry in &mut bent.entries {
            if let Event::Assessed { intent: id, verdict, .. } = &mut entry.event
                && *id == intent.id
            {
                verdict.decision = Decision::Permit;
            }
        }
        let permit = crate::audit::signed_by_guard(&String::from_utf8(canonical(&permit).unwrap()).unwrap());
        bent.started(&intent, &permit);
        let folded = bent.governed(&intent, change.clone()).unwrap_err();
        assert!(matches!(folded, NotEnrolled::NotBacked { .. }), "{folded}");
        assert!(!bent.roster.is_enrolled(&person("eve")));
        assert!(!bent.audited().findings.is_empty());
    }
}

#[test]
fn another_change_than_was_signed_moves_nobody() {
    let mut ledger = Ledger::of_four();
    let (intent, _) = ledger.asked("ana", roles("ben", &[], &[Role::Engineer]));
    ledger.answered(&intent, "ana");
    let permit = ledger.permit(&intent).unwrap();
    ledger.started(&intent, &permit);
    assert!(ledger.governed(&intent, enrol("eve", &[Role::Admin])).is_err());
    assert_eq!(ledger.audited().findings[0].wrong, Wrong::OtherChange);
}

#[test]
fn ledgers_of_older_versions_stay_good_until_their_first_signed_change() {
    let enrolled = |name: &str, roles: &[Role]| Event::Enrolled { person: person(name), key: key(name), roles: roles.to_vec(), by: person("ana") };
    let mut ledger = Ledger::founded_as(false);
    ledger.put(enrolled("ben", &[Role::Engineer]));
    ledger.put(enrolled("olga", &[Role::Owner, Role::Admin]));
    assert_eq!(ledger.audited().findings, []);
    ledger.done("ana", enrol("dora", &[Role::Engineer]), &["ana", "olga"]);
    assert_eq!(ledger.audited().findings, []);
    ledger.put(enrolled("eve", &[Role::Admin]));
    assert!(!ledger.roster.is_enrolled(&person("eve")));
    assert_eq!(ledger.audited().findings[0].wrong, Wrong::Enrolment(NotEnrolled::Unsigned));
}

#[test]
fn what_a_key_signed_before_its_revocation_counts_and_after_it_does_not() {
    // Of the two answers to one change, one may be by a key that is revoked from a moment between them, or before both.
    for (from_the_end, counts) in [(1, true), (60, false)] {
        let mut ledger = Ledger::of_four();
        let change = enrol("eve", &[Role::Engineer]);
        let (intent, _) = ledger.asked("ana", change.clone());
        ledger.answered(&intent, "adam");
        let from = Moment(ledger.now().0 - 1000 * from_the_end + 1000);
        let spare = Governance::AddKey { person: person("adam"), key: key("spare") };
        ledger.done("adam", spare, &["adam", "ana"]);
        ledger.done("adam", Governance::RevokeKey { person: person("adam"), key: key("adam"), from }, &["ana"]);
        ledger.answered(&intent, "ana");
        assert_eq!(ledger.permit(&intent).is_ok(), counts, "{from_the_end}");
        let late = ledger.yes(&intent, "adam", "adam");
        let matter = guard::Matter::of(&intent, &effects_of(&intent), ledger.world.guard.policy_digest(), action::Generation(0)).unwrap();
        let heard = matter.hear(&Recorded { at: ledger.now(), answer: late }, &ledger.roster, ledger.now()).unwrap_err();
        assert!(heard.to_string().contains("is revoked and signs nothing from"), "{heard}");
        assert_eq!(ledger.audited().findings, []);
    }
}

#[test]
fn a_permit_is_void_when_a_key_of_those_who_agreed_is_revoked_before_it_is_used() {
    let mut ledger = Ledger::of_four();
    let change = enrol("eve", &[Role::Engineer]);
    let (intent, _) = ledger.asked("ana", change.clone());
    ledger.answered(&intent, "ana");
    ledger.answered(&intent, "adam");
    let permit = ledger.permit(&intent).unwrap();
    let still = |ledger: &Ledger| ledger.world.guard.still_agreed(&intent, &effects_of(&intent), &permit, &ledger.recorded(&intent), &ledger.roster);
    still(&ledger).unwrap();
    let from = Moment(FIRST);
    ledger.done("ana", Governance::RevokeKey { person: person("adam"), key: key("adam"), from }, &["ana"]);
    let why = still(&ledger).unwrap_err();
    assert_eq!(why.to_string(), "ana, adam agreed, and of these only ana (asked for it) still count: a key was revoked or a person removed meanwhile");
    // Whoever starts it all the same is found, and moves nobody.
    ledger.started(&intent, &permit);
    assert!(ledger.governed(&intent, change).is_err());
    assert!(matches!(ledger.audited().findings[0].wrong, Wrong::PeopleDiffer { .. } | Wrong::NotAgreedAnyMore { .. }));
}

#[test]
fn somebody_who_was_removed_between_signing_and_execution_agreed_to_nothing() {
    let mut ledger = Ledger::of_four();
    let (intent, _) = ledger.asked("ana", enrol("eve", &[Role::Engineer]));
    ledger.answered(&intent, "ana");
    ledger.answered(&intent, "adam");
    let permit = ledger.permit(&intent).unwrap();
    ledger.done("ana", Governance::Remove { person: person("adam") }, &["ana"]);
    let still = ledger.world.guard.still_agreed(&intent, &effects_of(&intent), &permit, &ledger.recorded(&intent), &ledger.roster);
    assert!(matches!(still, Err(NotPermitted::NotAgreedAnyMore { .. })));
    let heard = guard::Matter::of(&intent, &effects_of(&intent), ledger.world.guard.policy_digest(), action::Generation(0)).unwrap();
    let heard = heard.hear(&Recorded { at: ledger.now(), answer: ledger.yes(&intent, "adam", "adam") }, &ledger.roster, ledger.now());
    assert_eq!(heard.unwrap_err().to_string(), "`adam` was removed, and signs nothing any more");
}

#[test]
fn what_was_done_with_a_key_after_it_was_lost_is_named_and_no_finding() {
    let mut ledger = Ledger::of_four();
    let lost = ledger.now();
    ledger.done("ana", enrol("eve", &[Role::Engineer]), &["ana", "adam"]);
    let early = ledger.audited();
    assert_eq!((early.findings, early.in_doubt), (vec![], vec![]));
    ledger.done("ana", Governance::RevokeKey { person: person("adam"), key: key("adam"), from: lost }, &["ana"]);
    let report = ledger.audited();
    assert_eq!(report.findings, []);
    assert_eq!(report.in_doubt.len(), 1, "the enrolment that the lost key agreed to: {:?}", report.in_doubt);
}

#[test]
fn one_of_two_admins_does_not_become_the_only_one_who_gives() {
    let mut ledger = Ledger::of_four();
    ledger.done("ana", Governance::Remove { person: person("adam") }, &["ana"]);
    let change = enrol("mallory", &[Role::Owner]);
    let (intent, decision) = ledger.asked("ana", change.clone());
    assert_eq!(decision, PEER);
    ledger.answered(&intent, "ana");
    assert!(ledger.permit(&intent).is_err());
    ledger.done("ana", change, &["ana", "ben"]);
    assert_eq!(ledger.audited().findings, []);
}

#[test]
fn a_change_out_of_its_turn_is_none() {
    let mut ledger = Ledger::founded();
    let change = enrol("ben", &[Role::Engineer]);
    let (intent, _) = ledger.asked("ana", change.clone());
    ledger.answered(&intent, "ana");
    let permit = ledger.permit(&intent).unwrap();
    ledger.started(&intent, &permit);
    ledger.entries.push(Entry { v: 1, at: ledger.now(), event: Event::Governed { intent: intent.id.clone(), number: 2, change } });
    let of_intent: Vec<Entry> = ledger.entries.iter().filter(|entry| entry.event.intent() == Some(&intent.id)).cloned().collect();
    assert_eq!(ledger.roster.govern(&of_intent), Err(NotEnrolled::OutOfTurn { number: 2, expected: 1 }));
    assert!(matches!(ledger.audited().findings[0].wrong, Wrong::Enrolment(NotEnrolled::OutOfTurn { .. })));
}
