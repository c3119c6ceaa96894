//! Any value of each type. Integers end at 2⁵³ − 1: beyond, nothing has canonical bytes (see `bytes`).

use action::*;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

/// Any text, with the characters that hurt most more often than others.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let hurtful = prop::sample::select(vec!['"', '\\', '\n', '\0', '\u{7f}', '\u{2028}', '\u{202e}', '\u{fb33}', '😀', '`', '/']);
    vec(prop_oneof![3 => prop::char::range(' ', '~'), 1 => hurtful, 1 => any::<char>()], 0..10)
        .prop_map(|chars| chars.into_iter().collect())
}

pub(crate) fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..100_u64, 0..1_u64 << 53, Just((1 << 53) - 1)]
}

pub(crate) fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest::from_raw)
}

pub(crate) fn intent_id() -> impl Strategy<Value = IntentId> {
    text().prop_map(IntentId::new)
}

pub(crate) fn session_id() -> impl Strategy<Value = SessionId> {
    text().prop_map(SessionId::new)
}

pub(crate) fn person() -> impl Strategy<Value = PersonId> {
    text().prop_map(PersonId::new)
}

pub(crate) fn environment_name() -> impl Strategy<Value = EnvironmentName> {
    text().prop_map(EnvironmentName::new)
}

pub(crate) fn generation() -> impl Strategy<Value = Generation> {
    number().prop_map(Generation)
}

pub(crate) fn moment() -> impl Strategy<Value = Moment> {
    number().prop_map(Moment)
}

pub(crate) fn tier() -> impl Strategy<Value = Tier> {
    prop::sample::select(vec![Tier::Workspace, Tier::Host, Tier::Development, Tier::Staging, Tier::Production, Tier::Unknown])
}

pub(crate) fn verb() -> impl Strategy<Value = Verb> {
    prop::sample::select(vec![
        Verb::Read,
        Verb::Create,
        Verb::Update,
        Verb::Execute,
        Verb::Spend,
        Verb::DisableProtection,
        Verb::Grant,
        Verb::Expose,
        Verb::Replace,
        Verb::Delete,
        Verb::Opaque,
    ])
}

pub(crate) fn effect() -> impl Strategy<Value = Effect> {
    let reversibility = prop::sample::select(vec![Reversibility::Reversible, Reversibility::Recoverable, Reversibility::Irreversible]);
    let certainty = prop::sample::select(vec![Certainty::Exact, Certainty::AtLeast, Certainty::Opaque]);
    let resource = (text(), text()).prop_map(|(kind, name)| Resource { kind, name });
    let count = option::of((number(), text()).prop_map(|(n, unit)| Count { n, unit }));
    let what = (verb(), resource, environment_name(), tier(), count);
    let how = (reversibility, any::<bool>(), any::<bool>(), certainty, vec(text(), 0..3));
    (what, how).prop_map(|((verb, resource, environment, tier, count), (reversibility, data_bearing, whole_environment, certainty, notes))| {
        Effect { verb, resource, environment, tier, count, reversibility, data_bearing, whole_environment, certainty, notes }
    })
}

pub(crate) fn effects() -> impl Strategy<Value = Effects> {
    vec(effect(), 0..4).prop_map(Effects::new)
}

pub(crate) fn landing() -> impl Strategy<Value = Landing> {
    prop_oneof![Just(Landing::Worktree), (text(), text()).prop_map(|(name, base)| Landing::Branch { name, base })]
}

fn mcp_server() -> impl Strategy<Value = McpServer> {
    let in_box = (text(), vec(text(), 0..3)).prop_map(|(command, variables)| McpPlace::InBox { command, variables });
    let headers = vec((text(), text()), 0..3).prop_map(|pairs| pairs.into_iter().collect());
    let at = (text(), headers).prop_map(|(url, headers)| McpPlace::At { url, headers });
    (text(), prop_oneof![in_box, at]).prop_map(|(name, at)| McpServer { name, at })
}

