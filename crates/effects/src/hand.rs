//! What an agent of another maker would do with its own hands, on the person's machine with nothing in between.
//!
//! Commands are read as everywhere else; file tools, pages and MCP servers come down to the same effects. What has no reading
//! is opaque and names itself. What is in the person's own tree is told apart from the rest of the machine, what opens other
//! doors (keys, other projects' secrets) is told apart from other files, and what keeps this very gate from all of them.

use action::{ByHand, Certainty, Effect, Effects, EnvironmentName, Resource, Tier, Verb};

use crate::environment::{Spot, of_identity};
use crate::facts::Facts;
use crate::path::{below, normal, quoted, shown};
use crate::place::{Ground, Place, Target, Touch, lasting};
use crate::reach::leaving;
use crate::{fetch, shell};

pub(crate) fn of(cwd: &str, tool: &str, acts: &[ByHand], facts: &Facts) -> Effects {
    let facts = &Facts { by_hand: true, ..facts.clone() };
    let ground = Ground { facts, place: Place::Host };
    let mut found: Vec<Effect> = acts.iter().flat_map(|act| of_one(act, cwd, tool, &ground)).collect();
    if acts.is_empty() {
        found.push(ground.opaque("tool", tool, "it names nothing that it would do"));
    }
    crate::as_they_are(Effects::new(found), facts)
}

fn of_one(act: &ByHand, cwd: &str, tool: &str, ground: &Ground<'_>) -> Vec<Effect> {
    let touch = |touch: Touch, path: &str| ground.touch(touch, &Target::Path(normal(cwd, path)));
    match act {
        ByHand::Run { command } => run(command, cwd, ground.facts),
        ByHand::Read { path } => touch(Touch::new(Verb::Read), path),
        ByHand::Look { path } => touch(Touch::new(Verb::Read).recursive(), path),
        ByHand::Write { path } if ground.file(&normal(cwd, path)).is_some() => touch(Touch::new(Verb::Update), path),
        ByHand::Write { path } => touch(Touch::new(Verb::Create), path),
        ByHand::Edit { path } => touch(Touch::new(Verb::Update), path),
        ByHand::Delete { path } => touch(Touch::new(Verb::Delete).recursive(), path),
        ByHand::Move { from, to } => {
            let mut effects = touch(Touch::new(Verb::Delete).recursive(), from);
            effects.extend(touch(Touch::new(Verb::Update), to));
            effects
        }
        ByHand::Fetch { url } => fetch::of(url, 0, ground.facts),
        ByHand::Call { server, tool } => vec![call(server, tool, ground.facts)],
        ByHand::Note => vec![note(tool)],
        ByHand::Unreadable { why } => vec![ground.opaque("tool", tool, why)],
    }
}

/// A command of which each part was read and touches nothing, `echo done`, is no command that could not be read.
fn run(command: &str, cwd: &str, facts: &Facts) -> Vec<Effect> {
    let read = shell::read_at(command, cwd, facts, Place::Host);
    let nothing = || Effect::in_workspace(Verb::Execute, Resource::new("program", "nothing but words")).at(EnvironmentName::host(), Tier::Host);
    if read.is_empty() { vec![nothing()] } else { read.iter().cloned().collect() }
}

/// A server that the agent has started or reached itself: nobody here has seen it, and what it reaches is in no text. An
/// environment where the service maps its name, else nobody knows where.
fn call(server: &str, tool: &str, facts: &Facts) -> Effect {
    let spot = of_identity(facts, &format!("mcp:{server}")).map_or_else(Spot::unknown, Spot::of);
    leaving(Verb::Opaque, Resource::new("mcp-server", shown(server)), spot).noted(format!("tool {}", quoted(tool)))
}

/// The agent's own list of steps is in the agent alone.
fn note(tool: &str) -> Effect {
    Effect::in_workspace(Verb::Read, Resource::new("notes", shown(tool))).at(EnvironmentName::worktree(), Tier::Host)
}

/// The service's own folder, the gate's program and the settings that put it in force.
pub(crate) fn gate(touch: Touch, path: &str, name: &str, facts: &Facts) -> Option<Effect> {
    let above = |guarded: &String| touch.recursive && below(guarded, path).is_some();
    let guarded = facts.guarded.iter().find(|guarded| below(path, guarded).is_some() || above(guarded))?;
    if touch.verb == Verb::Read && below(path, guarded).is_none() {
        return None; // a search from above finds it; that is judged by `secret`
    }
    let verb = if touch.verb == Verb::Read { Verb::Read } else { Verb::DisableProtection };
    let effect = Effect::in_workspace(verb, Resource::new("gate", name)).at(EnvironmentName::host(), Tier::Host).that_is(lasting(verb));
    Some(effect.with_certainty(touch.certainty).noted(format!("what holds this agent: {}", quoted(guarded))))
}

