//! Putting the gate in force, and taking it away.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use testkit::{Called, World};

use super::world;

const ALL: [(&str, &str, &str); 18] = [
    ("claude", "--managed", "etc/claude-code/managed-settings.json"),
    ("claude", "--user", "HOME/.claude/settings.json"),
    ("claude", "--project", "PROJECT/.claude/settings.json"),
    ("codex", "--managed", "etc/codex/requirements.toml"),
    ("codex", "--user", "HOME/.codex/hooks.json"),
    ("codex", "--project", "PROJECT/.codex/hooks.json"),
    ("gemini", "--managed", "etc/gemini-cli/settings.json"),
    ("gemini", "--user", "HOME/.gemini/settings.json"),
    ("qwen", "--managed", "etc/qwen-code/settings.json"),
    ("qwen", "--user", "HOME/.qwen/settings.json"),
    ("qwen", "--project", "PROJECT/.qwen/settings.json"),
    ("goose", "--user", "HOME/.agents/plugins/countersign/hooks/hooks.json"),
    ("goose", "--project", "PROJECT/.agents/plugins/countersign/hooks/hooks.json"),
    ("opencode", "--user", "HOME/.config/opencode/plugin/countersign.js"),
    ("opencode", "--project", "PROJECT/.opencode/plugin/countersign.js"),
    ("cursor", "--user", "HOME/.cursor/hooks.json"),
    ("cursor", "--project", "PROJECT/.cursor/hooks.json"),
    ("kiro", "--project", "PROJECT/.kiro/hooks/countersign.json"),
];

fn founded() -> World {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world
}

fn root(world: &World) -> PathBuf {
    world.path("root")
}

fn gate(world: &World, word: &str, agent: &str, more: &[&str]) -> Called {
    let root = root(world);
    let arguments = [&["gate", word, "--for", agent, "--root", root.to_str().unwrap()], more].concat();
    world.call("ana", &arguments)
}

/// Where a file of the table is below the root.
fn place(world: &World, path: &str) -> PathBuf {
    let under = |folder: PathBuf| folder.strip_prefix("/").unwrap().to_str().unwrap().to_owned();
    let path = path.replace("HOME", &under(world.path("home"))).replace("PROJECT", &under(world.path("project")));
    root(world).join(path)
}

/// All files below a folder, byte for byte.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let mut found = BTreeMap::new();
    for entry in entries.flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&entry.path())),
            false => drop(found.insert(entry.path(), fs::read(entry.path()).unwrap())),
        }
    }
    found
}

#[test]
fn each_installation_is_the_same_twice_and_gone_without_a_trace() {
    let world = founded();
    for (agent, level, path) in ALL {
        let before = files(&root(&world));
        gate(&world, "install", agent, &[level, "--yes"]).must_succeed().must_say("what can still switch it off:").must_not_say("protected");
        let after = files(&root(&world));
        assert!(after.contains_key(&place(&world, path)), "{agent} {level}: {:?}", after.keys());
        gate(&world, "install", agent, &[level, "--yes"]).must_succeed().must_say("it is so already");
        assert_eq!(files(&root(&world)), after, "{agent} {level}: twice is once");
        gate(&world, "uninstall", agent, &[level, "--yes"]).must_succeed();
        assert_eq!(files(&root(&world)), before, "{agent} {level}");
    }
}

#[test]
fn the_best_level_is_the_one_that_nobody_names() {
    let world = founded();
    for (agent, path) in [("claude", "etc/claude-code/managed-settings.json"), ("goose", "HOME/.agents/plugins/countersign/plugin.json")] {
        gate(&world, "install", agent, &["--yes"]).must_succeed();
        assert!(place(&world, path).is_file(), "{agent}");
    }
    gate(&world, "install", "gemini", &["--project", "--yes"]).must_end_with(2).must_say("runs no hook at that level");
}

#[test]
fn with_a_box_commands_are_rewritten_only_where_no_other_hook_can_come_between() {
    let world = founded();
    let script = |path: &str| fs::read_to_string(place(&world, path)).unwrap();
    gate(&world, "install", "claude", &["--box", "--yes"]).must_succeed();
    assert!(script("opt/countersign/gate-claude").contains(" --wait 0 --box rewrite "));
    for agent in ["claude", "gemini", "goose", "cursor"] {
        gate(&world, "install", agent, &["--box", "--user", "--yes"]).must_succeed();
        let path = world.service().join(format!("gate/{agent}-user"));
        let told = fs::read_to_string(root(&world).join(path.strip_prefix("/").unwrap())).unwrap();
        assert!(told.contains(" --wait 0 --box tell "), "{agent}: {told}");
    }
}