fn mcp_ask() -> impl Strategy<Value = McpAsk> {
    prop_oneof![
        text().prop_map(|name| McpAsk::Tool { name }),
        Just(McpAsk::Resources),
        text().prop_map(|uri| McpAsk::Resource { uri }),
        Just(McpAsk::Prompts),
        text().prop_map(|name| McpAsk::Prompt { name }),
    ]
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::Engineer, Role::Owner, Role::Admin, Role::Service])
}

pub(crate) fn governance() -> impl Strategy<Value = Governance> {
    let roles = || vec(role(), 0..3);
    let people = || vec(person(), 0..3);
    prop_oneof![
        (person(), text(), roles()).prop_map(|(person, key, roles)| Governance::Enrol { person, key, roles }),
        (person(), text()).prop_map(|(person, key)| Governance::AddKey { person, key }),
        (person(), text(), moment()).prop_map(|(person, key, from)| Governance::RevokeKey { person, key, from }),
        (person(), text(), text(), moment()).prop_map(|(person, key, old, from)| Governance::RotateKey { person, key, old, from }),
        (person(), roles(), roles()).prop_map(|(person, given, taken)| Governance::SetRoles { person, given, taken }),
        person().prop_map(|person| Governance::Remove { person }),
        (text(), people(), people()).prop_map(|(team, joined, left)| Governance::SetTeam { team, joined, left }),
        standing(),
    ]
}

fn standing() -> impl Strategy<Value = Governance> {
    let freeze = || (environment_name(), moment(), moment(), text()).prop_map(|(environment, from, until, why)| Freeze { environment, from, until, why });
    let deputy = || (person(), person(), moment(), moment(), text()).prop_map(|(person, deputy, from, until, why)| Deputy { person, deputy, from, until, why });
    let access = (person(), option::of(text().prop_map(AgentName::new)), environment_name(), btree_set(verb(), 0..3), vec(text(), 0..3), number(), text());
    prop_oneof![
        (environment(), option::of(environment()), number()).prop_map(|(environment, before, n)| Governance::SetEnvironment { environment: Box::new(environment), before: before.map(Box::new), generation: Generation(n) }),
        (environment(), number()).prop_map(|(environment, n)| Governance::RemoveEnvironment { environment: Box::new(environment), generation: Generation(n) }),
        freeze().prop_map(|freeze| Governance::Freeze { freeze }),
        freeze().prop_map(|freeze| Governance::Thaw { freeze }),
        access.prop_map(|(person, agent, environment, verbs, resources, seconds, why)| Governance::GrantAccess {
            access: Access { person, agent, environment, verbs, resources, seconds, why },
        }),
        (person(), intent_id()).prop_map(|(person, access)| Governance::RevokeAccess { person, access }),
        (person(), environment_name(), number(), text()).prop_map(|(person, environment, seconds, why)| Governance::BreakGlass { glass: Glass { person, environment, seconds, why } }),
        (person(), intent_id(), text()).prop_map(|(person, glass, finding)| Governance::ReviewGlass { person, glass, finding }),
        (option::of(digest()), option::of(digest())).prop_map(|(policies, before)| Governance::Observe { policies, before }),
        deputy().prop_map(|deputy| Governance::SetDeputy { deputy }),
        deputy().prop_map(|deputy| Governance::EndDeputy { deputy }),
        (option::of(digest()), option::of(digest()), digest()).prop_map(|(policies, before, transcript)| Governance::SetPolicy { policies, before, transcript }),
    ]
}

