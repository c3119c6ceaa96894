//! Where each agent's hooks are set, with the pins that hold, and what can still switch them off: as measured on the versions
//! of November 2026.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Agent, Level};
use super::script::{patience, plugin};
use crate::gate::boxed::Way;

/// A file of an agent, and what of it is ours.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted {
    pub(super) path: PathBuf,
    pub(super) what: What,
}

/// What of a file is ours.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// All of it.
    Whole(String),
    /// In a JSON object: values that are set, and one entry of a list, by the path of keys to it.
    Json { pins: Vec<(Vec<&'static str>, Value)>, list: Vec<&'static str>, entry: Value },
    /// In a TOML file: a line on top and tables at the end.
    Toml { head: String, tables: String },
}

/// The folders that paths are made of.
pub(super) struct Ground<'a> {
    pub(super) home: &'a Path,
    pub(super) project: &'a Path,
    pub(super) script: &'a Path,
    pub(super) wait: u64,
}

impl Agent {
    /// How it is brought to run another command in place of its own. Rewritten only where no other hook can be beside ours: in our
    /// plugin of opencode the arguments themselves are changed. Else it is blocked and told.
    pub(super) fn way(self, level: Level) -> Way {
        match (self, level) {
            (Self::Claude | Self::Codex, Level::Managed) | (Self::Opencode, _) => Way::Rewrite,
            _ => Way::Tell,
        }
    }

    /// Its name, as `--as` and `--for` take it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Gemini => "gemini",
            Self::Qwen => "qwen",
            Self::Goose => "goose",
            Self::Opencode => "opencode",
            Self::Cursor => "cursor",
            Self::Kiro => "kiro",
        }
    }

    /// The levels at which its hooks run, the one that holds best first.
    pub(super) fn levels(self) -> &'static [Level] {
        match self {
            Self::Claude | Self::Codex | Self::Qwen => &[Level::Managed, Level::User, Level::Project],
            Self::Gemini => &[Level::Managed, Level::User],
            Self::Goose | Self::Opencode | Self::Cursor => &[Level::User, Level::Project],
            Self::Kiro => &[Level::Project],
        }
    }

    /// The files at a level.
    pub(super) fn wanted(self, level: Level, ground: &Ground<'_>) -> Vec<Wanted> {
        let command = ground.script.to_string_lossy().into_owned();
        let seconds = patience(ground.wait);
        let base = match level {
            Level::Project => ground.project,
            Level::Managed | Level::User => ground.home,
        };
        let at = |managed: &str, below: &str| if level == Level::Managed { PathBuf::from(managed) } else { base.join(below) };
        let pre_tool = json!({"matcher": "*", "hooks": [{"type": "command", "command": command, "timeout": seconds}]});
        let json = |path: PathBuf, pins: Vec<(Vec<&'static str>, Value)>, list: &[&'static str], entry: Value| {
            vec![Wanted { path, what: What::Json { pins, list: list.to_vec(), entry } }]
        };
        match (self, level) {
            (Self::Claude, _) => {
                let pins = if level == Level::Managed { vec![(vec!["allowManagedHooksOnly"], Value::Bool(true))] } else { Vec::new() };
                json(at("/etc/claude-code/managed-settings.json", ".claude/settings.json"), pins, &["hooks", "PreToolUse"], pre_tool)
            }
            (Self::Codex, Level::Managed) => vec![codex_requirements(ground)],
            (Self::Codex, _) => json(base.join(".codex/hooks.json"), Vec::new(), &["hooks", "PreToolUse"], pre_tool),
            (Self::Gemini, _) => {
                let hook = json!({"name": "countersign", "type": "command", "command": command, "timeout": seconds * 1000});
                let entry = json!({"matcher": ".*", "hooks": [hook]});
                // A repository that is trusted could switch them off else.
                let pins = if level == Level::Managed { vec![(vec!["hooksConfig", "enabled"], Value::Bool(true))] } else { Vec::new() };
                json(at("/etc/gemini-cli/settings.json", ".gemini/settings.json"), pins, &["hooks", "BeforeTool"], entry)
            }
            (Self::Qwen, _) => {
                let pins = if level == Level::Managed { vec![(vec!["disableAllHooks"], Value::Bool(false))] } else { Vec::new() };
                json(at("/etc/qwen-code/settings.json", ".qwen/settings.json"), pins, &["hooks", "PreToolUse"], pre_tool)
            }
            (Self::Goose, _) => goose(&base.join(".agents/plugins/countersign"), &command, seconds),
            (Self::Opencode, Level::Project) => whole(base.join(".opencode/plugin/countersign.js"), plugin(ground.script, ground.wait)),
            (Self::Opencode, _) => whole(base.join(".config/opencode/plugin/countersign.js"), plugin(ground.script, ground.wait)),
            (Self::Cursor, _) => {
                let pins = vec![(vec!["version"], Value::from(1))];
                json(base.join(".cursor/hooks.json"), pins, &["hooks", "preToolUse"], json!({"command": command, "failClosed": true}))
            }
            (Self::Kiro, _) => {
                let action = json!({"type": "command", "command": command});
                let hook = json!({"name": "countersign", "trigger": "PreToolUse", "matcher": ".*", "action": action, "timeout": seconds, "enabled": true});
                whole(base.join(".kiro/hooks/countersign.json"), pretty(&json!({"version": "v1", "hooks": [hook]})))
            }
        }
    }

    /// What can switch it off, in sentences. No installation is without one.
    pub(super) fn switches(self, level: Level) -> &'static [&'static str] {
        const ROOT: &str = "whoever may write below /etc on this machine";
        match (self, level) {
            (Self::Claude, Level::Managed) => &[ROOT, "the flag `--bare` of Claude Code 2.1.197 (2.1.330 keeps the hook): `gate check` says what yours does"],
            (Self::Claude, _) => &["a repository's `.claude/settings.json` with `disableAllHooks`", "the flags `--bare`, `--safe-mode` and `--setting-sources`"],
            (Self::Codex, Level::Managed) => &[ROOT],
            (Self::Codex, _) => &["nobody: it is silently not run until a person trusts it in Codex itself", "the flag `--disable hooks`"],
            (Self::Gemini, Level::Managed) => &[ROOT, "whoever starts it with the variable `GEMINI_CLI_SYSTEM_SETTINGS_PATH`"],
            (Self::Gemini, _) => &["a repository's settings with `hooksConfig` or `hooks.disabled`"],
            (Self::Qwen, Level::Managed) => {
                &[ROOT, "the flag `--safe-mode`", "`tools.executionSandbox` of the person or the machine: with it Qwen Code may run no hook"]
            }
            (Self::Qwen, _) => &["a repository's `.qwen/settings.json` with `disableAllHooks`", "the flag `--safe-mode`", "`tools.executionSandbox`: with it Qwen Code runs no hook"],
            (Self::Goose, _) => &["whoever may write the plugin's folder; goose has no level above it"],
            (Self::Opencode, _) => &["whoever may write the plugin's folder; opencode has no level above it", "being offline at first start, where `@opencode-ai/plugin` is not yet beside the plugin: opencode hangs then"],
            (Self::Cursor, _) => &["whoever may write its hooks file", "not measured: Cursor cannot be run headless here"],
            (Self::Kiro, _) => &["whoever may write the project's folder", "agents of Kiro CLI 2 that have hooks of their own: each takes a `preToolUse` entry with the script", "not measured: Kiro cannot be run headless here"],
        }
    }
}

