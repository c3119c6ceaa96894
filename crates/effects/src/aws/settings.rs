//! Commands about the tool itself: its settings, logins, and the settings of other tools that it writes.

use action::{Certainty, Effect, Resource, Verb};

use super::Command;
use super::call::Told;
use crate::environment::Spot;
use crate::place::{Touch, lasting};
use crate::shell::{Reader, Scope, Text};

/// Settings that hold a secret.
const SECRETS: [&str; 4] = ["aws_secret_access_key", "aws_session_token", "aws_access_key_id", "sso_"];

impl Reader<'_> {
    pub(super) fn aws_settings(&mut self, command: &Command<'_>, scope: &mut Scope) {
        let first = command.rest.first();
        let secret = first.is_none_or(|word| word.exact().is_none_or(|w| SECRETS.iter().any(|s| w.contains(s))));
        match (command.service, command.operation) {
            ("configure", "get") if secret => self.shows("an AWS setting"),
            ("configure", "export-credentials") => self.shows("AWS credentials"),
            ("configure", "list" | "list-profiles" | "get") => self.reads_settings(scope),
            ("configure", "" | "set" | "sso" | "sso-session" | "import" | "add-model" | "mfa-login") => {
                self.writes_settings(&["config", "credentials"], scope);
                let csv = Told::new(&command.rest).values("csv").into_iter().cloned().collect::<Vec<Text>>();
                for file in csv.iter().filter(|f| f.known_prefix().starts_with("file://")) {
                    self.touch(Touch::new(Verb::Read), &file.after("file://".len()), scope);
                }
            }
            ("sso" | "login" | "logout", _) => {
                self.writes_settings(&["sso/cache", "login/cache"], scope);
                self.find(self.ground.runs("aws", Certainty::Opaque).noted("asks a person to log in or out"));
            }
            ("history", "list" | "show") => self.shows("earlier answers of AWS"),
            ("eks", _) => self.writes_kubeconfig(command, scope),
            (service, operation) => self.aws_opaque(&format!("{service} {operation}"), &command.rest, scope),
        }
    }

    fn settings_file(&self, name: &str) -> Text {
        match self.ground.facts.home.as_str() {
            "" => Text::unknown(format!("~/.aws/{name}")),
            home => Text::known(format!("{home}/.aws/{name}")),
        }
    }

    fn reads_settings(&mut self, scope: &Scope) {
        let file = self.settings_file("config");
        self.touch(Touch::new(Verb::Read), &file, scope);
    }

    /// From here on the facts about profiles hold no more.
    fn writes_settings(&mut self, names: &[&str], scope: &Scope) {
        for name in names {
            let file = self.settings_file(name);
            self.touch(Touch::new(Verb::Update), &file, scope);
        }
    }

    fn shows(&mut self, what: &str) {
        let spot = Spot::host();
        let effect = Effect::in_workspace(Verb::Expose, Resource::new("credential", what)).at(spot.environment, spot.tier);
        self.find(effect.that_is(lasting(Verb::Expose)).noted("shows a secret"));
    }

    /// `aws eks update-kubeconfig`: asks where the cluster is and writes it into the settings of `kubectl`.
    fn writes_kubeconfig(&mut self, command: &Command<'_>, scope: &Scope) {
        let told = Told::new(&command.rest);
        let cluster = told.values("name").first().map_or_else(|| "not named".to_owned(), |name| name.text.clone());
        let spot = self.aws_spot(&command.call, false, &[], scope);
        let effect = Effect::in_workspace(Verb::Read, Resource::new("eks cluster", crate::path::shown(&cluster))).at(spot.environment, spot.tier);
        let certainty = if command.call.doubtful { Certainty::Opaque } else { Certainty::Exact };
        self.find(self.aws_notes(effect.with_certainty(certainty).noted("eks update-kubeconfig"), command));
        if told.has_exactly("--dry-run") && !command.call.doubtful {
            return;
        }
        let home = &self.ground.facts.home;
        let usual = if home.is_empty() { Text::unknown("~/.kube/config") } else { Text::known(format!("{home}/.kube/config")) };
        let file = told.values("kubeconfig").first().map_or(usual, |file| (*file).clone());
        self.touch(Touch::new(Verb::Update), &file, scope);
    }
}