pub(crate) fn deed() -> impl Strategy<Value = Deed> {
    let shell = (text(), text(), number(), any::<bool>());
    let grep = (text(), text(), text(), any::<bool>());
    prop_oneof![
        (text(), number(), number()).prop_map(|(path, offset, limit)| Deed::Read { path, offset, limit }),
        text().prop_map(|path| Deed::List { path }),
        (text(), text()).prop_map(|(pattern, path)| Deed::Glob { pattern, path }),
        grep.prop_map(|(pattern, path, glob, case_sensitive)| Deed::Grep { pattern, path, glob, case_sensitive }),
        text().prop_map(|path| Deed::Outline { path }),
        (text(), number(), text()).prop_map(|(path, budget, about)| Deed::Map { path, budget, about }),
        (text(), text(), number(), any::<bool>()).prop_map(|(symbol, path, line, uses)| {
            let seeks = if uses { Seeks::References } else { Seeks::Definition };
            Deed::FindSymbol { symbol, path, line, seeks }
        }),
        (text(), digest()).prop_map(|(path, content)| Deed::Write { path, content }),
        (text(), digest()).prop_map(|(path, edits)| Deed::Edit { path, edits }),
        text().prop_map(|path| Deed::Delete { path }),
        (text(), text()).prop_map(|(from, to)| Deed::Move { from, to }),
        shell.prop_map(|(command, cwd, seconds, background)| Deed::Shell { command, cwd, seconds, background }),
        number().prop_map(|job| Deed::Output { job }),
        number().prop_map(|job| Deed::StopJob { job }),
        digest().prop_map(|steps| Deed::Plan { steps }),
        (number(), text(), vec(text(), 0..3), any::<bool>(), text(), digest(), digest()).prop_map(|(number, agent, within, reads_only, about, task, from)| {
            let within = within.into_iter().map(AgentName::new).collect();
            Deed::Delegate { number, agent: AgentName::new(agent), within, reads_only, about, task, from }
        }),
        (number(), session_id(), digest()).prop_map(|(number, session, change)| Deed::Take { number, session, change }),
        (environment_name(), text(), digest())
            .prop_map(|(environment, command, change)| Deed::Change { environment, command, change }),
        (text(), digest(), landing()).prop_map(|(root, change, landing)| Deed::Land { root, change, landing }),
        (text(), any::<u16>()).prop_map(|(host, port)| Deed::Reach { host, port }),
        (text(), text(), digest(), text()).prop_map(|(root, what, text, why)| Deed::Accept { root, what, text, why }),
        (text(), text()).prop_map(|(language, command)| Deed::LanguageStart { language, command }),
        (text(), text(), digest()).prop_map(|(host, repository, issues)| Deed::Publish { host, repository, issues }),
        (text(), digest(), prop::option::of(intent_id())).prop_map(|(root, text, instead)| Deed::Remember { root, text, instead }),
        (text(), intent_id()).prop_map(|(root, memory)| Deed::Forget { root, memory }),
        governance().prop_map(|change| Deed::Govern { change }),
        mcp_server().prop_map(|server| Deed::McpStart { server }),
        (text(), mcp_server(), digest()).prop_map(|(root, server, tools)| Deed::McpTrust { root, server, tools }),
        (text(), number()).prop_map(|(url, offset)| Deed::Fetch { url, offset }),
        (mcp_server(), mcp_ask(), digest()).prop_map(|(server, asks, arguments)| Deed::McpCall { server, asks, arguments }),
    ]
}

pub(crate) fn intent() -> impl Strategy<Value = Intent> {
    (any::<u8>(), intent_id(), session_id(), any::<u32>(), person(), text(), deed()).prop_map(
        |(v, id, session, turn, asked_by, agent, deed)| {
            Intent { v, id, session, turn, asked_by, agent: AgentName::new(agent), deed }
        },
    )
}

pub(crate) fn quorum() -> impl Strategy<Value = Quorum> {
    any::<(u8, u8, u8, u8, u8)>().prop_map(|(people, peers, owners, admins, other_admins)| Quorum { people, peers, owners, admins, other_admins })
}

pub(crate) fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![Just(Decision::Permit), quorum().prop_map(|quorum| Decision::Hold { quorum }), Just(Decision::Refuse)]
}

pub(crate) fn reason() -> impl Strategy<Value = Reason> {
    (text(), text()).prop_map(|(rule, text)| Reason { rule, text })
}

