//! The shipped policy as a table: effect × circumstances → verdict and the rule that speaks first.

use action::{Certainty, Decision, Deed, Digest, Effect, Effects, Landing, Quorum, Resource, Reversibility, Tier, Verb};

use crate::world::{DOCUMENTATION, NOW, REGISTRY, World, effect, everywhere, intent, intent_to, one};

const PERMIT: Decision = Decision::Permit;
const REQUESTER: Decision = Decision::Hold { quorum: Quorum::ANYONE };
const PEER: Decision = Decision::Hold { quorum: Quorum::PEER };
const TWO: Decision = Decision::Hold { quorum: Quorum::TWO_WITH_OWNER };
const REFUSE: Decision = Decision::Refuse;

/// What the columns say of the effect and the hour.
type Change = fn(&mut Effect, &mut World);

const PLAIN: Change = |_, _| {};
const UNBOXED: Change = |_, w| w.circumstances.boxed = false;
const FROZEN: Change = |_, w| w.circumstances.in_force.frozen = everywhere();
const STOPPED: Change = |_, w| w.circumstances.stopped = true;
const OPAQUE: Change = |e, _| e.certainty = Certainty::Opaque;
const DATA: Change = |e, _| e.data_bearing = true;
const IRREVERSIBLE: Change = |e, _| e.reversibility = Reversibility::Irreversible;
const RECOVERABLE_DATA: Change = |e, _| {
    e.data_bearing = true;
    e.reversibility = Reversibility::Recoverable;
};
const LOST_DATA: Change = |e, _| {
    e.data_bearing = true;
    e.reversibility = Reversibility::Irreversible;
};
const LOST_OPAQUE: Change = |e, w| {
    LOST_DATA(e, w);
    e.certainty = Certainty::Opaque;
};
const WHOLE: Change = |e, _| e.whole_environment = true;
const WHOLE_RECOVERABLE: Change = |e, w| {
    RECOVERABLE_DATA(e, w);
    e.whole_environment = true;
};
const CONFIG: Change = |e, _| e.resource = Resource::new("agent-config", "CLAUDE.md");
const CRATES: Change = |e, _| e.resource = Resource::new("host", REGISTRY);
const CRATES_443: Change = |e, _| e.resource = Resource::new("host", "index.crates.io:443");
const CRATES_80: Change = |e, _| e.resource = Resource::new("host", "index.crates.io:80");
const CRATES_DATA: Change = |e, w| {
    CRATES(e, w);
    e.data_bearing = true;
};
const CRATES_UNBOXED: Change = |e, w| {
    CRATES(e, w);
    w.circumstances.boxed = false;
};
const CRATES_OPAQUE: Change = |e, w| {
    CRATES(e, w);
    e.certainty = Certainty::Opaque;
};
const CRATES_AT_LEAST: Change = |e, w| {
    CRATES(e, w);
    e.certainty = Certainty::AtLeast;
};
const CRATES_FOR_GOOD: Change = |e, w| {
    CRATES(e, w);
    e.reversibility = Reversibility::Irreversible;
};
const CRATES_WHOLE: Change = |e, w| {
    CRATES(e, w);
    e.whole_environment = true;
};
const DOCS: Change = |e, _| e.resource = Resource::new("page", DOCUMENTATION);
const DOCS_8443: Change = |e, _| e.resource = Resource::new("page", "docs.rs:8443");
const DOCS_AS_HOST: Change = |e, _| e.resource = Resource::new("host", DOCUMENTATION);
const REGISTRY_AS_PAGE: Change = |e, _| e.resource = Resource::new("page", REGISTRY);
const DOCS_UNBOXED: Change = |e, w| {
    DOCS(e, w);
    w.circumstances.boxed = false;
};
const DOCS_DATA: Change = |e, w| {
    DOCS(e, w);
    e.data_bearing = true;
};
const DOCS_OPAQUE: Change = |e, w| {
    DOCS(e, w);
    e.certainty = Certainty::Opaque;
};
const DOCS_FOR_GOOD: Change = |e, w| {
    DOCS(e, w);
    e.reversibility = Reversibility::Irreversible;
};
const DOCS_FROZEN: Change = |e, w| {
    DOCS(e, w);
    w.circumstances.in_force.frozen = everywhere();
};
/// To everything that access can be to, everywhere.
const ACCESS: Change = |_, w| w.circumstances.in_force.access = everywhere().into_iter().map(access_to).collect();
const ACCESS_DATA: Change = |e, w| {
    DATA(e, w);
    ACCESS(e, w);
};
const ACCESS_LOST: Change = |e, w| {
    IRREVERSIBLE(e, w);
    ACCESS(e, w);
};
const ACCESS_OPAQUE: Change = |e, w| {
    OPAQUE(e, w);
    ACCESS(e, w);
};
const ACCESS_ELSEWHERE: Change = |_, w| w.circumstances.in_force.access = vec![access_to(action::EnvironmentName::new("production/region-2"))];
const ACCESS_TO_ANOTHER: Change = |e, w| {
    ACCESS(e, w);
    e.resource = Resource::new("database", "cost-explorer");
};
const ACCESS_FROZEN: Change = |e, w| {
    ACCESS(e, w);
    FROZEN(e, w);
};
/// Forty things of two kinds were deleted in development within the hour.
const BURST: Change = |e, w| came_before(e, w, 20);
const MANY_GONE: Change = |e, w| came_before(e, w, 60);
/// Somebody else changed the next region; and so did this, a hundred times, with access to it.
const OTHER_REGION: Change = |e, w| w.circumstances.in_force.past = after(vec![(1, "production/region-2", Update)], e);
const A_HUNDRED_TIMES: Change = |e, w| {
    ACCESS(e, w);
    w.circumstances.in_force.past = after((0..100).map(|_| (40, "production/region-1", Update)).collect(), e);
};
const NINETY_NINE_TIMES: Change = |e, w| {
    ACCESS(e, w);
    w.circumstances.in_force.past = after((0..99).map(|_| (40, "production/region-1", Update)).collect(), e);
};