#[test]
fn the_pins_that_hold_are_set() {
    let world = founded();
    let read = |path: &str| fs::read_to_string(place(&world, path)).unwrap();
    gate(&world, "install", "claude", &["--yes"]).must_succeed();
    let claude: serde_json::Value = serde_json::from_str(&read("etc/claude-code/managed-settings.json")).unwrap();
    assert_eq!((&claude["allowManagedHooksOnly"], &claude["hooks"]["PreToolUse"][0]["matcher"]), (&true.into(), &"*".into()));
    gate(&world, "install", "codex", &["--yes"]).must_succeed();
    let codex: toml::Table = read("etc/codex/requirements.toml").parse().unwrap();
    assert_eq!((codex["allow_managed_hooks_only"].as_bool(), codex["features"]["hooks"].as_bool()), (Some(true), Some(true)));
    assert_eq!(codex["hooks"]["managed_dir"].as_str(), Some("/opt/countersign"));
    for (agent, path, pin) in [("gemini", "etc/gemini-cli/settings.json", "/hooksConfig/enabled"), ("qwen", "etc/qwen-code/settings.json", "/disableAllHooks")] {
        gate(&world, "install", agent, &["--yes"]).must_succeed();
        let settings: serde_json::Value = serde_json::from_str(&read(path)).unwrap();
        assert_eq!(settings.pointer(pin), Some(&serde_json::Value::Bool(agent == "gemini")), "{agent}");
    }
    gate(&world, "install", "goose", &["--yes"]).must_succeed();
    let goose: serde_json::Value = serde_json::from_str(&read("HOME/.agents/plugins/countersign/hooks/hooks.json")).unwrap();
    assert_eq!(goose["hooks"]["PreToolUse"][0]["hooks"][0]["on_failure"], "block");
    assert!(goose["hooks"]["PreToolUse"][0].get("matcher").is_none());
    gate(&world, "install", "cursor", &["--yes"]).must_succeed();
    let cursor: serde_json::Value = serde_json::from_str(&read("HOME/.cursor/hooks.json")).unwrap();
    assert_eq!(cursor["hooks"]["preToolUse"][0]["failClosed"], true);
}

#[test]
fn what_others_set_stays_and_comes_back_byte_for_byte() {
    let world = founded();
    let theirs = "{\n    \"model\": \"opus\",\n  \"hooks\": {\"PreToolUse\": [{\"matcher\": \"Bash\", \"hooks\": [{\"type\": \"command\", \"command\": \"lint\"}]}]}}";
    let path = place(&world, "HOME/.claude/settings.json");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, theirs).unwrap();
    gate(&world, "install", "claude", &["--user", "--yes"]).must_succeed().must_say("`--managed` holds better");
    let now: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!((now["model"].as_str(), now["hooks"]["PreToolUse"].as_array().unwrap().len()), (Some("opus"), 2));
    gate(&world, "uninstall", "claude", &["--user", "--yes"]).must_succeed();
    assert_eq!(fs::read_to_string(&path).unwrap(), theirs);

    let toml = "# ours since 2025\nenforce_residency = \"eu\"\n";
    let path = place(&world, "etc/codex/requirements.toml");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, toml).unwrap();
    gate(&world, "install", "codex", &["--yes"]).must_succeed();
    assert!(fs::read_to_string(&path).unwrap().contains("# ours since 2025"));
    gate(&world, "uninstall", "codex", &["--yes"]).must_succeed();
    assert_eq!(fs::read_to_string(&path).unwrap(), toml);
}

#[test]
fn what_others_changed_since_stays_when_ours_goes() {
    let world = founded();
    gate(&world, "install", "claude", &["--yes"]).must_succeed();
    let path = place(&world, "etc/claude-code/managed-settings.json");
    let mut changed: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    changed["model"] = "opus".into();
    fs::write(&path, changed.to_string()).unwrap();
    gate(&world, "uninstall", "claude", &["--yes"]).must_succeed();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&fs::read(&path).unwrap()).unwrap(), serde_json::json!({"model": "opus"}));
}

#[test]
fn what_is_installed_again_over_a_rewritten_file_is_gone_after_one_uninstall() {
    let world = founded();
    gate(&world, "install", "qwen", &["--yes"]).must_succeed();
    let path = place(&world, "etc/qwen-code/settings.json");
    let mut rewritten: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    rewritten["$version"] = 4.into();
    rewritten.as_object_mut().unwrap().remove("disableAllHooks");
    fs::write(&path, rewritten.to_string()).unwrap();
    gate(&world, "install", "qwen", &["--yes"]).must_succeed();
    gate(&world, "uninstall", "qwen", &["--yes"]).must_succeed();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&fs::read(&path).unwrap()).unwrap(), serde_json::json!({"$version": 4}));
}

#[test]
fn a_file_that_cannot_be_read_for_certain_is_left_alone() {
    let world = founded();
    let path = place(&world, "HOME/.claude/settings.json");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    for text in ["{ // a comment\n}", "{\"hooks\": []}", "{\"hooks\": {\"PreToolUse\": {}}}", "{\"a\": 1, \"a\": 2}"] {
        fs::write(&path, text).unwrap();
        let before = files(&root(&world));
        gate(&world, "install", "claude", &["--user", "--yes"]).must_end_with(1).must_say("was left as it is");
        assert_eq!(files(&root(&world)), before, "{text}");
    }
    let path = place(&world, "etc/codex/requirements.toml");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    for text in ["[features]\nhooks = false\n", "allow_managed_hooks_only = false\n", "not toml"] {
        fs::write(&path, text).unwrap();
        gate(&world, "install", "codex", &["--yes"]).must_end_with(1);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn nothing_is_changed_without_a_yes() {
    let world = founded();
    gate(&world, "install", "claude", &["--dry-run"]).must_succeed().must_say("+").must_say("allowManagedHooksOnly").must_say("a dry run");
    gate(&world, "install", "claude", &[]).must_end_with(1).must_say("nothing was changed");
    assert!(files(&root(&world)).is_empty());
    gate(&world, "uninstall", "claude", &["--yes"]).must_succeed().must_say("nothing of ours");
}

#[test]
fn without_a_service_nothing_is_installed() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.make_key("ana");
    gate(&world, "install", "claude", &["--yes"]).must_end_with(2).must_say("there is no service");
    assert!(files(&root(&world)).is_empty());
}