pub(crate) fn verdict() -> impl Strategy<Value = Verdict> {
    (decision(), vec(reason(), 0..3), digest()).prop_map(|(decision, reasons, policy)| Verdict { decision, reasons, policy })
}

pub(crate) fn signed() -> impl Strategy<Value = Signed> {
    (text(), text()).prop_map(|(text, signature)| Signed { text, signature })
}

pub(crate) fn permit() -> impl Strategy<Value = Permit> {
    let what = (any::<u8>(), digest(), digest(), digest(), environment_name(), generation());
    let who = (option::of(quorum()), vec(person(), 0..3), vec(digest(), 0..3), moment(), moment());
    (what, who).prop_map(
        |((v, intent, effects, policy, environment, generation), (quorum, people, answers, issued, expires))| Permit {
            v,
            intent,
            effects,
            policy,
            environment,
            generation,
            quorum,
            people,
            answers,
            issued,
            expires,
        },
    )
}

pub(crate) fn answer() -> impl Strategy<Value = Answer> {
    let reply = prop::sample::select(vec![Reply::Yes, Reply::No]);
    let what = (any::<u8>(), reply, person(), digest(), digest(), digest());
    let shown = (environment_name(), generation(), moment(), vec(text(), 0..3), text());
    (what, shown).prop_map(
        |((v, reply, person, intent, effects, policy), (environment, generation, expires, shown, why))| Answer {
            v,
            reply,
            person,
            intent,
            effects,
            policy,
            environment,
            generation,
            expires,
            shown,
            why,
        },
    )
}

pub(crate) fn environment() -> impl Strategy<Value = Environment> {
    let list = || vec(text(), 0..3);
    let terms = (any::<bool>(), any::<bool>(), proptest::collection::btree_map(text(), any::<u8>(), 0..3))
        .prop_map(|(other_team, hardware, teams)| Terms { other_team, hardware, teams });
    (environment_name(), tier(), list(), list(), list(), list(), list(), vec(person(), 0..3), terms)
        .prop_map(|(name, tier, paths, hosts, remotes, recovery, identities, owners, terms)| {
            Environment { name, tier, paths, hosts, remotes, recovery, identities, owners, terms }
        })
}

pub(crate) fn outcome() -> impl Strategy<Value = Outcome> {
    (text(), option::of(any::<i32>()), option::of(digest()), number())
        .prop_map(|(line, exit, output, ms)| Outcome { line, exit, output, ms })
}

pub(crate) fn change_set() -> impl Strategy<Value = ChangeSet> {
    let content = || {
        option::of(prop_oneof![
            (digest(), number(), any::<bool>()).prop_map(|(digest, size, executable)| Content::File { digest, size, executable }),
            text().prop_map(|target| Content::Symlink { target }),
            Just(Content::Directory),
        ])
    };
    let change = (text(), content(), content()).prop_map(|(path, before, after)| Change { path, before, after });
    (text(), vec(change, 0..4)).prop_map(|(root, changes)| ChangeSet::new(root, changes))
}

/// An event that is about an intent. Each kind is as likely as another, or a walk would seldom get far.
pub(crate) fn intent_event() -> impl Strategy<Value = Event> {
    let refused_by = prop_oneof![
        Just(RefusedBy::Policy),
        person().prop_map(|person| RefusedBy::Person { person }),
        Just(RefusedBy::Void)
    ];
    prop_oneof![
        (intent(), effects(), digest()).prop_map(|(intent, effects, digest)| Event::Proposed { intent, effects, digest }),
        (intent_id(), verdict(), generation(), moment())
            .prop_map(|(intent, verdict, generation, expires)| Event::Assessed { intent, verdict, generation, expires }),
        (intent_id(), person(), signed()).prop_map(|(intent, person, answer)| Event::Answered { intent, person, answer }),
        (intent_id(), signed()).prop_map(|(intent, permit)| Event::Countersigned { intent, permit }),
        (intent_id(), refused_by, vec(reason(), 0..3)).prop_map(|(intent, by, reasons)| Event::Refused { intent, by, reasons }),
        (intent_id(), digest()).prop_map(|(intent, permit)| Event::Started { intent, permit }),
        (intent_id(), outcome()).prop_map(|(intent, outcome)| Event::Finished { intent, outcome }),
        (intent_id(), outcome()).prop_map(|(intent, outcome)| Event::Failed { intent, outcome }),
        (intent_id(), text()).prop_map(|(intent, why)| Event::Unknown { intent, why }),
        (intent_id(), text()).prop_map(|(intent, title)| Event::CorrectionOpened { intent, title }),
        (intent_id(), number(), governance()).prop_map(|(intent, number, change)| Event::Governed { intent, number, change }),
    ]
}