fn came_before(e: &Effect, w: &mut World, of_each: u64) {
    w.circumstances.in_force.past = after((0..2 * of_each).map(|_| (5, "development", Delete)).collect(), e);
}

/// So many minutes ago, where and what: each another thing, of two kinds in turn.
fn after(acts: Vec<(u64, &str, action::Verb)>, asked: &Effect) -> guard::Past {
    let act = |(n, (minutes, place, verb)): (usize, (u64, &str, action::Verb))| {
        let resource = Resource::new(["bucket", "queue"][n % 2], n.to_string());
        let effect = Effect::in_workspace(verb, resource).at(action::EnvironmentName::new(place), if place == "development" { Dev } else { Prod });
        let at = action::Moment(NOW.0 - minutes * 60_000);
        guard::Act { intent: action::IntentId::new(n.to_string()), person: action::PersonId::new("ana"), at, effects: one(effect) }
    };
    let acts: Vec<guard::Act> = acts.into_iter().enumerate().map(act).collect();
    guard::Past::of(&acts, &intent("i-1"), &one(asked.clone()), NOW)
}

const GLASS: Change = |e, w| {
    FROZEN(e, w);
    w.circumstances.in_force.glass = everywhere();
};
const GLASS_WHOLE: Change = |e, w| {
    WHOLE(e, w);
    GLASS(e, w);
};
const GLASS_ELSEWHERE: Change = |e, w| {
    FROZEN(e, w);
    w.circumstances.in_force.glass = vec![action::EnvironmentName::new("production/region-2")];
};
const FILE_NAMED_SO: Change = |e, _| e.resource = Resource::new("file", REGISTRY);
const EVIL: Change = |e, _| e.resource = Resource::new("host", "index.crates.io.evil.example");

use Tier::{Development as Dev, Host, Production as Prod, Staging, Unknown, Workspace as Box};
use Verb::*;

