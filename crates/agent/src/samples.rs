//! A small office for the tests of this crate: a real ledger and guard in a temporary folder, three people with keys, a
//! clock that is set by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use action::{
    AgentName, Change, ChangeSet, Content, Deed, Digest, Environment, EnvironmentName, Event, Generation, Intent, IntentId, Landing, Moment, PersonId,
    Reply, Role, SessionId, Signed, Tier,
};
use guard::{Guard, GuardKey, PolicySource, Signer};
use ledger::{Ledger, LogKey};
use tempfile::TempDir;
use testkit::FaultyStore;

use crate::book::Book;
use crate::budget::Budget;
use crate::office::Office;
use crate::survey::Survey;
use crate::teams::Teams;

pub(crate) struct Sample {
    pub(crate) office: Arc<Office>,
    pub(crate) clock: Arc<AtomicU64>,
    folder: TempDir,
}

impl Sample {
    /// ana asks, ben is a peer, olga an owner. `npm.example` is the registry that policy names.
    pub(crate) fn new() -> Self {
        Self::over(&|place, key| Ledger::open(place, key()).unwrap())
    }

    /// The same over a store whose commits can be made to fail.
    pub(crate) fn faulty() -> (Self, FaultyStore) {
        let store = std::cell::RefCell::new(None);
        let sample = Self::over(&|place, key| {
            let (faulty, ledger) = FaultyStore::over(place, key);
            store.replace(Some(faulty));
            ledger
        });
        (sample, store.into_inner().unwrap())
    }

