//! Git across repositories: push, fetch, clone. A remote is judged as the environment that the service maps it to; one that
//! nobody mapped is unknown.

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use super::Git;
use crate::environment::{Spot, clean_remote, of_host, of_remote, split_host};
use crate::path::{normal, shown};
use crate::place::{Place, Touch};
use crate::reach::{leaving, named};
use crate::shell::{Reader, Scope, Text};

/// The other repository.
struct Remote {
    /// As a person would name it.
    name: String,
    url: Option<String>,
}

/// What a refspec does at the other side.
struct Push {
    verb: Verb,
    /// Absent: every ref.
    branch: Option<String>,
    certainty: Certainty,
}

impl Reader<'_> {
    pub(super) fn pushes(&mut self, git: &Git<'_>, scope: &Scope) {
        let operands = git.arguments.operands();
        let from_option = git.arguments.values("--repo").last();
        let remote = self.remote_of(operands.first().or(from_option), scope);
        let refspecs = operands.get(1..).unwrap_or_default();
        let all = git.arguments.has("--mirror --all --branches --prune --tags --follow-tags") || git.arguments.is_doubtful();
        let force = git.arguments.has("-f --force --mirror --prune") || git.arguments.options_begin("--force");
        let mut pushes: Vec<Push> = refspecs.iter().map(|r| push(r, git.arguments.has("-d --delete"), force)).collect();
        if pushes.is_empty() || all {
            let branch = self.ground.facts.git.as_ref().map(|g| g.branch.clone()).filter(|b| !b.is_empty() && !all);
            pushes.push(Push { verb: if force { Verb::Replace } else { Verb::Update }, branch, certainty: Certainty::AtLeast });
        }
        let taken_back = git.arguments.has("--n --no") || git.arguments.options_begin("--no-d");
        if git.arguments.has("-n --dry-run") && !taken_back {
            pushes.iter_mut().for_each(|p| p.verb = Verb::Read);
        }
        for push in pushes {
            let effect = self.pushed(&remote, &push);
            self.find(effect);
        }
    }

    fn pushed(&self, remote: &Remote, push: &Push) -> Effect {
        let branch = push.branch.as_deref().unwrap_or("every branch");
        let resource = Resource::new("git-ref", shown(&format!("{} {branch}", remote.name)));
        let spot = self.spot_of(remote, push.branch.as_deref());
        let read = spot.is_some();
        let mut effect = leaving(push.verb, resource, spot.unwrap_or_else(Spot::unknown));
        effect.certainty = if read { push.certainty } else { Certainty::Opaque };
        if push.verb == Verb::Update {
            // A branch that only moves on can be moved back by who holds the old commit: we do.
            effect.reversibility = Reversibility::Recoverable;
        }
        match self.ground.facts.git.as_ref() {
            Some(git) if push.verb != Verb::Delete && push.branch.as_deref() == Some(git.branch.as_str()) && git.upstream_ahead > 0 => {
                effect.counted(git.upstream_ahead, "commits")
            }
            _ => effect,
        }
    }

    /// Where a remote is: an environment by its URL, its host or its path.
    fn spot_of(&self, remote: &Remote, branch: Option<&str>) -> Option<Spot> {
        let url = remote.url.as_deref()?;
        let facts = self.ground.facts;
        if let Some(environment) = of_remote(facts, url, branch) {
            return Some(Spot::of(environment));
        }
        let clean = clean_remote(url);
        if clean.starts_with('/') {
            // A path on this machine; its spelling counts, not the lower case that remotes are compared in.
            let path = normal("/", url.trim_start_matches("file://"));
            return Some(self.ground.spot(&path, false));
        }
        of_host(facts, &host_of(&clean), None).map(Spot::of)
    }

    /// The remote that a word names: by name, by URL, or the usual one.
    fn remote_of(&self, word: Option<&Text>, scope: &Scope) -> Remote {
        let git = self.ground.facts.git.as_ref();
        let upstream = || git.and_then(|g| g.upstream.as_deref()?.split_once('/').map(|(remote, _)| remote.to_owned()));
        let name = match word {
            Some(word) => match word.exact() {
                Some(name) => name.to_owned(),
                None => return Remote { name: word.text.clone(), url: None },
            },
            None => upstream().unwrap_or_else(|| "origin".into()),
        };
        let known = git.and_then(|g| g.remotes.iter().find(|(n, _)| *n == name)).map(|(_, url)| url.clone());
        let url = known.or_else(|| match name.contains(['/', ':']) || name == "." {
            true if name.contains(':') => Some(name.clone()),
            true => scope.directory().map(|d| normal(d, &name)),
            false => None,
        });
        Remote { name, url }
    }

    pub(super) fn contacts(&mut self, git: &Git<'_>, scope: &Scope) {
        let operands = git.arguments.operands();
        let remote = self.remote_of(operands.first(), scope);
        self.contacted(&remote);
        if git.arguments.has("--all --multiple") {
            self.all_remotes().iter().for_each(|r| self.contacted(r));
        }
        match git.name {
            "clone" => {
                let into = operands.get(1).cloned().unwrap_or_else(|| Text::below(&Text::known(".")));
                self.touch(Touch::new(Verb::Create).recursive(), &into, scope);
            }
            "pull" => {
                self.find(self.git_effect(Verb::Update, "work-tree", "."));
                self.find(self.git_effect(Verb::Create, "commits", self.branch()));
            }
            "fetch" => self.find(self.git_effect(Verb::Update, "git-ref", format!("refs of {}", remote.name))),
            _ => {}
        }
    }

    fn all_remotes(&self) -> Vec<Remote> {
        let remotes = self.ground.facts.git.iter().flat_map(|g| &g.remotes);
        remotes.map(|(name, url)| Remote { name: name.clone(), url: Some(url.clone()) }).collect()
    }

    /// Talks to another repository; nothing there changes.
    fn contacted(&mut self, remote: &Remote) {
        let resource = Resource::new("git-remote", shown(&remote.name));
        let url = remote.url.as_deref().unwrap_or_default();
        let effect = match self.spot_of(remote, None) {
            Some(spot) if spot == Spot::workspace() => Effect::in_workspace(Verb::Read, resource),
            Some(spot) => Effect { certainty: Certainty::Exact, ..leaving(Verb::Read, resource, spot) },
            None if self.ground.place == Place::Boxed && named(self.ground.facts, &host_of(&clean_remote(url)), None) => {
                Effect::in_workspace(Verb::Read, resource).noted("through the dependency door")
            }
            None => leaving(Verb::Read, resource, Spot::unknown()),
        };
        self.find(effect);
    }

    pub(super) fn submodules(&mut self, git: &Git<'_>) {
        match git.arguments.operands().first().and_then(Text::exact) {
            None | Some("status" | "summary") => self.find(self.git_effect(Verb::Read, "repository", ".")),
            Some("deinit") => self.find(self.git_effect(Verb::Delete, "files", "of submodules").with_certainty(Certainty::AtLeast)),
            Some("foreach") => self.runs_opaque("git submodule foreach"),
            Some(_) => {
                self.runs_opaque("git submodule");
                self.contact_unknown("remotes of submodules");
            }
        }
    }

    pub(super) fn remotes(&mut self, git: &Git<'_>) {
        let operands = git.arguments.operands();
        match operands.first().and_then(Text::exact) {
            None | Some("get-url") => self.find(self.git_effect(Verb::Read, "repository", ".")),
            Some("show" | "update" | "prune") => {
                self.all_remotes().iter().for_each(|r| self.contacted(r));
                self.find(self.git_effect(Verb::Update, "git-ref", "refs of remotes"));
            }
            // Where later pushes go is changed: what the facts say of remotes no longer holds in this reading.
            Some(_) => {
                self.runs_opaque("git remote");
                let config = Text::known(format!("{}/.git/config", self.ground.facts.tree));
                for target in Scope::new("/".into(), "").targets(&config) {
                    self.touch_target(Touch::new(Verb::Update), &target);
                }
            }
        }
    }
}

fn push(refspec: &Text, delete: bool, force: bool) -> Push {
    let opaque = || Push { verb: Verb::Opaque, branch: None, certainty: Certainty::Opaque };
    let Some(text) = refspec.exact() else { return opaque() };
    let (forced, text) = text.strip_prefix('+').map_or((force, text), |rest| (true, rest));
    let (from, to) = text.split_once(':').unwrap_or((text, text));
    let branch = to.strip_prefix("refs/heads/").unwrap_or(to);
    if branch.is_empty() || branch.contains('*') || branch == "HEAD" || branch == "@" {
        let verb = if forced { Verb::Replace } else { Verb::Update };
        return Push { verb: if from.is_empty() { Verb::Delete } else { verb }, branch: None, certainty: Certainty::AtLeast };
    }
    let verb = match (delete || from.is_empty(), forced) {
        (true, _) => Verb::Delete,
        (false, true) => Verb::Replace,
        (false, false) => Verb::Update,
    };
    Push { verb, branch: Some(branch.to_owned()), certainty: Certainty::Exact }
}

/// The host in a cleaned remote.
fn host_of(clean: &str) -> String {
    split_host(clean.split('/').next().unwrap_or_default()).0
}