#[rustfmt::skip]
const TABLE: &[(Verb, Tier, Change, Decision, &str)] = &[
    // Everything inside the box is permitted while the kernel bounds it; else each step is asked.
    (Read,    Box, PLAIN,        PERMIT,    "inside-the-box"),
    (Update,  Box, PLAIN,        PERMIT,    "inside-the-box"),
    (Delete,  Box, LOST_DATA,    PERMIT,    "inside-the-box"),
    (Execute, Box, OPAQUE,       PERMIT,    "inside-the-box"),
    (Opaque,  Box, OPAQUE,       PERMIT,    "inside-the-box"),
    (Update,  Box, CONFIG,       PERMIT,    "inside-the-box"),
    (Execute, Box, FROZEN,       PERMIT,    "inside-the-box"),
    (Read,    Box, UNBOXED,      REQUESTER, "box-without-bounds"),
    (Execute, Box, UNBOXED,      REQUESTER, "box-without-bounds"),
    (Execute, Box, STOPPED,      REFUSE,    "stopped"),
    // Reaching a registry that the service names; nothing that merely looks like one.
    (Expose,  Host, CRATES,        PERMIT,    "named-registry"),
    (Expose,  Host, CRATES_443,    PERMIT,    "named-registry"),
    (Expose,  Unknown, CRATES,     PERMIT,    "named-registry"),
    (Read,    Host, CRATES,        PERMIT,    "named-registry"),
    (Update,  Host, CRATES,        REQUESTER, "leaves-the-box"),
    (Expose,  Host, CRATES_80,     REQUESTER, "leaves-the-box"),
    (Expose,  Host, CRATES_DATA,   REQUESTER, "leaves-the-box"),
    (Expose,  Host, CRATES_OPAQUE, REQUESTER, "unreadable"),
    (Expose,  Host, CRATES_AT_LEAST, REQUESTER, "leaves-the-box"),
    (Expose,  Host, CRATES_FOR_GOOD, REQUESTER, "leaves-the-box"),
    (Expose,  Host, CRATES_WHOLE,  REQUESTER, "leaves-the-box"),
    (Expose,  Host, CRATES_UNBOXED, REQUESTER, "leaves-the-box"),
    (Expose,  Host, EVIL,          REQUESTER, "leaves-the-box"),
    (Expose,  Host, FILE_NAMED_SO, REQUESTER, "leaves-the-box"),
    (Expose,  Unknown, EVIL,       TWO,       "grave-in-production"),
    (Expose,  Prod, CRATES,        TWO,       "grave-in-production"),
    // Getting a page of a host that the service names for documentation; nothing that merely looks like one.
    (Expose,  Host, DOCS,          PERMIT,    "named-documentation"),
    (Update,  Host, DOCS,          REQUESTER, "leaves-the-box"),
    (Expose,  Host, DOCS_8443,     REQUESTER, "leaves-the-box"),
    (Expose,  Host, DOCS_AS_HOST,  REQUESTER, "leaves-the-box"),
    (Expose,  Host, REGISTRY_AS_PAGE, REQUESTER, "leaves-the-box"),
    (Expose,  Host, DOCS_UNBOXED,  REQUESTER, "leaves-the-box"),
    (Expose,  Host, DOCS_DATA,     REQUESTER, "leaves-the-box"),
    (Expose,  Host, DOCS_OPAQUE,   REQUESTER, "unreadable"),
    (Expose,  Host, DOCS_FOR_GOOD, REQUESTER, "leaves-the-box"),
    (Expose,  Host, DOCS_FROZEN,   REFUSE,    "frozen"),
    (Expose,  Prod, DOCS,          TWO,       "grave-in-production"),
    (Expose,  Unknown, DOCS,       TWO,       "grave-in-production"),
    // The person's own tree and machine.
    (Read,    Host, PLAIN,        REQUESTER, "leaves-the-box"),
    (Update,  Host, PLAIN,        REQUESTER, "leaves-the-box"),
    (Delete,  Host, LOST_DATA,    REQUESTER, "leaves-the-box"),
    (Execute, Host, OPAQUE,       REQUESTER, "unreadable"),
    (Update,  Host, CONFIG,       REQUESTER, "steers-agents"),
    (Create,  Host, CONFIG,       REQUESTER, "steers-agents"),
    (Read,    Host, CONFIG,       REQUESTER, "leaves-the-box"),
    (DisableProtection, Host, PLAIN, REQUESTER, "steers-agents"),
    (Update,  Host, FROZEN,       REFUSE,    "frozen"),
    (Update,  Host, STOPPED,      REFUSE,    "stopped"),
    // Development.
    (Update,  Dev, PLAIN,         REQUESTER, "leaves-the-box"),
    (Delete,  Dev, LOST_DATA,     REQUESTER, "leaves-the-box"),
    (Execute, Dev, OPAQUE,        REQUESTER, "unreadable"),
    (Replace, Dev, WHOLE,         REQUESTER, "leaves-the-box"),
    // Staging: one peer, but for a plain read.
    (Read,    Staging, PLAIN,     REQUESTER, "leaves-the-box"),
    (Read,    Staging, DATA,      PEER,      "staging"),
    (Read,    Staging, OPAQUE,    PEER,      "staging"),
    (Update,  Staging, PLAIN,     PEER,      "staging"),
    (Spend,   Staging, PLAIN,     PEER,      "staging"),
    (Delete,  Staging, LOST_DATA, PEER,      "staging"),
    (Replace, Staging, WHOLE,     PEER,      "staging"),
    (Create,  Staging, FROZEN,    REFUSE,    "frozen"),
    // Production: one peer for what can be undone.
    (Read,    Prod, PLAIN,        REQUESTER, "leaves-the-box"),
    (Read,    Prod, DATA,         PEER,      "production"),
    (Create,  Prod, PLAIN,        PEER,      "production"),
    (Update,  Prod, PLAIN,        PEER,      "production"),
    (Update,  Prod, RECOVERABLE_DATA, PEER,  "production"),
    (Execute, Prod, PLAIN,        PEER,      "production"),
    (Spend,   Prod, PLAIN,        PEER,      "production"),
    // Production: two and an owner for what is grave, irreversible or unreadable.
    (Replace, Prod, PLAIN,        TWO,       "grave-in-production"),
    (Delete,  Prod, RECOVERABLE_DATA, TWO,   "grave-in-production"),
    (Grant,   Prod, PLAIN,        TWO,       "grave-in-production"),
    (Expose,  Prod, PLAIN,        TWO,       "grave-in-production"),
    (DisableProtection, Prod, PLAIN, TWO,    "grave-in-production"),
    (Create,  Prod, IRREVERSIBLE, TWO,       "irreversible-in-production"),
    (Update,  Prod, IRREVERSIBLE, TWO,       "irreversible-in-production"),
    (Read,    Prod, OPAQUE,       TWO,       "unreadable-in-production"),
    (Opaque,  Prod, PLAIN,        TWO,       "unreadable-in-production"),
    (Expose,  Prod, LOST_DATA,    TWO,       "irreversible-in-production"),
    // Refused: data with no recovery point, whole environments, freezes, stops.
    (Delete,  Prod, LOST_DATA,    REFUSE,    "no-recovery-point"),
    (Replace, Prod, LOST_DATA,    REFUSE,    "no-recovery-point"),
    (Update,  Prod, LOST_DATA,    REFUSE,    "no-recovery-point"),
    (Create,  Prod, LOST_OPAQUE,  REFUSE,    "no-recovery-point"),
    (Replace, Prod, WHOLE,        REFUSE,    "whole-environment"),
    (Replace, Prod, WHOLE_RECOVERABLE, REFUSE, "whole-environment"),
    (Delete,  Prod, WHOLE,        REFUSE,    "whole-environment"),
    (Update,  Prod, WHOLE,        PEER,      "production"),
    (Update,  Prod, FROZEN,       REFUSE,    "frozen"),
    (Read,    Prod, FROZEN,       REFUSE,    "frozen"),
    // Access that was granted: mild things pass with nobody's further signature, and nothing else does.
    (Read,    Prod, ACCESS,       PERMIT,    "access-granted"),
    (Read,    Prod, ACCESS_DATA,  PERMIT,    "access-granted"),
    (Create,  Prod, ACCESS,       PERMIT,    "access-granted"),
    (Update,  Prod, ACCESS,       PERMIT,    "access-granted"),
    (Execute, Prod, ACCESS,       PERMIT,    "access-granted"),
    (Update,  Staging, ACCESS,    PERMIT,    "access-granted"),
    (Update,  Dev, ACCESS,        PERMIT,    "access-granted"),
    (Update,  Prod, ACCESS_DATA,  PEER,      "production"),
    (Update,  Staging, ACCESS_DATA, PEER,    "staging"),
    (Update,  Prod, ACCESS_LOST,  TWO,       "irreversible-in-production"),
    (Read,    Prod, ACCESS_OPAQUE, TWO,      "unreadable-in-production"),
    (Update,  Staging, ACCESS_OPAQUE, PEER,  "staging"),
    (Spend,   Prod, ACCESS,       PEER,      "production"),
    (Delete,  Prod, ACCESS,       TWO,       "grave-in-production"),
    (Replace, Prod, ACCESS,       TWO,       "grave-in-production"),
    (Grant,   Prod, ACCESS,       TWO,       "grave-in-production"),
    (Expose,  Prod, ACCESS,       TWO,       "grave-in-production"),
    (Update,  Prod, ACCESS_ELSEWHERE, PEER,  "production"),
    (Update,  Prod, ACCESS_TO_ANOTHER, PEER, "production"),
    (Update,  Prod, ACCESS_FROZEN, REFUSE,   "frozen"),
    // Broken glass: a freeze does not stop it; whatever else does, does.
    (Update,  Prod, GLASS,        PEER,      "production"),
    (Delete,  Prod, GLASS,        TWO,       "grave-in-production"),
    (Replace, Prod, GLASS_WHOLE,  REFUSE,    "whole-environment"),
    (Update,  Prod, GLASS_ELSEWHERE, REFUSE, "frozen"),
    // What came before: bursts and budgets of deletes, one region at a time, how often a place is changed.
    (Delete,  Dev, BURST,         PEER,      "burst-of-deletes"),
    (Replace, Dev, BURST,         PEER,      "burst-of-deletes"),
    (Update,  Dev, BURST,         REQUESTER, "leaves-the-box"),
    (Delete,  Host, BURST,        REQUESTER, "leaves-the-box"),
    (Delete,  Box, BURST,         PERMIT,    "inside-the-box"),
    (Delete,  Staging, BURST,     PEER,      "burst-of-deletes"),
    (Delete,  Dev, MANY_GONE,     TWO,       "delete-budget"),
    (Delete,  Prod, MANY_GONE,    TWO,       "delete-budget"),
    (Update,  Prod, OTHER_REGION, TWO,       "one-region-at-a-time"),
    (Read,    Prod, OTHER_REGION, REQUESTER, "leaves-the-box"),
    (Update,  Staging, OTHER_REGION, PEER,   "staging"),
    (Update,  Prod, A_HUNDRED_TIMES, PEER,   "many-changes"),
    (Update,  Prod, NINETY_NINE_TIMES, PERMIT, "access-granted"),
    (Read,    Prod, A_HUNDRED_TIMES, PERMIT, "access-granted"),
    // A place that no mapping names is production.
    (Read,    Unknown, PLAIN,     REQUESTER, "leaves-the-box"),
    (Update,  Unknown, PLAIN,     PEER,      "production"),
    (Delete,  Unknown, PLAIN,     TWO,       "grave-in-production"),
    (Execute, Unknown, OPAQUE,    TWO,       "unreadable-in-production"),
    (Opaque,  Unknown, LOST_DATA, REFUSE,    "no-recovery-point"),
    (Delete,  Unknown, WHOLE,     REFUSE,    "whole-environment"),
];

