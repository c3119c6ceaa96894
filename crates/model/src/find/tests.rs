use super::*;
use testkit::model_server::{ModelServer, Script};

fn settings(choice: Option<&str>, base_url: Option<&str>, variables: &[(&str, &str)]) -> Settings {
    Settings {
        variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        choice: choice.map(str::to_owned),
        base_url: base_url.map(str::to_owned),
        ..Settings::default()
    }
}

fn named(choice: Option<&str>, base_url: Option<&str>, variables: &[(&str, &str)]) -> Result<(String, u64), NoModel> {
    find(&settings(choice, base_url, variables)).map(|model| (model.name().to_owned(), model.context_limit()))
}

fn complaint(choice: Option<&str>, base_url: Option<&str>, variables: &[(&str, &str)]) -> String {
    named(choice, base_url, variables).unwrap_err().to_string()
}

#[test]
fn a_key_in_the_environment_is_enough() {
    for (variables, name) in [
        (&[("ANTHROPIC_API_KEY", "k")][..], "anthropic/claude-opus-5-5"),
        (&[("OPENAI_API_KEY", "k")], "openai/gpt-6.1-sol"),
        (&[("OPENROUTER_API_KEY", "k")], "openrouter/openrouter/auto"),
        (&[("OPENAI_API_KEY", "k"), ("ANTHROPIC_API_KEY", "k")], "anthropic/claude-opus-5-5"),
        (&[("ANTHROPIC_API_KEY", " "), ("OPENAI_API_KEY", "k")], "openai/gpt-6.1-sol"),
    ] {
        assert_eq!(named(None, None, variables).unwrap().0, name);
    }
}

#[test]
fn a_choice_goes_first() {
    let keys = [("ANTHROPIC_API_KEY", "k"), ("OPENAI_API_KEY", "k")];
    assert_eq!(named(Some("openai/gpt-5"), None, &keys).unwrap(), ("openai/gpt-5".into(), 400_000));
    assert_eq!(named(Some("ollama/qwen3:8b"), None, &keys).unwrap(), ("ollama/qwen3:8b".into(), 32_768));
    let limited = Settings { context_limit: Some(8_000), ..settings(Some("ollama/x"), None, &[]) };
    assert_eq!(find(&limited).unwrap().context_limit(), 8_000);
}

#[test]
fn with_nothing_the_three_ways_are_named() {
    let text = complaint(None, None, &[]);
    let named = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY", "11434", "1234", "8000", "8080", "recorded:FILE"];
    for way in named {
        assert!(text.contains(way), "{way} in {text}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let key = [("ANTHROPIC_API_KEY", "sk-ant-very-secret")];
    for (text, expected) in [
        (complaint(Some("anthropic"), None, &[]), "ANTHROPIC_API_KEY"),
        (complaint(Some("claude-opus-5-5"), None, &[]), "provider/name"),
        (complaint(Some("chat/x"), None, &[]), "needs a base URL"),
        (complaint(None, Some("http://127.0.0.1:1"), &key), "--model provider/name"),
        (complaint(Some("anthropic"), Some("http://gateway.example"), &key), "unencrypted"),
        (complaint(Some("anthropic"), Some("gateway.example"), &key), "not a base URL"),
        (complaint(Some("anthropic"), Some("https://u:hunter2@gateway.example"), &key), "`gateway.example`"),
        (complaint(Some("anthropic"), None, &[("ANTHROPIC_API_KEY", "two words")]), "characters"),
        (complaint(Some("openai/x"), None, &[("OPENAI_API_KEY", "k"), ("HTTPS_PROXY", "socks5://h:1")]), "SOCKS"),
        (complaint(Some("recorded:/nowhere/x.jsonl"), None, &[]), "/nowhere/x.jsonl"),
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
        assert!(!text.contains("secret") && !text.contains("hunter2"), "{text}");
    }
}

#[test]
fn a_server_on_this_machine_needs_no_key() {
    assert_eq!(named(Some("anthropic/x"), Some("http://127.0.0.1:9"), &[]).unwrap().0, "anthropic/x");
    assert_eq!(named(Some("vllm/x"), Some("http://10.0.0.7:8000"), &[]).unwrap().0, "vllm/x");
}

#[test]
fn a_local_server_is_found_only_if_it_may_be_looked_for() {
    let server = ModelServer::start(Script::default());
    let places = [(provider::by_word("ollama").unwrap(), format!("{}/v1", server.url()))];
    let mut settings = settings(None, None, &[]);
    assert!(matches!(find_among(&settings, real_pause(), &places), Err(NoModel::Nothing)));
    assert_eq!(server.requests().len(), 0);
    settings.probe_local = true;
    assert_eq!(find_among(&settings, real_pause(), &places).unwrap().name(), "ollama/scripted");
}

#[test]
fn the_server_says_which_model_it_has() {
    let server = ModelServer::start(Script::default());
    assert_eq!(named(Some("vllm"), Some(server.url()), &[]).unwrap().0, "vllm/scripted");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let text = complaint(Some("vllm"), Some(&format!("http://{closed}")), &[]);
    assert!(text.contains(&closed.to_string()), "{text}");
}

#[test]
fn debug_shows_no_values() {
    let text = format!("{:?}", settings(None, Some("https://u:hunter2@h"), &[("OPENAI_API_KEY", "sk-very-secret")]));
    assert!(text.contains("OPENAI_API_KEY") && !text.contains("very-secret") && !text.contains("hunter2"), "{text}");
}
