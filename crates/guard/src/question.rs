//! What is asked of Cedar about one effect, and the stand-ins for deeds whose effects say too little.
//!
//! Effects that differ only in what the policy cannot see (a path, a count) are one question, so that 10,000 files cost as
//! much as one.

use action::{Certainty, Concern, Deed, Effect, Effects, EnvironmentName, Governance, Intent, McpPlace, McpServer, Resource, Reversibility, Tier, Verb};

use crate::guard::InForce;
use crate::history::Before;

/// One effect as the policy sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question<'a> {
    pub(crate) tier: Tier,
    pub(crate) verb: Verb,
    pub(crate) environment: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) registry: bool,
    pub(crate) documentation: bool,
    pub(crate) opaque: bool,
    pub(crate) data_bearing: bool,
    pub(crate) whole_environment: bool,
    pub(crate) irreversible: bool,
    /// An agent of another maker does it, outside every box.
    pub(crate) by_hand: bool,
    /// By hand, and in the person's own work tree.
    pub(crate) in_tree: bool,
    /// This and nothing else.
    pub(crate) exact: bool,
    /// It changes who may do what at this service, which concerns these.
    pub(crate) governs: Option<Concern>,
    /// That is about the very person who asked.
    pub(crate) own: bool,
    /// Who asked has been granted access to it.
    pub(crate) access: bool,
    /// Where it lands is frozen.
    pub(crate) frozen: bool,
    /// And the glass there is broken for who asked.
    pub(crate) glass: bool,
    /// What came before.
    pub(crate) before: Before,
}

impl<'a> Question<'a> {
    /// The question about one effect of an intent, as things stand; `registry` and `documentation` say whether its host is named as one
    /// of those.
    pub(crate) fn about(effect: &'a Effect, intent: &Intent, moment: &InForce, registry: bool, documentation: bool) -> Self {
        let by_hand = intent.deed.is_by_hand();
        let governing = if let Deed::Govern { change } = &intent.deed { Some(change) } else { None };
        Self {
            tier: effect.tier,
            verb: effect.verb,
            environment: effect.environment.as_str(),
            kind: &effect.resource.kind,
            registry,
            documentation,
            opaque: effect.certainty == Certainty::Opaque || effect.verb == Verb::Opaque,
            data_bearing: effect.data_bearing,
            whole_environment: effect.whole_environment,
            irreversible: effect.reversibility == Reversibility::Irreversible,
            by_hand,
            in_tree: by_hand && effect.tier == Tier::Host && effect.environment == EnvironmentName::worktree(),
            exact: effect.certainty == Certainty::Exact,
            governs: governing.map(Governance::concern),
            own: governing.is_some_and(|change| change.person() == Some(&intent.asked_by)),
            access: moment.access.iter().any(|access| access.covers(effect)),
            frozen: moment.frozen.iter().any(|place| place.includes(&effect.environment)),
            glass: moment.glass.iter().any(|place| place.includes(&effect.environment)),
            before: moment.past.before(effect),
        }
    }
}

/// The host of a plain, exact request that carries nobody's data to a host that no mapping claims: the only thing that can
/// be a registry's (kind `host`) or for documentation (kind `page`). `None` for everything else.
pub(crate) fn plain_host<'a>(effect: &'a Effect, kind: &str) -> Option<&'a str> {
    let unclaimed = matches!(effect.tier, Tier::Workspace | Tier::Host | Tier::Unknown);
    let plain = matches!(effect.verb, Verb::Read | Verb::Expose)
        && effect.certainty == Certainty::Exact
        && effect.reversibility != Reversibility::Irreversible
        && !effect.data_bearing
        && !effect.whole_environment;
    let name = effect.resource.name.as_str();
    (effect.resource.kind == kind && unclaimed && plain).then(|| name.strip_suffix(":443").unwrap_or(name))
}

/// What a deed does by its nature, where the computed effects say less than that.
///
/// No effects at all are judged as running a program in the copy: permitted only inside kernel bounds. A deed that by its
/// nature leaves the box is judged as leaving it even if its effects stay inside. A change that names the empty change set is
/// a rehearsal: it runs in the box, and nothing of it can land.
pub(crate) fn at_least(intent: &Intent, effects: &Effects) -> Option<Effect> {
    match &intent.deed {
        _ if !effects.stay_in_the_box() => None,
        // There is no box that anything could stay in, and what has no effect at all was not read.
        Deed::Hand { tool, .. } => Some(outside(Verb::Opaque, "tool", tool).with_certainty(Certainty::Opaque)),
        Deed::Land { root, .. } => Some(outside(Verb::Update, "directory", root)),
        Deed::Accept { what, .. } => Some(outside(Verb::Create, "acceptance", what)),
        Deed::Publish { host, .. } => Some(outside(Verb::Expose, "host", host)),
        Deed::Remember { root, .. } => Some(outside(Verb::Create, "memory", root)),
        Deed::Forget { root, .. } => Some(outside(Verb::Delete, "memory", root)),
        Deed::Govern { .. } => Some(outside(Verb::Opaque, "people", "of this service").with_certainty(Certainty::Opaque)),
        Deed::Reach { host, port } => Some(outside(Verb::Expose, "host", &format!("{host}:{port}"))),
        Deed::Fetch { url, offset: 0 } => Some(outside(Verb::Expose, "page", url)),
        Deed::McpTrust { server, .. } => Some(outside(Verb::Grant, "mcp-server", &server.name)),
        Deed::McpStart { server: McpServer { at: McpPlace::At { url, .. }, .. } }
        | Deed::McpCall { server: McpServer { at: McpPlace::At { url, .. }, .. }, .. } => Some(outside(Verb::Expose, "host", url)),
        Deed::Change { environment, .. } if !intent.deed.is_rehearsal() => Some(
            Effect::in_workspace(Verb::Opaque, Resource::new("environment", environment.as_str()))
                .at(environment.clone(), Tier::Unknown)
                .with_certainty(Certainty::Opaque),
        ),
        Deed::Change { .. }
        | Deed::Read { .. }
        | Deed::List { .. }
        | Deed::Glob { .. }
        | Deed::Grep { .. }
        | Deed::Outline { .. }
        | Deed::Map { .. }
        | Deed::FindSymbol { .. }
        | Deed::Write { .. }
        | Deed::Edit { .. }
        | Deed::Delete { .. }
        | Deed::Move { .. }
        | Deed::Shell { .. }
        | Deed::Output { .. }
        | Deed::StopJob { .. }
        | Deed::Plan { .. }
        | Deed::LanguageStart { .. }
        | Deed::Delegate { .. }
        | Deed::Take { .. }
        | Deed::Fetch { .. }
        | Deed::McpStart { .. }
        | Deed::McpCall { .. } => {
            effects.is_empty().then(|| Effect::in_workspace(Verb::Execute, Resource::new("program", "nothing that is known")))
        }
    }
}

fn outside(verb: Verb, kind: &str, name: &str) -> Effect {
    Effect::in_workspace(verb, Resource::new(kind, name)).at(EnvironmentName::host(), Tier::Host)
}