fn access_to(environment: action::EnvironmentName) -> action::Access {
    let verbs = [Read, Create, Update, Execute, Spend, Delete, Replace, Grant, Expose].into();
    action::Access { person: action::PersonId::new("ana"), agent: None, environment, verbs, resources: vec!["service".into()], seconds: 60, why: "x".into() }
}

#[test]
fn every_row_of_the_default_policy() {
    let mut wrong = Vec::new();
    for (row, (verb, tier, change, decision, rule)) in TABLE.iter().enumerate() {
        let mut world = World::new();
        let mut effect = effect(*verb, *tier);
        change(&mut effect, &mut world);
        let verdict = world.assess(&one(effect));
        let first = verdict.reasons.first().map_or("", |r| r.rule.as_str());
        if verdict.decision != *decision || first != *rule {
            wrong.push(format!("row {row}: {verb} at {tier}: {:?} by {first}, not {decision:?} by {rule}", verdict.decision));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(TABLE.len() >= 40);
}

#[test]
/// The rules about people have a table of their own.
fn every_rule_of_the_policy_speaks_first_in_some_row_but_the_bare_signature() {
    let text = crate::world::POLICIES;
    let rules = text.lines().filter_map(|l| l.strip_prefix("@id(\"")?.strip_suffix("\")"));
    for rule in rules.filter(|r| *r != "somebody-signed" && !["people-", "glass-", "access-peer", "access-wide"].iter().any(|start| r.starts_with(start))) {
        let by_hand = BY_HAND.iter().any(|row| row.6 == rule) || BY_HAND_ELSEWHERE.iter().any(|row| row.6 == rule);
        assert!(by_hand || TABLE.iter().any(|row| row.4 == rule), "no row for rule `{rule}`");
    }
}

#[test]
fn no_effects_run_freely_only_inside_kernel_bounds() {
    let mut world = World::new();
    assert_eq!(world.assess(&Effects::default()).decision, PERMIT);
    world.circumstances.boxed = false;
    assert_eq!(world.assess(&Effects::default()).decision, REQUESTER);
    world.circumstances.stopped = true;
    assert_eq!(world.assess(&Effects::default()).decision, REFUSE);
}

#[test]
fn a_deed_that_leaves_the_box_is_judged_so_whatever_its_effects_say() {
    let world = World::new();
    let inside = one(effect(Verb::Update, Tier::Workspace));
    let change = Digest::of_bytes(b"a change set");
    let land = Deed::Land { root: "/home/ana/app".into(), change, landing: Landing::Worktree };
    let reach = |host: &str| Deed::Reach { host: host.into(), port: 443 };
    let production = Deed::Change { environment: action::EnvironmentName::new("production"), command: "x".into(), change };
    for (deed, decision) in
        [(land, REQUESTER), (reach("evil.example"), REQUESTER), (reach(REGISTRY), PERMIT), (production, TWO)]
    {
        for effects in [&inside, &Effects::default()] {
            let verdict = world.guard.assess(&intent_to(deed.clone()), effects, &world.circumstances);
            assert_eq!(verdict.decision, decision, "{}", deed.line());
        }
    }
}

#[test]
fn a_deed_whose_effects_leave_the_box_is_judged_by_them_alone() {
    let world = World::new();
    let environment = action::EnvironmentName::new("production/region-1");
    let change = intent_to(Deed::Change { environment, command: "./fix".into(), change: Digest::of_bytes(b"a change set") });
    let verdict = world.guard.assess(&change, &one(effect(Verb::Update, Tier::Production)), &world.circumstances);
    assert_eq!(verdict.decision, PEER);
}

#[test]
fn a_rehearsal_of_a_change_is_judged_by_its_effects() {
    let mut world = World::new();
    let environment = action::EnvironmentName::new("production");
    let rehearsal = intent_to(Deed::Change { environment, command: "./migrate".into(), change: Digest::of_bytes(b"") });
    let inside = one(effect(Verb::Execute, Tier::Workspace));
    let outside = one(effect(Verb::Execute, Tier::Production));
    assert_eq!(world.guard.assess(&rehearsal, &inside, &world.circumstances).decision, PERMIT);
    assert_eq!(world.guard.assess(&rehearsal, &outside, &world.circumstances).decision, PEER);
    world.circumstances.boxed = false;
    assert_eq!(world.guard.assess(&rehearsal, &Effects::default(), &world.circumstances).decision, REQUESTER);
}

#[test]
fn reasons_are_the_gravest_first_and_do_not_mix_with_what_is_allowed() {
    let world = World::new();
    let effects = Effects::new(vec![
        effect(Verb::Update, Tier::Workspace),
        effect(Verb::Update, Tier::Production),
        effect(Verb::Update, Tier::Host),
    ]);
    let verdict = world.assess(&effects);
    let rules: Vec<&str> = verdict.reasons.iter().map(|r| r.rule.as_str()).collect();
    assert_eq!(verdict.decision, PEER);
    assert_eq!(rules, ["production", "leaves-the-box"]);
}

#[test]
fn an_intent_of_another_person_or_agent_is_refused() {
    let world = World::new();
    let mut stray = intent("i-1");
    stray.asked_by = action::PersonId::new("ben");
    let verdict = world.guard.assess(&stray, &Effects::default(), &world.circumstances);
    assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (REFUSE, "another-requester"));
    let mut stray = intent("i-1");
    stray.agent = action::AgentName::new("admin");
    assert_eq!(world.guard.assess(&stray, &Effects::default(), &world.circumstances).decision, REFUSE);
}

/// The incident that the product exists for: replacing a production environment by script, and the minor fix beside it.
#[test]
fn the_december_incident_is_refused_and_the_minor_fix_needs_one_peer() {
    let world = World::new();
    let mut replace = effect(Verb::Replace, Tier::Production).counted(48_211, "rows").that_is(Reversibility::Irreversible);
    replace.data_bearing = true;
    replace.whole_environment = true;
    let verdict = world.assess(&one(replace));
    assert_eq!(verdict.decision, REFUSE);
    let rules: Vec<&str> = verdict.reasons.iter().map(|r| r.rule.as_str()).collect();
    assert_eq!(rules, ["whole-environment", "no-recovery-point"]);
    assert_eq!(world.assess(&one(effect(Verb::Update, Tier::Production))).decision, PEER);
}

const TREE: bool = true;
const MACHINE: bool = false;

/// What another maker's agent does with its own hands: verb, whether in its tree, kind, certainty, whether it can be undone.
#[rustfmt::skip]
const BY_HAND: [(Verb, bool, &str, Certainty, Reversibility, Decision, &str); 24] = {
    use Certainty::{AtLeast, Exact, Opaque};
    use Reversibility::{Irreversible as Lost, Recoverable as Kept};
    [
        (Verb::Read,    TREE,    "file",    Exact,   Kept, PERMIT,    "by-hand-reads"),
        (Verb::Create,  TREE,    "file",    Exact,   Kept, PERMIT,    "by-hand-in-the-tree"),
        (Verb::Update,  TREE,    "files",   AtLeast, Lost, PERMIT,    "by-hand-in-the-tree"),
        (Verb::Update,  TREE,    "file",    Opaque,  Lost, REQUESTER, "unreadable"),
        (Verb::Update,  TREE,    "database", Exact,  Lost, REQUESTER, "by-hand-data"),
        (Verb::Read,    TREE,    "database", Exact,  Kept, PERMIT,    "by-hand-reads"),
        (Verb::Update,  MACHINE, "file",    Exact,   Lost, REQUESTER, "by-hand-outside-the-tree"),
        (Verb::Delete,  TREE,    "file",    Exact,   Kept, PERMIT,    "by-hand-git-has-it"),
        (Verb::Replace, TREE,    "commits", Exact,   Lost, REQUESTER, "by-hand-lost"),
        (Verb::Delete,  TREE,    "file",    Exact,   Lost, REQUESTER, "by-hand-lost"),
        (Verb::Delete,  TREE,    "files",   AtLeast, Kept, REQUESTER, "nothing-permits"),
        (Verb::Delete,  MACHINE, "file",    Exact,   Kept, REQUESTER, "by-hand-outside-the-tree"),
        (Verb::Read,    MACHINE, "file",    AtLeast, Kept, PERMIT,    "by-hand-reads"),
        (Verb::Read,    MACHINE, "secret",  Exact,   Kept, REQUESTER, "by-hand-secret"),
        (Verb::Read,    MACHINE, "file",    Opaque,  Kept, REQUESTER, "unreadable"),
        (Verb::Execute, MACHINE, "program", Exact,   Kept, PERMIT,    "by-hand-runs"),
        (Verb::Execute, MACHINE, "program", AtLeast, Kept, REQUESTER, "nothing-permits"),
        (Verb::Opaque,  MACHINE, "program", Opaque,  Lost, REQUESTER, "unreadable"),
        (Verb::Grant,   TREE,    "file",    Exact,   Kept, REQUESTER, "nothing-permits"),
        (Verb::Expose,  TREE,    "file",    Exact,   Kept, REQUESTER, "nothing-permits"),
        (Verb::Spend,   MACHINE, "account", Exact,   Kept, REQUESTER, "by-hand-outside-the-tree"),
        (Verb::DisableProtection, TREE, "agent-config", Exact, Lost, REQUESTER, "steers-agents"),
        (Verb::Read,    MACHINE, "gate",    Exact,   Kept, REFUSE,    "own-gate"),
        (Verb::DisableProtection, MACHINE, "gate", Exact, Lost, REFUSE, "own-gate"),
    ]
};

fn handed() -> action::Intent {
    intent_to(Deed::Hand { root: "/t".into(), cwd: "/t".into(), tool: "Bash".into(), acts: Vec::new(), input: Digest::of_bytes(b"") })
}

#[test]
fn by_hand_ordinary_work_in_the_tree_passes_and_its_neighbours_do_not() {
    let world = World::new();
    for (verb, in_tree, kind, certainty, reversibility, decision, rule) in BY_HAND {
        let place = if in_tree { action::EnvironmentName::worktree() } else { action::EnvironmentName::host() };
        let mut effect = Effect::in_workspace(verb, Resource::new(kind, "x")).at(place, Tier::Host).with_certainty(certainty).that_is(reversibility);
        effect.data_bearing = kind == "database";
        let verdict = world.guard.assess(&handed(), &one(effect.clone()), &world.circumstances);
        assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (decision, rule), "{verb} {kind}, in the tree: {in_tree}, {certainty:?}, {reversibility:?}");
        // The same by an agent in the box is judged as ever: none of these rules is for it.
        let boxed = world.guard.assess(&intent("i-1"), &one(effect), &world.circumstances);
        assert!(boxed.decision != PERMIT && boxed.reasons.iter().all(|reason| !reason.rule.starts_with("by-hand")), "{verb} {kind}");
    }
}

