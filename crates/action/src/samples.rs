//! One value of each kind, for the tests of this crate.

use ssh_key::private::{Ed25519Keypair, PrivateKey};
use ssh_key::{HashAlg, LineEnding};

use crate::*;

/// A key that is the same in every run.
pub(crate) fn key(seed: u8) -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&[seed; 32]))
}

/// Any text, signed as `ssh-keygen -Y sign` does.
pub(crate) fn sign(key: &PrivateKey, namespace: &str, text: &str) -> Signed {
    let signature = key.sign(namespace, HashAlg::Sha512, text.as_bytes()).unwrap();
    Signed { text: text.into(), signature: signature.to_pem(LineEnding::LF).unwrap() }
}

pub(crate) fn intent() -> Intent {
    Intent {
        v: 1,
        id: IntentId::new("i1"),
        session: SessionId::new("s1"),
        turn: 1,
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        deed: Deed::Delete { path: "environments/production".into() },
    }
}

pub(crate) fn verdict(decision: Decision) -> Verdict {
    let reasons = vec![Reason { rule: "inside".into(), text: "it stays in the box".into() }];
    Verdict { decision, reasons, policy: Digest::of_bytes(b"policy") }
}

pub(crate) fn assessed(decision: Decision) -> Event {
    Event::Assessed { intent: intent().id, verdict: verdict(decision), generation: Generation(1), expires: Moment(9) }
}

/// One event of each kind, in the order of the enum. The three decisions of `Assessed` are one kind; here it permits.
pub(crate) fn one_of_each() -> Vec<Event> {
    let digest = Digest::of_bytes(b"blob");
    let id = intent().id;
    let (session, ana) = (intent().session, intent().asked_by);
    let signed = Signed { text: "{}".into(), signature: String::new() };
    let outcome = Outcome { line: "done".into(), exit: Some(0), output: None, ms: 3 };
    let environment = Environment {
        name: EnvironmentName::new("production/region-1"),
        tier: Tier::Production,
        paths: vec!["/srv/region-1".into()],
        hosts: Vec::new(),
        remotes: Vec::new(),
        recovery: Vec::new(),
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    vec![
        Event::Founded { guard: "ssh-ed25519 A".into(), log: "log+1+A".into(), governed: true, places: true },
        Event::Enrolled { person: ana.clone(), key: "ssh-ed25519 B".into(), roles: vec![Role::Owner], by: ana.clone() },
        Event::Mapped { environment, generation: Generation(1), by: ana.clone() },
        Event::Opened {
            session: session.clone(),
            person: ana.clone(),
            agent: AgentName::new("engineer"),
            root: "/home/ana/app".into(),
            model: "recorded/december".into(),
            level: "namespaces, landlock 6".into(),
            parent: None,
        },
        Event::Prompted { session: session.clone(), turn: 1, words: Some(digest), images: vec![digest] },
        Event::Replied { session: session.clone(), turn: 1, reply: digest, input: 5, cached: 4, written: 2, output: 3, model: "anthropic/x".into() },
        Event::Proposed { intent: intent(), effects: Effects::default(), digest },
        assessed(Decision::Permit),
        Event::Answered { intent: id.clone(), person: ana.clone(), answer: signed.clone() },
        Event::Countersigned { intent: id.clone(), permit: signed },
        Event::Refused { intent: id.clone(), by: RefusedBy::Policy, reasons: Vec::new() },
        Event::Started { intent: id.clone(), permit: digest },
        Event::Finished { intent: id.clone(), outcome: outcome.clone() },
        Event::Failed { intent: id.clone(), outcome },
        Event::Unknown { intent: id, why: "the process was gone".into() },
        Event::LoggedIn { root: "/home/ana/app".into(), server: mcp_server(), issuer: "https://id.example".into(), scopes: vec!["read".into()], by: ana.clone() },
        Event::LoggedOut { root: "/home/ana/app".into(), server: mcp_server(), by: ana.clone() },
        Event::Stopped { scope: StopScope::All, by: ana },
        Event::Checkpointed { session: session.clone(), step: 0, manifest: digest },
        Event::Evidenced { session: session.clone(), spec: ".kiro/specs/totals".into(), task: "2.1".into(), judgement: digest, done: true },
        Event::Synced { session: session.clone(), spec: ".kiro/specs/totals".into(), seen: digest },
        Event::Closed { session, how: "done".into() },
        Event::Handed { intent: intent().id, permit: digest },
        Event::Observed { about: intent().id, policies: Digest::of_bytes(b"p"), would: Decision::Refuse, was: Decision::Permit, reasons: Vec::new() },
        Event::Notified { about: intent().id, notice: Notice::Waiting { time: 2 }, channel: "on-call".into() },
        Event::CorrectionOpened { intent: intent().id, title: "the glass was broken".into() },
        Event::Governed { intent: intent().id, number: 1, change: Governance::Remove { person: PersonId::new("ben") } },
    ]
}

fn mcp_server() -> McpServer {
    McpServer { name: "far".into(), at: McpPlace::At { url: "https://mcp.example/mcp".into(), headers: Default::default() } }
}