fn parent() -> impl Strategy<Value = Parent> {
    prop_oneof![
        (session_id(), intent_id()).prop_map(|(session, intent)| Parent::Subagent { session, intent }),
        session_id().prop_map(|session| Parent::Part { session }),
        session_id().prop_map(|session| Parent::Fork { session }),
    ]
}

/// An event that is about no intent.
pub(crate) fn other_event() -> impl Strategy<Value = Event> {
    let scope = prop_oneof![
        Just(StopScope::All),
        session_id().prop_map(|session| StopScope::Session { session }),
        intent_id().prop_map(|intent| StopScope::Intent { intent })
    ];
    prop_oneof![
        (text(), text(), any::<bool>(), any::<bool>()).prop_map(|(guard, log, governed, places)| Event::Founded { guard, log, governed, places }),
        (person(), text(), vec(role(), 0..3), person()).prop_map(|(person, key, roles, by)| Event::Enrolled { person, key, roles, by }),
        (environment(), generation(), person())
            .prop_map(|(environment, generation, by)| Event::Mapped { environment, generation, by }),
        (text(), mcp_server(), text(), vec(text(), 0..3), person())
            .prop_map(|(root, server, issuer, scopes, by)| Event::LoggedIn { root, server, issuer, scopes, by }),
        (text(), mcp_server(), person()).prop_map(|(root, server, by)| Event::LoggedOut { root, server, by }),
        (session_id(), person(), text(), text(), text(), text(), option::of(parent())).prop_map(|(session, person, agent, root, model, level, parent)| {
            Event::Opened { session, person, agent: AgentName::new(agent), root, model, level, parent }
        }),
        (intent_id(), digest(), verdict(), verdict()).prop_map(|(about, policies, would, was)| Event::Observed { about, policies, would: would.decision, was: was.decision, reasons: would.reasons }),
        (intent_id(), option::of(any::<u32>()), text()).prop_map(|(about, time, channel)| Event::Notified { about, notice: time.map_or(Notice::Glass, |time| Notice::Waiting { time }), channel }),
        (session_id(), any::<u32>(), option::of(digest()), vec(digest(), 0..3)).prop_map(|(session, turn, words, images)| Event::Prompted { session, turn, words, images }),
        (session_id(), any::<u32>(), digest(), number(), number(), number(), number(), text()).prop_map(
            |(session, turn, reply, input, cached, written, output, model)| Event::Replied { session, turn, reply, input, cached, written, output, model }
        ),
        (scope, person()).prop_map(|(scope, by)| Event::Stopped { scope, by }),
        (session_id(), any::<u32>(), digest()).prop_map(|(session, step, manifest)| Event::Checkpointed { session, step, manifest }),
        (session_id(), text(), text(), digest(), any::<bool>()).prop_map(|(session, spec, task, judgement, done)| Event::Evidenced { session, spec, task, judgement, done }),
        (session_id(), text()).prop_map(|(session, how)| Event::Closed { session, how }),
    ]
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![intent_event(), other_event()]
}

pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    (any::<u8>(), moment(), event()).prop_map(|(v, at, event)| Entry { v, at, event })
}

pub(crate) fn receipt() -> impl Strategy<Value = Receipt> {
    (intent_id(), number(), outcome()).prop_map(|(intent, index, outcome)| Receipt { intent, index, outcome })
}