/// The same beyond the person's machine: verb, tier, kind, certainty, whether somebody's data is in it.
#[rustfmt::skip]
const BY_HAND_ELSEWHERE: [(Verb, Tier, &str, Certainty, bool, Decision, &str); 17] = {
    use Certainty::{AtLeast, Exact, Opaque};
    const DATA: bool = true;
    const NONE: bool = false;
    [
        (Verb::Read,    Tier::Unknown,    "pods",    Exact,   NONE, PERMIT,    "by-hand-looks"),
        (Verb::Read,    Tier::Production, "pods",    Exact,   NONE, PERMIT,    "by-hand-looks"),
        (Verb::Read,    Tier::Unknown,    "pods",    AtLeast, NONE, REQUESTER, "leaves-the-box"),
        (Verb::Read,    Tier::Unknown,    "pods",    Opaque,  NONE, TWO,       "unreadable-in-production"),
        (Verb::Read,    Tier::Unknown,    "rows",    Exact,   DATA, PEER,      "production"),
        (Verb::Read,    Tier::Staging,    "rows",    Exact,   DATA, PEER,      "staging"),
        (Verb::Read,    Tier::Development, "rows",   Exact,   DATA, REQUESTER, "leaves-the-box"),
        (Verb::Read,    Tier::Production, "file",    Exact,   NONE, REQUESTER, "leaves-the-box"),
        (Verb::Read,    Tier::Production, "files",   Exact,   NONE, REQUESTER, "leaves-the-box"),
        (Verb::Read,    Tier::Production, "directory", Exact, NONE, REQUESTER, "leaves-the-box"),
        (Verb::Read,    Tier::Unknown,    "secret",  Exact,   NONE, REQUESTER, "by-hand-secret"),
        (Verb::Read,    Tier::Unknown,    "gate",    Exact,   NONE, REFUSE,    "own-gate"),
        (Verb::Read,    Tier::Unknown,    "host",    Exact,   NONE, REQUESTER, "leaves-the-box"),
        (Verb::Read,    Tier::Unknown,    "page",    Exact,   NONE, REQUESTER, "leaves-the-box"),
        (Verb::Execute, Tier::Unknown,    "program", Exact,   NONE, PEER,      "production"),
        (Verb::Update,  Tier::Unknown,    "pods",    Exact,   NONE, PEER,      "production"),
        (Verb::Expose,  Tier::Unknown,    "pods",    Exact,   NONE, TWO,       "grave-in-production"),
    ]
};