/// A hook of a managed folder runs untrusted, and the feature is pinned on: a flag does not switch it off then.
fn codex_requirements(ground: &Ground<'_>) -> Wanted {
    let folder = ground.script.parent().unwrap_or(ground.script).to_string_lossy().into_owned();
    let text = |text: &str| toml::Value::from(text).to_string();
    let (folder, script, seconds) = (text(&folder), text(&ground.script.to_string_lossy()), patience(ground.wait));
    let tables = format!(
        "\n# By `countersign gate install --for codex`.\n[features]\nhooks = true\n\n[hooks]\nmanaged_dir = {folder}\n\n[[hooks.PreToolUse]]\nmatcher = \"*\"\n\n[[hooks.PreToolUse.hooks]]\ntype = \"command\"\ncommand = {script}\ntimeout = {seconds}\n"
    );
    Wanted { path: "/etc/codex/requirements.toml".into(), what: What::Toml { head: "allow_managed_hooks_only = true\n".into(), tables } }
}

fn goose(folder: &Path, command: &str, seconds: u64) -> Vec<Wanted> {
    let about = json!({"name": "countersign", "version": "1.0.0", "description": "asks countersign before each tool"});
    let hook = json!({"type": "command", "command": command, "timeout": seconds, "on_failure": "block"});
    let hooks = json!({"hooks": {"PreToolUse": [{"hooks": [hook]}]}}); // no matcher: `*` is no expression, and skips it in silence
    let mut files = whole(folder.join("plugin.json"), pretty(&about));
    files.extend(whole(folder.join("hooks/hooks.json"), pretty(&hooks)));
    files
}

fn whole(path: PathBuf, text: String) -> Vec<Wanted> {
    vec![Wanted { path, what: What::Whole(text) }]
}

/// As people write settings.
pub(super) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