/// Whether reading this opens other doors: keys, credentials, the secrets of other projects. A normal absolute path.
pub(crate) fn secret(touch: Touch, path: &str, facts: &Facts) -> Option<&'static str> {
    if below(path, &facts.tree).is_some() {
        return None; // the project's own
    }
    if touch.recursive && !is_public(path, facts) {
        return Some("keys or other projects' secrets may be below it");
    }
    let lower = path.to_lowercase();
    let parts: Vec<&str> = lower.split('/').filter(|part| !part.is_empty()).collect();
    let name = parts.last().copied().unwrap_or_default();
    let named = |what: &&str| parts.windows(what.split('/').count()).any(|some| some.join("/") == **what);
    if KEPT.iter().any(named) || (parts.first() == Some(&"proc") && ["environ", "mem", "maps", "fd", "root", "cwd"].iter().any(|part| parts.contains(part))) {
        return Some("keys or credentials");
    }
    let harmless = [".example", ".sample", ".template", ".pub", ".md"].iter().any(|end| name.ends_with(end));
    let keyed = [".pem", ".key", ".p12", ".pfx", ".jks", ".kdbx", ".keystore", ".ppk", ".tfstate", ".ovpn"].iter().any(|end| name.ends_with(end));
    let started = [".env", "id_rsa", "id_ed25519", "id_ecdsa", "id_dsa", ".htpasswd"].iter().any(|start| name.starts_with(start));
    let worded = ["credential", "secret", "password", "token"].iter().any(|word| name.contains(word));
    ((keyed || started || worded) && !harmless).then_some("keys or credentials of another project or of the person")
}

/// Folders and files that hold keys, by their last components.
const KEPT: [&str; 38] = [
    ".ssh", ".aws", ".gnupg", ".netrc", "_netrc", ".npmrc", ".pypirc", ".yarnrc.yml", ".kube", ".azure", ".docker", ".config/gcloud", ".config/gh", ".config/glab-cli",
    ".config/hub", ".config/op", ".config/rclone", ".config/sops", ".config/age", ".config/doctl", ".config/flyctl", ".config/heroku", ".git-credentials",
    ".config/git/credentials", ".pgpass", ".my.cnf", ".password-store", ".terraform.d", ".terraformrc", ".vault-token", ".cargo/credentials", ".cargo/credentials.toml",
    ".local/share/keyrings", ".mozilla", ".config/google-chrome", ".config/chromium", "etc/shadow", "etc/gshadow",
];

/// Places that may be searched whole: what the system and package managers put there is in no way the person's.
fn is_public(path: &str, facts: &Facts) -> bool {
    let in_home = ["/.cargo/registry", "/.rustup/toolchains", "/go/pkg/mod", "/.nvm/versions", "/.pyenv/versions"];
    ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt"].iter().any(|public| below(path, public).is_some())
        || (!facts.home.is_empty() && in_home.iter().any(|public| below(path, &format!("{}{public}", facts.home)).is_some()))
}

/// Whether something that matches below `base` may be a link that leads out of the tree.
pub(crate) fn may_lead_out(base: &str, ground: &Ground<'_>) -> bool {
    let tree = &ground.facts.tree;
    let Some(inside) = below(base, tree) else { return false };
    let leads_out = |path: &str| below(&ground.resolved(&normal(tree, path)), tree).is_none();
    ground.facts.files.iter().any(|(path, fact)| {
        let here = inside.is_empty() || below(path, inside).is_some();
        here && matches!(fact.kind, crate::facts::FileKind::Symlink { .. }) && leads_out(path)
    })
}

/// Git has it as it is, so deleting it loses nothing: `git restore` brings it back.
pub(crate) fn git_has(verb: Verb, touch: Touch, fact: Option<&crate::facts::FileFact>, facts: &Facts) -> bool {
    let kept = |fact: &crate::facts::FileFact| fact.tracked == Some(true) && !fact.changed;
    facts.by_hand && matches!(verb, Verb::Delete | Verb::Replace) && touch.certainty == Certainty::Exact && fact.is_some_and(kept)
}

#[cfg(test)]
mod tests;