#[test]
fn by_hand_a_look_elsewhere_passes_and_its_neighbours_do_not() {
    let world = World::new();
    for (verb, tier, kind, certainty, data, decision, rule) in BY_HAND_ELSEWHERE {
        let mut effect = Effect::in_workspace(verb, Resource::new(kind, "x")).at(action::EnvironmentName::new("there"), tier).with_certainty(certainty);
        effect.data_bearing = data;
        let verdict = world.guard.assess(&handed(), &one(effect.clone()), &world.circumstances);
        assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (decision, rule), "{verb} {tier:?} {kind}, {certainty:?}, data: {data}");
        let boxed = world.guard.assess(&intent("i-1"), &one(effect), &world.circumstances);
        assert!(boxed.decision != PERMIT, "an agent of ours that leaves its box is held: {verb} {tier:?} {kind}");
    }
    let mut world = world;
    world.circumstances.in_force.frozen = everywhere();
    let look = Effect::in_workspace(Verb::Read, Resource::new("pods", "x")).at(action::EnvironmentName::unknown(), Tier::Unknown);
    assert_eq!(world.guard.assess(&handed(), &one(look), &world.circumstances).decision, REFUSE, "a freeze stops looking as well");
}

#[test]
fn by_hand_nothing_counts_as_boxed_and_nothing_at_all_is_no_permit() {
    let world = World::new();
    assert!(world.circumstances.boxed);
    let registry = Effect::in_workspace(Verb::Read, Resource::new("host", REGISTRY)).at(action::EnvironmentName::unknown(), Tier::Unknown);
    for effects in [Effects::default(), one(effect(Verb::Update, Tier::Workspace)), one(registry)] {
        assert_eq!(world.guard.assess(&handed(), &effects, &world.circumstances).decision, REQUESTER);
    }
}