    fn over(opened: &dyn Fn(&Path, &dyn Fn() -> LogKey) -> Ledger) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicU64::new(1_000_000));
        let time = Arc::clone(&clock);
        let log = || LogKey::generate("tests", [1; 32]);
        let place = folder.path().join("service");
        fs::create_dir_all(&place).unwrap();
        let vkey = log().vkey();
        let book = Book::over(opened(&place, &log), Box::new(move || Moment(time.load(Ordering::SeqCst))));
        let guard_key = GuardKey::generate([2; 32]);
        let founded = Event::Founded { guard: guard_key.public().to_openssh().unwrap(), log: vkey, governed: false, places: false };
        let source = PolicySource { policies: include_str!("../../../policies/default.cedar"), schema: include_str!("../../../policies/schema.cedarschema") };
        let guard = Guard::with_registries(source, ["npm.example"], guard_key).unwrap().naming_documentation(["docs.example"]).unwrap();
        let next = AtomicU64::new(1);
        let ids = Box::new(move || format!("{:032x}", next.fetch_add(1, Ordering::SeqCst)));
        let office = Office { book, guard, observed: None, folder: place, home: PathBuf::from("/home/ana"), reachable: vec!["npm.example".into()], documentation: vec!["docs.example".into()], gh: Vec::new(), gh_host: None, passkeys: action::RelyingParty::default(), budget: Budget::default(), teams: Teams::default(), prices: model::Prices::published().unwrap(), ids };
        office.book.write(&[founded]).unwrap();
        let sample = Self { office: Arc::new(office), clock, folder };
        fs::create_dir_all(sample.root()).unwrap();
        sample.enrol("ana", &[Role::Engineer, Role::Owner, Role::Admin]);
        sample.enrol("ben", &[Role::Engineer]);
        sample.enrol("olga", &[Role::Engineer, Role::Owner]);
        sample
    }

    fn enrol(&self, person: &str, roles: &[Role]) {
        let key = key_of(person).public_key().to_openssh().unwrap();
        self.write(&[Event::Enrolled { person: PersonId::new(person), key, roles: roles.to_vec(), by: PersonId::new("ana") }]);
    }

    pub(crate) fn book(&self) -> &Book {
        &self.office.book
    }

    pub(crate) fn write(&self, events: &[Event]) {
        self.book().write(events).unwrap();
    }

    /// The same where no more than this may be spent.
    pub(crate) fn with_budget(budget: Budget) -> Self {
        let mut sample = Self::new();
        Arc::get_mut(&mut sample.office).unwrap().budget = budget;
        sample
    }

    /// The same with these people in these teams.
    pub(crate) fn with_teams(mut self, teams: &str) -> Self {
        Arc::get_mut(&mut self.office).unwrap().teams = serde_json::from_str(teams).unwrap();
        self
    }

    /// The same with one more rule.
    pub(crate) fn with_rule(mut self, rule: &str) -> Self {
        let policies = format!("{}\n{rule}\n", include_str!("../../../policies/default.cedar"));
        let source = PolicySource { policies: &policies, schema: include_str!("../../../policies/schema.cedarschema") };
        let guard = Guard::with_registries(source, ["npm.example"], GuardKey::generate([2; 32])).unwrap();
        Arc::get_mut(&mut self.office).unwrap().guard = guard;
        self
    }

    /// The same under another policy.
    pub(crate) fn with_policy(mut self, policies: &str) -> Self {
        let source = PolicySource { policies, schema: include_str!("../../../policies/schema.cedarschema") };
        Arc::get_mut(&mut self.office).unwrap().guard = Guard::new(source, GuardKey::generate([2; 32])).unwrap();
        self
    }

    /// A replay of the whole ledger.
    pub(crate) fn audited(&self) -> guard::audit::AuditReport {
        let mut audit = guard::audit::Audit::with_blobs(|digest| self.book().get(digest).ok());
        for (index, bytes) in self.book().ledger().entries(0..self.book().ledger().len()).unwrap() {
            audit.entry(index, &bytes).ok();
        }
        audit.finish()
    }

    pub(crate) fn set_clock(&self, milliseconds: u64) {
        self.clock.store(milliseconds, Ordering::SeqCst);
    }

    pub(crate) fn clock_back(&self, seconds: u64) {
        self.clock.fetch_sub(seconds * 1000, Ordering::SeqCst);
    }

    pub(crate) fn later(&self, seconds: u64) {
        self.clock.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// The person's tree.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("tree")
    }

    pub(crate) fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.root().join(name)).unwrap()
    }

    pub(crate) fn file(&self, text: &str) -> Content {
        Content::File { digest: self.book().put(text.as_bytes()).unwrap(), size: text.len() as u64, executable: false }
    }

    /// A change set of one file, kept as a blob.
    pub(crate) fn change(&self, path: &str, before: Option<&str>, after: Option<&str>) -> Digest {
        let change = Change { path: path.into(), before: before.map(|text| self.file(text)), after: after.map(|text| self.file(text)) };
        self.book().put_value(&ChangeSet::new(self.root().to_str().unwrap(), vec![change])).unwrap()
    }

    /// Proposes a deed and assesses it with the real guard, as `act` does.
    pub(crate) fn propose(&self, deed: Deed) -> IntentId {
        self.propose_as("ana", deed)
    }

    /// The same, asked by somebody else.
    pub(crate) fn propose_as(&self, person: &str, deed: Deed) -> IntentId {
        let intent = Intent { asked_by: PersonId::new(person), ..self.intent(deed) };
        let effects = Survey::outside().effects(&self.office, &intent).unwrap();
        let digest = Digest::of(&effects).unwrap();
        let verdict = self.office.assess(&intent, &effects, true, 0);
        let generation = self.book().fence(&effects).unwrap();
        let expires = self.office.hold_expiry();
        let id = intent.id.clone();
        self.write(&[Event::Proposed { intent, effects, digest }, Event::Assessed { intent: id.clone(), verdict, generation, expires }]);
        id
    }

    pub(crate) fn intent(&self, deed: Deed) -> Intent {
        Intent { v: 1, id: self.office.intent_id(), session: session(), turn: 1, asked_by: PersonId::new("ana"), agent: AgentName::new("engineer"), deed }
    }

    /// `a.txt` from `one` to `two`, held for ana.
    pub(crate) fn held_landing(&self) -> IntentId {
        self.put("a.txt", "one");
        self.propose(self.landing("a.txt", Some("one"), Some("two")))
    }

    pub(crate) fn landing(&self, path: &str, before: Option<&str>, after: Option<&str>) -> Deed {
        Deed::Land { root: self.root().to_str().unwrap().into(), change: self.change(path, before, after), landing: Landing::Worktree }
    }

    /// The tree as an environment, and a change to `a.txt` in it.
    pub(crate) fn held_change(&self, tier: Tier) -> IntentId {
        self.put("a.txt", "one");
        self.map(tier, 1);
        let change = self.change("a.txt", Some("one"), Some("two"));
        self.propose(Deed::Change { environment: EnvironmentName::new("eu"), command: "deploy".into(), change })
    }

    pub(crate) fn map(&self, tier: Tier, generation: u64) {
        self.map_with(tier, generation, action::Terms::default());
    }

    pub(crate) fn map_with(&self, tier: Tier, generation: u64, terms: action::Terms) {
        let environment = Environment {
            name: EnvironmentName::new("eu"),
            tier,
            paths: vec![self.root().to_str().unwrap().into()],
            hosts: Vec::new(),
            remotes: Vec::new(),
            recovery: Vec::new(),
            owners: Vec::new(),
            terms,
            identities: Vec::new(),
        };
        self.write(&[Event::Mapped { environment, generation: Generation(generation), by: PersonId::new("ana") }]);
    }

    /// What a person signs at a desk.
    pub(crate) fn said(&self, id: &IntentId, person: &str, reply: Reply, why: &str) -> Signed {
        let story = self.book().story(id).unwrap().unwrap();
        let policy = story.verdict.as_ref().unwrap().policy;
        let answer = guard::question(&story.intent, &story.effects, policy, story.generation, story.expires, PersonId::new(person), reply, why.into()).unwrap();
        key_of(person).sign(&answer).unwrap()
    }

    pub(crate) fn yes(&self, id: &IntentId, person: &str) -> Signed {
        self.said(id, person, Reply::Yes, "")
    }
}

pub(crate) fn session() -> SessionId {
    SessionId::new("s1")
}

/// Every name has a key, enrolled or not.
pub(crate) fn key_of(person: &str) -> Signer {
    let seed = *Digest::of_bytes(person.as_bytes()).raw();
    Signer::from_key_file(guard::generate_person_key(seed, person).unwrap().as_bytes(), None).unwrap()
}
