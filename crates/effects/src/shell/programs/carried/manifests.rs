//! Manifests that `kubectl` is given by `-f`.

use super::{Command, Rest};
use crate::manifest::{Action, Kind, Target};
use crate::shell::Reader;
use crate::shell::expand::Text;
use crate::shell::scope::Scope;
use crate::shell::table::Condition;
use crate::shell::walk::Input;

/// Files and folders; the folders, and what `kustomize` makes of them, are not read here.
const FILES: &str = "-f --filename";
const NOT_READ: &str = "-k --kustomize --raw";

impl Reader<'_> {
    /// `kubectl apply -f FILE`, and what else takes files.
    pub(super) fn manifests(&mut self, command: &Command<'_>, conditions: &[Condition], scope: &Scope, input: &Input) -> Option<Rest> {
        let arguments = &command.arguments;
        let files: Vec<Text> = arguments.values(FILES).cloned().collect();
        let others = arguments.has(NOT_READ) || !arguments.operands.is_empty() || command.has_unlisted(conditions);
        if files.is_empty() || others {
            return None;
        }
        let value = |names: &str| arguments.values(names).last().and_then(Text::exact).map(str::to_owned);
        let (context, namespace) = (value("--context"), value("-n --namespace"));
        let target = Target { context: context.as_deref(), namespace: namespace.as_deref(), ..Target::default() };
        let action = if command.found.path.iter().any(|word| word == "delete") { Action::Delete } else { Action::Apply };
        let spot = command.landing.spot();
        let mut all_known = true;
        for file in &files {
            let parts = file.exact().map(|names| names.split(',').map(Text::known).collect()).unwrap_or_else(|| vec![file.clone()]);
            for part in parts {
                let Some(text) = self.carried_text(&part, scope, input) else {
                    all_known = false;
                    continue;
                };
                let reading = crate::manifest::read_where(&text, Kind::Kubernetes, action, &target, &spot, self.ground.facts);
                self.find_all(&reading);
            }
        }
        // `--prune` and `--force` do more than the files say; that there are files says nothing more.
        let besides: Vec<Condition> = conditions.iter().filter(|c| !c.words.split_whitespace().any(|word| word == "-f")).copied().collect();
        all_known.then(|| command.on_top(&besides))
    }
}
