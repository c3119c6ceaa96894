//! Plan files that `terraform apply` is given.

use super::{Command, Rest};
use crate::path::below;
use crate::place::Target;
use crate::shell::Reader;
use crate::shell::expand::Text;
use crate::shell::scope::Scope;

/// Options that change nothing of what a plan says.
const PLAIN: [&str; 9] =
    ["--auto-approve", "--compact-warnings", "--json", "--no-color", "--input", "--lock", "--lock-timeout", "--parallelism", "--chdir"];

impl Reader<'_> {
    /// `terraform apply PLANFILE`, where the facts have what `show -json` says of that file. `terragrunt` runs hooks besides, which
    /// nobody has read.
    pub(super) fn plan(&mut self, command: &Command<'_>, scope: &Scope) -> Option<Rest> {
        let arguments = &command.arguments;
        let [file] = arguments.operands.as_slice() else { return None };
        let file = match arguments.values("--chdir").last() {
            Some(directory) => Text::known(format!("{}/{}", directory.exact()?, file.exact()?)),
            None => file.clone(),
        };
        let targets = scope.targets(&file);
        let [Target::Path(path)] = targets.as_slice() else { return None };
        let path = self.ground.resolved(path);
        let facts = self.ground.facts;
        let name = below(&path, &facts.tree)?;
        let plan = facts.plans.get(name)?;
        if self.unread || self.late || self.is_overwritten(&path) || self.has_written_below(&path) {
            return None;
        }
        if self.plans.insert(name.to_owned()) {
            self.find_all(&crate::plan::read(plan, facts));
        }
        let plain = arguments.options.iter().all(|(name, _)| PLAIN.contains(&name.as_str()));
        let steered = scope.variables_named("TF_").next().is_some();
        (plain && !steered && command.typed != "terragrunt").then(Vec::new)
    }
}
