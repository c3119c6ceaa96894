//! How each coding agent is started headless against the scripted model, in each of its modes: arguments, variables, and what
//! the project brings along that may switch hooks off.
//!
//! Measured with the versions in docs/gate.md; a later version may want other words, and then the check says that no command
//! was called.

use std::ffi::OsString;

/// One agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    /// As in `--for`.
    pub(super) name: &'static str,
    /// Its program, the first that is found.
    pub(super) programs: &'static [&'static str],
    /// Its modes: what a person may start it with.
    pub(super) modes: &'static [Mode],
}

/// One way of starting it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    /// As a person would say it.
    pub(super) name: &'static str,
    /// Arguments of this mode.
    arguments: &'static [&'static str],
    /// Variables of this mode.
    variables: &'static [(&'static str, &'static str)],
    /// Files that the project has.
    pub(super) files: &'static [(&'static str, &'static str)],
}

const fn mode(name: &'static str, arguments: &'static [&'static str]) -> Mode {
    Mode { name, arguments, variables: &[], files: &[] }
}

impl Mode {
    const fn with(self, variables: &'static [(&'static str, &'static str)]) -> Self {
        Self { variables, ..self }
    }

    const fn in_project(self, files: &'static [(&'static str, &'static str)]) -> Self {
        Self { files, ..self }
    }
}

/// All that can be started without a person.
pub(super) const PEERS: [Peer; 6] = [CLAUDE, CODEX, GEMINI, QWEN, GOOSE, OPENCODE];

const CLAUDE_OFF: &[(&str, &str)] = &[(".claude/settings.json", "{\"disableAllHooks\": true}\n")];
const CLAUDE: Peer = Peer {
    name: "claude",
    programs: &["claude"],
    modes: &[
        mode("default", &["--permission-mode", "default"]),
        mode("acceptEdits", &["--permission-mode", "acceptEdits"]),
        mode("bypassPermissions", &["--permission-mode", "bypassPermissions"]),
        mode("bypassPermissions, hooks off in the repository", &["--permission-mode", "bypassPermissions"]).in_project(CLAUDE_OFF),
        mode("bypassPermissions, --setting-sources ''", &["--permission-mode", "bypassPermissions", "--setting-sources", ""]),
        mode("bypassPermissions, --bare", &["--permission-mode", "bypassPermissions", "--bare"]),
    ],
};

const CODEX: Peer = Peer {
    name: "codex",
    programs: &["codex"],
    modes: &[
        mode("exec", &[]),
        mode("workspace-write", &["--sandbox", "workspace-write"]),
        mode("full access", &["--dangerously-bypass-approvals-and-sandbox"]),
        mode("full access, --disable hooks", &["--dangerously-bypass-approvals-and-sandbox", "--disable", "hooks"]),
    ],
};

const GEMINI_KEY: &str = "{\"security\": {\"auth\": {\"selectedType\": \"gemini-api-key\"}}}\n";
const GEMINI_OFF: &str = "{\"security\": {\"auth\": {\"selectedType\": \"gemini-api-key\"}}, \"hooksConfig\": {\"enabled\": false}}\n";
const GEMINI: Peer = Peer {
    name: "gemini",
    programs: &["gemini"],
    modes: &[
        mode("default", &[]).in_project(&[(".gemini/settings.json", GEMINI_KEY)]),
        mode("auto_edit", &["--approval-mode", "auto_edit"]).in_project(&[(".gemini/settings.json", GEMINI_KEY)]),
        mode("yolo", &["--approval-mode", "yolo"]).in_project(&[(".gemini/settings.json", GEMINI_KEY)]),
        mode("yolo, hooks off in the repository", &["--approval-mode", "yolo"]).in_project(&[(".gemini/settings.json", GEMINI_OFF)]),
    ],
};

const QWEN: Peer = Peer {
    name: "qwen",
    programs: &["qwen"],
    modes: &[
        mode("default", &[]),
        mode("auto-edit", &["--approval-mode", "auto-edit"]),
        mode("yolo", &["--approval-mode", "yolo"]),
        mode("yolo, hooks off in the repository", &["--approval-mode", "yolo"]).in_project(&[(".qwen/settings.json", "{\"disableAllHooks\": true}\n")]),
        mode("yolo, its own sandbox", &["--approval-mode", "yolo"])
            .in_project(&[(".qwen/settings.json", "{\"tools\": {\"executionSandbox\": {\"filesystem\": \"workspace-write\", \"network\": \"closed\"}}}\n")]),
    ],
};

const GOOSE: Peer = Peer {
    name: "goose",
    programs: &["goose", "goose-binary-linux-x64"],
    modes: &[
        mode("auto", &[]).with(&[("GOOSE_MODE", "auto")]),
        mode("smart_approve", &[]).with(&[("GOOSE_MODE", "smart_approve")]),
        mode("approve", &[]).with(&[("GOOSE_MODE", "approve")]),
    ],
};

const OPENCODE: Peer = Peer { name: "opencode", programs: &["opencode"], modes: &[mode("run", &[]), mode("run --auto", &["--auto"])] };

/// What the agent is asked. The model's answer is scripted, so the words matter to nobody.
const WORDS: &str = "Run the scripted commands.";

impl Peer {
    /// By the name that `--for` takes.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        PEERS.iter().find(|peer| peer.name == name)
    }

    /// The arguments of one run against the model at `url`.
    pub(super) fn arguments(&self, mode: &Mode, url: &str) -> Vec<OsString> {
        let of = |front: &[&str], back: &[&str]| front.iter().chain(mode.arguments).chain(back).map(OsString::from).collect();
        match self.name {
            "claude" => of(&["-p", "--model", "claude-opus-5-5", "--output-format", "text"], &[WORDS]),
            "codex" => {
                let base = format!("model_providers.scripted.base_url=\"{url}/v1\"");
                let front = [
                    "exec", "--skip-git-repo-check", "--color", "never", "-c", "model=\"gpt-5.5\"", "-c", "model_provider=\"scripted\"", "-c",
                    "model_providers.scripted.name=\"scripted\"", "-c", &base, "-c", "model_providers.scripted.wire_api=\"responses\"", "-c",
                    "model_providers.scripted.env_key=\"SCRIPTED_KEY\"", "-c", "model_providers.scripted.request_max_retries=0", "-c",
                    "model_providers.scripted.stream_max_retries=0", "-c", "analytics.enabled=false", "-c", "check_for_update_on_startup=false",
                ];
                of(&front, &[WORDS])
            }
            "gemini" => of(&["-m", "gemini-2.5-pro", "--skip-trust"], &["-p", WORDS]),
            "qwen" => {
                let base = format!("{url}/v1");
                of(&["--auth-type", "openai", "--openai-base-url", &base, "--openai-api-key", "scripted", "--model", "scripted"], &[WORDS])
            }
            "goose" => of(&["run", "--no-profile", "--with-builtin", "developer"], &["-t", WORDS]),
            _ => of(&["run"], &[WORDS]),
        }
    }

    /// The variables of one run; all others are the person's own.
    pub(super) fn variables(&self, mode: &Mode, url: &str) -> Vec<(String, String)> {
        let set = |all: &[(&str, &str)]| all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
        let mut variables = match self.name {
            "claude" => set(&[
                ("ANTHROPIC_BASE_URL", url), ("ANTHROPIC_API_KEY", "scripted"), ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"), ("DISABLE_AUTOUPDATER", "1"),
                ("DISABLE_TELEMETRY", "1"), ("IS_SANDBOX", "1"),
            ]),
            "codex" => set(&[("SCRIPTED_KEY", "scripted")]),
            // Without trust it reads no settings of the project, and then it wants a login.
            "gemini" => set(&[("GOOGLE_GEMINI_BASE_URL", url), ("GEMINI_API_KEY", "scripted"), ("GEMINI_CLI_TRUST_WORKSPACE", "true")]),
            "goose" => set(&[
                ("GOOSE_PROVIDER", "openai"), ("GOOSE_MODEL", "gpt-4o"), ("OPENAI_HOST", url), ("OPENAI_BASE_PATH", "v1/chat/completions"), ("OPENAI_API_KEY", "scripted"),
                ("GOOSE_DISABLE_KEYRING", "1"), ("GOOSE_TELEMETRY_ENABLED", "false"),
            ]),
            "opencode" => {
                let settings = serde_json::json!({
                    "model": "scripted/scripted", "small_model": "scripted/scripted", "autoupdate": false, "share": "disabled",
                    "provider": {"scripted": {"npm": "@ai-sdk/openai-compatible", "options": {"baseURL": format!("{url}/v1"), "apiKey": "scripted"},
                        "models": {"scripted": {"tool_call": true, "limit": {"context": 1_000_000, "output": 32_000}}}}}
                });
                let mut all = set(&[("OPENCODE_DISABLE_AUTOUPDATE", "1"), ("OPENCODE_DISABLE_MODELS_FETCH", "1"), ("OPENCODE_DISABLE_LSP_DOWNLOAD", "1")]);
                all.push(("OPENCODE_CONFIG_CONTENT".to_owned(), settings.to_string()));
                all
            }
            _ => Vec::new(),
        };
        variables.extend(set(mode.variables));
        // Nothing but loopback is reached, whatever the agent wants besides. Qwen Code would ask a proxy even for loopback.
        let proxy = if self.name == "qwen" { "" } else { NOWHERE };
        variables.extend(set(&[("HTTP_PROXY", proxy), ("HTTPS_PROXY", proxy), ("http_proxy", proxy), ("https_proxy", proxy), ("NO_PROXY", "127.0.0.1,localhost"), ("no_proxy", "127.0.0.1,localhost")]));
        variables
    }
}

/// A port of loopback at which nobody answers (discard).
const NOWHERE: &str = "http://127.0.0.1:9";

#[cfg(test)]
#[path = "peers/tests.rs"] // also where a test of the whole program takes this file in
mod tests;
