//! The script that an agent's hook runs. Agents take a missing program, a crash, a signal and a hang for "go on"; the script
//! turns each into status 2 with a line on standard error, which every one of them takes for "no".

use std::path::Path;

use crate::gate::boxed::Way;

/// What the script needs to know.
pub(super) struct Script<'a> {
    /// As whose words they are read.
    pub(super) agent: &'a str,
    /// The program.
    pub(super) program: &'a Path,
    /// The service's folder.
    pub(super) service: &'a Path,
    /// The person's home.
    pub(super) home: &'a Path,
    /// Seconds that a person may take.
    pub(super) wait: u64,
    /// How commands that may not go on by themselves come to run in our box.
    pub(super) boxed: Option<Way>,
}

/// Seconds that the program decides in, beside what a person may take.
const DEADLINE: u64 = super::super::DEADLINE_SECONDS;
/// Seconds more until the script ends it.
const MORE: u64 = 2;
/// Seconds more until the agent would end the script.
const MOST: u64 = 3;

/// Seconds that the agent is told to wait: more than the script ever takes.
pub(super) fn patience(wait: u64) -> u64 {
    DEADLINE + wait + MORE + MOST
}

impl Script<'_> {
    /// Its text. Variables of the agent's (`LD_PRELOAD`, `PATH`, another `COUNTERSIGN_HOME`) do not reach the program.
    pub(super) fn text(&self) -> String {
        let Self { agent, wait, .. } = self;
        let (program, service, home) = (quoted(self.program), quoted(self.service), quoted(self.home));
        let limit = DEADLINE + wait + MORE;
        let boxed = self.boxed.map(|way| format!(" --box {}", way.word())).unwrap_or_default();
        format!(
            r#"#!/bin/sh
# Written by `countersign gate install --for {agent}`; `countersign gate uninstall --for {agent}` takes it away.
# It ends with 0 and says nothing where the agent may go on, and with 2 and a line where it may not, whatever happens.
PATH=/usr/local/bin:/usr/bin:/bin
exec 3>&1
words=$({{ timeout -k 1 {limit} env -i HOME={home} PATH="$PATH" LANG=C.UTF-8 {program} gate --as {agent} --home {service} --deadline {DEADLINE} --wait {wait}{boxed} >&3 3>&-; }} 2>&1)
status=$?
case $status in
0) exit 0 ;;
2) why='it did not say why' ;;
124 | 137) why='it was ended before it had decided; try again' ;;
126 | 127) why='countersign cannot be run; a person must install it again' ;;
*) why="countersign ended with status $status; a person may run: countersign doctor" ;;
esac
[ "$status" = 2 ] && [ -n "$words" ] || words="countersign: blocked, nothing was run: $why"
printf '%s\n' "$words" >&2
exit 2
"#
        )
    }
}

/// A path as one word of a shell.
pub(crate) fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

/// opencode has no hook that runs a command: a plugin of it that runs the script, and throws on anything but status 0.
pub(super) fn plugin(script: &Path, wait: u64) -> String {
    let script = serde_json::Value::from(script.to_string_lossy().into_owned());
    let limit = patience(wait) * 1000;
    format!(
        r#"// Written by `countersign gate install --for opencode`; `countersign gate uninstall --for opencode` takes it away.
// Whatever is not a plain yes throws, and opencode then does not run the tool. A yes may name other arguments.
import {{ spawnSync }} from "node:child_process"

export const Countersign = async ({{ directory }}) => ({{
  "tool.execute.before": async ({{ tool, sessionID, callID }}, {{ args }}) => {{
    const said = JSON.stringify({{ opencode: 1, session: sessionID, cwd: directory, tool, call: callID, args: args ?? {{}} }})
    const ran = spawnSync({script}, [], {{ input: said, encoding: "utf8", timeout: {limit}, killSignal: "SIGKILL" }})
    if (ran.error || ran.status !== 0) {{
      throw new Error((ran.stderr ?? "").trim() || "countersign: blocked, nothing was run: the gate could not be asked")
    }}
    if ((ran.stdout ?? "").trim()) Object.assign(args, JSON.parse(ran.stdout).args)
  }},
}})
"#
    )
}

#[cfg(test)]
mod tests;
